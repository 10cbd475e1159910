"""Copies of a register that is in use, and bringing one back: a new store, and no number given twice."""

import os
import re
import shutil
import stat
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import Refused, Unavailable
from app.services import backups, cases, number_report, registration_json, verification
from app.services.setup import DATABASE
from app.store import numbers as blocks
from app.store.keys import KEY_FILE
from tests.crash.examine import examine
from tests.integration.support import books, command, homes
from tests.integration.support.petitions import lines, many, petition, text

LONG = int(os.environ.get("LAO_BACKUP_SECONDS", "0"))
"""So many seconds of backups one after another, beside at least 50 registrations in each."""
REGISTER = ("register", "petition", "-", "--lines", "--no-print", "--json")


def registered(home: Path, data: list[dict[str, Any]]) -> list[str]:
    answer = command.run(home, *REGISTER, stdin=lines(data))
    assert answer.code == 0, answer.err
    return [row["number"] for row in answer.rows]


def run_of(number: str) -> int:
    return int(number[-6:])


def test_a_backup_of_a_register_that_is_written_all_the_time(home: Path, tmp_path: Path) -> None:
    """It ends although petitions arrive without pause, and holds one moment of the register."""
    data = many(31, 1_500)
    before = registered(home, data[:1_200])
    stop = threading.Event()
    with homes.opened(home) as counter:
        actor = homes.signed_in(counter)
        numbers: list[str] = []

        def register() -> None:
            for one in many(32, 100_000):
                if stop.is_set():
                    return
                numbers.append(cases.enter(counter, actor, registration_json.from_json("petition", one)).number)

        writing = threading.Thread(target=register)
        writing.start()
        while len(numbers) < 10:
            time.sleep(0.01)
        started = time.monotonic()
        for name in ("one.db", "two.db"):
            assert backups.back_up(counter, tmp_path / name) == (tmp_path / name).stat().st_size
        seconds = time.monotonic() - started
        while time.monotonic() - started < LONG:
            backups.back_up(counter, tmp_path / "long.db")
            (tmp_path / "long.db").unlink()
        at_the_end = len(numbers)
        if LONG:
            assert at_the_end / (time.monotonic() - started) >= 50, "registrations a second beside the backups"
        stop.set()
        writing.join(20)
        counts = [number_report.report(counter)["issued"]]
    assert seconds < 20
    assert at_the_end > 10, "registering went on meanwhile"
    for name in ("one.db", "two.db"):
        restored = homes.copied(home, tmp_path / f"from-{name}")
        assert command.run(restored, "restore", tmp_path / name, "--json").code == 0
        assert command.run(restored, "verify", "--json").json["ok"] is True
        with books.raw(restored) as connection:
            held = [row[0] for row in connection.execute("SELECT number FROM cases ORDER BY row").fetchall()]
        assert held == [*before, *numbers][: len(held)], "what was acknowledged before one moment, and nothing else"
        counts.append(command.run(restored, "numbers", "--json").json["issued"])
    assert counts[0] >= counts[2] >= counts[1] > 1_200
    assert command.run(home, "verify", "--json").json["ok"] is True


def test_restore_gives_a_new_store_and_numbers_beyond_anything_issued(home: Path, tmp_path: Path) -> None:
    data = many(33, 30)
    numbers = registered(home, data[:10])
    before = books.one(home, "SELECT value FROM meta WHERE key = 'store_id'")
    assert command.run(home, "backup", tmp_path / "b.db", "--json").json["bytes"] > 0
    lost = registered(home, data[10:20])
    answer = command.run(home, "restore", tmp_path / "b.db", "--json")
    assert answer.json["store_id"] not in ("", before)
    assert books.one(home, "SELECT value FROM meta WHERE key = 'store_id'") == answer.json["store_id"]
    later = registered(home, data[20:])
    assert min(map(run_of, later)) > blocks.BLOCK_SIZE
    assert not {*later} & {*numbers, *lost}
    report = command.run(home, "numbers", "--json").json
    assert (report["unexplained"], report["duplicates"], report["issued"]) == (0, 0, 20)
    assert report["returned"] == blocks.BLOCK_SIZE - 10
    found = examine(home, numbers + later, data[:10] + data[20:])
    assert found.ok, found
    shutil.copy(home / KEY_FILE, tmp_path / KEY_FILE)
    shutil.copy(home / f"{DATABASE}.before-restore", tmp_path / DATABASE)
    assert books.one(tmp_path, "SELECT count(*) FROM cases") == 20, "what was replaced is kept"


def test_restoring_twice_keeps_every_register_that_was_replaced(home: Path, tmp_path: Path) -> None:
    command.run(home, "backup", tmp_path / "empty.db")
    registered(home, many(34, 7))
    for _ in range(3):
        assert command.run(home, "restore", tmp_path / "empty.db").code == 0
        registered(home, many(35, 1))
    kept = sorted(path.name for path in home.glob(f"{DATABASE}.before-restore*"))
    assert kept == [f"{DATABASE}.before-restore{ending}" for ending in ("", "-2", "-3")]
    with books.raw(home, kept[0]) as connection:
        assert connection.execute("SELECT count(*) FROM cases").fetchone() == (7,)
    runs = [run_of(row["number"]) for row in command.run(home, "find", "หมู่ที่", "--json").json]
    assert runs[0] > 3 * blocks.BLOCK_SIZE


def test_restoring_on_a_new_machine_leaves_room_for_what_was_issued_since(home: Path, tmp_path: Path) -> None:
    """The disk is gone: only backup and key are left, and nobody knows how far the numbers had come."""
    clock = homes.HandClock()
    with homes.opened(home, clock) as counter:
        actor = homes.signed_in(counter)
        for one in many(36, 5):
            cases.enter(counter, actor, registration_json.from_json("petition", one))
        backups.back_up(counter, tmp_path / "b.db")
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    shutil.copy(home / KEY_FILE, fresh)
    clock.forward(days=40)
    backups.restore(fresh, tmp_path / "b.db", homes.PASSPHRASE, clock)
    assert not list(fresh.glob("*restor*"))
    with homes.opened(fresh, clock) as counter:
        number = cases.enter(
            counter, homes.signed_in(counter), registration_json.from_json("petition", petition())
        ).number
        assert run_of(number) > blocks.BLOCK_SIZE + 40 * backups.BUSY_DAY
        assert all(check.ok for check in verification.verify(counter))


def test_a_series_that_is_full_after_restoring_says_so(tmp_path: Path) -> None:
    home = homes.make(tmp_path / "home", first_run=999_500)
    registered(home, many(37, 2))
    command.run(home, "backup", tmp_path / "b.db")
    assert command.run(home, "restore", tmp_path / "b.db").code == 0
    answer = command.run(home, *REGISTER, stdin=lines(many(38, 1)))
    assert (answer.code, answer.error["code"]) == (3, "series_full")
    assert command.run(home, "verify").code == 0


def test_restore_over_a_damaged_register(home: Path, tmp_path: Path) -> None:
    registered(home, many(39, 5))
    command.run(home, "backup", tmp_path / "b.db")
    damaged = os.urandom(9_000)
    (home / DATABASE).write_bytes(damaged)
    assert command.run(home, "verify").code == 4
    assert command.run(home, "restore", tmp_path / "b.db").code == 0
    assert command.run(home, "verify").code == 0
    assert (home / f"{DATABASE}.before-restore").read_bytes() == damaged


def test_a_log_without_its_database_is_not_played_into_another(home: Path, tmp_path: Path) -> None:
    """Somebody took counter.db away after a crash and left counter.db-wal."""
    data = many(42, 60)
    registered(home, data[:10])
    command.run(home, "backup", tmp_path / "b.db")
    with homes.opened(home) as counter:
        actor = homes.signed_in(counter)
        for one in data[10:]:
            cases.enter(counter, actor, registration_json.from_json("petition", one))
        log = (home / f"{DATABASE}-wal").read_bytes()
    (home / DATABASE).unlink()
    for words in (("restore", tmp_path / "b.db"), None):
        (home / DATABASE).unlink(missing_ok=True)
        (home / f"{DATABASE}-wal").write_bytes(log)
        if words is not None:
            assert command.run(home, *words).code == 0
        else:
            homes.make(home)
        answer = command.run(home, "verify")
        assert answer.code == 0, answer.out
    assert [path.stat().st_size for path in sorted(home.glob("*before*-wal"))] == [len(log)] * 2


def test_a_register_in_use_is_not_replaced(home: Path, tmp_path: Path) -> None:
    """Whatever the other program still registered would be lost."""
    command.run(home, "backup", tmp_path / "b.db")
    with homes.opened(home) as counter:
        actor = homes.signed_in(counter)
        answer = command.process(home, "restore", tmp_path / "b.db", "--json")
        assert (answer.code, answer.error["code"]) == (4, "database_busy")
        number = cases.enter(counter, actor, registration_json.from_json("petition", petition())).number
    assert command.run(home, "show", number).code == 0
    assert not list(home.glob("*restor*"))


def test_a_backup_of_another_counter_or_a_damaged_one_is_refused(home: Path, tmp_path: Path) -> None:
    registered(home, many(40, 5))
    command.run(home, "backup", tmp_path / "b.db")
    other = homes.make(tmp_path / "other")
    command.run(other, "backup", tmp_path / "other.db")
    content = (tmp_path / "b.db").read_bytes()
    (tmp_path / "cut.db").write_bytes(content[: len(content) // 2])
    (tmp_path / "flipped.db").write_bytes(content[:50_000] + bytes([content[50_000] ^ 1]) + content[50_001:])
    (tmp_path / "empty.db").write_bytes(b"")
    before = books.content(home)
    for name in ("other.db", "cut.db", "flipped.db", "empty.db"):
        answer = command.run(home, "restore", tmp_path / name, "--json")
        assert answer.code in (3, 4), name
        assert answer.error["code"] in ("backup_file", "database_damaged"), name
        assert re.search("[ก-๙]", answer.error["hint"])
        assert {path.name for path in home.iterdir()} == {DATABASE, KEY_FILE}, name
    assert books.content(home) == before


def test_a_backup_made_by_a_newer_program_is_refused(home: Path, tmp_path: Path) -> None:
    command.run(home, "backup", tmp_path / "b.db")
    shutil.copy(home / KEY_FILE, tmp_path / KEY_FILE)
    with books.raw(tmp_path, "b.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    answer = command.run(home, "restore", tmp_path / "b.db", "--json")
    assert (answer.code, answer.error["code"]) == (3, "database_newer")
    assert {path.name for path in home.iterdir()} == {DATABASE, KEY_FILE}


def test_a_backup_on_a_medium_that_cannot_be_written(home: Path, tmp_path: Path) -> None:
    medium = tmp_path / "medium"
    medium.mkdir()
    command.run(home, "backup", medium / "b.db")
    before = (medium / "b.db").read_bytes()
    if os.geteuid() == 0:
        mounted = subprocess.run(["mount", "--bind", "-o", "ro", str(medium), str(medium)], check=False,
                                 capture_output=True)  # fmt: skip
        if mounted.returncode:
            pytest.skip("mounting is not permitted here, and root may write everywhere")
    else:
        medium.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        assert command.run(home, "restore", medium / "b.db").code == 0
    finally:
        subprocess.run(["umount", str(medium)], check=False, capture_output=True)
        medium.chmod(stat.S_IRWXU)
    assert [path.name for path in medium.iterdir()] == ["b.db"]
    assert (medium / "b.db").read_bytes() == before
    assert command.run(home, "verify").code == 0


def test_a_live_register_of_another_folder_can_be_brought_over_with_its_log(home: Path, tmp_path: Path) -> None:
    """Somebody names the database itself instead of a backup: what is only in its log comes along."""
    with homes.opened(home) as counter:
        actor = homes.signed_in(counter)
        for one in many(41, 3):
            cases.enter(counter, actor, registration_json.from_json("petition", one))
        assert (home / f"{DATABASE}-wal").stat().st_size > 0
        fresh = tmp_path / "fresh"
        fresh.mkdir()
        shutil.copy(home / KEY_FILE, fresh)
        assert command.run(fresh, "restore", home / DATABASE).code == 0
    assert command.run(fresh, "numbers", "--json").json["issued"] == 3


def test_setting_up_never_destroys_a_key(home: Path, tmp_path: Path) -> None:
    """The database was moved away; its key may be the only one to the backups."""
    command.run(home, "backup", tmp_path / "b.db")
    (home / DATABASE).unlink()
    old = (home / KEY_FILE).read_bytes()
    homes.make(home)
    assert (home / f"{KEY_FILE}.before-init").read_bytes() == old
    assert (home / KEY_FILE).read_bytes() != old
    kept = (home / f"{KEY_FILE}.before-init").rename(tmp_path / KEY_FILE)
    with pytest.raises(Refused, match="backup_file"):
        backups.restore(home, tmp_path / "b.db", homes.PASSPHRASE, homes.HandClock())
    kept.rename(home / f"{KEY_FILE}.before-init")
    backups.restore(home, tmp_path / "b.db", homes.PASSPHRASE, homes.HandClock())
    assert command.run(home, "verify").code == 0


def test_a_home_whose_name_looks_like_an_address(tmp_path: Path, home_template: Path) -> None:
    home = homes.copied(home_template, tmp_path / "บ้าน? 100% #1 & 'ok'")
    assert command.run(home, "register", "petition", "-", "--no-print", stdin=text(petition())).code == 0
    assert command.run(home, "backup", home / "b?.db").code == 0
    assert command.run(home, "restore", home / "b?.db").code == 0
    assert command.run(home, "verify").code == 0


def test_backup_says_how_much_in_thai(home: Path, tmp_path: Path) -> None:
    assert "สำรองข้อมูลแล้ว" in command.run(home, "backup", tmp_path / "b.db").err
    assert "กู้คืนแล้ว" in command.run(home, "restore", tmp_path / "b.db").err


def test_a_folder_that_cannot_be_written_is_told(home: Path, tmp_path: Path) -> None:
    with homes.opened(home) as counter, pytest.raises(Unavailable, match="backup_failed"):
        (tmp_path / "folder.db").mkdir()
        backups.back_up(counter, tmp_path / "folder.db")
    assert list(tmp_path.glob("folder.db.*")) == []
