"""Takes print jobs from the database to the printers, one worker thread a printer.

The queue is the database's, never ours: a job that a power cut interrupts is still there. States of a job: planned ->
sending (claimed) -> sent or failed. A printer that is dead or slow holds up nobody but itself.
"""

import logging
import time
import traceback
from collections.abc import Callable, Iterable
from threading import Event, Lock, Thread
from typing import Protocol

from app.domain.errors import CounterError, Unavailable
from app.services.model import CaseView, Printer, PrintJob

IDLE = 5.0
"""Seconds after which a worker looks into the database without having been woken."""

_log = logging.getLogger(__name__)

Press = Callable[[PrintJob, CaseView, Printer], None]
"""Renders and sends one job; raises CounterError when it could not."""


class JobSource(Protocol):
    """The print jobs in the database."""

    def interrupted(self, printer: str) -> None:
        """Deal with jobs of this printer that an earlier run left in "sending": nobody knows whether their paper
        came out, so they must not simply be printed again as originals."""

    def claim(self, printer: str) -> PrintJob | None:
        """The oldest planned job of this printer, now "sending"; None when there is none."""

    def view(self, job: PrintJob) -> CaseView:
        """The case that the job prints."""

    def sent(self, job: PrintJob) -> None:
        """The printer took it."""

    def failed(self, job: PrintJob, error: CounterError) -> None:
        """The printer did not take it."""


class Spooler:
    """Keeps one worker for every printer of this counter. Thread-safe."""

    def __init__(
        self, jobs: JobSource, printers: Callable[[], Iterable[Printer]], press: Press, *, idle: float = IDLE
    ) -> None:
        self._jobs = jobs
        self._printers = printers
        self._press = press
        self._idle = idle
        self._workers: dict[str, _Worker] = {}
        self._stop = Event()
        self._lock = Lock()

    def kick(self) -> None:
        """There may be new jobs or new printers: wake every worker, start those that are missing."""
        if self._stop.is_set():
            return
        names = {printer.name for printer in self._printers()}
        with self._lock:
            for name in names - self._workers.keys():
                self._workers[name] = _Worker(name, self._jobs, self._printer, self._press, self._stop, self._idle)
                self._workers[name].start()
            for worker in self._workers.values():
                worker.wake.set()

    start = kick

    def stop(self, deadline: float = 5.0) -> bool:
        """Let every worker finish the job in its hand, but wait no longer than `deadline` seconds; True when all
        ended. A job still under way stays "sending" and is reported at the next start."""
        self._stop.set()
        end = time.monotonic() + deadline
        with self._lock:
            workers = list(self._workers.values())
        for worker in workers:
            worker.wake.set()
        for worker in workers:
            worker.join(max(0.0, end - time.monotonic()))
        return not any(worker.is_alive() for worker in workers)

    def _printer(self, name: str) -> Printer | None:
        """The printer as it is set up now."""
        return next((printer for printer in self._printers() if printer.name == name), None)


class _Worker(Thread):
    """Prints the jobs of one printer, one after the other."""

    def __init__(
        self,
        name: str,
        jobs: JobSource,
        printer: Callable[[str], Printer | None],
        press: Press,
        stop: Event,
        idle: float,
    ) -> None:
        super().__init__(name=f"printer {name}", daemon=True)  # a hanging printer must not keep the program alive
        self.wake = Event()
        self._printer_name = name
        self._jobs = jobs
        self._printer = printer
        self._press = press
        self._stopping = stop
        self._idle = idle

    def run(self) -> None:
        """Until told to stop."""
        told = False
        while not self._stopping.is_set():
            self.wake.clear()
            try:
                if not told:
                    self._jobs.interrupted(self._printer_name)
                    told = True
                job = self._jobs.claim(self._printer_name)
                if job is not None:
                    self._print(job)
                    continue
            except Exception as error:  # a locked or full database now is no reason never to print again
                _report("print queue of a printer", error)
                told = False  # what became of the paper in hand could not be written down: a person is asked
            if not self._stopping.is_set():
                self.wake.wait(self._idle)

    def _print(self, job: PrintJob) -> None:
        error = self._outcome(job)
        if error is None:
            self._jobs.sent(job)
        else:
            self._jobs.failed(job, error)

    def _outcome(self, job: PrintJob) -> CounterError | None:
        try:
            printer = self._printer(self._printer_name)
            if printer is None:
                return _printer_gone(self._printer_name)
            self._press(job, self._jobs.view(job), printer)
        except CounterError as error:
            return error
        except Exception as error:
            _report(f"print job {job.id}", error)
            return CounterError("printing_bug", "พิมพ์ไม่สำเร็จเพราะโปรแกรมขัดข้อง", "ลองสั่งพิมพ์ใหม่ ถ้ายังไม่ได้ให้แจ้งผู้ดูแลระบบ")
        return None


def _printer_gone(name: str) -> Unavailable:
    return Unavailable("no_printer", f"ไม่มีเครื่องพิมพ์ “{name}” แล้ว", "เลือกเครื่องพิมพ์อื่น แล้วสั่งพิมพ์ใหม่")


def _report(what: str, error: Exception) -> None:
    """Where a bug arose, without its text: that could hold personal data."""
    places = "".join(traceback.format_tb(error.__traceback__))
    _log.error("%s: %s\n%s", what, type(error).__name__, places)
