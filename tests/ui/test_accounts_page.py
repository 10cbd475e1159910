"""The page of accounts: a person in the order of the letter, rights ticked in a grid, orders, who is offered it."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox

from app.domain.errors import Refused
from app.services import accounts, appointments, rights, staff
from tests.ui.conftest import PASSWORD, type_text
from tests.ui.test_preparation_page import opened, picture
from ui.accounts.forms import AddDialog, ChangeDialog, PasswordDialog
from ui.accounts.orders import OrderDialog
from ui.accounts.page import ADMINS, ORDERS, USERS, AccountsPage
from ui.accounts.rights import RightsDialog
from ui.main_window import ACCOUNTS, COUNTER, MainWindow

ALT, CONTROL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
FIRST = "ครั้งแรก-1234"


@pytest.fixture
def page(show, session, settle) -> AccountsPage:
    page = show(AccountsPage(session))
    settle()
    return page


@pytest.fixture
def person(counter, actor) -> str:
    return accounts.add(
        counter, actor, full_name="นางสาวสมใจ รักงาน", position="นิติกร", division="finance", password=FIRST
    )


@pytest.fixture
def part(page, qtbot, settle):
    """A part of the page, in view and read."""

    def shown(place):
        qtbot.keyClick(page, Qt.Key.Key_1 + place, ALT)
        settle()
        return page.panels[place]

    return shown


def cells(table, row=0):
    return [table.item(row, column).text() for column in range(table.columnCount())]


def test_the_lists_have_the_columns_of_the_letter(page, part, person):
    admins = page.panels[ADMINS]
    heads = [admins.table.horizontalHeaderItem(place).text() for place in range(5)]
    assert heads == ["ลำดับ", "Username", "ชื่อ-นามสกุล", "ตำแหน่ง", "สำนัก/กอง"]
    assert cells(admins.table)[1] == "duangjai" and "ผู้ดูแลระบบหลัก" in cells(admins.table)[2]
    assert admins.add.text() == "เพิ่มผู้ดูแล" and admins.everywhere.isVisible()
    users = part(USERS)
    assert cells(users.table)[:3] == ["1", "04830203user01", "นางสาวสมใจ รักงาน"]
    assert cells(users.table)[-1] == "ต้องตั้งรหัสผ่านใหม่"


def test_a_person_is_added_with_the_order_or_not_at_all(page, part, counter, actor, tmp_path, qtbot, settle):
    (tmp_path / "คำสั่ง.png").write_bytes(picture())
    panel = part(USERS)
    assert "Ctrl+N" in panel.told.shown_text()
    qtbot.keyClick(page, Qt.Key.Key_N, CONTROL)
    settle()
    dialog = opened(page, AddDialog, qtbot)
    order = [row.key for row in dialog.rows.values()]
    assert order[:6] == ["full_name", "position", "division", "username", "password", "confirm"]
    assert dialog.do.text() == "F9  บันทึกข้อมูลระบบ" and dialog.username.text() == "04830203user01"
    qtbot.keyClick(dialog, Qt.Key.Key_F9)
    settle()
    assert "ชื่อ-นามสกุล" in dialog.rows["full_name"].error
    type_text(dialog.full_name, "นายก่อ เกิด")
    type_text(dialog.position, "นายช่างโยธา")
    dialog.division.setCurrentIndex(dialog.division.findData("public_works"))
    for field, text in ((dialog.password, FIRST), (dialog.confirm, "อย่างอื่น-1234")):
        type_text(field, text)
    dialog.files.ask = lambda _parent: [str(tmp_path / "คำสั่ง.png")]
    qtbot.keyClick(dialog, Qt.Key.Key_O, CONTROL)
    qtbot.keyClick(dialog, Qt.Key.Key_F9)
    settle()
    assert "ไม่ตรงกัน" in dialog.rows["confirm"].error
    dialog.confirm.setText(FIRST)
    type_text(dialog.number, "7/2569")
    type_text(dialog.ordered_on, "31/2/2569")
    qtbot.keyClick(dialog, Qt.Key.Key_F9)
    settle()
    assert dialog.rows["ordered_on"].error
    assert len(accounts.listing(counter, actor)) == 1, "neither person nor order"
    dialog.ordered_on.setText("1/11/2569")
    qtbot.keyClick(dialog, Qt.Key.Key_F9)
    settle()
    assert [one.persons for one in appointments.listing(counter, actor)] == [("04830203user01",)]
    assert panel.table.rowCount() == 1 and "เพิ่มแล้ว" in page.note.title
    with pytest.raises(Refused, match="password_must_change"):
        staff.sign_in(counter, "04830203user01", FIRST)


def test_rights_are_ticked_copied_and_given_back(page, part, counter, actor, person, qtbot, settle):
    other = accounts.add(counter, actor, full_name="นายก่อ เกิด", position="x", division="finance", password=FIRST)
    accounts.set_rights(counter, actor, other, rows=[{"service": "petition", "may": ["view"]}], general=["hr_records"])
    panel = part(USERS)
    panel.table.mark(person)
    qtbot.keyClick(panel.table, Qt.Key.Key_R, CONTROL)
    dialog = opened(page, RightsDialog, qtbot)
    assert dialog.template.currentData() == "user"
    assert dialog.boxes["*", "print"].isChecked() and not dialog.boxes["petition", "print"].isEnabled()
    assert not dialog.boxes["*", "unmask"].isChecked()
    dialog.like.setCurrentIndex(dialog.like.findData(other))
    dialog.like.activated.emit(dialog.like.currentIndex())
    assert dialog.boxes["petition", "view"].isChecked() and dialog.general["hr_records"].isChecked()
    dialog.boxes["ad_permit", "approve"].click()
    type_text(dialog.days["ad_permit", "to"], "31/12/2569")
    assert dialog.template.currentData() == ""
    type_text(dialog.days["petition", "to"], "ไม่รู้")
    qtbot.keyClick(dialog, Qt.Key.Key_F9)
    settle()
    assert dialog.error.isVisible() or dialog.rows["template"].error
    dialog.days["petition", "to"].clear()
    qtbot.keyClick(dialog, Qt.Key.Key_F9)
    settle()
    given = accounts.get(counter, actor, person)
    assert list(given.rows) == [{"service": "petition", "may": ["view"]},
                                {"service": "ad_permit", "may": ["approve"], "to": "2026-12-31"}]  # fmt: skip
    assert given.general == ("hr_records",)
    panel.give()
    again = opened(page, RightsDialog, qtbot)
    assert again.boxes["ad_permit", "approve"].isChecked()
    again.template.setCurrentIndex(again.template.findData("viewer"))
    again.template.activated.emit(0)
    assert not again.boxes["ad_permit", "approve"].isChecked() and again.boxes["*", "view"].isChecked()
    qtbot.keyClick(again, Qt.Key.Key_F9)
    settle()
    assert accounts.get(counter, actor, person).template == "viewer"


def test_changed_reset_closed_and_opened_again(page, part, counter, actor, person, qtbot, settle):
    panel = part(USERS)
    qtbot.keyClick(panel.table, Qt.Key.Key_Return)
    dialog = opened(page, ChangeDialog, qtbot)
    dialog.position.setText("หัวหน้างาน")
    qtbot.keyClick(dialog, Qt.Key.Key_F9)
    settle()
    assert cells(panel.table)[3] == "หัวหน้างาน"
    panel.password.click()
    secret = opened(page, PasswordDialog, qtbot)
    secret.password.setText("ใหม่ใหม่-99")
    secret.confirm.setText("ใหม่ใหม่-99")
    qtbot.keyClick(secret, Qt.Key.Key_F9)
    settle()
    with pytest.raises(Refused, match="password_must_change"):
        staff.sign_in(counter, person, "ใหม่ใหม่-99")
    panel.turn()
    settle()
    assert cells(panel.table)[-1] == "ปิดการใช้งาน" and panel.active.text() == "เปิดการใช้งาน"
    page.note._act.click()
    settle()
    assert accounts.get(counter, actor, person).active
    admins = part(ADMINS)
    admins.turn()
    settle()
    assert "ตนเอง" in page.note.title or "อย่างน้อยหนึ่งคน" in page.note.title


def test_orders_are_entered_and_their_end_is_told(page, part, counter, actor, person, tmp_path, qtbot, settle):
    (tmp_path / "คำสั่ง.png").write_bytes(picture())
    panel = part(ORDERS)
    qtbot.keyClick(page, Qt.Key.Key_N, CONTROL)
    dialog = opened(page, OrderDialog, qtbot)
    type_text(dialog.number, "9/2569")
    type_text(dialog.ordered_on, "1/11/2569")
    type_text(dialog.since, "1/11/2569")
    type_text(dialog.until, "30/11/2569")
    item = next(dialog.persons.item(n) for n in range(2) if person in dialog.persons.item(n).text())
    item.setCheckState(Qt.CheckState.Checked)
    qtbot.keyClick(dialog, Qt.Key.Key_F9)
    settle()
    assert "แนบ" in dialog.rows["files"].error
    dialog.files.ask = lambda _parent: [str(tmp_path / "คำสั่ง.png")]
    dialog.files.add()
    qtbot.keyClick(dialog, Qt.Key.Key_F9)
    settle()
    assert cells(panel.table)[2:5] == ["นางสาวสมใจ รักงาน", "1 พ.ย. 2569 ถึง 30 พ.ย. 2569", "▲ อีก 10 วันสิ้นสุด"]
    panel.ask_folder = lambda _parent: str(tmp_path / "out")
    (tmp_path / "out").mkdir()
    panel.copy.click()
    settle()
    assert (tmp_path / "out" / "คำสั่ง.png").read_bytes() == picture()
    page.files.ask = lambda _parent, name, _kind: str(tmp_path / name)
    panel.pdf.click()
    settle()
    assert (tmp_path / "appointment-orders.pdf").read_bytes().startswith(b"%PDF")
    panel.end()
    settle()
    assert cells(panel.table)[4] == "ยกเลิก"


def test_the_page_is_for_those_who_manage_accounts(show, session, actor, qtbot, settle):
    window = show(MainWindow(session))
    qtbot.keyClick(window, Qt.Key.Key_7, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    assert window.page == ACCOUNTS
    session.actor = replace(actor, role="user", held=None)
    other = show(MainWindow(session))
    qtbot.keyClick(other, Qt.Key.Key_7, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    assert other.page == COUNTER and not other.header._tabs[ACCOUNTS].isVisible()
    assert not rights.may(session.actor, rights.MANAGE_STAFF) and PASSWORD
    assert all(box.accessibleName() for box in other.findChildren(QCheckBox) if not box.text())


def test_the_grid_of_rights_fits_at_twice_the_size(show, session, look, counter, actor):
    look.set_scale(200)
    found = accounts.listing(counter, actor)
    dialog = RightsDialog(session, None, found[0], found)
    dialog.resize(1366, 700)
    show(dialog)
    assert dialog.width() <= 1366
    for control in (*dialog.boxes.values(), *dialog.days.values()):
        left = control.mapTo(dialog, control.rect().topLeft()).x()
        assert left > 100 and left + control.width() <= 1366, control.accessibleName()
