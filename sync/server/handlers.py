"""What the two requests of the protocol do, free of HTTP: each is one transaction, or none."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, or_, select, update

from sync.protocol import (
    IN_HAND,
    NOT_ECHOED,
    PROTOCOL,
    SPOKEN,
    BadEvent,
    BookLease,
    Change,
    EnrolAnswer,
    EnrolRequest,
    Event,
    Lease,
    LeaseWanted,
    SyncAnswer,
    SyncRequest,
)
from sync.relay_form import PREFIX
from sync.server import accounting, devices, intake, leases, offices, receipts, tables
from sync.server.citizen.look_up import CITIZEN
from sync.server.database import Database
from sync.server.faults import Denied, RowFault
from sync.server.intake import Taken
from sync.server.offices import now_ms
from sync.server.relay import outbox

Find = Callable[[Connection], Row[Any]]
"""Finds the device that speaks, or raises Denied; asked anew in each transaction."""
Take = Callable[[Connection, Row[Any], Row[Any], Sequence[Event | BadEvent], bool], Taken]
"""(connection, office, device, events, whether each on its own)"""
MAX_CHANGES = 10_000
MIN_WINDOW, MAX_WINDOW = 16 * 1024, 4 * 1024 * 1024
MAX_LEASES_WANTED = 8
MOST_HELD = 100_000
"""Numbers of a store that are looked through at once."""
LOG = tables.log
CHANGES = (
    select(*(LOG.c[name] for name in ("office_seq", "store_id", "seq", "id", "record", "kind", "at", "by", "payload")))
    .where(
        LOG.c.office == bindparam("office"),
        LOG.c.office_seq > bindparam("cursor"),
        LOG.c.office_seq <= bindparam("newest"),
        or_(LOG.c.store_id.not_in(bindparam("mine", expanding=True)), LOG.c.kind.not_in(sorted(NOT_ECHOED))),
    )
    .order_by(LOG.c.office_seq)
    .limit(bindparam("most"))
)
CITIZEN_NAME = "หน้าติดตามของประชาชน"
"""What counters call the place that a citizen's own steps come from."""


def check_protocol(version: object) -> None:
    """Denied 426 for a version that this server does not speak: nothing is read, so nothing is misread or lost."""
    if isinstance(version, int) and version in SPOKEN and version is not True:
        return
    if isinstance(version, int) and version > PROTOCOL:
        raise Denied(
            426,
            "server_too_old",
            "เครื่องแม่ข่ายกลางเป็นรุ่นเก่ากว่าโปรแกรมนี้",
            "แจ้งผู้ดูแลให้ปรับปรุงเครื่องแม่ข่าย ข้อมูลในเครื่องยังอยู่ครบและจะส่งเองภายหลัง",
        )
    raise Denied(
        426, "program_too_old", "โปรแกรมนี้เก่ากว่าที่เครื่องแม่ข่ายกลางรองรับ", "ปรับปรุงโปรแกรมเป็นรุ่นล่าสุด ข้อมูลในเครื่องยังอยู่ครบ"
    )


def enrol(database: Database, request: EnrolRequest) -> EnrolAnswer:
    """Give a counter its identity, settings and first numbers."""
    if request.store_id == CITIZEN:
        raise Denied(403, "store_taken", "เครื่องนี้ใช้รหัสที่สงวนไว้", "ตั้งเครื่องนี้ใหม่ แล้วขอเข้าร่วมอีกครั้ง")
    with database.write() as connection:
        code, relay = devices.redeem(connection, request.code, request.store_id)
        for store_id in (request.store_id, *request.replaces):
            _check_kind(relay, store_id)
        office = offices.lock(connection, code)
        device, token = devices.enter(
            connection, code, request.store_id, request.counter_name, request.app_version, relay
        )
        _replace(connection, code, device, request.replaces)
        settings = offices.settings(connection, code)
        receipts.adopt(connection, office, device, request.books, (request.store_id, *request.replaces))
        given: list[Lease] = []
        if request.blocks:
            leases.adopt(connection, office, device, request.blocks, (request.store_id, *request.replaces))
        else:
            series = f"{office.letters}{settings.office.get('service_digit', '1')}"
            given = _grant(connection, office, device, [LeaseWanted(f"enrol {request.store_id}", series, IN_HAND)])
        _here_now(connection, code, device, request.store_id)
        books = () if request.books else receipts.first_book(connection, office, device, request.store_id, settings)
    return EnrolAnswer(device, token, code, settings, tuple(given), now_ms(), books)


def _check_kind(relay: bool, store_id: str) -> None:
    """Denied for a counter with the code of an office's server, and the other way round."""
    if relay != store_id.startswith(PREFIX):
        meant = "เครื่องแม่ข่ายในสำนักงาน" if relay else "เคาน์เตอร์"
        raise Denied(403, "enrol_code_kind", f"รหัสนี้ออกให้{meant}", "ขอรหัสที่ตรงกับเครื่องนี้จากผู้ดูแลเครื่องแม่ข่าย")


def _here_now(connection: Connection, office: str, device: str, store_id: str) -> None:
    """A counter that was known as one behind another server speaks for itself from now on."""
    table, log, case = tables.relay_store, tables.log, tables.case
    gone = delete(table).where(table.c.office == office, table.c.store_id == store_id)
    if connection.execute(gone).rowcount:
        its = select(log.c.record).where(log.c.office == office, log.c.store_id == store_id)
        connection.execute(
            update(case)
            .where(case.c.office == office, case.c.device == accounting.ELSEWHERE, case.c.record.in_(its))
            .values(device=device)
        )


def _replace(connection: Connection, office: str, device: str, replaced: Sequence[str]) -> None:
    table = tables.device
    for store_id in replaced:
        old = connection.execute(
            select(table.c.id).where(table.c.office == office, table.c.store_id == store_id)
        ).scalar()
        if old and old != device:
            devices.revoke(connection, office, old, "ถูกแทนที่ด้วยเครื่องที่กู้คืนจากไฟล์สำรอง")
            leases.hand_over(connection, office, old, device)
            receipts.hand_over(connection, office, old, device)


def admit(database: Database, token: str) -> Row[Any]:
    """The device of a token; Denied 401 or 403 before anything of the message is unfolded."""
    with database.read() as connection:
        return devices.authenticate(connection, token)


def sync(database: Database, token: str, request: SyncRequest) -> SyncAnswer:
    """Take the events, give numbers, tell what is new. When this returns, what it says is committed."""
    return sync_of(
        database, lambda connection: devices.authenticate(connection, token), request, devices.office_in(token)
    )


def sync_of(
    database: Database, find: Find, request: SyncRequest, office_code: str = "", take: Take | None = None
) -> SyncAnswer:
    """The same for the device that `find` finds, in this office where that is known; `take` takes the events in another
    way."""
    if not (take or request.events or request.leases_wanted or request.books_wanted):
        with database.read() as connection:
            device = _authentic(connection, find, request)
            _check_cursor(device.last_seq, request.cursor)
            _check_relay(device, request.cursor)
            if devices.says_the_same(device, request) and not (
                device.relay and request.cursor > device.settled_through
            ):
                return _answer(connection, device, Taken((), (), device.last_seq, device.revision), request)
    try:
        return _written(database, find, request, office_code, take or _take, False)
    except RowFault:
        # something that nobody had thought of: only the event that it is about shall rest
        return _written(database, find, request, office_code, take or _take, True)


def _take(
    connection: Connection, office: Row[Any], device: Row[Any], events: Sequence[Event | BadEvent], singly: bool
) -> Taken:
    return (intake.take_singly if singly else intake.take)(connection, office, device, events)


def _written(
    database: Database, find: Find, request: SyncRequest, office_code: str, take: Take, singly: bool
) -> SyncAnswer:
    with database.write(office=office_code) as connection:
        office = offices.lock(connection, office_code or _authentic(connection, find, request).office)
        # looked at under the lock: another request of this device may have gone before
        device = _authentic(connection, find, request)
        _check_cursor(office.last_seq, request.cursor)
        _check_relay(device, request.cursor)
        taken = take(connection, office, device, request.events, singly)
        # of an office's own server: how far it has said that it is, because it must never be less again
        through = [request.cursor] if device.relay else [event.seq for event in request.events]
        settled = max([device.settled_through, *through])
        devices.seen(connection, device, request, settled)
        given = _grant(connection, office, device.id, request.leases_wanted[:MAX_LEASES_WANTED])
        books = _books(connection, office, device, request)
        return _answer(
            connection,
            device,
            taken,
            request,
            accepted_through=settled,
            rejected=taken.rejected,
            leases=tuple(given),
            books=books,
        )


class _NotNow(Exception):
    """An event is not to be taken yet: the transaction is undone."""


def take_early(database: Database, token: str, store_id: str, cursor: int, events: Sequence[Event]) -> bool:
    """Take the first events of a request of which the rest is still on its way, as if they had come alone; False, and
    nothing is changed, where one of them is refused: the whole request will be told why."""
    try:
        with database.write(office=devices.office_in(token)) as connection:
            office = offices.lock(connection, devices.authenticate(connection, token).office)
            device = _of_store(devices.authenticate(connection, token), store_id)
            _check_cursor(office.last_seq, cursor)
            if intake.take(connection, office, device, events).rejected:
                raise _NotNow
            devices.settled(connection, device, max(event.seq for event in events))
    except _NotNow:
        return False
    return True


def _authentic(connection: Connection, find: Find, request: SyncRequest) -> Row[Any]:
    return _of_store(find(connection), request.store_id)


def _of_store(device: Row[Any], store_id: str) -> Row[Any]:
    if device.store_id != store_id:
        raise Denied(
            403,
            "store_mismatch",
            "ฐานข้อมูลนี้ไม่ใช่ของเครื่องที่เข้าร่วมไว้ อาจกู้คืนจากไฟล์สำรอง",
            "ขอรหัสเข้าร่วมใหม่จากผู้ดูแลเครื่องแม่ข่าย ข้อมูลในเครื่องยังอยู่ครบ",
        )
    return device


def _check_cursor(last_seq: int, cursor: int) -> None:
    """A counter that has seen more than there is means that this database is an old copy: leasing would double."""
    if cursor > last_seq:
        raise Denied(
            409,
            "server_rolled_back",
            "ข้อมูลของเครื่องแม่ข่ายกลางเก่ากว่าที่เครื่องนี้เคยได้รับ",
            "แจ้งผู้ดูแลเครื่องแม่ข่ายทันที ทำงานต่อในเครื่องนี้ได้ ข้อมูลยังอยู่ครบ",
        )


def _check_relay(device: Row[Any], cursor: int) -> None:
    """An office's own server that knows less than it has known before was restored from a backup: it would give numbers
    away again."""
    if device.relay and cursor < device.settled_through:
        raise Denied(
            409,
            "relay_rolled_back",
            "ข้อมูลของเครื่องแม่ข่ายในสำนักงานเก่ากว่าที่เคยได้รับ อาจกู้คืนจากไฟล์สำรอง",
            "ขอรหัสด้วย offices enrol-code --relay แล้วให้เครื่องแม่ข่ายในสำนักงานเข้าร่วมใหม่",
        )


def _grant(connection: Connection, office: Row[Any], device: str, wanted: Sequence[LeaseWanted]) -> list[Lease]:
    settings = offices.settings(connection, office.code).office if wanted else {}
    main_series = f"{office.letters}{settings.get('service_digit', '1')}"
    given = []
    for want in wanted:
        first_run = int(settings.get("first_run", 1)) if want.series == main_series else 1
        lease = leases.grant(connection, office, device, want, first_run)
        if lease is not None:
            given.append(lease)
    return given


def _books(connection: Connection, office: Row[Any], device: Row[Any], request: SyncRequest) -> tuple[BookLease, ...]:
    wanted = request.books_wanted[:MAX_LEASES_WANTED]
    settings = offices.settings(connection, office.code).office.get("receipts") or {} if wanted else {}
    given = [receipts.grant(connection, office, device.id, one, settings) for one in wanted]
    return tuple(book for book in given if book is not None)


def _answer(connection: Connection, device: Row[Any], taken: Taken, request: SyncRequest, **parts: Any) -> SyncAnswer:
    changes, cursor = _changes(connection, device, taken, request)
    stores = {change.store_id for change in changes} - {device.store_id}
    return SyncAnswer(
        **{"accepted_through": device.settled_through, **parts},
        cursor=cursor,
        server_time=now_ms(),
        more=cursor < taken.last_seq,
        changes=tuple(changes),
        counters=_names(connection, device.office, stores),
        settings=offices.settings(connection, device.office) if request.revision != taken.revision else None,
        registers=request.registers,
        held=_held(connection, device, request.held) if request.held else None,
        central=outbox.central(connection, device) if device.upstream else None,
        permits=request.registers,
    )


def _held(connection: Connection, device: Row[Any], between: tuple[int, int]) -> tuple[int, int]:
    """How many events of the counter are here that lie behind the first number and up to the second, and the last."""
    mine = (LOG.c.office == device.office, LOG.c.store_id == device.store_id)
    asked = select(func.count(), func.coalesce(func.max(LOG.c.seq), 0)).where(
        *mine, LOG.c.seq > between[0], LOG.c.seq <= min(between[1], between[0] + MOST_HELD)
    )
    count, last = connection.execute(asked).one()
    return int(count), int(last)


def _changes(connection: Connection, device: Row[Any], taken: Taken, request: SyncRequest) -> tuple[list[Change], int]:
    """The next changes after the cursor, within the window; the cursor stands behind everything looked at."""
    if request.cursor + len(taken.rows) >= taken.last_seq and all(row["kind"] in NOT_ECHOED for row in taken.rows):
        return [], taken.last_seq
    window = min(max(request.window, MIN_WINDOW), MAX_WINDOW)
    asked = {
        "office": device.office,
        "cursor": request.cursor,
        "newest": taken.last_seq,
        "mine": _mine(connection, device),
        "most": MAX_CHANGES,
    }
    rows = connection.execute(CHANGES, asked).fetchall()
    changes: list[Change] = []
    size, cursor = 0, request.cursor
    for row in rows:
        size += len(row.payload.encode()) + 120
        if changes and size > window:
            return changes, cursor
        event = Event(row.seq, row.id, row.record, row.kind, row.at, row.by, row.payload)
        changes.append(Change(row.store_id, event))
        cursor = row.office_seq
    return changes, cursor if len(rows) == MAX_CHANGES else taken.last_seq


def _mine(connection: Connection, device: Row[Any]) -> list[str]:
    """The stores whose events were made at the device, or at the counters behind an office's own server."""
    if not device.relay:
        return [device.store_id]
    table = tables.relay_store
    behind = select(table.c.store_id).where(table.c.office == device.office, table.c.device == device.id)
    return list(connection.execute(behind).scalars())


def _names(connection: Connection, office: str, stores: set[str]) -> dict[str, str]:
    names: dict[str, str] = {}
    for table in (tables.device, tables.relay_store):
        if missing := sorted(stores - {CITIZEN, *names}):
            asked = select(table.c.store_id, table.c.name).where(
                table.c.office == office, table.c.store_id.in_(missing)
            )
            names |= {row.store_id: row.name for row in connection.execute(asked) if row.name}
    return {**names, CITIZEN: CITIZEN_NAME} if CITIZEN in stores else names
