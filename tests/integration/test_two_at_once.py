"""Several processes and threads on one home: numbers stay distinct, the chain unbroken, and nobody is turned away."""

import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from app.services import cases, registration_json, search_index, setup, verification
from tests.crash.examine import examine
from tests.integration.support import command, homes
from tests.integration.support.petitions import lines, many

REGISTER = ("register", "petition", "-", "--lines", "--no-print", "--json")
EACH = 500


def at_once(home: Path, folder: Path, *given: bytes) -> list[command.Answer]:
    """One `register` for each, all running at the same time."""
    running = []
    for place, stdin in enumerate(given):
        file = folder / f"lines-{place}"
        file.write_bytes(stdin)
        with file.open("rb") as stream:
            running.append(
                subprocess.Popen(
                    command.command_line(home, *REGISTER), stdin=stream, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                    cwd=command.ROOT, env=command.environment({}),
                )
            )  # fmt: skip
    with ThreadPoolExecutor(len(running)) as pool:
        ended = list(pool.map(lambda process: process.communicate(timeout=120), running))
    return [
        command.Answer(process.returncode, out.decode(), err.decode())
        for process, (out, err) in zip(running, ended, strict=True)
    ]


def test_two_processes_register_five_hundred_each(home: Path, tmp_path: Path) -> None:
    data = [many(seed, EACH) for seed in (21, 22)]
    answers = at_once(home, tmp_path, *(lines(part) for part in data))
    assert [answer.code for answer in answers] == [0, 0], [answer.err[-300:] for answer in answers]
    numbers = [[row["number"] for row in answer.rows] for answer in answers]
    assert [len(part) for part in numbers] == [EACH, EACH]
    assert len({*numbers[0], *numbers[1]}) == 2 * EACH
    found = examine(home, [*numbers[0], *numbers[1]], [*data[0], *data[1]])
    assert found.ok, found
    assert found.cases == 2 * EACH


def test_threads_of_one_process_register_and_read(home: Path) -> None:
    data = many(23, 200)
    commands = [registration_json.from_json("petition", one) for one in data]
    changed: list[frozenset[str]] = []
    with homes.opened(home) as counter:
        actor = homes.signed_in(counter)
        counter.subscribe(lambda changes: changed.append(changes.cases))
        stop = threading.Event()
        read: list[int] = []

        def reader() -> None:
            while not stop.is_set():
                read.append(len(cases.find(counter, "หมู่ที่", 1_000, actor)))
                search_index.catch_up(counter)

        watching = threading.Thread(target=reader)
        watching.start()
        with ThreadPoolExecutor(4) as pool:
            numbers = list(pool.map(lambda one: cases.enter(counter, actor, one).number, commands))
        stop.set()
        watching.join(20)
        assert read == sorted(read), "a search never finds less than the one before"
        assert len(cases.find(counter, "หมู่ที่", 1_000, actor)) == 200
        assert all(check.ok for check in verification.verify(counter))
    found = examine(home, numbers, data)
    assert found.ok, found
    assert frozenset().union(*changed) == set(numbers)


def test_two_windows_opened_at_the_same_moment(home: Path) -> None:
    """Opening takes in services and may migrate: two at once both get their counter."""
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: command.process(home, "verify", "--json"), range(2)))
    assert [answer.code for answer in answers] == [0, 0], [answer.err for answer in answers]


def test_two_set_ups_of_one_folder_leave_one_whole_counter(tmp_path: Path) -> None:
    def set_up(_: int) -> str:
        try:
            homes.make(tmp_path / "home")
        except Exception as error:
            return type(error).__name__
        return "made"

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(set_up, range(2)))
    if not setup.is_set_up(tmp_path / "home"):
        homes.make(tmp_path / "home")
    assert results.count("made") <= 2
    with homes.opened(tmp_path / "home") as counter:
        assert all(check.ok for check in verification.verify(counter))
