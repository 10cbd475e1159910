"""What one counter may ask of the server: enough for a month's work at once, not enough to hold up the others."""

import time
from dataclasses import dataclass

from sync.protocol import MAX_BODY
from sync.server import handlers
from sync.server.database import Database
from sync.server.faults import Denied
from sync.server.limits import Limiter, Shelf
from sync.server.metrics import Metrics


@dataclass(frozen=True, slots=True)
class DeviceLimits:
    """requests_per_minute: of one counter; a whole register comes down in some hundred. batch_bytes: of one request,
    as it is on the line and unfolded; at most the protocol's MAX_BODY."""

    requests_per_minute: int = 1_200
    batch_bytes: int = MAX_BODY


class Doorkeeper:
    """Lets enrolled counters in as long as they keep to the limits."""

    UNSHARED = 10
    """One of so many requests is the share that a process lets pass without asking the database."""

    KNOWN_SECONDS = 60.0
    MOST_KNOWN = 20_000

    def __init__(self, database: Database, shelf: Shelf, limits: DeviceLimits, metrics: Metrics) -> None:
        self.database = database
        self.limits = limits
        self.metrics = metrics
        most = limits.requests_per_minute
        self._limiter = Limiter(shelf, "sync", most, 60, unshared=most // self.UNSHARED)
        self._known: dict[str, tuple[str, float]] = {}

    def knows(self, token: str) -> bool:
        """Whether this counter was let in a moment ago and keeps far below the limit: the database need not be asked
        before its message is read. Whether it still may sync is asked in the transaction that does it."""
        device, until = self._known.get(token, ("", 0.0))
        return time.monotonic() < until and self._limiter.few(device)

    def admit(self, token: str) -> None:
        """Denied 401 or 403 for who is no counter, 429 for one that asks too often; nothing was read of its message."""
        found = handlers.admit(self.database, token)
        device = f"{found.office}/{found.id}"
        if not self._limiter.allow(device):
            self.metrics.limited.labels("requests").inc()
            raise Denied(
                429, "too_many_requests", "เครื่องนี้ติดต่อเครื่องแม่ข่ายกลางถี่เกินไป", "รอสักครู่ โปรแกรมจะส่งต่อเอง ข้อมูลในเครื่องยังอยู่ครบ"
            )
        if len(self._known) >= self.MOST_KNOWN:
            self._known.clear()
        self._known[token] = (device, time.monotonic() + self.KNOWN_SECONDS)
