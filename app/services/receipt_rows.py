"""Receipts as they are read: one by its number, the list, what a case has paid."""

import json
from datetime import date
from typing import Any

from sqlalchemy import Connection

from app.domain.errors import Refused
from app.domain.ids import uuid_text
from app.domain.receipt_numbers import ReceiptNumber
from app.services.case_documents import instant
from app.services.counter import Counter
from app.services.money_model import Receipt, ReceiptVoid

COLUMNS = (
    "r.row, r.id, c.number, r.book, r.no, r.fiscal_year, r.kind, r.total_satang, r.method, r.reference, r.cashier,"
    " r.issued_at, r.received_on, r.business_on, r.external_no, r.document, p.state, v.reason, v.by AS void_by,"
    " v.approved_by, v.at AS void_at, v.business_on AS void_on, v.original_returned, v.replaced_by,"
    " n.book AS new_book, n.no AS new_no,"
    " (SELECT count(*) FROM print_job j WHERE j.receipt_row = r.row AND j.state != 'spoiled') AS copies"
)
FROM = (
    "FROM receipt r JOIN cases c ON c.row = r.case_row LEFT JOIN payment p ON p.receipt_row = r.row"
    " LEFT JOIN receipt_void v ON v.receipt_row = r.row LEFT JOIN receipt n ON n.row = v.replaced_by"
)
MOST = 10_000
PAID = (
    "SELECT coalesce(sum(r.total_satang), 0) FROM receipt r LEFT JOIN receipt_void v ON v.receipt_row = r.row"
    " LEFT JOIN payment p ON p.receipt_row = r.row"
    " WHERE r.case_row = ? AND v.receipt_row IS NULL AND coalesce(p.state, '') <> 'cheque_returned'"
)


def paid_satang(connection: Any, case_row: int) -> int:
    """What receipts that stand have paid for a case; a returned cheque pays nothing."""
    return int(connection.exec_driver_sql(PAID, (case_row,)).scalar_one())


def receipt_by_row(connection: Any, row: int) -> Receipt:
    """The receipt of a row that is there."""
    return _receipt(connection.exec_driver_sql(f"SELECT {COLUMNS} {FROM} WHERE r.row = ?", (row,)).one())


def get(connection: Connection, number: ReceiptNumber) -> Receipt:
    """The receipt with this number. Refused "unknown_receipt", or "receipt_year" where two years have one."""
    rows = connection.exec_driver_sql(
        f"SELECT {COLUMNS} {FROM} WHERE r.book = ? AND r.no = ? AND (? = 0 OR r.fiscal_year = ?)",
        (number.book, number.no, number.fiscal_year, number.fiscal_year),
    ).fetchall()
    if not rows:
        raise Refused("unknown_receipt", "ไม่พบใบเสร็จเลขนี้ในเครื่อง", "ตรวจเล่มที่และเลขที่บนใบเสร็จ", "receipt")
    if len(rows) > 1:
        years = ", ".join(str(row.fiscal_year) for row in rows)
        hint = f"ใส่ปีงบประมาณนำหน้า เช่น {rows[-1].fiscal_year}/{number.text} (มีปี {years})"
        raise Refused("receipt_year", "มีใบเสร็จเลขนี้มากกว่าหนึ่งปีงบประมาณ", hint, "receipt")
    return _receipt(rows[0])


def of_case(connection: Connection, case_row: int) -> list[Receipt]:
    """Every receipt of a case, the oldest first."""
    rows = connection.exec_driver_sql(f"SELECT {COLUMNS} {FROM} WHERE r.case_row = ? ORDER BY r.row", (case_row,))
    return [_receipt(row) for row in rows.fetchall()]


def listed(
    counter: Counter, *, first: date | None = None, last: date | None = None, text: str = "", limit: int = 200
) -> list[Receipt]:
    """The newest receipts, of these days of taking, whose number, payer or case holds the text."""
    where, parameters = ["1 = 1"], []
    for sign, day in ((">=", first), ("<=", last)):
        if day is not None:
            where.append(f"r.business_on {sign} ?")
            parameters.append(day.isoformat())
    if text:
        like = "%" + text.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%"
        where.append(
            "(r.book || '/' || r.no LIKE ? ESCAPE '!' OR c.name LIKE ? ESCAPE '!' OR c.number LIKE ? ESCAPE '!')"
        )
        parameters += [like] * 3
    sql = f"SELECT {COLUMNS} {FROM} WHERE {' AND '.join(where)} ORDER BY r.row DESC LIMIT ?"
    with counter.store.read() as connection:
        rows = connection.exec_driver_sql(sql, (*parameters, min(max(1, limit), MOST))).fetchall()
    return [_receipt(row) for row in rows]


def _receipt(row: Any) -> Receipt:
    void = None
    if row.void_by is not None:
        void = ReceiptVoid(
            row.reason, row.void_by, row.approved_by, instant(row.void_at), date.fromisoformat(row.void_on),
            bool(row.original_returned), f"{row.new_book}/{row.new_no}" if row.replaced_by else "",
        )  # fmt: skip
    return Receipt(
        id=uuid_text(row.id),
        row=row.row,
        number=row.number,
        book=row.book,
        no=row.no,
        fiscal_year=row.fiscal_year,
        kind=row.kind,
        total_satang=row.total_satang,
        method=row.method,
        reference=row.reference,
        cashier=row.cashier,
        issued_at=instant(row.issued_at),
        received_on=date.fromisoformat(row.received_on),
        business_on=date.fromisoformat(row.business_on),
        external_no=row.external_no,
        document=json.loads(row.document),
        payment_state=row.state or "final",
        void=void,
        copies=row.copies,
    )
