"""Receipts of an office with a central server: books are leased, nobody has another's number, everybody sees all."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from sync_support import ACTOR, OFFICE_CODE, Province, office_document, service_documents

from app.domain.clock import SystemClock
from app.domain.errors import Refused
from app.services import (
    backups,
    books,
    cases,
    number_report,
    receipt_rows,
    receipt_voids,
    receipts,
    replication,
    setup,
    shifts,
    staff,
)
from app.services.money_model import Pay
from sync.server import admin, device_admin
from tests.integration.server_databases import BOTH, database_of
from tests.integration.support import money

PASSWORD = "รหัสผ่านยาว ๆ"


def approver(desk):
    with desk.store.write("test") as work:
        staff.add(work, money.APPROVER, "ผู้อนุมัติ", PASSWORD, "admin")
    return staff.sign_in(desk.counter, money.APPROVER, PASSWORD)


def pay(desk, number=None):
    number = number or money.approved_permit(desk.counter, ACTOR)
    return receipts.issue(desk.counter, ACTOR, Pay(number, "cash", 20_000))


def allow_permits(province):
    document = office_document(services=["petition", "ad_permit"])
    admin.add_office(province.database, document, service_documents())


@pytest.fixture
def province(request: pytest.FixtureRequest, tmp_path: Path):
    with Province(tmp_path, database_of(request)) as found:
        allow_permits(found)
        yield found


@BOTH
def test_each_counter_has_books_of_its_own_and_sees_the_others_receipts(province):
    first, second = province.desk("เคาน์เตอร์ 1"), province.desk("เคาน์เตอร์ 2")
    one, two = pay(first), pay(second)
    assert (one.text, two.text) == ("1/1", "2/1")
    assert first.sync().rejected == 0
    second.sync()
    first.sync()
    texts = {receipt.text for receipt in receipt_rows.listed(second.counter)}
    assert texts == {"1/1", "2/1"} == {receipt.text for receipt in receipt_rows.listed(first.counter)}
    there = next(r for r in receipt_rows.listed(second.counter) if r.text == "1/1")
    assert there.document == one.document
    assert cases.get(second.counter, one.number).status == "fee_paid"
    assert [tuple(row) for row in province.rows("SELECT book, no, satang FROM receipt ORDER BY book")] == [
        ("1", 1, 20_000),
        ("2", 1, 20_000),
    ]
    for desk in (first, second):
        report = number_report.report(desk.counter)
        assert (report["unexplained"], report["duplicates"]) == (0, 0)


@BOTH
def test_a_cancelled_receipt_opens_the_case_everywhere(province):
    first, second = province.desk("เคาน์เตอร์ 1"), province.desk("เคาน์เตอร์ 2")
    first.sync()
    one = pay(first)
    first.sync()
    second.sync()
    receipt_voids.void(first.counter, ACTOR, one.text, "ผิดคน", approver(first))
    shifts.close(first.counter, ACTOR)
    first.sync()
    second.sync()
    assert receipt_rows.listed(second.counter)[0].void.reason == "ผิดคน"
    assert cases.get(second.counter, one.number).status == "approved"
    assert province.rows("SELECT status FROM case_file")[0][0] == "approved"
    assert province.rows("SELECT count(*) FROM receipt WHERE voided_at IS NOT NULL")[0][0] == 1
    assert len(shifts.of_day(second.counter, shifts.today(second.counter))) == 1


def test_what_two_counters_say_of_one_receipt_apart_from_each_other_ends_alike_everywhere(province):
    first, second, third = (province.desk(f"เคาน์เตอร์ {n}") for n in (1, 2, 3))
    desks = (first, second, third)
    number = money.approved_permit(first.counter, ACTOR)
    cheque = receipts.issue(
        first.counter, ACTOR, Pay(number, "cheque", 20_000, reference="0012345", bank="ออมสิน สาขากะทู้")
    )
    cancelled = pay(first)
    receipt_voids.void(first.counter, ACTOR, cancelled.text, "ผิดคน", approver(first))
    for desk in (*desks, *desks):
        desk.sync()
    for desk, cleared in ((first, False), (second, True)):
        receipt_voids.settle_cheque(desk.counter, ACTOR, cheque.text, cleared)
    anew = [pay(desk, cancelled.number) for desk in (second, first)]
    for desk in (second, first, third, *desks):
        desk.sync()
    for desk in desks:
        by_text = {one.text: one for one in receipt_rows.listed(desk.counter)}
        assert by_text[cheque.text].payment_state == "cheque_cleared", "the first that the server was told"
        assert by_text[cancelled.text].void.replaced_by == anew[0].text, "the first that was issued"
        assert {one.text for one in anew} <= by_text.keys()


def test_a_number_that_was_issued_elsewhere_is_refused_by_the_server(province):
    first, second = province.desk("เคาน์เตอร์ 1"), province.desk("เคาน์เตอร์ 2")
    first.sync()
    second.sync()
    with second.store.write("test") as work:  # somebody has tampered with the lease
        work.run("UPDATE receipt_book SET book = '1', series = 'R' || fiscal_year || '/1'")
        work.run("UPDATE number_block SET series = (SELECT series FROM receipt_book b WHERE b.id = number_block.id)"
                 " WHERE id IN (SELECT id FROM receipt_book)")  # fmt: skip
    pay(first)
    pay(second)
    assert first.sync().rejected == 0
    assert second.sync().rejected >= 1
    assert second.one("SELECT code FROM quarantine ORDER BY seq LIMIT 1") == "receipt_not_leased"


def test_books_of_an_office_that_stood_alone_are_adopted(province):
    desk = province.desk(alone=True, enrolled=False)
    with desk.store.write("test") as work:
        document = {**desk.counter.current.document, "services": ["petition", "ad_permit"]}
        setup.enter_office(work, 2, document)
    desk.counter.reload()
    assert pay(desk).text == "1/1"
    desk.enrol(province.url, province.database)
    assert desk.sync().rejected == 0
    assert province.rows("SELECT book, no FROM receipt") == [("1", 1)]
    other = province.desk("เคาน์เตอร์ 2")
    other.sync()
    assert pay(other).text == "2/1"


def test_a_paper_book_is_at_one_counter_only(province):
    first, second = province.desk("เคาน์เตอร์ 1"), province.desk("เคาน์เตอร์ 2")
    for desk in (first, second):
        books.draw(desk.counter, replace(ACTOR, role="admin"), "ส-1", 1, 50, "reserve")
    assert first.sync().rejected == 0
    assert second.sync().rejected == 1
    assert second.one("SELECT code FROM quarantine") == "book_taken"


def restore(province, desk, backup):
    """The counter as it was at its backup, joined again."""
    desk.counter.close()
    backups.restore(desk.home, backup, "กุญแจ", desk.store.clock)
    desk.counter = setup.open_counter(desk.home, SystemClock(), "กุญแจ")
    desk.apply = partial(replication.apply, desk.counter)
    desk.enrol(province.url, province.database)
    desk.sync()


def test_a_drawer_that_was_closed_after_the_backup_is_closed_in_what_is_restored(province, tmp_path):
    desk = province.desk()
    desk.sync()
    pay(desk)
    backups.back_up(desk.counter, tmp_path / "copy.db")
    pay(desk)
    closed = shifts.close(desk.counter, ACTOR, total=40_000)
    desk.sync()
    restore(province, desk, tmp_path / "copy.db")
    assert shifts.open_drawers(desk.counter) == []
    assert shifts.of_day(desk.counter, shifts.today(desk.counter)) == [closed]


@BOTH
def test_a_restored_counter_issues_from_a_new_book(province, tmp_path):
    desk = province.desk()
    desk.sync()
    pay(desk)
    backup = tmp_path / "copy.db"
    backups.back_up(desk.counter, backup)
    lost = [pay(desk).text for _ in range(3)]
    desk.sync()
    restore(province, desk, backup)
    new = pay(desk)
    assert new.text == "2/1"
    assert desk.sync().rejected == 0
    assert {receipt.text for receipt in receipt_rows.listed(desk.counter)} == {"1/1", *lost, "2/1"}
    report = number_report.report(desk.counter)
    assert (report["unexplained"], report["duplicates"]) == (0, 0)


def test_a_counter_without_numbers_left_stops_and_gets_a_new_book(province):
    desk = province.desk()
    with desk.store.write("test") as work:
        work.run("UPDATE number_block SET next = last WHERE series LIKE 'R%'")
    number = money.approved_permit(desk.counter, ACTOR)
    assert pay(desk).no == 1000
    with pytest.raises(Refused) as error:
        pay(desk, number)
    assert error.value.code == "receipts_used_up"
    desk.sync()
    assert pay(desk, number).text == "2/1"


@BOTH
def test_the_books_of_a_lost_counter_are_settled_by_a_decision(province):
    """Every number of every book is issued, unused or returned, before and after; one that turns up counts."""
    lost, other = province.desk("หาย"), province.desk("อยู่")
    known = pay(lost)
    receipt_voids.void(lost.counter, ACTOR, known.text, "พิมพ์ผิด", approver(lost))
    lost.sync()
    unsent = pay(lost)
    pay(other)
    other.sync()
    device, book = lost.meta("device_id"), f"R{known.fiscal_year}/{known.book}"

    def row():
        [found] = [one for one in admin.books_report(province.database, OFFICE_CODE) if one["series"] == book]
        assert found["leased"] == found["issued"] + found["unused"] + found["returned"]
        assert (found["unexplained"], found["duplicates"]) == (0, 0)
        return found

    assert (row()["issued"], row()["voided"], row()["returned"]) == (1, 1, 0)
    told = device_admin.replace(province.database, OFFICE_CODE, device, "จมน้ำ", "ผู้ดูแล", give_up=True)
    assert told["books_returned"] == 999
    assert (row()["issued"], row()["unused"], row()["returned"]) == (1, 0, 999)
    again = device_admin.give_up_numbers(province.database, OFFICE_CODE, device, "จมน้ำ", "ผู้ดูแล")
    assert (again["books_returned"], again["books"]) == (0, {})
    new = province.desk("ใหม่", enrolled=False)
    new.enrol_with(province.url, told["code"])
    assert pay(new).book not in (known.book, pay(other).book), "a book of its own"
    lost.enrol(province.url, province.database)
    lost.sync()
    assert (row()["issued"], row()["returned"]) == (2, 998), unsent.no
