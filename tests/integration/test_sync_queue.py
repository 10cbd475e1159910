"""The outbox's promises: one bad event harms only itself, records keep their order, numbers are leased once."""

import json
import os
import stat
import threading
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sync_support import OFFICE_CODE, VERSION, Desk, Province, Proxy, new_office, scripted

from app.domain.errors import Refused, Unavailable
from app.domain.ids import uuid7
from app.services import cases
from sync import batch_size, inbox, leases, outbox
from sync.batch_size import BatchSize
from sync.client import Client
from sync.json_form import to_text
from sync.loop import SyncLoop
from sync.protocol import Change, Event, Lease, LeaseWanted, SyncAnswer, SyncRequest
from sync.server import admin, app
from sync.server.database import Database


def spoil(desk: Desk, seq: int, payload: str) -> str:
    """Put a wrong payload in an event; returns the right one."""
    right = str(desk.one("SELECT payload FROM event WHERE seq = ?", seq))
    with desk.store.write("test") as work:
        work.run("UPDATE event SET payload = ? WHERE seq = ?", (payload, seq))
    return right


def quarantine(desk: Desk) -> dict[int, str]:
    with desk.store.read() as connection:
        return {row[0]: row[1] for row in connection.exec_driver_sql("SELECT seq, code FROM quarantine")}


def seqs_of(desk: Desk, number: str) -> list[int]:
    return [event.seq for event in cases.events(desk.counter, number)]


BAD_PAYLOADS = {
    "not leased": ({"number": "KT1010170900000"}, "number_not_leased"),
    "another office's letters": ({"number": "ZZ1010170000001"}, "number_not_leased"),
    "no number": ({"number": "hello"}, "request_number"),
    "small letters": ({"number": "kt1010170000001"}, "number_form"),
    "a list for a text": ({"service": ["petition"]}, "payload"),
    "another office": ({"office_code": "04839999"}, "office_mismatch"),
    "too large": ({"subject": "ก" * 100_000}, "event_too_large"),
    "half a surrogate": ({"subject": "SURROGATE"}, "malformed"),
    "a NUL": ({"subject": "a\x00b"}, "malformed"),
}


@pytest.mark.parametrize("name", BAD_PAYLOADS)
def test_one_bad_event_rests_and_the_others_pass(tmp_path: Path, name: str) -> None:
    change, code = BAD_PAYLOADS[name]
    with Province(tmp_path) as province:
        desk = province.desk()
        numbers = desk.register(3)
        desk.step(numbers[1], "received")
        bad, behind = seqs_of(desk, numbers[1])
        payload = json.loads(desk.one("SELECT payload FROM event WHERE seq = ?", bad)) | change
        right = spoil(desk, bad, to_text(payload).replace("SURROGATE", "\\ud800"))
        result = desk.sync()
        assert (result.pushed, result.rejected, result.pending) == (2, 2, 0)
        assert quarantine(desk) == {bad: code, behind: outbox.WAITS}
        assert province.numbers() == [numbers[0], numbers[2]]
        desk.step(numbers[1], "assigned")
        [later] = desk.register(1)
        assert desk.sync().pushed == 1, "other records pass, this one waits"
        assert quarantine(desk) == {bad: code, behind: outbox.WAITS, seqs_of(desk, numbers[1])[2]: outbox.WAITS}
        assert later in province.numbers()
        assert desk.sync().pushed == 0
        listed = _listing(desk)
        assert (listed[0].seq, listed[0].state) == (bad, "quarantined")
        assert all(one.reason for one in listed)
        spoil(desk, bad, right)
        with desk.store.write("test") as work:
            assert outbox.retry(work, [bad]) == 3
        assert [one.state for one in _listing(desk)] == ["waiting"] * 3
        assert desk.sync().pushed == 3
        assert quarantine(desk) == {}
        assert len(province.numbers()) == 4
        [(status,)] = province.rows(f"SELECT status FROM case_file WHERE number = '{numbers[1]}'")
        assert status == "assigned"
        kinds = province.rows("SELECT kind FROM log ORDER BY office_seq DESC LIMIT 3")
        assert [kind for (kind,) in kinds] == ["status_changed", "status_changed", "petition_registered"]


def _listing(desk: Desk) -> list[outbox.Waiting]:
    with desk.store.read() as connection:
        return outbox.listing(connection, desk.store.store_id)


def test_retry_without_mending_rests_again(tmp_path: Path) -> None:
    with Province(tmp_path) as province:
        desk = province.desk()
        [number] = desk.register(1)
        [seq] = seqs_of(desk, number)
        spoil(desk, seq, '{"number":"KT1010170900000","document":{}}')
        desk.sync()
        with desk.store.write("test") as work:
            assert outbox.retry(work) == 1
        assert desk.sync().rejected == 1
        assert quarantine(desk) == {seq: "number_not_leased"}


def test_an_event_that_spoils_its_whole_batch_is_found(tmp_path: Path) -> None:
    """A payload nested so deep that no JSON reader takes the request: halved until it stands alone."""
    with Province(tmp_path) as province:
        desk = province.desk()
        numbers = desk.register(9)
        [bad] = seqs_of(desk, numbers[4])
        spoil(desk, bad, '{"a":' * 20_000 + "1" + "}" * 20_000)
        result = desk.sync()
        assert (result.pushed, result.rejected, result.pending) == (8, 1, 0)
        assert quarantine(desk) == {bad: "malformed"}
        assert province.numbers() == sorted(set(numbers) - {numbers[4]})


def events_of(desk: Desk) -> list[Event]:
    with desk.store.read() as connection:
        return list(outbox.collect(connection, desk.store.store_id, 10**9).events)


def push(province: Province, desk: Desk, events: list[Event], **parts: Any) -> SyncAnswer:
    request = SyncRequest(desk.store.store_id, 0, 0, VERSION, 0, events=tuple(events), **parts)
    with Client(province.url, desk.meta("device_token")) as client:
        return client.sync(request.to_bytes())


def test_duplicate_and_reordered_batches_count_once(tmp_path: Path) -> None:
    with Province(tmp_path) as province:
        desk = province.desk()
        numbers = desk.register(12)
        events = events_of(desk)
        for some in (events[6:], events[:9], events[3:7], events, list(reversed(events)), events[:1] * 3):
            assert push(province, desk, some).rejected == ()
        assert province.numbers() == sorted(numbers)
        assert len(province.rows("SELECT id FROM log")) == 12
        assert push(province, desk, []).accepted_through == events[-1].seq


def test_another_event_under_a_known_sequence_number_is_refused(tmp_path: Path) -> None:
    with Province(tmp_path) as province:
        desk = province.desk()
        desk.register(1)
        [event] = events_of(desk)
        push(province, desk, [event])
        twin = Event(event.seq, uuid7(), uuid7(), event.kind, event.at, event.by, event.payload)
        assert [one.code for one in push(province, desk, [twin]).rejected] == ["seq_conflict"]
        again = Event(event.seq + 1, uuid7(), uuid7(), event.kind, event.at, event.by, event.payload)
        assert [one.code for one in push(province, desk, [again]).rejected] == ["number_taken"]
        assert len(province.numbers()) == 1


def test_unknown_kinds_are_kept_and_passed_on(tmp_path: Path) -> None:
    with Province(tmp_path) as province:
        first, second = province.desk("1"), province.desk("2")
        with first.store.write("somying") as work:
            work.emit("photo_taken_by_drone", uuid7(), {"height": 3})
        assert first.sync().pushed == 1
        assert second.sync().pulled == 1
        assert second.one("SELECT payload FROM event WHERE kind = 'photo_taken_by_drone'")


def test_an_event_that_cannot_be_applied_is_kept_for_a_newer_program(tmp_path: Path) -> None:
    with Province(tmp_path) as province:
        first, second = province.desk("1"), province.desk("2")
        numbers = first.register(3)
        first.sync()
        right = second.apply
        bad = first.one("SELECT id FROM cases WHERE number = ?", numbers[1])

        def clumsy(work: Any, event: Any) -> None:
            right(work, event)
            if event["record"] == bad:
                raise KeyError("a field of the future")

        second.apply = clumsy
        assert second.sync().pulled == 3
        assert sorted(second.states()) == [numbers[0], numbers[2]], "only that case is missing"
        with second.store.read() as connection:
            assert inbox.failed_count(connection) == 1
        second.apply = right
        second.register(1)
        second.sync(app_version="0.2.0")
        assert set(numbers) <= set(second.states())
        with second.store.read() as connection:
            assert inbox.failed_count(connection) == 0


def test_changes_come_in_pages(tmp_path: Path) -> None:
    with Province(tmp_path) as province:
        first, second = province.desk("1"), province.desk("2")
        numbers = first.register(60, noise=500)
        first.sync()
        size = BatchSize(target=batch_size.SMALLEST_BATCH)
        result = second.sync(size=size)
        assert result.pulled == 60 and result.requests > 3
        assert sorted(second.states()) == numbers


def test_batches_are_bounded_and_shrink_on_a_bad_line(tmp_path: Path) -> None:
    with Province(tmp_path) as province, Proxy(province.url) as proxy:
        desk = province.desk()
        numbers = desk.register(200, noise=400)
        desk.move_to(proxy.url)
        size = BatchSize(target=8_192)
        proxy.lose = 2
        for _ in range(2):
            with pytest.raises(Unavailable):
                desk.sync(size=size)
        assert size.target == batch_size.SMALLEST_BATCH
        result = desk.sync(size=size)
        assert result.requests >= 4 and result.pushed == 200
        assert size.target > batch_size.SMALLEST_BATCH, "it grows back"
        assert province.numbers() == sorted(numbers)


def test_leases_are_renewed_at_half_and_survive_a_lost_answer(tmp_path: Path) -> None:
    with Province(tmp_path) as province, Proxy(province.url) as proxy:
        desk, other = province.desk("1"), province.desk("2")
        desk.move_to(proxy.url)
        with desk.store.write("test") as work:
            work.run("UPDATE number_block SET next = 500")
            assert leases.missing(work.connection, date(2026, 11, 20)) == {}
            work.run("UPDATE number_block SET next = 501")
            assert leases.missing(work.connection, date(2026, 11, 20)) == {"KT1": 1000}
            work.run("UPDATE number_block SET next = 1900")
        proxy.lose = 1
        with pytest.raises(Unavailable):
            desk.sync()
        with desk.store.read() as connection:
            [wanted] = leases.asked(connection)
        desk.sync()
        with desk.store.read() as connection:
            assert leases.asked(connection) == ()
            blocks = connection.exec_driver_sql(
                "SELECT first, last FROM number_block WHERE series = 'KT1' ORDER BY first"
            ).fetchall()
        assert [tuple(block) for block in blocks] == [(1, 3000), (6001, 8000)]
        assert other.one("SELECT first FROM number_block") == 3001
        [report] = admin.numbers_report(province.database, OFFICE_CODE)
        assert report["leased"] == 8000, "the lost answer cost no block"
        assert desk.sync().requests == 1
        assert desk.one("SELECT count(*) FROM number_block WHERE series = 'KT1'") == 2
        assert wanted.series == "KT1"


def test_leases_of_many_devices_are_disjoint(tmp_path: Path) -> None:
    with Province(tmp_path) as province:
        desks = [province.desk(f"{n}") for n in range(3)]
        given: list[Lease] = []

        def ask(desk: Desk, turn: int) -> None:
            wanted = tuple(LeaseWanted(f"{desk.store.store_id} {turn} {n}", "KT1", 50 + n) for n in range(4))
            answers = [push(province, desk, [], leases_wanted=wanted) for _ in range(2)]
            assert answers[0].leases == answers[1].leases
            given.extend(answers[0].leases)

        threads = [threading.Thread(target=ask, args=(desk, turn)) for desk in desks for turn in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        runs = [run for lease in given for run in range(lease.first, lease.last + 1)]
        assert len(given) == 60 and len(runs) == len(set(runs))
        [report] = admin.numbers_report(province.database, OFFICE_CODE)
        assert (report["leased"], report["duplicates"]) == (9_000 + len(runs), 0)
        foreign = push(province, desks[0], [], leases_wanted=(LeaseWanted("x", "ZZ1", 10),))
        assert foreign.leases == ()


def test_an_office_that_begins_in_mid_series(tmp_path: Path) -> None:
    with Province(tmp_path) as province:
        database = f"sqlite:///{(tmp_path / 'other.db').as_posix()}"
        new_office(database, first_run=38)
        with app.background(database) as url:
            desk = province.desk(enrolled=False)
            desk.enrol(url, database)
            assert desk.register(1)[0].endswith("000038")


def test_voided_numbers_are_accounted_for(tmp_path: Path) -> None:
    with Province(tmp_path) as province:
        desk = province.desk()
        desk.register(2)
        with desk.store.write("somying") as work:
            work.emit("number_voided", uuid7(), {"series": "KT1", "run": 3, "reason": "พิมพ์ผิด"})
            work.emit("number_voided", uuid7(), {"series": "KT1", "run": 5_000, "reason": "ไม่ใช่ของเรา"})
        assert desk.sync().rejected == 1
        [report] = admin.numbers_report(province.database, OFFICE_CODE)
        assert (report["issued"], report["voided"], report["unused"], report["unexplained"]) == (2, 1, 2997, 0)


def test_the_loop_sends_by_itself_and_comes_back_after_a_fault(tmp_path: Path) -> None:
    with Province(tmp_path) as province:
        desk = province.desk()
        outcomes: list[Any] = []
        loop = SyncLoop(
            desk.store, desk.apply, VERSION, on_outcome=outcomes.append, idle_wait=60, first_wait=0.05, longest_wait=0.2
        )
        server = desk.meta("server_url")
        desk.move_to("http://127.0.0.1:9")
        numbers = desk.register(2)
        loop.start()
        assert wait(lambda: len(outcomes) >= 3), "it tries again and again"
        assert all(isinstance(outcome, Unavailable) for outcome in outcomes)
        desk.move_to(server)
        assert wait(lambda: province.numbers() == numbers), "and sends when the line is back"
        assert wait(lambda: loop.failures == 0)
        count = len(outcomes)
        numbers += desk.register(1)
        loop.kick()
        assert wait(lambda: len(outcomes) > count)
        assert wait(lambda: province.numbers() == numbers)
        assert loop.stop()


def test_the_loop_stops_in_time_while_a_server_is_silent(tmp_path: Path) -> None:
    asked, enough = threading.Event(), threading.Event()

    def think(_connection: Any, _request: bytes) -> None:
        asked.set()
        enough.wait(120)

    with Province(tmp_path) as province, scripted(think) as silent:
        desk = province.desk()
        desk.move_to(silent)
        loop = SyncLoop(desk.store, desk.apply, VERSION, read_seconds=100)
        loop.start()
        assert asked.wait(60)
        assert not loop.stop(0.3), "it was waited for no longer than that: the server thinks still"
        enough.set()
        assert wait(lambda: loop.stop(0.1))


def wait(condition: Any, seconds: float = 60.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


def test_no_transaction_is_open_during_http(tmp_path: Path) -> None:
    """Another counter window can register while the server is thinking."""
    asked, enough = threading.Event(), threading.Event()

    def think(_connection: Any, _request: bytes) -> None:
        asked.set()
        enough.wait(120)

    with Province(tmp_path) as province, scripted(think) as silent:
        desk = province.desk()
        desk.register(1)
        desk.move_to(silent)
        faults: list[Exception] = []

        def sync() -> None:
            try:
                desk.sync(read_seconds=100.0)
            except Unavailable as error:
                faults.append(error)

        thread = threading.Thread(target=sync)
        thread.start()
        assert asked.wait(60)
        desk.register(1)
        assert not faults and thread.is_alive(), "registered while the server thinks still"
        enough.set()
        thread.join()
        assert len(faults) == 1


def test_server_database_is_encrypted_and_its_key_is_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Province(tmp_path) as province:
        desk = province.desk()
        desk.register(1, first_name="ชื่อที่ต้องไม่โผล่")
        desk.sync()
        path = tmp_path / "server.db"
        for file in tmp_path.glob("server.db*"):
            content = file.read_bytes()
            assert "ชื่อที่ต้องไม่โผล่".encode() not in content and b"SQLite format" not in content
        key_file = tmp_path / "server.db.key"
        if os.name != "nt":
            assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
        key = key_file.read_text()
    monkeypatch.setenv("LAO_SERVER_KEY", key)
    key_file.unlink()
    assert admin.list_offices(province.database)[0]["cases"] == 1
    monkeypatch.setenv("LAO_SERVER_KEY", "00" * 32)
    with pytest.raises(Unavailable) as wrong:
        admin.list_offices(province.database)
    assert wrong.value.code == "server_database_key"
    monkeypatch.setenv("LAO_SERVER_KEY", "short")
    with pytest.raises(Refused):
        admin.list_offices(province.database)
    monkeypatch.delenv("LAO_SERVER_KEY")
    with pytest.raises(Unavailable) as missing:
        admin.list_offices(province.database)
    assert missing.value.code == "server_key_missing"
    assert path.stat().st_size


def test_a_newer_server_database_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{(tmp_path / 'server.db').as_posix()}"
    database = Database(url)
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    with pytest.raises(Refused) as caught:
        Database(url)
    assert caught.value.code == "server_database_newer"


def test_events_of_the_wire_survive_the_round_trip() -> None:
    event = Event(7, uuid7(), uuid7(), "petition_registered", 1_700_000_000_000, "สมหญิง", '{"a":"ก\\"ข","b":[1,2.5]}')
    answer = SyncAnswer(7, 9, 1, changes=(Change("store", event),), counters={"store": "เคาน์เตอร์ 1"})
    assert SyncAnswer.from_json(json.loads(answer.to_bytes())) == answer


def test_own_steps_that_are_not_placed_yet_stay_on_top(tmp_path: Path) -> None:
    """What comes in was before them in the office's order: the clerk goes on seeing the step just taken."""
    with Province(tmp_path) as province:
        first, second = province.desk("1"), province.desk("2")
        [number] = first.register()
        first.sync()
        second.sync()
        second.step(number, "received")
        [theirs] = events_of(second)
        first.step(number, "received")
        first.step(number, "assigned")
        with first.store.write("test") as work:
            inbox.receive(work, [Change(second.store.store_id, theirs)], {}, first.apply)
        assert first.states() == {number: "assigned"}
        assert len(cases.events(first.counter, number)) == 4
