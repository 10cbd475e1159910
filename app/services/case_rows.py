"""Rows of cases as every use case reads them: one by its number, and the short form of lists."""

from typing import Any

from sqlalchemy import Connection

from app.domain import request_number, thai_date
from app.domain.errors import Refused
from app.services.case_documents import instant, state_text
from app.services.counter import Counter
from app.services.model import CaseSummary

SUMMARY_COLUMNS = (
    "c.number, c.name, c.service, c.service_version, c.subject, c.status, c.registered_at, c.due_on, c.row"
)


def by_number(connection: Connection, number: str, columns: str) -> Any:
    """The row of the case with this number. Refused "unknown_number" where there is none."""
    parsed = request_number.parse(number)
    row = connection.exec_driver_sql(
        f"SELECT {columns} FROM cases c WHERE c.series = ? AND c.run = ? AND c.number = ?",
        (parsed.series, parsed.run, parsed.text),
    ).fetchone()
    if row is None:
        raise Refused("unknown_number", "ไม่พบเลขคำร้องนี้ในเครื่อง", "ตรวจเลขบนใบรับคำร้อง หรือค้นด้วยชื่อผู้ร้อง", "number")
    return row


def summary(counter: Counter, row: Any) -> CaseSummary:
    """One row of a list from a row of SUMMARY_COLUMNS."""
    service = counter.definition(row.service, row.service_version)
    return CaseSummary(
        number=row.number,
        name=row.name,
        service=row.service,
        service_name=service.short_name if service else row.service,
        subject=row.subject,
        status=row.status,
        status_text=state_text(service, row.status),
        registered_at=instant(row.registered_at),
        due_on=None if row.due_on is None else thai_date.parse_date(row.due_on),
    )
