"""What may be typed about the office's reports and the ThaiD campaign; app/cli/parser.py has the rest."""

from argparse import ArgumentParser, _SubParsersAction
from collections.abc import Callable
from pathlib import Path

# what the services name, said here again: the window must not load them before it is painted
AUDIENCES = ("citizens", "staff")
EMPLOYEE_TYPES = ("civil_servant", "permanent", "contract")
REPORTS = ("thaid-week", "readiness", "lhr-staff")
Command = Callable[["_SubParsersAction[ArgumentParser]", str, str, str], ArgumentParser]


def add(commands: "_SubParsersAction[ArgumentParser]", command: Command) -> None:
    """thaid-campaign, readiness, lhr; their reports are some of `report`."""
    _readiness(commands, command)
    _lhr(commands, command)
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


def _readiness(commands: "_SubParsersAction[ArgumentParser]", command: Command) -> None:
    readiness = command(
        commands, "readiness", "preparation:readiness_show", "what the office has to get ready: show, set"
    )
    actions = readiness.add_subparsers(metavar="ACTION")
    command(actions, "show", "preparation:readiness_show", "every item and how it stands")
    setting = command(actions, "set", "preparation:readiness_set", "say how an item stands; what is not named stays")
    setting.add_argument("item", metavar="ITEM")
    for name, key, shown in (("--owner", "owner", "NAME"), ("--due", "due_on", "DATE"), ("--done", "done_on", "DATE"),
                             ("--note", "note", "TEXT")):  # fmt: skip
        setting.add_argument(name, dest=key, default=None, metavar=shown)
    setting.add_argument("--file", type=Path, action="append", default=[], metavar="FILE")


def _lhr(commands: "_SubParsersAction[ArgumentParser]", command: Command) -> None:
    lhr = command(
        commands, "lhr", "preparation:requests", "LHR: own, staff, person; ask, requests, entered, verified; check"
    )  # fmt: skip
    actions = lhr.add_subparsers(metavar="ACTION")
    own = command(actions, "own", "own_record:own", "one's own record, after ThaiD; it is kept nowhere")
    own.add_argument("--unmask", action="store_true", help="with what is masked on the screen")
    check = command(actions, "check", "own_record:check", "read the file by which a server asks for records")
    check.add_argument("file", type=Path, metavar="FILE.toml")
    check.add_argument("--answer", type=Path, metavar="SAMPLE.json", help="tell which fields a sample answer has")
    command(actions, "staff", "preparation:staff", "which of the staff have registered for ThaiD")
    person = command(actions, "person", "preparation:person", "enter a member of the staff, or change an entry")
    person.add_argument("name", metavar="NAME")
    person.add_argument("employee_type", choices=EMPLOYEE_TYPES, metavar="TYPE", help=", ".join(EMPLOYEE_TYPES))
    person.add_argument("--key", default="", metavar="KEY", help="of the entry to change")
    person.add_argument("--division", default="", metavar="NAME")
    person.add_argument("--registered", dest="registered_on", default="", metavar="DATE")
    person.add_argument("--left", action="store_true", help="no longer with the office")
    asking = command(actions, "ask", "preparation:ask", "ask for a correction of one's own record, with evidence")
    asking.add_argument("item", metavar="ITEM")
    asking.add_argument("--old", default="", metavar="TEXT")
    asking.add_argument("--new", required=True, metavar="TEXT")
    asking.add_argument("--note", default="", metavar="TEXT")
    asking.add_argument("--file", dest="files", type=Path, action="append", default=[], metavar="FILE", help="evidence")
    command(actions, "requests", "preparation:requests", "one's own requests, or with the right all of them")
    entered = command(actions, "entered", "preparation:entered", "the record was put right in LHR")
    entered.add_argument("--note", default="", metavar="TEXT")
    verified = command(actions, "verified", "preparation:verified", "as its owner: it is right now")
    for action in (entered, verified):
        action.add_argument("key", metavar="KEY")
