"""Search-as-you-type over services and their sub-categories, and the favourites."""

import json
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from app.catalog.loader import load_builtin
from tests.ui.conftest import type_text
from ui.counter import service_index
from ui.counter.matter import NONE_OF_YOURS, NOT_YOURS, MatterColumn


@pytest.fixture(scope="module")
def known():
    return service_index.entries(load_builtin(), "town_municipality")


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("ไฟฟ้า", "ระบบสาธารณูปโภค › ไฟฟ้าสาธารณะ"),
        ("ขยะ", "ระบบสาธารณูปโภค › ขอถังขยะ/แจ้งเก็บขยะ"),
        ("ถนน", "ระบบสาธารณูปโภค › ถนน/ไหล่ทาง"),
        ("สาธารณูปโภค ท่อ", "ระบบสาธารณูปโภค › ท่อระบายน้ำ"),
        ("wa", "ระบบสาธารณูปโภค › ไฟฟ้าสาธารณะ"),
        ("ร.ส.1", "ขออนุญาตโฆษณา"),
    ],
)
def test_a_part_of_the_name_finds_it_first(known, typed: str, first: str):
    assert service_index.search(known, typed)[0].title == first


def test_everything_is_offered_and_says_who_does_it_and_how_soon(known):
    assert len({entry.key for entry in known}) == len(known) > 20
    assert all(entry.division for entry in known)
    assert service_index.search(known, "") == known
    assert service_index.search(known, "ไม่มีบริการนี้แน่นอน") == []
    assert [service_index.days_text(days) for days in (None, 0, 3)] == ["", "ภายในวันนี้", "3 วันทำการ"]


@pytest.fixture
def column(show, session) -> MatterColumn:
    return show(MatterColumn(session))


def test_the_keyboard_walks_the_list_from_the_line(qtbot, column: MatterColumn):
    type_text(column.line, "ระบบ")
    first = column.list.marked()
    qtbot.keyClick(column.line, Qt.Key.Key_Down)
    second = column.list.marked()
    assert second != first
    qtbot.keyClick(column.line, Qt.Key.Key_PageUp)
    assert column.list.marked() == first
    qtbot.keyClick(column.line, Qt.Key.Key_Return)
    assert column.service == "petition"
    assert column.answers() == dict(first.chosen)
    assert column.line.text() == ""


def test_nothing_found_says_what_to_try(column: MatterColumn, qtbot):
    type_text(column.line, "กขคงจ")
    assert column._empty.isVisible()
    qtbot.keyClick(column.line, Qt.Key.Key_Return)
    assert column.service == ""


def test_only_what_the_person_may_register_is_offered(column: MatterColumn, session, qtbot):
    session.actor = replace(session.actor, held=frozenset({"view:*", "create:ad_permit"}))
    column.rights_changed()
    assert {column.list.entries.entry(row).service for row in range(column.list.entries.rowCount())} == {"ad_permit"}
    assert column.favourites() == ["ad_permit"]
    type_text(column.line, "ไฟฟ้า")
    assert column.list.entries.rowCount() == 0
    assert column._empty.accessibleName() == NONE_OF_YOURS
    session.actor = replace(session.actor, held=frozenset({"view:*"}))
    column.line.clear()
    column.rights_changed()
    assert (column._empty.accessibleName(), column._empty.isVisible(), column.favourites()) == (NOT_YOURS, True, [])
    assert "ผู้ดูแลระบบ" in column._empty.accessibleName()
    qtbot.keyClick(column.line, Qt.Key.Key_Return)
    column.pick_favourite(1)
    assert (column.service, column._tip.isVisible()) == ("", False)


def test_a_favourite_is_pinned_kept_and_taken_out(qtbot, column: MatterColumn, session, settle):
    column.line.setFocus()
    type_text(column.line, "ไฟฟ้า")
    qtbot.keyClick(column.line, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert column.favourites() == ["petition/utilities/street_light"]
    kept = json.loads(session.preferences.path.read_text("utf-8"))
    assert kept["favourites"] == {"duangjai": ["petition/utilities/street_light"]}
    column.pick_favourite(1)
    assert column.answers()["subcategory"] == "street_light"
    column.pick_favourite(2)
    assert column.answers()["subcategory"] == "street_light"
    column.choose()
    assert column.list.marked().key == "petition/utilities/street_light"
    column.pin_marked()
    assert len(column.favourites()) == 9


def test_another_sub_category_keeps_what_was_typed(column: MatterColumn, session):
    column.pick_favourite(1)
    type_text(column.rows["answers.topic"].control, "เรื่องเดิม")
    column.pick_favourite(2)
    assert column.answers()["topic"] == "เรื่องเดิม"
    whole = next(entry for entry in column._entries if entry.service == "ad_permit")
    column.pick(whole)
    assert column.service == "ad_permit"
    assert "topic" not in column.answers()
