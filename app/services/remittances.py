"""The remittance slip (ใบนำส่งเงิน) of one drawer and the day's summary voucher (ใบสำคัญสรุปใบนำส่งเงิน), as values.

Both are built once from what the day holds; the slip is kept with its drawer, so that it is the same paper for ever.
"""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection

from app.domain import thai_date
from app.services.counter import Counter
from app.services.model import Actor
from app.services.money_model import METHODS, Shift, shares

LISTED = (
    "SELECT r.row, r.book, r.no, r.fiscal_year, r.total_satang, r.method, r.document, r.business_on, r.received_on,"
    " v.receipt_row AS void, v.shift_id AS void_shift FROM receipt r"
    " LEFT JOIN receipt_void v ON v.receipt_row = r.row"
)


def document(
    connection: Connection,
    counter: Counter,
    actor: Actor,
    shift: Shift,
    number: int,
    fiscal_year: int,
    counted: Mapping[int, int] | None,
    found: int | None,
    difference: int,
    reason: str,
    to: str,
) -> dict[str, Any]:
    """The slip of one drawer as it is closed; `to`: username of who takes the drawer over, or empty."""
    rows = connection.exec_driver_sql(f"{LISTED} WHERE r.shift_id = ? ORDER BY r.row", (shift.id,)).fetchall()
    refunds = connection.exec_driver_sql(
        f"{LISTED} WHERE v.shift_id = ? AND (r.shift_id IS NULL OR r.shift_id <> ?) ORDER BY r.row",
        (shift.id, shift.id),
    ).fetchall()
    here = [row for row in rows if row.void_shift != shift.id]
    return {
        "shift": shift.id,
        "number": number,
        "fiscal_year": fiscal_year,
        "business_on": shift.business_on.isoformat(),
        "office": counter.office.name,
        "counter": counter.counter_name,
        "drawer": shift.drawer,
        "cashier": actor.username,
        "cashier_name": actor.full_name,
        "position": actor.position,
        "opened_at": shift.opened_at.isoformat(timespec="seconds"),
        "float_satang": shift.float_satang,
        "carried_satang": shift.carried_satang,
        "by_method": {method: satang for method, satang in shift.by_method.items() if satang},
        "revenues": revenues(here, refunds),
        "total_satang": sum(shift.by_method.values()),
        "receipts": shift.receipts,
        "voided": shift.voided,
        "ranges": ranges(rows),
        "void_numbers": [f"{row.book}/{row.no}" for row in [*rows, *refunds] if row.void_shift == shift.id],
        "expected_satang": shift.expected_satang,
        "counted": {str(face): pieces for face, pieces in (counted or {}).items() if pieces},
        "counted_satang": found,
        "difference_satang": difference,
        "reason": reason,
        "handed_to": to,
    }


def summary(counter: Counter, on: date) -> dict[str, Any]:
    """The day's voucher: every drawer of the day, what came without one (the bank's file, a reserve book), and the
    sums by kind of revenue."""
    day = on.isoformat()
    with counter.store.read() as connection:
        slips = [
            json.loads(row.document)
            for row in connection.exec_driver_sql(
                "SELECT document FROM shift WHERE business_on = ? AND document IS NOT NULL ORDER BY closed_at", (day,)
            )
        ]
        still_open = connection.exec_driver_sql(
            "SELECT cashier FROM shift WHERE business_on = ? AND state = 'open' ORDER BY cashier", (day,)
        ).scalars().all()  # fmt: skip
        rows = connection.exec_driver_sql(
            f"{LISTED} WHERE r.business_on = ? ORDER BY r.fiscal_year, length(r.book), r.book, r.no", (day,)
        ).fetchall()
        refunds = connection.exec_driver_sql(
            f"{LISTED} WHERE v.business_on = ? AND r.business_on <> ? ORDER BY r.row", (day, day)
        ).fetchall()
    standing = [row for row in rows if row.void is None]
    by_method = dict.fromkeys(METHODS, 0)
    for sign, some in ((1, standing), (-1, refunds)):
        for row in some:
            for method, satang in shares(row.method, row.total_satang, json.loads(row.document)):
                by_method[method] = by_method.get(method, 0) + sign * satang
    return {
        "business_on": day,
        "fiscal_year": thai_date.fiscal_year(on),
        "office": counter.office.name,
        "slips": slips,
        "open": list(still_open),
        "receipts": len(rows),
        "voided": sum(1 for row in rows if row.void is not None),
        "refunds": [f"{row.book}/{row.no}" for row in refunds],
        "corrections": [f"{row.book}/{row.no}" for row in rows if row.business_on != row.received_on],
        "ranges": ranges(rows),
        "revenues": revenues(standing, refunds),
        "by_method": {method: satang for method, satang in by_method.items() if satang},
        "total_satang": sum(by_method.values()),
    }


def revenues(rows: Any, refunds: Any = ()) -> list[dict[str, Any]]:
    """Sums by kind of revenue; receipts of other days that were cancelled are taken off."""
    sums: dict[str, dict[str, Any]] = {}
    for sign, some in ((1, rows), (-1, refunds)):
        for row in some:
            for item in json.loads(row.document)["items"]:
                entry = sums.setdefault(
                    item["revenue_code"], {"code": item["revenue_code"], "text": item["description"], "count": 0,
                                           "satang": 0}
                )  # fmt: skip
                entry["count"] += sign
                entry["satang"] += sign * item["satang"]
    return [sums[code] for code in sorted(sums)]


def ranges(rows: Any) -> list[dict[str, Any]]:
    """From which number to which, book by book."""
    found: dict[tuple[int, str], dict[str, Any]] = {}
    for row in rows:
        entry = found.setdefault(
            (row.fiscal_year, row.book),
            {"book": row.book, "fiscal_year": row.fiscal_year, "from": row.no, "to": row.no, "count": 0},
        )
        entry["from"], entry["to"] = min(entry["from"], row.no), max(entry["to"], row.no)
        entry["count"] += 1
    return list(found.values())
