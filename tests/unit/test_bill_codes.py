"""The codes of a bill, letter for letter, and what no bank would take."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import bill_codes, payment_codes
from app.domain.errors import Refused

BILLER = "099999999999900"
VECTOR = (
    "00020101021230640016A00000067701011201150999999999999000209123456701030820260601530376454072600.005802TH630469B9"
)


def test_the_vectors_of_the_domain_notes():
    assert bill_codes.thai_qr(BILLER, "123456701", "20260601", 260_000) == VECTOR
    assert (
        bill_codes.barcode(BILLER, "123456701", "20260601", 260_000) == "|099999999999900\r123456701\r20260601\r260000"
    )


@pytest.mark.parametrize(
    ("satang", "tag54", "last"),
    [
        (435, "54044.35", "435"),
        (123_456_789, "54101234567.89", "123456789"),
        (43_499, "5406434.99", "43499"),
        (1, "54040.01", "1"),
    ],
)
def test_every_satang_arrives(satang, tag54, last):
    text = bill_codes.thai_qr(BILLER, "A1", "", satang)
    assert f"5303764{tag54}5802TH6304" in text
    assert text[-4:] == f"{payment_codes.crc16(text[:-4]):04X}"
    assert bill_codes.barcode(BILLER, "A1", "", satang).endswith(f"\r\r{last}")


REF = st.text("ABCXYZ0189", min_size=1, max_size=18)


@given(REF, REF, st.integers(1, bill_codes.LARGEST))
def test_what_is_written_is_read_again(ref1, ref2, satang):
    wanted = payment_codes.Payment(BILLER, ref1, ref2, satang)
    assert payment_codes.parse_thai_qr(bill_codes.thai_qr(BILLER, ref1, ref2, satang)) == wanted
    assert payment_codes.parse_bill_barcode(bill_codes.barcode(BILLER, ref1, ref2, satang)) == wanted


@pytest.mark.parametrize(
    ("biller", "ref1", "ref2", "satang", "field"),
    [
        ("09999999999990", "1", "", 1, "tax_id"),
        (BILLER, "", "", 1, "ref1"),
        (BILLER, "1" * 19, "", 1, "ref1"),
        (BILLER, "ก", "", 1, "ref1"),
        (BILLER, "1", "a", 1, "ref2"),
        (BILLER, "1", "", 0, "amount"),
        (BILLER, "1", "", -1, "amount"),
    ],
)
def test_what_no_bank_takes(biller, ref1, ref2, satang, field):
    for write in (bill_codes.thai_qr, bill_codes.barcode):
        with pytest.raises(Refused) as error:
            write(biller, ref1, ref2, satang)
        assert error.value.field == field


def test_a_biller_needs_the_whole_tax_number():
    assert bill_codes.biller_id("0994000164858", "00") == "099400016485800"
    assert bill_codes.biller_id("", "00") == ""
    assert bill_codes.biller_id("099400016485", "000") == ""
