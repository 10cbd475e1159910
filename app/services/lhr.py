"""LHR, the staff's own records (ก.พ.7) seen by ThaiD since 1 November 2568: who is ready, and requests for correction.

Nothing of a record itself is kept here; only that somebody registered for ThaiD, and what a person asked to be put
right. A request is seen by who made it and by who has the right HR_RECORDS, by nobody else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from app.domain import thai_date
from app.domain.errors import Refused
from app.domain.ids import uuid7
from app.domain.text_rules import clean_text
from app.services import account_rows, office_records, rights
from app.services.case_documents import instant
from app.services.counter import Counter
from app.services.model import Actor, NewFile
from app.services.office_records import Record, RecordFile

BEGINS = date(2025, 11, 1)
"""From when on records are seen through ThaiD."""
STAFF, REQUEST = "lhr_staff", "lhr_request"
EMPLOYEE_TYPES = {
    "civil_servant": "ข้าราชการ/พนักงานส่วนท้องถิ่น",
    "permanent": "ลูกจ้างประจำ",
    "contract": "พนักงานจ้าง",
}
MADE = "requester_made"
"""In a request: names the adding of the person who made it."""
SUBMITTED, ENTERED, VERIFIED = "submitted", "entered", "owner_verified"
STATES = {SUBMITTED: "ยื่นแล้ว", ENTERED: "แก้ไขในระบบแล้ว รอเจ้าของตรวจ", VERIFIED: "เจ้าของตรวจแล้ว"}


@dataclass(frozen=True, slots=True)
class Person:
    """A member of the staff. registered_on: when they registered for ThaiD, or None."""

    key: str
    name: str
    employee_type: str
    division: str
    registered_on: date | None


@dataclass(frozen=True, slots=True)
class StaffReadiness:
    """The list of the staff on a day."""

    office: str
    as_of: date
    people: tuple[Person, ...]

    @property
    def registered(self) -> int:
        """How many have registered."""
        return sum(person.registered_on is not None for person in self.people)

    @property
    def percent(self) -> int:
        """Whole percent, rounded down: 100 only when all have."""
        return 100 * self.registered // len(self.people) if self.people else 0


@dataclass(frozen=True, slots=True)
class Request:
    """A request for correction. own: made by who asks."""

    key: str
    requester: str
    requester_name: str
    item: str
    old: str
    new: str
    state: str
    state_text: str
    submitted_at: datetime
    changed_at: datetime
    note: str
    files: tuple[RecordFile, ...]
    own: bool = False


def staff(counter: Counter, actor: Actor) -> StaffReadiness:
    """The list by name. Refused for who has no right to it."""
    rights.require(actor, rights.HR_RECORDS)
    with counter.store.read() as connection:
        records = office_records.listing(connection, STAFF)
    people = sorted(
        (_person(record) for record in records if not record.document.get("left")), key=lambda one: one.name
    )
    return StaffReadiness(counter.office.name, _today(counter), tuple(people))


def save_person(
    counter: Counter,
    actor: Actor,
    key: str = "",
    *,
    name: str,
    employee_type: str,
    division: str = "",
    registered_on: str = "",
    left: bool = False,
) -> str:
    """Enter a member of the staff, or change the entry of a key; left: no longer with the office. Returns the key."""
    rights.require(actor, rights.HR_RECORDS)
    if employee_type not in EMPLOYEE_TYPES:
        known = ", ".join(f"{code} ({text})" for code, text in EMPLOYEE_TYPES.items())
        raise Refused("employee_type", "ไม่รู้จักประเภทบุคลากรนี้", f"ใช้ค่าใดค่าหนึ่งใน {known}", "employee_type")
    document: dict[str, Any] = {
        "name": clean_text(name, "name", label="ชื่อ-นามสกุล", max_length=200, required=True),
        "employee_type": employee_type,
        "division": clean_text(division, "division", label="สำนัก/กอง", max_length=200),
        "registered_on": thai_date.parse_date(registered_on, field="registered_on").isoformat()
        if registered_on
        else "",
    }
    if document["registered_on"] > _today(counter).isoformat():
        raise Refused("registered_on", "วันที่ลงทะเบียนอยู่ในอนาคต", "ใส่วันที่ลงทะเบียนจริง", "registered_on")
    if left:
        document["left"] = True
    if key:
        with counter.store.read() as connection:
            if office_records.get(connection, STAFF, key) is None:
                raise Refused("staff_unknown", "ไม่พบบุคลากรนี้", "เปิดรายชื่อใหม่แล้วเลือกอีกครั้ง", "key")
    key = key or uuid7().hex()
    office_records.save(counter, actor, STAFF, key, {name: value for name, value in document.items() if value})
    return key


# requests for correction -----------------------------------------------------------------------------------------


def ask(
    counter: Counter, actor: Actor, *, item: str, old: str, new: str, files: Sequence[NewFile], note: str = ""
) -> str:
    """Ask for a correction of one's own record, with evidence. Returns the key. Refused naming the part at fault."""
    if not files:
        raise Refused("evidence", "ยังไม่ได้แนบหลักฐาน", "แนบสำเนาคำสั่งหรือเอกสารที่แสดงข้อมูลที่ถูกต้อง", "files")
    document = {
        "requester": actor.username,
        **_made(counter, actor),
        "requester_name": actor.full_name,
        "item": clean_text(item, "item", label="รายการที่ขอแก้", max_length=200, required=True),
        "old": clean_text(old, "old", label="ข้อมูลเดิม", max_length=1_000, multiline=True),
        "new": clean_text(new, "new", label="ข้อมูลที่ถูกต้อง", max_length=1_000, required=True, multiline=True),
        "note": clean_text(note, "note", label="หมายเหตุ", max_length=1_000, multiline=True),
        "state": SUBMITTED,
        "submitted_at": int(counter.clock.now().timestamp() * 1000),
    }
    key = uuid7().hex()
    office_records.save(counter, actor, REQUEST, key, document, files)
    return key


def requests(counter: Counter, actor: Actor) -> list[Request]:
    """One's own, or with the right all of them; open ones first, the newest first."""
    with counter.store.read() as connection:
        found = [
            _request(
                record,
                office_records.files(counter, connection, REQUEST, record.key),
                _is_own(connection, actor, record),
            )
            for record in office_records.living(connection, REQUEST)
            if _visible(connection, actor, record)
        ]
    return sorted(found, key=lambda one: (one.state != VERIFIED, one.submitted_at), reverse=True)


def entered(counter: Counter, actor: Actor, key: str, note: str = "") -> None:
    """The HR officer has put the record right in LHR; its owner is to look."""
    rights.require(actor, rights.HR_RECORDS)
    _step(counter, actor, key, SUBMITTED, ENTERED, note)


def verified(counter: Counter, actor: Actor, key: str) -> None:
    """The owner has seen in LHR that it is right now; nobody else can say so."""
    with counter.store.read() as connection:
        record = _of(connection, actor, key)
        mine = _is_own(connection, actor, record)
    if not mine:
        raise Refused("owner_only", "เจ้าของข้อมูลเท่านั้นที่ยืนยันได้", "ให้ผู้ยื่นคำขอเข้าระบบแล้วตรวจเอง", "as")
    _step(counter, actor, key, ENTERED, VERIFIED, "")


def content(counter: Counter, actor: Actor, key: str, sha256: str) -> bytes:
    """The bytes of a piece of evidence; the look is recorded. Whoever may not see the request is told that there is
    none."""
    with counter.store.read() as connection:
        _of(connection, actor, key)
        found = office_records.file(counter, connection, REQUEST, key, sha256)
    with counter.store.write(actor.username) as work:
        work.audit("lhr_evidence_opened", key)
    return office_records.content(counter, found)


def _step(counter: Counter, actor: Actor, key: str, from_: str, to: str, note: str) -> None:
    note = clean_text(note, "note", label="หมายเหตุ", max_length=1_000, multiline=True)
    with counter.store.write(actor.username) as work:
        record = _of(work.connection, actor, key)
        if record.document["state"] != from_:
            text = STATES[record.document["state"]]
            raise Refused("state", f"คำขอนี้อยู่ในสถานะ “{text}” แล้ว", "เปิดรายการใหม่เพื่อดูสถานะล่าสุด", "state")
        changed = {**record.document, "state": to}
        if note:
            changed["note"] = note
        office_records.put(work, REQUEST, key, changed)


def _of(connection: Connection, actor: Actor, key: str) -> Record:
    record = office_records.get(connection, REQUEST, key)
    if record is None or office_records.is_destroyed(record) or not _visible(connection, actor, record):
        raise Refused("request_unknown", "ไม่พบคำขอนี้", "เปิดรายการใหม่แล้วเลือกอีกครั้ง", "key")
    return record


def _visible(connection: Connection, actor: Actor, record: Record) -> bool:
    return _is_own(connection, actor, record) or rights.may(actor, rights.HR_RECORDS)


def _is_own(connection: Connection, actor: Actor, record: Record) -> bool:
    """Whether this person made the request: a username may have changed hands since, who was added has not."""
    made = record.document.get(MADE, "")
    if made:
        return bool(made == account_rows.made(connection, actor.username))
    return bool(record.document.get("requester") == actor.username)


def _made(counter: Counter, actor: Actor) -> dict[str, str]:
    with counter.store.read() as connection:
        made = account_rows.made(connection, actor.username)
    return {MADE: made} if made else {}


def _request(record: Record, files: tuple[RecordFile, ...], own: bool) -> Request:
    document = record.document
    state = document["state"]
    return Request(
        record.key, document["requester"], document["requester_name"], document["item"], document["old"],
        document["new"], state, STATES.get(state, state), instant(document["submitted_at"]),
        record.changed_at, document["note"], files, own,
    )  # fmt: skip


def _person(record: Record) -> Person:
    document = record.document
    registered = document.get("registered_on")
    return Person(
        record.key, document["name"], document["employee_type"], document.get("division", ""),
        date.fromisoformat(registered) if registered else None,
    )  # fmt: skip


def _today(counter: Counter) -> date:
    return thai_date.local(counter.clock.now()).date()
