"""Rates by the month, days to pay, additions for being late, and a thousand months against arithmetic in integers."""

import random
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.catalog import filings, loader
from app.domain import ordinance
from app.domain.fees import months_late

SERVICES = loader.load_builtin()
NONE = frozenset[date]()


def row(**values: Any) -> dict[str, Any]:
    return {"service": "oil_tax", "unit": "satang_per_litre", "value": "4.54", "from": "2012-01-01", **values}


@pytest.mark.parametrize(
    ("paid", "months"), [("07-10", 0), ("07-01", 0), ("07-11", 1), ("08-10", 1), ("08-11", 2), ("08-25", 2)]
)
def test_months_late(paid: str, months: int) -> None:
    assert months_late(date(2026, 7, 10), date.fromisoformat(f"2026-{paid}")) == months


@pytest.mark.parametrize(
    ("month", "changes", "due"),
    [
        ("2026-05-01", {"due_day": 20, "holiday_roll": True}, "2026-06-22"),
        ("2026-05-01", {"due_day": 20}, "2026-06-20"),
        ("2026-06-01", {"due_day": 10, "holiday_roll": True}, "2026-07-10"),
        ("2026-12-01", {"due_day": 31}, "2027-01-31"),
        ("2027-01-01", {"due_day": 31}, "2027-02-28"),
        ("2026-06-01", {"due_day": 20, "due_rule": "same_month_day"}, "2026-06-20"),
    ],
)
def test_the_day_to_pay(month: str, changes: dict[str, Any], due: str) -> None:
    found = ordinance.due_on("oil_tax", [row(**changes)], date.fromisoformat(month), NONE)
    assert found == date.fromisoformat(due)


def test_a_holiday_moves_the_day_to_pay() -> None:
    rates = [row(due_day=10, holiday_roll=True)]
    assert ordinance.due_on("oil_tax", rates, date(2026, 6, 1), frozenset({date(2026, 7, 10)})) == date(2026, 7, 13)


def test_no_day_no_addition() -> None:
    assert ordinance.due_on("oil_tax", [row()], date(2026, 6, 1), NONE) is None
    terms = ordinance.LateTerms(Decimal("1.5"), None, Decimal(5), Decimal(2))
    assert ordinance.late_charges(100_000, None, date(2030, 1, 1), terms).total == 0


def test_a_product_before_all_products() -> None:
    rates = [row(value="5"), row(value="3", product="E85")]
    found = [ordinance.rate("oil_tax", "satang_per_litre", code, rates, date(2026, 6, 1)) for code in ("E85", "E20")]
    assert found == [Decimal(3), Decimal(5)]


def test_additions_by_service_and_day() -> None:
    late = [
        {"surcharge_percent_per_month": "1", "to": "2026-06-30"},
        {"surcharge_percent_per_month": "1.5", "from": "2026-07-01"},
        {"surcharge_percent_per_month": "2", "service": "hotel_fee", "from": "2026-07-01"},
    ]
    wanted = (("oil_tax", "2026-06-30", "1"), ("oil_tax", "2026-07-01", "1.5"), ("hotel_fee", "2026-07-01", "2"))
    for service, on, percent in wanted:
        terms = ordinance.late_terms(late, service, date.fromisoformat(on))
        assert terms.surcharge_percent_per_month == Decimal(percent)


def test_a_penalty_only_for_a_late_filing() -> None:
    terms = ordinance.LateTerms(penalty_multiplier=Decimal(2))
    due = date(2026, 7, 10)
    assert ordinance.late_charges(1_000, due, date(2026, 8, 1), terms, filed=due).penalty == 0
    assert ordinance.late_charges(1_000, due, date(2026, 8, 1), terms, filed=due + timedelta(1)).penalty == 2_000


# the same once more in whole numbers only ------------------------------------------------------------------------


def halves_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)


def months_in_steps(due: date, paid: date) -> int:
    """Counted one by one: the month that begins the day after the same day of a later month."""
    months = 0
    while True:
        year, month = due.year + (due.month - 1 + months) // 12, (due.month - 1 + months) % 12 + 1
        last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(1)).day
        if paid <= date(year, month, min(due.day, last)):
            return months
        months += 1


def decimal(whole: int, places: int) -> str:
    head, tail = divmod(whole, 10**places)
    return f"{head}.{tail:0{places}d}"


def known(**more: Any) -> filings.Known:
    profile = {"hotel_name": "ก", "station_name": "ก", "operator_name": "ข", "tax_id": "0999900000015", "address": "ค"}
    return filings.Known(payer=profile, **more)


def always(rate: Decimal) -> Callable[..., Decimal]:
    return lambda *_: rate


def answers(**more: Any) -> dict[str, Any]:
    return {"filing_kind": "normal", "period_month": 6, "period_year_be": 2569, **more}


def test_a_thousand_months_of_hotels() -> None:
    source = random.Random(2569)
    for _ in range(1_000):
        rate = source.randrange(1, 3_001)  # thousandths of a percent
        carried, revenue = source.randrange(10**8), source.randrange(10**10)
        left = source.randrange(carried + revenue + 1)
        opening = {"baht": decimal(carried, 2), "qty": "3"}
        given = answers(room_nights=9, revenue=decimal(revenue, 2), ar_out=decimal(left, 2), ar_out_qty=0)
        worked = filings.complete(
            SERVICES["hotel_fee"], given, known(opening=opening, before="ก่อน"), always(Decimal(rate) / 1_000)
        )
        assert worked.tax == halves_up((carried + revenue - left) * rate, 100_000)
        assert worked.answers["collected"] == decimal(carried + revenue - left, 2)


def test_a_thousand_months_of_stations() -> None:
    source = random.Random(64)
    for _ in range(1_000):
        rate = source.randrange(1, 10_001)  # thousandths of a satang
        rows, tax, closing = [], 0, {}
        for product in source.sample(["GASOHOL91", "E20", "DIESEL_B7", "LPG", "NGV"], source.randint(1, 5)):
            opening, received = source.randrange(10**7), source.randrange(10**9)  # thousandths of a litre
            lost = source.randrange(opening + received + 1)
            inside = source.randrange(opening + received - lost + 1)
            outside = source.randrange(opening + received - lost - inside + 1)
            amounts = {"opening": opening, "received": received, "sold_in_province": inside}
            amounts |= {"sold_out_province": outside}
            row = {key: decimal(value, 3) for key, value in amounts.items()}
            rows.append({"product": product, **row, "gain_loss": f"-{decimal(lost, 3)}"})
            tax += halves_up(inside * rate, 10**6)
            closing[product] = opening + received - inside - outside - lost
        worked = filings.complete(SERVICES["oil_tax"], answers(stock=rows), known(), always(Decimal(rate) / 1_000))
        assert worked.tax == tax
        assert {key: int(Decimal(value) * 1_000) for key, value in worked.closing.items()} == closing


def test_a_thousand_months_of_tobacco() -> None:
    source = random.Random(9)
    for _ in range(1_000):
        rate = source.randrange(1, 1_001)  # hundredths of a satang
        packs = [(source.randrange(10**6), source.randint(1, 40)) for _ in range(source.randint(1, 6))]
        lines = [{"brand": f"ตรา {n}", "packs": p, "sticks_per_pack": s} for n, (p, s) in enumerate(packs)]
        worked = filings.complete(SERVICES["tobacco_tax"], answers(lines=lines), known(), always(Decimal(rate) / 100))
        assert worked.tax == sum(halves_up(p * s * rate, 100) for p, s in packs)


def test_a_thousand_late_payments() -> None:
    source = random.Random(45)
    for _ in range(1_000):
        tax = source.randrange(1, 10**10)
        due = date(2020, 1, 1) + timedelta(source.randrange(2_500))
        paid = due + timedelta(source.randrange(900))
        surcharge, interest, cap = source.randrange(301), source.randrange(1_501), source.randrange(1, 101)
        terms = ordinance.LateTerms(Decimal(surcharge) / 100, Decimal(cap), Decimal(interest) / 100)
        found = ordinance.late_charges(tax, due, paid, terms)
        added = halves_up(tax * surcharge * months_in_steps(due, paid), 10_000)
        assert found.surcharge == min(added, halves_up(tax * cap, 100))
        assert found.interest == halves_up(tax * interest * (paid - due).days, 10_000 * 365)
