"""A printer on the network: raw bytes to a TCP port, 9100 unless the address names another."""

import contextlib
import socket
import time

from app.services.model import Printer
from printing.devices.line import send_over, wrong_address
from printing.devices.payload import Payload

CONNECT_TIMEOUT = 5.0
CLOSE_WAIT = 0.5
RAW_PORT = 9100


def send(printer: Printer, payload: Payload, timeout: float) -> None:
    """Bring the paper to HOST:PORT."""
    host, port = _address(printer)
    send_over(lambda: _Line(host, port, timeout), printer, payload)


class _Line:
    def __init__(self, host: str, port: int, timeout: float) -> None:
        self._device = socket.create_connection((host, port), min(timeout, CONNECT_TIMEOUT))
        self._timeout = timeout

    def write(self, data: bytes) -> None:
        self._device.settimeout(self._timeout)
        self._device.sendall(data)

    def read(self, wait: float) -> bytes:
        self._device.settimeout(wait)
        try:
            return self._device.recv(16)
        except TimeoutError:
            return b""

    def finish(self) -> None:
        """Say that everything was sent, and take what the printer still says: closing over unread bytes would make the
        system throw away what has not reached the paper."""
        self._device.shutdown(socket.SHUT_WR)
        until = time.monotonic() + CLOSE_WAIT  # in all: one that never stops talking holds up nobody
        with contextlib.suppress(TimeoutError):
            while (left := until - time.monotonic()) > 0:
                self._device.settimeout(left)
                if not self._device.recv(4_096):
                    break

    def close(self) -> None:
        self._device.close()


def _address(printer: Printer) -> tuple[str, int]:
    host, colon, port = printer.address.rpartition(":")
    if not colon:
        host, port = printer.address, str(RAW_PORT)
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise wrong_address(printer, "192.168.1.50:9100")
    return host.strip("[]"), int(port)
