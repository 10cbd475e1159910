"""A printer on USB, reached by the class that USB gives to printers: no driver of the maker is needed.

On Windows the printer needs the WinUSB driver; one that has its maker's driver is a queue of the system instead.
"""

import errno
from collections.abc import Iterator
from typing import Any

from app.services.model import Printer
from printing.devices.line import send_over, wrong_address
from printing.devices.payload import Payload
from printing.devices.serial_port import no_library

PRINTER_CLASS = 7
OUT, IN = 0x00, 0x80
DIRECTION = 0x80
READ_BYTES = 64


def send(printer: Printer, payload: Payload, timeout: float) -> None:
    """Bring the paper to the printer whose address is VENDOR:PRODUCT in hex, as `printers find` shows it."""
    vendor, product = _address(printer)
    send_over(lambda: _Line(vendor, product, timeout), printer, payload)


class _Line:
    def __init__(self, vendor: int, product: int, timeout: float) -> None:
        found = next((each for each in devices() if (each[0].idVendor, each[0].idProduct) == (vendor, product)), None)
        if found is None:
            raise OSError(errno.ENODEV, "no such device")
        self._device, self._interface = found
        self._timeout = int(timeout * 1000)
        number = self._interface.bInterfaceNumber
        if _kernel_holds(self._device, number):
            self._device.detach_kernel_driver(number)
        util = _library("usb.util")
        util.claim_interface(self._device, number)
        ends = {end.bEndpointAddress & DIRECTION: end for end in self._interface.endpoints()}
        if OUT not in ends:
            raise OSError(errno.ENXIO, "no way to write")
        self._out, self._in = ends[OUT], ends.get(IN)

    def write(self, data: bytes) -> None:
        sent = self._out.write(data, self._timeout)
        if sent != len(data):
            raise OSError(errno.EIO, "not all was taken")

    def read(self, wait: float) -> bytes:
        if self._in is None:
            return b""
        try:
            return bytes(self._in.read(READ_BYTES, int(wait * 1000)))
        except OSError as error:
            if error.errno == errno.ETIMEDOUT:
                return b""
            raise

    def finish(self) -> None:
        """A write returns when the printer has taken it all."""

    def close(self) -> None:
        _library("usb.util").dispose_resources(self._device)


def devices() -> Iterator[tuple[Any, Any]]:
    """(device, its printer interface) of every USB printer that is plugged in."""
    core = _library("usb.core")
    try:
        every = list(core.find(find_all=True))
    except core.NoBackendError:
        raise no_library("libusb") from None
    for device in every:
        for configuration in device:
            for interface in configuration:
                if interface.bInterfaceClass == PRINTER_CLASS:
                    yield device, interface
                    break


def product_name(device: Any) -> str:
    """What the maker calls it, where it may be asked."""
    try:
        return str(device.product or "")
    except (OSError, ValueError):
        return ""


def _kernel_holds(device: Any, number: int) -> bool:
    try:
        return bool(device.is_kernel_driver_active(number))
    except NotImplementedError:  # Windows knows no such thing
        return False


def _library(name: str) -> Any:
    from importlib import import_module

    try:
        return import_module(name)
    except ImportError:
        raise no_library("pyusb") from None


def _address(printer: Printer) -> tuple[int, int]:
    vendor, colon, product = printer.address.partition(":")
    try:
        if colon and len(vendor) == len(product) == 4:
            return int(vendor, 16), int(product, 16)
    except ValueError:
        pass
    raise wrong_address(printer, "04b8:0e15")
