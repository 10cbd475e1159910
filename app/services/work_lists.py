"""What is still to be done: open cases of a clerk, of a division, overdue, or all; the nearest time limit first."""

from typing import Any

from app.domain import thai_date
from app.domain.errors import Refused
from app.services.case_rows import SUMMARY_COLUMNS, listed, summary
from app.services.counter import Counter
from app.services.model import Actor, CaseSummary

MINE, DIVISION, OVERDUE, ALL = "mine", "division", "overdue", "all"
NAMES = {MINE: "งานของฉัน", DIVISION: "กองของฉัน", OVERDUE: "เกินกำหนด", ALL: "ทั้งหมด"}
OPEN = (
    f"SELECT {SUMMARY_COLUMNS} FROM cases c INDEXED BY ix_cases_open WHERE c.open = 1 AND"
    " {} ORDER BY c.due_on IS NULL, c.due_on, c.row LIMIT ?"
)


def open_cases(counter: Counter, actor: Actor, which: str, limit: int = 50, division: str = "") -> list[CaseSummary]:
    """Open cases as the actor may see them. Refused "division_unknown" where "division" is asked for and the person
    belongs to none."""
    where, values = _condition(counter, actor, which, division)
    where = f"{where} AND {listed(actor)}"
    with counter.store.read() as connection:
        rows = connection.exec_driver_sql(OPEN.format(where), (*values, limit)).fetchall()
    return [summary(counter, row, actor) for row in rows]


def _condition(counter: Counter, actor: Actor, which: str, division: str) -> tuple[str, tuple[Any, ...]]:
    if which == MINE:
        return "c.assignee = ?", (actor.username,)
    if which == DIVISION:
        wanted = division or actor.division
        if not wanted:
            raise Refused("division_unknown", "ยังไม่ได้กำหนดสำนัก/กองของท่าน", "เลือกสำนัก/กองของท่านก่อน", "division")
        return "c.division = ?", (wanted,)
    if which == OVERDUE:
        today = thai_date.local(counter.clock.now()).date().isoformat()
        return "c.due_on < ? AND (c.stopped_on IS NULL OR c.status = 'reopened')", (today,)
    return "1", ()
