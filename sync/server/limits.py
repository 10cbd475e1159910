"""How often somebody may try: guessing a code or four digits of a phone must take years."""

import ipaddress
import math
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass

Clock = Callable[[], float]
"""Seconds that only go forward."""


class Limiter:
    """At most `most` tries within `seconds` for one key; remembers `keys` keys, the longest unused is forgotten."""

    def __init__(self, most: int, seconds: float, keys: int = 20_000) -> None:
        self.most = most
        self.seconds = seconds
        self.keys = keys
        self._tries: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def allow(self, key: str) -> bool:
        """Count one try; False when there were too many lately. A refused try counts as well."""
        now = time.monotonic()
        with self._lock:
            tries = self._tries.setdefault(key, deque(maxlen=self.most))
            self._tries.move_to_end(key)
            full = len(tries) == self.most and now - tries[0] < self.seconds
            tries.append(now)
            while len(self._tries) > self.keys:
                self._tries.popitem(last=False)
        return not full


@dataclass(frozen=True, slots=True)
class Wait:
    """A try that is not looked at. seconds: until the next one; everywhere: the number itself is under attack, so that
    from nowhere four digits are enough for now."""

    seconds: int
    everywhere: bool = False


@dataclass(slots=True)
class _Wrong:
    """Wrong tries of one key: how many, and when the last was."""

    count: float
    at: float


class Guesses:
    """Wrong answers about one number from one address cost ever longer waits; an address and a number have a budget.

    A guesser at one address is slowed down alone: somebody with the right digits elsewhere passes. One who has
    thousands of addresses uses up the number's budget, and then only the code of the slip opens it, until the budget
    has grown again: 48 guesses a day of 10,000. A try counts as wrong until `right` says otherwise, so that many at
    the same moment gain nothing; a try that has to wait is not looked at and costs nothing.
    """

    FREE, FIRST, LONGEST, FORGET = 5, 30.0, 6 * 3600.0, 24 * 3600.0
    ADDRESS_MOST, ADDRESS_EACH = 60.0, 60.0
    NUMBER_MOST, NUMBER_EACH = 50.0, 1800.0
    KEYS = 100_000

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._pairs: OrderedDict[str, _Wrong] = OrderedDict()
        self._addresses: OrderedDict[str, _Wrong] = OrderedDict()
        self._numbers: OrderedDict[str, _Wrong] = OrderedDict()

    def admit(self, number: str, address: str) -> Wait | None:
        """None when the answer may be looked at; it counts as wrong from here on."""
        with self._lock:
            now, house = self._clock(), network(address)
            wait = self._wait(number, house, now)
            if wait is None:
                for kept, key in self._of(number, house):
                    entry = kept.setdefault(key, _Wrong(0, now))
                    entry.count, entry.at = self._level(kept, entry, now) + 1, now
                    kept.move_to_end(key)
                    while len(kept) > self.KEYS:
                        kept.popitem(last=False)
            return wait

    def right(self, number: str, address: str) -> None:
        """The answer that was let in was right: nothing is held against its sender."""
        with self._lock:
            house = network(address)
            self._pairs.pop(f"{number} {house}", None)
            for kept, key in ((self._addresses, house), (self._numbers, number)):
                if key in kept:
                    kept[key].count = max(0.0, kept[key].count - 1)

    def _of(self, number: str, house: str) -> tuple[tuple[OrderedDict[str, _Wrong], str], ...]:
        return (self._pairs, f"{number} {house}"), (self._addresses, house), (self._numbers, number)

    def _level(self, kept: OrderedDict[str, _Wrong], entry: _Wrong, now: float) -> float:
        """Wrong tries that are still held against a key."""
        if kept is self._pairs:
            return 0.0 if now - entry.at > self.FORGET else entry.count
        each = self.ADDRESS_EACH if kept is self._addresses else self.NUMBER_EACH
        return max(0.0, entry.count - (now - entry.at) / each)

    def _wait(self, number: str, house: str, now: float) -> Wait | None:
        pair = self._pairs.get(f"{number} {house}")
        if pair is not None and self._level(self._pairs, pair, now) >= self.FREE:
            delay = min(self.FIRST * 2 ** min(pair.count - self.FREE, 20), self.LONGEST)
            if (left := pair.at + delay - now) > 0:
                return Wait(math.ceil(left))
        for kept, key, most, each in (
            (self._addresses, house, self.ADDRESS_MOST, self.ADDRESS_EACH),
            (self._numbers, number, self.NUMBER_MOST, self.NUMBER_EACH),
        ):
            entry = kept.get(key)
            level = self._level(kept, entry, now) if entry is not None else 0.0
            if level > most - 1:
                return Wait(math.ceil((level - most + 1) * each), kept is self._numbers)
        return None


def network(address: str) -> str:
    """Whom an address stands for: an IPv6 household owns 64 bits of them."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 6:
        return str(ipaddress.ip_network((found, 64), strict=False).network_address)
    return str(found)
