"""The citizen's minute: from the first letter to the number, with the keyboard, errors at their fields."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.domain.errors import Unavailable
from app.services import cases, print_jobs, printers
from app.services.model import Applicant, Place, Printer
from tests.ui.conftest import CITIZEN_ID, PETITION, type_text
from ui.counter.page import CounterPage
from ui.widgets.fields import row_of


@pytest.fixture
def page(show, session) -> CounterPage:
    return show(CounterPage(session))


def focus_name() -> str:
    widget = QApplication.focusWidget()
    return widget.accessibleName() if widget else ""


def enter(qtbot) -> None:
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)


def test_a_petition_from_the_first_key_to_the_number(qtbot, page: CounterPage, session, settle):
    assert "ช่องสแกน" in focus_name()
    type_text(page.citizen.scan.line, CITIZEN_ID)
    settle()
    assert page.citizen.value().citizen_id == CITIZEN_ID
    assert page.citizen.scan.line.text() == ""
    assert focus_name().startswith("คำนำหน้า")
    for text in ("นาย", "กตัญญู", "ปิ่นแก้ว", "0812345678"):
        type_text(QApplication.focusWidget(), text)
        enter(qtbot)
    page.matter.choose()
    type_text(page.matter.line, "ไฟฟ้า")
    marked = page.matter.list.marked()
    assert (marked.title, marked.meta) == ("ระบบสาธารณูปโภค › ไฟฟ้าสาธารณะ", "กองช่าง · 3 วันทำการ")
    enter(qtbot)
    assert focus_name().startswith("หัวข้อเรื่อง")
    type_text(QApplication.focusWidget(), "ไฟดับหน้าวัด")
    enter(qtbot)
    type_text(QApplication.focusWidget(), "ไฟฟ้าสาธารณะดับมา 3 คืน ทางมืดมาก")
    qtbot.waitUntil(lambda: page.preview.has_picture)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: bool(page.saved.number))
    saved = cases.get(session.counter, page.saved.number)
    assert saved.applicant == Applicant("นาย", "กตัญญู", "ปิ่นแก้ว", CITIZEN_ID, "0812345678")
    assert saved.answers["topic"] == "ไฟดับหน้าวัด"
    assert page.saved.isVisible()
    assert focus_name().startswith("ประชาชนคนถัดไป")
    enter(qtbot)
    qtbot.waitUntil(lambda: "ช่องสแกน" in focus_name())
    assert page.is_blank()


def test_saving_queues_the_papers_that_are_ticked(qtbot, page: CounterPage, session, settle, tmp_path):
    for name, dots in (("slip", 576), ("a4", 0)):
        printers.add(session.counter, session.actor, Printer(name, "file", str(tmp_path), dots))
    page.set_value(PETITION)
    page.preview.toggle_sheet()
    assert page.preview.documents() == ("slip", "petition")
    page.save()
    qtbot.waitUntil(lambda: bool(page.saved.number))
    settle()
    assert sorted(job.document for job in print_jobs.list_jobs(session.counter)) == ["petition", "slip"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"applicant": Applicant("นาย", "", "ปิ่นแก้ว")}, "applicant.first_name"),
        ({"applicant": Applicant("นาย", "ก", "ข", phone="12")}, "applicant.phone"),
        ({"applicant": Applicant("นาย", "ก" * 200_000, "ข")}, "applicant.first_name"),
        ({"answers": {**PETITION.answers, "topic": ""}}, "answers.topic"),
        ({"answers": {**PETITION.answers, "detail": "สั้น"}}, "answers.detail"),
        ({"place": Place(note="ก" * 2_000)}, "place.note"),
    ],
)
def test_an_error_is_told_at_its_field_and_the_focus_goes_there(
    qtbot, page: CounterPage, session, settle, change, field
):
    import dataclasses

    page.set_value(dataclasses.replace(PETITION, **change))
    page.save()
    settle()
    row = {**page.citizen.rows, **page.matter.rows}[field]
    assert row.error
    assert row.isAncestorOf(QApplication.focusWidget())
    assert cases.recent(session.counter) == []
    assert page.value().applicant.last_name == dataclasses.replace(PETITION, **change).applicant.last_name


def test_a_wrong_check_digit_is_told_at_the_scan_field(qtbot, page: CounterPage, settle):
    type_text(page.citizen.scan.line, "1234567890123")
    assert "ไม่ถูกต้อง" in page.citizen.scan.message
    page.set_value(PETITION)
    page.citizen.forget_number()
    page.citizen.scan.line.setText("1234567890123")
    page.save()
    settle()
    assert "ไม่ถูกต้อง" in page.citizen.scan.message
    assert "ช่องสแกน" in focus_name()


def test_without_a_service_the_picker_says_what_to_do(page: CounterPage):
    page.save()
    assert "ยังไม่ได้เลือกบริการ" in page.matter._error.shown_text()
    assert focus_name() == "ค้นหาบริการ"


def test_a_full_disk_is_told_calmly_and_nothing_typed_is_lost(qtbot, page: CounterPage, settle, monkeypatch):
    def full(*_arguments):
        raise Unavailable("disk_full", "พื้นที่ดิสก์เต็ม", "ลบไฟล์ที่ไม่ใช้แล้วลองอีกครั้ง")

    page.set_value(PETITION)
    with monkeypatch.context() as patch:
        patch.setattr(cases, "register", full)
        page.save()
        settle()
    assert page.note.title == "พื้นที่ดิสก์เต็ม"
    assert page.value().answers == PETITION.answers
    page.note.press()
    qtbot.waitUntil(lambda: bool(page.saved.number))


def test_pressing_f9_twice_saves_once(qtbot, page: CounterPage, session, settle):
    page.set_value(PETITION)
    page.save()
    page.save()
    settle()
    page.save()
    settle()
    assert len(cases.recent(session.counter)) == 1


def test_another_matter_of_the_same_person(qtbot, page: CounterPage, settle):
    page.set_value(PETITION)
    page.save()
    qtbot.waitUntil(lambda: bool(page.saved.number))
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_F8)
    assert page.value().applicant.full_name == "นายกตัญญู ปิ่นแก้ว"
    assert page.value().applicant.citizen_id == CITIZEN_ID
    assert page.value().service == ""
    assert page.matter.choosing


def test_escape_goes_back_and_loses_no_letter(qtbot, page: CounterPage):
    page.set_value(PETITION)
    before = page.value()
    page.matter.focus_form()
    qtbot.keyClick(page, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert page.matter.choosing
    places = []
    for _ in range(3):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
        places.append(focus_name())
    assert [name.split(" ")[0] for name in places] == ["หัวข้อเรื่อง", "คำนำหน้า", "ช่องสแกนและเลขประจำตัวประชาชน"]
    assert page.value() == before


def test_starting_over_can_be_undone(qtbot, page: CounterPage):
    page.set_value(PETITION)
    before = page.value()
    qtbot.keyClick(page, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert page.is_blank()
    assert page.note.title == "ล้างข้อมูลแล้ว"
    qtbot.keyClick(page, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert page.value() == before


def test_f1_explains_the_field_in_focus(qtbot, page: CounterPage):
    page.set_value(PETITION)
    page.matter.focus_form()
    row = page.matter.rows["answers.topic"]
    assert row._help.isHidden()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_F1)
    assert not row._help.isHidden()
    assert "เรื่องอะไร ที่ไหน" in row._help.shown_text()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_F1)
    assert row._help.isHidden()
    way = page.citizen.knowing.row
    way.control.setFocus()
    qtbot.keyClick(way.control, Qt.Key.Key_F1)
    assert "F3" in way._shared.shown_text()
    page.citizen.scan.line.setFocus()
    with qtbot.waitSignal(page.help_wanted):  # nothing to say about the field: about the page
        qtbot.keyClick(page.citizen.scan.line, Qt.Key.Key_F1)


def test_a_known_citizen_is_recognised_and_typed_names_are_respected(qtbot, page: CounterPage, petition, settle):
    type_text(page.citizen.scan.line, CITIZEN_ID)
    settle()
    assert page.value().applicant.full_name == "นายกตัญญู ปิ่นแก้ว"
    assert page.value().applicant.phone == "xxx-xxx-5678"
    assert not page.citizen.earlier.isHidden()
    with qtbot.waitSignal(page.case_wanted) as wanted:
        page.citizen.case_wanted.emit(petition.number)
    assert wanted.args == [petition.number]
    page.start_over()
    page.citizen.fields.lines["first_name"].setText("สมหญิง")
    type_text(page.citizen.scan.line, CITIZEN_ID)
    settle()
    assert page.value().applicant.first_name == "สมหญิง"


def test_the_number_is_masked_on_the_screen(page: CounterPage, settle):
    type_text(page.citizen.scan.line, CITIZEN_ID)
    settle()
    assert page.citizen.identity.shown == "X-XXXX-XXXX0-12-1"
    assert CITIZEN_ID not in page.citizen.scan.line.text()


def test_the_preview_follows_the_typing_and_shows_both_papers(qtbot, page: CounterPage):
    assert not page.preview.has_picture
    page.set_value(PETITION)
    qtbot.waitUntil(lambda: page.preview.has_picture)
    slip = page.preview._picture._image.size()
    qtbot.keyClick(page, Qt.Key.Key_F6)
    qtbot.waitUntil(lambda: page.preview._picture._image.size() != slip, timeout=10_000)
    sheet = page.preview._picture._image.size()
    assert 1.40 < sheet.height() / sheet.width() < 1.43
    page.start_over()
    assert not page.preview.has_picture


def test_a_fee_is_shown_as_soon_as_it_is_known(qtbot, page: CounterPage, session):
    from app.catalog.answers import sample

    given = sample(session.counter.catalog["ad_permit"])
    page.matter.set_value("ad_permit", given["answers"], None)
    page._changed()
    qtbot.waitUntil(lambda: not page.matter._fee.isHidden())
    assert "200.00 บาท" in page.matter._fee.text()


def test_no_part_of_a_page_is_a_window_of_its_own(page: CounterPage, qtbot, settle):
    page.set_value(PETITION)
    page.save()
    settle()
    assert [w for w in QApplication.topLevelWidgets() if w.isVisible()] == [page]


def test_at_double_size_two_columns_are_in_view_and_the_focus_is_followed(qtbot, page: CounterPage, session):
    page.set_value(PETITION)
    session.look.set_scale(200)
    qtbot.wait(50)
    bar = page._work.sideways.horizontalScrollBar()
    assert bar.maximum() > 0
    assert page.preview.save.isVisible()
    page.preview._slip.setFocus()
    assert bar.value() == bar.maximum()
    page._focus_scan()
    assert bar.value() == 0
    session.look.set_scale(100)
    qtbot.wait(50)
    assert bar.maximum() == 0


@pytest.mark.parametrize("service", ["petition", "ad_permit"])
def test_tab_goes_through_the_form_in_reading_order_and_on_to_the_place(qtbot, page: CounterPage, service):
    answers = {"category": "utilities", "subcategory": "street_light"} if service == "petition" else {}
    page.matter.set_value(service, answers, None)
    page.matter.focus_form()
    walked = []
    for _step in range(80):
        row = row_of(QApplication.focusWidget())
        if row is None or row.key not in page.matter.rows:
            break
        if not walked or walked[-1] != row.key:
            walked.append(row.key)
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    asked = [key for key, row in page.matter.form.rows.items() if not row.isHidden()]
    assert walked == [*asked, *([] if service == "petition" else ["attachments"])]
    if service == "petition":
        assert "สถานที่" in focus_name()
