"""Tells at once when a card or a reader comes or goes, for as long as it runs.

One thread waits in the card service, which wakes it; nothing is polled while nothing happens but once a second for
readers that the service did not announce. Where the service does not run yet, or stops, or no reader is plugged in,
the thread waits for that to change. It never talks to a card.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from app.domain.errors import CounterError
from app.intake.card.faults import fault
from app.intake.card.pcsc import PLUG_AND_PLAY, Service

_LOOK_SECONDS = 1.0
_RETRY_SECONDS = 1.0
_CHANGED = 0x0002
"""A flag of every answer, not to be handed back with the next question."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CardEvent:
    """kind: "card_inserted", "card_removed", "reader_added", "reader_removed". A card that was in the reader already
    when the monitor began is announced as inserted."""

    kind: str
    reader: str


class CardMonitor:
    """`on_event` is called on the monitor's own thread and must return at once; hand the event over to another thread
    and read the card there (`selection.read_card(event.reader)`). What it raises is logged by type and ignored."""

    def __init__(self, on_event: Callable[[CardEvent], None], *, retry_seconds: float = _RETRY_SECONDS) -> None:
        self._on_event = on_event
        self._retry_seconds = retry_seconds
        self._stopping = threading.Event()
        self._guard = threading.Lock()
        self._service: Service | None = None
        self._problem: CounterError | None = None
        self._flags: dict[str, int] = {}
        self._filled: set[str] = set()
        self._thread = threading.Thread(target=self._run, name="card-monitor", daemon=True)

    def start(self) -> None:
        """Begin; once for each monitor."""
        self._thread.start()

    def stop(self, deadline_seconds: float = 3.0) -> bool:
        """End the thread; whether it ended within the deadline. No event follows once this has returned True."""
        self._stopping.set()
        with self._guard:
            if self._service is not None:
                self._service.cancel()
        if self._thread.ident is not None:
            self._thread.join(deadline_seconds)
        return not self._thread.is_alive()

    @property
    def problem(self) -> CounterError | None:
        """Why no card can be noticed now ("card_support_missing", "card_service", "no_reader"), or None."""
        return self._problem

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with Service() as service:
                    self._hold(service)
                    self._watch(service)
            except CounterError as error:
                self._problem = error
            finally:
                self._hold(None)
            self._forget(set())
            if self._problem is not None and self._problem.code == "card_support_missing":
                return
            self._stopping.wait(self._retry_seconds)

    def _hold(self, service: Service | None) -> None:
        with self._guard:
            self._service = service

    def _watch(self, service: Service) -> None:
        """Until stopped; CounterError when the service has gone."""
        while not self._stopping.is_set():
            names = service.readers()
            self._problem = None if names else fault("no_reader")
            self._forget(set(names))
            for name in names:
                if name not in self._flags:
                    self._tell("reader_added", name)
                    self._flags[name] = 0
            states = service.states([*names, PLUG_AND_PLAY], self._flags, _LOOK_SECONDS)
            for name in names:
                if name in states and not self._stopping.is_set():
                    self._notice(name, states[name].flags, states[name].present)
            if PLUG_AND_PLAY in states:
                self._flags[PLUG_AND_PLAY] = states[PLUG_AND_PLAY].flags & ~_CHANGED

    def _notice(self, name: str, flags: int, present: bool) -> None:
        before = self._flags.get(name, 0)
        self._flags[name] = flags & ~_CHANGED
        swapped = before >> 16 != flags >> 16
        if name in self._filled and (swapped or not present):
            self._filled.discard(name)
            self._tell("card_removed", name)
        if present and name not in self._filled:
            self._filled.add(name)
            self._tell("card_inserted", name)

    def _forget(self, staying: set[str]) -> None:
        """Readers that are no longer there, and the cards in them."""
        for name in set(self._flags) - staying - {PLUG_AND_PLAY}:
            del self._flags[name]
            if name in self._filled:
                self._filled.discard(name)
                self._tell("card_removed", name)
            self._tell("reader_removed", name)
        if not staying:
            self._flags.clear()

    def _tell(self, kind: str, reader: str) -> None:
        if self._stopping.is_set():
            return
        try:
            self._on_event(CardEvent(kind, reader))
        except Exception as error:
            _log.error("a listener of the card monitor failed: %s", type(error).__name__)
