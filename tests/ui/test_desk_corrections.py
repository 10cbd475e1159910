"""The desk: fields put right after registration, and the choice between two values."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from app.domain.ids import uuid7
from app.services import cases, corrections, replication
from tests.ui.conftest import PETITION, type_text
from ui.desk.page import DeskPage

PHONE = "applicant.phone"


@pytest.fixture
def petition(counter, actor):
    return cases.register(counter, actor, PETITION)


@pytest.fixture
def page(qtbot, session, petition, settle):
    page = DeskPage(session)
    qtbot.addWidget(page)
    page.resize(1366, 700)
    page.show()
    page.open(petition.number)
    settle()
    return page


def texts(widget) -> str:
    return "\n".join(label.text().replace("\u200b", "") for label in widget.findChildren(QLabel) if label.isVisible())


def elsewhere(counter, record: str, value: str) -> None:
    """A correction that another counter made without having seen ours."""
    with counter.store.write("sync") as work:
        event = {
            "id": uuid7(), "record": bytes.fromhex(record.replace("-", "")), "kind": "case_corrected",
            "at": work.now_ms,
            "by": "somsri", "origin": "another", "payload": {"fields": {PHONE: {"value": value, "base": ""}}},
            "placed": 1,
        }  # fmt: skip
        replication.apply(counter, work, event)


def test_a_field_is_put_right_by_keyboard(qtbot, page: DeskPage, settle, session, petition):
    qtbot.keyClick(page, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert page.fix.panel.isVisible()
    qtbot.keyClick(page.fix.panel, Qt.Key.Key_F9)
    assert "ยังไม่ได้แก้ช่องใด" in texts(page.fix.panel)
    line = page.fix.panel.rows[PHONE].control
    assert petition.applicant.phone not in line.placeholderText()
    type_text(line, "12")
    qtbot.keyClick(line, Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: bool(page.fix.panel.rows[PHONE].error))
    line.clear()
    type_text(line, "0898765432")
    qtbot.keyClick(line, Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: "แก้ไขหลังลงรับ" in texts(page.case.corrections))
    assert not page.fix.panel.isVisible()
    assert "xxx-xxx-5432" in texts(page.case.corrections)
    assert corrections.values(session.counter, petition.number)[PHONE] == "0898765432"


def test_one_click_settles_a_conflict(qtbot, page: DeskPage, settle, session, petition, actor):
    corrections.correct(session.counter, actor, petition.number, {PHONE: "0811111111"})
    elsewhere(session.counter, petition.id, "0822222222")
    page.open(petition.number)
    settle()
    shown = texts(page.case.corrections)
    assert "ข้อมูลขัดกัน" in shown
    assert "xxx-xxx-1111 (ใช้อยู่)" in shown
    assert "xxx-xxx-2222" in shown
    page.case.corrections.buttons[1].click()
    qtbot.waitUntil(lambda: "ข้อมูลขัดกัน" not in texts(page.case.corrections))
    assert corrections.values(session.counter, petition.number)[PHONE] == "0822222222"
    assert corrections.conflicts(session.counter) == []
