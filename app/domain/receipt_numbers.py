"""Receipt numbers: a book (เล่มที่) of one fiscal year with running numbers (เลขที่)."""

import re
from dataclasses import dataclass

from app.domain.errors import Refused
from app.domain.thai_date import to_arabic_digits

MAX_NO = 999_999
SERIES = re.compile(r"R([0-9]{4})/([0-9A-Za-zก-ฮ.\-]{1,12})")
_BOOK = re.compile(r"[0-9A-Za-zก-ฮ][0-9A-Za-zก-ฮ.\-]{0,11}")


@dataclass(frozen=True, slots=True)
class ReceiptNumber:
    """A receipt as people name it; fiscal_year: BE, 0 where nobody said."""

    book: str
    no: int
    fiscal_year: int = 0

    @property
    def text(self) -> str:
        """ "12/38": book and number as on paper."""
        return f"{self.book}/{self.no}"


def series(fiscal_year: int, book: str) -> str:
    """The series of the numbers of one book: "R2570/12"."""
    return f"R{fiscal_year}/{book}"


def is_series(text: str) -> bool:
    """Whether a series is that of a receipt book."""
    return SERIES.fullmatch(text) is not None


def clean_book(text: str, field: str = "book") -> str:
    """The name of a book as it may be printed. Refused "book"."""
    book = to_arabic_digits(str(text)).strip()
    if not _BOOK.fullmatch(book):
        raise Refused("book", "เล่มที่ไม่ถูกต้อง", "ใส่ตัวเลขหรือตัวอักษรไม่เกิน 12 ตัว เช่น 12 หรือ ก-12", field)
    return book


def parse(text: str) -> ReceiptNumber:
    """ "12/38" or "2570/12/38" (fiscal year in front). Refused "receipt_number"."""
    parts = to_arabic_digits(text).strip().split("/")
    year = 0
    if len(parts) == 3 and parts[0].isascii() and parts[0].isdigit() and len(parts[0]) == 4:
        year, parts = int(parts[0]), parts[1:]
    right = len(parts) == 2 and _BOOK.fullmatch(parts[0]) and re.fullmatch("[0-9]{1,6}", parts[1])
    if not right or int(parts[1]) < 1:
        hint = "ใส่เป็น เล่มที่/เลขที่ เช่น 12/38 หรือใส่ปีงบประมาณนำหน้า เช่น 2570/12/38"
        raise Refused("receipt_number", "เลขใบเสร็จไม่ถูกต้อง", hint, "receipt")
    return ReceiptNumber(parts[0], int(parts[1]), year)
