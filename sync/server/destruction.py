"""What an office has destroyed goes from its log here, too: of each event of such a case only what is not personal
stays, also of one that a counter sends later."""

import json
from collections.abc import Iterable, Mapping, Set
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, delete, select, update

from app.domain import destruction as rule
from app.domain.errors import Refused
from sync.server import tables
from sync.server.database import insert_new
from sync.server.files.uploads import FILES, content_of

log, case = tables.log, tables.case


def apply(connection: Connection, office: str, rows: Iterable[Mapping[str, Any]], before: Set[bytes]) -> None:
    """After these rows of the log were written: bring every destroyed record among them to what is left. before: the
    records of theirs that had been destroyed before them. The office is locked."""
    rows = list(rows)
    fresh = {row["record"] for row in rows if row["kind"] in rule.KINDS}
    known = before & {row["record"] for row in rows}
    if (fresh or known) and connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON")
    for record in sorted(fresh | known):
        _leave(connection, office, record)
        if record in fresh:
            _beside(connection, office, record)


def _leave(connection: Connection, office: str, record: bytes) -> None:
    mine = (log.c.office == office, log.c.record == record)
    for row in connection.execute(select(log.c.office_seq, log.c.kind, log.c.payload).where(*mine)).fetchall():
        payload = json.loads(row.payload)
        if row.kind in FILES:
            with suppress(Refused):
                insert_new(connection, tables.file_to_forget, office=office, sha256=content_of(payload)[0])
        left = json.dumps(
            rule.event_left(row.kind, payload),
            ensure_ascii=False,
            separators=(",", ":"),
            sort_keys=True,
        )
        if left != row.payload:
            connection.execute(
                update(log).where(log.c.office == office, log.c.office_seq == row.office_seq).values(payload=left)
            )


def _beside(connection: Connection, office: str, record: bytes) -> None:
    connection.execute(update(case).where(case.c.office == office, case.c.record == record).values(last4=""))
    for table in (tables.sms, tables.short_link):
        connection.execute(delete(table).where(table.c.office == office, table.c.record == record))
