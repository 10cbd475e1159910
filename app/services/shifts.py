"""A cashier's drawer from opening to closing: one for each clerk, handed over by counting, closed for ever."""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from app.domain import thai_date
from app.domain.errors import Refused
from app.domain.ids import uuid7, uuid_text
from app.domain.money import formatted
from app.domain.text_rules import clean_text
from app.services import payment_parts, remittances, rights
from app.services.case_documents import instant
from app.services.counter import Counter
from app.services.model import Actor
from app.services.money_model import CASH, METHODS, Shift
from app.store.canonical import canonical_json
from app.store.unit_of_work import UnitOfWork

COLUMNS = (
    "id, cashier, drawer, business_on, opened_at, float_satang, carried_satang, state, closed_at, counted_satang,"
    " difference_satang, number, fiscal_year, document"
)
FACES = (100_000, 50_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 25)
"""Notes and coins in satang: 1,000 baht down to 25 satang."""
MOST = 100_000_000_000


def today(counter: Counter) -> date:
    """The Thai day it is now."""
    return thai_date.local(counter.clock.now()).date()


def current(counter: Counter, actor: Actor) -> Shift | None:
    """The drawer that this person has open at this counter, also one of an earlier day."""
    with counter.store.read() as connection:
        row = _open_row(connection, counter.store_id, actor.username)
        return None if row is None else view(connection, row)


def open_drawers(counter: Counter) -> list[Shift]:
    """Every open drawer of this counter."""
    with counter.store.read() as connection:
        rows = connection.exec_driver_sql(
            f"SELECT {COLUMNS} FROM shift WHERE state = 'open' AND origin = ? ORDER BY opened_at", (counter.store_id,)
        ).fetchall()
        return [view(connection, row) for row in rows]


def of_day(counter: Counter, on: date) -> list[Shift]:
    """Every drawer of a day that this counter knows of, in the order of opening."""
    with counter.store.read() as connection:
        rows = connection.exec_driver_sql(
            f"SELECT {COLUMNS} FROM shift WHERE business_on = ? ORDER BY opened_at", (on.isoformat(),)
        ).fetchall()
        return [view(connection, row) for row in rows]


def open_shift(counter: Counter, actor: Actor, float_satang: int = 0, drawer: str = "") -> Shift:
    """Open a drawer with change money. Refused where the person or the drawer has one open, or closed today's."""
    rights.require(actor, rights.RECEIVE_MONEY)
    name = clean_text(drawer, "drawer", label="ชื่อลิ้นชัก", max_length=40, required=False) or actor.username
    _check_float(float_satang)
    with counter.store.write(actor.username) as work:
        found = _open_row(work.connection, counter.store_id, actor.username)
        if found is not None:
            raise Refused("drawer_open", "เปิดลิ้นชักไว้แล้ว", "ปิดยอดหรือส่งมอบลิ้นชักเดิมก่อน", "drawer")
        _enter(work, counter, actor.username, name, float_satang, 0)
        row = _open_row(work.connection, counter.store_id, actor.username)
        return view(work.connection, row)


def ensure(work: UnitOfWork, counter: Counter, actor: Actor) -> str:
    """The id of the drawer into which this person takes money now; one is opened, without change money, where none is.

    Refused "day_closed" when the day was closed, "drawer_stale" while a drawer of an earlier day stands open.
    """
    row = _open_row(work.connection, counter.store_id, actor.username)
    if row is None:
        return _enter(work, counter, actor.username, actor.username, 0, 0)
    if row.business_on != today(counter).isoformat():
        day = thai_date.short(date.fromisoformat(row.business_on))
        raise Refused("drawer_stale", f"ลิ้นชักของวันที่ {day} ยังไม่ได้ปิดยอด", "ปิดยอดของวันนั้นก่อน แล้วเปิดลิ้นชักของวันนี้")
    return str(row.id)


def close(
    counter: Counter, actor: Actor, counted: Mapping[int, int] | None = None, reason: str = "", total: int | None = None
) -> Shift:
    """Close the person's day. counted: pieces of each face (satang); or `total` satang; neither: not counted.

    Refused "difference" where the drawer does not hold what it should and no reason says why.
    """
    with counter.store.write(actor.username) as work:
        row = _mine(work.connection, counter, actor)
        return _end(work, counter, actor, row, counted, total, reason, "closed", "")


def hand_over(
    counter: Counter, actor: Actor, to: Actor, counted: Mapping[int, int] | None, reason: str = "",
    total: int | None = None,
) -> Shift:  # fmt: skip
    """Give one's drawer to the next clerk, who has signed in beside; both stand behind the counted sum.

    Returns the new drawer. What was counted beyond the change money goes with it.
    """
    if to.username == actor.username:
        raise Refused("hand_over_self", "ส่งมอบลิ้นชักให้ตนเองไม่ได้", "ให้ผู้รับมอบใส่ชื่อและรหัสผ่านของตน", "to")
    rights.require(to, rights.RECEIVE_MONEY)
    if counted is None and total is None:
        raise Refused("counted", "ยังไม่ได้นับเงินที่ส่งมอบ", "นับเงินในลิ้นชักแล้วใส่จำนวน", "counted")
    with counter.store.write(actor.username) as work:
        row = _mine(work.connection, counter, actor)
        if _open_row(work.connection, counter.store_id, to.username) is not None:
            raise Refused("drawer_open", "ผู้รับมอบเปิดลิ้นชักอื่นไว้แล้ว", "ปิดยอดลิ้นชักนั้นก่อน", "to")
        done = _end(work, counter, actor, row, counted, total, reason, "handed_over", to.username)
        carried = (done.counted_satang or 0) - row.float_satang
        _enter(work, counter, to.username, row.drawer, row.float_satang, carried, date.fromisoformat(row.business_on))
        new = _open_row(work.connection, counter.store_id, to.username)
        return view(work.connection, new)


def take_over(
    counter: Counter, actor: Actor, cashier: str, counted: Mapping[int, int] | None, reason: str, difference: str = "",
    total: int | None = None,
) -> Shift:  # fmt: skip
    """Take the open drawer of somebody who has gone: counted by the one who takes it, who says why. Returns the new
    drawer, of the same day of taking.

    difference: why the drawer does not hold what it should. Its slip stays in the name of who took the money, and says
    who counted it. Refused where the one who takes it has a drawer open.
    """
    rights.require(actor, rights.RECEIVE_MONEY)
    why = clean_text(reason, "reason", label="เหตุผลที่รับช่วงลิ้นชัก", max_length=500, required=True)
    if cashier == actor.username:
        raise Refused("hand_over_self", "ลิ้นชักนี้เป็นของท่านเอง", "ปิดยอดหรือส่งมอบลิ้นชักตามปกติ", "from")
    if counted is None and total is None:
        raise Refused("counted", "ยังไม่ได้นับเงินในลิ้นชัก", "นับเงินในลิ้นชักแล้วใส่จำนวน", "counted")
    with counter.store.write(actor.username) as work:
        row = _open_row(work.connection, counter.store_id, cashier)
        if row is None:
            raise Refused("no_drawer", "ไม่พบลิ้นชักที่เปิดอยู่ในชื่อนี้", "ดูลิ้นชักที่เปิดอยู่ในหน้าการเงิน", "from")
        if _open_row(work.connection, counter.store_id, actor.username) is not None:
            raise Refused("drawer_open", "ท่านเปิดลิ้นชักอื่นไว้แล้ว", "ปิดยอดหรือส่งมอบลิ้นชักของท่านก่อน", "from")
        forced = {"by": actor.username, "by_name": actor.full_name, "reason": why}
        done = _end(
            work, counter, _holder(work.connection, cashier), row, counted, total, difference, "handed_over",
            actor.username, forced,
        )  # fmt: skip
        carried = (done.counted_satang or 0) - row.float_satang
        day = date.fromisoformat(row.business_on)
        _enter(work, counter, actor.username, row.drawer, row.float_satang, carried, day)
        work.audit("drawer_taken_over", row.drawer, f"{cashier} -> {actor.username}: {why}")
        return view(work.connection, _open_row(work.connection, counter.store_id, actor.username))


def _holder(connection: Connection, username: str) -> Actor:
    """Who holds a drawer, also somebody who may not sign in any more."""
    row = connection.exec_driver_sql(
        "SELECT id, username, full_name, position, role, division FROM staff WHERE username = ?", (username,)
    ).fetchone()
    return Actor(*row) if row is not None else Actor("", username, username, "", "user")


def business_day(connection: Connection, store_id: str, wanted: date, now: date) -> date:
    """The day in whose takings money without a drawer counts: `wanted`, or the next that is not closed."""
    day = wanted
    while _closed(connection, store_id, day):
        day = now if day < now else day + timedelta(days=1)
    return day


def counted_total(counted: Mapping[int, int]) -> int:
    """The sum of the pieces. Refused for a face that does not exist or a negative count."""
    for face, pieces in counted.items():
        if face not in FACES or type(pieces) is not int or not 0 <= pieces <= 1_000_000:
            raise Refused("counted", "จำนวนธนบัตรหรือเหรียญไม่ถูกต้อง", "ใส่จำนวนใบและเหรียญเป็นเลขจำนวนเต็ม", "counted")
    return sum(face * pieces for face, pieces in counted.items())


def view(connection: Connection, row: Any) -> Shift:
    """A drawer with its sums, from a row of COLUMNS."""
    by_method = dict.fromkeys(METHODS, 0)
    taken = "receipt r LEFT JOIN payment_part p ON p.receipt_row = r.row WHERE r.shift_id = ?"
    given = (
        "receipt_void v JOIN receipt r ON r.row = v.receipt_row LEFT JOIN payment_part p ON p.receipt_row = r.row"
        " WHERE v.shift_id = ?"
    )
    for source, sign in ((taken, 1), (given, -1)):
        for method, satang in connection.exec_driver_sql(payment_parts.sums(source), (row.id, row.id)).fetchall():
            by_method[method] = by_method.get(method, 0) + sign * int(satang)
    counts = [
        int(connection.exec_driver_sql(f"SELECT count(*) FROM {table} WHERE shift_id = ?", (row.id,)).scalar_one())
        for table in ("receipt", "receipt_void")
    ]
    return Shift(
        id=row.id,
        cashier=row.cashier,
        drawer=row.drawer,
        business_on=date.fromisoformat(row.business_on),
        opened_at=instant(row.opened_at),
        float_satang=row.float_satang,
        carried_satang=row.carried_satang,
        state=row.state,
        receipts=counts[0],
        voided=counts[1],
        cash_satang=by_method[CASH],
        by_method=by_method,
        number=row.number,
        counted_satang=row.counted_satang,
        difference_satang=row.difference_satang,
        document=json.loads(row.document) if row.document else None,
    )


def _end(
    work: UnitOfWork,
    counter: Counter,
    actor: Actor,
    row: Any,
    counted: Mapping[int, int] | None,
    total: int | None,
    reason: str,
    state: str,
    to: str,
    forced: Mapping[str, str] | None = None,
) -> Shift:
    open_one = view(work.connection, row)
    expected = open_one.expected_satang
    found = counted_total(counted) if counted is not None else total
    if found is not None and not 0 <= found <= MOST:
        raise Refused("counted", "จำนวนเงินที่นับไม่ถูกต้อง", "นับเงินในลิ้นชักแล้วใส่ใหม่", "counted")
    difference = 0 if found is None else found - expected
    why = clean_text(reason, "reason", label="เหตุผลของผลต่าง", max_length=500, required=False)
    if difference and not why:
        more = "เกิน" if difference > 0 else "ขาด"
        title = f"เงินในลิ้นชัก{more} {formatted(abs(difference))} บาท"
        field = "difference" if forced else "reason"
        raise Refused("difference", title, "นับอีกครั้ง หรือใส่เหตุผลของผลต่างแล้วปิดยอด", field)
    year = thai_date.fiscal_year(open_one.business_on)
    number = int(
        work.run(
            "SELECT coalesce(max(number), 0) + 1 FROM shift WHERE fiscal_year = ? AND origin = ?",
            (year, counter.store_id),
        ).scalar_one()
    )
    document = remittances.document(
        work.connection, counter, actor, open_one, number, year, counted, found, difference, why, to
    )
    if forced:
        document["taken_over"] = dict(forced)
    work.run(
        "UPDATE shift SET state = ?, closed_at = ?, counted_satang = ?, difference_satang = ?, number = ?,"
        " fiscal_year = ?, document = ? WHERE id = ? AND state = 'open'",
        (state, work.now_ms, expected if found is None else found, difference, number, year, canonical_json(document),
         row.id),
    )  # fmt: skip
    work.emit("shift_closed", bytes.fromhex(row.id.replace("-", "")), document)
    work.audit(f"drawer_{state}", f"{year}/{number}", f"expected {expected} counted {found} difference {difference}")
    work.changed("money")
    ended = work.run(f"SELECT {COLUMNS} FROM shift WHERE id = ?", (row.id,)).one()
    return view(work.connection, ended)


def _enter(
    work: UnitOfWork,
    counter: Counter,
    cashier: str,
    drawer: str,
    float_satang: int,
    carried: int,
    on: date | None = None,
) -> str:
    day = on or today(counter)
    if on is None and _closed(work.connection, counter.store_id, day, cashier):
        raise Refused("day_closed", "ปิดยอดของวันนี้แล้ว จึงรับเงินเพิ่มในวันนี้ไม่ได้", "ให้เจ้าหน้าที่คนอื่นรับเงิน หรือรับในวันทำการถัดไป", "as")
    holder = work.run(
        "SELECT cashier FROM shift WHERE drawer = ? AND state = 'open' AND origin = ?", (drawer, counter.store_id)
    ).scalar()
    if holder is not None:
        title = f"ลิ้นชัก “{drawer}” ยังเปิดอยู่ในชื่อ {holder}"
        raise Refused("drawer_taken", title, "ให้ผู้ถือลิ้นชักนับเงินและส่งมอบก่อน หรือใช้ลิ้นชักอื่น", "drawer")
    shift_id = uuid_text(uuid7())
    work.run(
        "INSERT INTO shift (id, cashier, drawer, business_on, opened_at, float_satang, carried_satang, state, origin)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, 'open', ?)",
        (shift_id, cashier, drawer, day.isoformat(), work.now_ms, float_satang, carried, counter.store_id),
    )
    work.audit("drawer_opened", drawer, f"{cashier} float {float_satang} carried {carried}")
    work.changed("money")
    return shift_id


def _open_row(connection: Connection, store_id: str, cashier: str) -> Any:
    return connection.exec_driver_sql(
        f"SELECT {COLUMNS} FROM shift WHERE cashier = ? AND state = 'open' AND origin = ?", (cashier, store_id)
    ).fetchone()


def _mine(connection: Connection, counter: Counter, actor: Actor) -> Any:
    row = _open_row(connection, counter.store_id, actor.username)
    if row is None:
        raise Refused("no_drawer", "ยังไม่ได้เปิดลิ้นชัก จึงไม่มียอดให้ปิด", "เปิดลิ้นชักหรือรับเงินก่อน", "as")
    return row


def _closed(connection: Connection, store_id: str, day: date, cashier: str = "") -> bool:
    found = connection.exec_driver_sql(
        "SELECT 1 FROM shift WHERE business_on = ? AND state = 'closed' AND origin = ? AND (? = '' OR cashier = ?)",
        (day.isoformat(), store_id, cashier, cashier),
    ).fetchone()
    return found is not None


def _check_float(satang: int) -> None:
    if not 0 <= satang <= MOST:
        raise Refused("float", "เงินทอนตั้งต้นไม่ถูกต้อง", "ใส่จำนวนเงินทอนเป็นบาท เช่น 500.00", "float")
