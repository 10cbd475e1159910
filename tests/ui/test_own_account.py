"""Several clerks at one PC: first password, PIN, quick switch, and a form that another left half-filled."""

import pytest
from PySide6.QtCore import Qt

from app.services import accounts, drafts, staff
from tests.ui.conftest import PASSWORD, type_text
from tests.ui.test_preparation_page import opened
from ui.accounts.own import OwnPasswordDialog, PinDialog

FIRST, OWN, PIN = "ครั้งแรก-1234", "ของตนเอง-5678", "482915"
SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def clerk(counter, actor) -> str:
    return accounts.add(counter, actor, full_name="นายก่อ เกิด", position="ธุรการ", division="finance", password=FIRST)


@pytest.fixture
def ready(window, qtbot):
    return lambda: qtbot.waitUntil(lambda: window.tasks.pending == 0, timeout=10_000)


def sign_in(window, username, secret, ready):
    window.sign_in.reset()
    ready()
    page = window.sign_in
    page._name.setCurrentIndex(page._name.findData(username))
    page.enter(secret)
    ready()


def test_a_first_password_is_changed_at_sign_in(window, counter, clerk, qtbot, ready):
    sign_in(window, clerk, FIRST, ready)
    assert window.main is None
    dialog = opened(window.sign_in, OwnPasswordDialog, qtbot)
    type_text(dialog.new, OWN)
    type_text(dialog.confirm, OWN + "x")
    qtbot.keyClick(dialog, Qt.Key.Key_F9)
    ready()
    assert "ไม่ตรงกัน" in dialog.rows["confirm"].error and window.main is None
    dialog.confirm.setText(OWN)
    qtbot.keyClick(dialog, Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: window.main is not None, timeout=10_000)
    assert window.main.session.actor.username == clerk
    window.change_clerk()
    sign_in(window, clerk, OWN, ready)
    assert window.main is not None


def test_a_pin_is_set_used_and_taken_away_in_the_window(window, counter, actor, clerk, qtbot, ready):
    window.enter(actor)
    texts = [action.text() for action in window.main.header.own_menu().actions()]
    assert texts == ["ข้อมูลของฉัน (LHR)…", "ตั้ง PIN สำหรับสลับผู้ใช้…", "เปลี่ยนรหัสผ่าน…", "ผูกหรือเลิกผูก ThaiD…"]
    window.main.header.own_wanted.emit("pin")
    dialog = opened(window.main, PinDialog, qtbot)
    for field, text in ((dialog.password, PASSWORD), (dialog.pin, PIN), (dialog.confirm, "482916")):
        type_text(field, text)
    qtbot.keyClick(dialog, Qt.Key.Key_F9)
    assert "ไม่ตรงกัน" in dialog.rows["confirm"].error
    dialog.confirm.setText(PIN)
    dialog.password.setText("wrong password")
    qtbot.keyClick(dialog, Qt.Key.Key_F9)
    ready()
    assert dialog.rows["password"].error
    dialog.password.setText(PASSWORD)
    qtbot.keyClick(dialog, Qt.Key.Key_F9)
    ready()
    assert "บันทึกแล้ว" in window.main.note.title
    window.change_clerk()
    sign_in(window, "duangjai", PIN, ready)
    assert window.main is not None and window.main.session.actor.username == "duangjai"
    window.main.header.own_wanted.emit("pin")
    again = opened(window.main, PinDialog, qtbot)
    type_text(again.password, PASSWORD)
    again.remove.click()
    ready()
    window.change_clerk()
    sign_in(window, "duangjai", PIN, ready)
    assert window.main is None and window.sign_in._secret_row.error


def test_what_another_left_is_kept_and_may_be_gone_on_with(window, counter, actor, clerk, qtbot, ready):
    owner = staff.change_password(counter, clerk, FIRST, OWN)
    window.enter(owner)
    ready()
    type_text(window.main.counter.citizen.rows["applicant.first_name"].control, "กตัญญู")
    window.main._idle.timeout.emit()
    ready()
    assert window.main is None, "locked after a while without a key"
    sign_in(window, "duangjai", PASSWORD, ready)
    assert "กรอกแบบค้างไว้" in window.main.note.title
    assert drafts.load(counter, owner, "counter") is not None
    window.main.note._act.click()
    ready()
    assert drafts.load(counter, owner, "counter") is None
    assert window.main.counter.value().applicant.first_name == "กตัญญู"
    with counter.store.read() as connection:
        told = connection.exec_driver_sql("SELECT by, subject FROM audit WHERE action = 'draft_taken_over'").fetchall()
    assert [tuple(row) for row in told] == [("duangjai", clerk)]


def test_who_is_disabled_elsewhere_is_signed_out(window, counter, actor, clerk, qtbot, ready):
    owner = staff.change_password(counter, clerk, FIRST, OWN)
    window.enter(owner)
    ready()
    accounts.set_rights(counter, actor, clerk, template="viewer")
    qtbot.waitUntil(lambda: window.main.session.actor.held == {"view:*", "report:*"}, timeout=10_000)
    accounts.set_active(counter, actor, clerk, False)
    qtbot.waitUntil(lambda: window.main is None, timeout=10_000)
