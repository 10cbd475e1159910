"""One file in the list: its small picture, name and size; or why it cannot be attached."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.services.model import StagedFile
from ui.counter.files.work import Source, size_text
from ui.style import NEAR, Look, give_role
from ui.widgets.fields import Action
from ui.widgets.labels import ElidedLabel, ThaiLabel

SIDE = 28.0
"""Points of a small picture's side."""


class FileRow(QWidget):
    """`file` is None while the file is refused."""

    remove_wanted = Signal()
    shrink_wanted = Signal()

    def __init__(self, look: Look, name: str) -> None:
        super().__init__()
        self.file: StagedFile | None = None
        self.source: Source | None = None
        self.name = name
        self._picture = give_role(QLabel(), "strong")
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._look, self._image = look, QImage()
        look.changed.connect(self._fit)
        self._name = ElidedLabel(name)
        self._size = ElidedLabel(role="small")
        self._why = ThaiLabel(role="error")  # wraps, which hundreds of rows could not afford
        self._why.hide()
        self.shrink = Action("ย่อแล้วแนบ", tip=f"ย่อ {name} แล้วแนบ")
        self.shrink.clicked.connect(self.shrink_wanted)
        self.shrink.hide()
        self.remove = Action("นำออก", role="quiet", key="Del", tip=f"นำ {name} ออก")
        self.remove.clicked.connect(self.remove_wanted)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self._name)
        texts.addWidget(self._size)
        texts.addWidget(self._why)
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(NEAR)
        box.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        box.addLayout(texts, 1)
        box.addWidget(self.shrink, 0, Qt.AlignmentFlag.AlignTop)
        box.addWidget(self.remove, 0, Qt.AlignmentFlag.AlignTop)
        self._fit()

    @property
    def told(self) -> str:
        """The size, or why the file is refused."""
        return self._size.text() if self._why.isHidden() else self._why.shown_text()

    @property
    def has_picture(self) -> bool:
        """Whether a small picture is shown."""
        return not self._picture.pixmap().isNull()

    def show_file(self, file: StagedFile, before: int = 0) -> None:
        """Show a file that is on the disk; before: its bytes before it was shrunk."""
        self.file = file
        self.name = file.name
        self._name.setText(file.name)
        self._picture.setText(file.format.upper())
        self._why.hide()
        self._size.show()
        shrunk = before > file.size
        size = f"{size_text(before)} → {size_text(file.size)}" if shrunk else size_text(file.size)
        self._size.setText(f"ย่อแล้ว {size}" if shrunk else size)
        self.setAccessibleName(f"{file.name} {self.told}")

    def show_picture(self, image: QImage | None) -> None:
        """Show the small picture."""
        if image is not None and not image.isNull():
            self._image = image
            self._fit()

    def _fit(self) -> None:
        """The picture in the size of the text."""
        side, ratio = self._look.pixels(SIDE), self.devicePixelRatioF()
        self._picture.setFixedSize(side, side)
        if not self._image.isNull():
            wanted = round(side * ratio)
            small = QPixmap.fromImage(self._image).scaled(
                wanted, wanted, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
            small.setDevicePixelRatio(ratio)
            self._picture.setPixmap(small)

    def refuse(self, source: Source | None, title: str, hint: str, *, shrinkable: bool) -> None:
        """Say why the file is not attached."""
        self.file, self.source = None, source
        self._picture.setText("▲")
        self._why.show_text(f"ไม่ได้แนบ: {title} {hint}".rstrip())
        self._size.hide()
        self._why.show()
        self.setAccessibleName(f"{self.name} {self.told}")
        self.remove.setText("ปิด")
        self.remove.setAccessibleName(f"ปิดข้อความของ {self.name}")
        self.shrink.setVisible(shrinkable)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Del takes the file out."""
        if event.key() == Qt.Key.Key_Delete:
            self.remove.click()
        else:
            super().keyPressEvent(event)
