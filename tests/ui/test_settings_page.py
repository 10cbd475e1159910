"""The settings of the office: shown, changed, refused in clear words, taken back; for administrators only."""

import dataclasses

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from app.services import cases, office_settings, reply_templates, staff
from tests.ui.conftest import PASSWORD, PETITION, type_text
from ui.main_window import COUNTER, SETTINGS
from ui.settings.page import NOT_SAVED, SettingsPage
from ui.settings.section import NOTHING


@pytest.fixture
def page(show, session) -> SettingsPage:
    return show(SettingsPage(session))


def texts(widget) -> str:
    return " ".join(label.text().replace("\u200b", "") for label in widget.findChildren(QLabel) if label.isVisible())


def go(page, name: str):
    page.show_section(list(page.sections).index(name))
    return page.section


def saved(qtbot, page, settle) -> None:
    qtbot.keyClick(page, Qt.Key.Key_F9)
    settle()
    assert "บันทึกแล้ว" in texts(page.note), texts(page.section)


def listed(section) -> list[str]:
    return [section.list.item(place).text() for place in range(section.list.count())]


def test_the_office_is_shown_and_nothing_has_to_be_saved(qtbot, page, session):
    section = page.section
    assert section.text("name") == "เทศบาลเมืองกะทู้" and section.text("subdistrict") == "กะทู้"
    assert NOTHING in texts(section)
    assert not section.save.isEnabled()
    qtbot.keyClick(page, Qt.Key.Key_F9)
    assert "ไม่มีอะไรต้องบันทึก" in texts(page.note)


def test_a_telephone_is_changed_and_taken_back(qtbot, page, settle, session):
    line = page.section.rows["phone"].control
    line.setFocus()
    line.selectAll()
    type_text(line, "076-999-888")
    assert page.section.save.isEnabled()
    saved(qtbot, page, settle)
    assert session.counter.office.phone == "076-999-888"
    assert not page.section.save.isEnabled()
    page.note._act.click()
    settle()
    qtbot.waitUntil(lambda: page.section.text("phone") == "076-321-500")
    assert session.counter.office.phone == "076-321-500"


@pytest.mark.parametrize(
    ("section", "key", "typed", "told"),
    [
        ("ข้อมูลหน่วยงาน", "name", "", "ยังไม่ได้ใส่ชื่อหน่วยงาน"),
        ("ข้อมูลหน่วยงาน", "reopen_within_days", "สิบ", "ต้องเป็นตัวเลข"),
        ("ข้อมูลหน่วยงาน", "similar_within_days", "9999", "ต้องเป็นจำนวนวัน 0–366"),
        ("เวลาทำการ", "open", "แปดโมง", "ต้องใส่เวลาทั้งสองช่อง"),
        ("วันหยุด", "day", "วันพ่อ", "วันที่"),
        ("SMS", "per_day", "0", "ต้องเป็นเลขจำนวนเต็ม 1–100000"),
        ("SMS", "from", "20:00", "ต้องใส่เวลาทั้งสองช่อง"),
        ("จุดอ้างอิง", "name", "วัดกะทู้", "ต้องเป็นองศาทศนิยม"),
        ("ข้อความสำเร็จรูป", "name", "แจ้งผล", "ยังไม่ได้ใส่ข้อความ"),
        ("ประเภทเรื่อง", "name", "โดรน", "ยังไม่ได้ใส่กลุ่ม"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_changes(
    qtbot, page, settle, session, section, key, typed, told
):
    before = office_settings.document(session.counter)
    part = go(page, section)
    page._begin_new()
    control = part.rows[key].control
    control.clear()
    type_text(control, typed)
    qtbot.keyClick(page, Qt.Key.Key_F9)
    settle()
    errors = [row.error for row in part.rows.values() if row.error]
    assert len(errors) == 1 and told in errors[0], (errors, texts(part))
    assert office_settings.document(session.counter) == before
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    assert not part.dirty and not any(row.error for row in part.rows.values())


def test_holidays_one_by_one_and_a_whole_list(qtbot, page, settle, session):
    section = go(page, "วันหยุด")
    assert "ยังไม่มีวันหยุด" in texts(section)
    type_text(section._day, "31/12/2569")
    type_text(section._name, "วันสิ้นปี")
    saved(qtbot, page, settle)
    qtbot.waitUntil(lambda: listed(section) == ["31 ธันวาคม 2569\nวันสิ้นปี"])
    page._begin_new()
    section._many.setPlainText("1. วันศุกร์ที่ 1 มกราคม 2570 วันขึ้นปีใหม่\n\n๖ เม.ย. ๒๕๗๐ วันจักรี\n13/4/2570")
    saved(qtbot, page, settle)
    qtbot.waitUntil(lambda: section.list.count() == 4)
    document = office_settings.document(session.counter)
    assert document["holidays"] == ["2026-12-31", "2027-01-01", "2027-04-06", "2027-04-13"]
    assert document["holiday_names"]["2027-04-06"] == "วันจักรี"
    page._begin_new()
    section._many.setPlainText("5 ธ.ค. 2570 วันพ่อ\nไม่ใช่วันที่")
    qtbot.keyClick(page, Qt.Key.Key_F9)
    assert "อ่านบรรทัดที่ 2 ไม่ได้" in section.rows["many"].error
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    section.list.setCurrentRow(0)
    qtbot.keyClick(page, Qt.Key.Key_Delete, Qt.KeyboardModifier.ControlModifier)
    settle()
    qtbot.waitUntil(lambda: section.list.count() == 3)
    page.note._act.click()
    settle()
    qtbot.waitUntil(lambda: section.list.count() == 4)
    assert office_settings.document(session.counter) == document


def test_a_sub_type_is_changed_added_and_put_out_of_use(qtbot, page, settle, session, counter, actor):
    old = cases.register(counter, actor, PETITION)
    section = go(page, "ประเภทเรื่อง")
    section.mark("petition/utilities/street_light")
    assert section.text("name") == "ไฟฟ้าสาธารณะ"
    section._days.setText("1")
    section._name.setText("ไฟส่องสว่างริมทาง")
    saved(qtbot, page, settle)
    assert section.key == "petition/utilities/street_light", "the mark stays"
    new = cases.register(counter, actor, PETITION)
    assert new.type_text.endswith("ไฟส่องสว่างริมทาง")
    assert cases.get(counter, old.number).type_text == old.type_text
    page._begin_new()
    section._main.setEditText("อากาศยาน")
    section._name.setText("โดรนรบกวน")
    section._division.setCurrentIndex(section._division.findData("clerk_office"))
    section._restricted.setChecked(True)
    saved(qtbot, page, settle)
    [entry] = [entry for entry in office_settings.categories(counter) if entry.own]
    assert (entry.category_name, entry.name, entry.restricted) == ("อากาศยาน", "โดรนรบกวน", True)
    answers = {**PETITION.answers, "category": entry.category, "subcategory": entry.code}
    drone = cases.register(counter, actor, dataclasses.replace(PETITION, answers=answers))
    assert drone.restricted
    qtbot.waitUntil(lambda: any("โดรนรบกวน" in text for text in listed(section)))
    section.mark(entry.key)
    page.remove()
    settle()
    assert all(sub.code != entry.code for main in counter.catalog["petition"].categories for sub in main.subcategories)
    qtbot.waitUntil(lambda: any("โดรนรบกวน" in text and "เลิกใช้แล้ว" in text for text in listed(section)))
    page.note._act.click()
    settle()
    assert any(main.name == "อากาศยาน" for main in counter.catalog["petition"].categories)


def test_reply_templates_with_a_preview(qtbot, page, settle, session, counter):
    section = go(page, "ข้อความสำเร็จรูป")
    section.mark("received")
    assert "เทศบาลเมืองกะทู้ ได้รับเรื่องเลขที่ KT1201169000042 แล้ว" in section.preview
    page.remove()
    settle()
    assert "received" not in [one.code for one in reply_templates.offered(counter.current.document, "received")]
    qtbot.waitUntil(lambda: any("เลิกใช้แล้ว" in text for text in listed(section)))
    section.mark("received")
    section._active.setChecked(True)
    saved(qtbot, page, settle)
    assert "received" in [one.code for one in reply_templates.offered(counter.current.document, "received")]
    page._begin_new()
    section._name.setText("นัดตรวจ")
    section._text.setPlainText("จะเข้าตรวจเรื่อง {subject} โทร {fax}")
    section._states.tick(["assigned"])
    qtbot.keyClick(page, Qt.Key.Key_F9)
    settle()
    assert "ไม่รู้จัก {fax}" in section.rows["text"].error
    section._text.setPlainText("จะเข้าตรวจเรื่อง {subject} โทร {phone}")
    assert section.preview == "จะเข้าตรวจเรื่อง ไฟฟ้าสาธารณะดับหน้าวัด โทร 076-321-500"
    saved(qtbot, page, settle)
    assert "นัดตรวจ" in [one.name for one in reply_templates.offered(counter.current.document, "assigned")]


def test_what_is_not_saved_keeps_its_place(qtbot, page, settle):
    section = go(page, "วันหยุด")
    type_text(section._day, "31/12/2569")
    page.show_section(0)
    assert page.section is section and NOT_SAVED in texts(page.note)
    assert section.text("day") == "31/12/2569"
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    page.show_section(0)
    assert page.section is not section


def test_short_messages(qtbot, page, settle, counter):
    section = go(page, "SMS")
    section._states.tick(["received", "done"])
    section.rows["per_day"].control.setText("200")
    section.rows["from"].control.setText("20:00")
    section.rows["to"].control.setText("07:00")
    saved(qtbot, page, settle)
    sms = counter.current.document["sms"]
    assert (sms["states"], sms["per_day"], sms["quiet"]) == (
        ["received", "done"],
        200,
        {"from": "20:00", "to": "07:00"},
    )
    section._on.setChecked(True)
    qtbot.keyClick(page, Qt.Key.Key_F9)
    settle()
    assert "ต้องตั้ง public_address" in section.rows["enabled"].error


def test_what_waits_for_the_server_is_said(qtbot, page, settle, session):
    with session.counter.store.write("test") as work:
        work.run("INSERT INTO meta (key, value) VALUES ('server_url', 'https://oss.example.go.th')")
    session.counter.reload()
    page.section.rows["phone"].control.setText("1132")
    saved(qtbot, page, settle)
    assert "เมื่อเครื่องแม่ข่ายกลางรับแล้ว" in texts(page.note)
    qtbot.waitUntil(lambda: "รอเครื่องแม่ข่ายกลาง 1 รายการ" in texts(page))
    assert page.section.text("phone") == "1132" and session.counter.office.phone == "076-321-500"


def signed_in(qtbot, window):
    type_text(window.sign_in._secret, PASSWORD)
    qtbot.keyClick(window.sign_in._secret, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.main is not None, timeout=10_000)
    qtbot.waitUntil(lambda: window.tasks.pending == 0, timeout=10_000)
    return window.main


def test_the_administrator_opens_it_by_key(qtbot, window):
    main = signed_in(qtbot, window)
    qtbot.wait(10)
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_0, keys)
    assert main.page == SETTINGS
    assert main.header._tabs[SETTINGS].isVisible()


def test_a_new_sub_type_can_be_chosen_at_once_at_the_counter(qtbot, window, counter, actor):
    main = signed_in(qtbot, window)
    main.counter.set_value(PETITION)
    assert "drone" not in [sub.code for one in counter.catalog["petition"].categories for sub in one.subcategories]
    row = {
        "category": "air",
        "category_name": "อากาศยาน",
        "code": "drone",
        "name": "โดรนรบกวน",
        "division": "clerk_office",
    }
    office_settings.change(counter, actor, {"categories": [row]})
    qtbot.waitUntil(lambda: window.tasks.pending == 0)
    answers = {**PETITION.answers, "category": "air", "subcategory": "drone"}
    main.counter.set_value(dataclasses.replace(PETITION, answers=answers))
    qtbot.keyClick(main.counter, Qt.Key.Key_F9)
    qtbot.waitUntil(main.counter.saved.isVisible, timeout=10_000)
    view = cases.get(counter, main.counter.saved.number, actor)
    assert view.type_text == "อากาศยาน : โดรนรบกวน"
    main.counter.matter.line.setText("โดรน")
    assert [entry.name for entry in main.counter.matter._entries if "โดรน" in entry.name] == ["โดรนรบกวน"]


def test_nobody_else_sees_it(qtbot, window, counter):
    with counter.store.write("test") as work:
        staff.add(work, "clerk", "เสมียน ทดสอบ", PASSWORD, "user", "")
        work.run("UPDATE staff SET role = 'user'")
    main = signed_in(qtbot, window)
    assert not main.header._tabs[SETTINGS].isVisible()
    main._open_settings()
    assert main.page == COUNTER
