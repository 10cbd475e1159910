"""What may be typed about accounts, rights and appointment orders; app/cli/parser.py has the rest."""

from argparse import ArgumentParser, _SubParsersAction
from collections.abc import Callable
from pathlib import Path

# what the services name, said here again: the window must not load them before it is painted
ROLES = ("admin", "user")
EMPLOYEE_TYPES = ("civil_servant", "permanent", "contract")
Command = Callable[["_SubParsersAction[ArgumentParser]", str, str, str], ArgumentParser]


def add(commands: "_SubParsersAction[ArgumentParser]", command: Command) -> None:
    """staff, orders, drafts."""
    _staff(commands, command)
    _orders(commands, command)
    add_drafts(commands, command)


def _staff(commands: "_SubParsersAction[ArgumentParser]", command: Command) -> None:
    staff = command(commands, "staff", "staff:listing", "accounts and rights: list, add, change, disable, rights …")
    actions = staff.add_subparsers(metavar="ACTION")
    command(actions, "list", "staff:listing", "everybody who has an account, and how it stands")
    adding = command(actions, "add", "staff:add", "add a person; the first password is changed at the first sign-in")
    adding.add_argument("full_name", metavar="NAME", help="with title: นางสาว…")
    adding.add_argument("--position", required=True, metavar="TEXT")
    adding.add_argument("--division", required=True, metavar="CODE")
    adding.add_argument("--role", choices=ROLES, default="user")
    adding.add_argument("--username", default="", metavar="NAME", help="else the next free one: 04830203user01")
    adding.add_argument("--employee-type", choices=EMPLOYEE_TYPES, default="", metavar="TYPE",
                        help=", ".join(EMPLOYEE_TYPES))  # fmt: skip
    adding.add_argument("--template", default="", metavar="CODE", help="role template; see staff templates")
    adding.add_argument("--chief", action="store_true", dest="root", help="a chief administrator")
    changing = command(actions, "change", "staff:change", "change what describes a person; what is not named stays")
    for name in ("--full-name", "--position", "--division"):
        changing.add_argument(name, default=None, metavar="TEXT")
    changing.add_argument("--employee-type", choices=EMPLOYEE_TYPES, default=None, metavar="TYPE")
    changing.add_argument("--role", choices=ROLES, default=None)
    changing.add_argument("--chief", action="store_const", const=True, default=None, dest="root")
    disable = command(actions, "disable", "staff:disable", "nobody signs in with it any more, at any counter")
    enable = command(actions, "enable", "staff:enable", "make it usable again")
    reset = command(actions, "reset", "staff:reset", "a new first password")
    share = command(actions, "share", "staff:share", "let an account of this counter sign in at every counter")
    rights = command(actions, "rights", "staff:show_rights", "what a person may do")
    giving = command(actions, "give", "staff:give", "give rights: of a template, of another person, or a grid's file")
    for action in (changing, disable, enable, reset, share, rights, giving):
        action.add_argument("username", metavar="USERNAME")
    source = giving.add_mutually_exclusive_group(required=True)
    source.add_argument("--template", default="", metavar="CODE")
    source.add_argument("--like", default="", metavar="USERNAME", help="what another person has")
    source.add_argument(
        "--grid", type=Path, default=None, metavar="FILE.toml", help="[[rights]] rows and general = […]"
    )
    command(actions, "templates", "staff:templates", "the role templates")
    command(actions, "password", "staff:own_password", "change one's own password; the new one from the environment")


def _orders(commands: "_SubParsersAction[ArgumentParser]", command: Command) -> None:
    orders = command(commands, "orders", "staff:orders", "appointment orders: list, add, revoke")
    actions = orders.add_subparsers(metavar="ACTION")
    listing = command(actions, "list", "staff:orders", "every order; --out writes the list as PDF or picture")
    for action in (orders, listing):
        action.add_argument("--out", type=Path, default=None, metavar="FILE.pdf|.png")
    adding = command(actions, "add", "staff:order_add", "enter an order with its file, or change one with --key")
    adding.add_argument("number", metavar="NUMBER")
    adding.add_argument("--key", default="", metavar="KEY")
    adding.add_argument("--date", dest="ordered_on", required=True, metavar="DATE")
    adding.add_argument("--from", dest="since", required=True, metavar="DATE")
    adding.add_argument("--to", dest="until", default="", metavar="DATE", help="else without an end")
    adding.add_argument("--person", dest="persons", action="append", required=True, metavar="USERNAME")
    adding.add_argument("--file", dest="files", type=Path, action="append", default=[], metavar="FILE")
    command(actions, "revoke", "staff:order_revoke", "it appoints nobody any more").add_argument("key", metavar="KEY")


def add_drafts(commands: "_SubParsersAction[ArgumentParser]", command: Command) -> None:
    """drafts."""
    drafts = command(commands, "drafts", "staff:drafts_left", "half-filled forms that others left here: list, take")
    actions = drafts.add_subparsers(metavar="ACTION")
    command(actions, "list", "staff:drafts_left", "who left what, without what is in it")
    taking = command(actions, "take", "staff:drafts_take", "go on with what somebody left")
    taking.add_argument("username", metavar="USERNAME")
    taking.add_argument("page", nargs="?", default="counter", metavar="PAGE")
