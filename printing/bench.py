"""How fast paper is made, each figure beside its limit: the least work that draws the same strings.

The limits know neither layout nor Thai: Qt draws the slip's lines one below the other, reportlab writes the sheet's
lines unshaped (with wrong marks). Ours and limit take turns in one run; medians. Every round prints another case, so
no cache of whole texts flatters us.
"""

import shutil
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from io import BytesIO
from typing import Any

from reportlab.pdfbase import pdfmetrics, ttfonts
from reportlab.pdfgen.canvas import Canvas

import resources
from app.services.model import CaseView
from printing import esc_pos, pdf, raster, samples
from printing.bitmap import WIDTHS, dots_per_inch
from printing.flow import Flow, stacked
from printing.layout import Layout
from printing.marks import TextMark
from printing.petition import petition_layout
from printing.slip import slip_layout

Figures = dict[str, float | int | str]

DOTS = WIDTHS[0]
_UNSHAPED = "Sarabun-unshaped"


def bench_slip(rounds: int = 60) -> Figures:
    """Milliseconds from case to bitmap at 576 dots; bytes sent as a share of the whole bitmap, worst of the widths."""
    raster.ensure_application()
    strings = _text_marks(slip_layout(samples.PETITION, samples.ORIGINAL), DOTS * 72 / dots_per_inch(DOTS))
    height = raster.render(slip_layout(samples.PETITION, samples.ORIGINAL), DOTS).height
    ours, limit = _alternating(
        rounds,
        lambda n: raster.render(slip_layout(case(n), samples.ORIGINAL), DOTS),
        lambda n: raster.draw_plainly(_renumbered(strings, n), DOTS, height),
    )
    return {**_figures(ours, limit, rounds), "bytes_ratio": round(max(_bytes_ratio(dots) for dots in WIDTHS), 3)}


def bench_pdf(rounds: int = 40) -> Figures:
    """Milliseconds from case to PDF; how many of the texts on the sheet the worst reader gives back exactly."""
    pdfmetrics.registerFont(ttfonts.TTFont(_UNSHAPED, resources.path("fonts", "Sarabun-Regular.ttf")))
    layout = petition_layout(samples.PETITION, samples.ORIGINAL)
    strings = _text_marks(layout, pdf.COLUMN)
    ours, limit = _alternating(
        rounds,
        lambda n: pdf.render(petition_layout(case(n), samples.ORIGINAL)),
        lambda n: _plain_reportlab(_renumbered(strings, n)),
    )
    data = pdf.render(layout)
    fields = [text for mark in layout.texts() for text in mark.split("\n") if text]
    found = {name: sum(field in text for field in fields) for name, text in _extracted(data)}
    return {
        **_figures(ours, limit, rounds),
        "bytes": len(data),
        "fields": len(fields),
        "found": min(found.values(), default=0),
        "readers": ", ".join(found),
    }


def _alternating(
    rounds: int, ours: Callable[[int], object], limit: Callable[[int], object]
) -> tuple[list[float], list[float]]:
    """Times in milliseconds; the first two rounds of each warm up."""
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds + 2):
        for action, into in ((ours, times[0]), (limit, times[1])):
            begun = time.perf_counter()
            action(number)
            into.append((time.perf_counter() - begun) * 1000)
    return times[0][2:], times[1][2:]


def _figures(ours: list[float], limit: list[float], rounds: int) -> Figures:
    mine, least = statistics.median(ours), statistics.median(limit)
    return {"ours": round(mine, 3), "limit": round(least, 3), "ratio": round(mine / least, 2), "n": rounds}


def case(number: int) -> CaseView:
    """Another citizen, another matter, another number."""
    view = samples.PETITION
    topic = f"{view.subject} เสาต้นที่ {number}"
    return replace(
        view,
        number=_number(number),
        subject=topic,
        applicant=replace(view.applicant, first_name=f"กตัญญู{number}"),
        answers={**view.answers, "topic": topic, "detail": f"{view.answers['detail']} ครั้งที่ {number}"},
    )


def _number(number: int) -> str:
    return f"KT1201169{number:06d}"


def _text_marks(layout: Layout, width: float) -> list[TextMark]:
    marks = stacked(Flow().strips(layout.blocks, width)).marks
    return [mark for mark in marks if isinstance(mark, TextMark)]


def _renumbered(marks: list[TextMark], number: int) -> list[TextMark]:
    return [replace(mark, text=mark.text.replace(samples.NUMBER, _number(number))) for mark in marks]


def _plain_reportlab(marks: list[TextMark]) -> bytes:
    """The same strings at the same places, by reportlab without shaping."""
    buffer = BytesIO()
    canvas: Any = Canvas(buffer, pagesize=(pdf.WIDTH, pdf.HEIGHT), pageCompression=1)
    for mark in marks:
        canvas.setFont(_UNSHAPED, mark.size)
        canvas.drawString(pdf.LEFT + mark.x, pdf.HEIGHT - pdf.TOP - mark.y, mark.text)
    canvas.save()
    return buffer.getvalue()


def _extracted(data: bytes) -> Iterator[tuple[str, str]]:
    """What the readers on this machine get out of a PDF; none of them is needed to run the program."""
    if find_spec("pypdf"):
        reader = import_module("pypdf").PdfReader(BytesIO(data))
        yield "pypdf", "\n".join(page.extract_text() for page in reader.pages)
    if find_spec("pypdfium2"):
        with import_module("pypdfium2").PdfDocument(data) as document:
            pages = [page.get_textpage() for page in document]
            yield "pdfium", "\n".join(page.get_text_range() for page in pages)
    if shutil.which("pdftotext"):
        done = subprocess.run(["pdftotext", "-", "-"], input=data, capture_output=True, check=True)
        yield "pdftotext", done.stdout.decode("utf-8")


def _bytes_ratio(dots: int) -> float:
    bitmap = raster.render(slip_layout(samples.PETITION, samples.ORIGINAL), dots)
    return len(esc_pos.encode(bitmap)) / len(bitmap.rows)
