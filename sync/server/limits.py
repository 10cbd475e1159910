"""How often somebody may try: guessing a code or four digits of a phone must take years."""

import threading
import time
from collections import OrderedDict, deque


class Limiter:
    """At most `most` tries within `seconds` for one key; remembers `keys` keys, the longest unused is forgotten."""

    def __init__(self, most: int, seconds: float, keys: int = 20_000) -> None:
        self.most = most
        self.seconds = seconds
        self.keys = keys
        self._tries: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def allow(self, key: str) -> bool:
        """Count one try; False when there were too many lately. A refused try counts as well."""
        now = time.monotonic()
        with self._lock:
            tries = self._tries.setdefault(key, deque(maxlen=self.most))
            self._tries.move_to_end(key)
            full = len(tries) == self.most and now - tries[0] < self.seconds
            tries.append(now)
            while len(self._tries) > self.keys:
                self._tries.popitem(last=False)
        return not full
