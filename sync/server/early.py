"""Events of a request whose rest is still on its way: on a slow line they are taken as they come.

A line that is cut now and then never brings a large request whole. What had come of it is taken all the same, as if the
counter had sent it alone, and the counter asks (`held` of the protocol) before it sends anything again. Nothing of it
is answered: the request that comes whole is answered for all of its events, of which only the
rest is still to be taken. The first event that is not plainly right ends it, so that no refusal is ever said to nobody.
"""

import codecs
import json
import time
from collections.abc import Callable, Sequence
from typing import Any

from app.domain.errors import CounterError
from sync import codec
from sync.json_form import array, parse, store_id, whole
from sync.protocol import PROTOCOL, Event

SECONDS = 1.0
"""A request that takes longer to come than this is taken piece by piece."""
MARK = ',"events":['

TakeSome = Callable[[str, int, Sequence[Event]], bool]
"""(store id, cursor, events) -> whether all of them were taken; nothing of them was otherwise."""


class Early:
    """What has come of one request. Used by one thread at a time."""

    def __init__(self, encoding: str, most: int, take: TakeSome) -> None:
        self._unfold = codec.unfolding(encoding)
        self._letters = codecs.getincrementaldecoder("utf-8")()
        self._numbers = json.JSONDecoder()
        self._most = most
        self._take = take
        self._text = ""
        self._at = 0
        self._size = 0
        self._said: tuple[str, int] | None = None
        self._looked = time.monotonic()
        self.taken = 0
        """Events at the beginning of the request that have been taken."""
        self.over = self._unfold is None

    def due(self) -> bool:
        """Whether it is time to look what has come."""
        return not self.over and time.monotonic() - self._looked > SECONDS

    def look(self, raw: bytes) -> None:
        """Take the events that are whole with these further bytes of the body. Never raises: nobody would hear it."""
        self._looked = time.monotonic()
        try:
            self._read(raw)
            events = self._events()
            if events and self._said is not None:
                self.over = not self._take(*self._said, events)
                self.taken += 0 if self.over else len(events)
        except (CounterError, ValueError, RecursionError):
            self.over = True

    def _read(self, raw: bytes) -> None:
        if self.over or self._unfold is None:
            return
        plain = self._unfold(raw)
        self._size += len(plain)
        if self._size > self._most:
            raise ValueError("beyond the limit")
        self._text = self._text[self._at :] + self._letters.decode(plain)
        self._at = 0
        if self._said is None and (mark := self._text.find(MARK)) >= 0:
            head = parse(f"{self._text[:mark]}}}".encode())
            if head.get("protocol") != PROTOCOL:
                raise ValueError("another protocol")
            self._said = store_id(head.get("store_id")), whole(head.get("cursor"), "cursor")
            self._at = mark + len(MARK)

    def _events(self) -> list[Event]:
        """The events that are here whole and have not been taken."""
        found: list[Event] = []
        while self._said is not None:
            start = self._at + (self._text[self._at : self._at + 1] == ",")
            try:
                value: Any
                value, end = self._numbers.raw_decode(self._text, start)
            except ValueError:
                break
            found.append(Event.from_json(array(value, "events")))
            self._at = end
        return found
