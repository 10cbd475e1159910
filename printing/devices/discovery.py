"""The printers that this machine offers: the system's queues, USB, serial ports. The network is not searched."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.domain.errors import Unavailable


@dataclass(frozen=True, slots=True)
class Found:
    """One printer as `printers add` takes it. name: what maker or system call it, or ""."""

    kind: str
    address: str
    name: str = ""


def find() -> list[Found]:
    """Everything that is there; a way of searching that this machine lacks finds nothing."""
    found: list[Found] = []
    for search in (_queues, _usb, _serial):
        found.extend(_what(search))
    return found


def _what(search: Callable[[], Iterator[Found]]) -> list[Found]:
    try:
        return list(search())
    except (OSError, Unavailable):
        return []


def _queues() -> Iterator[Found]:
    from printing.devices import sheets

    for name in sheets.queues():
        yield Found("system", name)
        yield Found("raw_queue", name)


def _usb() -> Iterator[Found]:
    from printing.devices import usb

    for device, _interface in usb.devices():
        yield Found("usb", f"{device.idVendor:04x}:{device.idProduct:04x}", usb.product_name(device))


def _serial() -> Iterator[Found]:
    try:
        from serial.tools import list_ports
    except ImportError:
        return
    for port in list_ports.comports():
        yield Found("serial", port.device, port.description or "")
