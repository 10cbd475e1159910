"""On the central server: what an office's own server sends, for many counters at once, and the numbers it takes over.

Each event keeps its store, number and UUID, so that it is taken once by whatever way it comes. Numbers have to lie in
blocks that were leased to the office's server: which counter holds which of them is that server's own business.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection, Row, delete, insert, select, update

from app.domain.errors import Refused
from sync.json_form import filled, to_text
from sync.protocol import Change, Event
from sync.relay_form import (
    CHECKPOINTS_PATH,
    NUMBERS_PATH,
    PATH,
    BadChange,
    CounterBehind,
    Numbers,
    Refusal,
    RelayAnswer,
    RelayedCheckpoint,
    RelayRequest,
    checkpoints_from_json,
)
from sync.server import (
    destruction,
    devices,
    handlers,
    intake,
    known,
    leases,
    offices,
    openapi,
    receipts,
    singly,
    tables,
    wire,
)
from sync.server.database import Database, insert_all
from sync.server.device_limits import Doorkeeper
from sync.server.faults import Denied
from sync.server.intake import Taken
from sync.server.known import Payload, payload_of
from sync.server.projection import KINDS, Projection
from sync.server.relay import checkpoints, outbox
from sync.server.sms import queue

MOVED = "ย้ายไปส่งข้อมูลผ่านเครื่องแม่ข่ายในสำนักงานแล้ว"
behind = tables.relay_store


def routes(door: Doorkeeper, taken: Callable[[], None]) -> APIRouter:
    """The requests of offices' own servers; `taken` is told when events may have come."""
    router, database, metrics = APIRouter(), door.database, door.metrics

    @router.post(
        PATH,
        response_class=Response,
        summary="One round trip of an office's own server for its counters",
        openapi_extra=openapi.body(openapi.RelayRequestModel),
    )
    async def relay(request: Request) -> Response:
        token = _token(request)

        def handle(message: dict[str, Any]) -> bytes:
            asked = RelayRequest.from_json(message)
            answer = sync(database, token, asked)
            if asked.relayed:
                taken()
                metrics.taken.inc(len(asked.relayed) - len(answer.refused))
                for refused in answer.refused:
                    metrics.rejected.labels(refused.code).inc()
            return answer.to_bytes()

        return await wire.answer(request, handle, lambda: door.admit(token), door.limits.batch_bytes)

    @router.post(
        NUMBERS_PATH,
        response_class=Response,
        summary="Numbers of a counter that joins an office's own server",
        openapi_extra=openapi.body(openapi.RelayNumbersModel),
    )
    async def numbers(request: Request) -> Response:
        token = _token(request)

        def handle(message: dict[str, Any]) -> bytes:
            known = adopt(database, token, Numbers.from_json(message))
            return to_text(filled({"checkpoint": known.to_json() if known else None})).encode()

        return await wire.answer(request, handle, lambda: door.admit(token))

    @router.post(
        CHECKPOINTS_PATH,
        response_class=Response,
        summary="Checkpoints of the audit chains of counters behind an office's own server",
        openapi_extra=openapi.body(openapi.RelayCheckpointsModel),
    )
    async def chains(request: Request) -> Response:
        token = _token(request)

        def handle(message: dict[str, Any]) -> bytes:
            told = checkpoints_from_json(message)
            with database.write(office=devices.office_in(token)) as connection:
                offices.lock(connection, _relay(connection, token).office)
                checkpoints.take(connection, _relay(connection, token), told)
            return b"{}"

        return await wire.answer(request, handle, lambda: door.admit(token))

    return router


def _token(request: Request) -> str:
    return request.headers.get("authorization", "").removeprefix("Bearer ").strip()


def _relay(connection: Connection, token: str) -> Row[Any]:
    device = devices.authenticate(connection, token)
    if not device.relay:
        raise Denied(
            403, "not_a_relay", "เครื่องนี้ไม่ใช่เครื่องแม่ข่ายในสำนักงาน", "ขอรหัสด้วยคำสั่ง offices enrol-code LAO_CODE --relay"
        )
    return device


def sync(database: Database, token: str, request: RelayRequest) -> RelayAnswer:
    """Take the events, give numbers, tell what is new. When this returns, what it says is committed."""
    refused: list[Refusal] = []

    def take(connection: Connection, office: Row[Any], device: Row[Any], _events: object, alone: bool) -> Taken:
        _know(connection, device, request.behind, [one.store_id for one in request.relayed])
        refused[:], taken = (_take_singly if alone else _take)(connection, office, device, request.relayed)
        return taken

    wants = take if request.relayed or request.behind else None
    answer = handlers.sync_of(database, lambda connection: _relay(connection, token), request.sync, take=wants)
    return RelayAnswer(answer, tuple(refused))


@dataclass(slots=True)
class _Batch:
    """What is known of a batch while it is gone through."""

    next_seq: int
    by_seq: dict[tuple[str, int], bytes] = field(default_factory=dict)
    ids: set[bytes] = field(default_factory=set)
    direct: set[str] = field(default_factory=set)
    rows: list[dict[str, Any]] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    waiting: set[bytes] = field(default_factory=set)


def _take(
    connection: Connection, office: Row[Any], device: Row[Any], changes: Sequence[Change | BadChange]
) -> tuple[list[Refusal], Taken]:
    """As intake.take does for the events of one counter: once each, a bad one alone refused. The office is locked."""
    told = [(one.event, payload_of(one.event)) for one in changes if isinstance(one, Change)]
    found = known.of(connection, device, device.store_id, told, KINDS.keys())
    batch = _known(connection, office, changes, found.ids)
    cases = Projection(connection, device, told, found)
    payloads = {id(event): payload for event, payload in told}
    for change in changes:
        _take_one(device, cases, batch, change, payloads)
    cases.write()
    if cases.settings_changed:
        office = offices.known(connection, office.code)
    if batch.rows:
        insert_all(connection, tables.log, batch.rows)
        destruction.apply(connection, office.code, batch.rows, found.destroyed)
        queue.note(connection, office, batch.rows)
        connection.execute(intake.RAISE, {"its_code": office.code, "last_seq": batch.next_seq - 1})
    return batch.refused, Taken((), tuple(batch.rows), batch.next_seq - 1, office.revision)


def _take_singly(
    connection: Connection, office: Row[Any], device: Row[Any], changes: Sequence[Change | BadChange]
) -> tuple[list[Refusal], Taken]:
    """The same, event by event, of which the database may refuse one."""
    refused: list[Refusal] = []
    waiting: set[bytes] = set()

    def refuse(change: Change | BadChange, refusal: Refusal) -> None:
        refused.append(refusal)
        record = change.event.record if isinstance(change, Change) else change.record
        if record is not None:
            waiting.add(record)

    def one(standing: Row[Any], change: Change | BadChange) -> list[dict[str, Any]]:
        if isinstance(change, Change) and change.event.record in waiting:
            refuse(change, Refusal(change.store_id, change.event.seq, outbox.WAITS, outbox.WAITS_REASON))
            return []
        found, taken = _take(connection, standing, device, [change])
        for refusal in found:
            refuse(change, refusal)
        return list(taken.rows)

    def cannot(change: Change | BadChange) -> None:
        seq = change.event.seq if isinstance(change, Change) else change.seq
        refuse(change, Refusal(change.store_id, seq, "server_fault", intake.NOT_TAKEN))

    rows, office = singly.one_by_one(connection, office, changes, one, cannot)
    return refused, Taken((), tuple(rows), office.last_seq, office.revision)


def _known(connection: Connection, office: Row[Any], changes: Sequence[Change | BadChange], ids: set[bytes]) -> _Batch:
    batch = _Batch(office.last_seq + 1, ids=ids)
    by_store: dict[str, list[Event]] = {}
    for change in changes:
        if isinstance(change, Change):
            by_store.setdefault(change.store_id, []).append(change.event)
    for store_id, events in by_store.items():
        here = known.by_seq(connection, office.code, store_id, [event.seq for event in events])
        batch.by_seq.update({(store_id, seq): identity for seq, identity in here.items()})
    table = tables.device
    batch.direct = set(
        connection.execute(
            select(table.c.store_id).where(
                table.c.office == office.code,
                table.c.store_id.in_(sorted(by_store)),
                table.c.revoked_at.is_(None),
            )
        ).scalars()
    )
    return batch


def _take_one(
    device: Row[Any], cases: Projection, batch: _Batch, change: Change | BadChange, payloads: Mapping[int, Payload]
) -> None:
    if isinstance(change, BadChange):
        _refuse(batch, change.record, Refusal(change.store_id, change.seq, change.code, change.reason))
        return
    event, place = change.event, (change.store_id, change.event.seq)
    if batch.by_seq.get(place) == event.id or (event.id in batch.ids and place not in batch.by_seq):
        return
    try:
        _check(batch, change)
        cases.apply(event, payloads[id(event)])
    except Refused as error:
        _refuse(batch, event.record, Refusal(*place, error.code, f"{error.title} {error.hint}".strip()))
        return
    except Exception as error:
        # a fault of ours over one event must not hold up all the others of the office
        intake.LOG.error("event of kind %s not taken: %s", event.kind, type(error).__name__)
        _refuse(batch, event.record, Refusal(*place, "server_fault", intake.NOT_TAKEN))
        return
    batch.by_seq[place] = event.id
    batch.ids.add(event.id)
    batch.rows.append({**intake.row(device, batch.next_seq, event), "store_id": change.store_id})
    batch.next_seq += 1


def _check(batch: _Batch, change: Change) -> None:
    if change.store_id in batch.direct:
        raise Refused(
            "store_direct",
            "เครื่องที่บันทึกรายการนี้ส่งข้อมูลถึงเครื่องแม่ข่ายกลางเองอยู่แล้ว",
            "ให้เครื่องนั้นเข้าร่วมกับเครื่องแม่ข่ายในสำนักงาน หรือแจ้งผู้ดูแลระบบ",
        )
    intake.check(change.event, (change.store_id, change.event.seq) in batch.by_seq, batch.waiting)


def _refuse(batch: _Batch, record: bytes | None, refusal: Refusal) -> None:
    batch.refused.append(refusal)
    if record is not None:
        batch.waiting.add(record)


def _know(connection: Connection, device: Row[Any], told: Sequence[CounterBehind], stores: Sequence[str]) -> None:
    """Keep what an office's server tells of its counters; a store that only sends events is known by its id."""
    named = {one.store_id: one for one in told}
    known = set(
        connection.execute(
            select(behind.c.store_id).where(behind.c.office == device.office, behind.c.device == device.id)
        ).scalars()
    )
    for store_id in {*named, *stores} - known:
        connection.execute(delete(behind).where(behind.c.office == device.office, behind.c.store_id == store_id))
        connection.execute(
            insert(behind).values(
                office=device.office, store_id=store_id, device=device.id, name="", seen_at=0, waiting=0, resting=0
            )
        )
    for one in told:
        connection.execute(
            update(behind)
            .where(behind.c.office == device.office, behind.c.store_id == one.store_id)
            .values(name=one.name, seen_at=one.seen_at, waiting=one.waiting, resting=one.resting)
        )


def adopt(database: Database, token: str, numbers: Numbers) -> RelayedCheckpoint | None:
    """Give the blocks and books that a counter brings along to the office's server that it joins, and end its own way
    here; returns the newest checkpoint of its audit chain. Denied 409 where another counter holds some of them. Doing
    it again changes nothing."""
    with database.write() as connection:
        office = offices.lock(connection, _relay(connection, token).office)
        device = _relay(connection, token)
        table = tables.device
        old = connection.execute(
            select(table.c.id).where(table.c.office == office.code, table.c.store_id.in_(numbers.stores))
        ).scalars()
        for one in [found for found in old if found != device.id]:
            devices.revoke(connection, office.code, one, MOVED)
            leases.hand_over(connection, office.code, one, device.id)
            receipts.hand_over(connection, office.code, one, device.id)
        leases.adopt(connection, office, device.id, numbers.blocks, numbers.stores)
        receipts.adopt(connection, office, device.id, numbers.books, numbers.stores)
        return checkpoints.told(connection, office.code, numbers.stores)
