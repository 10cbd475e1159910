"""One seeded run: three counters and a server through random work and misfortune, then quiet, then the reckoning.

After quiet all counters agree with each other and with the server; nothing that was saved or acknowledged is lost,
nothing is there twice, no number is doubled or unexplained, every file is whole everywhere, every receipt is the same
paper everywhere and every drawer holds what its receipts say.
"""

import random
import shutil
import time
from collections import Counter as Tally
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from app.catalog.documents import to_document
from app.catalog.loader import load_builtin
from app.domain.errors import CounterError, Refused, Unavailable
from app.services import attachments, backups, offices, setup, verification
from app.store.keys import load_key
from sync import bundles, exchange, link
from sync.server import admin
from sync.server import bundles as at_server
from sync.server.database import Database
from sync.server.files.store import open_store
from tests.fleet import counters, money
from tests.fleet.hatchery import Hatchery, free_port, url
from tests.integration.support.fault_line import FaultLine
from tests.integration.sync_support import OFFICE, OFFICE_CODE

COUNTERS = 3
PASSPHRASE = "กุญแจ"
QUIET_ROUNDS = 12
WORK = {
    "register": 16, "note": 8, "step": 12, "correct": 9, "attach": 6, "choose": 3, "sync": 24, "files": 8, "fetch": 4,
    "die": 9, "restart": 3, "backup": 4, "restore": 2, "clock": 2, "server_dies": 3, "line": 12, "bundle": 3,
    "retry": 2, "permit": 6, "pay": 18, "void": 9, "close_day": 1,
}  # fmt: skip


@dataclass
class Outcome:
    """What became of a run. problems: what must not be; log: what was done, for a person."""

    seed: int
    problems: list[str] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    done: Tally[str] = field(default_factory=Tally)
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether everything held."""
        return not self.problems


@dataclass
class Desk:
    """A counter of the fleet: what it has saved, and its newest backup with what that had saved.

    saved: the numbers of its cases; receipts: the hashes of the receipts that it has issued.
    """

    home: Path
    key: bytes
    clock: counters.Clock = field(default_factory=counters.Clock)
    counter: Any = None
    saved: set[str] = field(default_factory=set)
    receipts: set[str] = field(default_factory=set)
    backup: tuple[Path, set[str], set[str]] | None = None
    size: exchange.BatchSize = field(default_factory=exchange.BatchSize)

    def open(self) -> None:
        self.counter = counters.open_home(self.home, self.key, self.clock)
        self.counter.fetch_file = counters.files(self.counter).fetch

    def know(self) -> None:
        """What it has issued and registered is from now on not to be lost."""
        with self.counter.store.read() as connection:
            own = connection.exec_driver_sql("SELECT number FROM cases WHERE origin = ?", (self.counter.store_id,))
            self.saved |= set(own.scalars())
            self.receipts |= money.issued(connection, self.counter.store_id)

    def close(self) -> None:
        if self.counter is not None:
            self.counter.close()
            self.counter = None


def make_template(folder: Path) -> None:
    """Three counters that have joined one office, and the database of its server: copied for each run."""
    document = offices.check_office({**OFFICE})
    admin.add_office(url(folder), document, [to_document(service) for service in load_builtin().values()])
    from sync.server import app

    with app.background(url(folder)) as address:
        for place in range(COUNTERS):
            home = folder / f"home{place}"
            person = setup.Administrator("somying", "a long enough password", "สมหญิง ทดสอบ")
            clock = counters.Clock()
            setup.set_up(
                home, document, load_builtin().values(), person, clock, PASSPHRASE,
                counter_name=f"เคาน์เตอร์ {place + 1}", join=lambda _work: None,
            )  # fmt: skip
            key = load_key(home, PASSPHRASE)
            (folder / f"key{place}").write_bytes(key)
            counter = setup.open_counter(home, clock, PASSPHRASE, load_builtin().values())
            code, _ = admin.enrol_code(url(folder), OFFICE_CODE)
            link.enrol(counter.store, address, code, counters.VERSION)
            bundles.know_each_other(counter.store)
            counter.close()


class Run:
    """One run in its own folder."""

    def __init__(self, seed: int, template: Path, folder: Path, hatchery: Hatchery, steps: int) -> None:
        self.random = random.Random(seed)
        self.folder = folder
        self.hatchery = hatchery
        self.steps = steps
        self.outcome = Outcome(seed)
        shutil.copytree(template, folder, dirs_exist_ok=True)
        self.port = free_port()
        self.desks = [Desk(folder / f"home{n}", (folder / f"key{n}").read_bytes()) for n in range(COUNTERS)]
        self.line = FaultLine(f"http://127.0.0.1:{self.port}")
        self.up = False

    def go(self) -> Outcome:
        """Do it all."""
        started = time.monotonic()
        try:
            self._start_server()
            with self.line:
                for desk in self.desks:
                    desk.open()
                    self._through_the_line(desk)
                for _ in range(self.steps):
                    self._step()
                self._quiet()
                self._reckon()
        finally:
            for desk in self.desks:
                desk.close()
            if self.up:
                self.hatchery.kill_server()
        self.outcome.seconds = time.monotonic() - started
        return self.outcome

    def _through_the_line(self, desk: Desk) -> None:
        with desk.counter.store.write("test") as work:
            work.run("UPDATE meta SET value = ? WHERE key = 'server_url'", (self.line.url,))
        desk.counter.reload()

    def _start_server(self) -> None:
        self.hatchery.serve(url(self.folder), self.port)
        self.up = True

    def _step(self) -> None:
        what = self.random.choices([*WORK], [*WORK.values()])[0]
        place, seed = self.random.randrange(COUNTERS), self.random.randrange(10**9)
        desk = self.desks[place]
        said = f"{place} {what} {seed}"
        try:
            became = DO.get(what, Run._act)(self, desk, seed, what)
            self.outcome.done[what] += 1
        except (Refused, Unavailable) as error:
            became = error.code
            self.outcome.done[f"{what}: {error.code}"] += 1
        self.outcome.log.append(f"{said} -> {became}")

    # what is done -------------------------------------------------------------------------------------------------

    def _number(self, desk: Desk, seed: int) -> str:
        with desk.counter.store.read() as connection:
            found = connection.exec_driver_sql("SELECT number FROM cases ORDER BY number").scalars().all()
        if not found:
            raise Refused("no_case", "")
        return str(random.Random(seed).choice(found))

    def _act(self, desk: Desk, seed: int, what: str) -> str:
        return counters.act(desk.counter, what, self._number(desk, seed), seed)

    def _register(self, desk: Desk, seed: int, _what: str) -> str:
        number = counters.register(desk.counter, seed)
        desk.saved.add(number)
        return number

    def _cash(self, desk: Desk, seed: int, what: str) -> str:
        try:
            return money.act(desk.counter, what, seed)
        finally:
            desk.know()

    def _sync(self, desk: Desk, _seed: int, _what: str) -> str:
        result = counters.sync(desk.counter, desk.size)
        return f"{result.pushed} {result.pulled} {result.rejected}"

    def _files(self, desk: Desk, _seed: int, _what: str) -> str:
        return str(counters.files(desk.counter).send())

    def _fetch(self, desk: Desk, seed: int, _what: str) -> str:
        number = self._number(desk, seed)
        for one in attachments.listing(desk.counter, number):
            attachments.content(desk.counter, number, one)
        return number

    def _die(self, desk: Desk, seed: int, _what: str) -> str:
        """kill -9 in mid-write, and the next start."""
        choice = random.Random(seed)
        work = choice.choice(("register", "act", "sync", "sync", "fetch", "cash"))
        number = "" if work in ("register", "sync", "cash") else self._number(desk, seed)
        given: tuple[Any, ...] = {
            "register": (seed,),
            "sync": (),
            "fetch": (number,),
            "cash": (choice.choice([*money.DO]), seed),
        }.get(work, (choice.choice(("note", "step", "correct", "attach")), number, seed))
        desk.close()
        try:
            died = self.hatchery.die_in(work, choice.randrange(1, 30), str(desk.home), desk.key, *given)
        finally:
            desk.open()
        wrong = [check for check in verification.verify(desk.counter) if not check.ok]
        self.outcome.problems += [f"after a death: {check.name}: {check.detail}" for check in wrong]
        desk.know()
        return f"{work} {'died' if died else 'lived'}"

    def _restart(self, desk: Desk, _seed: int, _what: str) -> str:
        desk.close()
        desk.open()
        return "open"

    def _backup(self, desk: Desk, seed: int, _what: str) -> str:
        target = self.folder / f"backup-{desk.home.name}-{seed}.db"
        backups.back_up(desk.counter, target)
        desk.backup = (target, set(desk.saved), set(desk.receipts))
        return target.name

    def _restore(self, desk: Desk, seed: int, _what: str) -> str:
        """The PC broke: its newest backup on a new store, which joins anew. What had not gone anywhere is gone."""
        if desk.backup is None:
            raise Refused("no_backup", "")
        self._mend()
        source, saved, issued = desk.backup
        desk.close()
        backups.restore(desk.home, source, PASSPHRASE, desk.clock)
        desk.open()
        desk.saved, desk.receipts = set(saved), set(issued)
        code, _ = admin.enrol_code(url(self.folder), OFFICE_CODE)
        link.enrol(desk.counter.store, f"http://127.0.0.1:{self.port}", code, counters.VERSION)
        bundles.know_each_other(desk.counter.store)
        self._through_the_line(desk)
        return source.name

    def _clock(self, desk: Desk, seed: int, _what: str) -> str:
        desk.clock.error = timedelta(minutes=random.Random(seed).choice((0, -600, -7, 11, 3000)))
        return str(desk.clock.error)

    def _server_dies(self, _desk: Desk, _seed: int, _what: str) -> str:
        if self.up:
            self.hatchery.kill_server()
        self._start_server()
        return "up again"

    def _change_line(self, _desk: Desk, seed: int, _what: str) -> str:
        """Another kind of line from now on."""
        choice = random.Random(seed)
        self._mend()
        fault = choice.choice(("none", "none", "none", "cut", "lost answer", "cut answer", "noise", "none at all"))
        if fault == "cut":
            self.line.cut_after = choice.randrange(1, 6_000)
        elif fault == "lost answer":
            self.line.cut_answer_after = 0
        elif fault == "cut answer":
            self.line.cut_answer_after = choice.randrange(1, 3_000)
        elif fault == "noise":
            self.line.garble = True
        elif fault == "none at all":
            self.line.refuse = True
        return fault

    def _mend(self) -> None:
        self.line.cut_after = self.line.cut_answer_after = None
        self.line.garble = self.line.refuse = False

    def _bundle(self, desk: Desk, seed: int, _what: str) -> str:
        """By stick: there, taken once or twice, and back once, twice or never."""
        choice = random.Random(seed)
        stick, answer = self.folder / "stick.lao", self.folder / "stick.ack.lao"
        bundles.export(desk.counter.store, desk.counter.blobs, stick, counters.VERSION)
        database = Database(url(self.folder))
        try:
            store = open_store(database)
            for _ in range(choice.choice((1, 1, 2))):
                with stick.open("rb") as source, answer.open("wb") as target:
                    at_server.take(database, store, source, target)
        finally:
            database.close()
        times = choice.choice((0, 1, 1, 2))
        for _ in range(times):
            counters.take_answer(desk.counter, answer)
        return str(times)

    def _retry(self, desk: Desk, _seed: int, _what: str) -> str:
        from sync import outbox

        with desk.counter.store.write("admin") as work:
            return str(outbox.retry(work))

    # the end ------------------------------------------------------------------------------------------------------

    def _quiet(self) -> None:
        """Everything works again; everybody syncs until nothing moves."""
        self._mend()
        for desk in self.desks:
            desk.clock.error = timedelta()
        for _ in range(QUIET_ROUNDS):
            moved = 0
            for desk in self.desks:
                result = counters.sync(desk.counter, desk.size)
                sent = counters.files(desk.counter).send()
                moved += result.pushed + result.pulled + sent.sent + result.pending + sent.pending
            if not moved:
                return
        self.outcome.problems.append("never quiet")

    def _reckon(self) -> None:
        problems = self.outcome.problems
        pictures = [{**counters.picture_of(desk.counter), **money.picture_of(desk.counter)} for desk in self.desks]
        for place, other in enumerate(pictures[1:], start=1):
            problems += [
                f"counters 0 and {place} differ in {name}: {_difference(pictures[0][name], other[name])}"
                for name in other
                if pictures[0][name] != other[name]
            ]
        problems += [f"unplaced at {n}: {found['unplaced']}" for n, found in enumerate(pictures) if found["unplaced"]]
        self._reckon_counters()
        self._reckon_server(pictures[0])
        self._reckon_files()

    def _reckon_counters(self) -> None:
        problems = self.outcome.problems
        for place, desk in enumerate(self.desks):
            problems += [
                f"verify at {place}: {check.name}: {check.detail}"
                for check in verification.verify(desk.counter)
                if not check.ok
            ]
            with desk.counter.store.read() as connection:
                numbers = list(connection.exec_driver_sql("SELECT number FROM cases").scalars())
                held = connection.exec_driver_sql("SELECT code, reason FROM quarantine").fetchall()
                papers = {money.digest(text) for text in
                          connection.exec_driver_sql("SELECT document FROM receipt").scalars()}  # fmt: skip
            everywhere = set().union(*(one.saved for one in self.desks))
            if unseen := set().union(*(one.receipts for one in self.desks)) - papers:
                problems.append(f"{len(unseen)} receipts lost at {place}")
            problems += [f"{found} at {place}" for found in money.wrong_drawers(desk.counter)]
            wrong = money.wrong_at_server(url(self.folder), OFFICE_CODE, desk.counter)
            problems += [f"{found}, beside counter {place}" for found in wrong]
            if lost := everywhere - set(numbers):
                problems.append(f"lost at {place}: {sorted(lost)}")
            if len(numbers) != len(set(numbers)):
                problems.append(f"doubled at {place}")
            problems += [f"in quarantine at {place}: {row.code}" for row in held]

    def _reckon_server(self, picture: dict[str, Any]) -> None:
        problems = self.outcome.problems
        database = Database(url(self.folder))
        try:
            with database.read() as connection:
                cases = connection.exec_driver_sql("SELECT number, status FROM case_file ORDER BY number").fetchall()
                ids = connection.exec_driver_sql("SELECT id FROM log").scalars().all()
                waiting = connection.exec_driver_sql(
                    "SELECT count(*) FROM case_content WHERE received_at IS NULL"
                ).scalar()
        finally:
            database.close()
        if [tuple(row) for row in cases] != [(row[0], row[2]) for row in picture["cases"]]:
            problems.append("the server has other cases or states than the counters")
        if len(ids) != len(set(ids)):
            problems.append("an event twice on the server")
        if not {bytes(row[1]) for row in picture["events"]} <= {bytes(one) for one in ids}:
            problems.append("an event of the counters is not on the server")
        if waiting:
            problems.append(f"{waiting} files never came to the server")
        for row in admin.numbers_report(url(self.folder), OFFICE_CODE):
            problems += [f"{row['series']}: {row[key]} {key}" for key in ("unexplained", "duplicates") if row[key]]

    def _reckon_files(self) -> None:
        for place, desk in enumerate(self.desks):
            with desk.counter.store.read() as connection:
                numbers = connection.exec_driver_sql(
                    "SELECT DISTINCT c.number FROM attachment a JOIN cases c ON c.row = a.case_row"
                ).scalars().all()  # fmt: skip
            for number in numbers:
                for one in attachments.listing(desk.counter, number):
                    with suppress(CounterError):
                        if counters.digest(attachments.content(desk.counter, number, one)) == one.sha256:
                            continue
                    self.outcome.problems.append(f"file not whole at {place}")


DO: dict[str, Callable[[Run, Desk, int, str], str]] = {
    "register": Run._register, "sync": Run._sync, "files": Run._files, "fetch": Run._fetch, "die": Run._die,
    "restart": Run._restart, "backup": Run._backup, "restore": Run._restore, "clock": Run._clock,
    "server_dies": Run._server_dies, "line": Run._change_line, "bundle": Run._bundle, "retry": Run._retry,
    **dict.fromkeys(money.DO, Run._cash),
}  # fmt: skip


def _difference(mine: list[Any], other: list[Any]) -> str:
    gone, new = [row for row in mine if row not in other], [row for row in other if row not in mine]
    return f"{len(gone)} only there, {len(new)} only here, first {str((gone or new or ['order'])[0])[:300]}"


def run(seed: int, template: Path, folder: Path, hatchery: Hatchery, steps: int) -> Outcome:
    """One run; whatever goes wrong in it is a problem of its outcome."""
    one = Run(seed, template, folder, hatchery, steps)
    try:
        return one.go()
    except Exception as error:
        one.outcome.problems.append(f"{type(error).__name__}: {error}"[:500])
        return one.outcome
