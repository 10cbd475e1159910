"""What an official letter (หนังสือภายนอก) and a memo (บันทึกข้อความ) say beside their body.

Source: ระเบียบสำนักนายกรัฐมนตรีว่าด้วยงานสารบรรณ พ.ศ. 2526, forms 28 and 29. The office's outgoing number is the office's own
register, so it is written down here as it was given there.
"""

from collections.abc import Mapping
from typing import Final

from app.domain import office_titles
from app.domain.errors import Refused
from app.domain.text_rules import clean_text
from app.services.model import CaseView

OFFICIAL: Final = "official_letter"
MEMO: Final = "memo"
NAMES: Final[Mapping[str, str]] = {OFFICIAL: "หนังสือภายนอก", MEMO: "บันทึกข้อความ"}
SPEEDS: Final = ("", "ด่วน", "ด่วนมาก", "ด่วนที่สุด")
PARTS: Final[Mapping[str, tuple[str, int]]] = {
    "ref_no": ("ที่", 80),
    "speed": ("ชั้นความเร็ว", 20),
    "subject": ("เรื่อง", 300),
    "to": ("เรียน", 300),
    "references": ("อ้างถึง", 600),
    "enclosures": ("สิ่งที่ส่งมาด้วย", 600),
    "closing": ("คำลงท้าย", 200),
    "signer": ("ผู้ลงนาม", 150),
    "signer_position": ("ตำแหน่งผู้ลงนาม", 150),
}
"""Key -> (what it is called, most characters)."""
MANY_LINES: Final = frozenset({"references", "enclosures"})


def usual(view: CaseView, kind: str) -> dict[str, str]:
    """What stands in the parts unless the clerk writes otherwise: the case, its applicant, the chief executive."""
    chief = office_titles.chief(view.office.kind, view.office.name)
    memo = kind == MEMO
    return {
        "subject": view.subject,
        "to": chief if memo else view.applicant.full_name,
        "closing": "จึงเรียนมาเพื่อโปรดพิจารณา" if memo else "จึงเรียนมาเพื่อโปรดทราบ",
        "signer_position": "" if memo else chief,
    }


def checked(kind: str, parts: Mapping[str, str]) -> dict[str, str]:
    """The parts that were written, cleaned. Refused with the part at fault, or for a letter that has no parts."""
    found = {key: text for key, text in parts.items() if text.strip()}
    if kind not in NAMES and found:
        key = next(iter(found))
        raise Refused("letter_part", "หนังสือชนิดนี้ไม่มีส่วนนี้", f"ใช้กับ {', '.join(NAMES)} เท่านั้น", key)
    for key, text in found.items():
        if key not in PARTS:
            raise Refused("letter_part", "ไม่รู้จักส่วนนี้ของหนังสือ", f"ใช้ได้: {', '.join(PARTS)}", key)
        label, longest = PARTS[key]
        found[key] = clean_text(text, key, label=label, max_length=longest, multiline=key in MANY_LINES)
    if found.get("speed", "") not in SPEEDS:
        raise Refused("letter_speed", "ไม่รู้จักชั้นความเร็วนี้", f"ใช้ {', '.join(SPEEDS[1:])} หรือเว้นว่าง", "speed")
    return found
