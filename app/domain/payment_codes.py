"""Reads the payment codes a citizen or a bill may show: Thai QR (EMV), the bill-payment barcode, a bank's slip QR.

Thai QR: tag, two-digit length, value; tag 63 holds CRC-16/CCITT-FALSE over everything before its value.
Bill barcode (Bank of Thailand): "|" biller CR ref1 CR ref2 CR satang; amount 0 means that the cashier types it.
A slip's QR proves nothing by itself: it only carries a reference that a bank could be asked about.
"""

import re
from binascii import crc_hqx
from dataclasses import dataclass

BILL_PAYMENT_AIDS = ("A000000677010112", "A000000677012006")
PROMPTPAY_AIDS = ("A000000677010111", "A000000677010114")

_AMOUNT = re.compile(r"([0-9]{1,10})(?:\.([0-9]{1,2}))?")
_BARCODE = re.compile(
    r"\|([0-9]{15})(?:\r\n|\r|\n)([0-9A-Za-z]{1,20})(?:\r\n|\r|\n)([0-9A-Za-z]{0,20})(?:\r\n|\r|\n)([0-9]{1,12})"
)
_SLIP_CRC = re.compile(r"(.*)910[1-4]([0-9A-Fa-f]{1,4})", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Payment:
    """What a code asks to be paid. amount: satang, None where the payer types it; biller: 15 digits or ""."""

    biller: str = ""
    ref1: str = ""
    ref2: str = ""
    amount: int | None = None


@dataclass(frozen=True, slots=True)
class SlipReference:
    """What a bank's slip QR carries: the sending bank's three digits ("" for a wallet) and its reference."""

    bank: str
    reference: str


def crc16(text: str) -> int:
    """CRC-16/CCITT-FALSE of the text's UTF-8 bytes ("123456789" gives 29B1)."""
    return crc_hqx(text.encode("utf-8", "surrogatepass"), 0xFFFF)


def read_tags(text: str) -> dict[str, str] | None:
    """Tag -> value in the order of the text; None when it is no such sequence. The first of a repeated tag stays."""
    tags: dict[str, str] = {}
    place = 0
    while place < len(text):
        head = text[place : place + 4]
        if len(head) < 4 or not (head.isascii() and head.isdigit()):
            return None
        end = place + 4 + int(head[2:])
        if end > len(text):
            return None
        tags.setdefault(head[:2], text[place + 4 : end])
        place = end
    return tags


def looks_like_thai_qr(text: str) -> bool:
    """Whether the text begins as every EMV QR does."""
    return text.startswith("000201")


def has_good_crc(text: str) -> bool:
    """Whether the last tag is 63 and holds the right check value (capital or small letters)."""
    if len(text) < 8 or text[-8:-4] != "6304":
        return False
    return text[-4:].upper() == f"{crc16(text[:-4]):04X}"


def parse_thai_qr(text: str) -> Payment | None:
    """The payment of a Thai QR, None when it is damaged or none at all. PromptPay without a biller has biller ""."""
    if not (looks_like_thai_qr(text) and has_good_crc(text)):
        return None
    tags = read_tags(text)
    if tags is None:
        return None
    bill = read_tags(tags.get("30", "")) or {}
    if bill.get("00") not in BILL_PAYMENT_AIDS:
        bill = {}
    amount = _AMOUNT.fullmatch(tags.get("54", ""))
    return Payment(bill.get("01", ""), bill.get("02", ""), bill.get("03", ""), _satang(amount))


def _satang(amount: re.Match[str] | None) -> int | None:
    return int(amount[1]) * 100 + int((amount[2] or "").ljust(2, "0")) if amount else None


def parse_bill_barcode(text: str) -> Payment | None:
    """The payment of a bill's barcode; a keyboard scanner's line ends are accepted for its CR. None otherwise."""
    match = _BARCODE.fullmatch(text.strip(" \t\r\n"))
    if match is None:
        return None
    return Payment(match[1], match[2], match[3], int(match[4]) or None)


def parse_slip_qr(text: str) -> tuple[SlipReference, bool] | None:
    """The reference in a bank's slip QR and whether its check value is right; None when it is no slip's QR.

    Some banks drop leading zeros of the check value.
    """
    match = _SLIP_CRC.fullmatch(text)
    tags = read_tags(match[1]) if match else None
    slip = read_tags(tags.get("00", "")) if tags else None
    if match is None or not slip:
        return None
    if slip.get("00") == "000001" and "02" in slip:
        found = SlipReference(slip.get("01", ""), slip["02"])
    elif slip.get("00") == "01" and "03" in slip:
        found = SlipReference("", slip["03"])
    else:
        return None
    return found, int(match[2], 16) == crc16(match[1] + "9104")
