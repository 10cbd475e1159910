"""What the window's page of sending has done for it: bundles, and the counters of the office on its server."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from app import bootstrap
from app.services import replication
from app.services.counter import Counter
from app.version import VERSION


class Sending:
    """All of it on worker threads."""

    def export(self, counter: Counter, path: Path, told: Callable[[int, int], object]) -> tuple[int, int, int]:
        """Write what waits into a file: (events, files, bytes)."""
        from sync import bundles

        bootstrap.meet_server(counter)  # without a line the keys of an earlier day do
        found = bundles.export(counter.store, counter.blobs, path, VERSION, told)
        return found.events, found.files, found.bytes

    def take_in(self, counter: Counter, path: Path) -> tuple[int, int, str]:
        """(events, files that were new, name of the answer that was laid beside it, "" for an answer itself)."""
        from sync import bundles

        apply = partial(replication.apply, counter)
        found, answer = bundles.take_in(counter.store, counter.blobs, path, apply, VERSION)
        return found.events, found.files, answer.name if answer is not None else ""

    def devices(self, counter: Counter) -> list[dict[str, Any]]:
        """The counters of the office."""
        from sync import devices

        return devices.listing(counter.store)

    def revoke(self, counter: Counter, device: str, reason: str) -> int:
        """Shut one out; returns how many of its numbers are unaccounted for."""
        from sync import devices

        return devices.revoke(counter.store, device, reason)

    def code(self, counter: Counter, replaces: str = "", reason: str = "") -> tuple[str, str]:
        """(address, one-time code)."""
        from sync import devices

        return devices.code(counter.store, replaces, reason)
