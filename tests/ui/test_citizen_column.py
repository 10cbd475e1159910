"""The citizen column beside cards: kinds of applicants, how they are known, warnings, doubles, privacy."""

import dataclasses

import pypdf
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.domain import citizen_id
from app.domain.errors import Refused
from app.intake.card.faults import fault
from app.services import cases, drafts, duplicates, people, printers, privacy
from app.services.model import Address, Applicant, Knowing, NoticeShown, Place, Printer
from app.services.thaid import ThaiDPerson
from tests.ui.conftest import CITIZEN_ID, PETITION, type_text
from ui.counter import draft
from ui.counter.citizen import filling
from ui.counter.citizen.doubles import DoublesDialog
from ui.counter.citizen.notice import NoticeDialog
from ui.counter.citizen.unmask import UnmaskDialog
from ui.counter.page import CounterPage

HOME = Address("99/9", "1", "", "", "กะทู้", "กะทู้", "ภูเก็ต", "83120")
TWIN = Applicant("นาย", "กตัญญู", "ปิ่นแก้ว", "", "0812345678", address=HOME)
FOREIGN_NUMBER = "6012345678901"
"""Its check digit does not fit."""
TAX_NUMBER = "010553600031" + citizen_id.check_digit("010553600031")


@pytest.fixture
def page(show, session) -> CounterPage:
    return show(CounterPage(session))


def save(qtbot, page: CounterPage, session, answers=None):
    page.matter.set_value(PETITION.service, answers or PETITION.answers, None)
    page._changed()
    page.save()
    qtbot.waitUntil(lambda: bool(page.saved.number), timeout=10_000)
    return cases.get(session.counter, page.saved.number)


def choose_kind(page: CounterPage, kind: str) -> None:
    page.citizen.kind.setCurrentIndex(page.citizen.kind.findData(kind))
    page.citizen.kind.activated.emit(page.citizen.kind.currentIndex())


def fill(page: CounterPage, **parts: str) -> None:
    for key, text in parts.items():
        type_text(page.citizen.fields.title if key == "title" else page.citizen.fields.lines[key], text)


# kinds of applicants -------------------------------------------------------------------------------------------------


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


# how the applicant is known --------------------------------------------------------------------------------------


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


TWIN_WITH_NUMBER = dataclasses.replace(TWIN, citizen_id=CITIZEN_ID)


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


# earlier cases and similar ones ----------------------------------------------------------------------------------


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


def test_nothing_similar_is_not_told(qtbot, page: CounterPage, petition, clock, settle):
    clock.move(days=60)
    type_text(page.citizen.scan.line, CITIZEN_ID)
    page.matter.set_value(PETITION.service, PETITION.answers, None)
    page._changed()
    qtbot.wait(260)
    settle()
    assert page.citizen.similar.numbers == []


# doubles ---------------------------------------------------------------------------------------------------------


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
    assert draft.compared(stored)[0][:2] == (other, "different")
    page.hide()
    again = show(CounterPage(session))
    saved = save(qtbot, again, session)
    settle()
    assert people.of_case(session.counter, saved.number).person != other
    assert duplicates.doubles(session.counter) == []


# privacy ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def notice(qtbot, page: CounterPage):
    def opened() -> NoticeDialog:
        page.activateWindow()
        qtbot.waitUntil(page.isActiveWindow)
        qtbot.keyClick(page, Qt.Key.Key_F4)
        qtbot.waitUntil(lambda: any(d.isVisible() for d in page.findChildren(NoticeDialog)))
        return next(d for d in page.findChildren(NoticeDialog) if d.isVisible())

    return opened


def test_the_notice_is_shown_with_its_version_and_nothing_is_ticked(qtbot, page: CounterPage, session, notice):
    dialog = notice()
    texts = " ".join(label.text() for label in dialog.findChildren(type(page.citizen.notice._told)))
    assert f"ฉบับ {dialog.notice.version}" in texts.replace("\u200b", "")
    assert [box.isChecked() for box in dialog.boxes.values()] == [False, False]
    dialog.boxes["survey"].click()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert page.value().notice is None
    assert page.value().consents == ()
    dialog = notice()
    assert not dialog.boxes["survey"].isChecked()
    dialog.boxes["survey"].click()
    dialog.buttons["screen"].click()
    fill(page, title="นาย", first_name="ก", last_name="ข")
    saved = save(qtbot, page, session)
    assert (saved.notice.version, saved.notice.how) == (dialog.notice.version, "screen")
    person = people.of_case(session.counter, saved.number).person
    stand = {one.purpose.code: one.decision for one in privacy.consents(session.counter, person)}
    assert stand == {"news": "", "survey": "given"}
    assert page.value().notice is None


@pytest.mark.parametrize("dots", [0, 576])
def test_the_notice_is_printed_with_version_and_date(
    qtbot, page: CounterPage, session, settle, notice, tmp_path, dots: int
):
    printers.add(session.counter, session.actor, Printer("p", "file", str(tmp_path / "paper"), dots))
    dialog = notice()
    dialog.buttons["paper"].click()
    settle()
    assert page.value().notice.how == "paper"
    (paper,) = (tmp_path / "paper").glob("*.png" if dots else "*.pdf")
    if not dots:
        text = pypdf.PdfReader(paper).pages[0].extract_text()
        assert "2569-1" in text
        assert "2569" in text


def test_the_layout_of_the_notice_has_everything(session):
    from printing.notice import notice_layout

    notice = privacy.notice(session.counter)
    for medium in ("a4", "slip"):
        texts = notice_layout(notice, session.counter.office, session.counter.clock.now(), medium).texts()
        assert any(notice.version in text and "20 พฤศจิกายน" in text for text in texts)
        assert all(paragraph in texts for paragraph in notice.paragraphs)


def test_without_a_printer_the_notice_can_be_shown_or_read(page: CounterPage, notice, settle):
    dialog = notice()
    dialog.buttons["paper"].click()
    settle()
    assert "ยังไม่ได้ตั้งเครื่องพิมพ์" in dialog.said
    assert dialog.isVisible()
    dialog.buttons["read_aloud"].click()
    assert page.value().notice.how == "read_aloud"


@pytest.fixture
def unmasking(qtbot, page: CounterPage, petition, settle) -> UnmaskDialog:
    type_text(page.citizen.scan.line, CITIZEN_ID)
    settle()
    page.citizen.identity.whole.click()
    qtbot.waitUntil(lambda: any(d.isVisible() for d in page.findChildren(UnmaskDialog)))
    return page.findChild(UnmaskDialog)


def test_a_whole_number_needs_a_reason_and_is_logged(qtbot, page: CounterPage, session, settle, unmasking):
    unmasking.buttons["phone"].click()
    settle()
    assert "เหตุผล" in unmasking.said
    assert people.accesses(session.counter) == []
    unmasking.give_reason("ทวนเลขกับบัตรตัวจริง")
    unmasking.buttons["citizen_id"].click()
    settle()
    assert unmasking.shown == citizen_id.formatted(CITIZEN_ID)
    (access,) = people.accesses(session.counter)
    assert access["detail"] == "citizen_id: ทวนเลขกับบัตรตัวจริง"
    unmasking.mask_again()
    assert unmasking.shown == ""
    unmasking.reject()
    assert page.value().applicant.phone == "xxx-xxx-5678"


def test_without_the_right_nothing_is_shown_or_logged(qtbot, page: CounterPage, session, settle, unmasking):
    session.actor = dataclasses.replace(session.actor, role="user")
    unmasking.give_reason("อยากรู้")
    unmasking.buttons["phone"].click()
    settle()
    assert "ไม่มีสิทธิ์" in unmasking.said
    assert unmasking.shown == ""
    assert people.accesses(session.counter) == []


def test_a_number_that_is_not_in_the_register_has_no_button(page: CounterPage, settle):
    type_text(page.citizen.scan.line, CITIZEN_ID)
    settle()
    assert page.citizen.identity.shown == "X-XXXX-XXXX0-12-1"
    assert not page.citizen.identity.whole.isVisible()


def test_wrong_digits_of_a_register_number_are_refused(session):
    with pytest.raises(Refused):
        people.unmask(session.counter, session.actor, 999, "phone", "x")
