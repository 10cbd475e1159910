"""Taking money: payment, receipt number, the case's state, event, audit and print job in one transaction.

A receipt is never edited. What is wrong is cancelled (app/services/receipt_voids.py) and issued anew under the next
number.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import date
from types import SimpleNamespace
from typing import Any

from app.domain import payment_codes, petition_states, receipt_numbers, request_number, thai_date
from app.domain.case_way import after
from app.domain.errors import Refused
from app.domain.ids import uuid7
from app.domain.money import formatted
from app.domain.text_rules import clean_text
from app.services import (
    assessments,
    case_documents,
    office_copies,
    receipt_documents,
    receipt_settings,
    restricted_cases,
    rights,
    shifts,
)
from app.services.case_rows import by_number, service_kind
from app.services.case_steps import CASE, standing_of, write_standing
from app.services.counter import Counter
from app.services.model import Actor
from app.services.money_model import CHEQUE, Owed, Pay, Receipt, ReceiptItem
from app.services.payment_parts import cash_share, checked, enter_parts
from app.services.receipt_rows import PAID, paid_satang, receipt_by_row
from app.store import numbers, receipt_books, tables
from app.store.canonical import canonical_json
from app.store.meta import meta_get, meta_set
from app.store.unit_of_work import UnitOfWork, insert_sql, milliseconds

COLUMNS = f"{CASE}, c.total_satang, c.registered_at, c.document, c.name, c.subject"
INSERT_RECEIPT = insert_sql(tables.receipt)
INSERT_PAYMENT = insert_sql(tables.payment)
MODE_KINDS = {
    "own_computer": receipt_books.COMPUTER,
    "preprinted_book": receipt_books.PREPRINTED,
    "elaas_reference": receipt_books.ELAAS,
}
CLOCK_TOLERANCE_MS = 5 * 60_000
LONGEST = 60
REPLACED = (
    "SELECT r.row, r.id, r.book, r.no FROM receipt r JOIN receipt_void v ON v.receipt_row = r.row"
    " WHERE r.case_row = ? AND v.replaced_by IS NULL ORDER BY r.row DESC LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class Issued:
    """A receipt that is in the transaction: its row and what its paper says."""

    row: int
    book: str
    no: int
    total_satang: int


def owed(counter: Counter, number: str, actor: Actor | None = None, on: date | None = None) -> Owed:
    """What is owed for a case on a day (today). Refused for an unknown number or one that may not be read."""
    with counter.store.read() as connection:
        case = by_number(connection, number, COLUMNS)
        restricted_cases.require(actor, case)
        return owed_by(counter, connection, case, on or shifts.today(counter))


def owed_by(counter: Counter, connection: Any, case: Any, on: date, paid: int | None = None) -> Owed:
    """The same from a row of COLUMNS; paid: what receipts have paid, where it is known already."""
    kind = service_kind(counter, case)
    service = counter.definition(case.service, case.service_version)
    return Owed(
        number=case.number,
        name=case.name,
        service_name=service.short_name if service else case.service,
        subject=case.subject,
        status=case.status,
        status_text=petition_states.text(case.status, kind),
        payable=bool(petition_states.payment_way(case.status, kind)) or _replaced(connection, case.row) is not None,
        assessment=assessments.due(counter, connection, case, on),
        paid_satang=paid_satang(connection, case.row) if paid is None else paid,
    )


def issue(counter: Counter, actor: Actor, command: Pay) -> Receipt:
    """Take money and issue the receipt; returned means on the disk. Refused changes nothing."""
    with counter.store.write(actor.username) as work:
        issued = write(work, counter, actor, command)
        return receipt_by_row(work.connection, issued.row)


def write(work: UnitOfWork, counter: Counter, actor: Actor, command: Pay, *, off_drawer: date | None = None) -> Issued:
    """Everything that belongs to one receipt, inside a transaction that the caller commits.

    off_drawer: for money that lies in no drawer (the bank's file), the day in whose takings it counts; the caller has
    looked at the clock.
    """
    rights.require(actor, rights.RECEIVE_MONEY)
    command = _clean(command)
    connection = work.connection
    case = _case(work, command.number)
    restricted_cases.require(actor, case, rights.RECEIVE_MONEY)
    kind = _book_kind(counter, connection, command)
    now = shifts.today(counter)
    received_on = _received_on(command, kind, now, off_drawer is not None)
    state = owed_by(counter, connection, case, received_on, _paid(work, case.row))
    items = _items(counter, state, command, whole=off_drawer is not None)
    if off_drawer is None:
        check_clock(counter, connection)
    shift, business_on = (None, off_drawer) if off_drawer else _drawer(work, counter, actor, kind, received_on, now)
    printed_on = received_on if kind in receipt_books.PAPER_KINDS else now
    taken = _number(work, counter, kind, thai_date.fiscal_year(printed_on), command)
    receipt_id = uuid7()
    void = _voided_before(work, case.row)
    document = receipt_documents.build(
        counter, actor, taken, kind, case, command, items, printed_on, f"{void.book}/{void.no}" if void else ""
    )
    if received_on != printed_on:
        document["received_text"] = thai_date.long(received_on)
    document["code"] = case_documents.track_code(counter.current.slip_key, f"{taken.series}/{taken.no}")
    text = canonical_json(document)
    total = document["total_satang"]
    row = int(
        work.execute(
            INSERT_RECEIPT,
            (None, receipt_id, taken.series, taken.book, taken.no, taken.fiscal_year, kind, case.row, shift, total,
             command.method, command.reference, actor.username, work.now_ms, received_on.isoformat(),
             business_on.isoformat(), command.external_no, counter.store_id, text),
        ).lastrowid
    )  # fmt: skip
    _enter_payment(work, row, command, total)
    enter_parts(work, row, document.get("parts", ()))
    if void is not None:
        work.run("UPDATE receipt_void SET replaced_by = ? WHERE receipt_row = ?", (row, void.row))
    payload = {
        "receipt": receipt_id.hex(),
        "book": taken.book,
        "no": taken.no,
        "fiscal_year": taken.fiscal_year,
        "book_kind": kind,
        "total_satang": total,
        "method": command.method,
        "received_on": received_on.isoformat(),
        "business_on": business_on.isoformat(),
        "cashier": actor.username,
        "document": document,
    }
    payload |= {"replaces": void.id.hex()} if void else {}
    payload |= {"external_no": command.external_no} if command.external_no else {}
    payload |= {"shift": shift} if shift else {}
    work.emit("receipt_issued", case.id, payload)
    if state.left_satang == total:
        _step(work, counter, case)
    number = f"{taken.fiscal_year}/{taken.book}/{taken.no}"
    work.audit("receipt_issued", number, hashlib.sha256(text.encode()).hexdigest())
    overlaid = bool(document.get("overlay"))
    if command.print_receipt and (overlaid or kind in (receipt_books.COMPUTER, receipt_books.ELAAS)):
        _queue(work, counter, case.row, row, "" if overlaid else document["paper"])
    work.changed("case", case.number)
    work.changed("money")
    return Issued(row, taken.book, taken.no, total)


def _case(work: UnitOfWork, number: str) -> Any:
    """The row of a case, straight from the driver: thousands are asked for while a bank's file is imported."""
    parsed = request_number.parse(number)
    cursor = work.execute(
        f"SELECT {COLUMNS} FROM cases c WHERE c.series = ? AND c.run = ? AND c.number = ?",
        (parsed.series, parsed.run, parsed.text),
    )
    names = [column[0] for column in cursor.description]
    found = cursor.fetchone()
    if found is None:
        raise Refused("unknown_number", "ไม่พบเลขคำร้องนี้ในเครื่อง", "ตรวจเลขบนใบรับคำร้อง หรือค้นด้วยชื่อผู้ร้อง", "number")
    return SimpleNamespace(**dict(zip(names, found, strict=True)))


def _paid(work: UnitOfWork, case_row: int) -> int:
    return int(work.execute(PAID, (case_row,)).fetchone()[0])


def _voided_before(work: UnitOfWork, case_row: int) -> Any:
    found = work.execute(REPLACED, (case_row,)).fetchone()
    return None if found is None else SimpleNamespace(row=found[0], id=found[1], book=found[2], no=found[3])


def _clean(command: Pay) -> Pay:
    command = checked(command)
    external = clean_text(command.external_no, "external_no", label="เลขที่ใบเสร็จ e-LAAS", max_length=LONGEST)
    book = receipt_numbers.clean_book(command.book) if command.book else ""
    return replace(command, book=book, external_no=external)


def _items(counter: Counter, state: Owed, command: Pay, *, whole: bool) -> tuple[ReceiptItem, ...]:
    """What the receipt is for. Refused where no money may be taken now, or not this much; whole: no part payment."""
    if not state.assessment.lines or state.assessment.total_satang <= 0:
        raise Refused("nothing_due", "เรื่องนี้ไม่มีค่าธรรมเนียมหรือภาษีที่ต้องชำระ", "ตรวจเลขคำร้อง", "number")
    if state.left_satang == 0:
        raise Refused("paid_already", "เรื่องนี้ชำระเงินครบแล้ว", "ดูใบเสร็จของเรื่องนี้ด้วยคำสั่ง receipts", "number")
    if not state.payable:
        hint = f"เรื่องนี้อยู่ที่สถานะ “{state.status_text}” ต้องผ่านขั้นตอนก่อนหน้าก่อน จึงรับเงินได้"
        raise Refused("not_payable", "ยังรับเงินของเรื่องนี้ไม่ได้", hint, "number")
    left, amount = state.left_satang, command.amount_satang
    part = not whole and receipt_settings.receipts(counter.current.document)["part_payment"]
    if amount <= 0 or amount > left or (amount < left and not part):
        hint = f"ต้องชำระ {formatted(left)} บาท" + (" หรือน้อยกว่า" if part else "")
        raise Refused("amount_due", "จำนวนเงินไม่ตรงกับยอดที่ต้องชำระ", hint, "amount")
    cash = cash_share(command)
    if command.received_satang is not None:
        if not cash:
            raise Refused("received", "เงินที่รับมาใส่ได้เฉพาะเงินสด", "เว้นว่างช่องเงินที่รับมา", "received")
        if command.received_satang < cash:
            raise Refused("received", "เงินที่รับมาน้อยกว่ายอดที่ต้องชำระ", f"ต้องรับอย่างน้อย {formatted(cash)} บาท", "received")
    lines = [ReceiptItem(i.revenue_code, i.description, i.period, i.satang) for i in state.assessment.lines]
    lines = [line for line in lines if line.satang]
    if amount == state.assessment.total_satang:
        return tuple(lines)
    return _part(lines, state.paid_satang, amount)


def _part(lines: list[ReceiptItem], paid: int, amount: int) -> tuple[ReceiptItem, ...]:
    """Which lines a part payment pays: in their order, after what earlier receipts have paid."""
    found = []
    for line in lines:
        used = min(paid, line.satang)
        paid -= used
        share = min(amount, line.satang - used)
        amount -= share
        if share:
            whole = share == line.satang
            found.append(line if whole else replace(line, description=f"{line.description} (ชำระบางส่วน)", satang=share))
    return tuple(found)


def _book_kind(counter: Counter, connection: Any, command: Pay) -> str:
    kind = MODE_KINDS[counter.current.document["receipt_mode"]]
    if command.book:
        rows = connection.exec_driver_sql("SELECT DISTINCT kind FROM receipt_book WHERE book = ?", (command.book,))
        kinds = set(rows.scalars())
        if receipt_books.RESERVE in kinds and command.received_on is not None:
            kind = receipt_books.RESERVE
        elif kinds and kind not in kinds:
            raise Refused("book_kind", "เล่มนี้ไม่ใช่เล่มที่ใช้ออกใบเสร็จตามวิธีของ อปท.", "ตรวจเล่มที่ในทะเบียนคุมใบเสร็จ", "book")
    if kind == receipt_books.ELAAS and not command.external_no:
        raise Refused("external_no", "ยังไม่ได้ใส่เลขที่ใบเสร็จของ e-LAAS", "ออกใบเสร็จใน e-LAAS แล้วใส่เลขที่นั้น", "external_no")
    if kind == receipt_books.RESERVE and not command.no:
        raise Refused("no", "ยังไม่ได้ใส่เลขที่ของใบเสร็จเล่มสำรอง", "ใส่เลขที่ตามใบเสร็จที่เขียนไว้", "no")
    return kind


def _received_on(command: Pay, kind: str, now: date, off_drawer: bool) -> date:
    if command.received_on is None or command.received_on == now:
        return now
    if kind != receipt_books.RESERVE and not off_drawer:
        raise Refused("received_on", "วันที่รับเงินย้อนหลังใช้ได้เฉพาะใบเสร็จเล่มสำรอง", "ออกใบเสร็จของวันนี้", "received_on")
    if command.received_on > now:
        raise Refused("received_on", "วันที่รับเงินอยู่ในอนาคต", "ตรวจวันที่บนใบเสร็จ", "received_on")
    return command.received_on


def _drawer(
    work: UnitOfWork, counter: Counter, actor: Actor, kind: str, received_on: date, now: date
) -> tuple[str | None, date]:
    """(the drawer that the money goes into, the day in whose takings it counts)."""
    if kind == receipt_books.RESERVE:
        return None, shifts.business_day(work.connection, counter.store_id, received_on, now)
    return shifts.ensure(work, counter, actor), now


def check_clock(counter: Counter, connection: Any) -> None:
    """Receipts are issued only by a clock that can be right (design of sync, the clock)."""
    newest = connection.exec_driver_sql("SELECT at FROM event ORDER BY seq DESC LIMIT 1").scalar() or 0
    now = milliseconds(counter.clock.now())
    offset = int(meta_get(connection, "clock_offset_ms", "0"))
    confirmed = int(meta_get(connection, "clock_confirmed_at", "0"))
    wrong = newest > now + CLOCK_TOLERANCE_MS or abs(offset) > CLOCK_TOLERANCE_MS
    if wrong and not 0 <= now - confirmed <= 12 * 3_600_000:
        raise Refused("clock", "วันเวลาของเครื่องอาจไม่ถูกต้อง จึงยังไม่ออกใบเสร็จ", "ตั้งวันเวลาให้ถูกต้อง หรือให้ผู้ดูแลระบบยืนยันวันเวลา")


def confirm_clock(counter: Counter, actor: Actor) -> None:
    """A supervisor says that date and time of this machine are right; good for twelve hours."""
    rights.require(actor, rights.APPROVE_VOID)
    with counter.store.write(actor.username) as work:
        meta_set(work.connection, "clock_confirmed_at", str(work.now_ms))
        work.audit("clock_confirmed", counter.counter_name)
        work.changed("money")


def _number(work: UnitOfWork, counter: Counter, kind: str, fiscal_year: int, command: Pay) -> receipt_books.Taken:
    numbers.refuse_revoked(work.connection)
    taken = receipt_books.take(work, fiscal_year, kind, command.book)
    if taken is None and not command.book and counter.stand_alone and kind not in receipt_books.PAPER_KINDS:
        lease_to_self(work, counter, fiscal_year, kind)
        taken = receipt_books.take(work, fiscal_year, kind)
    if taken is None:
        _refuse_number(work, kind, fiscal_year, command)
    assert taken is not None
    if command.no and command.no != taken.no:
        title = f"เลขที่ถัดไปของเล่ม {taken.book} คือ {taken.no} ไม่ใช่ {command.no}"
        raise Refused("leaf_order", title, "ถ้าใบก่อนหน้าเสีย ให้บันทึกเป็นใบเสียก่อน ด้วยคำสั่ง books spoil", "no")
    return taken


def _refuse_number(work: UnitOfWork, kind: str, fiscal_year: int, command: Pay) -> None:
    if command.book:
        years = work.run("SELECT fiscal_year FROM receipt_book WHERE book = ? AND closed_at IS NULL", (command.book,))
        known = [int(row[0]) for row in years]
        if known and fiscal_year not in known:
            title = f"เล่มที่ {command.book} เป็นของปีงบประมาณ {known[0]} ใช้ข้ามปีงบประมาณไม่ได้"
            raise Refused("book_year", title, f"เบิกเล่มของปีงบประมาณ {fiscal_year}", "book")
        raise Refused(
            "book_used_up", f"เล่มที่ {command.book} ใช้หมด ปิดแล้ว หรือไม่อยู่ในทะเบียนคุม", "เบิกเล่มใหม่ด้วยคำสั่ง books add", "book"
        )
    if kind in receipt_books.PAPER_KINDS:
        raise Refused("no_book", "ยังไม่มีเล่มใบเสร็จของปีงบประมาณนี้ในทะเบียนคุม", "เบิกใบเสร็จด้วยคำสั่ง books add", "book")
    raise Refused("receipts_used_up", *receipt_books.USED_UP)


def lease_to_self(work: UnitOfWork, counter: Counter, fiscal_year: int, kind: str) -> None:
    """A stand-alone office draws its next computer book; the first one begins where the office said."""
    settings = receipt_settings.receipts(counter.current.document)
    first_ever = work.run("SELECT 1 FROM receipt_book WHERE kind IN ('computer', 'elaas')").fetchone() is None
    opening = settings["first_book"] if first_ever else 1
    book = receipt_books.next_book(work.connection, fiscal_year, opening)
    first = settings["first_no"] if first_ever else 1
    last = max(first, settings["book_size"]) if first_ever else settings["book_size"]
    receipt_books.add(work, receipt_books.NewBook(str(book), fiscal_year, first, last, kind, "จัดสรรเอง"))


def _replaced(connection: Any, case_row: int) -> Any:
    """The newest cancelled receipt of the case that nothing stands in the place of yet."""
    return connection.exec_driver_sql(REPLACED, (case_row,)).fetchone()


def _enter_payment(work: UnitOfWork, row: int, command: Pay, total: int) -> None:
    cash = cash_share(command)
    change = (command.received_satang if command.received_satang is not None else cash) - cash
    methods = {part.method for part in command.parts} or {command.method}
    state = "cheque_waiting" if CHEQUE in methods else "final"
    work.execute(
        INSERT_PAYMENT,
        (row, command.method, total, total + change, change, command.reference, command.bank, state, work.now_ms,
         work.by),
    )  # fmt: skip
    if command.slip:
        _enter_slip(work, row, command.slip)


def _enter_slip(work: UnitOfWork, row: int, text: str) -> None:
    found = payment_codes.parse_slip_qr(text.strip())
    if found is None or not found[1]:
        raise Refused("slip", "QR ของสลิปอ่านไม่ได้หรือถูกแก้ไข", "สแกน QR บนสลิปใหม่ หรือใส่เลขอ้างอิงแทน", "slip")
    slip = found[0]
    known = work.run(
        "SELECT r.book, r.no FROM payment_slip s JOIN receipt r ON r.row = s.receipt_row"
        " WHERE s.bank = ? AND s.reference = ?",
        (slip.bank, slip.reference),
    ).fetchone()
    if known is not None:
        title = f"สลิปนี้ใช้ชำระแล้วกับใบเสร็จเล่มที่ {known.book} เลขที่ {known.no}"
        raise Refused("slip_used", title, "ขอดูสลิปของการโอนครั้งนี้", "slip")
    work.run("INSERT INTO payment_slip VALUES (?, ?, ?, ?)", (slip.bank, slip.reference, row, work.now_ms))


def _step(work: UnitOfWork, counter: Counter, case: Any) -> None:
    """The case goes on to paid, one event a step, as any other step."""
    kind = service_kind(counter, case)
    standing = standing_of(case)
    for to in petition_states.payment_way(case.status, kind):
        payload = {"from": standing.status, "to": to}
        work.emit("status_changed", case.id, payload)
        standing, _ = after(standing, kind, "status_changed", payload)
    write_standing(work, case.row, standing, kind)


def _queue(work: UnitOfWork, counter: Counter, case_row: int, row: int, paper: str) -> None:
    medium = "slip" if paper == "slip" else "a4"
    printer = counter.printer_for(medium, "receipt")
    if printer is not None:
        office_copies.queue(work, counter, case_row, "receipt", printer.name, row)
