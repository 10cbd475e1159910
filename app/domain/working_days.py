"""Working days: Monday to Friday without the public holidays of the office's calendar."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache

_ONE_DAY = timedelta(days=1)
_SATURDAY = 5


def is_working_day(day: date, holidays: frozenset[date]) -> bool:
    """Whether the office is open on that day."""
    return day.weekday() < _SATURDAY and day not in holidays


def next_working_day(day: date, holidays: frozenset[date]) -> date:
    """The day itself when it is a working day, else the first one after it (a due date that rolls)."""
    while not is_working_day(day, holidays):
        day += _ONE_DAY
    return day


@lru_cache(maxsize=1024)
def add_working_days(day: date, count: int, holidays: frozenset[date]) -> date:
    """The count-th working day after `day`, which is not counted; count 0 is the same day, rolled if need be."""
    if count < 0:
        raise ValueError("working days are counted forward")
    for _ in range(count):
        day = next_working_day(day + _ONE_DAY, holidays)
    return next_working_day(day, holidays)


def working_days_between(start: date, end: date, holidays: frozenset[date]) -> int:
    """Working days after `start` up to and with `end`; negative when `end` comes first."""
    if end < start:
        return -working_days_between(end, start, holidays)
    weeks, rest = divmod((end - start).days, 7)
    days = weeks * 5 + sum((start + timedelta(days=n)).weekday() < _SATURDAY for n in range(1, rest + 1))
    return days - sum(start < day <= end and day.weekday() < _SATURDAY for day in holidays)


def counted_from(moment: datetime, closes: time | None, holidays: frozenset[date]) -> date:
    """The day on which a filing counts as received: after closing time or on a free day the next working day.

    moment: local time. closes: None where the office has not set its hours; then the day itself.
    """
    day = moment.date()
    if closes is None:
        return day
    return next_working_day(day + _ONE_DAY if moment.time() >= closes else day, holidays)
