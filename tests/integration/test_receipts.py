"""Receipts: numbers that never repeat, frozen papers, cancelling with a second person, drawers that agree."""

import json
from datetime import UTC, datetime

import pytest

from app.domain.errors import Refused
from app.services import (
    books,
    cases,
    number_report,
    offices,
    print_jobs,
    receipt_rows,
    receipt_voids,
    receipts,
    setup,
    shifts,
    verification,
)
from app.services.model import CopyMark
from app.services.money_model import Pay
from tests.integration.support import books as raw_books
from tests.integration.support import homes, money


@pytest.fixture
def clock():
    return homes.HandClock()


@pytest.fixture
def counter(home, clock):
    with homes.opened(home, clock) as counter:
        yield counter


@pytest.fixture
def actor(counter):
    return homes.signed_in(counter)


@pytest.fixture
def approver(counter):
    return money.person(counter, money.APPROVER, "admin")


def settings(counter, **changes):
    """New settings of the office, as the settings page would enter them."""
    document = offices.check_office({**counter.current.document, **changes})
    with counter.store.write("test") as work:
        setup.enter_office(work, counter.current.revision + 1, document)
    counter.reload()


def pay(counter, actor, number=None, **changes):
    number = number or money.approved_permit(counter, actor)
    values = {"method": "cash", "amount_satang": 20_000, **changes}
    return receipts.issue(counter, actor, Pay(number, **values))


def numbers_of(counter):
    report = number_report.report(counter, "R2570/1")
    return tuple(report[key] for key in ("issued", "voided", "unused", "unexplained", "duplicates"))


def refused(code, act, *arguments, **options):
    with pytest.raises(Refused) as error:
        act(*arguments, **options)
    assert error.value.code == code
    return error.value


def test_a_payment_is_receipt_state_event_audit_and_paper_at_once(counter, actor):
    number = money.approved_permit(counter, actor)
    receipt = pay(counter, actor, number, received_satang=50_000)
    assert (receipt.book, receipt.no, receipt.fiscal_year) == ("1", 1, 2570)
    assert receipt.total_satang == 20_000
    assert receipt.document["total_text"] == "สองร้อยบาทถ้วน"
    assert receipt.change_satang == 30_000
    assert cases.get(counter, number, actor).status == "fee_paid"
    kinds = [event.kind for event in cases.events(counter, number, actor)]
    assert kinds[-2:] == ["receipt_issued", "status_changed"]
    assert cases.events(counter, number, actor)[-2].text == "ออกใบเสร็จรับเงิน เล่มที่ 1 เลขที่ 1"
    assert numbers_of(counter) == (1, 0, 999, 0, 0)
    assert all(check.ok for check in verification.verify(counter))


def test_nothing_is_taken_but_what_is_due_and_once(counter, actor):
    number = money.approved_permit(counter, actor)
    refused("amount_due", pay, counter, actor, number, amount_satang=19_999)
    refused("amount_due", pay, counter, actor, number, amount_satang=20_001)
    refused("received", pay, counter, actor, number, received_satang=19_900)
    refused("method", pay, counter, actor, number, method="shells")
    refused("reference", pay, counter, actor, number, method="transfer")
    refused("bank", pay, counter, actor, number, method="cheque", reference="0001")
    refused("not_payable", pay, counter, actor, money.register_permit(counter, actor))
    pay(counter, actor, number)
    refused("paid_already", pay, counter, actor, number)
    assert numbers_of(counter) == (1, 0, 999, 0, 0)


def test_paid_without_a_receipt_is_refused(counter, actor):
    number = money.approved_permit(counter, actor)
    refused("receipt_needed", cases.change_status, counter, actor, number, "fee_paid")


def test_a_receipt_is_cancelled_and_replaced_and_its_number_stays(counter, actor, approver):
    number = money.approved_permit(counter, actor)
    first = pay(counter, actor, number)
    refused("approver_self", receipt_voids.void, counter, actor, first.text, "ชื่อผิด", actor)
    clerk = money.person(counter, money.CLERK, "user")
    refused("right_needed", receipt_voids.void, counter, actor, first.text, "ชื่อผิด", clerk)
    refused("required", receipt_voids.void, counter, actor, first.text, " ", approver)
    done = receipt_voids.void(counter, actor, first.text, "ชื่อผู้ชำระผิด", approver)
    assert (done.void.reason, done.void.approved_by) == ("ชื่อผู้ชำระผิด", money.APPROVER)
    assert cases.get(counter, number, actor).status == "approved"
    refused("voided_already", receipt_voids.void, counter, actor, first.text, "อีก", approver)
    second = pay(counter, actor, number)
    assert second.no == 2
    assert second.document["replaces"] == "1/1"
    with counter.store.read() as connection:
        assert receipt_rows.of_case(connection, 1)[0].void.replaced_by == "1/2"
    assert cases.get(counter, number, actor).status == "fee_paid"
    assert numbers_of(counter) == (1, 1, 998, 0, 0)
    assert all(check.ok for check in verification.verify(counter))


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE receipt SET total_satang = 1",
        "UPDATE receipt SET document = '{}'",
        "UPDATE receipt SET no = 7",
        "DELETE FROM receipt",
        "DELETE FROM receipt_book",
    ],
)
def test_no_statement_edits_a_receipt(home, counter, actor, sql):
    pay(counter, actor)
    with raw_books.raw(home) as connection, pytest.raises(Exception, match=r"is (frozen|kept)"):
        connection.execute(sql)


def test_a_book_is_of_one_fiscal_year(counter, actor, clock):
    clock.at = datetime(2027, 9, 30, 9, 0, tzinfo=UTC)
    number, later = (money.approved_permit(counter, actor) for _ in range(2))
    assert pay(counter, actor, number).fiscal_year == 2570
    shifts.close(counter, actor)
    clock.at = datetime(2027, 9, 30, 17, 0, tzinfo=UTC)  # 1 October in Thailand
    error = refused("book_year", pay, counter, actor, later, book="1")
    assert "2570" in error.title
    receipt = pay(counter, actor, later)
    assert (receipt.fiscal_year, receipt.book, receipt.no) == (2571, "1", 1)
    refused("receipt_year", _get, counter, "1/1")
    assert _get(counter, "2571/1/1").number == later
    retired = books.end_year(counter, actor, 2570)
    assert [(one.used, one.spoiled, one.unused, one.state) for one in retired] == [(1, 999, 0, "closed")]
    report = number_report.report(counter, "R2570/1")
    assert (report["issued"], report["voided"], report["unused"], report["unexplained"]) == (1, 999, 0, 0)
    refused("year_runs", books.end_year, counter, actor, 2571)


def _get(counter, text):
    from app.domain import receipt_numbers

    with counter.store.read() as connection:
        return receipt_rows.get(connection, receipt_numbers.parse(text))


def test_an_office_begins_mid_year_and_goes_on_in_the_next_book(counter, actor):
    settings(counter, receipts={"first_book": 12, "first_no": 99, "book_size": 100})
    found = [pay(counter, actor).text for _ in range(3)]
    assert found == ["12/99", "12/100", "13/1"]
    report = number_report.report(counter)
    assert (report["unexplained"], report["duplicates"]) == (0, 0)


def test_a_preprinted_book_is_followed_leaf_by_leaf(counter, actor):
    settings(counter, receipt_mode="preprinted_book")
    number = money.approved_permit(counter, actor)
    refused("no_book", pay, counter, actor, number)
    books.draw(counter, actor, "ก-7", 51, 53, "preprinted", received_from="กองคลัง")
    refused("leaf_order", pay, counter, actor, number, book="ก-7", no=52)
    receipt_voids.spoil(counter, actor, "ก-7/51", "เขียนผิด")
    assert pay(counter, actor, number, book="ก-7", no=52).text == "ก-7/52"
    refused("written_by_hand", print_jobs.plan_file, counter, actor, number, "receipt")
    assert "ใบในเล่มกระดาษ เล่มที่ ก-7 เลขที่ 52" in refused("written_by_hand", print_jobs.plan_file, counter, actor, number,
                                                          "receipt", copy_reason=" ").title  # fmt: skip
    for copy in (1, 2):
        job = print_jobs.plan_file(counter, actor, number, "receipt", copy_reason="แนบฎีกา")
        assert job.copy == CopyMark(copy, "แนบฎีกา"), "the leaf is the original"
    (book,) = books.register(counter, 2570)
    assert (book.used, book.spoiled, book.unused) == (1, 1, 1)
    report = number_report.report(counter, "R2570/ก-7")
    assert (report["issued"], report["voided"], report["unused"], report["unexplained"]) == (1, 1, 1, 0)
    refused("book_known", books.draw, counter, actor, "ก-7", 1, 2, "preprinted")


def test_elaas_keeps_the_number_of_the_other_system(counter, actor):
    settings(counter, receipt_mode="elaas_reference")
    number = money.approved_permit(counter, actor)
    refused("external_no", pay, counter, actor, number)
    receipt = pay(counter, actor, number, external_no="RCPT-99999/69")
    assert receipt.external_no == "RCPT-99999/69"
    assert (receipt.document["title"], receipt.document["note"]) == ("ใบรับชำระเงิน", "มิใช่ใบเสร็จรับเงิน")


def test_a_reserve_book_tells_afterwards_what_was_taken(counter, actor, clock):
    number = money.approved_permit(counter, actor)
    books.draw(counter, actor, "ส-1", 1, 50, "reserve")
    clock.forward(days=3)
    day = datetime(2026, 11, 21, tzinfo=UTC).date()
    refused("no", pay, counter, actor, number, book="ส-1", received_on=day)
    receipt = pay(counter, actor, number, book="ส-1", no=1, received_on=day)
    assert (receipt.received_on, receipt.business_on, receipt.document["date"]) == (day, day, "2026-11-21")
    assert shifts.current(counter, actor) is None
    refused("received_on", pay, counter, actor, received_on=day)


def test_part_payment_only_where_the_office_allows_it(counter, actor):
    number = money.approved_permit(counter, actor)
    settings(counter, receipts={"part_payment": True})
    first = pay(counter, actor, number, amount_satang=5_000)
    assert cases.get(counter, number, actor).status == "approved"
    assert first.document["items"][0]["satang"] == 5_000
    pay(counter, actor, number, amount_satang=15_000)
    assert cases.get(counter, number, actor).status == "fee_paid"


def test_a_payment_slip_pays_once(counter, actor):
    from app.domain.payment_codes import crc16

    head = "004100060000010103014022020260101123456789012" + "5102TH9104"
    text = f"{head}{crc16(head):04X}"
    receipt = pay(counter, actor, method="qr", slip=text)
    error = refused("slip_used", pay, counter, actor, method="qr", slip=text)
    assert f"เล่มที่ {receipt.book} เลขที่ {receipt.no}" in error.title
    refused("slip", pay, counter, actor, method="qr", slip=text[:-4] + "0000")


def test_a_cheque_waits_and_one_that_comes_back_pays_nothing(counter, actor, approver):
    number = money.approved_permit(counter, actor)
    receipt = pay(counter, actor, number, method="cheque", reference="1234567", bank="กรุงไทย สาขาภูเก็ต")
    assert receipt.payment_state == "cheque_waiting"
    assert "เมื่อธนาคารได้สั่งจ่าย" in receipt.document["cheque_note"]
    done = receipt_voids.settle_cheque(counter, actor, receipt.text, cleared=False)
    assert done.payment_state == "cheque_returned"
    refused("cheque", receipt_voids.settle_cheque, counter, actor, receipt.text, cleared=True)
    receipt_voids.void(counter, actor, receipt.text, "เช็คคืน", approver)
    assert cases.get(counter, number, actor).status == "approved"


def test_a_suspicious_clock_issues_nothing_until_confirmed(counter, actor, clock):
    number = money.approved_permit(counter, actor)
    clock.forward(hours=-2)
    refused("clock", pay, counter, actor, number)
    receipts.confirm_clock(counter, actor)
    assert pay(counter, actor, number).no == 1


def test_a_drawer_is_counted_and_closed_for_ever(counter, actor, approver):
    shifts.open_shift(counter, actor, 50_000)
    for _ in range(3):
        last = pay(counter, actor)
    pay(counter, actor, method="transfer", reference="T1")
    receipt_voids.void(counter, actor, last.text, "ซ้ำ", approver)
    shift = shifts.current(counter, actor)
    assert (shift.receipts, shift.voided, shift.cash_satang, shift.expected_satang) == (4, 1, 40_000, 90_000)
    refused("difference", shifts.close, counter, actor, {50_000: 1, 10_000: 3})
    number = money.approved_permit(counter, actor)
    closed = shifts.close(counter, actor, {50_000: 1, 10_000: 3}, "ทอนเกิน")
    assert (closed.state, closed.counted_satang, closed.difference_satang) == ("closed", 80_000, -10_000)
    assert closed.document["void_numbers"] == ["1/3"]
    assert closed.document["revenues"][0]["satang"] == 60_000
    assert closed.document["ranges"] == [{"book": "1", "fiscal_year": 2570, "from": 1, "to": 4, "count": 4}]
    refused("day_closed", pay, counter, actor, number)
    refused("no_drawer", shifts.close, counter, actor)


def test_a_drawer_is_handed_over_by_counting(counter, actor, clock):
    clerk = money.person(counter, money.CLERK, "user")
    shifts.open_shift(counter, actor, 50_000, "1")
    number = money.approved_permit(counter, actor)
    pay(counter, actor)
    refused("drawer_taken", shifts.open_shift, counter, clerk, 0, "1")
    refused("counted", shifts.hand_over, counter, actor, clerk, None)
    new = shifts.hand_over(counter, actor, clerk, {50_000: 1, 10_000: 2})
    assert (new.cashier, new.float_satang, new.carried_satang) == (money.CLERK, 50_000, 20_000)
    pay(counter, clerk, number)
    done = shifts.close(counter, clerk, {50_000: 1, 10_000: 4})
    assert done.difference_satang == 0


def test_a_drawer_that_was_left_is_taken_over_with_a_reason(counter, actor, clock):
    clerk = money.person(counter, money.CLERK, "user")
    number = money.approved_permit(counter, actor)
    pay(counter, clerk)
    refused("required", shifts.take_over, counter, actor, money.CLERK, {}, " ")
    refused("counted", shifts.take_over, counter, actor, money.CLERK, None, "ป่วย")
    refused("difference", shifts.take_over, counter, actor, money.CLERK, {10_000: 1}, "ป่วย")
    refused("no_drawer", shifts.take_over, counter, actor, "nobody", {}, "ป่วย")
    refused("hand_over_self", shifts.take_over, counter, clerk, money.CLERK, {}, "ป่วย")
    clock.forward(days=1)
    shifts.open_shift(counter, actor)
    refused("drawer_open", shifts.take_over, counter, actor, money.CLERK, {10_000: 2}, "ป่วย")
    shifts.close(counter, actor)
    mine = shifts.take_over(counter, actor, money.CLERK, {10_000: 1}, "ป่วย", "หาย")
    assert (mine.business_on.isoformat(), mine.carried_satang) == ("2026-11-20", 10_000)
    left = next(one for one in shifts.of_day(counter, mine.business_on) if one.cashier == money.CLERK)
    assert left.document["taken_over"]["reason"] == "ป่วย"
    assert (left.document["reason"], left.difference_satang) == ("หาย", -10_000)
    assert shifts.close(counter, actor).business_on == mine.business_on
    refused("day_closed", pay, counter, actor, number)


def test_a_drawer_of_yesterday_is_closed_first(counter, actor, clock):
    pay(counter, actor)
    clock.forward(days=1)
    number = money.approved_permit(counter, actor)
    refused("drawer_stale", pay, counter, actor, number)
    assert shifts.close(counter, actor).business_on.isoformat() == "2026-11-20"
    assert pay(counter, actor, number).business_on.isoformat() == "2026-11-21"


def test_the_paper_stays_what_it_was(counter, actor):
    receipt = pay(counter, actor)
    before = json.dumps(receipt.document, sort_keys=True)
    settings(counter, name="เทศบาลนครชื่อใหม่", phone="02-000-0000", receipts={"place": "กองอื่น", "footer": "ใหม่"})
    again = receipt_rows.listed(counter)[0]
    assert json.dumps(again.document, sort_keys=True) == before
