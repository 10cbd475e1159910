"""A field that holds a picture: chosen from a file, shown small, taken out again."""

import base64
from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QWidget

from ui.style import GAP
from ui.widgets.fields import Action

SHOWN = 64
"""Logical pixels of the small picture."""
KINDS = "ภาพ (*.png *.jpg *.jpeg *.bmp *.webp)"


class PictureField(QWidget):
    """`content` is the picture as base 64 text, "" for none. `chosen` asks for a file to be read and made fit."""

    changed = Signal()
    chosen = Signal(str)

    def __init__(self, what: str) -> None:
        super().__init__()
        self.content = ""
        self.ask_file: Callable[[], str] = lambda: QFileDialog.getOpenFileName(self, f"เลือกภาพ{what}", "", KINDS)[0]
        self.picture = QLabel("ยังไม่มีภาพ")
        self.picture.setAccessibleName(what)
        self.choose = Action("เลือกภาพ…", tip=f"เลือกไฟล์ภาพ{what}")
        self.clear = Action("เอาออก", role="quiet", tip=f"เอาภาพ{what}ออก")
        self.choose.clicked.connect(self._ask)
        self.clear.clicked.connect(lambda: self.put(""))
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(GAP)
        for widget in (self.picture, self.choose, self.clear):
            box.addWidget(widget)
        box.addStretch(1)
        self.setFocusProxy(self.choose)

    def put(self, content: str) -> None:
        """Show this picture from now on."""
        before, self.content = self.content, content
        shown = QPixmap()
        if content and shown.loadFromData(base64.b64decode(content)):
            keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            self.picture.setPixmap(shown.scaled(SHOWN, SHOWN, keep, smooth))
        else:
            self.picture.clear()
            self.picture.setText("ยังไม่มีภาพ")
        self.clear.setVisible(bool(content))
        if content != before:
            self.changed.emit()

    def _ask(self) -> None:
        name = self.ask_file()
        if name:
            self.chosen.emit(name)
