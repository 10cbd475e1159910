"""Sarabun, measured and shaped the same way everywhere: HarfBuzz on our own font files.

Neither Qt nor reportlab is asked how wide a Thai text is or where its marks go, so a slip wraps alike on Windows and
Linux, and preview, bitmap and PDF agree. Lengths here are em: multiples of the font size.
"""

from bisect import bisect_left
from dataclasses import dataclass, replace
from functools import lru_cache
from threading import Lock
from typing import Any

import uharfbuzz

import resources

ASCENT = 1.28
"""Highest ink above the baseline in em: a tone mark on an upper vowel, bold (ปื้)."""
DESCENT = 0.54
"""Deepest ink below the baseline in em: a lower vowel under a long foot, bold (ฏุ)."""

MISSING = "◊"
"""Drawn for a letter that the font lacks: what is kept for ever must not show the font's own ".notdef" (PDF/A)."""

_CONTROLS = dict.fromkeys(range(32), " ")
_lock = Lock()


@dataclass(frozen=True, slots=True)
class Glyph:
    """One glyph of a shaped text: its number in the font, the index of the first character it stands for, how far
    it moves the pen and where it is drawn relative to the pen; em."""

    id: int
    cluster: int
    advance: float
    dx: float
    dy: float


@dataclass(frozen=True, slots=True)
class Face:
    """One weight of the typeface."""

    name: str
    data: bytes
    upem: int
    font: Any
    face: Any


@lru_cache(maxsize=2)
def face(bold: bool) -> Face:
    """The regular or the bold weight, read once."""
    name = f"Sarabun-{'Bold' if bold else 'Regular'}"
    data = resources.path("fonts", f"{name}.ttf").read_bytes()
    parsed = uharfbuzz.Face(uharfbuzz.Blob(data))
    return Face(name, data, parsed.upem, uharfbuzz.Font(parsed), parsed)


@lru_cache(maxsize=1024)  # a text of 50 letters holds 8 kB
def shape(text: str, bold: bool) -> tuple[Glyph, ...]:
    """The glyphs of one line of text, in drawing order."""
    if not text:
        return ()
    weight = face(bold)
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text.translate(_CONTROLS))
    buffer.direction, buffer.script, buffer.language = "ltr", "Thai", "th"
    with _lock:  # one HarfBuzz font must not be used by two threads at a time
        uharfbuzz.shape(weight.font, buffer)
    upem = weight.upem
    return tuple(
        Glyph(
            info.codepoint,
            info.cluster,
            at.x_advance / upem,
            at.x_offset / upem,
            _within(info.codepoint, at.y_offset / upem, bold) if at.y_offset else 0.0,
        )
        if info.codepoint
        else Glyph(_missing(bold), info.cluster, widths(bold)[_missing(bold)] / 1000, 0.0, 0.0)
        for info, at in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
    )


def _within(glyph: int, rise: float, bold: bool) -> float:
    """How far a mark is raised, as far as the line has room: a key that was held piles up fifty tone marks."""
    _left, top, _right, bottom = boxes(bold)[glyph]
    return max(min(rise, ASCENT - top), -DESCENT - bottom)


@lru_cache(maxsize=2)
def widths(bold: bool) -> tuple[int, ...]:
    """How far the font itself moves the pen after each of its glyphs, 1/1000 em; a shaped text may want more or
    less."""
    weight = face(bold)
    advances = (weight.font.get_glyph_h_advance(glyph) for glyph in range(weight.face.glyph_count))
    return tuple(round(moved * 1000 / weight.upem) for moved in advances)


@lru_cache(maxsize=256)
def spread(text: str, bold: bool, joints: tuple[int, ...], gap: float) -> tuple[Glyph, ...]:
    """The glyphs of one line with `gap` em of white before each of the characters numbered in `joints` (ascending)."""
    glyphs = list(shape(text, bold))
    for joint in joints:
        last = bisect_left(glyphs, joint, key=lambda glyph: glyph.cluster) - 1
        if last >= 0:
            glyphs[last] = replace(glyphs[last], advance=glyphs[last].advance + gap)
    return tuple(glyphs)


Box = tuple[float, float, float, float]
"""Left, top, right, bottom of ink from the pen on the baseline, upwards positive; em."""


@lru_cache(maxsize=2)
def boxes(bold: bool) -> tuple[Box, ...]:
    """The ink of every glyph of the font."""
    weight = face(bold)
    found = []
    for glyph in range(weight.face.glyph_count):
        ink = weight.font.get_glyph_extents(glyph)
        left, top = ink.x_bearing / weight.upem, ink.y_bearing / weight.upem
        found.append((left, top, left + ink.width / weight.upem, top + ink.height / weight.upem))
    return tuple(found)


@lru_cache(maxsize=8192)
def reach(text: str, bold: bool) -> tuple[float, float]:
    """How far the ink of one line goes above and below the baseline, em."""
    ink = boxes(bold)
    glyphs = shape(text, bold)
    above = max((ink[glyph.id][1] + glyph.dy for glyph in glyphs), default=0.0)
    return above, -min((ink[glyph.id][3] + glyph.dy for glyph in glyphs), default=0.0)


@lru_cache(maxsize=2)
def _missing(bold: bool) -> int:
    number: int = face(bold).font.get_nominal_glyph(ord(MISSING))
    return number


@lru_cache(maxsize=16384)
def width(text: str, bold: bool) -> float:
    """Width of one line of text in em."""
    return sum(glyph.advance for glyph in shape(text, bold))
