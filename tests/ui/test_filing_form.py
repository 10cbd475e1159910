"""A filing of a month at the window: the payer found while typing, balances filled in, sums live, errors in a cell."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QListWidgetItem

from app.services import assessments, cases, payers, registration_json
from tests.integration.support import filings
from tests.ui import province_support
from tests.ui.conftest import PETITION, type_text
from ui.counter.page import CounterPage
from ui.forms.table import TableEditor
from ui.main_window import PAYERS
from ui.payers.page import PayersPage


@pytest.fixture(scope="session")
def new_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A province's counter."""
    return province_support.make(tmp_path_factory.mktemp("province") / "home")


@pytest.fixture
def page(show, session) -> CounterPage:
    page = show(CounterPage(session))
    page.citizen.set_case(PETITION)
    return page


def pick(page: CounterPage, service: str, settle) -> None:
    page.matter.pick(next(entry for entry in page.matter._entries if entry.service == service))
    settle()


def answer(page: CounterPage, **answers: object) -> None:
    for key, value in answers.items():
        page.matter.form.editor(key).set_value(value)
    page.matter.form.changed.emit()


def settled(qtbot, page: CounterPage, settle) -> None:
    qtbot.waitUntil(lambda: not page.matter.filing._timer.isActive())
    settle()
    qtbot.waitUntil(lambda: not page.matter.filing._timer.isActive())
    settle()


def total(page: CounterPage) -> str:
    return page.matter.filing._total.shown_text()


def registered(session, service: str, **answers: object) -> str:
    command = registration_json.from_json(service, filings.data(service, **answers))
    return cases.enter(session.counter, session.actor, command).number


def test_a_hotel_opens_with_what_was_carried_on(qtbot, page: CounterPage, session, settle):
    registered(session, "hotel_fee", period_month=9)
    pick(page, "hotel_fee", settle)
    line = page.matter.form.editor("hotel_code").focusProxy()
    assert isinstance(line, QLineEdit)
    type_text(line, "ตัวอย่าง")
    qtbot.waitUntil(lambda: bool(page.matter.filing.suggestions.shown))
    assert page.matter.filing.suggestions.shown[0].aside == "1234567"
    qtbot.keyClick(line, Qt.Key.Key_Down)
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert line.text() == "1234567"
    answer(page, period_month=10, period_year_be="2569", room_nights="10", revenue="300000", ar_out="0", ar_out_qty="0")
    settled(qtbot, page, settle)
    form = page.matter.form
    assert form.editor("hotel_name").value() == "โรงแรมตัวอย่าง"
    assert form.editor("ar_in").value() == "50000.00"
    assert not form.editor("ar_in").isEnabled()
    assert "3,500.00" in total(page)
    qtbot.keyClick(line, Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: bool(page.saved.number))
    assert assessments.of_number(session.counter, page.saved.number).total_satang >= 350_000


def test_a_balance_is_open_again_for_another_payer(qtbot, page: CounterPage, session, settle):
    registered(session, "hotel_fee", period_month=9)
    pick(page, "hotel_fee", settle)
    answer(page, hotel_code="1234567", period_month=10, period_year_be="2569")
    settled(qtbot, page, settle)
    assert page.matter.form.editor("ar_in").value() == "50000.00"
    answer(page, hotel_code="9999")
    settled(qtbot, page, settle)
    assert page.matter.form.editor("ar_in").value() == ""
    assert page.matter.form.editor("ar_in").isEnabled()


def test_rows_by_keyboard(qtbot, page: CounterPage, session, settle):
    pick(page, "oil_tax", settle)
    table = page.matter.form.editor("stock")
    assert isinstance(table, TableEditor)
    for place, (product, received, sold) in enumerate((("DIESEL_B7", "100", "60.5"), ("LPG", "50", "20"))):
        if place:
            qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        row = table._rows[place]
        row.cells["product"].editor.set_value(product)
        type_text(row.cells["received"].editor, received)
        type_text(row.cells["sold_in_province"].editor, sold)
    answer(page, station_code="77", station_name="ปั๊ม", operator_name="ก", tax_id="0999900000015", address="ภูเก็ต")
    answer(page, period_month=10, period_year_be="2569")
    settled(qtbot, page, settle)
    assert table._sums.shown_text() == "รวมรับเข้า 150   รวมจำหน่ายในจังหวัด 80.5"
    assert [row.cells["closing"].shown.text() for row in table._rows] == ["39.5", "30"]
    assert "3.66" in total(page)
    qtbot.keyClick(
        table._rows[1].cells["received"].editor.focusProxy(), Qt.Key.Key_Delete, Qt.KeyboardModifier.ControlModifier
    )
    assert len(table._rows) == 1
    settled(qtbot, page, settle)
    assert "2.75" in total(page)


def test_an_error_in_a_cell_is_told_and_shown(qtbot, page: CounterPage, session, settle):
    pick(page, "oil_tax", settle)
    answer(page, station_code="77", station_name="ปั๊ม", operator_name="ก", tax_id="0999900000015", address="ภูเก็ต")
    answer(page, period_month=10, period_year_be="2569")
    table = page.matter.form.editor("stock")
    table.set_value([{"product": "LPG", "received": "10", "sold_in_province": "หนึ่ง"}])
    page.save()
    row = page.matter.rows["answers.stock"]
    qtbot.waitUntil(lambda: bool(row.error))
    assert "แถวที่ 1 จำหน่ายในจังหวัด" in row.error
    assert table._rows[0].cells["sold_in_province"].isAncestorOf(QApplication.focusWidget())
    assert payers.listing(session.counter) == []


def test_a_draft_of_rows_comes_back(page: CounterPage, settle):
    pick(page, "tobacco_tax", settle)
    rows = [{"brand": "ตราหนึ่ง", "packs": "5", "sticks_per_pack": "20"}]
    page.matter.form.editor("lines").set_value(rows)
    kept = page.value()
    page._clear()
    page.set_value(kept)
    assert page.matter.form.editor("lines").value() == rows


def test_who_has_not_filed_and_their_reminders(qtbot, show, session, settle, tmp_path):
    for code in ("A1", "A2"):
        entry = {"name": f"โรงแรม {code}", "active_from": "2020-01-01"}
        payers.add(session.counter, session.actor, "hotel", code, entry)
    registered(session, "hotel_fee", period_month=10, hotel_code="A1", hotel_name=None)
    page = show(PayersPage(session))
    settle()
    assert page.month.text() == "10/2569"
    assert [item.text().splitlines() for item in items(page)] == [
        ["A2  โรงแรม A2", "ค่าธรรมเนียมผู้พักในโรงแรม  เกินกำหนด 10 วัน"]
    ]
    page.list.setCurrentRow(0)
    settle()
    assert "โรงแรม A2" in page.entry._head.shown_text()
    page.files.ask = lambda *_: str(tmp_path / "เตือน")
    qtbot.keyClick(page, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert page.note.title.startswith("บันทึก"), page.note.title
    assert (tmp_path / "เตือน.pdf").read_bytes().startswith(b"%PDF")
    type_text(page.search, "A1")
    settle()
    assert [item.text().split()[0] for item in items(page)] == ["A1"]
    assert not page.save.isEnabled()
    page.search.clear()
    page.month.setText("13/2569")
    page.month.editingFinished.emit()
    settle()
    assert "เดือนไม่ถูกต้อง" in page.month_row.error


def items(page: PayersPage) -> list[QListWidgetItem]:
    return [page.list.item(row) for row in range(page.list.count())]


def test_the_page_of_payers_is_offered_to_a_province(qtbot, window, actor):
    window.enter(actor)
    main = window.main
    qtbot.keyClick(main, Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: main.page == PAYERS)
    qtbot.waitUntil(lambda: window.tasks.pending == 0, timeout=10_000)
    assert main.payers.isVisible()
