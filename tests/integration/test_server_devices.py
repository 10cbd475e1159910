"""Counters as the server's administrator sees them: heard of when, how far behind, shut out, replaced, settled."""

import json
from pathlib import Path

import pytest
from sync_support import ACTOR, OFFICE_CODE, Desk, Province

from app.cli.devices import draw_code, read_code
from app.domain.clock import SystemClock
from app.domain.errors import Refused, Unavailable
from app.intake import codes
from app.services import backups, cases
from app.services.status import counter_status
from sync import exchange
from sync.server import admin, device_admin, offices
from tests.integration.support import command
from ui import status_bar

DAY_MS = 86_400_000


def of(province: Province, desk: Desk) -> dict[str, object]:
    device = desk.meta("device_id")
    return next(row for row in device_admin.listing(province.database, OFFICE_CODE) if row["id"] == device)


def numbers(province: Province) -> dict[str, int]:
    report = next(row for row in admin.numbers_report(province.database, OFFICE_CODE) if row["series"] == "KT1")
    assert report["unexplained"] == report["duplicates"] == 0
    assert report["leased"] == sum(report[key] for key in ("issued", "voided", "unused", "returned"))
    return {key: report[key] for key in ("issued", "unused", "returned")}


def test_a_counter_says_how_far_behind_it_is(tmp_path: Path, server_database: str) -> None:
    with Province(tmp_path, server_database) as province:
        desk = province.desk()
        desk.register(12, noise=3_000)
        told: list[int] = []
        real = device_admin.devices.seen

        def seen(connection, device, said, settled):
            told.append(said.waiting)
            real(connection, device, said, settled)

        with pytest.MonkeyPatch.context() as watched:
            watched.setattr(device_admin.devices, "seen", seen)
            desk.sync(size=exchange.BatchSize(target=4_096))
        assert told[0] > 0 and told[-1] == 0 and told == sorted(told, reverse=True)
        assert (of(province, desk)["waiting"], of(province, desk)["cases"]) == (0, 12)
        assert of(province, desk)["app_version"] == "0.1.0"


def test_what_lies_in_quarantine_is_told_and_told_again_when_it_is_gone(tmp_path: Path, server_database: str) -> None:
    with Province(tmp_path, server_database) as province:
        desk = province.desk()
        [number] = desk.register(1)
        with desk.store.write("test") as work:
            row = work.run("SELECT seq FROM event ORDER BY seq DESC LIMIT 1").scalar_one()
            work.run("INSERT INTO quarantine (seq, code, reason, at) VALUES (?, 'x', 'ทดสอบ', 0)", (row,))
        desk.sync()
        assert of(province, desk)["resting"] == 1
        with desk.store.write("test") as work:
            work.run("DELETE FROM quarantine")
            work.run("UPDATE meta SET value = '0' WHERE key = 'accepted_through'")
        desk.sync()
        desk.sync()
        assert of(province, desk)["resting"] == 0
        assert province.numbers() == [number]


def test_who_has_not_synced_for_days_is_listed(
    tmp_path: Path, server_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Province(tmp_path, server_database) as province:
        old = offices.now_ms() - 9 * DAY_MS
        with monkeypatch.context() as then:
            then.setattr("sync.server.devices.now_ms", lambda: old)
            silent = province.desk("เงียบ")
        province.desk("ปกติ").sync()
        [row] = device_admin.listing(province.database, silent_days=7)
        assert (row["id"], row["silent_days"]) == (silent.meta("device_id"), 9.0)
        assert device_admin.listing(province.database, OFFICE_CODE, silent_days=10) == []
        device_admin.revoke(province.database, OFFICE_CODE, str(row["id"]), "เลิกใช้")
        assert device_admin.listing(province.database, silent_days=7) == [], "one that was shut out is not missed"


def test_a_revoked_counter_stops_issuing_says_so_and_can_be_let_in_again(tmp_path: Path, server_database: str) -> None:
    with Province(tmp_path, server_database) as province:
        desk = province.desk()
        first = desk.register(2)
        desk.sync()
        third = desk.register(1)
        done = device_admin.revoke(province.database, OFFICE_CODE, desk.meta("device_id"), "เครื่องหาย")
        assert done["numbers_unused"] == numbers(province)["unused"], "also the one that was not sent"
        for _ in range(2):
            with pytest.raises(Refused) as caught:
                desk.sync()
            assert caught.value.code == "device_revoked"
        status = counter_status(desk.counter)
        assert "เครื่องหาย" in status.revoked and status.numbers_left == 0
        assert "ถูกยกเลิกสิทธิ์" in status_bar.sync_words(status, SystemClock().now())[0]
        with pytest.raises(Refused) as refused:
            desk.register(1)
        assert refused.value.code == "device_revoked" and "เครื่องหาย" in refused.value.title
        assert sorted(desk.states()) == sorted(first + third), "nothing was half registered"
        assert cases.get(desk.counter, third[0]).number == third[0], "what is there can be read"
        assert desk.one("SELECT count(*) FROM number_block WHERE state = 'active' AND series NOT LIKE 'R%/%'") == 0
        # a mistake: the administrator lets it in again, and nothing was lost
        desk.enrol(province.url, province.database)
        desk.sync()
        assert province.numbers() == sorted(first + third)
        [fourth] = desk.register(1)
        assert fourth not in first + third
        desk.sync()
        assert counter_status(desk.counter).revoked == ""


def test_numbers_of_a_lost_counter_are_settled_by_a_decision(tmp_path: Path, server_database: str) -> None:
    with Province(tmp_path, server_database) as province:
        lost, other = province.desk("หาย"), province.desk("อยู่")
        lost.register(3)
        lost.sync()
        unsent = lost.register(2)
        other.register(1)
        other.sync()
        before = numbers(province)
        device = lost.meta("device_id")
        with pytest.raises(Refused) as caught:
            device_admin.give_up_numbers(province.database, OFFICE_CODE, device, "หาย", "ผู้ดูแล")
        assert caught.value.code == "device_in_use" and numbers(province) == before
        device_admin.revoke(province.database, OFFICE_CODE, device, "หาย")
        assert numbers(province) == before, "shutting out decides nothing about numbers"
        done = device_admin.give_up_numbers(province.database, OFFICE_CODE, device, "หาย", "ผู้ดูแล")
        assert done["spans"]["KT1"][0][0] == 4 and done["returned"] >= 997
        assert device_admin.give_up_numbers(province.database, OFFICE_CODE, device, "หาย", "ผู้ดูแล")["returned"] == 0
        settled = numbers(province)
        assert settled["returned"] > 0 and settled["issued"] == 4
        assert of(province, lost)["numbers_unused"] == 0
        # it turns up after all, with papers that carry two of them
        lost.enrol(province.url, province.database)
        lost.sync()
        assert set(unsent) <= set(province.numbers())
        assert numbers(province)["returned"] == settled["returned"] - 2
        assert set(lost.register(2)).isdisjoint(province.numbers())


def test_a_broken_pc_is_replaced(tmp_path: Path, server_database: str) -> None:
    with Province(tmp_path, server_database) as province:
        broken = province.desk("เคาน์เตอร์ 1")
        old = broken.register(2)
        broken.sync()
        device = broken.meta("device_id")
        done = device_admin.replace(province.database, OFFICE_CODE, device, "เครื่องเสีย", "ผู้ดูแล", give_up=True)
        assert done["returned"] > 0 and done["numbers_unused"] == 0
        new = province.desk("เคาน์เตอร์ 1", enrolled=False)
        new.enrol_with(province.url, done["code"])
        new.sync()
        assert sorted(new.states()) == sorted(old), "the new PC has the whole register"
        [fresh] = new.register(1)
        new.sync()
        assert province.numbers() == sorted([*old, fresh])
        numbers(province)
        with pytest.raises(Refused):
            broken.sync()


def test_a_pc_restored_from_its_backup_takes_the_place_and_reuses_no_number(
    tmp_path: Path, server_database: str
) -> None:
    with Province(tmp_path, server_database) as province:
        desk = province.desk()
        desk.sync()
        before = desk.register(2)
        backups.back_up(desk.counter, tmp_path / "copy.db")
        after = desk.register(3)
        desk.sync()
        device, old_store = desk.meta("device_id"), desk.counter.store_id
        desk.close()
        province.desks.remove(desk)
        done = device_admin.replace(province.database, OFFICE_CODE, device, "ดิสก์เสีย", "ผู้ดูแล", give_up=False)
        assert done["returned"] == 0 and done["numbers_unused"] > 0
        backups.restore(desk.home, tmp_path / "copy.db", "กุญแจ", SystemClock())
        from app.services import setup

        desk.counter = setup.open_counter(desk.home, SystemClock(), "กุญแจ")
        province.desks.append(desk)
        assert desk.counter.store_id != old_store
        with pytest.raises(Refused) as caught:
            desk.register(1)
        assert caught.value.code == "numbers_used_up", "until it has joined anew there is no number to reuse"
        desk.enrol_with(province.url, done["code"])
        desk.sync()
        [fresh] = desk.register(1)
        desk.sync()
        assert fresh not in before + after
        assert province.numbers() == sorted([*before, *after, fresh])
        cases.change_status(desk.counter, ACTOR, after[0], "received")
        desk.sync()
        numbers(province)


def test_the_commands(tmp_path: Path, server_database: str) -> None:
    with Province(tmp_path, server_database) as province:
        desk = province.desk()
        desk.register(1)
        desk.sync()
        device = desk.meta("device_id")
        where = ("--database", province.database)

        def run(*words: str | Path) -> str:
            answer = command.run(tmp_path / "admin", *words, *where)
            assert answer.code == 0, answer.err
            return answer.out

        [row] = json.loads(run("devices", "list", OFFICE_CODE, "--json"))
        assert (row["id"], row["waiting"], row["revoked"], row["cases"]) == (device, 0, False, 1)
        assert "เคาน์เตอร์ 1" in run("devices") and "ซิงก์ภายใน 24 ชั่วโมง" in run("devices", "list")
        assert run("devices", "list", "--silent-days", "3") == ""
        told = run("devices", "replace", OFFICE_CODE, device, "--reason", "เสีย", "--qr", tmp_path / "code.txt")
        assert len(told.strip()) == 8
        assert (tmp_path / "code.txt").read_text("utf-8").count("\n") > 20
        assert "ยกเลิกสิทธิ์แล้ว: เสีย" in run("devices", "list")
        assert run("devices", "return-numbers", OFFICE_CODE, device, "--reason", "เสีย").startswith("KT1  000002–003000")
        [line] = [each for each in run("devices", "numbers", OFFICE_CODE).splitlines() if each.startswith("KT1 ")]
        assert "อธิบายไม่ได้ 0" in line
        assert "ยกเลิกสิทธิ์" in run("devices", "revoke", OFFICE_CODE, device, "--reason", "หาย")
        wrong = command.run(tmp_path / "admin", "devices", "revoke", OFFICE_CODE, "nobody", "--reason", "x", *where)
        assert (wrong.code == 3 and "device_unknown" in wrong.err) or "ไม่พบเครื่องนี้" in wrong.err


def test_a_counter_joins_with_what_the_qr_says(tmp_path: Path) -> None:
    with Province(tmp_path) as province:
        picture = tmp_path / "join.png"
        answer = command.run(
            tmp_path / "admin", "offices", "enrol-code", OFFICE_CODE, "--database", province.database,
            "--qr", picture, "--url", province.url, "--json",
        )  # fmt: skip
        assert answer.code == 0, answer.err
        [read] = codes.decode_image(picture)
        url, code = read_code(read.text, "")
        assert (url, code) == (province.url, json.loads(answer.out)["code"])
        desk = province.desk(enrolled=False)
        desk.enrol_with(url, code)
        assert desk.register(1)


def test_codes_as_they_are_typed_or_scanned() -> None:
    assert read_code("https://sync.example.go.th", "ABCD2345") == ("https://sync.example.go.th", "ABCD2345")
    assert read_code("https://sync.example.go.th/#ABCD2345", "") == ("https://sync.example.go.th", "ABCD2345")
    with pytest.raises(Refused):
        read_code("https://sync.example.go.th", "")


def test_a_qr_that_cannot_be_written_says_which_code_was_given(tmp_path: Path) -> None:
    with pytest.raises(Unavailable) as caught:
        draw_code(tmp_path / "no such folder" / "code.png", "ABCD2345")
    assert "ABCD2345" in caught.value.hint
