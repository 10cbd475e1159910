"""What cashiers of the fleet do, and the reckoning of the money: receipts, cancellations, cheques, drawers, books."""

import json
import random
from collections import Counter as Tally
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from app.domain import thai_date
from app.domain.errors import Refused
from app.services import bills, books, receipt_voids, receipts, shifts
from app.services.counter import Counter
from app.services.model import Actor
from app.services.money_model import MIXED, Part, Pay, Receipt, Shift
from sync.server import admin
from tests.fleet.counters import ACTOR, open_home
from tests.integration.support import money

APPROVER = Actor("2", "wichai", "วิชัย ทดสอบ", "หัวหน้าฝ่าย", "admin")
CASHIER = Actor("3", "malee", "มาลี ทดสอบ", "เจ้าหน้าที่", "admin")
PEOPLE = {one.username: one for one in (ACTOR, CASHIER, APPROVER)}
BANK = "ออมสิน สาขากะทู้"
TO_PAY = "SELECT number FROM cases WHERE service = 'ad_permit' AND status = 'approved' ORDER BY number"
STANDING = (
    "SELECT r.fiscal_year, r.book, r.no FROM receipt r WHERE NOT EXISTS"
    " (SELECT 1 FROM receipt_void v WHERE v.receipt_row = r.row) ORDER BY 1, 2, 3"
)

CHEQUES = (
    "SELECT r.fiscal_year, r.book, r.no FROM receipt r JOIN payment p ON p.receipt_row = r.row"
    " WHERE p.state = 'cheque_waiting' AND NOT EXISTS (SELECT 1 FROM receipt_void v WHERE v.receipt_row = r.row)"
    " ORDER BY 1, 2, 3"
)


@dataclass(frozen=True)
class Done:
    """What a cashier was told. issued, voided: (id of a receipt in hex, satang)."""

    text: str
    issued: tuple[str, int] | None = None
    voided: tuple[str, int] | None = None

    @classmethod
    def of(cls, receipt: Receipt, *, void: bool = False) -> "Done":
        """The receipt as it came back from the service: issued, or cancelled."""
        told = (receipt.id.replace("-", ""), receipt.total_satang)
        text = f"{receipt.fiscal_year}/{receipt.text} {receipt.method}"
        return cls(text, voided=told) if void else cls(text, issued=told)


def permit(counter: Counter) -> str:
    """A permit that waits for its fee, and its bill; returns its number."""
    number = money.approved_permit(counter, ACTOR)
    bills.make(counter, ACTOR, number)
    return number


def pay(counter: Counter, seed: int) -> Done:
    """Take the fee of a permit that waits for it, anew after a cancelled receipt too; of a new one where none waits."""
    choice = random.Random(seed)
    number = _to_pay(counter, choice)
    due = receipts.owed(counter, number).left_satang
    how = choice.choice(("cash", "cash", "transfer", "cheque", "cheque", MIXED, MIXED))
    given: dict[str, Any] = {"reference": f"FT{seed}"} if how in ("transfer", "cheque") else {}
    if how == "cheque":
        given["bank"] = BANK
    if how == MIXED:
        given["parts"] = _parts(choice, due, seed)
    elif how == "cash":
        given["received_satang"] = due + choice.choice((0, 5_000))
    return Done.of(receipts.issue(counter, choice.choice((ACTOR, CASHIER)), Pay(number, how, due, **given)))


def _to_pay(counter: Counter, choice: random.Random) -> str:
    with counter.store.read() as connection:
        waiting = connection.exec_driver_sql(TO_PAY).scalars().all()
    return str(choice.choice(waiting)) if waiting else permit(counter)


def _parts(choice: random.Random, due: int, seed: int) -> tuple[Part, ...]:
    """Two or three methods, cash among them or not."""
    methods = choice.sample(("cash", "transfer", "cheque", "card"), choice.choice((2, 2, 3)))
    each = due // len(methods)
    sums = [each] * (len(methods) - 1) + [due - each * (len(methods) - 1)]
    return tuple(
        Part(method, satang, "" if method == "cash" else f"{method}{seed}", BANK if method == "cheque" else "")
        for method, satang in zip(methods, sums, strict=True)
    )


def paper(counter: Counter, seed: int) -> Done:
    """What was written into a paper book while the program stood still: the next leaf of this counter's book, which is
    drawn where it has none; now and then the leaf is spoilt first."""
    choice = random.Random(seed)
    today = shifts.today(counter)
    year = thai_date.fiscal_year(today)
    mine = [book for book in books.register(counter, year) if book.kind == "reserve" and book.state == "open"]
    book = mine[0] if mine else books.draw(counter, ACTOR, f"ส-{seed}", 1, 3, "reserve")
    no = book.next
    if choice.random() < 0.25:
        receipt_voids.spoil(counter, ACTOR, f"{year}/{book.book}/{no}", "เขียนผิด")
        return Done(f"{year}/{book.book}/{no} spoilt")
    number = _to_pay(counter, choice)
    due = receipts.owed(counter, number).left_satang
    given = Pay(number, "cash", due, book=book.book, no=no, received_on=today - timedelta(days=choice.choice((0, 1))))
    return Done.of(receipts.issue(counter, ACTOR, given))


def cheque(counter: Counter, seed: int) -> Done:
    """The bank has paid a cheque or returned it; the receipt of a returned one is cancelled, at once or later."""
    choice = random.Random(seed)
    with counter.store.read() as connection:
        waiting = connection.exec_driver_sql(CHEQUES).fetchall()
    if not waiting:
        raise Refused("no_cheque", "")
    number = "/".join(str(part) for part in choice.choice(waiting))
    cleared = choice.random() < 0.4
    receipt_voids.settle_cheque(counter, ACTOR, number, cleared)
    if cleared or choice.random() < 0.3:
        return Done(f"{number} {'cleared' if cleared else 'returned'}")
    return Done.of(receipt_voids.void(counter, ACTOR, number, "เช็คคืน", APPROVER), void=True)


def void(counter: Counter, seed: int) -> Done:
    """Cancel a receipt that stands here, of whichever counter; another person approves."""
    choice = random.Random(seed)
    with counter.store.read() as connection:
        standing = connection.exec_driver_sql(STANDING).fetchall()
    if not standing:
        raise Refused("no_receipt", "")
    year, book, no = choice.choice(standing)
    number = f"{year}/{book}/{no}"
    who = choice.choice((ACTOR, CASHIER))
    return Done.of(receipt_voids.void(counter, who, number, f"ผิดคน {seed}", APPROVER), void=True)


def close_day(counter: Counter, seed: int) -> Done:
    """Close a drawer that stands open; what was counted may be something else than it should hold."""
    choice = random.Random(seed)
    mine = _drawer(counter, choice)
    missing = choice.choice((None, 0, -100))
    given = {} if missing is None else {"total": max(0, mine.expected_satang + missing), "reason": "นับได้ไม่ตรง"}
    done = shifts.close(counter, PEOPLE[mine.cashier], **given)
    return Done(f"{done.cashier} {done.number}")


def hand_over(counter: Counter, seed: int) -> Done:
    """Give a drawer to the next clerk, or take over that of somebody who has gone."""
    choice = random.Random(seed)
    mine = _drawer(counter, choice)
    to = choice.choice([one for one in PEOPLE.values() if one.username != mine.cashier])
    if choice.random() < 0.7:
        done = shifts.hand_over(counter, PEOPLE[mine.cashier], to, None, total=mine.expected_satang)
    else:
        done = shifts.take_over(counter, to, mine.cashier, None, "กลับบ้านแล้ว", total=mine.expected_satang)
    return Done(f"{mine.cashier} -> {done.cashier}")


def _drawer(counter: Counter, choice: random.Random) -> Shift:
    found = shifts.open_drawers(counter)
    if not found:
        raise Refused("no_drawer", "")
    return choice.choice(found)


def act(counter: Counter, what: str, seed: int) -> Done:
    """One of DO."""
    return DO[what](counter, seed)


DO: dict[str, Callable[[Counter, int], Done]] = {
    "permit": lambda counter, _seed: Done(permit(counter)), "pay": pay, "void": void, "close_day": close_day,
    "paper": paper, "cheque": cheque, "hand_over": hand_over,
}  # fmt: skip


def die_cashing(home: str, key: bytes, what: str, seed: int) -> None:
    """For the hatchery."""
    act(open_home(Path(home), key), what, seed)


DEATHS = {"cash": die_cashing}


# the reckoning ----------------------------------------------------------------------------------------------------


def issued(connection: Connection, store_id: str) -> dict[str, int]:
    """A counter's own receipts by their ids (hex) with their sums, as they lie on the disk."""
    rows = connection.exec_driver_sql("SELECT lower(hex(id)), total_satang FROM receipt WHERE origin = ?", (store_id,))
    return {str(row[0]): int(row[1]) for row in rows}


def standing(counter: Counter) -> tuple[dict[str, int], set[str]]:
    """Every receipt that this counter knows of by its id with its sum, and the ids of those that were cancelled."""
    with counter.store.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT lower(hex(r.id)), r.total_satang, v.receipt_row IS NOT NULL FROM receipt r"
            " LEFT JOIN receipt_void v ON v.receipt_row = r.row"
        ).fetchall()
    return {row[0]: row[1] for row in rows}, {row[0] for row in rows if row[2]}


def wrong_drawers(counter: Counter) -> list[str]:
    """Drawers of this counter that hold something else than their receipts say; each sum is made of the papers."""
    with counter.store.read() as connection:
        taken = connection.exec_driver_sql(
            "SELECT r.shift_id, r.document, 1 AS sign, r.origin FROM receipt r JOIN shift s ON s.id = r.shift_id"
            " WHERE s.origin = ?1 UNION ALL"
            " SELECT v.shift_id, r.document, -1, ?1 FROM receipt_void v JOIN receipt r ON r.row = v.receipt_row"
            " JOIN shift s ON s.id = v.shift_id WHERE s.origin = ?1",
            (counter.store_id,),
        ).fetchall()
        orphans = connection.exec_driver_sql(
            "SELECT count(*) FROM receipt WHERE origin = ? AND shift_id IS NOT NULL AND shift_id NOT IN"
            " (SELECT id FROM shift)",
            (counter.store_id,),
        ).scalar_one()
        drawers = [
            shifts.view(connection, row)
            for row in connection.exec_driver_sql(
                f"SELECT {shifts.COLUMNS} FROM shift WHERE origin = ?", (counter.store_id,)
            ).fetchall()
        ]
    cash: Tally[str] = Tally()
    late: Tally[str] = Tally()  # taken before the PC broke, and back by way of the server after it was restored
    for shift, document, sign, origin in taken:
        share = sign * _cash(json.loads(document))
        cash[shift] += share
        late[shift] += share if origin != counter.store_id else 0
    wrong = [
        f"drawer of {one.cashier} holds {one.cash_satang}, its receipts say {cash[one.id]}"
        for one in drawers
        if one.cash_satang != cash[one.id]
    ]
    for one in drawers:
        held = one.float_satang + one.carried_satang + cash[one.id]
        said = one.document["expected_satang"] if one.document is not None else held
        if said not in (held, held - late[one.id]):
            wrong.append(f"drawer slip {one.number} says {said}, its receipts {held}")
    return wrong + [f"receipts of {orphans} drawers that are not there"] * bool(orphans)


def wrong_books(database_url: str, office: str) -> list[str]:
    """Receipt numbers that the server cannot account for."""
    return [
        f"{row['series']}: {row[key]} {key}"
        for row in admin.books_report(database_url, office)
        for key in ("unexplained", "duplicates")
        if row[key]
    ]


def _cash(document: Any) -> int:
    parts = document.get("parts") or [{"method": document["method"], "satang": document["total_satang"]}]
    return sum(int(part["satang"]) for part in parts if part["method"] == "cash")
