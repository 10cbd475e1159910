"""What may be typed about payers and their filings; app/cli/parser.py has the rest."""

from argparse import ArgumentParser, _SubParsersAction
from collections.abc import Callable
from pathlib import Path

KINDS = ("hotel", "station", "trader")
Command = Callable[["_SubParsersAction[ArgumentParser]", str, str, str], ArgumentParser]


def add(commands: "_SubParsersAction[ArgumentParser]", command: Command) -> None:
    """payers, assess, waive, permits."""
    permits = command(commands, "permits", "permits:listing", "advertising permits that are out: list, removed")
    permits.set_defaults(which="")
    actions = permits.add_subparsers(metavar="ACTION")
    out = command(actions, "list", "permits:listing", "what must be taken down first")
    out.add_argument("which", nargs="?", default="", metavar="valid|ending|remove|overdue|removal")
    removed = command(actions, "removed", "permits:removed", "confirm that the signs are gone")
    removed.add_argument("number", metavar="NUMBER")
    removed.add_argument("--note", default="", metavar="TEXT")
    payers = command(commands, "payers", "payers:listing", "the register of payers: list, find, show, add, late")
    payers.set_defaults(kind="")
    actions = payers.add_subparsers(metavar="ACTION")
    listing = command(actions, "list", "payers:listing", "every payer, or those of a kind")
    listing.add_argument("kind", nargs="?", default="", choices=("", *KINDS), metavar="KIND")
    find = command(actions, "find", "payers:find", "payers by code, or any part of a name")
    find.add_argument("kind", choices=KINDS)
    find.add_argument("text", metavar="TEXT")
    show = command(actions, "show", "payers:show", "one payer with every entry that ever stood")
    show.add_argument("kind", choices=KINDS)
    show.add_argument("code", metavar="CODE")
    adding = command(actions, "add", "payers:add", "enter a payer or change the entry, from JSON")
    adding.add_argument("kind", choices=KINDS)
    adding.add_argument("code", metavar="CODE")
    adding.add_argument("file", metavar="FILE|-", help='{"name": …, "operator_name": …, "tax_id": …, "address": …}')
    late = command(actions, "late", "payers:late", "who has not filed for a month; --out writes reminders")
    late.add_argument("--month", required=True, metavar="YYYY-MM")
    late.add_argument("--service", default="", metavar="CODE")
    late.add_argument("--out", type=Path, default=None, metavar="FILE.pdf", help="a reminder to each, one a page")
    assess = command(commands, "assess", "payers:assess", "what has to be paid for a case, on a day")
    assess.add_argument("number", metavar="NUMBER")
    assess.add_argument("--on", default="", metavar="DATE")
    waive = command(commands, "waive", "payers:waive", "enter an order that waives what being late has added")
    waive.add_argument("number", metavar="NUMBER")
    waive.add_argument("what", choices=("surcharge", "interest", "penalty"))
    waive.add_argument("--amount", required=True, metavar="BAHT")
    waive.add_argument("--order", required=True, metavar="TEXT", help="number of the order")
    waive.add_argument("--ordered-on", required=True, metavar="DATE")
    waive.add_argument("--approver", required=True, metavar="NAME")
    waive.add_argument("--reason", required=True, metavar="TEXT")
