"""What bootstrap hands to the window: how the counter is opened, how paper looks, how a sync is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:  # the sign-in window is painted before anything of the store is imported
    from datetime import datetime
    from pathlib import Path

    from app.domain.errors import CounterError
    from app.intake.card.holder import CardHolder
    from app.intake.card.monitor import CardEvent
    from app.services.counter import Counter
    from app.services.model import Actor, CaseView, OfficeView, Printer
    from app.services.office_papers import OfficePaper
    from app.services.own_record import OwnRecord
    from app.services.paper_templates import PaperTemplate
    from app.services.privacy import Notice
    from app.services.recovery import RecoverySheet
    from app.services.thaid import ThaiDPerson
    from ui.preferences import Preferences
    from ui.style import Look
    from ui.tasks import Tasks


class FoundPrinter(Protocol):
    """A printer that the machine offers: kind and address as a counter keeps them, name as its maker calls it."""

    @property
    def kind(self) -> str:
        """As in `Printer.kind`."""

    @property
    def address(self) -> str:
        """As in `Printer.address`."""

    @property
    def name(self) -> str:
        """Of its maker or of the system; may be empty."""


class Paper(Protocol):
    """The very documents that are printed. Called on worker threads only; milliseconds each."""

    def slip_png(self, view: CaseView, dots: int) -> bytes:
        """The slip as the thermal printer will burn it, `dots` wide."""

    def sample_png(self, document: str, office: OfficeView, template: PaperTemplate) -> bytes:
        """A made-up case's paper as this office would print it, as a picture."""

    def receipt_sample_png(self, office: OfficeView, settings: Mapping[str, Any]) -> bytes:
        """A made-up receipt by these [receipts] settings, as a picture: with places, the leaf of a pre-printed book."""

    def printer_models(self) -> tuple[str, ...]:
        """The thermal printers whose width, knife and drawer are known by name."""

    def printers_found(self) -> Sequence[FoundPrinter]:
        """The printers that this machine offers; a second or two."""

    def print_test_page(self, printer: Printer, office_name: str) -> None:
        """Width, Thai marks, QR and cut of one printer; seconds, and Unavailable when the printer does not take it."""

    def open_drawer(self, printer: Printer) -> None:
        """Open the cash drawer that hangs on a thermal printer; Unavailable when the printer was not reached."""

    def print_recovery(self, sheet: RecoverySheet, printer: Printer) -> None:
        """The recovery key straight to an A4 printer."""

    def page_pdf(self, view: CaseView, document: str) -> bytes:
        """An A4 document ("petition") as it is sent to the printer."""

    def print_notice(self, notice: Notice, office: OfficeView, at: datetime, printer: Printer) -> None:
        """Print the privacy notice; seconds, and Unavailable when the printer does not take it."""

    def office_file(self, paper: OfficePaper, suffix: str) -> bytes:
        """A paper of the office that belongs to no case as ".pdf" or ".png"."""

    def print_office(self, paper: OfficePaper, printer: Printer) -> None:
        """The same on an A4 printer; seconds, and Unavailable when the printer does not take it."""


class Unlock(Protocol):
    """Opens the counter. Called on a worker thread.

    Raises Refused "passphrase_needed" or "passphrase_wrong" where no key store gives the key.
    """

    def __call__(self, passphrase: str | None = None) -> Counter:
        """The open counter."""


class ThaiDSession(Protocol):
    """What is shown while a person proves on the telephone who they are. Holds no personal data."""

    @property
    def url(self) -> str:
        """What goes into the QR; works once."""

    @property
    def reference(self) -> str:
        """Four letters that the telephone shows, too."""

    @property
    def expires_at(self) -> datetime:
        """By the server's clock; for waiting, count `seconds` from now."""

    @property
    def seconds(self) -> int:
        """How long the address works from when it was given."""


class ThaiDWatch(Protocol):
    """A thread that waits for one session."""

    def cancel(self) -> None:
        """End it; returns at once, and nothing is told any more."""


ThaiDTold = Callable[["ThaiDPerson | CounterError"], None]


class ThaiD(Protocol):
    """ThaiD by way of the office's central server."""

    def begin(self, counter: Counter, purpose: str) -> ThaiDSession:
        """A session for "citizen", "staff" or "lhr". Up to 25 s on a bad line: on a worker thread. CounterError."""

    def watch(self, session: ThaiDSession, told: ThaiDTold, opened: Callable[[], None]) -> ThaiDWatch:
        """Wait for the session; `told` and `opened` are called on the watch's own thread."""

    def record(self, counter: Counter, actor: Actor, session: ThaiDSession, person: ThaiDPerson) -> OwnRecord:
        """The acting person's own record of LHR, by a session for "lhr". A minute at most: on a worker thread."""


class CardWatch(Protocol):
    """Tells when cards and readers come and go, until it is stopped."""

    @property
    def problem(self) -> CounterError | None:
        """Why no card can be noticed now ("no_reader", "card_service", "card_support_missing"), or None."""

    def stop(self) -> object:
        """End it; may wait for its thread, so not on the main thread."""


class Cards(Protocol):
    """The ID-card readers of this machine."""

    def watch(self, told: Callable[[CardEvent], None]) -> CardWatch:
        """Begin to watch; returns at once. `told` is called on the watch's own thread and must return at once."""

    def read(
        self,
        reader: str,
        on_text: Callable[[CardHolder], None],
        on_progress: Callable[[float, float], None],
    ) -> CardHolder:
        """Read the card in a reader ("": whichever holds one), with photo; takes seconds, on a worker thread only.

        on_text: the holder without photo as soon as it is known. on_progress: the share that has come (0 to 1) and the
        seconds the card took. CounterError on failure.
        """


class Sending(Protocol):
    """Bundles on a stick, and the office's counters on its server. Called on worker threads only; CounterError."""

    def export(self, counter: Counter, path: Path, told: Callable[[int, int], object]) -> tuple[int, int, int]:
        """Write what waits into a file: (events, files, bytes); `told` hears (pieces done, pieces in all)."""

    def take_in(self, counter: Counter, path: Path) -> tuple[int, int, str]:
        """(events, files that were new, name of the answer that was laid beside it, "" for an answer itself)."""

    def devices(self, counter: Counter) -> list[dict[str, Any]]:
        """The counters of the office, as the server tells of them."""

    def revoke(self, counter: Counter, device: str, reason: str) -> int:
        """Shut one out; returns how many of its numbers are unaccounted for."""

    def code(self, counter: Counter, replaces: str = "", reason: str = "") -> tuple[str, str]:
        """(address, one-time code) for a new counter, or for the PC in place of `replaces`, which is shut out."""


PaperFactory = Callable[["Counter"], Paper]
SyncNow = Callable[["Counter"], object]
"""Asks the sync worker to try at once; must return quickly."""
Moment = Callable[[str], object]
"""Told "sign_in" and "counter" when that page has been painted and can be used, for measuring."""


class Session:
    """Everything a page needs: the open counter, and the clerk who is signed in.

    Pages are built before anybody signed in; `actor` may be read only after their `begin`.
    """

    def __init__(
        self,
        counter: Counter,
        paper: Paper,
        tasks: Tasks,
        look: Look,
        preferences: Preferences,
        sync_now: SyncNow | None = None,
        thaid: ThaiD | None = None,
        cards: Cards | None = None,
        sending: Sending | None = None,
    ) -> None:
        self.counter = counter
        self.paper = paper
        self.tasks = tasks
        self.look = look
        self.preferences = preferences
        self.sync_now = sync_now
        self.thaid = thaid
        self.cards = cards
        self.sending = sending
        self._actor: Actor | None = None

    @property
    def signed_in(self) -> Actor | None:
        """Who is signed in, or None before anybody has."""
        return self._actor

    @property
    def actor(self) -> Actor:
        """Who is signed in."""
        if self._actor is None:
            raise RuntimeError("nobody has signed in yet")
        return self._actor

    @actor.setter
    def actor(self, actor: Actor) -> None:
        self._actor = actor
