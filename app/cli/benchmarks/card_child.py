"""The window under the `card` measurement: a real counter page into which the same card is put again and again.

Told as JSON: for each round the ms from the announcement of the card to the form that is filled and painted, and the
ms of them that the card took. The window is off-screen; nothing of the card but times leaves this process.
"""

import json
import sys
import threading
import time
from collections.abc import Callable

from app.bootstrap import Paper
from app.cli.benchmarks import card, office
from app.cli.window import CardReaders
from app.intake.card import reader
from app.intake.card.holder import CardHolder
from app.intake.card.monitor import CardEvent
from ui.ports import CardWatch


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
        self.announced: list[float] = []
        self.card_seconds: list[float] = []

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
            self.announced.append(time.perf_counter())
        if self._told is not None:
            self._told(event)

    def announce_again(self) -> None:
        """As if the same card were put in once more: the watch's thread says so."""
        threading.Thread(target=self._noticed, args=(self._event,)).start()

    def read(
        self, name: str, on_text: Callable[[CardHolder], None], on_progress: Callable[[float, float], None]
    ) -> CardHolder:
        """Read it, and note the card's own time up to the text."""
        taken = [0.0]

        def text(holder: CardHolder) -> None:
            self.card_seconds.append(taken[0])
            on_text(holder)

        def progress(share: float, card_seconds: float) -> None:
            taken[0] = card_seconds
            on_progress(share, card_seconds)

        if self._real is not None:
            return self._real.read(name, text, progress)
        chip = card.CardInMemory()
        reader.select_id_applet(chip)
        return reader.read_holder(chip, on_text=text, on_progress=lambda share: progress(share, chip.card_seconds))


def main() -> int:
    """Put the card in `card.ROUNDS` times and one more, the first with everything still cold."""
    from ui.measured_card import filled_moments

    cards = TimedCards(sys.argv[1] == "memory")
    with office.office() as (counter, actor):
        filled = filled_moments(counter, actor, Paper(), cards, cards.announce_again, card.ROUNDS)
    times = [
        ((moment - announced) * 1000, taken * 1000)
        for moment, announced, taken in zip(filled, cards.announced, cards.card_seconds, strict=True)
    ]
    print(json.dumps(times))
    return 0


if __name__ == "__main__":
    sys.exit(main())
