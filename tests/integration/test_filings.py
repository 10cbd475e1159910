"""The filings of payers: the worked examples of the domain notes, what is carried from month to month, refusals."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import Refused
from app.services import assessments, cases, payers, receipts
from app.services.counter import Counter
from app.services.model import Actor
from app.services.money_model import Pay
from tests.integration.conftest import counter_person
from tests.integration.support import filings, homes
from tests.integration.support.filings import HOTEL, OIL, TOBACCO, file, hotel

JULY_5 = datetime(2026, 7, 5, 2, 0, tzinfo=UTC)
LATE: dict[str, Any] = {"surcharge_percent_per_month": "1.5", "interest_percent_per_year": "7.5"}


@pytest.fixture
def clock() -> homes.HandClock:
    """5 July 2569, before the tenth."""
    return homes.HandClock(JULY_5)


@pytest.fixture(scope="session")
def province_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filings.make(tmp_path_factory.mktemp("province") / "home", homes.HandClock(JULY_5), late=LATE)


@pytest.fixture
def home(province_template: Path, tmp_path: Path) -> Path:
    return homes.copied(province_template, tmp_path / "home")


def other_office(home: Path, clock: homes.HandClock, **settings: Any) -> Iterator[tuple[Counter, Actor]]:
    filings.make(home, clock, **settings)
    with homes.opened(home, clock) as counter:
        row = counter_person(counter)
        yield counter, Actor(row[0], row[1], row[2], "", "admin")


def amounts(counter: Counter, number: str, on: date) -> dict[str, int]:
    return {line.revenue_code: line.satang for line in assessments.of_number(counter, number, on).lines}


def refused(code: str, field: str, *words: str) -> Any:
    """What the error must name."""

    class Check:
        def __enter__(self) -> None:
            self.caught = pytest.raises(Refused)
            self.info = self.caught.__enter__()

        def __exit__(self, *error: Any) -> bool | None:
            done = self.caught.__exit__(*error)
            found = self.info.value
            assert (found.code, found.field) == (code, field), (found.code, found.field, found.title)
            for word in words:
                assert word in f"{found.title} {found.hint}", (word, found.title, found.hint)
            return done

    return Check()


def test_example_a_the_fee_of_a_hotel(counter: Counter, actor: Actor) -> None:
    case = file(counter, actor, HOTEL)
    assert case.total_satang == 260_000
    assert case.due_on == date(2026, 7, 10)
    answers = cases.get(counter, case.number).answers
    assert (answers["collected"], answers["fee"], answers["rate"]) == ("260000.00", "2600.00", "1")


def test_example_b_late_with_surcharge_and_interest(counter: Counter, actor: Actor) -> None:
    case = file(counter, actor, HOTEL)
    paid = date(2026, 8, 25)
    assert amounts(counter, case.number, paid) == {
        HOTEL: 260_000,
        "hotel_fee_surcharge": 7_800,
        "hotel_fee_interest": 2_458,
    }
    assert assessments.of_number(counter, case.number, paid).total_satang == 270_258
    assert amounts(counter, case.number, date(2026, 7, 10)) == {HOTEL: 260_000}


def test_example_b_with_other_terms(tmp_path: Path, clock: homes.HandClock) -> None:
    for late, total in (
        ({"surcharge_percent_per_month": "1.5"}, 267_800),
        ({**LATE, "interest_percent_per_year": "5"}, 269_438),
        ({}, 260_000),
        ({"surcharge_percent_per_month": "1.5", "surcharge_cap_percent": "1"}, 262_600),
    ):
        home = tmp_path / f"{total}"
        for counter, actor in other_office(home, clock, late=late):
            case = file(counter, actor, HOTEL)
            assert assessments.of_number(counter, case.number, date(2026, 8, 25)).total_satang == total


def test_example_c_half_a_percent(tmp_path: Path, clock: homes.HandClock) -> None:
    rates = [{"service": HOTEL, "value": "0.5", "unit": "percent", "from": "2001-10-01"}]
    for counter, actor in other_office(tmp_path / "c", clock, rate=rates):
        case = file(counter, actor, HOTEL, ar_in="0", revenue="1250340.75", ar_out="0", ar_out_qty=0)
        assert case.total_satang == 625_170
        assert case.due_on is None


def test_the_oil_example(counter: Counter, actor: Actor) -> None:
    case = file(counter, actor, OIL)
    assert case.total_satang == 1_398_004
    assert case.due_on == date(2026, 7, 20)
    lines = cases.get(counter, case.number).answers["lines"]
    assert [(line["product"], line["tax"]) for line in lines] == [
        ("DIESEL_B7", "8413.55"),
        ("GASOHOL95", "4181.79"),
        ("LPG", "1384.70"),
    ]


def test_the_tobacco_example(counter: Counter, actor: Actor) -> None:
    case = file(counter, actor, TOBACCO)
    assert case.total_satang == 2_232_000
    assert cases.get(counter, case.number).answers["lines"][0]["sticks"] == 240_000


def test_a_tobacco_month_without_sales(counter: Counter, actor: Actor) -> None:
    assert file(counter, actor, TOBACCO, nil_return=True, lines=None).total_satang == 0


def test_due_on_a_saturday_rolls_to_monday(counter: Counter, actor: Actor, clock: homes.HandClock) -> None:
    clock.at = datetime(2026, 6, 2, tzinfo=UTC)
    assert file(counter, actor, OIL, period_month=5).due_on == date(2026, 6, 22)


def test_an_old_month_uses_its_own_rate(counter: Counter, actor: Actor) -> None:
    old = {"period_year_be": 2544, "ar_in": "0", "ar_out": "0", "ar_out_qty": 0, "ar_in_qty": 0, "revenue": "10000"}
    totals = [file(counter, actor, HOTEL, period_month=month, **old).total_satang for month in (4, 9)]
    assert totals == [2_000, 5_000]


def test_the_balance_goes_from_month_to_month(counter: Counter, actor: Actor) -> None:
    file(counter, actor, HOTEL, period_month=5)
    number = hotel(counter, actor, 6, "1000").number
    answers = cases.get(counter, number).answers
    assert (answers["ar_in"], answers["ar_in_qty"], answers["collected"]) == ("50000.00", 20, "51000.00")


def test_item_one_that_is_not_last_months_item_three(counter: Counter, actor: Actor) -> None:
    file(counter, actor, HOTEL, period_month=5)
    with refused("carried_over", "answers.ar_in", "พฤษภาคม 2569", "50,000.00", "49,999.99"):
        hotel(counter, actor, 6, "1000", ar_in="49999.99")


def test_one_normal_filing_of_a_month(counter: Counter, actor: Actor) -> None:
    first = file(counter, actor, HOTEL)
    with refused("second_normal", "answers.filing_kind", first.number):
        file(counter, actor, HOTEL)
    cases.change_status(counter, actor, first.number, "cancelled", "ยื่นผิดเดือน")
    assert file(counter, actor, HOTEL).total_satang == 260_000


def test_a_supplementary_filing_needs_a_normal_one(counter: Counter, actor: Actor) -> None:
    with refused("no_normal", "answers.filing_kind", "มิถุนายน 2569"):
        hotel(counter, actor, 6, "1000", filing_kind="supplementary")
    file(counter, actor, HOTEL)
    again = hotel(counter, actor, 6, "1000", None, filing_kind="supplementary", ar_out_qty=None)
    assert again.total_satang == 1_000
    answers = cases.get(counter, again.number).answers
    assert (answers["supplementary_no"], answers["ar_in"], answers["ar_out"]) == (1, "50000.00", "50000.00")
    with refused("supplementary_no", "answers.supplementary_no", "2", "3"):
        hotel(counter, actor, 6, "1000", None, filing_kind="supplementary", supplementary_no=3, ar_out_qty=None)


def test_a_future_month(counter: Counter, actor: Actor) -> None:
    with refused("future_month", "answers.period_month", "สิงหาคม 2569"):
        file(counter, actor, HOTEL, period_month=8)


def test_stock_below_nought(counter: Counter, actor: Actor) -> None:
    row = {"product": "DIESEL_B7", "opening": "10", "received": "5", "sold_in_province": "15.001"}
    with refused("negative_stock", "answers.stock[0].closing", "-0.001"):
        file(counter, actor, OIL, stock=[row])


def test_stock_opens_with_what_was_left(counter: Counter, actor: Actor) -> None:
    first = {"product": "DIESEL_B7", "opening": "10", "received": "5", "sold_in_province": "12", "gain_loss": "-1"}
    file(counter, actor, OIL, period_month=5, stock=[first])
    wrong = {"product": "DIESEL_B7", "opening": "3", "received": "0", "sold_in_province": "0"}
    with refused("carried_over", "answers.stock[0].opening", "พฤษภาคม 2569", "2", "3"):
        file(counter, actor, OIL, stock=[wrong])
    other = {"product": "LPG", "received": "5", "sold_in_province": "5"}
    with refused("carried_over", "answers.stock", "ดีเซล B7"):
        file(counter, actor, OIL, stock=[other])
    right = {"product": "DIESEL_B7", "received": "0", "sold_in_province": "2"}
    number = file(counter, actor, OIL, stock=[right, other]).number
    rows = cases.get(counter, number).answers["stock"]
    assert [(row["opening"], row["closing"]) for row in rows] == [("2", "0"), ("0", "0")]


def test_a_figure_that_is_not_the_one_worked_out(counter: Counter, actor: Actor) -> None:
    with refused("differs", "answers.fee", "2,600.01", "2,600.00"):
        file(counter, actor, HOTEL, fee="2600.01")
    with refused("differs", "answers.lines[0].qty", "100", "185,320.50"):
        file(counter, actor, OIL, lines=[{"product": "DIESEL_B7", "qty": "100"}])


def test_more_carried_on_than_there_was(counter: Counter, actor: Actor) -> None:
    with refused("too_large", "answers.ar_out", "310,000.00"):
        file(counter, actor, HOTEL, ar_out="310000.01")


def test_a_correction_takes_the_place_of_the_first_filing(counter: Counter, actor: Actor) -> None:
    wrong = file(counter, actor, HOTEL)
    cases.change_status(counter, actor, wrong.number, "returned_for_fix", "รายได้ไม่ตรงกับใบเสร็จ")
    right = file(counter, actor, HOTEL, revenue="310000", corrects=wrong.number)
    assert right.total_satang == 270_000
    assert cases.get(counter, wrong.number).status == "cancelled"
    with refused("already_paid", "answers.corrects", "ยกเลิก"):
        file(counter, actor, HOTEL, corrects=wrong.number)


def test_a_later_month_holds_what_was_carried_on(counter: Counter, actor: Actor) -> None:
    may = file(counter, actor, HOTEL, period_month=5)
    hotel(counter, actor, 6, "1000")
    with refused("carried_on", "answers.ar_out", "มิถุนายน 2569", "50,000.00", "40,000.00"):
        file(counter, actor, HOTEL, period_month=5, ar_out="40000", corrects=may.number)


def test_the_first_filing_enters_the_payer(counter: Counter, actor: Actor) -> None:
    file(counter, actor, OIL)
    found = payers.find(counter, "station", "ตัวอย่าง")
    assert [(one.code, one.document["operator_name"]) for one in found] == [("2345678", "บริษัท ตัวอย่าง จำกัด")]
    with refused("differs_from_register", "answers.station_name", "สถานีบริการน้ำมันตัวอย่าง", "สถานีอื่น"):
        file(counter, actor, OIL, period_month=5, station_name="สถานีอื่น")
    bare = {"station_name": None, "operator_name": None, "tax_id": None, "address": None}
    assert cases.get(counter, file(counter, actor, OIL, period_month=4, **bare).number).answers["station_name"]


def test_a_hotel_is_registered_changed_and_closed(counter: Counter, actor: Actor) -> None:
    registration = "hotel_registration"
    case = file(counter, actor, registration)
    assert case.total_satang is None
    assert cases.get(counter, case.number).answers["rooms_total"] == 48
    with refused("payer_registered", "answers.hotel_code", "โรงแรมตัวอย่าง"):
        file(counter, actor, registration)
    change = {"registration_kind": "change", "changed_on": "2026-07-01"}
    file(counter, actor, registration, **change, hotel_name="โรงแรมใหม่")
    with refused("differs_from_register", "answers.hotel_name", "โรงแรมใหม่"):
        file(counter, actor, HOTEL)
    file(counter, actor, registration, registration_kind="closed", changed_on="2026-07-02", hotel_name="โรงแรมใหม่")
    assert [change.document["name"] for change in payers.history(counter, "hotel", "1234567")] == [
        "โรงแรมใหม่",
        "โรงแรมใหม่",
        "โรงแรมตัวอย่าง",
    ]
    assert payers.find(counter, "hotel", "1234567")[0].document["active_to"] == "2026-07-02"


def test_no_rate_is_told(tmp_path: Path, clock: homes.HandClock) -> None:
    for counter, actor in other_office(tmp_path / "none", clock, rate=[]):
        with refused("no_rate", "rate", "[[rate]]"):
            file(counter, actor, HOTEL)
        with counter.store.read() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM cases").scalar() == 0
            assert connection.exec_driver_sql("SELECT count(*) FROM payer").scalar() == 0


def test_a_filing_is_paid_with_what_being_late_added(counter: Counter, actor: Actor, clock: homes.HandClock) -> None:
    number = file(counter, actor, HOTEL).number
    clock.at = datetime(2026, 8, 25, 2, 0, tzinfo=UTC)
    receipt = receipts.issue(counter, actor, Pay(number, "cash", 270_258))
    assert receipt.total_satang == 270_258
    assert cases.get(counter, number).status in ("paid", "receipted")
    with refused("already_paid", "answers.corrects", "ยื่นเพิ่มเติม"):
        file(counter, actor, HOTEL, corrects=number)
