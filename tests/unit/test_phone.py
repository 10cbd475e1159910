"""Telephone numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import phone
from app.domain.errors import Refused


@pytest.mark.parametrize(
    ("text", "digits", "shown", "hidden"),
    [
        ("081-234-5678", "0812345678", "081-234-5678", "xxx-xxx-5678"),
        ("๐๖๑ ๒๓๔ ๕๖๗๘", "0612345678", "061-234-5678", "xxx-xxx-5678"),
        ("+66 81 234 5678", "0812345678", "081-234-5678", "xxx-xxx-5678"),
        ("+66(0)812345678", "0812345678", "081-234-5678", "xxx-xxx-5678"),
        ("076-321-500", "076321500", "076-321-500", "xxx-xx1-500"),
        ("(02) 123 4567", "021234567", "02-123-4567", "xx-xxx-4567"),
    ],
)
def test_numbers_are_read_shown_and_masked(text, digits, shown, hidden):
    assert phone.normalise(text) == digits
    assert phone.formatted(digits) == shown
    assert phone.masked(digits) == hidden
    assert phone.last4(digits) == digits[-4:]
    assert phone.is_mobile(digits) == (len(digits) == 10)


@pytest.mark.parametrize(
    "text",
    ["", "0112345678", "081234567", "08123456789", "1234", "081-234-567x", "0" * 100, "0612345", "+1 81 234 5678"],
)
def test_others_are_refused(text):
    with pytest.raises(Refused) as refused:
        phone.normalise(text)
    assert (refused.value.code, refused.value.field) == ("phone", "applicant.phone")


@given(st.from_regex(r"0([689][0-9]{8}|[2-57][0-9]{7})", fullmatch=True))
def test_what_is_shown_reads_back_and_the_mask_keeps_four(digits):
    assert phone.normalise(phone.formatted(digits)) == digits
    kept = [sign for sign in phone.masked(digits) if sign.isdigit()]
    assert "".join(kept) == digits[-4:]
