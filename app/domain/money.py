"""Money is an integer number of satang. Baht appear only as decimal text, coming in and going out; never as float."""

import re

from app.domain.errors import Refused
from app.domain.thai_date import to_arabic_digits

_AMOUNT = re.compile(r"([0-9]{1,12}|[0-9]{1,3}(?:,[0-9]{3}){1,3})(?:\.([0-9]{1,2}))?")
_DIGITS = ("", "หนึ่ง", "สอง", "สาม", "สี่", "ห้า", "หก", "เจ็ด", "แปด", "เก้า")
_PLACES = ("แสน", "หมื่น", "พัน", "ร้อย", "สิบ", "")
_LONGEST_INPUT = 40
MILLION = 1_000_000


def parse_baht(text: str, *, field: str | None = None) -> int:
    """Satang in an amount such as "2,600.00", "2600.5" or "๒๖๐๐ บาท"; at most two decimals. Refused: "amount"."""
    match = None
    if isinstance(text, str) and len(text) <= _LONGEST_INPUT:
        bare = to_arabic_digits(text).strip().removeprefix("฿").removesuffix("บาท").strip()
        match = _AMOUNT.fullmatch(bare)
    if match is None:
        hint = "โปรดกรอกเป็นบาทและสตางค์ไม่เกินสองตำแหน่ง เช่น 2,600.00"
        raise Refused("amount", "จำนวนเงินไม่ถูกต้อง", hint, field)
    baht, satang = match.groups()
    return int(baht.replace(",", "")) * 100 + int((satang or "0").ljust(2, "0"))


def formatted(satang: int) -> str:
    """For people: "2,600.00"."""
    return _decimal(satang, ",")


def plain(satang: int) -> str:
    """For JSON and answers: "2600.00"."""
    return _decimal(satang, "")


def _decimal(satang: int, separator: str) -> str:
    baht, rest = divmod(abs(satang), 100)
    sign = "-" if satang < 0 else ""
    return f"{sign}{baht:{separator}}.{rest:02d}"


def baht_text(satang: int) -> str:
    """The amount in Thai words, as receipts carry it.

    A final one of a number with two or more digits is เอ็ด, after any higher digit (Royal Society); "ถ้วน" only
    without satang; below one baht only the satang are read.
    """
    if satang < 0:
        return "ลบ" + baht_text(-satang)
    baht, rest = divmod(satang, 100)
    if baht == 0 and rest:
        return number_text(rest) + "สตางค์"
    return number_text(baht) + "บาท" + (number_text(rest) + "สตางค์" if rest else "ถ้วน")


def number_text(number: int) -> str:
    """A whole number in Thai words, from nought up; ล้าน repeats as often as needed."""
    if number == 0:
        return "ศูนย์"
    if number < MILLION:
        return _below_million(number, leads=False)
    millions, rest = divmod(number, MILLION)
    return number_text(millions) + "ล้าน" + _below_million(rest, leads=True)


def _below_million(number: int, *, leads: bool) -> str:
    """leads: something was read before, so that a lone one is เอ็ด."""
    words = []
    for place, digit in zip(_PLACES, map(int, f"{number:06d}"), strict=True):
        if digit:
            words.append(_digit_text(digit, place, leads))
            leads = True
    return "".join(words)


def _digit_text(digit: int, place: str, leads: bool) -> str:
    if place == "สิบ":
        return {1: "สิบ", 2: "ยี่สิบ"}.get(digit, _DIGITS[digit] + "สิบ")
    if place == "" and digit == 1 and leads:
        return "เอ็ด"
    return _DIGITS[digit] + place
