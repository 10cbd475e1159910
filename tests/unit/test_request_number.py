"""Request numbers of the One Stop Service grammar."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import request_number
from app.domain.errors import Refused
from app.domain.request_number import RequestNumber


@pytest.mark.parametrize(
    ("text", "series", "issued_on", "run"),
    [
        ("KT1270567000001", "KT1", date(2024, 5, 27), 1),
        ("KT1280567000002", "KT1", date(2024, 5, 28), 2),
        ("KT1290567000003", "KT1", date(2024, 5, 29), 3),
        ("KT1080767000011", "KT1", date(2024, 7, 8), 11),
        ("BAN1280965000116", "BAN1", date(2022, 9, 28), 116),
    ],
)
def test_the_five_known_numbers(text, series, issued_on, run):
    number = request_number.parse(text)
    assert (number.series, number.issued_on, number.run, number.text) == (series, issued_on, run, text)
    assert request_number.format_number(series, issued_on, run) == text


@pytest.mark.parametrize("text", ["kt1080767000011", " KT1 080767 000011 ", "KT๑๐๘๐๗๖๗๐๐๐๐๑๑", "KT1-080767-000011"])
def test_ways_to_type_it(text):
    assert request_number.parse(text).text == "KT1080767000011"
    assert request_number.is_valid(text)


@pytest.mark.parametrize(
    "text",
    [
        "KT1310267000001",
        "KT1290269000001",
        "KT1000167000001",
        "KT1080767000000",
        "K1080767000011",
        "KTXX1080767000011",
        "KT108076700001",
        "กท1080767000011",
        "",
        "KT1080767000011" * 1000,
    ],
)
def test_others_are_refused(text):
    with pytest.raises(Refused) as refused:
        request_number.parse(text)
    assert (refused.value.code, refused.value.field) == ("request_number", "number")
    assert not request_number.is_valid(text)


def test_leap_day_of_the_buddhist_year():
    assert request_number.parse("KT1290267000001").issued_on == date(2024, 2, 29)


@pytest.mark.parametrize("run", [0, -1, 1_000_000])
def test_a_run_beyond_six_digits_is_never_invented(run):
    with pytest.raises(Refused) as refused:
        request_number.format_number("KT1", date(2026, 11, 20), run)
    assert refused.value.code == "request_number_used_up"


@pytest.mark.parametrize("series", ["KT", "kt1", "K1", "KTAB1", "KT12"])
def test_a_series_has_letters_and_one_digit(series):
    with pytest.raises(ValueError, match="series"):
        request_number.format_number(series, date(2026, 11, 20), 1)


@given(
    st.from_regex(r"[A-Z]{2,3}", fullmatch=True),
    st.from_regex(r"[0-9]", fullmatch=True),
    st.dates(min_value=date(1957, 1, 1), max_value=date(2056, 12, 31)),
    st.integers(1, request_number.MAX_RUN),
)
def test_every_number_reads_back(letters, digit, issued_on, run):
    number = RequestNumber(letters, digit, issued_on, run)
    assert request_number.parse(number.text.lower()) == number
    assert len(number.text) == len(letters) + 13
