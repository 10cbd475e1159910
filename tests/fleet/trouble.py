"""What goes wrong around the counters of the fleet: deaths, broken and replaced PCs, clocks, bad lines, sticks."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from app.domain.errors import Refused
from app.services import attachments, backups, verification
from sync import bundles
from sync.server import admin, device_admin
from sync.server import bundles as at_server
from sync.server.database import Database
from sync.server.files.store import open_store
from sync.server.relay.loop import Relay
from tests.fleet import counters, money, office
from tests.fleet.desks import PASSPHRASE, Desk
from tests.fleet.hatchery import HOUSE
from tests.integration.sync_support import OFFICE_CODE

if TYPE_CHECKING:
    from tests.fleet.run import Run

WEIGHTS = {
    "sync": 26, "files": 8, "fetch": 4, "die": 12, "restart": 3, "backup": 5, "restore": 3, "replace_pc": 2,
    "revoke": 1, "rejoin": 2, "clock": 3, "server_dies": 3, "server_dies_in_commit": 6, "line": 12, "late_requests": 5,
    "bundle": 4, "retry": 2, "send_on": 10,
}  # fmt: skip
FAULTS = ("none", "none", "none", "cut", "lost answer", "cut answer", "noise", "twice", "held", "none at all")
MINUTES = (0, 0, -7, 11, -600, 3_000, -4_000, 60 * 24 * 40)
"""What a clock may be wrong by."""


def _sync(_run: "Run", desk: Desk, _seed: int, _what: str) -> str:
    try:
        result = counters.sync(desk.counter, desk.size)
    finally:
        desk.acknowledged()
    return f"{result.pushed} {result.pulled} {result.rejected}"


def _files(_run: "Run", desk: Desk, _seed: int, _what: str) -> str:
    return str(counters.files(desk.counter).send())


def _fetch(run: "Run", desk: Desk, seed: int, _what: str) -> str:
    number = run.a_number(desk, seed)
    for one in attachments.listing(desk.counter, number):
        attachments.content(desk.counter, number, one)
    return number


def _destroy(_run: "Run", desk: Desk, seed: int, _what: str) -> str:
    return office.destroy(desk.counter, seed, lambda: _sync(_run, desk, seed, "sync"))


def _die(run: "Run", desk: Desk, seed: int, _what: str) -> str:
    """kill -9 in mid-write, and the next start."""
    choice = random.Random(seed)
    work = choice.choice(("register", "act", "sync", "sync", "fetch", "cash", "cash", "keep"))
    number = run.a_number(desk, seed) if work in ("act", "fetch") else ""
    given: tuple[Any, ...] = {
        "register": (seed,),
        "sync": (),
        "fetch": (number,),
        "cash": (choice.choice([*money.DO]), seed),
        "keep": (choice.choice([*office.DO, "destroy", "destroy"]), seed),
        "act": (choice.choice(("note", "step", "correct", "attach", "assign")), number, seed),
    }[work]
    desk.close()
    try:
        died = run.hatchery.die_in(work, choice.randrange(1, 30), str(desk.home), desk.key, *given)
    finally:
        desk.open()
    wrong = [check for check in verification.verify(desk.counter) if not check.ok]
    run.outcome.problems += [f"after a death: {check.name}: {check.detail}" for check in wrong]
    return f"{work} {given[0] if given else ''} {'died' if died else 'lived'}"


def _restart(_run: "Run", desk: Desk, _seed: int, _what: str) -> str:
    desk.close()
    desk.open()
    return "open"


def _backup(run: "Run", desk: Desk, seed: int, _what: str) -> str:
    target = run.folder / f"backup-{desk.home.name}-{seed}.db"
    backups.back_up(desk.counter, target)
    desk.know()
    desk.keep_backup(target)
    return target.name


def _restore(run: "Run", desk: Desk, seed: int, _what: str) -> str:
    """The PC broke: its newest backup on a new store, which joins anew. What had not gone anywhere is gone."""
    if desk.backup is None:
        return _backup(run, desk, seed, "backup")
    source, saved = desk.backup
    before, database = desk.counter.store_id, run.database(run.server_of(desk))
    if random.Random(seed).random() < 0.5:
        code, _ = admin.enrol_code(database, OFFICE_CODE)
    else:
        code = str(device_admin.replace(database, OFFICE_CODE, before, "เครื่องเสีย", "admin", give_up=False)["code"])
    desk.close()
    backups.restore(desk.home, source, PASSPHRASE, desk.clock)
    desk.open()
    desk.saved, desk.outside = saved, True
    desk.keep_backup(source)
    _is_new(run, desk)
    run.join(desk, code)
    return source.name


def _replace_pc(run: "Run", desk: Desk, seed: int, _what: str) -> str:
    """The PC is gone for good, and there is no backup: another one joins, the numbers of the old one are given up."""
    if not run.spare:
        raise Refused("no_spare", "")
    database = run.database(run.server_of(desk))
    told = device_admin.replace(database, OFFICE_CODE, desk.counter.store_id, f"เครื่องหาย {seed}", "admin", give_up=True)
    desk.burn()
    desk.close()
    desk.home, desk.backup, desk.saved = run.spare.pop(), None, type(desk.saved)()
    desk.key, desk.outside = run.key_of(desk.home), True
    desk.open()
    _is_new(run, desk)
    run.join(desk, str(told["code"]))
    return f"{told['returned']} numbers returned"


def _is_new(run: "Run", desk: Desk) -> None:
    if desk.counter.store_id in run.office.stores:
        run.outcome.problems.append(f"counter {desk.place} has the id of a store that there was before")


def _revoke(run: "Run", desk: Desk, seed: int, _what: str) -> str:
    """Shut out by mistake; the counter hears it at its next sync and issues no number any more."""
    database = run.database(run.server_of(desk))
    device_admin.revoke(database, OFFICE_CODE, desk.counter.store_id, f"หายไป {seed}")
    desk.outside = True
    return "shut out"


def rejoin(run: "Run", desk: Desk, _seed: int, _what: str) -> str:
    """Let a counter that was shut out join again, with everything it has."""
    if not desk.outside:
        raise Refused("inside", "")
    code, _ = admin.enrol_code(run.database(run.server_of(desk)), OFFICE_CODE)
    run.join(desk, code)
    return "joined"


def _clock(_run: "Run", desk: Desk, seed: int, _what: str) -> str:
    desk.clock.error = timedelta(minutes=random.Random(seed).choice(MINUTES))
    return str(desk.clock.error)


def _a_server(run: "Run", seed: int) -> int:
    return random.Random(seed).choice([*run.ports])


def _server_dies(run: "Run", _desk: Desk, seed: int, _what: str) -> str:
    which = _a_server(run, seed)
    run.hatchery.kill_server(which)
    run.start_server(which)
    return f"{which} up again"


def _server_dies_in_commit(run: "Run", desk: Desk, seed: int, _what: str) -> str:
    """The next sync finds a server that is killed before one of its writing statements."""
    which = _a_server(run, seed)
    run.hatchery.light(which, random.Random(seed).randrange(1, 40))
    if which == HOUSE and not desk.behind:
        run.send_on()
    return _sync(run, desk, seed, "sync")


def _line(run: "Run", _desk: Desk, seed: int, _what: str) -> str:
    """Another kind of line from now on."""
    choice = random.Random(seed)
    run.mend()
    line, fault = run.lines[_a_server(run, seed)], choice.choice(FAULTS)
    if fault == "cut":
        line.cut_after = choice.randrange(1, 6_000)
    elif fault == "lost answer":
        line.cut_answer_after = 0
    elif fault == "cut answer":
        line.cut_answer_after = choice.randrange(1, 3_000)
    elif fault == "noise":
        line.garble = True
    elif fault == "none at all":
        line.refuse = True
    elif fault == "twice":
        line.twice = True
    elif fault == "held":
        line.hold = True
    return fault


def _late_requests(run: "Run", _desk: Desk, seed: int, _what: str) -> str:
    """What a line had held back arrives after all, after later ones and in another order."""
    choice = random.Random(seed)
    return str(sum(line.release(choice.shuffle) for line in run.lines.values()))


def _bundle(run: "Run", desk: Desk, seed: int, _what: str) -> str:
    """By stick: there, taken once or twice, and back once, twice or never."""
    choice = random.Random(seed)
    stick, answer = run.folder / "stick.lao", run.folder / "stick.ack.lao"
    bundles.export(desk.counter.store, desk.counter.blobs, stick, counters.VERSION)
    database = Database(run.database(run.server_of(desk)))
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
    desk.acknowledged()
    return str(times)


def _retry(_run: "Run", desk: Desk, _seed: int, _what: str) -> str:
    from sync import outbox

    with desk.counter.store.write("admin") as work:
        return str(outbox.retry(work))


def _send_on(run: "Run", desk: Desk, seed: int, _what: str) -> str:
    """The office's own server sends on, by itself or by hand, and may die of it; elsewhere one more sync."""
    if not run.has_house:
        return _sync(run, desk, seed, "sync")
    if not run.by_hand:
        return "by itself"
    choice = random.Random(seed)
    if choice.random() < 0.25:
        died = run.hatchery.die_in("send_on", choice.randrange(1, 40), run.database(HOUSE))
        return "died" if died else "lived"
    return str(run.send_on())


def die_sending_on(database_url: str) -> None:
    """For the hatchery."""
    database = Database(database_url)
    relay = Relay(database, open_store(database), **counters.FAST)
    relay.sync()
    relay.send_files()


DEATHS = {**counters.DEATHS, **money.DEATHS, **office.DEATHS, "send_on": die_sending_on}
DO: dict[str, Callable[["Run", Desk, int, str], str]] = {
    "sync": _sync, "files": _files, "fetch": _fetch, "die": _die, "restart": _restart, "backup": _backup,
    "restore": _restore, "replace_pc": _replace_pc, "revoke": _revoke, "rejoin": rejoin, "clock": _clock,
    "server_dies": _server_dies, "server_dies_in_commit": _server_dies_in_commit, "line": _line,
    "late_requests": _late_requests, "bundle": _bundle, "retry": _retry, "send_on": _send_on, "destroy": _destroy,
}  # fmt: skip
