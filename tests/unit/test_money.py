"""Money in satang and amounts in Thai words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import money
from app.domain.errors import Refused


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "ศูนย์บาทถ้วน"),
        ("0.25", "ยี่สิบห้าสตางค์"),
        ("1", "หนึ่งบาทถ้วน"),
        ("10.01", "สิบบาทหนึ่งสตางค์"),
        ("11", "สิบเอ็ดบาทถ้วน"),
        ("21", "ยี่สิบเอ็ดบาทถ้วน"),
        ("101", "หนึ่งร้อยเอ็ดบาทถ้วน"),
        ("200", "สองร้อยบาทถ้วน"),
        ("2,702.58", "สองพันเจ็ดร้อยสองบาทห้าสิบแปดสตางค์"),
        ("22,320", "สองหมื่นสองพันสามร้อยยี่สิบบาทถ้วน"),
        ("1,000,000", "หนึ่งล้านบาทถ้วน"),
        ("1,000,001", "หนึ่งล้านเอ็ดบาทถ้วน"),
        ("21,000,000", "ยี่สิบเอ็ดล้านบาทถ้วน"),
        ("1001", "หนึ่งพันเอ็ดบาทถ้วน"),
        ("0.11", "สิบเอ็ดสตางค์"),
        ("101,000,000", "หนึ่งร้อยเอ็ดล้านบาทถ้วน"),
        ("1000000000000"[:12], "หนึ่งแสนล้านบาทถ้วน"),
        ("111,111.21", "หนึ่งแสนหนึ่งหมื่นหนึ่งพันหนึ่งร้อยสิบเอ็ดบาทยี่สิบเอ็ดสตางค์"),
    ],
)
def test_amounts_in_words(amount, words):
    assert money.baht_text(money.parse_baht(amount)) == words


def test_words_repeat_the_million_and_say_minus():
    assert money.baht_text(10**14) == "หนึ่งล้านล้านบาทถ้วน"
    assert money.baht_text(-2100) == "ลบยี่สิบเอ็ดบาทถ้วน"


@pytest.mark.parametrize(
    ("text", "satang"),
    [
        ("2600.00", 260000),
        ("2,600.5", 260050),
        ("๒,๖๐๐.๒๕", 260025),
        (" ฿ 20 ", 2000),
        ("20 บาท", 2000),
        ("0.05", 5),
    ],
)
def test_amounts_are_read(text, satang):
    assert money.parse_baht(text) == satang


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-1",
        "1.234",
        "1e3",
        "26,00",
        "1,0000",
        "NaN",
        ".",
        "1.",
        "9" * 13,
        "1 000",
        "สอง",
        "²",
        "1" * 50,
        2600,
        26.5,
        None,
    ],
)
def test_other_amounts_are_refused_by_field(text):
    with pytest.raises(Refused) as refused:
        money.parse_baht(text, field="amount")
    assert (refused.value.code, refused.value.field) == ("amount", "amount")


@given(st.integers(min_value=0, max_value=10**14 - 1))
def test_writing_and_reading_is_exact(satang):
    assert money.parse_baht(money.plain(satang)) == satang
    if satang < 10**13:
        assert money.parse_baht(money.formatted(satang)) == satang


@given(st.integers(min_value=0, max_value=10**16))
def test_words_are_never_empty_and_end_rightly(satang):
    words = money.baht_text(satang)
    assert words.endswith("สตางค์" if satang % 100 else "ถ้วน")


def test_negative_amounts_are_written():
    assert money.formatted(-123456) == "-1,234.56"
    assert money.plain(-5) == "-0.05"
