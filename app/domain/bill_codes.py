"""Writes the codes of a bill: Thai QR with a biller (EMV tag 30) and the Bank of Thailand's bill-payment barcode.

app/domain/payment_codes.py reads them again. Amounts are whole satang: nothing here ever was a float.
"""

import re

from app.domain.errors import Refused
from app.domain.money import plain
from app.domain.payment_codes import crc16

BILL_PAYMENT = "A000000677010112"
"""Application identifier of domestic bill payment."""
LONGEST_REF = 18
"""The bar code holds 62 characters; the QR alone would take 20."""
LARGEST = 999_999_999_99
_BILLER = re.compile("[0-9]{15}")
_REF = re.compile("[A-Z0-9]{1,18}")


def biller_id(tax_id: str, suffix: str) -> str:
    """The 15 digits of an office: its tax number and a suffix of two digits; "" where it has no whole number."""
    biller = f"{tax_id}{suffix}"
    return biller if _BILLER.fullmatch(biller) and len(tax_id) == 13 else ""


def thai_qr(biller: str, ref1: str, ref2: str, satang: int) -> str:
    """The text of the QR. Refused for a biller, reference or amount that no bank would take."""
    check(biller, ref1, ref2, satang)
    bill = _tag("00", BILL_PAYMENT) + _tag("01", biller) + _tag("02", ref1) + (_tag("03", ref2) if ref2 else "")
    parts = (("00", "01"), ("01", "12"), ("30", bill), ("53", "764"), ("54", plain(satang)), ("58", "TH"))
    text = "".join(_tag(*part) for part in parts) + "6304"
    return f"{text}{crc16(text):04X}"


def barcode(biller: str, ref1: str, ref2: str, satang: int) -> str:
    """The text of the bar code (Code 128): one bar, three carriage returns, no end mark."""
    check(biller, ref1, ref2, satang)
    return f"|{biller}\r{ref1}\r{ref2}\r{satang}"


def check(biller: str, ref1: str, ref2: str, satang: int) -> None:
    """Refused unless all of it may stand in a code."""
    if not _BILLER.fullmatch(biller):
        hint = "ตั้งเลขประจำตัวผู้เสียภาษีและรหัสต่อท้ายของ อปท. ในการตั้งค่า"
        raise Refused("biller", "รหัสผู้รับชำระเงินไม่ถูกต้อง", hint, "tax_id")
    for key, ref in (("ref1", ref1), ("ref2", ref2)):
        if not (_REF.fullmatch(ref) or (key == "ref2" and not ref)):
            hint = f"ใช้ตัวเลขและอักษรโรมันตัวใหญ่ 1–{LONGEST_REF} ตัว แก้แม่แบบ {key} ในการตั้งค่า"
            raise Refused("ref", f"เลขอ้างอิงของใบแจ้งชำระไม่ถูกต้อง ({key})", hint, key)
    if not 0 < satang <= LARGEST:
        raise Refused("amount", "จำนวนเงินของใบแจ้งชำระไม่ถูกต้อง", "ตรวจยอดที่ต้องชำระ", "amount")


def _tag(tag: str, value: str) -> str:
    return f"{tag}{len(value):02d}{value}"
