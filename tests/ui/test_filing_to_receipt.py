"""A hotel's month from the empty counter page to the printed receipt, by keys of the real window."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app import bootstrap
from app.services import cases, filing_drafts, payers, printers, receipt_rows, registration_json
from app.services.model import Printer
from tests.integration.support import filings
from tests.ui import province_support
from tests.ui.fingers import Fingers
from ui.main_window import CASHIER

MOST = 9
A_MINUTE_OF_KEYS = 150
"""What a clerk who types with two fingers presses in less than a minute."""


@pytest.fixture(scope="session")
def new_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A province's counter."""
    return province_support.make(tmp_path_factory.mktemp("province") / "home")


@pytest.fixture
def entered(window, counter, actor, qtbot, tmp_path):
    """The window of a clerk who has signed in, with a printer for sheets."""
    printers.add(counter, actor, Printer("a4", "file", str(tmp_path / "sheets"), 0, is_default=True))
    window.enter(actor)
    window.activateWindow()
    qtbot.waitUntil(lambda: window.tasks.pending == 0, timeout=20_000)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None, timeout=20_000)
    return window


def filed_before(counter, actor) -> None:
    """The hotel filed for September: what it carried on, and who came, are known."""
    command = registration_json.from_json("hotel_fee", filings.data("hotel_fee", period_month=9))
    cases.enter(counter, actor, command)


def has_focus(page, key: str) -> bool:
    focus = QApplication.focusWidget()
    return focus is not None and page.matter.form.editor(key).isAncestorOf(focus)


def test_a_hotels_month_from_the_empty_page_to_the_receipt(qtbot, entered, counter, actor, tmp_path, capsys):
    filed_before(counter, actor)
    page, fingers = entered.main.counter, Fingers(qtbot)
    fingers.chord(Qt.Key.Key_K)
    fingers.word("ค่าธรรมเนียมผู้พัก")
    fingers.key(Qt.Key.Key_Return)
    fingers.word("ตัวอย่าง")
    qtbot.waitUntil(lambda: page.matter.filing.suggestions.marked == 0, timeout=20_000)
    fingers.key(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: has_focus(page, "room_nights"), timeout=20_000)
    qtbot.waitUntil(lambda: bool(page.citizen.value().first_name), timeout=20_000)
    form = page.matter.form
    assert (form.editor("period_month").value(), form.editor("period_year_be").value()) == (10, "2569")
    assert form.editor("ar_in").value() == "50000.00"
    assert page.citizen.offer.said.startswith("ผู้ยื่นครั้งก่อนของรายนี้คือ")
    for amount in ("300", "300000", "0"):
        fingers.word(amount)
        fingers.key(Qt.Key.Key_Return)
    fingers.word("50000")
    qtbot.waitUntil(lambda: "3,000.00" in page.matter.filing._total.shown_text(), timeout=20_000)
    fingers.key(Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: bool(page.saved.number) and page.saved.isVisible(), timeout=20_000)
    number = page.saved.number
    fingers.key(Qt.Key.Key_F7)
    cashier = entered.main.cashier
    qtbot.waitUntil(lambda: cashier.take.isVisible() and cashier.take.received.hasFocus(), timeout=20_000)
    assert entered.main.page == CASHIER
    due = cashier.take.owed.left_satang
    fingers.word("4000")
    assert cashier.take.change.shown_text() == f"ทอน {(400_000 - due) / 100:,.2f}"
    fingers.key(Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: cashier.receipt.isVisible(), timeout=20_000)
    (receipt,) = receipt_rows.listed(counter)
    assert (receipt.number, receipt.total_satang, receipt.change_satang) == (number, due, 400_000 - due)
    assert cases.get(counter, number, actor).status in ("paid", "receipted")
    bootstrap.print_waiting(counter)
    papers = sorted(path.name for path in (tmp_path / "sheets").iterdir())
    assert any("receipt" in name for name in papers), papers
    qtbot.waitUntil(lambda: not cashier.picture.is_empty, timeout=20_000)
    with capsys.disabled():
        print(f"\n{len(fingers.pressed)} keys and {fingers.letters} letters: {' '.join(fingers.pressed)}")
    assert len(fingers.pressed) <= MOST
    assert len(fingers.pressed) + fingers.letters <= A_MINUTE_OF_KEYS


def test_the_register_of_payers_says_month_and_company(counter, actor):
    service = counter.catalog["hotel_fee"]
    entry = {"name": "โรงแรมริมหาด", "operator_name": "บริษัท ริมหาด จำกัด", "tax_id": "0999900000015"}
    payers.add(counter, actor, "hotel", "R1", entry)
    company = filing_drafts.filer(counter, service, "R1").company
    assert (company.kind, company.organisation) == ("juristic", "บริษัท ริมหาด จำกัด")
    assert filing_drafts.filer(counter, service, "X9") == filing_drafts.Filer()
    asked = filing_drafts.draft(counter, service, {"hotel_code": "R1"})
    assert (asked.filled["period_month"], asked.filled["period_year_be"]) == (10, 2569)
    december = filing_drafts.draft(counter, service, {"hotel_code": "R1", "period_month": 12})
    assert december.filled["period_year_be"] == 2568
    filed_before(counter, actor)
    late = filing_drafts.draft(counter, service, {"hotel_code": "1234567"})
    assert late.filled["period_month"] == 10
    assert filing_drafts.filer(counter, service, "1234567").person > 0
