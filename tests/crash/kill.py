"""kill -9: `register --lines` is killed again and again at random moments, and continued each time.

Whoever continues skips the lines that were acknowledged on stdout; the one that was in flight may be there or not.
"""

import json
import random
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.crash.examine import Findings, examine
from tests.integration.support import command, homes, petitions

STARTING_S = 0.8
WRITING_S = 0.004
WORDS = ("register", "petition", "-", "--lines", "--json", "--no-print")


@dataclass(frozen=True)
class Outcome:
    """What was seen. `in_flight`: registered, killed before the answer, and registered again when continued."""

    kills: int
    lines: int
    acknowledged: int
    in_flight: int
    findings: Findings
    seconds: float

    @property
    def ok(self) -> bool:
        return self.findings.ok and self.acknowledged == self.lines and 0 <= self.in_flight <= self.kills

    def __str__(self) -> str:
        found = self.findings
        return (
            f"kill -9: {self.kills} kills, {self.lines} lines, {self.acknowledged} acknowledged, {found.cases} cases, "
            f"{self.in_flight} in flight, {len(found.lost)} lost, {len(found.altered)} altered, "
            f"{'; '.join(found.wrong) or 'verify and numbers ok'}, {self.seconds:.0f} s"
        )


def trial(folder: Path, kills: int, lines: int, seed: int = 6) -> Outcome:
    """Register `lines` petitions in a new home, killing the command `kills` times on the way."""
    started, source = time.monotonic(), random.Random(seed)
    home, data = homes.make(folder / "home"), petitions.many(seed, lines)
    acknowledged: list[str] = []
    cut_at: list[int] = []
    for left in range(kills, 0, -1):
        ahead = lines - len(acknowledged)
        until = source.randint(0, max(0, 2 * ahead // (left + 1)))
        acknowledged += _killed(home, folder, data[len(acknowledged) :], min(until, ahead - 1), source)
        cut_at.append(len(acknowledged))
    acknowledged += _to_the_end(home, data[len(acknowledged) :])
    findings = examine(home, acknowledged, data)
    strangers = _strangers(findings, [data[place] for place in cut_at if place < lines])
    findings = Findings(findings.cases, findings.lost, findings.altered, findings.spare, (*findings.wrong, *strangers))
    return Outcome(kills, lines, len(acknowledged), len(findings.spare), findings, time.monotonic() - started)


def _killed(home: Path, folder: Path, data: list[dict[str, Any]], until: int, source: random.Random) -> list[str]:
    """The numbers acknowledged by a command that was killed shortly after the `until`-th (0: while it starts)."""
    given = folder / "lines"
    given.write_bytes(petitions.lines(data))
    with given.open("rb") as stdin:
        process = subprocess.Popen(
            command.command_line(home, *WORDS),
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=command.ROOT,
            env=command.environment({}),
        )
    with process:
        assert process.stdout is not None
        answers = b"".join(process.stdout.readline() for _ in range(until))
        time.sleep(source.random() * (WRITING_S if until else STARTING_S))
        process.kill()
        answers += process.stdout.read()
    return [json.loads(line)["number"] for line in answers.split(b"\n")[:-1]]


def _to_the_end(home: Path, data: list[dict[str, Any]]) -> list[str]:
    answer = command.process(home, *WORDS, stdin=petitions.lines(data), seconds=600)
    if answer.code:
        raise RuntimeError(f"the command that nobody killed ended with {answer.code}: {answer.err[-500:]}")
    return [row["number"] for row in answer.rows]


def _strangers(findings: Findings, expected: list[dict[str, Any]]) -> list[str]:
    """Cases that nobody was told of, and that were not in flight at a kill either."""
    waiting = list(expected)
    strange = []
    for number, document in findings.spare.items():
        match = next((data for data in waiting if petitions.same(data, document)), None)
        if match is None:
            strange.append(f"{number} was never in flight")
        else:
            waiting.remove(match)
    return strange
