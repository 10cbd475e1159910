"""Who filed for somebody else: a child for a mother, the head of a village, an agent with a power of attorney.

The petition stays the applicant's; this person is named beside him, on the paper, too.
"""

from collections.abc import Mapping
from typing import Any

from app.domain import citizen_id, phone
from app.domain.text_rules import clean_text
from app.services.model import FiledBy

LONGEST = 150
"""Code points of a name or a relation."""
RELATIONS = ("บุตร", "บิดา/มารดา", "คู่สมรส", "ญาติ", "ผู้ดูแล", "เพื่อนบ้าน", "ผู้ใหญ่บ้าน/กำนัน", "อสม.", "ผู้รับมอบอำนาจ")
"""What the window offers; any other word may be written."""


def clean(given: FiledBy | None) -> FiledBy | None:
    """The person normalised. Refused with field "filed_by.…" where a part is wrong."""
    if given is None:
        return None
    number, telephone = given.citizen_id.strip(), given.phone.strip()
    return FiledBy(
        name=clean_text(given.name, "filed_by.name", label="ชื่อผู้ยื่นแทน", max_length=LONGEST, required=True),
        relation=clean_text(given.relation, "filed_by.relation", label="ความเกี่ยวข้อง", max_length=LONGEST),
        phone=phone.normalise(telephone, field="filed_by.phone") if telephone else "",
        citizen_id=citizen_id.check(number, field="filed_by.citizen_id") if number else "",
        authority=given.authority,
    )


def document(filed: FiledBy) -> dict[str, Any]:
    """The stored form, without empty parts."""
    parts = {key: getattr(filed, key) for key in FiledBy.__slots__}
    return {key: value for key, value in parts.items() if value}


def from_document(stored: Mapping[str, Any] | None) -> FiledBy | None:
    """The person of a stored case; a part that a newer program added is passed over."""
    if not stored:
        return None
    return FiledBy(**{"name": "", **{key: value for key, value in stored.items() if key in FiledBy.__slots__}})


def shown(filed: FiledBy) -> dict[str, Any]:
    """The JSON form of the command line, numbers masked."""
    return {
        "name": filed.name,
        "relation": filed.relation,
        "phone": phone.masked(filed.phone) if filed.phone else "",
        "cid": citizen_id.masked(filed.citizen_id) if filed.citizen_id else "",
        "authority": filed.authority,
    }


def text(filed: FiledBy) -> str:
    """The person in a line, numbers masked: "นางสาวสมหญิง ใจดี (บุตร) โทร xxx-xxx-5678 มีหนังสือมอบอำนาจ"."""
    parts = (
        filed.name,
        f"({filed.relation})" if filed.relation else "",
        f"เลขประจำตัว {citizen_id.masked(filed.citizen_id)}" if citizen_id.is_valid(filed.citizen_id) else "",
        f"โทร {phone.masked(filed.phone)}" if filed.phone.isdigit() and len(filed.phone) in (9, 10) else "",
        "มีหนังสือมอบอำนาจ" if filed.authority else "",
    )
    return " ".join(part for part in parts if part)
