"""A QR code on the screen, drawn module by module: sharp at every scale, black on white in every theme."""

from importlib import import_module
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

QUIET = 4
"""Modules of white around it (ISO/IEC 18004)."""


def qr_image(text: str) -> QImage:
    """One dot a module with the white border; error correction M, never Micro QR, which telephones do not read."""
    zxing: Any = import_module("zxingcpp")  # 40 ms that a window without a QR does not pay
    image: Any = zxing.create_barcode(text, zxing.BarcodeFormat.QRCode, ec_level="M").to_image(
        scale=1, add_quiet_zones=False
    )
    height, width = image.shape[:2]
    drawn = QImage(width + 2 * QUIET, height + 2 * QUIET, QImage.Format.Format_RGB32)
    drawn.fill(Qt.GlobalColor.white)
    painter = QPainter(drawn)
    dots = bytes(memoryview(image).cast("B") if memoryview(image).contiguous else memoryview(image).tobytes())
    painter.drawImage(QUIET, QUIET, QImage(dots, width, height, width, QImage.Format.Format_Grayscale8))
    painter.end()
    return drawn


class QrCode(QWidget):
    """Shows one QR at the largest whole number of pixels a module; empty until it has a text."""

    def __init__(self) -> None:
        super().__init__()
        self._image = QImage()
        self._side = 240
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.setSizePolicy(policy)

    def show_text(self, text: str, told: str) -> None:
        """Draw `text`; `told` is what a screen reader says of it. An empty text shows an empty ground."""
        self._image = qr_image(text) if text else QImage()
        self.setAccessibleName(told)
        self.update()

    def set_side(self, pixels: int) -> None:
        """How large it would like to be."""
        self._side = pixels
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """A square."""
        return QSize(self._side, self._side)

    def minimumSizeHint(self) -> QSize:
        """What a telephone still reads."""
        return QSize(180, 180)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Whole pixels a module on the device, so that no edge is smeared."""
        if self._image.isNull():
            return
        ratio = self.devicePixelRatioF()
        room = int(min(self.width(), self.height()) * ratio)
        side = max(1, room // self._image.width()) * self._image.width()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.scale(1 / ratio, 1 / ratio)
        left = (int(self.width() * ratio) - side) // 2
        top = (int(self.height() * ratio) - side) // 2
        painter.drawImage(left, top, self._image.scaled(side, side))
        painter.end()
