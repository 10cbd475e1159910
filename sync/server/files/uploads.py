"""A file on its way in: which may come, how far it has come, and the moment it is whole. Each step is a transaction.

Only a file that an event of the office names may come, in the size that the event says; whole is what has its SHA-256.
"""

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Connection, delete, func, insert, select, update

from app.domain.errors import Refused
from sync.protocol import MAX_FILE
from sync.server import tables
from sync.server.database import Database, insert_new
from sync.server.faults import Denied
from sync.server.offices import now_ms
from sync.server.tables import case_content, content_part


class Store(Protocol):
    """Where whole files go (files/store.py)."""

    def put(self, office: str, content: bytes) -> None:
        """Keep a content under its SHA-256."""

    def forget(self, office: str, sha256: bytes) -> None:
        """Take a content away."""


FILES = ("attachment_added", "office_file_added")
"""The events that name a file."""
CHECKSUM_MISMATCH = 460
"""The status that tus gives to bytes that are not what they should be."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of an office. offset: bytes that are here; whole: they lie in the store of files under their hash."""

    size: int
    offset: int
    whole: bool


def content_of(payload: Mapping[str, Any]) -> tuple[bytes, int]:
    """(SHA-256, size) of a file that an event names. Refused where the event cannot be true."""
    sha256, size = payload.get("sha256"), payload.get("size")
    if not isinstance(sha256, str) or not isinstance(size, int) or isinstance(size, bool) or not 0 < size <= MAX_FILE:
        raise Refused("payload", "ข้อมูลไฟล์แนบของรายการผิดรูปแบบ", "แจ้งผู้ดูแลระบบ")
    return digest(sha256), size


def digest(text: str) -> bytes:
    """64 hexadecimal digits as bytes; Refused "file_name"."""
    try:
        found = bytes.fromhex(text)
    except ValueError:
        found = b""
    if len(found) != 32 or len(text) != 64:
        raise Denied(404, "file_unknown", "ชื่อไฟล์ไม่ถูกต้อง", "แจ้งผู้ดูแลระบบ")
    return found


def expect(connection: Connection, office: str, named: Mapping[bytes, int]) -> None:
    """From now on these contents (SHA-256 -> size) may come; those that are known stay as they are."""
    for sha256, size in named.items():
        insert_new(connection, case_content, office=office, sha256=sha256, size=size)


def catch_up(connection: Connection) -> None:
    """Expect the files of events that a server without files has taken; once, when the store of files is made."""
    log = tables.log
    named: dict[str, dict[bytes, int]] = {}
    rows = connection.execute(select(log.c.office, log.c.payload).where(log.c.kind == "attachment_added"))
    for row in rows:
        with suppress(Refused):
            sha256, size = content_of(json.loads(row.payload))
            named.setdefault(row.office, {})[sha256] = size
    for office, contents in named.items():
        expect(connection, office, contents)


def entry(connection: Connection, office: str, sha256: bytes, lock: bool = False) -> Entry:
    """How far a file has come. Denied 404 for one that no event of the office names."""
    table, part = case_content, content_part
    asked = select(table).where(table.c.office == office, table.c.sha256 == sha256)
    row = connection.execute(asked.with_for_update() if lock else asked).first()
    if row is None:
        raise Denied(404, "file_unknown", "ไม่มีเรื่องใดของ อปท. นี้ที่แนบไฟล์นี้", "ส่งเรื่องก่อน แล้วไฟล์จะตามไปเอง")
    if row.received_at is not None:
        return Entry(row.size, row.size, True)
    here = select(func.coalesce(func.sum(part.c.size), 0)).where(part.c.office == office, part.c.sha256 == sha256)
    return Entry(row.size, int(connection.execute(here).scalar_one()), False)


def append(database: Database, office: str, sha256: bytes, start: int, content: bytes) -> int:
    """Keep the bytes from `start` on; returns the new offset. Denied 409 where another request was there first."""
    with database.write() as connection:
        found = entry(connection, office, sha256, lock=True)
        if found.offset != start:
            raise Denied(409, "file_offset", "ไฟล์นี้มีอีกเครื่องหนึ่งกำลังส่งอยู่", "โปรแกรมจะถามตำแหน่งใหม่แล้วส่งต่อเอง")
        if start + len(content) > found.size:
            raise Denied(413, "file_too_long", "ไฟล์ยาวกว่าที่แจ้งไว้", "แจ้งผู้ดูแลระบบ")
        if content:
            connection.execute(
                insert(content_part).values(
                    office=office, sha256=sha256, start=start, size=len(content), content=content
                )
            )
    return start + len(content)


def settle(database: Database, store: Store, office: str, sha256: bytes) -> Entry:
    """Put a file of which all bytes are here into the store; returns how far it is. Doing it again changes nothing.

    Denied 460 where the bytes are not those of the hash: they are thrown away, and it may come again from the start.
    """
    part = content_part
    mine = (part.c.office == office, part.c.sha256 == sha256)
    with database.read() as connection:
        found = entry(connection, office, sha256)
        if found.whole or found.offset < found.size:
            return found
        parts = connection.execute(select(part.c.content).where(*mine).order_by(part.c.start)).scalars()
        content = b"".join(bytes(one) for one in parts)
    return whole(database, store, office, sha256, content)


def whole(database: Database, store: Store, office: str, sha256: bytes, content: bytes) -> Entry:
    """Keep a file of which everything is here. Denied 460 as above, 404 for one that no event of the office names."""
    with database.read() as connection:
        size = entry(connection, office, sha256).size
    right = len(content) == size and hashlib.sha256(content).digest() == sha256
    if right:
        store.put(office, content)
    with database.write() as connection:
        named = True
        if right:
            table = case_content
            known = update(table).where(table.c.office == office, table.c.sha256 == sha256)
            named = bool(connection.execute(known.values(received_at=now_ms())).rowcount)
        part = content_part
        connection.execute(delete(part).where(part.c.office == office, part.c.sha256 == sha256))
    if not named:  # destroyed while it came
        store.forget(office, sha256)
    if not right:
        raise Denied(CHECKSUM_MISMATCH, "file_hash", "ไฟล์ที่ได้รับเสียหายระหว่างทาง", "โปรแกรมจะส่งใหม่เอง")
    return Entry(size, size, True)


def waiting(connection: Connection, office: str) -> int:
    """Files of an office that events name and whose content has not come."""
    table = case_content
    asked = select(func.count()).where(table.c.office == office, table.c.received_at.is_(None))
    return int(connection.execute(asked).scalar_one())
