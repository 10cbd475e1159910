"""The clock as a part that can be handed in: rules about time are tested without waiting."""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Anything that tells the time."""

    def now(self) -> datetime:
        """The instant, aware, in UTC."""
        ...

    def running(self) -> float:
        """Seconds since this machine was started: goes on whoever sets the clock, and begins anew with the machine."""
        ...


class SystemClock:
    """The clock of this machine."""

    def now(self) -> datetime:
        """The instant, aware, in UTC."""
        return datetime.now(UTC)

    def running(self) -> float:
        """Seconds since this machine was started."""
        return time.monotonic()
