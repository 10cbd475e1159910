"""Rights of persons: what may be done with which service and beyond it, from when until when; usernames; who may
change whose account. Both ends of the sync work it out here.

A right held is one text: "view:petition", "print:*" (every service) or a general right such as "office_settings".
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from app.domain.errors import Refused

VERBS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "view": "ดู", "create": "ลงรับ", "edit": "แก้ไข", "approve": "อนุมัติ", "receive_money": "รับเงิน",
        "print": "พิมพ์", "report": "รายงาน", "unmask": "ดูเลขเต็ม",
    }
)  # fmt: skip
"""What may be done with a service, in the order of the letter (row 3-2)."""
EVERY: Final = "*"
"""Every service, also one that is switched on later."""
USERNAME: Final = re.compile(r"([0-9]{8})(admin|user)([0-9]{2,3})")
"""LAO code, status, running number: 04830203user01 (row 3-5)."""
ACCOUNT: Final = "account"
"""The kind of office record that is a person's account; its key is the username."""
OWN: Final = frozenset({"password_hash", "must_change", "division"})
"""What persons change in their own account."""
Document = Mapping[str, Any]


def effective(rows: Iterable[Document], general: Iterable[str], on: date) -> frozenset[str]:
    """The rights held on a day. A row is {"service", "may": [verbs], "from"?, "to"?}; dates are ISO, both included."""
    today = on.isoformat()
    held = {
        f"{verb}:{row['service']}"
        for row in rows
        if row.get("from", "") <= today and (not row.get("to") or row["to"] >= today)
        for verb in row["may"]
    }
    return frozenset(held | set(general))


def allows(held: frozenset[str], right: str, service: str = "") -> bool:
    """Whether a right is among those held; a verb without a service asks for any service."""
    if right not in VERBS:
        return right in held
    if f"{right}:{EVERY}" in held:
        return True
    if service:
        return f"{right}:{service}" in held
    return any(one.startswith(f"{right}:") for one in held)


def services_of(held: frozenset[str], verb: str) -> frozenset[str] | None:
    """The codes of the services with which the verb may be done; None for every service."""
    if f"{verb}:{EVERY}" in held:
        return None
    return frozenset(one.partition(":")[2] for one in held if one.startswith(f"{verb}:"))


def next_username(code: str, role: str, taken: Iterable[str]) -> str:
    """The first username of this office and role that is free: two digits, three from the hundredth on."""
    used = set(taken)
    for number in range(1, 1000):
        name = f"{code}{role}{number:02d}"
        if name not in used:
            return name
    raise Refused("username", "ชื่อผู้ใช้ของหน่วยงานเต็มแล้ว", "แจ้งผู้ดูแลระบบ", "username")


def record_of(kind: str, key: str) -> bytes:
    """The record of the events of an office record: the same on every counter."""
    return hashlib.blake2b(f"office record {kind} {key}".encode(), digest_size=16).digest()


def check_account_change(by: str, author: Document | None, key: str, old: Document | None, new: Document) -> None:
    """Refused "right_needed" where who wrote this may not change that account so.

    author: the account of `by` as it stands, or None where it is not known (an administrator from the counter's
    set-up). Only a chief administrator changes administrators; others change users; a user one's own password.
    """
    if author is None:
        return
    if by == key and old is not None:
        changed = {name for name in {*old, *new} if old.get(name) != new.get(name)}
        if changed <= OWN:
            return
    if author.get("role") != "admin" or not author.get("active", True):
        raise Refused("right_needed", "ผู้บันทึกไม่มีสิทธิ์จัดการผู้ใช้", "ให้ผู้ดูแลระบบเป็นผู้ทำรายการ", "as")
    touches_admin = "admin" in (new.get("role"), (old or {}).get("role"))
    if touches_admin and not author.get("root"):
        raise Refused("chief_admin_needed", "เฉพาะผู้ดูแลระบบหลักที่เพิ่มหรือแก้ไขผู้ดูแลระบบได้", "ให้ผู้ดูแลระบบหลักเป็นผู้ทำรายการ", "as")


def check_rows(rows: object, services: Sequence[str]) -> list[dict[str, Any]]:
    """Rows of a grid as they may be kept. Refused "rights" telling what is wrong with which row."""
    if not isinstance(rows, list):
        raise _wrong("ต้องเป็นรายการ [ … ]")
    return [_row(row, services) for row in rows]


def _row(row: object, services: Sequence[str]) -> dict[str, Any]:
    if not isinstance(row, dict) or not set(row) <= {"service", "may", "from", "to"}:
        raise _wrong("แต่ละแถวต้องมี service, may และถ้ามีกำหนด from, to")
    service, verbs = row.get("service"), row.get("may")
    if service != EVERY and service not in services:
        raise _wrong(f"ไม่รู้จักบริการ ใช้ค่าใดค่าหนึ่งใน {EVERY}, {', '.join(services)}")
    if not isinstance(verbs, list) or not all(isinstance(verb, str) and verb in VERBS for verb in verbs):
        raise _wrong(f"ไม่รู้จักสิทธิ์ ใช้ค่าใดค่าหนึ่งใน {', '.join(VERBS)}")
    kept: dict[str, Any] = {"service": service, "may": [verb for verb in VERBS if verb in verbs]}
    for key in ("from", "to"):
        if row.get(key):
            try:
                kept[key] = date.fromisoformat(str(row[key])).isoformat()
            except ValueError:
                raise _wrong("วันที่ต้องเป็น ค.ศ. แบบ 2026-11-20") from None
    if kept.get("to") and kept.get("from", "") > kept["to"]:
        raise _wrong("วันสิ้นสุดต้องไม่มาก่อนวันเริ่ม")
    return kept


def _wrong(why: str) -> Refused:
    return Refused("rights", f"ตารางสิทธิ์ไม่ถูกต้อง: {why}", "แก้แล้วบันทึกอีกครั้ง", "rights")
