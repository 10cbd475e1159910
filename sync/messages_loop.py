"""The thread that sends what is due through this counter's modem, and the one pass that it makes."""

import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from app.domain.errors import CounterError
from app.services import messages
from app.services.counter import Counter
from sync.modem import Modem, opened

LOG = logging.getLogger(__name__)
IDLE_WAIT, FAULT_WAIT = 60.0, 300.0
Open = Callable[[str], AbstractContextManager[Modem]]


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one message."""

    number: str
    what: str
    status: str
    code: str


def send_due(counter: Counter, open_modem: Open = opened) -> list[Told]:
    """Send what is due, one after the other. CounterError when the modem cannot be used: then nothing was sent."""
    waiting = messages.due(counter)
    if not waiting:
        return []
    told = []
    with open_modem(messages.port(counter)) as modem:
        for message in waiting:
            if messages.begin(counter, message):
                status, code = modem.send(message.phone, message.text)
                status = messages.finish(counter, message, status, code)
                told.append(Told(message.number, message.what, status, code))
    return told


class MessagesLoop:
    """Sends now and then, and at once after a commit."""

    def __init__(self, counter: Counter, open_modem: Open = opened) -> None:
        self.counter = counter
        self.open_modem = open_modem
        self._kicked = threading.Event()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sms modem", daemon=True)

    def start(self) -> None:
        """Begin. What a stopped program left half sent is told as unknown first."""
        self._thread.start()

    def kick(self) -> None:
        """Something may be due. Returns at once."""
        self._kicked.set()

    def stop(self, deadline: float = 5.0) -> None:
        """End the thread; a message that the modem is just sending stands as "sending" and is unknown afterwards."""
        self._stopped.set()
        self._kicked.set()
        self._thread.join(deadline)

    def _run(self) -> None:
        messages.settle_interrupted(self.counter)
        while not self._stopped.is_set():
            self._kicked.clear()
            wait = self._once()
            if wait == FAULT_WAIT:
                # commits must not become tries while there is no modem
                self._stopped.wait(wait)
            else:
                self._kicked.wait(wait)

    def _once(self) -> float:
        try:
            told = send_due(self.counter, self.open_modem)
        except CounterError as error:
            LOG.warning("sms modem: %s", error.code)
            return FAULT_WAIT
        except Exception as error:
            # the text may hold personal data
            LOG.error("sms modem: unexpected %s", type(error).__name__)
            return FAULT_WAIT
        return FAULT_WAIT if any(one.status == messages.AGAIN for one in told) else IDLE_WAIT
