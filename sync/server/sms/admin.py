"""What the administrator of the central server does about messages from the command line."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, update

from app.domain.errors import Refused
from sync.server import offices, tables
from sync.server.database import Database

STATUSES = ("pending", "sending", "sent", "failed", "unknown")
TABLE = tables.sms


@contextmanager
def _database(url: str) -> Iterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        database.close()


def listing(database_url: str, office: str = "", status: str = "", limit: int = 100) -> list[dict[str, Any]]:
    """[{office, key, number, what, status, code, attempts, queued_at, not_before, tried_at}], newest first.

    No telephone number and no text: the key names a message.
    """
    wanted = select(TABLE).order_by(TABLE.c.queued_at.desc(), TABLE.c.key).limit(limit)
    if office:
        wanted = wanted.where(TABLE.c.office == office)
    if status:
        wanted = wanted.where(TABLE.c.status == status)
    with _database(database_url) as database, database.read() as connection:
        return [
            {
                "office": row.office, "key": row.key, "number": row.number, "what": row.what, "status": row.status,
                "code": row.code, "attempts": row.attempts, "queued_at": _instant(row.queued_at),
                "not_before": _instant(row.not_before), "tried_at": _instant(row.tried_at) if row.tried_at else None,
            }
            for row in connection.execute(wanted)
        ]  # fmt: skip


def retry(database_url: str, office: str, keys: Sequence[str]) -> int:
    """Queue these messages again, failed or unknown ones: the administrator has made sure that the citizen has none.

    Returns how many. Refused "sms_unknown" for a key that is no such message: then nothing is queued.
    """
    now = offices.now_ms()
    with _database(database_url) as database, database.write() as connection:
        offices.known(connection, office)
        for key in keys:
            found = connection.execute(
                update(TABLE)
                .where(TABLE.c.office == office, TABLE.c.key == key, TABLE.c.status.in_(["failed", "unknown"]))
                .values(status="pending", code="", not_before=now, queued_at=now)
            )
            if found.rowcount != 1:
                raise Refused("sms_unknown", "ไม่มีข้อความนี้ที่ส่งไม่สำเร็จหรือไม่ทราบผล", "ดูรหัสข้อความด้วยคำสั่ง sms list แล้วสั่งใหม่")
    return len(keys)


def _instant(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="seconds")
