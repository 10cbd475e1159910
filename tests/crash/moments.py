"""Every write path, stopped at its writing statements one after the other: by kill -9, or by a disk that takes no more.

Each attempt is a process of its own (a fork) on a copy of one home. Killed before a statement, or just after the whole
was done and before anybody heard of it: the register is as before or as after, nothing between; it verifies; and doing
the same again leads to where it would have led. A disk that takes no more: refused with the clerk's words, nothing
changed, and the same open counter goes on when there is room again.

`python -m tests.crash.moments` runs all paths and prints one JSON document a line.
"""

import argparse
import json
import os
import re
import resource
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2 as sqlcipher

from app.domain.errors import CounterError, Refused, Unavailable
from tests.support import hashes, kept

MOMENTS = 7
NO_SPACE = {
    "disk_full",
    "disk_fault",
    "file_unwritable",
    "backup_failed",
    "restore_failed",
    "server_database",
    "server_files",
}
WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE|COMMIT|CREATE|ALTER|DROP)\b", re.IGNORECASE)
NAMELESS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}|[0-9a-f]{24,}|\bh[a-z0-9]{24,}\b")

State = Mapping[str, Any]
"""Everything that is kept, in a form that two runs of the same work share: ids and hashes are left out."""


@dataclass(frozen=True)
class Place:
    """Where a path writes. open: the folder -> what `act` gets; state and check look at the closed folder."""

    open: Callable[[Path], Any]
    state: Callable[[Path], State]
    check: Callable[[Path], list[str]]


@dataclass(frozen=True)
class WritePath:
    """One thing that writes. prepare: brings the folder to where it begins, returns what `act` needs besides.

    repeats: done twice, it is there twice (a second petition). steps: several transactions, each whole by itself.
    """

    name: str
    place: Place
    prepare: Callable[[Any], Any]
    act: Callable[[Any, Any], object]
    repeats: bool = False
    steps: bool = False


@dataclass
class Outcome:
    """What was seen. statements: how many writes the whole takes."""

    name: str
    statements: int = 0
    kills: int = 0
    full_disks: int = 0
    problems: list[str] = field(default_factory=list)


class _Stop:
    """Counts the writing statements of this process, and does something before one of them."""

    def __init__(self) -> None:
        self.armed = False
        self.seen = 0
        self.at = 0
        self.do: Callable[[], object] = lambda: None

    def arm(self, at: int, do: Callable[[], object]) -> None:
        self.armed, self.seen, self.at, self.do = True, 0, at, do

    def heard(self, statement: str) -> None:
        if self.armed and WRITES.match(statement):
            self.seen += 1
            if self.seen == self.at:
                self.do()


STOP = _Stop()


def listen() -> None:
    """From now on every connection of this process tells its statements to STOP."""
    connect = sqlcipher.connect

    def telling(*arguments: Any, **options: Any) -> Any:
        connection = connect(*arguments, **options)
        connection.set_trace_callback(STOP.heard)
        return connection

    sqlcipher.connect = telling


def try_out(path: WritePath, template: Path, folder: Path, most: int = MOMENTS) -> Outcome:
    """Stop the path at `most` of its moments, by both means."""
    outcome = Outcome(path.name)
    begin = folder / "begin"
    shutil.copytree(template, begin)
    with _opened(path.place, begin) as it:
        given = path.prepare(it)
    before = path.place.state(begin)
    whole = _copied(begin, folder / "whole")
    counted = _in_a_fork(lambda: _count(path, whole, given))
    if not isinstance(counted, int):
        return replace(outcome, problems=[f"undisturbed: {counted}"])
    outcome.statements = counted
    after = path.place.state(whole)
    if after == before or not outcome.statements:
        outcome.problems.append("writes nothing")
    for moment in _moments(outcome.statements, most):
        outcome.kills += 1
        home = _copied(begin, folder / f"killed-{moment}")
        _in_a_fork(lambda home=home, moment=moment: _killed(path, home, given, moment))
        outcome.problems += [f"killed at {moment}: {one}" for one in _judge(path, home, given, before, after)]
        shutil.rmtree(home)
    middle = max(1, outcome.statements // 2)
    for moment in {1, middle, outcome.statements} if most >= MOMENTS else {middle}:
        outcome.full_disks += 1
        home = _copied(begin, folder / f"full-{moment}")
        told = _in_a_fork(lambda home=home, moment=moment: _full(path, home, given, moment, before, after))
        problems = (told or []) + _judge(path, home, given, before, after)
        outcome.problems += [f"full at {moment}: {one}" for one in problems]
        shutil.rmtree(home)
    return outcome


def _moments(statements: int, most: int) -> list[int]:
    """At most `most` of 1 .. statements + 1, both ends among them; the last is after the whole."""
    last = statements + 1
    if last <= most:
        return list(range(1, last + 1))
    return sorted({1 + (last - 1) * step // (most - 1) for step in range(most)})


def _copied(begin: Path, target: Path) -> Path:
    shutil.copytree(begin, target)
    return target


@contextmanager
def _opened(place: Place, home: Path) -> Iterator[Any]:
    it = place.open(home)
    try:
        yield it
    finally:
        it.close()


def _in_a_fork(work: Callable[[], Any]) -> Any:
    """What `work` returns in a child, None where it was killed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            answer = json.dumps(work())
        except BaseException as error:
            answer = json.dumps([f"{type(error).__name__}: {error}"])
        with open(writing, "w") as pipe:  # noqa: PTH123 - a descriptor
            pipe.write(answer)
        os._exit(0)
    os.close(writing)
    with open(reading) as pipe:  # noqa: PTH123 - a descriptor
        answer = pipe.read()
    os.waitpid(child, 0)
    return json.loads(answer) if answer else None


def _count(path: WritePath, home: Path, given: Any) -> int:
    with _opened(path.place, home) as it:
        STOP.arm(0, lambda: None)
        path.act(it, given)
        return STOP.seen


def _killed(path: WritePath, home: Path, given: Any, moment: int) -> None:
    it = path.place.open(home)
    STOP.arm(moment, _kill)
    path.act(it, given)
    _kill()


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
    threading.Event().wait()


def _full(path: WritePath, home: Path, given: Any, moment: int, before: State, after: State) -> list[str]:
    problems: list[str] = []
    with _opened(path.place, home) as it:
        _usual, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        sys.dont_write_bytecode = True  # Python 3.11 leaves half a compiled module where a file may not grow
        STOP.arm(moment, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard)))
        refused = ""
        try:
            path.act(it, given)
        except Unavailable as error:
            refused = error.code
            if error.code not in NO_SPACE or not error.title or not error.hint:
                problems.append(f"told as {error.code}")
        except Exception as error:
            problems.append(f"told as {type(error).__name__}")
        STOP.armed = False
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        sys.dont_write_bytecode = False
        if refused and not path.steps:
            path.act(it, given)
    if refused and not path.steps and path.place.state(home) != after:
        problems.append("not where it would have been after a second try")
    return problems


def _judge(path: WritePath, home: Path, given: Any, before: State, after: State) -> list[str]:
    """What is wrong with a folder that was left behind, and with doing the same in it again."""
    problems = path.place.check(home)
    found = path.place.state(home)
    if found not in (before, after) and not path.steps:
        problems.append(f"half done: {_difference(found, after)}")
    done = found == after
    refused = False
    with _opened(path.place, home) as it:
        try:
            path.act(it, given)
        except Refused:
            refused = True
        except CounterError as error:
            problems.append(f"a second try: {error.code}")
    again = path.place.state(home)
    if refused and not done and not path.steps:
        problems.append("a second try is refused although nothing was done")
    if again != after and not (done and path.repeats):
        problems.append(f"a second try leads elsewhere: {_difference(again, after)}")
    return problems + path.place.check(home)


def _difference(found: State, wanted: State) -> str:
    return ", ".join(sorted(name for name in {*found, *wanted} if found.get(name) != wanted.get(name)))


def nameless(value: Any) -> Any:
    """A value of a row without what is made anew at every run."""
    if isinstance(value, bytes):
        return "bytes"
    return NAMELESS.sub("#", value) if isinstance(value, str) else value


def main() -> int:
    """Run the named paths, or all, and tell each outcome."""
    from tests.crash import write_paths

    parser = argparse.ArgumentParser(prog="python -m tests.crash.moments", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(write_paths.NAMES))
    parser.add_argument("--moments", type=int, default=MOMENTS, metavar="N", help="kills of each path")
    arguments = parser.parse_args()
    listen()
    failed = False
    with hashes.cheap(), kept.readings(), tempfile.TemporaryDirectory(prefix="lao-counter-moments-") as folder:
        for template, paths in write_paths.everything(Path(folder)):
            for path in paths:
                if arguments.names and path.name not in arguments.names:
                    continue
                outcome = try_out(path, template, Path(folder) / path.name, arguments.moments)
                shutil.rmtree(Path(folder) / path.name)
                failed = failed or bool(outcome.problems)
                print(json.dumps(asdict(outcome), ensure_ascii=False), flush=True)
    return int(failed)


if __name__ == "__main__":
    # the same module that the paths import, not a second one of the name __main__
    from tests.crash import moments

    sys.exit(moments.main())
