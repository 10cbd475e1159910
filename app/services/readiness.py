"""What the office has to get ready, by its kind: each item with its owner, due day, day done and files."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import resources
from app.domain import thai_date
from app.domain.errors import Refused
from app.domain.text_rules import clean_text
from app.services import office_records, rights
from app.services.counter import Counter
from app.services.model import Actor, NewFile
from app.services.office_records import RecordFile

KIND = "readiness"


@dataclass(frozen=True, slots=True)
class Item:
    """One row. tone, state_text: good when done, bad when overdue."""

    code: str
    text: str
    owner: str
    due_on: date | None
    done_on: date | None
    note: str
    files: tuple[RecordFile, ...]
    tone: str
    state_text: str


@dataclass(frozen=True, slots=True)
class Readiness:
    """The list of an office on a day."""

    office: str
    as_of: date
    items: tuple[Item, ...]

    @property
    def done(self) -> int:
        """How many are done."""
        return sum(item.done_on is not None for item in self.items)


def listing(counter: Counter) -> Readiness:
    """What this kind of office has to get ready, in the order of the letter."""
    today = thai_date.local(counter.clock.now()).date()
    with counter.store.read() as connection:
        known = {record.key: record.document for record in office_records.listing(connection, KIND)}
        items = tuple(
            _item(code, text, known.get(code, {}), today, office_records.files(counter, connection, KIND, code))
            for code, text in _texts(counter.office.kind)
        )
    return Readiness(counter.office.name, today, items)


def save(
    counter: Counter,
    actor: Actor,
    code: str,
    *,
    owner: str = "",
    due_on: str = "",
    done_on: str = "",
    note: str = "",
    files: Sequence[NewFile] = (),
) -> Item:
    """Say how an item stands, all of it, and add files. Refused naming the part at fault."""
    rights.require(actor, rights.OFFICE_SETTINGS)
    if code not in dict(_texts(counter.office.kind)):
        known = ", ".join(code for code, _text in _texts(counter.office.kind))
        raise Refused("item", "ไม่มีรายการนี้สำหรับหน่วยงานประเภทนี้", f"ใช้ค่าใดค่าหนึ่งใน {known}", "item")
    document = {
        "owner": clean_text(owner, "owner", label="ผู้รับผิดชอบ", max_length=200),
        "due_on": _day(due_on, "due_on"),
        "done_on": _day(done_on, "done_on"),
        "note": clean_text(note, "note", label="หมายเหตุ", max_length=1_000, multiline=True),
    }
    if document["done_on"] > thai_date.local(counter.clock.now()).date().isoformat():
        raise Refused("done_on", "วันที่เสร็จอยู่ในอนาคต", "ใส่วันที่เสร็จจริง", "done_on")
    office_records.save(counter, actor, KIND, code, {key: value for key, value in document.items() if value}, files)
    return next(item for item in listing(counter).items if item.code == code)


def content(counter: Counter, code: str, sha256: str) -> bytes:
    """The bytes of a file of an item. Refused "file" where the item has no such file."""
    with counter.store.read() as connection:
        found = office_records.file(counter, connection, KIND, code, sha256)
    return office_records.content(counter, found)


def _day(text: str, field: str) -> str:
    return thai_date.parse_date(text, field=field).isoformat() if text else ""


def _item(code: str, text: str, entry: Mapping[str, Any], today: date, files: tuple[RecordFile, ...]) -> Item:
    due, done = _date(entry.get("due_on")), _date(entry.get("done_on"))
    tone, state = _state(due, done, today)
    return Item(code, text, entry.get("owner", ""), due, done, entry.get("note", ""), files, tone, state)


def _state(due: date | None, done: date | None, today: date) -> tuple[str, str]:
    if done is not None:
        return "good", f"เสร็จแล้ว {thai_date.short(done)}"
    if due is None:
        return "plain", "ยังไม่ได้กำหนดวัน"
    left = (due - today).days
    if left < 0:
        return "bad", f"เลยกำหนด {-left} วัน"
    return ("warn", f"เหลือ {left} วัน") if left <= 7 else ("plain", f"ภายใน {thai_date.short(due)}")


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@cache
def _texts(kind: str) -> tuple[tuple[str, str], ...]:
    data = tomllib.loads(resources.path("guides", "readiness.toml").read_text("utf-8"))
    return tuple((row["code"], row["text"]) for row in data["item"] if kind in row["kinds"])
