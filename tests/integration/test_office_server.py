"""An office's own server between its counters and the central one: all arrives once, whatever line and power do."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from app.domain.errors import CounterError, Refused, Unavailable
from app.services import attachments, cases, office_settings, status
from sync.file_line import FileLine
from sync.link import read_link
from sync.server import admin, app, device_admin
from sync.server.database import Database
from sync.server.files.store import open_store
from sync.server.relay import admin as relay_admin
from sync.server.relay import outbox
from tests.integration.house_support import ON_EITHER, House, all_equal
from tests.integration.support import command
from tests.integration.sync_support import (
    ACTOR,
    LIMITS,
    OFFICE_CODE,
    Desk,
    ServerProcess,
    new_office,
    server_rows,
)
from tests.integration.test_files_travel import attach, photo, work


@ON_EITHER
def test_counters_of_a_house_and_of_the_outside_see_the_same(house: House) -> None:
    one, two = house.inside("หน้าต่าง 1"), house.inside("หน้าต่าง 2")
    outside = house.desk("สาขา")
    numbers = one.register(3)
    one.sync()
    two.sync()
    assert sorted(two.states()) == sorted(numbers), "the house works without the central server"
    light = status.counter_status(one.counter).central
    assert light is not None and light.waiting == 3 and light.at is None
    assert house.numbers() == []

    house.pass_on()
    assert house.numbers() == sorted(numbers)
    one.sync()
    light = status.counter_status(one.counter).central
    assert light is not None and light.waiting == 0 and light.at is not None
    outside.sync()
    assert sorted(outside.states()) == sorted(numbers)
    assert outside.one("SELECT count(*) FROM meta WHERE key LIKE 'counter_name:%' AND value = 'หน้าต่าง 1'") == 1

    # the same case goes on in the house and outside, unseen: the central server's order decides, for everybody
    two.step(numbers[0], "received")
    two.sync()
    cases.change_status(outside.counter, ACTOR, numbers[0], "rejected", note="ไม่อยู่ในเขต")
    outside.sync()
    outside_number = outside.register()[0]
    outside.sync()
    house.pass_on()
    house.pass_on()
    states = all_equal(one, two, outside)
    assert states[numbers[0]] == "rejected" and outside_number in states
    rows = "SELECT number, status FROM case_file ORDER BY number"
    assert dict(house.rows(rows)) == dict(house.at_the_office(rows)) == states

    # a case from outside goes on in the house
    one.step(outside_number, "received")
    one.sync()
    house.pass_on()
    assert all_equal(one, two, outside)[outside_number] == "received"
    house.numbers_are_right()
    assert relay_admin.status(house.office)["waiting"] == 0


@ON_EITHER
def test_whatever_is_repeated_arrives_once(house: House) -> None:
    desk = house.inside("หน้าต่าง 1")
    desk.register(5)
    desk.sync()
    house.line.lose = 3
    for _ in range(3):
        with pytest.raises(Unavailable):
            house.pass_on()
    assert house.line.lost == 3
    assert "เครื่องแม่ข่าย" in relay_admin.status(house.office)["error"]
    desk.sync()
    told = status.counter_status(desk.counter).central
    assert told is not None and told.error and told.waiting == 5
    house.pass_on()
    assert len(house.rows("SELECT 1 FROM log")) == 5
    assert relay_admin.status(house.office)["waiting"] == 0
    # and once more, from a server whose memory of it is gone
    with house.relay().database.write() as connection:
        outbox.note_all(connection, OFFICE_CODE)
    house.pass_on()
    assert len(house.rows("SELECT 1 FROM log")) == 5
    assert relay_admin.listing(house.office) == []
    house.numbers_are_right()


def test_numbers_and_books_come_from_the_stock_and_never_overlap(house: House) -> None:
    house.pass_on()
    stock = relay_admin.status(house.office)
    assert stock["numbers"]["KT1"] == 10_000 and all(count >= 1 for count in stock["books"].values())
    house.line.upstream = 1  # no line from here on
    desks = [house.inside(f"หน้าต่าง {n}") for n in (1, 2)]
    for desk in desks:
        desk.register(2)
        desk.sync()
    blocks = house.at_the_office("SELECT first, last, device FROM number_lease WHERE series = 'KT1' ORDER BY first")
    assert all(before[1] < after[0] for before, after in pairwise(blocks))
    books = house.at_the_office("SELECT book, device FROM receipt_book")
    assert len({book for book, _ in books}) == len(books)
    third = house.inside("หน้าต่าง 3")
    # the stock is finite: who comes late without a line gets none, and says so instead of inventing
    while house.at_the_office("SELECT 1 FROM number_lease WHERE device = '' AND series = 'KT1'"):
        house.inside(f"หน้าต่าง {len(house.desks) + 1}")
    last = house.inside("หน้าต่างสุดท้าย")
    with pytest.raises(Refused, match="numbers_used_up"):
        last.register()
    third.register()

    house.line.upstream = int(house.url.rsplit(":", 1)[1])
    house.pass_on()
    last.sync()
    last.register()
    house.numbers_are_right()


@ON_EITHER
def test_a_counter_that_sent_to_the_central_server_moves_behind_the_offices_own_and_back(house: House) -> None:
    desk = house.desk("เคาน์เตอร์ 1")
    before = desk.register(2)
    desk.sync()
    unsent = desk.register(1)
    house.line.upstream = 1
    with pytest.raises(CounterError) as no_line:
        house.join(desk)
    assert "ต้องตรวจกับส่วนกลางก่อน" in no_line.value.title
    house.line.upstream = int(house.url.rsplit(":", 1)[1])
    house.join(desk)
    desk.sync()
    inside = desk.register(1)
    desk.sync()
    house.pass_on()
    assert house.numbers() == sorted([*before, *unsent, *inside])
    assert len(house.rows("SELECT 1 FROM log WHERE kind = 'petition_registered'")) == 4
    house.numbers_are_right()

    # the office's server burns down with a petition that it had not sent on: the counter goes back to the central one
    lost = desk.register(1)
    desk.sync()
    device_admin.revoke(house.database, OFFICE_CODE, house.rows("SELECT id FROM device WHERE relay = 1")[0][0], "ไฟไหม้")
    desk.enrol(house.url, house.database)
    desk.sync()
    after = desk.register(1)
    desk.sync()
    assert house.numbers() == sorted([*before, *unsent, *inside, *lost, *after])
    house.numbers_are_right()
    assert status.counter_status(desk.counter).central is None


def test_another_office_server_takes_the_place_of_one_that_burnt_down(house: House) -> None:
    desk, other = house.inside("หน้าต่าง 1"), house.inside("หน้าต่าง 2")
    sent = desk.register(2)
    desk.sync()
    house.pass_on()
    unsent = desk.register(2)
    desk.sync()
    device_admin.revoke(house.database, OFFICE_CODE, house.rows("SELECT id FROM device WHERE relay = 1")[0][0], "ไฟไหม้")
    with pytest.raises(Refused, match="device_revoked"):
        house.pass_on()
    assert relay_admin.status(house.office)["state"] == "stopped"
    house.office = f"sqlite:///{(house.folder / 'second.db').as_posix()}"
    house.lan = house.open_office(house.url, "second")
    for one in (desk, other):
        house.join(one)
        one.sync()
    house.pass_on()
    new = other.register(1)
    other.sync()
    house.pass_on()
    assert house.numbers() == sorted([*sent, *unsent, *new])
    all_equal(desk, other)
    house.numbers_are_right()


def test_an_office_that_had_its_own_server_alone_joins_with_all_it_has(tmp_path: Path, by_hand: None) -> None:
    with House(tmp_path, joins=False) as house:
        new_office(house.office)
        desk = house.desk("หน้าต่าง", enrolled=False)
        with app.background(house.office, limits=LIMITS) as lan:
            desk.enrol(lan, house.office)
            number, _ = attach(desk, file := photo(20_000))
            desk.sync()
            work(desk).send()
        desk.move_to(house.open_office(house.url))
        desk.sync()
        relay = house.relay()
        relay.sync()
        assert relay.send_files() == 1
        assert house.numbers() == [number]
        database = Database(house.database)
        assert open_store(database).get(OFFICE_CODE, hashlib.sha256(file.content).digest()) == file.content
        database.close()
        second = house.desk("สาขา").register(1)
        house.desks[-1].sync()
        assert house.numbers() == sorted([number, *second])
        house.numbers_are_right()


def test_files_go_on_and_come_through(house: House) -> None:
    inside = house.inside("หน้าต่าง 1")
    number, _ = attach(inside, file := photo(300_000))
    inside.sync()
    work(inside).send()
    relay = house.relay()
    relay.sync()
    with relay.database.write() as connection:
        connection.exec_driver_sql("UPDATE upstream SET url = ?", (house.url,))
    assert relay.send_files() == 1
    assert relay.send_files() == 0
    outside = house.desk("สาขา")
    outside.sync()
    work(outside)
    there = attachments.listing(outside.counter, number)[0]
    assert attachments.content(outside.counter, number, there, ACTOR, lambda *_: None) == file.content

    number, _ = attach(outside, second := photo(200_000, 2))
    outside.sync()
    relay.sync()
    inside.sync()
    work(inside)
    there = attachments.listing(inside.counter, number)[0]
    with pytest.raises(Refused, match="file_not_here_yet"):
        attachments.content(inside.counter, number, there, ACTOR, lambda *_: None)
    work(outside).send()
    assert attachments.content(inside.counter, number, there, ACTOR, lambda *_: None) == second.content


def test_what_the_central_server_refuses_rests_alone_and_is_told(house: House, tmp_path: Path) -> None:
    desk = house.inside("หน้าต่าง 1")
    good, bad = desk.register(2)
    desk.sync()
    # the central server has been told that this number is void
    run = desk.one("SELECT run FROM cases WHERE number = ?", bad)
    database = Database(house.database)
    with database.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO number_void VALUES (?, 'KT1', ?, 'ทดสอบ', 'ทดสอบ', 1)", (OFFICE_CODE, run)
        )
    desk.step(bad, "received")
    desk.step(good, "received")
    desk.sync()
    house.pass_on()
    desk.step(bad, "assigned")
    desk.sync()
    house.pass_on()
    assert dict(house.rows("SELECT number, status FROM case_file")) == {good: "received"}
    assert [row["code"] for row in relay_admin.listing(house.office)] == [
        "number_voided", "waits_for_earlier", "waits_for_earlier",
    ]  # fmt: skip
    desk.sync()
    told = status.counter_status(desk.counter).central
    assert told is not None and told.resting == 3
    with database.write() as connection:
        connection.exec_driver_sql("DELETE FROM number_void")
    database.close()
    where = ("--database", house.office)
    said = command.run(tmp_path / "admin", "relay", *where)
    assert "ส่วนกลางไม่รับ 3" in said.out and "เลขสำรอง KT1" in said.out
    assert command.run(tmp_path / "admin", "relay", "list", *where).out.count("กักไว้") == 3
    assert command.run(tmp_path / "admin", "relay", "retry", "--json", *where).json == {"retried": 3}
    house.pass_on()
    assert dict(house.rows("SELECT number, status FROM case_file")) == {good: "received", bad: "assigned"}
    assert relay_admin.listing(house.office) == []


def test_settings_come_down_and_changes_of_the_house_go_up(house: House) -> None:
    desk = house.inside("หน้าต่าง 1")
    new_office(house.database, phone="076-999-999")
    house.pass_on()
    desk.sync()
    desk.counter.reload()
    assert desk.counter.office.phone == "076-999-999"
    # the house changes something while the line is down, and something else is changed outside
    outside = house.desk("สาขา")
    outside.sync()
    admin_of_house = replace(ACTOR, role="admin")
    office_settings.change(desk.counter, admin_of_house, {"holidays": ["2026-12-31"]})
    desk.sync()
    second = house.inside("หน้าต่าง 2")
    assert second.counter.current.document["holidays"] == ["2026-12-31"], "the house has it at once"
    office_settings.change(outside.counter, admin_of_house, {"phone": "076-111-222"})
    outside.sync()
    house.pass_on()
    house.pass_on()
    for one in (desk, second, outside):
        one.sync()
        one.counter.reload()
        assert (one.counter.current.document["holidays"], one.counter.office.phone) == (["2026-12-31"], "076-111-222")
    house.pass_on()
    last = "SELECT document FROM settings ORDER BY revision DESC LIMIT 1"
    assert server_rows(house.database, last) == server_rows(house.office, last)
    slip_keys = {
        row[0] for database in (house.database, house.office)
        for row in server_rows(database, "SELECT json_extract(document, '$.slip_key') FROM settings")
    }  # fmt: skip
    assert len(slip_keys) == 1, "slips of both are genuine everywhere"


def test_only_an_offices_own_server_may_speak_for_others(house: House) -> None:
    direct = house.desk("ตรง")
    direct.register()
    inside = house.inside("หน้าต่าง 1")
    inside.register()
    inside.sync()
    before = house.rows("SELECT count(*) FROM log")
    with direct.store.read() as connection:
        link = read_link(connection, direct.store.store_id)
    relay = house.relay()
    with relay.database.write() as connection:
        connection.exec_driver_sql("UPDATE upstream SET token = ?", (link.token,))
    with pytest.raises(Refused, match="not_a_relay"):
        relay.sync()
    with FileLine(link.url, "04830203.nobody") as line, pytest.raises(CounterError):
        line.offset(bytes(32))
    code, _ = admin.enrol_code(house.database, OFFICE_CODE, relay=True)
    with pytest.raises(Refused, match="enrol_code_kind"):
        house.desk("ผิดรหัส", enrolled=False).enrol_with(house.url, code)
    assert house.rows("SELECT count(*) FROM log") == before


def until(condition: Callable[[], bool], tries: int = 2_000) -> None:
    for _ in range(tries):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come about")


def test_either_server_is_killed_in_the_middle(tmp_path: Path) -> None:
    """Both are processes of their own, and each dies inside the transactions that take and that settle the events."""
    central, office = (f"sqlite:///{(tmp_path / f'{name}.db').as_posix()}" for name in ("central", "office"))
    new_office(central)
    rows = "SELECT number FROM case_file ORDER BY number"
    code, _ = admin.enrol_code(central, OFFICE_CODE, relay=True)
    desk = Desk(tmp_path / "home", "หน้าต่าง")
    running = {"central": ServerProcess(central)}
    urls = {"central": central, "office": office}

    def again(name: str, before_commit_of: str = "") -> None:
        port = running[name].port
        running[name].kill()
        running[name] = ServerProcess(urls[name], port, before_commit_of)

    def dies(name: str) -> None:
        assert running[name].process.wait(120) == 9

    try:
        running["office"] = ServerProcess(office, upstream=(running["central"].url, code))
        desk.enrol(running["office"].url, office)
        numbers = desk.register(2)
        # the office's server dies as it takes them
        again("office", "sync.server.relay.outbox:note")
        with pytest.raises(Unavailable):
            desk.sync()
        dies("office")
        running["central"].kill()
        again("office")
        desk.sync()
        assert [row[0] for row in server_rows(office, rows)] == sorted(numbers)
        # the central server dies as it takes them
        running["central"].kill()
        running["central"] = ServerProcess(central, running["central"].port, "sync.server.known:of")
        again("office")
        dies("central")
        assert server_rows(central, rows) == []
        # the office's server dies as it keeps the answer
        running["office"].kill()
        running["central"].kill()
        running["central"] = ServerProcess(central, running["central"].port)
        running["office"] = ServerProcess(office, running["office"].port, "sync.server.relay.outbox:settle")
        dies("office")
        assert [row[0] for row in server_rows(central, rows)] == sorted(numbers)
        assert relay_admin.status(office)["waiting"] == 2, "it does not know yet"
        again("office")
        until(lambda: relay_admin.status(office)["waiting"] == 0)
        desk.sync()
        assert len(server_rows(central, "SELECT 1 FROM log")) == len(server_rows(office, "SELECT 1 FROM log")) == 2
        for database in (central, office):
            for row in admin.numbers_report(database, OFFICE_CODE):
                assert (row["unexplained"], row["duplicates"]) == (0, 0)
    finally:
        desk.close()
        for server in running.values():
            server.kill()
