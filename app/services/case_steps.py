"""What officers do with a case: its next step, who works on it, notes for the citizen or for the office only."""

import json
from datetime import date
from typing import Any

from app.catalog import answers as answer_rules
from app.domain import petition_states, thai_date
from app.domain.case_way import Standing, after
from app.domain.errors import Refused
from app.domain.text_rules import clean_text
from app.services import case_documents, permit_numbers, restricted_cases, rights, time_limits
from app.services.case_documents import VIEW_COLUMNS
from app.services.case_rows import by_number, living, service_kind
from app.services.counter import Counter
from app.services.model import Actor, CaseView
from app.store.unit_of_work import UnitOfWork

LONGEST_NOTE = 2_000
CASE = (
    "c.row, c.id, c.number, c.status, c.service, c.service_version, c.division, c.agency, c.assignee, c.due_on,"
    " c.stopped_on, c.restricted"
)


def change_status(
    counter: Counter,
    actor: Actor,
    number: str,
    state: str,
    note: str = "",
    division: str = "",
    *,
    agency: str = "",
    assignee: str = "",
    public: bool | None = None,
    internal_note: str = "",
) -> CaseView:
    """Take the next step. Refused where the table of states, or a missing reason or division, does not allow it.

    public: whether citizens read `note`; by default the steps that speak to them. agency: the name of an agency outside
    the office. assignee: username of who is to work on it.
    """
    note = _clean(note, "note")
    internal_note = _clean(internal_note, "internal_note")
    agency = clean_text(agency, "agency", label="หน่วยงานภายนอก", max_length=200, required=False)
    with counter.store.write(actor.username) as work:
        case = living(work.connection, number, CASE)
        kind = service_kind(counter, case)
        restricted_cases.require(actor, case, rights.APPROVE if petition_states.approves(state, kind) else rights.EDIT)
        petition_states.check_step(case.status, state, kind, note=note, somewhere=bool(division or agency))
        _check_paid(work, case, state)
        if public is None:
            public = petition_states.told_to_citizen(state)
        payload = {
            "from": case.status,
            "to": state,
            "note": note,
            "public": bool(note) and public,
            "internal_note": internal_note,
            "agency": agency,
            **_place(counter, case, division),
            **_person(work, assignee),
            **_clock(counter, case, state),
        }
        payload = {key: value for key, value in payload.items() if value}
        work.emit("status_changed", case.id, payload)
        standing, _ = after(standing_of(case), kind, "status_changed", payload)
        write_standing(work, case.row, standing, kind)
        work.audit("status_changed", case.number, f"{case.status} -> {state}")
        if kind == "permit" and state == "permit_issued":
            permit_numbers.take(counter, work, case, _permit_period(counter, work, case))
        work.changed("case", case.number)
    return _view(counter, number)


def _permit_period(counter: Counter, work: UnitOfWork, case: Any) -> tuple[date, date, date] | None:
    """First and last day of what is permitted, and the day by which it must be gone."""
    service = counter.definition(case.service, case.service_version)
    if service is None:
        return None
    row = work.run("SELECT document, registered_at FROM cases WHERE row = ?", (case.row,)).one()
    registered = thai_date.local(case_documents.instant(row.registered_at)).date()
    answers = json.loads(row.document)["answers"]
    return answer_rules.permit_period(service, answers, counter.current.document["rate"], registered)


def _check_paid(work: UnitOfWork, case: Any, state: str) -> None:
    """Refused for a step that says paid where money is owed and no receipt was issued."""
    if not petition_states.needs_receipt(state):
        return
    paid = (
        "SELECT 1 FROM receipt r LEFT JOIN receipt_void v ON v.receipt_row = r.row"
        " WHERE r.case_row = ? AND v.receipt_row IS NULL"
    )
    owed = work.run("SELECT total_satang FROM cases WHERE row = ?", (case.row,)).scalar()
    if owed and work.run(paid, (case.row,)).fetchone() is None:
        raise Refused("receipt_needed", "ยังไม่ได้ออกใบเสร็จของเรื่องนี้", "รับเงินที่หน้าการเงิน หรือด้วยคำสั่ง pay", "state")


def assign(counter: Counter, actor: Actor, number: str, assignee: str, division: str = "") -> CaseView:
    """Give a case that is being worked on to another person, or division, without a step. Refused for a closed one."""
    with counter.store.write(actor.username) as work:
        case = living(work.connection, number, CASE)
        restricted_cases.require(actor, case, rights.EDIT)
        kind = service_kind(counter, case)
        if petition_states.is_closed(case.status, kind):
            raise Refused("transition", "เรื่องนี้สิ้นสุดแล้ว จึงมอบหมายใหม่ไม่ได้", _closed_hint(case, kind), "state")
        payload = {**_place(counter, case, division), **_person(work, assignee)}
        if not payload:
            raise Refused("assignee", "ยังไม่ได้ระบุผู้รับผิดชอบ", "เลือกผู้รับผิดชอบหรือสำนัก/กอง", "assignee")
        work.emit("assignment_changed", case.id, payload)
        standing, _ = after(standing_of(case), kind, "assignment_changed", payload)
        write_standing(work, case.row, standing, kind)
        work.audit("assignment_changed", case.number, f"{payload.get('division', '')} {assignee}".strip())
        work.changed("case", case.number)
    return _view(counter, number)


def add_note(counter: Counter, actor: Actor, number: str, text: str, public: bool = False) -> None:
    """Add a note to the timeline; citizens read it only when it is public."""
    text = clean_text(text, "note", label="บันทึก", max_length=LONGEST_NOTE, multiline=True)
    if not text:
        raise Refused("required", "ยังไม่ได้พิมพ์บันทึก", "พิมพ์ข้อความแล้วบันทึกอีกครั้ง", "note")
    with counter.store.write(actor.username) as work:
        case = living(work.connection, number, CASE)
        restricted_cases.require(actor, case, rights.EDIT, rights.CREATE)
        work.emit("note_added", case.id, {"note": text, "public": True} if public else {"note": text})
        work.audit("note_added", case.number, "public" if public else "internal")
        work.changed("case", case.number)


def _closed_hint(case: Any, kind: str) -> str:
    """What may be done with a case on which work has ended."""
    if any(state == "reopened" for state, _ in petition_states.next_states(case.status, kind)):
        return "หากงานยังไม่เรียบร้อย ให้เปิดเรื่องอีกครั้งก่อน แล้วจึงมอบหมาย"
    return "หากมีเรื่องใหม่โปรดลงรับเป็นคำร้องใหม่"


def standing_of(case: Any) -> Standing:
    """Where the case stands, from a row of CASE."""
    return Standing(case.status, case.division, case.agency, case.assignee, case.due_on or "", case.stopped_on or "")


def write_standing(work: UnitOfWork, row: int, standing: Standing, kind: str) -> None:
    """Enter where the case stands into its row."""
    work.run(
        "UPDATE cases SET status = ?, division = ?, agency = ?, assignee = ?, due_on = ?, stopped_on = ?, open = ?"
        " WHERE row = ?",
        (
            standing.status,
            standing.division,
            standing.agency,
            standing.assignee,
            standing.due_on or None,
            standing.stopped_on or None,
            int(not petition_states.is_finished(standing.status, kind)),
            row,
        ),
    )


def _clean(text: str, field: str) -> str:
    return clean_text(text, field, label="หมายเหตุ", max_length=LONGEST_NOTE, required=False, multiline=True)


def _place(counter: Counter, case: Any, division: str) -> dict[str, str]:
    if not division:
        return {}
    service = counter.catalog.get(case.service) or counter.definition(case.service, case.service_version)
    if service is not None and service.division_by_code(division) is None:
        codes = ", ".join(item.code for item in service.divisions)
        raise Refused("division", "ไม่รู้จักรหัสสำนัก/กองนี้", f"ใช้รหัสใดรหัสหนึ่งใน {codes}", "division")
    name = case_documents.division_name(service, division, counter.office.kind)
    return {"division": division, "division_name": name}


def _person(work: UnitOfWork, assignee: str) -> dict[str, str]:
    if not assignee:
        return {}
    found = work.run("SELECT full_name FROM staff WHERE username = ? AND active = 1", (assignee,)).scalar()
    if found is None:
        raise Refused("assignee", "ไม่พบผู้ใช้ที่จะมอบหมายในเครื่องนี้", "เลือกผู้รับผิดชอบจากรายชื่อ", "assignee")
    return {"assignee": assignee, "assignee_name": found}


def _clock(counter: Counter, case: Any, state: str) -> dict[str, str]:
    """Since when the time limit pauses, or until when it runs now that it goes on."""
    today = thai_date.local(counter.clock.now()).date()
    found: dict[str, str] = {}
    if petition_states.clock_stops(state):
        found["stopped_on"] = today.isoformat()
    if case.stopped_on and case.due_on:
        found["due_on"] = time_limits.resumed(counter, case.due_on, case.stopped_on, today)
    return found


def _view(counter: Counter, number: str) -> CaseView:
    with counter.store.read() as connection:
        return case_documents.view(counter, by_number(connection, number, VIEW_COLUMNS))
