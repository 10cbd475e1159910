"""A slip as black and white dots, for the thermal printer and for the preview: both show the same bitmap.

Qt is the drawing library here (docs/adr/0003): it paints the glyphs that typeface.py has shaped, out of our own font
files, onto a grey image which is then cut to pure black and white; nothing is dithered. Works in any thread; where no
Qt application runs, an offscreen one is made.
"""

from functools import lru_cache
from threading import Lock, local

from PySide6.QtCore import QByteArray, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QGlyphRun, QGuiApplication, QImage, QPainter, QRawFont

from printing import typeface
from printing.bitmap import INVERTED, Bitmap, dots_per_inch
from printing.flow import Flow, stacked
from printing.layout import Layout
from printing.marks import BoxMark, LineMark, Mark, PictureMark, QrMark, TextMark
from printing.qr import QUIET, modules

TOP = BOTTOM = 4.0
"""White above and below the slip, points."""
SIDE = 3.0
"""White on either side, points: the heads of cheap printers do not reach the last dots."""

_LARGEST_GLYPH = 64.0
"""Pixels above which Qt draws nothing for a font loaded from memory; larger letters are filled as outlines."""

_local = local()
_lock = Lock()
_own_application: list[QGuiApplication] = []


def render(layout: Layout, dots: int) -> Bitmap:
    """Draw a layout `dots` wide (a multiple of 8) and as high as it needs."""
    ensure_application()
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
        bits = bytes(mono.constBits()).translate(INVERTED)
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
        font = _raw_font(mark.bold, pixels)
        x, y = (mark.x + SIDE) * self._scale, self._y(mark.y)
        numbers: list[int] = []
        places: list[QPointF] = []
        for glyph in typeface.shape(mark.text, mark.bold):
            numbers.append(glyph.id)
            places.append(QPointF(round(x + glyph.dx * pixels), y - round(glyph.dy * pixels)))
            x += glyph.advance * pixels
        colour = Qt.GlobalColor.white if mark.white else Qt.GlobalColor.black
        if pixels > _LARGEST_GLYPH:
            self._outlines(font, numbers, places, colour)
            return
        run = QGlyphRun()
        run.setRawFont(font)
        run.setGlyphIndexes(numbers)
        run.setPositions(places)
        self._painter.setPen(colour)
        self._painter.drawGlyphRun(QPointF(0, 0), run)

    def _outlines(self, font: QRawFont, numbers: list[int], places: list[QPointF], colour: Qt.GlobalColor) -> None:
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        for number, place in zip(numbers, places, strict=True):
            self._painter.fillPath(font.pathForGlyph(number).translated(place), colour)
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

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


def ensure_application() -> None:
    """Qt draws text only while an application exists; without one make one that needs no screen.

    Call it on the main thread before a worker draws. A program that opens windows makes its own QApplication first.
    """
    if QGuiApplication.instance() is not None:
        return
    with _lock:
        if QGuiApplication.instance() is None:
            _own_application.append(QGuiApplication(["lao-counter", "-platform", "offscreen"]))
