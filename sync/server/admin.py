"""What the administrator of the central server does from the command line, beside the running server or without it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, Row, func, select

from app.domain import receiving_number
from app.domain.errors import Refused
from sync.server import devices, offices, tables
from sync.server.database import Database

CODE_HOURS = 24.0


@contextmanager
def _database(url: str) -> Iterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        database.close()


def add_office(
    database_url: str, office_document: Mapping[str, Any], service_documents: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Add an office, or a new revision of its settings that every counter gets at its next sync.

    The documents are kept and passed on as given. Returns {office, name, revision}.
    """
    with _database(database_url) as database, database.write() as connection:
        revision = offices.put(connection, office_document, service_documents)
    return {"office": office_document["code"], "name": office_document["name"], "revision": revision}


def enrol_code(database_url: str, lao_code: str, hours: float = CODE_HOURS) -> tuple[str, datetime]:
    """A one-time code for one counter of the office: (code, expires at)."""
    with _database(database_url) as database, database.write() as connection:
        offices.known(connection, lao_code)
        code, expires_at = devices.new_code(connection, lao_code, hours)
    return code, _instant(expires_at)


def list_offices(database_url: str) -> list[dict[str, Any]]:
    """[{office, name, letters, revision, devices, cases, events}], by code."""
    with _database(database_url) as database, database.read() as connection:
        rows = connection.execute(select(tables.office).order_by(tables.office.c.code)).fetchall()
        return [_office(connection, row) for row in rows]


def list_devices(database_url: str, lao_code: str) -> list[dict[str, Any]]:
    """[{id, store_id, name, app_version, enrolled_at, seen_at, revoked, reason, cases}], in order of joining."""
    device = tables.device
    with _database(database_url) as database, database.read() as connection:
        offices.known(connection, lao_code)
        rows = connection.execute(
            select(device).where(device.c.office == lao_code).order_by(device.c.enrolled_at)
        ).fetchall()
        return [_device(connection, row) for row in rows]


def revoke(database_url: str, lao_code: str, device_id: str, reason: str) -> None:
    """Shut a counter (by device id or store id) out; it is told `reason` at its next sync and keeps its data."""
    with _database(database_url) as database, database.write() as connection:
        if not devices.revoke(connection, lao_code, device_id, reason):
            raise Refused("device_unknown", "ไม่พบเครื่องนี้ใน อปท. ที่ระบุ", "ดูรหัสเครื่องจากรายการเครื่องของ อปท.")


def numbers_report(database_url: str, lao_code: str) -> list[dict[str, Any]]:
    """Every run of every block: [{series, leased, issued, voided, unused, unexplained, duplicates, blocks}].

    `unused` are runs that no counter has reported; `unexplained` are cases and voids outside every block, and
    `duplicates` runs that are both issued and voided: both must be 0.
    """
    with _database(database_url) as database, database.read() as connection:
        offices.known(connection, lao_code)
        ledger = tables.number_lease
        series = connection.execute(
            select(ledger.c.series).where(ledger.c.office == lao_code).distinct().order_by(ledger.c.series)
        ).scalars()
        return [_series(connection, lao_code, name) for name in list(series)]


def _series(connection: Connection, office: str, series: str) -> dict[str, Any]:
    ledger, case, void = tables.number_lease, tables.case, tables.number_void
    blocks = connection.execute(
        select(ledger.c.first, ledger.c.last, ledger.c.device)
        .where(ledger.c.office == office, ledger.c.series == series)
        .order_by(ledger.c.first)
    ).fetchall()
    received = receiving_number.is_series(series)
    issued = set(_received(connection, office, series) if received else _runs(connection, case, office, series))
    voided = set(_runs(connection, void, office, series))
    inside = {run for run in issued | voided if any(block.first <= run <= block.last for block in blocks)}
    leased = sum(block.last - block.first + 1 for block in blocks)
    return {
        "series": series,
        "leased": leased,
        "issued": len(issued),
        "voided": len(voided),
        "unused": leased - len(inside),
        "unexplained": len(issued | voided) - len(inside),
        "duplicates": len(issued & voided) + _overlaps(blocks),
        "blocks": [{"first": block.first, "last": block.last, "device": block.device} for block in blocks],
    }


def _received(connection: Connection, office: str, series: str) -> Iterator[int]:
    """The runs of a register of incoming matters that counters have given, from the office's log."""
    log = tables.log
    payloads = connection.execute(
        select(log.c.payload).where(log.c.office == office, log.c.kind == "receiving_numbered")
    ).scalars()
    return (told["run"] for told in map(json.loads, payloads) if told["series"] == series)


def _runs(connection: Connection, table: Any, office: str, series: str) -> Iterator[int]:
    return iter(
        connection.execute(select(table.c.run).where(table.c.office == office, table.c.series == series)).scalars()
    )


def _overlaps(blocks: Sequence[Any]) -> int:
    """Runs that two neighbouring blocks share."""
    return sum(max(0, before.last - after.first + 1) for before, after in pairwise(blocks))


def _office(connection: Connection, row: Row[Any]) -> dict[str, Any]:
    counts = {
        name: connection.execute(select(func.count()).where(table.c.office == row.code)).scalar_one()
        for name, table in (("devices", tables.device), ("cases", tables.case), ("events", tables.log))
    }
    return {"office": row.code, "name": row.name, "letters": row.letters, "revision": row.revision, **counts}


def _device(connection: Connection, row: Row[Any]) -> dict[str, Any]:
    case = tables.case
    cases = connection.execute(
        select(func.count()).where(case.c.office == row.office, case.c.device == row.id)
    ).scalar_one()
    return {
        "id": row.id,
        "store_id": row.store_id,
        "name": row.name,
        "app_version": row.app_version,
        "enrolled_at": _instant(row.enrolled_at).isoformat(),
        "seen_at": _instant(row.seen_at).isoformat(),
        "revoked": row.revoked_at is not None,
        "reason": row.revoked_reason,
        "cases": cases,
    }


def _instant(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
