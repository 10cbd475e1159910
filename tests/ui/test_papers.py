"""The papers of a case at the counter: ticked, told, kept in the half-filled form, asked for as the office says."""

import pytest

from app.services import cases, office_settings
from tests.ui.conftest import PETITION
from ui.counter import draft
from ui.counter.page import CounterPage


@pytest.fixture
def page(show, session, settle) -> CounterPage:
    page = show(CounterPage(session))
    page.citizen.set_case(PETITION)
    page.matter.pick(next(entry for entry in page.matter._entries if entry.service == "ad_permit"))
    settle()
    return page


def test_papers_are_ticked_and_what_is_missing_is_told(page, session, settle):
    papers = page.matter.papers
    assert papers.isVisible()
    assert "แผนผังบริเวณที่จะปิด" in papers._missing.shown_text()
    assert list(papers._boxes)[:2] == ["design", "site_plan"]
    page.matter.form.editor("applicant_kind").set_value("juristic")
    page.matter.form.changed.emit()
    assert "juristic_certificate" in papers._boxes
    for key in ("design", "site_plan", "juristic_certificate"):
        papers._boxes[key].click()
    assert papers._missing.isHidden()
    kept = draft.document(page.value())
    assert kept["papers"] == ["design", "site_plan", "juristic_certificate"]
    page.matter._clear()
    page.set_value(draft.command(kept))
    settle()
    assert papers.value() == ("design", "site_plan", "juristic_certificate")
    assert page.value().papers == papers.value()


def test_a_case_without_its_papers_is_not_taken(page, session, settle, qtbot):
    office_settings.change(session.counter, session.actor, {"required_papers": "refuse"})
    settle()
    for key, value in {
        "applicant_kind": "person", "method": ["post"], "commercial": True, "media_type": "leaflet", "quantity": "2",
        "text_brief": "มหกรรมสินค้าชุมชน", "place": "ถนนวิชิตสงคราม", "start": "1/12/2569", "end": "10/12/2569",
        "removal_pledge": True,
    }.items():  # fmt: skip
        page.matter.form.editor(key).set_value(value)
    page.matter.form.changed.emit()
    settle()
    page.save()
    qtbot.waitUntil(lambda: bool(page.matter.papers.row.error))
    assert "แผนผังบริเวณที่จะปิด" in page.matter.papers.row.error
    for key in ("design", "site_plan"):
        page.matter.papers._boxes[key].click()
    page.save()
    qtbot.waitUntil(page.saved.isVisible)
    assert len(cases.find(session.counter, "มหกรรมสินค้าชุมชน")) == 1
