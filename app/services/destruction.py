"""Destroying what was kept long enough: a list by one person, approved by another, carried out case by case, certified.

Each case or entry of a register is a transaction of its own with its event, so that a power cut leaves some destroyed
and the rest as they were; the list is gone on with where it stopped. Numbers, receipts' money and the audit chain stay.
"""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from app.domain import destruction as rule
from app.domain import thai_date
from app.domain.errors import CounterError, Refused
from app.domain.ids import uuid7
from app.domain.text_rules import clean_text
from app.services import (
    attachments,
    backup_plan,
    data_requests,
    destroyed_register,
    erasing,
    office_records,
    retention,
    rights,
    search_index,
)
from app.services.case_documents import instant
from app.services.case_rows import by_number
from app.services.counter import Counter
from app.services.model import Actor, OfficeView
from app.services.office_records import Record
from app.store.meta import meta_get

KIND = "destruction"
LISTED, APPROVED, REFUSED, DONE = "listed", "approved", "refused", "done"
STATES = {LISTED: "รออนุมัติ", APPROVED: "อนุมัติแล้ว ยังไม่ได้ทำลาย", REFUSED: "ไม่อนุมัติ", DONE: "ทำลายแล้ว"}
MOST = 2_000
"""Cases of one list."""
Told = Callable[[int, int], object]
"""(cases done, cases in all)"""
FRESH = timedelta(hours=1)
"""So long ago at most a counter has heard of the others before it destroys: one of them may have set a hold."""


@dataclass(frozen=True, slots=True)
class Line:
    """One case of a list, or an entry of the register `of`. skipped: why it was left, or ""."""

    number: str
    title: str
    closed_on: date
    until: date
    basis: str
    of: str = ""
    skipped: str = ""


@dataclass(frozen=True, slots=True)
class Destruction:
    """One list, and what became of it."""

    key: str
    state: str
    state_text: str
    lines: tuple[Line, ...]
    reason: str
    request: str
    listed_by: str
    listed_name: str
    listed_on: date
    approved_name: str
    approved_on: date | None
    order: str
    done_name: str
    done_on: date | None
    drafts: int
    begun: int
    """Cases destroyed by it so far."""

    @property
    def destroyed(self) -> tuple[Line, ...]:
        """What was destroyed, once it is done."""
        return tuple(line for line in self.lines if not line.skipped)


@dataclass(frozen=True, slots=True)
class Certificate:
    """What the certificate of a finished list says."""

    office: OfficeView
    destruction: Destruction


def propose(counter: Counter, actor: Actor, numbers: Sequence[str] = (), *, reason: str = "", request: str = "") -> str:
    """List cases and entries for destruction: by default all that are due. request: of a data subject who asks for
    erasure; only with one may a case be listed whose time is not over. Returns the key. Refused where there is nothing
    to list."""
    rights.require(actor, rights.KEEP_PRIVACY)
    words = clean_text(reason, "reason", label="เหตุผล", max_length=500)
    if request:
        asked = data_requests.get(counter, actor, request)
        if asked.kind != "erasure" or asked.state not in (data_requests.CHECKED, data_requests.ANSWERED):
            raise Refused("request", "คำขอนี้ไม่ใช่คำขอลบที่ตรวจตัวบุคคลแล้ว", "ตรวจตัวบุคคลของคำขอลบก่อน", "request")
    found = _named(counter, numbers, bool(request)) if numbers else retention.due(counter, actor, MOST)
    if not found:
        raise Refused("nothing_due", "ยังไม่มีเรื่องที่ครบอายุการเก็บ", "ดูอายุการเก็บของแต่ละประเภท")
    key = uuid7().hex()
    document = {
        "state": LISTED, "reason": words, "request": request, "listed_by": actor.username,
        "listed_name": actor.full_name, "listed_on": _today(counter).isoformat(),
        "lines": [_line_document(one) for one in found],
    }  # fmt: skip
    office_records.save(counter, actor, KIND, key, document)
    return key


def _named(counter: Counter, numbers: Sequence[str], before_time: bool) -> list[retention.Due]:
    if len(numbers) > MOST:
        raise Refused("too_many", f"รายการหนึ่งมีได้ไม่เกิน {MOST:,} เรื่อง", "แบ่งเป็นหลายรายการ", "numbers")
    today, found = _today(counter), []
    with counter.store.read() as connection:
        held = retention.holding(connection)
        for number in dict.fromkeys(numbers):
            one = retention.closed(counter, connection, number)
            if one.number in held:
                raise Refused("held", f"เรื่อง {one.number} ระงับการทำลายอยู่", "เอาเรื่องนี้ออก หรือเลิกระงับก่อน", "numbers")
            if one.until >= today and not before_time:
                told = f"เรื่อง {one.number} ต้องเก็บถึง {thai_date.short(one.until)}"
                raise Refused("not_due", told, "เอาเรื่องนี้ออก หรือระบุคำขอลบของเจ้าของข้อมูล", "numbers")
            found.append(one)
    return found


def approve(counter: Counter, actor: Actor, key: str, order: str) -> None:
    """Somebody else than who listed says that it may be done. order: number and date of the order."""
    rights.require(actor, rights.APPROVE_DESTRUCTION)
    words = clean_text(order, "order", label="เลขที่และวันที่ของคำสั่งอนุมัติ", max_length=200, required=True)
    with counter.store.write(actor.username) as work:
        record = _in_state(work.connection, key, LISTED)
        if record.document["listed_by"] == actor.username:
            raise Refused("same_person", "ผู้อนุมัติต้องไม่ใช่ผู้จัดทำรายการ", "ให้ผู้มีสิทธิ์อีกคนอนุมัติ", "as")
        office_records.put(work, KIND, key, {
            **record.document, "state": APPROVED, "approved_by": actor.username, "approved_name": actor.full_name,
            "approved_on": _today(counter).isoformat(), "order": words,
        })  # fmt: skip
        work.audit("destruction_approved", key, words)


def refuse(counter: Counter, actor: Actor, key: str, reason: str) -> None:
    """The list may not be carried out."""
    rights.require(actor, rights.APPROVE_DESTRUCTION)
    words = clean_text(reason, "reason", label="เหตุผล", max_length=500, required=True)
    with counter.store.write(actor.username) as work:
        record = _in_state(work.connection, key, LISTED)
        office_records.put(work, KIND, key, {
            **record.document, "state": REFUSED, "approved_by": actor.username, "approved_name": actor.full_name,
            "approved_on": _today(counter).isoformat(), "order": words,
        })  # fmt: skip


def run(
    counter: Counter, actor: Actor, key: str, told: Told = lambda _done, _all: None,
    stop: Callable[[], bool] = lambda: False,
) -> Destruction:  # fmt: skip
    """Carry out an approved list. What is held, reopened or not yet sent is left and named on the certificate.

    stop: asked between two cases; what was destroyed until then stays so, and the list can be gone on with. Refused
    "sync_first" where the other counters were not heard of for too long.
    """
    rights.require(actor, rights.KEEP_PRIVACY)
    with counter.store.read() as connection:
        record = _in_state(connection, key, APPROVED)
        _heard(counter, connection)
    lines = record.document["lines"]
    skipped: dict[str, str] = {}
    counter.destroying = True
    try:
        for done, line in enumerate(lines):
            told(done, len(lines))
            if stop():
                break
            destroy = _one_entry if line.get("of") else _one
            if why := destroy(counter, actor, record, line):
                skipped[line["number"]] = why
        else:
            told(len(lines), len(lines))
            _end(counter, actor, key, skipped)
    finally:
        counter.destroying = False
    search_index.settle(counter)
    forget_in_backups(counter)
    return get(counter, actor, key)


def _heard(counter: Counter, connection: Connection) -> None:
    if counter.stand_alone:
        return
    heard = instant(int(meta_get(connection, "last_acknowledged_at", "0")))
    if abs(counter.clock.now() - heard) > FRESH:
        raise Refused(
            "sync_first",
            "ยังไม่ได้ข่าวจากเครื่องอื่น อาจมีการระงับการทำลายที่ยังมาไม่ถึง",
            "ต่อเครือข่ายให้ส่งและรับข้อมูลก่อน แล้วสั่งทำลายอีกครั้ง",
        )


def _end(counter: Counter, actor: Actor, key: str, skipped: Mapping[str, str]) -> None:
    with counter.store.write(actor.username) as work:
        old = retention.old_drafts(work.connection, work.now_ms, _today(counter))
        for staff, page in old:
            work.run("DELETE FROM draft WHERE staff = ? AND page = ?", (staff, page))
        record = _in_state(work.connection, key, APPROVED)
        office_records.put(work, KIND, key, {
            **record.document, "state": DONE, "done_name": actor.full_name, "done_on": _today(counter).isoformat(),
            "skipped": skipped, "drafts": len(old),
        })  # fmt: skip
        every = len(record.document["lines"])
        work.audit("destruction_done", key, f"{every - len(skipped)} of {every}")


def _one(counter: Counter, actor: Actor, record: Record, line: Mapping[str, Any]) -> str:
    """Destroy one case; returns why it was left, or ""."""
    document, number = record.document, line["number"]
    with counter.store.write(actor.username) as work:
        case_id = by_number(work.connection, number, "c.id, c.open")
        case = erasing.case_of(work, case_id.id)
        if case.gone:
            by = work.run("SELECT destruction FROM destroyed WHERE case_row = ?", (case.row,)).scalar()
            return "" if by == record.key else "ทำลายไปแล้วตามรายการอื่น"
        if number in retention.holding(work.connection):
            return "ระงับการทำลาย"
        if case_id.open:
            return "เรื่องเปิดใหม่"
        if retention.waiting(counter, work.connection, case_id.id):
            return "ยังส่งถึงเครื่องแม่ข่ายกลางไม่ครบ"
        files = work.run("SELECT sha256 FROM attachment WHERE case_row = ?", (case.row,)).scalars().all()
        work.emit(rule.KIND, case_id.id, {
            "destruction": record.key, "number": number, "listed_by": document["listed_by"],
            "approved_by": document["approved_by"],
        })  # fmt: skip
        erasing.enter(counter, work, case, case_id.id, record.key, work.by, work.now_ms)
    attachments.discard(counter, [bytes(sha256) for sha256 in files])
    return ""


def _one_entry(counter: Counter, actor: Actor, record: Record, line: Mapping[str, Any]) -> str:
    """Destroy one entry of a register; returns why it was left, or ""."""
    document, kind, key = record.document, str(line["of"]), str(line["number"])
    of = office_records.record_of(kind, key)
    with counter.store.write(actor.username) as work:
        entry = office_records.get(work.connection, kind, key)
        if entry is None or office_records.is_destroyed(entry):
            told = "SELECT json_extract(payload, '$.destruction') FROM event WHERE record = ? AND kind = ?"
            by = work.run(told, (of, rule.RECORD_KIND)).scalars().all()
            return "" if record.key in by else "ทำลายไปแล้วตามรายการอื่น"
        if key in retention.holding(work.connection):
            return "ระงับการทำลาย"
        if retention.waiting(counter, work.connection, of):
            return "ยังส่งถึงเครื่องแม่ข่ายกลางไม่ครบ"
        files = work.run("SELECT sha256 FROM office_file WHERE kind = ? AND key = ?", (kind, key)).scalars().all()
        work.emit(rule.RECORD_KIND, of, {
            "destruction": record.key, "kind": kind, "key": key, "listed_by": document["listed_by"],
            "approved_by": document["approved_by"],
        })  # fmt: skip
        erasing.enter_record(counter, work, kind, key, record.key)
    attachments.discard(counter, [bytes(sha256) for sha256 in files])
    return ""


def forget_in_backups(counter: Counter) -> None:
    """Take the files of destroyed cases out of the backups within reach, and write down there what was destroyed, so
    that a restored backup destroys it again. A place that is away gets it with its next backup."""
    plan = backup_plan.read(counter)
    places = {"first": backup_plan.first_place(counter), "second": backup_plan.second_place(plan)}
    for place, folder in places.items():
        if folder is not None and folder.is_dir():
            with contextlib.suppress(CounterError):
                destroyed_register.leave(counter, place, folder)
    with contextlib.suppress(CounterError):
        destroyed_register.write(counter, counter.home)


def listing(counter: Counter, actor: Actor) -> list[Destruction]:
    """Every list, the newest first."""
    if not rights.may(actor, rights.APPROVE_DESTRUCTION):
        rights.require(actor, rights.KEEP_PRIVACY)
    with counter.store.read() as connection:
        asked = connection.exec_driver_sql("SELECT destruction, count(*) FROM destroyed GROUP BY destruction")
        begun = {row[0]: int(row[1]) for row in asked}
        found = [_destruction(record, begun.get(record.key, 0)) for record in office_records.listing(connection, KIND)]
    return found[::-1]


def get(counter: Counter, actor: Actor, key: str) -> Destruction:
    """One list. Refused "destruction_unknown"."""
    if not rights.may(actor, rights.APPROVE_DESTRUCTION):
        rights.require(actor, rights.KEEP_PRIVACY)
    with counter.store.read() as connection:
        asked = connection.exec_driver_sql("SELECT count(*) FROM destroyed WHERE destruction = ?", (key,))
        return _destruction(_of(connection, key), int(asked.scalar_one()))


def certificate(counter: Counter, actor: Actor, key: str) -> Certificate:
    """The certificate of a finished list. Refused "not_done" before."""
    found = get(counter, actor, key)
    if found.state != DONE:
        raise Refused("not_done", "ยังไม่ได้ทำลายตามรายการนี้", "อนุมัติแล้วสั่งทำลายก่อน", "key")
    return Certificate(counter.office, found)


def _of(connection: Connection, key: str) -> Record:
    record = office_records.get(connection, KIND, key)
    if record is None:
        raise Refused("destruction_unknown", "ไม่พบรายการทำลายนี้", "เปิดรายการใหม่แล้วเลือกอีกครั้ง", "key")
    return record


def _in_state(connection: Connection, key: str, state: str) -> Record:
    record = _of(connection, key)
    if record.document["state"] != state:
        title = f"รายการนี้อยู่ในสถานะ “{STATES[record.document['state']]}”"
        raise Refused("state", title, "เปิดรายการใหม่เพื่อดูสถานะล่าสุด", "key")
    return record


def _destruction(record: Record, begun: int) -> Destruction:
    document = record.document
    skipped: Mapping[str, str] = document.get("skipped", {})
    lines = tuple(
        Line(one["number"], one["title"], date.fromisoformat(one["closed_on"]), date.fromisoformat(one["until"]),
             one["basis"], one.get("of", ""), skipped.get(one["number"], ""))
        for one in document["lines"]
    )  # fmt: skip
    return Destruction(
        record.key, document["state"], STATES[document["state"]], lines, document["reason"], document["request"],
        document["listed_by"], document["listed_name"], date.fromisoformat(document["listed_on"]),
        document.get("approved_name", ""), _day(document, "approved_on"), document.get("order", ""),
        document.get("done_name", ""), _day(document, "done_on"), int(document.get("drafts", 0)), begun,
    )  # fmt: skip


def _line_document(one: retention.Due) -> dict[str, str]:
    return {
        "number": one.number, "title": one.title, "closed_on": one.closed_on.isoformat(),
        "until": one.until.isoformat(), "basis": one.basis, **({"of": one.of} if one.of else {}),
    }  # fmt: skip


def _day(document: Mapping[str, Any], name: str) -> date | None:
    return date.fromisoformat(document[name]) if document.get(name) else None


def _today(counter: Counter) -> date:
    return thai_date.local(counter.clock.now()).date()
