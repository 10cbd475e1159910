"""A filing while it is typed: what the register fills in, what follows from the figures, and what is still wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection

from app.catalog import answers as answer_rules
from app.catalog import filings as rules
from app.catalog.schema import Service
from app.catalog.values import check_value, is_empty
from app.domain import citizen_id, ordinance, thai_date
from app.domain.errors import Refused
from app.services import assessments, filings, payers
from app.services.assessments import Assessment
from app.services.case_documents import form_code
from app.services.counter import Counter
from app.services.model import Applicant, CaseView

BALANCES = {"ar_in": "baht", "ar_in_qty": "qty"}


@dataclass(frozen=True, slots=True)
class FilingDraft:
    """filled: answers that the register gives, for fields left empty. carried: those of them nobody may change.

    worked: everything once the form is whole, else empty; problem: what keeps it from being whole, in Thai.
    """

    filled: Mapping[str, Any] = field(default_factory=dict)
    carried: frozenset[str] = frozenset()
    worked: Mapping[str, Any] = field(default_factory=dict)
    assessment: Assessment = assessments.NOTHING
    problem: str = ""
    told: tuple[str, ...] = ()
    filing: Mapping[str, Any] = field(default_factory=dict)
    """What the case's document will hold of the arithmetic."""


def draft(counter: Counter, service: Service, answers: Mapping[str, Any]) -> FilingDraft:
    """What a half-filled form tells. Never refuses."""
    today = thai_date.local(counter.clock.now()).date()
    filled, carried, told = _filled(counter, service, answers, today)
    auto = {item.key for item in service.fields if item.auto}
    whole = {**{key: value for key, value in filled.items() if key in carried or is_empty(answers.get(key))}}
    given = {**answers, **whole}
    given = {key: value for key, value in given.items() if key in service.answer_keys and key not in auto}
    try:
        stored = answer_rules.validate(service, given, on=today, rates=counter.current.document["rate"])
        filed = filings.prepare(counter, service, stored, today)
    except Refused as error:
        return FilingDraft(filled, carried, problem=error.title, told=told)
    found = assessments.preview(counter, filed)
    told = (*told, *_hints(service, filed, today))
    told = (*told, *found.notes)
    return FilingDraft(filled, carried, filed.answers, found, told=told, filing=filed.document)


def view(counter: Counter, case: CaseView, answers: Mapping[str, Any]) -> CaseView:
    """The case of a half-filled form as its form will show it. Refused "half_filled" while it is not whole."""
    service = counter.catalog[case.service]
    found = draft(counter, service, answers)
    if found.problem:
        raise Refused("half_filled", "กรอกให้ครบก่อน แล้วแบบจะแสดงที่นี่", found.problem)
    return replace(
        case,
        answers=found.worked,
        definition=service,
        due_on=found.assessment.due_on,
        total_satang=found.assessment.total_satang if found.assessment.lines else None,
        form_code=form_code(counter.current.document, service),
        filing=found.filing,
    )


def _hints(service: Service, filed: filings.Filed, today: date) -> tuple[str, ...]:
    """What the clerk should say, though it forbids nothing."""
    changed, within = str(filed.answers.get("changed_on", "")), service.filing.refile_days
    if within and changed and (today - date.fromisoformat(changed)).days > within:
        return (f"แจ้งเปลี่ยนแปลงเกิน {within} วันที่กำหนด",)
    if filed.month == today.replace(day=1):
        return ("ยื่นก่อนสิ้นเดือน โปรดตรวจว่ายอดครบทั้งเดือนแล้ว",)
    return ()


@dataclass(frozen=True, slots=True)
class Filer:
    """Who may stand at the counter for a payer: a person of the register who filed for it last, or else the company as
    the register of payers has it."""

    person: int = 0
    company: Applicant | None = None


def filer(counter: Counter, service: Service, code: str) -> Filer:
    """Who filed last for this payer; an empty answer for one that nobody knows."""
    with counter.store.read() as connection:
        person = connection.exec_driver_sql(
            "SELECT c.person FROM filing f JOIN cases c ON c.row = f.case_row WHERE f.payer = ? AND f.service = ?"
            " AND c.person > 0 ORDER BY f.period DESC, c.row DESC LIMIT 1",
            (code, service.code),
        ).scalar()
        payer = payers.get(connection, service.filing.payer, code)
    number = str(payer.document.get("tax_id", "")) if payer else ""
    if person or payer is None or not number.startswith("0") or not citizen_id.is_valid(number):
        return Filer(int(person or 0))
    name = str(payer.document.get("operator_name", "")) or payer.name
    return Filer(company=Applicant("", "", "", number, kind="juristic", organisation=name))


def _suggested_month(connection: Connection, service: Service, code: str, today: date) -> date:
    """The month that a payer files for now: the one after the last that was filed, at most the month before this."""
    before = ordinance.previous_month(today.replace(day=1))
    last = connection.exec_driver_sql(
        "SELECT max(f.period) FROM filing f JOIN cases c ON c.row = f.case_row WHERE f.service = ? AND f.payer = ?"
        " AND f.period < ? AND c.status NOT IN (?, ?)",
        (service.code, code, before.isoformat(), *filings.GONE),
    ).scalar()
    return min(before, ordinance.next_month(date.fromisoformat(last))) if last else before


def _period(
    connection: Connection, service: Service, code: str, answers: Mapping[str, Any], today: date
) -> dict[str, Any]:
    """Month and year for a form that says none yet; a month that was chosen gets the year in which it was last."""
    month = _suggested_month(connection, service, code, today)
    chosen = str(answers.get("period_month") or month.month)
    year = thai_date.year_be(month)
    if chosen.isdigit() and int(chosen) != month.month:
        year = thai_date.year_be(today) - (int(chosen) > today.month)
    return {"period_month": month.month, "period_year_be": year}


def _filled(
    counter: Counter, service: Service, answers: Mapping[str, Any], today: date
) -> tuple[dict[str, Any], frozenset[str], tuple[str, ...]]:
    """What the register knows of this payer and, where it is said, of this month."""
    try:
        code = str(check_value(service.payer_field, answers.get(service.payer_field.key, "")))
    except Refused:
        return {}, frozenset(), ()
    with counter.store.read() as connection:
        payer = payers.get(connection, service.filing.payer, code)
        if service.filing.rule not in rules.MONTHLY:
            return ({service.filing.name_field: payer.name} if payer else {}), frozenset(), ()
        found: dict[str, Any] = dict(filings.known_payer(service, payer)) if payer else {}
        if payer:
            found |= _period(connection, service, code, answers, today)
        given = {key: value for key, value in answers.items() if not is_empty(value)}
        try:
            month = {
                **found,
                **given,
                "filing_kind": given.get("filing_kind") or rules.NORMAL,
                service.payer_field.key: code,
            }
            month["supplementary_no"] = int(given.get("supplementary_no") or 0)
            known = filings.look(connection, service, month)
        except (Refused, KeyError, TypeError, ValueError):
            return found, frozenset(), ()
    carried: set[str] = set()
    told = []
    if not payer:
        told.append(f"รหัส {code} ยังไม่มีในทะเบียน บันทึกแล้วจะเพิ่มให้")
    if known.gap:
        told.append("ยังไม่มีแบบของเดือนก่อนหน้า โปรดตรวจยอดยกมากับแบบเดิม")
    if known.opening is not None and service.filing.rule == "hotel_fee":
        found |= {key: known.opening[name] for key, name in BALANCES.items()}
        carried = set(BALANCES)
        told.append(f"ยอดยกมาจาก{known.before}")
    if known.opening is not None and service.filing.rule == "oil_tax":
        left = {product: text for product, text in known.opening.items() if text.strip("0.")}
        typed = {row.get("product"): row for row in answers.get("stock") or () if isinstance(row, Mapping)}
        rows = [{**row, "opening": known.opening.get(str(product), "0")} for product, row in typed.items() if product]
        missing = [{"product": product, "opening": text} for product, text in left.items() if product not in typed]
        found["stock"] = [*rows, *missing]
        told.append(f"ยอดยกมาจาก{known.before}")
    return found, frozenset(carried), tuple(told)
