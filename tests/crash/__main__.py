"""python -m tests.crash kill|power|sync …: the long trials. Exit code 1 where anything was lost."""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.crash import kill, mid_sync, power


def main() -> int:
    """Run one trial in a temporary folder and say what was seen."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    trials = parser.add_subparsers(dest="trial", required=True)
    killing = trials.add_parser("kill", help="kill -9 and continue")
    killing.add_argument("--rounds", type=int, default=20)
    killing.add_argument("--lines", type=int, default=10_000)
    cutting = trials.add_parser("power", help="power cuts, rebuilt from a trace of writes and syncs")
    cutting.add_argument("--cuts", type=int, default=200)
    cutting.add_argument("--lines", type=int, default=400)
    cutting.add_argument("--command", choices=power.TRIALS, action="append", dest="commands")
    syncing = trials.add_parser("sync", help="power cuts of counter and server in mid-sync")
    syncing.add_argument("--cuts", type=int, default=200, help="of each")
    syncing.add_argument("--rounds", type=int, default=12)
    for trial in (killing, cutting, syncing):
        trial.add_argument("--seed", type=int, default=6)
    given = parser.parse_args()
    outcomes: list[kill.Outcome] | list[power.Outcome] | list[mid_sync.Outcome]
    with tempfile.TemporaryDirectory(prefix="lao-counter-crash-") as folder:
        if given.trial == "sync":
            outcomes = mid_sync.trial(Path(folder), given.cuts, given.rounds, given.seed)
        elif given.trial == "kill":
            outcomes = [kill.trial(Path(folder), given.rounds, given.lines, given.seed)]
        else:
            outcomes = [
                outcome
                for name in given.commands or power.TRIALS
                for outcome in power.trial(name, Path(folder) / name, given.cuts, given.lines, given.seed)
            ]
    for outcome in outcomes:
        print(outcome)
    return 0 if all(outcome.ok for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
