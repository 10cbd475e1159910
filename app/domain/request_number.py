"""The request number (เลขคำร้อง) of the One Stop Service grammar: KT1080767000011.

Two or three letters of the office, one service digit, day, month and two-digit year of the Buddhist Era, and a run of
six digits that never restarts within its series ("KT1").
"""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from app.domain.errors import Refused
from app.domain.thai_date import to_arabic_digits

MAX_RUN = 999_999
_GRAMMAR = re.compile(r"([A-Z]{2,3})([0-9])([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{6})")
_SERIES = re.compile(r"[A-Z]{2,3}[0-9]")
_SPACING = re.compile(r"[\s\u200b-]+")
_LONGEST_INPUT = 40


@dataclass(frozen=True, slots=True)
class RequestNumber:
    """A request number in its parts; `issued_on` is a CE date like every date inside the program."""

    letters: str
    service_digit: str
    issued_on: date
    run: int

    @property
    def series(self) -> str:
        """The run counts within this: "KT1"."""
        return self.letters + self.service_digit

    @property
    def text(self) -> str:
        """As printed: "KT1080767000011"."""
        return format_number(self.series, self.issued_on, self.run)


@lru_cache(maxsize=32)
def _prefix(series: str, on: date) -> str:
    if not _SERIES.fullmatch(series):
        raise ValueError("a series is 2 or 3 capital letters and a digit")
    return f"{series}{on.day:02d}{on.month:02d}{(on.year + 543) % 100:02d}"


def format_number(series: str, on: date, run: int) -> str:
    """The printed number; Refused "request_number_used_up" when the run no longer fits six digits."""
    if not 1 <= run <= MAX_RUN:
        hint = "โปรดแจ้งผู้ดูแลระบบให้เปิดชุดเลขใหม่"
        raise Refused("request_number_used_up", "เลขคำร้องชุดนี้ใช้ครบแล้ว", hint, "number")
    return f"{_prefix(series, on)}{run:06d}"


def parse(text: str) -> RequestNumber:
    """The number in a text; small letters, Thai digits, spaces and dashes are accepted. Refused: "request_number"."""
    match = None
    if len(text) <= _LONGEST_INPUT:
        match = _GRAMMAR.fullmatch(_SPACING.sub("", to_arabic_digits(text)).upper())
    if match is None:
        raise _refused("เลขคำร้องไม่ถูกต้อง", "เลขคำร้องเป็นอักษรย่อ 2-3 ตัวตามด้วยตัวเลข 13 หลัก เช่น KT1080767000011")
    letters, digit, day, month, year, run = match.groups()
    try:
        issued_on = date(2500 + int(year) - 543, int(month), int(day))
    except ValueError:
        raise _refused("วันที่ในเลขคำร้องไม่มีอยู่จริง", "โปรดตรวจเลขคำร้องกับใบรับอีกครั้ง") from None
    if run == "000000":
        raise _refused("ลำดับในเลขคำร้องเป็นศูนย์ไม่ได้", "โปรดตรวจเลขคำร้องกับใบรับอีกครั้ง")
    return RequestNumber(letters, digit, issued_on, int(run))


def is_valid(text: str) -> bool:
    """Whether `parse` would take it."""
    try:
        parse(text)
    except Refused:
        return False
    return True


def _refused(title: str, hint: str) -> Refused:
    return Refused("request_number", title, hint, "number")
