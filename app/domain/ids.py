"""Keys of records: UUID version 7 (RFC 9562), so that new rows land at the end of every index.

Sixteen bytes: 48 bits of Unix milliseconds, then a random tail that only grows within one millisecond (RFC 9562,
section 6.2, method 2). Keys made by one process are therefore strictly increasing, also while the clock runs backwards.
"""

import os
import threading
import time

_TAIL_BITS = 74
_LOW_BITS = 62
_LOW_MASK = (1 << _LOW_BITS) - 1
_KEYS_A_FETCH = 32
"""Entropy is asked of the system for so many keys at once; no process is forked that could use it a second time."""
_VERSION = 7 << 76
_VARIANT = 2 << _LOW_BITS


class _Sequence:
    """Millisecond and tail of the last key, behind a lock: keys are made by several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._milliseconds = 0
        self._tail = 0
        self._entropy: list[int] = []

    def next(self, milliseconds: int) -> tuple[int, int]:
        """The pair for a new key at this clock reading; greater than every pair given before."""
        with self._lock:
            if not self._entropy:
                fetched = os.urandom(10 * _KEYS_A_FETCH)
                self._entropy = [int.from_bytes(fetched[at : at + 10]) for at in range(0, len(fetched), 10)]
            entropy = self._entropy.pop()
            if milliseconds > self._milliseconds:
                self._milliseconds = milliseconds
                self._tail = entropy >> 7  # the tail's top bit stays clear: room to grow
            else:
                self._tail += 1 + (entropy & 0xFFFF_FFFF)
                if self._tail >> _TAIL_BITS:
                    self._milliseconds += 1
                    self._tail = entropy >> 7
            return self._milliseconds, self._tail


_sequence = _Sequence()


def uuid7() -> bytes:
    """A new key, 16 bytes, greater than every key this process made before."""
    milliseconds, tail = _sequence.next(time.time_ns() // 1_000_000)
    high = tail >> _LOW_BITS
    return (milliseconds << 80 | _VERSION | high << 64 | _VARIANT | tail & _LOW_MASK).to_bytes(16)


def uuid_text(key: bytes) -> str:
    """The usual text of a key, 36 characters in lower case."""
    digits = key.hex()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def uuid_bytes(text: str) -> bytes:
    """The key of a text made by `uuid_text`; ValueError for any other text."""
    key = bytes.fromhex(text.replace("-", ""))
    if len(key) != 16:
        raise ValueError("a key has 32 hexadecimal digits")
    return key
