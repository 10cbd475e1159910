"""Who has not filed for a month, and the reminders that are written to them."""

from dataclasses import dataclass
from datetime import date, timedelta

from app.catalog.filings import MONTHLY
from app.catalog.schema import Service
from app.domain import ordinance, thai_date
from app.domain.errors import Refused
from app.services import payers
from app.services.counter import Counter
from app.services.filings import GONE


@dataclass(frozen=True, slots=True)
class LatePayer:
    """One payer without a filing of the month. due_on: None where the office has named no day."""

    service: str
    service_name: str
    payer: payers.Payer
    month: date
    due_on: date | None
    days_late: int


def listing(counter: Counter, month: date, service: str = "") -> list[LatePayer]:
    """Payers in business in a month who have filed nothing that stands, by service and code.

    month: any day of it. Refused "future_month" for one that has not begun, "unknown_service".
    """
    first = month.replace(day=1)
    today = thai_date.local(counter.clock.now()).date()
    if first > today:
        raise Refused("future_month", "เดือนนี้ยังมาไม่ถึง", "เลือกเดือนที่ผ่านมาแล้ว", "month")
    wanted = [one for one in counter.catalog.values() if one.filing.rule in MONTHLY and service in ("", one.code)]
    if service and not wanted:
        known = ", ".join(one.code for one in counter.catalog.values() if one.filing.rule in MONTHLY)
        raise Refused("unknown_service", "ไม่มีบริการนี้ หรือไม่ใช่แบบรายเดือน", f"ใช้รหัสใดรหัสหนึ่งใน {known}", "service")
    return [late for one in wanted for late in _of_service(counter, one, first, today)]


def _of_service(counter: Counter, service: Service, first: date, today: date) -> list[LatePayer]:
    with counter.store.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT p.code FROM payer p WHERE p.kind = ? AND p.active_from <= ?"
            " AND (p.active_to = '' OR p.active_to >= ?)"
            " AND NOT EXISTS (SELECT 1 FROM filing f JOIN cases c ON c.row = f.case_row WHERE f.service = ?"
            " AND f.payer = p.code AND f.period = ? AND c.status NOT IN (?, ?)) ORDER BY p.code",
            (service.filing.payer, _last(first).isoformat(), first.isoformat(), service.code, first.isoformat(), *GONE),
        ).fetchall()
        found = [payers.get(connection, service.filing.payer, str(row.code)) for row in rows]
    due_on = ordinance.due_on(service.code, counter.current.document["rate"], first, counter.current.holidays)
    days = max(0, (today - due_on).days) if due_on else 0
    return [
        LatePayer(service.code, service.short_name, payer, first, due_on, days) for payer in found if payer is not None
    ]


def _last(first: date) -> date:
    return ordinance.next_month(first) - timedelta(days=1)


def month_of(text: str) -> date:
    """The month of "2026-06", "2569-06" or "6/2569". Refused "month"."""
    digits = thai_date.to_arabic_digits(text).strip().replace("/", "-")
    parts = digits.split("-")
    if len(parts) == 2 and all(part.isdigit() for part in parts):
        first, second = (int(part) for part in parts)
        year, month = (first, second) if first > 12 else (second, first)
        year -= 543 if year > 2400 else 0
        if 1 <= month <= 12 and 1900 <= year <= 2400:
            return date(year, month, 1)
    raise Refused("month", "เดือนไม่ถูกต้อง", "ระบุเป็น 2026-06 หรือ 6/2569", "month")
