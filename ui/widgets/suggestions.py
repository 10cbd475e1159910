"""What may be meant, listed under the line while it is typed: Down and Up walk, Enter takes, Esc closes.

The list lies over the page and never has the focus; the line keeps every letter. It is built when it is first needed.
"""

from typing import NamedTuple

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QListView,
    QScrollArea,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ui.style import GAP, NEAR, TIGHT, Look

WAIT_MS = 40
"""After the last key: what nobody waits for is not asked."""
MOST_ROWS = 6
WIDTH = 255.0
"""Points that a list needs at least."""

Index = QModelIndex | QPersistentModelIndex
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_SUGGESTION = Qt.ItemDataRole.UserRole


class Suggestion(NamedTuple):
    """One row: what it is, a word at its right, a line below, and what is handed back when it is taken."""

    title: str
    aside: str
    below: str
    value: object

    def __repr__(self) -> str:
        return "<Suggestion>"


class _Model(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Suggestion] = []

    def show(self, rows: list[Suggestion]) -> None:
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not 0 <= index.row() < len(self.rows):
            return None
        row = self.rows[index.row()]
        if role == _SUGGESTION:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return " · ".join(part for part in row[:3] if part)
        return None


class _Painter(QStyledItemDelegate):
    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        lines = 2 if index.data(_SUGGESTION).below else 1
        return QSize(0, max(40, lines * self._look.pixels(15) + NEAR))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: Suggestion = index.data(_SUGGESTION)
        tokens = self._look.tokens
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QColor(tokens.accent))
            painter.setBrush(QColor(tokens.accent_soft))
            painter.drawRoundedRect(option.rect.adjusted(1, 1, -2, -2), 6, 6)
        area = option.rect.adjusted(GAP, TIGHT, -GAP, -TIGHT)
        upper = area.adjusted(0, 0, 0, -area.height() // 2 if row.below else 0)
        used = self._text(painter, upper, row.aside, "small", tokens.muted, right=True)
        self._text(painter, upper.adjusted(0, 0, -used - GAP, 0), row.title, "body", tokens.ink)
        if row.below:
            self._text(painter, area.adjusted(0, area.height() // 2, 0, 0), row.below, "small", tokens.muted)
        painter.restore()

    def _text(self, painter: QPainter, area: QRect, text: str, role: str, colour: str, *, right: bool = False) -> int:
        """Draw one line, cut to its area; returns its width."""
        font = self._look.font(role, bold=role == "body")
        metrics = QFontMetrics(font)
        cut = metrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.setFont(font)
        painter.setPen(QColor(colour))
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        painter.drawText(area, int(side | Qt.AlignmentFlag.AlignVCenter) | int(Qt.TextFlag.TextDontClip), cut)
        return metrics.horizontalAdvance(cut)


class _List(QListView):
    def __init__(self, look: Look, host: QWidget) -> None:
        super().__init__(host)
        self.suggestions = _Model()
        self.setModel(self.suggestions)
        self.setItemDelegate(_Painter(look, self))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName("รายการที่พบ")

    def height_of(self, rows: int) -> int:
        return sum(self.sizeHintForRow(row) for row in range(rows)) + 2 * self.frameWidth() + NEAR


class Suggestions(QObject):
    """Serves some lines. `asked` says what is typed and where; the answer is given by `offer`, at any later time."""

    asked = Signal(object, str)
    """The line, and its text, a moment after the last key."""
    taken = Signal(object, object)
    """The line, and the value of the row."""

    def __init__(self, look: Look, parent: QObject) -> None:
        super().__init__(parent)
        self._look = look
        self._line: QLineEdit | None = None
        self._list: _List | None = None
        self._eager = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT_MS)
        self._timer.timeout.connect(self._ask)

    def listen(self, line: QLineEdit) -> None:
        """Serve a line."""
        line.installEventFilter(self)
        line.textEdited.connect(lambda _text: self._typed(line))

    @property
    def shown(self) -> list[Suggestion]:
        """What is listed now."""
        return self._list.suggestions.rows if self._list is not None and self._list.isVisible() else []

    @property
    def marked(self) -> int:
        """The row that Enter would take, or -1."""
        return self._list.currentIndex().row() if self._list is not None and self.shown else -1

    def offer(self, line: QLineEdit, rows: list[Suggestion], *, eager: bool = False) -> None:
        """List rows under a line that still has the focus; none closes the list. eager: Enter takes the first."""
        if not rows or not line.hasFocus():
            if line is self._line:
                self.close()
            return
        self._line, self._eager = line, eager
        shown = self._list or self._built(line)
        shown.suggestions.show(rows)
        shown.setCurrentIndex(shown.suggestions.index(0) if eager else QModelIndex())
        self._place(shown, line)
        line.setAccessibleDescription(f"พบ {len(rows)} รายการ กดลูกศรลงแล้ว Enter เพื่อเลือก")

    def close(self) -> None:
        """Take the list away."""
        self._timer.stop()
        if self._list is not None and not self._list.isHidden():
            self._list.hide()
            self._list.suggestions.show([])
        if self._line is not None:
            self._line.setAccessibleDescription("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The keys of the list, while it is open."""
        if event.type() == QEvent.Type.FocusOut and watched is self._line:
            self.close()
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and watched is self._line:
            return self._key(event.key())
        return False

    def _key(self, key: int) -> bool:
        if not self.shown or self._list is None:
            return False
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            last = len(self.shown) - 1
            row = self.marked + (1 if key == Qt.Key.Key_Down else -1)
            self._list.setCurrentIndex(self._list.suggestions.index(max(0, min(row, last))))
            return True
        if key == Qt.Key.Key_Escape:
            self.close()
            return True
        if key in _ENTER and self.marked >= 0:
            self._take(self.marked)
            return True
        return False

    def _typed(self, line: QLineEdit) -> None:
        if self._line is not line:
            self.close()
        self._line = line
        self._timer.start()

    def _ask(self) -> None:
        if self._line is not None:
            self.asked.emit(self._line, self._line.text())

    def _take(self, row: int) -> None:
        if self._line is None or not 0 <= row < len(self.shown):
            return
        line, value = self._line, self.shown[row].value
        self.close()
        self.taken.emit(line, value)

    def _built(self, line: QLineEdit) -> _List:
        host = _host(line)
        self._list = _List(self._look, host)
        self._list.clicked.connect(lambda index: self._take(index.row()))
        area = line.parentWidget()
        while area is not None and area is not host:
            if isinstance(area, QScrollArea):
                area.verticalScrollBar().valueChanged.connect(lambda _value: self.close())
            area = area.parentWidget()
        return self._list

    def _place(self, shown: _List, line: QLineEdit) -> None:
        """Under the line, or above it where there is more room; never beyond the page."""
        host = _host(line)
        width = min(max(line.width(), self._look.pixels(WIDTH)), host.width() - 2 * NEAR)
        height = shown.height_of(min(MOST_ROWS, len(shown.suggestions.rows)))
        top = line.mapTo(host, QPoint(0, 0))
        below, above = host.height() - top.y() - line.height() - NEAR, top.y() - NEAR
        under = height <= below or below >= above
        height = min(height, below if under else above)
        x = max(NEAR, min(top.x(), host.width() - width - NEAR))
        y = top.y() + line.height() + 2 if under else top.y() - height - 2
        shown.setGeometry(x, y, width, height)
        shown.raise_()
        shown.show()


def _host(line: QLineEdit) -> QWidget:
    """The page around a line, which the list may cover."""
    host: QWidget = line
    while (above := host.parentWidget()) is not None and host.objectName() != "page":
        host = above
    return host
