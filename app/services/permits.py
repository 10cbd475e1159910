"""Advertising permits after they are granted: number and validity on paper, the list of what must be taken down.

The number of a permit comes out of a leased series of its own (app/services/permit_numbers.py). Opinion and order are
the notes of the steps of the case.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from app.catalog import answers as answer_rules
from app.domain import case_way, request_number, thai_date
from app.domain.errors import Refused
from app.services import permit_numbers, timeline
from app.services.case_documents import VIEW_COLUMNS, instant, view
from app.services.case_rows import SUMMARY_COLUMNS, by_number, hidden_from, summary
from app.services.case_steps import change_status
from app.services.counter import Counter
from app.services.model import Actor, CaseSummary, CaseView

DOCUMENT: Final = "permit"
GRANTED: Final = ("permit_issued", "expired", "removal_overdue", "removed_confirmed")
"""States in which the permit has been issued."""
STANDING: Final = ("permit_issued", "expired", "removal_overdue")
VALID, ENDING, REMOVE, OVERDUE = "valid", "ending", "remove", "overdue"
STATES: Final[Mapping[str, str]] = {
    VALID: "ยังไม่สิ้นสุด",
    ENDING: "ใกล้สิ้นสุด",
    REMOVE: "ต้องรื้อถอน",
    OVERDUE: "เกินกำหนดรื้อถอน",
}
ENDS_SOON = 7
"""Days before its last day from which a permit is said to end soon."""
LIST = (
    f"SELECT {SUMMARY_COLUMNS} FROM cases c INDEXED BY ix_cases_granted"
    " WHERE c.status IN ('permit_issued', 'expired', 'removal_overdue') ORDER BY c.row"
)


@dataclass(frozen=True, slots=True)
class Permit:
    """A permit that is out. number: of its case; permit: its own.

    until: its last day; remove_by: the day by which the signs must be gone.
    """

    number: str
    permit: str
    name: str
    subject: str
    place: str
    since: date
    until: date
    remove_by: date
    state: str
    state_text: str
    case: CaseSummary


def listing(counter: Counter, actor: Actor | None = None, which: str = "") -> list[Permit]:
    """The permits that are out and whose signs nobody has confirmed gone, what must be removed first.

    which: a key of STATES, "removal" for what is past its last day, or "" for all.
    """
    if which not in ("", "removal", *STATES):
        known = ", ".join(("removal", *STATES))
        raise Refused("permit_state", "ไม่รู้จักรายการนี้", f"ใช้ค่าใดค่าหนึ่งใน {known}", "which")
    wanted = (REMOVE, OVERDUE) if which == "removal" else (which,) if which else tuple(STATES)
    today = thai_date.local(counter.clock.now()).date()
    with counter.store.read() as connection:
        rows = [row for row in connection.exec_driver_sql(LIST).fetchall() if not hidden_from(actor, row)]
        views = [view(counter, by_number(connection, row.number, VIEW_COLUMNS)) for row in rows]
        named = [permit_numbers.of_record(connection, bytes.fromhex(case.id.replace("-", ""))) for case in views]
    every = (
        _permit(counter, summary(counter, row, actor), case, today, name)
        for row, case, name in zip(rows, views, named, strict=True)
    )
    found = [permit for permit in every if permit is not None]
    return sorted((one for one in found if one.state in wanted), key=lambda one: (one.remove_by, one.number))


def _permit(counter: Counter, short: CaseSummary, case: CaseView, today: date, name: str) -> Permit | None:
    period = _period(counter, case)
    if period is None:
        return None
    since, until, remove_by = period
    state = _state(today, until, remove_by)
    words = {
        VALID: f"ถึง {thai_date.short(until)}",
        ENDING: f"สิ้นสุด {thai_date.short(until)}",
        REMOVE: f"รื้อถอนภายใน {thai_date.short(remove_by)}",
        OVERDUE: f"ต้องรื้อถอนตั้งแต่ {thai_date.short(remove_by)}",
    }
    tone = {VALID: "plain", ENDING: "plain", REMOVE: "warn", OVERDUE: "bad"}[state]
    short = replace(short, due_text=words[state], due_tone=tone)
    place = str(case.answers.get("place", ""))
    name = name or str(request_number.parse(case.number).run)
    return Permit(
        short.number, name, short.name, short.subject, place, since, until, remove_by, state, STATES[state], short
    )


def _state(today: date, until: date, remove_by: date) -> str:
    if today > remove_by:
        return OVERDUE
    if today > until:
        return REMOVE
    return ENDING if today > until - timedelta(days=ENDS_SOON) else VALID


def _period(counter: Counter, case: CaseView) -> tuple[date, date, date] | None:
    if case.definition is None:
        return None
    registered = thai_date.local(case.registered_at).date()
    rates = counter.current.document["rate"]
    return answer_rules.permit_period(case.definition, case.answers, rates, registered)


def confirm_removed(counter: Counter, actor: Actor, number: str, note: str = "") -> CaseView:
    """The signs are gone: the steps that lead there, one after the other. Refused for a permit that is not out."""
    with counter.store.read() as connection:
        status = by_number(connection, number, "c.status").status
    if status not in STANDING:
        hint = "ยืนยันได้เมื่อออกหนังสืออนุญาตแล้วและยังไม่เคยยืนยัน"
        raise Refused("not_standing", "เรื่องนี้ไม่มีป้ายที่ต้องรื้อถอน", hint, "number")
    if status == "permit_issued":
        change_status(counter, actor, number, "expired")
    return change_status(counter, actor, number, "removed_confirmed", note)


def of_case(counter: Counter, connection: Connection, case: CaseView, record: bytes) -> dict[str, Any]:
    """What stands in the boxes of the application and on the permit: opinion, order, number, days, receipt."""
    staff = connection.exec_driver_sql("SELECT username, full_name, position FROM staff").fetchall()
    people = {row[0]: (row[1], row[2]) for row in staff}
    found: dict[str, Any] = {}
    for event in timeline.of_record(counter, connection, record, "permit"):
        if event.kind != "status_changed" or event.outcome not in ("", case_way.COUNTED):
            continue
        name, position = people.get(event.by, (event.by, ""))
        on = thai_date.local(event.at).date()
        said = {"text": event.note, "name": name, "position": position, "on": on}
        state = event.detail.get("to")
        if state == "officer_opinion":
            found["opinion"] = said
        elif state in ("approved", "rejected"):
            found["order"] = {**said, "granted": state == "approved"}
        elif state == "permit_issued":
            found |= {"number": _number(connection, case, record, on), "issued_on": on, "signed_by": said}
    period = _period(counter, case)
    if period is not None:
        found |= dict(zip(("since", "until", "remove_by"), period, strict=True))
    receipt = connection.exec_driver_sql(
        "SELECT r.book, r.no, r.issued_at, r.total_satang FROM receipt r"
        " LEFT JOIN receipt_void v ON v.receipt_row = r.row"
        " JOIN cases c ON c.row = r.case_row WHERE c.id = ? AND v.receipt_row IS NULL ORDER BY r.row DESC LIMIT 1",
        (record,),
    ).fetchone()
    if receipt is not None:
        on = thai_date.local(instant(receipt.issued_at)).date()
        found["receipt"] = {"book": receipt.book, "no": receipt.no, "on": on, "satang": receipt.total_satang}
    return found


def _number(connection: Connection, case: CaseView, record: bytes, on: date) -> str:
    """Its own; a permit of before the series of permit numbers carries the run of its case."""
    own = permit_numbers.of_record(connection, record)
    return own or f"{request_number.parse(case.number).run}/{thai_date.year_be(on)}"


def require_issued(status: str) -> None:
    """Refused while the permit has not been issued."""
    if status not in GRANTED:
        hint = "ทำขั้นตอนให้ถึง “ออกหนังสืออนุญาตแล้ว” ก่อน แล้วจึงพิมพ์"
        raise Refused("permit_not_issued", "ยังไม่ได้ออกหนังสืออนุญาตของเรื่องนี้", hint, "document")
