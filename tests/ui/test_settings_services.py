"""Settings of services, appointment orders and contacts: changed in the window, in force at once."""

import pytest
from PySide6.QtCore import Qt

from app.domain.errors import Refused
from app.services import accounts, appointments, cases, office_settings
from tests.integration.support.register import register
from ui.settings.page import SettingsPage


@pytest.fixture
def page(show, session) -> SettingsPage:
    return show(SettingsPage(session))


def shown(page, name, settle):
    page.show_section(list(page.sections).index(name))
    settle()
    return page.sections[name]


def test_the_row_whose_fields_are_shown_is_marked_and_the_part_in_view_is_seen(page, settle, look):
    look.set_scale(200)
    section = shown(page, "สำนัก/กอง", settle)
    assert section.list.hasFocus() and section.list.currentItem().isSelected()
    button = page.buttons[list(page.sections).index("สำนัก/กอง")]
    assert not button.visibleRegion().isEmpty()


def test_a_service_is_switched_off_and_on_again(page, counter, qtbot, settle):
    section = shown(page, "งานบริการ", settle)
    assert section.ticks.ticked() == sorted(counter.catalog)
    for box in section.ticks.boxes.values():
        box.setChecked(False)
    qtbot.keyClick(page, Qt.Key.Key_F9)
    settle()
    assert set(counter.catalog) == {"petition", "ad_permit"}, "an office without a service is refused"
    section.ticks.boxes["petition"].setChecked(True)
    qtbot.keyClick(page, Qt.Key.Key_F9)
    settle()
    assert list(counter.catalog) == ["petition"] and "บันทึกแล้ว" in page.note.title
    page.note._act.click()
    settle()
    assert list(counter.catalog) == ["petition", "ad_permit"]


def test_divisions_and_what_each_service_has_of_its_own(page, counter, actor, qtbot, settle):
    def save():
        qtbot.keyClick(page, Qt.Key.Key_F9)
        settle()

    old = register(counter, actor, answers={"category": "utilities", "subcategory": "street_light"})
    section = shown(page, "สำนัก/กอง", settle)
    section.mark("public_works")
    section._name.setText("สำนักช่าง")
    save()
    section.begin_new()
    section._name.setText("สำนักช่าง")
    save()
    assert "ชื่อนี้" in section.rows["name"].error
    section._name.setText("กองการเจ้าหน้าที่")
    save()
    assert ("own_1", "กองการเจ้าหน้าที่") in accounts.divisions(counter)
    new = register(counter, actor, answers={"category": "utilities", "subcategory": "street_light"})
    assert (cases.get(counter, old.number).division_name, new.division_name) == ("กองช่าง", "สำนักช่าง")
    section.mark("public_works")
    qtbot.keyClick(page, Qt.Key.Key_Delete, Qt.KeyboardModifier.ControlModifier)
    page.remove()
    settle()
    assert dict(accounts.divisions(counter))["public_works"] == "สำนักช่าง", "cases still go there"
    section = shown(page, "ค่าของแต่ละบริการ", settle)
    section.mark("ad_permit")
    section._division.setCurrentIndex(section._division.findData("own_1"))
    section._form_code.setText("ร.ส.1/กทู้")
    section._days.setText("x")
    save()
    assert section.rows["working_days"].error
    section._days.setText("5")
    save()
    service = counter.catalog["ad_permit"]
    assert (service.default_division, service.due.working_days) == ("own_1", 5)
    assert counter.current.document["form_codes"] == {"ad_permit": "ร.ส.1/กทู้"}
    cases.change_status(counter, actor, new.number, "received")
    assert (
        cases.change_status(counter, actor, new.number, "assigned", division="own_1").division_name == "กองการเจ้าหน้าที่"
    )
    assert cases.get(counter, new.number).division_name == "กองการเจ้าหน้าที่"
    section = shown(page, "สำนัก/กอง", settle)
    section.mark("own_1")
    page.remove()
    settle()
    assert "own_1" in dict(accounts.divisions(counter)), "a service still goes there"
    section = shown(page, "ค่าของแต่ละบริการ", settle)
    section.mark("ad_permit")
    page.remove()
    settle()
    service = counter.catalog["ad_permit"]
    assert (service.default_division, service.due.working_days) == ("clerk_office", 7)
    section = shown(page, "สำนัก/กอง", settle)
    section.mark("own_1")
    page.remove()
    settle()
    assert "own_1" not in dict(accounts.divisions(counter))
    assert cases.get(counter, new.number).division_name == "กองการเจ้าหน้าที่"
    for key, value in (
        ("divisions", [{"code": "X", "name": "ก"}]), ("divisions", [{"code": "x", "name": ""}]),
        ("divisions", [{"code": "clerk_office", "name": "ก", "active": False}]), ("divisions", 1),
        ("service_settings", [{"service": "nothing"}]),
        ("service_settings", [{"service": "petition", "division": "no"}]),
        ("service_settings", [{"service": "petition", "working_days": -1}]),
        ("service_settings", [{"service": "ad_permit", "colour": "x"}]),
    ):  # fmt: skip
        with pytest.raises(Refused, match="office_setting"):
            office_settings.change(counter, actor, {key: value})


def test_orders_and_contacts_are_set(page, counter, actor, qtbot, settle):
    section = shown(page, "ผู้ใช้และการติดต่อ", settle)
    section.required.setChecked(True)
    section.days.setText("15")
    section.minutes.setText("3")
    section.lines["helpdesk"].setText("กลุ่มไลน์ งานทะเบียน")
    section.lines["email"].setText("ไม่ใช่อีเมล")
    qtbot.keyClick(page, Qt.Key.Key_F9)
    settle()
    assert section.rows["email"].error and appointments.settings(counter) == (False, 30)
    section.lines["email"].setText("saraban@kathu.example")
    qtbot.keyClick(page, Qt.Key.Key_F9)
    settle()
    assert appointments.settings(counter) == (True, 15)
    assert counter.current.document["lock_after_minutes"] == 3
    assert counter.current.document["contacts"] == {
        "helpdesk": "กลุ่มไลน์ งานทะเบียน", "email": "saraban@kathu.example",
    }  # fmt: skip
    for key, value in (
        ("services", []), ("services", ["petition", "petition"]), ("services", ["hotel_fee"]),
        ("contacts", {"pager": "1"}), ("contacts", {"digital_dla": "dladigital"}), ("appointments", {"required": 1}),
        ("appointments", {"warn_days": 999}), ("contacts", []),
    ):  # fmt: skip
        with pytest.raises(Refused, match="office_setting"):
            office_settings.change(counter, actor, {key: value})
