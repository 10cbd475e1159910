"""From blocks to marks: gives every block its place in a column, and strips of the column to pages.

A block becomes strips: slices that a page break may part but not cut. A paragraph is one strip a line, a row of
columns is one strip. The same code places the slip (one endless page) and the A4 sheet.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import count

from printing import typeface
from printing.layout import (
    Barcode,
    Block,
    Box,
    Cell,
    Columns,
    Group,
    Pair,
    Picture,
    Qr,
    Rule,
    Signature,
    Spacer,
    Table,
    Text,
    TextStyle,
    Tick,
)
from printing.marks import BarcodeMark, BoxMark, LineMark, Mark, PictureMark, QrMark, TextMark, moved
from printing.parting import kept_apart, parted
from printing.qr import bars
from printing.wrapping import joints, shortened, wrap

_SIGN = "ลงชื่อ"
_SQUARE, _BESIDE = 0.72, 1.75
"""A square to tick as a share of its text's size, and where the text beside it begins, in squares."""
_SMALLEST_NAME = 0.7
"""A long name under a signature is made this much smaller before it is broken into two lines."""
_WIDEST_GAP = 0.16
"""White that a justified line may take at a seam of two words, em; a space has two seams."""
_SIGNED_LINES = 2
"""Lines of text that stay on the sheet with the signature below them."""
_EMPTY_QR_BORDER = 0.1
"""White border of the frame that stands for a code, as a share of its size."""
_MIDDLE = (typeface.ASCENT - typeface.DESCENT) / 2
"""Baseline below the middle of a line, in em: ink above and below gets the same room."""


@dataclass(frozen=True, slots=True)
class Strip:
    """A slice of the column: its height and its marks, measured from its own top.

    keep: stays with the next strip. repeat: what stands above it when it is the first of a page (a table's header).
    """

    height: float
    marks: tuple[Mark, ...] = ()
    keep: bool = False
    repeat: "Strip | None" = None


class Flow:
    """Places blocks in a column. One for each document: it numbers the paragraphs."""

    def __init__(self) -> None:
        self._paragraphs = count(1)

    def strips(self, blocks: Iterable[Block], width: float, *, white: bool = False) -> list[Strip]:
        """The column of `blocks`, `width` points wide."""
        found: list[Strip] = []
        for block in blocks:
            if signed(block):
                found = _held(found)
            found += self._block(block, width, white)
        return kept_apart(found)

    def _block(self, block: Block, width: float, white: bool) -> list[Strip]:
        match block:
            case Text():
                return self._text(block, width, white)
            case Spacer(height=height):
                return [Strip(height)]
            case Rule():
                middle = block.before + block.weight / 2
                line = LineMark(0, middle, width, middle, block.weight, block.dashed)
                return [Strip(block.before + block.weight + block.after, (line,))]
            case Qr():
                return [_qr(block, width)]
            case Barcode():
                return [_barcode(block, width)]
            case Picture():
                return [self._picture(block, width)]
            case Pair():
                return [self._pair(block, width, white)]
            case Columns():
                return [self._columns(block, width, white)]
            case Group(blocks=blocks):
                return [stacked(self.strips(blocks, width, white=white))]
            case Box():
                return [self._box(block, width)]
            case Table():
                return self._table(block, width)
            case Signature():
                return [self._signature(block, width)]
            case Tick():
                return [self._tick(block, width, white)]

    def _text(self, block: Text, width: float, white: bool) -> list[Strip]:
        style = block.style
        strips: list[Strip] = []
        paragraphs = block.text.split("\n") if not block.fit else [" ".join(block.text.split("\n"))]
        for text in paragraphs:
            number = next(self._paragraphs)
            size = _fitted(text, style, width) if block.fit else style.size
            limit = width / size
            lines = [text] if block.fit else wrap(text, limit, style.bold, block.indent / size)
            lines = shortened(lines, block.max_lines, limit, style.bold)
            for index, line in enumerate(lines):
                indent = block.indent if index == 0 else 0.0
                x = indent + _offset(style.align, width - indent, typeface.width(line.rstrip(), style.bold) * size)
                height = style.size * style.leading
                mark = TextMark(x, height / 2 + _MIDDLE * size, line, size, style.bold, style.muted, white, number)
                if style.align == "justify" and index < len(lines) - 1:
                    mark = _filling(mark, width - indent)
                ink: tuple[Mark, ...] = (mark,) if line else ()
                if block.dotted:
                    ink += (LineMark(0, height - 1, width, height - 1, 0.6, True),)
                strips.append(Strip(height, ink, _holds_on(index, len(lines), block.keep)))
        if style.after:
            last = strips[-1]
            strips[-1] = Strip(last.height + style.after, last.marks, last.keep)
        return strips

    def _pair(self, block: Pair, width: float, white: bool) -> Strip:
        label = Cell((block.label,), block.label_width, fixed=True)
        return self._columns(Columns((label, Cell((block.text,))), gap=block.gap), width, white)

    def _columns(self, block: Columns, width: float, white: bool) -> Strip:
        fixed = sum(cell.width for cell in block.cells if cell.fixed)
        shares = sum(cell.width for cell in block.cells if not cell.fixed) or 1.0
        rest = width - fixed - block.gap * (len(block.cells) - 1)
        wides = [cell.width if cell.fixed else rest * cell.width / shares for cell in block.cells]
        columns = [
            stacked(self.strips(cell.blocks, wide, white=white)) for cell, wide in zip(block.cells, wides, strict=True)
        ]
        tallest = max((column.height for column in columns), default=0.0)
        marks: list[Mark] = []
        lines: list[float] = []
        x = height = 0.0
        for cell, wide, placed in zip(block.cells, wides, columns, strict=True):
            column = _stretched(placed, tallest) if _to_write_in(cell) else placed
            marks.extend(moved(mark, x, 0) for mark in column.marks)
            height = max(height, column.height)
            x += wide + block.gap
            lines.append(x - block.gap / 2)
        if block.rule:
            marks.extend(LineMark(at, 0, at, height, 0.5) for at in lines[:-1])
        return Strip(height, tuple(marks))

    def _box(self, block: Box, width: float) -> Strip:
        inner = stacked(self.strips(block.blocks, width - 2 * block.padding, white=block.inverse))
        height = max(inner.height + 2 * block.padding, block.min_height)
        top = block.padding if block.min_height else (height - inner.height) / 2
        frame = BoxMark(0, 0, width, height, block.weight, block.inverse)
        return Strip(height, (frame, *(moved(mark, block.padding, top) for mark in inner.marks)))

    def _table(self, block: Table, width: float) -> list[Strip]:
        rows = [self._row(block, row, block.style, width) for row in block.rows]
        if block.keep and rows:
            rows[-1] = replace(rows[-1], keep=True)
        if not block.header:
            return rows
        head = self._row(block, block.header, replace(block.style, bold=True), width)
        return [replace(head, keep=True), *rows[:1], *(replace(row, repeat=head) for row in rows[1:])]

    def _row(self, block: Table, texts: Sequence[str], style: TextStyle, width: float) -> Strip:
        cells = tuple(
            Cell((Text(text, replace(style, align=align)),), share)
            for text, share, align in zip(texts, block.widths, block.aligns, strict=True)
        )
        row = self._columns(Columns(cells, gap=2 * block.padding), width, False)
        height = row.height + 2 * block.padding
        line = LineMark(0, height, width, height, 0.8 if style.bold else 0.4)
        return Strip(height, (*(moved(mark, 0, block.padding) for mark in row.marks), line))

    def _picture(self, block: Picture, width: float) -> Strip:
        x = _offset(block.align, width, block.width)
        if block.png is not None:
            return Strip(block.height, (PictureMark(x, 0, block.width, block.height, block.png),))
        frame = BoxMark(x, 0, block.width, block.height, 0.5, dashed=True)
        if not block.caption:
            return Strip(block.height, (frame,))
        style = TextStyle(8, align="center", leading=1.4, muted=True)
        caption = stacked(self.strips((Text(block.caption, style),), block.width - 4))
        top = (block.height - caption.height) / 2
        return Strip(block.height, (frame, *(moved(mark, x + 2, top) for mark in caption.marks)))

    def _signature(self, block: Signature, width: float) -> Strip:
        style = replace(block.style, align="center")
        wide = min(block.width, width)
        sign = typeface.width(_SIGN, style.bold) * style.size
        role = typeface.width(block.role, style.bold) * style.size
        height = style.size * style.leading
        base = height / 2 + _MIDDLE * style.size
        marks: list[Mark] = [
            self._line(0, base, _SIGN, style),
            LineMark(sign + 4, base + 1, wide - role - 4, base + 1, 0.5, True),
            self._line(wide - role, base, block.role, style),
        ]
        name = f"({block.name})"
        small = _fitted(name, style, wide) >= _SMALLEST_NAME * style.size
        texts = (Text(name, style, fit=small), *(Text(text, style) for text in block.below))
        below = stacked(self.strips(texts, wide))
        marks.extend(moved(mark, 0, height) for mark in below.marks)
        x = _offset(block.align, width, wide)
        return Strip(height + below.height, tuple(moved(mark, x, 0) for mark in marks))

    def _tick(self, block: Tick, width: float, white: bool) -> Strip:
        size, line = block.text.style.size * _SQUARE, block.text.style.size * block.text.style.leading
        beside = stacked(self._text(block.text, width - _BESIDE * size, white))
        marks: list[Mark] = [BoxMark(0.5, (line - size) / 2, size, size, 0.7)]
        if block.ticked:
            inset = size * 0.22
            marks.append(
                BoxMark(0.5 + inset, (line - size) / 2 + inset, size - 2 * inset, size - 2 * inset, 0, filled=True)
            )
        return Strip(beside.height, (*marks, *(moved(mark, _BESIDE * size, 0) for mark in beside.marks)))

    def _line(self, x: float, y: float, text: str, style: TextStyle) -> TextMark:
        return TextMark(x, y, text, style.size, style.bold, style.muted, False, next(self._paragraphs))


def stacked(strips: Sequence[Strip]) -> Strip:
    """Strips one below the other, as one that cannot be parted."""
    y = 0.0
    marks: list[Mark] = []
    for strip in strips:
        marks.extend(moved(mark, 0, y) for mark in strip.marks)
        y += strip.height
    return Strip(y, tuple(marks))


def paged(strips: Sequence[Strip], first: float, others: float) -> list[list[Strip]]:
    """Strips dealt out to pages: `first` points for the first one, `others` for the rest.

    Strips that hold on to the next stay with it where a page allows.
    """
    pages: list[list[Strip]] = [[]]
    left = first
    for group in _groups(strips):
        if sum(strip.height for strip in group) > left and pages[-1]:
            left = _new_page(pages, group[0], others)
        for whole in group:
            strip = whole
            if strip.height > left and pages[-1]:
                left = _new_page(pages, strip, others)
            while strip.height > left and (parts := parted(strip, left)):
                pages[-1].append(parts[0])
                strip = parts[1]
                left = _new_page(pages, strip, others)
            pages[-1].append(strip)
            left -= strip.height
    return pages


def signed(block: Block) -> bool:
    """Whether somebody signs in this block what stands above it; a frame has its own text."""
    match block:
        case Signature():
            return True
        case Group(blocks=blocks):
            return any(signed(inner) for inner in blocks)
        case Columns(cells=cells):
            return any(signed(inner) for cell in cells for inner in cell.blocks)
        case _:
            return False


def _held(strips: Sequence[Strip]) -> list[Strip]:
    """The same strips, the last lines of text bound to what follows: nobody signs on a sheet without text."""
    held, left = list(strips), _SIGNED_LINES
    for place in range(len(held) - 1, -1, -1):
        if left <= 0:
            break
        left -= len({mark.y for mark in held[place].marks if isinstance(mark, TextMark)})
        held[place] = replace(held[place], keep=True)
    return held


def _to_write_in(cell: Cell) -> bool:
    """Whether the cell is a frame with room to write by hand; such frames side by side are of one height."""
    return len(cell.blocks) == 1 and isinstance(cell.blocks[0], Box) and cell.blocks[0].min_height > 0


def _stretched(strip: Strip, height: float) -> Strip:
    """A frame with everything in it, made as tall as its neighbours."""
    frame, *inner = strip.marks
    return Strip(height, (replace(frame, height=height), *inner)) if isinstance(frame, BoxMark) else strip


def _new_page(pages: list[list[Strip]], first: Strip, height: float) -> float:
    """Begin a page; how much of it is left after what `first` wants repeated above it."""
    pages.append([first.repeat] if first.repeat else [])
    return height - (first.repeat.height if first.repeat else 0.0)


def _groups(strips: Sequence[Strip]) -> list[list[Strip]]:
    groups: list[list[Strip]] = []
    open_group = False
    for strip in strips:
        if open_group:
            groups[-1].append(strip)
        else:
            groups.append([strip])
        open_group = strip.keep
    return groups


def _holds_on(index: int, lines: int, keep: bool) -> bool:
    """No single line of a paragraph alone at the foot or the head of a page."""
    if index == lines - 1:
        return keep
    return index == 0 or index == lines - 2


def _fitted(text: str, style: TextStyle, width: float) -> float:
    wide = typeface.width(text, style.bold) * style.size
    return style.size if wide <= width else style.size * width / wide


def _offset(align: str, width: float, used: float) -> float:
    if align == "center":
        return (width - used) / 2
    return width - used if align == "right" else 0.0


def _filling(line: TextMark, width: float) -> TextMark:
    """The line spread over `width` points; as it is where that would tear it apart (rivers of white down the page)."""
    rest = width / line.size - typeface.width(line.text.rstrip(), line.bold)
    places = joints(line.text)
    if not places or not 0 < rest <= _WIDEST_GAP * len(places):
        return line
    return replace(line, joints=places, gap=rest / len(places))


def _qr(block: Qr, width: float) -> Strip:
    size = min(block.size, width)
    x = _offset(block.align, width, size)
    if block.text:
        return Strip(size, (QrMark(x, 0, size, block.text),))
    border = size * _EMPTY_QR_BORDER
    inner = size - 2 * border
    return Strip(size, (BoxMark(x + border, border, inner, inner, 0.8, dashed=True),))


def _barcode(block: Barcode, width: float) -> Strip:
    """Code 128 wants ten modules of white on either side."""
    count = len(bars(block.text)) + 20
    module = min(block.module, min(block.width, width) / count)
    x = _offset(block.align, width, module * count) + 10 * module
    return Strip(block.height, (BarcodeMark(x, 0, module, block.height, block.text),))
