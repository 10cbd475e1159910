"""A slip as black and white dots, for the thermal printer and for the preview: both show the same bitmap.

Qt is the drawing library here (docs/adr/0003): it paints the glyphs that typeface.py has shaped, out of our own font
files, onto a grey image which is then cut to pure black and white; nothing is dithered. Works in any thread; where no
Qt application runs, an offscreen one is made.
"""

import os
import struct
import zlib
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock, local

from PySide6.QtCore import QByteArray, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QGlyphRun, QGuiApplication, QImage, QPainter, QRawFont

from printing import typeface
from printing.flow import Flow, stacked
from printing.layout import Layout
from printing.marks import BoxMark, LineMark, Mark, PictureMark, QrMark, TextMark
from printing.qr import QUIET, modules

WIDTHS = (576, 512, 384)
"""Dots a line of the printers we know: 80 mm at 203 dpi, 80 mm at 180 dpi, 58 mm at 203 dpi."""

TOP = BOTTOM = 4.0
"""White above and below the slip, points."""
SIDE = 3.0
"""White on either side, points: the heads of cheap printers do not reach the last dots."""

_local = local()
_lock = Lock()
_own_application: list[QGuiApplication] = []


@dataclass(frozen=True, slots=True)
class Bitmap:
    """Rows of dots from top to bottom, eight to a byte, the leftmost in the highest bit, 1 for black."""

    width: int
    height: int
    rows: bytes

    @property
    def stride(self) -> int:
        """Bytes in one row."""
        return (self.width + 7) // 8

    def row(self, index: int) -> bytes:
        """One row of dots."""
        return self.rows[index * self.stride : (index + 1) * self.stride]

    def to_png(self) -> bytes:
        """A PNG with one bit a dot."""
        inverted = self.rows.translate(_INVERTED)  # in a PNG 1 is white
        lines = b"".join(b"\0" + inverted[i : i + self.stride] for i in range(0, len(inverted), self.stride))
        header = struct.pack(">IIBBBBB", self.width, self.height, 1, 0, 0, 0, 0)
        parts = ((b"IHDR", header), (b"IDAT", zlib.compress(lines, 6)), (b"IEND", b""))
        return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


_INVERTED = bytes(255 - value for value in range(256))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def dots_per_inch(dots: int) -> int:
    """Resolution of a printer with so many dots a line."""
    return 180 if dots == 512 else 203


def render(layout: Layout, dots: int) -> Bitmap:
    """Draw a layout `dots` wide (a multiple of 8) and as high as it needs."""
    _ensure_application()
    scale = dots_per_inch(dots) / 72
    column = stacked(Flow().strips(layout.blocks, dots / scale - 2 * SIDE))
    height = round((TOP + column.height + BOTTOM) * scale)
    image = QImage(dots, height, QImage.Format.Format_Grayscale8)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    try:
        canvas = _Canvas(painter, scale)
        for mark in column.marks:
            canvas.draw(mark)
    finally:
        painter.end()
    return _black_and_white(image)


def _black_and_white(image: QImage) -> Bitmap:
    mono = image.convertToFormat(
        QImage.Format.Format_Mono,
        Qt.ImageConversionFlag.MonoOnly | Qt.ImageConversionFlag.ThresholdDither | Qt.ImageConversionFlag.AvoidDither,
    )
    if mono.colorCount() and QColor(mono.color(0)) == QColor(Qt.GlobalColor.white):
        bits = bytes(mono.constBits())
    else:
        bits = bytes(mono.constBits()).translate(_INVERTED)
    stride = (image.width() + 7) // 8
    if mono.bytesPerLine() != stride:
        step = mono.bytesPerLine()
        bits = b"".join(bits[i : i + stride] for i in range(0, step * image.height(), step))
    return Bitmap(image.width(), image.height(), bits)


class _Canvas:
    """Draws marks with whole dots: a glyph looks the same wherever it stands."""

    def __init__(self, painter: QPainter, scale: float) -> None:
        self._painter = painter
        self._scale = scale
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing, True)

    def draw(self, mark: Mark) -> None:
        match mark:
            case TextMark():
                self._text(mark)
            case LineMark():
                self._line(mark)
            case BoxMark():
                self._box(mark)
            case QrMark():
                self._qr(mark)
            case PictureMark():
                self._picture(mark)

    def _dots(self, points: float) -> int:
        return round(points * self._scale)

    def _x(self, points: float) -> int:
        return round((points + SIDE) * self._scale)

    def _y(self, points: float) -> int:
        return round((points + TOP) * self._scale)

    def _text(self, mark: TextMark) -> None:
        pixels = mark.size * self._scale
        run = QGlyphRun()
        run.setRawFont(_raw_font(mark.bold, pixels))
        x, y = (mark.x + SIDE) * self._scale, self._y(mark.y)
        numbers: list[int] = []
        places: list[QPointF] = []
        for glyph in typeface.shape(mark.text, mark.bold):
            numbers.append(glyph.id)
            places.append(QPointF(round(x + glyph.dx * pixels), y - round(glyph.dy * pixels)))
            x += glyph.advance * pixels
        run.setGlyphIndexes(numbers)
        run.setPositions(places)
        self._painter.setPen(Qt.GlobalColor.white if mark.white else Qt.GlobalColor.black)
        self._painter.drawGlyphRun(QPointF(0, 0), run)

    def _line(self, mark: LineMark) -> None:
        weight = max(1, self._dots(mark.weight))
        if mark.x == mark.x2:
            self._fill(self._x(mark.x), self._y(mark.y), weight, self._dots(mark.y2 - mark.y))
            return
        left, right, y = self._x(mark.x), self._x(mark.x2), self._y(mark.y)
        step = 8 if mark.dashed else right - left
        for start in range(left, right, step):
            self._fill(start, y, step // 2 if mark.dashed else step, weight)

    def _box(self, mark: BoxMark) -> None:
        x, y = self._x(mark.x), self._y(mark.y)
        width, height = self._dots(mark.width), self._dots(mark.height)
        if mark.filled:
            self._fill(x, y, width, height)
            return
        weight = max(1, self._dots(mark.weight))
        for side in ((x, y, width, weight), (x, y + height - weight, width, weight)):
            self._fill(*side)
        for side in ((x, y, weight, height), (x + width - weight, y, weight, height)):
            self._fill(*side)

    def _qr(self, mark: QrMark) -> None:
        rows = modules(mark.text)
        module = max(2, self._dots(mark.size) // (len(rows) + 2 * QUIET))
        used = module * len(rows)
        left = self._x(mark.x) + (self._dots(mark.size) - used) // 2
        top = self._y(mark.y) + (self._dots(mark.size) - used) // 2
        image = _qr_image(mark.text)
        self._painter.drawImage(QRectF(left, top, used, used), image)

    def _picture(self, mark: PictureMark) -> None:
        picture = QImage.fromData(QByteArray(mark.png))
        if picture.isNull():
            return
        room = QRectF(self._x(mark.x), self._y(mark.y), self._dots(mark.width), self._dots(mark.height))
        size = picture.size().scaled(room.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF(0, 0, size.width(), size.height())
        place.moveCenter(room.center())
        self._painter.drawImage(place, picture)

    def _fill(self, x: int, y: int, width: int, height: int) -> None:
        self._painter.fillRect(x, y, width, height, Qt.GlobalColor.black)


@lru_cache(maxsize=16)
def _qr_image(text: str) -> QImage:
    rows = modules(text)
    image = QImage(len(rows), len(rows), QImage.Format.Format_Grayscale8)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            image.setPixel(x, y, 0xFF000000 if dark else 0xFFFFFFFF)
    return image


def _raw_font(bold: bool, pixels: float) -> QRawFont:
    """A size of our typeface; QRawFont belongs to the thread that made it."""
    fonts: dict[tuple[bool, float], QRawFont] = _local.__dict__.setdefault("fonts", {})
    key = (bold, round(pixels, 2))
    if key not in fonts:
        data = QByteArray(typeface.face(bold).data)
        fonts[key] = QRawFont(data, key[1], QFont.HintingPreference.PreferNoHinting)
    return fonts[key]


def _ensure_application() -> None:
    """Qt draws text only while an application exists; without one make one that needs no screen."""
    if QGuiApplication.instance() is not None:
        return
    with _lock:
        if QGuiApplication.instance() is None:
            os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
            _own_application.append(QGuiApplication(["lao-counter"]))
