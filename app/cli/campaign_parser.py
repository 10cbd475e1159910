"""What may be typed about the office's reports and the ThaiD campaign; app/cli/parser.py has the rest."""

from argparse import ArgumentParser, _SubParsersAction
from collections.abc import Callable
from pathlib import Path

# what app.domain.thaid_week names, said here again: the window must not load it before it is painted
AUDIENCES = ("citizens", "staff")
REPORTS = ("thaid-week",)
Command = Callable[["_SubParsersAction[ArgumentParser]", str, str, str], ArgumentParser]


def add(commands: "_SubParsersAction[ArgumentParser]", command: Command) -> None:
    """thaid-campaign; its report is one of `report`."""
    campaign = command(
        commands, "thaid-campaign", "campaign:show", "the ThaiD campaign: show, add, undo, reported, guide, leaflet"
    )
    campaign.set_defaults(week="")
    actions = campaign.add_subparsers(metavar="ACTION")
    show = command(actions, "show", "campaign:show", "the week as the form has it, and what is due")
    adding = command(actions, "add", "campaign:add", "count people who registered, nobody by name")
    adding.add_argument("audience", choices=AUDIENCES, metavar="AUDIENCE", help=", ".join(AUDIENCES))
    adding.add_argument("--count", type=int, default=1, metavar="N")
    adding.add_argument("--unit", default="", metavar="NAME", help="the row of the form")
    adding.add_argument("--officer", action="store_const", const="officer", default="self", dest="way",
                        help="registered through an officer")  # fmt: skip
    adding.add_argument("--on", default="", metavar="DATE", help="else today")
    command(actions, "undo", "campaign:undo", "take one's newest count of today back")
    reported = command(actions, "reported", "campaign:reported", "note that the week's report was sent")
    for action in (show, reported):
        action.add_argument("--week", default="", metavar="DATE", help="any day of the week; else today")
    command(actions, "guide", "campaign:guide", "how a citizen registers, two ways")
    leaflet = command(actions, "leaflet", "campaign:leaflet", "the leaflet with the QR codes of the stores")
    leaflet.add_argument("--out", type=Path, required=True, metavar="FILE.pdf|.png")
