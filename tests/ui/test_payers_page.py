"""The register of payers by window: entered, put right, closed, imported; filings, payments and past beside it."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from app.services import cases, late_payers, payers, registration_json
from tests.integration.support import filings
from tests.ui import province_support
from tests.ui.conftest import type_text
from ui.payers.dialogs import CloseDialog, EntryDialog, ImportDialog, WaiveDialog
from ui.payers.page import NOBODY_YET, PayersPage


@pytest.fixture(scope="session")
def new_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A province's counter."""
    return province_support.make(tmp_path_factory.mktemp("payers") / "home")


@pytest.fixture
def page(show, session, settle) -> PayersPage:
    page = show(PayersPage(session))
    settle()
    return page


def opened(page: PayersPage, kind: type):
    (dialog,) = (child for child in page.findChildren(kind) if child.isVisible())
    return dialog


def done(qtbot, dialog, settle) -> None:
    qtbot.keyClick(dialog, Qt.Key.Key_F9)
    settle()


def test_a_hotel_is_entered_put_right_taken_back_and_closed(qtbot, page, session, settle):
    assert page._told.shown_text() == NOBODY_YET
    page.add.click()
    dialog = opened(page, EntryDialog)
    type_text(dialog.lines["code"], "a-1")
    done(qtbot, dialog, settle)
    assert "ชื่อ" in dialog.rows["name"].error or "ชื่อ" in dialog.error.shown_text()
    type_text(dialog.lines["name"], "โรงแรมหนึ่ง")
    type_text(dialog.lines["active_from"], "1 ต.ค. 2544")
    type_text(dialog.lines["rooms_total"], "๔๘")
    done(qtbot, dialog, settle)
    assert "เพิ่ม โรงแรมหนึ่ง" in page.note.title
    qtbot.waitUntil(lambda: page.entry.known is not None)
    code = page.entry.known.payer.code
    assert dict(page.entry.known.payer.document) == {
        "name": "โรงแรมหนึ่ง", "active_from": "2001-10-01", "rooms_total": 48
    }  # fmt: skip
    page.entry.edit.click()
    dialog = opened(page, EntryDialog)
    dialog.lines["name"].setText("โรงแรมสอง")
    type_text(dialog.lines["address"], "99 ถนนทดสอบ")
    done(qtbot, dialog, settle)
    qtbot.waitUntil(lambda: page.entry.known is not None and page.entry.known.payer.name == "โรงแรมสอง")
    past = page.entry._past.shown_text()
    assert "ชื่อ: โรงแรมหนึ่ง → โรงแรมสอง" in past
    assert "ที่ตั้ง: ว่าง → 99 ถนนทดสอบ" in past
    assert "โดย duangjai" in past
    page.note._act.click()
    settle()
    assert payers.find(session.counter, "hotel", code)[0].document == {
        "name": "โรงแรมหนึ่ง", "active_from": "2001-10-01", "rooms_total": 48
    }  # fmt: skip
    qtbot.waitUntil(lambda: page.entry.known is not None and page.entry.known.payer.name == "โรงแรมหนึ่ง")
    page.entry.end.click()
    dialog = opened(page, CloseDialog)
    dialog.on.setText("1/1/2500")
    done(qtbot, dialog, settle)
    assert "อยู่ก่อนวันเริ่ม" in dialog.rows["active_to"].error
    dialog.on.setText("31/10/2569")
    done(qtbot, dialog, settle)
    assert payers.find(session.counter, "hotel", code)[0].document["active_to"] == "2026-10-31"
    qtbot.waitUntil(lambda: page.entry.known is not None and not page.entry.end.isEnabled())
    page.add.click()
    dialog = opened(page, EntryDialog)
    type_text(dialog.lines["code"], code)
    type_text(dialog.lines["name"], "อื่น")
    done(qtbot, dialog, settle)
    assert "อยู่ในทะเบียนแล้ว" in dialog.rows["code"].error
    dialog.reject()


def test_filings_waivers_and_the_single_reminder(qtbot, page, session, settle):
    payers.add(session.counter, session.actor, "hotel", "7", {"name": "โรงแรมเจ็ด", "active_from": "2020-01-01"})
    command = registration_json.from_json("hotel_fee", filings.data("hotel_fee", period_month=9))
    number = cases.enter(session.counter, session.actor, command).number
    page.search.setText("1234567")
    page._ask()
    settle()
    qtbot.waitUntil(lambda: page.entry.known is not None and page.entry.cases.count() == 1)
    assert number in page.entry.cases.item(0).text()
    assert "ยังไม่ชำระ" in page.entry.cases.item(0).text()
    page.entry.cases.setCurrentRow(0)
    with qtbot.waitSignal(page.case_wanted) as wanted:
        page.entry.open.click()
    assert wanted.args == [number]
    page.entry.waive.click()
    dialog = opened(page, WaiveDialog)
    for key, text in (
        ("amount", "10"),
        ("order_number", "12/2569"),
        ("ordered_on", "20 พ.ย. 69"),
        ("approver", "นายก อบจ."),
    ):
        type_text(dialog.rows[key].control, text)
    done(qtbot, dialog, settle)
    assert dialog.rows["reason"].error
    type_text(dialog.reason, "เหตุอุทกภัย")
    done(qtbot, dialog, settle)
    assert "บันทึกคำสั่ง" in page.note.title
    page.search.clear()
    page._ask()
    settle()
    page.list.setCurrentRow([page.list.item(row).text()[:1] for row in range(page.list.count())].index("7"))
    qtbot.waitUntil(lambda: page.entry.known is not None and page.entry.known.payer.code == "7")
    printed = []
    page.files.print = lambda make, name: printed.append(make())
    page.entry.remind.click()
    assert [one.payer.code for one in printed[0].late] == ["7"]
    assert late_payers.listing(session.counter, page.late[0].month)


def test_a_csv_is_looked_at_line_by_line(qtbot, page, session, settle, tmp_path):
    path = tmp_path / "โรงแรม.csv"
    path.write_text("รหัส,ชื่อ,เลขผู้เสียภาษี\n1,โรงแรมหนึ่ง,\n2,โรงแรมสอง,123\n", "utf-8-sig")
    page.ask_file = lambda: str(path)
    page.take_over.click()
    settle()
    dialog = opened(page, ImportDialog)
    qtbot.waitUntil(lambda: dialog.list.count() == 2)
    assert "บรรทัดที่ 3 ผิด 2 โรงแรมสอง" in dialog.list.item(0).text()
    assert not dialog.do.isEnabled()
    dialog.reject()
    path.write_text("รหัส,ชื่อ\n1,โรงแรมหนึ่ง\n2,โรงแรมสอง\n", "utf-8-sig")
    page.take_over.click()
    settle()
    dialog = opened(page, ImportDialog)
    qtbot.waitUntil(dialog.do.isEnabled)
    done(qtbot, dialog, settle)
    assert "นำเข้าแล้ว 2 ราย" in page.note.title
    assert [one.code for one in payers.listing(session.counter)] == ["1", "2"]
    page.files.ask = lambda *_: str(tmp_path / "แบบ.csv")
    page.form.click()
    settle()
    assert (tmp_path / "แบบ.csv").read_text("utf-8-sig").startswith("รหัส,ชื่อ")
