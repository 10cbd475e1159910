"""An office without a server sends through a GSM modem: here a pseudo-terminal plays it."""

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import CounterError, Unavailable
from app.services import cases, messages
from sync import messages_loop
from sync.messages_loop import MessagesLoop, send_due
from sync.modem import Modem, opened
from tests.integration.support import command
from tests.integration.sync_support import ACTOR, Desk

if sys.platform == "win32":
    pytest.skip("needs pseudo-terminals", allow_module_level=True)

from tests.support.sms_modem import VirtualModem, virtual_modem

pytest.importorskip("serial")
WISHES = {"enabled": True, "modem": True, "states": ["received"]}


@pytest.fixture
def modem() -> Iterator[VirtualModem]:
    with virtual_modem() as made:
        yield made


@pytest.fixture
def desk(tmp_path: Path, modem: VirtualModem) -> Iterator[Desk]:
    made = Desk(tmp_path / "home", "เคาน์เตอร์ 1", alone=True)
    wish(made)
    messages.use_port(made.counter, "somying", modem.port)
    yield made
    made.close()


def wish(desk: Desk, **changes: Any) -> None:
    desk.counter.current.document["sms"] = {**WISHES, **changes}


def timeline(desk: Desk, number: str) -> list[str]:
    return [event.text for event in cases.events(desk.counter, number) if event.kind == "sms"]


@contextlib.contextmanager
def impatient(port: str) -> Iterator[Modem]:
    with opened(port) as modem:
        modem.send_seconds = 0.5
        yield modem


def test_the_number_is_told_in_thai_once(desk: Desk, modem: VirtualModem) -> None:
    modem.chatter = b"\r\nRING\r\n"
    [number] = desk.register()
    assert [(told.number, told.status) for told in send_due(desk.counter)] == [(number, "sent")]
    assert modem.sent == [("+66800000000", f"เลขที่คำร้องของคุณคือ {number} สอบถามผล โทร 076-000-000")]
    assert send_due(desk.counter) == []
    assert timeline(desk, number) == ["ข้อความ SMS กำลังส่ง", "ข้อความ SMS ส่งแล้ว"]
    cases.change_status(desk.counter, ACTOR, number, "received")
    assert [(told.what, told.status) for told in send_due(desk.counter)] == [("received", "sent")]
    assert modem.sent[1][1] == f"คำร้อง {number} รับเรื่องแล้ว สอบถาม โทร 076-000-000"


@pytest.mark.parametrize(
    ("behaviour", "status", "later"),
    [
        ("cms", "again", ["sent"]),
        ("no_prompt", "again", ["sent"]),
        ("silent", "unknown", []),
        ("garbage", "unknown", []),
        ("unplugged", "unknown", []),
    ],
)
def test_only_what_surely_was_not_sent_is_tried_again(
    desk: Desk, modem: VirtualModem, behaviour: str, status: str, later: list[str]
) -> None:
    desk.register()
    modem.behaviour = [behaviour]
    assert [told.status for told in send_due(desk.counter, impatient)] == [status]
    assert [told.status for told in send_due(desk.counter, impatient)] == later


def test_after_five_tries_it_is_given_up(desk: Desk, modem: VirtualModem) -> None:
    [number] = desk.register()
    modem.behaviour = ["cms"] * 9
    told = [send_due(desk.counter)[0].status for _ in range(messages.MOST_TRIES)]
    assert told == ["again"] * 4 + ["failed"] and send_due(desk.counter) == []
    assert timeline(desk, number)[-1] == "ข้อความ SMS ส่งไม่ได้"
    assert modem.sent == []


@pytest.mark.parametrize(("sim", "code"), [("SIM PIN", "modem_sim"), ("", "modem_sim")])
def test_a_modem_that_is_not_ready_sends_nothing_and_says_why(
    desk: Desk, modem: VirtualModem, sim: str, code: str
) -> None:
    [number] = desk.register()
    modem.sim = sim
    with pytest.raises(Unavailable) as caught:
        send_due(desk.counter)
    assert caught.value.code == code and caught.value.hint
    assert timeline(desk, number) == [], "nothing was begun"


def test_no_modem_there(desk: Desk) -> None:
    desk.register()
    messages.use_port(desk.counter, "somying", "/dev/no-such-modem")
    with pytest.raises(CounterError) as caught:
        send_due(desk.counter)
    assert caught.value.code == "modem_port"


def test_after_a_power_cut_while_sending_nobody_knows_and_it_stays_so(desk: Desk, modem: VirtualModem) -> None:
    [number] = desk.register()
    [message] = messages.due(desk.counter)
    assert messages.begin(desk.counter, message)
    assert not messages.begin(desk.counter, message), "once only"
    assert messages.settle_interrupted(desk.counter) == 1
    assert messages.settle_interrupted(desk.counter) == 0
    assert send_due(desk.counter) == [] and modem.sent == []
    assert timeline(desk, number)[-1] == "ข้อความ SMS ไม่ทราบผล"


def test_nothing_is_due_when_the_office_does_not_want_it(desk: Desk) -> None:
    desk.register()
    for changes in (
        {"enabled": False},
        {"modem": False},
        {"registered": False},
        {"quiet": {"from": "00:00", "to": "23:59"}},
    ):
        wish(desk, **changes)
        assert messages.due(desk.counter) == [], changes
    wish(desk)
    assert len(messages.due(desk.counter)) == 1


def test_limits_of_a_day(desk: Desk, modem: VirtualModem) -> None:
    desk.register(5)
    wish(desk, per_number_per_day=2)
    assert len(send_due(desk.counter)) == 2
    assert send_due(desk.counter) == []
    wish(desk, per_number_per_day=9, per_day=3)
    assert len(send_due(desk.counter)) == 1
    assert len(modem.sent) == 3


def test_the_loop_sends_after_a_commit(desk: Desk, modem: VirtualModem, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages_loop, "IDLE_WAIT", 0.05)
    loop = MessagesLoop(desk.counter)
    loop.start()
    try:
        [number] = desk.register()
        loop.kick()
        wait_until(lambda: timeline(desk, number)[-1:] == ["ข้อความ SMS ส่งแล้ว"])
    finally:
        loop.stop()
    assert len(modem.sent) == 1


def wait_until(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_text_that_is_too_long_is_not_cut(desk: Desk, modem: VirtualModem) -> None:
    desk.register()
    wish(desk, texts={"registered": "{no} " + "ก" * 70})
    assert [(told.status, told.code) for told in send_due(desk.counter)] == [("failed", "too_long")]
    assert modem.sent == []


def test_by_the_command_line(home: Path, modem: VirtualModem) -> None:
    missing = command.run(home, "sms", "modem", "--use", "/dev/no-such-modem", "--json")
    assert missing.code == 4
    used = command.run(home, "sms", "modem", "--use", modem.port, "--json")
    assert (used.code, used.json) == (0, {"port": modem.port, "ready": True}), used.err
    sent = command.run(home, "sms", "send", "--json")
    assert (sent.code, sent.json) == (0, []), "this office did not turn it on"
    off = command.run(home, "sms", "modem", "--off", "--json")
    assert off.json == {"port": "", "ready": False}
