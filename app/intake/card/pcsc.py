"""The one door to PC/SC, the card service of Windows, Linux (pcscd) and macOS, through pyscard.

pyscard is optional and imported at the first use. Its plain interface is used: it returns numbers, while the objects
above it keep a service that was restarted, and throw texts that nobody checked. A `Service` and what it opens belong
to one thread; only `cancel` may be called from another one.
"""

import ctypes
import sys
import threading
import time
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any, Self

from app.domain.errors import CounterError
from app.intake.card.faults import (
    CANCELLED,
    NO_READERS,
    TIMEOUT,
    UNKNOWN_READER,
    fault,
    fault_of,
)

PLUG_AND_PLAY = "\\\\?PnP?\\Notification"
"""A reader that does not exist: its state changes when a reader is plugged in or out."""

_BUSY_SECONDS = 5.0
"""How long to wait while another program talks to the card."""


def _library() -> Any:
    """pyscard's plain interface. Unavailable "card_support_missing" where it or its system library is not there."""
    try:
        if sys.platform == "linux":
            ctypes.CDLL("libpcsclite.so.1")  # without it pyscard writes to standard output, which belongs to results
        from smartcard import scard
    except (ImportError, OSError):
        raise fault("card_support_missing") from None
    return scard


def _check(status: int) -> None:
    if status:
        raise fault_of(status)


class ReaderState:
    """What the service says of one reader at one moment."""

    def __init__(self, flags: int, library: Any) -> None:
        self.flags = flags & 0xFFFFFFFF
        self.gone = bool(flags & (library.SCARD_STATE_UNKNOWN | library.SCARD_STATE_UNAVAILABLE))
        self.present = bool(flags & library.SCARD_STATE_PRESENT) and not self.gone
        self.insertions = self.flags >> 16
        """A counter of insertions and removals, which tells of a card swapped between two looks."""


class Service:
    """A session with the card service; a context manager. Unavailable "card_service" where it does not run."""

    def __init__(self) -> None:
        self._library = _library()
        status, self._handle = self._library.SCardEstablishContext(self._library.SCARD_SCOPE_USER)
        _check(status)
        self._lent = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._lent:
            self._library.SCardReleaseContext(self._handle)

    def readers(self) -> list[str]:
        """The names of all readers that are plugged in."""
        status, names = self._library.SCardListReaders(self._handle, [])
        if status & 0xFFFFFFFF == NO_READERS:
            return []
        _check(status)
        return list(names)

    def states(
        self, names: Iterable[str], known: Mapping[str, int] | None = None, wait_seconds: float = 0.0
    ) -> dict[str, ReaderState]:
        """The state of each reader; with `known` flags, as soon as one differs from them or the wait is over."""
        asked = [(name, (known or {}).get(name, self._library.SCARD_STATE_UNAWARE)) for name in names]
        status, answers = self._library.SCardGetStatusChange(self._handle, round(wait_seconds * 1000), asked)
        if status & 0xFFFFFFFF == UNKNOWN_READER:
            return {}
        if status & 0xFFFFFFFF not in (TIMEOUT, CANCELLED):
            _check(status)
        return {name: ReaderState(flags, self._library) for name, flags, _ in answers}

    def cancel(self) -> None:
        """Wake a thread that waits in `states`."""
        self._library.SCardCancel(self._handle)

    def connect(self, reader: str, afresh: bool = False) -> "PcscConnection":
        """Power the card of a reader and keep other programs from talking in between. afresh: cut its power first.

        Unavailable: "no_card", "card_unresponsive", "card_protocol", "card_busy", "reader_unplugged" …
        """
        begun = time.perf_counter()
        status, card, protocol = self._obtain(reader, afresh)
        _check(status)
        connection = PcscConnection(self, self._library, reader, card, protocol)
        connection.card_seconds = time.perf_counter() - begun
        return connection

    def _obtain(self, reader: str, afresh: bool) -> tuple[int, int, int]:
        """Connect and begin a transaction. While another program holds one, PC/SC lets both wait for ever: so a thread
        does the waiting. When that takes too long, the thread takes this session over and gives back what it gets."""
        library, handle = self._library, self._handle
        guard, answers, given_up = threading.Lock(), list[tuple[int, int, int]](), threading.Event()

        def obtain() -> None:
            sharing, protocols = library.SCARD_SHARE_SHARED, library.SCARD_PROTOCOL_T0 | library.SCARD_PROTOCOL_T1
            status, card, protocol = library.SCardConnect(handle, reader, sharing, protocols)
            if not status:
                if afresh:
                    status, protocol = library.SCardReconnect(card, sharing, protocols, library.SCARD_UNPOWER_CARD)
                status = status or library.SCardBeginTransaction(card)
                if status:
                    library.SCardDisconnect(card, library.SCARD_LEAVE_CARD)
            with guard:
                answers.append((status, card, protocol))
            if given_up.is_set():
                if not status:
                    library.SCardEndTransaction(card, library.SCARD_LEAVE_CARD)
                    library.SCardDisconnect(card, library.SCARD_LEAVE_CARD)
                library.SCardReleaseContext(handle)

        waiting = threading.Thread(target=obtain, name="card-connect", daemon=True)
        waiting.start()
        waiting.join(_BUSY_SECONDS)
        with guard:
            if answers:
                return answers[0]
            given_up.set()
            self._lent = True
        raise fault("card_busy")

    def card_is_in(self, reader: str) -> bool:
        """Whether this reader is there and holds a card."""
        state = self.states([reader]).get(reader)
        return state is not None and state.present

    def reader_is_in(self, reader: str) -> bool:
        """Whether this reader is plugged in."""
        return reader in self.readers()


class PcscConnection:
    """A card in a reader; a context manager. Implements `apdu.Connection`."""

    def __init__(self, service: Service, library: Any, reader: str, card: int, protocol: int) -> None:
        self._service = service
        self._library = library
        self._reader = reader
        self._card = card
        self._header = library.SCARD_PCI_T1 if protocol == library.SCARD_PROTOCOL_T1 else library.SCARD_PCI_T0
        status, _, _, _, atr = library.SCardStatus(card)
        self._atr = bytes(atr) if not status else b""
        self.card_seconds = 0.0
        """How long card, reader and service took so far."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def atr(self) -> bytes:
        """The card's answer to reset; empty where the service does not tell."""
        return self._atr

    def transmit(self, command: bytes) -> tuple[bytes, int, int]:
        """One command and its answer. Unavailable tells whether the card, the reader or the service has gone."""
        begun = time.perf_counter()
        status, answer = self._library.SCardTransmit(self._card, self._header, list(command))
        self.card_seconds += time.perf_counter() - begun
        if status:
            raise self._fault_during_reading(status)
        if len(answer) < 2:
            raise fault("card_interrupted")
        return bytes(answer[:-2]), answer[-2], answer[-1]

    def _fault_during_reading(self, status: int) -> CounterError:
        """A card pulled out shows itself by many numbers, depending on driver and moment: look what is there now."""
        found = fault_of(status)
        try:
            if not self._service.reader_is_in(self._reader):
                return fault("reader_unplugged")
            if not self._service.card_is_in(self._reader):
                return fault("card_removed")
        except CounterError as service_gone:
            return service_gone
        return fault("card_removed") if found.code == "no_card" else found

    def close(self) -> None:
        """Let others use the card. It keeps its power: pcscd that fails to cut the power of a card which has gone, and
        has not noticed yet, does not see the next one."""
        self._library.SCardEndTransaction(self._card, self._library.SCARD_LEAVE_CARD)
        self._library.SCardDisconnect(self._card, self._library.SCARD_LEAVE_CARD)
