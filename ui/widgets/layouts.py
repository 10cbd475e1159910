"""Layouts that survive narrow windows and large text: a row that wraps, a column that scrolls."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QApplication, QFrame, QLayout, QLayoutItem, QScrollArea, QVBoxLayout, QWidget

from ui.style import GAP, NEAR, WIDE, give_role


class FlowLayout(QLayout):
    """A row that goes on in the next line when the width ends."""

    def __init__(self, parent: QWidget | None = None, gap: int = NEAR) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._gap = gap

    def addItem(self, item: QLayoutItem) -> None:
        """Take an item in (called by Qt)."""
        self._items.append(item)

    def count(self) -> int:
        """How many items."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """The item at a place, or None."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Take the item at a place out."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """Neither way."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """The narrower, the higher."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Height in pixels of all lines at this width."""
        return self._arrange(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        """Place the items."""
        super().setGeometry(rect)
        self._arrange(rect, move=True)

    def sizeHint(self) -> QSize:
        """Everything in one line."""
        shown = [item.sizeHint() for item in self._items if not item.isEmpty()]
        left, top, right, bottom = self._margins()
        width = sum(size.width() for size in shown) + self._gap * max(0, len(shown) - 1)
        return QSize(width + left + right, max((size.height() for size in shown), default=0) + top + bottom)

    def minimumSize(self) -> QSize:
        """Room for the widest item."""
        shown = [item.minimumSize() for item in self._items if not item.isEmpty()]
        left, top, right, bottom = self._margins()
        return QSize(
            max((size.width() for size in shown), default=0) + left + right,
            max((size.height() for size in shown), default=0) + top + bottom,
        )

    def _margins(self) -> tuple[int, int, int, int]:
        margins = self.contentsMargins()
        return margins.left(), margins.top(), margins.right(), margins.bottom()

    def _arrange(self, rect: QRect, *, move: bool) -> int:
        left, top, right, bottom = self._margins()
        area = rect.adjusted(left, top, -right, -bottom)
        y = area.y()
        for line in self._lines(area.width()):
            height = max(item.sizeHint().height() for item in line)
            x = area.x()
            for item in line:
                size = item.sizeHint().boundedTo(QSize(max(1, area.width()), height))
                if move:
                    item.setGeometry(QRect(QPoint(x, y + (height - size.height()) // 2), size))
                x += size.width() + self._gap
            y += height + self._gap // 2
        return max(y - self._gap // 2, area.y()) - rect.y() + bottom

    def _lines(self, width: int) -> list[list[QLayoutItem]]:
        """The items that are shown, parted into lines."""
        lines: list[list[QLayoutItem]] = []
        used = width + 1
        for item in self._items:
            if item.isEmpty():
                continue
            needed = item.sizeHint().width()
            if not lines or used + self._gap + needed > width:
                lines.append([])
                used = -self._gap
            lines[-1].append(item)
            used += self._gap + needed
        return lines


class Card(QFrame):
    """A white ground with rounded corners. Its height is the page's, whatever the labels inside would like."""

    def __init__(self, content: QWidget | None = None) -> None:
        super().__init__()
        give_role(self, "card")
        if content is not None:
            box = QVBoxLayout(self)
            box.setContentsMargins(1, 1, 1, 1)
            box.addWidget(content)

    def hasHeightForWidth(self) -> bool:
        """No: a scroll area around would grow with wrapped labels instead of letting the columns scroll."""
        return False


class _Content(QWidget):
    """What a column holds: as high as its lines are at the width there is. Labels that wrap would ask for the height
    that they have when narrow, and leave the column half empty with a scroll bar beside it."""

    def minimumSizeHint(self) -> QSize:
        """No height of its own where that hangs on the width."""
        hint, layout = super().minimumSizeHint(), self.layout()
        return QSize(hint.width(), 0) if layout is not None and layout.hasHeightForWidth() else hint


class Column(QScrollArea):
    """A column of a page: scrolls up and down only and brings the field in focus into view."""

    def __init__(self, role: str = "plain") -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        give_role(self, role)
        content = give_role(_Content(), "plain")
        self.box = QVBoxLayout(content)
        self.box.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        self.box.setSpacing(GAP)
        self.setWidget(content)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._follow)

    def _follow(self, _old: QWidget | None, new: QWidget | None) -> None:
        content = self.widget()
        if new is not None and content is not None and content.isAncestorOf(new):
            self.ensureWidgetVisible(new, 0, 48)
