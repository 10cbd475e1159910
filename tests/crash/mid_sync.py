"""Power cuts in mid-sync: of the counter, whose server goes on, and of the server, whose counter goes on.

Both work in one traced process, so that every write and fsync of either has its place in one order. At a random moment
of it one of them loses what it had not synced; of the other all is there that it had written. Then both go on: what
was acknowledged is there, and once nothing waits any more both have the same, and once.
"""

import json
import random
import shutil
import sys
import time
from collections import Counter as Tally
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Literal

from app.domain.errors import CounterError
from app.services import replication, verification
from app.store.meta import meta_set
from sync import exchange, outbox
from sync.files import FileWork
from sync.server import admin, app
from sync.server.database import Database
from tests.crash import trace
from tests.crash.disk import POLICIES, Disk, Policy
from tests.fleet import counters
from tests.integration.sync_support import LIMITS, OFFICE_CODE, VERSION, Desk, new_office

Side = Literal["counter", "server"]
SIDES: tuple[Side, ...] = ("counter", "server")
OTHERS = 4
"""Registrations of another counter that this one fetches with its first sync."""


@dataclass(frozen=True)
class Outcome:
    """What was seen at all cuts of one side. problems: "lost", "doubled", and what else was wrong, in words."""

    side: Side
    cuts: int
    acknowledged: int
    seconds: float
    problems: Tally[str] = field(default_factory=Tally)

    @property
    def ok(self) -> bool:
        return not self.problems

    def __str__(self) -> str:
        words = dict.fromkeys(("lost", "doubled"), 0) | self.problems
        counted = ", ".join(f"{count} {word}" for word, count in words.items())
        return (
            f"power cut of the {self.side} in mid-sync: {self.cuts} cuts, {self.acknowledged} acknowledged, {counted}, "
            f"{self.seconds:.0f} s"
        )


@dataclass(frozen=True)
class Run:
    """One run of both: the folder, what lay in it before, all that was done, and the key of the counter."""

    live: Path
    before: Disk
    events: Sequence[trace.Event]
    key: bytes


def trial(folder: Path, cuts: int, rounds: int, seed: int = 66) -> list[Outcome]:
    """Trace one run, and cut the power of each side `cuts` times."""
    run = record(folder, rounds)
    return [cut(run, side, cuts, seed) for side in SIDES]


def record(folder: Path, rounds: int) -> Run:
    """Work and sync so many times under strace."""
    live = folder / "live"
    key = _prepare(live)
    before = Disk(live)
    words = [sys.executable, "-m", "tests.crash.mid_sync_child", str(live), key.hex(), str(rounds)]
    events, code, heard = trace.record_process(live, words, folder / "trace")
    if code:
        raise RuntimeError(f"the run ended with {code} under strace: {heard[-2000:]}")
    return Run(live, before, events, key)


def _prepare(live: Path) -> bytes:
    """A server, a counter that has joined it, and events of another one to fetch; the counter's key."""
    (live / "server").mkdir(parents=True)
    database = _database(live)
    new_office(database)
    with app.background(database, limits=LIMITS) as url:
        mine = Desk(live / "counter", "หนึ่ง")
        other = Desk(live.with_name("other"), "สอง")
        for desk in (mine, other):
            desk.enrol(url, database)
        other.register(OTHERS)
        other.sync()
        key = mine.counter.key
        for desk in (mine, other):
            desk.close()
    return key


def _database(folder: Path) -> str:
    return f"sqlite:///{(folder / 'server' / 'server.db').as_posix()}"


def cut(run: Run, side: Side, cuts: int, seed: int = 66) -> Outcome:
    """Cut the power of one side so many times, under either policy in turn, and go on after each."""
    started, source, events = time.monotonic(), random.Random(f"{seed} {side}"), run.events
    disk = run.before.as_it_was()
    acknowledged, problems, done = 0, Tally[str](), 0
    first = next(at for at, event in enumerate(events) if isinstance(event, trace.Said))
    # the end is always among them: everything was said, and the next thing is the power
    moments = sorted([*(source.randint(first, len(events)) for _ in range(cuts - 1)), len(events)])
    for at, moment in enumerate(moments):
        for event in events[done:moment]:
            disk.apply(event)
        done = moment
        rebuilt = run.live.with_name("rebuilt")
        rebuilt.mkdir()
        _after_the_cut(disk, rebuilt, side, POLICIES[at % len(POLICIES)], source)
        said = [json.loads(line) for line in disk.said]
        problems.update(_judge(rebuilt, run.key, said))
        acknowledged += len(said)
        shutil.rmtree(rebuilt)
    return Outcome(side, cuts, acknowledged, time.monotonic() - started, problems)


def _after_the_cut(disk: Disk, target: Path, side: Side, policy: Policy, source: random.Random) -> None:
    """One side as its disk has it, the other as it was: its process is stopped only because both go on anew."""
    disk.after_power_cut(target, policy, source, lambda path: path.parts[0] == side)


def _judge(rebuilt: Path, key: bytes, said: list[dict[str, Any]]) -> list[str]:
    try:
        problems = _missing(rebuilt, key, said)
        return problems + _after_going_on(rebuilt, key, said)
    except CounterError as error:
        return [f"does not go on ({error.code})"]


def _missing(rebuilt: Path, key: bytes, said: list[dict[str, Any]]) -> list[str]:
    """What was acknowledged, and is not there just after the cut."""
    counter = counters.open_home(rebuilt / "counter", key)
    database = Database(_database(rebuilt))
    try:
        with counter.store.read() as connection:
            numbers = set(connection.exec_driver_sql("SELECT number FROM cases").scalars())
            through = outbox.accepted_through(connection)
            own = "SELECT id FROM event WHERE origin = ? AND seq <= ? AND seq NOT IN (SELECT seq FROM quarantine)"
            settled = _ids(connection.exec_driver_sql(own, (counter.store_id, through)).scalars())
            files = connection.exec_driver_sql("SELECT count(*) FROM file_outbox").scalar_one()
            named = set(connection.exec_driver_sql("SELECT sha256 FROM attachment").scalars())
        with database.read() as connection:
            on_server = _ids(connection.exec_driver_sql("SELECT id FROM log").scalars())
            whole = "SELECT sha256 FROM case_content WHERE received_at IS NOT NULL"
            kept = {bytes(one).hex() for one in connection.exec_driver_sql(whole).scalars()}
    finally:
        database.close()
        counter.close()
    lost = [one["registered"] for one in said if "registered" in one and one["registered"] not in numbers]
    lost += [one["file"] for one in said if "file" in one and one["file"] not in kept]
    # all that the counter thinks sent, also where nobody has said so yet
    lost += settled - on_server
    if len(named) - files > len(kept):
        lost.append("file")
    problems = ["lost"] * len(lost)
    if any(one["settled"] > through for one in said if "settled" in one):
        problems.append("acknowledgement forgotten")
    return problems


def _after_going_on(rebuilt: Path, key: bytes, said: list[dict[str, Any]]) -> list[str]:
    """Both work again until nothing waits: what one has not, or has twice."""
    counter = counters.open_home(rebuilt / "counter", key)
    try:
        with app.background(_database(rebuilt), limits=LIMITS) as url:
            with counter.store.write("test") as work:
                meta_set(work.connection, "server_url", url)
            counters.register(counter, 99)
            apply = partial(replication.apply, counter)
            result = exchange.sync_once(counter.store, apply=apply, app_version=VERSION)
            files = FileWork(counter.store, counter.blobs).send()
        problems = ["lost"] * (result.pending + result.rejected + files.pending)
        problems += [f"damaged ({check.name})" for check in verification.verify(counter) if not check.ok]
        with counter.store.read() as connection:
            rows = connection.exec_driver_sql("SELECT origin, id FROM event").fetchall()
            numbers = list(connection.exec_driver_sql("SELECT number FROM cases").scalars())
            kinds = connection.exec_driver_sql("SELECT count(*) FROM event WHERE kind = 'petition_registered'")
            registered = kinds.scalar_one()
    finally:
        counter.close()
    database = Database(_database(rebuilt))
    try:
        with database.read() as connection:
            log = list(connection.exec_driver_sql("SELECT id FROM log").scalars())
            cases = list(connection.exec_driver_sql("SELECT number FROM case_file").scalars())
    finally:
        database.close()
    here = [row.id for row in rows]
    problems += ["lost"] * len(_ids(here) ^ _ids(log))
    problems += ["lost"] * len({one["registered"] for one in said if "registered" in one} - set(cases))
    for found in (log, here, cases, numbers):
        problems += ["doubled"] * (len(found) - len({_plain(one) for one in found}))
    problems += ["doubled"] * abs(registered - len(numbers))
    for row in admin.numbers_report(_database(rebuilt), OFFICE_CODE):
        problems += [f"numbers {name}" for name in ("unexplained", "duplicates") if row[name]]
    return problems


def _ids(found: Any) -> set[Any]:
    return {_plain(one) for one in found}


def _plain(one: Any) -> Any:
    return bytes(one) if isinstance(one, bytes | memoryview) else one
