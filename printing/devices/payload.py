"""One paper on its way to a printer."""

import re
from dataclasses import dataclass

from printing.bitmap import Bitmap


@dataclass(frozen=True, slots=True)
class Payload:
    """One paper ready to go: a bitmap for a thermal printer or PDF for an A4 one, and what to call its file."""

    number: str
    document: str
    job: int
    content: Bitmap | bytes

    @property
    def file_name(self) -> str:
        """ "<number>-<document>-<job>", fit for every file system and every list of print jobs."""
        name = f"{self.number or 'preview'}-{self.document}-{self.job}"
        return re.sub(r"[^0-9A-Za-z._-]", "_", name)
