"""The chip of the ID card, live: insertions and removals are noticed and each card is read, all beside the window.

Two threads: the watch's own, which only passes events on, and one that reads. Neither ever holds a Qt object: they hold
a `_Line` that the window hangs up. Each insertion is a round of its own; what an older round still brings is dropped.
The photo comes as an image in memory and is kept by whoever shows it, nowhere else.
"""

import threading
from queue import SimpleQueue
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from app.domain.errors import CounterError, Unavailable
from app.intake.card.faults import fault
from app.intake.card.holder import CardHolder
from app.intake.card.monitor import CardEvent
from app.services.model import Applicant
from ui import faults
from ui.counter.citizen import filling
from ui.ports import Cards, CardWatch

READ_AGAIN = CardEvent("card_inserted", "")
_WARM_UP = CardHolder("")


class CardText(NamedTuple):
    """What a card says but its photo: the holder for showing, and the applicant to fill the form with."""

    holder: CardHolder
    applicant: Applicant

    def __repr__(self) -> str:
        return "<CardText>"


class _News(NamedTuple):
    kind: str
    turn: int
    value: object = None

    def __repr__(self) -> str:
        return f"<{self.kind} {self.turn}>"


class CardFeed(QObject):
    """Signals arrive on Qt's thread. For one card: `inserted`, `progressed`…, `text_read`, `photo_read`, and `removed`
    when it has gone; `failed` instead of what did not come."""

    inserted = Signal()
    progressed = Signal(float)
    text_read = Signal(object)
    photo_read = Signal(object)
    failed = Signal(object)
    removed = Signal()
    _told = Signal(object)

    def __init__(self, cards: Cards) -> None:
        super().__init__()
        self._line = _Line(self)
        self._turn = 0
        self._reader = ""
        self._text_came = False
        self.card_in = False
        """Whether a card is in the reader that was used last."""
        self.last_fault: CounterError | None = None
        """Why the last card could not be read; None after one that could."""
        self._told.connect(self._take)
        self._thread = threading.Thread(target=_run, args=(cards, self._line), name="card-reader", daemon=True)

    def start(self) -> None:
        """Begin, once everybody listens."""
        self._thread.start()

    def stop(self) -> None:
        """Hear nothing more; the threads end beside the window."""
        self._line.hang_up()

    def read_again(self) -> None:
        """Read the card that is in the reader once more, or the one that the watch did not see."""
        self._line.noticed(CardEvent("card_inserted", self._reader) if self.card_in else READ_AGAIN)

    @property
    def problem(self) -> CounterError | None:
        """Why no card can be noticed now, or why the last one could not be read."""
        return self._line.problem or self.last_fault

    def post(self, news: _News) -> None:
        """Called by the line, on its threads."""
        self._told.emit(news)

    def _take(self, news: _News) -> None:
        if news.kind == "in":
            self._turn, self._reader = news.turn, str(news.value)
            self._text_came, self.card_in, self.last_fault = False, True, None
            self.inserted.emit()
        elif news.kind == "out":
            self._gone(str(news.value))
        elif news.turn == self._turn and self.card_in:
            self._from_reading(news)

    def _gone(self, reader: str) -> None:
        if not self.card_in or reader != self._reader:
            return
        self.card_in = False
        if self._text_came or self.last_fault is not None:
            self.removed.emit()
        else:
            self._fail(fault("card_removed"))

    def _from_reading(self, news: _News) -> None:
        if news.kind == "progress":
            self.progressed.emit(news.value)
        elif news.kind == "text":
            self._text_came, self.last_fault = True, None
            self.text_read.emit(news.value)
        elif news.kind == "photo":
            self.photo_read.emit(news.value)
        elif isinstance(news.value, CounterError):
            self._failed(news.value)

    def _failed(self, error: CounterError) -> None:
        if error.code in ("card_removed", "no_card", "reader_unplugged"):
            self.card_in = False
        if self._text_came:
            self.photo_read.emit(QImage())  # everything but the photo is there: no failure for the clerk
            if not self.card_in:
                self.removed.emit()
            return
        self._fail(error)

    def _fail(self, error: CounterError) -> None:
        faults.record(error)
        self.last_fault = error
        self.failed.emit(error)


class _Line:
    """Between the threads and the window; safe from any thread."""

    def __init__(self, target: CardFeed) -> None:
        self._lock = threading.Lock()
        self._target: CardFeed | None = target
        self._turn = 0
        self.watch: CardWatch | None = None
        self.jobs: SimpleQueue[tuple[int, str] | None] = SimpleQueue()

    @property
    def problem(self) -> CounterError | None:
        watch = self.watch
        return watch.problem if watch is not None else None

    def noticed(self, event: CardEvent) -> None:
        """An event of the watch, on its thread; the reading begins without waiting for the window."""
        if event.kind == "card_inserted":
            with self._lock:
                self._turn += 1
                turn = self._turn
            self.tell("in", turn, event.reader)
            self.jobs.put((turn, event.reader))
        elif event.kind == "card_removed":
            self.tell("out", 0, event.reader)
        elif event.kind == "reader_added":
            self.jobs.put((0, ""))

    def is_newest(self, turn: int) -> bool:
        """Whether no other card came meanwhile, and somebody still listens."""
        with self._lock:
            return turn == self._turn and self._target is not None

    def tell(self, kind: str, turn: int, value: object = None) -> None:
        with self._lock:
            if self._target is not None:
                self._target.post(_News(kind, turn, value))

    def hang_up(self) -> None:
        with self._lock:
            self._target = None
        self.jobs.put(None)


def _run(cards: Cards, line: _Line) -> None:
    """The reading thread: everything from importing PC/SC to waiting for the watch's end happens here."""
    line.watch = cards.watch(line.noticed)
    try:
        while (job := line.jobs.get()) is not None:
            turn, reader = job
            if turn == 0:
                _warm_up()
            elif line.is_newest(turn):
                _read(cards, line, turn, reader)
    finally:
        line.watch.stop()


def _warm_up() -> None:
    """A reader is there: the list of areas is loaded while no card is in yet, or while the first one answers."""
    threading.Thread(target=filling.of_card, args=(_WARM_UP,), name="card-areas", daemon=True).start()


def _read(cards: Cards, line: _Line, turn: int, reader: str) -> None:
    def text(holder: CardHolder) -> None:
        line.tell("text", turn, CardText(holder, filling.of_card(holder)))

    def progress(share: float, _card_seconds: float) -> None:
        line.tell("progress", turn, share)

    try:
        holder = cards.read(reader, text, progress)
        line.tell("photo", turn, QImage.fromData(holder.photo or b""))
    except CounterError as error:
        line.tell("failed", turn, error)
    except Exception as error:
        faults.record(error)
        hint = "โปรดดึงบัตรออกแล้วเสียบใหม่ ถ้ายังไม่ได้ ให้ตรวจบัตรด้วยตาแล้วกรอกข้อมูลเอง"
        line.tell("failed", turn, Unavailable("card_failed", "อ่านบัตรไม่สำเร็จ", hint, "card"))
