"""The JSON form of a registration (docs/commands.md), as scripts and the command line hand it in."""

import json
import math
from collections.abc import KeysView, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from app.domain.errors import Refused
from app.services.attachments import read_file
from app.services.knowing import UNKNOWN
from app.services.model import Address, Applicant, FiledBy, Knowing, NoticeShown, Place, RegisterCase

LONGEST = 8_000_000
"""Bytes of one registration; anything longer is not read. A field that is too long is then still told by name."""
SHOWN_KEY = 80
_ONLY_TEXT = {str}


def _ordered(*keys: str) -> KeysView[str]:
    """A set that tells its members in the order of the documentation."""
    return dict.fromkeys(keys).keys()


TOP_KEYS = _ordered(
    "applicant", "channel", "answers", "place", "attachments", "knowing", "notice", "consents", "filed_by", "papers"
)
APPLICANT_TEXTS = ("cid", "title", "first_name", "last_name", "phone", "email")
OTHER_TEXTS = ("kind", "organisation", "representative_cid", "passport")
"""Parts of an applicant who is no ordinary citizen."""
OTHER_KEYS = (*OTHER_TEXTS, "power_of_attorney", "number_confirmed")
APPLICANT_KEYS = _ordered(*APPLICANT_TEXTS, "address", *OTHER_KEYS)
KNOWING_KEYS = _ordered("way", "ial", "note", "failed_way", "failed_reason")
NOTICE_KEYS = _ordered("version", "language", "how")
FILED_BY_KEYS = _ordered("name", "relation", "phone", "cid", "authority")
ADDRESS_KEYS = _ordered(*Address.__slots__)
PLACE_KEYS = _ordered(*ADDRESS_KEYS, "latitude", "longitude", "note")


FIELDS = {
    "applicant.citizen_id": "applicant.cid",
    "applicant.representative_id": "applicant.representative_cid",
    "filed_by.citizen_id": "filed_by.cid",
}
"""Fields that the JSON form calls otherwise than the services do."""


def parse(service: str, text: str | bytes, print_documents: tuple[str, ...] = ()) -> RegisterCase:
    """The command in a JSON text. Refused "json" where it is none, else naming the key at fault."""
    if len(text) > LONGEST:
        raise Refused("json_too_long", "ข้อมูลที่ส่งมายาวเกิน 8 MB", "ตรวจไฟล์ข้อมูล แล้วส่งใหม่เฉพาะคำร้องนี้", "json")
    try:
        data = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        data = _leniently(text, error.pos)
    return from_json(service, data, print_documents)


def _leniently(text: str | bytes, position: int) -> object:
    """What the standard library still reads: a byte order mark, UTF-16, NaN, half characters. The first two are taken,
    the others are refused by the rule of the field in which they stand."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        hint = f"ตรวจอักขระที่ {position + 1:,} หรือดูรูปแบบด้วยคำสั่ง services sample แล้วส่งใหม่"
        raise Refused("json", "ข้อมูลที่ส่งมาไม่ใช่ JSON ที่ถูกต้อง", hint, "json") from None


def from_json(service: str, data: object, print_documents: tuple[str, ...] = ()) -> RegisterCase:
    """The command in a JSON value; unknown keys and wrong types are refused by name."""
    whole = _table(data, "", TOP_KEYS)
    for key in ("applicant", "answers"):
        if key not in whole:
            raise Refused("required", f"ขาดข้อมูล {key}", "ดูรูปแบบด้วยคำสั่ง services sample", key)
    answers = whole["answers"]
    if not isinstance(answers, dict):
        raise _wrong_type("answers", "ต้องเป็นรายการคำตอบ { … }")
    return RegisterCase(
        service=service,
        applicant=_applicant(whole["applicant"]),
        answers=answers,
        channel=_text(whole, "channel", "") or "counter",
        place=_place(whole["place"]) if whole.get("place") is not None else None,
        print_documents=print_documents,
        knowing=_knowing(whole["knowing"]) if whole.get("knowing") is not None else UNKNOWN,
        notice=_notice(whole["notice"]) if whole.get("notice") is not None else None,
        consents=_texts(whole, "consents"),
        filed_by=_filed_by(whole["filed_by"]) if whole.get("filed_by") is not None else None,
        attachments=tuple(read_file(Path(name)) for name in _texts(whole, "attachments")),
        papers=_texts(whole, "papers"),
    )


def _knowing(data: object) -> Knowing:
    """How the applicant was known; who checked is always the acting person, and when is the registration."""
    table = _table(data, "knowing", KNOWING_KEYS)
    texts = {key: _text(table, key, "knowing.") for key in KNOWING_KEYS}
    return Knowing(
        way=texts["way"] or UNKNOWN.way,
        ial=texts["ial"],
        note=texts["note"],
        failed_way=texts["failed_way"],
        failed_reason=texts["failed_reason"],
    )


def _notice(data: object) -> NoticeShown:
    table = _table(data, "notice", NOTICE_KEYS)
    texts = {key: _text(table, key, "notice.") for key in NOTICE_KEYS}
    return NoticeShown(texts["version"], texts["language"] or "th", texts["how"] or "screen")


def _filed_by(data: object) -> FiledBy:
    table = _table(data, "filed_by", FILED_BY_KEYS)
    name, relation, telephone, number = [_text(table, key, "filed_by.") for key in ("name", "relation", "phone", "cid")]
    return FiledBy(name, relation, telephone, number, _flag(table, "authority", "filed_by."))


def _texts(table: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = table.get(key)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise _wrong_type(key, "ต้องเป็นรายการ [ … ] ของข้อความ")
    return tuple(value)


def _applicant(data: object) -> Applicant:
    table = _table(data, "applicant", APPLICANT_KEYS)
    number, title, first_name, last_name, telephone, email = _texts_of(table, APPLICANT_TEXTS, "applicant.")
    address = _address(table.get("address") or {}, "applicant.address")
    plain = Applicant(title, first_name, last_name, number, telephone, email, address)
    if table.keys().isdisjoint(OTHER_KEYS):
        return plain
    others = {key: _text(table, key, "applicant.") for key in OTHER_TEXTS}
    return replace(
        plain,
        kind=others["kind"] or plain.kind,
        organisation=others["organisation"],
        representative_id=others["representative_cid"],
        passport=others["passport"],
        power_of_attorney=_flag(table, "power_of_attorney", "applicant."),
        number_confirmed=_flag(table, "number_confirmed", "applicant."),
    )


def _flag(table: Mapping[str, Any], key: str, at: str) -> bool:
    value = table.get(key, False)
    if not isinstance(value, bool):
        raise _wrong_type(f"{at}{key}", "ต้องเป็น true หรือ false")
    return value


def _address(data: object, at: str) -> Address:
    table = _table(data, at, ADDRESS_KEYS)
    return Address(*_texts_of(table, Address.__slots__, f"{at}."))


def _place(data: object) -> Place:
    table = _table(data, "place", PLACE_KEYS)
    address = {key: value for key, value in table.items() if key in ADDRESS_KEYS}
    return Place(
        address=_address(address, "place"),
        latitude=_number(table, "latitude"),
        longitude=_number(table, "longitude"),
        note=_text(table, "note", "place."),
    )


def _table(data: object, at: str, keys: KeysView[str]) -> Mapping[str, Any]:
    if not isinstance(data, dict):
        raise _wrong_type(at or "json", "ต้องเป็นกลุ่มข้อมูล { … }")
    if data.keys() <= keys:
        return data
    for key in data:
        if key not in keys:
            field = _shown(f"{at}.{key}" if at else key)
            raise Refused("unknown_key", f"ไม่รู้จักข้อมูล {field}", f"ใช้ได้เฉพาะ {', '.join(keys)}", field)
    return data


def _shown(key: str) -> str:
    """A key that somebody sent, fit for a terminal: nothing in it steers the screen."""
    return "".join(letter if letter.isprintable() else "�" for letter in key[:SHOWN_KEY])


def _texts_of(table: Mapping[str, Any], keys: tuple[str, ...], at: str) -> list[str]:
    """The texts under some keys, "" where there is none. Looks at them all at once: they are nearly always texts."""
    values = [table.get(key, "") for key in keys]
    return values if {*map(type, values)} == _ONLY_TEXT else [_text(table, key, at) for key in keys]


def _text(table: Mapping[str, Any], key: str, at: str) -> str:
    value = table.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _wrong_type(f"{at}{key}", "ต้องเป็นข้อความ")
    return value


def _number(table: Mapping[str, Any], key: str) -> float | None:
    value = table.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _wrong_type(f"place.{key}", "ต้องเป็นตัวเลข")
    try:
        return float(value)
    except OverflowError:  # hundreds of digits: no place on Earth, and told as such
        return math.inf


def _wrong_type(field: str, why: str) -> Refused:
    return Refused("wrong_type", f"ชนิดของข้อมูล {field} ไม่ถูกต้อง: {why}", "ดูรูปแบบด้วยคำสั่ง services sample", field)
