"""Privacy at the counter: the notice, consents, and whole numbers."""

import dataclasses

import pypdf
import pytest
from PySide6.QtCore import Qt

from app.domain import citizen_id
from app.domain.errors import Refused
from app.services import people, printers, privacy
from app.services.model import Printer
from tests.ui.citizen_support import fill, save
from tests.ui.conftest import CITIZEN_ID, type_text
from ui.counter.citizen.notice import NoticeDialog
from ui.counter.citizen.unmask import UnmaskDialog
from ui.counter.page import CounterPage


@pytest.fixture
def page(show, session) -> CounterPage:
    return show(CounterPage(session))


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
    session.actor = dataclasses.replace(session.actor, role="user", held=None)
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
