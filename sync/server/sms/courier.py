"""The thread that empties the queue: one message at a time, no transaction open while the gateway is spoken to."""

import logging
import threading

from app.domain.errors import CounterError
from sync.server import offices
from sync.server.database import Database
from sync.server.sms import queue
from sync.server.sms.gateway import Gateway, send

LOG = logging.getLogger(__name__)
LOOK_SECONDS = 5.0
GRACE_SECONDS = 5.0
"""Beyond three time limits of the gateway nobody is sending a message any more."""


class Courier:
    """Sends what is due, until it is stopped."""

    def __init__(self, database: Database, gateway: Gateway) -> None:
        self.database = database
        self.gateway = gateway
        self._news = threading.Event()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sms courier", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Something may have been queued."""
        self._news.set()

    def stop(self) -> None:
        """End; a message that is being sent is waited for, no longer than its gateway may take."""
        self._stopped.set()
        self._news.set()
        self._thread.join(self.gateway.timeout_seconds + GRACE_SECONDS)

    def _run(self) -> None:
        while not self._stopped.is_set():
            self._news.clear()
            try:
                while not self._stopped.is_set() and self.deliver_one():
                    pass
            except CounterError as error:
                LOG.warning("sms: %s", error.code)
            except Exception as error:
                # the next look is a new try; the text may hold personal data
                LOG.error("sms: unexpected %s", type(error).__name__)
            self._news.wait(LOOK_SECONDS)

    def deliver_one(self) -> bool:
        """Send the next message that is due; False when there is none."""
        lost = offices.now_ms() - int((3 * self.gateway.timeout_seconds + GRACE_SECONDS) * 1000)
        with self.database.read() as connection:
            if not queue.anything_due(connection, lost):
                return False
        with self.database.write() as connection:
            queue.recover(connection, lost, self.gateway.idempotent)
        claimed = self._claim()
        if claimed is None:
            return False
        outcome = send(self.gateway, claimed.message)
        with self.database.write() as connection:
            queue.finish(connection, claimed, outcome, self.gateway.idempotent)
        return True

    def _claim(self) -> queue.Claimed | None:
        """The first that may go, each looked at in a transaction of its own: couriers of other processes look, too."""
        while True:
            with self.database.read() as connection:
                waiting = queue.due(connection)
            for office, key in waiting:
                with self.database.write() as connection:
                    claimed = queue.claim(connection, office, key)
                if claimed is not None or self._stopped.is_set():
                    return claimed
            if not waiting:
                return None
