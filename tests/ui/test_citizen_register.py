"""What the register says of the applicant: similar cases, and doubles side by side."""

import dataclasses

import pytest
from PySide6.QtCore import Qt

from app.services import cases, drafts, duplicates, people
from app.services.model import Place
from tests.ui.citizen_support import TWIN, TWIN_WITH_NUMBER, fill, save
from tests.ui.conftest import CITIZEN_ID, PETITION, type_text
from ui.counter import draft
from ui.counter.citizen.doubles import DoublesDialog
from ui.counter.page import CounterPage


@pytest.fixture
def page(show, session) -> CounterPage:
    return show(CounterPage(session))


def test_the_same_subject_is_told_before_the_long_part(qtbot, page: CounterPage, petition, clock, settle):
    clock.move(days=5)
    type_text(page.citizen.scan.line, CITIZEN_ID)
    settle()
    assert page.citizen.similar.numbers == []
    page.matter.pick(next(e for e in page.matter._entries if e.chosen == (
        ("category", "utilities"), ("subcategory", "street_light"))))  # fmt: skip
    qtbot.waitUntil(lambda: page.citizen.similar.numbers == [petition.number])
    assert page.matter.answers().get("detail", "") == ""
    opener = page.citizen.similar.findChild(type(page.preview.save))
    with qtbot.waitSignal(page.case_wanted) as wanted:
        opener.click()
    assert wanted.args == [petition.number]
    page.start_over()
    assert page.citizen.similar.numbers == []


def test_the_same_place_by_somebody_else_is_told(qtbot, page: CounterPage, session, actor):
    first = dataclasses.replace(PETITION, place=Place(note="หน้าวัดกะทู้"))
    number = cases.register(session.counter, actor, first).number
    fill(page, title="นาง", first_name="มานี", last_name="มีนา")
    page.matter.set_value(PETITION.service, PETITION.answers, Place(note="หน้าวัดกะทู้"))
    page._changed()
    qtbot.waitUntil(lambda: page.citizen.similar.numbers == [number])


def test_the_same_subject_by_somebody_unknown_is_told_and_noted_with_one_key(
    qtbot, page: CounterPage, petition, settle
):
    picked = (("category", "utilities"), ("subcategory", "street_light"))
    page.matter.pick(next(e for e in page.matter._entries if e.chosen == picked))
    fill(page, first_name="มานี", phone="0898765432")
    type_text(page.matter.form.first(), "ไฟฟ้าดับหน้าวัด")
    qtbot.waitUntil(lambda: page.citizen.similar.numbers == [petition.number])
    with qtbot.waitSignal(page.case_wanted) as wanted:
        qtbot.keyClick(page, Qt.Key.Key_O, Qt.KeyboardModifier.AltModifier)
    assert wanted.args == [petition.number]
    qtbot.keyClick(page, Qt.Key.Key_M, Qt.KeyboardModifier.AltModifier)
    settle()
    counter = page._session.counter
    assert "มานี" in cases.events(counter, petition.number)[-1].note
    assert petition.number in page.note.title
    page.note.press()
    assert page.is_blank()
    assert len(cases.recent(counter)) == 1


def test_nothing_similar_is_not_told(qtbot, page: CounterPage, petition, clock, settle):
    clock.move(days=60)
    type_text(page.citizen.scan.line, CITIZEN_ID)
    page.matter.set_value(PETITION.service, PETITION.answers, None)
    page._changed()
    qtbot.wait(260)
    settle()
    assert page.citizen.similar.numbers == []


def numbered(session) -> None:
    cases.register(session.counter, session.actor, dataclasses.replace(PETITION, applicant=TWIN_WITH_NUMBER))


def unnumbered(session) -> int:
    twin = dataclasses.replace(PETITION, applicant=TWIN)
    return people.of_case(session.counter, cases.register(session.counter, session.actor, twin).number).person


def hinted(qtbot, page: CounterPage) -> None:
    qtbot.waitUntil(lambda: "ปิ่นแก้ว" in page.citizen.comparing.hint.said, timeout=5_000)


def dialog_of(qtbot, page: CounterPage) -> DoublesDialog:
    page.activateWindow()  # the offscreen platform does not give the focus back when a dialog closes
    qtbot.waitUntil(page.isActiveWindow)
    qtbot.keyClick(page, Qt.Key.Key_D, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: any(d.isVisible() for d in page.findChildren(DoublesDialog)), timeout=5_000)
    return next(d for d in page.findChildren(DoublesDialog) if d.isVisible())


def test_two_of_the_register_are_merged_and_parted_again(qtbot, page: CounterPage, session, settle):
    numbered(session)
    other = unnumbered(session)
    type_text(page.citizen.scan.line, CITIZEN_ID)
    settle()
    hinted(qtbot, page)
    dialog = dialog_of(qtbot, page)
    shown = dialog.shown
    assert shown.count("นายกตัญญู ปิ่นแก้ว") == 2
    assert not any(CITIZEN_ID in text or "0812345678" in text for text in shown)
    dialog._note.setText("แม่ยืนยัน")
    dialog.buttons["same"].click()
    settle()
    qtbot.waitUntil(lambda: not duplicates.doubles(session.counter))
    assert people.get(session.counter, other).person == page.value().person
    assert people.get(session.counter, other).cases == 2
    assert "บันทึกแล้ว" in page.note.title
    page.note.press()
    settle()
    assert people.get(session.counter, other).person == other


def test_different_persons_are_not_asked_about_again(qtbot, page: CounterPage, session, settle):
    numbered(session)
    unnumbered(session)
    type_text(page.citizen.scan.line, CITIZEN_ID)
    settle()
    hinted(qtbot, page)
    dialog_of(qtbot, page).buttons["different"].click()
    settle()
    assert duplicates.doubles(session.counter) == []
    page.start_over()
    type_text(page.citizen.scan.line, CITIZEN_ID)
    settle()
    qtbot.wait(260)
    settle()
    assert page.citizen.comparing.hint.said == ""


def test_undoing_different_opens_the_question_again(qtbot, page: CounterPage, session, settle):
    numbered(session)
    unnumbered(session)
    type_text(page.citizen.scan.line, CITIZEN_ID)
    settle()
    hinted(qtbot, page)
    dialog_of(qtbot, page).buttons["different"].click()
    settle()
    page.note.press()
    settle()
    assert [double.decision for double in duplicates.doubles(session.counter)] == ["later"]


def test_later_is_recorded_and_asked_again(qtbot, page: CounterPage, session, settle):
    numbered(session)
    unnumbered(session)
    type_text(page.citizen.scan.line, CITIZEN_ID)
    settle()
    hinted(qtbot, page)
    dialog_of(qtbot, page).buttons["later"].click()
    settle()
    assert [double.decision for double in duplicates.doubles(session.counter)] == ["later"]


def test_an_applicant_of_the_form_becomes_the_person_of_the_register(qtbot, page: CounterPage, session, settle):
    other = unnumbered(session)
    type_text(page.citizen.scan.line, CITIZEN_ID)
    fill(page, title="นาย", first_name="กตัญญู", last_name="ปิ่นแก้ว", phone="0812345678")
    hinted(qtbot, page)
    dialog_of(qtbot, page).buttons["same"].click()
    settle()
    assert page.value().person == other
    page.note.press()
    assert page.value().person == 0
    hinted(qtbot, page)
    dialog_of(qtbot, page).buttons["same"].click()
    settle()
    saved = save(qtbot, page, session)
    assert people.of_case(session.counter, saved.number).cases == 2
    assert people.of_number(session.counter, CITIZEN_ID).person == other


def test_a_decision_about_somebody_new_is_recorded_with_the_case_and_kept_by_the_draft(
    qtbot, page: CounterPage, show, session, settle
):
    other = unnumbered(session)
    type_text(page.citizen.scan.line, CITIZEN_ID)
    fill(page, title="นาย", first_name="กตัญญู", last_name="ปิ่นแก้ว", phone="0812345678")
    hinted(qtbot, page)
    dialog_of(qtbot, page).buttons["different"].click()
    assert "บันทึกพร้อมเรื่องนี้" in page.note.title
    page.leave()
    settle()
    stored = drafts.load(session.counter, session.actor, draft.PAGE)
    assert draft.command(stored).compared[0][:2] == (other, "different")
    page.hide()
    again = show(CounterPage(session))
    saved = save(qtbot, again, session)
    settle()
    assert people.of_case(session.counter, saved.number).person != other
    assert duplicates.doubles(session.counter) == []
