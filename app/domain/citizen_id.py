"""The 13-digit citizen number (เลขประจำตัวประชาชน), which is the tax number of a person or a juristic person too.

Check digit: (11 - sum of digit[i] * (13 - i) over the first twelve, modulo 11), modulo 10 (Department of Provincial
Administration). The numbers of persons without Thai nationality (first digit 0, 6, 7, 8) are believed to follow the
same rule, which nobody could confirm: for them a clerk may accept a number that fails it.
"""

import re
from operator import mul

from app.domain.errors import Refused
from app.domain.thai_date import to_arabic_digits

_SPACING = re.compile(r"[\s\u00a0\u200b\u2010-\u2015.-]+")
_LONGEST_INPUT = 60
_FOREIGNERS = "0678"
FIELD = "applicant.citizen_id"
_WEIGHTS = range(13, 1, -1)
_WEIGHT_OF_ZEROS = ord("0") * sum(_WEIGHTS)

_KINDS = {
    "0": "ผู้ไม่มีสถานะทางทะเบียน หรือนิติบุคคล/หน่วยงานของรัฐ",
    "1": "สัญชาติไทย แจ้งเกิดภายในกำหนด",
    "2": "สัญชาติไทย แจ้งเกิดเกินกำหนด",
    "3": "มีชื่อในทะเบียนบ้านก่อน 31 พฤษภาคม 2527",
    "4": "มีชื่อในทะเบียนบ้านก่อน 31 พฤษภาคม 2527 แต่ย้ายเข้าโดยยังไม่มีเลข",
    "5": "สัญชาติไทย เพิ่มชื่อในทะเบียนบ้านภายหลัง",
    "6": "ผู้เข้าเมืองโดยไม่ชอบด้วยกฎหมายหรืออยู่ชั่วคราว",
    "7": "บุตรของบุคคลประเภท 6 ที่เกิดในประเทศไทย",
    "8": "คนต่างด้าวเข้าเมืองโดยชอบด้วยกฎหมาย หรือผู้แปลงสัญชาติ",
    "9": "ไม่ทราบประเภท",
}


def normalise(text: str, *, field: str = FIELD) -> str:
    """Thirteen ASCII digits out of what was typed or scanned (Thai digits, spaces and dashes are accepted).

    Refused: "citizen_id_length", "citizen_id_characters".
    """
    if len(text) == 13 and text.isascii() and text.isdigit():
        return text
    if len(text) > _LONGEST_INPUT:
        raise _wrong_length(field)
    digits = _SPACING.sub("", to_arabic_digits(text))
    if digits and not (digits.isascii() and digits.isdigit()):
        hint = "โปรดกรอกเฉพาะตัวเลข 13 หลัก"
        raise Refused("citizen_id_characters", "เลขประจำตัวประชาชนมีอักขระที่ไม่ใช่ตัวเลข", hint, field)
    if len(digits) != 13:
        raise _wrong_length(field)
    return digits


def _wrong_length(field: str) -> Refused:
    hint = "โปรดกรอกให้ครบ 13 หลักตามบัตรประจำตัวประชาชน"
    return Refused("citizen_id_length", "เลขประจำตัวประชาชนไม่ครบหรือเกิน 13 หลัก", hint, field)


def check_digit(twelve: str) -> str:
    """The last digit that belongs to twelve ASCII digits."""
    total = sum(map(mul, twelve.encode(), _WEIGHTS)) - _WEIGHT_OF_ZEROS
    return str((11 - total % 11) % 10)


def check(text: str, *, foreigner: bool = False, field: str = FIELD) -> str:
    """The normalised number with its check digit verified.

    foreigner: the clerk confirms a number of the series 0, 6, 7 or 8 although its check digit does not fit.
    Refused: as `normalise`, and "citizen_id_check_digit".
    """
    digits = normalise(text, field=field)
    if check_digit(digits[:12]) != digits[12] and not (foreigner and digits[0] in _FOREIGNERS):
        hint = "โปรดตรวจตัวเลขทั้ง 13 หลักกับบัตร น่าจะพิมพ์ผิดอย่างน้อยหนึ่งหลัก"
        raise Refused("citizen_id_check_digit", "เลขประจำตัวประชาชนไม่ถูกต้อง", hint, field)
    return digits


def is_valid(text: str) -> bool:
    """Whether the text is a citizen number with the right check digit."""
    try:
        check(text)
    except Refused:
        return False
    return True


def formatted(digits: str) -> str:
    """As on the card: "1-2345-67890-12-1"; digits as `normalise` gives them."""
    return f"{digits[0]}-{digits[1:5]}-{digits[5:10]}-{digits[10:12]}-{digits[12]}"


def masked(digits: str) -> str:
    """For screens and paper: only the last four digits, "X-XXXX-XXXX0-12-1"."""
    return formatted("XXXXXXXXX" + digits[9:])


def kind_text(digits: str) -> str:
    """What the first digit says about the person, in Thai."""
    return _KINDS.get(digits[:1], _KINDS["9"])
