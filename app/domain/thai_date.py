"""Dates between people and the program: Buddhist Era (BE) and Thai words outside, CE dates and UTC instants inside.

BE is CE + 543. Before 1941 the Thai year began on 1 April, so January to March of BE 2482 and earlier lie one CE year
later, and January to March 2483 never existed.
"""

import re
from datetime import date, datetime, timedelta, timezone

from app.domain.errors import Refused

BANGKOK = timezone(timedelta(hours=7), "Asia/Bangkok")
"""Thailand has kept UTC+7 without summer time since 1920; a fixed offset needs no time zone data on Windows."""

MONTHS = (
    "มกราคม",
    "กุมภาพันธ์",
    "มีนาคม",
    "เมษายน",
    "พฤษภาคม",
    "มิถุนายน",
    "กรกฎาคม",
    "สิงหาคม",
    "กันยายน",
    "ตุลาคม",
    "พฤศจิกายน",
    "ธันวาคม",
)
SHORT_MONTHS = (
    "ม.ค.",
    "ก.พ.",
    "มี.ค.",
    "เม.ย.",
    "พ.ค.",
    "มิ.ย.",
    "ก.ค.",
    "ส.ค.",
    "ก.ย.",
    "ต.ค.",
    "พ.ย.",
    "ธ.ค.",
)
WEEKDAYS = ("จันทร์", "อังคาร", "พุธ", "พฤหัสบดี", "ศุกร์", "เสาร์", "อาทิตย์")

_THAI_DIGITS = "๐๑๒๓๔๕๖๗๘๙"
_TO_ARABIC = str.maketrans(_THAI_DIGITS, "0123456789")
_TO_THAI = str.maketrans("0123456789", _THAI_DIGITS)
_MONTH_NUMBERS = {
    name.replace(".", ""): number for names in (MONTHS, SHORT_MONTHS) for number, name in enumerate(names, start=1)
}
_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_NUMERIC = re.compile(r"([0-9]{1,2})\s*[/.-]\s*([0-9]{1,2})\s*[/.-]\s*([0-9]{4}|[0-9]{2})")
_WORDS = re.compile(r"(?:วันที่\s*)?([0-9]{1,2})\s*(?:เดือน\s*)?([ก-๙.]+?)\s*(?:พ\.?\s?ศ\.?\s*)?([0-9]{4}|[0-9]{2})")
_LONGEST_INPUT = 60
_FIRST_BE_YEAR = 2400
_NEW_YEAR_REFORM_BE = 2483


def to_thai_digits(text: str) -> str:
    """ "08 ก.ค. 2567" -> "๐๘ ก.ค. ๒๕๖๗"."""
    return text.translate(_TO_THAI)


def to_arabic_digits(text: str) -> str:
    """ "๒๕๖๗" -> "2567"; other characters stay."""
    return text if text.isascii() else text.translate(_TO_ARABIC)


def year_be(day: date) -> int:
    """The Buddhist year in which a CE date lies."""
    before_reform = day.year <= _NEW_YEAR_REFORM_BE - 543 and day.month <= 3
    return day.year + (542 if before_reform else 543)


def from_be(year: int, month: int, day: int) -> date:
    """The CE date of a Buddhist date; ValueError when there is no such day. The year is turned first, so that
    29 February is judged by the CE year."""
    if year <= _NEW_YEAR_REFORM_BE and month <= 3:
        if year == _NEW_YEAR_REFORM_BE:
            raise ValueError("BE 2483 had no January to March")
        return date(year - 542, month, day)
    return date(year - 543, month, day)


def parse_date(text: str, *, field: str | None = None) -> date:
    """The date in 20/11/2569, 20-11-69, 20 พ.ย. 69, 20 พฤศจิกายน 2569, ๒๐/๑๑/๒๕๖๙ or ISO 2026-11-20.

    A four-digit year above 2400 is BE, a lower one CE; a two-digit year is BE 25xx. Refused: "date".
    """
    if len(text) <= _LONGEST_INPUT:
        parts = _parts(" ".join(to_arabic_digits(text).split()))
        if parts is not None:
            return _existing(parts, field)
    hint = "โปรดกรอกวัน เดือน ปี พ.ศ. เช่น 20/11/2569 หรือ 20 พ.ย. 69"
    raise Refused("date", "วันที่ไม่ถูกต้อง", hint, field)


def _parts(text: str) -> tuple[str, int, str] | None:
    """Day, month and year as written, or None when the text is no date."""
    if match := _ISO.fullmatch(text):
        return match[3], int(match[2]), match[1]
    if match := _NUMERIC.fullmatch(text):
        return match[1], int(match[2]), match[3]
    if (match := _WORDS.fullmatch(text)) and (month := _MONTH_NUMBERS.get(match[2].replace(".", ""))):
        return match[1], month, match[3]
    return None


def _existing(parts: tuple[str, int, str], field: str | None) -> date:
    day, month, year_text = parts
    year = int(year_text) + (2500 if len(year_text) == 2 else 0)
    try:
        return from_be(year, month, int(day)) if year > _FIRST_BE_YEAR else date(year, month, int(day))
    except ValueError:
        hint = "โปรดตรวจวัน เดือน และปี พ.ศ. กับปฏิทินอีกครั้ง"
        raise Refused("date", "วันที่นี้ไม่มีอยู่ในปฏิทิน", hint, field) from None


def short(day: date) -> str:
    """ "8 ก.ค. 2567"."""
    return f"{day.day} {SHORT_MONTHS[day.month - 1]} {year_be(day)}"


def padded(day: date) -> str:
    """ "08 ก.ค. 2567", as the One Stop Service prints it."""
    return f"{day.day:02d} {SHORT_MONTHS[day.month - 1]} {year_be(day)}"


def long(day: date) -> str:
    """ "8 กรกฎาคม 2567"; official letters set it in Thai digits with `to_thai_digits`."""
    return f"{day.day} {MONTHS[day.month - 1]} {year_be(day)}"


def month_text(day: date) -> str:
    """A period as receipts print it: "มิ.ย. 69"."""
    return f"{SHORT_MONTHS[day.month - 1]} {year_be(day) % 100:02d}"


def time_text(moment: datetime) -> str:
    """ "17:50:42 น." of a time that is local already."""
    return f"{moment.hour:02d}:{moment.minute:02d}:{moment.second:02d} น."


def fiscal_year(day: date) -> int:
    """The fiscal year (ปีงบประมาณ), BE: it begins on 1 October of the calendar year before."""
    return day.year + 543 + (1 if day.month >= 10 else 0)


def fiscal_year_text(year: int) -> str:
    """ "ปีงบประมาณ 2567 (ต.ค. 66 – ก.ย. 67)"."""
    return f"ปีงบประมาณ {year} (ต.ค. {(year - 1) % 100:02d} – ก.ย. {year % 100:02d})"


def begun(day: date) -> datetime:
    """The instant a day begins in Thailand; an instant with a zone stays what it is, one without is Thai time."""
    moment = day if isinstance(day, datetime) else datetime(day.year, day.month, day.day)
    return moment if moment.tzinfo else moment.replace(tzinfo=BANGKOK)


def local(moment: datetime) -> datetime:
    """An aware instant in Thai time; ValueError for a naive one, which would be read in the machine's zone."""
    if moment.tzinfo is None:
        raise ValueError("an instant must carry its time zone")
    return moment.astimezone(BANGKOK)
