"""The weeks of the ThaiD campaign: each ends on a Friday, whose report is due on that day (letter of 2566)."""

from dataclasses import dataclass
from datetime import date, timedelta

FIRST_FRIDAY = date(2023, 5, 26)
"""Of the first report; by default the day of the baseline (column 2)."""
FRIDAY = 4
SINCE_BASELINE, THIS_WEEK = "since_baseline", "this_week"
READINGS = {
    SINCE_BASELINE: "เพิ่มขึ้นนับจากวันตั้งต้น",
    THIS_WEEK: "เพิ่มขึ้นจากรายงานครั้งก่อน",
}
"""What column 3 may mean. The letter does not say which; column 2 + column 3 = column 4 in both."""
AUDIENCES = {"citizens": "ประชาชน", "staff": "บุคลากร"}
WAYS = {"self": "ลงทะเบียนด้วยตนเอง", "officer": "ลงทะเบียนผ่านเจ้าหน้าที่"}


def week_ending(day: date) -> date:
    """The Friday on which the week of a day ends: Saturday to Friday."""
    return day + timedelta((FRIDAY - day.weekday()) % 7)


def fridays(first: date, last: date) -> list[date]:
    """Every Friday from one day to another, both counted."""
    friday = week_ending(first)
    return [friday + timedelta(7 * number) for number in range(max(0, (last - friday).days // 7 + 1))]


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be said about the report on a day. tone: good, plain, warn, bad. week: the Friday it is about."""

    week: date
    tone: str
    text: str


def due(today: date, reported: frozenset[date], since: date) -> Due:
    """The reminder of a day: the oldest matter first. since: the first Friday whose report is wanted."""
    current = week_ending(today)
    last = current - timedelta(7)
    if last >= since and last not in reported:
        return Due(last, "bad", f"เลยกำหนด {(today - last).days} วัน")
    if current in reported:
        return Due(current, "good", "ส่งรายงานสัปดาห์นี้แล้ว")
    if today == current:
        return Due(current, "warn", "ครบกำหนดส่งวันนี้")
    if (current - today).days == 1:
        return Due(current, "warn", "ครบกำหนดส่งพรุ่งนี้")
    return Due(current, "plain", f"ครบกำหนดในอีก {(current - today).days} วัน")
