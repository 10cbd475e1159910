"""What is sent to the chip and what its status words mean (ISO/IEC 7816-4, in the manner of T=0).

T=0 gives data in two steps: the card says 61 xx ("xx bytes are ready"), then GET RESPONSE fetches them. Some cards
and readers give 90 00 with the data at once, some say 6C xx ("ask again for exactly xx"). All three are taken.
"""

from typing import Protocol

ID_APPLET = bytes.fromhex("A000000054480001")
LASER_APPLET = bytes.fromhex("A000000084060002")

READ_LASER = bytes.fromhex("8000000007")
_LASER_LENGTH = 0x10

NOT_FOUND = 0x6A82
"""Status word: no such applet or file on this card."""

_DONE = 0x90
_MORE = 0x61
_WRONG_LENGTH = 0x6C
_WARNINGS = (0x62, 0x63)
_SELECT = 0xA4
_OLDEST_CARDS = b"\x3b\x67"
_MOST_ROUNDS = 16


class Connection(Protocol):
    """A powered card that answers commands. Whatever carries it raises CounterError where it fails."""

    @property
    def atr(self) -> bytes:
        """The card's answer to reset; may be short or empty."""

    def transmit(self, command: bytes) -> tuple[bytes, int, int]:
        """The data of the answer and its two status bytes."""


class CardRefusal(Exception):
    """The card answered, and said no. Only the status word is kept: data never enters an exception."""

    def __init__(self, status: int) -> None:
        super().__init__(f"status {status:04X}")
        self.status = status


def read_binary(offset: int, length: int) -> bytes:
    """READ of up to 255 bytes at an absolute offset of the selected applet."""
    return bytes([0x80, 0xB0, offset >> 8, offset & 0xFF, 0x02, 0x00, length])


def select(connection: Connection, applet: bytes) -> None:
    """Choose an applet; CardRefusal where the card has none of that name. What it says of itself is not fetched."""
    command = bytes([0x00, _SELECT, 0x04, 0x00, len(applet)]) + applet
    _, sw1, sw2 = connection.transmit(command)
    if sw1 == _WRONG_LENGTH:
        _, sw1, sw2 = connection.transmit(command + bytes([sw2]))
    if sw1 not in (_DONE, _MORE, *_WARNINGS):
        raise CardRefusal(sw1 << 8 | sw2)


def exchange(connection: Connection, command: bytes) -> bytes:
    """The whole answer to a command, however the card hands it over; CardRefusal where it does not."""
    answer = b""
    status = 0
    for _ in range(_MOST_ROUNDS):
        data, sw1, sw2 = connection.transmit(command)
        status = sw1 << 8 | sw2
        if sw1 == _WRONG_LENGTH:
            command = command[:-1] + bytes([sw2])
            continue
        answer += data
        if sw1 == _DONE or sw1 in _WARNINGS:
            return answer
        if sw1 != _MORE:
            break
        command = _get_response(connection.atr, sw2)
    raise CardRefusal(status)


def read_laser(connection: Connection) -> bytes:
    """The raw laser code of the selected laser applet."""
    _, sw1, sw2 = connection.transmit(READ_LASER)
    if sw1 not in (_DONE, _MORE):
        raise CardRefusal(sw1 << 8 | sw2)
    return exchange(connection, _get_response(connection.atr, _LASER_LENGTH))


def _get_response(atr: bytes, length: int) -> bytes:
    """Length 0 stands for 256. The oldest cards want 1 in P2 (several readers' code; never seen on a card by us)."""
    return bytes([0x00, 0xC0, 0x00, 0x01 if atr.startswith(_OLDEST_CARDS) else 0x00, length])
