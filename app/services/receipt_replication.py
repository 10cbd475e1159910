"""Money taken at another counter of the office, entered in this counter's register as it was there; twice changes
nothing."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from app.domain import receipt_numbers
from app.domain.ids import uuid_text
from app.services.payment_parts import enter_parts
from app.services.receipts import INSERT_RECEIPT
from app.store.canonical import canonical_json
from app.store.unit_of_work import UnitOfWork

Event = Mapping[str, Any]
CASE = "SELECT row, number FROM cases WHERE id = ?"
RECEIPT = "SELECT row FROM receipt WHERE id = ?"


def apply(work: UnitOfWork, event: Event) -> None:
    """Enter one event. LookupError or ValueError for one that cannot be entered; the caller keeps it."""
    ENTER[event["kind"]](work, event)
    work.changed("money")


def _issued(work: UnitOfWork, event: Event) -> None:
    payload = event["payload"]
    identity = bytes.fromhex(payload["receipt"])
    if work.run(RECEIPT, (identity,)).fetchone() is not None:
        return
    case = work.run(CASE, (event["record"],)).one()
    book, year, document = str(payload["book"]), int(payload["fiscal_year"]), payload["document"]
    row = work.execute(
        INSERT_RECEIPT,
        (None, identity, receipt_numbers.series(year, book), book, int(payload["no"]), year, payload["book_kind"],
         case.row, payload.get("shift"), int(payload["total_satang"]), payload["method"],
         document.get("reference", ""), payload["cashier"], event["at"], payload["received_on"],
         payload["business_on"], payload.get("external_no", ""), event["origin"], canonical_json(document)),
    ).lastrowid  # fmt: skip
    parts = document.get("parts", [])
    cheque = "cheque" in (payload["method"], *(part["method"] for part in parts))
    state = "cheque_waiting" if cheque else "final"
    total = int(payload["total_satang"])
    change = int(document.get("change_satang", 0))
    work.run(
        "INSERT INTO payment VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (row, payload["method"], total, total + change, change, document.get("reference", ""),
         document.get("bank", ""), state, event["at"], event["by"]),
    )  # fmt: skip
    enter_parts(work, int(row or 0), parts)
    if payload.get("replaces"):
        # where two counters issued one anew, apart from each other, the earlier one replaces it everywhere
        work.run(
            "UPDATE receipt_void SET replaced_by = ? WHERE receipt_row = (SELECT row FROM receipt WHERE id = ?)"
            " AND (replaced_by IS NULL OR (SELECT id FROM receipt WHERE row = replaced_by) > ?)",
            (row, bytes.fromhex(payload["replaces"]), identity),
        )
    work.changed("case", case.number)


def _voided(work: UnitOfWork, event: Event) -> None:
    payload = event["payload"]
    receipt = work.run(RECEIPT, (bytes.fromhex(payload["receipt"]),)).one()
    work.run(
        "INSERT INTO receipt_void (receipt_row, reason, by, approved_by, at, business_on, shift_id, original_returned)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (receipt.row, payload["reason"], event["by"], payload["approved_by"], event["at"], payload["business_on"],
         payload.get("shift"), int(payload["original_returned"] is True)),
    )  # fmt: skip


def _cheque(work: UnitOfWork, event: Event) -> None:
    """Of what two counters told of a cheque apart from each other the first in the office's order holds everywhere."""
    receipt = event["payload"]["receipt"]
    first = work.run(
        "SELECT payload, at, by FROM event WHERE record = ? AND kind = 'cheque_settled'"
        " AND json_extract(payload, '$.receipt') = ? ORDER BY placed IS NULL, placed, seq LIMIT 1",
        (event["record"], receipt),
    ).one()
    work.run(
        "UPDATE payment SET state = ?, state_at = ?, state_by = ?"
        " WHERE receipt_row = (SELECT row FROM receipt WHERE id = ?)",
        (json.loads(first.payload)["state"], first.at, first.by, bytes.fromhex(receipt)),
    )


def _shift(work: UnitOfWork, event: Event) -> None:
    """Of a drawer that stands open here, too: a backup was restored that is older than its closing."""
    payload = event["payload"]
    counted = payload["counted_satang"]
    work.run(
        "INSERT INTO shift (id, cashier, drawer, business_on, opened_at, float_satang, carried_satang, state,"
        " closed_at, counted_satang, difference_satang, number, fiscal_year, document, origin)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET state = excluded.state,"
        " closed_at = excluded.closed_at, counted_satang = excluded.counted_satang,"
        " difference_satang = excluded.difference_satang, number = excluded.number,"
        " fiscal_year = excluded.fiscal_year, document = excluded.document WHERE state = 'open'",
        (uuid_text(event["record"]), payload["cashier"], payload["drawer"], payload["business_on"], event["at"],
         payload["float_satang"], payload["carried_satang"], "handed_over" if payload["handed_to"] else "closed",
         event["at"], payload["expected_satang"] if counted is None else counted, payload["difference_satang"],
         payload["number"], payload["fiscal_year"], canonical_json(payload), event["origin"]),
    )  # fmt: skip


def _bill(work: UnitOfWork, event: Event) -> None:
    payload = event["payload"]
    case = work.run(CASE, (event["record"],)).one()
    key = (case.row, payload["ref1"], payload["ref2"], payload["satang"])
    known = "SELECT 1 FROM bill WHERE case_row = ? AND ref1 = ? AND ref2 = ? AND satang = ?"
    if work.run(known, key).fetchone() is None:
        work.run(
            "INSERT INTO bill (case_row, ref1, ref2, satang, document, at, by) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (*key, canonical_json(payload["document"]), event["at"], event["by"]),
        )
    work.changed("case", case.number)


ENTER: Mapping[str, Callable[[UnitOfWork, Event], None]] = {
    "receipt_issued": _issued,
    "receipt_voided": _voided,
    "cheque_settled": _cheque,
    "shift_closed": _shift,
    "bill_issued": _bill,
}
