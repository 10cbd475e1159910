"""The status bar says what the database knows, in words."""

from datetime import UTC, datetime, timedelta

import pytest

from app.services import cases
from app.services.model import CounterStatus
from app.store import numbers
from app.store.meta import meta_set
from tests.ui.conftest import PETITION, SetClock
from ui import status_bar
from ui.status_bar import StatusBar

NOW = datetime(2026, 11, 20, 2, 45, tzinfo=UTC)


def state(**changes) -> CounterStatus:
    usual = {
        "office_name": "เทศบาลเมืองกะทู้",
        "counter_name": "เคาน์เตอร์ 2",
        "stand_alone": False,
        "online": True,
        "waiting": 0,
        "waiting_since": None,
        "quarantined": 0,
        "last_acknowledged_at": NOW - timedelta(minutes=4),
        "last_error": "",
        "numbers_left": 812,
        "numbers_low": False,
        "printer_text": "เครื่องพิมพ์พร้อม",
        "printer_ok": True,
        "last_backup_at": NOW - timedelta(minutes=45),
    }
    return CounterStatus(**{**usual, **changes})


@pytest.mark.parametrize(
    ("changes", "words", "tone"),
    [
        ({}, "• ออนไลน์ · ส่งครบแล้ว 09:41", "good"),
        ({"online": False}, "• ออฟไลน์ · ส่งครบแล้ว 09:41", ""),
        ({"waiting": 12, "waiting_since": NOW - timedelta(hours=1)}, "• ออนไลน์ · รอส่ง 12 รายการ ตั้งแต่ 08:45", "warn"),
        (
            {"online": False, "waiting": 3, "waiting_since": NOW - timedelta(days=2)},
            "• ออฟไลน์ · รอส่ง 3 รายการ ตั้งแต่ 18 พ.ย. 2569 09:45",
            "warn",
        ),
        ({"online": False, "last_acknowledged_at": None}, "• ออฟไลน์ · ยังไม่เคยส่ง", "warn"),
        ({"quarantined": 2, "waiting": 5}, "▲ ติดค้าง 2 รายการ ผู้ดูแลต้องตรวจ", "bad"),
        ({"stand_alone": True, "online": False}, "ใช้งานแบบไม่เชื่อมส่วนกลาง", ""),
        ({"revoked": "เครื่องนี้ถูกยกเลิกสิทธิ์: หาย", "waiting": 2}, "▲ ถูกยกเลิกสิทธิ์ · ค้างในเครื่อง 2 รายการ", "bad"),
    ],
)
def test_the_sync_is_told_truly(changes, words: str, tone: str):
    assert status_bar.sync_words(state(**changes), NOW) == (words, tone)


def test_numbers_printer_backup_and_clock_are_told():
    assert status_bar.numbers_words(state()) == ("เลขคงเหลือ 812", "")
    assert status_bar.numbers_words(state(numbers_left=40, numbers_low=True)) == ("▲ เลขคงเหลือ 40 ใกล้หมด", "warn")
    assert status_bar.numbers_words(state(numbers_left=0)) == ("▲ เลขคำร้องหมด", "bad")
    assert status_bar.numbers_words(state(revoked="หาย", numbers_left=0)) == ("▲ ออกเลขใหม่ไม่ได้", "bad")
    assert status_bar.printer_words(state()) == ("เครื่องพิมพ์พร้อม", "")
    assert status_bar.printer_words(state(printer_ok=False, printer_text="มีงานพิมพ์ที่ต้องดู"))[1] == "bad"
    assert status_bar.backup_words(state(), NOW) == ("สำรองล่าสุด 09:00", "")
    assert status_bar.backup_words(state(last_backup_at=None), NOW)[1] == "warn"
    assert status_bar.clock_words(NOW) == "20 พ.ย. 2569  09:45"


def test_the_bar_follows_what_happens(qtbot, show, session, settle):
    bar = show(StatusBar(session))
    before = " ".join(bar.words())
    assert "ใช้งานแบบไม่เชื่อมส่วนกลาง" in before
    assert "ยังไม่ได้ตั้งเครื่องพิมพ์" in before
    assert "20 พ.ย. 2569" in before
    left = next(words for words in bar.words() if words.startswith("เลขคงเหลือ"))
    cases.register(session.counter, session.actor, PETITION)
    qtbot.waitUntil(lambda: left not in bar.words())


def test_the_clock_that_went_back_is_told(qtbot, show, session, settle, clock: SetClock):
    cases.register(session.counter, session.actor, PETITION)
    clock.move(days=-3)
    bar = show(StatusBar(session))
    assert any("นาฬิกา" in words for words in bar.words())


def test_a_counter_that_was_shut_out_says_why(qtbot, show, session, settle):
    with session.counter.store.write("test") as work:
        meta_set(work.connection, numbers.REVOKED, "เครื่องนี้ถูกยกเลิกสิทธิ์: เครื่องหาย")
        work.changed("sync")
    bar = show(StatusBar(session))
    qtbot.waitUntil(lambda: "▲ เครื่องนี้ถูกยกเลิกสิทธิ์: เครื่องหาย" in bar.words())
    assert "▲ ออกเลขใหม่ไม่ได้" in bar.words()
