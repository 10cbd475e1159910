"""One transaction: domain rows, the audit entry, the event that is timeline and outbox, and the print job.

All of them or none. The audit chain is hashed here, so that no write path can forget it.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, CursorResult, insert
from sqlalchemy.dialects import sqlite

from app.domain.clock import Clock
from app.domain.ids import uuid7
from app.store import tables
from app.store.canonical import canonical_bytes, canonical_json

FIRST_HASH = bytes(32)


def insert_sql(table: Any) -> str:
    """The INSERT of every column of a table in order, compiled once: executing it costs no SQLAlchemy compilation."""
    return str(insert(table).compile(dialect=sqlite.dialect(paramstyle="qmark")))


INSERT_EVENT = insert_sql(tables.event)
INSERT_AUDIT = insert_sql(tables.audit)
INSERT_PRINT_JOB = insert_sql(tables.print_job)
LAST_AUDIT = "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1"


def audit_hash(previous: bytes, seq: int, at: int, by: str, action: str, subject: str, detail: str) -> bytes:
    """The link of the audit chain: SHA-256 of the previous hash and the row in canonical JSON."""
    return hashlib.sha256(previous + canonical_bytes([seq, at, by, action, subject, detail])).digest()


def milliseconds(instant: datetime) -> int:
    """Instant -> integer milliseconds UTC since 1970, as stored."""
    return int(instant.timestamp() * 1000)


class UnitOfWork:
    """What a service function writes with, between BEGIN IMMEDIATE and COMMIT."""

    def __init__(self, connection: Connection, cursor: Any, clock: Clock, store_id: str, by: str) -> None:
        self.connection = connection
        self.store_id = store_id
        self.by = by
        self.now_ms = milliseconds(clock.now())
        self.touched: dict[str, set[str]] = {}
        self._cursor = cursor

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        """The same, straight to the driver: rows are plain tuples. For the path of registration, where it counts."""
        return self._cursor.execute(sql, parameters)

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> CursorResult[Any]:
        """Plain SQL with "?" parameters."""
        return self.connection.exec_driver_sql(sql, tuple(parameters))

    def emit(self, kind: str, record: bytes, payload: Mapping[str, Any] | str) -> int:
        """Append an event about `record` (its UUID), payload as a mapping or as JSON; returns its sequence number."""
        text = payload if isinstance(payload, str) else canonical_json(payload)
        row = (None, uuid7(), record, kind, self.now_ms, self.by, self.store_id, text, None)
        return int(self.execute(INSERT_EVENT, row).lastrowid)

    def audit(self, action: str, subject: str, detail: str = "") -> None:
        """Append an entry to the audit chain. `subject` is a number or name of a thing, never a person's data."""
        last: tuple[int, bytes] | None = self.execute(LAST_AUDIT).fetchone()
        seq, previous = (last[0] + 1, last[1]) if last else (1, FIRST_HASH)
        link = audit_hash(previous, seq, self.now_ms, self.by, action, subject, detail)
        self.execute(INSERT_AUDIT, (seq, self.now_ms, self.by, action, subject, detail, link))

    def print(
        self,
        case_row: int,
        document: str,
        printer: str,
        copy_number: int = 0,
        reason: str = "",
        receipt_row: int | None = None,
    ) -> int:
        """Queue a paper; the spooler takes it from here, also after a power cut. Returns the job's id."""
        now = self.now_ms
        job = (None, case_row, document, printer, "planned", copy_number, reason, now, self.by, 0, "", now, receipt_row)
        self.changed("print_job")
        return int(self.execute(INSERT_PRINT_JOB, job).lastrowid)

    def changed(self, kind: str, name: str = "") -> None:
        """Note what this transaction touches; announced after the commit."""
        names = self.touched.setdefault(kind, set())
        if name:
            names.add(name)
