"""Registers petitions and prints their slips until all are out; asks about each paper of which nobody knows.

Run by tests/crash/press.py, which kills it. Says "job NUMBER HASH ID" for a paper that failed and reads "confirm" or
"retry"; says "done" at the end. The hash is SHA-256 of the bytes that the whole slip is.
"""

import hashlib
import sys
import time
from pathlib import Path
from typing import Any

from app import bootstrap
from app.services import cases, print_jobs, registration_json
from app.services.counter import Counter
from app.services.model import Actor
from printing import press, raster
from tests.integration.support import homes, petitions

AT_ONCE = 7
WAITING = ("planned", "sending", "failed")


def main(home: Path, total: int, seed: int) -> None:
    """Until every one of `total` petitions is registered and its slip accounted for."""
    raster.ensure_application()
    texts = petitions.many(seed, total)
    with homes.opened(home) as counter:
        actor = homes.signed_in(counter)
        workers = bootstrap.Workers(counter)
        workers.start()
        while not _all_out(counter, actor, texts):
            time.sleep(0.01)
        workers.stop()
    print("done", flush=True)


def _all_out(counter: Counter, actor: Actor, texts: list[dict[str, Any]]) -> bool:
    with counter.store.read() as connection:
        registered = connection.exec_driver_sql("SELECT count(*) FROM cases").scalar_one()
    for text in texts[registered : registered + AT_ONCE]:
        cases.enter(counter, actor, registration_json.from_json("petition", text, ("slip",)))
    for job in print_jobs.list_jobs(counter, 1_000, ("failed",)):
        whole = hashlib.sha256(press.slip_bin(print_jobs.view(counter, job))).hexdigest()
        print(f"job {job.number} {whole} {job.id}", flush=True)
        answer = sys.stdin.readline().strip()
        (print_jobs.confirm if answer == "confirm" else print_jobs.retry)(counter, actor, job.id)
    return registered >= len(texts) and not print_jobs.list_jobs(counter, 1, WAITING)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
