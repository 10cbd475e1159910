"""A printer on a serial port, or on a USB cable that plays one."""

import time
from typing import Any

from app.domain.errors import Unavailable
from app.services.model import Printer
from printing.devices.line import send_over, wrong_address
from printing.devices.payload import Payload

USUAL_BAUD = 9_600
DRAIN_STEP = 0.02
"""Seconds between two looks at what has not left the port."""
BAUDS = (4_800, 9_600, 19_200, 38_400, 57_600, 115_200)


def send(printer: Printer, payload: Payload, timeout: float) -> None:
    """Bring the paper to the port that the address names: COM3, or COM3@19200 where it is not 9600 baud."""
    port, baud = _address(printer)
    send_over(lambda: _Line(port, baud, timeout), printer, payload)


class _Line:
    def __init__(self, port: str, baud: int, timeout: float) -> None:
        try:
            import serial
        except ImportError:
            raise no_library("pyserial") from None
        # the printer holds the line while its buffer is full (DTR/DSR), as thermal printers are delivered
        self._timeout = timeout
        self._device: Any = serial.Serial(port, baud, timeout=0, write_timeout=timeout, dsrdtr=True)

    def write(self, data: bytes) -> None:
        self._device.write(data)

    def read(self, wait: float) -> bytes:
        self._device.timeout = wait
        found: bytes = self._device.read(1)
        return found

    def finish(self) -> None:
        """Wait until the last byte has left the port; the system's own waiting for it knows no end."""
        until = time.monotonic() + self._timeout
        while self._device.out_waiting:
            if time.monotonic() > until:
                self._device.reset_output_buffer()
                raise TimeoutError
            time.sleep(DRAIN_STEP)

    def close(self) -> None:
        self._device.close()


def no_library(name: str) -> Unavailable:
    """A part of the program that this kind of printer needs was left out."""
    return Unavailable(
        "printer_library", f"โปรแกรมชุดนี้ไม่มีส่วน {name} ที่เครื่องพิมพ์ชนิดนี้ต้องใช้", "ติดตั้งโปรแกรมชุดเต็ม หรือเลือกวิธีต่อเครื่องพิมพ์แบบอื่น"
    )


def _address(printer: Printer) -> tuple[str, int]:
    port, at, baud = printer.address.partition("@")
    if not port or (at and not (baud.isdecimal() and int(baud) in BAUDS)):
        raise wrong_address(printer, "COM3 หรือ COM3@19200")
    return port, int(baud) if at else USUAL_BAUD
