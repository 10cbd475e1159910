"""How a widget asks for work: a plain function runs on a worker thread, its result comes back on Qt's thread.

Two lanes. Commands (everything that writes) run one after another on one thread; queries run on a few reader
threads, and a newer query of the same topic makes the older one stale: it is not started, or its result is dropped.
A result is delivered only while the widget that asked is alive. `Changes` of committed transactions cross over here,
too, through one signal.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from time import monotonic
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, Signal, Slot
from shiboken6 import isValid

if TYPE_CHECKING:
    from queue import SimpleQueue

Work = Callable[[], Any]
Done = Callable[[Any], None]
Failed = Callable[[Exception], None]


class _Operation:
    """What a widget asked for; kept and let go on Qt's thread only, for it may be the last to hold the widget.

    A query may be overtaken: `topic` is what its result shows there. A command is always carried out, even when the
    widget that asked has gone meanwhile.
    """

    def __init__(self, owner: QObject, done: Done | None, failed: Failed | None, topic: str | None) -> None:
        self.owner, self.done, self.failed, self.topic = owner, done, failed, topic


class _Outcome:
    """What comes back from a worker thread."""

    def __init__(self, token: int, result: object, error: Exception | None) -> None:
        self.token, self.result, self.error = token, result, error


class _Lane:
    """Threads that take jobs from one queue, started when the first job comes."""

    def __init__(self, name: str, threads: int) -> None:
        self._jobs: SimpleQueue[Callable[[], None] | None] | None = None
        self._threads = [Thread(target=self._run, name=f"{name}-{n}", daemon=True) for n in range(threads)]

    def put(self, job: Callable[[], None]) -> None:
        if self._jobs is None:
            from queue import SimpleQueue  # not before the first window is painted

            self._jobs = SimpleQueue()
            for thread in self._threads:
                thread.start()
        self._jobs.put(job)

    def close(self, deadline: float) -> None:
        """End after the jobs already queued; wait for that until `deadline` (monotonic seconds)."""
        if self._jobs is None:
            return
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join(max(0.0, deadline - monotonic()))

    def _run(self) -> None:
        assert self._jobs is not None
        while (job := self._jobs.get()) is not None:
            job()
            job = None  # a job holds its widget: never the last one to do so while waiting for the next


class Tasks(QObject):
    """The lanes of one window and the way back to Qt's thread."""

    changed = Signal(object)
    """`Changes` of a committed transaction, on Qt's thread."""
    trouble = Signal(object)
    """An exception nobody asked to handle, on Qt's thread."""
    _arrived = Signal(object)

    def __init__(self, readers: int = 3) -> None:
        super().__init__()
        self._commands = _Lane("command", 1)
        self._readers = _Lane("reader", readers)
        self._newest: WeakKeyDictionary[QObject, dict[str, int]] = WeakKeyDictionary()
        self._operations: dict[int, _Operation] = {}
        self._overtaken: set[int] = set()
        self._last_token = 0
        self._open = True
        self._arrived.connect(self._deliver)

    @property
    def pending(self) -> int:
        """Operations that were asked for and not yet delivered or dropped."""
        return len(self._operations)

    def query(self, owner: QObject, work: Work, done: Done, failed: Failed | None = None, *, topic: str = "") -> None:
        """Run `work` on a reader thread and hand its result to `done`; a newer query of the topic drops this one.

        work: must not hold the widget; a worker thread would be the last to let go of it.
        """
        self.drop(owner, topic)
        token = self._start(self._readers, work, _Operation(owner, done, failed, topic))
        self._newest.setdefault(owner, {})[topic] = token

    def drop(self, owner: QObject, topic: str = "") -> None:
        """Make a running query of this topic stale without asking anything new."""
        token = self._newest.setdefault(owner, {}).pop(topic, 0)
        if token in self._operations:
            self._overtaken.add(token)

    def command(self, owner: QObject, work: Work, done: Done | None = None, failed: Failed | None = None) -> None:
        """Run `work` on the command thread, after every command asked for before it."""
        self._start(self._commands, work, _Operation(owner, done, failed, None))

    def announce(self, changes: object) -> None:
        """For `counter.subscribe`: may be called on any thread; `changed` is emitted on Qt's thread."""
        if self._open and isValid(self):
            self._arrived.emit(changes)

    def close(self, seconds: float = 5.0) -> None:
        """Deliver nothing more; let queued commands end, waiting at most `seconds`."""
        self._open = False
        deadline = monotonic() + seconds
        self._commands.close(deadline)
        self._readers.close(deadline)
        self._operations.clear()

    def _start(self, lane: _Lane, work: Work, operation: _Operation) -> int:
        token = self._last_token = self._last_token + 1
        if self._open:
            self._operations[token] = operation
            waits = operation.topic is not None
            lane.put(lambda: self._run(token, work, waits))
        return token

    def _run(self, token: int, work: Work, may_be_overtaken: bool) -> None:
        """On a worker thread."""
        outcome = _Outcome(token, None, None)
        if not may_be_overtaken or (self._open and token not in self._overtaken):
            try:
                outcome.result = work()
            except Exception as error:
                outcome.error = error
        if self._open and isValid(self):
            self._arrived.emit(outcome)

    @Slot(object)
    def _deliver(self, arrival: object) -> None:
        if not isinstance(arrival, _Outcome):
            self.changed.emit(arrival)
            return
        operation = self._operations.pop(arrival.token, None)
        if operation is None or arrival.token in self._overtaken:
            self._overtaken.discard(arrival.token)
            return
        alive = isValid(operation.owner)
        if operation.topic is not None and not alive:
            return
        if arrival.error is not None:
            if alive and operation.failed is not None:
                operation.failed(arrival.error)
            else:
                self.trouble.emit(arrival.error)
        elif alive and operation.done is not None:
            operation.done(arrival.result)
