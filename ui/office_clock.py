"""Dialogs about the clock: confirm date and time of this machine, put the day of a filing right."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from app.domain import thai_date
from app.services import office_clock
from app.services.office_clock import Clock
from ui.cashier.dialogs import MoneyDialog
from ui.ports import Session
from ui.widgets.fields import FieldRow
from ui.widgets.labels import ThaiLabel

DAY = "เช่น 20/11/2569 หรือ 20 พ.ย. 69"


class _Dialog(MoneyDialog):
    """F9 does it, Enter goes on."""

    def line(self, key: str, label: str) -> QLineEdit:
        """Add a field that has to be filled in."""
        control = QLineEdit()
        self.add(FieldRow(key, label, control, DAY if key != "reason" else "", required=True))
        return control

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F9; Esc leaves."""
        if event.key() == Qt.Key.Key_F9:
            self.do.click()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.focusNextPrevChild(True)
        else:
            super().keyPressEvent(event)


class ClockDialog(_Dialog):
    """A supervisor types today's date from a calendar: twelve hours of receipts follow, or the clock is set first."""

    def __init__(self, session: Session, parent: QWidget, clock: Clock) -> None:
        super().__init__(session, parent, "วันเวลาของเครื่องนี้", "ยืนยันวันเวลา")
        local = thai_date.local(clock.now)
        self.box.addWidget(ThaiLabel(f"เครื่องบอกว่า {thai_date.long(local.date())} {local:%H:%M} น.", role="strong"))
        self.box.addWidget(ThaiLabel(f"▲ {clock.doubts}" if clock.doubts else "ไม่มีข้อสงสัย", role="warn"))
        self.box.addWidget(
            ThaiLabel("ดูวันที่จากปฏิทินหรือโทรศัพท์ แล้วพิมพ์วันที่ของวันนี้ หากไม่ตรงกับเครื่อง ให้ตั้งนาฬิกาเครื่องก่อน ใช้ได้ 12 ชั่วโมง")
        )
        self.today = self.line("today", "วันนี้คือวันที่")
        self.finish(500, 400)
        self.today.setFocus()

    def work(self) -> Callable[[], object]:
        """Confirm."""
        counter, actor, today = self._session.counter, self._session.actor, self.today.text()
        return lambda: office_clock.confirm(counter, actor, today)


class FiledOnDialog(_Dialog):
    """On which day a filing really came in."""

    def __init__(self, session: Session, parent: QWidget, number: str) -> None:
        super().__init__(session, parent, "แก้วันที่ยื่นแบบ", "บันทึกวันที่ยื่น")
        self._number = number
        self.box.addWidget(ThaiLabel(f"แบบเลขที่ {number}", role="strong"))
        self.box.addWidget(ThaiLabel("ใช้เมื่อนาฬิกาเครื่องผิดขณะรับแบบ เงินเพิ่มและเบี้ยปรับคิดตามวันที่ใหม่ ผู้แก้และเหตุผลถูกบันทึกไว้"))
        self.on, self.reason = self.line("filed_on", "ยื่นจริงวันที่"), self.line("reason", "เหตุผล")
        self.finish(480, 400)
        self.on.setFocus()

    def work(self) -> Callable[[], object]:
        """Enter the day."""
        counter, actor, number = self._session.counter, self._session.actor, self._number
        on, reason = self.on.text(), self.reason.text()
        return lambda: office_clock.correct_filed_on(counter, actor, number, on, reason)
