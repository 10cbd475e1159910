"""Templates and printers in the settings: shown live, saved, refused in clear words; what prints where."""

import base64

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from app.services import cases, office_settings, print_jobs, printers
from app.services.model import Printer
from tests.ui.conftest import PETITION, type_text
from ui.settings.page import SettingsPage


@pytest.fixture
def page(show, session) -> SettingsPage:
    return show(SettingsPage(session))


def texts(widget) -> str:
    return " ".join(label.text().replace("\u200b", "") for label in widget.findChildren(QLabel) if label.isVisible())


def go(page, name: str):
    page.show_section(list(page.sections).index(name))
    return page.section


@pytest.fixture
def papers(page, settle, qtbot):
    section = go(page, "รูปแบบเอกสาร")
    qtbot.waitUntil(lambda: not section._drawn.isNull(), timeout=10_000)
    settle()
    return section


def drawn(qtbot, section, settle) -> bytes:
    qtbot.waitUntil(lambda: not section._pause.isActive(), timeout=10_000)
    settle()
    image = section._drawn.toImage()
    return bytes(image.constBits())


def test_a_header_and_a_seal_are_seen_at_once_and_saved(qtbot, page, papers, settle, session, tmp_path):
    before = drawn(qtbot, papers, settle)
    papers.rows["header"].control.setPlainText("{office}\nเปิดทุกวัน")
    header = drawn(qtbot, papers, settle)
    assert header != before
    seal = tmp_path / "seal.png"
    Image.new("RGB", (200, 200), "navy").save(seal)
    field = papers.rows["seal"].control
    field.ask_file = lambda: str(seal)
    qtbot.mouseClick(field.choose, Qt.MouseButton.LeftButton)
    settle()
    assert field.content and drawn(qtbot, papers, settle) != header
    papers.sample.setCurrentIndex(papers.sample.findData("official_letter-1"))
    drawn(qtbot, papers, settle)
    papers.rows["office_copies"].control.boxes["petition"].setChecked(True)
    papers.rows["hidden_copy"].control.boxes["permit"].setChecked(True)
    qtbot.keyClick(page, Qt.Key.Key_F9)
    settle()
    assert "บันทึกแล้ว" in texts(page.note) and "เลิกทำ" not in texts(page.note)
    row = office_settings.document(session.counter)["paper"][-1]
    assert row["header"] == "{office}\nเปิดทุกวัน" and row["office_copies"] == ["petition"]
    assert row["hidden_copy"] == ["permit"]
    assert base64.b64decode(row["seal"]).startswith(b"\x89PNG")
    view = cases.register(session.counter, session.actor, PETITION)
    assert view.template is not None and view.template.header == ("{office}", "เปิดทุกวัน")


@pytest.mark.parametrize(
    ("key", "text", "why"),
    [("header", "{ชื่อ}", "ไม่รู้จัก {ชื่อ}"), ("footer", "ก\nข\nค\nง\nจ", "สูงเกินไป"), ("slip_title", "{phone", "ไม่ครบคู่"),
     ("header", "เทศบาล 🏛", "พิมพ์ตัว “🏛” ไม่ได้"),
     ("since", "1 ม.ค. 2560", "ย้อนหลังไม่ได้"), ("since", "พรุ่งนี้", "วันที่")],
)  # fmt: skip
def test_what_would_spoil_paper_is_told_while_typing_and_not_saved(
    qtbot, page, papers, settle, session, key, text, why
):
    control = papers.rows[key].control
    if hasattr(control, "setPlainText"):
        control.setPlainText(text)
    else:
        control.clear()
        type_text(control, text)
    drawn(qtbot, papers, settle)
    assert why in papers._trouble.text().replace("\u200b", "")
    qtbot.keyClick(page, Qt.Key.Key_F9)
    settle()
    assert why in papers.rows[key].error.replace("\u200b", "")
    assert office_settings.document(session.counter)["paper"] == []


def test_a_file_that_is_no_picture_is_refused_at_its_field(qtbot, papers, settle, tmp_path):
    wrong = tmp_path / "seal.png"
    wrong.write_bytes(b"no picture")
    field = papers.rows["seal"].control
    field.ask_file = lambda: str(wrong)
    qtbot.mouseClick(field.choose, Qt.MouseButton.LeftButton)
    settle()
    assert "ไม่ใช่ภาพ" in papers.rows["seal"].error.replace("\u200b", "") and field.content == ""


def test_a_template_of_a_later_day_can_be_taken_back(qtbot, page, papers, settle, session):
    line = papers.rows["since"].control
    line.clear()
    type_text(line, "1 ม.ค. 2580")
    papers.rows["footer"].control.setPlainText("ใหม่")
    qtbot.keyClick(page, Qt.Key.Key_F9)
    settle()
    assert office_settings.document(session.counter)["paper"][0]["since"] == "2036-12-31T17:00:00+00:00"
    assert session.counter.templates.at(session.counter.clock.now()) is None
    page.note._act.click()
    settle()
    assert office_settings.document(session.counter)["paper"] == []


def test_a_printer_is_found_added_tried_and_given_its_documents(qtbot, page, settle, session, tmp_path, monkeypatch):
    section = go(page, "เครื่องพิมพ์")
    settle()
    folder = tmp_path / "sheets"
    found = [type("Found", (), {"kind": "file", "address": str(folder), "name": "โฟลเดอร์ทดสอบ"})()]
    monkeypatch.setattr(session.paper, "printers_found", lambda: found)
    section.search()
    settle()
    section._seen.setCurrentIndex(1)
    section._seen.activated.emit(1)
    assert section.text("name") == "โฟลเดอร์ทดสอบ" and section.text("address") == str(folder)
    section._dots.setCurrentIndex(section._dots.findData(0))
    qtbot.mouseClick(section.test, Qt.MouseButton.LeftButton)
    settle()
    assert "ส่งหน้าทดสอบแล้ว" in texts(section) and list(folder.iterdir())
    section.grid.here["petition"].setChecked(True)
    section.grid.both["petition"].setChecked(True)
    section.grid.tray["petition"].setCurrentIndex(section.grid.tray["petition"].findData("lower"))
    assert section.dirty
    qtbot.keyClick(page, Qt.Key.Key_F9)
    settle()
    assert "บันทึกแล้ว" in texts(page.note)
    made = next(one for one in session.counter.printers if one.name == "โฟลเดอร์ทดสอบ")
    assert (made.documents, made.two_sided, dict(made.trays)) == (("petition",), ("petition",), {"petition": "lower"})
    second = Printer("สอง", "file", str(tmp_path / "two"), 0, is_default=True, fallback="โฟลเดอร์ทดสอบ")
    printers.add(session.counter, session.actor, second)
    number = cases.register(session.counter, session.actor, PETITION).number
    assert print_jobs.plan(session.counter, session.actor, number, "petition").printer == "โฟลเดอร์ทดสอบ"
    other = print_jobs.plan(session.counter, session.actor, number, "timeline")
    assert other.printer == "สอง" and print_jobs.printers_for(session.counter, other)[0] == "โฟลเดอร์ทดสอบ"
    taken = Printer("สอง", "file", str(tmp_path / "two"), 0, documents=("petition",))
    printers.add(session.counter, session.actor, taken)
    assert {one.name: one.documents for one in session.counter.printers if one.dots == 0 and one.documents} == {
        "สอง": ("petition",)
    }, "a document goes to one printer"


def test_a_dead_printer_says_so_and_a_wrong_address_is_told_at_its_field(qtbot, page, settle, session):
    section = go(page, "เครื่องพิมพ์")
    settle()
    section.begin_new()
    type_text(section._name, "สลิปใหม่")
    section._kind.setCurrentIndex(section._kind.findData("network"))
    type_text(section._address, "127.0.0.1:1")
    section._dots.setCurrentIndex(section._dots.findData(576))
    qtbot.mouseClick(section.test, Qt.MouseButton.LeftButton)
    settle()
    assert "▲" in texts(section)
    section._address.clear()
    type_text(section._address, "ไม่มีพอร์ต")
    qtbot.keyClick(page, Qt.Key.Key_F9)
    settle()
    assert "ที่อยู่" in section.rows["address"].error
    assert not any(one.name == "สลิปใหม่" for one in session.counter.printers)


def test_places_on_a_leaf_are_seen_saved_and_taken_back(qtbot, page, settle, session):
    section = go(page, "ใบเสร็จรับเงิน")
    qtbot.waitUntil(lambda: not section.picture.is_empty, timeout=10_000)
    settle()
    plain = section.picture._image.toImage()
    for key, place in (("date", "95, 30.5"), ("payer", "35 45"), ("total", "130, 120")):
        type_text(section.rows[key].control, place)
    section._lines["place"].setText("กองคลังใหม่")
    qtbot.waitUntil(lambda: not section._pause.isActive(), timeout=10_000)
    settle()
    assert section.picture._image.toImage() != plain
    qtbot.keyClick(page, Qt.Key.Key_F9)
    settle()
    wanted = {"place": "กองคลังใหม่", "overlay": {"date": [95, 30.5], "payer": [35, 45], "total": [130, 120]}}
    assert "บันทึกแล้ว" in texts(page.note)
    assert office_settings.document(session.counter)["receipts"] == wanted
    assert not section.dirty and section.text("date") == "95, 30.5"
    page.note._act.click()
    settle()
    assert office_settings.document(session.counter)["receipts"] == {}
    for key, place, why in (("date", "95", "ตำแหน่ง"), ("total", "5, 400", "นอกกระดาษ"), ("payer", "ก, ข", "ตำแหน่ง")):
        section.rows[key].control.setText(place)
        qtbot.keyClick(page, Qt.Key.Key_F9)
        settle()
        assert why in section.rows[key].error.replace("\u200b", "")
        section.drop()
    assert office_settings.document(session.counter)["receipts"] == {}
