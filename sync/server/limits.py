"""How often somebody may try: guessing a code or four digits of a phone must take years.

What is counted stands in a `Shelf`, in the server's database, so that all processes of the server count together.
"""

import ipaddress
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

Clock = Callable[[], float]
"""Seconds since 1970."""


@dataclass(frozen=True, slots=True)
class Level:
    """How much was used up at a moment; `forget_at`: when it will mean nothing any more. Seconds since 1970."""

    level: float
    at: float
    forget_at: float


Levels = dict[str, Level]


class Shelf(Protocol):
    """Keeps levels by name."""

    def open(self, names: Sequence[str]) -> AbstractContextManager[Levels]:
        """The levels of these names, nobody else's until the block ends; what it changes or takes out is kept so."""


class Limiter:
    """At most `most` tries at once for one key, and on average as many in every `seconds`.

    unshared: tries that a process lets pass without asking the shelf, so that who keeps far below the limit costs
    nothing: with n processes up to n times as many may come on top.
    """

    KEYS = 20_000

    def __init__(
        self, shelf: Shelf, name: str, most: int, seconds: float, *, unshared: int = 0, clock: Clock = time.time
    ) -> None:
        self.shelf = shelf
        self.name = name
        self.most = most
        self.each = seconds / most
        self.unshared = unshared
        self._clock = clock
        self._lock = threading.Lock()
        self._own: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allow(self, key: str) -> bool:
        """Count one try; False when there were too many lately: that one is not looked at and counts no further."""
        if self.few(key):
            return True
        now = self._clock()
        name = f"{self.name} {key}"
        with self.shelf.open([name]) as levels:
            known = levels.get(name)
            level = max(0.0, known.level - max(0.0, now - known.at) / self.each) if known else 0.0
            if level > self.most - 1:
                return False
            levels[name] = Level(level + 1, now, now + (level + 1) * self.each)
        return True

    def few(self, key: str) -> bool:
        """Count one try if it is among those that need not be told to anybody; else nothing is counted."""
        if not self.unshared:
            return False
        now = self._clock()
        with self._lock:
            level, at = self._own.get(key, (0.0, now))
            level = max(0.0, level - max(0.0, now - at) / self.each)
            if level > self.unshared - 1:
                return False
            self._own[key] = (level + 1, now)
            self._own.move_to_end(key)
            if len(self._own) > self.KEYS:
                self._own.popitem(last=False)
            return True


@dataclass(frozen=True, slots=True)
class Wait:
    """A try that is not looked at. seconds: until the next one; everywhere: the number itself is under attack, so that
    from nowhere four digits are enough for now."""

    seconds: int
    everywhere: bool = False


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

    def __init__(self, shelf: Shelf, name: str, clock: Clock = time.time) -> None:
        self.shelf = shelf
        self.name = name
        self._clock = clock

    def admit(self, number: str, address: str) -> Wait | None:
        """None when the answer may be looked at; it counts as wrong from here on."""
        pair, house, target = names = self._names(number, address)
        with self.shelf.open(names) as levels:
            now = self._clock()
            wait = self._wait(levels, names, now)
            if wait is None:
                tries = self._tries(levels.get(pair), now) + 1
                levels[pair] = Level(tries, now, now + self.FORGET)
                for name, each in ((house, self.ADDRESS_EACH), (target, self.NUMBER_EACH)):
                    level = _sunk(levels.get(name), now, each) + 1
                    levels[name] = Level(level, now, now + level * each)
            return wait

    def right(self, number: str, address: str) -> None:
        """The answer that was let in was right: nothing is held against its sender."""
        pair, house, target = names = self._names(number, address)
        with self.shelf.open(names) as levels:
            levels.pop(pair, None)
            for name in (house, target):
                if (known := levels.get(name)) is not None:
                    levels[name] = Level(max(0.0, known.level - 1), known.at, known.forget_at)

    def _names(self, number: str, address: str) -> tuple[str, str, str]:
        house = network(address)
        return f"{self.name} {number} {house}", f"{self.name} from {house}", f"{self.name} of {number}"

    def _tries(self, pair: Level | None, now: float) -> float:
        return 0.0 if pair is None or now - pair.at > self.FORGET else pair.level

    def _wait(self, levels: Levels, names: tuple[str, str, str], now: float) -> Wait | None:
        pair, house, target = (levels.get(name) for name in names)
        if pair is not None and self._tries(pair, now) >= self.FREE:
            delay = min(self.FIRST * 2 ** min(pair.level - self.FREE, 20), self.LONGEST)
            if (left := pair.at + delay - now) > 0:
                return Wait(math.ceil(left))
        for known, most, each in (
            (house, self.ADDRESS_MOST, self.ADDRESS_EACH),
            (target, self.NUMBER_MOST, self.NUMBER_EACH),
        ):
            level = _sunk(known, now, each)
            if level > most - 1:
                return Wait(math.ceil((level - most + 1) * each), known is target)
        return None


def _sunk(known: Level | None, now: float, each: float) -> float:
    """What is left of a level that sinks by one every `each` seconds."""
    return max(0.0, known.level - max(0.0, now - known.at) / each) if known is not None else 0.0


def network(address: str) -> str:
    """Whom an address stands for: an IPv6 household owns 64 bits of them."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 6:
        return str(ipaddress.ip_network((found, 64), strict=False).network_address)
    return str(found)
