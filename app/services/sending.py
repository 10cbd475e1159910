"""What the page of sending shows: all that has not arrived, why, and what somebody has to settle."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.services import corrections, file_transfer, rights, status, timeline
from app.services.case_documents import instant
from app.services.case_rows import hidden_from
from app.services.counter import Counter
from app.services.model import Actor, CounterStatus
from app.store.meta import meta_get

EXPORTED, ANSWERED = "bundle_exported_at", "bundle_answered_at"
"""Meta: when the last bundle was written, in ms, and its file's name; when the last answer came back."""
MOST = 500
QUEUE = (
    "SELECT e.seq, e.kind, e.at, e.by, length(e.payload) AS size, q.code, q.reason, c.number, c.restricted, c.service"
    " FROM event e LEFT JOIN quarantine q ON q.seq = e.seq LEFT JOIN cases c ON c.id = e.record"
    " WHERE e.origin = ? AND (e.seq > ? OR q.seq IS NOT NULL)"
    " ORDER BY (q.code IS NULL OR q.code = 'resend'), e.seq LIMIT ?"
)
BYTES = (
    "SELECT coalesce(sum(length(CAST(payload AS BLOB))), 0) FROM event"
    " WHERE seq > ? AND origin = ? AND seq NOT IN (SELECT seq FROM quarantine)"
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An event that the server has not. reason: why it rests, in the server's words; "" while it only waits."""

    seq: int
    text: str
    at: datetime
    by: str
    number: str
    reason: str


@dataclass(frozen=True, slots=True)
class Overview:
    """All at one moment. size: bytes of the events that wait, before compression; exported_at, exported: the last
    bundle that was written, None where its answer has come."""

    status: CounterStatus
    queue: tuple[Waiting, ...]
    size: int
    files: file_transfer.Waiting
    policy: str
    conflicts: tuple[corrections.Conflict, ...]
    exported_at: datetime | None
    exported: str


def overview(counter: Counter, actor: Actor) -> Overview:
    """What there is to be told; numbers of cases that the actor may not read are left out."""
    with counter.store.read() as connection:
        through = int(meta_get(connection, "accepted_through", "0"))
        rows = connection.exec_driver_sql(QUEUE, (counter.store_id, through, MOST)).fetchall()
        size = int(connection.exec_driver_sql(BYTES, (through, counter.store_id)).scalar_one())
        files, policy = file_transfer.waiting(connection), file_transfer.policy(connection)
        exported, _, name = meta_get(connection, EXPORTED).partition(" ")
        answered = int(meta_get(connection, ANSWERED) or 0)
    queue = tuple(
        Waiting(
            row.seq,
            timeline.KIND_TEXTS.get(row.kind, row.kind),
            instant(row.at),
            row.by,
            row.number if row.number and not hidden_from(actor, row) else "",
            row.reason if row.code not in (None, "resend") else "",
        )
        for row in rows
    )
    waits = bool(exported) and int(exported) > answered
    return Overview(
        status.counter_status(counter), queue, size, files, policy, tuple(corrections.conflicts(counter, "", actor)),
        instant(int(exported)) if waits else None, name,
    )  # fmt: skip


def send_again(counter: Counter, actor: Actor, seqs: Sequence[int] | None = None) -> int:
    """Put refused events back into the queue, those of these events' cases or all; returns how many. Refused without
    the right to the office's settings."""
    rights.require(actor, rights.OFFICE_SETTINGS)
    with counter.store.write(actor.username) as work:
        where, values = "", tuple[int, ...]()
        if seqs is not None:
            marks = ", ".join("?" * len(seqs))
            where = (
                " WHERE seq IN (SELECT seq FROM event WHERE record IN"
                f" (SELECT record FROM event WHERE seq IN ({marks})))"
            )
            values = tuple(seqs)
        count = work.run(f"UPDATE quarantine SET code = 'resend', reason = ''{where}", values).rowcount
        work.audit("outbox_retried", str(count))
        work.changed("sync")
    return count


def set_policy(counter: Counter, actor: Actor, policy: str) -> None:
    """When files go from now on (file_transfer.POLICIES)."""
    with counter.store.write(actor.username) as work:
        file_transfer.set_policy(work, policy)
