"""Exceptions nobody expected: logged without personal data, told calmly, and the window stays alive.

The text of an exception may quote what a citizen wrote, so only its type and the places in the code are logged.
"""

import hashlib
import logging
import sys
import threading
from collections.abc import Callable
from types import TracebackType

from app.domain.code_places import places
from app.domain.errors import CounterError, Refused

log = logging.getLogger("lao_counter.window")

UNKNOWN_TITLE = "โปรแกรมพบข้อผิดพลาดที่ไม่คาดคิด"
UNKNOWN_HINT = "ข้อมูลที่บันทึกแล้วไม่สูญหาย ลองทำรายการนี้อีกครั้ง หากยังพบอีกโปรดแจ้งผู้ดูแลระบบ"


def reference(error: BaseException) -> str:
    """A short number of this fault, the same whenever it happens again, by which it is found in the log."""
    return f"E-{hashlib.sha256(places(error).encode()).hexdigest()[:6].upper()}"


def words(error: BaseException) -> tuple[str, str, str]:
    """Tone, title and hint for a note: what the error says itself, or the calm words for a bug."""
    if isinstance(error, CounterError):
        return ("warn" if isinstance(error, Refused) else "bad", error.title, error.hint)
    return ("bad", UNKNOWN_TITLE, f"{UNKNOWN_HINT} (เลขอ้างอิง {reference(error)})")


def record(error: BaseException) -> None:
    """Write an error into the log; bugs as errors, the surroundings' faults as warnings."""
    if isinstance(error, CounterError):
        log.warning("%s", error.code)
    else:
        log.error("%s %s", reference(error), places(error))


class Hooks:
    """Takes over the interpreter's last resorts while the window runs."""

    def __init__(self, tell: Callable[[BaseException], object]) -> None:
        self._tell = tell
        self._before = (sys.excepthook, threading.excepthook)

    def install(self) -> None:
        """From now on unexpected exceptions come to `tell` (on the thread where they happened)."""
        sys.excepthook = self._main
        threading.excepthook = self._thread

    def remove(self) -> None:
        """Give the interpreter its own hooks back."""
        sys.excepthook, threading.excepthook = self._before

    def _main(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._before[0](kind, error, trace)
            return
        record(error)
        self._tell(error)

    def _thread(self, arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            record(arguments.exc_value)
            self._tell(arguments.exc_value)
