"""No space left: refused in Thai, nothing acknowledged lost, and work goes on when there is space again.

Two real ways: a limit on the size of the files a process may write, which every Linux permits, and a small file system
of its own, where mounting is permitted.
"""

import json
import re
import resource
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.errors import Unavailable
from app.services import backup_plan, cases, registration_json, setup, status
from tests.crash.examine import examine
from tests.integration.support import command, homes
from tests.integration.support.petitions import lines, many, petition, text

THAI = re.compile("[ก-๙]")
REGISTER = ("register", "petition", "-", "--lines", "--no-print", "--json")
NO_SPACE = {"disk_full", "disk_fault"}


def at_most(kib: int) -> Callable[[], None]:
    """No file of the new process may grow beyond this."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (kib * 1024, kib * 1024))


def told(answer: command.Answer, codes: set[str]) -> None:
    assert answer.code == 4, (answer.code, answer.err)
    error = answer.error
    assert error["code"] in codes
    assert THAI.search(error["title"])
    assert THAI.search(error["hint"])


@pytest.mark.parametrize("kib", [300, 700, 2_000])
def test_registering_until_files_may_not_grow(home: Path, kib: int) -> None:
    data = many(7, 300)
    stopped = command.process(home, *REGISTER, stdin=lines(data), before=at_most(kib))
    told(stopped, NO_SPACE)
    numbers = [row["number"] for row in stopped.rows]
    assert 0 < len(numbers) < len(data)
    goes_on = command.process(home, *REGISTER, stdin=lines(data[len(numbers) :]))
    numbers += [row["number"] for row in goes_on.rows]
    found = examine(home, numbers, data)
    assert found.ok, found
    assert found.cases == len(numbers) == len(data)


@pytest.mark.parametrize("kib", [0, 12, 64, 130, 200, 260])
def test_setting_up_with_too_little_space_leaves_nothing_half(tmp_path: Path, kib: int) -> None:
    """Either there is a whole counter afterwards, or `init` may be repeated in the same folder."""
    office = tmp_path / "office.toml"
    office.write_text("".join(f"{key} = {json.dumps(value)}\n" for key, value in homes.OFFICE.items()), "utf-8")
    words = ("init", office, "--admin", homes.USERNAME, "--json")
    home = tmp_path / "home"
    first = command.process(home, *words, before=at_most(kib))
    if setup.is_set_up(home):
        assert first.code in (0, 4)
    else:
        told(first, NO_SPACE | {"home_folder"})
        assert command.run(home, *words).code == 0
    assert command.run(home, "verify").code == 0
    assert command.run(home, "register", "petition", "-", "--no-print", stdin=text(petition())).code == 0


@pytest.mark.parametrize("kib", [1, 40, 150, 400])
def test_backup_and_restore_with_too_little_space_change_nothing(home: Path, tmp_path: Path, kib: int) -> None:
    data = many(8, 60)
    numbers = [row["number"] for row in command.run(home, *REGISTER, stdin=lines(data)).rows]
    told(
        command.process(home, "backup", tmp_path / "short.db", "--json", before=at_most(kib)),
        NO_SPACE | {"backup_failed"},
    )
    assert not list(tmp_path.glob("short*"))
    assert command.run(home, "backup", tmp_path / "whole.db").code == 0
    told(command.process(home, "restore", tmp_path / "whole.db", "--json", before=at_most(kib)),
         NO_SPACE | {"restore_failed"})  # fmt: skip
    assert {path.name for path in home.iterdir()} <= {
        "counter.db",
        "counter.db-wal",
        "counter.db-shm",
        "counter.key.json",
    }
    found = examine(home, numbers, data)
    assert found.ok, found


def test_printing_into_a_file_with_too_little_space(home: Path, tmp_path: Path) -> None:
    number = command.run(home, *REGISTER, stdin=lines(many(9, 1))).json["number"]
    answer = command.process(home, "print", number, "petition", "--out", tmp_path / "x.pdf", "--json",
                             before=at_most(8))  # fmt: skip
    told(answer, NO_SPACE | {"output_file"})
    assert not (tmp_path / "x.pdf").exists()


# --- a file system of its own


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder of 24 megabytes: database and log of these tests need about ten."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if shutil.which("mount") is None:
        pytest.skip("there is no mount command here")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"mounting is not permitted here: {mounted.stderr.strip()[:120]}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path, leave_kib: int) -> Path:
    """A file that leaves so much space and no more."""
    filler = folder / "filler"
    filler.write_bytes(bytes(max(0, shutil.disk_usage(folder).free - leave_kib * 1024)))
    return filler


@pytest.mark.parametrize("leave_kib", [0, 8, 64, 600])
def test_a_full_disk(home_template: Path, small_disk: Path, leave_kib: int) -> None:
    home = homes.copied(home_template, small_disk / "home")
    data = many(7, 200)
    numbers = [row["number"] for row in command.run(home, *REGISTER, stdin=lines(data[:20])).rows]
    filler = fill(small_disk, leave_kib)
    stopped = command.process(home, *REGISTER, stdin=lines(data[20:]))
    told(stopped, NO_SPACE)
    numbers += [row["number"] for row in stopped.rows]
    told(command.process(home, *REGISTER, stdin=lines(data[len(numbers) :])), NO_SPACE)
    filler.unlink()
    goes_on = command.process(home, *REGISTER, stdin=lines(data[len(numbers) :]))
    assert goes_on.code == 0, goes_on.err
    numbers += [row["number"] for row in goes_on.rows]
    found = examine(home, numbers, data)
    assert found.ok, found
    assert found.cases == len(data)


def test_an_open_counter_works_on_when_there_is_space_again(home_template: Path, small_disk: Path) -> None:
    """The window stays open through it: the same connection is used before, during and after."""
    home = homes.copied(home_template, small_disk / "home")
    data = many(11, 60)
    commands = [registration_json.from_json("petition", one) for one in data]
    numbers: list[str] = []
    with homes.opened(home) as counter:
        actor = homes.signed_in(counter)
        for number in range(3):
            filler = fill(small_disk, 40 * number)
            with pytest.raises(Unavailable) as caught:
                while True:
                    numbers.append(cases.enter(counter, actor, commands[len(numbers)]).number)
            assert caught.value.code in NO_SPACE
            shown = cases.recent(counter, 1)
            assert [row.number for row in shown] == numbers[-1:]
            filler.unlink()
            numbers.append(cases.enter(counter, actor, commands[len(numbers)]).number)
        assert cases.get(counter, numbers[-1]).applicant.first_name == data[len(numbers) - 1]["applicant"]["first_name"]
    found = examine(home, numbers, data)
    assert found.ok, found
    assert found.cases == len(numbers)


def mounted(folder: Path, mode: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{mode}", str(folder)], check=True)


def test_a_disk_that_turns_read_only_takes_nothing_and_says_so(
    home_template: Path, small_disk: Path, tmp_path: Path
) -> None:
    """The register's own disk, and then the second place of backups: read-only, then full to the last byte."""
    home = homes.copied(home_template, small_disk / "home")
    data = many(12, 6)
    commands = [registration_json.from_json("petition", one) for one in data]
    numbers = [row["number"] for row in command.run(home, *REGISTER, stdin=lines(data[:1])).rows]
    mounted(small_disk, "ro")
    try:
        told(command.process(home, *REGISTER, stdin=lines(data[1:2])), NO_SPACE | {"home_folder"})
    finally:
        mounted(small_disk, "rw")
    numbers += [row["number"] for row in command.run(home, *REGISTER, stdin=lines(data[1:2])).rows]
    assert len(numbers) == 2 and command.run(home, "verify").code == 0
    other = homes.copied(home, tmp_path / "home")
    (small_disk / "usb").mkdir()
    with homes.opened(other) as counter:
        actor = homes.signed_in(counter)
        backup_plan.change(counter, actor, replace(backup_plan.read(counter), second=str(small_disk / "usb")))
        for trouble in ("ro", "full"):
            filler = fill(small_disk, 0) if trouble == "full" else mounted(small_disk, "ro")
            with pytest.raises(Unavailable) as caught:
                backup_plan.run(counter)
            assert caught.value.code in ("backup_target", "backup_room", "backup_failed") and caught.value.hint
            assert {one.place for one in backup_plan.listing(counter)} == {"first"}, "the other place is served"
            assert status.counter_status(counter).backup_warning == "สำรองข้อมูลไม่สำเร็จ"
            numbers.append(cases.enter(counter, actor, commands[len(numbers)]).number)
            if filler is None:
                mounted(small_disk, "rw")
            else:
                filler.unlink()
        assert [row.number for row in reversed(cases.recent(counter, 9))] == numbers
