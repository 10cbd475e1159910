"""What lies under the text of a sheet: a large pale word, and the hidden word that a photocopier brings out.

Both are outlines of glyphs, no text, so whoever searches or copies the text of a sheet never meets them; drawn first
and opaque, as an archive wants (PDF/A-2b would allow transparency, printers are the quicker without).
The hidden word: the pale grey around it, which a printer makes of its finest dots, and the thin black lines inside it
have the same tone to the eye; a copier loses the dots and keeps the lines, so the word stands alone on the copy.
Lengths: points.
"""

from functools import lru_cache
from math import atan2, cos, hypot, sin
from typing import Any

import uharfbuzz

from printing import typeface
from printing.layout import MM

PALE = 0.9
"""Grey of the large word: text and codes upon it stay legible."""
_ACROSS, _LARGEST = 0.66, 170.0
"""Width of the large word as a share of the sheet's diagonal, and its largest size."""

LINE, LINE_STEP = 0.24, 2.4
"""The lines inside the hidden word."""
TONE = 1 - LINE / LINE_STEP
"""The grey around it: as much ink as the lines have."""
BAND = 0.2
"""Height of the band with the hidden word, as a share of the sheet's."""
_WORD_HEIGHT = 0.62
_BELOW_MIDDLE = 0.3
"""Size of the hidden word as a share of its band, and how far its baseline is below the middle, em."""


def watermark(word: str, width: float, height: float) -> str:
    """The operators that draw a word from corner to corner of a sheet."""
    path, wide = outline(word)
    size = min(_LARGEST, hypot(width, height) * _ACROSS / wide)
    turn = atan2(height, width)
    right, up = cos(turn) * size, sin(turn) * size
    left = width / 2 - right * wide / 2 + up * _BELOW_MIDDLE
    bottom = height / 2 - up * wide / 2 - right * _BELOW_MIDDLE
    place = f"{right:.3f} {up:.3f} {-up:.3f} {right:.3f} {left:.3f} {bottom:.3f} cm"
    return f"/Artifact BMC q {PALE} g {place} {path} f Q EMC"


def hidden(word: str, width: float, height: float, left: float, right: float) -> str:
    """The operators that draw a band across the middle of a sheet, between two margins, with the hidden word in it."""
    path, wide = outline(word)
    high = height * BAND
    bottom, across = (height - high) / 2, width - left - right
    size = min(high * _WORD_HEIGHT, (across - 6 * MM) / wide)
    place = (
        f"{size:.3f} 0 0 {size:.3f} {left + (across - wide * size) / 2:.3f} {height / 2 - size * _BELOW_MIDDLE:.3f} cm"
    )
    back = f"{1 / size:.6f} 0 0 {1 / size:.6f} 0 0 cm"
    x = -(across - wide * size) / 2
    y = bottom - (height / 2 - size * _BELOW_MIDDLE)
    inside = f"q {place} {path} W n {back} {_lines(x, y, across, high)} Q"
    frame = f"{x / size:.5f} {y / size:.5f} {across / size:.5f} {high / size:.5f} re"
    return f"/Artifact BMC q {TONE:.3f} g {place} {frame} {path} f* Q {inside} EMC"


def _lines(x: float, y: float, width: float, height: float) -> str:
    """Level lines that fill a rectangle; as areas, for viewers widen the thinnest strokes to a dot."""
    rows = range(int(height / LINE_STEP))
    drawn = (f"{x:.2f} {y + LINE_STEP * (row + 0.5):.3f} {width:.2f} {LINE} re" for row in rows)
    return f"0 g {' '.join(drawn)} f"


@lru_cache(maxsize=8)
def outline(word: str) -> tuple[str, float]:
    """(path operators of a bold word with its baseline at the origin, its width), em."""
    weight = typeface.face(True)
    path: list[str] = []
    x = 0.0
    for glyph in typeface.shape(word, True):
        pen = _Pen(path, x + glyph.dx, glyph.dy, weight.upem)
        weight.font.draw_glyph(glyph.id, _functions(), pen)
        x += glyph.advance
    return " ".join(path), x


class _Pen:
    """Writes one glyph's outline at its place."""

    def __init__(self, path: list[str], x: float, y: float, upem: int) -> None:
        self._path, self._x, self._y, self._upem = path, x, y, upem

    def write(self, operator: str, *points: float) -> None:
        """One operator with its points, given in units of the font."""
        places = (
            f"{place / self._upem + (self._y if index % 2 else self._x):.4f}" for index, place in enumerate(points)
        )
        self._path.append(" ".join((*places, operator)))


@lru_cache(maxsize=1)
def _functions() -> Any:
    """HarfBuzz makes cubic curves of quadratic ones where nobody asks for those."""
    functions = uharfbuzz.DrawFuncs()
    functions.set_move_to_func(lambda x, y, pen: pen.write("m", x, y))
    functions.set_line_to_func(lambda x, y, pen: pen.write("l", x, y))
    functions.set_cubic_to_func(lambda a, b, c, d, x, y, pen: pen.write("c", a, b, c, d, x, y))
    functions.set_close_path_func(lambda pen: pen.write("h"))
    return functions
