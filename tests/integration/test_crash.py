"""The trials of tests.crash with small numbers; `python -m tests.crash` runs them with large ones."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from tests.crash import kill, mid_sync, power, trace

WHY_NOT = trace.reason_not_to()
needs_strace = pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)


@pytest.mark.slow
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


@needs_strace
def test_power_cuts_in_mid_sync(tmp_path: Path) -> None:
    """Of the counter and of the server; LAO_POWER_CUTS=200 cuts so often."""
    cuts = int(os.environ.get("LAO_POWER_CUTS", "4"))
    run = mid_sync.record(tmp_path, rounds=5)
    for side in mid_sync.SIDES:
        outcome = mid_sync.cut(run, side, cuts)
        assert outcome.ok, str(outcome)
        assert outcome.acknowledged > 4 * cuts
    # a disk that forgets what was synced is found out
    forgetful = replace(run, events=[event for event in run.events if not isinstance(event, trace.Synced)])
    assert not any(mid_sync.cut(forgetful, side, 1).ok for side in mid_sync.SIDES)
