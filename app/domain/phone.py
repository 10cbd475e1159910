"""Thai telephone numbers: mobile (ten digits, 06 08 09) and land line (nine digits, 02-05 and 07)."""

import re

from app.domain.errors import Refused
from app.domain.thai_date import to_arabic_digits

_SPACING = re.compile(r"[\s\u00a0\u200b\u2010-\u2015().-]+")
_MOBILE = re.compile(r"0[689][0-9]{8}")
_LAND_LINE = re.compile(r"0[2-57][0-9]{7}")
_LONGEST_INPUT = 40
FIELD = "applicant.phone"


def normalise(text: str, *, field: str = FIELD) -> str:
    """Nine or ten ASCII digits; Thai digits, spaces, dashes and +66 are accepted. Refused: "phone"."""
    if _MOBILE.fullmatch(text):
        return text
    digits = _SPACING.sub("", to_arabic_digits(text)) if len(text) <= _LONGEST_INPUT else ""
    if digits.startswith("+66"):
        digits = "0" + digits[3:].removeprefix("0")
    if not (_MOBILE.fullmatch(digits) or _LAND_LINE.fullmatch(digits)):
        hint = "โปรดกรอกเบอร์มือถือ 10 หลัก เช่น 081-234-5678 หรือเบอร์บ้าน 9 หลัก เช่น 076-321-500"
        raise Refused("phone", "เบอร์โทรศัพท์ไม่ถูกต้อง", hint, field)
    return digits


def is_mobile(digits: str) -> bool:
    """Whether a normalised number can get an SMS."""
    return len(digits) == 10


def formatted(digits: str) -> str:
    """As people write it: 081-234-5678, 076-321-500, 02-123-4567; digits as `normalise` gives them."""
    return _grouped(digits, digits)


def masked(digits: str) -> str:
    """For screens and paper: only the last four digits, "xxx-xxx-5678"."""
    return _grouped("x" * (len(digits) - 4) + last4(digits), digits)


def _grouped(shown: str, digits: str) -> str:
    area = 2 if digits.startswith("02") else 3
    return f"{shown[:area]}-{shown[area : area + 3]}-{shown[area + 3 :]}"


def last4(digits: str) -> str:
    """The four digits with which a citizen follows a petition."""
    return digits[-4:]
