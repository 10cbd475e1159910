"""What may be typed about personal data and how long it is kept."""

from argparse import ArgumentParser, _SubParsersAction
from collections.abc import Callable
from pathlib import Path

Command = Callable[["_SubParsersAction[ArgumentParser]", str, str, str], ArgumentParser]


def add(commands: "_SubParsersAction[ArgumentParser]", command: Command) -> None:
    """privacy, retention, destruction, hold."""
    words = "personal data: requests, receive, identity, answer, refuse, export, breaches, breach, processing, period"
    privacy = command(commands, "privacy", "privacy:requests", words)
    actions = privacy.add_subparsers(metavar="ACTION")
    command(actions, "requests", "privacy:requests", "requests of data subjects, the nearest due day first")
    receive = command(actions, "receive", "privacy:receive", "enter a request; its due day follows from its kind")
    receive.add_argument("kind", metavar="KIND", help="access, rectification, erasure, objection, restriction, …")
    receive.add_argument("name", metavar="NAME", help="who asks")
    for name, shown in (("contact", "TEXT"), ("number", "NUMBER"), ("detail", "TEXT")):
        receive.add_argument(f"--{name}", default="", metavar=shown)
    receive.add_argument("--file", type=Path, action="append", default=[], metavar="FILE", help="the letter, for one")
    receive.add_argument("--on", dest="received_on", default="", metavar="DATE", help="else today")
    show = command(actions, "show", "privacy:show", "one request whole")
    show.add_argument("key", metavar="KEY")
    identity = command(actions, "identity", "privacy:identity", "how it was made sure who asks")
    identity.add_argument("key", metavar="KEY")
    identity.add_argument("how", metavar="HOW", help="card, thaid, known, letter")
    identity.add_argument("--note", default="", metavar="TEXT")
    for action, shown in (("answer", "what was done"), ("refuse", "why not")):
        ending = command(actions, action, f"privacy:{action}", shown)
        ending.add_argument("key", metavar="KEY")
        ending.add_argument("text", metavar="TEXT")
        if action == "answer":
            ending.add_argument("--file", type=Path, action="append", default=[], metavar="FILE")
    export = command(actions, "export", "privacy:export", "all that is held of the applicant of a case; recorded")
    export.add_argument("number", metavar="NUMBER")
    export.add_argument("--out", type=Path, required=True, metavar="FILE.pdf|.json")
    _breaches(actions, command)
    processing = command(actions, "processing", "privacy:processing", "the record of processing, as data or as paper")
    processing.add_argument("--out", type=Path, metavar="FILE.pdf|.png")
    put = command(actions, "activity", "privacy:activity", "put an activity of that record in the office's own words")
    put.add_argument("key", metavar="KEY")
    put.add_argument("--left", action="store_true", help="the office does this no more")
    put.add_argument("parts", nargs="*", metavar="PART=TEXT", help="activity, purpose, basis, subjects, data, …")
    period = command(actions, "period", "privacy:period", "days to answer a kind of request; hours to tell of a breach")
    period.add_argument("what", metavar="KIND|breach")
    period.add_argument("length", type=int, metavar="N")
    period.add_argument("--basis", required=True, metavar="TEXT")
    _keeping(commands, command)


def _breaches(actions: "_SubParsersAction[ArgumentParser]", command: Command) -> None:
    command(actions, "breaches", "privacy:breaches", "breaches of personal data and their clocks")
    breach = command(actions, "breach", "privacy:breach", "enter a breach, or say more about one (--key)")
    breach.add_argument("--key", default="", metavar="KEY")
    breach.add_argument("--found", default="", metavar="DATE")
    breach.add_argument("--time", default="", metavar="HH:MM")
    for name in ("what", "data", "people", "measures", "risk"):
        breach.add_argument(f"--{name}", default=None, metavar="TEXT")
    told = command(actions, "told", "privacy:told", "the commission, or the people concerned, were told now")
    told.add_argument("key", metavar="KEY")
    told.add_argument("whom", metavar="commission|people")
    close = command(actions, "close", "privacy:close", "all about a breach is done")
    close.add_argument("key", metavar="KEY")
    form = command(actions, "form", "privacy:breach_form", "the form that tells the commission of a breach")
    form.add_argument("key", metavar="KEY")
    form.add_argument("--out", type=Path, required=True, metavar="FILE.pdf|.png")


def _keeping(commands: "_SubParsersAction[ArgumentParser]", command: Command) -> None:
    retention = command(
        commands, "retention", "retention:rules", "how long things are kept: rules, set, due, hold, lift, holds"
    )
    actions = retention.add_subparsers(metavar="ACTION")
    command(actions, "rules", "retention:rules", "the rules of today")
    rule = command(actions, "set", "retention:set_rule", "keep a kind for so many years (drafts: days) from a day on")
    rule.add_argument("kind", metavar="KIND", help="petition, permit, filing, receipt, draft, data_request, breach, …")
    rule.add_argument("length", type=int, metavar="N")
    rule.add_argument("--since", default="", metavar="DATE", help="else today")
    rule.add_argument("--basis", required=True, metavar="TEXT")
    rule.add_argument("--verified", action="store_true", help="somebody has compared it with the law")
    command(actions, "due", "retention:due", "closed cases whose time is over")
    hold = command(actions, "hold", "retention:hold", "nobody may destroy this case, or this entry of a register")
    hold.add_argument("--reason", required=True, metavar="TEXT")
    hold.add_argument("--order", default="", metavar="TEXT")
    lift = command(actions, "lift", "retention:lift", "it may be destroyed again when its time is over")
    for action in (hold, lift):
        action.add_argument("number", metavar="NUMBER")
    command(actions, "holds", "retention:holds", "every legal hold")
    destruction = command(
        commands, "destruction", "retention:lists", "destroying: list, propose, approve, refuse, run, certificate"
    )
    actions = destruction.add_subparsers(metavar="ACTION")
    command(actions, "list", "retention:lists", "every list and its state")
    show = command(actions, "show", "retention:show", "one list with every case in it")
    propose = command(actions, "propose", "retention:propose", "list what is due, or these closed cases")
    propose.add_argument("numbers", nargs="*", metavar="NUMBER")
    propose.add_argument("--reason", default="", metavar="TEXT")
    propose.add_argument("--request", default="", metavar="KEY", help="of a data subject who asks for erasure")
    approve = command(actions, "approve", "retention:approve", "as somebody else than who listed")
    approve.add_argument("--order", required=True, metavar="TEXT", help="number and date of the order")
    no = command(actions, "refuse", "retention:disapprove", "the list may not be carried out")
    no.add_argument("--reason", required=True, metavar="TEXT")
    run = command(actions, "run", "retention:run", "carry out an approved list; goes on where it stopped")
    paper = command(actions, "certificate", "retention:certificate", "the certificate of a finished list")
    paper.add_argument("--out", type=Path, required=True, metavar="FILE.pdf|.png")
    for action in (show, approve, no, run, paper):
        action.add_argument("key", metavar="KEY")
