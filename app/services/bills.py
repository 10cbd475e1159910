"""The bill of a case: what is owed today, with the codes by which a bank takes it. A bill that says the same is the
same bill."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from app.domain import bill_codes, thai_date
from app.domain.errors import Refused
from app.domain.money import baht_text
from app.services import receipt_documents, receipt_settings, restricted_cases, rights, shifts
from app.services.assessments import CHECK_ORDINANCE
from app.services.case_documents import instant
from app.services.case_rows import by_number, living
from app.services.counter import Counter
from app.services.model import Actor
from app.services.money_model import Owed
from app.services.receipts import COLUMNS, owed_by
from app.store.canonical import canonical_json
from app.store.unit_of_work import UnitOfWork

TITLE = "ใบแจ้งการชำระเงิน"
TYPES = {"hotel_fee": "01", "oil_tax": "02", "tobacco_tax": "03", "ad_permit": "04"}
REGISTRY = ("registry_no", "hotel_code", "station_code", "trader_code", "payer_code")
"""Answers that may hold the payer's number in the office's own register."""


@dataclass(frozen=True, slots=True)
class Bill:
    """A bill as it was made out. `document` is everything that its paper says."""

    number: str
    ref1: str
    ref2: str
    satang: int
    document: Mapping[str, Any]


def make(counter: Counter, actor: Actor, number: str) -> Bill:
    """Make out the bill of a case as of today, or give the newest one again where it says the same."""
    with counter.store.write(actor.username) as work:
        return write(work, counter, actor, number)


def write(work: UnitOfWork, counter: Counter, actor: Actor, number: str) -> Bill:
    """The same inside a transaction that the caller commits. Refused where nothing is owed."""
    case = living(work.connection, number, COLUMNS)
    restricted_cases.require(actor, case, rights.PRINT, rights.RECEIVE_MONEY)
    now = shifts.today(counter)
    state = owed_by(counter, work.connection, case, now)
    if state.left_satang == 0:
        raise Refused("nothing_due", "เรื่องนี้ไม่มียอดที่ต้องชำระ", "ตรวจเลขคำร้อง หรือดูใบเสร็จด้วยคำสั่ง receipts", "number")
    ref1, ref2 = references(counter, case)
    document = _document(counter, case, state, now, ref1, ref2)
    newest = _newest(work.connection, case.row)
    if newest is not None and (newest.ref1, newest.ref2, newest.satang) == (ref1, ref2, state.left_satang):
        kept = json.loads(newest.document)
        if kept["until"] >= now.isoformat() and kept.get("check", []) == document["check"]:
            return Bill(case.number, ref1, ref2, newest.satang, kept)
    values = {"ref1": ref1, "ref2": ref2, "satang": state.left_satang}
    work.run(
        "INSERT INTO bill (case_row, ref1, ref2, satang, document, at, by) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (case.row, ref1, ref2, state.left_satang, canonical_json(document), work.now_ms, work.by),
    )
    work.emit("bill_issued", case.id, {**values, "document": document})
    work.audit("bill_issued", case.number, f"{ref1} {ref2} {state.left_satang}")
    work.changed("case", case.number)
    return Bill(case.number, ref1, ref2, state.left_satang, document)


def newest(counter: Counter, number: str) -> Bill | None:
    """The bill that was made out last, or None."""
    with counter.store.read() as connection:
        case = by_number(connection, number, "c.row, c.number")
        row = _newest(connection, case.row)
    return None if row is None else Bill(case.number, row.ref1, row.ref2, row.satang, json.loads(row.document))


def references(counter: Counter, case: Any) -> tuple[str, str]:
    """The two references of a case's bill by the office's templates. Refused "ref" for one that no bank would take."""
    settings = receipt_settings.receipts(counter.current.document)
    document = json.loads(case.document)
    answers = document["answers"]
    registered = thai_date.local(instant(case.registered_at)).date()
    applicant = document["applicant"]
    tax_id = applicant.get("citizen_id", "") if applicant.get("kind") == "juristic" else ""
    filed = document.get("filing") or {}
    known = (filed.get("payer"), *(answers.get(key) for key in REGISTRY), case.number[-6:])
    registry = next(str(text) for text in known if text)
    fields = {
        "number": case.number,
        "run": case.number[-6:],
        "tax_id": tax_id or case.number[-6:],
        "registry": registry,
        "type": TYPES.get(case.service, "09"),
        "period": _period(filed.get("period") or answers.get("period"), registered),
        "version": f"{int(answers.get('supplementary_no') or 0) + 1:02d}",
        "day": registered.strftime("%Y%m%d"),
    }
    ref1, ref2 = (settings[key].format(**fields) for key in ("ref1", "ref2"))
    bill_codes.check("0" * 15, ref1, ref2, 1)
    return ref1, ref2


def _period(told: Any, registered: date) -> str:
    """The month that is filed, as YYYYMM (CE); of a service without months the one of registration."""
    text = str(told or "")
    return text[:4] + text[5:7] if len(text) >= 7 and text[4] == "-" else registered.strftime("%Y%m")


def _document(counter: Counter, case: Any, state: Owed, now: date, ref1: str, ref2: str) -> dict[str, Any]:
    settings = receipt_settings.receipts(counter.current.document)
    office = counter.current.document
    due_on = state.assessment.due_on
    until = due_on if due_on is not None and due_on >= now else _until(now, due_on, settings["bill_days"])
    document: dict[str, Any] = {
        "title": TITLE,
        "office": receipt_documents.office(counter.office),
        "place": settings["place"],
        "number": case.number,
        "service": state.service_name,
        "payer": receipt_documents.payer(case),
        "items": [
            {"revenue_code": i.revenue_code, "description": i.description, "period": i.period, "satang": i.satang}
            for i in state.assessment.lines
            if i.satang
        ],
        "paid_satang": state.paid_satang,
        "total_satang": state.left_satang,
        "total_text": baht_text(state.left_satang),
        "date": now.isoformat(),
        "until": until.isoformat(),
        "until_text": thai_date.long(until),
        "due_text": thai_date.long(due_on) if due_on else "",
        "check": [note for note in state.assessment.notes if note.startswith(CHECK_ORDINANCE)],
        "ref1": ref1,
        "ref2": ref2,
    }
    biller = bill_codes.biller_id(office["tax_id"], office["biller_suffix"])
    if biller:
        document |= {
            "biller": biller,
            "company_code": office["ktb_company_code"],
            "qr": bill_codes.thai_qr(biller, ref1, ref2, state.left_satang),
            "barcode": bill_codes.barcode(biller, ref1, ref2, state.left_satang),
        }
    return document


def _until(now: date, due_on: date | None, days: int) -> date:
    """Until when the sum holds: a late one grows with every month that begins after the due day."""
    if due_on is None:
        return now + timedelta(days=days)
    day = now
    while day.day != due_on.day and (day + timedelta(days=1)).month == day.month:
        day += timedelta(days=1)
    return day if day.day >= now.day else now


def _newest(connection: Any, case_row: int) -> Any:
    return connection.exec_driver_sql(
        "SELECT ref1, ref2, satang, document FROM bill WHERE case_row = ? ORDER BY row DESC LIMIT 1", (case_row,)
    ).fetchone()
