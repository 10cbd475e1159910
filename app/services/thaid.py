"""A person whom ThaiD vouched for, as the counter holds it: for filling a form, or for signing a clerk in.

It lives in memory only; what of it is kept is what the clerk registers with a case.
"""

import re
from dataclasses import dataclass, field
from datetime import date, datetime

from app.domain import thai_date
from app.services.model import Address, Applicant, Knowing

CITIZEN, STAFF, LHR = "citizen", "staff", "lhr"


@dataclass(frozen=True, slots=True, repr=False)
class ThaiDPerson:
    """Who proved to be whom, by which proof and when. Its repr tells nothing, so that no log can.

    birth_precision: "day", "month", "year" or "" (not told); birth_date is the first day of what is known.
    gender: "male", "female" or "". ial: the level of assurance as the provider sent it. checked_at: when the central
    server had checked the proof, by its clock. purpose: "citizen", "staff" or "lhr", what the person agreed to.
    """

    citizen_id: str
    title: str
    first_name: str
    middle_name: str
    last_name: str
    title_en: str
    first_name_en: str
    middle_name_en: str
    last_name_en: str
    birth_date: date | None
    birth_precision: str
    gender: str
    address_text: str
    address: Address = field(default_factory=Address)
    ial: str = ""
    checked_at: datetime | None = None
    purpose: str = CITIZEN

    @property
    def full_name(self) -> str:
        """Title and first name are written together in Thai."""
        names = (name for name in (f"{self.title}{self.first_name}", self.middle_name, self.last_name) if name)
        return " ".join(names)

    @property
    def english_name(self) -> str:
        """The name in Latin letters, or "" where the provider told none."""
        parts = (self.title_en, self.first_name_en, self.middle_name_en, self.last_name_en)
        return " ".join(part for part in parts if part)

    def to_applicant(self) -> Applicant:
        """What fills the form; a middle name stands behind the first."""
        first = " ".join(name for name in (self.first_name, self.middle_name) if name)
        return Applicant(self.title, first, self.last_name, citizen_id=self.citizen_id, address=self.address)

    def to_knowing(self) -> Knowing:
        """How it is known who stands there, to be kept with the case."""
        return Knowing("thaid", ial=self.ial, checked_at=self.checked_at)


def birth_of(text: str) -> tuple[date | None, str]:
    """(first day of what is known, precision) of "1984-02-29", "1984-02", "1984" or ""; never fails."""
    parts = [int(part) for part in text.split("-") if part.isascii() and part.isdigit()]
    precision = ("", "year", "month", "day")[min(len(parts), 3)]
    try:
        return (date(*[*parts, 1, 1][:3]) if parts else None), precision
    except ValueError:
        return None, ""


_PLACE = r"([^\s,]+)"
_PREFIXED = (
    ("moo", r"(?:หมู่ที่|หมู่|ม\.)\s*(\d+)(?!\S)"),
    ("soi", r"(?:ตรอก|ซอย|ซ\.)\s*(.+?)(?=\s+(?:ถนน|ถ\.|ตำบล|ต\.|แขวง|อำเภอ|อ\.|เขต)|$)"),
    ("road", r"(?:ถนน|ถ\.)\s*(.+?)(?=\s+(?:ตำบล|ต\.|แขวง|อำเภอ|อ\.|เขต|จังหวัด|จ\.)|$)"),
    ("subdistrict", rf"(?:ตำบล|ต\.|แขวง)\s*{_PLACE}"),
    ("district", rf"(?:อำเภอ|กิ่งอำเภอ|อ\.|เขต)\s*{_PLACE}"),
    ("province", rf"(?:จังหวัด|จ\.)\s*{_PLACE}"),
    ("postcode", r"(\d{5})$"),
)
_PARTS = tuple((name, re.compile(r"(?:(?<=\s)|^)" + pattern)) for name, pattern in _PREFIXED)
_HOUSE = re.compile(r"^(?:บ้านเลขที่|เลขที่)?\s*(\d[\d/-]*)(?=\s|$)")
_BANGKOK = re.compile(r"(?:(?<=\s)|^)(กรุงเทพมหานคร|กรุงเทพฯ)(?=\s|$)")


def address_of(text: str) -> Address:
    """The parts of an address written in one line, as far as their prefixes tell them; the rest stays empty.

    The clerk sees the whole line beside the parts: what is not told apart here is not lost.
    """
    line = " ".join(thai_date.to_arabic_digits(text).replace("#", " ").replace(",", " ").split())
    found = {name: match[1].strip() for name, pattern in _PARTS if (match := pattern.search(line))}
    if house := _HOUSE.match(line):
        found["house_no"] = house[1]
    if "province" not in found and _BANGKOK.search(line):
        found["province"] = "กรุงเทพมหานคร"
    return Address(**found)
