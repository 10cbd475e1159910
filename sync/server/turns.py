"""Who writes next: first come, first served, and of one office one at a time.

Where threads scramble for a lock, one of fifty waits twice as long as the others. A second request of an office would
only wait for the first one's lock in the database, and keep a connection from those of other offices while it does.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Turns:
    """At most `at_once` turns at the same time. Thread-safe; not for a thread that has a turn already."""

    def __init__(self, at_once: int, patience: float, late: Callable[[], Exception]) -> None:
        """patience: seconds that somebody waits before `late()` is raised."""
        self._free = at_once
        self._patience = patience
        self._late = late
        self._lock = threading.Lock()
        self._taken: set[str] = set()
        self._waiting: list[tuple[str, threading.Event]] = []

    @contextmanager
    def turn(self, office: str = "") -> Iterator[None]:
        """Wait for a turn, and have it while the block lasts; without an office, beside all others."""
        called = threading.Event()
        with self._lock:
            self._waiting.append((office, called))
            self._call()
        if not called.wait(self._patience):
            self._give_up(office, called)
        try:
            yield
        finally:
            with self._lock:
                self._free += 1
                self._taken.discard(office)
                self._call()

    def _give_up(self, office: str, called: threading.Event) -> None:
        with self._lock:
            if not called.is_set():
                self._waiting.remove((office, called))
                raise self._late()

    def _call(self) -> None:
        """Call who waits longest and may go; the lock is held."""
        for one in list(self._waiting):
            if not self._free:
                return
            office, called = one
            if office in self._taken:
                continue
            self._waiting.remove(one)
            self._free -= 1
            if office:
                self._taken.add(office)
            called.set()
