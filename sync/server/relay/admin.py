"""What the administrator of an office's own server sees of its way to the central one."""

from typing import Any

from sqlalchemy import Connection, Row, func, select

from app.domain.errors import Refused
from sync.server import tables
from sync.server.admin import instant, opened
from sync.server.leases import STOCK
from sync.server.relay import files, link, outbox, restored


def status(database_url: str) -> dict[str, Any]:
    """{office, upstream, state, contacted_at, error, error_code, waiting, resting, files, file_bytes, numbers: {series:
    runs in stock}, books: {fiscal year: whole books in stock}, counters}. state: "on"; "stopped" where the central
    server has shut this one out; "restored", "catching_up" (restored.py). Refused "not_joined" for a server that sends
    on to none."""
    with opened(database_url) as database, database.read() as connection:
        at = _joined(connection)
        waiting, resting = outbox.count(connection, at.office)
        count, size = files.count(connection, at.office)
        ledger, book, device = tables.number_lease, tables.receipt_book, tables.device
        runs = connection.execute(
            select(ledger.c.series, func.sum(ledger.c.last - ledger.c.first + 1))
            .where(ledger.c.office == at.office, ledger.c.device == STOCK)
            .group_by(ledger.c.series)
            .order_by(ledger.c.series)
        )
        books = connection.execute(
            select(book.c.fiscal_year, func.count())
            .where(book.c.office == at.office, book.c.device == STOCK)
            .group_by(book.c.fiscal_year)
        )
        office = tables.office.c
        counters = select(func.count()).where(device.c.office == at.office, device.c.revoked_at.is_(None))
        return {
            "office": at.office,
            "upstream": at.url,
            "state": connection.execute(select(office.upstream).where(office.code == at.office)).scalar_one(),
            "contacted_at": instant(at.contacted_at).isoformat() if at.contacted_at else None,
            "error": at.error,
            "error_code": at.error_code,
            "waiting": waiting,
            "resting": resting,
            "files": count,
            "file_bytes": size,
            "numbers": {row[0]: int(row[1]) for row in runs},
            "books": {str(row[0]): int(row[1]) for row in books},
            "counters": int(connection.execute(counters).scalar_one()),
        }


def listing(database_url: str) -> list[dict[str, Any]]:
    """What waits for the central server and what it refused, in order (outbox.listing)."""
    with opened(database_url) as database, database.read() as connection:
        return outbox.listing(connection, _joined(connection).office)


def retry(database_url: str) -> int:
    """Have what the central server refused sent on again; returns how many events."""
    with opened(database_url) as database, database.write() as connection:
        return outbox.retry(connection, _joined(connection).office)


def put_back(database_url: str) -> None:
    """The administrator says that this database came from a backup: what is said in restored.py holds from now on."""
    with opened(database_url) as database:
        with database.read() as connection:
            _joined(connection)
        restored.note(database)


def _joined(connection: Connection) -> Row[Any]:
    found = link.read(connection)
    if found is None:
        raise Refused(
            "not_joined",
            "เครื่องแม่ข่ายนี้ไม่ได้ส่งต่อส่วนกลาง",
            "เริ่มด้วย serve --upstream URL --upstream-code CODE หรือตรวจ --database",
        )
    return found
