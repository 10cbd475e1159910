"""Permits to advertise: opinion and order on the application, the numbered permit, the list of signs to take down."""

from datetime import UTC, date, datetime

import pytest

from app.domain.errors import Refused
from app.services import cases, papers, permits, print_jobs, printers, receipts, registration_json
from app.services.counter import Counter
from app.services.model import Actor, Printer, PrintJob
from app.services.money_model import Pay
from printing import documents, pdf
from tests.integration.support import command, homes
from tests.integration.support.petitions import permit


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


def test_by_command(home: homes.Path, counter: Counter, actor: Actor) -> None:
    number = granted(counter, actor)
    found = command.run(home, "permits", "list", "--json")
    assert [one["number"] for one in found.json] == [number]
    assert command.run(home, "permits", "list", "nonsense", "--json").error["code"] == "permit_state"
    assert command.run(home, "permits", "removed", number, "--json").json["status"] == "removed_confirmed"
