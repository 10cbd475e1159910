"""The page of the campaigns: ThaiD counted by one key, undone, and its report saved, copied and noted as sent."""

from datetime import date

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QApplication, QLabel

from app.services import offices, printers, thaid_campaign
from app.services.model import Printer
from app.store.canonical import canonical_json
from ui.campaign.dialogs import CampaignDialog
from ui.campaign.guide import GuideDialog
from ui.campaign.page import CampaignPage
from ui.main_window import CAMPAIGN
from ui.widgets.qr import QrCode

FRIDAY = date(2026, 11, 20)
UNITS = [{"name": "สำนักปลัด", "baseline": 100}, {"name": "กองช่าง", "baseline": 20}]


def settled(counter, **campaign):
    document = offices.check_office({**counter.current.document, "thaid_campaign": campaign})
    with counter.store.write("test") as work:
        revision = counter.current.revision + 1
        work.run("INSERT INTO office VALUES (?, ?, ?)", (revision, canonical_json(document), work.now_ms))
    counter.reload()


@pytest.fixture
def page(show, session) -> CampaignPage:
    return show(CampaignPage(session))


@pytest.fixture
def panel(page, settle):
    settle()
    return page.thaid


def counted(counter):
    report = thaid_campaign.week_report(counter, FRIDAY, fresh=True)
    return {(tally.audience, tally.way): tally.week for tally in report.tallies if tally.week}


def texts(widget) -> str:
    return " ".join(label.text().replace("\u200b", "") for label in widget.findChildren(QLabel) if label.isVisible())


def test_one_key_counts_one_person_and_ctrl_z_takes_the_newest_back(panel, counter, qtbot, settle):
    for key in (Qt.Key.Key_F6, Qt.Key.Key_F6, Qt.Key.Key_F7, Qt.Key.Key_F8, Qt.Key.Key_F9, Qt.Key.Key_Plus):
        qtbot.keyClick(panel, key)
    settle()
    assert counted(counter) == {
        ("citizens", "self"): 3, ("citizens", "officer"): 1, ("staff", "self"): 1, ("staff", "officer"): 1,
    }  # fmt: skip
    assert panel.figures["citizens", "self"].shown_text() == "วันนี้ 3 · สัปดาห์นี้ 3"
    qtbot.keyClick(panel, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert counted(counter)["citizens", "self"] == 2
    assert panel.told.shown_text().startswith("ยกเลิกแล้ว: ประชาชน")
    assert panel.figures["citizens", "self"].shown_text() == "วันนี้ 2 · สัปดาห์นี้ 2"


def test_a_key_held_down_and_digits_of_a_scanner_count_nothing_more(panel, counter, qtbot, settle):
    QApplication.sendEvent(
        panel,
        QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_F6, Qt.KeyboardModifier.NoModifier, "", True),
    )
    for key in (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_K):
        qtbot.keyClick(panel, key)
    settle()
    assert counted(counter) == {}


def test_the_buttons_do_what_the_keys_do(panel, counter, settle):
    for button in panel.buttons.values():
        button.click()
    settle()
    assert list(counted(counter).values()) == [1, 1, 1, 1]


def test_several_people_at_once_then_one_again(panel, counter, qtbot, settle):
    panel.number.setText("๑๒")
    qtbot.keyClick(panel, Qt.Key.Key_F8)
    qtbot.keyClick(panel, Qt.Key.Key_F8)
    settle()
    assert counted(counter) == {("staff", "self"): 13}


@pytest.mark.parametrize("text", ["0", "สิบ", "", "999999"])
def test_a_wrong_number_is_told_at_its_field_and_counts_nothing(panel, counter, qtbot, settle, text):
    panel.number.setText(text)
    qtbot.keyClick(panel, Qt.Key.Key_F6)
    settle()
    assert "จำนวนต้องอยู่ระหว่าง" in panel.rows["count"].error
    assert counted(counter) == {}


def test_nothing_to_undo_is_told(page, panel, qtbot, settle):
    qtbot.keyClick(panel, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert page.note.title == "ไม่มีรายการของวันนี้ให้ยกเลิก"


def test_units_are_chosen_and_make_the_rows_of_the_report(show, session, counter, qtbot, settle):
    settled(counter, units=UNITS)
    panel = show(CampaignPage(session)).thaid
    panel.unit.setCurrentIndex(1)
    qtbot.keyClick(panel, Qt.Key.Key_F6)
    settle()
    assert [(row.unit, row.added) for row in panel.week.shown.rows] == [("สำนักปลัด", 0), ("กองช่าง", 1)]
    qtbot.waitUntil(lambda: "121" in texts(panel.week) and "กองช่าง" in texts(panel.week))


def test_the_report_is_noted_as_sent_and_later_counts_are_told(page, panel, counter, qtbot, settle):
    qtbot.keyClick(panel, Qt.Key.Key_F6)
    settle()
    assert panel.due.text().endswith("ครบกำหนดส่งวันนี้")
    qtbot.keyClick(panel, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert panel.due.text().endswith("ส่งรายงานสัปดาห์นี้แล้ว")
    assert panel.week.state.text().startswith("ส่งแล้ว 20 พ.ย. 2569")
    qtbot.keyClick(panel, Qt.Key.Key_F6)
    settle()
    qtbot.waitUntil(lambda: "มีการนับเพิ่มหลังส่งรายงาน" in texts(panel.week))
    assert panel.week.shown.total.total == 1


def test_overdue_on_saturday_and_the_earlier_week_can_be_chosen(panel, counter, clock, qtbot, settle):
    qtbot.keyClick(panel, Qt.Key.Key_F6)
    settle()
    clock.move(days=1)
    panel.refresh()
    settle()
    assert panel.due.text().endswith("เลยกำหนด 1 วัน")
    panel.week.week.setCurrentIndex(1)
    settle()
    assert (panel.week.shown.week, panel.week.shown.total.total) == (FRIDAY, 1)


def test_pdf_picture_and_line_leave_the_program(page, panel, tmp_path, qtbot, settle):
    for key, suffix, magic in (
        (Qt.KeyboardModifier.ControlModifier, ".pdf", b"%PDF"),
        (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier, ".png", b"\x89PNG"),
    ):
        page.files.ask = lambda _parent, name, _kind: str(tmp_path / name)
        qtbot.keyClick(panel, Qt.Key.Key_S, key)
        settle()
        assert (tmp_path / f"thaid-2026-11-20{suffix}").read_bytes().startswith(magic)
    qtbot.keyClick(panel, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == panel.week.shown.line
    page.files.ask = lambda _parent, _name, _kind: str(tmp_path / "no" / "where.pdf")
    qtbot.keyClick(panel, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert page.note.title == "เขียนไฟล์ลงโฟลเดอร์นั้นไม่ได้"


def test_printing_needs_an_a4_printer_and_then_prints(page, panel, counter, actor, tmp_path, settle):
    panel.week.paper.click()
    assert page.note.title == "เครื่องนี้ยังไม่มีเครื่องพิมพ์ A4"
    printers.add(counter, actor, Printer("a4", "file", str(tmp_path / "sheets"), 0))
    counter.reload()
    panel.week.paper.click()
    settle()
    made = list((tmp_path / "sheets").iterdir())
    assert [file.read_bytes()[:4] for file in made] == [b"%PDF"]


def test_the_guide_shows_both_ways_and_both_codes(panel, qtbot, settle):
    qtbot.keyClick(panel, Qt.Key.Key_F1)
    dialog = panel.findChild(GuideDialog)
    qtbot.waitUntil(dialog.isVisible)
    assert len(dialog.findChildren(QrCode)) == 2
    assert "ลงทะเบียนด้วยตนเอง" in texts(dialog) and "9. ยินยอมให้ใช้ข้อมูล" in texts(dialog)
    dialog.leave.click()
    settle()


def test_the_page_is_reached_by_its_key_and_built_only_then(window, actor, qtbot):
    window.enter(actor)
    main = window.main
    assert main.campaign.thaid is None
    qtbot.keyClick(main, Qt.Key.Key_6, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: main.page == CAMPAIGN and main.campaign.thaid is not None)
    qtbot.waitUntil(lambda: window.tasks.pending == 0, timeout=10_000)
    assert main.campaign.thaid.isVisible()


def test_after_signing_in_on_a_thursday_or_later_the_clerk_is_reminded(window, counter, actor, clock, qtbot):
    clock.move(days=-2)
    thaid_campaign.count(counter, actor, "citizens")
    told = []
    for _ in range(4):
        window.enter(actor)
        qtbot.waitUntil(lambda: window.tasks.pending == 0, timeout=10_000)
        told.append(window.main.note.title.rpartition("2569 ")[2])
        window.change_clerk()
        clock.move(days=1)
    assert told == ["", "ครบกำหนดส่งพรุ่งนี้", "ครบกำหนดส่งวันนี้", "เลยกำหนด 1 วัน"]


def test_baseline_units_and_reading_are_set_from_the_page(panel, counter, actor, qtbot, settle):
    panel.settings.click()
    dialog = panel.findChild(CampaignDialog)
    qtbot.waitUntil(dialog.isVisible)
    dialog.units.setPlainText("สำนักปลัด = ๑๐๐\nกองช่าง = สาม")
    dialog.do.click()
    assert "ต้องเป็นตัวเลข" in dialog.rows["units"].error
    dialog.units.setPlainText("สำนักปลัด = ๑๐๐\nสำนักปลัด = 1")
    dialog.do.click()
    settle()
    assert "ชื่อหน่วยซ้ำกัน" in dialog.rows["units"].error
    dialog.units.setPlainText("สำนักปลัด = ๑๐๐\nกองช่าง")
    dialog.reading.setCurrentIndex(1)
    dialog.do.click()
    settle()
    campaign = thaid_campaign.campaign(counter)
    assert [(unit.name, unit.baseline) for unit in campaign.units] == [("สำนักปลัด", 100), ("กองช่าง", 0)]
    assert campaign.reading == "this_week"
    assert [panel.unit.itemText(place) for place in range(panel.unit.count())] == ["สำนักปลัด", "กองช่าง"]
    qtbot.waitUntil(lambda: panel.week.shown.total.before == 100)
