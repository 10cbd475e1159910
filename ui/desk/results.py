"""The cases found, two lines each: number, state and time limit above; name and subject below."""

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QKeySequence, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.domain import thai_date
from app.services.model import CaseSummary
from ui.desk import states
from ui.style import GAP, NEAR, TIGHT, Look

SUMMARY = Qt.ItemDataRole.UserRole
MARKED = Qt.ItemDataRole.UserRole + 1
"""Whether the case is marked; None where nothing is being marked."""
Index = QModelIndex | QPersistentModelIndex


class CaseModel(QAbstractListModel):
    """The rows of a search result."""

    def __init__(self) -> None:
        super().__init__()
        self._found: list[CaseSummary] = []
        self.marking = False
        self.marks: dict[str, None] = {}

    def show(self, found: list[CaseSummary]) -> None:
        """Replace what is listed."""
        self.beginResetModel()
        self._found = found
        self.endResetModel()

    def summary(self, row: int) -> CaseSummary | None:
        """The case at a row."""
        return self._found[row] if 0 <= row < len(self._found) else None

    def numbers(self) -> list[str]:
        """The numbers that are listed."""
        return [found.number for found in self._found]

    def mark(self, number: str, on: bool) -> None:
        """Mark a case, or take its mark away."""
        if on:
            self.marks[number] = None
        else:
            self.marks.pop(number, None)

    def repaint(self) -> None:
        """Marks have changed."""
        if self._found:
            self.dataChanged.emit(self.index(0), self.index(len(self._found) - 1))

    def row_of(self, number: str) -> int:
        """Row of a number, or -1."""
        return next((row for row, found in enumerate(self._found) if found.number == number), -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """How many cases."""
        return 0 if parent.isValid() else len(self._found)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The case for the painter, one sentence for screen readers."""
        summary = self.summary(index.row())
        if summary is None:
            return None
        if role == SUMMARY:
            return summary
        if role == MARKED:
            return summary.number in self.marks if self.marking else None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            marked = "เลือกแล้ว" if self.marking and summary.number in self.marks else ""
            parts = (marked, summary.number, summary.name, summary.subject, summary.status_text, summary.due_text)
            return " ".join(part for part in parts if part)
        return None


class CasePainter(QStyledItemDelegate):
    """Draws one case."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Three lines and air."""
        return QSize(0, 3 * self._look.pixels(15) + GAP + NEAR)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Number and chip, name, subject with day and limit."""
        case: CaseSummary = index.data(SUMMARY)
        tokens = self._look.tokens
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = option.rect.adjusted(1, 2, -1, -2)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(QColor(tokens.accent))
            painter.setBrush(QColor(tokens.accent_soft))
            painter.drawRoundedRect(box.adjusted(0, 0, -1, -1), 6, 6)
        area = box.adjusted(GAP, NEAR, -GAP, -NEAR)
        marked = index.data(MARKED)
        if marked is not None:
            area = area.adjusted(self._square(painter, area, marked) + GAP, 0, 0, 0)
        height = area.height() // 3
        lines = [QRect(area.left(), area.top() + n * height, area.width(), height) for n in range(3)]
        chip = self._chip(painter, lines[0], case.status_text, states.tone(case.status))
        self._text(
            painter, lines[0].adjusted(0, 0, -chip - NEAR, 0), case.number, self._look.font(bold=True), tokens.ink
        )
        self._text(painter, lines[1], f"{case.subject}", self._look.font(), tokens.ink)
        told = self._right(painter, lines[2], case.due_text, getattr(tokens, case.due_tone, tokens.muted))
        day = thai_date.short(thai_date.local(case.registered_at).date())
        small = self._look.font("small")
        self._text(painter, lines[2].adjusted(0, 0, -told - NEAR, 0), f"{case.name} · {day}", small, tokens.muted)
        painter.restore()

    def _square(self, painter: QPainter, area: QRect, marked: bool) -> int:
        """The square to tick at the left; returns its width."""
        tokens, side = self._look.tokens, self._look.pixels(14)
        square = QRect(area.left(), area.center().y() - side // 2, side, side)
        painter.setPen(QPen(QColor(tokens.accent if marked else tokens.edge), 2))
        painter.setBrush(QColor(tokens.accent if marked else tokens.paper))
        painter.drawRoundedRect(square, 3, 3)
        if marked:
            painter.setPen(QPen(QColor(tokens.on_accent), 2))
            x, y = square.left(), square.top()
            points = ((0.22, 0.52), (0.42, 0.74), (0.80, 0.28))
            line = [QPoint(x + round(side * across), y + round(side * down)) for across, down in points]
            painter.drawPolyline(line)
        return side

    def _text(self, painter: QPainter, area: QRect, text: str, font: QFont, colour: str) -> None:
        painter.setFont(font)
        painter.setPen(QColor(colour))
        cut = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(
            area, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter) | int(Qt.TextFlag.TextDontClip), cut
        )

    def _right(self, painter: QPainter, area: QRect, text: str, colour: str) -> int:
        if not text:
            return 0
        font = self._look.font("small", bold=True)
        painter.setFont(font)
        painter.setPen(QColor(colour))
        painter.drawText(area, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), text)
        return QFontMetrics(font).horizontalAdvance(text)

    def _chip(self, painter: QPainter, area: QRect, text: str, tone: str) -> int:
        tokens = self._look.tokens
        font = self._look.font("small", bold=True)
        width = QFontMetrics(font).horizontalAdvance(text) + 2 * NEAR
        box = QRect(area.right() - width, area.top() - 1, width, area.height() + 2)
        ink = getattr(tokens, tone, tokens.ink)
        ground = getattr(tokens, f"{tone}_soft", tokens.surface)
        painter.setPen(QColor(ink if tone != "plain" else tokens.line))
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(box, TIGHT + 2, TIGHT + 2)
        painter.setPen(QColor(ink))
        painter.setFont(font)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)
        return width


class CaseList(QListView):
    """The result list; Enter, Space or a click opens a case, or marks it while cases are being marked."""

    opened = Signal(str)
    marked = Signal(list)
    """The numbers of all marked cases."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.cases = CaseModel()
        self.setModel(self.cases)
        self.setItemDelegate(CasePainter(look, self))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("เรื่องที่พบ")
        self.setToolTip("↑ ↓ เลือก Enter เปิดเรื่อง")
        self.clicked.connect(self._open)
        look.changed.connect(self.doItemsLayout)

    def offer(self, found: list[CaseSummary]) -> None:
        """List cases; the mark stays on the case where it was."""
        before = self.cases.summary(self.currentIndex().row())
        self.cases.show(found)
        row = self.cases.row_of(before.number) if before else -1
        self.setCurrentIndex(self.cases.index(max(0, row)))

    def begin_marking(self, on: bool) -> None:
        """From now on clicks and keys mark cases, or open them again."""
        self.cases.marking, self.cases.marks = on, {}
        self._told()

    def mark_all(self, on: bool) -> None:
        """Mark every case that is listed, or none at all."""
        self.cases.marks = dict.fromkeys([*self.cases.marks, *self.cases.numbers()]) if on else {}
        self._told()

    def _told(self) -> None:
        self.cases.repaint()
        self.marked.emit(list(self.cases.marks))

    def walk(self, steps: int) -> None:
        """Move the mark."""
        row = max(0, min(self.currentIndex().row() + steps, self.cases.rowCount() - 1))
        self.setCurrentIndex(self.cases.index(row))

    def open_marked(self) -> None:
        """Open the marked case."""
        self._open(self.currentIndex())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space open."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.open_marked()
        elif self.cases.marking and event.matches(QKeySequence.StandardKey.SelectAll):
            self.mark_all(True)
        else:
            super().keyPressEvent(event)

    def _open(self, index: Index) -> None:
        summary = self.cases.summary(index.row())
        if summary is None:
            return
        if self.cases.marking:
            self.cases.mark(summary.number, summary.number not in self.cases.marks)
            self._told()
        else:
            self.opened.emit(summary.number)
