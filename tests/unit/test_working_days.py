"""Working days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.working_days import add_working_days, is_working_day, next_working_day

NONE = frozenset()
DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2040, 1, 1))


def test_a_due_date_on_saturday_rolls_to_monday():
    assert next_working_day(date(2026, 6, 20), NONE) == date(2026, 6, 22)
    assert next_working_day(date(2026, 7, 10), NONE) == date(2026, 7, 10)
    assert next_working_day(date(2026, 6, 20), frozenset({date(2026, 6, 22)})) == date(2026, 6, 23)


def test_fifteen_working_days_are_three_weeks_and_holidays_add():
    friday = date(2026, 11, 20)
    assert add_working_days(friday, 15, NONE) == date(2026, 12, 11)
    assert add_working_days(friday, 15, frozenset({date(2026, 12, 7), date(2026, 12, 10)})) == date(2026, 12, 15)
    assert add_working_days(friday, 0, NONE) == friday
    assert add_working_days(date(2026, 11, 21), 0, NONE) == date(2026, 11, 23)
    assert add_working_days(date(2026, 11, 21), 1, NONE) == date(2026, 11, 23)


def test_days_are_not_counted_back():
    with pytest.raises(ValueError, match="forward"):
        add_working_days(date(2026, 11, 20), -1, NONE)


@given(DAYS, st.integers(1, 60), st.frozensets(DAYS, max_size=20))
def test_exactly_so_many_working_days_lie_between(day, count, holidays):
    end = add_working_days(day, count, holidays)
    between = (day + timedelta(days=step) for step in range(1, (end - day).days + 1))
    assert sum(is_working_day(each, holidays) for each in between) == count
    assert is_working_day(end, holidays)
