"""Weeks that end on a Friday, and what is said about their reports from day to day."""

from datetime import date

import pytest

from app.domain import thaid_week

FRIDAY = date(2026, 11, 20)
BEFORE = date(2026, 11, 13)


def test_the_first_friday_of_the_letter_is_a_friday():
    assert thaid_week.FIRST_FRIDAY.weekday() == thaid_week.FRIDAY


@pytest.mark.parametrize(
    ("day", "friday"),
    [
        (date(2026, 11, 14), FRIDAY),
        (date(2026, 11, 15), FRIDAY),
        (date(2026, 11, 19), FRIDAY),
        (FRIDAY, FRIDAY),
        (date(2026, 11, 21), date(2026, 11, 27)),
        (date(2026, 12, 31), date(2027, 1, 1)),
    ],
)
def test_a_week_runs_from_saturday_to_friday(day, friday):
    assert thaid_week.week_ending(day) == friday


def test_fridays_between_two_days():
    assert thaid_week.fridays(BEFORE, FRIDAY) == [BEFORE, FRIDAY]
    assert thaid_week.fridays(date(2026, 11, 14), date(2026, 11, 19)) == []
    assert thaid_week.fridays(FRIDAY, BEFORE) == []


@pytest.mark.parametrize(
    ("today", "reported", "tone", "week"),
    [
        (date(2026, 11, 16), {BEFORE}, "plain", FRIDAY),
        (date(2026, 11, 19), {BEFORE}, "warn", FRIDAY),
        (FRIDAY, {BEFORE}, "warn", FRIDAY),
        (FRIDAY, {BEFORE, FRIDAY}, "good", FRIDAY),
        (date(2026, 11, 21), {BEFORE}, "bad", FRIDAY),
        (date(2026, 11, 21), {FRIDAY}, "plain", date(2026, 11, 27)),
        (date(2026, 11, 27), set(), "bad", FRIDAY),
    ],
)
def test_reminders_on_thursday_and_friday_and_overdue_from_saturday(today, reported, tone, week):
    found = thaid_week.due(today, frozenset(reported), BEFORE)
    assert (found.tone, found.week) == (tone, week)


def test_weeks_before_the_office_began_are_not_overdue():
    assert thaid_week.due(date(2026, 11, 16), frozenset(), FRIDAY).tone == "plain"
