"""A backup that is brought back twice, and files that were added after it: what the fleet has found (seed 14)."""

from functools import partial
from pathlib import Path

from app.domain.clock import SystemClock
from app.services import attachments, backups, replication, setup
from sync.server import admin, device_admin
from tests.integration.sync_support import ACTOR, OFFICE_CODE, Desk, Province
from tests.integration.test_files_travel import on_server, photo, waiting, work


def restored(desk: Desk, backup: Path) -> None:
    desk.counter.close()
    backups.restore(desk.home, backup, "กุญแจ", SystemClock())
    desk.counter = setup.open_counter(desk.home, SystemClock(), "กุญแจ")
    desk.apply = partial(replication.apply, desk.counter)


def test_one_backup_brought_back_twice_joins_again(tmp_path: Path) -> None:
    with Province(tmp_path) as province:
        desk = province.desk()
        desk.register(3)
        desk.sync()
        backup = tmp_path / "backup.db"
        backups.back_up(desk.counter, backup)
        for _ in range(2):
            restored(desk, backup)
            desk.enrol(province.url, province.database)
            desk.sync()  # its new numbers
            desk.register()
            desk.sync()
        devices = device_admin.listing(province.database, OFFICE_CODE)
        assert sorted(device["revoked"] for device in devices) == [False, True, True]
        [report] = admin.numbers_report(province.database, OFFICE_CODE)[:1]
        assert (report["issued"], report["unexplained"], report["duplicates"]) == (5, 0, 0)


def test_a_file_that_was_not_sent_before_the_restore_still_goes(tmp_path: Path) -> None:
    with Province(tmp_path) as province:
        desk = province.desk()
        [number] = desk.register()
        desk.sync()
        backup = tmp_path / "backup.db"
        backups.back_up(desk.counter, backup)
        file = photo(5_000)
        attachments.attach(desk.counter, ACTOR, number, [file])
        desk.sync()
        restored(desk, backup)
        desk.enrol(province.url, province.database)
        desk.sync()
        assert waiting(desk) == 1
        assert work(desk).send().sent == 1
        assert on_server(province, file.content) == file.content
