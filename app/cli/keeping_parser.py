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
    backups = command(commands, "backups", "keeping:backups_list", "backups by plan: list, plan, now, rehearse")
    actions = backups.add_subparsers(metavar="ACTION")
    command(actions, "list", "keeping:backups_list", "the backups within reach and how the plan fares")
    plan = command(actions, "plan", "keeping:backups_plan", "how often, where, and how many are kept")
    plan.add_argument("--every", type=int, metavar="HOURS", help="0: only when asked for")
    second = plan.add_mutually_exclusive_group()
    second.add_argument("--second", metavar="DIR", help="a folder on a USB disk or another machine")
    second.add_argument("--no-second", action="store_const", const="", dest="second")
    for name in ("daily", "weekly", "monthly"):
        plan.add_argument(f"--{name}", type=int, metavar="N", help="how many of these stay")
    command(actions, "now", "keeping:backups_now", "back up to every place that is here")
    rehearse = command(
        actions, "rehearse", "keeping:backups_rehearse", "open the newest backup elsewhere and verify it"
    )
    rehearse.add_argument("file", type=Path, nargs="?", metavar="FILE")
    audit = command(commands, "audit", "audit:export", "the audit chain: export, list; checkpoints on a server")
    actions = audit.add_subparsers(metavar="ACTION", required=True)
    whole = command(actions, "export", "audit:export", "the whole chain as JSON lines")
    whole.add_argument("file", type=Path, metavar="FILE|-")
    listing = command(actions, "list", "audit:listing", "the newest entries, newest first")
    listing.add_argument("--by", default="", metavar="USERNAME")
    listing.add_argument("--action", default="", metavar="ACTION")
    listing.add_argument("--group", default="", metavar="GROUP", help="personal, privacy, cases, money, people, …")
    listing.add_argument("--case", default="", metavar="NUMBER", help="or a part of it, or of a receipt's")
    listing.add_argument("--day", default="", metavar="DATE")
    listing.add_argument("--limit", type=int, default=100, metavar="N")
    held = command(actions, "checkpoints", "audit:checkpoints", "on a server: what it holds of counters' chains")
    held.add_argument("lao_code", nargs="?", default="", metavar="LAO_CODE")
    held.add_argument("--database", default="", metavar="URL")
    bundle = command(
        commands, "diagnostics", "keeping:diagnostics", "versions, sizes, states and log, no personal data"
    )
    bundle.add_argument("file", type=Path, metavar="FILE.zip")
    pin = command(commands, "pin", "keeping:pin", "the acting person's PIN for the quick switch: set, off")
    pin.add_argument("what", choices=("set", "off"))
