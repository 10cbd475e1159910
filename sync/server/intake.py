"""Taking a counter's events into the office's log: once each, in the order of the office, one bad one alone refused.

An event is known by (store, seq) and by its UUID; whatever is sent again changes nothing. After a rejected event the
later ones of the same record in the batch wait as well: the order within a record is kept.
"""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, bindparam, update

from app.domain.errors import Refused
from sync.protocol import BadEvent, Event, Rejection
from sync.server import destruction, known, offices, singly, tables
from sync.server.citizen.look_up import EVENTS
from sync.server.database import insert_all
from sync.server.known import Payload, payload_of
from sync.server.offices import now_ms
from sync.server.projection import KINDS, Projection
from sync.server.relay import outbox
from sync.server.sms import queue

LOG = logging.getLogger(__name__)
WAITS = "waits_for_earlier"
NOT_TAKEN = "เครื่องแม่ข่ายกลางรับรายการนี้ไม่ได้ แจ้งผู้ดูแลระบบ"
RAISE = (
    update(tables.office).where(tables.office.c.code == bindparam("its_code")).values(last_seq=bindparam("last_seq"))
)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a batch. rejected; rows: the log's new ones; last_seq: the office's newest event; revision: of its
    settings, which an event may have changed."""

    rejected: tuple[Rejection, ...]
    rows: tuple[dict[str, Any], ...]
    last_seq: int
    revision: int


@dataclass(slots=True)
class Batch:
    """What is known of a batch while it is gone through."""

    by_seq: dict[int, bytes]
    ids: set[bytes]
    next_seq: int
    rows: list[dict[str, Any]] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)
    waiting: set[bytes] = field(default_factory=set)


def take(connection: Connection, office: Row[Any], device: Row[Any], events: Sequence[Event | BadEvent]) -> Taken:
    """Write what is new and right into the log and its projections. The office is locked."""
    if not events:
        return Taken((), (), office.last_seq, office.revision)
    told = [(event, payload_of(event)) for event in events if isinstance(event, Event)]
    payloads = {id(event): payload for event, payload in told}
    found = known.of(connection, device, device.store_id, told, KINDS.keys())
    batch = Batch(found.by_seq, found.ids, office.last_seq + 1)
    cases = Projection(connection, device, told, found)
    for event in events:
        _take_one(device, cases, batch, event, payloads.get(id(event), {}))
    cases.write()
    if cases.settings_changed:
        office = offices.known(connection, office.code)
    if batch.rows:
        insert_all(connection, tables.log, batch.rows)
        destruction.apply(connection, office.code, batch.rows, found.destroyed)
        if office.upstream:
            outbox.note(connection, office.code, batch.rows, cases.files)
        else:
            queue.note(connection, office, batch.rows)
        connection.execute(RAISE, {"its_code": office.code, "last_seq": batch.next_seq - 1})
    return Taken(tuple(batch.rejected), tuple(batch.rows), batch.next_seq - 1, office.revision)


def take_singly(
    connection: Connection, office: Row[Any], device: Row[Any], events: Sequence[Event | BadEvent]
) -> Taken:
    """The same, event by event, of which the database may refuse one. The office is locked."""
    rejected: list[Rejection] = []
    waiting: set[bytes] = set()

    def refuse(event: Event | BadEvent, rejection: Rejection) -> None:
        rejected.append(rejection)
        if event.record is not None:
            waiting.add(event.record)

    def one(standing: Row[Any], event: Event | BadEvent) -> list[dict[str, Any]]:
        if event.record in waiting:
            refuse(event, Rejection(event.seq, WAITS, "รอรายการก่อนหน้าของเรื่องเดียวกัน จะส่งต่อเองเมื่อรายการก่อนหน้าแก้ไขแล้ว"))
            return []
        taken = take(connection, standing, device, [event])
        for rejection in taken.rejected:
            refuse(event, rejection)
        return list(taken.rows)

    rows, office = singly.one_by_one(
        connection, office, events, one, lambda event: refuse(event, Rejection(event.seq, "server_fault", NOT_TAKEN))
    )
    return Taken(tuple(rejected), tuple(rows), office.last_seq, office.revision)


def _take_one(device: Row[Any], cases: Projection, batch: Batch, event: Event | BadEvent, payload: Payload) -> None:
    if isinstance(event, BadEvent):
        _reject(batch, event.record, Rejection(event.seq, event.code, event.reason))
        return
    if batch.by_seq.get(event.seq) == event.id or (event.id in batch.ids and event.seq not in batch.by_seq):
        return
    try:
        check(event, event.seq in batch.by_seq, batch.waiting)
        cases.apply(event, payload)
    except Refused as error:
        _reject(batch, event.record, Rejection(event.seq, error.code, f"{error.title} {error.hint}".strip()))
        return
    except Exception as error:
        # a fault of ours over one event must not hold up all the others of the counter
        LOG.error("event of kind %s not taken: %s", event.kind, type(error).__name__)
        _reject(batch, event.record, Rejection(event.seq, "server_fault", NOT_TAKEN))
        return
    batch.by_seq[event.seq] = event.id
    batch.ids.add(event.id)
    batch.rows.append(row(device, batch.next_seq, event))
    batch.next_seq += 1


def check(event: Event, seq_taken: bool, waiting: Collection[bytes]) -> None:
    """Refused for an event whose number another one has, that only citizens make, or whose record waits."""
    if seq_taken:
        raise Refused(
            "seq_conflict", "ลำดับรายการนี้มีข้อมูลอื่นอยู่แล้ว เครื่องนี้อาจเป็นสำเนาของอีกเครื่อง", "หยุดใช้เครื่องใดเครื่องหนึ่ง แล้วแจ้งผู้ดูแลระบบ"
        )
    if event.kind in EVENTS:
        raise Refused("citizens_only", "รายการนี้ทำได้เฉพาะผู้ร้องบนหน้าติดตามเรื่อง", "แจ้งผู้ดูแลระบบ")
    if event.record in waiting:
        raise Refused(WAITS, "รอรายการก่อนหน้าของเรื่องเดียวกัน", "จะส่งต่อเองเมื่อรายการก่อนหน้าแก้ไขแล้ว")


def _reject(batch: Batch, record: bytes | None, rejection: Rejection) -> None:
    batch.rejected.append(rejection)
    if record is not None:
        batch.waiting.add(record)


def row(device: Row[Any], office_seq: int, event: Event) -> dict[str, Any]:
    """An event as a row of the log."""
    return {
        "office": device.office,
        "office_seq": office_seq,
        "store_id": device.store_id,
        "seq": event.seq,
        "id": event.id,
        "record": event.record,
        "kind": event.kind,
        "at": event.at,
        "by": event.by,
        "payload": event.payload,
        "received_at": now_ms(),
    }
