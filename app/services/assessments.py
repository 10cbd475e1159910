"""What has to be paid for a case on a day: the fee or tax, and what being late adds to it.

Bills, receipts and the window ask here; nothing is stored. Amounts are whole satang.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.domain import thai_date
from app.domain.errors import Refused
from app.services.case_documents import instant
from app.services.case_rows import by_number
from app.services.counter import Counter

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


def due(counter: Counter, connection: Any, case: Any, on: date) -> Assessment:
    """What has to be paid for a case when it is paid on a day.

    connection: a connection or a unit of work; case: a row of COLUMNS (more columns do no harm). A service without a
    fee owes nothing: no lines.
    """
    service = counter.definition(case.service, case.service_version)
    if service is None or case.total_satang is None:
        return NOTHING
    line = AssessmentLine(case.service, f"ค่าธรรมเนียม{service.short_name}", "", case.total_satang)
    return Assessment((line,), case.total_satang, None)


def of_number(counter: Counter, number: str, on: date | None = None) -> Assessment:
    """The same for the case with this number; today in Thai time when no day is named. Refused "unknown_number"."""
    day = on or thai_date.local(counter.clock.now()).date()
    with counter.store.read() as connection:
        return due(counter, connection, by_number(connection, number, COLUMNS), day)


def registered_on(case: Any) -> date:
    """The Thai day on which a case was registered."""
    return thai_date.local(instant(case.registered_at)).date()


def answers_of(case: Any) -> Mapping[str, Any]:
    """The stored answers. Refused "case_document" where the document cannot be read."""
    try:
        answers = json.loads(case.document)["answers"]
    except (ValueError, KeyError, TypeError):
        raise Refused("case_document", "อ่านคำตอบของเรื่องนี้ไม่ได้", "ตรวจฐานข้อมูลด้วยคำสั่ง verify", "number") from None
    return answers if isinstance(answers, Mapping) else {}
