"""The trials of tests.crash with small numbers; `python -m tests.crash` runs them with large ones."""

from pathlib import Path

import pytest

from tests.crash import kill, power, trace

WHY_NOT = trace.reason_not_to()
needs_strace = pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)


def test_kill_9_and_continue(tmp_path: Path) -> None:
    outcome = kill.trial(tmp_path, kills=3, lines=300)
    assert outcome.ok, str(outcome)


@needs_strace
def test_power_cuts_while_registering(tmp_path: Path) -> None:
    for outcome in power.trial("register", tmp_path, cuts=20, lines=170):
        assert outcome.ok, str(outcome)
        assert outcome.acknowledged > 200
        assert outcome.syncs_each < 1.2


@needs_strace
@pytest.mark.parametrize("name", ["init", "restore", "backup"])
def test_power_cuts_during_upkeep(tmp_path: Path, name: str) -> None:
    for outcome in power.trial(name, tmp_path, cuts=12, lines=20):
        assert outcome.ok, str(outcome)
