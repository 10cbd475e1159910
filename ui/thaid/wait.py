"""Waits for ThaiD beside the window: the server is asked and listened to on threads, the answers come as signals.

A thread never holds a Qt object: it holds a `_Line` that the window hangs up. So the dialog may go at any moment, also
while the first request is still on its way; whatever comes later is dropped and the server's session cancelled.
"""

import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.domain.errors import CounterError, Unavailable
from ui import faults
from ui.ports import ThaiD, ThaiDSession, ThaiDWatch

if TYPE_CHECKING:
    from app.services.counter import Counter


class Waiting(QObject):
    """One session, from asking for it to its end. Signals arrive on Qt's thread, `ended` at most once."""

    begun = Signal(object)
    """The ThaiDSession to show."""
    opened = Signal()
    """The citizen has opened the address."""
    ended = Signal(object)
    """A ThaiDPerson, or the CounterError that says why there is none."""

    def __init__(self, thaid: ThaiD, counter: "Counter", purpose: str) -> None:
        super().__init__()
        self._line = _Line(self)
        work = (thaid, counter, purpose, self._line)
        self._thread = threading.Thread(target=_ask, args=work, name="thaid begin", daemon=True)

    def start(self) -> None:
        """Ask for the session; to be called once everybody listens, for the end may come at once."""
        self._thread.start()

    def cancel(self) -> None:
        """Hear nothing more, and let the server forget the session. Returns at once."""
        self._line.hang_up()


class _Line:
    """Between the threads and the window; safe from any thread."""

    def __init__(self, target: Waiting) -> None:
        self._lock = threading.Lock()
        self._target: Waiting | None = target
        self._watch: ThaiDWatch | None = None
        self._over = False

    def hang_up(self) -> None:
        with self._lock:
            self._target = None
            watch, self._watch = self._watch, None
        if watch is not None and not self._over:
            watch.cancel()

    def begun(self, session: ThaiDSession) -> None:
        with self._lock:
            if self._target is not None:
                self._target.begun.emit(session)

    def watched_by(self, watch: ThaiDWatch) -> None:
        with self._lock:
            if self._target is not None or self._over:
                self._watch = watch
                return
        watch.cancel()  # the window went while the server was asked

    def opened(self) -> None:
        with self._lock:
            if self._target is not None:
                self._target.opened.emit()

    def ended(self, outcome: object) -> None:
        with self._lock:
            self._over = True
            if self._target is not None:
                self._target.ended.emit(outcome)
                self._target = None


def _ask(thaid: ThaiD, counter: "Counter", purpose: str, line: _Line) -> None:
    """On a thread of its own: up to 25 s on a bad line."""
    try:
        session = thaid.begin(counter, purpose)
        line.begun(session)
        line.watched_by(thaid.watch(session, line.ended, line.opened))
    except CounterError as error:
        line.ended(error)
    except Exception as error:
        faults.record(error)
        line.ended(Unavailable("thaid_fault", "ใช้ ThaiD ไม่สำเร็จ", "ลองใหม่ หรือใช้วิธีอื่น"))
