"""python -m tests.fleet [--seed N] [--runs N]: seeded runs of the fleet. Exit code 1 where anything did not hold.

`--seed N --runs 1 --log` shows what the run of that seed did.
"""

import argparse
import gc
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.fleet import trouble
from tests.fleet.hatchery import Hatchery
from tests.fleet.run import Outcome, make_templates, run

STEPS = 60
MEMORY = Path("/dev/shm")
"""Where it is there: kill -9 takes nothing from a disk in memory, which a power cut would (tests/crash/power.py)."""
TELL_EVERY = 20


def main() -> int:
    """Run and say what was seen."""
    parser = argparse.ArgumentParser(prog="python -m tests.fleet", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="of the first run; each later one has the next number")
    parser.add_argument("--runs", type=int, default=1_000)
    parser.add_argument("--steps", type=int, default=STEPS, help="things done in each run")
    parser.add_argument("--log", action="store_true", help="tell every step")
    parser.add_argument("--folder", type=Path, default=MEMORY if MEMORY.is_dir() else None, help="where the runs write")
    given = parser.parse_args()
    failed, done = [], Counter[str]()
    started = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="lao-counter-fleet-", dir=given.folder) as name,
        Hatchery(trouble.DEATHS) as hatchery,
    ):
        folder = Path(name)
        make_templates(folder / "templates")
        gc.freeze()
        for nth in range(given.runs):
            seed = given.seed + nth
            with tempfile.TemporaryDirectory(dir=folder) as own:
                outcome = run(seed, folder / "templates", Path(own), hatchery, given.steps)
            done += outcome.done
            if not outcome.ok:
                failed.append(seed)
            _tell(outcome, given.steps, every_step=given.log)
            if (nth + 1) % TELL_EVERY == 0:
                print(f"{nth + 1} runs, {len(failed)} failed, {time.monotonic() - started:.0f} s", flush=True)
    print(f"{given.runs} runs of {given.steps} steps, {len(failed)} failed, {time.monotonic() - started:.0f} s")
    print(", ".join(f"{what} {count}" for what, count in sorted(done.items())))
    return 1 if failed else 0


def _tell(outcome: Outcome, steps: int, *, every_step: bool) -> None:
    if every_step:
        print("\n".join(outcome.log))
    if not outcome.ok:
        print(f"seed {outcome.seed}: " + "; ".join(outcome.problems[:6]))
        print(f"  again: python -m tests.fleet --seed {outcome.seed} --runs 1 --steps {steps} --log", flush=True)


if __name__ == "__main__":
    sys.exit(main())
