"""Every document with everything that is hard: nothing clipped, nothing on top of another, nothing lost.

What is placed is measured by the outlines of its glyphs; what comes out is read back from PDF and dots.
"""

import os
import re
from collections import defaultdict
from collections.abc import Iterator

import page as checker
import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from printing import esc_pos, pdf, raster, typeface
from printing.flow import Flow, stacked
from printing.layout import Block, Box, Columns, Group, Layout, Text
from printing.marks import BarcodeMark, Mark, QrMark, TextMark
from tests.integration.support import hard_papers
from tests.support.thermal_printer import Paper

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
pytestmark = pytest.mark.usefixtures("qapp")
TOUCH = 0.6
"""Points by which the ink of two texts may meet: dots of a dotted line and hairs of marks."""
Ink = tuple[float, float, float, float]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    return hard_papers.views(tmp_path_factory.mktemp("papers") / "home")


def glyphs(mark: TextMark) -> list[Ink]:
    """The black of every glyph of a text."""
    font = typeface.face(mark.bold).font
    x, found = mark.x, []
    for glyph in typeface.spread(mark.text, mark.bold, mark.joints, mark.gap):
        extents = font.get_glyph_extents(glyph.id)
        if extents.width:
            left = x + (glyph.dx + extents.x_bearing / 1000) * mark.size
            top = mark.y - (glyph.dy + extents.y_bearing / 1000) * mark.size
            found.append((left, top, left + extents.width / 1000 * mark.size, top - extents.height / 1000 * mark.size))
        x += glyph.advance * mark.size
    return found


def around(boxes: list[Ink]) -> Ink:
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def ink(mark: TextMark) -> Ink | None:
    """Left, top, right, bottom of the black of a text; None for white."""
    found = glyphs(mark)
    return around(found) if found else None


def meet(one: Ink, other: Ink) -> bool:
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return wide > TOUCH and high > TOUCH


def overlapping(marks: list[Mark]) -> list[tuple[str, str]]:
    """Texts of which one glyph lies on a glyph of the other."""
    texts = [(mark, found) for mark in marks if isinstance(mark, TextMark) and (found := glyphs(mark))]
    boxes = sorted(((around(found), found, mark) for mark, found in texts), key=lambda three: three[0][1])
    found = []
    for place, (box, mine, mark) in enumerate(boxes):
        for other, theirs, below in boxes[place + 1 :]:
            if other[1] > box[3]:
                break
            if meet(box, other) and any(meet(one, two) for one in mine if meet(one, other) for two in theirs):
                found.append((mark.text, below.text))
    return found


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text.replace("\ufffe", "-"))


def sources(layout: Layout) -> list[str]:
    return [line for text in layout.texts() for line in text.split("\n") if line.strip()]


def shortened(blocks: tuple[Block, ...]) -> Iterator[str]:
    """Texts that a slip may cut, with "…" where it does."""
    for block in blocks:
        match block:
            case Text(max_lines=most, text=text) if most:
                yield text
            case Columns(cells=cells):
                for cell in cells:
                    yield from shortened(cell.blocks)
            case Box(blocks=inner) | Group(blocks=inner):
                yield from shortened(inner)
            case _ if hasattr(block, "text") and isinstance(block.text, Text) and block.text.max_lines:
                yield block.text.text


def codes_of(marks: list[Mark]) -> set[str]:
    return {mark.text for mark in marks if isinstance(mark, QrMark | BarcodeMark)}


@pytest.mark.parametrize("variant", hard_papers.VARIANTS)
def test_every_sheet(made, variant):
    seen = set()
    for name, layout in hard_papers.layouts(made, variant, "a4"):
        seen.add(name)
        paper, sheets = pdf.paper_of(layout), pdf._pages(layout)
        data = pdf.render(layout)
        placed: dict[int, str] = defaultdict(str)
        for number, marks in enumerate(sheets, 1):
            where = f"{name}, page {number}"
            assert overlapping(marks) == [], where
            for mark in marks:
                box = ink(mark) if isinstance(mark, TextMark) else None
                if box is not None:
                    assert box[0] >= paper.left - 2 and box[2] <= paper.width - paper.right + 2, (where, mark.text)
                    assert box[1] >= 0 and box[3] <= paper.height - 3, (where, mark.text)
                    placed[mark.paragraph] += mark.text
        whole = squeezed("".join(placed[paragraph] for paragraph in sorted(placed)))
        assert [text for text in sources(layout) if squeezed(text) not in whole] == [], name
        assert_reads(data, sheets, name)
        report = checker.validate_pdf_bytes(data, profile=checker.ValidationProfile.PDF_A_2B)
        assert [f"{one.rule_id} {one.message}" for one in report.failures] == [], name
    assert len(seen) >= 20


def assert_reads(data: bytes, sheets: list[list[Mark]], name: str) -> None:
    """Each page's text comes out as it was placed, and its codes can be scanned."""
    with pypdfium2.PdfDocument(data) as document:
        assert len(document) == len(sheets)
        for number, marks in enumerate(sheets):
            page = document[number]
            text = page.get_textpage()
            read = squeezed(text.get_text_range())
            text.close()
            paragraphs: dict[int, str] = defaultdict(str)
            for mark in marks:
                if isinstance(mark, TextMark):
                    paragraphs[mark.paragraph] += mark.text
            lost = [one for one in paragraphs.values() if squeezed(one) not in read]
            assert lost == [], f"{name}, page {number + 1}"
            wanted = codes_of(marks)
            if wanted:
                image = page.render(scale=200 / 72).to_pil().convert("L")
                assert {code.text for code in zxingcpp.read_barcodes(image)} == wanted, name
            page.close()


@pytest.mark.parametrize("dots", [384, 512, 576])
@pytest.mark.parametrize("variant", hard_papers.VARIANTS)
def test_every_slip(made, variant, dots):
    seen = set()
    for name, layout in hard_papers.layouts(made, variant, "slip"):
        seen.add(name)
        scale = raster.dots_per_inch(dots) / 72
        marks = list(stacked(Flow().strips(layout.blocks, dots / scale - 2 * raster.SIDE)).marks)
        assert overlapping(marks) == [], name
        right = dots / scale - raster.SIDE
        clipped = [mark.text for mark in marks if isinstance(mark, TextMark) and (box := ink(mark)) and box[2] > right]
        assert clipped == [], name
        whole = squeezed("".join(mark.text for mark in marks if isinstance(mark, TextMark)))
        may_be_cut = {line for text in shortened(layout.blocks) for line in text.split("\n")}
        kept = [text for text in sources(layout) if text not in may_be_cut]
        assert [text for text in kept if squeezed(text) not in whole] == [], name
        bitmap = raster.render(layout, dots)
        came_out = Paper(dots)
        came_out.print(esc_pos.encode(bitmap))
        rows = b"".join(came_out.rows)[: len(bitmap.rows)]
        assert rows == bitmap.rows, f"{name}: what is printed is what is previewed"
        wanted = codes_of(marks)
        if wanted:
            inverted = bytes(255 - value for value in rows)
            image = Image.frombytes("1", (dots, bitmap.height), inverted).convert("L")
            image = image.resize((dots * 2, bitmap.height * 2), Image.Resampling.NEAREST)
            assert {code.text for code in zxingcpp.read_barcodes(image)} == wanted, name
    assert len(seen) >= 6


def test_the_measure_finds_what_lies_on_each_other_and_what_is_lost():
    low = TextMark(10, 20, "ปู่", 11, False, False, False, 1)
    assert overlapping([low, TextMark(12, 24, "ที่", 11, False, False, False, 2)])
    assert overlapping([low, TextMark(60, 20, "ที่", 11, False, False, False, 2)]) == []

    assert codes_of([QrMark(0, 0, 50, "x")]) == {"x"}
