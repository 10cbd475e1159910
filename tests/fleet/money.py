"""What cashiers of the fleet do, and the reckoning of the money: receipts, cancellations, replacements, drawers."""

import hashlib
import json
import random
from collections import Counter as Tally
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from app.domain.errors import Refused
from app.services import bills, receipt_rows, receipt_voids, receipts, shifts
from app.services.counter import Counter
from app.services.model import Actor
from app.services.money_model import MIXED, Part, Pay
from app.store.canonical import canonical_json
from sync.server import admin
from sync.server.database import Database
from tests.fleet.counters import ACTOR, open_home
from tests.integration.support import money

APPROVER = Actor("2", "wichai", "วิชัย ทดสอบ", "หัวหน้าฝ่าย", "admin")
CASHIER = Actor("3", "malee", "มาลี ทดสอบ", "เจ้าหน้าที่", "admin")
TO_PAY = "SELECT number FROM cases WHERE service = 'ad_permit' AND status = 'approved' ORDER BY number"
STANDING = (
    "SELECT r.fiscal_year, r.book, r.no FROM receipt r WHERE NOT EXISTS"
    " (SELECT 1 FROM receipt_void v WHERE v.receipt_row = r.row) ORDER BY 1, 2, 3"
)


def permit(counter: Counter) -> str:
    """A permit that waits for its fee, and its bill; returns its number."""
    number = money.approved_permit(counter, ACTOR)
    bills.make(counter, ACTOR, number)
    return number


def pay(counter: Counter, seed: int) -> str:
    """Take the fee of a permit that waits for it, anew after a cancelled receipt too; of a new one where none waits."""
    choice = random.Random(seed)
    with counter.store.read() as connection:
        waiting = connection.exec_driver_sql(TO_PAY).scalars().all()
    number = choice.choice(waiting) if waiting else permit(counter)
    due = receipts.owed(counter, number).left_satang
    how = choice.choice(("cash", "cash", "transfer", MIXED))
    reference = f"FT{seed}" if how == "transfer" else ""
    parts = (Part("cash", due // 4), Part("transfer", due - due // 4, f"FT{seed}")) if how == MIXED else ()
    who = choice.choice((ACTOR, CASHIER))
    done = receipts.issue(counter, who, Pay(number, how, due, reference=reference, parts=parts))
    return f"{done.fiscal_year}/{done.text} {how}"


def void(counter: Counter, seed: int) -> str:
    """Cancel a receipt that stands here, of whichever counter; another person approves."""
    choice = random.Random(seed)
    with counter.store.read() as connection:
        standing = connection.exec_driver_sql(STANDING).fetchall()
    if not standing:
        raise Refused("no_receipt", "")
    year, book, no = choice.choice(standing)
    number = f"{year}/{book}/{no}"
    receipt_voids.void(counter, choice.choice((ACTOR, CASHIER)), number, f"ผิดคน {seed}", APPROVER)
    return number


def close_day(counter: Counter, seed: int) -> str:
    """Close a drawer that stands open."""
    found = shifts.open_drawers(counter)
    if not found:
        raise Refused("no_drawer", "")
    cashier = random.Random(seed).choice(found).cashier
    done = shifts.close(counter, next(one for one in (ACTOR, CASHIER) if one.username == cashier))
    return f"{done.cashier} {done.number}"


def act(counter: Counter, what: str, seed: int) -> str:
    """One of DO."""
    return DO[what](counter, seed)


DO = {"permit": lambda counter, _seed: permit(counter), "pay": pay, "void": void, "close_day": close_day}


def die_cashing(home: str, key: bytes, what: str, seed: int) -> None:
    """For the hatchery."""
    act(open_home(Path(home), key), what, seed)


DEATHS = {"cash": die_cashing}


# the reckoning ----------------------------------------------------------------------------------------------------


def digest(document: str) -> str:
    """The hash of a receipt's document."""
    return hashlib.sha256(document.encode()).hexdigest()


def issued(connection: Connection, store_id: str) -> set[str]:
    """The hashes of the documents of a counter's own receipts."""
    return {digest(text) for (text,) in connection.exec_driver_sql(
        "SELECT document FROM receipt WHERE origin = ?", (store_id,)
    )}  # fmt: skip


def picture_of(counter: Counter) -> dict[str, list[Any]]:
    """What all counters have to say alike of the money.

    Not who cancelled a receipt: where two did, offline, each has given money back and its own register says so.
    """

    def rows(sql: str) -> list[Any]:
        with counter.store.read() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(sql).fetchall()]

    return {
        "receipts": rows(
            "SELECT r.fiscal_year, r.book, r.no, hex(r.id), c.number, r.total_satang, r.method, r.cashier,"
            " r.business_on, r.document, p.satang, p.state, v.receipt_row IS NOT NULL FROM receipt r"
            " JOIN cases c ON c.row = r.case_row LEFT JOIN payment p ON p.receipt_row = r.row"
            " LEFT JOIN receipt_void v ON v.receipt_row = r.row ORDER BY 1, 2, 3"
        ),
        "bills": rows(
            "SELECT DISTINCT c.number, b.ref1, b.ref2, b.satang FROM bill b JOIN cases c ON c.row = b.case_row"
            " ORDER BY 1, 2, 3, 4"
        ),
        "closed drawers": rows(
            "SELECT id, cashier, business_on, number, fiscal_year, counted_satang, document FROM shift"
            " WHERE state <> 'open' ORDER BY id"
        ),
    }


def wrong_drawers(counter: Counter) -> list[str]:
    """Drawers of this counter that hold something else than their receipts say; each sum is made of the papers."""
    with counter.store.read() as connection:
        taken = connection.exec_driver_sql(
            "SELECT shift_id, document, 1 AS sign FROM receipt WHERE shift_id IS NOT NULL AND origin = ?1 UNION ALL"
            " SELECT v.shift_id, r.document, -1 FROM receipt_void v JOIN receipt r ON r.row = v.receipt_row"
            " WHERE v.shift_id IN (SELECT id FROM shift WHERE origin = ?1)",
            (counter.store_id,),
        ).fetchall()
        drawers = [
            shifts.view(connection, row)
            for row in connection.exec_driver_sql(
                f"SELECT {shifts.COLUMNS} FROM shift WHERE origin = ?", (counter.store_id,)
            ).fetchall()
        ]
    cash: Tally[str] = Tally()
    for shift, document, sign in taken:
        cash[shift] += sign * _cash(json.loads(document))
    wrong = [
        f"drawer of {one.cashier} holds {one.cash_satang}, its receipts say {cash[one.id]}"
        for one in drawers
        if one.cash_satang != cash[one.id]
    ]
    wrong += [
        f"drawer slip {one.number} says {one.document['expected_satang']}, its receipts {cash[one.id]}"
        for one in drawers
        if one.document is not None and one.document["expected_satang"] != one.float_satang + cash[one.id]
    ]
    unknown = set(cash) - {one.id for one in drawers}
    return wrong + [f"receipts of {len(unknown)} drawers that are not there"] * bool(unknown)


def wrong_at_server(database_url: str, office: str, counter: Counter) -> list[str]:
    """How the server's receipts differ from a counter's when all have synced: lost, doubled, other, unexplained."""
    database = Database(database_url)
    try:
        with database.read() as connection:
            told = connection.exec_driver_sql("SELECT payload FROM log WHERE kind = 'receipt_issued'").scalars().all()
            projected = connection.exec_driver_sql(
                "SELECT fiscal_year, book, no, hex(id), satang, voided_at IS NOT NULL FROM receipt"
            ).fetchall()
    finally:
        database.close()
    mine = receipt_rows.listed(counter, limit=receipt_rows.MOST)
    here = Tally((one.fiscal_year, one.book, one.no, digest(canonical_json(one.document))) for one in mine)
    payloads = [json.loads(one) for one in told]
    there = Tally(
        (one["fiscal_year"], one["book"], one["no"], digest(canonical_json(one["document"]))) for one in payloads
    )
    wrong = []
    if here != there:
        wrong.append(f"receipts: {len(here - there)} only here, {len(there - here)} only on the server")
    numbers = Tally(one[:3] for one in there.elements())
    wrong += [f"receipt {number} was issued {count} times" for number, count in numbers.items() if count > 1]
    kept = {(one.fiscal_year, one.book, one.no, one.id.replace("-", "").upper(), one.total_satang, one.void is not None)
            for one in mine}  # fmt: skip
    if kept != {(*row[:5], bool(row[5])) for row in projected}:
        wrong.append("the server's register of receipts differs from the counter's")
    for row in admin.books_report(database_url, office):
        wrong += [f"{row['series']}: {row[key]} {key}" for key in ("unexplained", "duplicates") if row[key]]
    return wrong


def _cash(document: Any) -> int:
    parts = document.get("parts") or [{"method": document["method"], "satang": document["total_satang"]}]
    return sum(int(part["satang"]) for part in parts if part["method"] == "cash")
