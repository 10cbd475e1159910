"""The JSON of the wire, read strictly: one written form, and small readers that refuse everything but what is meant.

Every reader takes the value and a name for it, and raises Malformed with that name and nothing of the content.
"""

import binascii
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from app.domain.errors import Refused

MAX_INTEGER = 2**53 - 1
"""Whole numbers beyond this are not the same in every JSON reader."""
NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
"""A NUL character in JSON text, which no database keeps as text."""
STORE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")

T = TypeVar("T")
to_text: Callable[[Any], str] = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False
).encode
"""The one JSON form: sorted keys, no spaces, Thai as it is, no NaN."""


class Malformed(Refused):
    """A message that is not of this protocol. `field` names the key at fault; no content is repeated."""

    def __init__(self, where: str) -> None:
        super().__init__("malformed", "ข้อความซิงก์ผิดรูปแบบ", "ปรับปรุงโปรแกรมให้เป็นรุ่นล่าสุด แล้วลองใหม่", where)


def parse(body: bytes) -> dict[str, Any]:
    """Bytes -> JSON object; raises Malformed, also for NaN, deep nesting and text that is not UTF-8."""
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Malformed("body") from None
    return table(value, "body")


def _no_constant(name: str) -> None:
    raise ValueError(name)


def pack_id(value: bytes) -> str:
    """16 bytes -> 22 letters."""
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def unpack_id(text: object, where: str = "id") -> bytes:
    """22 letters -> 16 bytes; raises Malformed."""
    if not isinstance(text, str) or len(text) != 22:
        raise Malformed(where)
    try:
        value = urlsafe_b64decode(text.encode("ascii") + b"==")
    except (binascii.Error, ValueError):
        raise Malformed(where) from None
    if pack_id(value) != text:
        raise Malformed(where)
    return value


def with_array(values: Mapping[str, Any], key: str, items: Sequence[str]) -> bytes:
    """The object's bytes, with a list whose items are JSON texts already put in at its end."""
    text = to_text(values)
    if items:
        text = f'{text[:-1]},"{key}":[{",".join(items)}]}}'
    return text.encode()


def filled(values: Mapping[str, Any]) -> dict[str, Any]:
    """Without the empty lists, objects, texts and false: zeros stay, they are numbers that somebody reads."""
    return {key: value for key, value in values.items() if value or (value == 0 and value is not False)}


def as_array(value: Any) -> list[Any]:
    """A dataclass as the array of its fields."""
    return [getattr(value, name) for name in value.__dataclass_fields__]


def whole(value: object, where: str) -> int:
    """A whole number from 0 to MAX_INTEGER; true is none."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MAX_INTEGER:
        raise Malformed(where)
    return value


def line(value: object, where: str, longest: int) -> str:
    """A text of one line, at most `longest` characters."""
    if not isinstance(value, str) or len(value) > longest or any(c < " " for c in value):
        raise Malformed(where)
    utf8(value, where)
    return value


def utf8(text: str, where: str) -> bytes:
    """The text's bytes; half of a surrogate pair has none."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise Malformed(where) from None


def store_id(value: object) -> str:
    """The id of a store."""
    if not isinstance(value, str) or not STORE_ID.fullmatch(value):
        raise Malformed("store_id")
    return value


def array(value: object, where: str) -> list[Any]:
    """A list."""
    if not isinstance(value, list):
        raise Malformed(where)
    return value


def table(value: object, where: str) -> dict[str, Any]:
    """An object."""
    if not isinstance(value, dict):
        raise Malformed(where)
    return value


def each(value: Mapping[str, Any], key: str, read: Callable[[Any], T]) -> tuple[T, ...]:
    """The items of a list that may be left out, each read by `read`."""
    return tuple(read(item) for item in array(value.get(key, []), key))


def pair(value: Mapping[str, Any], key: str) -> tuple[int, int] | None:
    """Two whole numbers, or None where they are left out."""
    numbers = each(value, key, lambda number: whole(number, key))
    if numbers and len(numbers) != 2:
        raise Malformed(key)
    return (numbers[0], numbers[1]) if numbers else None


def object_text(value: object, where: str, longest: int) -> str:
    """An object in the one JSON form; Refused "event_too_large" beyond so many bytes."""
    text = to_text(table(value, where))
    if len(utf8(text, where)) > longest:
        raise Refused("event_too_large", "รายการนี้ใหญ่เกินกว่าที่เครื่องแม่ข่ายกลางรับได้", "แจ้งผู้ดูแลระบบ", where)
    if NUL.search(text):
        raise Malformed(where)
    return text
