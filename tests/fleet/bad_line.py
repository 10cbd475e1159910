"""python -m tests.fleet.bad_line: 256 kbit/s, 600 ms there and back, everything cut every 20 seconds.

Prints JSON: how long petitions and files took beside what the line needs for their bytes alone, how much went twice,
and how long a new petition took while a file was under way.
"""

import argparse
import json
import tempfile
import threading
import time
from pathlib import Path

from app.services import attachments, file_transfer
from sync.files import FileWork
from sync.loop import SyncLoop
from sync.outbox import pending
from tests.fleet import counters
from tests.integration.support.fault_line import FaultLine
from tests.integration.sync_support import ACTOR, VERSION, Desk, Province

RATE, LATENCY, CUT_EVERY = 32_000, 0.6, 20.0


def bad(line: FaultLine) -> threading.Event:
    """Make the line bad until the event is set."""
    line.rate, line.delay = RATE, LATENCY / 2
    end = threading.Event()

    def cut() -> None:
        while not end.wait(CUT_EVERY):
            line.cut()
            line.cuts += 1

    threading.Thread(target=cut, daemon=True).start()
    return end


def petitions(province: Province, count: int) -> dict[str, float]:
    """Send so many petitions by the loop, as the window does."""
    probe, desk = province.desk("เทียบ"), province.desk("หนึ่ง")
    for one in (probe, desk):
        one.register(count)
    clean = probe.sync().bytes_out
    with FaultLine(province.url) as line:
        desk.move_to(line.url)
        end = bad(line)
        started = time.monotonic()
        loop = SyncLoop(desk.store, desk.apply, VERSION)
        loop.start()
        while True:
            time.sleep(0.2)
            with desk.store.read() as connection:
                if not pending(connection, desk.counter.store_id):
                    break
        took = time.monotonic() - started
        end.set()
        loop.stop()
        bound = clean / RATE
        return {"petitions": count, "bytes": clean, "seconds": took, "bound_seconds": bound, "ratio": took / bound,
                "sent": line.out, "twice": max(0.0, line.out / clean - 1), "cuts": line.cuts}  # fmt: skip


def file_and_petition(province: Province, size: int) -> dict[str, float]:
    """Send a file, and a petition in its midst."""
    desk = province.desk("สอง")
    number = desk.register()[0]
    attachments.attach(desk.counter, ACTOR, number, [counters.picture(size, 1)])
    desk.sync()
    with FaultLine(province.url) as line:
        desk.move_to(line.url)
        end = bad(line)
        started = time.monotonic()
        loop = SyncLoop(desk.store, desk.apply, VERSION, files=FileWork(desk.store, desk.counter.blobs))
        loop.start()
        while line.out < 150_000:
            time.sleep(0.05)
        desk.register()
        asked = time.monotonic()
        loop.kick()
        while waiting(desk):
            time.sleep(0.05)
        petition = time.monotonic() - asked
        while files_waiting(desk):
            time.sleep(0.2)
        took = time.monotonic() - started
        end.set()
        loop.stop()
        bound = size / RATE
        return {"file_bytes": size, "seconds": took, "bound_seconds": bound, "ratio": took / bound, "sent": line.out,
                "sent_ratio": line.out / size, "petition_in_front_seconds": petition,
                "round_trips": petition / LATENCY, "cuts": line.cuts}  # fmt: skip


def waiting(desk: Desk) -> int:
    """Records that the server has not got."""
    with desk.store.read() as connection:
        return pending(connection, desk.counter.store_id)


def files_waiting(desk: Desk) -> int:
    """Files that the server has not got."""
    with desk.store.read() as connection:
        return file_transfer.waiting(connection).files


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.fleet.bad_line", description=__doc__)
    parser.add_argument("--petitions", type=int, default=10_000)
    parser.add_argument("--file", type=int, default=5_000_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, Province(Path(name)) as province:
        if given.file:
            print(json.dumps(file_and_petition(province, given.file)), flush=True)
        if given.petitions:
            print(json.dumps(petitions(province, given.petitions)), flush=True)


if __name__ == "__main__":
    main()
