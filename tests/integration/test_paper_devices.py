"""Papers on their way: into a folder, and over a real socket to a printer that may be dead, slow or out of paper."""

import contextlib
import os
import socket
import subprocess
import threading
import time
from dataclasses import replace

import pytest
from PIL import Image

from app.domain.errors import Refused, Unavailable
from app.services.model import CopyMark, Printer
from printing import devices, esc_pos, press, samples
from printing.bitmap import Bitmap
from printing.devices import folder, raw_queue
from printing.documents import ORIGINAL
from tests.support.thermal_printer import COVER, PAPER, READY, Behaviour, NetworkPrinter

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
pytestmark = pytest.mark.usefixtures("qapp")

SMALL = Bitmap(576, 40, b"\xf0" * 72 * 40)


@pytest.fixture
def network_printer():
    made = []

    def make(behaviour=None):
        made.append(NetworkPrinter(lambda: behaviour or Behaviour()))
        return made[-1]

    yield make
    for printer in made:
        printer.close()


def slip(number="KT1201169000042"):
    return devices.Payload(number, "slip", 7, SMALL)


def test_a_folder_gets_the_bytes_and_the_picture(tmp_path):
    printer = Printer("โฟลเดอร์", "file", str(tmp_path / "สลิป ใหม่"))
    press.payload(samples.PETITION, "slip", ORIGINAL, 7, printer)
    devices.send(printer, press.payload(samples.PETITION, "slip", ORIGINAL, 7, printer))
    folder = tmp_path / "สลิป ใหม่"
    assert sorted(file.name for file in folder.iterdir()) == [
        "KT1201169000042-slip-7.bin",
        "KT1201169000042-slip-7.png",
    ]
    assert (folder / "KT1201169000042-slip-7.png").read_bytes() == press.slip_png(samples.PETITION)
    assert (folder / "KT1201169000042-slip-7.bin").read_bytes() == press.slip_bin(samples.PETITION)
    with Image.open(folder / "KT1201169000042-slip-7.png") as picture:
        assert picture.width == 576


def test_a_folder_gets_a_pdf_of_the_sheet(tmp_path):
    printer = Printer("A4", "file", str(tmp_path), dots=0)
    devices.send(printer, press.payload(samples.PETITION, "petition", CopyMark(1, "ทดสอบ"), 8, printer))
    (file,) = tmp_path.iterdir()
    assert file.name == "KT1201169000042-petition-8.pdf" and file.read_bytes().startswith(b"%PDF-")


def test_a_document_for_other_paper_is_refused(tmp_path):
    with pytest.raises(Refused) as caught:
        press.payload(samples.PETITION, "petition", ORIGINAL, 1, Printer("สลิป", "file", str(tmp_path)))
    assert caught.value.code == "printer_medium"


def test_a_folder_that_cannot_be_written_says_so_and_leaves_nothing(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Unavailable) as caught:
        devices.send(Printer("โฟลเดอร์", "file", str(tmp_path / "file")), slip())
    assert caught.value.code == "printer_folder" and "โฟลเดอร์" in caught.value.title
    assert [file.name for file in tmp_path.iterdir()] == ["file"]


def test_a_file_that_is_held_for_a_moment_is_waited_for():
    attempts = []

    def action():
        attempts.append(1)
        if len(attempts) < 4:
            raise PermissionError

    folder.patiently(action, pause=0.001)
    assert len(attempts) == 4

    def held():
        raise PermissionError

    with pytest.raises(PermissionError):
        folder.patiently(held, pause=0.0001)


def test_numbers_cannot_leave_the_folder(tmp_path):
    devices.send(Printer("โฟลเดอร์", "file", str(tmp_path / "in")), slip("../../evil/น"))
    assert [file.name for file in tmp_path.iterdir()] == ["in"]


@pytest.mark.parametrize("behaviour", [Behaviour(), Behaviour.ready()], ids=["silent", "answering"])
def test_the_network_printer_gets_every_byte(network_printer, behaviour):
    sink = network_printer(behaviour)
    payload = press.payload(samples.PETITION, "slip", ORIGINAL, 7, sink.printer)
    devices.send(sink.printer, payload)
    sink.wait_for(1)
    assert sink.jobs == [esc_pos.encode(payload.content)]


def test_a_network_printer_for_a4_gets_the_pdf_and_no_questions(network_printer):
    sink = network_printer()
    printer = replace(sink.printer, dots=0)
    payload = press.payload(samples.PETITION, "petition", ORIGINAL, 7, printer)
    devices.send(printer, payload)
    sink.wait_for(1)
    assert sink.jobs == [payload.content]


@pytest.mark.parametrize(
    ("question", "answer", "code"),
    [
        (2, COVER, "printer_cover"),
        (2, PAPER, "printer_paper"),
        (4, READY | 0x60, "printer_paper"),
        (2, READY | 0x40, "printer_error"),
    ],
)
def test_a_printer_that_cannot_print_is_not_sent_anything(network_printer, question, answer, code):
    sink = network_printer(Behaviour({question: answer}))
    with pytest.raises(Unavailable) as caught:
        devices.send(sink.printer, slip())
    assert caught.value.code == code
    assert "สลิปหน้าเคาน์เตอร์" in caught.value.title and caught.value.hint
    sink.wait_for(1)
    assert sink.jobs == [b""]


def test_nonsense_instead_of_a_status_is_ignored(network_printer):
    sink = network_printer(Behaviour({1: 0xFF}))
    devices.send(sink.printer, slip())
    sink.wait_for(1)
    assert sink.jobs == [esc_pos.encode(SMALL)]


def test_a_printer_that_is_switched_off_is_named():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(Unavailable) as caught:
        devices.send(Printer("สลิป 2", "network", f"127.0.0.1:{port}"), slip())
    assert caught.value.code == "printer_refused"
    assert "สลิป 2" in caught.value.title and str(port) in caught.value.title and "ตรวจ" in caught.value.hint


def test_a_printer_that_stops_reading_is_given_up(network_printer):
    sink = network_printer(Behaviour(deaf=True))
    big = devices.Payload("KT1", "slip", 1, Bitmap(576, 60_000, b"\xaa" * 72 * 60_000))
    begun = time.monotonic()
    with pytest.raises(Unavailable) as caught:
        devices.send(sink.printer, big, timeout=0.5)
    assert caught.value.code == "printer_interrupted" and time.monotonic() - begun < 60
    assert "ดูว่าใบออกมาครบหรือไม่" in caught.value.hint


def test_a_connection_that_breaks_off_is_reported(network_printer):
    sink = network_printer(Behaviour(Behaviour.ready().status, dies_after=20_000))
    big = devices.Payload("KT1", "slip", 1, Bitmap(576, 60_000, b"\xaa" * 72 * 60_000))
    with pytest.raises(Unavailable) as caught:
        devices.send(sink.printer, big)
    assert caught.value.code == "printer_interrupted"


@pytest.mark.parametrize("address", ["", ":9100", "host:none", "host:99999"])
def test_a_wrong_address_is_named(address):
    with pytest.raises(Unavailable) as caught:
        devices.send(Printer("สลิป", "network", address), slip())
    assert caught.value.code == "printer_address"


def test_no_printer_and_unknown_kinds():
    with pytest.raises(Unavailable) as caught:
        devices.send(None, slip())
    assert caught.value.code == "no_printer"
    with pytest.raises(Unavailable) as caught:
        devices.send(Printer("สลิป", "telepathy", ""), slip())
    assert caught.value.code == "printer_kind"


@pytest.mark.parametrize("dots", [576, 512, 384, 0])
def test_a_test_page_shows_the_printer(tmp_path, dots):
    press.print_test_page(Printer("สลิป 3", "file", str(tmp_path), dots=dots), "เทศบาลเมืองกะทู้")
    assert sorted(file.suffix for file in tmp_path.iterdir()) == ([".pdf"] if dots == 0 else [".bin", ".png"])


def test_a_printer_that_never_stops_talking_holds_up_nobody():
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def talk():
            line, _ = server.accept()
            with line, contextlib.suppress(OSError):
                while not stop.is_set():
                    line.sendall(b"\xff" * 64)

        talker = threading.Thread(target=talk, daemon=True)
        talker.start()
        printer = Printer("พูดมาก", "network", f"127.0.0.1:{server.getsockname()[1]}")
        with contextlib.suppress(Unavailable):  # taken or given up: either way it ends
            devices.send(printer, slip())
        stop.set()
        talker.join(10)
        assert not talker.is_alive()


def test_two_papers_for_one_printer_take_turns(monkeypatch, tmp_path):
    inside, most, gate = [], [], threading.Barrier(2)

    def send(printer, payload, timeout):
        inside.append(1)
        most.append(len(inside))
        time.sleep(0)
        inside.pop()

    monkeypatch.setattr(folder, "send", send)
    printer = Printer("โฟลเดอร์", "file", str(tmp_path))

    def many():
        gate.wait()
        for _ in range(200):
            devices.send(printer, slip())

    threads = [threading.Thread(target=many) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(most) == 400 and max(most) == 1


def test_a_queue_that_does_not_answer_may_have_the_job(monkeypatch):
    def late(*_arguments, **_named):
        raise subprocess.TimeoutExpired("lp", 1)

    monkeypatch.setattr(raw_queue.sys, "platform", "linux")
    monkeypatch.setattr(raw_queue.subprocess, "run", late)
    with pytest.raises(Unavailable) as caught:
        devices.send(Printer("คิว", "raw_queue", "q"), slip())
    assert caught.value.code == "printer_interrupted", "nobody knows whether it is printed"
