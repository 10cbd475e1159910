"""Refusals of the commands about rates, payers and the clock: words, code, field, exit code."""

NUMBER = "NUMBER"
"""Stands for the number of a petition."""
FEE = ("ad_permit", "ฟรี", "baht_per_permit", "--commercial", "yes")
ORDINANCE = ("--ordinance", "1/2560", "--on", "1/5/2560")
WRONG = ("--reason", "นาฬิกาผิด")
COMMANDS: dict[str, tuple[tuple[str, ...], str, str | None, int]] = {
    "confirming no day": (("clock", "confirm", "วันนี้"), "date", "today", 3),
    "confirming another day": (("clock", "confirm", "1/1/2500"), "clock_other_day", "today", 3),
    "the day of what nobody filed": (("clock", "filed-on", NUMBER, "1/1/2569", *WRONG), "no_filing", "number", 3),
    "the day of a number nobody got": (
        ("clock", "filed-on", "KT1201169999999", "1/1/2569", *WRONG),
        "unknown_number",
        "number",
        3,
    ),
    "a rate of nothing": (("rates", "add", "flying", "1", "percent", "--from", "1/1/2570"), "item", "item", 3),
    "a rate in words": (("rates", "add", *FEE, "--from", "1/1/2570"), "decimal", "value", 3),
    "a rate from no day": (("rates", "add", "ad_permit", "1", *FEE[2:], "--from", "วันแรก"), "date", "from", 3),
    "taking back a rate that is none": (("rates", "remove", "99"), "unknown_rate", "place", 3),
    "confirming what has no rate": (("rates", "confirm", "petition", *ORDINANCE), "unknown_service", "service", 3),
    "withdrawing what nobody confirmed": (("rates", "withdraw", "ad_permit"), "not_confirmed", "service", 3),
    "the example of what has no rate": (("rates", "example", "petition"), "unknown_service", "service", 3),
    "a list that is not there": (("payers", "import", "hotel", "nowhere.csv"), "input_file", None, 4),
    "closing whom nobody knows": (("payers", "close", "hotel", "77", "--on", "1/1/2569"), "unknown_payer", "code", 3),
    "closing on no day": (("payers", "close", "hotel", "77", "--on", "วันพ่อ"), "date", "active_to", 3),
    "filings of whom nobody knows": (("payers", "cases", "hotel", "77"), "unknown_payer", "code", 3),
}
