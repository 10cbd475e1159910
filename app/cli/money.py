"""pay, receipts, void, cheque, books, day-open, day-close, hand-over, take-over: the cashier's commands."""

import json
import os
from argparse import Namespace
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app import bootstrap
from app.cli.context import acting_person, open_counter, password
from app.cli.output import print_json, say
from app.domain import thai_date
from app.domain.errors import CounterError, Refused
from app.domain.money import baht_text, formatted, parse_baht
from app.services import bank_files, books, receipt_rows, receipt_voids, receipts, shifts, staff
from app.services.counter import Counter
from app.services.model import Actor
from app.services.money_model import Part, Pay, Receipt, Shift

OTHER_PASSWORD = "LAO_COUNTER_APPROVER_PASSWORD"
"""The password of the second person, who approves or takes over; else it is asked for."""


def pay(arguments: Namespace) -> int:
    """Take money for a case and issue the receipt."""
    with open_counter(arguments) as counter:
        actor = acting_person(arguments, counter)
        received = parse_baht(arguments.received, field="received") if arguments.received else None
        parts = _parts(arguments.parts)
        if not parts and not (arguments.method and arguments.amount):
            raise Refused("method", "ยังไม่ได้บอกวิธีชำระและจำนวนเงิน", "ใส่ --method กับ --amount หรือ --pay", "method")
        if parts and not arguments.amount:
            amount = sum(part.satang for part in parts)
        else:
            amount = parse_baht(arguments.amount, field="amount")
        receipt = receipts.issue(
            counter,
            actor,
            Pay(
                number=arguments.number,
                method=arguments.method,
                amount_satang=amount,
                received_satang=received,
                reference=arguments.reference,
                bank=arguments.bank,
                external_no=arguments.external_no,
                book=arguments.book,
                no=arguments.no,
                received_on=thai_date.parse_date(arguments.on, field="received_on") if arguments.on else None,
                slip=arguments.slip,
                parts=parts,
                print_receipt=not arguments.no_print,
            ),
        )
        if not arguments.no_print:
            _print(counter)
    if arguments.json:
        print_json(receipt_json(receipt))
    else:
        print(f"ใบเสร็จเล่มที่ {receipt.book} เลขที่ {receipt.no}: {formatted(receipt.total_satang)} บาท")
        if receipt.change_satang:
            print(f"เงินทอน {formatted(receipt.change_satang)} บาท")
    return 0


def _parts(text: str) -> tuple[Part, ...]:
    """ "cash=500.00,transfer=1500.00:REF9" as shares."""
    found = []
    for word in text.split(",") if text.strip() else ():
        method, sign, rest = word.strip().partition("=")
        baht, *more = rest.split(":", 2)
        if not sign or len(more) > 2:
            raise Refused("parts", "วิธีชำระหลายวิธีผิดรูปแบบ", "เช่น --pay cash=500.00,transfer=1500.00:REF9", "parts")
        found.append(Part(method, parse_baht(baht, field="parts"), *more))
    return tuple(found)


def _print(counter: Counter) -> None:
    """What fails here is told; the receipt is issued and its paper waits in the ledger."""
    try:
        bootstrap.print_waiting(counter)
    except CounterError as error:
        say(f"ออกใบเสร็จแล้ว แต่ยังไม่ได้พิมพ์: {error.title}")


def receipt_json(receipt: Receipt) -> dict[str, Any]:
    """A receipt as commands answer it."""
    return {
        "book": receipt.book,
        "no": receipt.no,
        "total_satang": receipt.total_satang,
        "total_text": baht_text(receipt.total_satang),
        "fiscal_year": receipt.fiscal_year,
        "number": receipt.number,
        "payer": receipt.payer,
        "method": receipt.method,
        "reference": receipt.reference,
        "parts": receipt.document.get("parts", []),
        "payment_state": receipt.payment_state,
        "received_on": receipt.received_on,
        "business_on": receipt.business_on,
        "issued_at": receipt.issued_at,
        "cashier": receipt.cashier,
        "external_no": receipt.external_no,
        "change_satang": receipt.change_satang,
        "status": "voided" if receipt.void else "issued",
        "void": asdict(receipt.void) if receipt.void else None,
        "items": receipt.document.get("items", []),
    }


def receipts_list(arguments: Namespace) -> int:
    """The receipts, the newest first."""
    days = {
        key: thai_date.parse_date(text, field=key) if text else None
        for key, text in (("first", arguments.first), ("last", arguments.last))
    }
    with open_counter(arguments) as counter:
        found = receipt_rows.listed(counter, **days, text=arguments.text, limit=arguments.limit)
    if arguments.json:
        print_json([receipt_json(receipt) for receipt in found])
        return 0
    for one in found:
        state = "ยกเลิก" if one.void else one.document.get("method_text", one.method)
        day = thai_date.short(one.received_on)
        print(f"{one.text}  {day}  {one.payer}  {formatted(one.total_satang)}  {state}  {one.number}")
    if not found:
        say("ยังไม่มีใบเสร็จ")
    return 0


def void(arguments: Namespace) -> int:
    """Cancel a receipt, approved by another person."""
    with open_counter(arguments) as counter:
        actor = acting_person(arguments, counter)
        approver = _other(counter, actor, arguments.approved_by, "approved_by")
        done = receipt_voids.void(
            counter, actor, arguments.receipt, arguments.reason, approver,
            original_returned=not arguments.original_missing,
        )  # fmt: skip
    return _told(arguments, done, "ยกเลิกใบเสร็จแล้ว")


def cheque(arguments: Namespace) -> int:
    """The bank has paid a cheque, or returned it."""
    with open_counter(arguments) as counter:
        actor = acting_person(arguments, counter)
        done = receipt_voids.settle_cheque(counter, actor, arguments.receipt, arguments.outcome == "cleared")
    return _told(arguments, done, "บันทึกผลเช็คแล้ว")


def _told(arguments: Namespace, receipt: Receipt, words: str) -> int:
    if arguments.json:
        print_json(receipt_json(receipt))
    else:
        print(f"{words} เล่มที่ {receipt.book} เลขที่ {receipt.no}")
    return 0


def _other(counter: Counter, actor: Actor, username: str, field: str) -> Actor:
    """The second person, with a password of his own."""
    if username == actor.username:
        raise Refused("approver_self", "ต้องเป็นอีกคนหนึ่ง ไม่ใช่ผู้ทำรายการเอง", "ระบุชื่อผู้ใช้ของอีกคน", field)
    given = os.environ.get(OTHER_PASSWORD)
    return staff.sign_in(counter, username, given if given is not None else password())


def day_open(arguments: Namespace) -> int:
    """Open a drawer with change money."""
    with open_counter(arguments) as counter:
        actor = acting_person(arguments, counter)
        money = parse_baht(arguments.float, field="float") if arguments.float else 0
        shift = shifts.open_shift(counter, actor, money, arguments.drawer)
    return _tell_shift(arguments, shift, "เปิดลิ้นชักแล้ว")


def day_close(arguments: Namespace) -> int:
    """Close the cashier's day."""
    with open_counter(arguments) as counter:
        actor = acting_person(arguments, counter)
        counted, total = _counted(arguments.counted)
        shift = shifts.close(counter, actor, counted, arguments.reason, total)
    return _tell_shift(arguments, shift, "ปิดยอดแล้ว")


def hand_over(arguments: Namespace) -> int:
    """Give the drawer to the next clerk."""
    with open_counter(arguments) as counter:
        actor = acting_person(arguments, counter)
        to = _other(counter, actor, arguments.to, "to")
        counted, total = _counted(arguments.counted)
        shift = shifts.hand_over(counter, actor, to, counted, arguments.reason, total)
    return _tell_shift(arguments, shift, f"ส่งมอบลิ้นชักให้ {to.full_name} แล้ว")


def take_over(arguments: Namespace) -> int:
    """Take over the drawer of somebody who has gone."""
    with open_counter(arguments) as counter:
        actor = acting_person(arguments, counter)
        counted, total = _counted(arguments.counted)
        shift = shifts.take_over(
            counter, actor, arguments.holder, counted, arguments.reason, arguments.difference, total
        )  # fmt: skip
    return _tell_shift(arguments, shift, f"รับช่วงลิ้นชักของ {arguments.holder} แล้ว")


def _counted(file: Path | None) -> tuple[dict[int, int] | None, int | None]:
    """What was counted: {"1000": 2, "0.25": 3 …} pieces by face in baht, or {"total": "2600.00"}."""
    if file is None:
        return None, None
    wrong = Refused(
        "counted", "ไฟล์ยอดนับไม่ถูกต้อง", 'ใส่ JSON เช่น {"1000": 2, "100": 6} หรือ {"total": "2600.00"}', "counted"
    )
    try:
        data = json.loads(file.read_text("utf-8"))
    except OSError:
        raise Refused("counted", f"อ่านไฟล์ {file.name} ไม่ได้", "ตรวจชื่อและที่อยู่ของไฟล์", "counted") from None
    except ValueError:
        raise wrong from None
    if not isinstance(data, dict):
        raise wrong
    if set(data) == {"total"}:
        return None, parse_baht(str(data["total"]), field="counted")
    pieces: dict[int, int] = {}
    for face, count in data.get("pieces", data).items():
        if type(count) is not int:
            raise wrong
        pieces[parse_baht(str(face), field="counted")] = count
    return pieces, None


def shift_json(shift: Shift) -> dict[str, Any]:
    """A drawer as commands answer it. cash_satang: what should lie in it."""
    return {
        "receipts": shift.receipts,
        "voided": shift.voided,
        "cash_satang": shift.expected_satang,
        "counted_satang": shift.counted_satang,
        "difference_satang": shift.difference_satang,
        "taken_satang": shift.cash_satang,
        "float_satang": shift.float_satang,
        "carried_satang": shift.carried_satang,
        "by_method": dict(shift.by_method),
        "state": shift.state,
        "cashier": shift.cashier,
        "drawer": shift.drawer,
        "business_on": shift.business_on,
        "remittance": shift.number,
        "was_counted": bool(shift.document and shift.document.get("counted_satang") is not None),
    }


def _tell_shift(arguments: Namespace, shift: Shift, words: str) -> int:
    if arguments.json:
        print_json(shift_json(shift))
        return 0
    print(f"{words}: ลิ้นชัก {shift.drawer} วันที่ {thai_date.short(shift.business_on)}")
    print(f"ใบเสร็จ {shift.receipts:,} ฉบับ ยกเลิก {shift.voided:,} ฉบับ เงินสดที่ต้องมี {formatted(shift.expected_satang)} บาท")
    if shift.difference_satang:
        print(f"ผลต่าง {formatted(shift.difference_satang)} บาท")
    return 0


def bank_file(arguments: Namespace) -> int:
    """Match a bank's payment file with bills, show the work list, or try it again."""
    with open_counter(arguments) as counter:
        if arguments.file is None:
            return _work_list(arguments, counter)
        actor = acting_person(arguments, counter)
        content = bank_files.read_file(arguments.file)
        told = None if arguments.json else lambda done, lines: say(f"{done:,} / {lines:,}")
        done = bank_files.import_file(counter, actor, arguments.file.name, content, told)
    if arguments.json:
        print_json(asdict(done))
        return 0
    if done.again:
        print("ไฟล์นี้นำเข้าแล้ว ไม่มีอะไรเปลี่ยน")
        return 0
    print(f"ออกใบเสร็จ {done.matched:,} รายการ ซ้ำ {done.duplicates:,} รอจัดการ {done.unmatched:,}")
    return 0


def _work_list(arguments: Namespace, counter: Counter) -> int:
    if arguments.retry:
        matched = bank_files.try_again(counter, acting_person(arguments, counter))
        say(f"จับคู่ได้เพิ่ม {matched:,} รายการ")
    if arguments.settle:
        bank_files.settle(counter, acting_person(arguments, counter), arguments.settle, arguments.note)
    found = bank_files.waiting(counter)
    if arguments.json:
        print_json([asdict(one) for one in found])
        return 0
    for one in found:
        amount = formatted(one.satang) if one.satang is not None else "-"
        print(f"{one.row}  {one.paid_on}  {one.ref1} {one.ref2}  {amount}  {one.state_text}: {one.reason}")
    if not found:
        say("ไม่มีรายการธนาคารที่รอจัดการ")
    return 0


def books_list(arguments: Namespace) -> int:
    """The control register of receipt books."""
    with open_counter(arguments) as counter:
        found = books.register(counter, getattr(arguments, "year", 0))
    _tell_books(arguments, found)
    return 0


def books_add(arguments: Namespace) -> int:
    """Enter a book that was drawn."""
    with open_counter(arguments) as counter:
        actor = acting_person(arguments, counter)
        book = books.draw(
            counter, actor, arguments.book, arguments.first, arguments.last, arguments.kind,
            fiscal_year=arguments.year, received_from=arguments.received_from, issued_to=arguments.issued_to,
        )  # fmt: skip
    _tell_books(arguments, [book])
    return 0


def books_close(arguments: Namespace) -> int:
    """Close a book; what it has left is retired."""
    with open_counter(arguments) as counter:
        actor = acting_person(arguments, counter)
        book = books.close(counter, actor, arguments.book, arguments.year, arguments.reason)
    _tell_books(arguments, [book])
    return 0


def books_spoil(arguments: Namespace) -> int:
    """The next leaf of a paper book is spoiled."""
    with open_counter(arguments) as counter:
        actor = acting_person(arguments, counter)
        receipt_voids.spoil(counter, actor, arguments.receipt, arguments.reason)
        found = [one for one in books.register(counter) if one.book == arguments.receipt.split("/")[-2]]
    _tell_books(arguments, found)
    return 0


def books_end_year(arguments: Namespace) -> int:
    """Retire what books of an ended year have left."""
    with open_counter(arguments) as counter:
        actor = acting_person(arguments, counter)
        found = books.end_year(counter, actor, arguments.fiscal_year)
    _tell_books(arguments, found)
    return 0


def _tell_books(arguments: Namespace, found: list[books.Book]) -> None:
    if arguments.json:
        print_json([asdict(book) for book in found])
        return
    for one in found:
        print(
            f"{one.fiscal_year}  เล่มที่ {one.book}  เลขที่ {one.first}–{one.last}  {one.kind_text}  {one.state}"
            f"  ใช้ {one.used:,}  ยกเลิก {one.voided:,}  เสีย/เลิกใช้ {one.spoiled:,}  เหลือ {one.unused:,}"
        )
    if not found:
        say("ยังไม่มีเล่มใบเสร็จในทะเบียนคุม")
