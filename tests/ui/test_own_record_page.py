"""One's own record of LHR in the window; what ThaiD and LHR answer is given (both: integration/test_own_record.py)."""

import threading
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog

from app.domain.errors import Unavailable
from app.services import own_record, staff
from app.services.own_record import Field, OwnRecord
from app.services.thaid import LHR, STAFF, ThaiDPerson
from tests.ui.conftest import PASSWORD, type_text
from ui.accounts.own import ThaiDLinkDialog
from ui.accounts.own_record import OwnRecordDialog
from ui.campaign.dialogs import AskDialog
from ui.thaid.dialog import ThaiDDialog

NUMBER = "1839900000014"
RECORD = OwnRecord(
    "นางสาวดวงใจ รักษ์ถิ่น",
    (
        Field("ตำแหน่งปัจจุบัน", "ตำแหน่ง", ("เจ้าพนักงานธุรการ",), masked=False),
        Field("ส่วนตัว", "บัญชีรับเงินเดือน", ("999-0-00001-1",), masked=True),
        *(Field("เงินเดือน", f"ครั้งที่ {place}", (f"{place} ต.ค. 2567 · 18,790 · 15/2567",), masked=False)
          for place in range(1, 60)),
    ),
    3,
    datetime(2026, 11, 20, 2, 45, tzinfo=UTC),
)  # fmt: skip


class Proof:
    url, reference, seconds, expires_at = "https://server.example.test/thaid/go/x", "ABCD", 300, None


class ThaiD:
    """Vouches at once; LHR answers when it is let."""

    def __init__(self) -> None:
        self.answer, self.let, self.asked = RECORD, threading.Event(), []
        self.let.set()

    def begin(self, _counter, purpose):
        self.purpose = purpose
        return Proof()

    def watch(self, _session, told, opened):
        opened()
        told(ThaiDPerson(NUMBER, "", "ดวงใจ", "", "รักษ์ถิ่น", "", "", "", "", None, "", "", "", purpose=self.purpose))
        return self

    def cancel(self):
        """Nothing is under way."""

    def record(self, counter, actor, session, person):
        self.asked.append((actor.username, type(session), person.purpose))
        assert self.let.wait(30)
        if isinstance(self.answer, Exception):
            raise self.answer
        own_record.note(counter, actor, own_record.SEEN)
        return self.answer


@pytest.fixture
def thaid(window, counter, actor, monkeypatch):
    window.enter(actor)
    monkeypatch.setattr(type(counter), "stand_alone", property(lambda _self: False))
    found = ThaiD()
    window.main.session.thaid = found
    return found


@pytest.fixture
def ready(window, qtbot):
    return lambda: qtbot.waitUntil(lambda: window.tasks.pending == 0, timeout=10_000)


def opened(page, kind, qtbot):
    def visible():
        return [one for one in page.findChildren(kind) if one.isVisible()]

    qtbot.waitUntil(lambda: bool(visible()), timeout=10_000)
    return visible()[-1]


def link(counter, actor):
    person = ThaiDPerson(NUMBER, "", "ดวงใจ", "", "", "", "", "", "", None, "", "", "", purpose=STAFF)
    staff.link_thaid(counter, actor, person)


def trail(counter):
    with counter.store.read() as connection:
        rows = connection.exec_driver_sql("SELECT action, subject, detail FROM audit").fetchall()
    return [tuple(row) for row in rows if row[0].startswith("own_record")]


def record_open(window, qtbot):
    window.main.show_own("lhr")
    dialog = opened(window.main, OwnRecordDialog, qtbot)
    qtbot.keyClick(dialog, Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: dialog.state == "shown", timeout=10_000)
    return dialog


def shown(dialog):
    return "\n".join(dialog.rows.item(row).text() for row in range(dialog.rows.count())).replace("\u200b", "")


def test_without_a_server_or_a_link_it_says_who_does_what(window, counter, actor, thaid, monkeypatch, qtbot, ready):
    window.main.show_own("lhr")
    dialog = opened(window.main, OwnRecordDialog, qtbot)
    assert "ยังไม่ได้ผูก ThaiD" in dialog.error.shown_text() and not dialog.begin.isVisible()
    dialog.link.click()
    first = opened(window.main, ThaiDLinkDialog, qtbot)
    type_text(first.password, "ไม่ใช่รหัสนี้")
    qtbot.keyClick(first, Qt.Key.Key_F9)
    ready()
    assert first.rows["password"].error and not staff.has_thaid(counter, actor.username)
    first.password.setText(PASSWORD)
    qtbot.keyClick(first, Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: staff.has_thaid(counter, actor.username), timeout=10_000)
    ready()
    assert "ผูก ThaiD แล้ว" in window.main.note.title
    monkeypatch.setattr(type(counter), "stand_alone", property(lambda _self: True))
    window.main.show_own("lhr")
    dialog = opened(window.main, OwnRecordDialog, qtbot)
    assert "เครื่องแม่ข่ายกลาง" in dialog.error.shown_text() and dialog.leave.isVisible()
    assert not dialog.begin.isVisible() and not dialog.link.isVisible()


def test_the_record_is_masked_shown_whole_and_one_key_asks_for_a_correction(
    window, counter, actor, thaid, qtbot, ready
):
    link(counter, actor)
    dialog = record_open(window, qtbot)
    assert thaid.asked == [(actor.username, Proof, LHR)]
    assert "เจ้าพนักงานธุรการ" in shown(dialog) and "999-0" not in shown(dialog)
    QApplication.clipboard().setText("ก่อน")
    qtbot.keyClick(dialog.rows, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == "ก่อน"
    qtbot.keyClick(dialog, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: "999-0-00001-1" in shown(dialog), timeout=10_000)
    dialog.rows.mark("1")
    qtbot.keyClick(dialog, Qt.Key.Key_F4)
    asking = opened(window.main, AskDialog, qtbot)
    assert (asking.item.text(), asking.old.toPlainText()) == ("ส่วนตัว · บัญชีรับเงินเดือน", "999-0-00001-1")
    assert dialog._record is None and dialog.rows.count() == 0
    assert [row[0] for row in trail(counter)] == ["own_record_seen", "own_record_unmasked"]
    assert {row[1:] for row in trail(counter)} == {(actor.username, "")}
    asking.reject()


def test_lock_and_time_close_it_also_while_it_waits(window, counter, actor, thaid, qtbot, ready):
    link(counter, actor)
    dialog = record_open(window, qtbot)
    dialog._until = 0.0
    dialog._count()
    assert not dialog.isVisible() and dialog._record is None
    record_open(window, qtbot)
    gone = window.main
    window.change_clerk()
    assert not [one for one in gone.findChildren(QDialog) if one.isVisible()]
    assert all(one._record is None for one in gone.findChildren(OwnRecordDialog))
    del gone
    qtbot.waitUntil(lambda: window._next is not None, timeout=10_000)  # as before anybody can have signed in
    window.enter(actor)
    window.main.session.thaid = thaid
    thaid.let.clear()
    window.main.show_own("lhr")
    waiting = opened(window.main, OwnRecordDialog, qtbot)
    qtbot.keyClick(waiting, Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: waiting.state == "waiting" and len(thaid.asked) == 3, timeout=10_000)
    assert "LHR" in waiting.told.shown_text()
    window.change_clerk()
    thaid.let.set()
    ready()
    assert window.main is None


def test_a_fault_is_told_and_may_be_tried_again(window, counter, actor, thaid, qtbot, ready):
    link(counter, actor)
    thaid.answer = Unavailable("lhr_silent", "ระบบ LHR ไม่ตอบภายในเวลาที่กำหนด", "รอสักครู่แล้วเปิดใหม่")
    window.main.show_own("lhr")
    dialog = opened(window.main, OwnRecordDialog, qtbot)
    qtbot.keyClick(dialog, Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: "ไม่ตอบ" in dialog.error.shown_text(), timeout=10_000)
    assert dialog.state == "about" and dialog.begin.isVisible() and trail(counter) == []
    thaid.answer = RECORD
    qtbot.keyClick(dialog, Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: dialog.state == "shown", timeout=10_000)
    qtbot.keyClick(dialog, Qt.Key.Key_F10)
    ready()
    assert "เครื่องพิมพ์ A4" in dialog.head.shown_text() and len(trail(counter)) == 1
    assert not window.main.findChildren(ThaiDDialog) or all(
        not one.isVisible() for one in window.main.findChildren(ThaiDDialog)
    )
    dialog.reject()
