"""What is left of a document once everything has its place: texts, lines, frames, codes, pictures.

x grows to the right and y downwards from the top left corner of the page, in points; a text's y is its baseline.
"""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class TextMark:
    """One line of text. paragraph: number that all lines of one paragraph share. white: on black ground.

    gap: em of white put in before each of the characters numbered in `joints`, so that the line fills its column.
    """

    x: float
    y: float
    text: str
    size: float
    bold: bool
    muted: bool
    white: bool
    paragraph: int
    joints: tuple[int, ...] = ()
    gap: float = 0.0


@dataclass(frozen=True, slots=True)
class LineMark:
    """A horizontal or vertical line."""

    x: float
    y: float
    x2: float
    y2: float
    weight: float
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class BoxMark:
    """A frame, or a black area when `filled`."""

    x: float
    y: float
    width: float
    height: float
    weight: float
    filled: bool = False
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class QrMark:
    """A QR code in a square of `size`."""

    x: float
    y: float
    size: float
    text: str


@dataclass(frozen=True, slots=True)
class BarcodeMark:
    """Bars of a Code 128; module: the narrowest bar."""

    x: float
    y: float
    module: float
    height: float
    text: str


@dataclass(frozen=True, slots=True)
class PictureMark:
    """A picture fitted into a rectangle."""

    x: float
    y: float
    width: float
    height: float
    png: bytes


Mark = TextMark | LineMark | BoxMark | QrMark | BarcodeMark | PictureMark


def moved(mark: Mark, dx: float, dy: float) -> Mark:
    """The same mark elsewhere."""
    if isinstance(mark, LineMark):
        return replace(mark, x=mark.x + dx, y=mark.y + dy, x2=mark.x2 + dx, y2=mark.y2 + dy)
    if isinstance(mark, TextMark):  # by far the most frequent; replace() is five times slower
        return TextMark(
            mark.x + dx, mark.y + dy, mark.text, mark.size, mark.bold, mark.muted, mark.white, mark.paragraph,
            mark.joints, mark.gap,
        )  # fmt: skip
    return replace(mark, x=mark.x + dx, y=mark.y + dy)
