"""Printers as they are reached: a folder, or a machine on the network.

Everything that goes wrong here is the surroundings' fault: it becomes `Unavailable`, in Thai, naming the printer and
what to do next. The texts hold no personal data.
"""

import contextlib
import os
import re
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.domain.errors import Unavailable
from app.services.model import Printer
from printing import esc_pos
from printing.bitmap import Bitmap

TIMEOUT = 15.0
"""Seconds a printer may take to accept the next bytes."""
CONNECT_TIMEOUT = 5.0
STATUS_WAIT = 0.3
"""Seconds to wait for a printer's answer about paper and cover; many never answer."""
CLOSE_WAIT = 0.5
RAW_PORT = 9100

_REPLACE_ATTEMPTS = 20
_REPLACE_PAUSE = 0.1


@dataclass(frozen=True, slots=True)
class Payload:
    """One paper ready to go: a bitmap for a thermal printer or PDF for an A4 one, and what to call its file."""

    number: str
    document: str
    job: int
    content: Bitmap | bytes

    @property
    def file_name(self) -> str:
        """ "<number>-<document>-<job>", fit for every file system."""
        name = f"{self.number or 'preview'}-{self.document}-{self.job}"
        return re.sub(r"[^0-9A-Za-z._-]", "_", name)


def send(printer: Printer | None, payload: Payload, *, timeout: float = TIMEOUT) -> None:
    """Bring one paper to a printer; returns when the printer has taken it all, raises Unavailable when it has not."""
    if printer is None:
        raise no_printer()
    match printer.kind:
        case "file":
            _to_folder(printer, payload)
        case "network":
            _to_network(printer, payload, timeout)
        case _:
            raise Unavailable(
                "printer_kind", f"ไม่รู้จักเครื่องพิมพ์ชนิดของ “{printer.name}”", "แก้ชนิดเครื่องพิมพ์ในหน้าตั้งค่า เครื่องพิมพ์"
            )


def no_printer() -> Unavailable:
    """Nothing to print on has been set up."""
    return Unavailable("no_printer", "ยังไม่ได้ตั้งเครื่องพิมพ์", "เพิ่มเครื่องพิมพ์ในหน้าตั้งค่า เครื่องพิมพ์ แล้วสั่งพิมพ์ใหม่")


# --- folders


def _to_folder(printer: Printer, payload: Payload) -> None:
    folder = Path(printer.address)
    content = payload.content
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Bitmap):
            _write(folder / f"{payload.file_name}.png", content.to_png())
            _write(folder / f"{payload.file_name}.bin", esc_pos.encode(content))
        else:
            _write(folder / f"{payload.file_name}.pdf", content)
    except OSError:
        raise Unavailable(
            "printer_folder",
            f"เขียนไฟล์ลงโฟลเดอร์ของเครื่องพิมพ์ “{printer.name}” ไม่ได้",
            "ตรวจว่าโฟลเดอร์ยังอยู่ เขียนได้ และดิสก์ไม่เต็ม แล้วสั่งพิมพ์ใหม่",
        ) from None


def _write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, and keep it through a power cut."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with unfinished.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        patiently(lambda: _replace(unfinished, path))
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)


def _replace(unfinished: Path, path: Path) -> None:
    unfinished.replace(path)


def patiently(action: Callable[[], None], pause: float = _REPLACE_PAUSE) -> None:
    """Repeat what Windows forbids for a moment while a virus scanner or indexer holds the file."""
    for _ in range(_REPLACE_ATTEMPTS - 1):
        try:
            return action()
        except PermissionError:
            time.sleep(pause)
    return action()


# --- the network


class _Line(esc_pos.Network):  # type: ignore[misc]  # python-escpos has no types
    """python-escpos's network transport, with the operating system's own error when nobody answers."""

    def open(self, raise_not_found: bool = True) -> None:
        """Connect; any OSError comes out as it is."""
        self._device = socket.create_connection((self.host, self.port), timeout=self.timeout)


def _to_network(printer: Printer, payload: Payload, timeout: float) -> None:
    content = payload.content
    slip = isinstance(content, Bitmap)
    data = esc_pos.encode(content) if isinstance(content, Bitmap) else content
    host, port = _address(printer)
    line: Any = _Line(host, port, min(timeout, CONNECT_TIMEOUT), profile=esc_pos.profile(printer.dots))
    begun = False
    try:
        line.open()
        if slip:
            _check_status(printer, line)
        line.device.settimeout(timeout)
        begun = True
        line._raw(data)
        _hang_up(line.device)
    except OSError as error:
        raise _unavailable(printer, error, begun) from None
    finally:
        line.close()


def _address(printer: Printer) -> tuple[str, int]:
    host, colon, port = printer.address.rpartition(":")
    if not colon:
        host, port = printer.address, str(RAW_PORT)
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise Unavailable(
            "printer_address",
            f"ที่อยู่ของเครื่องพิมพ์ “{printer.name}” ไม่ถูกต้อง",
            "แก้ที่อยู่เป็นแบบ 192.168.1.50:9100 ในหน้าตั้งค่า เครื่องพิมพ์",
        )
    return host.strip("[]"), int(port)


def _hang_up(device: socket.socket) -> None:
    """Say that everything was sent, and take what the printer still says: closing over unread bytes would make the
    system throw away what has not reached the paper."""
    device.settimeout(CLOSE_WAIT)
    device.shutdown(socket.SHUT_WR)
    with contextlib.suppress(TimeoutError):
        while device.recv(64):
            pass


def _unavailable(printer: Printer, error: OSError, begun: bool) -> Unavailable:
    name = f"เครื่องพิมพ์ “{printer.name}” ({printer.address})"
    if begun:
        return Unavailable(
            "printer_interrupted",
            f"{name} หยุดรับข้อมูลกลางคัน",
            "ตรวจกระดาษ ฝาเครื่อง และสาย ดูว่าใบออกมาครบหรือไม่ ถ้าไม่ครบให้ทำเครื่องหมายว่าเสียแล้วสั่งพิมพ์ใหม่",
        )
    if isinstance(error, TimeoutError):
        code, what = "printer_timeout", "ไม่ตอบ"
    elif isinstance(error, ConnectionRefusedError):
        code, what = "printer_refused", "ไม่รับการเชื่อมต่อ"
    else:
        code, what = "printer_unreachable", "ติดต่อไม่ได้"
    return Unavailable(code, f"{name} {what}", "ตรวจว่าเครื่องเปิดอยู่ ต่อสายเครือข่าย และที่อยู่ถูกต้อง แล้วสั่งพิมพ์ใหม่")


# --- what the printer says about itself (DLE EOT n, answered at once)

_ASK_PRINTER, _ASK_OFFLINE, _ASK_PAPER = b"\x10\x04\x01", b"\x10\x04\x02", b"\x10\x04\x04"
_FIXED_BITS, _FIXED_VALUE = 0b10010011, 0b00010010
_COVER_OPEN, _PAPER_STOP, _ERROR, _PAPER_OUT = 0x04, 0x20, 0x40, 0x60


def _check_status(printer: Printer, line: Any) -> None:
    """Refuse to begin a slip that cannot come out; a printer that does not answer is taken at its word."""
    if _ask(line, _ASK_PRINTER) is None:
        return
    offline = _ask(line, _ASK_OFFLINE) or 0
    paper = _ask(line, _ASK_PAPER) or 0
    name = f"เครื่องพิมพ์ “{printer.name}”"
    if offline & _COVER_OPEN:
        raise Unavailable("printer_cover", f"{name} ฝาเปิดอยู่", "ปิดฝาเครื่องพิมพ์ให้สนิท แล้วสั่งพิมพ์ใหม่")
    if offline & _PAPER_STOP or paper & _PAPER_OUT == _PAPER_OUT:
        raise Unavailable("printer_paper", f"{name} กระดาษหมด", "ใส่กระดาษม้วนใหม่ แล้วสั่งพิมพ์ใหม่")
    if offline & _ERROR:
        raise Unavailable("printer_error", f"{name} แจ้งว่าขัดข้อง", "ดูไฟแจ้งเตือนที่เครื่อง ปิดแล้วเปิดเครื่องใหม่ แล้วสั่งพิมพ์ใหม่")


def _ask(line: Any, question: bytes) -> int | None:
    line.device.settimeout(STATUS_WAIT)
    line._raw(question)
    try:
        answer: bytes = line._read()
    except TimeoutError:
        return None
    if not answer or answer[-1] & _FIXED_BITS != _FIXED_VALUE:
        return None
    return answer[-1]
