"""The neutral document: what stands on a paper, in which order and how large; not yet where, nor on which medium.

One `Layout` goes to the thermal slip (raster.py) and to the A4 sheet (pdf.py). Lengths are points (1/72 inch) unless
a name says millimetres, so a text has the same size in the hand whatever the printer's dots. Everything is frozen:
a layout can be kept, compared and drawn from several threads.
"""

from dataclasses import dataclass, replace
from typing import Literal

Align = Literal["left", "center", "right", "justify"]
Medium = Literal["slip", "a4", "a5"]

THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")

MM = 72 / 25.4
"""Points in a millimetre."""


@dataclass(frozen=True, slots=True)
class TextStyle:
    """How a text looks. size: points. leading: line height as a multiple of the size (Thai with stacked marks needs
    at least 1.4). muted: grey where the medium has grey. after: points of white below the paragraph.
    align "justify": both edges even, but for last lines and lines that would be torn apart (flow.py)."""

    size: float
    bold: bool = False
    align: Align = "left"
    leading: float = 1.5
    muted: bool = False
    after: float = 0.0


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph. "\\n" starts a new line.

    max_lines: longer text is cut and ends in "…"; 0 keeps everything. fit: one line only, made smaller to fit.
    indent: points before the first line. keep: stays on the page of what follows. dotted: a line of dots under each
    line, as in a form that is filled in.
    In `Layout.header` and `footer`, "{page}" and "{pages}" become numbers, "{thai_page}" one in Thai digits.
    """

    text: str
    style: TextStyle
    max_lines: int = 0
    fit: bool = False
    indent: float = 0.0
    keep: bool = False
    dotted: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """A label with its text beside it, both wrapped in their own columns; label_width: points."""

    label: Text
    text: Text
    label_width: float
    gap: float = 4.0


@dataclass(frozen=True, slots=True)
class Cell:
    """One column of `Columns`. width: points when fixed, else a share of what the fixed ones leave."""

    blocks: tuple["Block", ...]
    width: float = 1.0
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Columns:
    """Cells side by side, tops aligned; never parted by a page break. rule: a thin line between the cells."""

    cells: tuple[Cell, ...]
    gap: float = 10.0
    rule: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the column. before, after: white above and below, points."""

    weight: float = 0.6
    dashed: bool = False
    before: float = 4.0
    after: float = 4.0


@dataclass(frozen=True, slots=True)
class Spacer:
    """White space of so many points."""

    height: float


@dataclass(frozen=True, slots=True)
class Box:
    """A framed area. inverse: white text on black. min_height: points, room to write by hand."""

    blocks: tuple["Block", ...]
    padding: float = 4.0
    weight: float = 0.8
    inverse: bool = False
    min_height: float = 0.0


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under a header that is repeated on every page. widths: shares; aligns: one a column.
    keep: the last row stays on the page of what follows, as of a total."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    aligns: tuple[Align, ...]
    style: TextStyle
    padding: float = 3.0
    keep: bool = False


@dataclass(frozen=True, slots=True)
class Qr:
    """A QR code (never Micro QR). size: the room it gets, in points, white border included; text "": an empty frame."""

    text: str
    size: float
    align: Align = "center"


@dataclass(frozen=True, slots=True)
class Barcode:
    """A one-dimensional code (Code 128) of at most `width` points; module: the narrowest bar, points."""

    text: str
    width: float
    height: float
    align: Align = "center"
    module: float = 0.85


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture (PNG bytes), or the dashed frame of a seal to be stamped when there is none. Points."""

    png: bytes | None
    width: float
    height: float
    align: Align = "left"
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """A place to sign: "(ลงชื่อ)……", the name in brackets, further lines below. Never parted by a page break."""

    role: str
    name: str
    style: TextStyle
    below: tuple[str, ...] = ()
    width: float = 210.0
    align: Align = "right"


@dataclass(frozen=True, slots=True)
class Tick:
    """A square to be ticked by hand, with its text beside it. ticked: filled in already."""

    text: Text
    ticked: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Blocks that stay together on one page."""

    blocks: tuple["Block", ...]


Block = Text | Pair | Columns | Rule | Spacer | Box | Table | Qr | Barcode | Picture | Signature | Tick | Group


@dataclass(frozen=True, slots=True)
class Margins:
    """White around the text of a sheet, points; without them a sheet has the usual ones (pdf.py)."""

    left: float
    right: float
    top: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Layout:
    """One document. header and footer stand on every page of A4 (header from the second page on); a slip has none."""

    title: str
    medium: Medium
    blocks: tuple[Block, ...]
    header: tuple[Block, ...] = ()
    footer: tuple[Block, ...] = ()
    author: str = ""
    language: str = "th-TH"
    margins: Margins | None = None
    continued: tuple[Block, ...] = ()
    """Above the footer of every sheet of a document that takes more than one."""
    catchword: bool = False
    """Whether each page says at its foot how the next one begins (คำต่อ), as official letters do."""
    watermark: str = ""
    """A word drawn large and pale under the text of every page of a sheet; a slip has none."""
    hidden_mark: str = ""
    """A word that only a photocopy of a sheet shows."""

    def texts(self) -> list[str]:
        """Every text of the body, in reading order: for tests, screen readers and measuring."""
        return [text for block in self.blocks for text in texts_of(block)]


def texts_of(block: Block) -> list[str]:
    """The texts of one block in reading order."""
    match block:
        case Text(text=text):
            return [text]
        case Pair(label=label, text=value):
            return [label.text, value.text]
        case Columns(cells=cells):
            return [text for cell in cells for inner in cell.blocks for text in texts_of(inner)]
        case Box(blocks=blocks) | Group(blocks=blocks):
            return [text for inner in blocks for text in texts_of(inner)]
        case Table(header=header, rows=rows):
            return [*header, *(text for row in rows for text in row)]
        case Tick(text=inner):
            return [inner.text]
        case Signature(role=role, name=name, below=below):
            return [role, name, *below]
        case _:
            return []


def numbered(block: Block, page: int, pages: int) -> Block:
    """A running block with "{page}" and "{pages}" filled in."""
    match block:
        case Text():
            thai = str(page).translate(THAI_DIGITS)
            text = block.text.replace("{page}", str(page)).replace("{pages}", str(pages)).replace("{thai_page}", thai)
            return replace(block, text=text)
        case Columns():
            return replace(
                block,
                cells=tuple(replace(c, blocks=tuple(numbered(b, page, pages) for b in c.blocks)) for c in block.cells),
            )
        case _:
            return block
