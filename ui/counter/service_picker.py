"""Search-as-you-type over everything a citizen may ask for; favourites on Ctrl+1 to Ctrl+9."""

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ui.counter.service_index import Entry
from ui.style import GAP, NEAR, TIGHT, Look
from ui.widgets.fields import CommandLine

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
        """Two lines and air."""
        return QSize(0, max(48, 2 * self._look.pixels(15) + NEAR))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Group and name above, division and days below, the favourite's key at the right."""
        entry, shortcut = index.data(ENTRY)
        tokens = self._look.tokens
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(QColor(tokens.accent))
            painter.setBrush(QColor(tokens.accent_soft))
            painter.drawRoundedRect(option.rect.adjusted(1, 1, -2, -2), 6, 6)
        area = option.rect.adjusted(GAP, TIGHT, -GAP, -TIGHT)
        upper, lower = area.adjusted(0, 0, 0, -area.height() // 2), area.adjusted(0, area.height() // 2, 0, 0)
        small = self._look.font("small")
        key = self._text(painter, area, shortcut, small, tokens.muted, Qt.AlignmentFlag.AlignRight)
        upper.adjust(0, 0, -key - GAP, 0)
        plain, bold = self._look.font(), self._look.font(bold=True)
        group = f"{entry.group} › " if entry.group else ""
        width = QFontMetrics(plain).horizontalAdvance(group) + QFontMetrics(bold).horizontalAdvance(entry.name)
        below = entry.meta
        if width > upper.width():
            group, below = "", " · ".join(part for part in (entry.meta, entry.group) if part)
        used = self._text(painter, upper, group, plain, tokens.muted)
        self._text(painter, upper.adjusted(used, 0, 0, 0), entry.name, bold, tokens.ink)
        self._text(painter, lower.adjusted(0, 0, -key - GAP, 0), below, small, tokens.muted)
        painter.restore()

    def _text(
        self,
        painter: QPainter,
        area: QRect,
        text: str,
        font: QFont,
        colour: str,
        side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    ) -> int:
        """Draw one line, cut to its area; returns the width it took."""
        metrics = QFontMetrics(font)
        cut = metrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.setFont(font)
        painter.setPen(QColor(colour))
        painter.drawText(area, int(side | Qt.AlignmentFlag.AlignVCenter) | int(Qt.TextFlag.TextDontClip), cut)
        return metrics.horizontalAdvance(cut)


class PickerLine(CommandLine):
    """The search line; Up and Down walk through the list below it without leaving the line, Ctrl+D pins."""

    pinned = Signal()

    def __init__(self) -> None:
        super().__init__(page_step=8)
        self.setMaxLength(200)
        self.setPlaceholderText("ค้นหาบริการ เช่น ไฟฟ้า ถนน ขอถังขยะ")
        self.setAccessibleName("ค้นหาบริการ")
        self.setToolTip("พิมพ์ส่วนใดของชื่อก็ได้ ↑ ↓ เลือก Enter ตกลง (Ctrl+K)")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pin, or what every such line does."""
        if event.key() == Qt.Key.Key_D and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
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
