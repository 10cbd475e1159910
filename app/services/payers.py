"""The register of payers: hotels, stations, traders, each known by the code that the office gave it.

An entry changes by a registration (อบจ.รร.1), by the first filing of a payer nobody knew, or by hand; every entry that
ever stood is kept. Other counters learn of it with the case it came with, or by the event "payer_changed".
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from app.catalog.schema import PAYER_KINDS, Field
from app.catalog.values import check_value
from app.domain import citizen_id, phone, thai_date
from app.domain.errors import Refused
from app.domain.ids import uuid7
from app.domain.text_rules import clean_text, storable
from app.services import rights
from app.services.case_documents import instant
from app.services.counter import Counter
from app.services.model import Actor
from app.store.canonical import canonical_json
from app.store.unit_of_work import UnitOfWork

KINDS = {"hotel": "โรงแรม", "station": "สถานการค้าน้ำมัน/ก๊าซ", "trader": "ผู้ค้ายาสูบ"}
EVENT = "payer_changed"
TEXTS = {
    "name": ("ชื่อ", 200),
    "operator_name": ("ชื่อเจ้าของหรือผู้ประกอบการ", 200),
    "manager_name": ("ชื่อผู้ควบคุมและจัดการ", 200),
    "address": ("ที่ตั้ง", 300),
    "license": ("ใบอนุญาต", 100),
    "note": ("หมายเหตุ", 500),
}
"""Plain texts of an entry: Thai label and the most letters."""
KEYS = (*TEXTS, "tax_id", "phone", "active_from", "active_to", "rooms_total", "registered")
LONGEST = 100
LARGEST = 1_000
_CODE = Field("code", "รหัสผู้เสียภาษี", "payer", required=True)


@dataclass(frozen=True, slots=True)
class Payer:
    """One entry. document: KEYS without empty ones. changed_at: when it came to stand so."""

    kind: str
    kind_text: str
    code: str
    name: str
    document: Mapping[str, Any]
    changed_at: datetime

    def active_in(self, month: date, end: date) -> bool:
        """Whether it was in business on any day from the first of a month to its last."""
        since, until = str(self.document.get("active_from", "")), str(self.document.get("active_to", ""))
        return since <= end.isoformat() and (not until or until >= month.isoformat())


@dataclass(frozen=True, slots=True)
class Change:
    """An entry as it stood from a moment on."""

    at: datetime
    by: str
    document: Mapping[str, Any]


def get(connection: Connection, kind: str, code: str) -> Payer | None:
    """The entry of a code, or None."""
    row = connection.exec_driver_sql(
        f"SELECT {_COLUMNS} FROM payer WHERE kind = ? AND code = ?", (kind, code)
    ).fetchone()
    return None if row is None else _payer(row)


_COLUMNS = "kind, code, name, document, changed_at"


def find(counter: Counter, kind: str, text: str, limit: int = 20) -> list[Payer]:
    """Those of a kind whose code begins with the text, or whose name or operator holds it; the whole code first."""
    text = thai_date.to_arabic_digits(text).strip()[:LONGEST]
    if not text or not storable(text):
        return []
    like = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    with counter.store.read() as connection:
        rows = connection.exec_driver_sql(
            f"SELECT {_COLUMNS} FROM payer WHERE kind = ? AND (code LIKE ? ESCAPE '\\' OR name LIKE ? ESCAPE '\\'"
            " OR json_extract(document, '$.operator_name') LIKE ? ESCAPE '\\')"
            " ORDER BY code <> ?, name LIMIT ?",
            (kind, f"{like}%", f"%{like}%", f"%{like}%", text.upper(), limit),
        ).fetchall()
    return [_payer(row) for row in rows]


def listing(
    counter: Counter, kind: str = "", limit: int = LARGEST, *, after: tuple[str, str] = ("", "")
) -> list[Payer]:
    """The entries by kind and code; after: the last (kind, code) of the page before."""
    with counter.store.read() as connection:
        rows = connection.exec_driver_sql(
            f"SELECT {_COLUMNS} FROM payer WHERE (? = '' OR kind = ?) AND (kind, code) > (?, ?)"
            " ORDER BY kind, code LIMIT ?",
            (kind, kind, *after, limit),
        ).fetchall()
    return [_payer(row) for row in rows]


def history(counter: Counter, kind: str, code: str) -> list[Change]:
    """Every entry that the payer ever had, the newest first. Refused "unknown_payer"."""
    with counter.store.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT at, by, document FROM payer_change WHERE kind = ? AND code = ? ORDER BY at DESC, row DESC",
            (check_kind(kind), check_code(code)),
        ).fetchall()
    if not rows:
        raise unknown(code)
    return [Change(instant(row.at), row.by, json.loads(row.document)) for row in rows]


def unknown(code: str) -> Refused:
    """The error of a code that is in no entry."""
    shown = code if code.isprintable() and len(code) <= 20 else "…"
    return Refused("unknown_payer", f"ไม่มีรหัส {shown} ในทะเบียน", "ตรวจรหัส หรือเพิ่มด้วยคำสั่ง payers add", "code")


def add(
    counter: Counter, actor: Actor, kind: str, code: str, document: Mapping[str, Any], *, new: bool | None = None
) -> Payer:
    """Enter a payer by hand, or change the entry: keys that are not named stay. Refused naming the key at fault.

    new: True refuses a code that is known, False one that is not.
    """
    rights.require(actor, rights.EDIT)
    kind, code = check_kind(kind), check_code(code)
    with counter.store.write(actor.username) as work:
        known = get(work.connection, kind, code)
        if known is not None and new is True:
            title = f"รหัส {code} อยู่ในทะเบียนแล้ว: {known.name}"
            raise Refused("payer_known", title, "ตรวจรหัส หรือค้นรายนี้แล้วกดแก้ไข", "code")
        if known is None and new is False:
            raise unknown(code)
        kept = dict(known.document) if known else {}
        entry = check({**kept, **document})
        if known is None or entry != kept:
            change = uuid7()
            payload = {"change": change.hex(), "kind": kind, "code": code, "entry": entry}
            work.emit(EVENT, record_of(kind, code), payload)
            write(work, kind, code, entry, change, actor.username, work.now_ms)
            work.audit(EVENT, f"{kind} {code}")
        found = get(work.connection, kind, code)
    assert found is not None
    return found


def close(counter: Counter, actor: Actor, kind: str, code: str, on: str) -> Payer:
    """The payer gave up the business on a day, which is the last in which it files. Refused for a day before it began,
    or a code that is not known."""
    return add(
        counter, actor, kind, code, {"active_to": thai_date.parse_date(on, field="active_to").isoformat()}, new=False
    )


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """(key, what was, what is) of everything that two entries differ in; None for nothing."""
    keys = [key for key in KEYS if before.get(key) != after.get(key)]
    return [(key, before.get(key), after.get(key)) for key in keys]


def write(work: UnitOfWork, kind: str, code: str, entry: Mapping[str, Any], change: bytes, by: str, at: int) -> None:
    """Enter what stands from now on, and keep it in the history; a change that is known changes nothing."""
    if work.run("SELECT 1 FROM payer_change WHERE id = ?", (change,)).fetchone() is not None:
        return
    text = canonical_json(entry)
    work.run(
        "INSERT INTO payer_change (id, kind, code, document, at, by) VALUES (?, ?, ?, ?, ?, ?)",
        (change, kind, code, text, at, by),
    )
    work.run(
        "INSERT INTO payer (kind, code, name, document, active_from, active_to, changed_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (kind, code) DO UPDATE SET name = excluded.name, document = excluded.document,"
        " active_from = excluded.active_from, active_to = excluded.active_to, changed_at = excluded.changed_at"
        " WHERE excluded.changed_at >= payer.changed_at",
        (kind, code, entry["name"], text, entry.get("active_from", ""), entry.get("active_to", ""), at),
    )
    work.changed("payer", code)


def record_of(kind: str, code: str) -> bytes:
    """The record of a payer's events: the same on every counter."""
    return hashlib.blake2b(f"{kind} {code}".encode(), digest_size=16).digest()


def check_kind(kind: str) -> str:
    """The kind. Refused "payer_kind"."""
    if kind not in PAYER_KINDS:
        known = ", ".join(f"{code} ({name})" for code, name in KINDS.items())
        raise Refused("payer_kind", "ไม่รู้จักประเภทผู้เสียภาษีนี้", f"ใช้ค่าใดค่าหนึ่งใน {known}", "kind")
    return kind


def check_code(code: object) -> str:
    """The code as it is stored. Refused "payer_code"."""
    try:
        return str(check_value(_CODE, code))
    except Refused as error:
        error.field = "code"
        raise


def check(document: Mapping[str, Any]) -> dict[str, Any]:
    """An entry without empty parts. Refused naming the key at fault."""
    for key in document:
        if key not in KEYS:
            shown = str(key) if str(key).isprintable() and len(str(key)) <= 40 else "…"
            raise Refused("unknown_key", f"ทะเบียนไม่มีช่อง “{shown}”", f"ช่องที่มี: {', '.join(KEYS)}", shown)
    entry: dict[str, Any] = {}
    for key, (label, most) in TEXTS.items():
        entry[key] = clean_text(
            document.get(key, ""), key, label=label, max_length=most, required=key == "name", multiline=False
        )
    number, telephone = str(document.get("tax_id", "")), str(document.get("phone", ""))
    entry["tax_id"] = citizen_id.check(number, field="tax_id") if number else ""
    entry["phone"] = phone.normalise(telephone, field="phone") if telephone else ""
    for key in ("active_from", "active_to"):
        text = str(document.get(key, ""))
        entry[key] = thai_date.parse_date(text, field=key).isoformat() if text else ""
    if entry["active_to"] and entry["active_to"] < entry["active_from"]:
        raise Refused("period_backwards", "วันเลิกกิจการอยู่ก่อนวันเริ่ม", "โปรดตรวจวันที่ทั้งสอง", "active_to")
    entry["rooms_total"] = document.get("rooms_total", 0)
    entry["registered"] = document.get("registered", False) is True
    if type(entry["rooms_total"]) is not int or entry["rooms_total"] < 0:
        raise Refused("wrong_type", "จำนวนห้องต้องเป็นจำนวนเต็ม", "โปรดตรวจจำนวนห้อง", "rooms_total")
    return {key: value for key, value in entry.items() if value}


def _payer(row: Any) -> Payer:
    return Payer(
        row.kind, KINDS.get(row.kind, row.kind), row.code, row.name, json.loads(row.document), instant(row.changed_at)
    )
