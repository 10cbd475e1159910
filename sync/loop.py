"""The sync that runs by itself: at once after a commit or a press of the button, otherwise now and then, for ever.

A failure costs nothing but time: the waits grow from one second to five minutes, with jitter so that a province does
not knock all at once when its line comes back, and nothing is ever given up.
"""

import contextlib
import logging
import random
import threading
import time
from collections.abc import Callable

from app.domain.errors import CounterError, Refused
from app.store.engine import Store
from sync import bundles, outbox
from sync.batch_size import BatchSize
from sync.checkpoints import Sender
from sync.exchange import SyncResult, sync_once
from sync.file_loop import FileLoop
from sync.files import FileWork
from sync.inbox import Apply
from sync.kept_line import KeptLine

LOG = logging.getLogger(__name__)
FIRST_WAIT = 1.0
LONGEST_WAIT = 300.0
IDLE_WAIT = 60.0
GATHER = 0.1
"""Seconds between a kick and the request: events of one moment go in one batch."""

Told = Callable[[SyncResult | CounterError], None]


class SyncLoop:
    """A thread that keeps one counter in step with its server."""

    def __init__(
        self,
        store: Store,
        apply: Apply,
        app_version: str,
        *,
        on_outcome: Told | None = None,
        read_seconds: float = 60.0,
        idle_wait: float = IDLE_WAIT,
        first_wait: float = FIRST_WAIT,
        longest_wait: float = LONGEST_WAIT,
        files: FileWork | None = None,
        checkpoints: Sender | None = None,
    ) -> None:
        self.store = store
        self.apply = apply
        self.app_version = app_version
        self.on_outcome = on_outcome
        self.read_seconds = read_seconds
        self.idle_wait = idle_wait
        self.first_wait = first_wait
        self.longest_wait = longest_wait
        self.failures = 0
        self._met = False
        self._checkpoints = checkpoints
        self._kicked = threading.Event()
        # after a cut the next petition is to find a connection again (sync/kept_line.py)
        self._files = FileLoop(files, first_wait, longest_wait, self._kicked.set) if files is not None else None
        self._size = BatchSize()
        self._line = KeptLine()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sync", daemon=True)

    def start(self) -> None:
        """Begin; the first sync happens at once."""
        self._kicked.set()
        self._thread.start()
        if self._files is not None:
            self._files.start()

    def kick(self) -> None:
        """Sync now: something was committed, the button was pressed, the network is back. Returns at once."""
        self._kicked.set()
        if self._files is not None:
            self._files.hold()

    def stop(self, deadline: float = 5.0) -> bool:
        """End the thread; False when a request on a dead line did not end within `deadline` seconds (the thread then
        dies with the process, and nothing is lost by that)."""
        self._stopped.set()
        self._kicked.set()
        if self._files is not None:
            self._files.stop(deadline)
        if self._thread.is_alive():
            self._thread.join(deadline)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self._keep_in_step()
        finally:
            self._line.close()

    def _keep_in_step(self) -> None:
        while not self._stopped.is_set():
            # many commits while the line is dead must not become as many tries
            self._stopped.wait(self.first_wait if self.failures else GATHER)
            self._kicked.clear()
            if self._stopped.is_set():
                return
            self._kicked.wait(self._once())

    def _once(self) -> float:
        """One sync; returns how long to wait unless kicked."""
        started, passes = time.monotonic(), self._size.passes
        try:
            if self._files is not None and self._to_send():
                self._files.hold()
            outcome: SyncResult | CounterError = sync_once(
                self.store,
                apply=self.apply,
                app_version=self.app_version,
                size=self._size,
                read_seconds=self.read_seconds,
                kept=self._line,
            )
            self.failures = 0
            self._meet()
            if self._checkpoints is not None and (code := self._checkpoints.after_sync()):
                LOG.warning("checkpoint: %s", code)
            if self._files is None or not self._files.waiting():
                self._line.close()
            elif not self._kicked.is_set():
                self._files.go()
        except CounterError as error:
            outcome = error
            # a line that is cut now and then but lets requests through in between is not waited for
            self.failures = 0 if self._size.passes > passes else self.failures + 1
        except Exception as error:
            # a bug must not end the sync for the day; its type is logged, its text may hold personal data
            LOG.error("sync failed after %.1f s: %s", time.monotonic() - started, type(error).__name__)
            self.failures += 1
            return self._back_off()
        if self.on_outcome is not None:
            self.on_outcome(outcome)
        return self._wait_after(outcome)

    def _to_send(self) -> int:
        """Own events that the server has not settled: a question about nothing new does not stop a file."""
        with self.store.read() as connection:
            return outbox.pending(connection, self.store.store_id)

    def _meet(self) -> None:
        """Once in a program's life, where it was not done: what bundles need."""
        if not self._met:
            with contextlib.suppress(CounterError):
                bundles.know_each_other(self.store, self.read_seconds)
                self._met = True

    def _wait_after(self, outcome: SyncResult | CounterError) -> float:
        if isinstance(outcome, SyncResult):
            return self.idle_wait * random.uniform(0.9, 1.1)
        if isinstance(outcome, Refused):
            return self.longest_wait
        return self._back_off()

    def _back_off(self) -> float:
        """Doubles with each failure, between half and the whole of it; nothing where something went through."""
        if not self.failures:
            return 0.0
        longest = min(self.longest_wait, self.first_wait * 2.0 ** min(self.failures - 1, 16))
        return longest * random.uniform(0.5, 1.0)
