"""The review: every group with what was given, "-" where nothing was, a way back to each, and what is still missing."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.services.model import FiledBy, Place
from tests.integration.test_attachments import picture
from tests.ui.conftest import CITIZEN_ID, PETITION
from ui.counter.files.work import Source
from ui.counter.page import CounterPage

GROUPS = ["เรื่องที่ต้องการร้องเรียน", "ข้อมูลผู้ร้องเรียน", "ที่ตั้ง", "พิกัดสถานที่", "รายการเอกสารแนบ"]
WHOLE = replace(
    PETITION,
    place=Place(note="หน้าวัดกะทู้", latitude=7.9111, longitude=98.3333),
    filed_by=FiledBy("นายวีระ ศรีสุข", "บุตร"),
)


@pytest.fixture
def page(show, session) -> CounterPage:
    return show(CounterPage(session))


def review(qtbot, page: CounterPage, settle) -> list[str]:
    qtbot.keyClick(page, Qt.Key.Key_R, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: page.preview.review.isVisible())
    settle()
    qtbot.wait(10)
    return page.preview.review.told.split("\n")


def test_every_group_shows_what_was_given(qtbot, page: CounterPage, settle):
    page.set_value(WHOLE)
    page.matter.files.add([Source("หลุม.jpg", content=picture())])
    qtbot.waitUntil(lambda: bool(page.matter.files.value()))
    told = review(qtbot, page, settle)
    assert [line for line in told if line in GROUPS] == GROUPS
    assert "1 ไฟล์" in told
    for text in ("กองช่าง", "ไฟดับหน้าวัด", "นายกตัญญู ปิ่นแก้ว", "หน้าวัดกะทู้", "7.911100, 98.333300", "นายวีระ ศรีสุข (บุตร)"):
        assert text in told
    assert any(line.startswith("หลุม.jpg") for line in told)
    assert CITIZEN_ID not in "".join(told)
    assert page.preview.review.to_problem is None
    page.save()
    qtbot.waitUntil(lambda: bool(page.saved.number))


def test_what_is_empty_is_a_dash_and_what_is_missing_is_told_with_a_way_to_it(qtbot, page: CounterPage, settle):
    answers = {key: value for key, value in PETITION.answers.items() if key != "detail"}
    page.set_value(replace(PETITION, answers=answers))
    told = review(qtbot, page, settle)
    assert told[told.index("รายละเอียด") + 1] == "-"
    assert told[told.index("พิกัด") + 1] == "-"
    assert told[told.index("ไฟล์") + 1] == "-"
    assert "ยังบันทึกไม่ได้" in told[0]
    assert QApplication.focusWidget() is page.preview.review.to_problem
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert page.matter.form.rows["answers.detail"].error
    assert QApplication.focusWidget().accessibleName().startswith("รายละเอียด")


@pytest.mark.parametrize(
    ("part", "name"),
    [("matter", "หัวข้อเรื่อง"), ("citizen", "คำนำหน้า"), ("place", "จุดสังเกต"), ("point", "พิกัด"), ("files", "เลือกไฟล์")],
)
def test_each_group_leads_back_to_its_fields(qtbot, page: CounterPage, settle, part, name):
    page.set_value(WHOLE)
    review(qtbot, page, settle)
    page.preview.review.ways_back[part].click()
    focus = QApplication.focusWidget()
    assert (focus.accessibleName() or focus.text()).startswith(name) or name in focus.toolTip()


def test_the_review_follows_the_typing_and_f9_saves_from_it(qtbot, page: CounterPage, settle):
    page.set_value(PETITION)
    review(qtbot, page, settle)
    page.citizen.fields.lines["last_name"].setText("ศรีสุข")
    page._changed()
    qtbot.waitUntil(lambda: "นายกตัญญู ศรีสุข" in page.preview.review.told)
    qtbot.keyClick(page, Qt.Key.Key_F6)
    qtbot.waitUntil(lambda: page.preview.has_picture and not page.preview.review.isVisible())
    review(qtbot, page, settle)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: bool(page.saved.number))
    page.next_citizen()
    assert not page.preview.review.isVisible()
    assert "เลือกบริการก่อน" in page.preview._words.shown_text()
