"""Appointment orders (คำสั่งแต่งตั้ง): who was appointed by which order, from when until when, with the order as a file.

An order is an office record, alike on every counter. Where the office wants so (setting `appointments`), nobody but
chief administrators signs in without an order that is in force.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from app.domain import grants, thai_date
from app.domain.errors import Refused
from app.domain.ids import uuid7
from app.domain.text_rules import clean_text
from app.services import office_records, rights
from app.services.counter import Counter
from app.services.model import Actor, NewFile
from app.services.office_records import Record, RecordFile
from app.store.unit_of_work import UnitOfWork

ORDER = "appointment_order"
WHO = "who"
"""In an order: username -> what names the adding of that person; a username may change hands after a clash."""
MOST_PERSONS = 200
DEFAULT_WARN_DAYS = 30


@dataclass(frozen=True, slots=True)
class Order:
    """One order. persons: usernames. until: None for one without an end."""

    key: str
    number: str
    ordered_on: date
    persons: tuple[str, ...]
    since: date
    until: date | None
    revoked: bool
    files: tuple[RecordFile, ...]

    def in_force(self, on: date) -> bool:
        """Whether it appoints on this day."""
        return not self.revoked and self.since <= on and (self.until is None or on <= self.until)


@dataclass(frozen=True, slots=True)
class OrderList:
    """The paper of the orders. people: username -> name and position."""

    office: str
    as_of: date
    orders: tuple[Order, ...]
    people: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a person stands. appointed: by an order in force; until: the last day of it, None without an end."""

    appointed: bool
    until: date | None = None
    number: str = ""

    def days_left(self, on: date) -> int | None:
        """Days until the appointment ends; None where it does not."""
        return None if self.until is None else (self.until - on).days


def settings(counter: Counter) -> tuple[bool, int]:
    """(whether an order is required, how many days before its end a person is warned)."""
    told = counter.current.document.get("appointments") or {}
    return bool(told.get("required", False)), int(told.get("warn_days", DEFAULT_WARN_DAYS))


def today(counter: Counter) -> date:
    """The day in Thailand."""
    return thai_date.local(counter.clock.now()).date()


def standing(connection: Connection, username: str, on: date) -> Standing:
    """How the person stands on a day; of several orders in force the one that lasts longest counts."""
    return standings(office_records.listing(connection, ORDER), (username,), on, holders(connection))[username]


def holders(connection: Connection) -> dict[str, str]:
    """What names the adding of a person -> the username that the person has now."""
    accounts = office_records.listing(connection, grants.ACCOUNT)
    return {made: record.key for record in accounts if (made := str(record.document.get("made", "")))}


def standings(
    records: Iterable[Record], usernames: Iterable[str], on: date, held: Mapping[str, str]
) -> dict[str, Standing]:
    """The same for several persons; held: see `holders`."""
    found = {name: Standing(False) for name in usernames}
    for record in records:
        order = _order(record, (), held)
        if not order.in_force(on):
            continue
        for name in order.persons:
            if name in found and _longer(order.until, found[name]):
                found[name] = Standing(True, order.until, order.number)
    return found


def _longer(until: date | None, known: Standing) -> bool:
    if not known.appointed:
        return True
    return known.until is not None and (until is None or until > known.until)


def require_appointed(counter: Counter, connection: Connection, username: str) -> None:
    """Refused "appointment_needed" where the office wants an order and none is in force for this person."""
    required, _days = settings(counter)
    if not required or standing(connection, username, today(counter)).appointed:
        return
    raise Refused(
        "appointment_needed",
        "บัญชีนี้ยังไม่มีคำสั่งแต่งตั้งที่มีผลวันนี้",
        "ให้ผู้ดูแลระบบบันทึกคำสั่งแต่งตั้งพร้อมไฟล์คำสั่งก่อน จึงเข้าใช้ได้",
        "username",
    )


def ends_soon(counter: Counter, username: str) -> Standing | None:
    """The appointment of a person where it ends within the days that the office set, else None."""
    _required, days = settings(counter)
    now = today(counter)
    with counter.store.read() as connection:
        found = standing(connection, username, now)
    return found if found.until is not None and found.until - now <= timedelta(days=days) else None


def listing(counter: Counter, actor: Actor) -> list[Order]:
    """Every order, the newest first. Refused for who does not manage accounts."""
    rights.require(actor, rights.MANAGE_STAFF)
    with counter.store.read() as connection:
        held = holders(connection)
        found = [
            _order(record, office_records.files(counter, connection, ORDER, record.key), held)
            for record in office_records.listing(connection, ORDER)
        ]
    return sorted(found, key=lambda one: (one.ordered_on, one.key), reverse=True)


def order_list(counter: Counter, actor: Actor) -> OrderList:
    """The paper of every order, with the names of who was appointed."""
    with counter.store.read() as connection:
        rows = connection.exec_driver_sql("SELECT username, full_name, position FROM staff").fetchall()
    people = {row.username: f"{row.full_name} {row.position}".strip() for row in rows}
    return OrderList(counter.office.name, today(counter), tuple(listing(counter, actor)), people)


def save(
    counter: Counter,
    actor: Actor,
    key: str = "",
    *,
    number: str,
    ordered_on: str,
    persons: Sequence[str],
    since: str,
    until: str = "",
    revoked: bool = False,
    files: Sequence[NewFile] = (),
    coming: Mapping[str, str] | None = None,
    before: Callable[[UnitOfWork], object] | None = None,
) -> str:
    """Enter an order, or change the one of a key; returns the key. A new one needs its file.

    before: what the same transaction writes first, for instance the account of a person who is `coming` (username and
    what names the adding of the person).

    Dates may be ISO or as people write them. Refused naming the field at fault; nothing is changed then.
    """
    rights.require(actor, rights.MANAGE_STAFF)
    document: dict[str, Any] = {
        "number": clean_text(number, "number", label="เลขที่คำสั่ง", max_length=100, required=True),
        "ordered_on": _day(ordered_on, "ordered_on", "วันที่ของคำสั่ง"),
        **_persons(counter, persons, coming or {}),
        "from": _day(since, "since", "วันที่เริ่มมีผล"),
    }
    if until:
        document["to"] = _day(until, "until", "วันที่สิ้นสุด")
        if document["to"] < document["from"]:
            raise Refused("until", "วันสิ้นสุดมาก่อนวันเริ่มมีผล", "ตรวจวันที่ทั้งสอง", "until")
    if revoked:
        document["revoked"] = True
    if not key and not files:
        raise Refused("order_file", "ยังไม่ได้แนบไฟล์คำสั่งแต่งตั้ง", "แนบ PDF หรือภาพถ่ายของคำสั่ง ไม่เกิน 5 MB", "files")
    if key:
        _known(counter, key)
    key = key or uuid7().hex()
    office_records.save(counter, actor, ORDER, key, document, files, before)
    return key


def revoke(counter: Counter, actor: Actor, key: str) -> None:
    """The order appoints nobody any more; it stays in the list."""
    rights.require(actor, rights.MANAGE_STAFF)
    record = _known(counter, key)
    office_records.save(counter, actor, ORDER, key, {**record.document, "revoked": True})


def content(counter: Counter, actor: Actor, key: str, sha256: str) -> bytes:
    """The bytes of an order's file."""
    rights.require(actor, rights.MANAGE_STAFF)
    with counter.store.read() as connection:
        found = office_records.file(counter, connection, ORDER, key, sha256)
    return office_records.content(counter, found)


def _known(counter: Counter, key: str) -> Record:
    with counter.store.read() as connection:
        record = office_records.get(connection, ORDER, key)
    if record is None:
        raise Refused("order_unknown", "ไม่พบคำสั่งแต่งตั้งนี้", "เปิดรายการใหม่แล้วเลือกอีกครั้ง", "key")
    return record


def _persons(counter: Counter, persons: Sequence[str], coming: Mapping[str, str]) -> dict[str, Any]:
    wanted = list(dict.fromkeys(persons))
    if not wanted:
        raise Refused("persons", "ยังไม่ได้เลือกผู้ได้รับแต่งตั้ง", "เลือกอย่างน้อยหนึ่งคน", "persons")
    if len(wanted) > MOST_PERSONS:
        raise Refused("persons", f"คำสั่งหนึ่งมีได้ไม่เกิน {MOST_PERSONS} คน", "แยกเป็นหลายคำสั่ง", "persons")
    with counter.store.read() as connection:
        known = {row[0] for row in connection.exec_driver_sql("SELECT username FROM staff").fetchall()}
        made_of = {name: made for made, name in holders(connection).items()}
    for name in wanted:
        if name not in known and name not in coming:
            raise Refused("staff_unknown", "ไม่พบผู้ใช้ที่ระบุในคำสั่ง", "ตรวจชื่อผู้ใช้ หรือเพิ่มผู้ใช้ก่อน", "persons")
    who = {name: made for name in wanted if (made := {**made_of, **coming}.get(name, ""))}
    return {"persons": wanted, WHO: who} if who else {"persons": wanted}


def _day(text: str, field: str, label: str) -> str:
    if not text:
        raise Refused("required", f"ยังไม่ได้กรอก{label}", f"โปรดกรอก{label}", field)
    return thai_date.parse_date(text, field=field).isoformat()


def _order(record: Record, files: tuple[RecordFile, ...], held: Mapping[str, str]) -> Order:
    document: Mapping[str, Any] = record.document
    until, who = document.get("to"), document.get(WHO, {})
    return Order(
        record.key,
        document["number"],
        date.fromisoformat(document["ordered_on"]),
        tuple(held.get(who.get(name, ""), name) for name in document["persons"]),
        date.fromisoformat(document["from"]),
        date.fromisoformat(until) if until else None,
        bool(document.get("revoked")),
        files,
    )
