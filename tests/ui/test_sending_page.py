"""The page of sending on a real server: what waits, what was refused, the stick and its answer, the counters."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from app.cli.sending import Sending
from app.services import corrections, file_transfer
from app.services.model import Actor
from printing import press
from sync.server.database import Database
from tests.integration.sync_support import ACTOR, FAST, OFFICE_CODE, Province
from tests.integration.test_files_travel import attach, photo
from tests.ui.conftest import type_text
from tests.ui.test_preparation_page import opened
from ui.main_window import COUNTER, SENDING, MainWindow
from ui.ports import Session
from ui.preferences import Preferences
from ui.sending.devices import CodeDialog, ReasonDialog
from ui.sending.page import DEVICES, STATE, SendingPage

ADMIN = Actor("2", "duangjai", "ดวงใจ ทดสอบ", "ผู้ดูแล", "admin")
CONTROL, ALT, SHIFT = (
    Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier,
)  # fmt: skip


@pytest.fixture
def province(tmp_path: Path):
    with Province(tmp_path) as place:
        yield place


@pytest.fixture
def desk(province):
    return province.desk("หน้าต่าง 1")


@pytest.fixture
def session(desk, look, tasks, tmp_path):
    desk.counter.subscribe(tasks.announce)
    made = Session(
        desk.counter, press, tasks, look, Preferences(tmp_path / "window.json"), lambda _counter: desk.sync(),
        sending=Sending(),
    )  # fmt: skip
    made.actor = ADMIN
    return made


@pytest.fixture
def page(show, session) -> SendingPage:
    return show(SendingPage(session))


def rows(table):
    return [
        [table.item(row, column).text() for column in range(table.columnCount())] for row in range(table.rowCount())
    ]


def asked(panel, button, qtbot):
    """The question behind a button."""
    button.click()
    return opened(panel, ReasonDialog, qtbot)


def test_what_waits_what_was_refused_and_what_two_have_written(province, desk, page, qtbot, settle):
    state = page.panels[STATE]
    qtbot.waitUntil(state.empty.isVisible, timeout=10_000)
    assert "ส่งครบแล้ว" in state.empty.shown_text()
    assert not state.again.isEnabled() and not state.open.isEnabled()
    other = province.desk("หน้าต่าง 2")
    good, bad = desk.register(2)
    attach(desk, photo(30_000))
    qtbot.waitUntil(lambda: len(rows(state.table)) == 4, timeout=10_000)
    assert {row[3] for row in rows(state.table)} == {"รอส่ง"}
    told = state.told.shown_text()
    assert "รอส่ง 4 รายการ" in told and "ไฟล์แนบรอส่ง 1 ไฟล์ (29 KB)" in told

    database = Database(province.database)
    with database.write() as connection:
        run = desk.one("SELECT run FROM cases WHERE number = ?", bad)
        connection.exec_driver_sql("INSERT INTO number_void VALUES (?, 'KT1', ?, 'x', 'x', 1)", (OFFICE_CODE, run))
    state.now.click()
    qtbot.waitUntil(lambda: len(rows(state.table)) == 1, timeout=10_000)
    [row] = rows(state.table)
    assert row[1:4] == ["รับคำร้อง", bad, "ติดค้าง"] and "ยกเลิกไปแล้ว" in row[4]

    # the same field put right at both, unseen
    other.sync()
    for one, phone in ((other, "081-111-1111"), (desk, "082-222-2222")):
        corrections.correct(one.counter, ACTOR, good, {"applicant.phone": phone})
    other.sync()
    desk.sync()
    qtbot.waitUntil(lambda: any(row[3] == "ขัดกัน" for row in rows(state.table)), timeout=10_000)
    [row] = [row for row in rows(state.table) if row[3] == "ขัดกัน"]
    assert row[2] == good and "0811111111" in row[4].replace("-", "") and "0822222222" in row[4].replace("-", "")
    with qtbot.waitSignal(page.case_wanted) as wanted:
        state.table.mark(f"conflict {good}")
        qtbot.keyClick(state.table, Qt.Key.Key_Return)
    assert wanted.args == [good]

    with database.write() as connection:
        connection.exec_driver_sql("DELETE FROM number_void")
    database.close()
    state.again.click()
    settle()
    state.now.click()
    qtbot.waitUntil(lambda: all(row[3] == "ขัดกัน" for row in rows(state.table)), timeout=10_000)
    assert bad in province.numbers()


def test_files_are_told_when_to_go(desk, page, qtbot, settle):
    state = page.panels[STATE]
    state.policy.setCurrentIndex(state.policy.findData("never"))
    state.policy.activated.emit(state.policy.currentIndex())
    settle()
    with desk.store.read() as connection:
        assert file_transfer.policy(connection) == "never"
    attach(desk, photo(30_000))
    qtbot.waitUntil(lambda: "พักไว้" in state.told.shown_text(), timeout=10_000)


def test_a_stick_goes_out_and_its_answer_comes_back(province, desk, page, qtbot, settle, tmp_path):
    desk.sync()
    Sending().export(desk.counter, tmp_path / "first.lao", lambda *_: None)  # the keys are exchanged with a line
    number = desk.register()[0]
    state = page.panels[STATE]
    state.save_name = lambda _parent, _name: ""
    state.out.click()
    assert not state.bar.isVisible(), "nothing was chosen, nothing is done"
    stick = tmp_path / "stick.lao"
    state.save_name = lambda _parent, name: str(stick) if name.startswith(OFFICE_CODE) else name
    state.out.click()
    qtbot.waitUntil(lambda: "เขียน stick.lao แล้ว" in page.note.title, timeout=10_000)
    settle()
    assert "ยังไม่ได้นำไฟล์ตอบรับกลับมา" in state.told.shown_text()
    assert province.numbers() == [], "nothing went over a line"

    other = province.desk("หน้าต่าง 2")
    _events, _files, answer = Sending().take_in(other.counter, stick)
    assert province.numbers() == [number]
    state.open_name = lambda _parent: str(tmp_path / answer)
    state.bring.click()
    qtbot.waitUntil(lambda: "นำเข้าแล้ว" in page.note.title, timeout=10_000)
    settle()
    assert "ตอบรับกลับมา" not in state.told.text() and state.empty.isVisible()
    # what is none of it is said, and changes nothing
    (tmp_path / "odd.lao").write_bytes(b"odd")
    state.open_name = lambda _parent: str(tmp_path / "odd.lao")
    state.bring.click()
    qtbot.waitUntil(lambda: "นำเข้าแล้ว" not in page.note.title, timeout=10_000)
    settle()
    assert state.bring.isEnabled()


def test_the_offices_counters_are_seen_shut_out_and_replaced(province, desk, page, qtbot, settle):
    other = province.desk("หน้าต่าง 2")
    other.register(2)
    other.sync()
    database = Database(province.database)
    with database.write() as connection:
        week = "UPDATE device SET seen_at = seen_at - 9 * 86400000, waiting = 7 WHERE name = 'หน้าต่าง 2'"
        connection.exec_driver_sql(week)
    database.close()
    qtbot.keyClick(page, Qt.Key.Key_1 + DEVICES, ALT)
    settle()
    panel = page.panels[DEVICES]
    told = rows(panel.table)
    assert [row[0] for row in told] == ["หน้าต่าง 1 (เครื่องนี้)", "หน้าต่าง 2"]
    assert told[1][2] == "7" and told[1][4] == "▲ ไม่ได้ส่ง 9 วัน"
    assert not panel.revoke.isEnabled() and not panel.replace.isEnabled(), "never this one itself"
    panel.table.selectRow(1)

    dialog = asked(panel, panel.replace, qtbot)
    dialog.do.click()
    assert "ยังไม่ได้ใส่เหตุผล" in dialog.rows["reason"].error.replace("\u200b", "")
    type_text(dialog.reason, "เปิดไม่ติด")
    dialog.do.click()
    qtbot.waitUntil(lambda: bool(page.findChildren(CodeDialog)), timeout=10_000)
    code = page.findChildren(CodeDialog)[0]
    assert len(code.code) == 8 and code.url == province.url
    code.accept()
    settle()
    assert rows(panel.table)[1][4] == "ยกเลิกสิทธิ์แล้ว: เปิดไม่ติด"
    new = province.desk("หน้าต่าง 2 ใหม่", enrolled=False)
    new.enrol_with(code.url, code.code)
    panel.renew.click()
    settle()
    assert len(rows(panel.table)) == 3
    panel.table.selectRow(2)
    dialog = asked(panel, panel.revoke, qtbot)
    type_text(dialog.reason, "หาย")
    dialog.do.click()
    qtbot.waitUntil(lambda: "ยกเลิกสิทธิ์ หน้าต่าง 2 ใหม่ แล้ว" in page.note.title, timeout=10_000)
    with pytest.raises(Exception, match="device_revoked"):
        new.sync(**FAST)
    province.stack.close()
    panel.renew.click()
    settle()
    assert "ถามเครื่องแม่ข่ายไม่ได้" in panel.told.shown_text()
    assert len(rows(panel.table)) == 3, "what was known stays"


def test_who_is_offered_what(desk, session, show, qtbot, settle):
    session.actor = ACTOR
    window = show(MainWindow(session))
    assert window.page == COUNTER
    qtbot.keyClick(window, Qt.Key.Key_5, CONTROL | SHIFT)
    settle()
    assert window.page == SENDING
    assert [tab.isHidden() for tab in window.sending.tabs] == [False, True]
    window.leave()
