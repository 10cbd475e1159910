"""The address field of the card: "house#moo#lane#soi#road#subdistrict#district#province", with Thai prefixes.

Readers disagree about the middle, so a part's own prefix decides and its place only where it has none. The last three
are taken by place, unless their prefix says otherwise: a card that gave 100 bytes only may have lost the end.
"""

import re

from app.domain.thai_date import to_arabic_digits
from app.intake.card.holder import CardAddress

_PLACES = ("house_no", "moo", "lane", "soi", "road", "subdistrict", "district", "province")
_AREAS = _PLACES[-3:]
_PREFIXES = {
    "house_no": ("บ้านเลขที่", "เลขที่"),
    "moo": ("หมู่ที่", "หมู่", "ม."),
    "lane": ("ตรอก",),
    "soi": ("ซอย", "ซ."),
    "road": ("ถนน", "ถ."),
    "subdistrict": ("ตำบล", "แขวง", "ต."),
    "district": ("กิ่งอำเภอ", "อำเภอ", "เขต", "อ."),
    "province": ("จังหวัด", "จ."),
}
_VILLAGE = "หมู่บ้าน"
"""Begins like หมู่ but is the name of a housing estate, which belongs to the house."""
_BLANK = re.compile(r"[-.\s]*")
_MOO = re.compile("[0-9๐-๙]{1,3}")
_BANGKOK = "กรุงเทพมหานคร"


def address_of(text: str) -> CardAddress:
    """The parts of the raw address. What fits nowhere is kept with the house number; nothing is thrown away."""
    pieces = [piece.strip() for piece in text.split("#")]
    found = dict.fromkeys(_PLACES, "")
    for place, piece in enumerate(pieces):
        if _BLANK.fullmatch(piece):
            continue
        key, value = _placed(piece, _place_of(place, len(pieces)))
        if found[key] and key not in _AREAS:
            key = "house_no"
        found[key] = f"{found[key]} {value}".strip()
    found["moo"] = to_arabic_digits(found["moo"])
    found["house_no"] = to_arabic_digits(found["house_no"])
    return CardAddress(**found)


def _place_of(place: int, count: int) -> str:
    """What stands at a place: the first is the house, the last three are areas, the middle by place in eight parts."""
    if place == 0:
        return "house_no"
    if place >= count - 3:
        return _AREAS[place - count]
    return _PLACES[place] if count == len(_PLACES) else ""


def _placed(piece: str, place: str) -> tuple[str, str]:
    """Which part of the address a piece is, and its value without prefix."""
    if place and (value := _without_prefix(piece, place)) is not None:
        return place, value
    if not piece.startswith(_VILLAGE):
        for key in _PLACES[1:]:
            if (value := _without_prefix(piece, key)) is not None:
                return key, value
    if piece == _BANGKOK:
        return "province", piece
    if place in ("", "moo"):
        return ("moo" if re.fullmatch(_MOO, piece) else "house_no"), piece
    return ("house_no" if piece.startswith(_VILLAGE) else place), piece


def _without_prefix(piece: str, key: str) -> str | None:
    """The piece without the prefix of this part; None where it has none."""
    if key == "moo" and piece.startswith(_VILLAGE):
        return None
    for prefix in _PREFIXES[key]:
        if piece.startswith(prefix):
            return piece[len(prefix) :].strip()
    return None
