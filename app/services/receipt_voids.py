"""Cancelling a receipt: with a reason, approved by another person; the number stays used and nothing is erased.

Also what becomes of a cheque.
"""

from typing import Any

from app.domain import petition_states, receipt_numbers
from app.domain.case_way import RECEIPT_VOIDED, after
from app.domain.errors import Refused
from app.domain.text_rules import clean_text
from app.services import rights, shifts
from app.services.case_rows import service_kind
from app.services.case_steps import CASE, standing_of, write_standing
from app.services.counter import Counter
from app.services.model import Actor
from app.services.money_model import CASH, Receipt
from app.services.receipt_rows import get, paid_satang, receipt_by_row
from app.store import receipt_books
from app.store.unit_of_work import UnitOfWork


def void(
    counter: Counter, actor: Actor, number: str, reason: str, approver: Actor, *, original_returned: bool = True
) -> Receipt:
    """Cancel a receipt. Refused without a reason, a second time, or where the approver is the one who cancels.

    approver: somebody who has just signed in beside. Cash goes back out of the drawer of the one who cancels; a receipt
    of a closed day is a correction of the day on which it is cancelled.
    """
    rights.require(actor, rights.RECEIVE_MONEY)
    if approver.username == actor.username:
        raise Refused("approver_self", "อนุมัติการยกเลิกใบเสร็จของตนเองไม่ได้", "ให้ผู้มีสิทธิ์อีกคนเป็นผู้อนุมัติ", "approved_by")
    rights.require(approver, rights.APPROVE_VOID)
    text = clean_text(reason, "reason", label="เหตุผลที่ยกเลิก", max_length=500, required=True)
    with counter.store.write(actor.username) as work:
        found = get(work.connection, receipt_numbers.parse(number))
        if found.void is not None:
            raise Refused("voided_already", "ใบเสร็จนี้ยกเลิกไปแล้ว", "", "receipt")
        _write(work, counter, actor, found, text, approver, original_returned)
        return receipt_by_row(work.connection, found.row)


def _write(
    work: UnitOfWork, counter: Counter, actor: Actor, found: Receipt, reason: str, approver: Actor, returned: bool
) -> None:
    now = shifts.today(counter)
    if CASH in dict(found.shares) and found.kind != receipt_books.RESERVE:
        shift: str | None = shifts.ensure(work, counter, actor)
        business_on = now
    else:
        mine = work.run(
            "SELECT id FROM shift WHERE cashier = ? AND state = 'open' AND business_on = ? AND origin = ?",
            (actor.username, now.isoformat(), counter.store_id),
        ).scalar()
        shift = mine
        business_on = now if mine else shifts.business_day(work.connection, counter.store_id, now, now)
    work.run(
        "INSERT INTO receipt_void (receipt_row, reason, by, approved_by, at, business_on, shift_id, original_returned)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (found.row, reason, actor.username, approver.username, work.now_ms, business_on.isoformat(), shift,
         int(returned)),
    )  # fmt: skip
    case = work.run(
        f"SELECT {CASE} FROM cases c JOIN receipt r ON r.case_row = c.row WHERE r.row = ?", (found.row,)
    ).one()
    payload: dict[str, Any] = {
        "receipt": found.id.replace("-", ""),
        "book": found.book,
        "no": found.no,
        "fiscal_year": found.fiscal_year,
        "reason": reason,
        "approved_by": approver.username,
        "business_on": business_on.isoformat(),
        "original_returned": returned,
    }
    payload |= {"shift": shift} if shift else {}
    payload |= _back(work, case)
    work.emit(RECEIPT_VOIDED, case.id, payload)
    if "to" in payload:
        kind = service_kind(counter, case)
        standing, _ = after(standing_of(case), kind, RECEIPT_VOIDED, payload)
        write_standing(work, case.row, standing, kind)
    number = f"{found.fiscal_year}/{found.text}"
    work.audit("receipt_voided", number, f"approved {approver.username} original {int(returned)}: {reason}")
    work.changed("case", case.number)
    work.changed("money")


def _back(work: UnitOfWork, case: Any) -> dict[str, str]:
    """Where a paid case goes back to now that money is missing; one already granted stays where it is."""
    to = petition_states.unpaid_state(case.status)
    total = work.run("SELECT total_satang FROM cases WHERE row = ?", (case.row,)).scalar() or 0
    if not to or paid_satang(work.connection, case.row) >= total > 0:
        return {}
    return {"from": case.status, "to": to}


def settle_cheque(counter: Counter, actor: Actor, number: str, cleared: bool) -> Receipt:
    """The bank has paid a cheque, or returned it. A returned one pays nothing; its receipt is to be cancelled."""
    rights.require(actor, rights.RECEIVE_MONEY)
    state = "cheque_cleared" if cleared else "cheque_returned"
    with counter.store.write(actor.username) as work:
        found = get(work.connection, receipt_numbers.parse(number))
        if found.payment_state != "cheque_waiting":
            raise Refused("cheque", "ใบเสร็จนี้ไม่มีเช็คที่รอเรียกเก็บ", "ดูสถานะเช็คในรายการใบเสร็จ", "receipt")
        work.run(
            "UPDATE payment SET state = ?, state_at = ?, state_by = ? WHERE receipt_row = ?",
            (state, work.now_ms, actor.username, found.row),
        )
        case = work.run("SELECT c.id, c.number FROM cases c WHERE c.number = ?", (found.number,)).one()
        work.emit("cheque_settled", case.id, {"receipt": found.id.replace("-", ""), "state": state})
        work.audit(state, f"{found.fiscal_year}/{found.text}")
        work.changed("case", case.number)
        work.changed("money")
        return receipt_by_row(work.connection, found.row)


def spoil(counter: Counter, actor: Actor, number: str, reason: str) -> None:
    """The next leaf of a paper book is torn or written wrong: it is entered as void, its number stays used."""
    rights.require(actor, rights.RECEIVE_MONEY)
    wanted = receipt_numbers.parse(number)
    text = clean_text(reason, "reason", label="เหตุผล", max_length=500, required=True)
    with counter.store.write(actor.username) as work:
        row = work.run(
            f"{receipt_books.BOOKS} WHERE b.book = ? AND (? = 0 OR b.fiscal_year = ?) AND b.closed_at IS NULL",
            (wanted.book, wanted.fiscal_year, wanted.fiscal_year),
        ).fetchone()
        if row is None or row.kind not in receipt_books.PAPER_KINDS:
            raise Refused("book", "ไม่พบเล่มใบเสร็จกระดาษนี้ในทะเบียนคุม", "ตรวจเล่มที่", "receipt")
        if wanted.no != row.next or row.state != "active":
            raise Refused("leaf_order", f"เลขที่ถัดไปของเล่มนี้คือ {row.next}", "บันทึกใบเสียตามลำดับเลขที่", "receipt")
        receipt_books.take(work, row.fiscal_year, row.kind, row.book)
        work.run(
            "INSERT INTO number_void (series, run, reason, by, at) VALUES (?, ?, ?, ?, ?)",
            (row.series, wanted.no, text, actor.username, work.now_ms),
        )
        work.audit("receipt_leaf_spoiled", f"{row.fiscal_year}/{wanted.text}", text)
        work.changed("numbers")
