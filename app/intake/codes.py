"""Bar codes and QR codes: out of a picture into text, and what a scanned or typed text is.

Only three formats are looked for (QR, Code 128, EAN-13): a reader with all of them on is many times slower. Nothing
that a code says is ever opened or believed: a link stays text, and no code proves who somebody is.
"""

import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import zxingcpp
from PIL import Image, ImageFilter, UnidentifiedImageError

from app.domain import citizen_id, money, payment_codes, request_number
from app.domain.errors import Refused, Unavailable

try:
    from pyzbar import pyzbar
except ImportError:  # the library libzbar is not installed: the first reader has to do
    pyzbar = None

_PICTURE_FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "PPM")
_MAX_FILE_BYTES = 40 * 1024 * 1024
_MAX_PIXELS = 60_000_000
_WORKING_SIDE = 2600
_FORMATS = (zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.Code128, zxingcpp.BarcodeFormat.EAN13)
_FORMAT_NAMES = {
    "QR Code": "qr",
    "QR Code Model 2": "qr",
    "Code 128": "code128",
    "EAN-13": "ean13",
    "QRCODE": "qr",
    "CODE128": "code128",
    "EAN13": "ean13",
}
_LONGEST_TEXT = 4300
_SHOWN_TEXT = 1000

_SLIP_PATH = re.compile(r"(?:.*/t/)?([^/]{1,20})/([0-9A-Za-z_-]{4,64})/?", re.DOTALL)
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

    kind: citizen_id, request_slip, request_number, thai_qr, bill_barcode, slip_mini_qr, thaid_link, url, unknown.
    value: 13 digits, the request number, the payment's Ref1 or the slip's reference where there is one, else the
    text. valid: the value passed every check that can be made without asking anybody; links and unknown texts never do.
    note: Thai words for the clerk. parts: "code" of a slip; "biller", "ref1", "ref2", "amount" of a payment, "bank".
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
    picture = _grey(_bytes_of(source))
    found = _by_zxing(picture)
    if not found:
        softer = picture.filter(ImageFilter.BoxBlur(1))  # 3x3: evens out noise and moiré of a camera
        found = _by_zxing(softer) or _by_zbar(softer)
    return found


def _bytes_of(source: Path | str | bytes) -> bytes:
    if isinstance(source, bytes):
        return source
    try:
        path = Path(source)
        if path.stat().st_size > _MAX_FILE_BYTES:
            raise _too_large()
        return path.read_bytes()
    except (FileNotFoundError, ValueError):
        raise Refused("file_missing", "ไม่พบไฟล์ภาพ", "โปรดตรวจชื่อและที่อยู่ของไฟล์", "file") from None
    except IsADirectoryError:
        raise _no_picture() from None
    except OSError:
        hint = "โปรดตรวจสิทธิ์และสื่อที่เก็บไฟล์ แล้วลองอีกครั้ง"
        raise Unavailable("file_unreadable", "อ่านไฟล์ภาพไม่ได้", hint, "file") from None


def _no_picture() -> Refused:
    hint = "โปรดใช้ไฟล์ภาพ PNG หรือ JPEG หรือถ่ายภาพใหม่"
    return Refused("not_a_picture", "ไฟล์นี้ไม่ใช่ภาพที่อ่านได้", hint, "file")


def _too_large() -> Refused:
    hint = "โปรดย่อภาพ หรือถ่ายเฉพาะส่วนที่มีรหัส"
    return Refused("picture_too_large", "ภาพใหญ่เกินไป", hint, "file")


def _grey(content: bytes) -> Image.Image:
    """The picture in grey on white, no larger than a reader needs; its size is checked before it is unpacked."""
    try:
        with Image.open(io.BytesIO(content), formats=_PICTURE_FORMATS) as picture:
            if picture.width * picture.height > _MAX_PIXELS:
                raise _too_large()
            return _reduced(_on_white(picture).convert("L"))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_large() from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError):
        raise _no_picture() from None


def _on_white(picture: Image.Image) -> Image.Image:
    """A transparent background would come out black and hide a black code."""
    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return picture
    coloured = picture.convert("RGBA")
    paper = Image.new("RGBA", coloured.size, "white")
    return Image.alpha_composite(paper, coloured)


def _reduced(picture: Image.Image) -> Image.Image:
    factor = max(picture.size) // _WORKING_SIDE
    return picture.reduce(factor) if factor > 1 else picture


def _by_zxing(picture: Image.Image) -> list[Decoded]:
    codes = zxingcpp.read_barcodes(picture, formats=_FORMATS, text_mode=zxingcpp.TextMode.Plain)
    return _once((str(code.format), code.text) for code in codes)


def _by_zbar(picture: Image.Image) -> list[Decoded]:
    if pyzbar is None:
        return []
    symbols = [pyzbar.ZBarSymbol.QRCODE, pyzbar.ZBarSymbol.CODE128, pyzbar.ZBarSymbol.EAN13]
    codes: Iterable[Any] = pyzbar.decode(picture, symbols=symbols)
    return _once((code.type, code.data.decode("utf-8", "replace")) for code in codes)


def _once(codes: Iterable[tuple[str, str]]) -> list[Decoded]:
    """Each code once, in the order found."""
    return list(dict.fromkeys(Decoded(_FORMAT_NAMES.get(name, name), text) for name, text in codes))


def classify(text: str, format: str = "") -> Scanned:
    """What a text from a picture, a scanner or the keyboard is; never raises, never opens anything.

    format: as in `Decoded`; thirteen digits out of an EAN-13 are goods, not a person.
    """
    text = text[:_LONGEST_TEXT]
    bare = text.strip()
    for recognise in (_payment, _slip, _number, _link):
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
