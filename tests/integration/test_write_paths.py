"""Each write path killed at its statements, and with a disk that takes no more (tests/crash/moments.py).

`python -m tests.crash.moments` tries every path at more moments than are tried here.
"""

import json
import subprocess
import sys

import pytest

from tests.crash import write_paths
from tests.integration.support import command

FEWEST = {"register": 10, "merge": 6, "sync": 20, "set up": 40, "migration": 10}
"""The least number of writing statements that some of them take: a path that hardly writes was not tried."""


@pytest.fixture(scope="module")
def outcomes():
    """What became of every path, tried in one process that forks for every attempt."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.crash.moments", "--moments", "2"],
        cwd=command.ROOT,
        env=command.environment({}),
        capture_output=True,
        text=True,
        timeout=3_000,
        check=False,
    )
    assert done.returncode in (0, 1) and done.stdout, done.stderr[-2_000:]
    found = {outcome["name"]: outcome for outcome in map(json.loads, done.stdout.splitlines())}
    assert "Traceback" not in done.stderr, done.stderr[-2_000:]
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", write_paths.NAMES)
def test_a_write_is_whole_or_not_there(outcomes, name):
    outcome = outcomes[name]
    assert outcome["problems"] == []
    assert outcome["kills"] >= 2
    assert outcome["full_disks"] >= 1
    assert outcome["statements"] >= FEWEST.get(name, 1)


@pytest.mark.slow
def test_every_path_was_tried(outcomes):
    assert set(outcomes) == set(write_paths.NAMES)
