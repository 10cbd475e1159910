"""Requests of data subjects (PDPA, sections 19 and 30 to 36): received, identity checked, answered or refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from app.domain import thai_date
from app.domain.errors import Refused
from app.domain.ids import uuid7
from app.domain.text_rules import clean_text
from app.services import office_records, privacy_guide, rights
from app.services.case_rows import by_number
from app.services.counter import Counter
from app.services.model import Actor, NewFile
from app.services.office_records import Record, RecordFile

KIND = "data_request"
RECEIVED, CHECKED, ANSWERED, REFUSED = "received", "identity_checked", "answered", "refused"
STATES = {RECEIVED: "รับแล้ว ยังไม่ได้ตรวจตัวบุคคล", CHECKED: "ตรวจตัวบุคคลแล้ว", ANSWERED: "ตอบแล้ว", REFUSED: "ปฏิเสธแล้ว"}
OPEN = (RECEIVED, CHECKED)
HOWS = {"card": "บัตรประชาชน", "thaid": "ThaiD", "known": "เจ้าหน้าที่รู้จัก", "letter": "หนังสือมอบอำนาจหรือหลักฐานอื่น"}
SOON_DAYS = 7


@dataclass(frozen=True, slots=True)
class DataRequest:
    """One request. number: of a case of the person, or ""; tone: bad when overdue, warn when due within a week."""

    key: str
    kind: str
    title: str
    name: str
    contact: str
    number: str
    detail: str
    received_on: date
    due_on: date
    state: str
    state_text: str
    identity: str
    answer: str
    closed_on: date | None
    closed_by: str
    tone: str
    due_text: str
    files: tuple[RecordFile, ...]


def receive(
    counter: Counter,
    actor: Actor,
    kind: str,
    *,
    name: str,
    contact: str = "",
    number: str = "",
    detail: str = "",
    received_on: str = "",
    files: Sequence[NewFile] = (),
) -> str:
    """Enter a request; its due day follows from its kind. number: of a case of the person. Returns its key."""
    rights.require(actor, rights.KEEP_PRIVACY)
    if kind not in privacy_guide.requests():
        known = ", ".join(privacy_guide.requests())
        raise Refused("kind", "ไม่รู้จักคำขอประเภทนี้", f"ใช้ค่าใดค่าหนึ่งใน {known}", "kind")
    today = _today(counter)
    received = thai_date.parse_date(received_on, field="received_on") if received_on else today
    if received > today:
        raise Refused("received_on", "วันที่รับคำขออยู่ในอนาคต", "ใส่วันที่รับจริง", "received_on")
    with counter.store.read() as connection:
        if number:
            by_number(connection, number, "c.row")
        days = privacy_guide.period(connection, kind)
    document = {
        "kind": kind,
        "name": clean_text(name, "name", label="ชื่อผู้ขอ", max_length=200, required=True),
        "contact": clean_text(contact, "contact", label="ที่ติดต่อกลับ", max_length=300),
        "number": number,
        "detail": clean_text(detail, "detail", label="สิ่งที่ขอ", max_length=2_000, multiline=True),
        "received_on": received.isoformat(),
        "due_on": (received + timedelta(days=days)).isoformat(),
        "state": RECEIVED,
    }
    key = uuid7().hex()
    office_records.save(counter, actor, KIND, key, document, files)
    return key


def check_identity(counter: Counter, actor: Actor, key: str, how: str, note: str = "") -> None:
    """Note how it was made sure that the request is the person's own."""
    if how not in HOWS:
        raise Refused("how", "ไม่รู้จักวิธีตรวจตัวบุคคลนี้", f"ใช้ค่าใดค่าหนึ่งใน {', '.join(HOWS)}", "how")
    note = clean_text(note, "note", label="หมายเหตุ", max_length=300)
    _step(counter, actor, key, (RECEIVED,), {"state": CHECKED, "identity": " · ".join(filter(None, [HOWS[how], note]))})


def answer(counter: Counter, actor: Actor, key: str, words: str, files: Sequence[NewFile] = ()) -> None:
    """Say what was done; only for somebody whose identity was checked."""
    words = clean_text(words, "answer", label="คำตอบ", max_length=2_000, required=True, multiline=True)
    _step(counter, actor, key, (CHECKED,), {"state": ANSWERED, "answer": words}, files)


def attach(counter: Counter, actor: Actor, key: str, files: Sequence[NewFile]) -> None:
    """Add files to a request: the letter that asks, a copy of what was answered."""
    rights.require(actor, rights.KEEP_PRIVACY)
    with counter.store.read() as connection:
        record = _of(connection, key)
    office_records.save(counter, actor, KIND, key, record.document, files)


def refuse(counter: Counter, actor: Actor, key: str, reason: str) -> None:
    """Refuse with a reason, which stands in the record of processing (section 39)."""
    reason = clean_text(reason, "reason", label="เหตุผลที่ปฏิเสธ", max_length=2_000, required=True, multiline=True)
    _step(counter, actor, key, OPEN, {"state": REFUSED, "answer": reason})


def listing(counter: Counter, actor: Actor) -> list[DataRequest]:
    """All of them: open ones first, the nearest due day first, then the closed ones, the newest first."""
    rights.require(actor, rights.KEEP_PRIVACY)
    today = _today(counter)
    with counter.store.read() as connection:
        found = [
            _request(record, today, office_records.files(counter, connection, KIND, record.key))
            for record in office_records.living(connection, KIND)
        ]
    still = sorted((one for one in found if one.state in OPEN), key=lambda one: one.due_on)
    return still + sorted((one for one in found if one.state not in OPEN), key=lambda one: one.key, reverse=True)


def overdue(connection: Any, today: date) -> int:
    """How many open requests are past their day."""
    records = office_records.listing(connection, KIND)
    return sum(
        record.document.get("state") in OPEN and record.document["due_on"] < today.isoformat() for record in records
    )


def content(counter: Counter, actor: Actor, key: str, sha256: str) -> bytes:
    """The bytes of a file of a request; the look is recorded."""
    rights.require(actor, rights.KEEP_PRIVACY)
    with counter.store.read() as connection:
        found = office_records.file(counter, connection, KIND, key, sha256)
    with counter.store.write(actor.username) as work:
        work.audit("privacy_file_opened", key)
    return office_records.content(counter, found)


def get(counter: Counter, actor: Actor, key: str) -> DataRequest:
    """One of them. Refused "request_unknown"."""
    rights.require(actor, rights.KEEP_PRIVACY)
    with counter.store.read() as connection:
        record = _of(connection, key)
        return _request(record, _today(counter), office_records.files(counter, connection, KIND, key))


def _step(
    counter: Counter, actor: Actor, key: str, before: tuple[str, ...], change: dict[str, str],
    files: Sequence[NewFile] = (),
) -> None:  # fmt: skip
    rights.require(actor, rights.KEEP_PRIVACY)
    closing = {"closed_on": _today(counter).isoformat(), "closed_by": actor.full_name}
    changed = {**change, **({} if change["state"] == CHECKED else closing)}
    if files:
        with counter.store.read() as connection:
            record = _in_state(connection, key, before)
        office_records.save(counter, actor, KIND, key, {**record.document, **changed}, files)
        return
    with counter.store.write(actor.username) as work:
        record = _in_state(work.connection, key, before)
        office_records.put(work, KIND, key, {**record.document, **changed})


def _in_state(connection: Any, key: str, wanted: tuple[str, ...]) -> Record:
    record = _of(connection, key)
    state = record.document["state"]
    if state not in wanted:
        raise Refused("state", f"คำขอนี้อยู่ในสถานะ “{STATES[state]}”", "ตรวจตัวบุคคลก่อนตอบ หรือเปิดรายการใหม่", "state")
    return record


def _of(connection: Any, key: str) -> Record:
    record = office_records.get(connection, KIND, key)
    if record is None or office_records.is_destroyed(record):
        raise Refused("request_unknown", "ไม่พบคำขอนี้", "เปิดรายการใหม่แล้วเลือกอีกครั้ง", "key")
    return record


def _request(record: Record, today: date, files: tuple[RecordFile, ...]) -> DataRequest:
    document = record.document
    due, state = date.fromisoformat(document["due_on"]), document["state"]
    closed = document.get("closed_on")
    tone, words = _due(due, today) if state in OPEN else ("good", STATES[state])
    kind = privacy_guide.requests().get(document["kind"], {})
    return DataRequest(
        record.key, document["kind"], kind.get("title", document["kind"]), document["name"], document["contact"],
        document["number"], document["detail"], date.fromisoformat(document["received_on"]), due, state,
        STATES.get(state, state), document.get("identity", ""), document.get("answer", ""),
        date.fromisoformat(closed) if closed else None, document.get("closed_by", ""), tone, words, files,
    )  # fmt: skip


def _due(due: date, today: date) -> tuple[str, str]:
    left = (due - today).days
    if left < 0:
        return "bad", f"เลยกำหนด {-left:,} วัน"
    return ("warn" if left <= SOON_DAYS else "plain"), f"ตอบภายใน {thai_date.short(due)} (เหลือ {left} วัน)"


def _today(counter: Counter) -> date:
    return thai_date.local(counter.clock.now()).date()
