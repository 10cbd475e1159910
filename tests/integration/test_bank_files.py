"""A bank's file: what matches becomes a receipt once, everything else waits with its reason, nothing is dropped."""

import os
import time

import pytest

from app.domain.errors import Refused
from app.services import (
    bank_files,
    bills,
    number_report,
    receipt_rows,
    registration,
    registration_json,
    shifts,
    verification,
)
from app.services.bank_lines import BankLine, Unreadable, read_line
from app.services.receipt_settings import BANK_FILE
from tests.integration.support import command, homes, money, petitions

HEAD, FOOT = b"01KTB HEAD", b"99KTB FOOT 0000012"


def line(ref1, ref2, satang, day="20261120", width=140):
    text = f"02{day}KTB001{ref1:<20}{ref2:<20}{satang:013d}{'นายตัวอย่าง':<20}"
    return f"{text:<{width}}".encode("cp874")


def file(*lines):
    return b"\r\n".join([HEAD, *lines, FOOT]) + b"\r\n"


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


def billed(counter, actor):
    return bills.make(counter, actor, money.approved_permit(counter, actor))


def test_one_file_with_everything_in_it(counter, actor):
    first, second, third = (billed(counter, actor) for _ in range(3))
    content = file(
        line(first.ref1, first.ref2, 20_000),
        line(first.ref1, first.ref2, 20_000),  # told twice
        line(first.ref1, first.ref2, 20_000, "20261119"),  # paid twice
        line(second.ref1, second.ref2, 19_999),
        line("NOBODY", "20260701", 20_000),
        line(third.ref1, third.ref2, 20_000)[:60],  # cut
        line(third.ref1, third.ref2, 20_000, "20261340"),
        line(third.ref1, third.ref2, 20_000, "20270101"),
        "02 ขาด".encode(),
        b"",
    )
    done = bank_files.import_file(counter, actor, "ktb.txt", content)
    assert (done.lines, done.matched, done.duplicates, done.unmatched) == (9, 1, 1, 7)
    states = [one.state for one in bank_files.waiting(counter)]
    assert states == ["duplicate", "already_paid", "wrong_amount", "unmatched", *["unreadable"] * 4]
    assert all(one.reason for one in bank_files.waiting(counter))
    (receipt,) = receipt_rows.listed(counter)
    assert (receipt.number, receipt.method, receipt.total_satang) == (first.number, "ktb_bill", 20_000)
    again = bank_files.import_file(counter, actor, "ktb.txt", content)
    assert again.again and again.matched == 0
    assert len(receipt_rows.listed(counter)) == 1
    other = bank_files.import_file(counter, actor, "other.txt", file(line(first.ref1, first.ref2, 20_000)))
    assert (other.matched, other.duplicates) == (0, 1)
    assert all(check.ok for check in verification.verify(counter))


def test_a_late_match_is_a_dated_correction(counter, actor, clock):
    bill = billed(counter, actor)
    shifts.open_shift(counter, actor, 0)
    shifts.close(counter, actor, total=0)
    bank_files.import_file(counter, actor, "ktb.txt", file(line(bill.ref1, bill.ref2, 20_000)))
    (receipt,) = receipt_rows.listed(counter)
    assert (receipt.received_on.isoformat(), receipt.business_on.isoformat()) == ("2026-11-20", "2026-11-21")


def test_a_line_that_waits_is_tried_again_or_settled(counter, actor):
    number = money.approved_permit(counter, actor)
    from app.services.case_rows import by_number
    from app.services.receipts import COLUMNS

    with counter.store.read() as connection:
        ref1, ref2 = bills.references(counter, by_number(connection, number, COLUMNS))
    bank_files.import_file(counter, actor, "a.txt", file(line(ref1, ref2, 20_000), line("X", "Y", 5)))
    assert bank_files.try_again(counter, actor) == 0
    bills.make(counter, actor, number)
    assert bank_files.try_again(counter, actor) == 1
    (left,) = bank_files.waiting(counter)
    with pytest.raises(Refused):
        bank_files.settle(counter, actor, left.row, " ")
    bank_files.settle(counter, actor, left.row, "โอนคืนแล้ว")
    assert bank_files.waiting(counter) == []


def test_an_import_that_was_broken_off_goes_on(counter, actor, monkeypatch):
    made = [billed(counter, actor) for _ in range(6)]
    content = file(*(line(bill.ref1, bill.ref2, 20_000) for bill in made))
    monkeypatch.setattr(bank_files, "A_TRANSACTION", 2)

    def stop(done, _lines):
        if done >= 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bank_files.import_file(counter, actor, "ktb.txt", content, stop)
    before = len(receipt_rows.listed(counter))
    assert 0 < before < 6
    done = bank_files.import_file(counter, actor, "ktb.txt", content)
    assert (done.matched, done.duplicates, done.unmatched) == (6, 0, 0)
    assert len(receipt_rows.listed(counter)) == 6
    report = number_report.report(counter, "R2570/1")
    assert (report["issued"], report["unexplained"], report["duplicates"]) == (6, 0, 0)


def test_a_file_that_is_none_is_refused(counter, actor):
    for content in (b"", b"hello\nworld\n", b"\x89PNG\r\n\x1a\n" + bytes(500)):
        with pytest.raises(Refused) as error:
            bank_files.import_file(counter, actor, "x", content)
        assert error.value.code == "bank_file"


def test_lines_by_the_map_of_the_domain_notes():
    fixed = line("123456701", "20260601", 260_000, "20260705")
    assert read_line(fixed, BANK_FILE).satang == 260_000
    words = b"0220260705 00:01 123456701 20260601 2600.00"
    assert read_line(words, BANK_FILE) == BankLine(
        read_line(fixed, BANK_FILE).paid_on, "123456701", "20260601", 260_000
    )
    assert read_line(b"03" + fixed[2:], BANK_FILE) is None
    assert isinstance(read_line(b"02\xff\xfe\x81", {**BANK_FILE, "encoding": "utf-8"}), Unreadable)
    utf8 = fixed.decode("cp874").encode()
    assert read_line(utf8, {**BANK_FILE, "encoding": "utf-8"}) == read_line(fixed, BANK_FILE)


def test_the_command(home, tmp_path):
    path = tmp_path / "ktb.txt"
    path.write_bytes(file(line("X", "Y", 5)))
    answer = command.run(home, "bank-file", path, "--json").json
    assert (answer["matched"], answer["unmatched"], answer["duplicates"]) == (0, 1, 0)
    assert command.run(home, "bank-file", "--json").json[0]["state"] == "unmatched"
    assert command.run(home, "bank-file", tmp_path / "none", "--json").code == 3


BILLS = int(os.environ.get("LAO_BANK_BILLS", "60"))


def many_billed(counter, actor, count):
    """Bills of so many permits, entered in a few transactions: their way to approval is not what is measured."""
    command = registration_json.parse("ad_permit", petitions.text(petitions.permit()).encode(), ())
    made = []
    while len(made) < count:
        with counter.store.write(actor.username) as work:
            for _ in range(min(500, count - len(made))):
                number = registration.write(work, counter, actor, command).number
                work.run("UPDATE cases SET status = 'approved' WHERE number = ?", (number,))
                made.append(bills.write(work, counter, actor, number))
    return made


def test_ten_thousand_lines(counter, actor, record_property):
    """LAO_BANK_BILLS=10000 matches every line; here most find nothing."""
    made = many_billed(counter, actor, BILLS)
    lines = [line(bill.ref1, bill.ref2, 20_000) for bill in made]
    lines += [line(f"N{n}", "20260701", 100 + n) for n in range(10_000 - len(lines))]
    begin = time.perf_counter()
    done = bank_files.import_file(counter, actor, "big.txt", file(*lines))
    record_property("seconds", time.perf_counter() - begin)
    print("seconds", time.perf_counter() - begin)
    assert (done.lines, done.matched, done.unmatched) == (10_000, BILLS, 10_000 - BILLS)
