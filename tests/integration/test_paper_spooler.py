"""One worker a printer: order, failure, a dead printer beside a living one, stopping, and what a crash left behind."""

import threading
import time
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.domain.errors import CounterError, Unavailable
from app.services.model import Printer, PrintJob
from printing import samples
from printing.spooler import Spooler

A, B = Printer("ก", "file", "a"), Printer("ข", "file", "b")


class Jobs:
    """Print jobs kept in memory, with the states that the database keeps."""

    def __init__(self):
        self.lock = threading.Lock()
        self.jobs = {}
        self.errors = {}
        self.reported = []
        self.changed = threading.Condition(self.lock)

    def plan(self, printer, state="planned"):
        with self.lock:
            number = len(self.jobs) + 1
            self.jobs[number] = PrintJob(
                number, "KT1", "slip", printer.name, state, samples.ORIGINAL, datetime.now(UTC), "dao"
            )
            return number

    def interrupted(self, printer):
        with self.changed:
            for job in self.jobs.values():
                if job.printer == printer and job.state == "sending":
                    self.reported.append(job.id)
                    self.jobs[job.id] = replace(job, state="failed")

    def claim(self, printer):
        with self.lock:
            for job in self.jobs.values():
                if job.printer == printer and job.state == "planned":
                    self.jobs[job.id] = replace(job, state="sending", attempts=job.attempts + 1)
                    return self.jobs[job.id]
        return None

    def view(self, job):
        return samples.PETITION

    def sent(self, job):
        self._set(job, "sent")

    def failed(self, job, error):
        self.errors[job.id] = error
        self._set(job, "failed")

    def _set(self, job, state):
        with self.changed:
            self.jobs[job.id] = replace(job, state=state)
            self.changed.notify_all()

    def wait(self, *numbers, state, seconds=5.0):
        with self.changed:
            done = self.changed.wait_for(lambda: all(self.jobs[n].state == state for n in numbers), seconds)
        assert done, self.jobs


class Press:
    """Notes what was printed; hold[name] keeps a printer busy, fail[name] makes it fail."""

    def __init__(self):
        self.printed = defaultdict(list)
        self.hold = {}
        self.fail = {}

    def __call__(self, job, view, printer):
        if printer.name in self.hold:
            self.hold[printer.name].wait(10)
        if printer.name in self.fail:
            raise self.fail[printer.name]
        self.printed[printer.name].append(job.id)


@pytest.fixture
def jobs():
    return Jobs()


@pytest.fixture
def press():
    return Press()


@pytest.fixture
def start(jobs, press):
    made = []

    def begin(*printers, idle=60.0):
        made.append(Spooler(jobs, lambda: printers, press, idle=idle))
        made[-1].kick()
        return made[-1]

    yield begin
    for gate in press.hold.values():
        gate.set()
    for spooler in made:
        assert spooler.stop(5)


def test_jobs_come_out_in_order(jobs, press, start):
    numbers = [jobs.plan(A) for _ in range(5)]
    start(A)
    jobs.wait(*numbers, state="sent")
    assert press.printed["ก"] == numbers


def test_a_kick_wakes_a_sleeping_worker_and_a_new_printer(jobs, press):
    printers = [A]
    spooler = Spooler(jobs, lambda: list(printers), press, idle=60)
    spooler.kick()
    time.sleep(0.05)
    first = jobs.plan(A)
    spooler.kick()
    jobs.wait(first, state="sent")
    printers.append(B)
    second = jobs.plan(B)
    spooler.kick()
    jobs.wait(second, state="sent")
    assert spooler.stop()


def test_without_a_kick_the_database_is_looked_at_now_and_then(jobs, start):
    start(A, idle=0.02)
    jobs.wait(jobs.plan(A), state="sent")


def test_a_dead_printer_holds_up_only_itself(jobs, press, start):
    press.hold["ก"] = threading.Event()
    stuck, fine = jobs.plan(A), [jobs.plan(B) for _ in range(3)]
    start(A, B)
    jobs.wait(*fine, state="sent")
    assert jobs.jobs[stuck].state == "sending"
    press.hold["ก"].set()
    jobs.wait(stuck, state="sent")


def test_a_failure_is_recorded_and_the_next_job_tried(jobs, press, start):
    press.fail["ก"] = Unavailable("printer_paper", "กระดาษหมด", "ใส่กระดาษ")
    first, second = jobs.plan(A), jobs.plan(A)
    start(A)
    jobs.wait(first, second, state="failed")
    assert jobs.errors[first].code == "printer_paper"


def test_a_bug_fails_the_job_without_telling_the_log_what_it_said(jobs, press, start, caplog):
    press.fail["ก"] = ValueError("นายกตัญญู ปิ่นแก้ว")
    job = jobs.plan(A)
    start(A)
    jobs.wait(job, state="failed")
    assert isinstance(jobs.errors[job], CounterError) and jobs.errors[job].code == "printing_bug"
    assert "ValueError" in caplog.text and "กตัญญู" not in caplog.text


def test_what_a_crash_left_is_reported_and_not_printed(jobs, press, start):
    left = jobs.plan(A, state="sending")
    fresh = jobs.plan(A)
    start(A)
    jobs.wait(fresh, state="sent")
    assert jobs.reported == [left] and press.printed["ก"] == [fresh]


def test_a_database_that_fails_once_is_asked_again(jobs, press, start, caplog):
    answers = iter([OSError("disk")])
    claim = jobs.claim

    def flaky(printer):
        error = next(answers, None)
        if error:
            raise error
        return claim(printer)

    jobs.claim = flaky
    job = jobs.plan(A)
    start(A, idle=0.02)
    jobs.wait(job, state="sent")


def test_a_printer_that_was_removed_fails_its_jobs(jobs, press):
    printers = [A]
    spooler = Spooler(jobs, lambda: list(printers), press, idle=60)
    spooler.kick()
    printers.clear()
    job = jobs.plan(A)
    spooler.kick()
    jobs.wait(job, state="failed")
    assert jobs.errors[job].code == "no_printer"
    assert spooler.stop()


def test_stopping_waits_for_the_job_in_hand_but_not_for_ever(jobs, press):
    press.hold["ก"] = threading.Event()
    job = jobs.plan(A)
    spooler = Spooler(jobs, lambda: [A], press, idle=60)
    spooler.kick()
    while jobs.jobs[job].state != "sending":
        time.sleep(0.01)
    assert not spooler.stop(0.1), "it was waited for no longer than that: the job is still in hand"
    press.hold["ก"].set()
    jobs.wait(job, state="sent")
    assert spooler.stop(60)
    later = jobs.plan(A)
    spooler.kick()
    time.sleep(0.05)
    assert jobs.jobs[later].state == "planned"


def test_a_paper_whose_fate_could_not_be_written_down_is_asked_about(jobs, press, start):
    first = jobs.plan(A)
    sent, failing = jobs.sent, threading.Event()

    def full_disk(job):
        if not failing.is_set():
            failing.set()
            raise OSError("disk full")
        sent(job)

    jobs.sent = full_disk
    start(A, idle=0.01)
    jobs.wait(first, state="failed")
    assert jobs.reported == [first], "it lay on the tray, perhaps: nobody prints it again unasked"
