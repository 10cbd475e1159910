"""The slip as it leaves the printer: the picture, its code, and the bytes that draw it."""

import io
import os
import subprocess
import sys
import threading

import pytest
import zxingcpp
from PIL import Image
from pyzbar import pyzbar

from app.services.model import CopyMark
from printing import esc_pos, press, raster, samples
from printing.bitmap import WIDTHS, Bitmap
from printing.layout import Layout, Picture, Text, TextStyle
from printing.slip import slip_layout
from tests.support.thermal_printer import Paper

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
pytestmark = pytest.mark.usefixtures("qapp")


def picture(bitmap: Bitmap) -> Image.Image:
    return Image.open(io.BytesIO(bitmap.to_png()))


CASES = {
    "original": (samples.PETITION, samples.ORIGINAL),
    "copy": (samples.LONG, CopyMark(1, "ผู้ร้องทำหาย")),
    "bare": (samples.BARE, samples.ORIGINAL),
    "permit": (samples.PERMIT, samples.ORIGINAL),
}


@pytest.fixture(params=WIDTHS)
def dots(request):
    return request.param


@pytest.mark.parametrize("name", CASES)
def test_the_code_on_the_slip_is_read_by_both_readers(name, dots):
    view, copy = CASES[name]
    image = picture(raster.render(slip_layout(view, copy), dots)).convert("L")
    assert [code.text for code in zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)] == [
        view.qr_text
    ]
    codes = pyzbar.decode(image, symbols=[pyzbar.ZBarSymbol.QRCODE])
    assert [code.data.decode() for code in codes] == [view.qr_text]


@pytest.mark.parametrize("name", CASES)
def test_the_printer_prints_the_preview_dot_for_dot(name, dots):
    bitmap = raster.render(slip_layout(*CASES[name]), dots)
    data = esc_pos.encode(bitmap)
    printer = Paper(dots)
    printer.print(data)
    assert b"".join(printer.rows) == bitmap.rows
    assert printer.unit == (180 if dots == 512 else 203)
    assert (printer.cuts, printer.lines_fed) == ((0, esc_pos.TEAR_LINES) if dots == 384 else (1, 0))
    assert len(data) <= 0.55 * len(bitmap.rows)


def test_blank_and_black_paper_survive_the_printer():
    for rows in (bytes(72 * 700), b"\xff" * 72 * 300, b"\0" * 71 + b"\1"):
        bitmap = Bitmap(576, len(rows) // 72, rows)
        printer = Paper(576)
        printer.print(esc_pos.encode(bitmap))
        assert b"".join(printer.rows) == rows


def test_nothing_is_printed_on_standard_output(capfd):
    esc_pos.encode(raster.render(slip_layout(samples.PETITION, samples.ORIGINAL), 576))
    assert capfd.readouterr() == ("", "")


def test_the_slip_is_pure_black_and_white_and_nothing_touches_its_edge(dots):
    image = picture(raster.render(slip_layout(*CASES["copy"]), dots))
    assert image.mode == "1" and image.width == dots
    grey = image.convert("L").point(lambda value: 255 - value)
    left, top, right, bottom = grey.getbbox()
    assert left >= 4 and top >= 4 and right <= dots - 4 and bottom <= image.height - 4


MARKS = ("น้ำ", "ที่", "ปู่", "ปั๊ม", "ฟื้น", "ฎุ", "ญู", "กี๊", "เก๋า", "ป้ำ")


def ink(text: str, size: float = 40.0) -> tuple[int, int]:
    """Height of the ink above and below the baseline's row, in dots."""
    layout = Layout("", "slip", (Text(text, TextStyle(size, leading=2.2)),))
    grey = picture(raster.render(layout, 576)).convert("L").point(lambda value: 255 - value)
    return grey.getbbox()[1::2]


@pytest.mark.parametrize("text", MARKS)
def test_marks_stand_above_or_below_their_letters(text):
    top, bottom = ink(text)
    bare_top, bare_bottom = ink("".join(c for c in text if c not in "ัิีึืุู็่้๊๋ำ"))
    assert top < bare_top or bottom > bare_bottom


def test_a_tone_stands_above_the_vowel_above_the_letter():
    assert ink("ปี้")[0] < ink("ปี")[0] < ink("ป")[0]


def test_it_draws_in_a_worker_thread():
    expected = raster.render(slip_layout(samples.PETITION, samples.ORIGINAL), 576)
    results = []

    def draw():
        results.append(raster.render(slip_layout(samples.PETITION, samples.ORIGINAL), 576))

    threads = [threading.Thread(target=draw) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [expected] * 4


def test_it_draws_where_there_is_neither_screen_nor_application(tmp_path):
    code = (
        "import sys; from pathlib import Path; from printing import press, samples;"
        "Path(sys.argv[1]).write_bytes(press.slip_png(samples.PETITION, 384))"
    )
    target = tmp_path / "slip.png"
    environment = {"PATH": "/usr/bin", "PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code, str(target)], env=environment, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert target.read_bytes() == press.slip_png(samples.PETITION, 384)


def test_a_seal_is_drawn_inside_its_room():
    seal = Image.new("RGB", (40, 80), "black")
    file = io.BytesIO()
    seal.save(file, "PNG")
    layout = Layout("", "slip", (Picture(file.getvalue(), 50, 50, "center"),))
    grey = picture(raster.render(layout, 576)).convert("L").point(lambda value: 255 - value)
    left, top, right, bottom = grey.getbbox()
    assert (right - left) * 2 == pytest.approx(bottom - top, abs=3)
    assert (left + right) / 2 == pytest.approx(288, abs=2)
