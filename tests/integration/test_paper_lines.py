"""Printers on a serial port, on USB and behind queues of the system: real ports and queues, and a played USB bus."""

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace

import pytest

from app.domain.errors import Refused, Unavailable
from app.services import printers
from app.services.counter import Counter
from app.services.model import Actor, Printer
from printing import devices, esc_pos, press, samples
from printing.bitmap import Bitmap
from printing.devices import discovery, usb
from printing.documents import ORIGINAL
from tests.support.thermal_printer import COVER, PAPER, Behaviour, NetworkPrinter, Paper, serial_printer

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
pytestmark = pytest.mark.usefixtures("qapp")

SMALL = Bitmap(576, 40, b"\xf0" * 72 * 40)


def slip(content: Bitmap | bytes = SMALL) -> devices.Payload:
    return devices.Payload("KT1201169000042", "slip", 7, content)


def until(heard: list[bytes], expected: bytes) -> bytes:
    for _ in range(200):
        if b"".join(heard) == expected:
            break
        time.sleep(0.01)
    return b"".join(heard)


def test_a_serial_printer_gets_every_byte_and_draws_the_preview() -> None:
    with serial_printer() as (printer, heard):
        payload = press.payload(samples.PETITION, "slip", ORIGINAL, 7, printer)
        devices.send(printer, payload)
        assert isinstance(payload.content, Bitmap)
        sent = until(heard, esc_pos.encode(payload.content))
    paper = Paper(576)
    paper.print(sent)
    assert b"".join(paper.rows)[: len(payload.content.rows)] == payload.content.rows


@pytest.mark.parametrize(("status", "code"), [({2: COVER}, "printer_cover"), ({2: PAPER}, "printer_paper")])
def test_a_serial_printer_that_cannot_print_is_sent_nothing(status: dict[int, int], code: str) -> None:
    with serial_printer(Behaviour(status)) as (printer, heard):
        with pytest.raises(Unavailable) as caught:
            devices.send(printer, slip())
        assert caught.value.code == code and b"".join(heard) == b""


def test_a_silent_serial_printer_is_taken_at_its_word() -> None:
    with serial_printer(Behaviour()) as (printer, heard):
        devices.send(replace(printer, address=f"{printer.address}@19200"), slip())
        assert until(heard, esc_pos.encode(SMALL)) == esc_pos.encode(SMALL)


@pytest.mark.parametrize(
    ("kind", "address", "code"),
    [
        ("serial", "/dev/no-such-port", "printer_unreachable"),
        ("serial", "COM3@fast", "printer_address"),
        ("serial", "@9600", "printer_address"),
        ("usb", "printer", "printer_address"),
        ("usb", "zzzz:0001", "printer_address"),
        ("raw_queue", "no-such-queue", "printer_queue"),
        ("system", "no-such-queue", "printer_queue"),
    ],
)
def test_a_printer_that_is_not_there_is_named_with_the_next_step(kind: str, address: str, code: str) -> None:
    content = b"%PDF-" if kind == "system" else SMALL
    with pytest.raises(Unavailable) as caught:
        devices.send(Printer("สลิป 4", kind, address), slip(content))
    assert caught.value.code == code
    assert "สลิป 4" in caught.value.title and caught.value.hint


# --- USB: pyusb's own objects, played as far as we use them


class End:
    def __init__(self, address: int, answers: list[int]) -> None:
        self.bEndpointAddress = address
        self.taken = b""
        self._answers = answers

    def write(self, data: bytes, _timeout: int) -> int:
        if data[:2] != b"\x10\x04":
            self.taken += data
        return len(data)

    def read(self, _size: int, _timeout: int) -> bytes:
        if not self._answers:
            raise TimeoutError(110, "timed out")
        return bytes((self._answers.pop(0),))


class Plugged:
    """A device with one interface of a keyboard and one of a printer."""

    idVendor, idProduct, product = 0x04B8, 0x0E15, "TM-T82"  # noqa: N815

    def __init__(self, answers: list[int] | None = None) -> None:
        self.out, self.back = End(0x01, []), End(0x82, answers or [])
        self.detached: list[int] = []
        ends = (self.out, self.back)
        keyboard = SimpleNamespace(bInterfaceClass=3, bInterfaceNumber=0, endpoints=lambda: ())
        printer = SimpleNamespace(bInterfaceClass=7, bInterfaceNumber=1, endpoints=lambda: ends)
        self._configurations = [[keyboard, printer]]

    def __iter__(self) -> Iterator[list[SimpleNamespace]]:
        return iter(self._configurations)

    def is_kernel_driver_active(self, _number: int) -> bool:
        return not self.detached

    def detach_kernel_driver(self, number: int) -> None:
        self.detached.append(number)


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> list[Plugged]:
    plugged: list[Plugged] = []
    core, util = pytest.importorskip("usb.core"), pytest.importorskip("usb.util")
    monkeypatch.setattr(core, "find", lambda find_all: iter(plugged))
    monkeypatch.setattr(util, "claim_interface", lambda device, number: None)
    monkeypatch.setattr(util, "dispose_resources", lambda device: None)
    return plugged


def test_a_usb_printer_is_found_and_gets_every_byte(bus: list[Plugged]) -> None:
    bus.append(Plugged([0x12, 0x12, 0x12]))
    assert discovery.Found("usb", "04b8:0e15", "TM-T82") in discovery.find()
    devices.send(Printer("สลิป USB", "usb", "04B8:0E15"), slip())
    assert bus[0].detached == [1]
    assert bus[0].out.taken == esc_pos.encode(SMALL)


def test_a_usb_printer_that_says_its_cover_is_open_gets_nothing(bus: list[Plugged]) -> None:
    bus.append(Plugged([0x12, COVER, 0x12]))
    with pytest.raises(Unavailable) as caught:
        devices.send(Printer("สลิป USB", "usb", "04b8:0e15"), slip())
    assert caught.value.code == "printer_cover" and bus[0].out.taken == b""


def test_a_usb_printer_that_was_unplugged_is_named(bus: list[Plugged]) -> None:
    with pytest.raises(Unavailable) as caught:
        devices.send(Printer("สลิป USB", "usb", "04b8:0e15"), slip())
    assert caught.value.code == "printer_unreachable" and "ต่อสาย" in caught.value.hint


def test_without_the_usb_library_the_clerk_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    core = pytest.importorskip("usb.core")

    def none(find_all: bool) -> None:
        raise core.NoBackendError("no backend")

    monkeypatch.setattr(core, "find", none)
    with pytest.raises(Unavailable) as caught:
        list(usb.devices())
    assert caught.value.code == "printer_library"
    assert all(found.kind != "usb" for found in discovery.find())


# --- what is remembered of a printer


def test_model_knife_drawer_and_trays_are_remembered(counter: Counter, actor: Actor) -> None:
    wish = Printer(
        "สลิป", "serial", "COM3@19200", model="TM-T88V", cut=False, drawer=True,
        trays={"petition": "lower"}, two_sided=("routing_slip",),
    )  # fmt: skip
    printers.add(counter, actor, wish)
    assert counter.printers == (replace(wish, is_default=True),)
    printers.remove(counter, actor, "สลิป")
    assert counter.printers == ()
    with pytest.raises(Refused) as caught:
        printers.remove(counter, actor, "สลิป")
    assert caught.value.code == "unknown_printer"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"kind": "telepathy"}, "printer_kind"),
        ({"kind": "serial", "address": "COM3@"}, "printer_address"),
        ({"kind": "usb", "address": "epson"}, "printer_address"),
        ({"kind": "system", "dots": 576}, "printer_dots"),
        ({"trays": {"petition": "attic"}}, "printer_tray"),
        ({"trays": {"../x": "upper"}}, "printer_tray"),
        ({"two_sided": ("คำร้อง",)}, "printer_two_sided"),
    ],
)
def test_a_wrong_printer_is_refused(counter: Counter, actor: Actor, wrong: dict, code: str) -> None:
    with pytest.raises(Refused) as caught:
        printers.add(counter, actor, replace(Printer("ก", "file", "/tmp"), **wrong))
    assert caught.value.code == code and counter.printers == ()


def test_the_knife_and_the_drawer() -> None:
    cut, fed = Paper(576), Paper(576)
    cut.print(esc_pos.encode(SMALL))
    fed.print(esc_pos.encode(SMALL, cut=False))
    assert (cut.cuts, cut.lines_fed, fed.cuts, fed.lines_fed) == (1, 0, 0, esc_pos.TEAR_LINES)
    sink = NetworkPrinter()
    try:
        press.open_drawer(sink.printer)
        sink.wait_for(1)
    finally:
        sink.close()
    pulsed = Paper(576)
    pulsed.print(sink.jobs[0])
    assert pulsed.pulses == [0, 1] and pulsed.rows == []


def test_every_model_that_is_offered_can_print() -> None:
    for model in press.printer_models():
        assert esc_pos.encode(SMALL, model)
