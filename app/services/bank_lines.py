"""One line of a bank's payment file, read by the office's own column map."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.domain.errors import Refused
from app.domain.money import parse_baht

SEPARATED_WORDS = 4
"""A short line has record and date joined, then anything, then ref1, ref2 and the amount."""


@dataclass(frozen=True, slots=True)
class BankLine:
    """A payment as the bank tells it; satang is whole."""

    paid_on: date
    ref1: str
    ref2: str
    satang: int
    bank_reference: str = ""

    @property
    def identity(self) -> bytes:
        """The same payment told twice has the same identity."""
        parts = (self.paid_on.isoformat(), self.ref1, self.ref2, str(self.satang), self.bank_reference)
        return hashlib.sha256("\n".join(parts).encode()).digest()


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A line of payment that cannot be read, and why."""

    reason: str


def read_line(raw: bytes, columns: Mapping[str, Any]) -> BankLine | Unreadable | None:
    """The payment of a line; None for a line that tells of none (head, foot, empty)."""
    try:
        text = raw.decode(columns["encoding"])
    except UnicodeDecodeError:
        if columns["record"].encode() != raw[columns["record_at"] :][: len(columns["record"])]:
            return None
        return Unreadable("อ่านตัวอักษรไม่ได้ ไฟล์อาจเป็นรหัสอักษรอื่น")
    text = text.lstrip("\ufeff").rstrip("\r\n")
    record = columns["record"]
    if not text.strip() or text[columns["record_at"] :][: len(record)] != record:
        return None
    parts = _separated(text, columns) if len(text) < columns["shortest"] else _fixed(text, columns)
    if parts is None:
        return Unreadable("บรรทัดสั้นหรือขาดหาย")
    return _checked(*parts, columns)


def _fixed(text: str, columns: Mapping[str, Any]) -> tuple[str, str, str, str, str]:
    def cut(key: str) -> str:
        first, last = columns[key]
        return text[first:last].strip()

    return cut("date"), cut("ref1"), cut("ref2"), cut("amount"), cut("bank_reference")


def _separated(text: str, columns: Mapping[str, Any]) -> tuple[str, str, str, str, str] | None:
    words = text.split()
    first, last = columns["date"]
    if len(words) < SEPARATED_WORDS or len(words[0]) < last:
        return None
    return words[0][first:last], words[-3], words[-2], words[-1], ""


def _checked(
    day: str, ref1: str, ref2: str, amount: str, reference: str, columns: Mapping[str, Any]
) -> BankLine | Unreadable:
    try:
        paid_on = datetime.strptime(day, columns["date_form"]).date()
    except ValueError:
        return Unreadable("วันที่ชำระไม่ถูกต้อง")
    if not ref1:
        return Unreadable("ไม่มีเลขอ้างอิง 1")
    satang = _satang(amount)
    if satang is None:
        return Unreadable("จำนวนเงินไม่ถูกต้อง")
    return BankLine(paid_on, ref1, ref2, satang, reference)


def _satang(amount: str) -> int | None:
    """Whole satang, or baht where there is a point."""
    if amount.isascii() and amount.isdigit():
        return int(amount) or None
    if "." not in amount:
        return None
    try:
        return parse_baht(amount.lstrip("0") if not amount.startswith("0.") else amount) or None
    except Refused:
        return None
