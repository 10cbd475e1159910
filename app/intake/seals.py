"""A picture of a seal or an emblem, made fit for paper: small, on white, few colours, the same on every printer."""

import io
import warnings

from app.domain.errors import Refused

LARGEST_FILE = 5 * 1024 * 1024
LARGEST = 48 * 1024
"""Bytes of a picture as it is kept: it travels with the office's settings to every counter."""
SIDE = 420
"""Dots: 3 cm at 356 dots an inch."""
MOST_DOTS = 30_000_000
SMALLEST_SIDE = 48
COLOURS = 32
KINDS = ("PNG", "JPEG", "BMP", "GIF", "WEBP")


def prepared(content: bytes, field: str = "seal") -> bytes:
    """The picture as PNG. Refused "seal_picture" for what is no picture, too large or too small to be printed."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    if len(content) > LARGEST_FILE:
        raise _fault("ไฟล์ภาพใหญ่เกิน 5 MB", "ย่อภาพก่อน แล้วเลือกใหม่", field)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=KINDS) as found:
                if found.width * found.height > MOST_DOTS:
                    raise _fault("ภาพมีจุดมากเกินไป", "ย่อภาพให้ด้านยาวไม่เกิน 5,000 จุด", field)
                picture = ImageOps.exif_transpose(found).convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError,
            Image.DecompressionBombWarning):  # fmt: skip
        raise _fault("ไฟล์นี้ไม่ใช่ภาพที่อ่านได้", "เลือกไฟล์ภาพ PNG หรือ JPG", field) from None
    if min(picture.size) < SMALLEST_SIDE:
        raise _fault("ภาพเล็กเกินไป พิมพ์แล้วจะไม่ชัด", f"ใช้ภาพที่แต่ละด้านมีอย่างน้อย {SMALLEST_SIDE} จุด", field)
    picture.thumbnail((SIDE, SIDE))
    white = Image.new("RGBA", picture.size, "white")
    flat = Image.alpha_composite(white, picture).convert("RGB")
    for colours in (COLOURS, 8, 2):
        file = io.BytesIO()
        flat.quantize(colours, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
        if file.tell() <= LARGEST:
            break
    return file.getvalue()


def is_prepared(content: bytes) -> bool:
    """Whether these bytes are a picture that `prepared` could have made."""
    from PIL import Image, UnidentifiedImageError

    try:
        if len(content) > LARGEST:
            return False
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=("PNG",)) as found:
                if max(found.size) > SIDE:  # before it is unpacked: 48 kB can hold gigabytes of white
                    return False
                found.load()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError,
            Image.DecompressionBombWarning):  # fmt: skip
        return False
    return True


def _fault(why: str, hint: str, field: str) -> Refused:
    return Refused("seal_picture", why, hint, field)
