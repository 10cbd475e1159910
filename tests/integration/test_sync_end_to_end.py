"""Counters and the central server, for real: what is registered here arrives there and at the other counters, once."""

import json
import random
import threading
from functools import partial
from pathlib import Path

import pytest
from sync_support import OFFICE_CODE, Desk, Province, Proxy, ServerProcess, new_office, office_document, server_rows

from app.domain.clock import SystemClock
from app.domain.errors import CounterError, Refused, Unavailable
from app.services import backups, cases, replication, setup
from app.services.status import counter_status
from sync.server import admin


def test_a_petition_reaches_server_and_other_counter(tmp_path: Path, server_database: str) -> None:
    with Province(tmp_path, server_database) as province:
        first, second = province.desk("เคาน์เตอร์ 1"), province.desk("เคาน์เตอร์ 2")
        [number] = first.register(first_name="กตัญญู")
        result = first.sync()
        assert (result.pushed, result.rejected, result.pending) == (1, 0, 0)
        assert province.numbers() == [number]
        assert second.sync().pulled == 1
        here, there = cases.get(first.counter, number), cases.get(second.counter, number)
        assert (there.applicant, there.answers, there.lines) == (here.applicant, here.answers, here.lines)
        assert (there.registered_at, there.status, there.track_code) == (
            here.registered_at,
            here.status,
            here.track_code,
        )
        assert there.counter_name == "เคาน์เตอร์ 1"
        assert [found.number for found in cases.find(second.counter, "กตัญญู")] == [number]
        assert [event.kind for event in cases.events(second.counter, number)] == ["petition_registered"]
        assert second.sync().pushed == 0, "what came from elsewhere is not sent back"


def test_nothing_new_and_one_petition_are_one_small_request(tmp_path: Path, server_database: str) -> None:
    with Province(tmp_path, server_database) as province, Proxy(province.url) as proxy:
        desk = province.desk()
        desk.register(3)
        desk.sync()
        desk.sync()  # asks for the first numbers of registers and permits, which the server has now spoken of
        desk.move_to(proxy.url)
        result = desk.sync()
        assert (result.requests, result.pushed, result.pulled) == (1, 0, 0)
        assert result.bytes_out == proxy.out and result.bytes_in == proxy.back, "the counts are the line's"
        assert result.bytes_out + result.bytes_in <= 500
        desk.register(1)
        result = desk.sync()
        assert (result.requests, result.pushed) == (1, 1)
        assert result.bytes_out + result.bytes_in <= 700


def test_settings_come_down_at_enrolment_and_later(tmp_path: Path, server_database: str) -> None:
    with Province(tmp_path, server_database) as province:
        desk = province.desk()
        assert desk.counter.current.document["slip_key"] == _server_slip_key(province)
        again = admin.add_office(province.database, office_document(), _services(province))
        assert again["revision"] == desk.counter.current.revision, "the same file again is no new revision"
        new_office(province.database, name="เทศบาลเมืองชื่อใหม่", services=["petition"])
        desk.sync()
        desk.counter.reload()
        assert desk.counter.office.name == "เทศบาลเมืองชื่อใหม่"
        assert set(desk.counter.catalog) == {"petition"}
        assert desk.counter.current.document["slip_key"] == _server_slip_key(province), "old slips stay genuine"


def _services(province: Province) -> list[dict[str, object]]:
    return list(json.loads(province.rows("SELECT services FROM settings ORDER BY revision DESC")[0][0]))


def _server_slip_key(province: Province) -> str:
    return str(json.loads(province.rows("SELECT document FROM settings ORDER BY revision DESC")[0][0])["slip_key"])


def test_a_month_offline_in_small(tmp_path: Path, server_database: str) -> None:
    """Three counters, 100 petitions each and some steps while the server is away, then syncs in any order."""
    with Province(tmp_path, server_database) as province:
        desks = [province.desk(f"เคาน์เตอร์ {n}") for n in (1, 2, 3)]
        issued = [desk.register(100) for desk in desks]
        for desk, numbers in zip(desks, issued, strict=True):
            for number in random.Random(7).sample(numbers, 10):
                desk.step(number, "received")
        order = [desk for desk in desks for _ in range(3)]
        random.Random(3).shuffle(order)
        for desk in order:
            desk.sync()
        for desk in desks:
            desk.sync()
        everything = sorted(number for numbers in issued for number in numbers)
        assert len(set(everything)) == 300
        assert province.numbers() == everything
        expected = {row[0]: row[1] for row in province.rows("SELECT number, status FROM case_file")}
        assert all(desk.states() == expected for desk in desks)
        assert sum(state == "received" for state in expected.values()) == 30
        report, *_of_registers = admin.numbers_report(province.database, OFFICE_CODE)
        assert (report["issued"], report["unexplained"], report["duplicates"]) == (300, 0, 0)
        assert len(province.rows("SELECT id FROM log")) == 330


def test_steps_at_two_counters_end_the_same_everywhere(tmp_path: Path, server_database: str) -> None:
    with Province(tmp_path, server_database) as province:
        first, second = province.desk("1"), province.desk("2")
        [number] = first.register()
        first.sync()
        second.sync()
        first.step(number, "received")
        second.step(number, "received")
        second.step(number, "assigned")
        second.sync()
        assert second.states() == {number: "assigned"}
        first.sync()
        second.sync()
        first.sync()
        [(server,)] = province.rows("SELECT status FROM case_file")
        assert first.states() == second.states() == {number: server}
        assert len(cases.events(first.counter, number)) == len(cases.events(second.counter, number)) == 4


def test_lost_answer_then_sent_again_counts_once(tmp_path: Path, server_database: str) -> None:
    with Province(tmp_path, server_database) as province, Proxy(province.url) as proxy:
        desk = province.desk()
        desk.sync()  # the first receipt book has been asked for and given
        desk.register(5)
        desk.move_to(proxy.url)
        before = desk.snapshot()
        proxy.lose = 1
        with pytest.raises(Unavailable) as caught:
            desk.sync()
        assert caught.value.code == "connection_cut"
        assert len(province.numbers()) == 5, "the server had committed"
        assert desk.snapshot() == before
        assert desk.sync().pushed == 5
        assert len(province.numbers()) == 5
        assert len(province.rows("SELECT id FROM log")) == 5


def test_server_killed_in_mid_sync_and_started_again(tmp_path: Path, server_database: str) -> None:
    database = server_database
    new_office(database)
    server = ServerProcess(database)
    desk = Desk(tmp_path / "home", "1")
    try:
        desk.enrol(server.url, database)
        numbers = desk.register(150)
        for turn in range(4):
            killer = threading.Timer(0.01 * (turn + 1) ** 2, server.kill)
            killer.start()
            try:
                desk.sync()
            except CounterError as error:
                assert isinstance(error, Unavailable)
            killer.join()
            numbers += desk.register(25)
            server = ServerProcess(database, server.port)
        desk.sync()
        held = [row[0] for row in server_rows(database, "SELECT number FROM case_file ORDER BY number")]
        assert held == sorted(numbers)
        assert len(server_rows(database, "SELECT id FROM log")) == 250
    finally:
        server.kill()
        desk.close()


def test_concurrent_pushes_never_let_a_cursor_skip(tmp_path: Path, server_database: str) -> None:
    with Province(tmp_path, server_database) as province:
        writers = [province.desk(f"{n}") for n in (1, 2, 3)]
        reader = province.desk("reader")
        faults: list[BaseException] = []

        def write(desk: Desk) -> None:
            try:
                for _ in range(8):
                    desk.register(5)
                    desk.sync()
            except BaseException as error:
                faults.append(error)

        threads = [threading.Thread(target=write, args=(desk,)) for desk in writers]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            reader.sync()
        for thread in threads:
            thread.join()
        assert not faults
        reader.sync()
        assert sorted(reader.states()) == province.numbers()
        assert len(province.numbers()) == 120
        sequence = [row[0] for row in province.rows("SELECT office_seq FROM log ORDER BY office_seq")]
        assert sequence == list(range(1, 121))


def test_stand_alone_counter_joins_with_its_numbers(tmp_path: Path, server_database: str) -> None:
    with Province(tmp_path, server_database) as province:
        desk = province.desk(alone=True, enrolled=False)
        numbers = desk.register(4)
        answer = desk.enrol(province.url, province.database)
        assert answer.leases == (), "its own block is entered in the ledger instead"
        desk.sync()
        assert province.numbers() == numbers
        other = province.desk("2")
        first_of_other = other.one("SELECT min(first) FROM number_block WHERE series = 'KT1'")
        assert first_of_other > desk.one("SELECT max(last) FROM number_block WHERE series = 'KT1'")
        twin = province.desk("3", alone=True, enrolled=False)
        twin.register(1)
        with pytest.raises(Refused) as caught:
            twin.enrol(province.url, province.database)
        assert caught.value.code == "numbers_overlap"
        assert twin.counter.stand_alone and twin.meta("device_token") == ""


def test_restored_counter_joins_anew_and_sends_what_was_unsent(tmp_path: Path, server_database: str) -> None:
    with Province(tmp_path, server_database) as province:
        desk = province.desk()
        sent = desk.register(2)
        desk.sync()
        unsent = desk.register(2)
        backups.back_up(desk.counter, tmp_path / "copy.db")
        desk.close()
        backups.restore(desk.home, tmp_path / "copy.db", "กุญแจ", SystemClock())
        desk.counter = setup.open_counter(desk.home, SystemClock(), "กุญแจ")
        with pytest.raises(Refused) as caught:
            desk.sync()
        assert caught.value.code == "store_restored"
        desk.enrol(province.url, province.database)
        desk.apply = partial(replication.apply, desk.counter)
        desk.sync()
        assert province.numbers() == sorted(sent + unsent)
        later = desk.register(1)
        desk.sync()
        assert province.numbers() == sorted(sent + unsent + later)


def test_the_light_tells_the_truth(tmp_path: Path, server_database: str) -> None:
    with Province(tmp_path, server_database) as province:
        desk = province.desk()
        desk.register(2)
        status = counter_status(desk.counter)
        assert (status.waiting, status.online) == (2, False)
        desk.sync()
        status = counter_status(desk.counter)
        assert (status.waiting, status.online, status.last_error) == (0, True, "")
        desk.move_to("http://127.0.0.1:9")
        desk.register(1)
        with pytest.raises(Unavailable):
            desk.sync()
        status = counter_status(desk.counter)
        assert (status.waiting, status.online) == (1, False)
        assert "ติดต่อเครื่องแม่ข่ายกลางไม่ได้" in status.last_error
