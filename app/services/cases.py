"""Cases after registration: show, find, follow, and take the next step."""

import json
from typing import Any

from sqlalchemy import Connection

from app.catalog import answers as answer_rules
from app.domain import petition_states, request_number, thai_date
from app.domain.errors import CounterError, Refused
from app.domain.ids import uuid_text
from app.domain.text_rules import clean_text, storable
from app.services import case_documents
from app.services.case_documents import VIEW_COLUMNS, instant, state_text
from app.services.case_rows import SUMMARY_COLUMNS, by_number, summary
from app.services.counter import Counter
from app.services.model import Actor, CaseEvent, CaseSummary, CaseView, RegisterCase
from app.services.person_rows import BY_HASH, typed_hash
from app.services.registration import Registered, enter
from app.store import search

__all__ = [
    "Registered",
    "change_status",
    "draft_view",
    "enter",
    "events",
    "find",
    "get",
    "next_states",
    "recent",
    "register",
]

LONGEST_SEARCH = 200
KIND_TEXTS = {
    "petition_registered": "รับคำร้อง",
    "filing_registered": "รับแบบ/คำขอ",
    "status_changed": "เปลี่ยนสถานะ",
    "document_printed": "พิมพ์เอกสาร",
    "person_merged": "รวมประวัติผู้ร้องเป็นคนเดียวกัน",
    "person_unmerged": "แยกประวัติผู้ร้องกลับ",
    "person_compared": "ตรวจประวัติผู้ร้องที่อาจซ้ำ",
    "consent_changed": "ความยินยอมของผู้ร้อง",
}


def register(counter: Counter, actor: Actor, command: RegisterCase) -> CaseView:
    """Register one case and show it as it now stands in the store."""
    return get(counter, enter(counter, actor, command).number)


def draft_view(counter: Counter, actor: Actor, command: RegisterCase) -> CaseView:
    """What the paper would show of a half-filled form: tolerant of everything, no number, nothing saved."""
    service = counter.catalog[command.service]
    answers = dict(command.answers)
    division = _tolerant(lambda: answer_rules.division(service, answers, counter.office.kind), ("", ""))
    return CaseView(
        id="",
        number="",
        service=service.code,
        service_version=service.version,
        service_name=service.name,
        status=service.first_status,
        status_text=state_text(service, service.first_status),
        registered_at=counter.clock.now(),
        due_on=None,
        division=division[0],
        division_name=division[1],
        subject=_tolerant(lambda: answer_rules.subject(service, answers), ""),
        type_text=_tolerant(lambda: answer_rules.type_text(service, answers), service.name),
        applicant=command.applicant,
        channel=command.channel,
        channel_text=case_documents.CHANNELS.get(command.channel, ""),
        answers=answers,
        lines=_tolerant(lambda: case_documents.lines(service, answers), ()),
        place=command.place,
        knowing=command.knowing,
        notice=command.notice,
        total_satang=_tolerant(
            lambda: answer_rules.assess(
                service, answers, counter.current.document["rate"], thai_date.local(counter.clock.now()).date()
            ),
            None,
        ),
        officer_name=actor.full_name,
        officer_position=actor.position,
        counter_name=counter.counter_name,
        office=counter.office,
        track_code="",
    )


def _tolerant(compute: Any, otherwise: Any) -> Any:
    """The value, or `otherwise` where half-typed answers do not yield one."""
    try:
        return compute()
    except (CounterError, KeyError, ValueError, TypeError):
        return otherwise


def get(counter: Counter, number: str) -> CaseView:
    """The case with this number. Refused "unknown_number" where there is none."""
    with counter.store.read() as connection:
        return case_documents.view(counter, by_number(connection, number, VIEW_COLUMNS))


def find(counter: Counter, text: str, limit: int = 50) -> list[CaseSummary]:
    """The newest cases that hold every word of `text`: number, names, 13 digits, last four of the phone, subject."""
    text = text.strip()[:LONGEST_SEARCH]
    if not storable(text):
        return []
    with counter.store.read() as connection:
        rows = _by_number(connection, text) or _by_citizen(counter, connection, text, limit)
        if not rows:
            rows = search.find_rows(connection, text, limit, SUMMARY_COLUMNS)
    return [summary(counter, row) for row in rows[:limit]]


def recent(counter: Counter, limit: int = 50) -> list[CaseSummary]:
    """The newest cases."""
    with counter.store.read() as connection:
        rows = connection.exec_driver_sql(
            f"SELECT {SUMMARY_COLUMNS} FROM cases c ORDER BY c.row DESC LIMIT ?", (limit,)
        ).fetchall()
    return [summary(counter, row) for row in rows]


def events(counter: Counter, number: str) -> list[CaseEvent]:
    """The timeline of a case, oldest first."""
    with counter.store.read() as connection:
        case = by_number(connection, number, "c.id, c.service, c.service_version")
        rows = connection.exec_driver_sql(
            "SELECT seq, id, kind, at, by, origin, payload FROM event WHERE record = ? ORDER BY seq", (case.id,)
        ).fetchall()
    service_kind = _kind(counter, case)
    return [_event(counter, row, service_kind) for row in rows]


def next_states(counter: Counter, number: str) -> list[tuple[str, str]]:
    """The states this case may go to, with their Thai texts."""
    with counter.store.read() as connection:
        case = by_number(connection, number, "c.status, c.service, c.service_version")
    return list(petition_states.next_states(case.status, _kind(counter, case)))


def change_status(
    counter: Counter, actor: Actor, number: str, state: str, note: str = "", division: str = ""
) -> CaseView:
    """Take the next step. Refused where the table of states, or a missing reason or division, does not allow it."""
    note = clean_text(note, "note", label="หมายเหตุ", max_length=2_000, required=False, multiline=True)
    with counter.store.write(actor.username) as work:
        case = by_number(
            work.connection, number, "c.row, c.id, c.number, c.status, c.service, c.service_version, c.division"
        )
        kind = _kind(counter, case)
        petition_states.check_transition(case.status, state, kind)
        if petition_states.needs_reason(state) and not note:
            raise Refused("reason_needed", "ต้องระบุเหตุผลของสถานะนี้", "พิมพ์เหตุผลให้ผู้ร้องเข้าใจ แล้วบันทึกอีกครั้ง", "note")
        payload = {"from": case.status, "to": state, "note": note}
        if division:
            payload["division"] = _known_division(counter, case, division)
        elif petition_states.needs_division(state):
            raise Refused("division_needed", "ต้องระบุหน่วยงานที่ส่งต่อ", "เลือกสำนัก/กองที่รับเรื่องต่อ", "division")
        work.run(
            "UPDATE cases SET status = ?, division = ? WHERE row = ?", (state, division or case.division, case.row)
        )
        work.emit("status_changed", case.id, {key: value for key, value in payload.items() if value})
        work.audit("status_changed", case.number, f"{case.status} -> {state}")
        work.changed("case", case.number)
    return get(counter, number)


def _known_division(counter: Counter, case: Any, division: str) -> str:
    service = counter.definition(case.service, case.service_version)
    if service is not None and service.division_by_code(division) is None:
        codes = ", ".join(item.code for item in service.divisions)
        raise Refused("division", "ไม่รู้จักรหัสสำนัก/กองนี้", f"ใช้รหัสใดรหัสหนึ่งใน {codes}", "division")
    return division


def _by_number(connection: Connection, text: str) -> list[Any]:
    if not request_number.is_valid(text):
        return []
    parsed = request_number.parse(text)
    return list(
        connection.exec_driver_sql(
            f"SELECT {SUMMARY_COLUMNS} FROM cases c WHERE c.series = ? AND c.run = ? AND c.number = ?",
            (parsed.series, parsed.run, parsed.text),
        ).fetchall()
    )


def _by_citizen(counter: Counter, connection: Connection, text: str, limit: int) -> list[Any]:
    hashed = typed_hash(counter, text)
    if hashed is None:
        return []
    return list(
        connection.exec_driver_sql(
            f"SELECT {SUMMARY_COLUMNS} FROM cases c WHERE c.person = ({BY_HASH}) ORDER BY c.row DESC LIMIT ?",
            (hashed, limit),
        ).fetchall()
    )


def _kind(counter: Counter, case: Any) -> str:
    service = counter.definition(case.service, case.service_version)
    return service.kind if service else "petition"


def _event(counter: Counter, row: Any, service_kind: str) -> CaseEvent:
    detail: dict[str, Any] = json.loads(row.payload)
    text = KIND_TEXTS.get(row.kind, row.kind)
    if row.kind == "status_changed":
        text = petition_states.text(detail["to"], service_kind)
    own = row.origin == counter.store_id
    return CaseEvent(
        seq=row.seq,
        id=uuid_text(row.id),
        kind=row.kind,
        kind_text=KIND_TEXTS.get(row.kind, row.kind),
        at=instant(row.at),
        by=row.by,
        counter=counter.counter_name if own else detail.get("document", {}).get("counter", ""),
        detail=detail,
        text=f"{text}: {detail['note']}" if detail.get("note") else text,
    )
