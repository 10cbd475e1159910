"""Strips kept apart and, where one is taller than a page, cut in two: no ink on other ink, none below the paper."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from printing import typeface
from printing.marks import BarcodeMark, BoxMark, LineMark, Mark, PictureMark, QrMark, TextMark, moved

if TYPE_CHECKING:
    from printing.flow import Strip

_LETTER, _FOOT = 0.85, 0.3
"""Height of a letter and depth of its foot, em."""
HAIR = 0.4
"""Points of white between two lines that would touch."""


def kept_apart(strips: "Sequence[Strip]") -> "list[Strip]":
    """The same strips, with room where a mark below a line would lie on a mark above the next one (ฎู over ปื้)."""
    result = list(strips)
    for place, (above, below) in enumerate(pairwise(result)):
        push = _push(result[place], below) if above.marks and below.marks else 0.0
        if push:
            result[place] = replace(result[place], height=result[place].height + push)
    return result


def _push(above: "Strip", below: "Strip") -> float:
    """Points by which the lower strip must go down."""
    low = [mark for mark in above.marks if isinstance(mark, TextMark)]
    high = [mark for mark in below.marks if isinstance(mark, TextMark)]
    bottom = max((mark.y + typeface.reach(mark.text, mark.bold)[1] * mark.size for mark in low), default=0.0)
    top = min((mark.y - typeface.reach(mark.text, mark.bold)[0] * mark.size for mark in high), default=0.0)
    if not low or not high or bottom <= top + above.height:
        return 0.0
    deep = [box for mark in low for box in _boxes(mark) if box[3] > top + above.height]
    tall = [box for mark in high for box in _boxes(mark, above.height) if box[1] < bottom]
    meeting = (one[3] - two[1] for one in deep for two in tall if one[0] < two[2] and two[0] < one[2])
    return max(0.0, max(meeting, default=-HAIR) + HAIR)


def _boxes(mark: TextMark, down: float = 0.0) -> list[tuple[float, float, float, float]]:
    """Left, top, right, bottom of the ink of each glyph, in points."""
    size, x, y = mark.size, mark.x, mark.y + down
    found = []
    for glyph in typeface.spread(mark.text, mark.bold, mark.joints, mark.gap):
        left, top, right, bottom = typeface.boxes(mark.bold)[glyph.id]
        at, base = x + glyph.dx * size, y - glyph.dy * size
        if right > left:
            found.append((at + left * size, base - top * size, at + right * size, base - bottom * size))
        x += glyph.advance * size
    return found


def parted(strip: "Strip", room: float) -> "tuple[Strip, Strip] | None":
    """A strip cut between its lines, so that the first part fits into `room` points; None where nothing fits.

    Frames and upright lines are drawn in both parts.
    """
    cut = room
    spans = [_span(mark) for mark in strip.marks if not _runs_on(mark)]
    while crossing := [top for top, bottom in spans if top < cut < bottom]:
        cut = min(crossing)
    if cut <= 0 or not any(bottom <= cut for _top, bottom in spans):
        return None
    upper: list[Mark] = []
    lower: list[Mark] = []
    for mark in strip.marks:
        top, bottom = _span(mark)
        if bottom <= cut:
            upper.append(mark)
        elif top >= cut:
            lower.append(moved(mark, 0, -cut))
        else:
            first, second = _halves(mark, cut)
            upper.append(first)
            lower.append(second)
    return replace(strip, height=cut, marks=tuple(upper), keep=False), replace(
        strip, height=strip.height - cut, marks=tuple(lower)
    )


def _runs_on(mark: Mark) -> bool:
    return (isinstance(mark, BoxMark) and not mark.filled) or (isinstance(mark, LineMark) and mark.x == mark.x2)


def _span(mark: Mark) -> tuple[float, float]:
    """From which y to which y a mark reaches; of a text the letters, whose marks may stand between two lines."""
    match mark:
        case TextMark():
            return mark.y - _LETTER * mark.size, mark.y + _FOOT * mark.size
        case LineMark():
            return mark.y, mark.y2
        case QrMark():
            return mark.y, mark.y + mark.size
        case BoxMark() | BarcodeMark() | PictureMark():
            return mark.y, mark.y + mark.height


def _halves(mark: Mark, cut: float) -> tuple[Mark, Mark]:
    if isinstance(mark, LineMark):
        return replace(mark, y2=cut), replace(mark, y=0.0, y2=mark.y2 - cut)
    assert isinstance(mark, BoxMark)
    return replace(mark, height=cut - mark.y), replace(mark, y=0.0, height=mark.y + mark.height - cut)
