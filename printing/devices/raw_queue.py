"""A queue of the system that takes a thermal printer's bytes as they are: the Windows spooler, or CUPS.

"Sent" means here that the queue has it: whether paper is in the printer, the system knows and does not tell.
"""

import subprocess
import sys
from collections.abc import Callable

from app.domain.errors import Unavailable
from app.services.model import Printer
from printing import esc_pos
from printing.bitmap import Bitmap
from printing.devices.line import failure
from printing.devices.payload import Payload
from printing.devices.serial_port import no_library


def send(printer: Printer, payload: Payload, timeout: float) -> None:
    """Hand the paper to the queue that the address names."""
    content = payload.content
    data = esc_pos.encode(content, printer.model, cut=printer.cut) if isinstance(content, Bitmap) else content
    hand_over: Callable[[str, str, bytes, float], None] = _to_windows if sys.platform == "win32" else _to_cups
    try:
        hand_over(printer.address, payload.file_name, data, timeout)
    except TimeoutError as error:
        raise failure(printer, error, begun=True) from None
    except OSError:
        raise refused(printer) from None


def refused(printer: Printer) -> Unavailable:
    """The system has no such queue, or does not take the job."""
    return Unavailable(
        "printer_queue",
        f"ระบบไม่รับงานของเครื่องพิมพ์ “{printer.name}” (คิว {printer.address})",
        "ตรวจชื่อคิวและสถานะในการตั้งค่าเครื่องพิมพ์ของระบบ แล้วสั่งพิมพ์ใหม่",
    )


def _to_cups(queue: str, title: str, data: bytes, timeout: float) -> None:
    command = ["lp", "-d", queue, "-t", title, "-o", "raw"]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=timeout)
    except subprocess.TimeoutExpired:  # killed; whether the queue has the job by now, nobody knows
        raise TimeoutError from None
    if done.returncode != 0:
        raise OSError("lp")


def _to_windows(queue: str, title: str, data: bytes, _timeout: float) -> None:
    try:
        import win32print  # type: ignore[import-not-found,import-untyped,unused-ignore]
    except ImportError:
        raise no_library("pywin32") from None
    try:
        handle = win32print.OpenPrinter(queue)
    except win32print.error:
        raise OSError("OpenPrinter") from None
    try:
        win32print.StartDocPrinter(handle, 1, (title, None, "RAW"))
        win32print.StartPagePrinter(handle)
        win32print.WritePrinter(handle, data)
        win32print.EndPagePrinter(handle)
        win32print.EndDocPrinter(handle)
    except win32print.error:  # a part of it may be on paper
        raise TimeoutError from None
    finally:
        win32print.ClosePrinter(handle)
