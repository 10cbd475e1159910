"""The treasury's papers: slips and vouchers that add up, registers, the hand-over to e-LAAS and the comparison."""

import csv

import pytest
from pypdf import PdfReader

from app.cli import reports
from app.cli.money_parser import KINDS, METHODS, REPORTS
from app.domain.errors import Refused
from app.services import (
    bank_files,
    bills,
    books,
    money_model,
    money_reports,
    receipt_voids,
    receipts,
    remittances,
    shifts,
)
from app.services.money_model import Pay
from printing import money_reports as papers
from printing import press
from tests.integration.support import command, homes, money
from tests.integration.test_bank_files import file, line


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
def day(counter, actor):
    """Four receipts, one of them cancelled and replaced, one by the bank's file; the drawer is closed."""
    approver = money.person(counter, money.APPROVER, "admin")
    first, second, third = (money.approved_permit(counter, actor) for _ in range(3))
    one = receipts.issue(counter, actor, Pay(first, "cash", 20_000))
    receipts.issue(counter, actor, Pay(second, "transfer", 20_000, reference="=T1"))
    receipt_voids.void(counter, actor, one.text, "ชื่อผิด", approver)
    receipts.issue(counter, actor, Pay(first, "cash", 20_000))
    bill = bills.make(counter, actor, third)
    bank_files.import_file(counter, actor, "ktb", file(line(bill.ref1, bill.ref2, 20_000)))
    shifts.close(counter, actor, {10_000: 2})
    return shifts.today(counter)


def test_the_slip_and_the_voucher_add_up(counter, day):
    (shift,) = shifts.of_day(counter, day)
    slip = shift.document
    assert slip["total_satang"] == sum(one["satang"] for one in slip["revenues"]) == 40_000
    assert slip["by_method"] == {"cash": 20_000, "transfer": 20_000}
    voucher = remittances.summary(counter, day)
    assert voucher["total_satang"] == sum(one["satang"] for one in voucher["revenues"]) == 60_000
    assert voucher["by_method"]["ktb_bill"] == 20_000
    assert (voucher["receipts"], voucher["voided"]) == (4, 1)
    text = "\n".join(papers.remittance_layout(slip).texts())
    for part in ("ใบนำส่งเงิน", "เลขที่ 1/2570", "400.00", "(สี่ร้อยบาทถ้วน)", "เล่ม 1 เลขที่ 1–3", "1/1"):
        assert part in text, part
    counted = {**slip, "counted": {"1000": 4, "10000": 3, "50000": 1}}
    faces = [text for text in papers.remittance_layout(counted).texts() if text in ("500.00", "100.00", "10.00")]
    assert faces == ["500.00", "500.00", "100.00", "10.00"], "the largest note first, whatever the order of the keys"
    told = "\n".join(papers.summary_layout(voucher).texts())
    for part in ("ใบสำคัญสรุปใบนำส่งเงิน", "600.00", "200.00", "ผู้ตรวจสอบ"):
        assert part in told, part


def test_registers(counter, day):
    register = money_reports.receipt_register(counter, day, day)
    assert [row[1] for row in register.rows] == ["1/1", "1/2", "1/3", "1/4"]
    assert register.rows[0][5] == "0.00"
    assert "ยกเลิก: ชื่อผิด ออกแทน 1/3" in register.rows[0][7]
    assert "600.00" in register.foot[0]
    voided = money_reports.voided_receipts(counter, day, day)
    assert [row[5:7] for row in voided.rows] == [("1/1", "200.00")]
    book = money_reports.book_register(counter, day, day)
    assert [row[6:12] for row in book.rows] == [("1–4", "5–1000", "4", "1", "0", "996")]
    signed = papers.report_layout(book, "เทศบาล").texts()
    assert "ผู้รายงาน" in " ".join(signed)
    for made in (register, voided, book):
        pdf = press.render_pdf(papers.report_layout(made, "เทศบาล"))
        assert pdf.startswith(b"%PDF")


def test_elaas_gets_sums_by_the_offices_map_and_is_compared(counter, day, tmp_path):
    made = money_reports.elaas(counter, day, day)
    assert made.rows == (("2026-11-20", "ad_permit", "ค่าธรรมเนียมขออนุญาตโฆษณา", "600.00", "3"),)
    theirs = tmp_path / "theirs.csv"
    theirs.write_text("date,type,amount,count\n2026-11-20,ad_permit,400.00,2\n2026-11-20,other,5.00,1\n", "utf-8")
    compared = money_reports.reconciled(counter, day, day, theirs)
    assert [(row[1], row[6], row[7]) for row in compared.rows] == [
        ("ad_permit", "200.00", "ไม่ตรง"),
        ("other", "-5.00", "ไม่ตรง"),
    ]
    theirs.write_text("nonsense\nx", "utf-8")
    with pytest.raises(Refused):
        money_reports.reconciled(counter, day, day, theirs)


def test_a_csv_reckons_nothing(counter, day):
    report = money_reports.Report("", "", ("ก",), (("=1+1",), ("-5.00",), ("-x",), ("@a",)), (1.0,))
    rows = list(csv.reader(money_reports.as_csv(report).decode("utf-8-sig").splitlines()))
    assert rows == [["ก"], ["'=1+1"], ["-5.00"], ["'-x"], ["'@a"]]


@pytest.mark.parametrize("name", ["receipts", "voided-receipts", "receipt-books", "remittance", "remittance-summary"])
def test_the_command_writes_each(counter, day, tmp_path, name):
    target = tmp_path / "out.pdf"
    answer = command.run(
        counter.home, "report", name, "--from", day.isoformat(), "--to", day.isoformat(), "--out", target
    )
    assert answer.code == 0, answer.err
    assert PdfReader(target).pages


def test_the_command_writes_csv_and_refuses_the_rest(counter, day, tmp_path):
    days = ("--from", day.isoformat(), "--to", day.isoformat())
    assert command.run(counter.home, "report", "elaas", *days, "--out", tmp_path / "a.csv").code == 0
    assert "600.00" in (tmp_path / "a.csv").read_text("utf-8-sig")
    assert command.run(counter.home, "report", "elaas", *days, "--out", tmp_path / "a.txt").code == 3
    assert command.run(counter.home, "report", "elaas-reconcile", *days, "--out", tmp_path / "a.csv").code == 3


def test_what_may_be_typed_is_what_there_is():
    assert tuple(money_model.METHODS) == METHODS
    assert set(books.KINDS) == set(KINDS)
    assert set(reports.NAMES) == set(REPORTS)
