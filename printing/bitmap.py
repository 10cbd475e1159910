"""Black and white dots, and the widths that thermal printers have."""

import struct
import zlib
from dataclasses import dataclass

WIDTHS = (576, 512, 384)
"""Dots a line of the printers we know: 80 mm at 203 dpi, 80 mm at 180 dpi, 58 mm at 203 dpi."""

INVERTED = bytes(255 - value for value in range(256))
"""Translation table that turns black into white."""


@dataclass(frozen=True, slots=True)
class Bitmap:
    """Rows of dots from top to bottom, eight to a byte, the leftmost in the highest bit, 1 for black."""

    width: int
    height: int
    rows: bytes

    @property
    def stride(self) -> int:
        """Bytes in one row."""
        return (self.width + 7) // 8

    def row(self, index: int) -> bytes:
        """One row of dots."""
        return self.rows[index * self.stride : (index + 1) * self.stride]

    def to_png(self) -> bytes:
        """A PNG with one bit a dot."""
        inverted = self.rows.translate(INVERTED)  # in a PNG 1 is white
        lines = b"".join(b"\0" + inverted[i : i + self.stride] for i in range(0, len(inverted), self.stride))
        header = struct.pack(">IIBBBBB", self.width, self.height, 1, 0, 0, 0, 0)
        parts = ((b"IHDR", header), (b"IDAT", zlib.compress(lines, 6)), (b"IEND", b""))
        return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def dots_per_inch(dots: int) -> int:
    """Resolution of a printer with so many dots a line."""
    return 180 if dots == 512 else 203
