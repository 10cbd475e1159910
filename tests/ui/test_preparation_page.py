"""The parts of the campaigns' page beside ThaiD: readiness, the staff for LHR, and requests for correction."""

from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image
from PySide6.QtCore import Qt

from app.services import lhr, readiness
from app.services.model import NewFile
from tests.ui.conftest import type_text
from ui.campaign.dialogs import AskDialog, ItemDialog, PersonDialog
from ui.campaign.page import LHR, READINESS, CampaignPage

ALT, CONTROL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier


def picture() -> bytes:
    target = BytesIO()
    Image.new("RGB", (9, 9), "red").save(target, "PNG")
    return target.getvalue()


@pytest.fixture
def page(show, session) -> CampaignPage:
    return show(CampaignPage(session))


@pytest.fixture
def order(tmp_path):
    (tmp_path / "คำสั่ง.png").write_bytes(picture())
    return tmp_path / "คำสั่ง.png"


def opened(page, kind, qtbot):
    dialog = page.findChild(kind)
    qtbot.waitUntil(dialog.isVisible)
    return dialog


def rows(listing):
    return [listing.item(place).data(Qt.ItemDataRole.AccessibleTextRole) for place in range(listing.count())]


def test_an_item_is_opened_by_enter_and_saved_with_its_file(page, counter, order, qtbot, settle):
    qtbot.keyClick(page, Qt.Key.Key_2, ALT)
    settle()
    panel = page.panels[READINESS]
    assert panel.told.shown_text() == "เสร็จแล้ว 0 จาก 2 รายการ"
    qtbot.keyClick(panel.list, Qt.Key.Key_Return)
    dialog = opened(page, ItemDialog, qtbot)
    type_text(dialog.owner, "นายวีระ ตั้งมั่น")
    type_text(dialog.due_on, "๒๒/๑๑/๒๕๖๙")
    dialog.files.ask = lambda _parent: [str(order)]
    qtbot.keyClick(dialog, Qt.Key.Key_O, CONTROL)
    assert dialog.files.told.shown_text() == order.name
    qtbot.keyClick(dialog, Qt.Key.Key_F9)
    settle()
    item = readiness.listing(counter).items[0]
    assert (item.owner, item.state_text, [file.name for file in item.files]) == (
        "นายวีระ ตั้งมั่น", "เหลือ 2 วัน", [order.name],
    )  # fmt: skip
    assert "▲" in rows(panel.list)[0] and "นายวีระ ตั้งมั่น" in rows(panel.list)[0]


def test_a_wrong_day_is_told_at_its_field_and_the_dialog_stays(page, counter, qtbot, settle):
    page.show_part(READINESS)
    settle()
    page.panels[READINESS].open()
    dialog = opened(page, ItemDialog, qtbot)
    type_text(dialog.done_on, "21/11/2569")
    dialog.do.click()
    settle()
    assert "อนาคต" in dialog.rows["done_on"].error
    assert readiness.listing(counter).done == 0
    dialog.reject()


def test_files_of_an_item_are_written_into_a_folder(page, counter, actor, tmp_path, settle):
    readiness.save(counter, actor, "d_dopa", files=[NewFile("ภาพ.png", picture())])
    page.show_part(READINESS)
    settle()
    panel = page.panels[READINESS]
    panel.ask_folder = lambda _parent: str(tmp_path)
    panel.copies.click()
    settle()
    assert (tmp_path / "ภาพ.png").read_bytes() == picture()


def test_who_may_not_change_settings_only_looks(show, session, actor, settle):
    session.actor = replace(actor, role="user", held=None)
    page = show(CampaignPage(session))
    page.show_part(READINESS)
    settle()
    assert not page.panels[READINESS].edit.isEnabled()


def test_the_officer_adds_staff_and_sees_the_percentage(page, counter, actor, qtbot, settle):
    qtbot.keyClick(page, Qt.Key.Key_3, ALT)
    settle()
    panel = page.panels[LHR]
    assert panel.right.isVisible() and "ยังไม่มีรายชื่อ" in panel.share.shown_text()
    panel.add.click()
    dialog = opened(page, PersonDialog, qtbot)
    type_text(dialog.name, "นายสมชาย มีสุข")
    dialog.do.click()
    settle()
    lhr.save_person(counter, actor, name="ก ข", employee_type="contract", registered_on="1/11/2568")
    settle()
    qtbot.waitUntil(lambda: panel.bar.value() == 50)
    assert rows(panel.staff)[1].startswith("นายสมชาย มีสุข\nยังไม่ลงทะเบียน")
    panel.staff.mark(panel.people[1].key)
    panel.edit.click()
    again = next(one for one in page.findChildren(PersonDialog) if one.isVisible())
    again.left.setChecked(True)
    again.do.click()
    settle()
    qtbot.waitUntil(lambda: panel.bar.value() == 100)


def test_a_request_is_asked_entered_and_verified_each_by_who_may(show, session, counter, actor, order, qtbot, settle):
    clerk = replace(actor, id="u1", username="clerk01", full_name="นายวีระ ตั้งมั่น", role="user", held=None)
    session.actor = clerk
    page = show(CampaignPage(session))
    page.show_part(LHR)
    settle()
    panel = page.panels[LHR]
    assert not panel.right.isVisible() and not panel.entered.isVisible()
    qtbot.keyClick(panel.list, Qt.Key.Key_N, CONTROL)
    dialog = opened(page, AskDialog, qtbot)
    type_text(dialog.item, "วันเดือนปีเกิด")
    type_text(dialog.new, "11 ม.ค. 2530")
    dialog.do.click()
    settle()
    assert "หลักฐาน" in dialog.rows["files"].error
    dialog.files.ask = lambda _parent: [str(order)]
    dialog.files.choose.click()
    dialog.do.click()
    settle()
    assert rows(panel.list)[0].startswith("ยื่นแล้ว\nวันเดือนปีเกิด: 11 ม.ค. 2530")
    assert not panel.verified.isEnabled()
    lhr.entered(counter, actor, panel.requests[0].key)
    settle()
    qtbot.waitUntil(panel.verified.isEnabled)
    panel.verified.click()
    settle()
    assert lhr.requests(counter, clerk)[0].state == lhr.VERIFIED


def test_somebody_else_sees_no_request(show, session, counter, actor, settle):
    lhr.ask(counter, actor, item="ชื่อ", old="", new="วีระ", files=[NewFile("ภาพ.png", picture())])
    session.actor = replace(actor, id="u2", username="clerk02", role="user", held=None)
    page = show(CampaignPage(session))
    page.show_part(LHR)
    settle()
    assert rows(page.panels[LHR].list) == []
