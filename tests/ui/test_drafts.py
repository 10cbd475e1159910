"""A half-filled form survives a crash, belongs to its clerk, and can be thrown away and called back."""

import pytest

from app.services import drafts
from app.services.model import Place, RegisterCase
from tests.ui.conftest import PETITION, type_text
from ui.counter import draft
from ui.counter.page import CounterPage


def test_a_case_is_the_same_after_being_a_document():
    for content in (PETITION, RegisterCase("", PETITION.applicant, {}, place=Place(note="หน้าวัด"))):
        assert draft.command(draft.document(content)) == content
    assert draft.is_blank(draft.command({}))


def test_what_was_typed_comes_back_after_a_crash(qtbot, show, session, settle):
    page = show(CounterPage(session))
    page.set_value(PETITION)
    qtbot.waitUntil(
        lambda: (
            session.tasks.pending == 0
            and drafts.load(session.counter, session.actor, draft.PAGE) == draft.document(PETITION)
        )
    )
    page.keeper._timer.stop()  # the power goes: nothing more is written, nothing is asked
    page.deleteLater()
    again = show(CounterPage(session))
    assert again.value() == PETITION
    assert "คืนข้อมูล" in again.note.title
    again.note.press()
    assert again.is_blank()
    settle()
    assert drafts.load(session.counter, session.actor, draft.PAGE) is None
    again.note.press()
    assert again.value() == PETITION


def test_a_saved_case_leaves_no_draft(qtbot, show, session, settle):
    page = show(CounterPage(session))
    page.set_value(PETITION)
    page.leave()
    settle()
    assert drafts.load(session.counter, session.actor, draft.PAGE) is not None
    page.save()
    qtbot.waitUntil(lambda: bool(page.saved.number))
    settle()
    assert drafts.load(session.counter, session.actor, draft.PAGE) is None


def test_a_draft_never_overwrites_what_is_being_typed(show, session, settle):
    drafts.save(session.counter, session.actor, draft.PAGE, draft.document(PETITION))
    page = CounterPage(session)
    type_text(page.citizen.fields.lines["first_name"], "สมหญิง")
    show(page)
    assert page.value().applicant.first_name == "สมหญิง"
    assert "ค้างไว้" in page.note.title
    page.note.press()
    assert page.value() == PETITION


@pytest.mark.parametrize("broken", [{"service": "gone"}, {"applicant": {"title": "นาย"}}, {"answers": {"x": 1}}])
def test_a_draft_of_another_version_is_taken_as_far_as_it_goes(show, session, broken):
    drafts.save(session.counter, session.actor, draft.PAGE, broken)
    page = show(CounterPage(session))
    assert page.matter.service == ""
