"""What people get wrong about personal data, retention and destruction: (words, code, field, exit)."""

NOBODY = "KT1201169999999"
Row = tuple[tuple[str, ...], str, str | None, int]
COMMANDS: dict[str, Row] = {
    "a request of no such kind": (("privacy", "receive", "x", "นาง ก"), "kind", "kind", 3),
    "a request of nobody": (("privacy", "receive", "access", " "), "required", "name", 3),
    "a request about a number nobody got": (
        ("privacy", "receive", "access", "นาง ก", "--number", NOBODY), "unknown_number", "number", 3,
    ),
    "a request from the future": (
        ("privacy", "receive", "access", "นาง ก", "--on", "1/1/2699"), "received_on", "received_on", 3,
    ),
    "the identity of no such request": (("privacy", "identity", "x", "card"), "request_unknown", "key", 3),
    "an identity by no such way": (("privacy", "identity", "x", "magic"), "how", "how", 3),
    "an answer to no such request": (("privacy", "answer", "x", "ตอบแล้ว"), "request_unknown", "key", 3),
    "an empty answer": (("privacy", "answer", "x", " "), "required", "answer", 3),
    "refusing no such request": (("privacy", "refuse", "x", "ก"), "request_unknown", "key", 3),
    "refusing without a reason": (("privacy", "refuse", "x", " "), "required", "reason", 3),
    "the data of a number nobody got": (
        ("privacy", "export", NOBODY, "--out", "x.pdf"), "unknown_number", "number", 3,
    ),
    "the data as a picture": (("privacy", "export", NOBODY, "--out", "x.png"), "file_kind", "out", 3),
    "a breach found in the future": (
        ("privacy", "breach", "--found", "1/1/2699", "--time", "9:00", "--what", "หาย"), "found_on", "found_on", 3,
    ),
    "a breach at no such hour": (
        ("privacy", "breach", "--found", "1/1/2569", "--time", "25:00", "--what", "หาย"), "found_time", "found_time", 3,
    ),
    "a breach of nothing": (
        ("privacy", "breach", "--found", "1/1/2569", "--time", "9:00"), "required", "what", 3,
    ),
    "more about no such breach": (("privacy", "breach", "--key", "x", "--what", "หาย"), "breach_unknown", "key", 3),
    "a risk that there is not": (("privacy", "breach", "--key", "x", "--risk", "some"), "risk", "risk", 3),
    "telling of no such breach": (("privacy", "told", "x", "commission"), "breach_unknown", "key", 3),
    "telling nobody": (("privacy", "told", "x", "neighbours"), "whom", "whom", 3),
    "closing no such breach": (("privacy", "close", "x"), "breach_unknown", "key", 3),
    "an activity with a Thai key": (("privacy", "activity", "กล้อง", "purpose=ก"), "key", "key", 3),
    "a part that no activity has": (("privacy", "activity", "cctv", "colour=ก"), "part", "colour", 3),
    "a part without its text": (("privacy", "activity", "cctv", "purpose"), "part", "parts", 3),
    "a period of nothing": (("privacy", "period", "x", "5", "--basis", "ก"), "period", "what", 3),
    "no time at all": (("privacy", "period", "access", "0", "--basis", "ก"), "length", "length", 3),
    "a period for no reason": (("privacy", "period", "access", "5", "--basis", " "), "required", "basis", 3),
    "keeping no such kind": (("retention", "set", "x", "5", "--basis", "ก"), "kind", "kind", 3),
    "keeping for no year": (("retention", "set", "petition", "0", "--basis", "ก"), "length", "length", 3),
    "keeping from no such day": (
        ("retention", "set", "petition", "5", "--basis", "ก", "--since", "31/2/2569"), "date", "since", 3,
    ),
    "holding a number nobody got": (("retention", "hold", NOBODY, "--reason", "คดี"), "unknown_number", "number", 3),
    "holding for no reason": (("retention", "hold", "NUMBER", "--reason", " "), "required", "reason", 3),
    "lifting what is not held": (("retention", "lift", "NUMBER"), "not_held", "number", 3),
    "destroying when nothing is due": (("destruction", "propose"), "nothing_due", None, 3),
    "destroying a case that goes on": (("destruction", "propose", "NUMBER"), "case_open", "number", 3),
    "destroying for no such request": (
        ("destruction", "propose", "NUMBER", "--request", "x"), "request_unknown", "key", 3,
    ),
    "approving no such list": (("destruction", "approve", "x", "--order", "1"), "destruction_unknown", "key", 3),
    "approving without an order": (("destruction", "approve", "x", "--order", " "), "required", "order", 3),
    "refusing no such list": (("destruction", "refuse", "x", "--reason", "ก"), "destruction_unknown", "key", 3),
    "carrying out no such list": (("destruction", "run", "x"), "destruction_unknown", "key", 3),
    "the certificate of no such list": (
        ("destruction", "certificate", "x", "--out", "x.pdf"), "destruction_unknown", "key", 3,
    ),
    "the audit of no such group": (("audit", "list", "--group", "x"), "group", "group", 3),
    "the audit of no such day": (("audit", "list", "--day", "32/1/2569"), "date", "day", 3),
}  # fmt: skip
