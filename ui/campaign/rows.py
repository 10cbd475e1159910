"""A list of rows with their keys, and the files that a dialog is to add."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.services import attachments, words
from app.services.model import NewFile
from ui.widgets.fields import Action
from ui.widgets.labels import ThaiLabel

KEY = Qt.ItemDataRole.UserRole
KINDS = "เอกสาร (*.pdf *.jpg *.jpeg *.png *.doc *.docx *.xls *.xlsx)"


class Rows(QListWidget):
    """Enter or a double click opens the marked row."""

    opened = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setWordWrap(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.itemDoubleClicked.connect(lambda _item: self.opened.emit())

    @property
    def key(self) -> str:
        """Of the marked row; "" where none is."""
        item = self.currentItem()
        return str(item.data(KEY)) if item is not None else ""

    def show_rows(self, rows: Sequence[tuple[str, str]]) -> None:
        """(key, text) of every row; the mark stays where it was, else on the first."""
        before = self.key
        self.clear()
        for key, text in rows:
            item = QListWidgetItem(words.with_break_points(text))
            item.setData(KEY, key)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, text)
            self.addItem(item)
            if key == before:
                self.setCurrentItem(item)
        if self.currentItem() is None and rows:
            self.setCurrentRow(0)

    def mark(self, key: str) -> None:
        """Mark a row by its key."""
        for place in range(self.count()):
            if self.item(place).data(KEY) == key:
                self.setCurrentRow(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.opened.emit()
        else:
            super().keyPressEvent(event)


def ask_files(parent: QWidget) -> list[str]:
    """The files that the clerk chooses."""
    return QFileDialog.getOpenFileNames(parent, "เลือกไฟล์", "", KINDS)[0]


def ask_folder(parent: QWidget) -> str:
    """The folder that the clerk chooses, or ""."""
    return QFileDialog.getExistingDirectory(parent, "เลือกโฟลเดอร์")


class FilesToAdd(QWidget):
    """A button that chooses files, and which were chosen. They are read when the dialog's work is done."""

    def __init__(self, label: str) -> None:
        super().__init__()
        self.paths: list[Path] = []
        self.ask = ask_files
        self.choose = Action(label, key="Ctrl+O")
        self.choose.clicked.connect(self.add)
        self.told = ThaiLabel("ยังไม่ได้เลือกไฟล์", role="small")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.choose, 0, Qt.AlignmentFlag.AlignLeft)
        box.addWidget(self.told)
        self.setFocusProxy(self.choose)

    def add(self) -> None:
        """Ctrl+O: choose files."""
        self.paths += [Path(name) for name in self.ask(self)]
        if self.paths:
            self.told.show_text(", ".join(path.name for path in self.paths))


def read_files(paths: Sequence[Path]) -> list[NewFile]:
    """Their contents, on a worker thread. Refused where one cannot be read."""
    return [attachments.read_file(path) for path in paths]
