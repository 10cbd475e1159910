"""Two cashiers without a line, killed again and again, one of them restored from an older backup: no number twice,
every number accounted for, and each drawer holds what its receipts say.

LAO_CASHIER_RECEIPTS=500 and LAO_CASHIER_KILLS=20 try it at full length.
"""

import os
import random
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from sync_support import ACTOR, Desk, Province

from app.domain.clock import SystemClock
from app.services import (
    backups,
    cases,
    number_report,
    receipt_rows,
    registration_json,
    replication,
    setup,
    shifts,
    verification,
)
from app.services.counter import Counter
from tests.integration.support import petitions
from tests.integration.support.command import ROOT, environment

EACH = int(os.environ.get("LAO_CASHIER_RECEIPTS", "12"))
KILLS = int(os.environ.get("LAO_CASHIER_KILLS", "2"))
CASHIER = """
import sys
from pathlib import Path
from app.domain.clock import SystemClock
from app.services import receipts, setup
from app.services.model import Actor
from app.services.money_model import Pay
counter = setup.open_counter(Path(sys.argv[1]), SystemClock(), "กุญแจ")
actor = Actor("1", "somying", "สมหญิง ทดสอบ", "เจ้าหน้าที่", "user")
print("ready", flush=True)
for line in sys.stdin:
    receipt = receipts.issue(counter, actor, Pay(line.strip(), "cash", 20_000, received_satang=50_000))
    print(receipt.text, line.strip(), flush=True)
"""


def open_cases(desk: Desk, count: int) -> list[str]:
    """Permits that wait for their fee, entered quickly: their way here is not what is tried."""
    command = registration_json.parse("ad_permit", petitions.text(petitions.permit()).encode(), ())
    numbers = [cases.enter(desk.counter, ACTOR, command).number for _ in range(count)]
    for number in numbers:
        for state in ("document_check", "officer_opinion", "approved"):
            cases.change_status(desk.counter, ACTOR, number, state)
    return numbers


class Cashier:
    """One that works in a process of its own and may be killed at any moment."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.told: dict[str, str] = {}
        """Receipts that it said were issued -> the case."""

    def work(self, numbers: list[str], kill_after: float | None) -> None:
        """Take the money for these cases; killed at some moment after so many answers."""
        process = subprocess.Popen(
            [sys.executable, "-c", CASHIER, str(self.home)], cwd=ROOT, env=environment({}), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8",
        )  # fmt: skip
        assert process.stdin is not None and process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.stdin.write("".join(f"{number}\n" for number in numbers))
        process.stdin.flush()
        try:
            for place, _number in enumerate(numbers, start=1):
                line = process.stdout.readline().split()
                if not line:
                    break
                self.told[line[0]] = line[1]
                if kill_after is not None and place >= kill_after:
                    process.send_signal(signal.SIGKILL)
            process.stdin.close()
            rest = process.stdout.read().split("\n")
            self.told.update(line.split() for line in rest if line)  # type: ignore[arg-type]
        finally:
            process.kill()
            process.wait()
            process.stdout.close()


def reopened(desk: Desk) -> None:
    desk.counter = setup.open_counter(desk.home, SystemClock(), "กุญแจ")
    desk.apply = partial(replication.apply, desk.counter)


def work_through(desk: Desk, numbers: list[str], source: random.Random, kills: int) -> dict[str, str]:
    """All the money is taken in the end, however often the cashier was killed."""
    desk.counter.close()
    cashier = Cashier(desk.home)
    left = list(numbers)
    for _ in range(kills):
        if len(left) > 2:
            cashier.work(left, source.uniform(1, len(left) / 2))
            left = unpaid(desk.home, numbers)
    cashier.work(left, None)
    reopened(desk)
    assert unpaid_of(desk.counter, numbers) == []
    return cashier.told


def unpaid(home: Path, numbers: list[str]) -> list[str]:
    counter = setup.open_counter(home, SystemClock(), "กุญแจ")
    try:
        return unpaid_of(counter, numbers)
    finally:
        counter.close()


def unpaid_of(counter: Counter, numbers: list[str]) -> list[str]:
    paid = {receipt.number for receipt in receipt_rows.listed(counter, limit=10_000)}
    return [number for number in numbers if number not in paid]


def check(desk: Desk, told: dict[str, str]) -> None:
    found = receipt_rows.listed(desk.counter, limit=10_000)
    mine = {receipt.text: receipt.number for receipt in found}
    assert told.items() <= mine.items(), "what was said to be issued is there"
    assert len({receipt.text for receipt in found}) == len(found)
    report = number_report.report(desk.counter)
    assert (report["unexplained"], report["duplicates"]) == (0, 0)
    assert all(one.ok for one in verification.verify(desk.counter)), verification.verify(desk.counter)


@pytest.mark.slow
def test_two_cashiers_offline_killed_and_one_restored(tmp_path: Path) -> None:
    source = random.Random(5)
    with Province(tmp_path) as province:
        first, second = province.desk("เคาน์เตอร์ 1"), province.desk("เคาน์เตอร์ 2")
        plans = [open_cases(desk, EACH) for desk in (first, second)]
        for desk in (first, second):
            desk.sync()
        told = [work_through(first, plans[0], source, KILLS)]
        half = plans[1][: EACH // 2]
        told.append(work_through(second, half, source, KILLS))
        backup = tmp_path / "yesterday.db"
        backups.back_up(second.counter, backup)
        lost = work_through(second, plans[1][EACH // 2 :], source, 0)
        second.sync()  # what was issued since the backup has reached the server; then the machine dies
        second.counter.close()
        backups.restore(second.home, backup, "กุญแจ", SystemClock())
        reopened(second)
        second.enrol(province.url, province.database)
        second.sync()
        more = open_cases(second, 3)
        told.append(work_through(second, more, source, 0))
        for desk, mine in ((first, told[0]), (second, told[1] | lost | told[2])):
            check(desk, mine)
        for desk in (first, second):
            assert desk.sync().rejected == 0
        first.sync()
        everything = told[0] | told[1] | lost | told[2]
        known = {receipt.text for receipt in receipt_rows.listed(first.counter, limit=10_000)}
        assert len(known) == 2 * EACH + 3, "one that was killed before it could tell is there as well"
        assert set(everything) <= known
        rows = province.rows("SELECT fiscal_year, book, no, count(*) FROM receipt GROUP BY fiscal_year, book, no")
        assert len(rows) == 2 * EACH + 3 and {row[3] for row in rows} == {1}
        shift = shifts.current(first.counter, ACTOR)
        assert shift is not None
        mine = [one for one in receipt_rows.listed(first.counter, limit=10_000) if one.number in plans[0]]
        assert shift.cash_satang == sum(one.total_satang for one in mine) == EACH * 20_000
        assert shift.receipts == EACH
        closed = shifts.close(first.counter, ACTOR, total=EACH * 20_000)
        assert (closed.difference_satang, closed.state) == (0, "closed")
