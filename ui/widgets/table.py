"""A table of texts: one row a thing, Enter or a double click opens the marked one."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

KEY = Qt.ItemDataRole.UserRole


class Table(QTableWidget):
    """Columns are told with their shares of the width; 0 for as wide as the text."""

    opened = Signal()
    marked = Signal()

    def __init__(self, name: str, columns: Sequence[tuple[str, int]]) -> None:
        super().__init__(0, len(columns))
        self.setAccessibleName(name)
        self.setHorizontalHeaderLabels([title for title, _share in columns])
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(True)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head = self.horizontalHeader()
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setHighlightSections(False)
        for place, (_title, share) in enumerate(columns):
            mode = QHeaderView.ResizeMode.Stretch if share else QHeaderView.ResizeMode.ResizeToContents
            head.setSectionResizeMode(place, mode)
        self.itemDoubleClicked.connect(lambda _item: self.opened.emit())
        self.itemSelectionChanged.connect(self.marked)

    @property
    def key(self) -> str:
        """Of the marked row; "" where none is."""
        item = self.item(self.currentRow(), 0)
        return str(item.data(KEY)) if item is not None else ""

    def show_rows(self, rows: Sequence[tuple[str, Sequence[str]]]) -> None:
        """(key, cells) of every row; the mark stays where it was, else on the first."""
        before = self.key
        self.setRowCount(len(rows))
        for place, (key, cells) in enumerate(rows):
            for column, text in enumerate(cells):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                if column == 0:
                    item.setData(KEY, key)
                self.setItem(place, column, item)
        keys = [key for key, _cells in rows]
        if rows:
            self.selectRow(keys.index(before) if before in keys else 0)
        self.marked.emit()

    def mark(self, key: str) -> None:
        """Mark a row by its key."""
        for place in range(self.rowCount()):
            item = self.item(place, 0)
            if item is not None and item.data(KEY) == key:
                self.selectRow(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.opened.emit()
        else:
            super().keyPressEvent(event)
