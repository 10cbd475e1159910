"""How a widget asks for work: a plain function runs on a worker thread, its result comes back on Qt's thread.

Two lanes. Commands (everything that writes) run one after another on one thread; queries run on a few reader
threads, and a newer query of the same topic makes the older one stale: it is not started, or its result is dropped.
A result is delivered only while the widget that asked is alive. `Changes` of committed transactions cross over here,
too, through one signal.
"""

from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from time import monotonic
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, Signal, Slot
from shiboken6 import isValid

Work = Callable[[], Any]
Done = Callable[[Any], None]
Failed = Callable[[Exception], None]


class QueryOp(NamedTuple):
    """Reads; may be overtaken. `owner` is the widget that shows the result, `topic` what it shows there."""

    owner: QObject
    work: Work
    done: Done
    failed: Failed | None = None
    topic: str = ""


class CommandOp(NamedTuple):
    """Writes; always carried out, in order, even when the widget that asked has gone meanwhile."""

    owner: QObject
    work: Work
    done: Done | None = None
    failed: Failed | None = None


class _Outcome(NamedTuple):
    operation: QueryOp | CommandOp
    generation: int
    result: object = None
    error: Exception | None = None
    skipped: bool = False


class _Lane:
    """Threads that take jobs from one queue, started when the first job comes."""

    def __init__(self, name: str, threads: int) -> None:
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._threads = [Thread(target=self._run, name=f"{name}-{n}", daemon=True) for n in range(threads)]
        self._started = False

    def put(self, job: Callable[[], None]) -> None:
        if not self._started:
            self._started = True
            for thread in self._threads:
                thread.start()
        self._jobs.put(job)

    def close(self, deadline: float) -> None:
        """End after the jobs already queued; wait for that until `deadline` (monotonic seconds)."""
        if not self._started:
            return
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join(max(0.0, deadline - monotonic()))

    def _run(self) -> None:
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
        self._generations: WeakKeyDictionary[QObject, dict[str, int]] = WeakKeyDictionary()
        self._pending = 0
        self._open = True
        self._arrived.connect(self._deliver)

    @property
    def pending(self) -> int:
        """Operations that were asked for and not yet delivered or dropped."""
        return self._pending

    def query(self, owner: QObject, work: Work, done: Done, failed: Failed | None = None, *, topic: str = "") -> None:
        """Run `work` on a reader thread and hand its result to `done`; a newer query of the topic drops this one."""
        topics = self._generations.setdefault(owner, {})
        generation = topics[topic] = topics.get(topic, 0) + 1
        self._start(self._readers, QueryOp(owner, work, done, failed, topic), generation)

    def drop(self, owner: QObject, topic: str = "") -> None:
        """Make a running query of this topic stale without asking anything new."""
        topics = self._generations.setdefault(owner, {})
        topics[topic] = topics.get(topic, 0) + 1

    def command(self, owner: QObject, work: Work, done: Done | None = None, failed: Failed | None = None) -> None:
        """Run `work` on the command thread, after every command asked for before it."""
        self._start(self._commands, CommandOp(owner, work, done, failed), 0)

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

    def _start(self, lane: _Lane, operation: QueryOp | CommandOp, generation: int) -> None:
        if self._open:
            self._pending += 1
            lane.put(lambda: self._run(operation, generation))

    def _run(self, operation: QueryOp | CommandOp, generation: int) -> None:
        """On a worker thread."""
        if self._is_stale(operation, generation):
            outcome = _Outcome(operation, generation, skipped=True)
        else:
            try:
                outcome = _Outcome(operation, generation, result=operation.work())
            except Exception as error:
                outcome = _Outcome(operation, generation, error=error)
        if self._open and isValid(self):
            self._arrived.emit(outcome)

    def _is_stale(self, operation: QueryOp | CommandOp, generation: int) -> bool:
        if not isinstance(operation, QueryOp):
            return False
        if not (self._open and isValid(operation.owner)):
            return True
        return self._generations.get(operation.owner, {}).get(operation.topic) != generation

    @Slot(object)
    def _deliver(self, arrival: object) -> None:
        if not isinstance(arrival, _Outcome):
            self.changed.emit(arrival)
            return
        self._pending -= 1
        operation = arrival.operation
        if arrival.skipped or self._is_stale(operation, arrival.generation):
            return
        alive = isValid(operation.owner)
        if arrival.error is not None:
            if alive and operation.failed is not None:
                operation.failed(arrival.error)
            else:
                self.trouble.emit(arrival.error)
        elif alive and operation.done is not None:
            operation.done(arrival.result)
