"""The audit chain in the window: filtered by who, what, number and day; checked whole; written to a file."""

import json
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from app.services import audit, cases, people
from tests.ui.conftest import type_text
from ui.main_window import RECORDS
from ui.records.page import RecordsPage

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def panel(show, session, petition, counter, actor):
    people.unmask(counter, actor, petition.number, "citizen_id", "ตรวจกับบัตร")
    audit.viewed(counter, actor, cases.get(counter, petition.number, actor))
    return show(RecordsPage(session)).panels[0]


def rows(panel):
    listing = panel.list
    return [listing.item(place).data(Qt.ItemDataRole.AccessibleTextRole) for place in range(listing.count())]


def choose(panel, chooser, data, settle):
    chooser.setCurrentIndex(chooser.findData(data))
    chooser.activated.emit(chooser.currentIndex())
    settle()


def test_entries_are_filtered_by_what_who_number_and_day(panel, petition, settle):
    assert len(rows(panel)) >= 5 and "เปิดดูเรื่อง" in rows(panel)[0], "the newest is above"
    choose(panel, panel.group, "personal", settle)
    assert [petition.number in row for row in rows(panel)] == [True, True]
    assert "ตรวจกับบัตร" in rows(panel)[1] and "นางสาวดวงใจ รักษ์ถิ่น" in rows(panel)[1]
    choose(panel, panel.group, "people", settle)
    assert all("เข้าใช้" in row or "ผู้ใช้" in row for row in rows(panel)) and rows(panel)
    panel.clear.click()
    settle()
    type_text(panel.subject, petition.number[-6:])
    panel.subject.editingFinished.emit()
    settle()
    assert len(rows(panel)) >= 3 and all(petition.number in row for row in rows(panel))
    type_text(panel.day, "19/11/2569")
    panel.day.editingFinished.emit()
    settle()
    assert rows(panel) == [] and "ล้างตัวกรอง" in panel.told.shown_text()
    panel.clear.click()
    settle()
    choose(panel, panel.by, "duangjai", settle)
    assert rows(panel) and all("ดวงใจ" in row for row in rows(panel))


def test_a_day_that_is_none_is_told_at_its_field(panel, settle):
    type_text(panel.day, "32/13/2569")
    panel.day.editingFinished.emit()
    settle()
    assert panel.day_row.error and rows(panel), "what was there stays"


def test_the_chain_is_checked_and_the_first_broken_link_is_named(panel, counter, qtbot, settle):
    qtbot.keyClick(panel, Qt.Key.Key_F9)
    settle()
    assert "ต่อกันครบ" in panel.result.shown_text() and panel.check.isEnabled() and panel.bar.isHidden()
    with counter.store.write("test") as work:
        work.run("UPDATE audit SET detail = 'x' WHERE seq = 3")
    panel.check.click()
    settle()
    assert "▲ สายขาดที่รายการ 3" in panel.result.shown_text() and "แจ้งผู้บังคับบัญชา" in panel.result.shown_text()
    assert "ไม่มีเลขหายหรือซ้ำ" in panel.numbers.shown_text()


def test_the_chain_is_written_to_a_file_and_that_is_its_last_entry(panel, tmp_path, qtbot, settle):
    target = tmp_path / "audit.jsonl"
    panel.ask_name = lambda *_: str(target)
    qtbot.keyClick(panel, Qt.Key.Key_S, CONTROL)
    settle()
    lines = [json.loads(line) for line in target.read_text("utf-8").splitlines()]
    assert lines[-1]["action"] == "audit_exported" and [line["seq"] for line in lines] == list(range(1, len(lines) + 1))
    panel.ask_name = lambda *_: str(tmp_path / "missing" / "audit.jsonl")
    panel.file.click()
    settle()
    assert "เขียนไฟล์นี้ไม่ได้" in panel.window().note.title


def test_only_who_may_read_it_is_offered_the_page(window, actor, qtbot):
    window.enter(actor)
    qtbot.waitUntil(lambda: window.tasks.pending == 0)
    tab = window.main.header._tabs[RECORDS]
    assert not tab.isHidden()
    qtbot.keyClick(window.main, Qt.Key.Key_8, CONTROL | SHIFT)
    window.main.show_page(RECORDS)
    qtbot.waitUntil(lambda: window.tasks.pending == 0)
    assert window.main.page == RECORDS and window.main.records.panels
    window.enter(replace(actor, role="user", held=None))
    qtbot.waitUntil(lambda: window.tasks.pending == 0)
    assert window.main.header._tabs[RECORDS].isHidden()
