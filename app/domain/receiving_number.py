"""The receiving number (เลขที่รับ) of the office's register of incoming matters: "12/2569".

The run begins anew with every calendar year of the Buddhist Era. Its blocks are leased like those of request numbers,
in a series of its own for each year: letters, "R", year ("KTR2569").
"""

import re
from datetime import date

from app.domain.thai_date import year_be

_SERIES = re.compile(r"([A-Z]{2,3})R(2[4-9][0-9]{2})")


def series(letters: str, day: date) -> str:
    """The series in which numbers are taken on a day."""
    return f"{letters}R{year_be(day)}"


def is_series(name: str, letters: str = "") -> bool:
    """Whether this is a series of receiving numbers, of the office with these letters where they are given."""
    match = _SERIES.fullmatch(name)
    return match is not None and letters in ("", match[1])


def year_of(name: str) -> int:
    """The Buddhist year of a series. ValueError for any other text."""
    match = _SERIES.fullmatch(name)
    if match is None:
        raise ValueError("not a series of receiving numbers")
    return int(match[2])


def text(name: str, run: int) -> str:
    """As it is written into the stamp: "12/2569"."""
    return f"{run}/{year_of(name)}"
