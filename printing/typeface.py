"""Sarabun, measured and shaped the same way everywhere: HarfBuzz on our own font files.

Neither Qt nor reportlab is asked how wide a Thai text is or where its marks go, so a slip wraps alike on Windows and
Linux, and preview, bitmap and PDF agree. Lengths here are em: multiples of the font size.
"""

from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Any

import uharfbuzz

import resources

ASCENT = 1.28
"""Highest ink above the baseline in em: a tone mark on an upper vowel, bold (ปื้)."""
DESCENT = 0.54
"""Deepest ink below the baseline in em: a lower vowel under a long foot, bold (ฏุ)."""

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


@lru_cache(maxsize=8192)
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
        Glyph(info.codepoint, info.cluster, at.x_advance / upem, at.x_offset / upem, at.y_offset / upem)
        for info, at in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
    )


@lru_cache(maxsize=16384)
def width(text: str, bold: bool) -> float:
    """Width of one line of text in em."""
    return sum(glyph.advance for glyph in shape(text, bold))
