"""Addresses completed by any part; several postcodes offered; whatever is typed is kept."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.services import addresses
from app.services.model import Address
from tests.ui.conftest import type_text
from ui.counter.page import CounterPage


@pytest.fixture
def page(show, session) -> CounterPage:
    return show(CounterPage(session))


def shown(page: CounterPage) -> list[str]:
    return [f"{row.title} {row.below}".strip() for row in page.citizen.address.suggestions.shown]


def press(qtbot, *keys: Qt.Key) -> None:
    for key in keys:
        qtbot.keyClick(QApplication.focusWidget(), key)


@pytest.mark.parametrize(
    ("where", "text"),
    [("subdistrict", "กมลา"), ("district", "กมลา กะทู้"), ("province", "ต.กมลา จ.ภูเก็ต"), ("subdistrict", "กมลา 831")],
)
def test_an_area_is_found_by_any_part_in_any_field(qtbot, page: CounterPage, where: str, text: str):
    address = page.citizen.address
    type_text(address.lines["house_no"], "55/1")
    type_text(address.lines[where], text)
    qtbot.waitUntil(lambda: shown(page)[:1] == ["ต.กมลา อ.กะทู้ จ.ภูเก็ต"])
    press(qtbot, Qt.Key.Key_Down, Qt.Key.Key_Return)
    assert address.value() == Address("55/1", "", "", "", "กมลา", "กะทู้", "ภูเก็ต", "83150")
    assert QApplication.focusWidget() is address.lines["postcode"]


def test_several_postcodes_are_offered_and_any_other_may_be_typed(qtbot, page: CounterPage, settle):
    area = next(area for area in addresses.areas() if len(area.postcodes) > 1)
    address = page.citizen.address
    type_text(address.lines["subdistrict"], f"{area.subdistrict} {area.district} {area.province}")
    qtbot.waitUntil(lambda: bool(shown(page)))
    press(qtbot, Qt.Key.Key_Down, Qt.Key.Key_Return)
    assert [row.value for row in address.suggestions.shown] == list(area.postcodes)
    press(qtbot, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return)
    assert address.value().postcode == area.postcodes[1]
    address.lines["postcode"].clear()
    type_text(address.lines["postcode"], "99999")
    address.lines["house_no"].setFocus()
    settle()
    assert address.value().postcode == "99999"
    assert "รหัสไปรษณีย์ของตำบลนี้มักเป็น" in address.advice
    assert area.postcodes[0] in address.advice


def test_an_area_that_is_not_listed_is_kept_and_told(qtbot, page: CounterPage, settle):
    address = page.citizen.address
    for key, text in (("subdistrict", "ไม่มีที่ไหน"), ("district", "กะทู้"), ("province", "ภูเก็ต")):
        type_text(address.lines[key], text)
    address.lines["house_no"].setFocus()
    settle()
    assert address.value().subdistrict == "ไม่มีที่ไหน"
    assert "ไม่พบตำบล" in address.advice
    address.set_value(Address())
    assert address.advice == ""


def test_the_list_closes_when_the_focus_goes_on(qtbot, page: CounterPage):
    address = page.citizen.address
    type_text(address.lines["subdistrict"], "กะทู้")
    qtbot.waitUntil(lambda: bool(shown(page)))
    press(qtbot, Qt.Key.Key_Tab)
    assert shown(page) == []
    assert address.value().subdistrict == "กะทู้"


def test_the_place_of_the_matter_is_completed_too(qtbot, page: CounterPage):
    from tests.ui.conftest import PETITION

    page.set_value(PETITION)
    place = page.matter.place
    place._elsewhere.click()
    place._open_address()
    type_text(place.address.lines["subdistrict"], "ป่าตอง")
    qtbot.waitUntil(lambda: bool(place.address.suggestions.shown))
    press(qtbot, Qt.Key.Key_Down, Qt.Key.Key_Return)
    assert place.address.value().district == "กะทู้"
