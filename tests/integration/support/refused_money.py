"""Refusals of the cashier's commands: words, code, field, exit code."""

NUMBER = "NUMBER"
"""Stands for the number of a petition."""
COMMANDS: dict[str, tuple[tuple[str, ...], str, str | None, int]] = {
    "taking over without a count": (
        ("take-over", "nobody", "--counted", "missing", "--reason", "ป่วย"),
        "counted",
        "counted",
        3,
    ),
    "taking over by a count that is none": (
        ("take-over", "nobody", "--counted", "HOME/counter.key.json", "--reason", "ป่วย"),
        "amount",
        "counted",
        3,
    ),
    "ending a year that cannot be": (("books", "end-year", "9"), "fiscal_year", "year", 3),
    "ending a year of the common era": (("books", "end-year", "2026"), "fiscal_year", "year", 3),
    "ending a year without books": (("books", "end-year", "2567"), "no_books", "year", 3),
    "ending a year that runs": (("books", "end-year", "2699"), "year_runs", "year", 3),
    "a book of a year that cannot be": (("books", "add", "1", "1", "5", "--year", "70"), "fiscal_year", "year", 3),
    "comparing with no file of e-LAAS": (("elaas", "compare", "missing"), "elaas_file", "with", 3),
    "comparing days that run backwards": (
        ("elaas", "compare", "missing", "--from", "2/1/2569", "--to", "1/1/2569"),
        "days",
        "last",
        3,
    ),
    "comparing no numbers of e-LAAS": (("elaas", "numbers", " , "), "numbers", "numbers", 3),
    "noting no such difference": (("elaas", "note", "7", "--reason", "x"), "elaas_row", "row", 3),
    "settling no such difference": (("elaas", "settle", str(10**30), "--reason", "x"), "elaas_row", "row", 3),
    "settling without words": (("elaas", "settle", "7", "--reason", " "), "required", "note", 3),
    "paying by no method": (("pay", NUMBER), "method", "method", 3),
    "paying by several in no form": (("pay", NUMBER, "--pay", "cash"), "parts", "parts", 3),
    "paying by one of several": (("pay", NUMBER, "--pay", "cash=1.00"), "parts", "parts", 3),
    "paying by several of no kind": (("pay", NUMBER, "--pay", "gold=1.00,cash=1.00"), "method", "parts", 3),
    "several without a reference": (("pay", NUMBER, "--pay", "cash=1.00,card=1.00"), "reference", "parts", 3),
}
