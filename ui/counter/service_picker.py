"""Search-as-you-type over everything a citizen may ask for; favourites on Ctrl+1 to Ctrl+9."""

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ui.counter.service_index import Entry
from ui.style import GAP, NEAR, Look

ENTRY = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex


class EntryModel(QAbstractListModel):
    """The entries found, each with the key of its favourite place."""

    def __init__(self) -> None:
        super().__init__()
        self._entries: list[Entry] = []
        self._favourites: list[str] = []

    def show(self, entries: list[Entry], favourites: list[str]) -> None:
        """Replace what is listed."""
        self.beginResetModel()
        self._entries, self._favourites = entries, favourites
        self.endResetModel()

    def entry(self, row: int) -> Entry | None:
        """The entry at a row."""
        return self._entries[row] if 0 <= row < len(self._entries) else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """How many entries."""
        return 0 if parent.isValid() else len(self._entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The entry itself for the painter, words for everybody else."""
        entry = self.entry(index.row())
        if entry is None:
            return None
        if role == ENTRY:
            return entry, self._shortcut(entry)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return " · ".join(part for part in (entry.title, entry.meta, self._shortcut(entry)) if part)
        return None

    def _shortcut(self, entry: Entry) -> str:
        if entry.key in self._favourites:
            return f"Ctrl+{self._favourites.index(entry.key) + 1}"
        return ""


class EntryPainter(QStyledItemDelegate):
    """Name, group before it, division and days at the right, or below where the width does not hold them."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """At least the 40 pixels of a target."""
        two = self._needs_two(index, option.rect.width())
        line = self._look.pixels(15)
        return QSize(0, max(40, line * (2 if two else 1) + GAP))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one entry."""
        entry, shortcut = index.data(ENTRY)
        tokens = self._look.tokens
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.accent_soft))
            painter.drawRoundedRect(option.rect.adjusted(1, 1, -1, -1), 6, 6)
            painter.fillRect(QRect(option.rect.left() + 1, option.rect.top() + 8, 3, option.rect.height() - 16), QColor(tokens.accent))
        area = option.rect.adjusted(GAP, NEAR // 2, -GAP, -NEAR // 2)
        two = self._needs_two(index, option.rect.width())
        upper = QRect(area.left(), area.top(), area.width(), area.height() // 2 if two else area.height())
        lower = QRect(area.left(), upper.bottom(), area.width(), area.height() - upper.height()) if two else upper
        meta = " · ".join(part for part in (entry.meta, shortcut) if part)
        metrics = self._small().horizontalAdvance(meta) + NEAR
        space = upper if two else upper.adjusted(0, 0, -metrics - GAP, 0)
        self._title(painter, space, entry)
        painter.setFont(self._look.font("small"))
        painter.setPen(QColor(tokens.muted))
        side = Qt.AlignmentFlag.AlignLeft if two else Qt.AlignmentFlag.AlignRight
        painter.drawText(lower, int(side | Qt.AlignmentFlag.AlignVCenter), self._small().elidedText(meta, Qt.TextElideMode.ElideRight, lower.width()))
        painter.restore()

    def _title(self, painter: QPainter, area: QRect, entry: Entry) -> None:
        group = f"{entry.group} › " if entry.group else ""
        painter.setFont(self._look.font())
        painter.setPen(QColor(self._look.tokens.muted))
        group = painter.fontMetrics().elidedText(group, Qt.TextElideMode.ElideRight, area.width() // 2)
        painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter), group)
        rest = area.adjusted(painter.fontMetrics().horizontalAdvance(group), 0, 0, 0)
        painter.setFont(self._look.font(bold=True))
        painter.setPen(QColor(self._look.tokens.ink))
        name = painter.fontMetrics().elidedText(entry.name, Qt.TextElideMode.ElideRight, rest.width())
        painter.drawText(rest, int(Qt.AlignmentFlag.AlignVCenter), name)

    def _needs_two(self, index: Index, width: int) -> bool:
        entry, shortcut = index.data(ENTRY)
        title = self._bold().horizontalAdvance(entry.title)
        return title + self._small().horizontalAdvance(f"{entry.meta} · {shortcut}") + 4 * GAP > width

    def _bold(self) -> QFontMetrics:
        return QFontMetrics(self._look.font(bold=True))

    def _small(self) -> QFontMetrics:
        return QFontMetrics(self._look.font("small"))


class PickerLine(QLineEdit):
    """The search line; Up and Down walk through the list below it without leaving the line."""

    walked = Signal(int)
    pinned = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setMaxLength(200)
        self.setPlaceholderText("ค้นหาบริการ เช่น ไฟฟ้า ถนน ขอถังขยะ")
        self.setAccessibleName("ค้นหาบริการ")
        self.setToolTip("พิมพ์ส่วนใดของชื่อก็ได้ ↑ ↓ เลือก Enter ตกลง (Ctrl+K)")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk, pin, or type."""
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}
        if event.key() in steps:
            self.walked.emit(steps[Qt.Key(event.key())])
        elif event.key() == Qt.Key.Key_D and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.pinned.emit()
        else:
            super().keyPressEvent(event)


class EntryList(QListView):
    """The list under the line: a click chooses; the keyboard stays in the line."""

    chosen = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.entries = EntryModel()
        self.setModel(self.entries)
        self.setItemDelegate(EntryPainter(look, self))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setAccessibleName("บริการที่พบ")
        self.clicked.connect(lambda index: self.chosen.emit(self.entries.entry(index.row())))
        look.changed.connect(self.doItemsLayout)

    def offer(self, found: list[Entry], favourites: list[str]) -> None:
        """List entries and mark the first."""
        self.entries.show(found, favourites)
        self.setCurrentIndex(self.entries.index(0))
        self.scrollToTop()

    def walk(self, steps: int) -> None:
        """Move the mark."""
        last = self.entries.rowCount() - 1
        row = max(0, min(self.currentIndex().row() + steps, last))
        self.setCurrentIndex(self.entries.index(row))

    def marked(self) -> Entry | None:
        """The entry that Enter would choose."""
        return self.entries.entry(self.currentIndex().row())
