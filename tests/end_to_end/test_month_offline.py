"""Three counters of one office register for a month while the server is off, then send in any order."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.cli.benchmarks import people

COUNTERS = 3
PETITIONS = 2_000
OFFICE = """
code = "04830203"
name = "เทศบาลเมืองทดสอบ"
kind = "town_municipality"
letters = "KT"
phone = "076-000-000"
first_run = 38
"""
TYPES = (("utilities", "street_light"), ("utilities", "road"))


class Shell:
    """The real command line, as a script would use it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            **os.environ,
            "LAO_COUNTER_PASSPHRASE": "a passphrase of the tests",
            "LAO_COUNTER_PASSWORD": "a password of the tests",
        }

    def run(self, *arguments: str, text: str | None = None) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "app", *arguments, "--json"],
            input=text, env=self.environment, capture_output=True, text=True, encoding="utf-8", check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    @contextmanager
    def server(self, port: int = 0) -> Iterator[str]:
        command = [sys.executable, "-m", "app", "serve", "--port", str(port), "--database", self.database, "--json"]
        process = subprocess.Popen(command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())["url"]
        finally:
            process.terminate()
            process.communicate(timeout=20)

    @property
    def database(self) -> str:
        return f"sqlite:///{(self.folder / 'server.db').as_posix()}"


def lines(seed: int) -> str:
    source = random.Random(seed)
    return "\n".join(json.dumps(people.line(source, TYPES), ensure_ascii=False) for _ in range(PETITIONS))


@pytest.mark.slow
def test_a_month_offline_gives_disjoint_numbers_and_loses_nothing(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    (tmp_path / "office.toml").write_text(OFFICE, encoding="utf-8")
    shell.run("offices", "add", str(tmp_path / "office.toml"), "--database", shell.database)
    homes = [str(tmp_path / f"counter {number}") for number in range(COUNTERS)]
    with shell.server() as url:
        port = int(url.rsplit(":", 1)[1])
        for home in homes:
            code = json.loads(shell.run("offices", "enrol-code", "04830203", "--database", shell.database))["code"]
            shell.run("--home", home, "enrol", url, code)

    numbers: dict[str, list[str]] = {}
    for seed, home in enumerate(homes):
        answers = shell.run("--home", home, "register", "petition", "-", "--lines", "--no-print", text=lines(seed))
        numbers[home] = [json.loads(answer)["number"] for answer in answers.splitlines()]
        assert len(numbers[home]) == PETITIONS

    everything = [number for given in numbers.values() for number in given]
    assert len(set(everything)) == COUNTERS * PETITIONS
    assert len({number[-6:] for number in everything}) == COUNTERS * PETITIONS
    with shell.server(port):
        for home in random.Random(7).sample(homes, COUNTERS):
            result = json.loads(shell.run("--home", home, "sync"))
            assert (result["pushed"], result["rejected"], result["pending"]) == (PETITIONS, 0, 0)
        for home in homes:
            shell.run("--home", home, "sync")
    (office,) = json.loads(shell.run("offices", "list", "--database", shell.database))
    assert office["cases"] == COUNTERS * PETITIONS
    for home in homes:
        report = json.loads(shell.run("--home", home, "numbers"))
        assert (report["issued"], report["unexplained"], report["duplicates"]) == (PETITIONS, 0, 0)
        found = json.loads(shell.run("--home", home, "find", everything[0]))
        assert [row["number"] for row in found] == [everything[0]]
        assert json.loads(shell.run("--home", home, "verify"))["ok"]
