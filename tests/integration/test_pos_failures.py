"""The five ways in which Odoo's point of sale has lost or doubled a receipt (odoo/odoo), here with a real server.

Two processes on one store, edit then finish offline, a time-out after the server committed, a power cut after the slip
was printed, a cut in the middle of the queue: everything arrives once, in its order, under the number on the paper.
"""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.errors import Unavailable
from app.services import case_steps, cases, corrections, print_jobs, printers
from app.services.model import Printer
from sync.batch_size import BatchSize
from tests.integration.support.fault_line import FaultLine
from tests.integration.sync_support import ACTOR, Desk, Province

REPOSITORY = Path(__file__).parents[2]
OPEN = """
import sys
from pathlib import Path
from app import bootstrap
from app.services.model import Actor
counter = bootstrap.open_counter(Path(sys.argv[1]), "กุญแจ")
actor = Actor("1", "somying", "สมหญิง ทดสอบ", "เจ้าหน้าที่", "user")
"""
REGISTER_AND_SYNC = """
from app.catalog.samples import sample
from app.services import registration, registration_json
data = sample(bootstrap.load_builtin()["petition"])
for turn in range(5):
    print(registration.enter(counter, actor, registration_json.from_json("petition", data)).number)
    bootstrap.sync_now(counter)
"""
PRINT_AND_DIE = """
import os
from app.catalog.samples import sample
from app.services import registration, registration_json
from dataclasses import replace
from printing import press
command = registration_json.from_json("petition", sample(bootstrap.load_builtin()["petition"]))
print(registration.enter(counter, actor, replace(command, print_documents=("slip",))).number, flush=True)
real = press.print_job
def printed(*values):
    real(*values)
    os._exit(9)
press.print_job = printed
bootstrap.print_waiting(counter)
"""


@pytest.fixture
def province(tmp_path: Path) -> Iterator[Province]:
    with Province(tmp_path) as place:
        yield place


def process(desk: Desk, program: str) -> "subprocess.Popen[str]":
    """Another process of the program on the same store."""
    return subprocess.Popen(
        [sys.executable, "-X", "utf8", "-c", OPEN + program, str(desk.home)],
        cwd=REPOSITORY, stdout=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip


def kinds(province: Province, number: str) -> list[str]:
    """What the server has of a case, in the office's order."""
    sql = (
        "SELECT l.kind FROM log l JOIN case_file c ON c.office = l.office AND c.record = l.record"
        f" WHERE c.number = '{number}' ORDER BY l.office_seq"
    )
    return [row[0] for row in province.rows(sql)]


def test_two_processes_on_one_store(province: Province) -> None:
    desk = province.desk()
    others = [process(desk, REGISTER_AND_SYNC) for _ in range(2)]
    mine = []
    for _ in range(5):
        mine += desk.register(1)
        desk.sync()
    said = [other.communicate(timeout=300)[0] for other in others]
    assert [other.returncode for other in others] == [0, 0]
    desk.sync()
    numbers = [*mine, *(number for text in said for number in text.split())]
    assert len(set(numbers)) == 15
    assert province.numbers() == sorted(numbers)
    assert len(province.rows("SELECT 1 FROM log WHERE kind = 'petition_registered'")) == 15


def test_edit_then_finish_offline(province: Province) -> None:
    desk, other = province.desk("หน้าต่าง 1"), province.desk("หน้าต่าง 2")
    [number] = desk.register(1)
    desk.sync()
    with FaultLine(province.url) as line:
        line.refuse = True
        desk.move_to(line.url)
        corrections.correct(desk.counter, ACTOR, number, {"applicant.phone": "081-999-9999"})
        cases.change_status(desk.counter, ACTOR, number, "received")
        with pytest.raises(Unavailable):
            desk.sync()
        case_steps.change_status(desk.counter, ACTOR, number, "assigned")
        for state in ("in_progress", "done"):
            desk.step(number, state)
        with pytest.raises(Unavailable):
            desk.sync()
        line.refuse = False
        desk.sync()
    steps = ["case_corrected", *["status_changed"] * 4]
    assert kinds(province, number) == ["petition_registered", *steps]
    other.sync()
    assert other.states() == {number: "done"}
    assert corrections.values(other.counter, number)["applicant.phone"] == "0819999999"


def test_time_out_after_the_server_committed(province: Province) -> None:
    desk = province.desk()
    numbers = desk.register(2)
    with FaultLine(province.url) as line:
        desk.move_to(line.url)
        line.cut_answer_after = 1
        for _ in range(3):
            with pytest.raises(Unavailable):
                desk.sync()
        assert province.numbers() == sorted(numbers), "the server has them, and the counter does not know"
        numbers += desk.register(1)
        line.cut_answer_after = None
        assert desk.sync().pending == 0
    assert province.numbers() == sorted(numbers)
    assert len(province.rows("SELECT 1 FROM log")) == 3


def test_power_cut_after_the_slip_is_printed(province: Province, tmp_path: Path) -> None:
    desk = province.desk()
    printers.add(
        desk.counter, replace(ACTOR, role="admin"), Printer("slips", "file", str(tmp_path / "paper"), 576, True)
    )
    dead = process(desk, PRINT_AND_DIE)
    number = dead.communicate(timeout=300)[0].strip()
    assert dead.returncode == 9 and number
    assert [path for path in (tmp_path / "paper").rglob("*") if path.is_file()], "the slip is in the citizen's hand"
    assert list(desk.states()) == [number], "and the case is in the register under its number"
    assert desk.sync().pending == 0
    assert province.numbers() == [number]
    print_jobs.release_interrupted(desk.counter, "slips")
    assert [job.state for job in print_jobs.list_jobs(desk.counter, 10)] == ["failed"], "a person says what came out"
    assert number not in desk.register(1)


@pytest.mark.parametrize("cut", [1, 700, 3_000, 9_000])
def test_cut_in_mid_queue(province: Province, cut: int) -> None:
    desk = province.desk()
    numbers = desk.register(12, noise=2_000)
    desk.step(numbers[0], "received")
    with FaultLine(province.url) as line:
        desk.move_to(line.url)
        line.cut_after = cut
        size = BatchSize(target=4_096)
        with pytest.raises(Unavailable):
            desk.sync(size=size)
        line.cut_after = None
        numbers += desk.register(1)
        assert desk.sync(size=size).pending == 0
    assert province.numbers() == sorted(numbers)
    assert kinds(province, numbers[0]) == ["petition_registered", "status_changed"]
    assert len(province.rows("SELECT 1 FROM log")) == 14
