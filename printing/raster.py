"""A slip as black and white dots, for the thermal printer and for the preview: both show the same bitmap.

Qt is the drawing library here (docs/adr/0003): it paints the glyphs that typeface.py has shaped, out of our own font
files, onto a grey image which is then cut to pure black and white; nothing is dithered. Works in any thread; where no
Qt application runs, an offscreen one is made.
"""

from collections.abc import Iterable
from functools import lru_cache
from threading import Lock, local
from typing import Any

from PIL import Image
from PySide6.QtCore import QByteArray, QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontDatabase, QGlyphRun, QGuiApplication, QImage, QPainter, QRawFont

from printing import typeface
from printing.bitmap import Bitmap, dots_per_inch
from printing.flow import Flow, stacked
from printing.layout import Layout
from printing.marks import BarcodeMark, BoxMark, LineMark, Mark, PictureMark, QrMark, TextMark
from printing.qr import QUIET, bars, dark_runs, modules

TOP = BOTTOM = 4.0
"""White above and below the slip, points."""
SIDE = 3.0
"""White on either side, points: the heads of cheap printers do not reach the last dots."""

_LARGEST_GLYPH = 64.0
"""Pixels above which Qt draws nothing for a font loaded from memory; larger letters are filled as outlines."""

_BLACK, _WHITE = Qt.GlobalColor.black, Qt.GlobalColor.white
_DARK_TO_GREY = bytes(0 if value else 255 for value in range(256))

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
    image.fill(_WHITE)
    painter = QPainter(image)
    try:
        canvas = _Canvas(painter, scale)
        for mark in column.marks:
            canvas.draw(mark)
    finally:
        painter.end()
    return _black_and_white(image)


def _black_and_white(image: QImage) -> Bitmap:
    """Dark half black, light half white, nothing dithered (Pillow, because Qt's conversion is three times slower)."""
    width, height = image.width(), image.height()
    bits: Any = image.constBits()
    grey = Image.frombuffer("L", (width, height), bits, "raw", "L", image.bytesPerLine(), 1)
    return Bitmap(width, height, grey.convert("1", dither=Image.Dither.NONE).tobytes("raw", "1;I"))


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
            case BarcodeMark():
                self._barcode(mark)
            case PictureMark():
                self._picture(mark)

    def _dots(self, points: float) -> int:
        return round(points * self._scale)

    def _x(self, points: float) -> int:
        return round((points + SIDE) * self._scale)

    def _y(self, points: float) -> int:
        return round((points + TOP) * self._scale)

    def _text(self, mark: TextMark) -> None:
        pixels = round(mark.size * self._scale, 2)
        place = QPointF(self._x(mark.x), self._y(mark.y))
        colour = _WHITE if mark.white else _BLACK
        run = _pens().run(mark.text, mark.bold, pixels, mark.joints, mark.gap)
        if pixels > _LARGEST_GLYPH:
            self._outlines(run, place, colour)
            return
        self._painter.setPen(colour)
        self._painter.drawGlyphRun(place, run)

    def _outlines(self, run: QGlyphRun, place: QPointF, colour: Qt.GlobalColor) -> None:
        font = run.rawFont()
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        for number, at in zip(run.glyphIndexes(), run.positions(), strict=True):
            self._painter.fillPath(font.pathForGlyph(number).translated(place + at), colour)
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
        dots = b"".join(rows).translate(_DARK_TO_GREY)
        image = QImage(dots, len(rows), len(rows), len(rows), QImage.Format.Format_Grayscale8)
        self._painter.drawImage(QRectF(left, top, used, used), image)

    def _barcode(self, mark: BarcodeMark) -> None:
        module = max(1, self._dots(mark.module))
        left, top, height = self._x(mark.x), self._y(mark.y), self._dots(mark.height)
        for start, length in dark_runs(bars(mark.text)):
            self._fill(left + start * module, top, length * module, height)

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
        self._painter.fillRect(x, y, width, height, _BLACK)


class _Pens:
    """Sizes of our typeface, and texts ready to be drawn; Qt's fonts belong to the thread that made them."""

    def __init__(self) -> None:
        self.run = lru_cache(maxsize=1024)(self._run)
        self._fonts: dict[tuple[bool, float], QRawFont] = {}

    def _run(self, text: str, bold: bool, pixels: float, joints: tuple[int, ...], gap: float) -> QGlyphRun:
        """The glyphs of one line, placed on whole dots from the line's beginning."""
        x = 0.0
        numbers: list[int] = []
        places: list[QPointF] = []
        for glyph in typeface.spread(text, bold, joints, gap) if joints else typeface.shape(text, bold):
            numbers.append(glyph.id)
            places.append(QPointF(round(x + glyph.dx * pixels), -round(glyph.dy * pixels)))
            x += glyph.advance * pixels
        run = QGlyphRun()
        run.setRawFont(self._font(bold, pixels))
        run.setGlyphIndexes(numbers)
        run.setPositions(places)
        return run

    def _font(self, bold: bool, pixels: float) -> QRawFont:
        if (bold, pixels) not in self._fonts:
            data = QByteArray(typeface.face(bold).data)
            self._fonts[bold, pixels] = QRawFont(data, pixels, QFont.HintingPreference.PreferNoHinting)
        return self._fonts[bold, pixels]


def _pens() -> _Pens:
    if not hasattr(_local, "pens"):
        _local.pens = _Pens()
    pens: _Pens = _local.pens
    return pens


def ensure_application() -> None:
    """Qt draws text only while an application exists; without one make one that needs no screen.

    Call it on the main thread before a worker draws. A program that opens windows makes its own QApplication first.
    """
    if QGuiApplication.instance() is not None:
        return
    with _lock:
        if QGuiApplication.instance() is None:
            _own_application.append(QGuiApplication(["lao-counter", "-platform", "offscreen"]))


def draw_plainly(marks: Iterable[TextMark], dots: int, height: int) -> bytes:
    """The same strings at the same places by Qt's own text drawing and conversion: the yardstick of bench.py."""
    scale = dots_per_inch(dots) / 72
    image = QImage(dots, height, QImage.Format.Format_Grayscale8)
    image.fill(_WHITE)
    painter = QPainter(image)
    for mark in marks:
        font = QFont(_family(mark.bold))
        font.setBold(mark.bold)
        font.setPixelSize(round(mark.size * scale))
        painter.setFont(font)
        painter.drawText(round(mark.x * scale), round(mark.y * scale), mark.text)
    painter.end()
    return bytes(image.convertToFormat(QImage.Format.Format_Mono, Qt.ImageConversionFlag.ThresholdDither).constBits())


@lru_cache(maxsize=2)
def _family(bold: bool) -> str:
    number = QFontDatabase.addApplicationFontFromData(QByteArray(typeface.face(bold).data))
    return QFontDatabase.applicationFontFamilies(number)[0]
