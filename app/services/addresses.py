"""Thai addresses offline: the 7,436 subdistricts with codes and postcodes, found by any part that is typed.

The list (resources/addresses) is a help, never a judge: what is not in it, or has another postcode, is kept as typed
and only told, for areas are founded and parted every year and one subdistrict may have several postcodes.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

import resources
from app.domain.names import name_key, name_keys
from app.domain.thai_date import to_arabic_digits
from app.services.model import Address, Advice

BANGKOK = "10"
LEVELS = {
    "ตำบล": "subdistrict", "แขวง": "subdistrict", "ต.": "subdistrict",
    "อำเภอ": "district", "กิ่งอำเภอ": "district", "เขต": "district", "อ.": "district",
    "จังหวัด": "province", "จ.": "province",
}  # fmt: skip
"""What stands before a name and tells its level."""
_LEVEL = re.compile(r"(?:(?<=\s)|^)(กิ่งอำเภอ|ตำบล|แขวง|อำเภอ|เขต|จังหวัด|ต\.|อ\.|จ\.)\s*")
_LEVEL_AMID = re.compile(r"(?<=[\u0e00-\u0e7f0-9])(ต\.|อ\.|จ\.|ตำบล|อำเภอ|จังหวัด)")
_BANGKOK_NAMES = {"กทม": "กรุงเทพมหานคร", "กรุงเทพฯ": "กรุงเทพมหานคร", "กรุงเทพ": "กรุงเทพมหานคร"}
_CAPITAL = "เมือง"
"""The district around a provincial town is เมืองภูเก็ต; people and cards write only เมือง."""


class Area(NamedTuple):
    """One subdistrict. Codes are those of the Department of Provincial Administration: 2, 4 and 6 digits."""

    code: str
    subdistrict: str
    district: str
    province: str
    postcodes: tuple[str, ...]

    @property
    def label(self) -> str:
        """ "ต.กะทู้ อ.กะทู้ จ.ภูเก็ต 83120", and "แขวง… เขต… กรุงเทพมหานคร …" in Bangkok."""
        codes = " / ".join(self.postcodes)
        if self.code.startswith(BANGKOK):
            return f"แขวง{self.subdistrict} เขต{self.district} {self.province} {codes}"
        return f"ต.{self.subdistrict} อ.{self.district} จ.{self.province} {codes}"

    def filled_into(self, address: Address) -> Address:
        """The address with this area's names; a postcode that fits stays, else the first one is entered."""
        postcode = address.postcode if address.postcode in self.postcodes else self.postcodes[0]
        return replace(
            address,
            subdistrict=self.subdistrict,
            district=self.district,
            province=self.province,
            postcode=postcode,
        )


@dataclass(frozen=True, slots=True)
class Match:
    """What became of an address from a card or a form: the area where there is exactly one, else those that fit."""

    address: Address
    area: Area | None
    candidates: tuple[Area, ...]

    @property
    def code(self) -> str:
        """The 6-digit code of the subdistrict, or ""."""
        return self.area.code if self.area else ""


class _Entry(NamedTuple):
    area: Area
    subdistrict: str
    district: str
    province: str


@lru_cache(maxsize=1)
def _entries() -> tuple[_Entry, ...]:
    """The whole list with its keys for comparing, read once, when the first address is asked for."""
    rows = [line.split("\t") for line in resources.path("addresses", "areas.txt").read_text("utf-8").splitlines()]
    found: list[_Entry] = []
    province = district = ("", "", "")
    for row, key in zip(rows, name_keys(row[1] for row in rows), strict=True):
        code, name = row[0], row[1]
        if len(row) == 3:
            area = Area(district[0] + code, name, district[1], province[1], tuple(row[2].split(" ")))
            found.append(_Entry(area, key, district[2], province[2]))
        elif len(code) == 2:
            province = (code, name, key)
        else:
            district = (code, name, key)
    return tuple(found)


@lru_cache(maxsize=1)
def _by_code() -> dict[str, Area]:
    return {entry.area.code: entry.area for entry in _entries()}


def areas() -> tuple[Area, ...]:
    """Every subdistrict in the order of the codes."""
    return tuple(_by_code().values())


def area(code: str) -> Area | None:
    """The subdistrict with this 6-digit code."""
    return _by_code().get(code)


def find(text: str, home: Address | None = None, limit: int = 10) -> list[Area]:
    """The areas that hold every part of what was typed, those near the office first.

    Parts are names of any level or digits of a postcode, with or without ต./อ./จ., tone marks or blanks between them.
    """
    wanted = _terms(text)
    if not wanted:
        return []
    own = (name_key(home.province), name_key(home.district)) if home else ("", "")
    hits = [
        (*_rank(entry, wanted, own), place)
        for place, entry in enumerate(_entries())
        if all(_holds(entry, level, term) for level, term in wanted)
    ]
    entries = _entries()
    return [entries[hit[-1]].area for hit in sorted(hits)[:limit]]


def _terms(text: str) -> list[tuple[str, str]]:
    """(level or "", key) of each part of the typed text."""
    text = _LEVEL_AMID.sub(r" \1", to_arabic_digits(text)[:200])
    found: list[tuple[str, str]] = []
    parts = _LEVEL.split(text)
    for place, part in enumerate(parts):
        if place % 2:
            continue
        level = LEVELS[parts[place - 1]] if place else ""
        for number, word in enumerate(part.split()):
            key = name_key(_BANGKOK_NAMES.get(word.rstrip("."), word))
            if key:
                found.append((level if number == 0 else "", key))
    return found


def _holds(entry: _Entry, level: str, term: str) -> bool:
    if term.isdigit():
        return any(code.startswith(term) for code in entry.area.postcodes)
    if level:
        return term in _key_of(entry, level)
    return term in entry.subdistrict or term in entry.district or term in entry.province


def _key_of(entry: _Entry, level: str) -> str:
    return {"subdistrict": entry.subdistrict, "district": entry.district, "province": entry.province}[level]


def _rank(entry: _Entry, wanted: list[tuple[str, str]], own: tuple[str, str]) -> tuple[int, int, int]:
    """Own district, own province, elsewhere; within each whole names before beginnings before the middle of a name."""
    near = 2 - (entry.province == own[0]) - (entry.province == own[0] and entry.district == own[1])
    first = wanted[0][1]
    names = (entry.subdistrict, entry.district, entry.province)
    whole = next((place for place, name in enumerate(names) if name == first), 3)
    begins = next((place for place, name in enumerate(names) if name.startswith(first)), 3)
    return near, whole, begins


def match(address: Address) -> Match:
    """The area of an address as a card or a form has it; its names put right, everything else as it was.

    Nothing is guessed: with no area or several of them the address stays as it is.
    """
    wanted = [
        (level, key)
        for level in ("subdistrict", "district", "province")
        if (key := _plain_key(getattr(address, level), level))
    ]
    if not wanted:
        return Match(address, None, ())
    fitting = [entry for entry in _entries() if all(_is(entry, level, key) for level, key in wanted)]
    if len(fitting) > 1 and address.postcode:
        fitting = [entry for entry in fitting if address.postcode in entry.area.postcodes] or fitting
    candidates = tuple(entry.area for entry in fitting)
    if len(candidates) != 1:
        return Match(address, None, candidates[:50])
    return Match(candidates[0].filled_into(_keeping(address)), candidates[0], candidates)


def _keeping(address: Address) -> Address:
    return replace(address, postcode=to_arabic_digits(address.postcode).strip())


def _plain_key(name: str, level: str) -> str:
    """The key of a name without the word for its level: "ตำบลกะทู้", "ต.กะทู้" and "กะทู้" are one."""
    typed = _BANGKOK_NAMES.get(name.strip().rstrip("."), name.strip())
    for word, of_level in LEVELS.items():
        if of_level == level and typed.startswith(word) and len(typed) > len(word):
            return name_key(typed[len(word) :])
    return name_key(typed)


def _is(entry: _Entry, level: str, key: str) -> bool:
    if level == "district" and key == name_key(_CAPITAL):
        return entry.district == key + entry.province or entry.district == key
    return _key_of(entry, level) == key


def check(address: Address, at: str) -> tuple[Advice, ...]:
    """What in an address does not agree with the list; only told, because lists grow old."""
    if not (address.subdistrict and address.province):
        return ()
    found = match(address)
    if not found.candidates:
        return (Advice(f"{at}.subdistrict", "ไม่พบตำบล อำเภอ จังหวัดนี้คู่กันในรายชื่อ ตรวจตัวสะกดอีกครั้ง"),)
    postcodes = _all_postcodes(found.candidates)
    if address.postcode and address.postcode not in postcodes:
        text = f"รหัสไปรษณีย์ของตำบลนี้มักเป็น {' หรือ '.join(postcodes)} ตรวจอีกครั้ง"
        return (Advice(f"{at}.postcode", text),)
    return ()


def _all_postcodes(found: Iterable[Area]) -> list[str]:
    return sorted({code for area in found for code in area.postcodes})
