"""What a file really is, told by its content: the formats that cases take, opened as far as needed to trust them.

Formats are "jpg", "png", "pdf", "doc", "docx", "xls", "xlsx". Libraries that read them are imported when first needed.
"""

import io
import zipfile
import zlib
from collections.abc import Callable
from typing import Final

from app.domain.errors import Refused

MAX_PIXELS = 120_000_000
"""More than any camera of a telephone makes; a picture that claims more is not opened."""
MAX_PARTS = 5_000
MAX_UNPACKED = 100 * 1024 * 1024
"""Bytes that a docx or xlsx of 5 MB may unfold to."""
CHUNK = 1024 * 1024
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
OLE_LEAST = 1536
"""Header, one allocation table and one directory sector of 512 bytes (MS-CFB 2.1)."""
NAMES: Final = {
    "jpg": "ภาพ JPEG", "png": "ภาพ PNG", "pdf": "PDF", "doc": "Word", "docx": "Word", "xls": "Excel", "xlsx": "Excel",
}  # fmt: skip


def recognise(content: bytes) -> str:
    """The format of a whole and harmless file. Refused "file_kind" for anything else, "file_damaged", "file_locked"
    (a password), "file_bomb" or "file_macros"."""
    for sign, check in _CHECKS:
        if sign(content):
            return check(content)
    raise Refused(
        "file_kind",
        "เนื้อไฟล์ไม่ใช่ชนิดที่แนบได้ แม้นามสกุลจะเป็นเช่นนั้น",
        "แนบได้เฉพาะ jpg, jpeg, png, doc, docx, pdf, xls, xlsx ลองบันทึกใหม่เป็น PDF",
        "attachments",
    )


def _picture(content: bytes) -> str:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as picture:
            found = "png" if picture.format == "PNG" else "jpg"
            if picture.width * picture.height > MAX_PIXELS:
                raise _bomb()
            picture.draft(None, (1, 1))  # read whole, but unpacked at an eighth: a photo would take 150 MB
            picture.load()
    except Image.DecompressionBombError:
        raise _bomb() from None
    except (OSError, UnidentifiedImageError, SyntaxError, ValueError, zlib.error, EOFError):
        raise _damaged("ภาพ") from None
    return found


def _pdf(content: bytes) -> str:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise _locked("PDF")
        if not len(reader.pages):
            raise _damaged("PDF")
    except Refused:
        raise
    except (PyPdfError, OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        raise _damaged("PDF") from None
    except ImportError:  # an encryption that pypdf knows only with another package
        raise _locked("PDF") from None
    return "pdf"


def _office(content: bytes) -> str:
    """A docx or xlsx: every part unfolded and counted, as the sizes that a zip claims for itself may be lies."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MAX_PARTS:
                raise _bomb()
            names = {part.filename.replace("\\", "/").lstrip("/") for part in parts}
            if any(part.flag_bits & 1 for part in parts):
                raise _locked("เอกสาร")
            _unfold(archive, parts)
    except (zipfile.BadZipFile, OSError, zlib.error, EOFError, NotImplementedError, ValueError, RuntimeError):
        raise _damaged("เอกสาร") from None
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Refused("file_macros", "เอกสารนี้มีชุดคำสั่ง (macro) จึงไม่รับแนบ", "บันทึกใหม่เป็น docx, xlsx หรือ PDF", "attachments")
    if "[Content_Types].xml" in names:
        if "word/document.xml" in names:
            return "docx"
        if "xl/workbook.xml" in names:
            return "xlsx"
    raise Refused("file_kind", "ไฟล์นี้เป็น zip ไม่ใช่เอกสาร Word หรือ Excel", "แตกไฟล์แล้วแนบทีละไฟล์", "attachments")


def _unfold(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> None:
    total = 0
    for part in parts:
        with archive.open(part) as stream:
            while chunk := stream.read(CHUNK):
                total += len(chunk)
                if total > MAX_UNPACKED:
                    raise _bomb()


def _ole(content: bytes) -> str:
    """A Word or Excel file of 1997–2003: told by the names of its streams, which lie in it as UTF-16."""
    if len(content) < OLE_LEAST or content[28:30] != b"\xfe\xff":
        raise _damaged("เอกสาร")
    for name, found in (("WordDocument", "doc"), ("Workbook", "xls"), ("Book", "xls")):
        if name.encode("utf-16-le") + b"\0\0" in content:
            return found
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise _locked("เอกสาร")
    raise Refused("file_kind", "ไฟล์นี้ไม่ใช่เอกสาร Word หรือ Excel", "ลองบันทึกใหม่เป็น PDF แล้วแนบอีกครั้ง", "attachments")


def _bomb() -> Refused:
    return Refused("file_bomb", "ไฟล์นี้คลายออกมาใหญ่ผิดปกติ จึงไม่เปิด", "ตรวจไฟล์กับผู้ส่ง หรือบันทึกใหม่เป็น PDF", "attachments")


def _damaged(what: str) -> Refused:
    return Refused("file_damaged", f"ไฟล์{what}เสียหายหรือไม่ครบ เปิดไม่ได้", "คัดลอกหรือบันทึกไฟล์ใหม่ แล้วแนบอีกครั้ง", "attachments")


def _locked(what: str) -> Refused:
    return Refused("file_locked", f"ไฟล์{what}ใส่รหัสผ่านไว้ เจ้าหน้าที่เปิดไม่ได้", "เอารหัสผ่านออก แล้วแนบอีกครั้ง", "attachments")


_CHECKS: tuple[tuple[Callable[[bytes], bool], Callable[[bytes], str]], ...] = (
    (lambda content: content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")), _picture),
    (lambda content: b"%PDF-" in content[:1024], _pdf),
    (lambda content: content.startswith(b"PK\x03\x04"), _office),
    (lambda content: content.startswith(OLE), _ole),
)
