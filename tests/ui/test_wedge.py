"""The USB scanner among real keys: codes are taken whole, keys of a person are neither lost nor put out of order."""

import random

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from tests.ui.conftest import CITIZEN_ID
from tests.ui.keyboard import keys, press
from ui.counter import kedmanee
from ui.counter.scan import goes_on, is_known, understand
from ui.counter.wedge import FASTEST_TYPIST_MS, KeyboardWedge

NUMBER = "KT1201169000042"
BARCODE = "|099999999999900\r123456701\r20260601\r260000"
NO_REF2 = "|099999999999900\r123456701\r\r260000"
BILL_QR = (
    "00020101021230640016A00000067701011201150999999999999000209123456701030820260601530376454072600.005802TH630469B9"
)


class Desk(QWidget):
    """Every kind of widget that a scan may fall into; Enter goes to the next one, as on the pages."""

    def __init__(self) -> None:
        super().__init__()
        self.line, self.next, self.long = QLineEdit(), QLineEdit(), QPlainTextEdit()
        self.check, self.button, self.choice = QCheckBox("x"), QPushButton("x"), QComboBox()
        self.typed_choice, self.list = QComboBox(), QListWidget()
        self.choice.addItems(["ไม่ระบุ", "1 หนึ่ง", "K", "|"])
        self.typed_choice.setEditable(True)
        self.list.addItems(["ไม่ระบุ", "1 หนึ่ง", "K", "|"])
        self.list.setCurrentRow(0)
        self.pressed = 0
        self.button.clicked.connect(self._press)
        box = QVBoxLayout(self)
        for widget in (self.line, self.next, self.long, self.check, self.button, self.choice, self.typed_choice):
            box.addWidget(widget)
        box.addWidget(self.list)
        self.wedge = KeyboardWedge(self, is_known, goes_on)
        self.scans: list[str] = []
        self.wedge.scanned.connect(self.scans.append)

    def keyPressEvent(self, event) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.focusNextPrevChild(True)

    def _press(self) -> None:
        self.pressed += 1


@pytest.fixture
def desk(qtbot):
    desk = Desk()
    qtbot.addWidget(desk)
    desk.show()
    desk.activateWindow()
    desk.line.setFocus()
    qtbot.waitUntil(desk.line.hasFocus)
    desk.heard_out = lambda: qtbot.waitUntil(lambda: not desk.wedge.listening)
    return desk


@pytest.mark.parametrize("code", [CITIZEN_ID, NUMBER, BARCODE, NO_REF2, BILL_QR, f"{NUMBER}/7K2QX9"])
@pytest.mark.parametrize("gap_ms", [1, 8, FASTEST_TYPIST_MS])
def test_a_code_is_heard_whole_and_the_field_keeps_its_text(desk, code, gap_ms):
    desk.line.setText("ไฟดับ")
    desk.line.setCursorPosition(2)
    keys(code, start=1_000, gap_ms=gap_ms)
    desk.heard_out()
    assert desk.scans == [code]
    assert (desk.line.text(), desk.line.cursorPosition(), desk.next.text()) == ("ไฟดับ", 2, "")
    assert QApplication.focusWidget() is desk.line


@pytest.mark.parametrize("name", ["line", "long", "check", "button", "choice", "typed_choice", "list"])
@pytest.mark.parametrize("code", [CITIZEN_ID, BARCODE, "KT1 201169 000042", BILL_QR])
def test_wherever_the_focus_is_nothing_is_changed(desk, name, code):
    widget = getattr(desk, name)
    widget.setFocus()
    keys(code, start=1_000, gap_ms=7)
    desk.heard_out()
    assert desk.scans == [code]
    assert desk.long.toPlainText() == desk.line.text() == desk.next.text() == desk.typed_choice.currentText() == ""
    assert not desk.check.isChecked()
    assert desk.pressed == 0
    assert desk.choice.currentIndex() == desk.list.currentRow() == 0
    assert QApplication.focusWidget() is widget


def test_selected_text_comes_back_selected(desk):
    desk.line.setText("ไฟดับหน้าวัด")
    desk.line.setSelection(2, 3)
    keys(CITIZEN_ID, start=1_000, gap_ms=5)
    desk.heard_out()
    assert desk.scans == [CITIZEN_ID]
    assert (desk.line.text(), desk.line.selectedText()) == ("ไฟดับหน้าวัด", "ดับ")


def test_a_long_text_keeps_its_history(desk):
    desk.long.setFocus()
    keys("abc", start=1_000, gap_ms=120, enter=False)
    keys(CITIZEN_ID, start=5_000, gap_ms=5)
    desk.heard_out()
    assert (desk.scans, desk.long.toPlainText()) == ([CITIZEN_ID], "abc")
    while desk.long.document().isUndoAvailable():
        desk.long.undo()
    assert desk.long.toPlainText() == ""
    assert desk.long.document().isRedoAvailable()


def test_a_scanner_that_rests_between_the_lines_of_a_bill(desk):
    at = 1_000
    for line in BARCODE.split("\r"):
        at = keys(line, start=at, gap_ms=6) + 180
    desk.heard_out()
    assert desk.scans == [BARCODE]
    assert desk.line.text() == ""


def test_a_code_with_tab_or_nothing_at_its_end(desk):
    keys(CITIZEN_ID + "\t", start=1_000, gap_ms=6, enter=False)
    desk.heard_out()
    keys(NUMBER, start=9_000, gap_ms=6, enter=False)
    desk.heard_out()
    assert desk.scans == [CITIZEN_ID, NUMBER]
    assert desk.line.text() == ""


@pytest.mark.parametrize("gap_ms", [FASTEST_TYPIST_MS + 1, 60, 120])
def test_a_fast_typist_is_no_scanner(desk, gap_ms):
    keys(CITIZEN_ID, start=1_000, gap_ms=gap_ms)
    assert not desk.wedge.listening
    assert desk.scans == []
    assert desk.line.text() == CITIZEN_ID
    assert QApplication.focusWidget() is desk.next


def test_two_keys_at_once_stay_in_order_and_reach_the_field_that_enter_led_to(desk):
    at = 1_000
    for letter, pause in zip("กขคง\rจฉ", (3, 90, 2, 1, 4, 70, 90), strict=True):
        press(letter, at)
        at += pause
    desk.heard_out()
    assert desk.scans == []
    assert (desk.line.text(), desk.next.text()) == ("กขคง", "จฉ")


def test_words_that_come_as_fast_as_a_scan_stay_typed(desk):
    keys("ไฟดับหน้าวัดปู่", start=1_000, gap_ms=5)
    desk.heard_out()
    assert desk.scans == []
    assert desk.line.text() == "ไฟดับหน้าวัดปู่"
    assert QApplication.focusWidget() is desk.next


def test_keys_just_before_and_just_after_a_scan_are_kept(desk):
    keys("ab", start=1_000, gap_ms=200, enter=False)
    at = keys(CITIZEN_ID, start=2_000, gap_ms=4)
    press("c", at + 20)
    press("d", at + 200)
    at = keys(NUMBER, start=3_000, gap_ms=4)
    keys(BARCODE, start=at + 300, gap_ms=4)
    desk.heard_out()
    assert desk.scans == [CITIZEN_ID, NUMBER, BARCODE]
    assert desk.line.text() == "abcd"


def test_a_key_held_down_is_a_person(desk):
    press("1", 1_000)
    for number in range(12):
        press("1", 1_500 + 30 * number, repeated=True)
    desk.heard_out()
    assert desk.scans == []
    assert desk.line.text() == "1" * 13


def test_a_click_finds_what_was_typed_before_it(desk):
    keys("กขค", start=1_000, gap_ms=5, enter=False)
    assert desk.wedge.listening
    place = QPointF(3, 3)
    left = Qt.MouseButton.LeftButton
    click = QMouseEvent(QEvent.Type.MouseButtonPress, place, place, left, left, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(desk.next, click)
    assert not desk.wedge.listening
    assert desk.line.text() == "กขค"


def test_a_checkbox_and_a_button_still_obey_the_keyboard(desk):
    desk.check.setFocus()
    press(" ", 1_000)
    assert desk.check.isChecked()
    desk.list.setFocus()
    press("k", 2_000)
    desk.heard_out()
    assert desk.list.currentRow() == 2


def test_an_unknown_code_is_told_where_nothing_can_be_typed(desk):
    desk.button.setFocus()
    keys("ITEM-000-17", start=1_000, gap_ms=5)
    desk.heard_out()
    assert desk.scans == ["ITEM-000-17"]
    assert desk.pressed == 0


@pytest.mark.parametrize("seed", range(25))
def test_whatever_a_person_types_arrives_once_and_in_order(desk, seed):
    source = random.Random(seed)
    at, expected = 1_000, ""
    for _ in range(40):
        if source.random() < 0.1:
            at = keys(source.choice((CITIZEN_ID, BARCODE, NUMBER)), start=at + 600, gap_ms=source.choice((2, 9, 30)))
            at += 600
        else:
            letter = source.choice("กขค้่ิ abc123|")
            press(letter, at)
            expected += letter
            at += source.choice((1, 5, 20, 40, 150))
    at += 1_000
    press("x", at)
    desk.heard_out()
    assert desk.line.text() == expected + "x"
    assert all(is_known(scan) for scan in desk.scans)


def caps(text: str) -> str:
    """What an English keyboard with Caps Lock on makes of a text."""
    return text.swapcase()


def thai_caps(text: str) -> str:
    """What a Thai keyboard with Caps Lock on makes of a text: every key gives what it gives with Shift."""
    lower, upper = kedmanee.US[:46] + "`", kedmanee.US[46:92] + "~"
    return kedmanee.as_thai(text.translate(str.maketrans(lower + upper, upper + lower)))


SLIP = f"https://counter.example.test/t/{NUMBER}/7K2QX9"


@pytest.mark.parametrize(
    "keyboard", [str, caps, kedmanee.as_thai, thai_caps, lambda text: kedmanee.as_thai(caps(text))]
)
@pytest.mark.parametrize(
    ("code", "kind", "value"),
    [
        (CITIZEN_ID, "citizen_id", CITIZEN_ID),
        (NUMBER, "request_number", NUMBER),
        (f"{NUMBER}/7K2QX9", "request_slip", NUMBER),
        (SLIP, "request_slip", NUMBER),
        (BARCODE, "bill_barcode", "123456701"),
        (BILL_QR, "thai_qr", "123456701"),
        ("https://imauth.bora.dopa.go.th/x", "thaid_link", "https://imauth.bora.dopa.go.th/x"),
        ("R/12/00345/7K2QX9", "receipt", "12/00345"),
    ],
)
def test_thai_keyboard_and_caps_lock_are_put_right(desk, keyboard, code, kind, value):
    keys(keyboard(code), start=1_000, gap_ms=6)
    desk.heard_out()
    (scan,) = desk.scans
    reading = understand(scan, "จากการสแกน")
    assert (reading.kind, reading.value) == (kind, value)
    assert reading.valid == (kind != "thaid_link")
    assert desk.line.text() == ""


def test_what_people_type_is_not_turned_into_a_code():
    for text in ("ไฟฟ้าสาธารณะดับ", "สมชาย", "Somchai", "๐๘๑-๒๓๔-๕๖๗๘", "ถนนชำรุด 3 จุด"):
        assert not is_known(text)
        assert understand(text, "").value == text
