"""A line to a printer, whatever it is made of: what is sent over it, what the printer says on it, how it fails."""

from collections.abc import Callable
from typing import Protocol

from app.domain.errors import Unavailable
from app.services.model import Printer
from printing import esc_pos
from printing.bitmap import Bitmap
from printing.devices.payload import Payload

STATUS_WAIT = 0.3
"""Seconds to wait for a printer's answer about paper and cover; many never answer."""


class Line(Protocol):
    """An open connection. Every method may raise OSError."""

    def write(self, data: bytes) -> None:
        """Hand over all the bytes; waits while the printer takes none."""

    def read(self, wait: float) -> bytes:
        """What the printer says within so many seconds; nothing where it is silent or cannot speak."""

    def finish(self) -> None:
        """Everything was written: return once it is on its way."""

    def close(self) -> None:
        """Let go, also after a failure."""


def send_over(connect: Callable[[], Line], printer: Printer, payload: Payload) -> None:
    """One paper over a line that `connect` opens."""
    content = payload.content
    slip = isinstance(content, Bitmap)
    data = esc_pos.encode(content, printer.model, cut=printer.cut) if isinstance(content, Bitmap) else content
    line: Line | None = None
    begun = False
    try:
        line = connect()
        if slip:
            check_status(printer, line)
        begun = True
        line.write(data)
        line.finish()
    except OSError as error:
        raise failure(printer, error, begun) from None
    finally:
        if line is not None:
            line.close()


def failure(printer: Printer, error: OSError, begun: bool) -> Unavailable:
    """What an operating system's error means for the paper. begun: a part of it may have come out."""
    name = f"เครื่องพิมพ์ “{printer.name}” ({printer.address})"
    if begun:
        return Unavailable(
            "printer_interrupted",
            f"{name} หยุดรับข้อมูลกลางคัน",
            "ตรวจกระดาษ ฝาเครื่อง และสาย ดูว่าใบออกมาครบหรือไม่ ถ้าไม่ครบให้ทำเครื่องหมายว่าเสียแล้วสั่งพิมพ์ใหม่",
        )
    if isinstance(error, PermissionError):
        return Unavailable(
            "printer_forbidden", f"ไม่มีสิทธิ์ใช้{name}", "ปิดโปรแกรมอื่นที่ใช้เครื่องพิมพ์อยู่ หรือให้ผู้ดูแลเครื่องเปิดสิทธิ์ใช้อุปกรณ์นี้ แล้วสั่งพิมพ์ใหม่"
        )
    if isinstance(error, TimeoutError):
        code, what = "printer_timeout", "ไม่ตอบ"
    elif isinstance(error, ConnectionRefusedError):
        code, what = "printer_refused", "ไม่รับการเชื่อมต่อ"
    else:
        code, what = "printer_unreachable", "ติดต่อไม่ได้"
    return Unavailable(code, f"{name} {what}", "ตรวจว่าเครื่องเปิดอยู่ ต่อสายแน่น และที่อยู่ถูกต้อง แล้วสั่งพิมพ์ใหม่")


def wrong_address(printer: Printer, example: str) -> Unavailable:
    """An address that no printer of this kind can have."""
    return Unavailable(
        "printer_address",
        f"ที่อยู่ของเครื่องพิมพ์ “{printer.name}” ไม่ถูกต้อง",
        f"แก้ที่อยู่เป็นแบบ {example} ในหน้าตั้งค่า เครื่องพิมพ์",
    )


# --- what the printer says about itself (DLE EOT n, answered at once)

_ASK_PRINTER, _ASK_OFFLINE, _ASK_PAPER = b"\x10\x04\x01", b"\x10\x04\x02", b"\x10\x04\x04"
_FIXED_BITS, _FIXED_VALUE = 0b10010011, 0b00010010
_COVER_OPEN, _PAPER_STOP, _ERROR, _PAPER_OUT = 0x04, 0x20, 0x40, 0x60


def check_status(printer: Printer, line: Line) -> None:
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


def _ask(line: Line, question: bytes) -> int | None:
    line.write(question)
    answer = line.read(STATUS_WAIT)
    if not answer or answer[-1] & _FIXED_BITS != _FIXED_VALUE:
        return None
    return answer[-1]
