"""A layout as an A4 PDF: the same layout gives the same bytes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import groupby, pairwise
from typing import Any

from reportlab import rl_config
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from printing import ground, pdf_archive
from printing.flow import Flow, Strip, paged, stacked
from printing.layout import MM, Block, Layout, Text, TextStyle, numbered
from printing.marks import BarcodeMark, BoxMark, LineMark, Mark, PictureMark, QrMark, TextMark, moved
from printing.pdf_text import EmbeddedFace, paragraph_code
from printing.qr import QUIET, bars, dark_runs, modules
from printing.wrapping import shortened

WIDTH, HEIGHT = 210 * MM, 297 * MM
LEFT, RIGHT, TOP, BOTTOM = 25 * MM, 20 * MM, 17 * MM, 12 * MM
"""Margins; the left one leaves room for the holes of a file."""

rl_config.useA85 = 0  # text armour around the compressed pages: slow, and a quarter larger

COLUMN = WIDTH - LEFT - RIGHT


@dataclass(frozen=True, slots=True)
class Paper:
    """A sheet and its margins, in points."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float

    @property
    def column(self) -> float:
        """What is left for text."""
        return self.width - self.left - self.right


A4 = Paper(WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM)
A5 = Paper(148 * MM, 210 * MM, 14 * MM, 12 * MM, 10 * MM, 9 * MM)


def paper_of(layout: Layout) -> Paper:
    """The sheet that a layout is made for."""
    usual = A5 if layout.medium == "a5" else A4
    white = layout.margins
    if white is None:
        return usual
    return Paper(usual.width, usual.height, white.left, white.right, white.top, white.bottom)


GREY = 0.36

_CATCHWORD = TextStyle(11, align="right", leading=1.9)
_CATCHWORD_WIDTH = 40 * MM


def render(layout: Layout, *others: Layout) -> bytes:
    """The document as PDF; others: documents for the same kind of sheet that go into the same file behind it."""
    buffer = BytesIO()
    sheet = _Sheet(buffer, layout)
    for one in (layout, *others):
        for marks in _pages(one):
            sheet.page(marks, _ground(one))
    sheet.save()
    return buffer.getvalue()


def _ground(layout: Layout) -> str:
    """The operators that draw what lies under the text of each page of a document."""
    paper = paper_of(layout)
    word, hidden = layout.watermark, layout.hidden_mark
    band = ground.hidden(hidden, paper.width, paper.height, paper.left, paper.right) if hidden else ""
    return f"{band} {ground.watermark(word, paper.width, paper.height) if word else ''}".strip()


def page_count(layout: Layout) -> int:
    """How many sheets the document takes."""
    return len(_pages(layout))


def _pages(layout: Layout) -> list[list[Mark]]:
    flow, paper = Flow(), paper_of(layout)
    foot = _running(flow, layout.footer, 1, 1, paper)
    room = paper.height - paper.top - paper.bottom - foot.height
    strips = flow.strips(layout.blocks, paper.column)
    if sum(strip.height for strip in strips) <= room:
        return [_placed(strips, Strip(0), foot, paper)]
    below = (*layout.continued, *layout.footer)
    foot = _running(flow, below, 1, 1, paper)
    room = paper.height - paper.top - paper.bottom - foot.height
    head = _running(flow, layout.header, 1, 1, paper)
    room -= _CATCHWORD.size * _CATCHWORD.leading if layout.catchword else 0
    dealt = paged(strips, room, room - head.height)
    pages = [
        _placed(
            strips,
            Strip(0) if number == 1 else _running(flow, layout.header, number, len(dealt), paper),
            _running(flow, below, number, len(dealt), paper),
            paper,
        )
        for number, strips in enumerate(dealt, 1)
    ]
    if layout.catchword:
        for page, following in pairwise(range(len(dealt))):
            pages[page] += _catchword(flow, dealt[following], paper)
    return pages


def _catchword(flow: Flow, following: Sequence[Strip], paper: Paper) -> list[Mark]:
    """How the next page begins, at the right of the foot of this one: "/๑. การเตรียม…"."""
    first = next((mark.text for strip in following for mark in strip.marks if isinstance(mark, TextMark)), "")
    if not first:
        return []
    text = shortened([f"/{first.strip()}", ""], 1, _CATCHWORD_WIDTH / _CATCHWORD.size, False)[0]
    line = stacked(flow.strips((Text(text, _CATCHWORD),), paper.column))
    return [moved(mark, paper.left, paper.height - paper.bottom - line.height) for mark in line.marks]


def _placed(strips: Sequence[Strip], head: Strip, foot: Strip, paper: Paper) -> list[Mark]:
    """Everything on one page, measured from the page's corner."""
    body = stacked(strips)
    return [
        *(moved(mark, paper.left, paper.top) for mark in head.marks),
        *(moved(mark, paper.left, paper.top + head.height) for mark in body.marks),
        *(moved(mark, paper.left, paper.height - paper.bottom - foot.height) for mark in foot.marks),
    ]


def _running(flow: Flow, blocks: Iterable[Block], number: int, pages: int, paper: Paper) -> Strip:
    return stacked(flow.strips((numbered(block, number, pages) for block in blocks), paper.column))


class _BareCanvas(Canvas):  # type: ignore[misc]  # reportlab has no types
    """reportlab's canvas without the Helvetica it names on every page."""

    def _make_preamble(self) -> None:
        self._preamble = "1 0 0 1 0 0 cm"


class _Sheet:
    """Draws marks through reportlab."""

    def __init__(self, buffer: BytesIO, layout: Layout) -> None:
        paper = paper_of(layout)
        self._height = paper.height
        self._begun = False
        self._grounded = False
        self._canvas: Any = _BareCanvas(
            buffer, pagesize=(paper.width, paper.height), invariant=1, pageCompression=1, lang=layout.language
        )
        pdf_archive.settle(self._canvas._doc, layout.title, layout.author, layout.language)
        self._canvas.setViewerPreference("DisplayDocTitle", "true")
        self._faces: dict[bool, EmbeddedFace] = {}

    def page(self, marks: Iterable[Mark], ground: str = "") -> None:
        """The next page; ground: operators that draw what lies under everything else."""
        if self._begun:
            self._canvas.showPage()
        self._begun = True
        self._grounded = bool(ground)
        if ground:
            self._code(ground)
        for kind, group in groupby(marks, key=_paragraph):
            if kind:
                self._paragraph([mark for mark in group if isinstance(mark, TextMark)])
            else:
                for mark in group:
                    self._draw(mark)

    def save(self) -> None:
        """Embed the fonts and finish the file."""
        self._canvas.showPage()
        for face in self._faces.values():
            face.embed(self._canvas._doc)
        self._canvas.save()

    def _paragraph(self, lines: list[TextMark]) -> None:
        first = lines[0]
        face = self._face(first.bold)
        grey = 1 if first.white else GREY if first.muted else 0
        self._code(f"{grey} g {paragraph_code(face, lines, self._height)}")

    def _code(self, operators: str) -> None:
        """Straight into the page: reportlab's own drawing writes each number by itself, which costs a tenth."""
        self._canvas._code.append(operators)

    def _face(self, bold: bool) -> EmbeddedFace:
        if bold not in self._faces:
            self._faces[bold] = EmbeddedFace("SB" if bold else "SR", bold)
        return self._faces[bold]

    def _draw(self, mark: Mark) -> None:
        match mark:
            case LineMark():
                self._line(mark)
            case BoxMark():
                self._box(mark)
            case QrMark():
                self._qr(mark)
            case BarcodeMark():
                self._barcode(mark)
            case PictureMark():
                image = ImageReader(BytesIO(mark.png))
                y = self._height - mark.y - mark.height
                self._canvas.drawImage(
                    image, mark.x, y, mark.width, mark.height, mask="auto", preserveAspectRatio=True, anchor="c"
                )
            case TextMark():
                self._paragraph([mark])

    def _line(self, mark: LineMark) -> None:
        top, bottom = self._height - mark.y, self._height - mark.y2
        self._code(f"{_pen(mark)} {mark.x:.2f} {top:.2f} m {mark.x2:.2f} {bottom:.2f} l S Q")

    def _box(self, mark: BoxMark) -> None:
        place = f"{mark.x:.2f} {self._height - mark.y - mark.height:.2f} {mark.width:.2f} {mark.height:.2f} re"
        self._code(f"q 0 g {place} f Q" if mark.filled else f"{_pen(mark)} {place} S Q")

    def _cleared(self, x: float, y: float, width: float, height: float) -> None:
        """White for a code where something lies under the text."""
        if self._grounded:
            self._code(f"q 1 g {x:.2f} {self._height - y - height:.2f} {width:.2f} {height:.2f} re f Q")

    def _qr(self, mark: QrMark) -> None:
        rows = modules(mark.text)
        self._cleared(mark.x, mark.y, mark.size, mark.size)
        step = mark.size / (len(rows) + 2 * QUIET)
        left, top = mark.x + QUIET * step, self._height - mark.y - QUIET * step
        dark = (f"{start} {-y - 1} {length} 1.01 re" for y, row in enumerate(rows) for start, length in dark_runs(row))
        self._code(f"q 0 g {step:.4f} 0 0 {step:.4f} {left:.3f} {top:.3f} cm {' '.join(dark)} f Q")

    def _barcode(self, mark: BarcodeMark) -> None:
        row = bars(mark.text)
        bottom = self._height - mark.y - mark.height
        self._cleared(mark.x - 10 * mark.module, mark.y, (len(row) + 20) * mark.module, mark.height)
        dark = (f"{start} 0 {length} {mark.height:.3f} re" for start, length in dark_runs(row))
        self._code(f"q 0 g {mark.module:.4f} 0 0 1 {mark.x:.3f} {bottom:.3f} cm {' '.join(dark)} f Q")


def _pen(mark: LineMark | BoxMark) -> str:
    """Opens a drawing with the grey, width and dashes of a line; closed by Q."""
    dashes = "1.5 2.5" if mark.dashed else ""
    return f"q {0.45 if mark.weight < 0.8 else 0.2} G {mark.weight:.2f} w [{dashes}] 0 d"


def _paragraph(mark: Mark) -> int:
    """Number of the paragraph that a mark belongs to; 0 for what is no text."""
    return mark.paragraph if isinstance(mark, TextMark) else 0
