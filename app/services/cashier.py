"""What the cashier's page asks: who waits to pay, what is owed, how the receipt will look, how the day stands."""

from dataclasses import dataclass, replace
from datetime import date

from app.domain import petition_states, thai_date
from app.services import case_documents, papers, receipt_documents, receipt_rows, receipts, shifts
from app.services.case_documents import VIEW_COLUMNS
from app.services.case_rows import by_number, hidden_from, service_kind
from app.services.counter import Counter
from app.services.model import Actor, CaseView
from app.services.money_model import CASH, Owed, Pay, Receipt, ReceiptItem, Shift
from app.store import receipt_books

PAYABLE = tuple(
    dict.fromkeys(state for kind in petition_states.TABLES for state in petition_states.states_to_pay(kind))
)
MOST = 100


@dataclass(frozen=True, slots=True)
class Day:
    """The cashier's day at this moment. closed: the day was closed, no more money may be taken today."""

    shift: Shift | None
    on: date
    closed: bool
    stale: bool
    """The open drawer is of an earlier day and must be closed first."""
    numbers_left: int
    others: tuple[Shift, ...] = ()
    """Drawers that somebody else has open at this counter."""
    leaf: str = ""
    """Of a paper book: "เล่มที่ ก-1 เลขที่ 5", the leaf that the next receipt is written on."""


def waiting(counter: Counter, actor: Actor, text: str = "", limit: int = MOST) -> list[Owed]:
    """Cases that may be paid now and are not paid whole, newest first; those whose number or name holds the text."""
    marks = ", ".join("?" for _ in PAYABLE)
    like = "%" + text.strip().replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%"
    sql = (
        f"SELECT {receipts.COLUMNS} FROM cases c WHERE c.open = 1 AND c.total_satang > 0 AND c.status IN ({marks})"
        " AND (c.number LIKE ? ESCAPE '!' OR c.name LIKE ? ESCAPE '!' OR c.subject LIKE ? ESCAPE '!')"
        " ORDER BY c.row DESC LIMIT ?"
    )
    now = shifts.today(counter)
    found = []
    with counter.store.read() as connection:
        for row in connection.exec_driver_sql(sql, (*PAYABLE, like, like, like, limit)).fetchall():
            if hidden_from(actor, row) or row.status not in petition_states.states_to_pay(service_kind(counter, row)):
                continue
            owed = receipts.owed_by(counter, connection, row, now)
            if owed.left_satang:
                found.append(owed)
    return found


def receipts_of_today(counter: Counter, text: str = "", limit: int = MOST) -> list[Receipt]:
    """The newest receipts; with a text those of any day that it finds."""
    first = None if text.strip() else shifts.today(counter)
    return receipt_rows.listed(counter, first=first, text=text.strip(), limit=limit)


def day(counter: Counter, actor: Actor) -> Day:
    """How the person's day stands."""
    shift = shifts.current(counter, actor)
    now = shifts.today(counter)
    with counter.store.read() as connection:
        kind = receipts.MODE_KINDS[counter.current.document["receipt_mode"]]
        left = receipt_books.left(connection, thai_date.fiscal_year(now), kind)
        following = receipt_books.upcoming(connection, thai_date.fiscal_year(now), kind)
    leaf = ""
    if kind in receipt_books.PAPER_KINDS and following is not None:
        leaf = f"เล่มที่ {following[0]} เลขที่ {following[1]}"
    others = tuple(one for one in shifts.open_drawers(counter) if one.cashier != actor.username)
    mine = [one for one in shifts.of_day(counter, now) if one.cashier == actor.username and one.state == "closed"]
    stale = shift is not None and shift.business_on != now
    return Day(shift, now, shift is None and bool(mine), stale, left, others, leaf)


def preview(counter: Counter, actor: Actor, command: Pay) -> CaseView:
    """The case with the receipt as it will look: tolerant of what is still missing, nothing is taken."""
    with counter.store.read() as connection:
        row = by_number(connection, command.number, f"{VIEW_COLUMNS}, c.row, c.name")
        view = case_documents.view(counter, row)
        owed = receipts.owed_by(counter, connection, by_number(connection, command.number, receipts.COLUMNS),
                                shifts.today(counter))  # fmt: skip
    items = tuple(ReceiptItem(i.revenue_code, i.description, i.period, i.satang) for i in owed.assessment.lines
                  if i.satang)  # fmt: skip
    taken = receipt_books.Taken("", "–", 0, thai_date.fiscal_year(shifts.today(counter)))
    kind = receipts.MODE_KINDS[counter.current.document["receipt_mode"]]
    if command.method != CASH and not command.parts:
        command = replace(command, received_satang=None)
    document = receipt_documents.build(counter, actor, taken, kind, row, command, items, shifts.today(counter), "")
    now = counter.templates.at(counter.clock.now())
    return replace(view, receipt={**document, "no": "ออกเมื่อรับเงิน", "code": ""}, template=now)


def issued(counter: Counter, receipt: Receipt) -> CaseView:
    """The case with one of its receipts, for the picture of the paper."""
    with counter.store.read() as connection:
        view = case_documents.view(counter, by_number(connection, receipt.number, VIEW_COLUMNS))
    document = papers.with_void(receipt.document, receipt.void.business_on.isoformat() if receipt.void else None)
    return replace(view, receipt=document, template=counter.templates.at(receipt.issued_at))
