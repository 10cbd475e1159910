"""What the administrator of the central server does about counters: look, shut out, replace, settle their numbers."""

import time
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from app.domain.errors import Refused
from sync.server import accounting, devices, offices, tables
from sync.server.admin import CODE_HOURS, instant, opened

DAY_SECONDS = 86_400
device = tables.device


def listing(database_url: str, lao_code: str = "", *, silent_days: float = 0) -> list[dict[str, Any]]:
    """The counters of an office, or of all, in order of joining; with `silent_days` only those in use that have not
    been heard of for so many days.

    [{office, id, store_id, name, app_version, enrolled_at, seen_at, silent_days, waiting, resting, revoked, reason,
    cases, numbers_unused, behind}]; behind: the counters of an office's own server; waiting and
    resting: events that the counter itself said it had yet to send and had in quarantine.
    """
    with opened(database_url) as database, database.read() as connection:
        if lao_code:
            offices.known(connection, lao_code)
        wanted = select(device).order_by(device.c.office, device.c.enrolled_at, device.c.id)
        if lao_code:
            wanted = wanted.where(device.c.office == lao_code)
        if silent_days:
            latest = int((time.time() - silent_days * DAY_SECONDS) * 1000)
            wanted = wanted.where(device.c.seen_at < latest, device.c.revoked_at.is_(None))
        return [told(connection, row) for row in connection.execute(wanted).fetchall()]


def revoke(database_url: str, lao_code: str, device_id: str, reason: str) -> dict[str, Any]:
    """Shut a counter (by device id or store id) out: it is told `reason` at its next sync, issues no number any more
    and keeps its data. Returns {id, name, numbers_unused}: those may stand on papers that never arrived."""
    with opened(database_url) as database, database.write() as connection:
        return shut_out(connection, lao_code, device_id, reason)


def shut_out(connection: Connection, lao_code: str, device_id: str, reason: str) -> dict[str, Any]:
    """The same, in a transaction. Refused "device_unknown"."""
    row = _one(connection, lao_code, device_id)
    devices.revoke(connection, lao_code, row.id, reason)
    return {"id": row.id, "name": row.name, "numbers_unused": _unused(connection, row)}


def give_up_numbers(database_url: str, lao_code: str, device_id: str, reason: str, by: str) -> dict[str, Any]:
    """Account for the numbers and receipt numbers of a counter that is gone as returned, after somebody has decided
    that no paper carries them; they are never leased again. Refused "device_in_use" for one that has not been shut out.

    Returns {id, name, returned, spans: {series: [[first, last]]}, books_returned, books: {"R2569/1": [[first, last]]}}.
    """
    with opened(database_url) as database, database.write() as connection:
        return _give_up(connection, _one(connection, lao_code, device_id), reason, by)


def replace(
    database_url: str, lao_code: str, device_id: str, reason: str, by: str, *, give_up: bool, hours: float = CODE_HOURS
) -> dict[str, Any]:
    """A PC is broken and another one takes its place: shut the old one out and give a code for the new one.

    give_up: what it had not reported is lost for good, so its numbers are returned; otherwise they stay unused until
    that is decided, and a PC restored from its backup takes them over. Returns {code, expires_at, id, name, waiting,
    numbers_unused, returned, books_returned}; waiting: events that it had said were still to be sent.
    """
    with opened(database_url) as database, database.write() as connection:
        row = _one(connection, lao_code, device_id)
        devices.revoke(connection, lao_code, row.id, reason)
        done = _give_up(connection, _one(connection, lao_code, row.id), reason, by) if give_up else {}
        code, expires_at = devices.new_code(connection, lao_code, hours)
        return {
            "code": code,
            "expires_at": instant(expires_at),
            "id": row.id,
            "name": row.name,
            "waiting": row.waiting,
            "numbers_unused": _unused(connection, row),
            "returned": done.get("returned", 0),
            "books_returned": done.get("books_returned", 0),
        }


def _one(connection: Connection, lao_code: str, device_id: str) -> Row[Any]:
    """The device, its office locked. Refused "device_unknown"."""
    offices.known(connection, lao_code)
    offices.lock(connection, lao_code)
    row = connection.execute(
        select(device).where(device.c.office == lao_code, (device.c.id == device_id) | (device.c.store_id == device_id))
    ).first()
    if row is None:
        raise Refused("device_unknown", "ไม่พบเครื่องนี้ใน อปท. ที่ระบุ", "ดูรหัสเครื่องด้วยคำสั่ง devices list", "device")
    return row


def _give_up(connection: Connection, row: Row[Any], reason: str, by: str) -> dict[str, Any]:
    if row.revoked_at is None:
        raise Refused(
            "device_in_use",
            "เครื่องนี้ยังใช้งานอยู่ จึงยังคืนเลขของเครื่องไม่ได้",
            "ยกเลิกสิทธิ์เครื่องด้วยคำสั่ง devices revoke ก่อน เครื่องจะได้ไม่ออกเลขที่คืนแล้ว",
            "device",
        )
    spans = accounting.unused_of(connection, row.office, row.id)
    books = accounting.unused_in_books(connection, row.office, row.id)
    rows = [
        {
            "office": row.office, "series": series, "first": first, "last": last, "device": row.id, "reason": reason,
            "by": by, "at": offices.now_ms(),
        }
        for series, some in {**spans, **books}.items()
        for first, last in some
    ]  # fmt: skip
    if rows:
        connection.execute(insert(tables.number_return), rows)
    return {
        "id": row.id, "name": row.name, "returned": accounting.count(spans), "spans": _plain(spans),
        "books_returned": accounting.count(books), "books": _plain(books),
    }  # fmt: skip


def _plain(spans: dict[str, list[accounting.Span]]) -> dict[str, list[Sequence[int]]]:
    return {series: [list(span) for span in some] for series, some in spans.items()}


def _unused(connection: Connection, row: Row[Any]) -> int:
    return accounting.count(accounting.unused_of(connection, row.office, row.id))


def told(connection: Connection, row: Row[Any]) -> dict[str, Any]:
    """A counter as `listing` tells of it."""
    case = tables.case
    cases = connection.execute(
        select(func.count()).where(case.c.office == row.office, case.c.device == row.id)
    ).scalar_one()
    silent = max(0.0, time.time() - row.seen_at / 1000) / DAY_SECONDS
    return {
        "office": row.office,
        "id": row.id,
        "store_id": row.store_id,
        "name": row.name,
        "app_version": row.app_version,
        "enrolled_at": instant(row.enrolled_at).isoformat(),
        "seen_at": instant(row.seen_at).isoformat(),
        "silent_days": round(silent, 1),
        "waiting": row.waiting,
        "resting": row.resting,
        "revoked": row.revoked_at is not None,
        "reason": row.revoked_reason,
        "cases": cases,
        "numbers_unused": _unused(connection, row),
        "behind": _behind(connection, row) if row.relay else [],
    }


def _behind(connection: Connection, row: Row[Any]) -> list[dict[str, Any]]:
    """The counters of an office's own server, as it told of them."""
    table = tables.relay_store
    rows = connection.execute(
        select(table).where(table.c.office == row.office, table.c.device == row.id).order_by(table.c.name)
    )
    return [
        {
            "store_id": one.store_id, "name": one.name, "waiting": one.waiting, "resting": one.resting,
            "seen_at": instant(one.seen_at).isoformat() if one.seen_at else None,
        }
        for one in rows
    ]  # fmt: skip
