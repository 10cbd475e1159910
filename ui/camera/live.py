"""The live picture: fits the room there is, with a thin frame that shows where to hold the paper."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.style import LIGHT, Look

_CORNER = 28
_INSET = 0.12


class LivePicture(QWidget):
    """Paints the newest picture; an empty ground until there is one."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._image = QImage()
        self._guided = True
        self.setAccessibleName("ภาพจากกล้อง")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def has_picture(self) -> bool:
        """Whether anything is shown."""
        return not self._image.isNull()

    @property
    def image(self) -> QImage:
        """What is shown."""
        return self._image

    def show_image(self, image: QImage, *, guided: bool = True) -> None:
        """Show a picture; `guided` draws the frame for the paper."""
        self._image, self._guided = image, guided
        self.update()

    def sizeHint(self) -> QSize:
        """A camera's usual shape."""
        return QSize(640, 400)

    def minimumSizeHint(self) -> QSize:
        """Enough to aim by."""
        return QSize(240, 150)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The picture as large as fits, on a dark ground."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._look.tokens.ink))
        if not self._image.isNull():
            size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRectF((self.width() - size.width()) / 2, (self.height() - size.height()) / 2, *size.toTuple())
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(place, self._image)
            if self._guided:
                self._draw_guide(painter, place)
        painter.end()

    def _draw_guide(self, painter: QPainter, place: QRectF) -> None:
        wide, high = place.width() * _INSET, place.height() * _INSET
        inside = place.adjusted(wide, high, -wide, -high)
        corners = QPainterPath()
        for x, y, right, down in (
            (inside.left(), inside.top(), 1, 1),
            (inside.right(), inside.top(), -1, 1),
            (inside.right(), inside.bottom(), -1, -1),
            (inside.left(), inside.bottom(), 1, -1),
        ):
            corners.moveTo(x + right * _CORNER, y)
            corners.lineTo(x, y)
            corners.lineTo(x, y + down * _CORNER)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for colour, width in ((LIGHT.ink, 5), (LIGHT.paper, 3)):  # to be seen on light and on dark paper
            painter.setPen(QPen(QColor(colour), width))
            painter.drawPath(corners)
