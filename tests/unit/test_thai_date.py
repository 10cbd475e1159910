"""Buddhist dates in and out."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import thai_date
from app.domain.errors import Refused

NOVEMBER_20 = date(2026, 11, 20)


@pytest.mark.parametrize(
    "text",
    [
        "20/11/2569",
        "20-11-2569",
        "20.11.69",
        "20/11/69",
        "20 พ.ย. 69",
        "20 พ.ย. 2569",
        "20พ.ย.69",
        "20 พย 2569",
        "20 พฤศจิกายน 2569",
        "๒๐ พฤศจิกายน ๒๕๖๙",
        "๒๐/๑๑/๒๕๖๙",
        "วันที่ 20 เดือน พฤศจิกายน พ.ศ. 2569",
        "  20  พ.ย.  พ.ศ. 2569 ",
        "2026-11-20",
        "2569-11-20",
        "20/11/2026",
    ],
)
def test_many_ways_to_write_one_day(text):
    assert thai_date.parse_date(text) == NOVEMBER_20


@pytest.mark.parametrize(
    "text",
    [
        "31/02/2569",
        "29/02/2569",
        "0/1/2569",
        "31 เม.ย. 69",
        "20 พฤหัส 2569",
        "2026-13-01",
        "0000-01-01",
        "20/11",
        "20/11/269",
        "20/11/25690",
        "พรุ่งนี้",
        "",
        "1/2/2483",
        "20" * 100,
    ],
)
def test_other_dates_are_refused(text):
    with pytest.raises(Refused) as refused:
        thai_date.parse_date(text, field="answers.start")
    assert (refused.value.code, refused.value.field) == ("date", "answers.start")


def test_leap_day_is_judged_by_the_ce_year():
    assert thai_date.parse_date("29/02/2563") == date(2020, 2, 29)
    assert thai_date.parse_date("29 ก.พ. 2567") == date(2024, 2, 29)


def test_years_before_the_reform_of_2484():
    assert thai_date.parse_date("15/2/2482") == date(1940, 2, 15)
    assert thai_date.parse_date("15/4/2482") == date(1939, 4, 15)
    assert thai_date.parse_date("15/4/2483") == date(1940, 4, 15)
    assert thai_date.parse_date("1/1/2484") == date(1941, 1, 1)
    assert thai_date.year_be(date(1940, 2, 15)) == 2482


def test_forms_on_paper():
    day = date(2024, 7, 8)
    assert thai_date.short(NOVEMBER_20) == "20 พ.ย. 2569"
    assert thai_date.padded(day) == "08 ก.ค. 2567"
    assert thai_date.short(day) == "8 ก.ค. 2567"
    assert thai_date.long(NOVEMBER_20) == "20 พฤศจิกายน 2569"
    assert thai_date.to_thai_digits(thai_date.long(date(2023, 2, 14))) == "๑๔ กุมภาพันธ์ ๒๕๖๖"
    assert thai_date.month_text(date(2026, 6, 1)) == "มิ.ย. 69"
    assert thai_date.time_text(datetime(2024, 7, 8, 17, 50, 42)) == "17:50:42 น."


def test_local_time_is_seven_hours_ahead():
    moment = datetime(2024, 9, 30, 17, 0, tzinfo=UTC)
    assert thai_date.local(moment).date() == date(2024, 10, 1)
    assert thai_date.local(moment).utcoffset() == timedelta(hours=7)
    with pytest.raises(ValueError, match="time zone"):
        thai_date.local(moment.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("day", "year"), [(date(2024, 9, 30), 2567), (date(2024, 10, 1), 2568), (date(2024, 1, 1), 2567)]
)
def test_fiscal_year_begins_in_october(day, year):
    assert thai_date.fiscal_year(day) == year


def test_fiscal_year_label():
    assert thai_date.fiscal_year_text(2567) == "ปีงบประมาณ 2567 (ต.ค. 66 – ก.ย. 67)"


@given(st.dates(min_value=date(1880, 1, 1), max_value=date(2400, 12, 31)))
def test_every_form_reads_back(day):
    for text in (
        thai_date.short(day),
        thai_date.padded(day),
        thai_date.to_thai_digits(thai_date.long(day)),
        day.isoformat(),
    ):
        assert thai_date.parse_date(text) == day
    assert thai_date.from_be(thai_date.year_be(day), day.month, day.day) == day


@given(st.text(alphabet="๐๑๒๓๔๕๖๗๘๙0123456789 กข/", max_size=30))
def test_digits_turn_both_ways(text):
    arabic = thai_date.to_arabic_digits(text)
    assert thai_date.to_arabic_digits(thai_date.to_thai_digits(arabic)) == arabic
    assert not set(arabic) & set("๐๑๒๓๔๕๖๗๘๙")
