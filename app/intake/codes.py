"""What a scanned or typed text is: a slip of ours, a citizen number, a payment, a link, or nothing we know.

Nothing that a code says is ever opened or believed: a link stays text, and no code proves who somebody is.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from app.domain import citizen_id, money, payment_codes, request_number

_LONGEST_TEXT = 4300
_SHOWN_TEXT = 1000

_SLIP_PATH = re.compile(r"(?:.*/t/)?([^/]{1,20})/([0-9A-Za-z_-]{4,64})/?", re.DOTALL)
_RECEIPT_PATH = re.compile(r"(?:https?://.*/r|R)/([0-9A-Za-z-]{1,12})/([0-9]{1,8})/([0-9A-Za-z_-]{4,64})/?", re.DOTALL)
_THIRTEEN = re.compile(r"[0-9๐-๙](?:[ -]?[0-9๐-๙]){12}")
_NUMBER_SHAPE = re.compile(r"[A-Za-z]{2,3}[0-9]{13}")
_THAID_HOSTS = ("imauth.bora.dopa.go.th", "imauthsbx.bora.dopa.go.th")


@dataclass(frozen=True, slots=True)
class Decoded:
    """One code of a picture. format: "qr", "code128" or "ean13"."""

    format: str
    text: str


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a text is.

    kind: citizen_id, request_slip, request_number, receipt, thai_qr, bill_barcode, slip_mini_qr, thaid_link, url,
    unknown. value: 13 digits, the request number, a receipt's "book/number", the payment's Ref1 or the slip's reference
    where there is one, else the text. valid: the value passed every check that can be made without asking anybody;
    links and unknown texts never do. note: Thai words for the clerk. parts: "code" of a slip or receipt; "biller",
    "ref1", "ref2", "amount" of a payment, "bank".
    """

    kind: str
    value: str
    valid: bool
    note: str
    parts: Mapping[str, str] = field(default_factory=dict)


def decode_image(source: Path | str | bytes) -> list[Decoded]:
    """Every code in a picture; an empty list when it holds none.

    Refused "not_a_picture", "picture_too_large" or "file_missing"; Unavailable "file_unreadable".
    """
    # the reading libraries take 60 ms to load, which a window that waits for a keyboard scanner need not pay
    from app.intake.pictures import decode

    return decode(source)


def classify(text: str, format: str = "") -> Scanned:
    """What a text from a picture, a scanner or the keyboard is; never raises, never opens anything.

    format: as in `Decoded`; thirteen digits out of an EAN-13 are goods, not a person.
    """
    text = text[:_LONGEST_TEXT]
    bare = text.strip()
    for recognise in (_payment, _slip, _receipt, _number, _link):
        if found := recognise(bare):
            return found
    if format != "ean13" and (found := _citizen(bare)):
        return found
    return Scanned("unknown", bare[:_SHOWN_TEXT], False, "ไม่รู้จักรหัสนี้ โปรดตรวจข้อความและกรอกข้อมูลเอง")


def _citizen(text: str) -> Scanned | None:
    if not _THIRTEEN.fullmatch(text):
        return None
    digits = citizen_id.normalise(text)
    if citizen_id.is_valid(digits):
        return Scanned("citizen_id", digits, True, "เลขประจำตัวประชาชน โปรดตรวจกับบัตร")
    return Scanned("citizen_id", digits, False, "เลข 13 หลักนี้ไม่ใช่เลขประจำตัวประชาชนที่ถูกต้อง")


def _number(text: str) -> Scanned | None:
    if request_number.is_valid(text):
        return Scanned("request_number", request_number.parse(text).text, True, "เลขคำร้อง")
    if _NUMBER_SHAPE.fullmatch(text):
        return Scanned("request_number", text.upper(), False, "เลขคำร้องนี้ไม่ถูกต้อง เพราะวันที่หรือลำดับไม่มีอยู่จริง")
    return None


def _slip(text: str) -> Scanned | None:
    """Our own slip: "<address>/t/<number>/<code>" or "<number>/<code>". Who signed it is the service's question."""
    match = _SLIP_PATH.fullmatch(text)
    if match is None or not (text.startswith(("https://", "http://")) or "/t/" not in text):
        return None
    number = _number(match[1])
    if number is None:
        return None
    note = "ใบรับคำร้อง" if number.valid else number.note
    return Scanned("request_slip", number.value, number.valid, note, {"code": match[2]})


def _receipt(text: str) -> Scanned | None:
    """Our own receipt: "<address>/r/<book>/<number>/<code>", or "R/…" of an office without an address."""
    match = _RECEIPT_PATH.fullmatch(text)
    if match is None:
        return None
    note = f"ใบเสร็จรับเงิน เล่มที่ {match[1]} เลขที่ {match[2]}"
    return Scanned("receipt", f"{match[1]}/{match[2]}", True, note, {"code": match[3]})


def _payment(text: str) -> Scanned | None:
    if payment_codes.looks_like_thai_qr(text):
        return _thai_qr(text)
    if text.startswith("|"):
        return _bill_barcode(text)
    slip = payment_codes.parse_slip_qr(text)
    if slip is None:
        return None
    reference, good = slip
    note = "QR ในสลิปโอนเงิน เป็นเพียงเลขอ้างอิง ยังไม่ยืนยันว่าได้รับเงิน"
    if not good:
        note = "QR ในสลิปโอนเงินเสียหายหรือถูกแก้ไข"
    return Scanned("slip_mini_qr", reference.reference, good, note, {"bank": reference.bank})


def _thai_qr(text: str) -> Scanned:
    payment = payment_codes.parse_thai_qr(text)
    if payment is None:
        return Scanned("thai_qr", text[:_SHOWN_TEXT], False, "Thai QR เสียหายหรือถูกแก้ไข รหัสตรวจสอบไม่ตรง")
    return _of_payment("thai_qr", "Thai QR สำหรับชำระเงิน", payment, text)


def _bill_barcode(text: str) -> Scanned:
    payment = payment_codes.parse_bill_barcode(text)
    if payment is None:
        return Scanned("bill_barcode", text[:_SHOWN_TEXT], False, "บาร์โค้ดใบแจ้งชำระไม่ครบหรือเสียหาย")
    return _of_payment("bill_barcode", "บาร์โค้ดใบแจ้งชำระ", payment, text)


def _of_payment(kind: str, name: str, payment: payment_codes.Payment, text: str) -> Scanned:
    parts = {"biller": payment.biller, "ref1": payment.ref1, "ref2": payment.ref2}
    amount = "ไม่ระบุจำนวนเงิน"
    if payment.amount is not None:
        parts["amount"] = money.plain(payment.amount)
        amount = f"{money.formatted(payment.amount)} บาท"
    shown = {key: value for key, value in parts.items() if value}
    return Scanned(kind, payment.ref1 or text[:_SHOWN_TEXT], True, f"{name} {amount}", shown)


def _link(text: str) -> Scanned | None:
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:
        return None
    if parts.scheme == "thaid" or (parts.scheme in ("https", "intent") and host in _THAID_HOSTS):
        note = "ลิงก์ของ ThaiD ใช้ในแอป ThaiD เท่านั้น ไม่ใช่หลักฐานยืนยันตัวตน โปรดขอดูบัตร"
        return Scanned("thaid_link", text[:_SHOWN_TEXT], False, note)
    if parts.scheme in ("https", "http") and host:
        return Scanned("url", text[:_SHOWN_TEXT], False, "ลิงก์เว็บไซต์ โปรแกรมไม่เปิดลิงก์ให้")
    return None
