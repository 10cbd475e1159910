"""What the officers' papers show beside the case itself: values, read by app.services.papers for the printing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.services.model import CaseEvent


@dataclass(frozen=True, slots=True)
class Received:
    """The entry of a case in the register of incoming matters (app/services/receiving.py)."""

    number: str
    """ "12/2569"."""
    at: datetime
    others: tuple[str, ...] = ()
    """Numbers that other counters gave the same case while they could not hear of this one."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as it is printed: what the office writes, and for a defect note until when the papers are wanted."""

    kind: str
    text: str
    until: date | None
    written_at: datetime
    officer: str
    position: str
    parts: Mapping[str, str] = field(default_factory=dict)
    """What an official letter or a memo says beside its body (app.services.official_letters.PARTS)."""


@dataclass(frozen=True, slots=True)
class Paperwork:
    """What the officers' papers show beside the case itself; filled in only for printing one of them."""

    printed_at: datetime
    printed_by: str
    timeline: "tuple[CaseEvent, ...]" = ()
    received: Received | None = None
    divisions: tuple[tuple[str, str], ...] = ()
    """(code, name) of the office's divisions."""
    division: str = ""
    """Code of the division where the case lies."""
    files: tuple[str, ...] = ()
    """Names of the files that came with the case or were added to it."""
    letter: Letter | None = None
    """The letter that is printed."""
    queue: int = 0
    """Which of the cases it is that its counter registered that day."""
    ahead: int = 0
    """How many of those before it still wait."""
