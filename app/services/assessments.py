"""What has to be paid for a case on a day: the fee or tax, and what being late adds to it.

Bills, receipts and the window ask here; nothing is stored. Amounts are whole satang.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.catalog.schema import Service
from app.domain import money, ordinance, thai_date
from app.domain.errors import Refused
from app.services import filing_dates, waivers
from app.services.case_rows import by_number
from app.services.counter import Counter
from app.services.filings import Filed, doubles, late_charges
from app.store.unit_of_work import UnitOfWork

COLUMNS = "c.row, c.id, c.number, c.service, c.service_version, c.status, c.registered_at, c.total_satang, c.document"
"""What `due` reads of a row of cases c."""


@dataclass(frozen=True, slots=True)
class AssessmentLine:
    """One amount, with the kind of revenue it belongs to ("hotel_fee", "hotel_fee_surcharge" …).

    period: what it is for in Thai ("มิ.ย. 69"), or empty.
    """

    revenue_code: str
    description: str
    period: str
    satang: int


@dataclass(frozen=True, slots=True)
class Assessment:
    """All that is owed for one case. due_on: the last day without anything added, None where none is known.

    notes: what the clerk must see beside the amount, in Thai.
    """

    lines: tuple[AssessmentLine, ...]
    total_satang: int
    due_on: date | None
    notes: tuple[str, ...] = ()


NOTHING = Assessment((), 0, None)
CHECK_ORDINANCE = "ตรวจกับข้อบัญญัติของท่าน"
"""Stands before every note about a figure that the office has not confirmed."""


def due(counter: Counter, connection: Any, case: Any, on: date) -> Assessment:
    """What has to be paid for a case when it is paid on a day.

    connection: a connection or a unit of work; case: a row of COLUMNS (more columns do no harm). A service without a
    fee owes nothing: no lines.
    """
    service = counter.definition(case.service, case.service_version)
    if service is None or case.total_satang is None:
        return NOTHING
    filed = _document(case).get("filing") or {}
    if "tax_satang" in filed:
        return _filing(counter, connection, case, service, filed, on)
    line = AssessmentLine(case.service, f"ค่าธรรมเนียม{service.short_name}", "", case.total_satang)
    return Assessment((line,), case.total_satang, None, notes(counter, service))


def _filing(
    counter: Counter, connection: Any, case: Any, service: Service, filed: Mapping[str, Any], on: date
) -> Assessment:
    month = date.fromisoformat(filed["period"])
    due_on = date.fromisoformat(filed["due_on"]) if filed.get("due_on") else None
    source = connection.connection if isinstance(connection, UnitOfWork) else connection
    filed_on = filing_dates.corrected(source, case.id) or date.fromisoformat(filed["filed_on"])
    charges = late_charges(counter, case.service, int(filed["tax_satang"]), due_on, on, filed_on)
    waived = waivers.of_case(connection, case.row)
    lines = _lines(service, int(filed["tax_satang"]), charges, month, waived)
    told = notes(counter, service, month)
    others = [number for number in doubles(source, case.service, filed["payer"], month) if number != case.number]
    if others:
        told = (f"เดือนนี้มีแบบซ้ำจากอีกเครื่อง เลขที่ {', '.join(others)} โปรดยกเลิกแบบที่ไม่ใช้ก่อนรับเงิน", *told)
    return Assessment(lines, sum(line.satang for line in lines), due_on, told)


def total_of(filed: Filed) -> int | None:
    """What has to be paid for a filing that is being entered, in satang; None where nothing is asked."""
    return None if filed.month is None else filed.worked.tax + filed.charges.total


def preview(counter: Counter, filed: Filed) -> Assessment:
    """The same, line by line."""
    if filed.month is None:
        return NOTHING
    lines = _lines(filed.service, filed.worked.tax, filed.charges, filed.month, {})
    total = sum(line.satang for line in lines)
    return Assessment(lines, total, filed.due_on, notes(counter, filed.service, filed.month))


def _lines(
    service: Service, tax: int, charges: ordinance.LateCharges, month: date, waived: Mapping[str, int]
) -> tuple[AssessmentLine, ...]:
    """The tax first, even of nought, then what being late adds, less what was waived of it."""
    period = ordinance.short_month_text(month)
    added = (
        ("surcharge", f"เงินเพิ่ม {charges.months} เดือน", charges.surcharge),
        ("interest", f"ดอกเบี้ยผิดนัด {charges.days} วัน", charges.interest),
        ("penalty", "เบี้ยปรับ", charges.penalty),
    )
    lines = [AssessmentLine(service.code, service.short_name, period, tax)]
    for what, text, satang in added:
        less = min(waived.get(what, 0), satang)
        if satang - less:
            told = f"{text} (ลดให้ {money.formatted(less)} บาทตามคำสั่ง)" if less else text
            lines.append(AssessmentLine(f"{service.code}_{what}", told, period, satang - less))
    return tuple(lines)


def notes(counter: Counter, service: Service, month: date | None = None) -> tuple[str, ...]:
    """What the clerk must see: figures that the office has not yet compared with its ordinance."""
    document = counter.current.document
    confirmed = document["confirmed"]
    found = []
    if service.code not in confirmed:
        found.append(f"{CHECK_ORDINANCE}: อัตราและกำหนดชำระของ{service.short_name}ยังไม่ได้ยืนยัน")
    if month is None:
        return tuple(found)
    if ordinance.due_on(service.code, document["rate"], month, counter.current.holidays) is None:
        found.append(f"{CHECK_ORDINANCE}: ยังไม่ได้ตั้งวันครบกำหนดชำระ จึงไม่คิดเงินเพิ่ม")
    if "late" not in confirmed:
        what = "ยังไม่ได้ยืนยันเงินเพิ่ม ดอกเบี้ย และเบี้ยปรับ" if document["late"] else "ยังไม่ได้ตั้งเงินเพิ่ม จึงไม่คิดเมื่อชำระล่าช้า"
        found.append(f"{CHECK_ORDINANCE}: {what}")
    return tuple(found)


def of_number(counter: Counter, number: str, on: date | None = None) -> Assessment:
    """The same for the case with this number; today in Thai time when no day is named. Refused "unknown_number"."""
    day = on or thai_date.local(counter.clock.now()).date()
    with counter.store.read() as connection:
        return due(counter, connection, by_number(connection, number, COLUMNS), day)


def _document(case: Any) -> Mapping[str, Any]:
    """Refused "case_document" where it cannot be read."""
    try:
        found = json.loads(case.document)
    except (ValueError, TypeError):
        found = None
    if not isinstance(found, Mapping):
        raise Refused("case_document", "อ่านเอกสารของเรื่องนี้ไม่ได้", "ตรวจฐานข้อมูลด้วยคำสั่ง verify", "number")
    return found
