"""bank: a bank's payment file of 10,000 lines, right and wrong ones mixed, matched with as many bills as are right."""

import random
import time
from typing import Any

from app.catalog.loader import load_builtin
from app.catalog.samples import sample
from app.cli.benchmarks import office
from app.services import bank_files, bills, registration, registration_json, shifts
from app.services.counter import Counter
from app.services.model import Actor

LINES = 10_000
LIMIT_SECONDS = 10.0
SHARES = {"twice": 0.10, "wrong_amount": 0.08, "unknown": 0.08, "cut": 0.02, "wrong_encoding": 0.02}
"""Of the lines; the others pay a bill each."""
A_TRANSACTION = 1_000


def measure(size: int = LINES) -> dict[str, Any]:
    """Seconds that the import takes, and that importing the same file again takes, beside the limit of 10 s.

    n: lines. matched: receipts issued; waiting: lines in the work list. Making the bills is not measured.
    """
    with office.office() as (counter, actor):
        counts = {name: int(size * share) for name, share in SHARES.items()}
        made = _bills(counter, actor, size - sum(counts.values()))
        content = _file(made, counts, shifts.today(counter).strftime("%Y%m%d"))
        seconds, done = _timed(counter, actor, content)
        again, _ = _timed(counter, actor, content)
        waiting = len(bank_files.waiting(counter, size))
    return {
        "ours": round(seconds, 2),
        "limit": LIMIT_SECONDS,
        "ratio": round(seconds / LIMIT_SECONDS, 2),
        "n": done.lines,
        "unit": "s",
        "again_seconds": round(again, 2),
        "matched": done.matched,
        "duplicates": done.duplicates,
        "unmatched": done.unmatched,
        "waiting": waiting,
    }


def _timed(counter: Counter, actor: Actor, content: bytes) -> tuple[float, bank_files.Imported]:
    begin = time.perf_counter()
    done = bank_files.import_file(counter, actor, "bank.txt", content)
    return time.perf_counter() - begin, done


def _bills(counter: Counter, actor: Actor, count: int) -> list[bills.Bill]:
    """Permits that wait for their fee, many to a transaction, each with its bill."""
    data = sample(load_builtin()["ad_permit"])
    command = registration_json.from_json("ad_permit", data)
    found: list[bills.Bill] = []
    while len(found) < count:
        with counter.store.write(actor.username) as work:
            for _ in range(min(A_TRANSACTION, count - len(found))):
                number = registration.write(work, counter, actor, command).number
                work.run("UPDATE cases SET status = 'approved' WHERE number = ?", (number,))
                found.append(bills.write(work, counter, actor, number))
    return found


def _file(made: list[bills.Bill], counts: dict[str, int], day: str) -> bytes:
    """The file, its lines shuffled: a double may come before what it doubles."""
    right = [_line(bill.ref1, bill.ref2, bill.satang, day) for bill in made]
    lines = [
        *right,
        *right[: counts["twice"]],
        *(_line(bill.ref1, bill.ref2, bill.satang + 1, day) for bill in made[: counts["wrong_amount"]]),
        *(_line(f"N{place}", day, 100 + place, day) for place in range(counts["unknown"])),
        *(line[:50] for line in right[: counts["cut"]]),
        *(line[:16] + b"\xdb\xdc\xff" * 6 + line[34:] for line in right[: counts["wrong_encoding"]]),
    ]
    random.Random(1).shuffle(lines)
    return b"\r\n".join([b"01KTB HEAD", *lines, b"99KTB FOOT"]) + b"\r\n"


def _line(ref1: str, ref2: str, satang: int, day: str) -> bytes:
    return f"{f'02{day}KTB001{ref1:<20}{ref2:<20}{satang:013d}':<140}".encode("cp874")
