"""Rating, withdrawing, asking for more: once each, whatever browsers and power cuts do, and down to every counter."""

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from app.domain import petition_states
from app.services import cases
from sync.server import offices
from sync.server.citizen import acts, look_up, words
from sync.server.database import Database
from tests.integration.citizen_support import LAST4, Citizen, carried_to, proof
from tests.integration.sync_support import ACTOR, Desk, Province, ServerProcess, new_office

DAY_MS = 24 * 3600 * 1000


def citizens_events(province: Province) -> list[tuple[str, dict[str, Any]]]:
    rows = province.rows("SELECT kind, payload FROM log WHERE store_id = 'citizen' ORDER BY office_seq")
    return [(row[0], json.loads(row[1])) for row in rows]


def status(province: Province, number: str) -> str:
    return str(province.rows(f"SELECT status FROM case_file WHERE number = '{number}'")[0][0])


def done(desk: Desk) -> str:
    [number] = desk.register()
    carried_to(desk, number)
    return number


def test_a_rating_comes_down_to_every_counter_once(tmp_path: Path) -> None:
    with Province(tmp_path) as province, Citizen(province.url) as citizen:
        desk, other = province.desk("1"), province.desk("2")
        number = done(desk)
        token = citizen.token(number)
        assert "ประเมินความพึงพอใจ" in citizen.get(f"/case/{token}").text
        rated = citizen.act(token, "rate", score="4", text="รวดเร็วดี\r\nขอบคุณ")
        assert rated.status_code == 200 and "ขอบคุณสำหรับการประเมิน" in rated.text
        assert "รวดเร็วดี" not in rated.text, "the comment is for the staff"
        assert 'name="score"' not in rated.text
        assert citizens_events(province) == [("rated", {"from": "done", "score": 4, "note": "รวดเร็วดี\nขอบคุณ"})]
        for there in (desk, other):
            there.sync()
            there.sync()
            events = [event for event in cases.events(there.counter, number) if event.kind == "rated"]
            assert [(event.by, event.detail["score"]) for event in events] == [(acts.BY, 4)]
            assert [event.text for event in events] == ["ผู้ร้องประเมินความพึงพอใจ 4 มาก: รวดเร็วดี\nขอบคุณ"]
            assert [event.counter for event in events] == ["หน้าติดตามของประชาชน"]
            assert there.states() == {number: "rated"}
        assert status(province, number) == "rated"


def test_a_second_press_the_back_button_and_two_browsers_rate_once(tmp_path: Path) -> None:
    with Province(tmp_path) as province:
        number = done(province.desk())
        phones = [Citizen(province.url, f"203.0.113.{n}") for n in range(8)]
        tokens = [phone.token(number) for phone in phones]
        answers: list[int] = []
        start = threading.Barrier(len(phones))

        def press(phone: Citizen, token: str) -> None:
            start.wait(30)
            for _ in range(2):
                answers.append(phone.act(token, "rate", score="5").status_code)

        threads = [threading.Thread(target=press, args=pair) for pair in zip(phones, tokens, strict=True)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert sorted(answers) == [200] + [422] * 15
        assert len(citizens_events(province)) == 1
        again = phones[0].act(tokens[0], "rate", score="1")
        assert again.status_code == 422 and "ทำรายการนี้ไปแล้ว" in again.text
        for phone in phones:
            phone.http.close()


def test_not_yet_in_order_opens_it_again_while_there_is_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Province(tmp_path) as province, Citizen(province.url) as citizen:
        new_office(province.database, reopen_within_days=7)
        desk = province.desk()
        number, late = done(desk), done(desk)
        reopened = citizen.act(citizen.token(number), "reopen", text="ไฟยังดับอยู่")
        assert "หน่วยงานจะดำเนินการต่อ" in reopened.text
        assert "ไฟยังดับอยู่" not in reopened.text
        assert status(province, number) == "reopened"
        desk.sync()
        assert desk.states()[number] == "reopened"
        cases.change_status(desk.counter, ACTOR, number, "in_progress")
        desk.sync()
        assert status(province, number) == "in_progress"
        assert citizens_events(province)[0] == ("reopen_asked", {"from": "done", "note": "ไฟยังดับอยู่"})
        now = offices.now_ms()
        monkeypatch.setattr(offices, "now_ms", lambda: now + 7 * DAY_MS)
        assert "แจ้งให้ดำเนินการต่อ" in citizen.get(f"/case/{citizen.token(late)}").text
        monkeypatch.setattr(offices, "now_ms", lambda: now + 8 * DAY_MS)
        token = citizen.token(late)
        assert "แจ้งให้ดำเนินการต่อ" not in citizen.get(f"/case/{token}").text
        assert citizen.act(token, "reopen", text="ไฟยังดับอยู่").status_code == 422
        assert status(province, late) == "done"


def test_a_citizen_withdraws(tmp_path: Path) -> None:
    with Province(tmp_path) as province, Citizen(province.url) as citizen:
        desk = province.desk()
        [number] = desk.register()
        desk.sync()
        token = citizen.token(number)
        assert citizen.act(token, "withdraw").status_code == 422
        gone = citizen.act(token, "withdraw", text="แก้ไขเองแล้ว")
        assert "ยกเลิกเรื่องแล้ว" in gone.text and "ยกเลิกโดยผู้ร้อง" in gone.text
        assert citizens_events(province) == [("withdrawn_by_citizen", {"from": "new", "note": "แก้ไขเองแล้ว"})]
        assert citizen.act(token, "withdraw", text="อีกครั้ง").status_code == 422
        assert "<form" not in gone.text, "nothing is left to do"
        desk.sync()
        assert desk.states() == {number: "cancelled"}


def test_a_citizen_withdraws_from_every_open_state_and_from_no_other(tmp_path: Path) -> None:
    with Province(tmp_path) as province, Citizen(province.url) as citizen:
        desk = province.desk()
        table = petition_states.PETITION
        open_states = [state for state in table if state != "draft" and not petition_states.is_closed(state)]
        closed = ["done", "rated", "closed_external", "rejected"]
        assert {*open_states, *closed, "draft", "cancelled", "discarded"} == set(table)
        numbers = dict(zip([*open_states, *closed], desk.register(len(open_states) + len(closed)), strict=True))
        desk.sync()
        server = Database(province.database)
        with server.write() as connection:
            for state, number in numbers.items():
                connection.exec_driver_sql("UPDATE case_file SET status = ? WHERE number = ?", (state, number))
        server.close()
        for state, number in numbers.items():
            answer = citizen.act(citizen.token(number), "withdraw", text="แก้ไขเองแล้ว")
            assert answer.status_code == (200 if state in open_states else 422), state
        told = [payload["from"] for kind, payload in citizens_events(province) if kind == "withdrawn_by_citizen"]
        assert told == open_states


def test_not_yet_in_order_after_a_rating_and_no_second_rating(tmp_path: Path) -> None:
    with Province(tmp_path) as province, Citizen(province.url) as citizen:
        desk = province.desk()
        number = done(desk)
        token = citizen.token(number)
        assert citizen.act(token, "rate", score="5").status_code == 200
        page = citizen.get(f"/case/{citizen.token(number)}").text
        assert "แจ้งให้ดำเนินการต่อ" in page and 'name="score"' not in page
        assert citizen.act(citizen.token(number), "reopen", text="ไฟดับอีกแล้ว").status_code == 200
        desk.sync()
        assert desk.states() == {number: "reopened"}
        for state in ("in_progress", "done"):
            cases.change_status(desk.counter, ACTOR, number, state)
        desk.sync()
        assert status(province, number) == "done"
        token = citizen.token(number)
        assert 'name="score"' not in citizen.get(f"/case/{token}").text
        assert citizen.act(token, "rate", score="1").status_code == 422, "a case is rated once"
        assert [kind for kind, _ in citizens_events(province)] == ["rated", "reopen_asked"]


def test_what_the_table_does_not_have_is_refused(tmp_path: Path) -> None:
    with Province(tmp_path) as province, Citizen(province.url) as citizen:
        desk = province.desk()
        [number] = desk.register()
        carried_to(desk, number, "assigned")
        token = citizen.token(number)
        for act, fields in (("rate", {"score": "5"}), ("reopen", {"text": "ก"}), ("close", {"text": "ก"})):
            assert citizen.act(token, act, **fields).status_code in (410, 422)
        assert citizens_events(province) == []
        assert status(province, number) == "assigned"


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, "เลือกระดับความพึงพอใจก่อน"),
        ({"score": "6"}, "เลือกระดับความพึงพอใจก่อน"),
        ({"score": "๕"}, "เลือกระดับความพึงพอใจก่อน"),
        ({"score": "5", "text": "โทรหาฉันที่ 081-234-5678"}, "ดูเหมือนมีเบอร์โทรศัพท์หรือเลขประจำตัว"),
        ({"score": "5", "text": "ก" * 501}, "ยาวเกินไป"),
        ({"score": "5", "text": "a\x00b"}, "ใช้ไม่ได้"),
    ],
)
def test_a_form_that_is_wrong_changes_nothing_and_says_why(fields: dict[str, str], told: str) -> None:
    with pytest.raises(acts.Wrong) as wrong:
        acts.wish(look_up.RATE, fields)
    assert told in words.say("th", wrong.value.code)


def test_who_only_has_the_slip_gives_the_digits_as_well(tmp_path: Path) -> None:
    with Province(tmp_path) as province, Citizen(province.url) as citizen:
        desk = province.desk()
        number = done(desk)
        slip = citizen.get(f"/t/{number}/{proof(desk, number)}")
        token = slip.url.rsplit("/", 1)[1]
        assert slip.text.count('name="last4"') == 2, "in the forms for rating and for opening again"
        wrong = citizen.act(token, "rate", score="1", last4="1234", text="ยังไม่ดี")
        assert wrong.status_code == 422 and "ไม่ตรงกับที่ให้ไว้" in wrong.text and "ยังไม่ดี" in wrong.text
        assert citizens_events(province) == []
        assert citizen.act(token, "rate", score="1", last4=LAST4).status_code == 200
        assert status(province, number) == "rated"


def test_another_site_cannot_act(tmp_path: Path) -> None:
    """The address of the form is the secret: nothing that a browser adds by itself opens it."""
    with Province(tmp_path) as province, Citizen(province.url) as citizen:
        number = done(province.desk())
        citizen.track(number)
        assert not citizen.http.cookies
        for path in ("/case/rate", "/case//rate", f"/case/{number}/rate"):
            assert citizen.post(path, {"score": "1"}, headers={"Origin": "https://evil.test"}).status_code >= 400
        assert citizens_events(province) == []


def test_a_server_killed_before_its_commit_has_done_nothing_and_the_second_press_does_it(tmp_path: Path) -> None:
    with Province(tmp_path) as province:
        desk = province.desk()
        number = done(desk)
        server = ServerProcess(province.database, before_commit_of="sync.server.citizen.acts:_write")
        with Citizen(server.url) as citizen:
            token = citizen.token(number)
            with pytest.raises(OSError):
                citizen.act(token, "rate", score="5")
        server.process.wait(20)
        server.kill()
        assert citizens_events(province) == []
        assert status(province, number) == "done"
        with Citizen(province.url) as citizen:
            assert citizen.act(token, "rate", score="5").status_code == 200, "the open page is good on any server"
        assert len(citizens_events(province)) == 1
        desk.sync()
        assert [event.kind for event in cases.events(desk.counter, number)].count("rated") == 1


def test_a_counter_cannot_speak_for_a_citizen(tmp_path: Path) -> None:
    with Province(tmp_path) as province:
        desk = province.desk()
        number = done(desk)
        record = desk.one("SELECT id FROM cases WHERE number = ?", number)
        with desk.store.write("test") as work:
            work.emit("rated", record, {"from": "done", "score": 5})
        assert desk.sync().rejected == 1
        assert desk.one("SELECT code FROM quarantine") == "citizens_only"
        assert status(province, number) == "done"


def test_a_citizen_and_a_counter_that_was_offline_settle_by_the_offices_order(tmp_path: Path) -> None:
    with Province(tmp_path) as province, Citizen(province.url) as citizen:
        desk, other = province.desk("1"), province.desk("2")
        [number] = desk.register()
        desk.sync()
        cases.change_status(desk.counter, ACTOR, number, "received", "จะดูให้", public=True)
        citizen.act(citizen.token(number), "withdraw", text="แก้ไขเองแล้ว")
        for there in (desk, other, desk):
            there.sync()
            assert there.states() == {number: "cancelled"}
        assert status(province, number) == "cancelled"
        assert [event.outcome for event in cases.events(desk.counter, number) if event.kind == "status_changed"] == [
            "lost"
        ]
        assert "จะดูให้" not in citizen.get(f"/case/{citizen.token(number)}").text, "what did not count is not told"
