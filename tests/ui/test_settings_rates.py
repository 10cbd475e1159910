"""The office's ordinances by window: rates with an example, what being late adds, and their confirmation."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from app import bootstrap
from app.services import office_settings, offices, setup
from tests.integration.support import filings
from tests.ui.conftest import OFFICE, PASSPHRASE, PASSWORD, SetClock, type_text
from ui.settings.page import SettingsPage


@pytest.fixture(scope="session")
def new_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A province's counter whose hotel fee was compared with the ordinance."""
    home = tmp_path_factory.mktemp("rates") / "home"
    confirmed = {"confirmed": ["hotel_fee"], "ordinances": {"hotel_fee": {"number": "2/2544", "on": "2001-09-01"}}}
    document = offices.check_office({**OFFICE, **filings.PROVINCE, **confirmed, "name": "องค์การบริหารส่วนจังหวัดภูเก็ต"})
    administrator = setup.Administrator("duangjai", PASSWORD, "นางสาวดวงใจ รักษ์ถิ่น", "นักวิชาการเงินและบัญชี")
    setup.set_up(home, document, bootstrap.built_in_services(), administrator, SetClock(), PASSPHRASE)
    return home


@pytest.fixture
def page(show, session) -> SettingsPage:
    return show(SettingsPage(session))


def go(page, name: str):
    page.show_section(list(page.sections).index(name))
    return page.section


def texts(widget) -> str:
    return " ".join(label.text().replace("\u200b", "") for label in widget.findChildren(QLabel) if label.isVisible())


def saved(qtbot, page, settle) -> None:
    qtbot.keyClick(page, Qt.Key.Key_F9)
    settle()
    qtbot.wait(1)
    settle()
    assert "บันทึกแล้ว" in texts(page.note), texts(page.section)


def test_a_future_rate_with_its_example_is_entered_and_taken_back(qtbot, page, session, settle):
    section = go(page, "อัตรา")
    assert "ภาษีค้ายาสูบ" in page.check.title
    assert "ค่าธรรมเนียมผู้พักในโรงแรม" not in page.check.title
    page._begin_new()
    section._item.setCurrentIndex(section._item.findData("hotel_fee/percent//"))
    for key, text in (("value", "๒"), ("from", "1 ม.ค. 2570"), ("due_day", "10")):
        type_text(section._lines[key], text)
    example = section.example.shown_text()
    assert "เพดานของกฎหมาย ร้อยละ 3" in example
    assert "260,000.00 × ร้อยละ 2 = 5,200.00" in example
    assert "ครบกำหนด 10 กุมภาพันธ์ 2570" in example
    saved(qtbot, page, settle)
    rows = [section.list.item(place).text() for place in range(section.list.count())]
    (added,) = (row for row in rows if "ยังไม่เริ่มใช้" in row)
    assert "ร้อยละ 2 ตั้งแต่ 1 ม.ค. 2570" in added
    assert "ค่าธรรมเนียมผู้พักในโรงแรม" in page.check.title  # what was changed has to be compared again
    assert "duangjai" in section.history.shown_text()
    page.note._act.click()
    settle()
    assert all(row["value"] != "2" for row in session.counter.current.document["rate"])
    qtbot.waitUntil(lambda: "ค่าธรรมเนียมผู้พักในโรงแรม" not in page.check.title)


@pytest.mark.parametrize(
    ("key", "text", "told"),
    [
        ("value", "4", "เกินเพดาน 3"),
        ("value", "สอง", "ต้องเป็นตัวเลขทศนิยม"),
        ("from", "วันพ่อ", "วันที่ไม่ถูกต้อง"),
        ("due_day", "40", "ต้องเป็นเลขวันที่ 1–31"),
    ],
)
def test_a_wrong_rate_is_told_at_its_field(qtbot, page, session, settle, key, text, told):
    before = office_settings.document(session.counter)
    section = go(page, "อัตรา")
    page._begin_new()
    section._item.setCurrentIndex(section._item.findData("hotel_fee/percent//"))
    for name, typed in {"value": "2", "from": "1/1/2571", key: text}.items():
        section._lines[name].clear()
        type_text(section._lines[name], typed)
    qtbot.keyClick(page, Qt.Key.Key_F9)
    settle()
    assert told in section.rows[key].error
    assert office_settings.document(session.counter) == before


def test_a_confirmed_rate_stands_until_the_confirmation_is_taken_back(qtbot, page, session, settle):
    section = go(page, "อัตรา")
    section.list.setCurrentRow(0)
    section._lines["value"].setText("1.5")
    qtbot.keyClick(page, Qt.Key.Key_F9)
    settle()
    assert "ใช้มาแล้วและยืนยัน" in section.rows["item"].error
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    confirm = go(page, "ข้อบัญญัติ")
    confirm.mark("hotel_fee")
    assert confirm.text("number") == "2/2544"
    qtbot.keyClick(page, Qt.Key.Key_Delete, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert "hotel_fee" not in session.counter.current.document["confirmed"]
    qtbot.waitUntil(lambda: "ค่าธรรมเนียมผู้พักในโรงแรม" in page.check.title)


def test_late_charges_and_every_confirmation(qtbot, page, session, settle):
    section = go(page, "เงินเพิ่ม")
    assert "ไม่คิดเงินเพิ่ม" in texts(section)
    page._begin_new()
    type_text(section._lines["surcharge_percent_per_month"], "1.5")
    assert "เงินเพิ่ม 2 เดือน 78.00" in section.example.shown_text()
    saved(qtbot, page, settle)
    assert session.counter.current.document["late"] == {"surcharge_percent_per_month": "1.5"}
    confirm = go(page, "ข้อบัญญัติ")
    for code in ("oil_tax", "tobacco_tax", "late"):
        confirm.mark(code)
        type_text(confirm._number, "1/2560")
        type_text(confirm._on, "1 พ.ค. 2560")
        saved(qtbot, page, settle)
    qtbot.waitUntil(lambda: page.check.isHidden())
    assert set(session.counter.current.document["confirmed"]) == {"hotel_fee", "oil_tax", "tobacco_tax", "late"}
