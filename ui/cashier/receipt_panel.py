"""One receipt that was issued: what it says in short, printing it again, cancelling it."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain import thai_date
from app.domain.errors import CounterError
from app.domain.money import formatted
from app.services import receipt_printing
from app.services.money_model import Receipt
from ui.style import GAP, NEAR
from ui.widgets.fields import Action, Chooser, FieldRow
from ui.widgets.labels import Chip, ThaiLabel, heading
from ui.widgets.layouts import FlowLayout

REASONS = ("ผู้ชำระทำต้นฉบับหาย", "ผู้ชำระขอสำเนาเพิ่ม", "แนบเรื่องเบิกจ่าย")
CHEQUES = {"cheque_waiting": "เช็ครอเรียกเก็บ", "cheque_cleared": "เช็คเรียกเก็บแล้ว", "cheque_returned": "เช็คคืน"}


def _ways(document: Mapping[str, Any], reference: str) -> list[str]:
    """How it was paid, a line for each of several methods."""
    parts = document.get("parts")
    if not parts:
        return [f"{document['method_text']} {reference}".strip()]
    return [f"{one['method_text']} {formatted(one['satang'])} บาท {one.get('reference', '')}".strip() for one in parts]


class ReceiptPanel(QWidget):
    """The receipt in the middle of the page."""

    void_wanted = Signal()
    copy_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.shown: Receipt | None = None
        self._title = heading("ใบเสร็จรับเงิน")
        self.chip = Chip("ออกแล้ว", "good")
        self._number = ThaiLabel(role="number")
        self._facts = ThaiLabel()
        self._void_text = ThaiLabel(role="bad")
        self._leaf = ThaiLabel(role="warn")
        self.reason = Chooser(editable=True)
        self.reason.addItems(REASONS)
        self.row = FieldRow("copy_reason", "เหตุผลที่พิมพ์ซ้ำ", self.reason, "สำเนาระบุครั้งที่และเหตุผลบนกระดาษ")
        self._error = ThaiLabel(role="error")
        self._error.hide()
        self.copy = Action("F8  พิมพ์", key="F8", tip="พิมพ์ใบเสร็จ")
        self.void = Action("F4  ยกเลิกใบเสร็จ…", key="F4", tip="ยกเลิกใบเสร็จ ต้องมีผู้อนุมัติอีกคน")
        self.copy.clicked.connect(lambda: self.copy_wanted.emit(self.reason.currentText()))
        self.void.clicked.connect(self.void_wanted)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(NEAR)
        for widget in (
            self._title,
            self.chip,
            self._number,
            self._facts,
            self._leaf,
            self._void_text,
            self.row,
            self._error,
        ):
            box.addWidget(widget)
        buttons = QWidget()
        flow = FlowLayout(buttons, GAP)
        flow.setContentsMargins(0, 0, 0, 0)
        flow.addWidget(self.copy)
        flow.addWidget(self.void)
        box.addWidget(buttons)
        box.addStretch(1)

    def show_receipt(self, receipt: Receipt) -> None:
        """Show another receipt."""
        self.shown = receipt
        self._error.hide()
        self.row.clear_error()
        document = receipt.document
        word, tone = ("ยกเลิกแล้ว", "bad") if receipt.void else ("ออกแล้ว", "good")
        if not receipt.void and receipt.payment_state in CHEQUES:
            word, tone = CHEQUES[receipt.payment_state], "warn"
        self.chip.show_word(word, tone)
        self._number.show_text(f"เล่มที่ {receipt.book}  เลขที่ {receipt.no}")
        lines = [
            f"ได้รับเงินจาก {receipt.payer}",
            f"{formatted(receipt.total_satang)} บาท ({document['total_text']})",
            *_ways(document, receipt.reference),
            f"วันที่ {thai_date.short(receipt.received_on)}  ผู้รับเงิน {document['cashier']}",
            f"เรื่อง {receipt.number}",
        ]
        if receipt.change_satang:
            lines.insert(-2, f"เงินทอน {formatted(receipt.change_satang)} บาท")
        self._facts.show_text("\n".join(lines))
        void = receipt.void
        told = ""
        if void is not None:
            told = f"ยกเลิกเพราะ {void.reason}  โดย {void.by} อนุมัติโดย {void.approved_by}"
            told += f"  ออกแทนด้วย {void.replaced_by}" if void.replaced_by else ""
            told += "" if void.original_returned else "  (ไม่ได้ต้นฉบับคืน)"
        self._void_text.show_text(told)
        self._void_text.setVisible(bool(told))
        self.void.setVisible(void is None)
        by_hand = receipt_printing.written_by_hand(receipt.kind, document)
        self._leaf.show_text(f"ต้นฉบับคือใบในเล่มกระดาษ {receipt.text} เขียนให้ตรงกับหน้านี้ เครื่องพิมพ์ได้เฉพาะสำเนา")
        self._leaf.setVisible(by_hand and void is None)
        self.reason.setCurrentText("" if by_hand else REASONS[0])
        self.row.setVisible(by_hand or receipt.copies > 0)
        self.copy.setText("F8  พิมพ์สำเนา" if by_hand or receipt.copies else "F8  พิมพ์ต้นฉบับ")

    def show_error(self, error: CounterError) -> None:
        """Say what is wrong at the field, or below it."""
        if error.field == "copy_reason" and self.row.isVisible():
            self.row.show_error(error.title, error.hint)
            self.reason.setFocus()
            return
        self._error.show_text(f"▲ {error.title} {error.hint}".rstrip())
        self._error.show()
