"""What may be typed about money; app/cli/parser.py has the rest."""

from argparse import ArgumentParser, _SubParsersAction
from collections.abc import Callable
from pathlib import Path

from app.cli import campaign_parser

# what app.services names, said here again: the window must not load the services before it is painted
METHODS = ("cash", "cheque", "transfer", "qr", "card", "ktb_bill")
REPORTS = (
    "receipts", "voided-receipts", "receipt-books", "elaas", "elaas-reconcile", "remittance", "remittance-summary",
)  # fmt: skip
KINDS = ("computer", "elaas", "preprinted", "reserve")
Command = Callable[["_SubParsersAction[ArgumentParser]", str, str, str], ArgumentParser]


def add(commands: "_SubParsersAction[ArgumentParser]", command: Command) -> None:
    """Every command of the cashier."""
    pay = command(commands, "pay", "money:pay", "take money and issue a receipt")
    pay.add_argument("number", metavar="NUMBER")
    pay.add_argument("--method", default="", choices=METHODS)
    pay.add_argument("--amount", default="", metavar="BAHT")
    pay.add_argument(
        "--pay",
        dest="parts",
        default="",
        metavar="METHOD=BAHT[:REFERENCE[:BANK]],…",
        help="several methods, one receipt",
    )
    pay.add_argument("--received", default="", metavar="BAHT", help="cash as handed over: the change is told")
    pay.add_argument("--reference", default="", metavar="TEXT", help="of transfer, QR, card; number of the cheque")
    pay.add_argument("--bank", default="", metavar="NAME", help="bank and branch of the cheque")
    pay.add_argument("--external-no", default="", metavar="TEXT", help="the receipt's number in e-LAAS")
    pay.add_argument("--book", default="", metavar="BOOK", help="of a paper book")
    pay.add_argument("--no", type=int, default=0, metavar="NO", help="of a paper book")
    pay.add_argument("--on", default="", metavar="DATE", help="day of a receipt written in a reserve book")
    pay.add_argument("--slip", default="", metavar="TEXT", help="what the QR on the payment slip says")
    pay.add_argument("--no-print", action="store_true", help="queue no paper")
    listing = command(commands, "receipts", "money:receipts_list", "receipts, the newest first")
    listing.add_argument("text", nargs="?", default="", metavar="TEXT")
    listing.add_argument("--from", dest="first", default="", metavar="D")
    listing.add_argument("--to", dest="last", default="", metavar="D")
    listing.add_argument("--limit", type=int, default=200, metavar="N")
    void = command(commands, "void", "money:void", "cancel a receipt")
    void.add_argument("receipt", metavar="BOOK/NO")
    void.add_argument("--reason", required=True, metavar="TEXT")
    void.add_argument("--approved-by", required=True, metavar="USERNAME")
    void.add_argument("--original-missing", action="store_true", help="the original did not come back")
    cheque = command(commands, "cheque", "money:cheque", "what became of a cheque")
    cheque.add_argument("receipt", metavar="BOOK/NO")
    cheque.add_argument("outcome", choices=("cleared", "returned"))
    bank = command(commands, "bank-file", "money:bank_file", "match a bank's payment file; without FILE the work list")
    bank.add_argument("file", nargs="?", type=Path, default=None, metavar="FILE")
    bank.add_argument("--retry", action="store_true", help="try what waits once more")
    bank.add_argument("--settle", type=int, default=0, metavar="ROW", help="take a line off the work list")
    bank.add_argument("--note", default="", metavar="TEXT", help="what was done about it")
    _days(commands, command)
    _books(commands, command)
    _elaas(commands, command)
    _reports(commands, command)


def _elaas(commands: "_SubParsersAction[ArgumentParser]", command: Command) -> None:
    elaas = command(commands, "elaas", "elaas:listing", "compare with e-LAAS: compare, numbers, list, note, settle")
    actions = elaas.add_subparsers(metavar="ACTION")
    comparing = command(actions, "compare", "elaas:compare", "the sums of its CSV with ours")
    comparing.add_argument("theirs", type=Path, metavar="FILE.csv")
    comparing.add_argument("--from", dest="first", default="", metavar="D")
    comparing.add_argument("--to", dest="last", default="", metavar="D")
    numbers = command(actions, "numbers", "elaas:numbers", "its receipt numbers of a day with ours")
    numbers.add_argument("numbers", nargs="+", metavar="NO")
    numbers.add_argument("--on", default="", metavar="D")
    listing = command(actions, "list", "elaas:listing", "what differs and is not settled")
    listing.add_argument("--all", action="store_true", help="also what is settled or has come right")
    for name, told in (("note", "say what was found out"), ("settle", "nothing is left to be done")):
        one = command(actions, name, f"elaas:{name}", told)
        one.add_argument("row", type=int, metavar="ROW")
        one.add_argument("--reason", required=True, metavar="TEXT")


def _days(commands: "_SubParsersAction[ArgumentParser]", command: Command) -> None:
    opening = command(commands, "day-open", "money:day_open", "open a drawer with change money")
    opening.add_argument("--float", default="", metavar="BAHT")
    opening.add_argument("--drawer", default="", metavar="NAME")
    closing = command(commands, "day-close", "money:day_close", "close the cashier's day")
    handing = command(commands, "hand-over", "money:hand_over", "give the drawer to the next clerk")
    handing.add_argument("to", metavar="USERNAME")
    closing.add_argument("--counted", type=Path, default=None, metavar="FILE", help="JSON of pieces by face")
    handing.add_argument("--counted", type=Path, required=True, metavar="FILE", help="JSON of pieces by face")
    for one in (closing, handing):
        one.add_argument("--reason", default="", metavar="TEXT", help="why the drawer does not hold what it should")
    taking = command(commands, "take-over", "money:take_over", "take over the drawer of somebody who has gone")
    taking.add_argument("holder", metavar="USERNAME")
    taking.add_argument("--counted", type=Path, required=True, metavar="FILE", help="JSON of pieces by face")
    taking.add_argument("--reason", required=True, metavar="TEXT", help="why its holder does not hand it over")
    taking.add_argument("--difference", default="", metavar="TEXT", help="why it does not hold what it should")


def _reports(commands: "_SubParsersAction[ArgumentParser]", command: Command) -> None:
    report = command(commands, "report", "reports:report", "a report of the office as a file")
    names = (*REPORTS, *campaign_parser.REPORTS)
    report.add_argument("name", choices=names, metavar="NAME", help=", ".join(names))
    report.add_argument("--from", dest="first", default="", metavar="D")
    report.add_argument("--to", dest="last", default="", metavar="D")
    report.add_argument("--out", type=Path, default=None, metavar="FILE.pdf|.csv|.png|.txt")
    report.add_argument("--fresh", action="store_true", help="thaid-week: the figures of now, also of a week reported")
    report.add_argument("--number", type=int, default=0, metavar="N", help="of the remittance slip")
    report.add_argument("--with", dest="theirs", type=Path, default=None, metavar="FILE.csv", help="what e-LAAS says")


def _books(commands: "_SubParsersAction[ArgumentParser]", command: Command) -> None:
    books = command(commands, "books", "money:books_list", "receipt books: list, add, close, spoil, end-year")
    actions = books.add_subparsers(metavar="ACTION")
    listing = command(actions, "list", "money:books_list", "the control register")
    listing.add_argument("--year", type=int, default=0, metavar="BE", help="fiscal year")
    adding = command(actions, "add", "money:books_add", "enter a book that was drawn")
    adding.add_argument("book", metavar="BOOK")
    adding.add_argument("first", type=int, metavar="FIRST")
    adding.add_argument("last", type=int, metavar="LAST")
    adding.add_argument("--kind", default="preprinted", choices=KINDS)
    adding.add_argument("--year", type=int, default=0, metavar="BE", help="fiscal year")
    adding.add_argument("--from", dest="received_from", default="", metavar="NAME")
    adding.add_argument("--to", dest="issued_to", default="", metavar="NAME")
    closing = command(actions, "close", "money:books_close", "retire what a book has left")
    closing.add_argument("book", metavar="BOOK")
    closing.add_argument("--year", type=int, default=0, metavar="BE", help="fiscal year")
    closing.add_argument("--reason", required=True, metavar="TEXT")
    spoiling = command(actions, "spoil", "money:books_spoil", "the next leaf of a paper book is spoiled")
    spoiling.add_argument("receipt", metavar="BOOK/NO")
    spoiling.add_argument("--reason", required=True, metavar="TEXT")
    ending = command(actions, "end-year", "money:books_end_year", "retire what an ended year has left")
    ending.add_argument("fiscal_year", type=int, metavar="BE")
