"""What this counter still has to tell: its own events beyond `accepted_through`, in order, without those that wait.

Invariant: every own event up to `accepted_through` has been taken by the server or lies in quarantine. A rejected
event, and those of the same record behind it, rest there with a reason until somebody has them sent again; other
records pass.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from app.store.meta import meta_get, meta_set
from app.store.unit_of_work import UnitOfWork
from sync.protocol import Event, Rejection

RESEND = "resend"
"""Code of a quarantined event that goes out again with the next batch."""
WAITS = "waits_for_earlier"
WAITS_REASON = "รอรายการก่อนหน้าของเรื่องเดียวกัน จะส่งต่อเองเมื่อรายการก่อนหน้าแก้ไขแล้ว"

COLUMNS = "seq, id, record, kind, at, by, payload"
FRESH = f"SELECT {COLUMNS} FROM event WHERE seq > ? AND origin = ? ORDER BY seq"
AGAIN = (
    f"SELECT {COLUMNS} FROM event WHERE origin = ? AND seq IN (SELECT seq FROM quarantine WHERE code = ?) ORDER BY seq"
)
RESTING = "SELECT DISTINCT e.record FROM quarantine q JOIN event e ON e.seq = q.seq WHERE q.code <> ?"
QUARANTINE = (
    "INSERT INTO quarantine (seq, code, reason, at) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (seq) DO UPDATE SET code = excluded.code, reason = excluded.reason, at = excluded.at"
)


@dataclass(frozen=True, slots=True)
class Batch:
    """Events to send, ascending; `skipped` wait behind a quarantined event of their record; when the server has
    answered, everything up to `through` is settled."""

    events: tuple[Event, ...]
    skipped: tuple[int, ...]
    through: int
    complete: bool
    """Whether nothing is left behind this batch."""

    def first(self, count: int) -> "Batch":
        """The same batch with only its first events."""
        if count >= len(self.events):
            return self
        through = self.events[count - 1].seq
        kept = tuple(seq for seq in self.skipped if seq < through)
        return replace(self, events=self.events[:count], skipped=kept, through=through, complete=False)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of the queue as an administrator sees it. state: "waiting" or "quarantined"."""

    seq: int
    kind: str
    record: bytes
    at: int
    by: str
    state: str
    code: str
    reason: str


def accepted_through(connection: Connection) -> int:
    """Everything of ours up to this sequence number is settled."""
    return int(meta_get(connection, "accepted_through", "0"))


def nothing_rests(connection: Connection) -> bool:
    """Whether the quarantine is empty, also of what is to be sent again."""
    return connection.exec_driver_sql("SELECT 1 FROM quarantine LIMIT 1").first() is None


def collect(connection: Connection, store_id: str, most_bytes: int) -> Batch:
    """The next events, until their payloads pass `most_bytes` (one at least), and what is skipped on the way."""
    start = accepted_through(connection)
    newest = int(connection.exec_driver_sql("SELECT coalesce(max(seq), 0) FROM event").scalar_one())
    resting = set(connection.exec_driver_sql(RESTING, (RESEND,)).scalars())
    known = set(connection.exec_driver_sql("SELECT seq FROM quarantine").scalars())
    again = connection.exec_driver_sql(AGAIN, (store_id, RESEND)).fetchall()
    events, size, full = _gather((row for row in again if row.record not in resting), most_bytes)
    if full:
        return Batch(tuple(events), (), start, False)
    skipped: list[int] = []
    with connection.exec_driver_sql(FRESH, (start, store_id)) as rows:
        fresh = _passing((row for row in rows if row.seq not in known), resting, skipped)
        more, _, full = _gather(fresh, most_bytes - size, at_least=not events)
    events += more
    through = (more[-1].seq if more else start) if full else newest
    return Batch(
        tuple(sorted(events, key=lambda event: event.seq)),
        tuple(s for s in skipped if s < through + 1),
        through,
        not full,
    )


def _passing(rows: Iterable[Any], resting: set[bytes], skipped: list[int]) -> Iterable[Any]:
    for row in rows:
        if row.record in resting:
            skipped.append(row.seq)
        else:
            yield row


def _gather(rows: Iterable[Any], most_bytes: int, at_least: bool = True) -> tuple[list[Event], int, bool]:
    """(events, bytes, whether rows were left)."""
    events: list[Event] = []
    size = 0
    for row in rows:
        size += len(row.payload.encode()) + 100
        if size > most_bytes and (events or not at_least):
            return events, size, True
        events.append(Event(row.seq, row.id, row.record, row.kind, row.at, row.by, row.payload))
    return events, size, False


def settle(work: UnitOfWork, batch: Batch, rejected: Sequence[Rejection]) -> int:
    """The server has answered for this batch: note what it took and what it did not; returns how many it took."""
    sent = {event.seq for event in batch.events}
    refused = [rejection for rejection in rejected if rejection.seq in sent]
    taken = sent - {rejection.seq for rejection in refused}
    resting = work.run("SELECT seq FROM quarantine").scalars()
    for seq in taken.intersection(resting):
        work.run("DELETE FROM quarantine WHERE seq = ?", (seq,))
    for rejection in refused:
        work.run(QUARANTINE, (rejection.seq, rejection.code, rejection.reason, work.now_ms))
    for seq in batch.skipped:
        work.run(QUARANTINE, (seq, WAITS, WAITS_REASON, work.now_ms))
    if batch.through > accepted_through(work.connection):
        meta_set(work.connection, "accepted_through", str(batch.through))
    return len(taken)


def settle_without_gap(work: UnitOfWork, through: int, count: int) -> bool:
    """The server has so many own events up to `through`: settle them if that is all of them that are not settled, and
    none lies in quarantine; whether it was so."""
    after = accepted_through(work.connection)
    mine = work.run(
        "SELECT count(*), max(seq) FROM event WHERE seq > ? AND seq <= ? AND origin = ?",
        (after, through, work.store_id),
    ).one()
    if tuple(mine) != (count, through) or not nothing_rests(work.connection):
        return False
    meta_set(work.connection, "accepted_through", str(through))
    return True


def retry(work: UnitOfWork, seqs: Sequence[int] | None = None) -> int:
    """Have quarantined events sent again with the next batch, all of them or these with their whole records; returns
    how many."""
    if seqs is None:
        return work.run("UPDATE quarantine SET code = ?, reason = ''", (RESEND,)).rowcount
    found = 0
    for seq in seqs:
        found += work.run(
            "UPDATE quarantine SET code = ?, reason = '' WHERE code <> ? AND seq IN"
            " (SELECT seq FROM event WHERE record = (SELECT record FROM event WHERE seq = ?))",
            (RESEND, RESEND, seq),
        ).rowcount
    return found


def pending(connection: Connection, store_id: str) -> int:
    """Own events that the server has not settled: those to be sent, not those in quarantine."""
    fresh = connection.exec_driver_sql(
        "SELECT count(*) FROM event WHERE seq > ? AND origin = ? AND seq NOT IN (SELECT seq FROM quarantine)",
        (accepted_through(connection), store_id),
    ).scalar_one()
    again = connection.exec_driver_sql("SELECT count(*) FROM quarantine WHERE code = ?", (RESEND,)).scalar_one()
    return int(fresh) + int(again)


def unsettled(connection: Connection, store_id: str) -> list[int]:
    """Numbers of own events that no answer has settled: waiting, or to be sent again."""
    rows = connection.exec_driver_sql(
        "SELECT seq FROM event WHERE seq > ? AND origin = ? AND seq NOT IN (SELECT seq FROM quarantine)"
        " UNION ALL SELECT seq FROM quarantine WHERE code = ?",
        (accepted_through(connection), store_id, RESEND),
    )
    return [int(row[0]) for row in rows]


def resting(connection: Connection) -> int:
    """Own events in quarantine, for somebody to look at."""
    return int(connection.exec_driver_sql("SELECT count(*) FROM quarantine WHERE code <> ?", (RESEND,)).scalar_one())


def listing(connection: Connection, store_id: str, limit: int = 1_000) -> list[Waiting]:
    """The queue, oldest first: what waits to be sent and what lies in quarantine."""
    rows = connection.exec_driver_sql(
        "SELECT e.seq, e.kind, e.record, e.at, e.by, q.code, q.reason"
        " FROM event e LEFT JOIN quarantine q ON q.seq = e.seq"
        " WHERE e.origin = ? AND (e.seq > ? OR e.seq IN (SELECT seq FROM quarantine)) ORDER BY e.seq LIMIT ?",
        (store_id, accepted_through(connection), limit),
    ).fetchall()
    return [_waiting(row) for row in rows]


def _waiting(row: Any) -> Waiting:
    resting = row.code is not None and row.code != RESEND
    state = "quarantined" if resting else "waiting"
    code, reason = (row.code, row.reason) if resting else ("", "")
    return Waiting(row.seq, row.kind, row.record, row.at, row.by, state, code, reason)
