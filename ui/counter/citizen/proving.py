"""Chip and ThaiD at the counter: the card panel and its feed, the ThaiD dialog, and the fall-back when they fail."""

from dataclasses import replace
from importlib import import_module

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from app.domain import thai_date
from app.services.model import Knowing
from app.services.thaid import ThaiDPerson
from ui.counter.citizen import filling
from ui.counter.citizen.card_feed import CardFeed, CardText
from ui.counter.citizen.card_panel import CardPanel
from ui.counter.citizen.filling import Proof
from ui.counter.citizen.knowing_line import KnowingLine, reason_of
from ui.ports import Session

BY_CHIP = "จากชิปบัตร"
BY_THAID = "จาก ThaiD"
CARD_WAIT_MS = 150
"""The readers are looked for when the page has been painted and can be used."""


class Proving(QObject):
    """Owns the card panel and the line that tells the way; hands over what was proved."""

    proved = Signal(object)
    """A Proof."""
    card_wanted = Signal()
    """The clerk would rather have the card put in."""
    card_looked_at = Signal()
    """ThaiD failed and the clerk looks at the card: as F3."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._window = parent
        self._thaid_failed = ""
        self.feed: CardFeed | None = None
        self.card = CardPanel(session.look)
        self.card.again_wanted.connect(self.read_card)
        self.knowing = KnowingLine(thaid=self._has_thaid)
        self.knowing.thaid_wanted.connect(self.open_thaid)

    @property
    def _has_thaid(self) -> bool:
        return self._session.thaid is not None and not self._session.counter.stand_alone

    # the chip --------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Watch the readers from now on; silently where there is none."""
        if self._session.cards is not None:
            QTimer.singleShot(CARD_WAIT_MS, self, self._watch)

    def leave(self) -> None:
        """No card is noticed any more, and nothing of one stays."""
        if self.feed is not None:
            self.feed.stop()
        self.card.forget()

    def forget(self) -> None:
        """The next citizen: photo and failures of this one go; a card that was left in is told."""
        self._thaid_failed = ""
        if self.feed is not None:
            self.feed.last_fault = None
        self.card.forget(card_in=self.feed is not None and self.feed.card_in)

    def read_card(self) -> None:
        """Read the card in the reader (again)."""
        if self.feed is not None:
            self.feed.read_again()

    def _watch(self) -> None:
        cards = self._session.cards
        if cards is None or self.feed is not None:
            return
        self.feed = feed = CardFeed(cards)
        feed.setParent(self)
        feed.inserted.connect(self.card.show_reading)
        feed.progressed.connect(self.card.show_progress)
        feed.text_read.connect(self._read)
        feed.photo_read.connect(self.card.show_photo)
        feed.failed.connect(self.card.show_fault)
        feed.removed.connect(self._removed)
        feed.start()

    def _read(self, text: CardText) -> None:
        now = self._session.counter.clock.now()
        self.card.show_text(text.holder, thai_date.local(now).date())
        knowing = Knowing("chip", checked_by=self._session.actor.full_name, checked_at=now)
        self.proved.emit(Proof(text.applicant, knowing, BY_CHIP))

    def _removed(self) -> None:
        if self.feed is None or self.feed.last_fault is None:
            self.card.forget()

    def fall_back(self) -> None:
        """The card is looked at, because ThaiD failed last, or else because the chip cannot be read."""
        problem = self.feed.problem if self.feed is not None else None
        way, reason = "chip", reason_of(problem)
        if self._thaid_failed:
            way, reason = "thaid", self._thaid_failed
        self.knowing.fall_back(way, reason, self._session.actor, self._session.counter.clock.now())

    # ThaiD -----------------------------------------------------------------------------------------------------

    def open_thaid(self) -> None:
        """Wait for the citizen's telephone in a dialog."""
        thaid = self._session.thaid
        if thaid is None or not self._has_thaid:
            return
        dialogs = import_module("ui.thaid.dialog")
        window = self._window.window()
        dialog = dialogs.ThaiDDialog(thaid, self._session.counter, self._session.look, parent=window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.proved.connect(self._thaid_proved)
        dialog.other_way.connect(self._other_way)
        dialog.open()

    def _thaid_proved(self, person: ThaiDPerson) -> None:
        self._thaid_failed = ""
        actor, given = self._session.actor, person.to_applicant()
        self._session.tasks.query(
            self,
            lambda: filling.with_area(given),
            lambda found: self.proved.emit(
                Proof(found, replace(person.to_knowing(), checked_by=actor.full_name), BY_THAID)
            ),
            self._session.tasks.trouble.emit,
            topic="thaid",
        )

    def _other_way(self, way: str, code: str) -> None:
        dialogs = import_module("ui.thaid.dialog")
        self._thaid_failed = dialogs.STATES[dialogs.ENDS.get(code, "failed")][0] if code else ""
        if way == "chip":
            self.card_wanted.emit()
            if self.feed is not None and self.feed.card_in:
                self.read_card()
        elif self._thaid_failed:
            self.card_looked_at.emit()
        else:
            self.knowing.see_card(self._session.actor, self._session.counter.clock.now())
