"""On an office's own server: which events and files of its counters the central server has not got, in their order.

An event is noted in the transaction that takes it, and forgotten in the one that keeps the central server's answer. One
that was refused there rests with the reason, and those of the same record behind it wait; others pass.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, literal, select, update

from sync.central_form import Central
from sync.protocol import Change, Event
from sync.relay_form import Refusal
from sync.server import tables
from sync.server.chunks import chunks
from sync.server.citizen.look_up import CITIZEN
from sync.server.database import insert_new
from sync.server.offices import now_ms

WAITS = "waits_for_earlier"
WAITS_REASON = "รอรายการก่อนหน้าของเรื่องเดียวกัน จะส่งต่อเองเมื่อรายการก่อนหน้าแก้ไขแล้ว"
event, log, file = tables.relay_event, tables.log, tables.relay_file


@dataclass(frozen=True, slots=True)
class Batch:
    """Events to send on, in order; complete: nothing is left behind them."""

    changes: tuple[Change, ...]
    complete: bool


def note(connection: Connection, office: str, rows: Sequence[Mapping[str, Any]], files: Mapping[bytes, int]) -> None:
    """Rows of the log, and files that they name, that have just come from a counter. The office is locked."""
    connection.execute(
        insert(event),
        [
            {
                "office": office, "position": row["office_seq"], "id": row["id"], "store_id": row["store_id"],
                "record": row["record"], "at": row["received_at"],
            }
            for row in rows
        ],
    )  # fmt: skip
    for sha256, size in files.items():
        insert_new(connection, file, office=office, sha256=sha256, size=size, at=now_ms())


def note_all(connection: Connection, office: str) -> None:
    """Everything that a server has taken before it knew of a central one. What citizens did there stays there."""
    rows = select(log.c.office, log.c.office_seq, log.c.id, log.c.store_id, log.c.record, log.c.received_at).where(
        log.c.office == office, log.c.store_id != CITIZEN
    )
    columns = ["office", "position", "id", "store_id", "record", "at"]
    connection.execute(insert(event).from_select(columns, rows))
    content = tables.case_content
    named = select(content.c.office, content.c.sha256, content.c.size, literal(now_ms())).where(
        content.c.office == office
    )
    connection.execute(insert(file).from_select(["office", "sha256", "size", "at"], named))


def collect(connection: Connection, office: str, most_bytes: int, most: int = 5_000) -> Batch:
    """The next events, until their payloads pass `most_bytes`, one at least."""
    found = connection.execute(
        select(log)
        .join(event, (event.c.office == log.c.office) & (event.c.id == log.c.id))
        .where(event.c.office == office, event.c.code == "", event.c.record.not_in(_resting(office)))
        .order_by(event.c.position)
        .limit(most + 1)
    )
    changes: list[Change] = []
    size = 0
    for row in found:
        size += len(row.payload.encode()) + 120
        if changes and (size > most_bytes or len(changes) >= most):
            return Batch(tuple(changes), False)
        taken = Event(row.seq, row.id, row.record, row.kind, row.at, row.by, row.payload)
        changes.append(Change(row.store_id, taken))
    return Batch(tuple(changes), True)


def settle(connection: Connection, office: str, sent: Sequence[Change], refused: Sequence[Refusal]) -> int:
    """The central server has answered for these events; returns how many it has."""
    reasons = {(one.store_id, one.seq): one for one in refused}
    resting = [one for one in sent if (one.store_id, one.event.seq) in reasons]
    taken = [one.event.id for one in sent if (one.store_id, one.event.seq) not in reasons]
    forget(connection, office, taken)
    for one in resting:
        why = reasons[one.store_id, one.event.seq]
        mine = (event.c.office == office, event.c.id == one.event.id)
        connection.execute(update(event).where(*mine).values(code=why.code, reason=why.reason, at=now_ms()))
    hold_behind(connection, office)
    return len(taken)


def forget(connection: Connection, office: str, ids: Sequence[bytes]) -> None:
    """The central server has these."""
    for some in chunks(list(ids)):
        connection.execute(delete(event).where(event.c.office == office, event.c.id.in_(some)))


def hold_behind(connection: Connection, office: str) -> None:
    """New events of a record that rests wait, too."""
    connection.execute(
        update(event)
        .where(event.c.office == office, event.c.code == "", event.c.record.in_(_resting(office)))
        .values(code=WAITS, reason=WAITS_REASON)
    )


def _resting(office: str) -> Any:
    other = event.alias()
    return select(other.c.record).where(other.c.office == office, other.c.code != "")


def retry(connection: Connection, office: str) -> int:
    """Have everything that rests sent again; returns how many."""
    again = update(event).where(event.c.office == office, event.c.code != "").values(code="", reason="")
    return connection.execute(again).rowcount


def count(connection: Connection, office: str, store_id: str = "") -> tuple[int, int]:
    """(events to send on, events that rest), of one counter or of all."""
    asked = select(event.c.code == "", func.count()).where(event.c.office == office).group_by(event.c.code == "")
    rows = connection.execute(asked.where(event.c.store_id == store_id) if store_id else asked)
    found = {bool(row[0]): int(row[1]) for row in rows}
    return found.get(True, 0), found.get(False, 0)


def central(connection: Connection, device: Row[Any]) -> Central:
    """What a counter is told of the central server."""
    waiting, resting = count(connection, device.office, device.store_id)
    table = tables.upstream
    link = connection.execute(
        select(table.c.contacted_at, table.c.error).where(table.c.office == device.office)
    ).first()
    return Central(waiting, resting, link.contacted_at, link.error) if link else Central(waiting, resting, 0, "")


def listing(connection: Connection, office: str, most: int = 1_000) -> list[dict[str, Any]]:
    """What waits and rests, in order: [{store_id, counter, seq, kind, record, at, code, reason}]."""
    device = tables.device
    rows = connection.execute(
        select(event.c.store_id, log.c.seq, log.c.kind, event.c.record, log.c.at, event.c.code, event.c.reason,
               device.c.name)
        .join(log, (event.c.office == log.c.office) & (event.c.id == log.c.id))
        .outerjoin(device, (device.c.office == event.c.office) & (device.c.store_id == event.c.store_id))
        .where(event.c.office == office)
        .order_by(event.c.position)
        .limit(most)
    )  # fmt: skip
    return [
        {
            "store_id": row.store_id, "counter": row.name or "", "seq": row.seq, "kind": row.kind,
            "record": row.record.hex(), "at": row.at, "code": row.code, "reason": row.reason,
        }
        for row in rows
    ]  # fmt: skip
