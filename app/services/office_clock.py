"""The clock of this machine where it may be wrong: told, confirmed by a supervisor who names the day, and the day of a
filing put right that was taken meanwhile (design of sync, the clock)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from app.domain import petition_states, thai_date
from app.domain.errors import Refused
from app.domain.text_rules import clean_text
from app.services import receipts, restricted_cases, rights
from app.services.case_documents import instant
from app.services.case_rows import by_number, service_kind
from app.services.counter import Counter
from app.services.filing_dates import EVENT
from app.services.model import Actor
from app.store.meta import meta_get

GOOD_FOR: Final = timedelta(hours=12)
TOLERANCE: Final = timedelta(milliseconds=receipts.CLOCK_TOLERANCE_MS)


@dataclass(frozen=True, slots=True)
class Clock:
    """now: what this machine says. doubts: why it may be wrong, in Thai; "" where it is not in doubt.

    confirmed_until: until when a supervisor's word holds, None where nobody gave it.
    """

    now: datetime
    doubts: str
    confirmed_until: datetime | None

    @property
    def asks(self) -> bool:
        """Whether no receipt is issued before somebody has confirmed date and time."""
        return bool(self.doubts) and self.confirmed_until is None


def look(counter: Counter) -> Clock:
    """How the clock stands to the newest event here and to the central server."""
    now = counter.clock.now()
    with counter.store.read() as connection:
        newest = connection.exec_driver_sql("SELECT at FROM event ORDER BY seq DESC LIMIT 1").scalar()
        offset = timedelta(milliseconds=int(meta_get(connection, "clock_offset_ms", "0")))
        confirmed = instant(int(meta_get(connection, "clock_confirmed_at", "0")))
    doubts = ""
    if newest is not None and instant(newest) > now + TOLERANCE:
        last = thai_date.local(instant(newest))
        doubts = f"นาฬิกาเครื่องช้ากว่ารายการล่าสุด ({thai_date.short(last.date())} {last:%H:%M} น.)"
    elif abs(offset) > TOLERANCE:
        minutes = round(abs(offset).total_seconds() / 60)
        doubts = f"นาฬิกาเครื่อง{'ช้า' if offset > timedelta() else 'เร็ว'}กว่าเครื่องแม่ข่ายกลาง {minutes:,} นาที"
    held = timedelta() <= now - confirmed <= GOOD_FOR
    return Clock(now, doubts, confirmed + GOOD_FOR if held else None)


def confirm(counter: Counter, actor: Actor, today: str) -> Clock:
    """A supervisor names today's date; where it is the machine's, its clock is right for twelve hours.

    Refused "clock_other_day" where it is another, "right_needed".
    """
    rights.require(actor, rights.APPROVE_VOID)
    named = thai_date.parse_date(today, field="today")
    here = thai_date.local(counter.clock.now()).date()
    if named != here:
        title = f"เครื่องนี้เป็นวันที่ {thai_date.long(here)} แต่ท่านระบุ {thai_date.long(named)}"
        raise Refused("clock_other_day", title, "ตั้งวันเวลาของเครื่องให้ถูกต้องก่อน แล้วยืนยันอีกครั้ง", "today")
    receipts.confirm_clock(counter, actor)
    return look(counter)


def correct_filed_on(counter: Counter, actor: Actor, number: str, filed_on: str, reason: str) -> date:
    """Say on which day a filing really came in: what is added for coming late follows from it. Kept with who and why.

    Refused for what is no monthly filing, or paid, and for a day after the one on which it was entered.
    """
    rights.require(actor, rights.WAIVE_LATE)
    day = thai_date.parse_date(filed_on, field="filed_on")
    why = clean_text(reason, "reason", label="เหตุผล", max_length=500, required=True)
    with counter.store.write(actor.username) as work:
        columns = "c.row, c.id, c.number, c.status, c.service, c.service_version, c.restricted"
        case: Any = by_number(work.connection, number, columns)
        restricted_cases.require(actor, case)
        period = work.run("SELECT period FROM filing WHERE case_row = ?", (case.row,)).scalar()
        kind = service_kind(counter, case)
        if period is None:
            raise Refused("no_filing", "เรื่องนี้ไม่ใช่แบบรายเดือน", "แก้ได้เฉพาะวันที่ยื่นแบบ", "number")
        if not any(state == "cancelled" for state, _ in petition_states.next_states(case.status, kind)):
            raise Refused("already_paid", "แบบนี้แก้วันที่ยื่นไม่ได้แล้ว", "แก้ได้เฉพาะแบบที่ยังไม่ชำระเงิน", "number")
        if not date.fromisoformat(period) <= day <= thai_date.local(counter.clock.now()).date():
            raise Refused("filed_on", "วันที่ยื่นต้องไม่ก่อนเดือนที่ยื่น และไม่เกินวันนี้", "ตรวจวันที่อีกครั้ง", "filed_on")
        work.emit(EVENT, case.id, {"filed_on": day.isoformat(), "note": why})
        work.audit(EVENT, case.number, f"{day.isoformat()} {why}")
        work.changed("case", case.number)
    return day
