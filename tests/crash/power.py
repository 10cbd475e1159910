"""Power cuts: a real command is traced, its files are rebuilt as a disk would hold them at random moments, and opened.

register: nothing acknowledged is lost, nothing half written. init: the home is whole, or may be set up anew.
restore: the home is whole, with the old register or the new one. backup: once acknowledged, the file can be restored.
"""

import json
import random
import shutil
import time
from collections import Counter as Tally
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.services import setup
from tests.crash.disk import POLICIES, Disk, Policy
from tests.crash.examine import examine
from tests.crash.trace import Event, Said, Synced, record
from tests.integration.support import command, homes, petitions

BACKUP = "backup.db"
Problems = list[str]
"""Each thing that went wrong: "lost", "altered", "half", or "damaged (…)" with the check that found it."""


@dataclass(frozen=True)
class Outcome:
    """What was seen at all cuts of one command under one policy."""

    name: str
    policy: Policy
    cuts: int
    acknowledged: int
    syncs_each: float
    seconds: float
    problems: Tally[str] = field(default_factory=Tally)

    @property
    def ok(self) -> bool:
        return not self.problems

    def __str__(self) -> str:
        words = dict.fromkeys(("lost", "half", "damaged"), 0) | self.problems
        counted = ", ".join(f"{count} {word}" for word, count in words.items())
        return (
            f"power cut {self.name} {self.policy}: {self.cuts} cuts, {self.acknowledged} acknowledged, {counted}, "
            f"{self.syncs_each:.2f} syncs each, {self.seconds:.0f} s"
        )


@dataclass(frozen=True)
class Trial:
    """A command on a home, and how its remains are judged: (rebuilt home, what was said) -> problems."""

    home: Path
    words: Sequence[command.Argument]
    judge: Callable[[Path, list[str]], Problems]
    stdin: bytes = b""


def _register(folder: Path, lines: int, seed: int) -> Trial:
    home, data = homes.make(folder / "home"), petitions.many(seed, lines)

    def judge(rebuilt: Path, said: list[str]) -> Problems:
        return _whole(rebuilt, [json.loads(line)["number"] for line in said], data)

    words = ("register", "petition", "-", "--lines", "--json", "--no-print")
    return Trial(home, words, judge, petitions.lines(data))


def _init(folder: Path, _lines: int, _seed: int) -> Trial:
    settings = folder / "office.toml"
    settings.write_text("\n".join(f"{key} = {json.dumps(value)}" for key, value in homes.OFFICE.items()), "utf-8")
    (folder / "home").mkdir()

    def judge(rebuilt: Path, said: list[str]) -> Problems:
        if setup.is_set_up(rebuilt):
            return _whole(rebuilt, [], [])
        homes.make(rebuilt)
        return _whole(rebuilt, [], []) + (["lost"] if said else [])

    return Trial(folder / "home", ("init", settings, "--admin", homes.USERNAME, "--json"), judge)


def _restore(folder: Path, lines: int, seed: int) -> Trial:
    home, data = homes.make(folder / "home"), petitions.many(seed, min(lines, 100))
    numbers = _registered(home, data[: len(data) // 2])
    command.run(home, "backup", folder / BACKUP)
    numbers += _registered(home, data[len(data) // 2 :])

    def judge(rebuilt: Path, said: list[str]) -> Problems:
        with homes.opened(rebuilt) as counter, counter.store.read() as connection:
            renewed = connection.exec_driver_sql("SELECT 1 FROM audit WHERE action = 'restored'").fetchone()
        known = numbers[: len(data) // 2] if renewed else numbers
        return _whole(rebuilt, known, data) + (["lost"] if said and not renewed else [])

    return Trial(home, ("restore", folder / BACKUP, "--json"), judge)


def _backup(folder: Path, lines: int, seed: int) -> Trial:
    home, data = homes.make(folder / "home"), petitions.many(seed, min(lines, 100))
    numbers = _registered(home, data)
    (home / "usb").mkdir()

    def judge(rebuilt: Path, said: list[str]) -> Problems:
        problems = _whole(rebuilt, numbers, data)
        if not (rebuilt / "usb" / BACKUP).exists():
            return problems + (["lost"] if said else [])
        answer = command.run(rebuilt, "restore", rebuilt / "usb" / BACKUP)
        return problems + (["damaged"] if answer.code else _whole(rebuilt, numbers, data))

    return Trial(home, ("backup", home / "usb" / BACKUP, "--json"), judge)


TRIALS: dict[str, Callable[[Path, int, int], Trial]] = {
    "register": _register,
    "init": _init,
    "restore": _restore,
    "backup": _backup,
}


def _registered(home: Path, data: list[dict[str, Any]]) -> list[str]:
    words = ("register", "petition", "-", "--lines", "--json", "--no-print")
    return [row["number"] for row in command.run(home, *words, stdin=petitions.lines(data)).rows]


def _whole(home: Path, acknowledged: list[str], data: list[dict[str, Any]]) -> Problems:
    found = examine(home, acknowledged, data)
    problems = ["lost"] * len(found.lost) + ["altered"] * len(found.altered) + ["half"] * found.half
    return problems + [f"damaged ({text})" for text in found.wrong if not text.startswith("cases:")]


def trial(name: str, folder: Path, cuts: int, lines: int, seed: int = 66) -> list[Outcome]:
    """Trace one command, and cut its power `cuts` times under each policy."""
    folder.mkdir(parents=True, exist_ok=True)
    planned = TRIALS[name](folder, lines, seed)
    before = Disk(planned.home)
    events, code = record(planned.home, planned.words, planned.stdin, folder / "trace")
    if code:
        raise RuntimeError(f"{name} ended with {code} under strace")
    return [_outcome(name, planned, before, events, policy, cuts, seed) for policy in POLICIES]


def _outcome(
    name: str, planned: Trial, before: Disk, events: list[Event], policy: Policy, cuts: int, seed: int
) -> Outcome:
    started, source = time.monotonic(), random.Random(seed)
    disk = before.as_it_was()
    acknowledged, problems, done = 0, Tally[str](), 0
    # the end is always among them: everything was said, and the next thing is the power
    for moment in sorted([*(source.randint(1, len(events)) for _ in range(cuts - 1)), len(events)]):
        for event in events[done:moment]:
            disk.apply(event)
        done = moment
        rebuilt = Path(f"{planned.home}-rebuilt")
        rebuilt.mkdir()
        disk.after_power_cut(rebuilt, policy, source)
        problems.update(planned.judge(rebuilt, list(disk.said)))
        acknowledged += len(disk.said)
        shutil.rmtree(rebuilt)
    syncs, said = (sum(isinstance(event, kind) for event in events) for kind in (Synced, Said))
    return Outcome(name, policy, cuts, acknowledged, syncs / max(1, said), time.monotonic() - started, problems)
