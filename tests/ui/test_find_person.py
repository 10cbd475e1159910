"""Persons of the register while the clerk types: listed masked, taken by keyboard, never in the way."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.services import cases, people
from app.services.model import Address, Applicant, Knowing
from tests.ui.conftest import CITIZEN_ID, PETITION, type_text
from ui.counter.citizen.filling import Proof
from ui.counter.page import CounterPage

HOME = Address("99/9", "1", "", "วิชิตสงคราม", "กะทู้", "กะทู้", "ภูเก็ต", "83120")
KATANYU = replace(PETITION, applicant=replace(PETITION.applicant, address=HOME))
NOBODY = replace(PETITION, applicant=Applicant("นาง", "กตัญชลี", "ไม่มีเลข", "", "0898765432"))

NEW_NUMBER = "1830100000011"


@pytest.fixture
def page(show, session, actor, settle) -> CounterPage:
    for command in (KATANYU, NOBODY):
        cases.register(session.counter, actor, command)
    return show(CounterPage(session))


def press(qtbot, key: Qt.Key) -> None:
    qtbot.keyClick(QApplication.focusWidget(), key)


def listed(page: CounterPage) -> list[str]:
    return [row.title for row in page.citizen.finder.suggestions.shown]


@pytest.mark.parametrize(
    ("where", "text", "names"),
    [
        ("first_name", "กตัญ", {"นายกตัญญู ปิ่นแก้ว", "นางกตัญชลี ไม่มีเลข"}),
        ("last_name", "แกว", {"นายกตัญญู ปิ่นแก้ว"}),
        ("phone", "0898765432", {"นางกตัญชลี ไม่มีเลข"}),
        ("scan", "กตัญชลี", {"นางกตัญชลี ไม่มีเลข"}),
        ("scan", "5678", {"นายกตัญญู ปิ่นแก้ว"}),
        ("scan", "081-234-5678", {"นายกตัญญู ปิ่นแก้ว"}),
    ],
)
def test_persons_are_offered_by_any_part(qtbot, page: CounterPage, where: str, text: str, names: set[str]):
    line = page.citizen.scan.line if where == "scan" else page.citizen.fields.lines[where]
    type_text(line, text)
    qtbot.waitUntil(lambda: set(listed(page)) == names, timeout=5_000)
    for row in page.citizen.finder.suggestions.shown:
        told = f"{row.title} {row.aside} {row.below}"
        assert CITIZEN_ID not in told
        assert "0812345678" not in told.replace("-", "")


def test_a_row_tells_number_place_and_last_case(qtbot, page: CounterPage):
    type_text(page.citizen.fields.lines["first_name"], "กตัญญู")
    qtbot.waitUntil(lambda: len(listed(page)) == 1)
    (row,) = page.citizen.finder.suggestions.shown
    assert row.aside == "X-XXXX-XXXX0-12-1"
    for part in ("ต.กะทู้", "xxx-xxx-5678", "20 พ.ย. 2569"):
        assert part in row.below
    assert page.citizen.finder.suggestions._list.parentWidget() is page


def test_a_person_is_taken_by_keyboard_and_saved_whole(qtbot, page: CounterPage, session, settle):
    type_text(page.citizen.fields.lines["first_name"], "กตัญญู")
    qtbot.waitUntil(lambda: len(listed(page)) == 1)
    press(qtbot, Qt.Key.Key_Down)
    press(qtbot, Qt.Key.Key_Return)
    settle()
    who = page.value().applicant
    assert (who.first_name, who.phone, who.citizen_id) == ("กตัญญู", "xxx-xxx-5678", "X-XXXX-XXXX0-12-1")
    assert who.address == HOME
    assert not page.citizen.earlier.isHidden()
    assert listed(page) == []
    page.matter.set_value(PETITION.service, PETITION.answers, None)
    page._changed()
    qtbot.waitUntil(lambda: page.preview.has_picture)
    page.save()
    qtbot.waitUntil(lambda: bool(page.saved.number))
    saved = cases.get(session.counter, page.saved.number).applicant
    assert (saved.citizen_id, saved.phone) == (CITIZEN_ID, "0812345678")
    assert people.of_case(session.counter, page.saved.number).cases == 2


def test_a_person_without_number_is_one_person(qtbot, page: CounterPage, session, settle):
    type_text(page.citizen.scan.line, "กตัญชลี")
    qtbot.waitUntil(lambda: len(listed(page)) == 1)
    press(qtbot, Qt.Key.Key_Return)  # in the scan field a name can only be a search
    settle()
    assert page.citizen.scan.line.text() == ""
    assert page.value().applicant.first_name == "กตัญชลี"
    page.matter.set_value(PETITION.service, PETITION.answers, None)
    page.save()
    qtbot.waitUntil(lambda: bool(page.saved.number))
    assert people.of_case(session.counter, page.saved.number).cases == 2
    assert cases.get(session.counter, page.saved.number).applicant.phone == "0898765432"


def test_enter_without_down_goes_on_and_escape_closes(qtbot, page: CounterPage):
    first = page.citizen.fields.lines["first_name"]
    type_text(first, "กตัญญู")
    qtbot.waitUntil(lambda: len(listed(page)) == 1)
    press(qtbot, Qt.Key.Key_Return)
    assert QApplication.focusWidget() is page.citizen.fields.lines["last_name"]
    assert first.text() == "กตัญญู"
    assert listed(page) == []
    type_text(first, "ก")
    type_text(first, "\u200b")
    first.setText("")
    type_text(first, "กตัญ")
    qtbot.waitUntil(lambda: len(listed(page)) == 2)
    press(qtbot, Qt.Key.Key_Escape)
    assert listed(page) == []
    assert first.hasFocus()
    assert first.text() == "กตัญ"


def test_an_answer_to_an_older_text_is_dropped(qtbot, page: CounterPage, monkeypatch, settle):
    asked = []
    real = people.find

    def slow(counter, text, limit, actor):
        asked.append(text)
        return real(counter, text, limit, actor)

    monkeypatch.setattr(people, "find", slow)
    first = page.citizen.fields.lines["first_name"]
    type_text(first, "กตัญ")
    qtbot.waitUntil(lambda: bool(asked))
    first.clear()
    type_text(first, "ฮ๊อก")
    settle()
    qtbot.waitUntil(lambda: asked[-1] == "ฮ๊อก")
    settle()
    assert listed(page) == []


def test_a_corrected_name_of_a_known_person_is_no_search(qtbot, page: CounterPage, settle):
    type_text(page.citizen.scan.line, CITIZEN_ID)
    settle()
    assert page.value().person
    first = page.citizen.fields.lines["first_name"]
    first.clear()
    type_text(first, "กตัญ")
    qtbot.wait(120)
    settle()
    assert listed(page) == []


def test_a_number_that_belongs_to_somebody_fills_the_form_in_the_register(qtbot, page: CounterPage, settle):
    type_text(page.citizen.fields.lines["phone"], "0811111111")
    type_text(page.citizen.scan.line, CITIZEN_ID)
    settle()
    who = page.value().applicant
    assert who.first_name == "กตัญญู"
    assert who.phone.replace("-", "") == "0811111111"  # what was typed stays


def test_a_chosen_person_comes_back_with_the_draft(qtbot, page: CounterPage, show, session, settle):
    type_text(page.citizen.fields.lines["first_name"], "กตัญชลี")
    qtbot.waitUntil(lambda: len(listed(page)) == 1)
    press(qtbot, Qt.Key.Key_Down)
    press(qtbot, Qt.Key.Key_Return)
    settle()
    before = page.value()
    assert before.person
    page.leave()
    settle()
    again = show(CounterPage(session))
    assert again.value() == before
    assert not again.citizen.earlier.isHidden()


def proof(who: Applicant) -> Proof:
    return Proof(who, Knowing("chip"), "จากชิปบัตร")


def test_the_card_of_the_chosen_person_needs_no_question(qtbot, page: CounterPage, session, settle):
    for first_name, card in (("กตัญญู", KATANYU.applicant), ("กตัญชลี", replace(NOBODY.applicant, citizen_id=NEW_NUMBER))):
        page.start_over()
        type_text(page.citizen.fields.lines["first_name"], first_name)
        qtbot.waitUntil(lambda: len(listed(page)) == 1)
        press(qtbot, Qt.Key.Key_Down)
        press(qtbot, Qt.Key.Key_Return)
        settle()
        person = page.value().person
        page.citizen.take_proof(proof(replace(card, phone="")))
        settle()
        assert page.citizen.offer.said == ""
        assert (page.value().person, page.value().knowing.way) == (person, "chip")
        assert page.value().applicant.citizen_id == card.citizen_id
    page.matter.set_value(PETITION.service, PETITION.answers, None)
    page.save()
    qtbot.waitUntil(lambda: bool(page.saved.number))
    assert cases.get(session.counter, page.saved.number).applicant.phone == "0898765432"
    assert people.of_number(session.counter, NEW_NUMBER).person == person


def test_a_masked_telephone_goes_with_its_person(qtbot, page: CounterPage, settle):
    type_text(page.citizen.scan.line, CITIZEN_ID)
    settle()
    assert page.value().applicant.phone.startswith("xxx")
    page.citizen.forget_number()
    assert page.value().applicant.phone == ""


def test_another_matter_keeps_how_the_person_was_known(qtbot, page: CounterPage, settle):
    page.citizen.take_proof(proof(replace(KATANYU.applicant, phone="")))
    settle()
    page.matter.set_value(PETITION.service, PETITION.answers, None)
    page.save()
    qtbot.waitUntil(lambda: bool(page.saved.number))
    page.same_person()
    settle()
    assert page.value().knowing.way == "chip"
    assert page.value().person
