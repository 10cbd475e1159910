"""Payment codes as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import payment_codes as codes

BILL_QR = (
    "00020101021230640016A00000067701011201150999999999999000209123456701030820260601530376454072600.005802TH630469B9"
)
BARCODE = "|099999999999900\r123456701\r20260601\r260000"
PAYMENT = codes.Payment("099999999999900", "123456701", "20260601", 260_000)


def tag(number, value):
    return f"{number}{len(value):02d}{value}"


def with_crc(text, number="63"):
    return f"{text}{number}04{codes.crc16(f'{text}{number}04'):04X}"


def test_check_value_of_the_standard():
    assert codes.crc16("123456789") == 0x29B1


def test_the_bill_of_the_notes_reads_the_same_from_qr_and_barcode():
    assert codes.parse_thai_qr(BILL_QR) == PAYMENT
    assert codes.parse_thai_qr(BILL_QR[:-4] + BILL_QR[-4:].lower()) == PAYMENT
    assert codes.parse_bill_barcode(BARCODE) == PAYMENT
    assert codes.parse_bill_barcode(BARCODE.replace("\r", "\n") + "\n") == PAYMENT
    assert codes.parse_bill_barcode("|099999999999900\r1\r\r0") == codes.Payment("099999999999900", "1", "", None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        BILL_QR[:-1],
        BILL_QR[:-4],
        BILL_QR.replace("2600", "2601"),
        "000201",
        with_crc("000201x"),
        with_crc("00020154x1y"),
        "A" + BILL_QR,
    ],
)
def test_a_damaged_qr_is_none(text):
    assert codes.parse_thai_qr(text) is None


def test_a_tag_longer_than_the_text_is_none():
    assert codes.read_tags("5499123") is None
    assert codes.read_tags("54") is None


def test_tag_order_and_promptpay():
    promptpay = tag("29", tag("00", "A000000677010111") + tag("01", "0066812345678"))
    text = with_crc("000201" + tag("01", "11") + promptpay + "5802TH" + "5303764")
    assert codes.parse_thai_qr(text) == codes.Payment()


@pytest.mark.parametrize(
    "text",
    [
        "|",
        "099999999999900\r1\r\r0",
        "|09999\r1\r\r0",
        "|099999999999900\r1\r0",
        "|099999999999900\r\r\r0",
        BARCODE + "\r1",
    ],
)
def test_a_damaged_barcode_is_none(text):
    assert codes.parse_bill_barcode(text) is None


def test_slips():
    body = tag("00", tag("00", "000001") + tag("01", "004") + tag("02", "014123456789ABC"))
    slip = with_crc(body + "5102TH", "91")
    assert codes.parse_slip_qr(slip) == (codes.SlipReference("004", "014123456789ABC"), True)
    wallet = with_crc(tag("00", tag("00", "01") + tag("01", "01") + tag("02", "P2P") + tag("03", "9988")), "91")
    assert codes.parse_slip_qr(wallet[:-4] + wallet[-4:].lower()) == (codes.SlipReference("", "9988"), True)
    wrong = f"{(codes.crc16(slip[:-4]) + 1) % 65536:04X}"
    assert codes.parse_slip_qr(slip[:-4] + wrong) == (codes.SlipReference("004", "014123456789ABC"), False)
    assert codes.parse_slip_qr("hello") is None
    assert codes.parse_slip_qr(with_crc("abcd", "91")) is None
    assert codes.parse_slip_qr(with_crc(tag("00", tag("00", "77")), "91")) is None
    assert codes.parse_slip_qr(with_crc(tag("51", "TH"), "91")) is None


def test_a_slip_whose_check_value_lost_its_leading_noughts():
    for run in range(100_000):
        body = tag("00", tag("00", "000001") + tag("01", "004") + tag("02", f"{run:06d}")) + "5102TH"
        if codes.crc16(body + "9104") < 0x1000:
            break
    short = f"{codes.crc16(body + '9104'):X}"
    assert codes.parse_slip_qr(f"{body}910{len(short)}{short}") == (codes.SlipReference("004", f"{run:06d}"), True)


@given(st.lists(st.tuples(st.from_regex(r"[0-9]{2}", fullmatch=True), st.text(max_size=99)), max_size=10))
def test_tags_read_back(pairs):
    first: dict[str, str] = {}
    for number, value in pairs:
        first.setdefault(number, value)
    assert codes.read_tags("".join(tag(number, value) for number, value in pairs)) == first


@given(st.text(max_size=120))
def test_no_text_breaks_the_readers(text):
    assert codes.parse_thai_qr("000201" + text) is None or codes.has_good_crc("000201" + text)
    bill = codes.parse_bill_barcode("|" + text)
    assert bill is None or len(bill.biller) == 15
    slip = codes.parse_slip_qr(text)
    assert slip is None or slip[0].reference in text
