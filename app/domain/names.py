"""Names as they are compared: without tone marks, spacing and titles, which people type, forget and swap.

A key is for finding and comparing only; what is shown and printed is always the name as it was written.
"""

import re
import unicodedata
from collections.abc import Iterable

_ARABIC = {ord(thai): str(digit) for digit, thai in enumerate("๐๑๒๓๔๕๖๗๘๙")}
_MARKS = "\u0e47\u0e48\u0e49\u0e4a\u0e4b\u0e4c\u0e4e"  # maitaikhu, the four tones, thanthakhat, yamakkan
_SIGNS = " \t\n\u00a0\u200b\u200c\u200d\ufeff.,-‐–—'\"’()[]/·ฯ"
_DROPPED: dict[int, str | None] = {**dict.fromkeys(map(ord, _MARKS + _SIGNS)), **_ARABIC}
_DROPPED_IN_LINES = {code: target for code, target in _DROPPED.items() if code != ord("\n")}
_NIKHAHIT, _SARA_AM = "\u0e4d", "\u0e33"

TITLES = (
    "นางสาว", "นาง", "นาย", "น.ส.", "นส.", "เด็กชาย", "เด็กหญิง", "ด.ช.", "ด.ญ.", "ว่าที่ร้อยตรีหญิง", "ว่าที่ร้อยตรี", "ว่าที่ร.ต.",
    "คุณ", "ดร.", "พระครู", "พระ", "mr.", "mrs.", "ms.", "miss ", "mr ", "mrs ", "ms ",
    "บริษัท", "บจก.", "บมจ.", "หจก.", "ห้างหุ้นส่วนจำกัด", "ห้างหุ้นส่วน",
)  # fmt: skip
"""What may stand before a name when it is typed in one line; the longer of two that begin alike comes first."""
_BEGINS_A_NAME = re.compile("[ก-ฮเแโใไa-z0-9]")


def name_key(text: str) -> str:
    """The name reduced to what people agree on: no tone marks, no spaces or signs, one sara am, Arabic digits."""
    return _key(text, _DROPPED)


def name_keys(names: Iterable[str]) -> list[str]:
    """The keys of many names, made in one go (names without line breaks)."""
    return _key("\n".join(names), _DROPPED_IN_LINES).split("\n")


def _key(text: str, dropped: dict[int, str | None]) -> str:
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    key = text.translate(dropped).lower()
    if _NIKHAHIT in key:
        key = key.replace(_NIKHAHIT + "า", _SARA_AM).replace(_NIKHAHIT, "")
    return key


def without_title(text: str) -> str:
    """The typed name without its title; unchanged where what follows could not begin a name ("นางาม" is one name)."""
    typed = text.strip()
    for title in TITLES:
        rest = typed[len(title) :].lstrip(" .")
        if typed.lower().startswith(title) and rest and _BEGINS_A_NAME.match(rest.lower()):
            return rest
    return typed


def terms(text: str) -> list[str]:
    """The keys of the blank-separated words of what was typed, empty ones left out."""
    return [key for word in text.split() if (key := name_key(word))]
