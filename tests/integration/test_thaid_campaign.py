"""The ThaiD campaign: counts only added, three Fridays by hand, reports as sent, two counters, the commands."""

from dataclasses import asdict
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image
from sync_support import ACTOR, Province

from app.domain import thai_date, thaid_week
from app.domain.errors import Refused
from app.services import office_papers as papers
from app.services import offices, thaid_campaign, thaid_guide, thaid_settings
from app.store.canonical import canonical_json
from printing import office_papers
from printing.thaid_report import columns, thaid_report_layout
from tests.integration.support import command, homes

FRIDAYS = (date(2026, 11, 6), date(2026, 11, 13), date(2026, 11, 20))
UNITS = [{"name": "สำนักปลัด", "baseline": 100}, {"name": "กองช่าง", "baseline": 20}]


def at(clock, day, hour=9):
    clock.at = datetime(day.year, day.month, day.day, hour - 7, tzinfo=UTC)


def settle(counter, **campaign):
    """New settings of the office, as an administrator gives them."""
    document = offices.check_office({**counter.current.document, thaid_settings.SETTING: campaign})
    with counter.store.write("test") as work:
        revision = counter.current.revision + 1
        work.run("INSERT INTO office VALUES (?, ?, ?)", (revision, canonical_json(document), work.now_ms))
    counter.reload()


def rows(report):
    return [(row.unit, row.before, row.added, row.total) for row in (*report.rows, report.total)]


def three_weeks(counter, actor, clock):
    """Counts and reports of three Fridays; one report is followed by a count that comes late."""
    reports = []
    for friday, counts in zip(
        FRIDAYS,
        (
            [("สำนักปลัด", "staff", 7), ("กองช่าง", "citizens", 3)],
            [("สำนักปลัด", "citizens", 10)],
            [("กองช่าง", "citizens", 4), ("กองช่าง", "staff", 1)],
        ),
        strict=True,
    ):
        at(clock, friday)
        for unit, audience, number in counts:
            thaid_campaign.count(counter, actor, audience, unit=unit, number=number)
        reports.append(thaid_campaign.report(counter, actor, friday))
        if friday == FRIDAYS[0]:
            thaid_campaign.count(counter, actor, "citizens", unit="กองช่าง", number=2)
    return reports


def test_three_fridays_since_the_baseline_are_those_counted_by_hand(counter, actor, clock):
    settle(counter, units=UNITS)
    first, second, third = three_weeks(counter, actor, clock)
    assert rows(first) == [("สำนักปลัด", 100, 7, 107), ("กองช่าง", 20, 3, 23), ("รวม", 120, 10, 130)]
    assert rows(second) == [("สำนักปลัด", 100, 17, 117), ("กองช่าง", 20, 5, 25), ("รวม", 120, 22, 142)]
    assert rows(third) == [("สำนักปลัด", 100, 17, 117), ("กองช่าง", 20, 10, 30), ("รวม", 120, 27, 147)]
    assert {report.before_on for report in (first, second, third)} == {date(2023, 5, 26)}


def test_three_fridays_from_report_to_report_lose_no_count_that_came_late(counter, actor, clock):
    settle(counter, units=UNITS, reading="this_week")
    first, second, third = three_weeks(counter, actor, clock)
    assert rows(first) == [("สำนักปลัด", 100, 7, 107), ("กองช่าง", 20, 3, 23), ("รวม", 120, 10, 130)]
    assert rows(second) == [("สำนักปลัด", 107, 10, 117), ("กองช่าง", 23, 2, 25), ("รวม", 130, 12, 142)]
    assert rows(third) == [("สำนักปลัด", 117, 0, 117), ("กองช่าง", 25, 5, 30), ("รวม", 142, 5, 147)]
    assert [report.before_on for report in (second, third)] == [*FRIDAYS[:2]]


@pytest.mark.parametrize("reading", thaid_week.READINGS)
def test_columns_two_and_three_are_always_column_four(counter, actor, clock, reading):
    settle(counter, units=UNITS, reading=reading, baseline_date="2026-11-01")
    for day in range(2, 21):
        at(clock, date(2026, 11, day))
        for place in range(day % 4):
            audience = ("citizens", "staff")[place % 2]
            thaid_campaign.count(counter, actor, audience, unit=UNITS[place % 2]["name"], number=place + 1)
        if day % 4 == 3:
            thaid_campaign.undo(counter, actor)
        week = thaid_week.week_ending(date(2026, 11, day))
        report = thaid_campaign.week_report(counter, week, fresh=True)
        assert all(row.before + row.added == row.total for row in (*report.rows, report.total))
        if day % 7 == 0:
            thaid_campaign.report(counter, actor, week)


def test_a_report_stays_as_it_was_sent_and_says_when_counts_came_after(counter, actor, clock):
    at(clock, FRIDAYS[0])
    thaid_campaign.count(counter, actor, "citizens")
    sent = thaid_campaign.report(counter, actor, FRIDAYS[0])
    assert (sent.total.total, sent.changed, sent.reported_by) == (1, False, actor.username)
    thaid_campaign.count(counter, actor, "citizens")
    again = thaid_campaign.week_report(counter, FRIDAYS[0])
    assert (again.total.total, again.changed) == (1, True)
    assert thaid_campaign.week_report(counter, FRIDAYS[0], fresh=True).total.total == 2
    assert thaid_campaign.report(counter, actor, FRIDAYS[0]).total.total == 2


def test_undo_takes_back_the_newest_of_today_one_after_the_other_and_nothing_else(counter, actor, clock):
    at(clock, FRIDAYS[0])
    thaid_campaign.count(counter, actor, "citizens", number=9)
    at(clock, FRIDAYS[1])
    thaid_campaign.count(counter, actor, "citizens")
    thaid_campaign.count(counter, actor, "staff", way="officer", number=3)
    assert thaid_campaign.undo(counter, actor).count == 3
    assert thaid_campaign.undo(counter, actor).audience == "citizens"
    with pytest.raises(Refused) as error:
        thaid_campaign.undo(counter, actor)
    assert error.value.code == "nothing_to_undo"
    assert thaid_campaign.week_report(counter, FRIDAYS[1]).total.total == 9
    with counter.store.read() as connection:
        kept = connection.exec_driver_sql("SELECT count FROM thaid_count ORDER BY row").scalars().all()
    assert kept == [9, 1, 3, -3, -1]


def test_ways_and_audiences_are_told_apart_by_week_and_day(counter, actor, clock):
    at(clock, date(2026, 11, 19))
    thaid_campaign.count(counter, actor, "citizens", number=5)
    at(clock, FRIDAYS[2])
    thaid_campaign.count(counter, actor, "citizens", way="officer", number=2)
    found = {(t.audience, t.way): (t.week, t.today) for t in thaid_campaign.week_report(counter, FRIDAYS[2]).tallies}
    assert found == {
        ("citizens", "self"): (5, 0),
        ("citizens", "officer"): (2, 2),
        ("staff", "self"): (0, 0),
        ("staff", "officer"): (0, 0),
    }


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("audience", {"audience": "neighbours"}),
        ("way", {"way": "post"}),
        ("unit", {"unit": "กองช่าง"}),
        ("count", {"number": 0}),
        ("count", {"number": 100_001}),
        ("on", {"on": "2026-11-21"}),
        ("on", {"on": "2023-05-26"}),
    ],
)
def test_what_cannot_be_counted_changes_nothing(counter, actor, field, values):
    with pytest.raises(Refused) as error:
        thaid_campaign.count(counter, actor, values.pop("audience", "citizens"), **values)
    assert error.value.field == field
    with counter.store.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM thaid_count").scalar() == 0


def test_a_unit_that_the_office_no_longer_has_keeps_its_row(counter, actor, clock):
    settle(counter, units=UNITS)
    thaid_campaign.count(counter, actor, "staff", unit="กองช่าง", number=4)
    settle(counter, units=UNITS[:1])
    assert rows(thaid_campaign.week_report(counter, FRIDAYS[2])) == [
        ("สำนักปลัด", 100, 0, 100), ("กองช่าง", 0, 4, 4), ("รวม", 100, 4, 104),
    ]  # fmt: skip


def test_reminder_on_thursday_and_friday_overdue_on_saturday_until_it_is_sent(counter, actor, clock):
    at(clock, date(2026, 11, 18))
    assert thaid_campaign.due(counter) is None
    thaid_campaign.count(counter, actor, "citizens")
    tones = []
    for day in (18, 19, 20, 21):
        at(clock, date(2026, 11, day))
        tones.append(thaid_campaign.due(counter).tone)
    assert tones == ["plain", "warn", "warn", "bad"]
    thaid_campaign.report(counter, actor, FRIDAYS[2])
    assert thaid_campaign.due(counter).tone == "plain"


def test_the_sheet_has_the_words_of_the_form_and_thai_digits(counter, actor, clock):
    settle(counter, units=UNITS)
    thaid_campaign.count(counter, actor, "citizens", unit="กองช่าง", number=1_234)
    report = thaid_campaign.week_report(counter, FRIDAYS[2])
    texts = thaid_report_layout(report).texts()
    assert columns(report) == (
        "ที่",
        "จำนวนผู้ลงทะเบียน ณ วันศุกร์ที่ ๒๖ พฤษภาคม ๒๕๖๖",
        "จำนวนผู้ลงทะเบียนเพิ่มขึ้น",
        "รวมจำนวนผู้ลงทะเบียนปัจจุบัน",
    )
    assert texts[0] == "แบบรายงานการลงทะเบียนใช้งานแอปพลิเคชัน “THaiD”"
    assert texts[2] == "ข้อมูล ณ วันที่ ๒๐ เดือน พฤศจิกายน พ.ศ. ๒๕๖๙"
    assert texts[7:19] == [
        "๑ สำนักปลัด", "๑๐๐", "๐", "๑๐๐", "๒ กองช่าง", "๒๐", "๑,๒๓๔", "๑,๒๕๔", "รวม", "๑๒๐", "๑,๒๓๔", "๑,๓๕๔",
    ]  # fmt: skip
    assert texts[-1] == "หมายเหตุ แจ้งรายงานลงกลุ่ม (ไลน์) ทุกวันศุกร์"
    assert not any(letter in "".join(texts) for letter in "0123456789")
    assert "\n" not in report.line and "รวมปัจจุบัน ๑,๓๕๔ คน" in report.line


def test_pdf_and_picture_are_made_and_one_picture_holds_one_week(counter, actor):
    report = thaid_campaign.week_report(counter, FRIDAYS[2])
    assert office_papers.content(".pdf", report, report).count(b"/Type /Page\n") == 2
    with Image.open(BytesIO(office_papers.content(".png", report))) as picture:
        assert (picture.format, picture.size) == ("PNG", (1240, 1754))
        assert len(picture.convert("L").getcolors()) > 10
    for suffix, given in ((".png", (report, report)), (".docx", (report,))):
        with pytest.raises(Refused) as error:
            office_papers.content(suffix, *given)
        assert error.value.code == "file_kind"


def test_the_leaflet_leads_to_both_stores_and_tells_both_ways(counter):
    paper = papers.leaflet(counter)
    with Image.open(BytesIO(office_papers.content(".png", paper))) as picture:
        assert {code.text for code in zxingcpp.read_barcodes(picture.convert("L"))} == {
            thaid_settings.IOS,
            thaid_settings.ANDROID,
        }
    assert [len(way.steps) for way in thaid_guide.ways()] == [9, 9]
    texts = "".join(office_papers.layout(paper).texts())
    assert all(thai_date.to_thai_digits(step) in texts for way in thaid_guide.ways() for step in way.steps)
    assert "สำนักทะเบียน" in thaid_guide.note(thaid_guide.ways()[1], registration_office=False)
    assert thaid_guide.note(thaid_guide.ways()[1], registration_office=True) == ""


def test_a_store_without_an_address_is_searched_by_name(counter):
    settle(counter, ios="")
    paper = papers.leaflet(counter)
    with Image.open(BytesIO(office_papers.content(".png", paper))) as picture:
        assert [code.text for code in zxingcpp.read_barcodes(picture.convert("L"))] == [thaid_settings.ANDROID]
    assert any("ค้นหาคำว่า" in text for text in office_papers.layout(paper).texts())


@pytest.mark.parametrize(
    ("key", "campaign"),
    [
        ("colour", {"colour": "red"}),
        ("baseline_date", {"baseline_date": "26/5/2566"}),
        ("baseline_count", {"baseline_count": -1}),
        ("baseline_count", {"baseline_count": 5, "units": UNITS}),
        ("reading", {"reading": "both"}),
        ("registration_office", {"registration_office": 1}),
        ("ios", {"ios": "http://example.org"}),
        ("units", {"units": "กองช่าง"}),
        ("units[0].name", {"units": [{"baseline": 3}]}),
        ("units[1].name", {"units": [UNITS[0], UNITS[0]]}),
        ("units[0].head", {"units": [{"name": "ก", "head": "x"}]}),
        ("units[0].baseline", {"units": [{"name": "ก", "baseline": True}]}),
    ],
)
def test_a_wrong_setting_is_named(key, campaign):
    with pytest.raises(Refused) as error:
        offices.check_office({**homes.OFFICE, thaid_settings.SETTING: campaign})
    assert error.value.field == f"{thaid_settings.SETTING}.{key}"


# two counters ------------------------------------------------------------------------------------------------------


def test_two_counters_come_to_the_same_figures_each_count_once(tmp_path):
    with Province(tmp_path) as province:
        first, second = province.desk("เคาน์เตอร์ 1"), province.desk("เคาน์เตอร์ 2")
        week = thaid_week.week_ending(thaid_campaign.today(first.counter))
        thaid_campaign.count(first.counter, ACTOR, "citizens", number=3)
        thaid_campaign.count(second.counter, ACTOR, "staff", way="officer", number=2)
        thaid_campaign.count(second.counter, ACTOR, "staff", number=40)
        thaid_campaign.undo(second.counter, ACTOR)
        for _ in range(2):
            for desk in (first, second):
                assert desk.sync().rejected == 0
        reports = [thaid_campaign.week_report(desk.counter, week) for desk in (first, second)]
        assert reports[0] == reports[1]
        assert reports[0].total.total == 5
        assert [row[0] for row in province.rows("SELECT kind FROM log ORDER BY office_seq")] == [
            thaid_campaign.COUNTED
        ] * 4
        thaid_campaign.report(first.counter, ACTOR, week)
        first.sync()
        second.sync()
        assert thaid_campaign.due(second.counter).tone == "good"
        assert asdict(thaid_campaign.week_report(second.counter, week))["reported_by"] == ACTOR.username
        with second.store.read() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM thaid_count").scalar() == 4


# commands ----------------------------------------------------------------------------------------------------------


def test_commands_count_report_and_write_the_files(home, tmp_path):
    week = thaid_week.week_ending(date.today())
    added = command.run(home, "thaid-campaign", "add", "citizens", "--count", "12", "--officer", "--json")
    assert (added.code, added.json["count"], added.json["way"]) == (0, 12, "officer")
    assert command.run(home, "thaid-campaign", "add", "staff").code == 0
    assert command.run(home, "thaid-campaign", "undo", "--json").json["audience"] == "staff"
    shown = command.run(home, "thaid-campaign", "show", "--json").json
    assert (shown["week"], shown["total"]["total"], shown["due"]["week"]) == (week.isoformat(), 12, week.isoformat())
    for name in ("week.pdf", "week.png", "week.txt"):
        made = command.run(home, "report", "thaid-week", "--out", tmp_path / name, "--json")
        assert made.code == 0 and made.json["weeks"][0]["total"]["added"] == 12
    assert (tmp_path / "week.pdf").read_bytes().startswith(b"%PDF")
    assert (tmp_path / "week.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "week.txt").read_text("utf-8").strip() == shown["line"]
    assert command.run(home, "thaid-campaign", "reported", "--json").json["reported_by"] == homes.USERNAME
    assert command.run(home, "thaid-campaign", "show", "--json").json["due"]["tone"] == "good"


def test_commands_tell_what_is_wrong(home, tmp_path):
    for words, field in (
        (("thaid-campaign", "add", "citizens", "--unit", "กองช่าง"), "unit"),
        (("thaid-campaign", "add", "citizens", "--on", "1/1/2500"), "on"),
        (("report", "thaid-week", "--from", "2026-11-14", "--to", "2026-11-19"), "from"),
        (("report", "thaid-week", "--from", "2020-01-01", "--to", "2020-01-31"), "week"),
        (("report", "thaid-week", "--out", tmp_path / "week.docx"), "out"),
    ):
        answer = command.run(home, *words, "--json")
        assert (answer.code, answer.error["field"]) == (3, field)
    assert command.run(home, "report", "thaid-week", "--out", tmp_path / "no" / "week.txt").code == 4
    assert list(tmp_path.glob("*.docx")) == []


def test_guide_and_leaflet_by_command(home, tmp_path):
    ways = command.run(home, "thaid-campaign", "guide", "--json").json
    assert [(way["code"], len(way["steps"])) for way in ways] == [("self", 9), ("officer", 9)]
    assert "ด้วยตนเอง" in command.run(home, "thaid-campaign", "guide").out
    assert command.run(home, "thaid-campaign", "leaflet", "--out", tmp_path / "leaflet.pdf").code == 0
    assert (tmp_path / "leaflet.pdf").read_bytes().startswith(b"%PDF")
