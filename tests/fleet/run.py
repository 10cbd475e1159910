"""One seeded run: three counters and a server through random work and misfortune, then quiet, then the reckoning.

In every fourth run one of the counters works with the office's own server, which sends on to the central one.
"""

import random
import shutil
import time
from collections import Counter as Tally
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from app.catalog.documents import to_document
from app.catalog.loader import load_builtin
from app.domain.errors import Refused, Unavailable
from app.services import corrections, offices, setup
from app.store import keys
from sync import bundles, link
from sync.server import admin, app
from sync.server.database import Database
from sync.server.files.store import open_store
from sync.server.relay.link import Upstream
from sync.server.relay.loop import Relay
from tests.fleet import counters, money, office, reckoning, trouble
from tests.fleet.desks import PASSPHRASE, Desk, Office
from tests.fleet.hatchery import CENTRAL, HOUSE, Hatchery, free_port, url
from tests.integration.support.fault_line import FaultLine
from tests.integration.sync_support import LIMITS, OFFICE, OFFICE_CODE

COUNTERS, SPARE = 3, 2
"""Counters that work, and PCs that stand ready in their boxes."""
QUIET_ROUNDS = 15
JOIN_TRIES = 5
CASES = 2
"""Petitions and permits that every counter has when a run begins."""
HOUSE_NAME = "office"
CHEAP = {"time_cost": 1, "memory_cost": 64}
"""Of the passphrase that wraps the key: how long guessing takes is nothing that a run of the fleet shows."""


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


@dataclass(frozen=True)
class Quarrel:
    """Two counters put a field right apart from each other. values: the event (hex) of each, and what it said."""

    number: str
    field: str
    values: dict[str, str]


def make_templates(folder: Path) -> None:
    """What every run begins with, copied for each: `alone` three counters that have joined the central server, `house`
    the same with the third behind the office's own server; in both `pc0`, `pc1`, set up and not yet joined."""
    document = offices.check_office({**OFFICE})
    with patch.dict(keys.ARGON2, CHEAP):
        for place in range(COUNTERS + SPARE):
            home = folder / "alone" / (f"home{place}" if place < COUNTERS else f"pc{place - COUNTERS}")
            person = setup.Administrator("somying", "a long enough password", "สมหญิง ทดสอบ")
            setup.set_up(
                home, document, load_builtin().values(), person, counters.Clock(), PASSPHRASE,
                counter_name=f"เคาน์เตอร์ {place + 1}", join=lambda _work: None,
            )  # fmt: skip
    alone, house = folder / "alone", folder / "house"
    admin.add_office(url(alone), document, [to_document(service) for service in load_builtin().values()])
    with app.background(url(alone), limits=LIMITS) as address:
        for place in range(COUNTERS - 1):
            _join(alone / f"home{place}", address, url(alone))
    shutil.copytree(alone, house)
    with app.background(url(alone), limits=LIMITS) as address:
        _join(alone / f"home{COUNTERS - 1}", address, url(alone))
    with app.background(url(house), limits=LIMITS) as address:
        code, _ = admin.enrol_code(url(house), OFFICE_CODE, relay=True)
        upstream = Upstream(address, code, counters.VERSION)
        with app.background(url(house, HOUSE_NAME), limits=LIMITS, upstream=upstream) as inside:
            _join(house / f"home{COUNTERS - 1}", inside, url(house, HOUSE_NAME))


def _join(home: Path, address: str, database_url: str) -> None:
    counter = setup.open_counter(home, counters.Clock(), PASSPHRASE, load_builtin().values())
    code, _ = admin.enrol_code(database_url, OFFICE_CODE)
    link.enrol(counter.store, address, code, counters.VERSION)
    bundles.know_each_other(counter.store)
    for seed in range(CASES):  # so that a run does not begin with nothing to do
        counters.register(counter, seed)
        money.permit(counter)
    counters.sync(counter)
    counter.close()


class Run:
    """One run in its own folder."""

    def __init__(self, seed: int, templates: Path, folder: Path, hatchery: Hatchery, steps: int) -> None:
        self.random = random.Random(seed)
        self.folder = folder
        self.hatchery = hatchery
        self.steps = steps
        self.outcome = Outcome(seed)
        self.has_house = seed % 4 == 0
        self.by_hand = seed % 8 == 4
        template = templates / ("house" if self.has_house else "alone")
        shutil.copytree(template, folder, dirs_exist_ok=True)
        self.office = Office()
        self.desks = [self._desk(n, folder / f"home{n}") for n in range(COUNTERS)]
        self.spare = [folder / f"pc{n}" for n in range(SPARE)]
        self.quarrels: list[Quarrel] = []
        self.ports = {CENTRAL: free_port()}
        self.lines = {CENTRAL: FaultLine(f"http://127.0.0.1:{self.ports[CENTRAL]}")}
        if self.has_house:
            self.ports[HOUSE] = free_port()
            self.lines[HOUSE] = FaultLine(f"http://127.0.0.1:{self.ports[HOUSE]}")

    def key_of(self, home: Path) -> bytes:
        """What opens a PC's database."""
        return keys.load_key(home, PASSPHRASE)

    def _desk(self, place: int, home: Path) -> Desk:
        desk = Desk(place, home, self.key_of(home), self.office)
        desk.behind = self.has_house and place == COUNTERS - 1
        return desk

    def go(self) -> Outcome:
        """Do it all."""
        started = time.monotonic()
        for one in self.lines.values():
            one.__enter__()
        try:
            for which in self.ports:
                self.start_server(which)
            if self.has_house:
                self._send_on_through_the_line()
            for desk in self.desks:
                desk.open()
                self.office.stores.add(desk.counter.store_id)
                self.through_the_line(desk)
                desk.know()
            for _ in range(self.steps):
                self._step()
            self._quiet()
            self.outcome.problems += reckoning.reckon(self)
        finally:
            for desk in self.desks:
                desk.close()
            for which, line in self.lines.items():
                line.__exit__()
                self.hatchery.kill_server(which)
        self.outcome.seconds = time.monotonic() - started
        return self.outcome

    # servers and lines --------------------------------------------------------------------------------------------

    def server_of(self, desk: Desk) -> int:
        """The one that a counter syncs with."""
        return HOUSE if desk.behind else CENTRAL

    def database(self, which: int) -> str:
        """A server's."""
        return url(self.folder, HOUSE_NAME) if which == HOUSE else url(self.folder)

    def start_server(self, which: int) -> None:
        """Start it, killed before where it runs."""
        by_hand = self.by_hand or which == CENTRAL
        self.hatchery.serve(which, self.database(which), self.ports[which], by_hand=by_hand)

    def through_the_line(self, desk: Desk) -> None:
        """Have a counter reach its server by a line with faults."""
        with desk.counter.store.write("test") as work:
            address = self.lines[self.server_of(desk)].url
            work.run("UPDATE meta SET value = ? WHERE key = 'server_url'", (address,))
        desk.counter.reload()

    def _send_on_through_the_line(self) -> None:
        database = Database(self.database(HOUSE))
        try:
            with database.write() as connection:
                connection.exec_driver_sql("UPDATE upstream SET url = ?", (self.lines[CENTRAL].url,))
        finally:
            database.close()

    def send_on(self) -> int:
        """What the office's own server does by itself, done now: records both ways, and files."""
        database = Database(self.database(HOUSE))
        try:
            relay = Relay(database, open_store(database), **counters.FAST)
            return relay.sync() + relay.send_files()
        finally:
            database.close()

    def mend(self) -> None:
        """Every line is good from now on."""
        for line in self.lines.values():
            line.cut_after = line.cut_answer_after = None
            line.garble = line.refuse = line.twice = line.hold = False

    def join(self, desk: Desk, code: str) -> None:
        """Enrol a counter; its line is good and the servers stand while that is done."""
        self.mend()
        for which in self.ports:
            self.hatchery.light(which, 0)
        address = f"http://127.0.0.1:{self.ports[self.server_of(desk)]}"
        for tries_left in reversed(range(JOIN_TRIES)):  # nobody works at a new PC before it has joined
            self._revive()
            try:
                link.enrol(desk.counter.store, address, code, counters.VERSION)
                bundles.know_each_other(desk.counter.store)
                break
            except Unavailable:
                if not tries_left:
                    raise
        self.office.stores.add(desk.counter.store_id)
        desk.outside = False
        self.through_the_line(desk)

    # the steps ----------------------------------------------------------------------------------------------------

    def _step(self) -> None:
        what = self.random.choices([*WORK], [*WORK.values()])[0]
        place, seed = self.random.randrange(COUNTERS), self.random.randrange(10**9)
        desk = self.desks[place]
        try:
            became = DO[what](self, desk, seed, what)
            self.outcome.done[what] += 1
        except (Refused, Unavailable) as error:
            became = error.code
            self.outcome.done[f"{what}: {error.code}"] += 1
        desk.know()
        self.outcome.log.append(f"{place} {what} {seed} -> {became}")
        self._revive()

    def _revive(self) -> None:
        """Start what has died of a fuse."""
        for which in self.ports:
            if self.hatchery.burnt(which):
                self.start_server(which)
                self.outcome.done["a server died in mid-commit"] += 1

    def a_number(self, desk: Desk, seed: int) -> str:
        """One of the cases that the counter knows of. Refused "no_case"."""
        found = desk.cases()
        if not found:
            raise Refused("no_case", "")
        return random.Random(seed).choice(found)

    # the end ------------------------------------------------------------------------------------------------------

    def _quiet(self) -> None:
        """Everything works again; everybody syncs until nothing moves, settles what is in conflict, and syncs again."""
        self.mend()
        for which in self.ports:
            self.hatchery.light(which, 0)
        for line in self.lines.values():
            line.release(lambda held: None)
        if self.has_house:  # from here it sends on when it is told to, so that it is known when all is done
            self.by_hand = True
            self.start_server(HOUSE)
        for desk in self.desks:
            desk.clock.error = timedelta()
            if desk.outside:
                trouble.rejoin(self, desk, 0, "rejoin")
        if not self._all_synced():
            return
        given_up = [number for desk in self.desks for number in office.give_up_holds(desk.counter)]
        self.outcome.done["holds given up for a destruction"] += len(given_up)
        if given_up and not self._all_synced():
            return
        if self.outcome.seed % 2:
            self.outcome.done["conflicts settled at the end"] += counters.settle_conflicts(
                self.desks[0].counter, self.outcome.seed
            )
            if self._all_synced():
                left = [len(corrections.conflicts(desk.counter)) for desk in self.desks]
                self.outcome.problems += [f"conflicts left after they were settled: {left}"] * any(left)

    def _all_synced(self) -> bool:
        for _ in range(QUIET_ROUNDS):
            moved = 0
            for desk in self.desks:
                result = counters.sync(desk.counter, desk.size)
                sent = counters.files(desk.counter).send()
                moved += result.pushed + result.pulled + sent.sent + result.pending + sent.pending
                desk.know()
                desk.acknowledged()
            if self.has_house:
                moved += self.send_on()
            if not moved:
                return True
        self.outcome.problems.append("never quiet")
        return False


Step = Callable[[Run, Desk, int, str], Any]


def _act(run: Run, desk: Desk, seed: int, what: str) -> str:
    return counters.act(desk.counter, what, run.a_number(desk, seed), seed)


def _register(_run: Run, desk: Desk, seed: int, _what: str) -> str:
    number = counters.register(desk.counter, seed)
    desk.saved.numbers.add(number)
    return number


def _cash(_run: Run, desk: Desk, seed: int, what: str) -> str:
    done = money.act(desk.counter, what, seed)
    desk.told(done)
    return done.text


def _keep(_run: Run, desk: Desk, seed: int, what: str) -> str:
    return office.DO[what](desk.counter, seed)


def _quarrel(run: Run, desk: Desk, seed: int, _what: str) -> str:
    """Two counters put the same field of one case right without hearing of each other."""
    choice = random.Random(seed)
    other = choice.choice([one for one in run.desks if one is not desk])
    known = sorted(set(desk.cases()) & set(other.cases()))
    if not known:
        raise Refused("not_there_yet", "")
    number, key = choice.choice(known), choice.choice(counters.FIELDS)
    values = {}
    for one, nth in ((desk, seed), (other, seed + 1)):
        value = counters.correct(one.counter, number, key, nth)
        values[one.newest_event()] = value
        one.know()
    run.quarrels.append(Quarrel(number, key, values))
    return f"{number} {key} with {other.place}"


def _work() -> tuple[dict[str, int], dict[str, Step]]:
    weights = {
        "register": 16, "note": 7, "step": 12, "correct": 7, "attach": 7, "assign": 2, "choose": 5, "quarrel": 6,
        "permit": 4, "pay": 16, "void": 7, "cheque": 6, "paper": 4, "close_day": 2, "hand_over": 4,
        "setting": 3, "division": 2, "account": 2, "hold": 2, "confirm_clock": 2, "issue_permit": 4, "destroy": 5,
        **trouble.WEIGHTS,
    }  # fmt: skip
    do: dict[str, Step] = {
        **dict.fromkeys(("note", "step", "correct", "attach", "assign", "choose"), _act),
        "register": _register, "quarrel": _quarrel, **dict.fromkeys(money.DO, _cash),
        **dict.fromkeys(office.DO, _keep), **trouble.DO,
    }  # fmt: skip
    return weights, do


def run(seed: int, templates: Path, folder: Path, hatchery: Hatchery, steps: int) -> Outcome:
    """One run; whatever goes wrong in it is a problem of its outcome."""
    one = Run(seed, templates, folder, hatchery, steps)
    try:
        return one.go()
    except Exception as error:
        one.outcome.problems.append(f"{type(error).__name__}: {error}"[:500])
        return one.outcome


WORK, DO = _work()
