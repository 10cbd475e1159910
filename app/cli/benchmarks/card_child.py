"""The window under the `card` measurement: a real counter page into which the same card is put again and again.

Told as JSON: for each round the ms from the announcement of the card to the form that is filled and painted, and the
ms of them that the card took. The window is off-screen; nothing of the card but times leaves this process.
"""

import json
import sys
import threading
import time
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEventLoop
from PySide6.QtWidgets import QApplication

from app.bootstrap import Paper
from app.cli.benchmarks import card, office
from app.cli.window import CardReaders
from app.domain.errors import Unavailable
from app.intake.card import reader
from app.intake.card.holder import CardHolder
from app.intake.card.monitor import CardEvent
from ui.application import Window, prepare
from ui.ports import CardWatch
from ui.preferences import Preferences

LONGEST_WAIT = 30.0


class _Watch:
    """A watch of a reader that does not exist."""

    problem = None

    def stop(self) -> None:
        """Nothing runs."""


class TimedCards:
    """The readers of this machine, or the card in memory; notes when a card is announced and how long it took."""

    def __init__(self, in_memory: bool) -> None:
        self._real = None if in_memory else CardReaders()
        self._told: Callable[[CardEvent], None] | None = None
        self._event = CardEvent("card_inserted", "")
        self.announced = 0.0
        self.card_seconds = 0.0
        self.done = threading.Event()

    def watch(self, told: Callable[[CardEvent], None]) -> CardWatch:
        """Begin; the card in memory is put in at once."""
        self._told = told
        if self._real is not None:
            return self._real.watch(self._noticed)
        told(CardEvent("reader_added", "memory"))
        self._noticed(CardEvent("card_inserted", "memory"))
        return _Watch()

    def _noticed(self, event: CardEvent) -> None:
        if event.kind == "card_inserted":
            self._event = event
            self.announced = time.perf_counter()
        if self._told is not None:
            self._told(event)

    def announce_again(self) -> None:
        """As if the same card were put in once more: the watch's thread says so."""
        self.done.clear()
        threading.Thread(target=self._noticed, args=(self._event,)).start()

    def read(
        self, name: str, on_text: Callable[[CardHolder], None], on_progress: Callable[[float, float], None]
    ) -> CardHolder:
        """Read it, and note the card's own time up to the text."""
        taken = [0.0]

        def text(holder: CardHolder) -> None:
            self.card_seconds = taken[0]
            on_text(holder)

        def progress(share: float, card_seconds: float) -> None:
            taken[0] = card_seconds
            on_progress(share, card_seconds)

        try:
            if self._real is not None:
                return self._real.read(name, text, progress)
            chip = card.CardInMemory()
            reader.select_id_applet(chip)
            return reader.read_holder(chip, on_text=text, on_progress=lambda share: progress(share, chip.card_seconds))
        finally:
            self.done.set()


def main() -> int:
    """Put the card in `card.ROUNDS` times and one more, the first with everything still cold."""
    cards = TimedCards(sys.argv[1] == "memory")
    app = QApplication(["lao-counter"])
    look = prepare(app, Preferences())
    with office.office() as (counter, actor):
        window = Window(
            lambda _passphrase=None: counter,
            lambda _counter: Paper(),
            look=look,
            preferences=Preferences(),
            cards=cards,
        )
        look.dress()
        window.show()
        _wait(lambda: window.sign_in.stage == "sign_in")
        window.enter(actor)
        assert window.main is not None
        page = window.main.counter
        filled = list[float]()

        def painted() -> None:
            window.repaint()
            filled.append(time.perf_counter())

        page.citizen.known.connect(painted)
        times = []
        for turn in range(card.ROUNDS + 1):
            if turn:
                page.start_over()
                page.note.hide()
                filled.clear()
                cards.announce_again()
            _wait(lambda: bool(filled))
            times.append(((filled[0] - cards.announced) * 1000, cards.card_seconds * 1000))
            _wait(lambda: cards.done.is_set() and window.tasks.pending == 0)
        window.close()
    print(json.dumps(times))
    return 0


def _wait(ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONGEST_WAIT
    while not ready():
        if time.monotonic() > deadline:
            raise Unavailable("window_not_ready", "หน้าจอไม่พร้อมภายในเวลาที่กำหนด", "ลองอีกครั้งเมื่อเครื่องว่าง")
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 20)


if __name__ == "__main__":
    sys.exit(main())
