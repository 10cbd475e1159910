"""Printers as they are reached, one module a kind: a folder, the network, a serial port, USB, a queue of the system.

Everything that goes wrong here is the surroundings' fault: it becomes `Unavailable`, in Thai, naming the printer and
what to do next. The texts hold no personal data.
"""

from importlib import import_module
from threading import Lock

from app.domain.errors import Unavailable
from app.services.model import Printer
from printing.devices.payload import Payload

__all__ = ["TIMEOUT", "Payload", "no_printer", "send"]

TIMEOUT = 15.0
"""Seconds a printer may take to accept the next bytes."""

MODULES = {
    "file": "folder",
    "network": "network",
    "serial": "serial_port",
    "usb": "usb",
    "raw_queue": "raw_queue",
    "system": "sheets",
}
"""Kind of printer -> the module whose `send` reaches it, imported at its first paper."""


_turns: dict[tuple[str, str], Lock] = {}
_turns_lock = Lock()


def send(printer: Printer | None, payload: Payload, *, timeout: float = TIMEOUT) -> None:
    """Bring one paper to a printer; returns when the printer has taken it all, raises Unavailable when it has not."""
    if printer is None:
        raise no_printer()
    if printer.kind not in MODULES:
        raise Unavailable("printer_kind", f"ไม่รู้จักเครื่องพิมพ์ชนิดของ “{printer.name}”", "แก้ชนิดเครื่องพิมพ์ในหน้าตั้งค่า เครื่องพิมพ์")
    with _turn(printer):
        import_module(f"printing.devices.{MODULES[printer.kind]}").send(printer, payload, timeout)


def _turn(printer: Printer) -> Lock:
    """Held by who speaks to this printer: a test page or the drawer's pulse waits for the paper in hand."""
    with _turns_lock:
        return _turns.setdefault((printer.kind, printer.address), Lock())


def no_printer() -> Unavailable:
    """Nothing to print on has been set up."""
    return Unavailable("no_printer", "ยังไม่ได้ตั้งเครื่องพิมพ์", "เพิ่มเครื่องพิมพ์ในหน้าตั้งค่า เครื่องพิมพ์ แล้วสั่งพิมพ์ใหม่")
