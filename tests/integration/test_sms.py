"""Short messages: queued with the event, sent once or not at all, whatever gateway, line and power do."""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import CounterError, Refused
from app.services import cases, sms_settings
from sync.server import app, offices
from sync.server.sms import admin, courier, gateway, queue
from sync.server.sms.gateway import Gateway, Message
from tests.integration.citizen_support import Citizen, carried_to
from tests.integration.support import command
from tests.integration.sync_support import ACTOR, OFFICE_CODE, Desk, Province, ServerProcess, new_office
from tests.support.sms_gateway import Receiver, receiver

PHONE = "0800000000"
"""Of the sample petition."""
ON = {"enabled": True, "states": ["done", "cancelled"], "short_address": "txm.co"}
SECRET = "s3cret-of-the-gateway"
ANSWER = {"field": "result.status", "values": ["ok"]}
FIELDS = {"to": "{phone_international}", "text": "{text}", "id": "{key}"}


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courier, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(courier, "GRACE_SECONDS", 0.5)
    monkeypatch.setattr(queue, "FIRST_WAIT_MS", 20)


@pytest.fixture
def gate() -> Iterator[Receiver]:
    with receiver() as made:
        yield made


@pytest.fixture
def province(tmp_path: Path) -> Iterator[Province]:
    with Province(tmp_path) as made:
        new_office(made.database, sms=ON)
        yield made


def described(gate: Receiver, **changes: Any) -> Gateway:
    document = {
        "url": gate.url, "timeout_seconds": 1, "headers": {"Authorization": "Bearer {secret}"}, "fields": FIELDS,
        "answer": ANSWER, **changes,
    }  # fmt: skip
    return gateway.check(document, SECRET)


@contextlib.contextmanager
def sending(province: Province, gate: Receiver, **changes: Any) -> Iterator[str]:
    """A second process of the province's server, with a courier."""
    with app.background(province.database, sms=described(gate, **changes)) as url:
        yield url


def rows(province: Province, **wanted: str) -> list[dict[str, Any]]:
    return admin.listing(province.database, **wanted)


def becomes(province: Province, *statuses: str, seconds: float = 40) -> list[dict[str, Any]]:
    """The messages once they have these statuses, in any order."""
    until = time.monotonic() + seconds
    while True:
        found = rows(province)
        if sorted(row["status"] for row in found) == sorted(statuses):
            return found
        assert time.monotonic() < until, found
        time.sleep(0.05)


def registered(province: Province, count: int = 1) -> tuple[Desk, list[str]]:
    desk = province.desk()
    numbers = desk.register(count)
    desk.sync()
    return desk, numbers


def test_a_registration_is_told_in_the_exact_words(province: Province, gate: Receiver) -> None:
    desk, [number] = registered(province)
    desk.sync()
    [waiting] = rows(province)
    assert (waiting["number"], waiting["what"], waiting["status"]) == (number, "registered", "pending")
    [[code]] = province.rows("SELECT code FROM short_link")
    with sending(province, gate) as url, Citizen(url) as citizen:
        gate.wait_for(1)
        [sent] = becomes(province, "sent")
        told = gate.got[0]
        assert told["text"] == f"เลขที่คำร้องของคุณคือ {number} ตรวจสอบผลที่ txm.co/{code}"
        assert len(told["text"]) == 64 and len(code) == 6
        assert told["to"] == "66800000000" and told["id"] == f"{OFFICE_CODE}-{sent['key']}"
        assert gate.headers[0]["authorization"] == f"Bearer {SECRET}"
        asked = citizen.get(f"/t/{code}")
        assert asked.status_code == 200 and number not in asked.text
        assert citizen.get("/t/ZZZZZZ").text == asked.text.replace(code, "ZZZZZZ"), "no difference to be learnt"
        assert citizen.post(f"/t/{code}", {"last4": "1234"}).status_code == 404
        assert number in citizen.post(f"/t/{code.lower()}", {"last4": "0000"}).text
    assert len(gate.got) == 1


def test_states_that_the_office_turned_on_and_no_others(province: Province, gate: Receiver) -> None:
    desk, [number, withdrawn] = registered(province, 2)
    carried_to(desk, number)
    with Citizen(province.url) as citizen:
        citizen.act(citizen.token(withdrawn), "withdraw", text="แก้ไขเองแล้ว")
    assert sorted(row["what"] for row in rows(province)) == ["cancelled", "done", "registered", "registered"]
    with sending(province, gate):
        becomes(province, *["pending"], *["sent"] * 3)
    texts = [told["text"] for told in gate.got]
    assert any(text.startswith(f"คำร้อง {number} ดำเนินการแล้ว ตรวจสอบผลที่ txm.co/") for text in texts)
    links = {text.rsplit("/", 1)[1] for text in texts if number in text}
    assert len(links) == 1, "one case, one link"


def test_nothing_for_an_office_that_did_not_turn_it_on_nor_for_land_lines_nor_for_the_past(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Province(tmp_path) as province:
        desk, _ = registered(province)
        assert rows(province) == []
        new_office(province.database, sms={**ON, "enabled": False})
        desk.register()
        desk.sync()
        assert rows(province) == []
        new_office(province.database, sms=ON)
        monkeypatch.setattr(queue.phone, "is_mobile", lambda _: False)
        desk.register()
        desk.sync()
        assert rows(province) == []
        monkeypatch.setattr(queue.phone, "is_mobile", lambda _: True)
        now = offices.now_ms()
        monkeypatch.setattr(offices, "now_ms", lambda: now + queue.OLDEST_MS + 60_000)
        desk.register()
        desk.sync()
        assert rows(province) == []


@pytest.mark.parametrize(
    ("answer", "status", "code", "arrived"),
    [
        (500, "unknown", "http_500", 1),
        ("html", "unknown", "answer_not_understood", 1),
        ("silent", "unknown", "no_answer", 1),
        ("cut", "unknown", "connection_lost", 1),
        ("no", "failed", "gateway_said_no", 1),
        (422, "failed", "http_422", 1),
        (302, "unknown", "http_302", 1),
        (503, "sent", "", 2),
        (401, "sent", "", 2),
    ],
)
def test_a_hostile_gateway(
    province: Province, gate: Receiver, answer: str | int, status: str, code: str, arrived: int
) -> None:
    gate.answers.append(answer)
    registered(province)
    with sending(province, gate):
        [row] = becomes(province, status)
    assert row["code"] == code
    assert len(gate.got) == arrived, "never twice when nobody knows"
    assert {told["id"] for told in gate.got} == {f"{OFFICE_CODE}-{row['key']}"}


def test_a_gateway_that_knows_a_message_again_is_asked_again(province: Province, gate: Receiver) -> None:
    gate.answers += [500, "silent", "html", "ok"]
    registered(province)
    with sending(province, gate, idempotent=True):
        [row] = becomes(province, "sent")
    assert row["attempts"] == 4
    assert len({told["id"] for told in gate.got}) == 1


def test_no_gateway_there_waits_and_sends_later(province: Province, gate: Receiver) -> None:
    registered(province)
    with receiver() as gone:
        nowhere = gone.url
    with app.background(province.database, sms=replace(described(gate), url=nowhere)):
        until = time.monotonic() + 40
        while rows(province)[0]["attempts"] < 2:
            assert time.monotonic() < until
            time.sleep(0.05)
        assert rows(province)[0]["code"] == "no_connection"
    with sending(province, gate):
        becomes(province, "sent")
    assert len(gate.got) == 1


def test_a_server_killed_while_it_sends_sends_nothing_twice(province: Province, gate: Receiver, tmp_path: Path) -> None:
    registered(province)
    file = tmp_path / "gateway.toml"
    file.write_text(
        f'url = "{gate.url}"\ntimeout_seconds = 1\n[fields]\nto = "{{phone}}"\ntext = "{{text}}"\n', encoding="utf-8"
    )
    server = ServerProcess(province.database, before_commit_of="sync.server.sms.queue:finish", sms=file)
    gate.wait_for(1)
    server.process.wait(30)
    server.kill()
    assert [row["status"] for row in rows(province)] == ["sending"]
    with sending(province, gate):
        [row] = becomes(province, "unknown")
        assert row["code"] == "stopped_while_sending"
        assert len(gate.got) == 1
        admin.retry(province.database, OFFICE_CODE, [row["key"]])
        becomes(province, "sent")
    assert len(gate.got) == 2, "by the administrator's word"


def test_a_server_killed_before_it_has_committed_an_event_queues_it_once(province: Province) -> None:
    desk = province.desk()
    desk.register(3)
    server = ServerProcess(province.database, before_commit_of="sync.server.sms.queue:note")
    desk.move_to(server.url)
    with pytest.raises(CounterError):
        desk.sync()
    server.process.wait(30)
    server.kill()
    assert rows(province) == [] and province.numbers() == []
    desk.move_to(province.url)
    desk.sync()
    assert len(rows(province)) == 3 and len(province.numbers()) == 3


def test_two_couriers_on_one_queue_send_each_message_once(province: Province, gate: Receiver) -> None:
    new_office(province.database, sms={**ON, "per_number_per_day": 100})
    desk = province.desk()
    desk.register(20)
    with sending(province, gate), sending(province, gate):
        desk.sync()
        becomes(province, *["sent"] * 20)
    assert len(gate.got) == len({told["id"] for told in gate.got}) == 20


def test_limits_of_a_day(province: Province, gate: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    new_office(province.database, sms={**ON, "per_number_per_day": 2})
    registered(province, 5)
    with sending(province, gate):
        found = becomes(province, "sent", "sent", "pending", "pending", "pending")
        put_off = [row for row in found if row["status"] == "pending"]
        until = time.monotonic() + 40
        while any(row["not_before"] == row["queued_at"] for row in put_off):
            assert time.monotonic() < until
            put_off = rows(province, status="pending")
        now = offices.now_ms()
        assert all(datetime.fromisoformat(row["not_before"]).timestamp() * 1000 > now for row in put_off)
        monkeypatch.setattr(offices, "now_ms", lambda: now + 24 * 3600 * 1000)
        becomes(province, "sent", "sent", "sent", "sent", "pending")
    assert len(gate.got) == 4


@pytest.mark.parametrize(
    ("clock", "later"),
    [("19:59", "19:59"), ("20:00", "07:00+1"), ("23:30", "07:00+1"), ("06:59", "07:00"), ("07:00", "07:00")],
)
def test_quiet_hours(clock: str, later: str) -> None:
    day = datetime.fromisoformat("2026-11-20T00:00+07:00")
    hour, minute = map(int, clock.split(":"))
    then = queue.after_quiet(day.replace(hour=hour, minute=minute), {"from": "20:00", "to": "07:00"})
    assert f"{then:%H:%M}" + ("+1" if then.day == 21 else "") == later
    noon = day.replace(hour=12, minute=30)
    assert queue.after_quiet(noon, {"from": "12:00", "to": "13:00"}).hour == 13
    assert queue.after_quiet(noon, {}) == noon


def test_in_quiet_hours_a_message_waits(province: Province, gate: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    new_office(province.database, sms={**ON, "quiet": {"from": "20:00", "to": "07:00"}})
    night = int(datetime.fromisoformat("2026-11-20T22:00+07:00").timestamp() * 1000)
    registered(province)
    monkeypatch.setattr(offices, "now_ms", lambda: night)
    with province_write(province) as connection:
        connection.exec_driver_sql("UPDATE sms SET not_before = ?, queued_at = ?", (night, night))
    with province_write(province) as connection:
        [due] = queue.due(connection)
        assert queue.claim(connection, *due) is None
    morning = int(datetime.fromisoformat("2026-11-21T07:00+07:00").timestamp() * 1000)
    assert province.rows("SELECT status, not_before FROM sms") == [("pending", morning)]


@contextlib.contextmanager
def province_write(province: Province) -> Iterator[Any]:
    from sync.server.database import Database

    database = Database(province.database)
    try:
        with database.write() as connection:
            yield connection
    finally:
        database.close()


def test_nothing_personal_in_queue_log_or_listing(
    province: Province, gate: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    gate.answers += [500]
    registered(province)
    with caplog.at_level("DEBUG"), sending(province, gate):
        becomes(province, "unknown")
    kept = str(province.rows("SELECT * FROM sms"))
    for place in (kept, caplog.text, str(rows(province)), repr(described(gate)), repr(Message("k", PHONE, "t"))):
        assert PHONE not in place and PHONE[1:] not in place and SECRET not in place


def test_by_the_command_line(province: Province, gate: Receiver, tmp_path: Path) -> None:
    gate.answers += ["no"]
    registered(province)
    with sending(province, gate):
        [row] = becomes(province, "failed")
    home, where = tmp_path / "home", ("--database", province.database, "--json")
    listed = command.run(home, "sms", "list", "--status", "failed", *where)
    assert listed.code == 0, listed.err
    assert [(one["key"], one["code"]) for one in listed.json] == [(row["key"], "gateway_said_no")]
    again = command.run(home, "sms", "retry", OFFICE_CODE, row["key"], *where)
    assert (again.code, again.json) == (0, {"retried": 1})
    refused = command.run(home, "sms", "retry", OFFICE_CODE, row["key"], *where)
    assert refused.code == 3, "it is waiting already"
    file = tmp_path / "gateway.toml"
    file.write_text(f'url = "{gate.url}"\n[fields]\nto = "{{phone}}"\ntext = "{{text}}"\n', encoding="utf-8")
    checked = command.run(home, "sms", "check", str(file), "--json", LAO_SMS_SECRET=SECRET)
    assert checked.code == 0, checked.err
    assert checked.json["secret"] is True and SECRET not in checked.out


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"url": "http://sms.example.com/send"}, "url"),
        ({"url": None}, "url"),
        ({"method": "GET"}, "method"),
        ({"fields": {"to": "{phone}"}}, "fields"),
        ({"timeout_seconds": 0}, "timeout_seconds"),
        ({"idempotent": "yes"}, "idempotent"),
        ({"answer": {"field": "status"}}, "answer.values"),
        ({"answer": {"sent": ["200"]}}, "answer.sent"),
        ({"answer": {"other": 1}}, "answer.other"),
        ({"format": "xml"}, "format"),
        ({"retries": 3}, "retries"),
    ],
)
def test_a_gateways_file_is_checked_key_by_key(changes: dict[str, Any], key: str) -> None:
    with pytest.raises(Refused) as refused:
        gateway.check({"url": "https://sms.example.com/send", "fields": FIELDS, **changes})
    assert refused.value.field == key


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"states": ["gone"]}, "sms.states"),
        ({"texts": {"done": "เสร็จ"}}, "sms.texts.done"),
        ({"quiet": {"from": "20:00"}}, "sms.quiet"),
        ({"quiet": {"from": "20.00", "to": "07:00"}}, "sms.quiet"),
        ({"per_day": 0}, "sms.per_day"),
        ({"enabled": 1}, "sms.enabled"),
        ({"short_address": ""}, "sms.enabled"),
        ({"sender": "x"}, "sms.sender"),
    ],
)
def test_the_offices_wishes_are_checked_key_by_key(changes: dict[str, Any], key: str) -> None:
    with pytest.raises(Refused) as refused:
        sms_settings.check({**ON, **changes}, "", lambda at, why: Refused("office_setting", why, "", at))
    assert refused.value.field == key


def test_a_step_that_others_followed_in_the_same_sync_is_not_told(province: Province) -> None:
    new_office(province.database, sms={**ON, "registered": False, "states": ["received", "in_progress"]})
    desk, [number] = registered(province)
    for state in ("received", "assigned", "in_progress"):
        cases.change_status(desk.counter, ACTOR, number, state)
    desk.sync()
    assert [row["what"] for row in rows(province)] == ["in_progress"]
