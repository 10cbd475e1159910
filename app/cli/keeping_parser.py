"""What may be typed about keeping: the recovery key, a change of the key."""

from argparse import ArgumentParser, _SubParsersAction
from collections.abc import Callable
from pathlib import Path

Command = Callable[["_SubParsersAction[ArgumentParser]", str, str, str], ArgumentParser]


def add(commands: "_SubParsersAction[ArgumentParser]", command: Command) -> None:
    """Enter these commands."""
    paper = command(commands, "recovery", "keeping:recovery_status", "the recovery key on paper: new, use")
    actions = paper.add_subparsers(metavar="ACTION")
    new = command(actions, "new", "keeping:recovery_new", "make the paper; the one before opens nothing any more")
    target = new.add_mutually_exclusive_group(required=True)
    target.add_argument("--out", type=Path, metavar="FILE.pdf")
    target.add_argument("--printer", metavar="NAME", help="an A4 printer of this counter")
    command(actions, "use", "keeping:recovery_use", "open this home with the code from the paper")
    key = command(commands, "key", "keeping:key_rotate", "the key of the store: rotate")
    actions = key.add_subparsers(metavar="ACTION", required=True)
    command(actions, "rotate", "keeping:key_rotate", "seal database and files under a new key")
