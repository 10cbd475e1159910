"""Offices on the server: their settings by revision, and the lock under which their own sequence grows."""

import json
import re
import secrets
import time
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from app.domain import office_changes
from app.domain.errors import Refused
from sync.json_form import to_text
from sync.protocol import Settings
from sync.server import tables
from sync.server.database import insert_new

CODE = re.compile(r"0[1-6][0-9]{6}")
LETTERS = re.compile(r"[A-Z]{2,3}")
ONE = select(tables.office).where(tables.office.c.code == bindparam("code"))
LOCK = ONE.with_for_update()


def now_ms() -> int:
    """The server's clock, milliseconds UTC since 1970."""
    return time.time_ns() // 1_000_000


def lock(connection: Connection, code: str) -> Row[Any]:
    """The office's row, held until the transaction ends: events and numbers of one office are given out one by one.

    SQLite's writers are alone already (BEGIN IMMEDIATE); PostgreSQL locks the row.
    """
    return connection.execute(LOCK, {"code": code}).one()


def put(connection: Connection, document: Mapping[str, Any], services: Sequence[Mapping[str, Any]]) -> int:
    """Add an office or a new revision of its settings; returns the revision, the old one when nothing differs.

    A revision is the second of its making, or the next number: above those that a counter made while it stood alone.
    The slip key of an office never changes here, or every slip in a citizen's hand would turn false.
    """
    code, letters = _checked(document)
    new = insert_new(
        connection, tables.office, code=code, letters=letters, name=str(document["name"]), revision=0, last_seq=0,
        created_at=now_ms(),
    )  # fmt: skip
    lock(connection, code)
    current = None if new else settings(connection, code)
    kept = {**document, "slip_key": _slip_key(document, current)}
    if current and to_text(current.office) == to_text(kept) and to_text(current.services) == to_text(list(services)):
        return current.revision
    revision = max(int(time.time()), (current.revision if current else 0) + 1)
    values = {"letters": letters, "name": str(document["name"]), "revision": revision}
    connection.execute(update(tables.office).where(tables.office.c.code == code).values(values))
    connection.execute(
        insert(tables.settings).values(
            office=code, revision=revision, document=to_text(kept), services=to_text(list(services)), at=now_ms()
        )
    )
    return revision


def change(connection: Connection, code: str, changes: Sequence[Mapping[str, Any]]) -> int:
    """Carry out what a counter changed in the office's settings; returns the revision. The office is locked."""
    current = settings(connection, code)
    return put(connection, office_changes.applied(current.office, changes), current.services)


def settings(connection: Connection, code: str) -> Settings:
    """The newest settings of an office."""
    row = connection.execute(
        select(tables.settings)
        .where(tables.settings.c.office == code)
        .order_by(tables.settings.c.revision.desc())
        .limit(1)
    ).one()
    return Settings(row.revision, json.loads(row.document), tuple(json.loads(row.services)))


def known(connection: Connection, code: str) -> Row[Any]:
    """The office's row; Refused "office_unknown" where there is none."""
    row = connection.execute(ONE, {"code": code}).first()
    if row is None:
        raise Refused("office_unknown", "ไม่พบ อปท. รหัสนี้บนเครื่องแม่ข่าย", "เพิ่มด้วยคำสั่ง offices add ก่อน")
    return row


def _checked(document: Mapping[str, Any]) -> tuple[str, str]:
    code, letters, name = document.get("code"), document.get("letters"), document.get("name")
    if not isinstance(code, str) or not CODE.fullmatch(code):
        raise Refused("office_code", "รหัส อปท. ต้องเป็นตัวเลข 8 หลัก", "แก้ค่า code ในไฟล์ตั้งค่า", "code")
    if not isinstance(letters, str) or not LETTERS.fullmatch(letters):
        raise Refused("office_letters", "อักษรย่อของ อปท. ต้องเป็น A–Z 2–3 ตัว", "แก้ค่า letters ในไฟล์ตั้งค่า", "letters")
    if not isinstance(name, str) or not name.strip():
        raise Refused("office_name", "ต้องมีชื่อ อปท.", "แก้ค่า name ในไฟล์ตั้งค่า", "name")
    return code, letters


def _slip_key(document: Mapping[str, Any], current: Settings | None) -> str:
    if current is not None:
        return str(current.office["slip_key"])
    return str(document.get("slip_key") or secrets.token_hex(16))
