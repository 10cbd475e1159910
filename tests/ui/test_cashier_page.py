"""The cashier's page by keyboard: what waits, money and change, the very paper, cancelling by two, the day's end."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from app.services import cases, print_jobs, printers, receipt_rows, receipts, shifts, staff
from app.services.model import Printer
from app.services.money_model import Pay
from tests.integration.support import money as money_support
from tests.ui.conftest import PASSWORD, type_text
from ui.cashier.dialogs import VoidDialog
from ui.cashier.drawer_dialogs import CloseDrawerDialog
from ui.cashier.page import NO_BILLS, CashierPage
from ui.cashier.take_money import handed_over


@pytest.fixture
def permits(counter, actor):
    """Three permits that wait for their fee."""
    return [money_support.approved_permit(counter, actor) for _ in range(3)]


@pytest.fixture
def page(show, session, permits) -> CashierPage:
    return show(CashierPage(session))


def texts(widget) -> str:
    return " ".join(label.text().replace("\u200b", "") for label in widget.findChildren(QLabel) if label.isVisible())


def open_first(qtbot, page, settle):
    page.focus_search()
    qtbot.keyClick(page.line, Qt.Key.Key_Return)
    settle()


def test_what_waits_is_listed_and_an_empty_list_says_so(show, session, settle, counter, actor):
    page = show(CashierPage(session))
    assert page.empty.shown_text() == NO_BILLS
    number = money_support.approved_permit(counter, actor)
    page.refresh()
    settle()
    assert page.list.count() == 1
    assert number in page.list.item(0).text()
    assert "200.00" in page.list.item(0).text()


def test_money_is_taken_by_keyboard_with_change_and_paper(qtbot, page, settle, permits, counter):
    open_first(qtbot, page, settle)
    assert page.take.isVisible()
    assert page.take.owed.number == permits[-1]
    assert page.take.received.hasFocus()
    type_text(page.take.received, "500")
    assert page.take.change.shown_text() == "ทอน 300.00"
    qtbot.waitUntil(lambda: not page._draw_timer.isActive())
    settle()
    assert not page.picture.is_empty
    qtbot.keyClick(page, Qt.Key.Key_F9)
    settle()
    (receipt,) = receipt_rows.listed(counter)
    assert (receipt.number, receipt.change_satang) == (permits[-1], 30_000)
    assert "เล่มที่ 1 เลขที่ 1" in texts(page.note)
    assert page.receipt.isVisible()
    assert page.list.count() == 2
    assert page.line.hasFocus()
    qtbot.keyClick(page.line, Qt.Key.Key_Return)
    settle()
    assert page.take.isVisible()
    assert page.receipt.shown is None, "the paper beside the next one is not that of the last"


def test_the_drawer_springs_open_for_cash_only_and_a_dead_one_is_told(qtbot, page, settle, counter, actor, tmp_path):
    printers.add(counter, actor, Printer("ลิ้นชัก", "file", str(tmp_path / "slips"), drawer=True))

    def pulses():
        return len(list((tmp_path / "slips").glob("drawer*"))) if (tmp_path / "slips").is_dir() else 0

    open_first(qtbot, page, settle)
    page.take.method.setCurrentIndex(page.take.method.findData("transfer"))
    type_text(page.take.reference, "1234567")
    qtbot.keyClick(page, Qt.Key.Key_F9)
    settle()
    assert len(receipt_rows.listed(counter)) == 1 and pulses() == 0
    open_first(qtbot, page, settle)
    type_text(page.take.received, "500")
    qtbot.keyClick(page, Qt.Key.Key_F9)
    settle()
    assert len(receipt_rows.listed(counter)) == 2 and pulses() == 1
    (tmp_path / "file").write_text("in the way")
    printers.add(counter, actor, Printer("ลิ้นชัก", "file", str(tmp_path / "file"), drawer=True))
    open_first(qtbot, page, settle)
    type_text(page.take.received, "500")
    qtbot.keyClick(page, Qt.Key.Key_F9)
    settle()
    assert len(receipt_rows.listed(counter)) == 3 and "ลิ้นชักไม่เปิด" in texts(page.note)


def test_too_little_is_said_at_the_field_and_nothing_is_taken(qtbot, page, settle, counter):
    open_first(qtbot, page, settle)
    type_text(page.take.received, "100")
    assert page.take.change.shown_text() == "ขาด 100.00"
    qtbot.keyClick(page, Qt.Key.Key_F9)
    settle()
    assert "น้อยกว่า" in page.take.rows["received"].error
    assert receipt_rows.listed(counter) == []


def test_other_ways_to_pay_ask_for_their_reference(qtbot, page, settle, counter):
    open_first(qtbot, page, settle)
    page.take.method.setCurrentIndex(page.take.method.findData("cheque"))
    assert page.take.rows["bank"].isVisible()
    assert not page.take.rows["received"].isVisible()
    qtbot.keyClick(page, Qt.Key.Key_F9)
    settle()
    assert page.take.rows["reference"].error
    type_text(page.take.reference, "1234567")
    type_text(page.take.bank, "กรุงไทย")
    qtbot.keyClick(page, Qt.Key.Key_F9)
    settle()
    assert receipt_rows.listed(counter)[0].payment_state == "cheque_waiting"


def test_a_receipt_is_cancelled_with_a_second_person(qtbot, page, settle, counter, actor, permits):
    receipt = receipts.issue(counter, actor, Pay(permits[0], "cash", 20_000))
    with counter.store.write("test") as work:
        staff.add(work, "head", "หัวหน้า การเงิน", PASSWORD, "admin")
    page.receipts_tab.click()
    settle()
    page._open_current()
    settle()
    assert page.receipt.shown.text == receipt.text
    qtbot.keyClick(page, Qt.Key.Key_F4)
    settle()
    dialog = page.dialog
    assert isinstance(dialog, VoidDialog)
    dialog.do.click()
    settle()
    assert dialog.isVisible(), "no reason, no cancelling"
    dialog.reason.setCurrentText("ชื่อผู้ชำระผิด")
    type_text(dialog.password, "ผิด")
    dialog.do.click()
    settle()
    assert dialog.rows["password"].error
    dialog.password.clear()
    type_text(dialog.password, PASSWORD)
    dialog.do.click()
    settle()
    assert page.receipt.shown.void.approved_by == "head"
    assert "ยกเลิกเพราะ ชื่อผู้ชำระผิด" in texts(page.receipt)
    assert cases.get(counter, permits[0], actor).status == "approved"


def test_the_day_is_counted_and_closed(qtbot, page, settle, counter, actor, permits):
    receipts.issue(counter, actor, Pay(permits[0], "cash", 20_000))
    page.refresh()
    settle()
    assert "200.00" in texts(page)
    page.day.close_drawer.click()
    dialog = page.day.dialog
    assert isinstance(dialog, CloseDrawerDialog)
    dialog.pieces.spins[10_000].setValue(1)
    assert "ผลต่าง -100.00" in dialog.sums.shown_text()
    dialog.do.click()
    settle()
    assert dialog.rows["reason"].error
    dialog.pieces.spins[10_000].setValue(2)
    assert not dialog.rows["reason"].isVisible()
    dialog.do.click()
    settle()
    assert [one.state for one in shifts.of_day(counter, shifts.today(counter))] == ["closed"]
    assert not page.day.close_drawer.isVisible()
    assert not page.day.open_drawer.isVisible()
    open_first(qtbot, page, settle)
    qtbot.keyClick(page, Qt.Key.Key_F9)
    settle()
    assert len(receipt_rows.listed(counter)) == 1


def test_the_drawer_is_opened_with_change_money(qtbot, page, settle, counter, actor):
    qtbot.keyClick(page, Qt.Key.Key_F2)
    dialog = page.day.dialog
    dialog.float.setText("500")
    dialog.do.click()
    settle()
    assert shifts.current(counter, actor).float_satang == 50_000
    assert page.day.close_drawer.isVisible()


@pytest.mark.parametrize(("due", "offered"), [(20_000, [20_000, 50_000, 100_000]), (26_050, [26_050, 28_000, 30_000])])
def test_sums_that_people_hand_over(due, offered):
    assert handed_over(due)[: len(offered)] == offered


@pytest.mark.parametrize("scale", [100, 200])
def test_everything_is_reachable_at_large_text(show, session, settle, permits, look, scale):
    look.set_scale(scale)
    page = show(CashierPage(session))
    page.open_case(permits[0])
    settle()
    for button in (page.take.do, page.take.leave, page.day.open_drawer):
        assert button.isVisible()
        assert button.width() >= button.minimumSizeHint().width()
    assert page.width() <= 1366


def test_the_counter_page_offers_to_take_money_of_a_filing(show, session, settle, counter, actor):
    from ui.counter.saved import SavedPage

    page = show(SavedPage(session))
    asked = []
    page.pay_wanted.connect(asked.append)
    waits = cases.get(counter, money_support.approved_permit(counter, actor), actor)
    page.show_case(waits)
    settle()
    assert page.pay.isVisible()
    page.pay.click()
    assert asked == [waits.number]
    page.show_case(cases.get(counter, money_support.register_permit(counter, actor), actor))
    settle()
    assert not page.pay.isVisible()


def test_a_bank_file_is_brought_in_and_what_waits_is_settled(page, settle, counter, actor, permits, tmp_path):
    from app.services import bank_files, bills
    from tests.integration.test_bank_files import file, line

    bill = bills.make(counter, actor, permits[0])
    path = tmp_path / "ktb.txt"
    path.write_bytes(file(line(bill.ref1, bill.ref2, 20_000), line("X", "Y", 5)))
    page.day.bank.click()
    dialog = page.day.dialog
    settle()
    assert dialog.empty.isVisible()
    dialog.import_path(path)
    settle()
    assert "ออกใบเสร็จ 1" in dialog.told.shown_text()
    assert dialog.list.count() == 1
    dialog.settle.click()
    settle()
    assert dialog.row.error
    type_text(dialog.what, "โอนคืนแล้ว")
    dialog.settle.click()
    settle()
    assert bank_files.waiting(counter) == []
    assert receipt_rows.listed(counter)[0].number == permits[0]
    dialog.import_path(tmp_path / "none.txt")
    settle()
    assert "ไม่พบไฟล์" in dialog.error.shown_text()


def test_the_papers_of_the_day_are_saved_after_closing(page, settle, counter, actor, permits, tmp_path, monkeypatch):
    from PySide6.QtWidgets import QFileDialog

    receipts.issue(counter, actor, Pay(permits[0], "cash", 20_000))
    page.refresh()
    settle()
    page.day.close_drawer.click()
    page.day.dialog.pieces.spins[10_000].setValue(2)
    page.day.dialog.do.click()
    settle()
    target = tmp_path / "slip.pdf"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_arguments: (str(target), ""))
    page.note._act.click()
    settle()
    page.day.dialog.keep.click()
    settle()
    assert target.read_bytes().startswith(b"%PDF")


def test_one_receipt_by_cash_and_transfer(qtbot, page, settle, counter):
    open_first(qtbot, page, settle)
    page.take.method.setCurrentIndex(page.take.method.findData("mixed"))
    split = page.take.split
    assert split.isVisible()
    type_text(split.amounts["cash"], "50")
    assert split.left.shown_text() == "ยังขาด 150.00 บาท"
    type_text(split.amounts["transfer"], "150")
    assert split.left.shown_text() == "ครบแล้ว"
    type_text(page.take.received, "100")
    assert page.take.change.shown_text() == "ทอน 50.00"
    qtbot.keyClick(page, Qt.Key.Key_F9)
    settle()
    assert "เลขอ้างอิง" in page.take.rows["parts"].error
    type_text(split.references["transfer"], "T-1")
    qtbot.keyClick(page, Qt.Key.Key_F9)
    settle()
    (receipt,) = receipt_rows.listed(counter)
    assert receipt.shares == (("cash", 5_000), ("transfer", 15_000))
    assert "เงินโอน 150.00 บาท T-1" in texts(page.receipt)


def test_what_e_laas_says_otherwise_is_listed_and_settled(
    qtbot, page, settle, counter, actor, permits, tmp_path, monkeypatch
):
    from PySide6.QtWidgets import QFileDialog

    receipts.issue(counter, actor, Pay(permits[0], "cash", 20_000))
    qtbot.keyClick(page, Qt.Key.Key_4, Qt.KeyboardModifier.AltModifier)
    settle()
    assert page.empty.shown_text() == page.elaas.empty
    day = shifts.today(counter)
    theirs = tmp_path / "theirs.csv"
    theirs.write_text(f"d,t,a,n\n{day},ad_permit,400.00,2\n", "utf-8")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_arguments: (str(theirs), ""))
    qtbot.keyClick(page, Qt.Key.Key_F9)
    settle()
    assert page.note.title == "เทียบ 1 รายการ  ไม่ตรง 1"
    settle()
    assert "เรา 200.00 บาท 1 ฉบับ · e-LAAS 400.00 บาท 2 ฉบับ" in page.list.item(0).text()
    qtbot.keyClick(page, Qt.Key.Key_F4)
    settle()
    assert page.elaas.fields["note"].error, "nothing is settled without a reason"
    type_text(page.elaas.why, "บันทึกซ้ำใน e-LAAS")
    qtbot.keyClick(page, Qt.Key.Key_F4)
    settle()
    assert "จัดการแล้ว" in page.list.item(0).text()
    target = tmp_path / "ours.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_arguments: (str(target), ""))
    qtbot.keyClick(page, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert "ad_permit" in target.read_text("utf-8-sig")
    type_text(page.elaas.numbers, "R-77")
    qtbot.keyClick(page, Qt.Key.Key_N, Qt.KeyboardModifier.AltModifier)
    settle()
    assert "เลขที่ e-LAAS R-77" in page.list.item(0).text()
    page.elaas.first.setText("วันไหน")
    qtbot.keyClick(page, Qt.Key.Key_F9)
    settle()
    assert page.elaas.fields["first"].error


def test_a_paper_book_says_which_leaf_is_written_on(qtbot, show, session, settle, counter, actor, permits, tmp_path):
    from app.services import books, offices, printers, setup
    from app.services.model import Printer

    document = offices.check_office({**counter.current.document, "receipt_mode": "preprinted_book"})
    with counter.store.write("test") as work:
        setup.enter_office(work, counter.current.revision + 1, document)
    counter.reload()
    books.draw(counter, actor, "ก-1", 5, 9, "preprinted")
    printers.add(counter, actor, Printer("a4", "file", str(tmp_path / "out"), 0, is_default=True))
    page = show(CashierPage(session))
    page.open_case(permits[0])
    settle()
    assert "เล่มที่ ก-1 เลขที่ 5" in page.take.leaf.shown_text()
    page.take_money()
    settle()
    assert receipt_rows.listed(counter)[0].text == "ก-1/5"
    qtbot.keyClick(page, Qt.Key.Key_F8)
    settle()
    assert "ใบในเล่มกระดาษ" in page.receipt.row.error.replace("\u200b", "")
    assert not [one for one in print_jobs.list_jobs(counter, 9) if one.document == "receipt"]
    page.receipt.reason.setCurrentText("แนบฎีกา")
    qtbot.keyClick(page, Qt.Key.Key_F8)
    settle()
    assert [one.copy.number for one in print_jobs.list_jobs(counter, 9) if one.document == "receipt"] == [1]
    page.open_case(permits[1])
    settle()
    assert "เลขที่ 6" in page.take.leaf.shown_text()
