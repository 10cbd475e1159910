"""Values about the counter itself: what the status bar tells, and what a committed transaction touched."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CentralStatus:
    """What the office's own server said of the central one.

    waiting, resting: events of this counter that it is to send on, and that the central server refused; at: when that
    one answered last; error: why it does not.
    """

    waiting: int
    resting: int
    at: datetime | None
    error: str


@dataclass(frozen=True, slots=True)
class CounterStatus:
    """What the status bar tells: always from the database, never from hope."""

    office_name: str
    counter_name: str
    stand_alone: bool
    """True when this office has no central server: nothing is waiting, nothing will be sent."""
    online: bool
    waiting: int
    """Events not yet acknowledged by the server."""
    waiting_since: datetime | None
    quarantined: int
    last_acknowledged_at: datetime | None
    last_error: str
    numbers_left: int
    numbers_low: bool
    printer_text: str
    printer_ok: bool
    last_backup_at: datetime | None
    clock_warning: str = ""
    revoked: str = ""
    """Why the central server has shut this counter out, in its words."""
    files_waiting: int = 0
    """Files of cases that the server has not got yet."""
    files_bytes: int = 0
    files_paused: bool = False
    """They wait for a line that is not paid by the byte, or somebody has stopped them."""
    disk_warning: str = ""
    """That the disk is nearly full, in words; "" where there is room."""
    backup_warning: str = ""
    """That the last backup failed, or that the second place has been away for long; "" where all is well."""
    conflicts: int = 0
    """Fields that two counters corrected without knowing of each other."""
    privacy_warning: str = ""
    """That a breach's clock runs, or a request of a data subject is late; "" where neither is so."""
    central: CentralStatus | None = None
    """Where this counter sends to the office's own server: how far its events are on the way from there."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What a committed transaction touched; widgets that show any of it ask again."""

    cases: frozenset[str] = frozenset()
    """Numbers of cases."""
    kinds: frozenset[str] = frozenset()
    """Of "case", "print_job", "printer", "sync", "settings", "staff", "numbers", "backup"."""
