"""How much goes in one request: less after a fault of the line, more after each request that went through."""

from dataclasses import dataclass

from sync.protocol import DEFAULT_WINDOW

FULL_BATCH = 256 * 1024
SMALLEST_BATCH = 4 * 1024
SLOW_BATCH = 512 * 1024
"""On a slow line the server takes a request while it comes: a larger one keeps nobody waiting, and costs one answer."""
MOST_RAW, SLOW_RAW = 4 * 1024 * 1024, 7 * 1024 * 1024
LARGEST_WINDOW, SLOW_WINDOW = 4 * 1024 * 1024, 2 * 1024 * 1024
QUICK = 3.0
"""Seconds of a round trip after which the next may bring more."""


@dataclass(slots=True)
class BatchSize:
    """How much goes in one request, in compressed bytes: halves after a fault of the line, doubles after a success."""

    target: int = FULL_BATCH
    ratio: float = 8.0
    """Uncompressed bytes for each compressed one, as of late."""
    passes: int = 0
    """Requests that went through: they tell a bad line from a dead one."""
    widest: int = DEFAULT_WINDOW
    """Uncompressed bytes of changes to ask for on a good line: grows while answers come quickly."""
    slow: bool = False
    """Whether the last request took longer than QUICK."""
    in_doubt: int = 0
    """The last event of a batch whose answer did not come; 0: nobody waits for one. Part of it may be there."""

    def raw(self) -> int:
        """Uncompressed bytes to collect."""
        return min(int(self.target * self.ratio), SLOW_RAW if self.slow else MOST_RAW)

    def window(self) -> int:
        """Uncompressed bytes of changes to ask for."""
        return self.widest if self.target >= FULL_BATCH else self.target * 4

    def packed(self, plain: int, body: int) -> None:
        """Learn how well the events compress."""
        if plain > 2_000:
            self.ratio = max(1.0, plain / body)

    def passed(self, seconds: float = 0.0) -> None:
        """A request went through in so many seconds."""
        self.slow = seconds >= QUICK
        self._grow()
        self.widest = min(self.widest * 2, SLOW_WINDOW) if self.slow else min(self.widest * 4, LARGEST_WINDOW)
        self.passes += 1
        self.in_doubt = 0

    def came_in_part(self) -> None:
        """The line broke, but what had gone through it until then has come: it is slow, not too narrow."""
        self.slow = True
        self._grow()
        self.passes += 1

    def _grow(self) -> None:
        self.target = min(self.target * 2, SLOW_BATCH if self.slow else FULL_BATCH)

    def failed(self) -> None:
        """The line broke."""
        self.target = max(self.target // 2, SMALLEST_BATCH)
        self.widest = DEFAULT_WINDOW
