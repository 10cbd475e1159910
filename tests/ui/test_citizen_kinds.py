"""Kinds of applicants, and how it is known who stands there."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.intake.card.faults import fault
from app.services import cases, drafts
from app.services.model import Address, Applicant, FiledBy, Knowing, NoticeShown, Place
from app.services.thaid import ThaiDPerson
from tests.ui.citizen_support import FOREIGN_NUMBER, HOME, TAX_NUMBER, TWIN_WITH_NUMBER, choose_kind, fill, save
from tests.ui.conftest import CITIZEN_ID, PETITION, type_text
from ui.counter import draft
from ui.counter.citizen import filling
from ui.counter.page import CounterPage


@pytest.fixture
def page(show, session) -> CounterPage:
    return show(CounterPage(session))


def test_fields_change_with_the_kind_and_are_built_when_first_needed(page: CounterPage):
    fields = page.citizen.fields
    assert set(fields.lines) == {"first_name", "last_name", "phone"}
    fill(page, first_name="มานี")
    choose_kind(page, "juristic")
    assert fields.lines["organisation"].isVisible()
    assert fields.rows["applicant.first_name"]._label.text() == "ชื่อผู้แทน"
    choose_kind(page, "foreigner")
    assert fields.lines["passport"].isVisible()
    assert not fields.lines["organisation"].isVisible()
    assert fields.rows["applicant.first_name"]._label.text() == "ชื่อ *"
    choose_kind(page, "thai")
    assert not fields.lines["passport"].isVisible()
    assert page.value().applicant == Applicant("", "มานี", "")


def test_a_foreigner_with_a_number_that_fails_the_check(qtbot, page: CounterPage, session, settle):
    choose_kind(page, "foreigner")
    type_text(page.citizen.scan.line, FOREIGN_NUMBER)
    qtbot.waitUntil(lambda: bool(page.citizen.identity.number))
    assert page.citizen.scan.message == ""
    assert "ไม่ตรงตามสูตร" in page.citizen.identity.warning
    fill(page, first_name="AUNG", passport="ma 123456")
    page.citizen.fields.lines["phone"].setFocus()
    assert page.citizen.fields.lines["passport"].text() == "MA123456"
    saved = save(qtbot, page, session).applicant
    assert (saved.kind, saved.citizen_id, saved.passport) == ("foreigner", FOREIGN_NUMBER, "MA123456")


def test_a_thai_number_of_the_unsure_series_wants_a_confirmation(qtbot, page: CounterPage, session, settle):
    type_text(page.citizen.scan.line, FOREIGN_NUMBER)
    qtbot.waitUntil(lambda: bool(page.citizen.identity.number))
    fill(page, title="นาย", first_name="ก", last_name="ข")
    page.matter.set_value(PETITION.service, PETITION.answers, None)
    page.save()
    settle()
    assert "ไม่ถูกต้อง" in page.citizen.scan.message
    assert cases.recent(session.counter) == []
    page.citizen.identity._confirm.click()
    assert save(qtbot, page, session).applicant.number_confirmed


def test_a_wrong_passport_is_told_at_its_field(page: CounterPage):
    choose_kind(page, "foreigner")
    fill(page, passport="12")
    page.citizen.fields.lines["phone"].setFocus()
    assert "ไม่ถูกต้อง" in page.citizen.rows["applicant.passport"].error


def test_a_juristic_person_with_its_representative(qtbot, page: CounterPage, session, settle):
    choose_kind(page, "juristic")
    type_text(page.citizen.scan.line, TAX_NUMBER)
    qtbot.waitUntil(lambda: bool(page.citizen.identity.number))
    assert QApplication.focusWidget() is page.citizen.fields.lines["organisation"]
    page.matter.set_value(PETITION.service, PETITION.answers, None)
    page.save()
    settle()
    assert "ชื่อนิติบุคคล" in page.citizen.rows["applicant.organisation"].error
    fill(page, organisation="บริษัท ทดสอบ จำกัด", representative_id=CITIZEN_ID)
    page.citizen.fields._attorney.click()
    page.save()
    settle()
    assert page.citizen.rows["applicant.first_name"].error
    fill(page, title="นาย", first_name="กตัญญู", last_name="ปิ่นแก้ว")
    saved = save(qtbot, page, session).applicant
    assert saved.full_name == "บริษัท ทดสอบ จำกัด โดย นายกตัญญู ปิ่นแก้ว ผู้รับมอบอำนาจ"
    assert (saved.citizen_id, saved.representative_id) == (TAX_NUMBER, CITIZEN_ID)


def test_a_wrong_number_of_the_representative_is_told_when_the_clerk_goes_on(page: CounterPage):
    choose_kind(page, "juristic")
    fill(page, representative_id="1234567890123")
    page.citizen.fields.lines["phone"].setFocus()
    assert page.citizen.rows["applicant.representative_id"].error


def test_a_person_without_number(qtbot, page: CounterPage, session):
    choose_kind(page, "unnumbered")
    fill(page, first_name="ยายจันทร์")
    saved = save(qtbot, page, session).applicant
    assert (saved.kind, saved.first_name, saved.citizen_id) == ("unnumbered", "ยายจันทร์", "")


@pytest.mark.parametrize("kind", ["thai", "foreigner", "juristic", "unnumbered"])
def test_every_kind_comes_back_with_the_draft(qtbot, page: CounterPage, show, session, settle, kind: str):
    choose_kind(page, kind)
    if kind == "juristic":
        fill(page, organisation="ร้านทดสอบ", representative_id=CITIZEN_ID)
        page.citizen.fields._attorney.click()
    if kind == "foreigner":
        fill(page, passport="AB12345")
        type_text(page.citizen.scan.line, FOREIGN_NUMBER)
        qtbot.waitUntil(lambda: bool(page.citizen.identity.number))
    fill(page, first_name="มานี", phone="0812345678")
    page.citizen.address.fill_here()
    page.citizen.fall_back()
    page.citizen.notice._given(NoticeShown("2569-1", "th", "screen", session.counter.clock.now()), ("news",))
    page.matter.set_value(PETITION.service, PETITION.answers, Place(note="หน้าวัด"))
    page._changed()
    before = page.value()
    assert (before.applicant.kind, before.consents, before.knowing.failed_way) == (kind, ("news",), "chip")
    page.leave()
    settle()
    again = show(CounterPage(session))
    assert again.value() == before


def test_f3_declares_the_fall_back_in_the_words_of_the_reader(qtbot, page: CounterPage, session):
    qtbot.keyClick(page, Qt.Key.Key_F3)
    knowing = page.value().knowing
    assert (knowing.way, knowing.failed_way, knowing.failed_reason) == ("card_seen", "chip", "เครื่องอ่านไม่พบชิป")
    assert "อ่านชิปไม่ได้: เครื่องอ่านไม่พบชิป" in page.citizen.knowing.said
    assert page.citizen.scan.line.hasFocus()
    fill(page, title="นาย", first_name="ก", last_name="ข")
    saved = save(qtbot, page, session)
    assert (saved.knowing.failed_reason, saved.knowing.checked_by) == ("เครื่องอ่านไม่พบชิป", session.actor.full_name)
    page.next_citizen()
    assert page.value().knowing == Knowing()


@pytest.mark.parametrize(
    ("way", "code", "kept"),
    [
        ("card_seen", "thaid_denied", ("card_seen", "thaid", "ไม่ได้รับความยินยอม")),
        ("card_seen", "thaid_offline", ("card_seen", "thaid", "ติดต่อเครื่องแม่ข่ายกลางไม่ได้")),
        ("card_seen", "", ("card_seen", "", "")),
        ("chip", "thaid_expired", ("none", "", "")),
    ],
)
def test_the_way_after_thaid_failed(page: CounterPage, way: str, code: str, kept: tuple[str, str, str]):
    page.citizen.proving._other_way(way, code)
    knowing = page.value().knowing
    assert (knowing.way, knowing.failed_way, knowing.failed_reason) == kept
    if way == "chip":
        page.citizen.fall_back()
        assert page.value().knowing.failed_reason == "หมดเวลา"


def test_a_way_is_chosen_by_the_clerk_but_proofs_are_not(page: CounterPage):
    chooser = page.citizen.knowing._way
    for way in ("chip", "thaid"):
        assert not chooser.model().item(chooser.findData(way)).isEnabled()
    chooser.setCurrentIndex(chooser.findData("known_in_person"))
    chooser.activated.emit(chooser.currentIndex())
    assert page.value().knowing.way == "known_in_person"
    assert page.value().knowing.checked_at is not None


def test_another_number_takes_the_proof_away(page: CounterPage, settle):
    page.citizen.take_proof(filling.Proof(TWIN_WITH_NUMBER, Knowing("chip"), "จากชิปบัตร"))
    assert page.value().knowing.way == "chip"
    page.citizen.forget_number()
    assert page.value().knowing.way == "none"


def test_thaid_fills_the_form_with_its_level(page: CounterPage, session, settle):
    names = ("นาย", "กตัญญู", "", "ปิ่นแก้ว", "", "", "", "")
    home = Address("99/9", "1", subdistrict="กะทู้", district="กะทู้", province="ภูเก็ต")
    person = ThaiDPerson(CITIZEN_ID, *names, None, "", "male", "", home, "2.3", session.counter.clock.now())
    page.citizen.proving._thaid_proved(person)
    settle()
    knowing = page.value().knowing
    assert (knowing.way, knowing.ial, knowing.checked_by) == ("thaid", "2.3", session.actor.full_name)
    assert page.value().applicant == Applicant("นาย", "กตัญญู", "ปิ่นแก้ว", CITIZEN_ID, address=HOME)
    assert "IAL" in page.citizen.knowing.said


def test_faults_of_the_reader_become_reasons_without_advice():
    from ui.counter.citizen.knowing_line import CHIP_NOT_FOUND, reason_of

    assert reason_of(None) == CHIP_NOT_FOUND
    assert reason_of(fault("card_unresponsive")) == "บัตรไม่ตอบสนอง"


def test_who_files_for_somebody_is_named_apart(qtbot, page: CounterPage, session, settle):
    arrival = page.citizen.arrival
    fill(page, title="นาง", first_name="บุญมี", last_name="ใจดี")
    arrival.channel.setCurrentIndex(arrival.channel.findData("phone"))
    arrival.toggle()
    assert QApplication.focusWidget() is arrival.lines["name"]
    page.matter.set_value(PETITION.service, PETITION.answers, None)
    page.save()
    settle()
    assert "ผู้ยื่นแทน" in arrival.rows["filed_by.name"].error
    type_text(arrival.lines["name"], "นายวีระ ใจดี")
    type_text(arrival.lines["phone"], "0897654321")
    type_text(arrival.lines["citizen_id"], CITIZEN_ID)
    arrival._relation.setEditText("บุตร")
    arrival._authority.click()
    arrival.lines["name"].setFocus()
    assert arrival.lines["citizen_id"].text() == "X-XXXX-XXXX0-12-1"
    page.keeper.flush()
    settle()
    stored = draft.command(drafts.load(session.counter, session.actor, draft.PAGE))
    assert stored == page.value()
    saved = save(qtbot, page, session)
    assert saved.filed_by == FiledBy("นายวีระ ใจดี", "บุตร", "0897654321", CITIZEN_ID, True)
    assert (saved.channel, saved.applicant.full_name) == ("phone", "นางบุญมี ใจดี")
    page.saved.next_wanted.emit()
    assert page.is_blank()
    assert not arrival.behalf.isChecked()


def test_a_petition_that_names_nobody_asks_for_no_name(qtbot, page: CounterPage, session, settle):
    type_text(page.citizen.scan.line, CITIZEN_ID)
    qtbot.waitUntil(lambda: bool(page.citizen.identity.number))
    fill(page, title="นาย", first_name="กตัญญู", last_name="ปิ่นแก้ว")
    choose_kind(page, "anonymous")
    assert page.value().applicant == Applicant("", "", "", kind="anonymous")
    assert not page.citizen.fields.lines["first_name"].isVisible()
    assert not page.citizen.address.isVisible()
    page.matter.set_value("ad_permit", {}, None)
    page.save()
    settle()
    assert "ต้องมีชื่อผู้ยื่น" in page.note.title
    page.matter.set_value(PETITION.service, PETITION.answers, None)
    saved = save(qtbot, page, session)
    assert saved.applicant.kind == "anonymous"
    assert CITIZEN_ID not in str(saved)
