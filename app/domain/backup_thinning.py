"""Which backups stay: all of the last day, then the newest of each day, of each week and of each month."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain import thai_date


@dataclass(frozen=True, slots=True)
class Keep:
    """How many days, weeks and months are kept one backup each, counted back from the newest."""

    daily: int = 7
    weekly: int = 5
    monthly: int = 12


def superfluous(made: Iterable[datetime], keep: Keep, now: datetime) -> list[datetime]:
    """The backups that may go, oldest first. The newest always stays; so does one that a wrong clock dated ahead."""
    newest_first = sorted(set(made), reverse=True)
    kept = {at for at in newest_first if now - at < timedelta(days=1)} | set(newest_first[:1])
    for name, most in (("day", keep.daily), ("week", keep.weekly), ("month", keep.monthly)):
        seen: list[object] = []
        for at in newest_first:
            period = _period(at, name)
            if period not in seen:
                seen.append(period)
                if len(seen) <= most:
                    kept.add(at)
    return sorted(set(newest_first) - kept)


def _period(at: datetime, name: str) -> object:
    local = thai_date.local(at).date()
    if name == "week":
        return local.isocalendar()[:2]
    return (local.year, local.month) if name == "month" else local
