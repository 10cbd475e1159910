"""Two seeded runs of the fleet, the second with an office's own server; `python -m tests.fleet` does a thousand."""

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
def test_a_fleet_in_trouble_ends_equal_with_nothing_lost() -> None:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "tests.fleet", "--seed", "3", "--runs", "2", "--steps", "50"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
