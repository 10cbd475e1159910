"""The program under the `start` measurement: the real window on a real home, signed in to by typed password."""

import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli import window

if TYPE_CHECKING:
    from ui.sign_in import SignInPage

TYPING_MS = 1_500


def main() -> int:
    """Open the window, sign in, tell the moments in ms since the process was started, and end."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    started = float(os.environ["LAO_COUNTER_BENCH_STARTED"])
    moments: dict[str, float] = {}

    def note(name: str) -> None:
        moments[name] = (time.time() - started) * 1000
        if name == "sign_in":
            QTimer.singleShot(0, wait_until_ready)
        if name == "counter":
            QTimer.singleShot(0, QApplication.quit)

    def wait_until_ready() -> None:
        page = _sign_in_page()
        if page.stage != "sign_in":
            QTimer.singleShot(2, wait_until_ready)
            return
        moments["ready"] = (time.time() - started) * 1000
        QTimer.singleShot(TYPING_MS, enter)

    def enter() -> None:
        moments["entered"] = (time.time() - started) * 1000
        _sign_in_page().enter(os.environ["LAO_COUNTER_PASSWORD"])

    code = window.open_window(Path(sys.argv[1]), os.environ["LAO_COUNTER_PASSPHRASE"], moment=note)
    print(json.dumps({**moments, "memory_mb": _memory_mb()}))
    return code


def _sign_in_page() -> "SignInPage":
    from PySide6.QtWidgets import QApplication

    from ui.application import Window

    return next(widget.sign_in for widget in QApplication.topLevelWidgets() if isinstance(widget, Window))


def _memory_mb() -> float:
    """The most memory this process has had; 0 where the platform does not tell (Windows)."""
    try:
        import resource
    except ImportError:
        return 0.0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())
