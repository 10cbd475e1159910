"""Backups by plan: made, opened, thinned, made up for when the disk is back, and rehearsed."""

import shutil
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.errors import Refused, Unavailable
from app.services import attachments, backup_plan, backups, cases, registration_json, rehearsal, status, verification
from app.services.backup_loop import FAULT_S, LOOK_S, BackupLoop
from app.services.counter import Counter
from app.services.model import Actor
from tests.integration.support import command, homes
from tests.integration.support.petitions import petition
from tests.integration.test_recovery_key import PICTURE, NewFile


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    folder = tmp_path / "usb"
    folder.mkdir()
    return folder


def register(counter: Counter, actor: Actor) -> str:
    number = cases.enter(counter, actor, registration_json.from_json("petition", petition())).number
    attachments.attach(counter, actor, number, [NewFile("a.png", PICTURE)])
    return number


def test_due_then_made_then_not_due_until_the_interval_is_over(
    counter: Counter, actor: Actor, clock: homes.HandClock
) -> None:
    register(counter, actor)
    assert backup_plan.due(counter) == ["first"]
    (made,) = backup_plan.run(counter, ["first"])
    assert made.file.is_file() and made.size == made.file.stat().st_size
    assert backup_plan.due(counter) == []
    clock.forward(hours=3, minutes=59)
    assert backup_plan.due(counter) == []
    clock.forward(minutes=2)
    assert backup_plan.due(counter) == ["first"]
    clock.forward(days=-30)
    assert backup_plan.due(counter) == ["first"], "a clock that ran ahead does not put backups off"
    backup_plan.change(counter, actor, replace(backup_plan.read(counter), every_hours=0))
    assert backup_plan.due(counter) == []


def test_the_second_place_is_made_up_for_when_it_is_back(
    counter: Counter, actor: Actor, clock: homes.HandClock, disk: Path, tmp_path: Path
) -> None:
    number = register(counter, actor)
    backup_plan.change(counter, actor, replace(backup_plan.read(counter), second=str(disk)))
    assert [one.place for one in backup_plan.run(counter)] == ["first", "second"]
    away = disk.rename(tmp_path / "away")
    disk.mkdir()  # the mount point without its disk
    clock.forward(hours=30)
    assert backup_plan.due(counter) == ["first"]
    assert [one.place for one in backup_plan.run(counter, backup_plan.due(counter))] == ["first"]
    assert list(disk.iterdir()) == [], "nothing is written beside the disk"
    assert status.counter_status(counter).backup_warning == "เสียบดิสก์สำรอง"
    disk.rmdir()
    away.rename(disk)
    assert backup_plan.due(counter) == ["second"]
    backup_plan.run(counter, ["second"])
    assert status.counter_status(counter).backup_warning == ""
    assert len([one for one in backup_plan.listing(counter) if one.place == "second"]) == 2
    newest = max(disk.glob("counter-*.db"))
    counter.close()
    home = counter.home
    shutil.rmtree(home / "attachments")
    backups.restore(home, newest, homes.PASSPHRASE, clock)
    with homes.opened(home, clock) as back:
        (file,) = attachments.listing(back, number)
        assert back.blobs.get(bytes.fromhex(file.sha256)) == PICTURE


def test_the_first_place_takes_no_second_copy_of_the_files(counter: Counter, actor: Actor) -> None:
    register(counter, actor)
    (made,) = backup_plan.run(counter, ["first"])
    (copy,) = backups.files_beside(made.file).glob("??/*")
    assert copy.stat().st_nlink == 2


def test_old_ones_go_and_the_ladder_stays(counter: Counter, clock: homes.HandClock) -> None:
    for _ in range(40):
        backup_plan.run(counter, ["first"])
        clock.forward(hours=12)
    found = backup_plan.listing(counter)
    assert 8 <= len(found) <= 14
    days = {one.made_at.date() for one in found}
    assert len([day for day in days if (clock.at.date() - day).days <= 7]) >= 7


def test_a_disk_that_takes_nothing_is_told_and_nothing_counts(
    counter: Counter, actor: Actor, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup_plan.change(counter, actor, replace(backup_plan.read(counter), second=str(disk)))

    def full(_source: object, target: Path, _key: bytes) -> None:
        if target.parent == disk:
            raise Unavailable("backup_failed", "สำรองข้อมูลไม่สำเร็จ", "ตรวจพื้นที่")
        real(_source, target, _key)

    real = backups.copy_online
    monkeypatch.setattr(backups, "copy_online", full)
    assert BackupLoop(counter)._once() == FAULT_S
    assert [one.place for one in backup_plan.listing(counter)] == ["first"], "the other place is served all the same"
    assert status.counter_status(counter).backup_warning == "สำรองข้อมูลไม่สำเร็จ"
    monkeypatch.setattr(backups, "copy_online", real)
    assert BackupLoop(counter)._once() == LOOK_S
    assert status.counter_status(counter).backup_warning == ""


def test_too_little_room_is_refused_before_anything_is_written(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(counter.home)._replace(free=1024)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    with pytest.raises(Unavailable, match="backup_room"):
        backup_plan.run(counter)
    assert backup_plan.listing(counter) == []
    assert "ดิสก์เหลือ" in status.counter_status(counter).disk_warning


def test_the_loop_backs_up_by_itself_and_ends(counter: Counter) -> None:
    loop = BackupLoop(counter, first_wait=0.01)
    made = __import__("threading").Event()
    counter.subscribe(
        lambda changes: made.set() if "backup" in changes.kinds and backup_plan.listing(counter) else None
    )
    loop.start()
    assert made.wait(30)
    loop.stop()
    assert not loop._thread.is_alive()


def test_only_an_administrator_changes_the_plan(counter: Counter, actor: Actor) -> None:
    with pytest.raises(Refused, match="right_needed"):
        backup_plan.change(counter, replace(actor, role="user"), backup_plan.Plan())


def test_a_rehearsal_reads_the_newest_backup_and_touches_nothing(counter: Counter, actor: Actor) -> None:
    register(counter, actor)
    backup_plan.run(counter)
    done = rehearsal.rehearse(counter, actor.username)
    assert done.ok and done.cases == 1 and done.last_at is not None
    assert {check.name for check in done.checks} >= {"database", "audit", "numbers", "files"}
    assert not list(counter.home.glob("rehearsal-*"))
    assert backup_plan.state(counter).rehearsed_well


def test_a_damaged_backup_fails_its_rehearsal(counter: Counter, actor: Actor) -> None:
    register(counter, actor)
    (made,) = backup_plan.run(counter)
    content = bytearray(made.file.read_bytes())
    content[len(content) // 2] ^= 0x55
    made.file.write_bytes(content)
    assert not rehearsal.rehearse(counter, actor.username).ok
    assert backup_plan.state(counter).rehearsed_at and not backup_plan.state(counter).rehearsed_well
    made.file.write_bytes(b"no backup")
    assert [check.name for check in rehearsal.rehearse(counter, actor.username).checks] == ["open"]


def test_a_backup_whose_files_are_gone_fails_its_rehearsal(counter: Counter, actor: Actor) -> None:
    register(counter, actor)
    (made,) = backup_plan.run(counter)
    shutil.rmtree(backups.files_beside(made.file))
    failing = [check.name for check in rehearsal.rehearse(counter, actor.username).checks if not check.ok]
    assert failing == ["files"]


def test_by_command(home: Path, disk: Path) -> None:
    answer = command.run(home, "backups", "plan", "--every", "2", "--second", disk, "--json")
    assert answer.json["every_hours"] == 2 and answer.json["second"] == str(disk), answer.err
    assert [one["place"] for one in command.run(home, "backups", "now", "--json").json] == ["first", "second"]
    assert len(command.run(home, "backups", "list", "--json").json["backups"]) == 2
    answer = command.run(home, "backups", "rehearse", "--json")
    assert answer.code == 0 and answer.json["ok"]
    shutil.rmtree(disk)
    assert "เสียบดิสก์สำรอง" in command.run(home, "backups", "list").err
    assert command.run(home, "backups", "plan", "--no-second", "--json").json["second"] == ""


def test_a_stick_pulled_out_in_the_middle_loses_nothing(
    counter: Counter, actor: Actor, clock: homes.HandClock, disk: Path, tmp_path: Path
) -> None:
    """The second place vanishes while it is written, again and again, and petitions go on being registered."""
    backup_plan.change(counter, actor, replace(backup_plan.read(counter), second=str(disk)))
    numbers, faults = [register(counter, actor)], []

    def back_up() -> None:
        try:
            backup_plan.run(counter, ["second"])
        except Unavailable as error:
            faults.append(f"{error.code} {error.hint}")

    for _ in range(8):
        clock.forward(minutes=1)
        running = threading.Thread(target=back_up)
        running.start()
        while running.is_alive() and not list(disk.glob("*.new*")):
            pass
        disk.rename(tmp_path / "pulled")
        numbers.append(register(counter, actor))
        running.join(60)
        assert not running.is_alive()
        if disk.exists():
            shutil.rmtree(disk)
        (tmp_path / "pulled").rename(disk)
    assert all(check.ok for check in verification.verify(counter))
    assert [cases.get(counter, number).number for number in numbers] == numbers
    for one in backup_plan.listing(counter):
        assert rehearsal.rehearse(counter, "x", one.file).checks[0].ok, "what bears a backup's name opens"
    assert all(code.split()[0] in ("backup_failed", "backup_target") and len(code) > 20 for code in faults)
    clock.forward(minutes=1)
    assert backup_plan.run(counter, ["second"])[0].file.parent == disk
