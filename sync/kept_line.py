"""The connection of the syncs, kept from one to the next while files are on their way.

A new petition then goes in front of them in one round trip: on a telephone line a new connection costs one more, and
two or three with TLS. Nobody else keeps one open: a province of counters must not hold a connection each.
"""

import time

from sync.client import Client
from sync.link import Link

KEPT_SECONDS = 70.0
"""A connection that was silent for longer is not used again; the server keeps one a little longer."""
KEPT_READ_SECONDS = 15.0
"""What a kept connection may be silent for before it is thought dead: nobody may have told us that it is."""


class KeptLine:
    """At most one connection. Not thread-safe."""

    def __init__(self) -> None:
        self._client: Client | None = None
        self._of: Link | None = None
        self._since = 0.0

    def take(self, link: Link) -> Client | None:
        """The connection that was kept to this server for this counter, where it may still be good."""
        client, self._client = self._client, None
        if client is None:
            return None
        mine = self._of is not None and (self._of.url, self._of.token) == (link.url, link.token)
        if not mine or time.monotonic() - self._since > KEPT_SECONDS:
            client.close()
            return None
        client.begin_again(min(KEPT_READ_SECONDS, client.timeout[1]))
        return client

    def keep(self, client: Client, link: Link) -> None:
        """Keep it for the next sync."""
        self.close()
        self._client, self._of, self._since = client, link, time.monotonic()

    def close(self) -> None:
        """Give back what is kept."""
        if self._client is not None:
            self._client.close()
            self._client = None
