"""Permits to advertise: opinion and order on the application, the numbered permit, the list of signs to take down."""

from datetime import UTC, date, datetime
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp

from app.domain.errors import Refused
from app.services import (
    cases,
    number_report,
    papers,
    permit_numbers,
    permits,
    print_jobs,
    printers,
    receipts,
    registration_json,
    shifts,
)
from app.services.counter import Counter
from app.services.model import Actor, Printer, PrintJob
from app.services.money_model import Pay
from printing import documents, pdf, press
from sync.server import admin
from tests.integration.citizen_support import Citizen, proof
from tests.integration.support import command, homes
from tests.integration.support.petitions import permit
from tests.integration.sync_support import ACTOR, OFFICE_CODE, Desk, Province


@pytest.fixture
def clock() -> homes.HandClock:
    """20 July 2569, before the permit of the example begins."""
    return homes.HandClock(datetime(2026, 7, 20, 2, 0, tzinfo=UTC))


def applied(counter: Counter, actor: Actor) -> str:
    """1 August 2569 for sixty days."""
    data = permit(start="2026-08-01", end="2026-09-29")
    return cases.enter(counter, actor, registration_json.from_json("ad_permit", data)).number


def granted(counter: Counter, actor: Actor) -> str:
    number = applied(counter, actor)
    cases.change_status(counter, actor, number, "document_check")
    cases.change_status(counter, actor, number, "officer_opinion", "ตรวจสถานที่แล้ว ไม่กีดขวาง เห็นควรอนุญาต")
    cases.change_status(counter, actor, number, "approved", "ให้ติดเฉพาะในแนวรั้วตลาด")
    receipts.issue(counter, actor, Pay(number, "cash", 20_000))
    cases.change_status(counter, actor, number, "permit_issued")
    return number


def printed(counter: Counter, number: str, document: str) -> str:
    job = PrintJob(1, number, document, "a4", "planned", documents.ORIGINAL, counter.clock.now(), "test")
    layout = documents.build(document, papers.view(counter, job))
    assert pdf.page_count(layout) >= 1
    return "\n".join(layout.texts())


def test_the_permit_says_what_was_granted(counter: Counter, actor: Actor) -> None:
    number = granted(counter, actor)
    found = printed(counter, number, "permit")
    for wanted in ("แบบ ร.ส.2", "เลขที่ 1/2569", number, "1 สิงหาคม 2569 ถึงวันที่ 29 กันยายน 2569", "2 ตุลาคม 2569",
                   "200.00 บาท ตามใบเสร็จรับเงิน", "มหกรรมสินค้าชุมชน", "ให้ติดเฉพาะในแนวรั้วตลาด"):  # fmt: skip
        assert wanted in found, wanted


def test_the_qr_of_the_permit_is_read_from_its_picture(counter: Counter, actor: Actor) -> None:
    number = granted(counter, actor)
    job = PrintJob(1, number, "permit", "a4", "planned", documents.ORIGINAL, counter.clock.now(), "test")
    view = papers.view(counter, job)
    with pypdfium2.PdfDocument(press.render_pdf(documents.build("permit", view))) as document:
        picture = document[0].render(scale=200 / 72).to_pil().convert("L")
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [view.qr_text]


def test_the_application_carries_opinion_and_order(counter: Counter, actor: Actor) -> None:
    number = granted(counter, actor)
    found = printed(counter, number, "petition")
    for wanted in ("เห็นควรอนุญาต", "อนุญาต ให้ติดเฉพาะในแนวรั้วตลาด", actor.full_name, "20 กรกฎาคม 2569"):
        assert wanted in found, wanted


def test_no_permit_before_it_is_issued(counter: Counter, actor: Actor) -> None:
    number = applied(counter, actor)
    printers.add(counter, actor, Printer("a4", "file", str(counter.home / "printed"), 0))
    with pytest.raises(Refused, match="permit_not_issued"):
        print_jobs.plan(counter, actor, number, "permit", printer="a4")
    assert "permit" not in print_jobs.papers_of(counter, number)
    assert "permit" in print_jobs.papers_of(counter, granted(counter, actor))


def test_signs_are_listed_until_they_are_gone(counter: Counter, actor: Actor, clock: homes.HandClock) -> None:
    number = granted(counter, actor)
    for day, state in (("09-22", "valid"), ("09-23", "ending"), ("09-29", "ending"), ("09-30", "remove"),
                       ("10-02", "remove"), ("10-03", "overdue")):  # fmt: skip
        clock.at = datetime.fromisoformat(f"2026-{day}T02:00+00:00")
        (found,) = permits.listing(counter, actor)
        assert (found.number, found.state, found.remove_by) == (number, state, date(2026, 10, 2)), day
        assert bool(permits.listing(counter, actor, "removal")) == (state in ("remove", "overdue"))
    assert permits.confirm_removed(counter, actor, number, "ตรวจแล้ว").status == "removed_confirmed"
    assert permits.listing(counter, actor) == []
    with pytest.raises(Refused, match="not_standing"):
        permits.confirm_removed(counter, actor, number)


def test_each_permit_has_a_number_of_its_own_series(counter: Counter, actor: Actor, clock: homes.HandClock) -> None:
    for place in (1, 2):
        number = granted(counter, actor)
        assert f"เลขที่ {place}/2569" in printed(counter, number, "permit")
    shifts.close(counter, actor, {10_000: 4})
    clock.at = datetime(2027, 1, 2, 2, 0, tzinfo=UTC)
    assert "เลขที่ 1/2570" in printed(counter, granted(counter, actor), "permit")
    for series, issued in (("KTP2569", 2), ("KTP2570", 1)):
        report = number_report.report(counter, series)
        assert (report["issued"], report["voided"], report["unexplained"], report["duplicates"]) == (issued, 0, 0, 0)
    assert [event.text for event in cases.events(counter, number, actor) if event.kind == permit_numbers.KIND]


def test_a_number_on_a_paper_of_before_is_passed_over(counter: Counter, actor: Actor) -> None:
    """Permits of before the series carry the run of their case: that number is voided, not given again."""
    old = granted(counter, actor)
    with counter.store.write("test") as work:
        work.run("DELETE FROM event WHERE kind = ?", (permit_numbers.KIND,))
        work.run("DELETE FROM receiving")
        work.run("UPDATE number_block SET next = 1 WHERE series = 'KTP2569'")
    assert "เลขที่ 1/2569" in printed(counter, old, "permit")
    assert "เลขที่ 2/2569" in printed(counter, granted(counter, actor), "permit")
    report = number_report.report(counter, "KTP2569")
    assert (report["issued"], report["voided"], report["unexplained"], report["duplicates"]) == (1, 1, 0, 0)


def issue_at(desk: Desk, number: str) -> None:
    """From the application to the fee, at a counter without a network."""
    for state in ("document_check", "officer_opinion", "approved"):
        cases.change_status(desk.counter, ACTOR, number, state)
    total = int(cases.get(desk.counter, number).total_satang or 0)
    receipts.issue(desk.counter, ACTOR, Pay(number, "cash", total))
    cases.change_status(desk.counter, ACTOR, number, "permit_issued")


def apply_at(desk: Desk) -> str:
    return cases.enter(desk.counter, ACTOR, registration_json.from_json("ad_permit", permit())).number


def number_of(desk: Desk, number: str) -> str:
    return next(one.permit for one in permits.listing(desk.counter, ACTOR) if one.number == number)


def test_two_counters_offline_never_give_one_permit_number_twice(tmp_path: Path) -> None:
    with Province(tmp_path) as province, Citizen(province.url) as citizen:
        one, two = province.desk(), province.desk()
        for desk in (one, two, one, two):
            desk.sync()
        here, there = [apply_at(one) for _ in range(3)], [apply_at(two) for _ in range(3)]
        shared = apply_at(one)
        one.sync()
        two.sync()
        for desk, numbers in ((one, here), (two, there)):
            for number in numbers:
                issue_at(desk, number)
        for desk in (one, two):  # both issue the same permit without knowing of each other
            for state in ("document_check", "officer_opinion", "approved"):
                cases.change_status(desk.counter, ACTOR, shared, state)
        receipts.issue(one.counter, ACTOR, Pay(shared, "cash", int(cases.get(one.counter, shared).total_satang or 0)))
        cases.change_status(one.counter, ACTOR, shared, "permit_issued")
        for desk in (one, two, one, two):
            desk.sync()
        found = {number: number_of(one, number) for number in (*here, *there, shared)}
        assert len(set(found.values())) == 7
        assert {number: number_of(two, number) for number in found} == found
        assert one.one("SELECT count(*) FROM quarantine") == two.one("SELECT count(*) FROM quarantine") == 0
        [report] = [row for row in admin.numbers_report(province.database, OFFICE_CODE) if "P" in row["series"]]
        assert (report["issued"], report["unexplained"], report["duplicates"]) == (7, 0, 0)
        page = citizen.get(f"/t/{here[0]}/{proof(one, here[0])}").text
        assert f'หนังสืออนุญาตเลขที่</dt><dd class="number">{found[here[0]]}<' in page
        assert "เก็บหรือรื้อถอนภายใน" in page


def test_by_command(home: homes.Path, counter: Counter, actor: Actor) -> None:
    number = granted(counter, actor)
    found = command.run(home, "permits", "list", "--json")
    assert [one["number"] for one in found.json] == [number]
    assert command.run(home, "permits", "list", "nonsense", "--json").error["code"] == "permit_state"
    assert command.run(home, "permits", "removed", number, "--json").json["status"] == "removed_confirmed"
