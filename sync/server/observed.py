"""Around every request: it is counted, timed, and said in the log by its route alone.

Paths of the citizens' pages hold numbers and tokens: neither they nor addresses are ever written.
"""

import logging
import time
from typing import Any

from sync.server.metrics import Metrics

LOG = logging.getLogger("sync.server.requests")
SLOW_SECONDS = 2.0
METHODS = frozenset({"GET", "POST", "HEAD", "PATCH", "PUT", "DELETE", "OPTIONS"})


class Observed:
    """An ASGI application around another one."""

    def __init__(self, app: Any, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass on; look at HTTP only."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status = 500

        async def watched(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        started = time.perf_counter()
        self.metrics.in_progress.inc()
        try:
            await self.app(scope, receive, watched)
        finally:
            self.metrics.in_progress.dec()
            self._note(scope, status, time.perf_counter() - started)

    def _note(self, scope: Any, status: int, seconds: float) -> None:
        route = str(getattr(scope.get("route"), "path", "") or "none")
        method = scope["method"] if scope["method"] in METHODS else "other"
        self.metrics.requests.labels(route, method, str(status)).inc()
        self.metrics.seconds.labels(route).observe(seconds)
        level = logging.WARNING if status >= 500 or seconds > SLOW_SECONDS else logging.INFO
        if LOG.isEnabledFor(level):
            fields = {"route": route, "method": method, "status": status, "ms": round(seconds * 1000, 1)}
            LOG.log(level, "request", extra={"fields": fields})
