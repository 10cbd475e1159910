"""The rates of an office's ordinances: entered with their dates, shown on an example, taken back, confirmed."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import Refused
from app.services import (
    assessments,
    office_settings,
    ordinance_examples,
    ordinance_history,
    ordinance_rates,
    staff,
)
from app.services.counter import Counter
from app.services.model import Actor
from tests.integration.support import command, filings, homes
from tests.integration.support.filings import HOTEL, OIL

LATE = {"surcharge_percent_per_month": "1.5", "surcharge_cap_percent": "100"}
NAMED = {HOTEL: {"number": "2/2544", "on": "2001-09-01"}}
TODAY = date(2026, 8, 25)
HOTEL_ITEM = f"{HOTEL}/percent//"


@pytest.fixture
def home(tmp_path: Path, clock: homes.HandClock) -> Path:
    return filings.make(tmp_path / "home", clock, late=LATE, confirmed=[HOTEL], ordinances=NAMED)


@pytest.fixture
def clock() -> homes.HandClock:
    clock = homes.HandClock()
    clock.at = clock.at.replace(month=8, day=25)
    return clock


@pytest.fixture
def counter(home: Path, clock: homes.HandClock) -> Iterator[Counter]:
    with homes.opened(home, clock) as counter:
        yield counter


@pytest.fixture
def actor(counter: Counter) -> Actor:
    return homes.signed_in(counter)


def items(counter: Counter) -> list[ordinance_rates.Item]:
    return ordinance_rates.items(counter.every_definition())


def states(counter: Counter, service: str = HOTEL) -> list[tuple[str, str]]:
    rows = ordinance_rates.rows(counter.current.document, items(counter), TODAY)
    return [(row.value, row.state) for row in rows if row.item.service == service]


def put(counter: Counter, actor: Actor, place: int | None = None, **given: Any) -> None:
    document = office_settings.document(counter)
    wanted = ordinance_rates.with_row(document, items(counter), {"item": HOTEL_ITEM, **given}, TODAY, place)
    office_settings.change(counter, actor, wanted)


def test_a_future_rate_is_entered_shown_and_taken_back(counter: Counter, actor: Actor) -> None:
    assert states(counter) == [("1", "now"), ("0.5", "past"), ("0.2", "past")]
    assert not any(HOTEL in note for note in assessments.notes(counter, counter.catalog[HOTEL]))
    put(counter, actor, value="๒.๕", **{"from": "1 ม.ค. 2570"}, due_day="10", holiday_roll=True)
    assert states(counter)[0] == ("2.5", "future")
    service, document = counter.catalog[HOTEL], counter.current.document
    now = ordinance_examples.worked(document, service, TODAY, counter.current.holidays)
    then = ordinance_examples.worked(document, service, date(2027, 1, 1), counter.current.holidays)
    assert (now.total_satang, then.total_satang) == (260_000, 650_000)
    assert then.late_satang == 650_000 + 650_000 * 15 * 2 // 1_000
    # an old month keeps its own rate, and what was changed must be compared with the ordinance again
    assert filings.file(counter, actor, HOTEL, period_month=6).total_satang == 260_000 + 7_800
    assert assessments.notes(counter, service)[0].startswith("ตรวจกับข้อบัญญัติของท่าน")
    place = ordinance_rates.rows(document, items(counter), TODAY)[0].place
    office_settings.change(counter, actor, ordinance_rates.without_row(document, place, TODAY))
    assert states(counter) == [("1", "now"), ("0.5", "past"), ("0.2", "past")]
    first, second = ordinance_history.entries(counter)
    assert first.by == second.by == homes.USERNAME
    assert any("ร้อยละ 2.5 ตั้งแต่ 1 ม.ค. 2570" in line for line in second.after)
    assert any("ร้อยละ 2.5 ตั้งแต่ 1 ม.ค. 2570" in line for line in first.before)
    assert any(line.startswith("ยืนยัน") and "2/2544" in line for line in second.before)


def test_a_rate_that_holds_and_is_confirmed_is_not_touched(counter: Counter, actor: Actor) -> None:
    document = counter.current.document
    for act in (
        lambda: ordinance_rates.without_row(document, 2, TODAY),
        lambda: ordinance_rates.with_row(
            document, items(counter), {"item": HOTEL_ITEM, "value": "2", "from": "1/10/2544"}, TODAY, 2
        ),
    ):
        with pytest.raises(Refused, match="rate_in_force"):
            act()
    office_settings.change(counter, actor, ordinance_rates.withdraw(document, HOTEL))
    put(counter, actor, 2, value="2", **{"from": "1/10/2544"}, due_day="10")
    assert states(counter)[0] == ("2", "now")


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"item": "flying/percent//"}, "item", "item"),
        ({"value": ""}, "required", "value"),
        ({"value": "สอง"}, "decimal", "value"),
        ({"value": "-1"}, "decimal", "value"),
        ({"value": "3.01"}, "over_ceiling", "rate[6].value"),
        ({"from": ""}, "date", "from"),
        ({"from": "1/10/2544"}, "rate_known", "from"),
        ({"to": "1/1/2500"}, "period_backwards", "to"),
        ({"due_day": "32"}, "due_day", "due_day"),
        ({"due_day": "สิบ"}, "due_day", "due_day"),
    ],
)
def test_a_wrong_rate_is_refused(counter: Counter, actor: Actor, given: dict[str, str], code: str, field: str) -> None:
    before = office_settings.document(counter)
    with pytest.raises(Refused) as caught:
        put(counter, actor, **{"value": "2", "from": "1/1/2571", **given})
    assert (caught.value.code, caught.value.field) == (code, field)
    assert office_settings.document(counter) == before


def test_confirming_names_the_ordinance(counter: Counter, actor: Actor) -> None:
    with pytest.raises(Refused) as caught:
        office_settings.change(counter, actor, {"confirmed": [HOTEL, OIL]})
    assert caught.value.field == "ordinances.oil_tax"
    services = counter.every_definition()
    for number, on in (("", "1/5/2560"), ("1/2560", ""), ("1/2560", "31/2/2560")):
        with pytest.raises(Refused):
            ordinance_rates.confirm(counter.current.document, services, OIL, number, on)
    wanted = ordinance_rates.confirm(counter.current.document, services, OIL, "1/2560", "1 พ.ค. 2560")
    office_settings.change(counter, actor, wanted)
    assert ordinance_rates.confirmation(counter.current.document, OIL) == "ข้อบัญญัติ 1/2560 ลงวันที่ 1 พฤษภาคม 2560"
    offered = list(counter.catalog.values())
    assert ordinance_rates.unconfirmed(counter.current.document, offered) == ["ภาษีค้ายาสูบ", "เงินเพิ่ม ดอกเบี้ย เบี้ยปรับ"]
    clerk = Actor("9", "clerk", "เสมียน", "", "user")
    with pytest.raises(Refused, match="right_needed"):
        office_settings.change(counter, clerk, ordinance_rates.withdraw(counter.current.document, OIL))


def test_the_example_of_every_service(counter: Counter) -> None:
    """The worked examples of the forms: 2,600.00, 13,980.04, 22,320.00; 200 and 400 for signs."""
    found = {
        code: ordinance_examples.worked(counter.current.document, service, TODAY, frozenset()).total_satang
        for code, service in counter.catalog.items()
        if code in (HOTEL, OIL, "tobacco_tax")
    }
    assert found == {HOTEL: 260_000, OIL: 1_398_004, "tobacco_tax": 2_232_000}
    permit = next(one for one in counter.every_definition() if one.code == "ad_permit")
    by_sign = {
        "service": "ad_permit",
        "unit": "baht_per_sign",
        "commercial": True,
        "value": "200",
        "from": "2020-01-01",
    }
    for rates, total in (([], 20_000), ([by_sign], 40_000)):
        told = ordinance_examples.worked({"rate": rates, "late": {}}, permit, date(2026, 8, 1), frozenset())
        assert told.total_satang == total
        assert "ถึง 29 ก.ย. 2569 รื้อถอนภายใน 2 ต.ค. 2569" in told.lines[1]


def test_by_command(home: Path, clock: homes.HandClock) -> None:
    listed = command.run(home, "rates", "list", HOTEL, "--json").json
    assert [(row["value"], row["state"]) for row in listed] == [("1", "now"), ("0.5", "past"), ("0.2", "past")]
    add = ("rates", "add", HOTEL, "2", "percent", "--from", "2100-01-01", "--due-day", "15")
    assert command.run(home, *add, "--json").json["changed"] == ["confirmed", "rate"]
    (row,) = (row for row in command.run(home, "rates", "list", "--json").json if row["state"] == "future")
    assert command.run(home, "rates", "example", HOTEL, "--on", "2100-01-01", "--json").json["total_satang"] == 520_000
    assert command.run(home, "rates", "remove", row["place"]).code == 0
    confirm = ("rates", "confirm", HOTEL, "--ordinance", "2/2544", "--on", "1/9/2544")
    assert command.run(home, *confirm).code == 0
    assert command.run(home, "rates", "withdraw", HOTEL).code == 0
    assert len(command.run(home, "rates", "history", "--json").json) == 4
    with homes.opened(home) as counter:
        assert staff.sign_in(counter, homes.USERNAME, homes.PASSWORD)
