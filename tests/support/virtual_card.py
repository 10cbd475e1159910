"""A Thai national ID card made of software, which the real pcscd takes for a card in a reader (vsmartcard's vpcd).

`CardImage` is what is written in the chip, `Chip` how it answers, `VirtualCard` the plug into a reader of vpcd: frames
of a 2-byte big-endian length over TCP; the 1-byte frames 00, 01, 02 and 04 are off, on, reset and "your ATR?".
All persons are invented.
"""

import contextlib
import socket
import struct
import threading
import time
from dataclasses import dataclass, field

ATR_NEW = bytes.fromhex("3B79960000544820") + b"NID 18"
ATR_OLDEST = bytes.fromhex("3B670000") + b"OLDEST1"
ATR_UNREADABLE = bytes(40)
"""Longer than an answer to reset may be: pcscd gives up powering the card, as with dirty contacts."""
JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 12 + b"\x20\x20photo of nobody\xff\xd9"
LASER = b"JT9876543210"
ID_APPLET = bytes.fromhex("A000000054480001")
LASER_APPLET = bytes.fromhex("A000000084060002")
_OK = b"\x90\x00"
_NOT_FOUND = b"\x6a\x82"
_WRONG_OFFSET = b"\x6b\x00"
_WRONG_LENGTH = b"\x67\x00"
_UNKNOWN = b"\x6d\x00"


@dataclass(frozen=True)
class CardImage:
    """The fields of the chip as text; dates are BE, eight digits."""

    citizen_id: str = "3100400123456"
    thai_name: str = "นาง#ศิริวรรณ##พุ่มพวง"
    english_name: str = "Mrs.#Siriwan##Phumphuang"
    born: str = "25150229"
    gender: str = "2"
    issuer: str = "ท้องถิ่นเขตพระนคร/กรุงเทพมหานคร"
    issued: str = "25660714"
    expires: str = "25750228"
    address: str = "123/45#หมู่ที่ 6#ตรอกวัดสามพระยา#ซอยสามเสน 5#ถนนสามเสน#แขวงวัดสามพระยา#เขตพระนคร#กรุงเทพมหานคร"
    photo: bytes = JPEG

    def memory(self) -> bytes:
        """The file of the ID applet."""
        memory = bytearray(b" " * (0x1619 + 14))

        def put(offset: int, text: str, length: int) -> None:
            raw = text.encode("cp874")
            if len(raw) > length:
                raise ValueError(f"{len(raw)} bytes do not fit into {length}")
            memory[offset : offset + length] = raw.ljust(length, b" ")

        put(0x0000, "0003", 4)
        put(0x0004, self.citizen_id, 13)
        put(0x0011, self.thai_name, 100)
        put(0x0075, self.english_name, 100)
        put(0x00D9, self.born, 8)
        put(0x00E1, self.gender, 1)
        put(0x00F6, self.issuer, 100)
        put(0x015A, "1001000000000", 13)
        put(0x0167, self.issued, 8)
        put(0x016F, self.expires, 8)
        put(0x0177, "01", 2)
        memory[0x017B : 0x017B + 5118] = self.photo.ljust(5118, b" ")[:5118]
        put(0x1579, self.address, 160)
        put(0x1619, "10010100000000", 14)
        return bytes(memory)


@dataclass
class Chip:
    """How the card answers.

    manner: "61" (then GET RESPONSE), "direct" (data and 9000), "6C" (asks for the very length first, each time).
    longest: bytes a READ may ask for, more is refused. pieces: where it keeps only these (offset, length) and refuses
    to read across them. answers: bytes GET RESPONSE hands over at once. seconds: time for each answer.
    pull_after: READ commands after which the card is gone. refuse: offsets it refuses, with status words.
    """

    image: CardImage = field(default_factory=CardImage)
    atr: bytes = ATR_NEW
    manner: str = "61"
    thai: bool = True
    laser: bytes | None = LASER
    longest: int = 255
    pieces: tuple[tuple[int, int], ...] = ()
    answers: int = 256
    seconds: float = 0.0
    pull_after: int | None = None
    refuse: dict[int, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.memory = self.image.memory()
        self.log: list[bytes] = []
        self.worked_seconds = 0.0
        self.reset()

    def reset(self) -> None:
        """As after power on: nothing is selected."""
        self.applet = b""
        self.waiting = b""
        self.asked_again = b""

    def answer(self, command: bytes) -> bytes | None:
        """The answer with its status word, or None where the card is pulled out now."""
        begun = time.perf_counter()
        self.log.append(command)
        if self.pull_after is not None and sum(part[1] == 0xB0 for part in self.log) > self.pull_after:
            return None
        result = self._answer(command)
        if self.seconds:
            time.sleep(self.seconds)
        self.worked_seconds += time.perf_counter() - begun
        return result

    def _answer(self, command: bytes) -> bytes:
        if len(command) < 4:
            return _WRONG_LENGTH
        if command[1] == 0xA4:
            return self._select(command)
        if command[1] == 0xC0:
            return self._get_response(command)
        if command[:2] == b"\x80\xb0" and self.applet == ID_APPLET:
            return self._read(command)
        if command == bytes.fromhex("8000000007") and self.applet == LASER_APPLET:
            self.waiting = (self.laser or b"").ljust(16, b"\0")
            return b"\x61\x10"
        return _UNKNOWN

    def _select(self, command: bytes) -> bytes:
        wanted = command[5 : 5 + command[4]]
        if (wanted == ID_APPLET and self.thai) or (wanted == LASER_APPLET and self.laser):
            self.applet = wanted
            self.waiting = bytes(10)
            return _OK if self.manner == "direct" else b"\x61\x0a"
        return _NOT_FOUND

    def _read(self, command: bytes) -> bytes:
        if len(command) != 7 or command[4:6] != b"\x02\x00":
            return _WRONG_LENGTH
        offset, length = command[2] << 8 | command[3], command[6]
        if offset in self.refuse:
            return self.refuse[offset]
        if length > self.longest:
            return _WRONG_LENGTH
        data = self.memory[offset : offset + length]
        if self.pieces:
            size = next((size for begin, size in self.pieces if begin == offset), 0)
            data = data[:size]
        if not data:
            return _WRONG_OFFSET
        if self.manner == "6C" and self.asked_again != command:
            self.asked_again = command[:6] + bytes([len(data)])
            return bytes([0x6C, len(data)])
        self.asked_again = b""
        if self.manner != "61":
            return data + _OK
        self.waiting = data
        return bytes([0x61, len(data) & 0xFF])

    def _get_response(self, command: bytes) -> bytes:
        if len(command) != 5:
            return _WRONG_LENGTH
        if command[3] != (1 if self.atr.startswith(b"\x3b\x67") else 0):
            return b"\x6a\x86"
        length = min(command[4] or 256, self.answers)
        data, self.waiting = self.waiting[:length], self.waiting[length:]
        if self.waiting and self.answers < 256:
            return data + bytes([0x61, min(len(self.waiting), 255)])
        return data + _OK


class VirtualCard:
    """A chip in the slot of a reader of vpcd, from `insert` to `remove`; a context manager."""

    def __init__(self, chip: Chip, port: int) -> None:
        self.chip = chip
        self.port = port
        self._line: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self._out = threading.Event()

    def __enter__(self) -> "VirtualCard":
        self.insert()
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()

    def insert(self) -> None:
        """Plug it in; pcscd needs a moment to notice."""
        self._out.clear()
        self.chip.reset()
        self._line = self._connected()
        self._thread = threading.Thread(target=self._serve, args=(self._line,), daemon=True)
        self._thread.start()

    def remove(self) -> None:
        """Pull it out."""
        self._out.set()
        if self._line is not None:
            _hang_up(self._line)
        if self._thread is not None:
            self._thread.join(60)

    def _connected(self) -> socket.socket:
        line = socket.create_connection(("127.0.0.1", self.port), timeout=5)
        line.settimeout(None)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return line

    def _serve(self, line: socket.socket) -> None:
        """Until pulled out. vpcd hangs up now and then, when a card left the slot a moment ago: then plug in again."""
        while not self._out.is_set():
            with contextlib.suppress(OSError, EOFError):
                self._talk(line)
            _hang_up(line)
            if not self._out.wait(0.1):
                with contextlib.suppress(OSError):
                    self._line = line = self._connected()
        # pulled out while it was plugged in again: a line that stays would keep the slot from the next card
        _hang_up(line)

    def _talk(self, line: socket.socket) -> None:
        while not self._out.is_set():
            (length,) = struct.unpack(">H", _exactly(line, 2))
            frame = _exactly(line, length)
            answer = self._answer(frame)
            if answer is None:
                self._out.set()
            elif answer or frame == b"\x04":
                line.sendall(struct.pack(">H", len(answer)) + answer)

    def _answer(self, frame: bytes) -> bytes | None:
        if len(frame) > 1:
            return self.chip.answer(frame)
        if frame == b"\x04":
            return self.chip.atr
        self.chip.reset()
        return b""


def _hang_up(line: socket.socket) -> None:
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
    line.close()


def _exactly(line: socket.socket, count: int) -> bytes:
    """So many bytes; acknowledged at once, or each exchange would wait 40 ms for it."""
    data = b""
    while len(data) < count:
        if hasattr(socket, "TCP_QUICKACK"):
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        part = line.recv(count - len(data))
        if not part:
            raise EOFError
        data += part
    return data
