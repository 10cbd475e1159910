"""The cashier's day in the real window: two hundred receipts counted and closed, its papers, a drawer left behind."""

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.domain import thai_date
from app.services import cases, day_papers, printers, receipt_voids, receipts, registration_json, shifts
from app.services.model import Printer
from app.services.money_model import Pay
from printing import pdf, pictures
from printing.office_papers import layouts
from tests.integration.support import money, petitions
from tests.ui.fingers import Fingers

RECEIPTS, VOIDED = 200, 3


@pytest.fixture
def fingers(qtbot) -> Fingers:
    return Fingers(qtbot)


@pytest.fixture
def entered(window, counter, actor, qtbot, tmp_path):
    """The window of a clerk who has signed in, with a printer for sheets, at the cashier's page."""
    printers.add(counter, actor, Printer("a4", "file", str(tmp_path / "sheets"), 0, is_default=True))
    window.enter(actor)
    window.activateWindow()
    return window


def begin(qtbot, window, fingers) -> None:
    settled(qtbot, window)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None, timeout=20_000)
    fingers.chord(Qt.Key.Key_3, shift=True)
    settled(qtbot, window)


def settled(qtbot, window) -> None:
    qtbot.waitUntil(lambda: window.tasks.pending == 0, timeout=60_000)


def paid_permits(counter, actor, count: int, voided: int) -> None:
    """Permits whose fee of 200 baht was paid in cash; the last of them cancelled."""
    command = registration_json.parse("ad_permit", petitions.text(petitions.permit()).encode(), ())
    head = money.person(counter, money.APPROVER, "admin")
    for place in range(count):
        number = cases.enter(counter, actor, command).number
        for state in ("document_check", "officer_opinion", "approved"):
            cases.change_status(counter, actor, number, state)
        receipt = receipts.issue(counter, actor, Pay(number, "cash", 20_000))
        if place >= count - voided:
            text = f"{receipt.fiscal_year}/{receipt.text}"
            receipt_voids.void(counter, actor, text, "ชื่อผู้ชำระผิด", head)


@pytest.mark.slow
def test_two_hundred_receipts_are_counted_closed_and_printed(qtbot, entered, counter, actor, tmp_path, fingers):
    paid_permits(counter, actor, RECEIPTS, VOIDED)
    begin(qtbot, entered, fingers)
    bar = entered.main.cashier.day
    fingers.key(Qt.Key.Key_F6)
    dialog = bar.dialog
    qtbot.waitUntil(lambda: dialog.pieces.first.hasFocus(), timeout=20_000)
    for pieces in ("38", "2", "3"):  # 38,000 + 1,000 + 300: a hundred short
        fingers.digits(pieces)
        fingers.key(Qt.Key.Key_Return)
    assert "ผลต่าง -100.00" in dialog.sums.shown_text()
    fingers.key(Qt.Key.Key_F9)
    settled(qtbot, entered)
    qtbot.waitUntil(lambda: bool(dialog.rows["reason"].error), timeout=20_000)
    assert shifts.current(counter, actor) is not None, "nothing was closed without a reason"
    qtbot.waitUntil(lambda: dialog.reason.hasFocus(), timeout=20_000)
    fingers.word("ทอนเกิน")
    fingers.key(Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: entered.main.cashier.note.title == "ปิดยอดแล้ว", timeout=20_000)
    settled(qtbot, entered)
    (closed,) = shifts.of_day(counter, shifts.today(counter))
    assert (closed.receipts, closed.voided, closed.difference_satang) == (RECEIPTS, VOIDED, -10_000)
    assert closed.expected_satang == (RECEIPTS - VOIDED) * 20_000
    assert len(fingers.pressed) <= 8
    entered.activateWindow()  # as a window manager does when a dialog has gone
    qtbot.waitUntil(lambda: entered.main.cashier.line.hasFocus(), timeout=20_000)
    fingers.key(Qt.Key.Key_F10)
    qtbot.waitUntil(lambda: bar.dialog.isVisible(), timeout=20_000)
    settled(qtbot, entered)
    assert "ยกเลิก 3 ฉบับ" in bar.dialog.state.shown_text()
    fingers.key(Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: entered.main.cashier.note.title == "ส่งเอกสารไปที่ a4 แล้ว", timeout=60_000)
    (sheet,) = (tmp_path / "sheets").iterdir()
    made = day_papers.make(counter, actor, closed.business_on, tuple(day_papers.PAPERS))
    sheets = [text for layout in layouts(made) for text in [layout.title]]
    assert sheets[1:] == [
        f"ใบสำคัญสรุปใบนำส่งเงิน {thai_date.long(closed.business_on)}",
        "ทะเบียนใบเสร็จรับเงิน",
        "รายงานใบเสร็จรับเงินที่ยกเลิก",
    ]
    assert made.slips[0]["reason"] == "ทอนเกิน"
    assert len(made.reports[0].rows) == RECEIPTS
    assert len(made.reports[1].rows) == VOIDED
    assert sheet.read_bytes().startswith(b"%PDF")
    assert pictures.png(pdf.render(*layouts(made)), 50)


def test_a_drawer_that_was_left_is_taken_over_and_counted(qtbot, entered, counter, actor, fingers):
    clerk = money.person(counter, money.CLERK, "user")
    shifts.open_shift(counter, clerk, 50_000)
    receipts.issue(counter, clerk, Pay(money.approved_permit(counter, actor), "cash", 20_000))
    begin(qtbot, entered, fingers)
    bar = entered.main.cashier.day
    assert bar.take_over.isVisible()
    fingers.key(Qt.Key.Key_F11)
    dialog = bar.dialog
    qtbot.waitUntil(lambda: dialog.isVisible() and QApplication.focusWidget() is not None, timeout=20_000)
    assert "เงินทอนตั้งต้น 500.00 บาท" in dialog.facts.shown_text()
    dialog.pieces.spins[10_000].setValue(7)
    fingers.key(Qt.Key.Key_F9)
    settled(qtbot, entered)
    qtbot.waitUntil(lambda: bool(dialog.rows["reason"].error), timeout=20_000)
    assert shifts.current(counter, clerk) is not None
    fingers.word("เจ้าหน้าที่ป่วย")
    fingers.key(Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: entered.main.cashier.note.title == "รับช่วงลิ้นชักแล้ว", timeout=20_000)
    mine = shifts.current(counter, actor)
    assert (mine.float_satang, mine.carried_satang, mine.expected_satang) == (50_000, 20_000, 70_000)
    left = next(one for one in shifts.of_day(counter, mine.business_on) if one.cashier == clerk.username)
    assert (left.state, left.document["cashier_name"]) == ("handed_over", clerk.full_name)
    assert left.document["taken_over"] == {
        "by": actor.username, "by_name": actor.full_name, "reason": "เจ้าหน้าที่ป่วย",
    }  # fmt: skip
    with counter.store.read() as connection:
        told = connection.exec_driver_sql("SELECT action, by, detail FROM audit ORDER BY seq DESC LIMIT 1").one()
    assert told[:2] == ("drawer_taken_over", actor.username)
    assert "เจ้าหน้าที่ป่วย" in told.detail
    assert json.dumps(left.document)
