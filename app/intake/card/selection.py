"""Reading the card that is in a reader: which reader, how often to try, and what to tell when it fails."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from app.domain.errors import CounterError, Refused
from app.intake.card import reader as card_reader
from app.intake.card.faults import PASSING, fault
from app.intake.card.holder import CardHolder
from app.intake.card.pcsc import PcscConnection, Service

PAUSES_SECONDS = (0.5, 0.5, 0.75)
"""Waits before further tries. A card needs up to 1.5 s after insertion with some readers; most need nothing. None is
below the 0.4 s after which pcscd notices a card that was pulled out."""

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Reading:
    """One whole reading. seconds: from looking for readers to decoded values, less `settle_seconds`; card_seconds: the
    part of them that card, reader and card service took."""

    holder: CardHolder
    reader: str
    seconds: float
    card_seconds: float


def read_card(
    reader: str = "",
    *,
    photo: bool = True,
    laser: bool = False,
    on_text: Callable[[CardHolder], None] | None = None,
    on_progress: Callable[[float, float], None] | None = None,
    settle_seconds: float = 0.0,
    pauses_seconds: tuple[float, ...] = PAUSES_SECONDS,
) -> Reading:
    """Read the Thai ID card that is in a reader. Takes seconds: never call it on the thread of the window.

    reader: the name of a reader or a part of it; empty: whichever reader holds a Thai ID card. on_text gets the holder
    without photo as soon as it is known, on the calling thread, once more where the photo's reading had to begin again.
    on_progress: told after every answer which share (0 to 1) has come, and the seconds that the card took so far.
    settle_seconds: a wait before the first try, for readers that need one after each insertion.
    Refused: "not_thai_card", "several_cards". Unavailable: "card_support_missing", "card_service", "no_reader",
    "reader_missing", "no_card", "card_removed", "card_unresponsive", "card_unreadable", "card_busy" … (faults.py).
    """
    time.sleep(settle_seconds)
    begun = time.perf_counter()
    chosen = _chosen(reader, pauses_seconds)

    def read(connection: PcscConnection) -> Reading:
        def progress(share: float) -> None:
            if on_progress is not None:
                on_progress(share, connection.card_seconds)

        holder = card_reader.read_holder(connection, photo=photo, laser=laser, on_text=on_text, on_progress=progress)
        return Reading(holder, chosen, time.perf_counter() - begun, connection.card_seconds)

    return _with_card(chosen, read, pauses_seconds)


def _chosen(wanted: str, pauses_seconds: tuple[float, ...]) -> str:
    """The reader to read from."""
    with Service() as service:
        names = service.readers()
        if not names:
            raise fault("no_reader")
        if wanted:
            exact = [name for name in names if name == wanted]
            names = exact or [name for name in names if wanted.casefold() in name.casefold()]
            if not names:
                raise fault("reader_missing")
        states = service.states(names)
    filled = [name for name in names if name in states and states[name].present]
    if len(filled) > 1:
        filled = _with_thai_card(filled, pauses_seconds)
    if not filled:
        raise fault("no_card")
    return filled[0]


def _with_thai_card(names: list[str], pauses_seconds: tuple[float, ...]) -> list[str]:
    """The one reader with a Thai card. Where none has, the first failure is told; of two, none is guessed."""
    found: list[str] = []
    failures: list[CounterError] = []
    for name in names:
        try:
            _with_card(name, lambda connection: None, pauses_seconds)
            found.append(name)
        except CounterError as error:
            failures.append(error)
    if len(found) > 1:
        hint = "โปรดดึงบัตรที่ไม่เกี่ยวข้องออกให้เหลือใบเดียว หรือเลือกเครื่องอ่านบัตรในการตั้งค่า"
        raise Refused("several_cards", "มีบัตรประชาชนเสียบอยู่มากกว่าหนึ่งเครื่องอ่าน", hint, "card")
    if not found:
        raise next((error for error in failures if error.code != "not_thai_card"), failures[0])
    return found


def _with_card(name: str, work: Callable[[PcscConnection], Result], pauses_seconds: tuple[float, ...]) -> Result:
    """Do something with a selected Thai ID card, again after a wait where a fault may pass. Each try has a session of
    its own, for one that waited too long for another program is lost."""
    begun = False
    for tried, pause in enumerate((*pauses_seconds, None)):
        try:
            with Service() as service, service.connect(name, afresh=tried > 0) as connection:
                card_reader.select_id_applet(connection)
                begun = True
                return work(connection)
        except CounterError as error:
            if error.code == "no_card" and begun:
                raise fault("card_removed") from None
            if error.code not in PASSING or pause is None:
                raise
            time.sleep(pause)
    raise AssertionError("the last round returns or raises")
