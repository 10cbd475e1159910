"""The thread that backs up by the plan. Each round asks the database what is due, so that a restart forgets nothing."""

import logging
import threading

from app.domain.errors import CounterError
from app.services import backup_plan
from app.services.counter import Counter

LOG = logging.getLogger(__name__)
LOOK_S, FAULT_S = 60.0, 15 * 60.0
"""How often is looked whether something is due (a USB disk that was put in), and how long after a fault."""


class BackupLoop:
    """Backs up when it is due; a fault is kept for the status bar and tried again later."""

    def __init__(self, counter: Counter, first_wait: float = LOOK_S) -> None:
        self._counter = counter
        self._first_wait = first_wait
        self._kicked = threading.Event()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="backup", daemon=True)

    def start(self) -> None:
        """Begin; the first look is a minute later, when the morning's sign-in is over."""
        self._thread.start()

    def kick(self) -> None:
        """Look now. Returns at once."""
        self._kicked.set()

    def stop(self, deadline: float = 5.0) -> None:
        """End the thread; a half copy never bears a backup's name."""
        self._stopped.set()
        self._kicked.set()
        self._thread.join(deadline)

    def _run(self) -> None:
        wait = self._first_wait
        while True:
            self._kicked.wait(wait)
            self._kicked.clear()
            if self._stopped.is_set():
                return
            wait = self._once()

    def _once(self) -> float:
        try:
            places = backup_plan.due(self._counter)
            if places:
                backup_plan.run(self._counter, places)
        except CounterError as error:
            LOG.warning("backup: %s", error.code)
            return FAULT_S
        except Exception as error:
            LOG.error("backup: unexpected %s", type(error).__name__)
            return FAULT_S
        return LOOK_S
