"""report thaid-week, thaid-campaign show, add, undo, reported, guide, leaflet."""

from argparse import Namespace
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from app.cli.context import acting_person, open_counter
from app.cli.output import print_json, say, write_file
from app.domain import thai_date, thaid_week
from app.domain.errors import Refused
from app.services import office_papers as papers
from app.services import thaid_campaign, thaid_guide
from app.services.counter import Counter
from app.services.thaid_campaign import Entry, WeekReport

TEXT = ".txt"
THAID_WEEK = "thaid-week"


def report(arguments: Namespace) -> int:
    """A report by its name. thaid-week: every Friday from one day to another, in one file or on stdout."""
    out: Path | None = arguments.out
    if arguments.name != THAID_WEEK:
        if out is None:
            raise Refused("out", "ยังไม่ได้ระบุไฟล์", "เพิ่ม --out FILE.pdf", "out")
        from app.cli import preparation

        return preparation.report(arguments)
    with open_counter(arguments) as counter:
        found = [
            thaid_campaign.week_report(counter, week, fresh=arguments.fresh) for week in _weeks(arguments, counter)
        ]
    if out is not None:
        _write(out, found)
    if arguments.json:
        print_json({"weeks": [_document(one) for one in found], "file": out})
    elif out is None:
        for one in found:
            print(one.line)
    else:
        say(f"เขียนรายงาน {len(found)} สัปดาห์แล้ว")
    return 0


def show(arguments: Namespace) -> int:
    """One week as the form has it, what was counted today, and what is due."""
    with open_counter(arguments) as counter:
        found = thaid_campaign.week_report(counter, _week(arguments.week, counter))
        due = thaid_campaign.due(counter)
    if arguments.json:
        print_json({**_document(found), "due": asdict(due) if due else None})
        return 0
    for row in (*found.rows, found.total):
        print(f"{row.unit}  {row.before:,} + {row.added:,} = {row.total:,}")
    for tally in found.tallies:
        names = f"{thaid_week.AUDIENCES[tally.audience]} {thaid_week.WAYS[tally.way]}"
        print(f"{names}  สัปดาห์นี้ {tally.week:,}  วันนี้ {tally.today:,}")
    if due is not None:
        say(f"รายงานวันศุกร์ที่ {thai_date.short(due.week)}: {due.text}")
    return 0


def add(arguments: Namespace) -> int:
    """Count people who registered."""
    with open_counter(arguments) as counter:
        actor = acting_person(arguments, counter)
        entry = thaid_campaign.count(
            counter, actor, arguments.audience, way=arguments.way, unit=arguments.unit, number=arguments.count,
            on=arguments.on,
        )  # fmt: skip
    return _told(arguments, "นับแล้ว", entry)


def undo(arguments: Namespace) -> int:
    """Take the newest count of today back."""
    with open_counter(arguments) as counter:
        entry = thaid_campaign.undo(counter, acting_person(arguments, counter))
    return _told(arguments, "ยกเลิกแล้ว", entry)


def reported(arguments: Namespace) -> int:
    """Note that a week's report was sent."""
    with open_counter(arguments) as counter:
        found = thaid_campaign.report(
            counter, acting_person(arguments, counter), _week(arguments.week, counter)
        )  # fmt: skip
    if arguments.json:
        print_json(_document(found))
    else:
        say(f"บันทึกว่าส่งรายงานของวันศุกร์ที่ {thai_date.short(found.week)} แล้ว")
    return 0


def guide(arguments: Namespace) -> int:
    """The two ways to register."""
    with open_counter(arguments) as counter:
        here = thaid_campaign.campaign(counter).registration_office
    if arguments.json:
        print_json([{**asdict(way), "where": thaid_guide.note(way, here)} for way in thaid_guide.ways()])
        return 0
    for way in thaid_guide.ways():
        print("\n".join([way.title, *filter(None, [thaid_guide.note(way, here)])]))
        print("\n".join(f"  {place}. {step}" for place, step in enumerate(way.steps, start=1)))
    return 0


def leaflet(arguments: Namespace) -> int:
    """Write the leaflet."""
    from printing import office_papers

    with open_counter(arguments) as counter:
        paper = papers.leaflet(counter)
    content = office_papers.content(arguments.out.suffix.lower(), paper)
    write_file(arguments.out, content)
    if arguments.json:
        print_json({"file": arguments.out})
    else:
        say("เขียนแผ่นพับแล้ว")
    return 0


def _weeks(arguments: Namespace, counter: Counter) -> list[date]:
    today = thaid_campaign.today(counter)
    last = _day(arguments.last, "to") or thaid_week.week_ending(today)
    first = _day(arguments.first, "from") or thaid_week.week_ending(last)
    if not arguments.first and not arguments.last:
        return [last]
    weeks = thaid_week.fridays(first, max(last, first) if not arguments.first else last)
    if not weeks:
        raise Refused("week", "ไม่มีวันศุกร์ในช่วงนี้", "ขยายช่วงให้มีวันศุกร์อย่างน้อยหนึ่งวัน", "from")
    return weeks


def _week(text: str, counter: Counter) -> date:
    return thaid_week.week_ending(_day(text, "week") or thaid_campaign.today(counter))


def _day(text: str, field: str) -> date | None:
    return thai_date.parse_date(text, field=field) if text else None


def _document(found: WeekReport) -> dict[str, Any]:
    document = asdict(found)
    document["line"] = found.line
    return document


def _write(out: Path, found: list[WeekReport]) -> None:
    if out.suffix.lower() == TEXT:
        write_file(out, "".join(f"{one.line}\n" for one in found).encode())
        return
    from printing import office_papers

    write_file(out, office_papers.content(out.suffix.lower(), *found))


def _told(arguments: Namespace, what: str, entry: Entry) -> int:
    if arguments.json:
        print_json(asdict(entry))
    else:
        names = f"{thaid_week.AUDIENCES[entry.audience]} {thaid_week.WAYS[entry.way]}"
        say(f"{what} {names} {entry.count:,} คน {thai_date.short(entry.on)}")
    return 0
