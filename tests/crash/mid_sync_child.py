"""python -m tests.crash.mid_sync_child FOLDER KEY ROUNDS: a server and a counter that works and syncs with it.

Says on stdout what is acknowledged, a line of JSON each, when it is: {"registered": number} to the clerk,
{"settled": seq} what the counter has heard from its server, {"file": sha256} a file that the server has whole.
"""

import json
import sys
from functools import partial
from pathlib import Path

from app.services import attachments, replication
from app.store.meta import meta_set
from sync import exchange, outbox
from sync.batch_size import SMALLEST_BATCH, BatchSize
from sync.files import FileWork
from sync.server import app
from tests.fleet import counters
from tests.integration.sync_support import LIMITS, VERSION

EACH = 3
"""Registrations between two syncs."""
FILE_BYTES = 60_000


def main(folder: Path, key: bytes, rounds: int) -> None:
    """Register, take steps, attach, sync, send files: so many times."""
    with app.background(f"sqlite:///{(folder / 'server' / 'server.db').as_posix()}", limits=LIMITS) as url:
        counter = counters.open_home(folder / "counter", key)
        with counter.store.write("test") as work:
            meta_set(work.connection, "server_url", url)
        for at in range(rounds):
            for seed in range(at * EACH, (at + 1) * EACH):
                number = counters.register(counter, seed)
                say(registered=number)
            counters.act(counter, "step", number, at)
            if at % 3 == 1:
                attachments.attach(counter, counters.ACTOR, number, [counters.picture(FILE_BYTES, at)])
            # small, so that one sync is several requests
            exchange.sync_once(
                counter.store, apply=partial(replication.apply, counter), app_version=VERSION,
                size=BatchSize(target=SMALLEST_BATCH, ratio=1.0),
            )  # fmt: skip
            with counter.store.read() as connection:
                say(settled=outbox.accepted_through(connection))
            if at % 3 == 1:
                FileWork(counter.store, counter.blobs).send()
                say(file=next(one.sha256 for one in attachments.listing(counter, number)))
        counter.close()


def say(**what: object) -> None:
    """One acknowledgement."""
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), bytes.fromhex(sys.argv[2]), int(sys.argv[3]))
