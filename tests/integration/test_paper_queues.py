"""The system's own printing, on a CUPS of the test's own: a raw queue for slips, QPrinter for sheets."""

import io
import subprocess
import sys
from collections.abc import Iterator

import pypdfium2 as pdfium
import pytest
from PIL import Image, ImageChops, ImageStat

from app.services.model import Printer
from printing import esc_pos, press, samples
from printing.bitmap import Bitmap
from printing.documents import ORIGINAL
from tests.support import cups
from tests.support.thermal_printer import Behaviour, NetworkPrinter, Paper

pytestmark = [
    pytest.mark.usefixtures("qapp"),
    pytest.mark.skipif(not cups.is_there(), reason="needs CUPS, and root to start one"),
]
PRINT = """
import sys
from app.domain.errors import CounterError
from app.services.model import Printer
from printing import devices, press, samples
from printing.documents import ORIGINAL
for kind, queue, document, dots in (("raw_queue", "slips", "slip", 576), ("system", "sheets", "petition", 0)):
    printer = Printer("p", kind, queue, dots, two_sided=("petition",), trays={"petition": "lower"})
    devices.send(printer, press.payload(samples.LONG, document, ORIGINAL, 7, printer))
for one in press.printers_found():
    print(one.kind, one.address)
try:
    devices.send(Printer("p", "system", "gone", 0), devices.Payload("1", "petition", 1, b"%PDF-"))
except CounterError as error:
    print(error.code)
"""


@pytest.fixture(scope="module")
def printed() -> Iterator[tuple[cups.Cups, NetworkPrinter, str]]:
    """Slip and petition sent through both queues by a program of its own, and what it said."""
    paper = NetworkPrinter(Behaviour)
    with cups.running() as system:
        system.add_raw("slips", int(paper.printer.address.rpartition(":")[2]))
        system.add_sheets("sheets")
        done = subprocess.run(
            [sys.executable, "-c", PRINT], env=system.environment, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
        yield system, paper, done.stdout
    paper.close()


def pages(content: bytes) -> list[tuple[tuple[float, float], Image.Image]]:
    """(size in points, the page as grey dots so large that the edge of a letter counts little) of every page."""
    found = []
    with pdfium.PdfDocument(io.BytesIO(content)) as document:
        for page in document:
            grey = page.render(scale=2).to_pil().convert("L")
            found.append((page.get_size(), grey.resize((149, 211), Image.Resampling.BOX)))
            page.close()
    return found


def test_a_raw_queue_brings_the_slip_dot_for_dot(printed: tuple[cups.Cups, NetworkPrinter, str]) -> None:
    _, sink, _ = printed
    sink.wait_for(1)
    content = press.payload(samples.LONG, "slip", ORIGINAL, 7, Printer("p", "raw_queue", "slips")).content
    assert isinstance(content, Bitmap)
    assert sink.jobs[0] == esc_pos.encode(content)
    paper = Paper(576)
    paper.print(sink.jobs[0])
    assert b"".join(paper.rows)[: len(content.rows)] == content.rows


def test_the_sheet_comes_as_it_was_previewed(printed: tuple[cups.Cups, NetworkPrinter, str]) -> None:
    system, _, _ = printed
    spooled, attributes = system.spooled(2)
    ours, theirs = pages(press.page_pdf(samples.LONG, "petition")), pages(spooled)
    for (size, wanted), (printed_size, got) in zip(ours, theirs, strict=True):
        assert printed_size == pytest.approx(size, abs=1)
        assert ImageStat.Stat(wanted).mean[0] < 250, "there is something on the page"
        assert ImageStat.Stat(ImageChops.difference(wanted, got)).mean[0] < 3
    assert b"two-sided-long-edge" in attributes or b"DuplexNoTumble" in attributes
    assert samples.LONG.applicant.last_name.encode() not in attributes


def test_queues_are_found_and_a_missing_one_is_told(printed: tuple[cups.Cups, NetworkPrinter, str]) -> None:
    _, _, said = printed
    assert {"system sheets", "raw_queue slips"} <= set(said.splitlines())
    assert said.splitlines()[-1] == "printer_queue"
