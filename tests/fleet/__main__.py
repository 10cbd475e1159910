"""python -m tests.fleet [--seed N] [--runs N]: seeded runs of the fleet. Exit code 1 where anything did not hold.

`--seed N --runs 1 --log` shows what the run of that seed did.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.fleet import counters, money
from tests.fleet.hatchery import Hatchery
from tests.fleet.run import make_template, run

STEPS = 60
DEATHS = {**counters.DEATHS, **money.DEATHS}


def main() -> int:
    """Run and say what was seen."""
    parser = argparse.ArgumentParser(prog="python -m tests.fleet", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="of the first run; each later one has the next number")
    parser.add_argument("--runs", type=int, default=1_000)
    parser.add_argument("--steps", type=int, default=STEPS, help="things done in each run")
    parser.add_argument("--log", action="store_true", help="tell every step")
    given = parser.parse_args()
    failed, done = [], Counter[str]()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="lao-counter-fleet-") as name, Hatchery(DEATHS) as hatchery:
        folder = Path(name)
        make_template(folder / "template")
        for seed in range(given.seed, given.seed + given.runs):
            with tempfile.TemporaryDirectory(dir=folder) as own:
                outcome = run(seed, folder / "template", Path(own), hatchery, given.steps)
            done += outcome.done
            if given.log:
                print("\n".join(outcome.log))
            if not outcome.ok:
                failed.append(seed)
                print(f"seed {seed}: " + "; ".join(outcome.problems[:6]), flush=True)
    print(f"{given.runs} runs of {given.steps} steps, {len(failed)} failed, {time.monotonic() - started:.0f} s")
    print(", ".join(f"{what} {count}" for what, count in sorted(done.items())))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
