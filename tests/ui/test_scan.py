"""What comes in from outside: the USB scanner wherever the focus is, pictures opened, dropped and pasted."""

import io
import random
import time
from pathlib import Path

import pytest
import segno
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QImage
from PySide6.QtWidgets import QApplication, QLineEdit

from tests.ui.conftest import CITIZEN_ID, PETITION, type_text
from tests.ui.keyboard import keys
from ui.counter import kedmanee
from ui.counter.page import CounterPage
from ui.counter.scan import picture_of
from ui.main_window import DESK, MainWindow


def heard_out(qtbot, main: MainWindow, settle) -> None:
    """Wait until the keys have paused and what they asked for has come."""
    qtbot.waitUntil(lambda: not main.wedge.listening)
    settle()


@pytest.fixture
def main(show, session) -> MainWindow:
    return show(MainWindow(session))


def test_a_scanned_card_number_fills_the_citizen_wherever_the_focus_is(qtbot, main: MainWindow, settle):
    page = main.counter
    page.matter.set_value("petition", {"category": "utilities", "subcategory": "street_light"}, None)
    page.matter.focus_form()
    type_text(QApplication.focusWidget(), "ไฟดับ")
    keys(CITIZEN_ID, start=10_000, gap_ms=6)
    heard_out(qtbot, main, settle)
    assert page.value().applicant.citizen_id == CITIZEN_ID
    assert page.value().answers["topic"] == "ไฟดับ"


def test_a_scan_through_a_thai_keyboard_is_understood(qtbot, main: MainWindow, settle):
    keys(kedmanee.as_thai(CITIZEN_ID), start=10_000, gap_ms=6)
    heard_out(qtbot, main, settle)
    assert main.counter.value().applicant.citizen_id == CITIZEN_ID


def test_a_scanned_slip_opens_its_case_and_a_draft_stays(qtbot, main: MainWindow, petition, settle):
    main.counter.set_value(PETITION)
    keys(petition.qr_text, start=10_000, gap_ms=6)
    heard_out(qtbot, main, settle)
    assert main.page == DESK
    assert main.desk.case.shown.view.number == petition.number
    assert main.counter.value().answers == PETITION.answers


def test_a_scan_on_the_number_page_is_the_next_citizen(qtbot, main: MainWindow, settle):
    main.counter.set_value(PETITION)
    main.counter.save()
    qtbot.waitUntil(lambda: bool(main.counter.saved.number))
    keys(CITIZEN_ID, start=10_000, gap_ms=6)
    heard_out(qtbot, main, settle)
    assert not main.counter.saved.isVisible()
    assert main.counter.value().applicant.citizen_id == CITIZEN_ID


def test_an_unknown_code_is_told_and_no_identity_is_guessed(qtbot, main: MainWindow, settle):
    keys("https://example.com/whatever", start=10_000, gap_ms=6)
    heard_out(qtbot, main, settle)
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
    assert "จากภาพ" in page.citizen.identity.source


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
