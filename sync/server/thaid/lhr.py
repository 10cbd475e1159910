"""LHR, the staff's own records: one answer of another system, described by a file, read for its owner and kept nowhere.

No interface of the real LHR is published. Address, scopes, keys and their Thai names are therefore the office's to
give; what the file does not name never leaves the server.
"""

import json
import os
import threading
import time
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from app.domain import citizen_id, thai_date
from app.domain.errors import Refused
from app.domain.text_rules import clean_text
from sync.server.thaid.claims import birth
from sync.server.thaid.fetch import Trouble, is_loopback, is_near
from sync.thaid_messages import MAX_RECORD_FIELDS, MAX_RECORD_TEXT, MAX_RECORD_VALUES, RecordAnswer, RecordField

SECRET_VARIABLE = "LAO_LHR_SECRET"
KEYS = frozenset(
    {"url", "scopes", "resource", "owner", "headers", "timeout_seconds", "shown_minutes", "from", "until", "field"}
)
FIELD_KEYS = frozenset({"key", "label", "group", "kind", "parts", "mask"})
TEXT, DATE = "text", "date"
MOST_BYTES = 1024 * 1024
MOST_AT_ONCE = 4
"""Records asked for at the same moment: a silent system must not take the threads of the sync away."""
EVERY = "*"
"""In a dotted key: each item of a list."""


@dataclass(frozen=True, slots=True)
class Field:
    """One line of the record. key: dotted, `*` for each item of a list. parts: keys inside an item, shown in one line.
    mask: not shown before its owner asks."""

    key: tuple[str, ...]
    label: str
    group: str
    kind: str = TEXT
    parts: tuple[tuple[str, ...], ...] = ()
    mask: bool = False


@dataclass(frozen=True, slots=True)
class Description:
    """How the record is asked for and read. owner: dotted key of the number that has to be the signed-in person's.
    scopes: asked of ThaiD beside who it is. resource: for whom the token is meant (RFC 8707), "" to leave it out.
    begins, ends: days between which the description holds."""

    url: str
    owner: tuple[str, ...]
    fields: tuple[Field, ...]
    scopes: tuple[str, ...] = ()
    resource: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    timeout_seconds: float = 30.0
    shown_minutes: int = 5
    begins: date | None = None
    ends: date | None = None

    def holds(self, on: date) -> bool:
        """Whether it may be used on a day."""
        return (self.begins is None or self.begins <= on) and (self.ends is None or on <= self.ends)


def read(path: Path, environment: Mapping[str, str] = os.environ) -> Description:
    """What a TOML file describes; {secret} in its headers is LAO_LHR_SECRET. Refused names the key at fault."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except OSError:
        raise Refused("lhr_file", f"อ่านไฟล์ {path.name} ไม่ได้", "ตรวจชื่อและที่อยู่ของไฟล์ตั้งค่า LHR") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise Refused("lhr_file", f"ไฟล์ {path.name} ไม่ใช่ TOML ที่ถูกต้อง", "แก้ไฟล์แล้วลองใหม่") from None
    return check(data, environment.get(SECRET_VARIABLE, ""))


def check(data: Mapping[str, Any], secret: str = "") -> Description:
    """The description of a document; Refused naming the key at fault."""
    for key in data.keys() - KEYS:
        raise _fault(str(key), "ไม่รู้จักชื่อค่านี้")
    fields = data.get("field")
    if not isinstance(fields, list) or not 0 < len(fields) <= MAX_RECORD_FIELDS:
        raise _fault("field", f"ต้องมี [[field]] 1 ถึง {MAX_RECORD_FIELDS} รายการ")
    seconds, minutes = data.get("timeout_seconds", 30), data.get("shown_minutes", 5)
    if type(seconds) not in (int, float) or not 1 <= seconds <= 60:
        raise _fault("timeout_seconds", "ต้องเป็น 1 ถึง 60 วินาที")
    if type(minutes) is not int or not 1 <= minutes <= 60:
        raise _fault("shown_minutes", "ต้องเป็น 1 ถึง 60 นาที")
    begins, ends = _day(data, "from"), _day(data, "until")
    if begins and ends and begins > ends:
        raise _fault("until", "ต้องไม่ก่อน from")
    return Description(
        url=_url(data.get("url")), owner=_path(data.get("owner"), "owner"),
        fields=tuple(_field(row, f"field[{place}]") for place, row in enumerate(fields)),
        scopes=_words(data, "scopes"), resource=_line(data.get("resource", ""), "resource"),
        headers=_headers(data.get("headers", {}), secret), timeout_seconds=float(seconds), shown_minutes=minutes,
        begins=begins, ends=ends,
    )  # fmt: skip


def _field(row: object, where: str) -> Field:
    if not isinstance(row, dict):
        raise _fault(where, "ต้องเป็นตาราง { key, label, group }")
    for key in row.keys() - FIELD_KEYS:
        raise _fault(f"{where}.{key}", "ไม่รู้จักชื่อค่านี้")
    kind, parts = row.get("kind", TEXT), row.get("parts", [])
    if kind not in (TEXT, DATE):
        raise _fault(f"{where}.kind", "ต้องเป็น text หรือ date")
    if not isinstance(parts, list) or not isinstance(row.get("mask", False), bool):
        raise _fault(where, "parts ต้องเป็นรายการ และ mask ต้องเป็น true หรือ false")
    label, group = _line(row.get("label"), f"{where}.label"), _line(row.get("group", "ทั่วไป"), f"{where}.group")
    if not label:
        raise _fault(f"{where}.label", "ต้องมีชื่อภาษาไทยที่จะแสดง")
    inner = tuple(_path(part, f"{where}.parts") for part in parts)
    return Field(_path(row.get("key"), f"{where}.key"), label, group, kind, inner, row.get("mask", False))


def _path(value: object, where: str) -> tuple[str, ...]:
    steps = tuple(value.split(".")) if isinstance(value, str) else ()
    if not all(steps) or not 0 < len(steps) <= 10:
        raise _fault(where, "ต้องเป็นชื่อคีย์คั่นด้วยจุด เช่น person.position")
    return steps


def _words(data: Mapping[str, Any], key: str) -> tuple[str, ...]:
    words = data.get(key, [])
    if not isinstance(words, list) or not all(isinstance(one, str) and one.isascii() and one.split() == [one]
                                              for one in words):  # fmt: skip
        raise _fault(key, "ต้องเป็นรายการคำภาษาอังกฤษไม่มีช่องว่าง")
    return tuple(dict.fromkeys(words))


def _headers(value: object, secret: str) -> dict[str, str]:
    if not isinstance(value, dict):
        raise _fault("headers", "ต้องเป็นตาราง")
    filled = {str(name): str(text).replace("{secret}", secret) for name, text in value.items()}
    if any(not (name + text).isascii() or not (name + text).isprintable() for name, text in filled.items()):
        raise _fault("headers", "ใช้ตัวอักษรอังกฤษและตัวเลขเท่านั้น")
    if any(name.lower() in ("authorization", "host", "content-length") for name in filled):
        raise _fault("headers", "Authorization, Host และ Content-Length ตั้งเองไม่ได้")
    if not secret and "{secret}" in str(value):
        raise _fault("headers", f"ใช้ {{secret}} ต้องตั้งตัวแปร {SECRET_VARIABLE}")
    return filled


def _line(value: object, where: str) -> str:
    try:
        return clean_text(value, where, max_length=100, multiline=False)
    except Refused as error:
        raise _fault(where, error.title) from None


def _day(data: Mapping[str, Any], key: str) -> date | None:
    value = data.get(key)
    if value is not None and type(value) is not date:
        raise _fault(key, "ต้องเป็นวันที่ ค.ศ. แบบ 2026-10-01 ไม่มีเครื่องหมายคำพูด")
    return value


def _url(value: object) -> str:
    """https; plain http only inside the house, for trials."""
    text = value.strip() if isinstance(value, str) else ""
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 - raises for a port that is none
    except ValueError:
        parts = urlsplit("")
    right = parts.scheme == "https" or (parts.scheme == "http" and is_near(parts.hostname or ""))
    if not right or not parts.hostname or parts.username or parts.fragment:
        raise _fault("url", "ต้องเป็นที่อยู่เต็มที่ขึ้นต้นด้วย https://")
    return text


def _fault(key: str, why: str) -> Refused:
    return Refused("lhr_file", f"ค่า {key} ในไฟล์ตั้งค่า LHR ไม่ถูกต้อง: {why}", "แก้ค่านี้ในไฟล์แล้วเริ่มเครื่องแม่ข่ายใหม่", key)


class Source:
    """Asks for records, a few at a time."""

    def __init__(self, description: Description) -> None:
        self.description = description
        self._places = threading.BoundedSemaphore(MOST_AT_ONCE)

    def fetch(self, access_token: str, number: str) -> RecordAnswer:
        """The record of the person of this token and citizen number. Trouble with a code of `words` for every other
        end, among them a record that is somebody else's."""
        if not self._places.acquire(timeout=2.0):
            raise Trouble("lhr_busy")
        try:
            answer = _get(self.description, access_token)
        finally:
            self._places.release()
        return mapped(self.description, answer, number)


def mapped(description: Description, answer: Mapping[str, Any], number: str) -> RecordAnswer:
    """What the description names of an answer; Trouble "lhr_other_person" unless it says whose it is, and that is
    `number`."""
    owners = {_number(value) for value in _found(answer, description.owner)}
    if owners != {number}:
        raise Trouble("lhr_other_person" if owners - {""} else "lhr_owner")
    fields = tuple(
        RecordField(one.group, one.label, values, one.mask)
        for one in description.fields
        if (values := tuple(text for item in _found(answer, one.key) if (text := _shown(one, item))))
    )
    if not fields:
        raise Trouble("lhr_form")
    return RecordAnswer(
        tuple(RecordField(one.group, one.label, one.values[:MAX_RECORD_VALUES], one.masked) for one in fields),
        description.shown_minutes,
    )


def labels_in(description: Description, answer: Mapping[str, Any]) -> set[str]:
    """The labels of the fields for which an answer has something to show."""
    return {one.label for one in description.fields if any(_shown(one, item) for item in _found(answer, one.key))}


def _found(value: object, path: tuple[str, ...]) -> Iterator[object]:
    if not path:
        yield value
    elif path[0] == EVERY:
        for item in value if isinstance(value, list) else ():
            yield from _found(item, path[1:])
    elif isinstance(value, Mapping) and path[0] in value:
        yield from _found(value[path[0]], path[1:])


def _shown(one: Field, item: object) -> str:
    if one.parts:
        return " · ".join(text for part in one.parts for found in _found(item, part) if (text := _text(found)))[
            :MAX_RECORD_TEXT
        ]
    return _date(item) if one.kind == DATE else _text(item)


def _date(value: object) -> str:
    iso = birth(str(value)[:10]) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return thai_date.long(date.fromisoformat(iso)) if len(iso) == 10 else _text(value)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "ใช่" if value else "ไม่ใช่"
    if not isinstance(value, str | int | float):
        return ""
    try:
        return clean_text(" ".join(str(value)[:MAX_RECORD_TEXT].split()), "lhr", max_length=MAX_RECORD_TEXT)
    except Refused:
        return ""


def _number(value: object) -> str:
    try:
        return citizen_id.check(str(value)) if isinstance(value, str | int) else ""
    except Refused:
        return ""


def _get(description: Description, access_token: str) -> dict[str, Any]:
    """The answer to one request that follows nowhere. Content is in no exception."""
    until = time.monotonic() + description.timeout_seconds
    headers = {**description.headers, "Accept": "application/json"}
    with requests.Session() as session:
        session.auth = _bearer(access_token)
        session.trust_env = not is_loopback(urlsplit(description.url).hostname or "")
        try:
            with session.get(
                description.url, headers=headers, timeout=(5.0, description.timeout_seconds), stream=True,
                allow_redirects=False,
            ) as response:  # fmt: skip
                _check_status(response.status_code)
                body = _body(response, until)
        except (requests.RequestException, OSError):
            raise Trouble("lhr_silent") from None
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise Trouble("lhr_fault") from None
    if not isinstance(value, dict):
        raise Trouble("lhr_fault")
    return value


def _bearer(access_token: str) -> Any:
    def sign(request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {access_token}"
        return request

    return sign


def _check_status(status: int) -> None:
    if status in (401, 403):
        raise Trouble("lhr_token_refused")
    if status == 404:
        raise Trouble("lhr_no_record")
    if status != 200:
        raise Trouble("lhr_fault")


def _body(response: requests.Response, until: float) -> bytes:
    parts, size = [], 0
    for part in response.iter_content(16 * 1024):
        parts.append(part)
        size += len(part)
        if size > MOST_BYTES:
            raise Trouble("lhr_fault")
        if time.monotonic() > until:
            raise Trouble("lhr_silent")
    return b"".join(parts)
