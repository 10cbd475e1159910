"""The timeline of a case: every event with who, when and where, in the office's order, and what became of each step."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from app.domain import petition_states, satisfaction
from app.domain.case_way import LOST, Standing, settled
from app.domain.field_merge import CHOSEN, CORRECTED, LABELS
from app.domain.ids import uuid_text
from app.services import messages, restricted_cases
from app.services.case_documents import instant
from app.services.case_rows import by_number, service_kind
from app.services.counter import Counter
from app.services.model import Actor, CaseEvent
from app.store.meta import meta_get

KIND_TEXTS = {
    "petition_registered": "รับคำร้อง",
    "filing_registered": "รับแบบ/คำขอ",
    "status_changed": "เปลี่ยนสถานะ",
    "assignment_changed": "เปลี่ยนผู้รับผิดชอบ",
    "note_added": "บันทึก",
    "attachment_added": "แนบไฟล์",
    "case_corrected": "แก้ไขข้อมูล",
    "conflict_chosen": "เลือกข้อมูลที่ขัดกัน",
    "letter_issued": "ออกหนังสือ",
    "bill_issued": "ออกใบแจ้งชำระเงิน",
    "receipt_issued": "ออกใบเสร็จรับเงิน",
    "receipt_voided": "ยกเลิกใบเสร็จรับเงิน",
    "cheque_settled": "ผลการเรียกเก็บเช็ค",
    "case_viewed": "เปิดดูเรื่องที่จำกัดผู้เข้าถึง",
    "document_printed": "พิมพ์เอกสาร",
    "receiving_numbered": "ลงทะเบียนรับ",
    "permit_numbered": "เลขที่หนังสืออนุญาต",
    "filing_date_corrected": "แก้วันที่ยื่นแบบ",
    "person_merged": "รวมประวัติผู้ร้องเป็นคนเดียวกัน",
    "person_unmerged": "แยกประวัติผู้ร้องกลับ",
    "person_compared": "ตรวจประวัติผู้ร้องที่อาจซ้ำ",
    "consent_changed": "ความยินยอมของผู้ร้อง",
    "rated": "ผู้ร้องประเมินความพึงพอใจ",
    "withdrawn_by_citizen": "ผู้ร้องขอยกเลิก",
    "reopen_asked": "ผู้ร้องแจ้งว่ายังไม่เรียบร้อย",
    "sms": "ข้อความ SMS",
    "late_waived": "ลดเงินเพิ่ม ดอกเบี้ย หรือเบี้ยปรับตามคำสั่ง",
}
REGISTERED = ("petition_registered", "filing_registered")
ORDER = f"kind NOT IN {REGISTERED}, placed IS NULL, placed, seq"
"""The order of a record's events: its registration, what the server has placed, then what waits to be placed."""
OF_RECORD = f"SELECT seq, id, kind, at, by, origin, payload FROM event WHERE record = ? ORDER BY {ORDER}"


def events(counter: Counter, number: str, actor: Actor | None = None) -> list[CaseEvent]:
    """The timeline of a case in the office's order. Refused "restricted" for one that the actor may not read."""
    with counter.store.read() as connection:
        case = by_number(connection, number, "c.id, c.service, c.service_version, c.restricted")
        restricted_cases.require(actor, case)
        return of_record(counter, connection, case.id, service_kind(counter, case))


def of_record(counter: Counter, connection: Connection, record: bytes, kind: str) -> list[CaseEvent]:
    """The timeline of a case by its id; whether the reader may see it has been asked before."""
    rows = connection.exec_driver_sql(OF_RECORD, (record,)).fetchall()
    places = _places(counter, connection, rows)
    details = [json.loads(row.payload) for row in rows]
    _, outcomes = _walked(rows, details, kind)
    return [
        _event(row, detail, kind, outcome, places.get(row.origin, ""))
        for row, detail, outcome in zip(rows, details, outcomes, strict=True)
    ]


def standing(connection: Connection, record: bytes, kind: str) -> Standing | None:
    """Where a case stands by its events; None where its registration is not here."""
    rows = connection.exec_driver_sql(OF_RECORD, (record,)).fetchall()
    if not rows or rows[0].kind not in REGISTERED:
        return None
    found, _ = _walked(rows, [json.loads(row.payload) for row in rows], kind)
    return found


def _walked(rows: Sequence[Any], details: Sequence[Mapping[str, Any]], kind: str) -> tuple[Standing, list[str]]:
    first = details[0] if details and rows[0].kind in REGISTERED else {}
    start = Standing(first.get("status", ""), first.get("division", ""), due_on=first.get("due_on", ""))
    return settled(start, kind, ((row.kind, detail) for row, detail in zip(rows, details, strict=True)))


def places(counter: Counter, connection: Connection, record: bytes) -> dict[str, str]:
    """Names of the counters that made the events of a case, by store, as far as they are known here."""
    return _places(counter, connection, connection.exec_driver_sql(OF_RECORD, (record,)).fetchall())


def _places(counter: Counter, connection: Connection, rows: Sequence[Any]) -> dict[str, str]:
    """Names of the counters that made these events, as far as they are known here."""
    names = {counter.store_id: counter.counter_name}
    for row in rows:
        if row.origin not in names:
            told = json.loads(row.payload).get("document")
            registered_at = told.get("counter", "") if isinstance(told, dict) else ""
            names[row.origin] = meta_get(connection, f"counter_name:{row.origin}") or registered_at
    return names


def _event(row: Any, detail: dict[str, Any], kind: str, outcome: str, place: str) -> CaseEvent:
    return CaseEvent(
        seq=row.seq,
        id=uuid_text(row.id),
        kind=row.kind,
        kind_text=KIND_TEXTS.get(row.kind, row.kind),
        at=instant(row.at),
        by=row.by,
        counter=place,
        detail=detail,
        text=_text(row.kind, detail, kind, outcome),
        outcome=outcome,
        note=_string(detail, "note"),
        public=detail.get("public") is True,
        internal_note=_string(detail, "internal_note"),
    )


def _text(event_kind: str, detail: Mapping[str, Any], kind: str, outcome: str) -> str:
    told = KIND_TEXTS.get(event_kind, event_kind)
    if event_kind == "status_changed":
        told = petition_states.text(_string(detail, "to"), kind)
    if event_kind == "note_added":
        told = "แจ้งผู้ร้อง" if detail.get("public") else "บันทึกภายใน"
    where = _string(detail, "agency") or (_string(detail, "division_name") if event_kind != "note_added" else "")
    if event_kind in (CORRECTED, CHOSEN):
        keys = detail.get("fields") or {_string(detail, "field"): None}
        told = f"{told} ({', '.join(LABELS.get(key, key) for key in keys)})"
    whom = [part for part in (where, _string(detail, "assignee_name"), _string(detail, "name")) if part]
    told = f"{told} ({' · '.join(whom)})" if whom else told
    score = satisfaction.text(detail.get("score")) if event_kind == "rated" else ""
    told = f"{told} {score}" if score else told
    if event_kind == messages.KIND:
        told = f"{told} {messages.STATUS_TEXTS.get(_string(detail, 'status'), '')}".rstrip()
    if event_kind in ("receipt_issued", "receipt_voided"):
        told = f"{told} เล่มที่ {detail.get('book', '')} เลขที่ {detail.get('no', '')}"
    note = _string(detail, "note") or (_string(detail, "reason") if event_kind == "receipt_voided" else "")
    told = f"{told}: {note}" if note else told
    if outcome == LOST:
        before = petition_states.text(_string(detail, "from"), kind)
        seen = f"ขณะทำรายการเห็นเรื่องอยู่ที่ “{before}” " if before else ""
        told = f"{told} [ไม่มีผล {seen}แต่เครื่องอื่นทำขั้นตอนอื่นไปก่อน]"
    return told


def _string(detail: Mapping[str, Any], key: str) -> str:
    value = detail.get(key, "")
    return value if isinstance(value, str) else ""
