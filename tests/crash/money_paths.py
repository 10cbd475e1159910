"""What the cashier writes. See tests.crash.write_paths."""

from collections.abc import Callable
from typing import Any

from app.services import bank_files, bills, books, cases, elaas, receipt_voids, receipts, shifts
from app.services.counter import Counter
from app.services.model import Actor
from app.services.money_model import Part, Pay
from tests.crash.moments import Place, WritePath
from tests.integration.support import homes, money

LINE = "02{day}KTB001{ref1:<20}{ref2:<20}{satang:013d}{name:<20}"


def paths(place: Place, by: Callable[..., Any]) -> list[WritePath]:
    """by: makes an act of the administrator."""
    return [
        WritePath("pay", place, _permit, by(_pay)),
        WritePath("pay by cheque", place, _permit, by(lambda counter, actor, number: receipts.issue(
            counter, actor, Pay(number, "cheque", 20_000, reference="123", bank="กรุงไทย")))),
        WritePath("pay by cash and transfer", place, _permit, by(lambda counter, actor, number: receipts.issue(
            counter, actor, Pay(number, "mixed", 20_000, parts=(Part("cash", 5_000), Part("transfer", 15_000, "9")))))),
        WritePath("compare with e-LAAS", place, _paid, by(lambda counter, actor, _: elaas.compare_numbers(
            counter, actor, shifts.today(counter), "R-1 R-2")), repeats=True),
        WritePath("settle with e-LAAS", place, _differing, by(lambda counter, actor, row: elaas.note(
            counter, actor, row, "บันทึกวันถัดไป", settled=True))),
        WritePath("void a receipt", place, _paid_beside, by(lambda counter, actor, given: receipt_voids.void(
            counter, actor, given[0], "ชื่อผิด", given[1]))),
        WritePath("replace a receipt", place, _voided, by(_pay)),
        WritePath("cheque cleared", place, _cheque, by(lambda counter, actor, receipt: receipt_voids.settle_cheque(
            counter, actor, receipt, True))),
        WritePath("cash drawer with float", place, _none, by(lambda counter, actor, _: shifts.open_shift(
            counter, actor, 50_000))),
        WritePath("close the day", place, _paid, by(lambda counter, actor, _: shifts.close(
            counter, actor, {10_000: 1}, "ขาด"))),
        WritePath("hand a drawer over", place, _paid_beside, by(lambda counter, actor, given: shifts.hand_over(
            counter, actor, given[1], {10_000: 2}))),
        WritePath("take a drawer over", place, _left, by(lambda counter, actor, holder: shifts.take_over(
            counter, actor, holder, {10_000: 2}, "ป่วย"))),
        WritePath("draw a book", place, _none, by(_draw)),
        WritePath("close a book", place, _drawn, by(lambda counter, actor, _: books.close(
            counter, actor, "ส-1", 2570, "หาย"))),
        WritePath("spoil a leaf", place, _drawn, by(lambda counter, actor, _: receipt_voids.spoil(
            counter, actor, "ส-1/1", "ขาด"))),
        WritePath("bill", place, _permit, by(bills.make)),
        WritePath("bank file", place, _bank, by(lambda counter, actor, content: bank_files.import_file(
            counter, actor, "ktb.txt", content)), steps=True),
        WritePath("permit issued", place, _paid_permit, by(lambda counter, actor, number: cases.change_status(
            counter, actor, number, "permit_issued"))),
        WritePath("clock confirmed", place, _none, by(lambda counter, actor, _: receipts.confirm_clock(
            counter, actor)), repeats=True),
    ]  # fmt: skip


def _none(_counter: Counter) -> None:
    return None


def _admin(counter: Counter) -> Actor:
    return homes.signed_in(counter)


def _permit(counter: Counter) -> str:
    return money.approved_permit(counter, _admin(counter))


def _pay(counter: Counter, actor: Actor, number: str) -> object:
    return receipts.issue(counter, actor, Pay(number, "cash", 20_000, received_satang=50_000))


def _paid(counter: Counter) -> str:
    return receipts.issue(counter, _admin(counter), Pay(_permit(counter), "cash", 20_000)).text


def _paid_permit(counter: Counter) -> str:
    number = _permit(counter)
    receipts.issue(counter, _admin(counter), Pay(number, "cash", 20_000))
    return number


def _paid_beside(counter: Counter) -> tuple[str, Actor]:
    return _paid(counter), money.person(counter, money.APPROVER, "admin")


def _differing(counter: Counter) -> int:
    elaas.compare_numbers(counter, _admin(counter), shifts.today(counter), "R-1")
    return elaas.listing(counter)[0].row


def _left(counter: Counter) -> str:
    """A drawer with 200 baht in it, whose clerk has gone."""
    clerk = money.person(counter, money.CLERK, "user")
    receipts.issue(counter, clerk, Pay(_permit(counter), "cash", 20_000))
    return clerk.username


def _voided(counter: Counter) -> str:
    text, approver = _paid_beside(counter)
    return receipt_voids.void(counter, _admin(counter), text, "ผิด", approver).number


def _cheque(counter: Counter) -> str:
    pay = Pay(_permit(counter), "cheque", 20_000, reference="123", bank="กรุงไทย")
    return receipts.issue(counter, _admin(counter), pay).text


def _draw(counter: Counter, actor: Actor, _given: object) -> object:
    return books.draw(counter, actor, "ส-1", 1, 3, "reserve")


def _drawn(counter: Counter) -> None:
    _draw(counter, _admin(counter), None)


def _bank(counter: Counter) -> bytes:
    made = [bills.make(counter, _admin(counter), _permit(counter)) for _ in range(2)]
    day = shifts.today(counter).strftime("%Y%m%d")
    lines = [f"{LINE.format(day=day, ref1=bill.ref1, ref2=bill.ref2, satang=20_000, name='ก'):<140}" for bill in made]
    return "\n".join([*lines, lines[0], f"{LINE.format(day=day, ref1='X', ref2='', satang=1, name=''):<140}"]).encode(
        "cp874"
    )
