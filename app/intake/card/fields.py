"""Where each field lies in the ID applet: one file, absolute offsets.

Source: the offsets on which independently written readers of the Thai ID card agree (docs/card.md); there is no public
specification. The address has 160 bytes because the next field begins behind them, although many readers ask for 100
only. Not read, because sources contradict each other about the meaning: 20 bytes at 0x00E2, 13 at 0x015A, 2 at 0x0177.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """One field: offset and length in bytes."""

    name: str
    offset: int
    length: int

    @property
    def end(self) -> int:
        """The offset behind the last byte."""
        return self.offset + self.length


CITIZEN_ID = Field("citizen_id", 0x0004, 13)
THAI_NAME = Field("thai_name", 0x0011, 100)
ENGLISH_NAME = Field("english_name", 0x0075, 100)
BORN = Field("born", 0x00D9, 8)
GENDER = Field("gender", 0x00E1, 1)
ISSUER = Field("issuer", 0x00F6, 100)
ISSUED = Field("issued", 0x0167, 8)
EXPIRES = Field("expires", 0x016F, 8)
PHOTO = Field("photo", 0x017B, 20 * 255 + 18)
ADDRESS = Field("address", 0x1579, 160)
SHORT_ADDRESS = Field("address", 0x1579, 100)
"""Where a card refuses to give 160 bytes; a long address is cut then."""

SPANS: tuple[tuple[Field, ...], ...] = (
    (CITIZEN_ID,),
    (THAI_NAME, ENGLISH_NAME, BORN, GENDER),
    (ISSUER,),
    (ISSUED, EXPIRES),
)
"""What is read in one go, in this order: neighbours share one READ, which saves half of the card's time. Only spans
that other readers are known to use on real cards. Without the photo and the address, which have rules of their own."""

NEEDED = frozenset({CITIZEN_ID, THAI_NAME})
"""Without these a reading has failed; every other field may be missing."""
