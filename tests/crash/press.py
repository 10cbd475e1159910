"""Papers under random luck: printers that die, lack paper or stand open, and a program that is killed in mid-print.

The person who answers "did it come out?" looks at what the printer holds, and says the truth.
"""

import hashlib
import random
import socket
import subprocess
import sys
import threading
from collections import Counter as Tally
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.services import print_jobs, printers
from printing import press, raster
from tests.integration.support import command, homes
from tests.support.thermal_printer import COVER, PAPER, Behaviour, NetworkPrinter

SHARES = (("paper", 0.05), ("cover", 0.03), ("dies", 0.08))


@dataclass(frozen=True)
class Outcome:
    """What was seen. twice and never: originals that came out more than once, or not at all."""

    jobs: int
    kills: int
    asked: int
    twice: int
    never: int
    ledger_differs: int

    @property
    def ok(self) -> bool:
        return not (self.twice or self.never or self.ledger_differs)


class Luck:
    """How the printer is at each connection, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self._source = random.Random(seed)

    def __call__(self) -> Behaviour:
        drawn = self._source.random()
        for what, share in SHARES:
            if drawn < share:
                ready = Behaviour.ready().status or {}
                if what == "dies":
                    return Behaviour(ready, dies_after=self._source.randint(1, 12_000))
                return Behaviour({**ready, 2: PAPER if what == "paper" else COVER})
            drawn -= share
        return Behaviour.ready()


def trial(folder: Path, jobs: int, kills: int, seed: int = 1) -> Outcome:
    """Print the slips of `jobs` petitions through `kills` deaths of the program."""
    source = random.Random(seed)
    home = homes.make(folder / "home")
    sink = NetworkPrinter(Luck(seed))
    asked = 0
    try:
        with homes.opened(home) as counter:
            printers.add(counter, homes.signed_in(counter), sink.printer)
        for left in range(kills, -1, -1):
            answers = 0 if left == 0 else source.randint(1, max(2, jobs // (8 * (left + 1))))
            asked += _run(home, jobs, seed, sink, stop_after=answers, pause=source.random())
        return _compare(home, sink, jobs, kills, asked)
    finally:
        sink.close()


def _run(home: Path, jobs: int, seed: int, sink: NetworkPrinter, stop_after: int, pause: float) -> int:
    """Let the program run; kill it after so many questions and a moment, or never when that is 0."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.crash.press_child", str(home), str(jobs), str(seed)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=command.ROOT,
        env=command.environment({}),
    )
    assert child.stdin is not None and child.stdout is not None
    asked, killer = 0, threading.Timer(pause, child.kill)
    try:
        for line in child.stdout:
            if line.strip() == "done":
                break
            _, _, whole, _ = line.split()
            asked += 1
            if stop_after and asked == stop_after:
                killer.start()
            try:
                child.stdin.write(f"{'confirm' if _came_out(sink, whole) else 'retry'}\n")
                child.stdin.flush()
            except BrokenPipeError:
                break
        code = child.wait(120)
        assert code in (0, -9), code
    finally:
        killer.cancel()
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            with suppress(BrokenPipeError):
                pipe.close()
    return asked


def _came_out(sink: NetworkPrinter, whole: str) -> bool:
    """Whether the slip lies in the tray. The printer takes one connection after the other: once it has taken one of
    ours, all that came before is on paper."""
    seen = len(sink.jobs)
    host, _, port = sink.printer.address.rpartition(":")
    with socket.create_connection((host, int(port)), 5):
        pass
    sink.wait_for(seen + 1)
    return whole in {hashlib.sha256(job).hexdigest() for job in sink.whole}


def _compare(home: Path, sink: NetworkPrinter, jobs: int, kills: int, asked: int) -> Outcome:
    raster.ensure_application()
    out = Tally(hashlib.sha256(job).hexdigest() for job in sink.whole)
    with homes.opened(home) as counter:
        ledger = print_jobs.list_jobs(counter, 10 * jobs)
        expected = {
            job.number: hashlib.sha256(press.slip_bin(print_jobs.view(counter, job))).hexdigest() for job in ledger
        }
    counts = [out[whole] for whole in expected.values()]
    finished = Tally(job.number for job in ledger if job.state in print_jobs.FINISHED)
    differs = sum(1 for number in expected if finished[number] != 1) + abs(jobs - len(expected))
    return Outcome(
        jobs, kills, asked, sum(1 for count in counts if count > 1), sum(1 for count in counts if not count), differs
    )
