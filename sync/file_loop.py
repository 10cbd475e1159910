"""The thread that sends files while records have nothing to say: held before every sync, let go when all is told."""

import logging
import random
import threading
from collections.abc import Callable

from app.domain.errors import CounterError, Refused
from sync.files import FileWork

LOG = logging.getLogger(__name__)
FIRST_WAIT, LONGEST_WAIT = 1.0, 300.0


class FileLoop:
    """Sends the files of one counter. It goes on at once as long as bytes get through, else after ever longer."""

    def __init__(
        self,
        work: FileWork,
        first_wait: float = FIRST_WAIT,
        longest_wait: float = LONGEST_WAIT,
        cut: Callable[[], None] = lambda: None,
    ) -> None:
        """cut: told when the line broke that bytes had got through."""
        self.work = work
        self._cut = cut
        self.first_wait = first_wait
        self.longest_wait = longest_wait
        self._free = threading.Event()
        self._look = threading.Event()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="files", daemon=True)

    def start(self) -> None:
        """Begin; nothing is sent before `go`."""
        self._thread.start()

    def hold(self) -> None:
        """Records are waiting: what is being sent stops at its next block."""
        self._free.clear()

    def waiting(self) -> bool:
        """Whether there is a file that the server has not got."""
        return self.work.waiting() > 0

    def go(self) -> None:
        """The server has all records: send what waits."""
        self._free.set()
        self._look.set()

    def stop(self, deadline: float = 5.0) -> bool:
        """End the thread; False where a request on a dead line did not end within `deadline` seconds."""
        self._stopped.set()
        self._look.set()
        if self._thread.is_alive():
            self._thread.join(deadline)
        return not self._thread.is_alive()

    def _run(self) -> None:
        failures = 0
        while True:
            self._look.wait()
            self._look.clear()
            if self._stopped.is_set():
                return
            moved = self.work.moved
            try:
                self.work.send(lambda: self._stopped.is_set() or not self._free.is_set())
                failures = 0
                continue
            except Refused:
                failures = 16  # the next sync says why, in the server's words
            except CounterError:
                failures = 0 if self.work.moved > moved else failures + 1
            except Exception as error:
                # a bug must not end the files for the day; its text may hold personal data
                LOG.error("files failed: %s", type(error).__name__)
                failures += 1
            if not failures:
                self._cut()
            else:
                longest = min(self.longest_wait, self.first_wait * 2.0 ** min(failures - 1, 16))
                self._stopped.wait(longest * random.uniform(0.5, 1.0))
            self._look.set()
