"""The thread that keeps an office's own server in step with the central one: at once after events, else now and then.

No transaction stays open during HTTP, every step can be repeated, and a failure costs nothing but time.
"""

import logging
import random
import threading
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Row, select

from app.domain.errors import CounterError, Refused, Unavailable
from app.version import VERSION
from sync.batch_size import BatchSize
from sync.client import CONNECT_SECONDS, LINE_FAULTS, READ_SECONDS, Client
from sync.protocol import EnrolRequest, SyncRequest
from sync.relay_form import (
    CHECKPOINTS_PATH,
    NUMBERS_PATH,
    PATH,
    CounterBehind,
    Numbers,
    RelayAnswer,
    RelayedCheckpoint,
    RelayRequest,
    checkpoints_to_bytes,
)
from sync.server import devices, leases, offices, receipts, tables
from sync.server.database import Database
from sync.server.faults import Denied
from sync.server.files.store import FileStore
from sync.server.relay import checkpoints, files, inbox, link, outbox, restored

LOG = logging.getLogger(__name__)
FIRST_WAIT, LONGEST_WAIT, IDLE_WAIT = 1.0, 300.0, 60.0
GATHER = 0.2
"""Seconds between a kick and the request: events of one moment go in one batch."""
TELL_EVERY_MS = 600_000
"""How often the central server is told of counters of which nothing new is to be said."""


@dataclass(slots=True)
class Relay:
    """What an office's own server does towards the central one. Thread-safe as long as one thread calls `sync`."""

    database: Database
    store: FileStore
    connect_seconds: float = CONNECT_SECONDS
    read_seconds: float = READ_SECONDS
    size: BatchSize = field(default_factory=BatchSize)
    told_at: int = 0
    told: tuple[CounterBehind, ...] = ()

    def link(self) -> Row[Any]:
        """What is known of the central server. Refused "not_joined" before it was joined."""
        with self.database.read() as connection:
            found = link.read(connection)
        if found is None:
            raise Refused(
                "not_joined", "เครื่องแม่ข่ายนี้ยังไม่ได้เข้าร่วมกับส่วนกลาง", "ใช้ serve --upstream URL --upstream-code CODE"
            )
        return found

    def client(self, at: Row[Any]) -> Client:
        """A connection to the central server."""
        return Client(at.url, at.token, connect_seconds=self.connect_seconds, read_seconds=self.read_seconds)

    def sync(self) -> int:
        """Round trips until neither side has anything; returns how many events the central server took. Raises what the
        first fault was, keeping what was done; the fault is kept for the counters' light, too."""
        at = self.link()
        with self.database.read() as connection:
            if restored.is_noted(connection, at.office):
                raise restored.refusal()
        try:
            with self.client(at) as client:
                taken, more = 0, True
                while more:
                    some, more = self._round(client)
                    taken += some
                self._tell_chains(client, at.office)
                return taken
        except CounterError as error:
            if error.code in LINE_FAULTS:
                self.size.failed()
            if error.code == "relay_rolled_back":
                restored.note(self.database)
                raise
            link.failed(self.database, at.office, error)
            raise

    def _round(self, client: Client) -> tuple[int, bool]:
        at, batch, request = self._begin()
        body = request.to_bytes()
        while (packed := client.packed_size(body)) > self.size.target * 1.25 and len(batch.changes) > 1:
            count = max(1, int(len(batch.changes) * self.size.target / packed))
            batch = outbox.Batch(batch.changes[:count], False)
            request = replace(request, relayed=batch.changes)
            body = request.to_bytes()
        self.size.packed(len(body), packed)
        answer = client.ask(PATH, body, RelayAnswer.from_json)
        taken = self._keep(at, batch, answer)
        self.size.passed()
        if request.behind:
            self.told, self.told_at = request.behind, offices.now_ms()
        # a server that promises more and does not move on must not keep us here
        stuck = answer.sync.more and answer.sync.cursor <= at.cursor
        return taken, not stuck and (answer.sync.more or not batch.complete)

    def _begin(self) -> tuple[Row[Any], outbox.Batch, RelayRequest]:
        with self.database.read() as connection:
            at = link.read(connection)
            assert at is not None
            office = connection.execute(select(tables.office).where(tables.office.c.code == at.office)).one()
            # what came from its own counters comes down as well until they are named
            reads_only = office.upstream == restored.CATCHING_UP
            batch = outbox.Batch((), False) if reads_only else outbox.collect(connection, at.office, self.size.raw())
            needs = link.missing(connection, office)
            runs, books = link.wanted(connection, at.office)
            waiting, resting = outbox.count(connection, at.office)
            behind = () if reads_only else self._behind(connection, at.office)
        if needs:
            with self.database.write() as connection:
                link.ask_for(connection, at.office, needs)
                runs, books = link.wanted(connection, at.office)
        asked = SyncRequest(
            at.store_id,
            at.cursor,
            at.revision,
            VERSION,
            offices.now_ms(),
            leases_wanted=runs,
            books_wanted=books,
            window=self.size.window(),
            registers=True,
            waiting=max(0, waiting - len(batch.changes)),
            resting=resting,
        )
        return at, batch, RelayRequest(asked, batch.changes, behind)

    def _behind(self, connection: Any, office: str) -> tuple[CounterBehind, ...]:
        """The counters, where there is news of them."""
        table = tables.device
        rows = connection.execute(
            select(table).where(table.c.office == office, table.c.revoked_at.is_(None)).order_by(table.c.id)
        )
        found = tuple(CounterBehind(row.store_id, row.name, row.seen_at, row.waiting, row.resting) for row in rows)
        names = [(one.store_id, one.name, one.waiting, one.resting) for one in found]
        before = [(one.store_id, one.name, one.waiting, one.resting) for one in self.told]
        return found if names != before or offices.now_ms() - self.told_at > TELL_EVERY_MS else ()

    def _keep(self, at: Row[Any], batch: outbox.Batch, answer: RelayAnswer) -> int:
        """Everything that an answer means, in one transaction."""
        told = answer.sync
        with self.database.write() as connection:
            office = offices.lock(connection, at.office)
            taken = outbox.settle(connection, at.office, batch.changes, answer.refused)
            if told.settings is not None:
                inbox.enter_settings(connection, at.office, told.settings)
            for lease in told.leases:
                leases.keep_in_stock(connection, at.office, lease)
            for book in told.books:
                receipts.keep_in_stock(connection, at.office, book)
            given = [*(one.request for one in told.leases), *(one.request for one in told.books)]
            link.given(connection, at.office, given)
            inbox.receive(connection, office, told.changes)
            inbox.name(connection, at.office, told.counters)
            link.reached(connection, at.office, told.cursor, told.settings.revision if told.settings else None)
            if not told.more:
                restored.caught_up(connection, at.office)
        return taken

    def _tell_chains(self, client: Client, office: str) -> None:
        """Send on what counters said of their audit chains. A fault of it never disturbs the sync."""
        while True:
            with self.database.read() as connection:
                some = checkpoints.collect(connection, office)
            if not some:
                return
            try:
                client.ask(CHECKPOINTS_PATH, checkpoints_to_bytes(some), lambda _answer: None)
            except CounterError as error:
                LOG.warning("checkpoints not sent on: %s", error.code)
                return
            with self.database.write() as connection:
                checkpoints.forget(connection, office, some)

    def before_enrolling(self, asked: EnrolRequest) -> None:
        """Have the numbers that a counter brings along entered as this server's own, or Denied, and take over where its
        audit chain stood at the central server. It needs the line."""
        at = self.link()
        with self.database.write() as connection:
            devices.look_at(connection, asked.code, asked.store_id)
            if link.knows(connection, at.office, asked.blocks, asked.books):
                return
        stores = (asked.store_id, *asked.replaces)
        try:
            with self.client(at) as client:
                known = client.ask(NUMBERS_PATH, Numbers(stores, asked.blocks, asked.books).to_bytes(), _checkpoint)
        except Unavailable as error:
            raise Denied(
                503,
                "upstream_needed",
                f"เครื่องนี้มีเลขอยู่แล้ว ต้องตรวจกับส่วนกลางก่อน แต่{error.title}",
                "ลองเข้าร่วมใหม่เมื่อเครื่องแม่ข่ายในสำนักงานติดต่อส่วนกลางได้",
            ) from None
        except Refused as error:
            raise Denied(409, error.code, error.title, error.hint) from None
        if known is not None:
            with self.database.write() as connection:
                checkpoints.begin_from(connection, at.office, known)

    def is_old(self) -> None:
        """A counter has seen more than there is here: this database came from a backup."""
        restored.note(self.database)

    def send_files(self, stop: Any = lambda: False) -> int:
        """Send on what files are whole here; returns how many went."""
        return files.send(self, stop)


def _checkpoint(answer: dict[str, Any]) -> RelayedCheckpoint | None:
    """Of the answer about numbers; a central server of an older version tells none."""
    found = answer.get("checkpoint")
    return RelayedCheckpoint.from_json(found) if found is not None else None


class RelayLoop:
    """A thread for records and one for files."""

    def __init__(
        self, relay: Relay, *, first_wait: float = FIRST_WAIT, longest_wait: float = LONGEST_WAIT,
        idle_wait: float = IDLE_WAIT,
    ) -> None:  # fmt: skip
        self.relay = relay
        self.first_wait, self.longest_wait, self.idle_wait = first_wait, longest_wait, idle_wait
        self.failures = 0
        self._kicked, self._stopped, self._free = threading.Event(), threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="relay", daemon=True)
        self._files = threading.Thread(target=self._run_files, name="relay files", daemon=True)

    def start(self) -> None:
        """Begin; the first sync happens at once."""
        self._kicked.set()
        self._thread.start()
        self._files.start()

    def kick(self) -> None:
        """Sync now. Returns at once."""
        self._kicked.set()

    def stop(self, deadline: float = 5.0) -> None:
        """End the threads; one in a request on a dead line dies with the process, and nothing is lost by that."""
        self._stopped.set()
        self._kicked.set()
        self._free.set()
        for thread in (self._thread, self._files):
            thread.join(deadline)

    def _run(self) -> None:
        wait = 0.0
        while not self._stopped.is_set():
            if self._kicked.wait(wait) and wait:
                self._stopped.wait(GATHER)
            self._kicked.clear()
            if not self._stopped.is_set():
                wait = self._once()

    def _once(self) -> float:
        """Seconds until the next try."""
        passes = self.relay.size.passes
        try:
            self.relay.sync()
            self.failures = 0
            self._free.set()
            return self.idle_wait * random.uniform(0.9, 1.1)
        except Refused:
            return self.longest_wait
        except CounterError:
            # a line that is cut now and then but lets requests through in between is not waited for
            self.failures = 1 if self.relay.size.passes > passes else self.failures + 1
        except Exception as error:
            # a bug must not end the relay for the day; its text may hold personal data
            LOG.error("relay failed: %s", type(error).__name__)
            self.failures += 1
        return min(self.longest_wait, self.first_wait * 2.0 ** min(self.failures - 1, 16)) * random.uniform(0.5, 1.0)

    def _run_files(self) -> None:
        failures = 0
        while not self._stopped.is_set():
            self._free.wait()
            self._free.clear()
            try:
                self.relay.send_files(self._stopped.is_set)
                failures = 0
                continue
            except CounterError:
                failures += 1
            except Exception as error:
                LOG.error("files of the relay failed: %s", type(error).__name__)
                failures += 1
            self._stopped.wait(min(self.longest_wait, self.first_wait * 2.0 ** min(failures, 16)))
            self._free.set()
