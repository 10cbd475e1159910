"""Claims of whatever form -> one person. ThaiD's formats of address, birth date, gender and ial are not documented,
so every form that was reported is read, and one that is not understood is left empty instead of guessed.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from app.domain import citizen_id, thai_date
from app.domain.errors import Refused
from app.domain.text_rules import clean_text
from sync.server.thaid.fetch import Trouble
from sync.thaid_messages import MAX_ADDRESS, MAX_TEXT, Identity

GENDERS = {
    "male": "male", "m": "male", "1": "male", "ชาย": "male",
    "female": "female", "f": "female", "2": "female", "หญิง": "female",
}  # fmt: skip
ADDRESS_PARTS = ("street_address", "locality", "region", "postal_code")
BUDDHIST_FROM = 2400
"""Years from here on are Buddhist Era: nobody alive was born in 2400 CE."""


def person(claims: Mapping[str, Any], checked_at: int) -> Identity:
    """The person of the claims; Trouble "thaid_claims" without a citizen number that passes its check digit."""
    first, last = _text(claims, "given_name"), _text(claims, "family_name")
    if not first and not last:
        first, _, last = _text(claims, "name").partition(" ")
    return Identity(
        citizen_id=_number(claims.get("pid")),
        title=_text(claims, "title"),
        first_name=first,
        middle_name=_text(claims, "middle_name"),
        last_name=last.strip(),
        title_en=_text(claims, "title_en"),
        first_name_en=_text(claims, "given_name_en"),
        middle_name_en=_text(claims, "middle_name_en"),
        last_name_en=_text(claims, "family_name_en"),
        birth=birth(claims.get("birthdate")),
        gender=GENDERS.get(_text(claims, "gender").lower(), ""),
        address=_address(claims.get("address")),
        ial=_text(claims, "ial")[:20],
        checked_at=checked_at,
    )


def birth(value: object) -> str:
    """ISO 8601 in the Common Era as far as the date is known, or "": "1984-02-29", "1984-02", "1984".

    Read are `YYYY-MM-DD` and eight digits, either era; "00" stands for a month or a day that nobody knows.
    """
    text = thai_date.to_arabic_digits(str(value)) if isinstance(value, str | int) else ""
    found = re.fullmatch(r"\s*(\d{4})(?:-?(\d\d)(?:-?(\d\d))?)?\s*", text)
    if not found:
        return ""
    year, month, day = (int(part or 0) for part in found.groups())
    year -= 543 if year >= BUDDHIST_FROM else 0
    if not 1 <= month <= 12:
        return f"{year:04}" if month == 0 and year > 0 else ""
    if day == 0:
        return f"{year:04}-{month:02}"
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""


def _number(value: object) -> str:
    try:
        return citizen_id.check(str(value) if isinstance(value, str | int) else "")
    except Refused:
        raise Trouble("thaid_claims") from None


def _address(value: object) -> str:
    """One line: the text itself, its `formatted`, or the parts of OpenID Connect's address claim joined."""
    if not isinstance(value, Mapping):
        return _clean(value, MAX_ADDRESS)
    formatted = _clean(value.get("formatted"), MAX_ADDRESS)
    parts = (_clean(value.get(part), MAX_TEXT) for part in ADDRESS_PARTS)
    return formatted or " ".join(part for part in parts if part)[:MAX_ADDRESS]


def _text(claims: Mapping[str, Any], name: str) -> str:
    return _clean(claims.get(name), MAX_TEXT)


def _clean(value: object, longest: int) -> str:
    """A text of one line without control characters, or "" for what is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    try:
        return clean_text(" ".join(str(value).split()), "thaid", max_length=longest)
    except Refused:
        return ""
