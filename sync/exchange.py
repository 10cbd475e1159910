"""One sync: round trips until nothing is left to send or to fetch. No transaction stays open during HTTP.

Every step can be repeated: what was sent is sent again until the server's answer is committed here, and the server
takes it once.
"""

import json
import time
from dataclasses import dataclass, replace

from app.domain import thai_date
from app.domain.errors import CounterError, Refused, Unavailable
from app.services import status
from app.store import numbers
from app.store.engine import Store
from app.store.meta import meta_get, meta_set
from sync import books, inbox, leases, outbox
from sync.batch_size import BatchSize
from sync.client import CONNECT_SECONDS, LINE_FAULTS, READ_SECONDS, Client
from sync.json_form import as_array
from sync.kept_line import KeptLine
from sync.link import Link, enter_settings, read_link
from sync.protocol import BookWanted, LeaseWanted, Rejection, SyncAnswer, SyncRequest

UNREADABLE = frozenset({"malformed", "body_too_large"})
"""Refusals of a whole batch, for which one event in it may be to blame."""


@dataclass(frozen=True, slots=True)
class SyncResult:
    """What a sync did: events taken by the server, events that were new here, events in quarantine because of it,
    what went over the line, and own events still waiting."""

    pushed: int = 0
    pulled: int = 0
    rejected: int = 0
    requests: int = 0
    bytes_out: int = 0
    bytes_in: int = 0
    pending: int = 0


@dataclass(frozen=True, slots=True)
class Turn:
    """What one round trip starts from, read in one transaction."""

    link: Link
    batch: outbox.Batch
    wanted: tuple[LeaseWanted, ...]
    registers: bool
    """Whether to ask if the server leases numbers of registers."""
    pending: int
    resting: int
    books_wanted: tuple[BookWanted, ...] = ()


class Exchange:
    """The round trips of one sync."""

    def __init__(self, store: Store, client: Client, apply: inbox.Apply, app_version: str, size: BatchSize) -> None:
        self.store = store
        self.client = client
        self.apply = apply
        self.app_version = app_version
        self.size = size
        self.result = SyncResult()

    def run(self) -> SyncResult:
        """Go round until both sides have everything; raises at the first request that fails, keeping what was done."""
        limit = 0
        if self.size.in_doubt:
            self._ask_what_came(self.size.in_doubt)
        while True:
            turn = self._begin(limit)
            limit = 0
            try:
                done = self._round(turn)
            except Refused as error:
                if error.code not in UNREADABLE or not turn.batch.events:
                    raise
                limit = self._narrow(turn.batch, error)
                done = False
            if done:
                return self._finished()

    def _ask_what_came(self, last: int) -> None:
        """After a cut: settle what the server has of the batch that was under way, so that it is not sent again.

        Only where nothing lies in quarantine, so that the batch is everything up to its last event, and only as much of
        its beginning as has come without a gap: what was refused is sent again, for the server to say why.
        """
        self.size.in_doubt = 0
        with self.store.read() as connection:
            after, clear = outbox.accepted_through(connection), outbox.nothing_rests(connection)
        if not clear or last <= after:
            return
        turn = begin(self.store, 1)
        nothing = replace(turn.batch, events=(), skipped=(), through=0, complete=False)
        self.size.in_doubt = last
        answer = self.client.sync(replace(self._request(turn, nothing), held=(after, last)).to_bytes())
        self._keep(nothing, answer)
        self.size.in_doubt = 0
        count, through = answer.held or (0, 0)
        if not count:
            return
        with self.store.write("sync") as work:
            came = outbox.settle_without_gap(work, through, count)
            work.changed("sync")
        if came:
            self.result = replace(self.result, pushed=self.result.pushed + count)
            self.size.came_in_part()

    def _begin(self, limit: int) -> Turn:
        turn = begin(self.store, self.size.raw())
        return replace(turn, batch=turn.batch.first(limit)) if limit else turn

    def _round(self, turn: Turn) -> bool:
        """One request; True when nothing is left on either side."""
        batch, request = self._fitting(turn)
        self.size.in_doubt = batch.events[-1].seq if len(batch.events) > 1 else 0
        started = time.monotonic()
        self.client.in_pieces = 0
        try:
            answer = self.client.sync(request)
            took = time.monotonic() - started
        finally:
            if self.client.in_pieces:
                self.size.packed(len(request), self.client.in_pieces)
        self._keep(batch, answer)
        self.size.passed(took)
        # a server that promises more and does not move on must not keep us here
        return batch.complete and not (answer.more and answer.cursor > turn.link.cursor)

    def _fitting(self, turn: Turn) -> tuple[outbox.Batch, bytes]:
        """The part of the batch that fits the line just now."""
        batch = turn.batch
        while True:
            request = self._request(turn, batch).to_bytes()
            if self.client.goes_in_pieces(request):
                return batch, request
            size = self.client.packed_size(request)
            if size <= self.size.target * 1.25 or len(batch.events) <= 1:
                self.size.packed(len(request), size)
                return batch, request
            batch = batch.first(max(1, int(len(batch.events) * self.size.target / size)))

    def _request(self, turn: Turn, batch: outbox.Batch) -> SyncRequest:
        return request_of(self.store, turn, batch, self.app_version, self.size.window())

    def _keep(self, batch: outbox.Batch, answer: SyncAnswer) -> None:
        pushed, pulled = keep(self.store, batch, answer, self.apply, self.app_version)
        self.result = replace(
            self.result,
            pushed=self.result.pushed + pushed,
            pulled=self.result.pulled + pulled,
            rejected=self.result.rejected + len(answer.rejected),
        )

    def _narrow(self, batch: outbox.Batch, error: Refused) -> int:
        """A whole batch was refused: try half of it; a single event that is refused goes into quarantine."""
        if len(batch.events) > 1:
            return len(batch.events) // 2
        reason = f"{error.title} {error.hint}".strip()
        with self.store.write("sync") as work:
            outbox.settle(work, batch, [Rejection(batch.events[0].seq, error.code, reason)])
            work.changed("sync")
        self.result = replace(self.result, rejected=self.result.rejected + 1)
        return 0

    def _finished(self) -> SyncResult:
        traffic = self.client.traffic
        with self.store.read() as connection:
            pending = outbox.pending(connection, self.store.store_id)
        return replace(
            self.result,
            requests=traffic.requests,
            bytes_out=traffic.bytes_out,
            bytes_in=traffic.bytes_in,
            pending=pending,
        )


def begin(store: Store, most_bytes: int) -> Turn:
    """What there is to send, at most so many bytes of it, and what to ask for."""
    with store.read() as connection:
        link = read_link(connection, store.store_id)
        missing = leases.missing(connection, thai_date.local(store.clock.now()).date())
        batch = outbox.collect(connection, store.store_id, most_bytes)
        wanted = leases.asked(connection)
        years = books.missing(connection, thai_date.local(store.clock.now()).date())
        books_wanted = books.asked(connection)
        ask = leases.asks_what_is_leased(connection)
        pending, resting = outbox.pending(connection, store.store_id), outbox.resting(connection)
    if missing:
        with store.write("sync") as work:
            leases.note(work, missing)
            wanted = leases.asked(work.connection)
    if years:
        with store.write("sync") as work:
            books.note(work, years)
            books_wanted = books.asked(work.connection)
    return Turn(link, batch, wanted, ask, pending, resting, books_wanted)


def request_of(store: Store, turn: Turn, batch: outbox.Batch, app_version: str, window: int) -> SyncRequest:
    """The request that sends this batch."""
    return SyncRequest(
        store_id=turn.link.store_id,
        cursor=turn.link.cursor,
        revision=turn.link.revision,
        app_version=app_version,
        clock=int(store.clock.now().timestamp() * 1000),
        events=batch.events,
        leases_wanted=turn.wanted,
        registers=turn.registers,
        books_wanted=turn.books_wanted,
        window=window,
        waiting=max(0, turn.pending - len(batch.events)),
        resting=turn.resting,
    )


def keep(
    store: Store,
    batch: outbox.Batch,
    answer: SyncAnswer,
    apply: inbox.Apply,
    app_version: str,
    carried_from: int | None = None,
) -> tuple[int, int]:
    """Everything that an answer means, in one transaction: (own events taken, events that were new here).

    carried_from: of an answer that came by stick, the cursor that it starts at; what was fetched over a line meanwhile
    is not taken again, and its age says nothing about our clock.
    """
    with store.write("sync") as work:
        connection = work.connection
        _check_ours(int(work.run("SELECT coalesce(max(seq), 0) FROM event").scalar_one()), answer)
        pushed = outbox.settle(work, batch, answer.rejected)
        leases.store(work, answer.leases)
        books.store(work, answer.books)
        if answer.registers:
            meta_set(connection, leases.REGISTERS, "1")
        if answer.permits:
            meta_set(connection, leases.PERMITS, "1")
        if answer.settings is not None:
            enter_settings(work, answer.settings)
        if meta_get(connection, "inbox_version") != app_version:
            inbox.retry_failed(work, apply)
            meta_set(connection, "inbox_version", app_version)
        cursor = int(meta_get(connection, "cursor", "0"))
        pulled = 0
        if carried_from is None or carried_from == cursor:
            pulled = inbox.receive(work, answer.changes, answer.counters, apply)
            if answer.cursor > cursor:
                meta_set(connection, "cursor", str(answer.cursor))
        if carried_from is None:
            meta_set(connection, "last_acknowledged_at", str(work.now_ms))
            meta_set(connection, "clock_offset_ms", str(answer.server_time - work.now_ms))
        else:
            known = int(meta_get(connection, "last_acknowledged_at", "0"))
            meta_set(connection, "last_acknowledged_at", str(max(known, answer.server_time)))
        meta_set(connection, "last_sync_error", "")
        meta_set(connection, "last_sync_error_code", "")
        meta_set(connection, numbers.REVOKED, "")
        if carried_from is None:
            meta_set(connection, status.CENTRAL, json.dumps(as_array(answer.central)) if answer.central else "")
        work.changed("sync")
    return pushed, pulled


def _check_ours(newest: int, answer: SyncAnswer) -> None:
    """The server has events of this store that the store itself has not: an old copy of the database is running."""
    if answer.accepted_through > newest:
        raise Refused(
            "store_rolled_back",
            "ฐานข้อมูลของเครื่องนี้เก่ากว่าที่เคยส่งแล้ว",
            "อย่าออกเลขคำร้องต่อ ใช้คำสั่ง restore กับไฟล์สำรอง แล้วเข้าร่วมกับเครื่องแม่ข่ายกลางใหม่",
        )


def sync_once(
    store: Store,
    *,
    apply: inbox.Apply,
    app_version: str,
    size: BatchSize | None = None,
    connect_seconds: float = CONNECT_SECONDS,
    read_seconds: float = READ_SECONDS,
    kept: KeptLine | None = None,
) -> SyncResult:
    """Sync now. Raises Refused or Unavailable with the clerk's words, which meta "last_sync_error" keeps as well;
    everything acknowledged before the failure stays so. kept: goes over the connection that is kept there, and leaves
    its own there."""
    size = size or BatchSize()
    lines = kept or KeptLine()
    try:
        with store.read() as connection:
            link = read_link(connection, store.store_id)
        if (old := lines.take(link)) is not None:
            try:
                return _over(old, link, lines, store, apply, app_version, size)
            except Unavailable as error:
                # a connection that was given up meanwhile says nothing about the line
                if error.code not in LINE_FAULTS or old.traffic.requests:
                    raise
        client = Client(link.url, link.token, connect_seconds=connect_seconds, read_seconds=read_seconds)
        return _over(client, link, lines, store, apply, app_version, size)
    except CounterError as error:
        if error.code in LINE_FAULTS:
            size.failed()
        if error.code == numbers.DEVICE_REVOKED:
            _shut_out(store, error)
        if error.code != "not_enrolled":  # a counter without a server has no light that could show it
            _note(store, error)
        raise
    finally:
        if kept is None:
            lines.close()


def _over(
    client: Client, link: Link, kept: KeptLine, store: Store, apply: inbox.Apply, app_version: str, size: BatchSize
) -> SyncResult:
    try:
        result = Exchange(store, client, apply, app_version, size).run()
    except BaseException:
        client.close()
        raise
    kept.keep(client, link)
    return result


def _shut_out(store: Store, error: CounterError) -> None:
    """The server has shut this counter out: it hands its numbers back, issues no more, and keeps all that it has."""
    with store.read() as connection:
        if meta_get(connection, numbers.REVOKED) == error.title:
            return
    with store.write("sync") as work:
        returned = numbers.hand_back(work)
        meta_set(work.connection, numbers.REVOKED, error.title)
        work.audit("device_revoked", str(returned), error.title)
        work.changed("sync")


def _note(store: Store, error: CounterError) -> None:
    """Keep what the light shows; not again while it stays the same, a dead line must not wear the disk."""
    with store.read() as connection:
        if meta_get(connection, "last_sync_error") == error.title:
            return
    with store.write("sync") as work:
        meta_set(work.connection, "last_sync_error", error.title)
        meta_set(work.connection, "last_sync_error_code", error.code)
        meta_set(work.connection, "last_sync_error_at", str(work.now_ms))
        work.changed("sync")
