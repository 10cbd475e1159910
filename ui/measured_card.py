"""The real window off-screen for measuring the chip card: how long until the form is filled and painted."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEventLoop

from app.domain.errors import Unavailable
from ui.application import Window, prepare
from ui.preferences import Preferences
from ui.style import application

if TYPE_CHECKING:
    from app.services.counter import Counter
    from app.services.model import Actor
    from ui.ports import Cards, Paper

LONGEST_WAIT = 30.0


def filled_moments(
    counter: Counter, actor: Actor, paper: Paper, cards: Cards, announce: Callable[[], object], rounds: int
) -> list[float]:
    """When (perf_counter) the form was filled and painted, for the card that is in and `rounds` announcements more.

    announce: tells the watch's listener, on a thread, that a card was put in. Unavailable where nothing comes.
    """
    look = prepare(application(), Preferences())
    window = Window(
        lambda _passphrase=None: counter, lambda _counter: paper, look=look, preferences=Preferences(), cards=cards
    )
    look.dress()
    window.show()
    _wait(lambda: window.sign_in.stage == "sign_in")
    window.enter(actor)
    assert window.main is not None
    page = window.main.counter
    moments = list[float]()

    def painted() -> None:
        window.repaint()
        moments.append(time.perf_counter())

    page.citizen.known.connect(painted)
    for turn in range(rounds + 1):
        if turn:
            page.start_over()
            page.note.hide()
            announce()
        _wait(lambda turn=turn: len(moments) > turn)  # type: ignore[misc]
        del moments[turn + 1 :]
        _wait(lambda: page.citizen.card.complete and window.tasks.pending == 0)
        del moments[turn + 1 :]
    window.close()
    return moments


def _wait(ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONGEST_WAIT
    while not ready():
        if time.monotonic() > deadline:
            raise Unavailable("window_not_ready", "หน้าจอไม่พร้อมภายในเวลาที่กำหนด", "ลองอีกครั้งเมื่อเครื่องว่าง")
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 20)
