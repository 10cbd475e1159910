"""How the office is reached beside address and telephone, who leads it, who helps (rows 3-9 to 3-12)."""

from collections.abc import Callable, Mapping

from app.domain.errors import Refused
from app.domain.text_rules import clean_text

LONGEST = 200
FIELDS: Mapping[str, tuple[str, str]] = {
    "fax": ("โทรสาร", ""),
    "email": ("อีเมลสารบรรณ", "เช่น saraban@example.go.th"),
    "website": ("เว็บไซต์", ""),
    "executive_name": ("ชื่อผู้บริหาร", ""),
    "executive_position": ("ตำแหน่งผู้บริหาร", "เช่น นายกเทศมนตรี"),
    "clerk_name": ("ชื่อปลัด", ""),
    "digital_dla": ("ที่อยู่ระบบ Digital DLA ของหน่วยงาน", "เว้นว่างถ้ายังไม่เข้าร่วม"),
    "helpdesk": ("ติดต่อช่วยเหลือ", "โทรศัพท์ กลุ่มไลน์ หรือผู้ดูแลที่ติดต่อได้"),
}
"""Key -> label and what to write."""


def check(told: object, fault: Callable[[str, str], Refused]) -> dict[str, str]:
    """The table as it may be kept, or the fault that names the key."""
    if not isinstance(told, dict):
        raise fault("contacts", 'ต้องเป็นตาราง { email = "saraban@example.go.th" }')
    kept: dict[str, str] = {}
    for key, value in told.items():
        if key not in FIELDS:
            raise fault(f"contacts.{key}", "ไม่รู้จักชื่อค่านี้")
        try:
            text = clean_text(value, key, label=FIELDS[key][0], max_length=LONGEST)
        except Refused as error:
            raise fault(f"contacts.{key}", error.title) from None
        if key in ("website", "digital_dla") and text and not text.startswith(("https://", "http://")):
            raise fault(f"contacts.{key}", "ต้องขึ้นต้นด้วย https://")
        if key == "email" and text and ("@" not in text or " " in text):
            raise fault(f"contacts.{key}", "ต้องเป็นที่อยู่อีเมล")
        if text:
            kept[key] = text
    return kept
