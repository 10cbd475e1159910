"""Fees and deadlines."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import fees

DEFAULTS = {
    "fee_basis": "per_permit",
    "fee_commercial": "200.00",
    "fee_other": "100.00",
    "max_days_commercial": "60",
    "max_days_other": "30",
    "removal_grace_days": "3",
    "notice_days": "7",
    "max_quantity": "2",
    "max_width": "1.20",
    "max_height": "2.40",
}
ON = date(2026, 8, 1)


def fee(rates=(), on=ON, *, commercial=True, quantity=2):
    terms = fees.permit_terms(DEFAULTS, rates, on)
    return fees.ad_permit_fee(terms, commercial=commercial, quantity=quantity)


def row(**values):
    return {"service": "ad_permit", "value": "200.00", "unit": "baht_per_sign", "from": date(2020, 1, 1)} | values


def test_two_commercial_signs():
    assert fee() == 20_000
    assert fee([row()]) == 40_000
    assert fee(commercial=False) == 10_000


def test_the_offices_rows_replace_the_defaults_from_their_day_on():
    rates = [
        row(value="300.00", **{"from": "2026-08-02"}),
        row(value="250.00", unit="baht_per_permit"),
        row(service="hotel_fee", value="1.00", unit="percent"),
    ]
    assert fee(rates) == 25_000
    assert fee(rates, date(2026, 8, 2)) == 60_000


def test_a_row_may_mean_one_kind_only():
    rates = [row(product="commercial", value="500.00")]
    assert fee(rates) == 100_000
    assert fee(rates, commercial=False) == 10_000
    assert fee([row(product="unheard_of", value="999.00")]) == 20_000


def test_a_row_may_end_and_may_say_its_kind_by_a_switch():
    assert fee([row(to="2026-07-31")]) == 20_000
    assert fee([row(to="2026-08-01")]) == 40_000
    rates = [row(commercial=True), row(commercial=False, value="50.00")]
    assert fee(rates) == 40_000
    assert fee(rates, commercial=False) == 10_000


def test_a_row_may_set_a_limit_and_one_without_a_day_holds_always():
    terms = fees.permit_terms(DEFAULTS, [{"service": "ad_permit", "product": "max_days_commercial", "value": 45}], ON)
    assert terms.max_days(True) == 45
    assert terms.max_days(False) == 30
    assert terms.max_height == Decimal("2.40")


def test_sixty_days_and_the_day_of_removal():
    end = fees.last_day(date(2026, 8, 1), 60)
    assert end == date(2026, 9, 29)
    assert fees.removal_deadline(end, 3) == date(2026, 10, 2)
    assert fees.days_covered(date(2026, 8, 1), end) == 60


@pytest.mark.parametrize(
    ("paid", "months"),
    [
        (date(2026, 7, 10), 0),
        (date(2026, 7, 1), 0),
        (date(2026, 7, 11), 1),
        (date(2026, 8, 10), 1),
        (date(2026, 8, 11), 2),
        (date(2026, 8, 25), 2),
        (date(2027, 7, 10), 12),
    ],
)
def test_months_late(paid, months):
    assert fees.months_late(date(2026, 7, 10), paid) == months


@pytest.mark.parametrize(
    ("satang", "percent", "share"),
    [
        (26_000_000, "1", 260_000),
        (260_000, "1.5", 3_900),
        (125_034_075, "0.5", 625_170),
        (50, "1", 1),
        (49, "1", 0),
    ],
)
def test_a_share_is_rounded_half_up(satang, percent, share):
    assert fees.share(satang, Decimal(percent)) == share


@given(st.dates(), st.integers(1, 400))
def test_period_and_its_days_agree(start, days):
    if (date.max - start).days > 500:
        assert fees.days_covered(start, fees.last_day(start, days)) == days
