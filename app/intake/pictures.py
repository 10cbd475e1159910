"""Bar codes and QR codes out of a picture: a photograph, a scan, a file that was dragged or pasted.

Only three formats are looked for (QR, Code 128, EAN-13): a reader with all of them on is many times slower.
"""

import io
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import zxingcpp
from PIL import Image, ImageFilter, UnidentifiedImageError

from app.domain.errors import Refused, Unavailable
from app.intake.codes import Decoded

try:
    from pyzbar import pyzbar
except (ImportError, OSError):  # libzbar, or on Windows a DLL that it needs, is missing: the first reader has to do
    pyzbar = None

_PICTURE_FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "PPM")
_MAX_FILE_BYTES = 40 * 1024 * 1024
_MAX_PIXELS = 60_000_000
_WORKING_SIDE = 2600
_SMALL_PIXELS = 700_000
_FEWEST_LINES = 4
"""A linear code that the second reader saw on fewer lines of the picture may be grain: its check digit is weak."""
FORMATS = zxingcpp.BarcodeFormats(
    (zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.Code128, zxingcpp.BarcodeFormat.EAN13)
)
_THAI_BYTES = re.compile(rb"[\x09-\x7e]*[\xa1-\xce][\x09-\x7e\xa1-\xda\xdf-\xfb]*")
_FORMAT_NAMES = {
    "QR Code": "qr",
    "QR Code Model 2": "qr",
    "Code 128": "code128",
    "EAN-13": "ean13",
    "QRCODE": "qr",
    "CODE128": "code128",
    "EAN13": "ean13",
}


def decode(source: Path | str | bytes) -> list[Decoded]:
    """Every code in a picture; an empty list when it holds none.

    Refused "not_a_picture", "picture_too_large" or "file_missing"; Unavailable "file_unreadable".
    """
    return read(_grey(_bytes_of(source)))


def read(picture: Image.Image) -> list[Decoded]:
    """Every code in a grey picture (mode "L"), whatever it costs: up to 0.1 s for a camera's picture without any."""
    picture, whole = _reduced(picture), picture
    found = read_frame(picture)
    if not found and picture.width * picture.height <= _SMALL_PIXELS:
        larger = picture.resize((picture.width * 2, picture.height * 2), Image.Resampling.BICUBIC)
        found = _by_zxing(larger)
    if not found and picture is not whole:
        found = _by_zxing(whole)
    return found


def read_frame(picture: Image.Image) -> list[Decoded]:
    """Every code in one of many grey pictures of a running camera: the first readers only, the next picture comes."""
    found = _by_zxing(picture)
    if not found:
        softer = picture.filter(ImageFilter.BoxBlur(1))  # 3x3: evens out noise and moiré of a camera
        found = _by_zxing(softer) or _by_zbar(picture)
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
    """The picture in grey on white; its size is checked before it is unpacked."""
    try:
        with Image.open(io.BytesIO(content), formats=_PICTURE_FORMATS) as picture:
            if picture.width * picture.height > _MAX_PIXELS:
                raise _too_large()
            return _on_white(picture).convert("L")
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
    codes = zxingcpp.read_barcodes(picture, formats=FORMATS, text_mode=zxingcpp.TextMode.Plain)
    return _once((str(code.format), _in_thai(code.bytes) or code.text) for code in codes)


def _in_thai(content: bytes) -> str:
    """The text of a code that says no encoding and is Thai of the old kind (TIS-620), else ""."""
    if not content.isascii() and _THAI_BYTES.fullmatch(content):
        try:
            content.decode("utf-8")
        except UnicodeDecodeError:
            return content.decode("cp874")
    return ""


def _by_zbar(picture: Image.Image) -> list[Decoded]:
    if pyzbar is None:
        return []
    symbols = [pyzbar.ZBarSymbol.QRCODE, pyzbar.ZBarSymbol.CODE128, pyzbar.ZBarSymbol.EAN13]
    codes: Iterable[Any] = pyzbar.decode(picture, symbols=symbols)
    return _once((code.type, code.data.decode("utf-8", "replace")) for code in codes if _is_sure(code))


def _is_sure(code: Any) -> bool:
    """Whether the second reader's finding can be believed. It also guesses Chinese and Japanese into Thai bytes."""
    if code.type != "QRCODE":
        return bool(code.quality >= _FEWEST_LINES)
    return all(letter < "\u0250" or "\u0e00" <= letter <= "\u206f" for letter in code.data.decode("utf-8", "replace"))


def _once(codes: Iterable[tuple[str, str]]) -> list[Decoded]:
    """Each code once, in the order found."""
    return list(dict.fromkeys(Decoded(_FORMAT_NAMES.get(name, name), text) for name, text in codes))
