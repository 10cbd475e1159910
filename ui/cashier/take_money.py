"""Taking money for one case: what is owed, how it is paid, the change in large figures."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from app.domain.errors import CounterError, Refused
from app.domain.money import formatted, parse_baht
from app.services.money_model import CASH, CHEQUE, METHOD_TEXTS, MIXED, Owed, Pay
from ui.cashier.split import SplitFields
from ui.style import GAP, NEAR
from ui.widgets.fields import Action, Chooser, FieldRow
from ui.widgets.labels import ThaiLabel, heading
from ui.widgets.layouts import FlowLayout

OFFERED = ("cash", "qr", "transfer", "card", "cheque", "ktb_bill", MIXED)
NOTES = (2_000, 5_000, 10_000, 50_000, 100_000)
"""Notes in satang, offered as sums that people hand over."""


class TakeMoney(QWidget):
    """The form on the right; `wanted` when the receipt shall be issued."""

    wanted = Signal()
    bill_wanted = Signal()
    changed = Signal()
    left_form = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.owed: Owed | None = None
        self._part_payment = False
        self._title = heading("รับเงิน")
        self._who = ThaiLabel()
        self._lines = ThaiLabel()
        self._notes = ThaiLabel(role="warn")
        self.total = ThaiLabel(role="number")
        self.leaf = ThaiLabel(role="warn")
        self.method = Chooser()
        for method in OFFERED:
            self.method.addItem(METHOD_TEXTS[method], method)
        self.amount = QLineEdit()
        self.received = QLineEdit()
        self.reference = QLineEdit()
        self.bank = QLineEdit()
        self.external = QLineEdit()
        self.split = SplitFields()
        self.rows: dict[str, FieldRow] = {
            "method": FieldRow("method", "วิธีชำระ", self.method),
            "amount": FieldRow("amount", "จำนวนเงิน (บาท)", self.amount, required=True),
            "parts": FieldRow("parts", "แต่ละวิธี (บาท)", self.split),
            "received": FieldRow("received", "รับเงินมา (บาท)", self.received, "เว้นว่างเมื่อรับพอดี"),
            "reference": FieldRow("reference", "เลขอ้างอิง / เลขที่เช็ค", self.reference, "จากสลิป เครื่องรับบัตร หรือเช็ค"),
            "bank": FieldRow("bank", "ธนาคารและสาขาของเช็ค", self.bank),
            "external_no": FieldRow("external_no", "เลขที่ใบเสร็จ e-LAAS", self.external, required=True),
        }
        self.change = ThaiLabel(role="huge")
        self.change.setAccessibleName("เงินทอน")
        self._error = ThaiLabel(role="error")
        self._error.hide()
        self.do = Action("F9  รับเงินและออกใบเสร็จ", role="primary", key="F9", tip="รับเงินและออกใบเสร็จ")
        self.bill = Action("F8  พิมพ์ใบแจ้งชำระ", key="F8", tip="พิมพ์ใบแจ้งการชำระเงินพร้อม QR")
        self.leave = Action("ยกเลิก", role="quiet", key="Esc")
        self._quick = QWidget()
        self._quick_flow = FlowLayout(self._quick)
        self._quick_flow.setContentsMargins(0, 0, 0, 0)
        self._build()
        self.do.clicked.connect(self.wanted)
        self.bill.clicked.connect(self.bill_wanted)
        self.leave.clicked.connect(self.left_form)
        self.method.currentIndexChanged.connect(self._method_chosen)
        for line in (self.amount, self.received, self.reference, self.bank, self.external):
            line.textChanged.connect(self._typed)
        self.split.changed.connect(self._typed)

    def _build(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(NEAR)
        for widget in (self._title, self._who, self._lines, self.total, self.leaf):
            box.addWidget(widget)
        for key in ("method", "amount", "parts", "received"):
            box.addWidget(self.rows[key])
        box.addWidget(self._quick)
        for key in ("reference", "bank", "external_no"):
            box.addWidget(self.rows[key])
        box.addWidget(self.change)
        box.addWidget(self._error)
        buttons = QWidget()
        flow = FlowLayout(buttons, GAP)
        flow.setContentsMargins(0, 0, 0, 0)
        for button in (self.do, self.bill, self.leave):
            flow.addWidget(button)
        box.addWidget(buttons)
        box.addWidget(self._notes)
        box.addStretch(1)

    def show_owed(self, owed: Owed, *, elaas: bool, part_payment: bool, leaf: str = "") -> None:
        """Ask for the money of another case. leaf: of a paper book, on which the receipt is written."""
        self.leaf.show_text(f"เขียนใบเสร็จ {leaf}  ตรวจให้ตรงกับเล่มกระดาษก่อนกด F9" if leaf else "")
        self.leaf.setVisible(bool(leaf))
        self.owed = owed
        self.clear_errors()
        self._who.show_text(f"{owed.number}  {owed.name}\n{owed.service_name}: {owed.subject}")
        lines = [f"{i.description} {i.period}".strip() + f"  {formatted(i.satang)}" for i in owed.assessment.lines]
        if owed.paid_satang:
            lines.append(f"หัก ชำระแล้ว  {formatted(owed.paid_satang)}")
        self._lines.show_text("\n".join(lines))
        self._notes.show_text("\n".join(owed.assessment.notes))
        self._notes.setVisible(bool(owed.assessment.notes))
        self.total.show_text(f"{formatted(owed.left_satang)} บาท")
        self.method.setCurrentIndex(0)
        self.amount.setText(formatted(owed.left_satang))
        self._part_payment = part_payment
        self.split.begin(owed.left_satang)
        self.rows["external_no"].setVisible(elaas)
        for line in (self.received, self.reference, self.bank, self.external):
            line.clear()
        self._offer_sums(owed.left_satang)
        self._method_chosen()
        self.received.setFocus()

    def command(self) -> Pay:
        """What the form says. Refused naming the field at fault."""
        assert self.owed is not None
        method = self.chosen_method
        received = None
        if method in (CASH, MIXED) and self.received.text().strip():
            received = parse_baht(self.received.text(), field="received")
        if method == MIXED:
            parts = self.split.parts()
            amount = sum(part.satang for part in parts) if self._part_payment else self.owed.left_satang
            return Pay(
                self.owed.number, MIXED, amount, received_satang=received, external_no=self.external.text(), parts=parts
            )
        return Pay(
            self.owed.number,
            method,
            parse_baht(self.amount.text(), field="amount"),
            received_satang=received,
            reference=self.reference.text() if method != CASH else "",
            bank=self.bank.text() if method == CHEQUE else "",
            external_no=self.external.text(),
        )

    @property
    def chosen_method(self) -> str:
        """The key of the way to pay."""
        return str(self.method.currentData())

    def show_error(self, error: CounterError) -> None:
        """Say at its field what is wrong, or above the buttons."""
        row = self.rows.get(error.field or "")
        if row is None or not row.isVisible():
            self._error.show_text(f"▲ {error.title} {error.hint}".rstrip())
            self._error.show()
            return
        row.show_error(error.title, error.hint)
        row.control.setFocus()

    def clear_errors(self) -> None:
        """Take every message away."""
        self._error.hide()
        for row in self.rows.values():
            row.clear_error()

    def _method_chosen(self) -> None:
        method = self.chosen_method
        mixed = method == MIXED
        self.rows["amount"].setVisible(self._part_payment and not mixed)
        self.rows["parts"].setVisible(mixed)
        self.rows["received"].setVisible(method in (CASH, MIXED))
        self._quick.setVisible(method == CASH)
        self.rows["reference"].setVisible(method not in (CASH, MIXED))
        self.rows["bank"].setVisible(method == CHEQUE)
        self._typed()

    def _typed(self) -> None:
        self.clear_errors()
        if self.chosen_method == MIXED:
            self.rows["received"].setVisible(self.split.cash() > 0)
        self.change.show_text(self._change_text())
        self.change.setVisible(bool(self._change_text()))
        self.changed.emit()

    def _change_text(self) -> str:
        if self.owed is None or self.chosen_method not in (CASH, MIXED) or not self.received.text().strip():
            return ""
        try:
            due = self.split.cash() if self.chosen_method == MIXED else parse_baht(self.amount.text())
            change = parse_baht(self.received.text()) - due
        except Refused:
            return ""
        return f"ทอน {formatted(change)}" if change >= 0 else f"ขาด {formatted(-change)}"

    def _offer_sums(self, due: int) -> None:
        """Sums that people are likely to hand over, one button each."""
        while (item := self._quick_flow.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for satang in handed_over(due):
            button = Action(formatted(satang).removesuffix(".00"), role="quiet", tip=f"รับมา {formatted(satang)} บาท")
            button.clicked.connect(self._setter(satang))
            self._quick_flow.addWidget(button)
            button.show()

    def _setter(self, satang: int) -> Callable[[], None]:
        return lambda: self.received.setText(formatted(satang))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes to the next field, and from the last one issues the receipt."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.wanted.emit()
            return
        super().keyPressEvent(event)


def handed_over(due: int) -> list[int]:
    """The sum itself, and the next multiples of each note above it, at most five in all."""
    sums = {due, *(-(-due // note) * note for note in NOTES)}
    return sorted(sums)[:5]
