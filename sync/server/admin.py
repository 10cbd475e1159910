"""What the administrator of the central server does from the command line, beside the running server or without it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from sync.server import accounting, devices, offices, tables
from sync.server.database import Database

CODE_HOURS = 24.0


@contextmanager
def opened(url: str) -> Iterator[Database]:
    """A database for one command."""
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
    with opened(database_url) as database, database.write() as connection:
        revision = offices.put(connection, office_document, service_documents)
    return {"office": office_document["code"], "name": office_document["name"], "revision": revision}


def enrol_code(
    database_url: str, lao_code: str, hours: float = CODE_HOURS, *, relay: bool = False
) -> tuple[str, datetime]:
    """A one-time code for one counter of the office, or for the office's own server: (code, expires at)."""
    with opened(database_url) as database, database.write() as connection:
        offices.known(connection, lao_code)
        code, expires_at = devices.new_code(connection, lao_code, hours, relay)
    return code, instant(expires_at)


def list_offices(database_url: str) -> list[dict[str, Any]]:
    """[{office, name, letters, revision, devices, cases, events}], by code."""
    with opened(database_url) as database, database.read() as connection:
        rows = connection.execute(select(tables.office).order_by(tables.office.c.code)).fetchall()
        return [_office(connection, row) for row in rows]


def numbers_report(database_url: str, lao_code: str) -> list[dict[str, Any]]:
    """Every run of every block: [{series, leased, issued, voided, unused, returned, unexplained, duplicates, blocks}].

    `unused` are runs that no counter has reported, `returned` those of lost counters that were given up; `unexplained`
    are cases and voids outside every block, and `duplicates` runs that are both issued and voided: both must be 0.
    """
    with opened(database_url) as database, database.read() as connection:
        offices.known(connection, lao_code)
        series = accounting.series_of(connection, lao_code)
        return [accounting.report(connection, lao_code, name) for name in series]


def books_report(database_url: str, lao_code: str) -> list[dict[str, Any]]:
    """Every number of every receipt book, in the keys of `numbers_report`; series: "R<fiscal year>/<book>"."""
    with opened(database_url) as database, database.read() as connection:
        offices.known(connection, lao_code)
        return accounting.book_report(connection, lao_code)


def _office(connection: Connection, row: Row[Any]) -> dict[str, Any]:
    counts = {
        name: connection.execute(select(func.count()).where(table.c.office == row.code)).scalar_one()
        for name, table in (("devices", tables.device), ("cases", tables.case), ("events", tables.log))
    }
    return {"office": row.code, "name": row.name, "letters": row.letters, "revision": row.revision, **counts}


def instant(milliseconds: int) -> datetime:
    """Milliseconds since 1970 as a moment in UTC."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
