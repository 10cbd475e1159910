"""QR codes and bar codes as rows of dark modules."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import zxingcpp

QUIET = 4
"""Modules of white that a QR code needs around it (ISO/IEC 18004)."""


@lru_cache(maxsize=64)
def modules(text: str) -> tuple[bytes, ...]:
    """One bytes object a row, 1 for dark; without the white border. Error correction M; never Micro QR, which phones
    do not read. zxing-cpp makes the same codes as segno, with the mask of least penalty, in a thirtieth of the time.
    """
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    image: Any = code.to_image(scale=1, add_quiet_zones=False)
    width: int = image.shape[1]
    dots = memoryview(image).tobytes()
    return tuple(dots[at : at + width].translate(_DARK) for at in range(0, len(dots), width))


@lru_cache(maxsize=64)
def bars(text: str) -> bytes:
    """The modules of a Code 128, 1 for dark, without the white on either side; control characters are encoded, too."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.Code128)
    image: Any = code.to_image(scale=1, add_quiet_zones=False)
    return memoryview(image).tobytes()[: image.shape[1]].translate(_DARK)


_DARK_RUN = re.compile(rb"\x01+")
_DARK = bytes(1 if value < 128 else 0 for value in range(256))


def dark_runs(row: bytes) -> Iterator[tuple[int, int]]:
    """Start and length of each run of dark modules."""
    for run in _DARK_RUN.finditer(row):
        yield run.start(), run.end() - run.start()
