"""Hundreds of slips, printers that die, a program that is killed: none twice without an answer, none forgotten.

LAO_PRINT_JOBS sets how many; 1,000 is the measure of the house.
"""

import os
from pathlib import Path

import pytest

from tests.crash import press

JOBS = int(os.environ.get("LAO_PRINT_JOBS", "60"))

pytestmark = pytest.mark.usefixtures("qapp")


def test_no_original_comes_out_twice_and_none_is_forgotten(tmp_path: Path) -> None:
    outcome = press.trial(tmp_path, JOBS, kills=max(2, JOBS // 50))
    assert outcome.ok, outcome
    assert outcome.asked > 0, "luck was never bad"
