"""Personal data and retention in the window: requests, a breach, what is due, approval by another, certificate."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from app.services import audit, backup_plan, breaches, cases, data_requests, destruction, retention
from tests.integration.test_recovery_key import PICTURE
from tests.ui.conftest import type_text
from ui.records.page import BACKUPS, PRIVACY, RETENTION, RecordsPage

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def page(show, session):
    return show(RecordsPage(session))


@pytest.fixture
def part(page, settle):
    def opened(place, listing=0):
        page.show_part(place)
        page.panels[place].chooser.setCurrentIndex(listing)
        settle()
        return page.panels[place]

    return opened


def rows(panel):
    return [panel.list.item(place).data(Qt.ItemDataRole.AccessibleTextRole) for place in range(panel.list.count())]


def dialog(panel):
    from ui.records.lists import FieldsDialog

    return next(one for one in panel.findChildren(FieldsDialog) if one.isVisible())


def press(panel, label, wait=lambda: None, **typed):
    panel.buttons[label].click()
    wait()
    found = dialog(panel)
    for key, text in typed.items():
        control = found.controls[key]
        if hasattr(control, "findData"):
            control.setCurrentIndex(control.findData(text))
        else:
            control.clear()
            type_text(control, text)
    found.do.click()
    return found


def test_a_request_from_its_coming_to_its_answer(page, part, counter, actor, petition, qtbot, settle, tmp_path):
    panel = part(PRIVACY)
    assert "รับคำขอ" in panel.told.shown_text() and not panel.buttons["ตอบ…"].isEnabled()
    qtbot.keyClick(page, Qt.Key.Key_N, CONTROL)
    found = dialog(panel)
    found.do.click()
    settle()
    assert "ชื่อผู้ขอ" in found.rows["name"].error, "what is missing is told at its field"
    type_text(found.controls["name"], "นายกตัญญู")
    type_text(found.controls["number"], petition.number)
    qtbot.keyClick(found, Qt.Key.Key_F9)
    settle()
    qtbot.waitUntil(lambda: len(rows(panel)) == 1)
    assert "ตอบภายใน 20 ธ.ค. 2569" in rows(panel)[0] and not panel.buttons["ส่งออกข้อมูลของบุคคล…"].isEnabled()
    press(panel, "ตรวจตัวบุคคล…", how="card")
    settle()
    qtbot.waitUntil(lambda: panel.buttons["ตอบ…"].isEnabled())
    (tmp_path / "letter.png").write_bytes(PICTURE)
    panel.ask_files = lambda _panel: [str(tmp_path / "letter.png")]
    panel.buttons["แนบไฟล์…"].click()
    qtbot.waitUntil(lambda: "แนบ 1 ไฟล์" in rows(panel)[0])
    panel.ask_folder = lambda _panel: str(tmp_path)
    panel.buttons["เปิดไฟล์แนบ…"].click()
    qtbot.waitUntil(lambda: (tmp_path / "1-letter.png").exists())
    panel.ask_target = lambda *_: str(tmp_path / "person.json")
    panel.buttons["ส่งออกข้อมูลของบุคคล…"].click()
    settle()
    assert "ไฟดับหน้าวัด" in (tmp_path / "person.json").read_text("utf-8")
    assert audit.find(counter, actor, action="person_exported")
    press(panel, "ตอบ…", answer="ส่งสำเนาแล้ว")
    settle()
    assert data_requests.listing(counter, actor)[0].state == "answered"


def test_the_clock_of_a_breach_and_its_form_and_a_close_too_early(page, part, counter, actor, qtbot, settle, tmp_path):
    panel = part(PRIVACY, 1)
    press(panel, "บันทึกเหตุ…", what="แฟ้มหาย", found_time="08:45")
    settle()
    qtbot.waitUntil(lambda: bool(rows(panel)))
    assert "▲ แจ้ง สคส. ภายใน 71 ชั่วโมง 0 นาที" in rows(panel)[0]
    panel.buttons["ปิดเหตุ"].click()
    settle()
    assert "ยังไม่ได้ประเมินความเสี่ยง" in page.note.title
    page.files.ask = lambda *_: str(tmp_path / "b.pdf")
    panel.buttons["แบบแจ้ง PDF…"].click()
    qtbot.waitUntil(lambda: (tmp_path / "b.pdf").exists())
    press(panel, "ประเมินและแก้ไข…", risk="none")
    settle()
    panel.buttons["ปิดเหตุ"].click()
    settle()
    assert breaches.listing(counter, actor)[0].closed_at is not None


def test_the_record_of_processing_is_changed_and_written(page, part, counter, actor, qtbot, settle, tmp_path):
    panel = part(PRIVACY, 2)
    assert len(rows(panel)) >= 6
    press(panel, "แก้ไข…", purpose="ซ่อมแซมให้เร็ว")
    settle()
    qtbot.waitUntil(lambda: "ซ่อมแซมให้เร็ว" in rows(panel)[0])
    page.files.ask = lambda *_: str(tmp_path / "r.pdf")
    panel.buttons["PDF…"].click()
    settle()
    assert (tmp_path / "r.pdf").read_bytes().startswith(b"%PDF")


def test_what_is_due_is_listed_approved_by_another_destroyed_and_certified(
    page, part, session, counter, actor, petition, clock, qtbot, settle, tmp_path, show
):
    cases.change_status(counter, actor, petition.number, "cancelled", note="ไม่ติดใจ")
    panel = part(RETENTION)
    assert "ไม่ต้องทำอะไร" in panel.told.shown_text()
    clock.move(days=3_660)
    panel.refresh()
    settle()
    assert petition.number in rows(panel)[0]
    press(panel, "จัดทำรายการทำลาย…")
    settle()
    panel = part(RETENTION, 1)
    press(panel, "อนุมัติ…", order="12/2579")
    settle()
    assert "ผู้อนุมัติต้องไม่ใช่ผู้จัดทำรายการ" in dialog(panel).error.shown_text()
    dialog(panel).reject()
    other = replace(actor, id="x", username="other", full_name="อีกคน")
    destruction.approve(counter, other, destruction.listing(counter, actor)[0].key, "12/2579")
    settle()
    qtbot.waitUntil(lambda: panel.buttons["ทำลายตามรายการ…"].isEnabled())
    begin = panel.progress.begin

    def stopped_at_once():
        steps = begin()
        assert panel.progress.isVisible()
        panel.progress.stop.click()
        return steps

    panel.progress.begin = stopped_at_once
    panel.buttons["ทำลายตามรายการ…"].click()
    dialog(panel).do.click()
    qtbot.waitUntil(lambda: "หยุดแล้ว ทำลายไป 0 จาก 1" in page.note.title)
    assert cases.get(counter, petition.number).subject != "(ทำลายแล้ว)" and not panel.progress.isVisible()
    panel.progress.begin = begin
    qtbot.waitUntil(lambda: panel.buttons["ทำลายตามรายการ…"].isEnabled())
    panel.buttons["ทำลายตามรายการ…"].click()
    dialog(panel).do.click()
    qtbot.waitUntil(lambda: "ทำลายแล้ว 1 จาก 1 เรื่อง" in page.note.title)
    qtbot.waitUntil(lambda: panel.buttons["ใบรับรอง PDF…"].isEnabled())
    page.files.ask = lambda *_: str(tmp_path / "c.pdf")
    panel.buttons["ใบรับรอง PDF…"].click()
    settle()
    assert (tmp_path / "c.pdf").read_bytes().startswith(b"%PDF")
    assert cases.get(counter, petition.number).subject == "(ทำลายแล้ว)"


def test_holds_and_rules(page, part, counter, actor, petition, qtbot, settle):
    panel = part(RETENTION, 2)
    press(panel, "ระงับเรื่อง…", number=petition.number, reason="คดีปกครอง")
    settle()
    qtbot.waitUntil(lambda: bool(rows(panel)))
    assert "▲ ระงับอยู่" in rows(panel)[0]
    panel.buttons["เลิกระงับ"].click()
    settle()
    assert retention.holds(counter, actor)[0].lifted_on is not None
    panel = part(RETENTION, 3)
    press(panel, "เปลี่ยน…", length="๑๒", basis="ประกาศเทศบาล")
    settle()
    qtbot.waitUntil(lambda: "12 ปี" in rows(panel)[0])
    assert "▲ ยังไม่ได้ตรวจกับกฎหมาย" in rows(panel)[0]


def test_backups_are_made_planned_and_rehearsed(page, part, counter, qtbot, settle, tmp_path):
    panel = part(BACKUPS)
    assert "ยังไม่มีไฟล์สำรอง" in panel.told.shown_text() and "▲ ยังไม่ได้ตั้ง" in panel.state.shown_text()
    panel.buttons["ซ้อมกู้คืนไฟล์ล่าสุด"].click()
    settle()
    assert "ยังไม่มีไฟล์สำรอง" in page.note.title
    press(panel, "ตั้งรอบและจำนวน…", settle, every="x")
    settle()
    assert "รอบสำรอง" in dialog(panel).rows["every"].error
    dialog(panel).reject()
    press(panel, "ตั้งรอบและจำนวน…", settle, every="๒", daily="3")
    settle()
    assert (backup_plan.read(counter).every_hours, backup_plan.read(counter).daily) == (2, 3)
    (tmp_path / "usb").mkdir()
    panel.ask_folder = lambda _panel: str(tmp_path / "usb")
    panel.buttons["เลือกที่ที่สอง (USB)…"].click()
    settle()
    panel.buttons["สำรองเดี๋ยวนี้"].click()
    settle()
    qtbot.waitUntil(lambda: len(rows(panel)) == 2, timeout=20_000)
    assert page.note.title == "สำรองแล้ว 2 แห่ง" and any("ที่ที่สอง" in row for row in rows(panel))
    panel.buttons["ซ้อมไฟล์ที่เลือก"].click()
    qtbot.waitUntil(lambda: page.note.title.startswith("ซ้อมกู้คืนผ่าน"), timeout=20_000)
    qtbot.waitUntil(lambda: "ผ่าน" in panel.state.shown_text())
    panel.ask_folder = lambda _panel: str(counter.home)
    panel.buttons["เลือกที่ที่สอง (USB)…"].click()
    settle()
    assert "ใช้โฟลเดอร์นี้เป็นที่สำรองที่สองไม่ได้" in page.note.title


def test_the_list_may_be_changed_while_something_is_marked(page, part, counter, actor):
    data_requests.receive(counter, actor, "access", name="ก")
    breaches.enter(counter, actor, "20/11/2569", "08:30", what="แฟ้มหาย")
    for listing in (0, 1, 2, 0, 1):
        panel = part(PRIVACY, listing)
        assert rows(panel) and panel.marked is not None
