"""Settings of services, appointment orders and contacts: changed in the window, in force at once."""

import pytest
from PySide6.QtCore import Qt

from app.domain.errors import Refused
from app.services import appointments, office_settings
from ui.settings.page import SettingsPage


@pytest.fixture
def page(show, session) -> SettingsPage:
    return show(SettingsPage(session))


def shown(page, name, settle):
    page.show_section(list(page.sections).index(name))
    settle()
    return page.sections[name]


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


def test_orders_and_contacts_are_set(page, counter, actor, qtbot, settle):
    section = shown(page, "ผู้ใช้และการติดต่อ", settle)
    section.required.setChecked(True)
    section.days.setText("15")
    section.lines["helpdesk"].setText("กลุ่มไลน์ งานทะเบียน")
    section.lines["email"].setText("ไม่ใช่อีเมล")
    qtbot.keyClick(page, Qt.Key.Key_F9)
    settle()
    assert section.rows["email"].error and appointments.settings(counter) == (False, 30)
    section.lines["email"].setText("saraban@kathu.example")
    qtbot.keyClick(page, Qt.Key.Key_F9)
    settle()
    assert appointments.settings(counter) == (True, 15)
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
