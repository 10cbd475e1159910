"""What text may enter the register."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import Refused
from app.domain.text_rules import clean_text, is_clean


def refusal(value, **rules):
    with pytest.raises(Refused) as refused:
        clean_text(value, "answers.topic", label="หัวข้อเรื่อง", **rules)
    error = refused.value
    assert error.field == "answers.topic"
    assert "หัวข้อเรื่อง" in error.title
    assert error.hint
    return error.code


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("ไฟดับหน้าวัด", "ไฟดับหน้าวัด"),
        ("  น้ำท่วม\t\r\n", "น้ำท่วม"),
        ("น้ำ\u200bท่วม\ufeff", "น้ำท่วม"),
        ("cafe\u0301", "café"),
        ("ก\u200cข\u200d", "ก\u200cข\u200d"),
        ("ก\u00a0ข", "ก\u00a0ข"),
        ("🙂", "🙂"),
        ("", ""),
        ("   ", ""),
        (None, ""),
    ],
)
def test_text_is_composed_and_trimmed(value, text):
    assert clean_text(value, "answers.topic") == text


@pytest.mark.parametrize(
    "sign",
    ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\x9b", "\u202e", "\u2066", "\u2028", "\ud800", "\ufffe", "\U000e0041"],
)
@pytest.mark.parametrize("multiline", [False, True])
def test_control_characters_are_refused(sign, multiline):
    assert refusal(f"ก{sign}ข", multiline=multiline) == "control_characters"


def test_lines_only_where_there_may_be_several():
    assert refusal("ก\nข") == "control_characters"
    assert refusal("ก\tข") == "control_characters"
    assert clean_text("ก\r\nข\rค\tง\n", "answers.detail", multiline=True) == "ก\nข\nค\tง"


def test_length_is_counted_after_trimming_and_composing():
    assert clean_text(" " * 50 + "กขค" + " " * 50, "answers.topic", max_length=3) == "กขค"
    assert refusal("กขคง", max_length=3) == "too_long"
    assert refusal("ก" * 1_000_000, max_length=200) == "too_long"
    assert refusal(" " * 1_000_000, max_length=200) == "too_long"
    assert refusal("\u0958", max_length=1) == "too_long"  # composes to two characters


def test_required_and_wrong_types():
    assert refusal("", required=True) == "required"
    assert refusal(" \u200b ", required=True) == "required"
    assert refusal(None, required=True) == "required"
    assert refusal(5) == "wrong_type"
    assert refusal(["ก"]) == "wrong_type"


def test_without_a_label_the_error_still_reads_as_a_sentence():
    with pytest.raises(Refused) as refused:
        clean_text("", "applicant.email", required=True)
    assert refused.value.title == "ยังไม่ได้กรอกข้อมูลช่องนี้"


@given(st.text(max_size=60), st.booleans())
def test_clean_text_is_settled(value, multiline):
    try:
        text = clean_text(value, "answers.topic", multiline=multiline)
    except Refused as error:
        assert error.code == "control_characters"
        return
    assert unicodedata.is_normalized("NFC", text)
    assert clean_text(text, "answers.topic", multiline=multiline) == text
    assert multiline or not any(sign < " " for sign in text)


@given(st.lists(st.text(alphabet="กขน้ำุูัํ่๑ aZ1|\t\n\u00a0\u200b\u200d\u0e4d\u0301", max_size=12), max_size=5))
def test_what_is_clean_at_one_look_stays_as_it_is(parts):
    if is_clean(parts, 50):
        assert [clean_text(part, "name", max_length=50) for part in parts] == parts


def test_clean_names_are_told_at_one_look():
    assert is_clean(("นาง", "น้ำผึ้ง", "", "Smith Jones"), 50)
    assert not is_clean(("นาง ", "น้ำผึ้ง"), 50)
    assert not is_clean(("ก" * 51,), 50)
