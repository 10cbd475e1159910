"""Things that the office keeps beside its cases, with their files, alike on every counter.

Each is a document under a kind and a key; every change is an event "office_record_changed" with the whole document.
Changes made apart are settled by revision, then time: all counters come to the same. Who may see or change a kind is
the business of its own service.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.domain import grants
from app.domain.errors import Refused, Unavailable
from app.domain.ids import uuid7
from app.services import attachments, file_transfer
from app.services.case_documents import instant
from app.services.counter import Counter
from app.services.model import Actor, NewFile
from app.store.canonical import canonical_json
from app.store.unit_of_work import UnitOfWork

CHANGED, FILE_ADDED = "office_record_changed", "office_file_added"
TOUCHED = "office_record"
"""The kind in `Changes`."""
MOST_FILES = 50
"""Files of one record."""


@dataclass(frozen=True, slots=True)
class Record:
    """A thing as it stands."""

    kind: str
    key: str
    document: Mapping[str, Any]
    revision: int
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True, slots=True)
class RecordFile:
    """A file of a record. sha256: hex. here: whether its content is at this counter."""

    name: str
    sha256: str
    size: int
    at: datetime
    by: str
    here: bool


def get(connection: Connection, kind: str, key: str) -> Record | None:
    """One record, or None."""
    row = connection.exec_driver_sql("SELECT * FROM office_record WHERE kind = ? AND key = ?", (kind, key)).fetchone()
    return None if row is None else _record(row)


def listing(connection: Connection, kind: str) -> list[Record]:
    """Every record of a kind by key."""
    rows = connection.exec_driver_sql("SELECT * FROM office_record WHERE kind = ? ORDER BY key", (kind,))
    return [_record(row) for row in rows.fetchall()]


def living(connection: Connection, kind: str) -> list[Record]:
    """The same without those that were destroyed, of which only days and states are left."""
    return [record for record in listing(connection, kind) if not is_destroyed(record)]


def is_destroyed(record: Record) -> bool:
    """Whether its data were destroyed by an approved list (app/services/destruction.py)."""
    return bool(record.document.get("destroyed"))


def save(
    counter: Counter,
    actor: Actor,
    kind: str,
    key: str,
    document: Mapping[str, Any],
    files: Sequence[NewFile] = (),
    before: Callable[[UnitOfWork], object] | None = None,
) -> None:
    """Let a record stand so from now on and add files to it: all of it or, where a file is refused, nothing.

    before: what the same transaction writes first.
    """
    checked = [attachments.check(file) for file in files]
    stored: list[bytes] = []
    try:
        with counter.store.write(actor.username) as work:
            if before is not None:
                before(work)
            put(work, kind, key, document)
            for file in checked:
                sha256 = counter.blobs.put(file.content)
                stored.append(sha256)
                _add_file(work, kind, key, file, sha256)
    except BaseException:
        attachments.discard(counter, stored)
        raise
    attachments.settle(counter, stored)


def put(work: UnitOfWork, kind: str, key: str, document: Mapping[str, Any]) -> None:
    """The same inside a transaction; a document that stands so already changes nothing."""
    known = get(work.connection, kind, key)
    if known is not None and known.document == document:
        return
    payload = {
        "change": uuid7().hex(),
        "kind": kind,
        "key": key,
        "revision": known.revision + 1 if known else 1,
        "document": dict(document),
    }
    work.emit(CHANGED, record_of(kind, key), payload)
    write(work, payload, work.by, work.now_ms)
    work.audit(CHANGED, f"{kind} {key}")


def write(work: UnitOfWork, payload: Mapping[str, Any], by: str, at: int) -> None:
    """Enter one change; one that a newer one has overtaken changes nothing."""
    work.run(
        "INSERT INTO office_record (kind, key, document, revision, change, changed_at, changed_by)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (kind, key) DO UPDATE SET document = excluded.document,"
        " revision = excluded.revision, change = excluded.change, changed_at = excluded.changed_at,"
        " changed_by = excluded.changed_by WHERE (excluded.revision, excluded.changed_at, excluded.change)"
        " > (office_record.revision, office_record.changed_at, office_record.change)",
        (
            str(payload["kind"]), str(payload["key"]), canonical_json(payload["document"]), int(payload["revision"]),
            bytes.fromhex(payload["change"]), at, by,
        ),
    )  # fmt: skip
    work.changed(TOUCHED)


def _add_file(work: UnitOfWork, kind: str, key: str, file: attachments.Checked, sha256: bytes) -> None:
    rows = work.run("SELECT sha256 FROM office_file WHERE kind = ? AND key = ?", (kind, key)).scalars().all()
    if sha256 in rows:
        return
    if len(rows) >= MOST_FILES:
        raise Refused("too_many_files", f"แนบได้ไม่เกิน {MOST_FILES} ไฟล์", "รวมเอกสารเป็น PDF เดียว", "files")
    payload = {
        "id": uuid7().hex(), "kind": kind, "key": key, "name": file.name, "format": file.format,
        "sha256": sha256.hex(), "size": len(file.content),
    }  # fmt: skip
    work.emit(FILE_ADDED, record_of(kind, key), payload)
    write_file(work, payload, work.by, work.now_ms, work.store_id)
    file_transfer.queue(work, sha256, len(file.content))
    work.audit(FILE_ADDED, f"{kind} {key}", sha256.hex())


def write_file(work: UnitOfWork, payload: Mapping[str, Any], by: str, at: int, origin: str) -> None:
    """Enter one file; one that is known changes nothing. Its content may be elsewhere."""
    work.run(
        "INSERT INTO office_file (id, kind, key, name, format, sha256, size, at, by, origin)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
        (
            bytes.fromhex(payload["id"]), str(payload["kind"]), str(payload["key"]), str(payload["name"]),
            str(payload["format"]), bytes.fromhex(payload["sha256"]), int(payload["size"]), at, by, origin,
        ),
    )  # fmt: skip
    work.changed(TOUCHED)


def files(counter: Counter, connection: Connection, kind: str, key: str) -> tuple[RecordFile, ...]:
    """The files of a record, oldest first."""
    rows = connection.exec_driver_sql(
        "SELECT name, sha256, size, at, by FROM office_file WHERE kind = ? AND key = ? ORDER BY row", (kind, key)
    ).fetchall()
    return tuple(
        RecordFile(row.name, row.sha256.hex(), row.size, instant(row.at), row.by, counter.blobs.has(row.sha256))
        for row in rows
    )


def file(counter: Counter, connection: Connection, kind: str, key: str, sha256: str) -> RecordFile:
    """One file of a record by its content. Refused "file" where there is none."""
    for found in files(counter, connection, kind, key):
        if found.sha256 == sha256:
            return found
    raise Refused("file", "ไม่พบไฟล์นี้", "เปิดรายการใหม่แล้วเลือกอีกครั้ง", "file")


def content(counter: Counter, file: RecordFile) -> bytes:
    """The bytes of a file, fetched from the server where it was added elsewhere. Unavailable where it cannot be had."""
    sha256 = bytes.fromhex(file.sha256)
    found = counter.blobs.get(sha256)
    if found is None and counter.fetch_file is not None and not counter.stand_alone:
        counter.fetch_file(sha256, file.size, lambda _here, _all: None)
        found = counter.blobs.get(sha256)
    if found is None:
        raise Unavailable("file_elsewhere", "ไฟล์นี้แนบไว้ที่เครื่องอื่น ยังไม่มาถึงเครื่องนี้", "เปิดที่เครื่องที่แนบไฟล์")
    return found


def record_of(kind: str, key: str) -> bytes:
    """The record of a thing's events: the same on every counter."""
    return grants.record_of(kind, key)


def _record(row: Any) -> Record:
    return Record(
        row.kind, row.key, json.loads(row.document), row.revision, instant(row.changed_at), row.changed_by
    )  # fmt: skip
