"""Exceptions nobody expected: logged without personal data, told calmly, and the window stays alive.

The text of an exception may quote what a citizen wrote, so only its type and the places in the code are logged.
"""

import logging
import sys
import threading
import traceback
from collections.abc import Callable
from types import TracebackType

from app.domain.errors import CounterError, Refused

log = logging.getLogger("lao_counter.window")

UNKNOWN_TITLE = "โปรแกรมพบข้อผิดพลาดที่ไม่คาดคิด"
UNKNOWN_HINT = "ข้อมูลที่บันทึกแล้วไม่สูญหาย ลองทำรายการนี้อีกครั้ง หากยังพบอีกโปรดแจ้งผู้ดูแลระบบ"


def places(error: BaseException) -> str:
    """Type of an exception and where it came through, without its text: "KeyError at page.py:42 in save < …"."""
    frames = traceback.extract_tb(error.__traceback__)
    trail = " < ".join(f"{_file(frame.filename)}:{frame.lineno} in {frame.name}" for frame in reversed(frames))
    return f"{type(error).__name__} at {trail}" if trail else type(error).__name__


def _file(path: str) -> str:
    return path.replace("\\", "/").rsplit("/", 1)[-1]


def words(error: BaseException) -> tuple[str, str, str]:
    """Tone, title and hint for a note: what the error says itself, or the calm words for a bug."""
    if isinstance(error, CounterError):
        return ("warn" if isinstance(error, Refused) else "bad", error.title, error.hint)
    return ("bad", UNKNOWN_TITLE, UNKNOWN_HINT)


def record(error: BaseException) -> None:
    """Write an error into the log; bugs as errors, the surroundings' faults as warnings."""
    if isinstance(error, CounterError):
        log.warning("%s", error.code)
    else:
        log.error("%s", places(error))


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
