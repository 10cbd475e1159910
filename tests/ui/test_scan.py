"""What comes in from outside: the USB scanner wherever the focus is, pictures opened, dropped and pasted."""

import io
import random
import time
from pathlib import Path

import pytest
import segno
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QImage, QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit

from tests.ui.conftest import CITIZEN_ID, PETITION, type_text
from ui.counter import kedmanee
from ui.counter.page import CounterPage
from ui.counter.scan import picture_of
from ui.counter.wedge import KeyboardWedge
from ui.main_window import DESK, MainWindow


def keys(text: str, *, start: int, gap_ms: int, enter: bool = True) -> None:
    """Press keys the way the system delivers them: with their own time stamps."""
    at = start
    for letter in text:
        press(Qt.Key.Key_A, letter, at)
        at += gap_ms
    if enter:
        press(Qt.Key.Key_Return, "\r", at)


def press(key: Qt.Key, letter: str, at: int) -> None:
    event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, letter)
    event.setTimestamp(at)
    QApplication.sendEvent(QApplication.focusWidget(), event)


@pytest.fixture
def heard(qtbot):
    """A line in a window that a wedge listens to."""
    line = QLineEdit()
    qtbot.addWidget(line)
    line.show()
    line.activateWindow()
    line.setFocus()
    qtbot.waitUntil(line.hasFocus)
    wedge = KeyboardWedge(line, lambda text: not text.startswith("ไฟ"))
    wedge.heard = []
    wedge.scanned.connect(wedge.heard.append)
    return line, wedge.heard


def test_a_scan_is_heard_and_the_field_in_focus_keeps_its_text(heard):
    line, scans = heard
    line.setText("ไฟดับ")
    keys(CITIZEN_ID, start=1_000, gap_ms=8)
    assert scans == [CITIZEN_ID]
    assert line.text() == "ไฟดับ"


def test_a_fast_typist_is_no_scanner(heard):
    line, scans = heard
    keys("0812345678", start=1_000, gap_ms=70)
    assert scans == []
    assert line.text() == "0812345678"


def test_short_bursts_and_bursts_without_enter_are_typing(heard):
    line, scans = heard
    keys("12345", start=1_000, gap_ms=5)
    keys("12345678901", start=9_000, gap_ms=5, enter=False)
    press(Qt.Key.Key_Return, "\r", 9_900)
    assert scans == []
    assert line.text() == "1234512345678901"


def test_words_that_come_as_fast_as_a_scan_stay_typed(heard):
    line, scans = heard
    keys("ไฟดับหน้าวัดปู่", start=1_000, gap_ms=5)
    assert scans == []
    assert line.text() == "ไฟดับหน้าวัดปู่"


def test_typing_just_before_a_scan_is_kept(heard):
    line, scans = heard
    keys("ab", start=1_000, gap_ms=200, enter=False)
    keys(CITIZEN_ID, start=2_000, gap_ms=4)
    keys("KT1201169000042", start=3_000, gap_ms=4)
    assert scans == [CITIZEN_ID, "KT1201169000042"]
    assert line.text() == "ab"


def test_what_a_thai_keyboard_made_of_a_scan_is_put_right():
    assert kedmanee.as_us("ๅ/-ภถุึคตจ") == "1234567890"
    for text in (CITIZEN_ID, "KT1201169000042", "https://example.go.th/t/KT1201169000042/AB12CD"):
        assert kedmanee.as_us(kedmanee.as_thai(text)) == text
    assert kedmanee.as_thai("wa") == "ไฟ"


def test_every_key_has_one_letter_on_both_keyboards():
    assert len(kedmanee.US) == len(kedmanee.THAI) == len(set(kedmanee.US)) == len(set(kedmanee.THAI))


@pytest.fixture
def main(show, session) -> MainWindow:
    return show(MainWindow(session))


def test_a_scanned_card_number_fills_the_citizen_wherever_the_focus_is(qtbot, main: MainWindow, settle):
    page = main.counter
    page.matter.set_value("petition", {"category": "utilities", "subcategory": "street_light"}, None)
    page.matter.focus_form()
    type_text(QApplication.focusWidget(), "ไฟดับ")
    keys(CITIZEN_ID, start=10_000, gap_ms=6)
    settle()
    assert page.value().applicant.citizen_id == CITIZEN_ID
    assert page.value().answers["topic"] == "ไฟดับ"


def test_a_scan_through_a_thai_keyboard_is_understood(qtbot, main: MainWindow, settle):
    keys(kedmanee.as_thai(CITIZEN_ID), start=10_000, gap_ms=6)
    settle()
    assert main.counter.value().applicant.citizen_id == CITIZEN_ID


def test_a_scanned_slip_opens_its_case_and_a_draft_stays(qtbot, main: MainWindow, petition, settle):
    main.counter.set_value(PETITION)
    keys(petition.qr_text, start=10_000, gap_ms=6)
    settle()
    assert main.page == DESK
    assert main.desk.case.shown.view.number == petition.number
    assert main.counter.value().answers == PETITION.answers


def test_a_scan_on_the_number_page_is_the_next_citizen(qtbot, main: MainWindow, settle):
    main.counter.set_value(PETITION)
    main.counter.save()
    qtbot.waitUntil(lambda: bool(main.counter.saved.number))
    keys(CITIZEN_ID, start=10_000, gap_ms=6)
    settle()
    assert not main.counter.saved.isVisible()
    assert main.counter.value().applicant.citizen_id == CITIZEN_ID


def test_an_unknown_code_is_told_and_no_identity_is_guessed(qtbot, main: MainWindow, settle):
    keys("https://example.com/whatever", start=10_000, gap_ms=6)
    settle()
    assert main.counter.citizen.scan.message
    assert main.counter.value().applicant.citizen_id == ""


def qr_picture(text: str) -> bytes:
    data = io.BytesIO()
    segno.make(text, micro=False).save(data, kind="png", scale=6, border=4)
    return data.getvalue()


@pytest.fixture
def page(show, session) -> CounterPage:
    return show(CounterPage(session))


def test_a_picture_file_is_read(page: CounterPage, settle, tmp_path: Path):
    path = tmp_path / "บัตร.png"
    path.write_bytes(qr_picture(CITIZEN_ID))
    page.citizen.scan.take_picture(path)
    settle()
    assert page.value().applicant.citizen_id == CITIZEN_ID
    assert "จากภาพ" in page.citizen._came.text()


@pytest.mark.parametrize(
    "content", [b"", b"no picture", qr_picture("x")[:60], b"\x89PNG\r\n\x1a\n" + bytes(200)], ids=range(4)
)
def test_a_broken_picture_is_refused_in_words(page: CounterPage, settle, tmp_path: Path, content: bytes):
    path = tmp_path / "x.png"
    path.write_bytes(content)
    page.citizen.scan.take_picture(path)
    settle()
    assert page.citizen.scan.message.startswith("▲")


def test_a_picture_without_a_code_says_so(page: CounterPage, settle):
    image = QImage(200, 200, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    page.citizen.scan.take_picture(image)
    settle()
    assert "ไม่พบบาร์โค้ดหรือ QR" in page.citizen.scan.message


def test_a_picture_can_be_dropped_anywhere_on_the_page(page: CounterPage, settle, tmp_path: Path, petition, qtbot):
    path = tmp_path / "slip.png"
    path.write_bytes(qr_picture(petition.qr_text))
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDropEvent(
        QPointF(QPoint(700, 400)),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    with qtbot.waitSignal(page.case_wanted, timeout=10_000) as wanted:
        page.dropEvent(event)
    assert wanted.args == [petition.number]
    assert all(not line.acceptDrops() for line in page.findChildren(QLineEdit))


def test_a_picture_of_the_clipboard_is_pasted_into_the_scan_field(page: CounterPage, settle, qtbot):
    QApplication.clipboard().setImage(QImage.fromData(qr_picture(CITIZEN_ID)))
    page.citizen.scan.line.setFocus()
    qtbot.keyClick(page.citizen.scan.line, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert page.value().applicant.citizen_id == CITIZEN_ID


def test_only_pictures_are_taken(tmp_path: Path):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "report.pdf")), QUrl("https://example.com/a.png")])
    assert picture_of(mime) is None
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "A.JPEG"))])
    assert picture_of(mime) == tmp_path / "A.JPEG"


def test_thirteen_digits_are_taken_in_thai_and_with_dashes(page: CounterPage, settle):
    type_text(page.citizen.scan.line, "๑-๒๓๔๕-๖๗๘๙๐-๑๒-๑")
    settle()
    assert page.value().applicant.citizen_id == CITIZEN_ID


def test_random_scans_leave_the_page_able_to_take_the_next(page: CounterPage, settle):
    generator = random.Random(7)
    letters = "0123456789-/|\r\x1d๐๑ก้าKT:abc "
    for _ in range(200):
        page.take_scan("".join(generator.choices(letters, k=generator.randrange(1, 60))))
        time.sleep(0)
    settle()
    page.start_over()
    page.take_scan(CITIZEN_ID)
    settle()
    assert page.value().applicant.citizen_id == CITIZEN_ID
