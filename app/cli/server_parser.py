"""What may be typed about the counters of a central server; app/cli/parser.py has the rest."""

from argparse import SUPPRESS, ArgumentParser, _SubParsersAction
from collections.abc import Callable
from pathlib import Path

Command = Callable[["_SubParsersAction[ArgumentParser]", str, str, str], ArgumentParser]


def add(commands: "_SubParsersAction[ArgumentParser]", command: Command) -> None:
    """`devices` with its actions."""
    devices = command(
        commands, "devices", "devices:listing", "counters of a server: list, revoke, replace, return-numbers, numbers"
    )
    devices.add_argument("--database", default="", metavar="URL")
    devices.set_defaults(lao_code="", silent_days=0.0)
    actions = devices.add_subparsers(metavar="ACTION")
    listing = command(actions, "list", "devices:listing", "the counters, and when each was last heard of")
    listing.add_argument("lao_code", nargs="?", default="", metavar="LAO_CODE")
    listing.add_argument("--silent-days", type=float, default=0.0, metavar="N", help="only those not synced for N days")
    revoke = command(actions, "revoke", "devices:revoke", "shut a counter out")
    replace = command(actions, "replace", "devices:replace", "a code for a PC that takes a broken one's place")
    returned = command(
        actions, "return-numbers", "devices:return_numbers", "give up what a counter that is gone had not used"
    )
    for action in (revoke, replace, returned):
        action.add_argument("lao_code", metavar="LAO_CODE")
        action.add_argument("device", metavar="DEVICE", help="its id, or the id of its store")
        action.add_argument("--reason", required=True, metavar="TEXT")
    replace.add_argument(
        "--numbers", choices=("unused", "returned"), default="unused", help="of the old one: decided later, or given up"
    )
    add_qr(replace)
    numbers = command(actions, "numbers", "devices:numbers", "every number of an office accounted for")
    numbers.add_argument("lao_code", metavar="LAO_CODE")
    for action in (listing, revoke, replace, returned, numbers):
        action.add_argument("--database", default=SUPPRESS, metavar="URL")


def add_qr(parser: ArgumentParser) -> None:
    """Where a command that gives a one-time code draws it."""
    parser.add_argument("--qr", type=Path, metavar="FILE", help="the code as a picture: .png, .svg, else text")
    parser.add_argument("--url", default="", metavar="URL", help="address of the server, to stand in the QR")


def add_running(serve: ArgumentParser) -> None:
    """How the server runs: processes, limits of one counter, what it says."""
    serve.add_argument("--processes", type=int, default=1, metavar="N", help="on PostgreSQL only")
    serve.add_argument("--requests-per-minute", type=int, default=1_200, metavar="N", help="of one counter")
    serve.add_argument("--batch-bytes", type=int, default=8_388_608, metavar="N", help="of one request, unfolded")
    serve.add_argument("--log", choices=("debug", "info", "warning", "error"), default="warning", help="info: requests")


def add_relay(commands: "_SubParsersAction[ArgumentParser]", serve: ArgumentParser, command: Command) -> None:
    """How an office's own server is told of the central one, and `relay` with its actions."""
    serve.add_argument(
        "--upstream", default="", metavar="URL", help="be the office's own server, sending on to this one"
    )
    serve.add_argument(
        "--upstream-code", default="", metavar="CODE", help="the first time: of offices enrol-code --relay"
    )
    relay = command(commands, "relay", "relay:status", "an office's own server: status, list, retry, restored")
    relay.add_argument("--database", default="", metavar="URL")
    actions = relay.add_subparsers(metavar="ACTION")
    for name, help_text in (
        ("status", "what waits for the central server, numbers in stock, counters"),
        ("list", "the events that wait or that it refused"),
        ("retry", "send on again what it refused"),
        ("restored", "say that its database was put back from a backup: it gives no numbers until it joined anew"),
    ):
        handler = "relay:listing" if name == "list" else f"relay:{name}"
        command(actions, name, handler, help_text).add_argument("--database", default=SUPPRESS, metavar="URL")
