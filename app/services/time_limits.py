"""Time limits of cases in words: working days left, overdue, or stopped while the citizen owes papers."""

from datetime import date

from app.domain import petition_states, thai_date, working_days
from app.services.counter import Counter

SOON = 2
"""Working days before the due date from which the word is a warning."""
FARTHEST = 60
"""Working days beyond which the date is told instead."""

Word = tuple[str, str]
"""(Thai words, tone "plain", "warn" or "bad")."""


def word(counter: Counter, due_on: date | None, status: str, kind: str, stopped_on: date | None = None) -> Word:
    """Words and tone of a case's time limit; no words once it is finished or where there is none."""
    if due_on is None or petition_states.is_finished(status, kind):
        return "", "plain"
    if stopped_on is not None and petition_states.clock_stops(status):
        return "หยุดนับเวลา รอผู้ร้อง", "warn"
    today = thai_date.local(counter.clock.now()).date()
    if due_on < today:
        return f"เกินกำหนด {(today - due_on).days} วัน", "bad"
    if due_on == today:
        return "ครบกำหนดวันนี้", "warn"
    left = working_days.working_days_between(today, due_on, counter.current.holidays)
    if left > FARTHEST:
        return f"กำหนด {thai_date.short(due_on)}", "plain"
    return f"เหลือ {left} วันทำการ", "warn" if left <= SOON else "plain"


def resumed(counter: Counter, due_on: str, stopped_on: str, today: date) -> str:
    """The due date (ISO) when the clock goes on today after it stopped: later by the working days between."""
    if not due_on or not stopped_on:
        return due_on
    holidays = counter.current.holidays
    stood = working_days.working_days_between(date.fromisoformat(stopped_on), today, holidays)
    return working_days.add_working_days(date.fromisoformat(due_on), max(0, stood), holidays).isoformat()
