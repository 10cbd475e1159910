"""A thermal printer without the metal: understands the ESC/POS that we send, strictly, and keeps what comes out."""

import contextlib
import io
import os
import pty
import select
import socket
import struct
import threading
import tty
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from app.services.model import Printer
from printing import esc_pos

STATUS = b"\x10\x04"
READY = 0x12
COVER, PAPER = READY | 0x04, READY | 0x20


@dataclass
class Sheet:
    """One slip as it came out: rows of dots, and whether it was cut off."""

    rows: list[bytes] = field(default_factory=list)
    cut: bool = False


class Paper:
    """Turns bytes back into what stands on the paper."""

    def __init__(self, dots: int) -> None:
        self.stride = dots // 8
        self.sheets: list[Sheet] = []
        self.lines_fed = 0
        self.unit = 0
        self.rasters: list[tuple[int, int]] = []
        self.pulses: list[int] = []
        self._open = Sheet()

    @property
    def rows(self) -> list[bytes]:
        """Every row of dots, cut or not."""
        return [row for sheet in (*self.sheets, self._open) for row in sheet.rows]

    @property
    def cuts(self) -> int:
        """How often the knife fell."""
        return len(self.sheets)

    def print(self, data: bytes) -> None:
        """Whole commands; AssertionError for one that we never send."""
        stream = io.BytesIO(data)
        while lead := stream.read(2):
            match lead:
                case b"\x1b@":
                    pass
                case b"\x1dP":
                    x, y = stream.read(2)
                    assert x == y
                    self.unit = y
                case b"\x1bJ":
                    assert self.unit, "fed before the unit was set"
                    self._open.rows += [bytes(self.stride)] * stream.read(1)[0]
                case b"\x1dv":
                    self._raster(stream)
                case b"\x1dV":
                    assert stream.read(1)[0] == 66 and stream.read(1) == b"\0"
                    self._open.cut = True
                    self.sheets.append(self._open)
                    self._open = Sheet()
                case b"\x1bd":
                    self.lines_fed += stream.read(1)[0]
                case b"\x1bp":
                    self.pulses.append(stream.read(1)[0])
                    stream.read(2)
                case _:
                    raise AssertionError(f"unknown command {lead!r}")

    def _raster(self, stream: io.BytesIO) -> None:
        assert stream.read(2) == b"0\0"
        width, height = (int.from_bytes(stream.read(2), "little") for _ in range(2))
        assert 0 < width <= self.stride and 0 < height <= esc_pos.BAND_ROWS
        self.rasters.append((width, height))
        for _ in range(height):
            row = stream.read(width)
            assert len(row) == width
            self._open.rows.append(row.ljust(self.stride, b"\0"))


@dataclass
class Behaviour:
    """How the printer is just now. status: what it answers to each DLE EOT n; none: it never answers.

    dies_after: bytes of a job after which the line is cut; deaf: it never reads.
    """

    status: dict[int, int] | None = None
    dies_after: int | None = None
    deaf: bool = False

    @classmethod
    def ready(cls) -> "Behaviour":
        """Answers that all is well."""
        return cls(dict.fromkeys((1, 2, 4), READY))

    def answer(self, number: int) -> bytes:
        """What it says about itself."""
        return b"" if self.status is None else bytes((self.status.get(number, READY),))


class NetworkPrinter:
    """On a free port of this machine, one connection after the other; `jobs` are the bytes of each, without questions.

    Which behaviour a connection meets, `behave` says when it begins.
    """

    def __init__(self, behave: Callable[[], Behaviour] = Behaviour.ready, dots: int = 576) -> None:
        self.jobs: list[bytes] = []
        self.whole: list[bytes] = []
        self.dots = dots
        self._behave = behave
        self._server = socket.create_server(("127.0.0.1", 0))
        self._server.settimeout(0.1)
        self._stop = threading.Event()
        self._done = threading.Condition()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    @property
    def printer(self) -> Printer:
        """How the program knows it."""
        port = self._server.getsockname()[1]
        return Printer("สลิปหน้าเคาน์เตอร์", "network", f"127.0.0.1:{port}", self.dots)

    def wait_for(self, jobs: int, seconds: float = 10.0) -> None:
        """Until so many connections have ended."""
        with self._done:
            assert self._done.wait_for(lambda: len(self.jobs) >= jobs, seconds), "the printer saw nothing"

    def _serve(self) -> None:
        while not self._stop.is_set():
            try:
                connection, _ = self._server.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            with connection:
                data, ended = self._take(connection, self._behave())
            with self._done:
                self.jobs.append(data)
                if ended:
                    self.whole.append(data)
                self._done.notify_all()

    def _take(self, connection: socket.socket, behaviour: Behaviour) -> tuple[bytes, bool]:
        """The bytes of one job, and whether the other side ended it; questions are answered and taken out."""
        connection.settimeout(0.1)
        data = b""
        if behaviour.deaf:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
            self._stop.wait()
        while not self._stop.is_set():
            try:
                chunk = connection.recv(4096)
            except TimeoutError:
                continue
            except OSError:
                return data, False
            if not chunk:
                return data, True
            while (at := chunk.find(STATUS)) >= 0 and len(chunk) > at + 2:
                with contextlib.suppress(OSError):
                    connection.sendall(behaviour.answer(chunk[at + 2]))
                chunk = chunk[:at] + chunk[at + 3 :]
            data += chunk
            if behaviour.dies_after is not None and len(data) >= behaviour.dies_after:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return data[: behaviour.dies_after], False
        return data, False

    def close(self) -> None:
        """Switch it off."""
        self._stop.set()
        self._server.close()
        self._thread.join(5)


@contextlib.contextmanager
def serial_printer(behaviour: Behaviour | None = None) -> Iterator[tuple[Printer, list[bytes]]]:
    """A printer at the end of a pseudo-terminal: (the printer, its bytes so far without questions)."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    heard: list[bytes] = []
    stop = threading.Event()
    how = behaviour or Behaviour.ready()

    def listen() -> None:
        while not stop.is_set():
            if not select.select([master], [], [], 0.05)[0]:
                continue
            try:
                chunk = os.read(master, 4096)
            except OSError:
                return
            while (at := chunk.find(STATUS)) >= 0 and len(chunk) > at + 2:
                os.write(master, how.answer(chunk[at + 2]))
                chunk = chunk[:at] + chunk[at + 3 :]
            heard.append(chunk)

    thread = threading.Thread(target=listen)
    thread.start()
    try:
        yield Printer("สลิปอนุกรม", "serial", os.ttyname(slave)), heard
    finally:
        stop.set()
        thread.join(5)
        os.close(master)
        os.close(slave)
