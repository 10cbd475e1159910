"""A clock that may be wrong: told, confirmed by naming the day, and the day of a filing put right."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.domain.errors import Refused
from app.services import assessments, cases, office_clock, receipts
from app.services.counter import Counter
from app.services.model import Actor
from app.services.money_model import Pay
from tests.integration.support import command, filings, homes
from tests.integration.support.filings import HOTEL
from tests.integration.test_people_replication import deliver

LATE = {"penalty_multiplier": "1"}


@pytest.fixture
def clock() -> homes.HandClock:
    return homes.HandClock(datetime(2026, 8, 25, 2, 0, tzinfo=UTC))


@pytest.fixture
def counter(tmp_path: Path, clock: homes.HandClock) -> Iterator[Counter]:
    with homes.opened(filings.make(tmp_path / "home", clock, late=LATE), clock) as counter:
        yield counter


@pytest.fixture
def actor(counter: Counter) -> Actor:
    return homes.signed_in(counter)


def test_a_clock_in_doubt_is_confirmed_by_naming_the_day(
    counter: Counter, actor: Actor, clock: homes.HandClock
) -> None:
    assert not office_clock.look(counter).asks
    case = filings.file(counter, actor, HOTEL)
    clock.at -= timedelta(days=40)
    found = office_clock.look(counter)
    assert found.asks
    assert "25 ส.ค. 2569" in found.doubts
    pay = Pay(case.number, "cash", assessments.of_number(counter, case.number).total_satang)
    with pytest.raises(Refused, match="clock"):
        receipts.issue(counter, actor, pay)
    with pytest.raises(Refused) as caught:
        office_clock.confirm(counter, actor, "25/8/2569")
    assert caught.value.code == "clock_other_day"
    with pytest.raises(Refused, match="right_needed"):
        office_clock.confirm(counter, Actor("9", "clerk", "เสมียน", "", "user"), "16/7/2569")
    assert not office_clock.confirm(counter, actor, "16 ก.ค. 69").asks
    clock.at += timedelta(hours=13)
    assert office_clock.look(counter).asks
    office_clock.confirm(counter, actor, "๑๖/๗/๒๕๖๙")
    receipts.issue(counter, actor, pay)


def test_the_day_of_a_filing_is_put_right(
    counter: Counter, actor: Actor, clock: homes.HandClock, tmp_path: Path
) -> None:
    case = filings.file(counter, actor, HOTEL)
    assert case.total_satang == 260_000 * 2, "too late by the clock"
    for on, reason in (("26/8/2569", "ผิด"), ("31/5/2569", "ผิด"), ("8/7/2569", " "), ("วันก่อน", "ผิด")):
        with pytest.raises(Refused):
            office_clock.correct_filed_on(counter, actor, case.number, on, reason)
    office_clock.correct_filed_on(counter, actor, case.number, "8/7/2569", "นาฬิกาเครื่องเร็วไป")
    assert assessments.of_number(counter, case.number).total_satang == 260_000
    office_clock.correct_filed_on(counter, actor, case.number, "20/7/2569", "ใส่ผิด")
    assert assessments.of_number(counter, case.number).total_satang == 520_000
    office_clock.correct_filed_on(counter, actor, case.number, "9/7/2569", "ดูจากใบรับ")
    told = [event.text for event in cases.events(counter, case.number) if event.kind == "filing_date_corrected"]
    assert len(told) == 3
    with homes.opened(filings.make(tmp_path / "other", clock, late=LATE, first_run=500_000), clock) as other:
        deliver(counter, other)
        assert assessments.of_number(other, case.number).total_satang == 260_000
    with counter.store.read() as connection:
        entries = connection.exec_driver_sql(
            "SELECT detail FROM audit WHERE action = 'filing_date_corrected'"
        ).fetchall()
    assert entries[-1].detail == "2026-07-09 ดูจากใบรับ"
    receipts.issue(counter, actor, Pay(case.number, "cash", 260_000))
    with pytest.raises(Refused, match="already_paid"):
        office_clock.correct_filed_on(counter, actor, case.number, "8/7/2569", "ผิด")


def test_by_command(counter: Counter) -> None:
    home = counter.home
    assert command.run(home, "clock", "--json").json["asks"] is False
    today = command.run(home, "clock", "--json").json["now"][:10]
    assert set(command.run(home, "clock", "show", "--json").json) == {"now", "doubts", "confirmed_until", "asks"}
    assert command.run(home, "clock", "confirm", "1/1/2500", "--json").error["code"] == "clock_other_day"
    assert today
