"""The control register in the cashier's page: draw a book mid-year, spoil a leaf, close, end the year, print."""

import pytest
from PySide6.QtCore import Qt

from app.services import books, printers, receipts, shifts
from app.services.model import Printer
from app.services.money_model import Pay
from tests.integration.support import money
from ui.cashier.page import CashierPage


@pytest.fixture
def page(show, session, counter, actor, settle, qtbot, tmp_path) -> CashierPage:
    printers.add(counter, actor, Printer("a4", "file", str(tmp_path / "sheets"), 0, is_default=True))
    page = show(CashierPage(session))
    qtbot.keyClick(page, Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
    settle()
    return page


def fill(dialog, **texts: str) -> None:
    for key, text in texts.items():
        dialog.lines[key].setText(text)


def back(qtbot, page) -> None:
    """The page has the focus again, as a window manager gives it when a dialog has gone."""
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow, timeout=20_000)


def test_a_book_begun_mid_year_gives_its_numbers_and_is_closed(qtbot, page, settle, counter, actor, tmp_path):
    assert page.empty.shown_text() == page.books.empty
    qtbot.keyClick(page, Qt.Key.Key_F9)
    dialog = page.books.dialog
    qtbot.waitUntil(dialog.isActiveWindow, timeout=20_000)
    fill(dialog, book="7", first="151", last="สอง")
    qtbot.keyClick(dialog, Qt.Key.Key_F9)
    assert dialog.rows["last"].error
    fill(dialog, last="300", year="2560")
    qtbot.keyClick(dialog, Qt.Key.Key_F9)
    settle()
    assert "ห่างจากปีปัจจุบัน" in dialog.rows["year"].error
    assert books.register(counter) == []
    fill(dialog, year="๒๕๗๐", to="สมหญิง")
    qtbot.keyClick(dialog, Qt.Key.Key_F9)
    settle()
    (book,) = books.register(counter)
    assert (book.book, book.kind, book.first, book.next, book.issued_to) == ("7", "computer", 151, 151, "สมหญิง")
    receipt = receipts.issue(counter, actor, Pay(money.approved_permit(counter, actor), "cash", 20_000))
    assert receipt.text == "7/151"
    page.refresh()
    settle()
    assert "คงเหลือ 149" in page.list.item(0).text()
    assert page.books.shown.unused_range == "152–300"
    qtbot.waitUntil(lambda: not page.picture.is_empty, timeout=20_000)
    back(qtbot, page)
    qtbot.keyClick(page, Qt.Key.Key_F8)
    settle()
    assert page.note.title == "ส่งทะเบียนคุมใบเสร็จไปที่ a4 แล้ว"
    assert next((tmp_path / "sheets").iterdir()).read_bytes().startswith(b"%PDF")
    qtbot.keyClick(page, Qt.Key.Key_F4)
    page.books.dialog.do.click()
    settle()
    assert page.books.dialog.rows["reason"].error, "no book is closed without a reason"
    page.books.dialog.reason.setCurrentText("เล่มชำรุด")
    page.books.dialog.do.click()
    settle()
    (book,) = books.register(counter)
    assert (book.state, book.used, book.spoiled, book.used_range, book.unused_range) == (
        "closed", 1, 149, "151–151", "152–300",
    )  # fmt: skip


def test_a_leaf_is_spoiled_and_the_ended_year_is_retired(qtbot, page, settle, counter, actor, clock):
    books.draw(counter, actor, "ก-1", 1, 5, "preprinted", fiscal_year=2570)
    page.refresh()
    settle()
    qtbot.keyClick(page, Qt.Key.Key_X, Qt.KeyboardModifier.AltModifier)
    page.books.dialog.reason.setCurrentText("ฉีกขาด")
    page.books.dialog.do.click()
    settle()
    assert books.register(counter)[0].next == 2
    clock.move(days=330)
    page.refresh()
    settle()
    assert "31 ตุลาคม 2570" in page.books._due.shown_text()
    back(qtbot, page)
    qtbot.keyClick(page, Qt.Key.Key_Y, Qt.KeyboardModifier.AltModifier)
    settle()
    dialog = page.books.dialog
    assert dialog.year.text() == "2570"
    dialog.year.setText("9")
    dialog.do.click()
    settle()
    assert dialog.rows["year"].error
    dialog.year.setText("2570")
    dialog.do.click()
    settle()
    assert (books.register(counter, 2570)[0].state, books.register(counter, 2570)[0].spoiled) == ("closed", 5)
    assert not page.books._due.isVisible()
    page.line.setText("2570")
    page.refresh()
    settle()
    assert page.list.count() == 1
    assert "ปีงบประมาณ 2570" in page.books._sums.shown_text()
    assert shifts.current(counter, actor) is None
