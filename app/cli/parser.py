"""What may be typed: every command with its options, and which function answers it."""

from argparse import SUPPRESS, ArgumentParser, _SubParsersAction
from pathlib import Path

from app.cli import (
    campaign_parser,
    keeping_parser,
    money_parser,
    payers_parser,
    privacy_parser,
    server_parser,
    staff_parser,
)
from app.version import VERSION

LETTERS = "defect_note, delay_explanation, official_letter, memo"
LETTER_PARTS = (
    "ref_no", "speed", "subject", "to", "references", "enclosures", "closing", "signer", "signer_position",
)  # fmt: skip
"""app.services.official_letters.PARTS, which is not imported only to read the command line."""


def build_parser() -> ArgumentParser:
    """The whole command line. `--home`, `--as` and `--json` are understood before and behind the command."""
    parser = ArgumentParser(prog="lao-counter", description="เคาน์เตอร์ท้องถิ่น: LAO Counter")
    parser.add_argument("--version", action="version", version=VERSION)
    _common(parser, home=None, person=None, as_json=False)
    parser.set_defaults(handler="window:run", demo=False)
    commands = parser.add_subparsers(metavar="COMMAND")
    for add in (_window, _office, _cases, _card, _people, _paper, _network, _thaid, _sms, _upkeep):
        add(commands)
    money_parser.add(commands, _command)
    payers_parser.add(commands, _command)
    server_parser.add(commands, _command)
    campaign_parser.add(commands, _command)
    keeping_parser.add(commands, _command)
    privacy_parser.add(commands, _command)
    staff_parser.add(commands, _command)
    return parser


def _common(
    parser: ArgumentParser, home: object = SUPPRESS, person: object = SUPPRESS, as_json: object = SUPPRESS
) -> None:
    parser.add_argument("--home", type=Path, default=home, metavar="DIR", help="this counter's folder")
    parser.add_argument("--as", dest="person", default=person, metavar="USERNAME", help="who acts")
    parser.add_argument("--json", action="store_true", default=as_json, help="one JSON document on stdout")


def _command(commands: "_SubParsersAction[ArgumentParser]", name: str, handler: str, help_text: str) -> ArgumentParser:
    parser = commands.add_parser(name, help=help_text, description=help_text)
    _common(parser)
    parser.set_defaults(handler=handler)
    return parser


def _window(commands: "_SubParsersAction[ArgumentParser]") -> None:
    run = _command(commands, "run", "window:run", "open the window")
    run.add_argument("--demo", action="store_true", help="on a demo office of its own")
    demo = _command(commands, "demo", "demo:demo", "the main job with no screen, into a folder")
    demo.add_argument("--out", type=Path, required=True, metavar="DIR")


def _office(commands: "_SubParsersAction[ArgumentParser]") -> None:
    init = _command(commands, "init", "office:init", "set up office, first administrator and this counter")
    init.add_argument("office", type=Path, metavar="OFFICE.toml")
    init.add_argument("--admin", required=True, metavar="USERNAME")
    init.add_argument("--admin-name", default="", metavar="NAME", help="full name of the administrator")
    init.add_argument("--recovery", type=Path, metavar="FILE.pdf", help="the recovery key for the safe")
    init.add_argument("--counter-name", default="เคาน์เตอร์ 1", metavar="NAME")
    services = _command(commands, "services", "office:services_list", "the services: list, check, sample")
    actions = services.add_subparsers(metavar="ACTION")
    _command(actions, "list", "office:services_list", "what can be filed here")
    check = _command(actions, "check", "office:services_check", "validate service definitions")
    check.add_argument("files", nargs="*", type=Path, metavar="FILE")
    sample = _command(actions, "sample", "office:services_sample", "an input that register takes as it is")
    sample.add_argument("code", metavar="CODE")
    settings = _command(commands, "settings", "settings:show", "the office's settings: show, set")
    actions = settings.add_subparsers(metavar="ACTION")
    show = _command(actions, "show", "settings:show", "what is set")
    show.add_argument("key", nargs="?", metavar="KEY")
    put = _command(actions, "set", "settings:change", "bring the settings of a file into force; others stay")
    put.add_argument("file", type=Path, metavar="FILE.toml")
    numbers = _command(commands, "numbers", "office:numbers", "every number accounted for")
    numbers.add_argument("--series", metavar="S")


def _cases(commands: "_SubParsersAction[ArgumentParser]") -> None:
    register = _command(commands, "register", "cases:register", "register a case from JSON")
    register.add_argument("service", metavar="SERVICE")
    register.add_argument("file", metavar="FILE|-")
    register.add_argument("--lines", action="store_true", help="one case a line")
    register.add_argument("--no-print", action="store_true", help="queue no paper")
    show = _command(commands, "show", "cases:show", "one case")
    show.add_argument("number", metavar="NUMBER")
    find = _command(commands, "find", "cases:find", "search the whole register")
    find.add_argument("text", metavar="TEXT")
    find.add_argument("--limit", type=int, default=50, metavar="N")
    events = _command(commands, "events", "cases:events", "the timeline of a case")
    events.add_argument("number", metavar="NUMBER")
    status = _command(commands, "status", "way:status", "take the next step")
    status.add_argument("number", metavar="NUMBER")
    status.add_argument("state", metavar="STATE")
    status.add_argument("--note", default="", metavar="TEXT")
    status.add_argument("--division", default="", metavar="CODE")
    status.add_argument("--agency", default="", metavar="NAME", help="an agency outside the office")
    status.add_argument("--assignee", default="", metavar="USERNAME", help="who is to work on it")
    status.add_argument("--internal-note", default="", metavar="TEXT", help="for the office only")
    status.add_argument("--reply", default="", metavar="CODE", help="a reply template in place of --note")
    _readers(status)
    assign = _command(commands, "assign", "way:assign", "give a case to another person or division")
    assign.add_argument("number", metavar="NUMBER")
    assign.add_argument("assignee", nargs="?", default="", metavar="USERNAME")
    assign.add_argument("--division", default="", metavar="CODE")
    attach = _command(commands, "attach", "way:attach", "add files to a case, all or none")
    attach.add_argument("number", metavar="NUMBER")
    attach.add_argument("files", nargs="+", type=Path, metavar="FILE")
    files = _command(commands, "files", "way:files", "the files of a case; --out DIR writes them there")
    files.add_argument("number", metavar="NUMBER")
    files.add_argument("--out", type=Path, default=None, metavar="DIR")
    letters = _command(commands, "letters", "letters:due", "letters that the law wants: due, issue")
    actions = letters.add_subparsers(metavar="ACTION")
    _command(actions, "due", "letters:due", "which letters are due, the oldest first")
    issue = _command(actions, "issue", "letters:issue", "record a letter and write it as PDF")
    issue.add_argument("number", metavar="NUMBER")
    issue.add_argument("letter", metavar="LETTER", help=LETTERS)
    issue.add_argument("--note", required=True, metavar="TEXT", help="what is missing, or why it is late")
    for part in LETTER_PARTS:
        issue.add_argument(
            f"--{part.replace('_', '-')}", default="", metavar="TEXT", help="of official_letter and memo"
        )
    issue.add_argument("--until", default="", metavar="DATE", help="by when the papers are wanted")
    issue.add_argument("--out", type=Path, required=True, metavar="FILE.pdf")
    note = _command(commands, "note", "way:note", "add a note to the timeline, internal unless --public")
    note.add_argument("number", metavar="NUMBER")
    note.add_argument("text", metavar="TEXT")
    _readers(note)
    replies = _command(commands, "replies", "way:replies", "reply templates for a case and a step")
    replies.add_argument("number", metavar="NUMBER")
    replies.add_argument("state", nargs="?", default="", metavar="STATE")
    work = _command(commands, "work", "way:work", "open cases: mine, of my division, overdue, all; nearest limit first")
    work.add_argument("which", choices=("mine", "division", "overdue", "all"))
    work.add_argument("--division", default="", metavar="CODE", help="in place of one's own")
    work.add_argument("--limit", type=int, default=50, metavar="N")


def _readers(parser: ArgumentParser) -> None:
    who = parser.add_mutually_exclusive_group()
    who.add_argument("--public", action="store_true", default=None, dest="public", help="citizens read the note")
    who.add_argument("--internal", action="store_false", default=None, dest="public", help="the office only")


def _people(commands: "_SubParsersAction[ArgumentParser]") -> None:
    persons = commands.add_parser("people", help="persons: find, doubles, decide, merge")
    actions = persons.add_subparsers(metavar="ACTION", required=True)
    find = _command(actions, "find", "people:find", "persons by name, whole number or telephone")
    find.add_argument("text", metavar="TEXT")
    doubles = _command(actions, "doubles", "people:doubles", "persons who may be one, side by side")
    decide = _command(actions, "decide", "people:decide", "record a decision about two persons")
    merge = _command(actions, "merge", "people:merge", "make two persons one")
    for action in (decide, merge):
        action.add_argument("first", type=int, metavar="PERSON")
        action.add_argument("second", type=int, metavar="OTHER")
        action.add_argument("--note", default="", metavar="TEXT")
    decide.add_argument("decision", choices=("same", "different", "later", "undone"))
    areas = commands.add_parser("addresses", help="addresses: find")
    actions = areas.add_subparsers(metavar="ACTION", required=True)
    places = _command(actions, "find", "people:addresses_find", "subdistricts by any part of an address")
    places.add_argument("text", metavar="TEXT")
    for action, limit in ((find, 20), (doubles, 50), (places, 10)):
        action.add_argument("--limit", type=int, default=limit, metavar="N")


def _card(commands: "_SubParsersAction[ArgumentParser]") -> None:
    card = _command(commands, "card", "card:read", "the ID card: read")
    actions = card.add_subparsers(metavar="ACTION", required=True)
    read = _command(actions, "read", "card:read", "read the chip of the ID card in the reader")
    read.add_argument("--reader", default="", metavar="NAME", help="name of the reader, or a part of it")
    read.add_argument("--no-photo", action="store_true", help="leave the photo, which takes most of the time")


def _printers(commands: "_SubParsersAction[ArgumentParser]") -> None:
    printers = _command(commands, "printers", "printers:show", "printers: list, find, add, remove, test, drawer")
    actions = printers.add_subparsers(metavar="ACTION")
    _command(actions, "list", "printers:show", "the printers of this counter")
    _command(actions, "find", "printers:find", "what could be added: queues of the system, USB, serial ports")
    add = _command(actions, "add", "printers:add", "add a printer or change its address")
    add.add_argument("name", metavar="NAME")
    add.add_argument("kind", metavar="KIND", help="file, network, serial, usb, raw_queue, system")
    add.add_argument("address", metavar="ADDRESS", help="a folder, HOST:PORT, COM3@19200, 04b8:0e15, a queue's name")
    add.add_argument("--dots", type=int, default=None, help="576, 512, 384 a line; 0 for A4")
    add.add_argument("--default", action="store_true", dest="is_default")
    add.add_argument("--model", default="", help="a profile of python-escpos, such as TM-T88V")
    add.add_argument("--no-cut", action="store_false", dest="cut", help="never cut, only feed")
    add.add_argument("--drawer", action="store_true", help="a cash drawer hangs on it")
    add.add_argument("--tray", action="append", default=[], metavar="DOCUMENT=TRAY")
    add.add_argument("--document", action="append", default=[], metavar="DOCUMENT", help="goes to this printer")
    add.add_argument("--fallback", default="", metavar="NAME", help="the printer offered when this one fails")
    add.add_argument("--two-sided", action="append", default=[], metavar="DOCUMENT")
    for name, help_text in (
        ("remove", "forget a printer"),
        ("test", "print a test page"),
        ("drawer", "open the cash drawer"),
    ):
        _command(actions, name, f"printers:{name}", help_text).add_argument("name", metavar="NAME")


def _paper(commands: "_SubParsersAction[ArgumentParser]") -> None:
    paper = _command(commands, "print", "paper:print_document", "print a document of a case")
    paper.add_argument("number", metavar="NUMBER")
    paper.add_argument("document", metavar="DOCUMENT")
    target = paper.add_mutually_exclusive_group()
    target.add_argument("--printer", metavar="NAME")
    target.add_argument("--out", type=Path, metavar="FILE.pdf|.png|.bin")
    paper.add_argument("--copy-reason", default="", metavar="TEXT")
    _printers(commands)
    jobs = _command(commands, "jobs", "paper:jobs_list", "the print ledger: list, confirm, spoiled, retry, move")
    actions = jobs.add_subparsers(metavar="ACTION")
    _command(actions, "list", "paper:jobs_list", "the newest jobs").add_argument("--limit", type=int, default=100)
    for name, help_text in (
        ("confirm", "it came out right"),
        ("spoiled", "it came out wrong or not at all"),
        ("retry", "send it again"),
        ("move", "give it to another printer"),
    ):
        action = _command(actions, name, f"paper:jobs_{name}", help_text)
        action.add_argument("job", type=int, metavar="JOB")
        if name == "spoiled":
            action.add_argument("--reason", default="", metavar="TEXT")
        if name == "move":
            action.add_argument("--printer", required=True, metavar="NAME")
    scan = _command(commands, "scan", "paper:scan", "decode and classify every code in pictures")
    scan.add_argument("images", nargs="+", type=Path, metavar="IMAGE")
    _command(commands, "cameras", "cameras:cameras", "name the cameras of this machine")


def _network(commands: "_SubParsersAction[ArgumentParser]") -> None:
    enrol = _command(commands, "enrol", "network:enrol", "join an office on its central server")
    enrol.add_argument("url", metavar="URL")
    enrol.add_argument("code", nargs="?", default="", metavar="CODE", help="left out when URL is what the QR says")
    enrol.add_argument("--admin", default="admin", metavar="USERNAME", help="first administrator of a new counter")
    enrol.add_argument("--counter-name", default="", metavar="NAME")
    sync = _command(commands, "sync", "network:sync", "send and fetch now")
    sync.add_argument("--watch", action="store_true", help="go on until stopped")
    outbox = _command(commands, "outbox", "network:outbox_list", "what waits to be sent: list, retry")
    actions = outbox.add_subparsers(metavar="ACTION")
    _command(actions, "list", "network:outbox_list", "the queue and the quarantine")
    retry = _command(actions, "retry", "network:outbox_retry", "send quarantined events again")
    retry.add_argument("seq", type=int, nargs="*", metavar="SEQ")
    correct = _command(commands, "correct", "corrections:correct", "put fields of a case right, FIELD=VALUE each")
    correct.add_argument("number", metavar="NUMBER")
    correct.add_argument("changes", nargs="+", metavar="FIELD=VALUE")
    conflicts = _command(
        commands, "conflicts", "corrections:conflicts", "what two counters put right unseen: list, choose"
    )
    actions = conflicts.add_subparsers(metavar="ACTION")
    _command(actions, "list", "corrections:conflicts", "the fields, with both values")
    choose = _command(actions, "choose", "corrections:choose", "let the value at place SIDE of the list stand")
    choose.add_argument("number", metavar="NUMBER")
    choose.add_argument("field", metavar="FIELD")
    choose.add_argument("side", type=int, metavar="SIDE")
    bundle = _command(commands, "bundle", "bundles:export", "sync by USB stick: export, import")
    actions = bundle.add_subparsers(metavar="ACTION", required=True)
    export = _command(actions, "export", "bundles:export", "everything that waits, into one sealed file")
    take_in = _command(actions, "import", "bundles:take_in", "what a stick brings; lays the answer beside it")
    for action in (export, take_in):
        action.add_argument("file", type=Path, metavar="FILE")
    take_in.add_argument("--database", default="", metavar="URL", help="on the server")
    take_in.add_argument("--files", default="", metavar="PLACE", help="the server's place for files of cases")
    serve = _command(commands, "serve", "network:serve", "the central server")
    serve.add_argument("--host", default="127.0.0.1", metavar="H")
    serve.add_argument("--port", type=int, default=8080, metavar="P")
    serve.add_argument("--database", default="", metavar="URL")
    serve.add_argument("--files", default="", metavar="PLACE", help="a folder or s3://bucket for files of cases")
    serve.add_argument("--sms", type=Path, metavar="FILE.toml", help="the gateway for short messages")
    serve.add_argument("--lhr", type=Path, metavar="FILE.toml", help="how the staff's own records of LHR are asked for")
    server_parser.add_running(serve)
    server_parser.add_relay(commands, serve, _command)
    offices = _command(commands, "offices", "network:offices_list", "offices of a server: list, add, enrol-code")
    offices.add_argument("--database", default="", metavar="URL")
    actions = offices.add_subparsers(metavar="ACTION")
    listing = _command(actions, "list", "network:offices_list", "the offices, their counters and cases")
    add = _command(actions, "add", "network:offices_add", "add an office or give it new settings")
    add.add_argument("office", type=Path, metavar="OFFICE.toml")
    code = _command(actions, "enrol-code", "network:offices_enrol_code", "a one-time code for a new counter")
    code.add_argument("lao_code", metavar="LAO_CODE")
    server_parser.add_qr(code)
    code.add_argument("--relay", action="store_true", help="for the office's own server, not a counter")
    for action in (listing, add, code):
        action.add_argument("--database", default=SUPPRESS, metavar="URL")


def _thaid(commands: "_SubParsersAction[ArgumentParser]") -> None:
    thaid = _command(commands, "thaid", "thaid:show", "ThaiD: settings of a server, a session of this counter")
    _of_server(thaid)
    actions = thaid.add_subparsers(metavar="ACTION")
    configure = _command(actions, "configure", "thaid:configure", "keep what the identity provider gave")
    configure.add_argument("--issuer", required=True, metavar="URL")
    configure.add_argument("--client-id", required=True, metavar="ID")
    configure.add_argument("--redirect-base", required=True, metavar="URL", help="public address of this server")
    configure.add_argument("--scopes", default="", metavar="WORDS", help="openid pid …, when not all are granted")
    configure.add_argument("--any-browser", action="store_true", help="phones come back in another browser")
    configure.add_argument("--nonce-optional", action="store_true", help="the provider's tokens carry no nonce")
    _of_server(configure)
    for name, help_text in (
        ("show", "the settings, without the secret"),
        ("check", "ask the provider for its description and keys"),
        ("forget", "remove the settings"),
    ):
        _of_server(_command(actions, name, f"thaid:{name}", help_text))
    start = _command(actions, "start", "thaid:start", "begin a session of this counter")
    wait = _command(actions, "wait", "thaid:wait", "wait for the person of the session read from stdin")
    wait.add_argument("--seconds", type=int, default=310, metavar="N")
    for action in (start, wait):
        action.add_argument("--purpose", choices=("citizen", "staff"), default="citizen")
    _command(actions, "link", "thaid:link", "let the acting person sign in by ThaiD from now on")
    _command(actions, "sign-in", "thaid:sign_in", "tell whom ThaiD lets in here")
    unlink = _command(actions, "unlink", "thaid:unlink", "take the ThaiD link of a member of the staff away")
    unlink.add_argument("username", nargs="?", default="", metavar="USERNAME")


def _sms(commands: "_SubParsersAction[ArgumentParser]") -> None:
    sms = _command(
        commands, "sms", "sms:listing", "short messages: list, retry, check on a server; modem, send at a counter"
    )
    actions = sms.add_subparsers(metavar="ACTION")
    listing = _command(actions, "list", "sms:listing", "the queue, newest first")
    retry = _command(actions, "retry", "sms:retry", "queue failed or unknown messages again")
    retry.add_argument("office", metavar="LAO_CODE")
    retry.add_argument("keys", nargs="+", metavar="KEY")
    check = _command(actions, "check", "sms:check", "read a gateway's file without sending anything")
    check.add_argument("file", type=Path, metavar="FILE.toml")
    modem = _command(actions, "modem", "sms:modem", "the modem of a counter without a server: look, use, off")
    choice = modem.add_mutually_exclusive_group()
    choice.add_argument("--use", default="", metavar="PORT", help="COM3, or the modem's device file")
    choice.add_argument("--off", action="store_true", help="use no modem")
    _command(actions, "send", "sms:send", "send what is due through the modem now")
    sms.set_defaults(office="", status="", limit=100, database="")
    for action in (listing, retry):
        action.add_argument("--database", default="", metavar="URL")
    listing.add_argument("--office", default="", metavar="LAO_CODE")
    listing.add_argument("--status", default="", choices=("pending", "sending", "sent", "failed", "unknown"))
    listing.add_argument("--limit", type=int, default=100, metavar="N")


def _of_server(parser: ArgumentParser) -> None:
    parser.add_argument("--database", default="", metavar="URL")
    parser.add_argument("--office", default="", metavar="LAO_CODE", help="only for this office")


def _upkeep(commands: "_SubParsersAction[ArgumentParser]") -> None:
    backup = _command(commands, "backup", "upkeep:backup", "copy the database while it is in use")
    backup.add_argument("file", type=Path, metavar="FILE")
    restore = _command(commands, "restore", "upkeep:restore", "bring a backup back, as a new store")
    restore.add_argument("file", type=Path, metavar="FILE")
    restore.add_argument("--recovery", action="store_true", help="open it with the recovery code from the paper")
    _command(commands, "verify", "upkeep:verify", "integrity of database, audit chain and numbers")
    bench = _command(commands, "bench", "bench:bench", "measure this machine, each figure beside its limit")
    bench.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help="register, find, people, sync, bank, server, slip, pdf, scan, card, start",
    )
    bench.add_argument("--thin", action="store_true", help="sync over 256 kbit/s and 600 ms, cut every 20 s")
    bench.add_argument("--scale", type=float, default=1.0, metavar="N", help="of --thin: that line N times faster")
    for name, what in (("petitions", "petitions to send"), ("files", "files to send"), ("file-bytes", "size of each")):
        bench.add_argument(f"--{name}", type=int, metavar="N", help=f"of --thin: {what}")
    bench.add_argument("--database", default="", metavar="URL", help="an empty PostgreSQL database for server and sync")
    bench.add_argument(
        "--size", type=int, default=0, metavar="N", help="petitions or persons in the store, pictures to scan"
    )
