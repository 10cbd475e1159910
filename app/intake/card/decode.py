"""From the bytes of the chip to values. Lenient throughout: no card makes it raise, what cannot be read is empty.

Thai text is TIS-620, read as its superset cp874 because the plain codec stops at byte 0xA0. "#" parts the pieces of
names and addresses and is split on before anything else. Dates are Buddhist; the year is turned to CE first, for 2563
is no leap year as a number and 29 February 2563 is a day.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date

from app.domain import thai_date
from app.intake.card import fields
from app.intake.card.addresses import address_of
from app.intake.card.fields import Field
from app.intake.card.holder import CardDate, CardHolder

_LIFETIME = "99999999"
_NOT_TEXT = re.compile("[\x00-\x1f\x7f-\x9f\ufff9-\ufffb\u2028-\u202e]+")
_GENDERS = {"1": "male", "2": "female"}
_LASER = re.compile(r"[A-Z]{2}[0-9]{10}")
_JPEG_BEGIN, _JPEG_END = b"\xff\xd8", b"\xff\xd9"
_REFORM = date(1941, 1, 1)


def text_of(raw: bytes) -> str:
    """The text of a field: padding, control characters and doubled spaces gone, composed (NFC)."""
    decoded = _NOT_TEXT.sub(" ", raw.decode("cp874", errors="replace"))
    return unicodedata.normalize("NFC", " ".join(decoded.split()))


def name_of(raw: bytes) -> tuple[str, str, str, str]:
    """Title, first, middle and last name out of "title#first#middle#last"."""
    parts = [part.strip() for part in text_of(raw).split("#")]
    match parts:
        case [first]:
            return "", first, "", ""
        case [title, first]:
            return title, first, "", ""
        case [title, first, last]:
            return title, first, "", last
        case [title, first, *middle, last]:
            return title, first, " ".join(part for part in middle if part), last
    return "", "", "", ""


def date_of(raw: bytes) -> CardDate:
    """A date out of eight digits YYYYMMDD, BE; 00 stands for a month or day that nobody knows."""
    text = text_of(raw)
    if text == _LIFETIME:
        return CardDate(text="ตลอดชีพ", precision="lifetime")
    if not re.fullmatch(r"[0-9]{8}", text):
        return CardDate(text=text)
    year, month, day = int(text[:4]), int(text[4:6]), int(text[6:])
    if year <= 543:
        return CardDate()
    if month == 0:
        return CardDate(text=f"พ.ศ. {year}", precision="year", year=year - 543)
    if month > 12:
        return CardDate(text=text)
    if day == 0:
        shown = f"{thai_date.SHORT_MONTHS[month - 1]} {year}"
        return CardDate(text=shown, precision="month", year=year - 543, month=month)
    return _whole_date(year, month, day, text)


def _whole_date(year: int, month: int, day: int, text: str) -> CardDate:
    shown = f"{day} {thai_date.SHORT_MONTHS[month - 1]} {year}"
    try:
        found = thai_date.from_be(year, month, day)
    except ValueError:
        try:
            found = date(year - 543, month, day)  # January to March of 2483, which the calendar leaves out
        except ValueError:
            return CardDate(text=text)
    precision = "old_calendar" if found < _REFORM and month <= 3 else "day"
    return CardDate(found, shown, precision, found.year, found.month)


def photo_of(raw: bytes) -> bytes | None:
    """The JPEG in the photo's area, cut behind its last end mark; None where there is none."""
    begin, end = raw.find(_JPEG_BEGIN), raw.rfind(_JPEG_END)
    return raw[begin : end + len(_JPEG_END)] if 0 <= begin < end else None


def laser_code_of(raw: bytes) -> str | None:
    """Two capital letters and ten digits, or None."""
    code = text_of(raw).replace("-", "").replace(" ", "")
    return code if _LASER.fullmatch(code) else None


def citizen_id_of(raw: bytes) -> str:
    """13 ASCII digits, or "" where the field holds anything else. The check digit is not looked at."""
    digits = text_of(raw)
    return digits if re.fullmatch(r"[0-9]{13}", digits) else ""


def holder_of(raw: Mapping[Field, bytes], photo: bytes | None = None, laser: bytes | None = None) -> CardHolder:
    """The holder of a card out of the bytes of its fields; fields that are not there are empty."""

    def of(field: Field) -> bytes:
        return raw.get(field, b"")

    title, first, middle, last = name_of(of(fields.THAI_NAME))
    title_en, first_en, middle_en, last_en = name_of(of(fields.ENGLISH_NAME))
    address = of(fields.ADDRESS)
    address_raw = text_of(address)
    return CardHolder(
        citizen_id=citizen_id_of(of(fields.CITIZEN_ID)),
        title=title,
        first_name=first,
        middle_name=middle,
        last_name=last,
        title_en=title_en,
        first_name_en=first_en,
        middle_name_en=middle_en,
        last_name_en=last_en,
        born=date_of(of(fields.BORN)),
        gender=_GENDERS.get(text_of(of(fields.GENDER)), ""),
        address=address_of(address_raw),
        address_raw=address_raw,
        address_cut=len(address) == fields.SHORT_ADDRESS.length and not address.endswith((b" ", b"\x00")),
        issued=date_of(of(fields.ISSUED)),
        expires=date_of(of(fields.EXPIRES)),
        issuer=text_of(of(fields.ISSUER)),
        photo=photo_of(photo) if photo else None,
        laser_code=laser_code_of(laser) if laser else None,
    )
