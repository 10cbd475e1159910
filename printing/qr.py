"""QR codes as rows of dark modules."""

from functools import lru_cache

import segno

QUIET = 4
"""Modules of white that a QR code needs around it (ISO/IEC 18004)."""


@lru_cache(maxsize=64)
def modules(text: str) -> tuple[bytes, ...]:
    """One bytes object a row, 1 for dark; without the white border. Never Micro QR, which phones do not read."""
    return tuple(bytes(row) for row in segno.make_qr(text, error="m", boost_error=False).matrix)
