"""Ways of knowing: how it was established who stands at the counter, kept with each case.

From the strongest to none: the chip of the ID card, ThaiD (with its level of assurance), a card looked at, a person
known to the clerk, nothing. When chip or ThaiD fails, the clerk goes on with a weaker way and the case tells so: what
was tried, why it failed, what was done instead. A case without the entry was registered before this was kept, or
nobody checked: both are "none".
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.domain.errors import Refused
from app.domain.text_rules import clean_text
from app.services.model import Actor, Knowing

WAYS = {
    "chip": "อ่านจากชิปบัตรประชาชน",
    "thaid": "ยืนยันตัวตนด้วย ThaiD",
    "card_seen": "ดูบัตรตัวจริง",
    "known_in_person": "เจ้าหน้าที่รู้จักตัวบุคคล",
    "none": "ไม่ได้ตรวจตัวบุคคล",
}
CAN_FAIL = {"chip": "อ่านชิปไม่ได้", "thaid": "ใช้ ThaiD ไม่ได้"}
FALL_BACKS = ("card_seen", "known_in_person", "none")
_IAL = re.compile(r"[0-9](?:\.[0-9]{1,2})?")
UNKNOWN = Knowing()


def clean(knowing: Knowing, actor: Actor, now: datetime) -> Knowing:
    """The entry as it is kept, with who and when filled in; Refused, field "knowing.…", where it contradicts itself."""
    if knowing == UNKNOWN:
        return UNKNOWN
    if knowing.way not in WAYS:
        raise Refused("knowing_way", "ไม่รู้จักวิธีตรวจตัวบุคคลนี้", f"ใช้ค่าใดค่าหนึ่งใน {', '.join(WAYS)}", "knowing.way")
    if knowing.ial and (knowing.way != "thaid" or not _IAL.fullmatch(knowing.ial)):
        raise Refused("knowing_ial", "ระดับ IAL ใช้กับ ThaiD และเขียนแบบ 2.3 เท่านั้น", "แก้หรือลบค่า ial", "knowing.ial")
    reason = clean_text(knowing.failed_reason, "knowing.failed_reason", label="เหตุที่ตรวจไม่ได้", max_length=300)
    _check_fall_back(knowing, reason)
    return Knowing(
        way=knowing.way,
        ial=knowing.ial,
        checked_by=clean_text(knowing.checked_by, "knowing.checked_by", max_length=200) or actor.full_name,
        checked_at=knowing.checked_at or now,
        note=clean_text(knowing.note, "knowing.note", label="หมายเหตุการตรวจตัวบุคคล", max_length=300),
        failed_way=knowing.failed_way,
        failed_reason=reason,
    )


def _check_fall_back(knowing: Knowing, reason: str) -> None:
    if not knowing.failed_way:
        if reason:
            raise _fall_back("ยังไม่ได้บอกว่าวิธีใดใช้ไม่ได้", "knowing.failed_way")
        return
    if knowing.failed_way not in CAN_FAIL or knowing.way not in FALL_BACKS:
        raise _fall_back("วิธีที่ใช้ไม่ได้ต้องเป็น chip หรือ thaid และวิธีที่ใช้แทนต้องเป็นวิธีอื่น", "knowing.failed_way")
    if not reason:
        raise _fall_back("ยังไม่ได้บอกเหตุที่อ่านชิปหรือใช้ ThaiD ไม่ได้", "knowing.failed_reason")


def _fall_back(title: str, field: str) -> Refused:
    hint = "ระบุวิธีที่ใช้ไม่ได้ (chip, thaid) เหตุผล และวิธีที่ใช้แทน เช่น card_seen"
    return Refused("knowing_fall_back", title, hint, field)


def document(knowing: Knowing) -> dict[str, str]:
    """The stored form, without empty parts; instants as ISO 8601 UTC."""
    parts = {
        name: getattr(knowing, name) for name in ("way", "ial", "checked_by", "note", "failed_way", "failed_reason")
    }
    if knowing.checked_at is not None:
        parts["checked_at"] = knowing.checked_at.isoformat(timespec="seconds")
    return {key: value for key, value in parts.items() if value}


def from_document(stored: Mapping[str, Any] | None) -> Knowing:
    """The entry of a stored case; a part that a newer program added is passed over."""
    if not stored:
        return UNKNOWN
    at = stored.get("checked_at")
    parts = {key: value for key, value in stored.items() if key in Knowing.__slots__}
    return Knowing(**{**parts, "checked_at": datetime.fromisoformat(at) if at else None})


def text(knowing: Knowing) -> str:
    """One Thai line: "ดูบัตรตัวจริง (อ่านชิปไม่ได้: บัตรชำรุด)"."""
    line = WAYS.get(knowing.way, knowing.way)
    if knowing.ial:
        line += f" (IAL {knowing.ial})"
    if knowing.failed_way:
        line += f" ({CAN_FAIL.get(knowing.failed_way, knowing.failed_way)}: {knowing.failed_reason})"
    return f"{line} {knowing.note}".rstrip()
