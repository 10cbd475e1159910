"""The Cashier page: bills that wait, taking money, the receipts of the day, the drawer."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QImage, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QListWidget,
    QVBoxLayout,
    QWidget,
)

from app.domain import thai_date
from app.domain.errors import CounterError, Refused
from app.domain.money import formatted
from app.services import cashier, print_jobs, printers, receipt_settings, receipts, staff
from app.services.model import Changes, Printer
from app.services.money_model import Owed, Receipt
from ui import faults
from ui.cashier.books_section import BooksSection
from ui.cashier.day_bar import DayBar
from ui.cashier.dialogs import VoidDialog
from ui.cashier.elaas_section import ElaasSection
from ui.cashier.paper import drawn
from ui.cashier.receipt_panel import ReceiptPanel
from ui.cashier.row_painter import RIGHT, RowPainter, item_of, name_of
from ui.cashier.section import Row, Section
from ui.cashier.take_money import TakeMoney
from ui.counter.preview import Picture
from ui.ports import Session
from ui.style import NEAR, WIDE
from ui.widgets.fields import Action, CommandLine
from ui.widgets.labels import ThaiLabel
from ui.widgets.layouts import Card, Column, FlowLayout
from ui.widgets.notes import Note

WAIT_MS = 120
VALUE = Qt.ItemDataRole.UserRole
NO_BILLS = "ไม่มีเรื่องที่รอชำระเงิน เรื่องที่อนุญาตแล้วหรือยื่นแบบแล้วจะแสดงที่นี่"
NO_RECEIPTS = "วันนี้ยังไม่มีใบเสร็จ พิมพ์เลขที่หรือชื่อเพื่อค้นใบเสร็จวันก่อน"
SEARCH = "เลขเรื่อง ชื่อผู้ชำระ หรือเลขใบเสร็จ"
CHOOSE = "เลือกเรื่องจากรายการด้านซ้าย แล้วรับเงินที่นี่"
CHOOSE_RECEIPT = "เลือกใบเสร็จจากรายการด้านซ้าย แล้วพิมพ์สำเนาหรือยกเลิกที่นี่"


class CashierPage(QWidget):
    """Left what waits or was issued, in the middle the form, on the right the very paper."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.note = Note()
        self.line = CommandLine()
        self.line.setPlaceholderText(SEARCH)
        self.line.setAccessibleName("ค้นหาเรื่องที่รอชำระหรือใบเสร็จ")
        self.line.setMaxLength(200)
        self.bills_tab = Action("รอชำระ", role="filter", key="Alt+1", tip="เรื่องที่รอชำระเงิน")
        self.receipts_tab = Action("ใบเสร็จ", role="filter", key="Alt+2", tip="ใบเสร็จวันนี้ หรือค้นใบเสร็จเก่า")
        self.books_tab = Action("เล่มใบเสร็จ", role="filter", key="Alt+3", tip="ทะเบียนคุมใบเสร็จ เบิกและปิดเล่ม")
        self.books = BooksSection(session, self.note)
        self.elaas_tab = Action("e-LAAS", role="filter", key="Alt+4", tip="กระทบยอดกับ e-LAAS และส่งออก CSV")
        self.elaas = ElaasSection(session, self.note)
        self.sections: dict[Action, Section] = {self.books_tab: self.books, self.elaas_tab: self.elaas}
        self.list = QListWidget()
        self.list.setItemDelegate(RowPainter(session.look, self.list))
        session.look.changed.connect(self.list.doItemsLayout)
        self.list.setAccessibleName("เรื่องที่รอชำระ หรือใบเสร็จ")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.empty = ThaiLabel(NO_BILLS)
        self.take = TakeMoney()
        self.receipt = ReceiptPanel()
        self.choose = ThaiLabel(CHOOSE, role="small")
        self.picture = Picture("ภาพใบเสร็จที่จะพิมพ์")
        self.no_picture = ThaiLabel("ตัวอย่างเอกสารที่จะพิมพ์แสดงที่นี่", role="small")
        self.day = DayBar(session, self.note)
        self._wanted = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT_MS)
        self._timer.timeout.connect(self.refresh)
        self._draw_timer = QTimer(self)
        self._draw_timer.setSingleShot(True)
        self._draw_timer.setInterval(WAIT_MS)
        self._draw_timer.timeout.connect(self._draw)
        self._build()
        self._connect()
        self._show_form(None)

    def _build(self) -> None:
        holder = QWidget()
        tabs = FlowLayout(holder)
        tabs.setContentsMargins(0, 0, 0, 0)
        group = QButtonGroup(self)
        for tab in (self.bills_tab, self.receipts_tab, *self.sections):
            tab.setCheckable(True)
            group.addButton(tab)
            tabs.addWidget(tab)
        self.bills_tab.setChecked(True)
        left, inside = Card(), QVBoxLayout()
        left.setLayout(inside)
        inside.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        inside.setSpacing(NEAR)
        inside.addWidget(holder)
        for widget in (self.line, self.empty):
            inside.addWidget(widget)
        inside.addWidget(self.list, 100)
        inside.addStretch(1)
        middle = self._middle = Column()
        for part in (self.choose, self.take, self.receipt, *self.sections.values()):
            middle.box.addWidget(part)
        middle.box.addStretch(1)
        paper = Column()
        paper.box.addWidget(self.no_picture)
        paper.box.addWidget(self.picture)
        paper.box.addStretch(1)
        columns = QHBoxLayout()
        columns.setContentsMargins(WIDE, NEAR, WIDE, WIDE)
        columns.setSpacing(WIDE)
        columns.addWidget(left, 5)
        columns.addWidget(Card(middle), 6)
        columns.addWidget(Card(paper), 5)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.note)
        box.addWidget(self.day)
        box.addLayout(columns, 1)

    def _connect(self) -> None:
        self.line.textEdited.connect(lambda _text: self._timer.start())
        self.line.entered.connect(self._open_current)
        self.line.walked.connect(self._walk)
        self.list.itemActivated.connect(lambda _item: self._open_current())
        self.list.itemClicked.connect(lambda _item: self._open_current())
        for tab in (self.bills_tab, self.receipts_tab, *self.sections):
            tab.clicked.connect(self._tab_chosen)
        self.take.wanted.connect(self.take_money)
        self.take.bill_wanted.connect(self.print_bill)
        self.take.changed.connect(self._draw_timer.start)
        self.take.left_form.connect(lambda: self._show_form(None))
        self.receipt.void_wanted.connect(self.ask_void)
        self.receipt.copy_wanted.connect(self.print_receipt)
        self.day.changed.connect(self.refresh)
        self.day.left.connect(self.line.setFocus)
        for part in self.sections.values():
            part.changed.connect(self.refresh)
            part.drawn.connect(self._draw)
            part.left.connect(self.line.setFocus)
        self._session.tasks.changed.connect(self._changed)
        keys: dict[str, Callable[[], object]] = {
            **self.day.keys(),
            "F8": self._f8,
            "F9": self._f9,
            "F4": self._f4,
            "Esc": self._go_back,
            "Alt+1": self.bills_tab.click,
            "Alt+2": self.receipts_tab.click,
            "Alt+3": self.books_tab.click,
            "Alt+4": self.elaas_tab.click,
            **{key: partial(self._press, key) for key in ("Alt+N", "Alt+X", "Alt+Y", "Ctrl+S")},
        }
        for key, action in keys.items():
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(action)

    # what is listed --------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Fresh lists at once."""
        super().showEvent(event)
        self.refresh()

    def focus_search(self) -> None:
        """Ready to type."""
        self.line.setFocus()
        self.line.selectAll()

    def open_case(self, number: str) -> None:
        """Take money for this case, from wherever it was asked."""
        self._wanted = number
        counter, actor = self._session.counter, self._session.actor
        self._session.tasks.query(
            self, lambda: receipts.owed(counter, number, actor), self._open_owed, self._trouble, topic="owed"
        )

    def refresh(self) -> None:
        """Ask again for list and day."""
        counter, actor, text = self._session.counter, self._session.actor, self.line.text()
        section = self.section
        if section is not None:
            self._session.tasks.query(
                self, section.rows(text), partial(self._show_section, section), self._trouble, topic="list"
            )
        elif self.bills_tab.isChecked():
            self._session.tasks.query(
                self, lambda: cashier.waiting(counter, actor, text), self._show_bills, self._trouble, topic="list"
            )
        else:
            self._session.tasks.query(
                self, lambda: cashier.receipts_of_today(counter, text), self._show_receipts, self._trouble, topic="list"
            )
        self.day.refresh()

    @property
    def section(self) -> Section | None:
        """The further part that is in view, or None while money is taken."""
        return next((part for tab, part in self.sections.items() if tab.isChecked()), None)

    def _show_section(self, section: Section, rows: Sequence[Row]) -> None:
        if section is not self.section:
            return
        self._fill(rows, section.empty)
        section.show_rows(rows)
        self._draw()

    def _tab_chosen(self) -> None:
        self.line.clear()
        self.line.setPlaceholderText(self.section.hint if self.section else SEARCH)
        self._show_form(self.section)
        self.refresh()
        self.line.setFocus()

    def _show_bills(self, found: list[Owed]) -> None:
        rows = [
            (f"{one.number}{RIGHT}{formatted(one.left_satang)} บาท\n{one.name}\n{one.subject} · {one.status_text}", one)
            for one in found
        ]
        self._fill(rows, NO_BILLS)

    def _show_receipts(self, found: list[Receipt]) -> None:
        rows = []
        for one in found:
            state = "× ยกเลิก · " if one.void else ""
            day = thai_date.short(one.received_on)
            rows.append(
                (f"{one.text}{RIGHT}{formatted(one.total_satang)} บาท\n{one.payer}\n{state}{day} · {one.number}", one)
            )
        self._fill(rows, NO_RECEIPTS)

    def _fill(self, rows: Sequence[tuple[str, object]], empty: str) -> None:
        place, marked = self.list.currentRow(), self.list.currentItem()
        before = "" if marked is None else name_of(marked)
        self.list.clear()
        for text, value in rows:
            self.list.addItem(item_of(text, value))
        self.list.setVisible(bool(rows))
        self.empty.show_text(empty)
        self.empty.setVisible(not rows)
        if rows:
            same = [row for row in range(len(rows)) if name_of(self.list.item(row)) == before]
            stay = min(max(0, place), len(rows) - 1)
            self.list.setCurrentRow(stay if stay in same or not same else same[0])

    def _walk(self, steps: int) -> None:
        if self.list.count():
            self.list.setCurrentRow(min(max(0, self.list.currentRow() + steps), self.list.count() - 1))

    def _open_current(self) -> None:
        item = self.list.currentItem()
        value = None if item is None else item.data(VALUE)
        if isinstance(value, Owed):
            self.open_case(value.number)
        elif isinstance(value, Receipt):
            self._open_receipt(value)
        elif self.section is not None:
            self.section.open(value)

    # taking money ----------------------------------------------------------------------------------------------

    def _open_owed(self, owed: Owed) -> None:
        if owed.left_satang == 0 or not owed.payable:
            title = "เรื่องนี้ชำระเงินครบแล้ว" if owed.left_satang == 0 else "ยังรับเงินของเรื่องนี้ไม่ได้"
            self.note.say("info", f"{owed.number}: {title}", f"สถานะ {owed.status_text}")
            return
        document = self._session.counter.current.document
        if self.section is not None:
            self.bills_tab.click()
        self._show_form(self.take)
        self.take.show_owed(
            owed,
            elaas=document["receipt_mode"] == "elaas_reference",
            part_payment=receipt_settings.receipts(document)["part_payment"],
            leaf=self.day.leaf,
        )
        QTimer.singleShot(0, self._middle, lambda: self._middle.ensureWidgetVisible(self.take.received, 0, 160))
        self._draw()

    def take_money(self) -> None:
        """F9: the receipt is issued once; the button waits for the answer."""
        if self.take.owed is None or not self.take.do.isEnabled():
            return
        if self.day.forbids_taking():
            return
        try:
            command = self.take.command()
        except Refused as error:
            self.take.show_error(error)
            return
        self.take.do.setEnabled(False)
        counter, actor = self._session.counter, self._session.actor
        self._session.tasks.command(
            self, lambda: receipts.issue(counter, actor, command), self._issued, self._not_issued
        )

    def _issued(self, receipt: Receipt) -> None:
        self.take.do.setEnabled(True)
        change = f"เงินทอน {formatted(receipt.change_satang)} บาท" if receipt.change_satang else "รับเงินพอดี"
        told = f"ออกใบเสร็จเล่มที่ {receipt.book} เลขที่ {receipt.no} แล้ว  {formatted(receipt.total_satang)} บาท"
        self.note.say("good", told, change)
        self._open_receipt(receipt)
        self._open_drawer(receipt)
        self.refresh()
        self.line.clear()
        self.line.setFocus()

    def _open_drawer(self, receipt: Receipt) -> None:
        """The cash drawer springs open for cash, and for nothing else; it is written down before it does."""
        counter, actor = self._session.counter, self._session.actor
        self._session.tasks.command(
            self, lambda: printers.drawer_for(counter, actor, receipt), self._kick, self._drawer_shut
        )

    def _kick(self, printer: Printer | None) -> None:
        if printer is not None:
            paper = self._session.paper
            self._session.tasks.query(
                self, lambda: paper.open_drawer(printer), lambda _done: None, self._drawer_shut, topic="cash drawer"
            )

    def _drawer_shut(self, error: Exception) -> None:
        if not isinstance(error, CounterError):
            faults.record(error)
        _tone, title, _hint = faults.words(error)
        self.note.say("warn", "ออกใบเสร็จแล้ว แต่ลิ้นชักไม่เปิด", f"{title} เปิดด้วยกุญแจ แล้วตรวจเครื่องพิมพ์ที่ต่อลิ้นชัก")

    def _not_issued(self, error: Exception) -> None:
        self.take.do.setEnabled(True)
        if isinstance(error, CounterError):
            self.take.show_error(error)
        else:
            self._trouble(error)

    def print_bill(self) -> None:
        """F8: the bill with its codes."""
        owed = self.take.owed
        if owed is not None:
            self._print(owed.number, "bill", "", 0)

    def print_receipt(self, reason: str) -> None:
        """The original where it did not come out yet, otherwise a counted copy."""
        receipt = self.receipt.shown
        if receipt is not None:
            self._print(receipt.number, "receipt", reason, receipt.row)

    def _print(self, number: str, document: str, reason: str, row: int) -> None:
        counter, actor = self._session.counter, self._session.actor
        self._session.tasks.command(
            self,
            lambda: print_jobs.plan(counter, actor, number, document, copy_reason=reason, receipt=row),
            lambda job: self.note.say("good", "ส่งพิมพ์แล้ว", f"{job.printer}"),
            self._not_printed,
        )

    def _not_printed(self, error: Exception) -> None:
        if isinstance(error, CounterError) and self.receipt.isVisible():
            self.receipt.show_error(error)
        else:
            self._trouble(error)

    def _open_receipt(self, receipt: Receipt) -> None:
        self._show_form(self.receipt)
        self.receipt.show_receipt(receipt)
        self._draw()

    def _show_form(self, shown: QWidget | None) -> None:
        for part in (self.take, self.receipt, *self.sections.values()):
            part.setVisible(part is shown)
        self.choose.show_text(CHOOSE_RECEIPT if self.receipts_tab.isChecked() else CHOOSE)
        self.choose.setVisible(shown is None)
        if shown is not self.take:
            self.take.owed = None
        if shown is not self.receipt:
            self.receipt.shown = None
        self._session.tasks.drop(self, "paper")
        self._show_picture(None)

    def _press(self, key: str) -> None:
        button = self.section.keys().get(key) if self.section is not None else None
        if button is not None and button.isVisible():
            button.click()

    def _go_back(self) -> None:
        """Esc: from the form to the list."""
        if self.section is None:
            self._show_form(None)
        self.line.setFocus()

    def _f4(self) -> None:
        if self.section is not None:
            self._press("F4")
        else:
            self.receipt.void.click()

    def _f9(self) -> None:
        if self.section is not None:
            self._press("F9")
        elif self.take.isVisible():
            self.take_money()

    def _f8(self) -> None:
        if self.section is not None:
            self._press("F8")
        elif self.take.isVisible():
            self.print_bill()
        elif self.receipt.isVisible():
            self.receipt.copy.click()

    # the paper -------------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        counter, actor, paper = self._session.counter, self._session.actor, self._session.paper
        receipt, owed = self.receipt.shown, self.take.owed
        section = self.section
        if section is not None:
            draw = section.paper()
            if draw is None:
                self._show_picture(None)
            else:
                self._session.tasks.query(self, draw, self._show_picture, self._no_picture, topic="paper")
        elif receipt is not None:
            known = receipt

            def draw_issued() -> QImage:
                pdf = paper.page_pdf(cashier.issued(counter, known), "receipt")
                return drawn(pdf)

            self._session.tasks.query(self, draw_issued, self._show_picture, self._no_picture, topic="paper")
        elif owed is not None:
            try:
                command = self.take.command()
            except Refused:
                return

            def draw_next() -> QImage:
                return drawn(paper.page_pdf(cashier.preview(counter, actor, command), "receipt"))

            self._session.tasks.query(self, draw_next, self._show_picture, self._no_picture, topic="paper")

    def _show_picture(self, image: QImage | None) -> None:
        self.picture.show_image(image)
        self.no_picture.setVisible(image is None)

    def _no_picture(self, error: Exception) -> None:
        self._show_picture(None)
        if not isinstance(error, CounterError):
            faults.record(error)

    def ask_void(self) -> None:
        """F4: cancel the receipt that is open."""
        receipt, counter = self.receipt.shown, self._session.counter
        if receipt is None or receipt.void is not None:
            return
        self._session.tasks.query(
            self,
            lambda: staff.names(counter),
            lambda people: self._open_void(VoidDialog(self._session, self, receipt, people)),
            self._trouble,
            topic="people",
        )

    def _open_void(self, dialog: VoidDialog) -> None:
        self.dialog = dialog
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self._dialog_done(dialog.result_value, "ยกเลิกใบเสร็จแล้ว"))
        dialog.open()

    def _dialog_done(self, value: object, told: str) -> None:
        if isinstance(value, Receipt):
            told = f"{told}: เล่มที่ {value.book} เลขที่ {value.no}"
            self._open_receipt(value)
        self.note.say("good", told)
        self.refresh()

    def _changed(self, changes: Changes) -> None:
        if self.isVisible() and changes.kinds & {"money", "case", "settings", "numbers"}:
            self._timer.start()

    def _trouble(self, error: Exception) -> None:
        if not isinstance(error, CounterError):
            faults.record(error)
        self.note.say(*faults.words(error))
