"""For measuring the start: sign in by itself once the page is ready, and close when the counter page can be used."""

import time
from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from ui.application import Window
from ui.sign_in import SignInPage

TYPING_MS = 1_500
POLL_MS = 2


class MeasuredStart:
    """`moments` in ms since `started` (seconds, time.time): sign_in, ready, entered, counter."""

    def __init__(self, started: float, password: Callable[[], str]) -> None:
        self.moments: dict[str, float] = {}
        self._started = started
        self._password = password

    def moment(self, name: str) -> None:
        """What the window tells: "sign_in" and "counter"."""
        self._note(name)
        QTimer.singleShot(0, self._wait_until_ready if name == "sign_in" else QApplication.quit)

    def _wait_until_ready(self) -> None:
        if _page().stage != "sign_in":
            QTimer.singleShot(POLL_MS, self._wait_until_ready)
            return
        self._note("ready")
        QTimer.singleShot(TYPING_MS, self._enter)

    def _enter(self) -> None:
        self._note("entered")
        _page().enter(self._password())

    def _note(self, name: str) -> None:
        self.moments[name] = (time.time() - self._started) * 1000


def _page() -> SignInPage:
    return next(widget.sign_in for widget in QApplication.topLevelWidgets() if isinstance(widget, Window))
