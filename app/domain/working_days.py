"""Working days: Monday to Friday without the public holidays of the office's calendar."""

from datetime import date, timedelta
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
