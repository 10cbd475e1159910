"""How much goes in one request: less after a fault of the line, more after each request that went through."""

from dataclasses import dataclass

from sync.protocol import DEFAULT_WINDOW

FULL_BATCH = 256 * 1024
SMALLEST_BATCH = 4 * 1024
MOST_RAW = 4 * 1024 * 1024


@dataclass(slots=True)
class BatchSize:
    """How much goes in one request, in compressed bytes: halves after a fault of the line, doubles after a success."""

    target: int = FULL_BATCH
    ratio: float = 5.0
    """Uncompressed bytes for each compressed one, as of late."""
    passes: int = 0
    """Requests that went through: they tell a bad line from a dead one."""

    def raw(self) -> int:
        """Uncompressed bytes to collect."""
        return min(int(self.target * self.ratio), MOST_RAW)

    def window(self) -> int:
        """Uncompressed bytes of changes to ask for."""
        return DEFAULT_WINDOW if self.target == FULL_BATCH else self.target * 4

    def packed(self, plain: int, body: int) -> None:
        """Learn how well the events compress."""
        if plain > 2_000:
            self.ratio = max(1.0, plain / body)

    def passed(self) -> None:
        """A request went through."""
        self.target = min(self.target * 2, FULL_BATCH)
        self.passes += 1

    def failed(self) -> None:
        """The line broke."""
        self.target = max(self.target // 2, SMALLEST_BATCH)
