"""The 13-digit citizen number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import citizen_id
from app.domain.errors import Refused


@pytest.mark.parametrize(
    ("twelve", "digit"),
    [("110170023070", "8"), ("012345678901", "6"), ("310120000000", "9"), ("123456789012", "1")],
)
def test_check_digit(twelve, digit):
    assert citizen_id.check_digit(twelve) == digit
    assert citizen_id.is_valid(twelve + digit)


@pytest.mark.parametrize(
    "text",
    ["1101700230708", "1-1017-00230-70-8", "๑๑๐๑๗๐๐๒๓๐๗๐๘", " 1 1017 00230 70 8 ", "๑-๑๐๑๗-๐๐๒๓๐-๗๐-๘"],
)
def test_ways_to_write_it(text):
    assert citizen_id.check(text) == "1101700230708"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "citizen_id_length"),
        ("110170023070", "citizen_id_length"),
        ("11017002307088", "citizen_id_length"),
        ("1" * 1_000_000, "citizen_id_length"),
        ("11017002307O8", "citizen_id_characters"),
        ("1101700230²08", "citizen_id_characters"),
        ("110170023070٨", "citizen_id_characters"),
        ("1234567890123", "citizen_id_check_digit"),
        ("1101700230709", "citizen_id_check_digit"),
    ],
)
def test_others_are_refused_by_field_without_repeating_them(text, code):
    with pytest.raises(Refused) as refused:
        citizen_id.check(text, field="applicant.cid")
    error = refused.value
    assert (error.code, error.field, error.exit_code) == (code, "applicant.cid", 3)
    assert error.title
    assert error.hint
    assert not text or text not in str(error.as_dict())


def test_a_clerk_may_confirm_a_foreigner_but_never_a_thai():
    assert citizen_id.check("6123456789012", foreigner=True) == "6123456789012"
    with pytest.raises(Refused):
        citizen_id.check("6123456789012")
    with pytest.raises(Refused):
        citizen_id.check("1234567890123", foreigner=True)
    assert citizen_id.normalise("6123456789012") == "6123456789012"


def test_shown_and_masked():
    assert citizen_id.formatted("1234567890121") == "1-2345-67890-12-1"
    assert citizen_id.masked("1234567890123") == "X-XXXX-XXXX0-12-3"


def test_first_digit_tells_the_kind():
    assert citizen_id.kind_text("3101200000009").startswith("มีชื่อในทะเบียนบ้าน")
    assert citizen_id.kind_text("") == citizen_id.kind_text("9") == "ไม่ทราบประเภท"


@given(st.from_regex(r"[0-9]{12}", fullmatch=True), st.integers(0, 11), st.integers(1, 9))
def test_one_wrong_digit_does_not_pass(twelve, place, shift):
    number = twelve + citizen_id.check_digit(twelve)
    changed = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    assert citizen_id.is_valid(number)
    # the rule itself is blind in two cases: the third digit weighs 11, and remainders 0 and 10 both give 1
    assert not citizen_id.is_valid(changed) or place == 2 or number[12] == "1"
