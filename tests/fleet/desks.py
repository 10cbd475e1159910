"""A counter of the fleet with what it has been told, and what may therefore never be lost."""

import copy
import json
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.services import attachments
from sync import exchange
from tests.fleet import counters, money

PASSPHRASE = "กุญแจ"
EVENTS = "SELECT hex(id), seq FROM event WHERE origin = ? ORDER BY seq"
RESTING = "SELECT seq FROM quarantine"
NUMBERS = """
SELECT 'case ' || number, hex(id) FROM cases WHERE origin = ?1
UNION ALL SELECT 'receipt ' || fiscal_year || '/' || book || '/' || no, hex(id) FROM receipt WHERE origin = ?1
UNION ALL SELECT 'register ' || r.series || ' ' || r.run, hex(c.id)
  FROM receiving r JOIN cases c ON c.row = r.case_row WHERE r.origin = ?1
"""


@dataclass
class Saved:
    """What a clerk was told is saved. events: ids in hex; numbers: of cases; issued: receipts with their sums in
    satang; voided: receipts that were cancelled."""

    events: set[str] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)
    issued: dict[str, int] = field(default_factory=dict)
    voided: set[str] = field(default_factory=set)

    def __iadd__(self, other: "Saved") -> "Saved":
        self.events |= other.events
        self.numbers |= other.numbers
        self.issued |= other.issued
        self.voided |= other.voided
        return self


@dataclass
class Office:
    """What is known of the whole office. acknowledged: what a server has said to have; ever: everything that was saved
    anywhere, also what broke with a PC before anybody else had it; papers: every number that came out on a paper with
    what carried it, more than one where a number was given twice; stores: ids of all stores that there have been;
    burnt: contents (SHA-256 in hex) that went with a PC before the server had them."""

    acknowledged: Saved = field(default_factory=Saved)
    ever: Saved = field(default_factory=Saved)
    papers: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    stores: set[str] = field(default_factory=set)
    burnt: set[str] = field(default_factory=set)


@dataclass
class Desk:
    """A counter of the fleet. backup: its newest one, with what that had saved; behind: it syncs with the office's own
    server; outside: it has to join (again) before it may sync."""

    place: int
    home: Path
    key: bytes
    office: Office
    behind: bool = False
    clock: counters.Clock = field(default_factory=counters.Clock)
    counter: Any = None
    saved: Saved = field(default_factory=Saved)
    backup: tuple[Path, Saved] | None = None
    outside: bool = False
    size: exchange.BatchSize = field(default_factory=exchange.BatchSize)

    def open(self) -> None:
        """As after a start of the program."""
        self.counter = counters.open_home(self.home, self.key, self.clock)
        self.counter.fetch_file = counters.files(self.counter).fetch

    def close(self) -> None:
        """Also where it is closed."""
        if self.counter is not None:
            self.counter.close()
            self.counter = None

    def told(self, done: money.Done) -> None:
        """Keep what a cashier was told."""
        if done.issued is not None:
            self.saved.issued[done.issued[0]] = done.issued[1]
        if done.voided is not None:
            self.saved.voided.add(done.voided[0])

    def know(self) -> None:
        """What lies on its disk is from now on not to be lost."""
        store_id = self.counter.store_id
        with self.counter.store.read() as connection:
            events = [row[0] for row in connection.exec_driver_sql(EVENTS, (store_id,))]
            self.saved.events |= set(events)
            for number, what in connection.exec_driver_sql(NUMBERS, (store_id,)):
                self.office.papers[number].add(what)
                if number.startswith("case "):
                    self.saved.numbers.add(number.removeprefix("case "))
            self.saved.issued |= money.issued(connection, store_id)
        self.office.ever += self.saved

    def acknowledged(self) -> None:
        """What a server has said to have is not even lost with this PC."""
        store_id = self.counter.store_id
        known = self.office.acknowledged
        with self.counter.store.read() as connection:
            through = int(
                connection.exec_driver_sql("SELECT value FROM meta WHERE key = 'accepted_through'").scalar() or 0
            )
            resting = set(connection.exec_driver_sql(RESTING).scalars())
            rows = connection.exec_driver_sql(
                "SELECT hex(id) AS id, seq, kind, payload FROM event WHERE origin = ? AND seq <= ?", (store_id, through)
            ).fetchall()
        for row in rows:
            if row.seq in resting:
                continue
            known.events.add(row.id)
            payload = json.loads(row.payload)
            if row.kind in ("petition_registered", "filing_registered"):
                known.numbers.add(payload["number"])
            elif row.kind == "receipt_issued":
                known.issued[payload["receipt"]] = payload["total_satang"]
            elif row.kind == "receipt_voided":
                known.voided.add(payload["receipt"])

    def cases(self) -> list[str]:
        """The numbers of the cases that it knows of."""
        with self.counter.store.read() as connection:
            return list(connection.exec_driver_sql("SELECT number FROM cases ORDER BY number").scalars())

    def burn(self) -> None:
        """The PC is gone, and what only it had."""
        with self.counter.store.read() as connection:
            waiting = connection.exec_driver_sql("SELECT lower(hex(sha256)) FROM file_outbox").scalars()
            self.office.burnt |= set(waiting)

    def newest_event(self) -> str:
        """The id (hex) of what was written here last."""
        with self.counter.store.read() as connection:
            newest = "SELECT hex(id) FROM event WHERE origin = ? ORDER BY seq DESC LIMIT 1"
            return str(connection.exec_driver_sql(newest, (self.counter.store_id,)).scalar_one())

    def keep_backup(self, path: Path) -> None:
        """That a backup was made there now."""
        self.backup = (path, copy.deepcopy(self.saved))

    def files_not_whole(self) -> int:
        """How many files of cases cannot be had here, or are something else than what was attached."""
        with self.counter.store.read() as connection:
            numbers = connection.exec_driver_sql(
                "SELECT DISTINCT c.number FROM attachment a JOIN cases c ON c.row = a.case_row"
            ).scalars().all()  # fmt: skip
        wrong = 0
        for number in numbers:
            for one in attachments.listing(self.counter, number):
                if one.sha256 in self.office.burnt and not self.counter.blobs.has(bytes.fromhex(one.sha256)):
                    continue
                wrong += counters.digest(attachments.content(self.counter, number, one)) != one.sha256
        return wrong
