"""Dialogs of the cashier: cancel a receipt with a second person, open a drawer, count and close it, hand it over."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from app.domain.errors import CounterError, Refused
from app.domain.money import formatted
from app.services.money_model import Receipt
from ui import faults
from ui.ports import Session
from ui.style import FAR, GAP, NEAR
from ui.widgets.fields import Action, Chooser, FieldRow, row_of
from ui.widgets.labels import ThaiLabel, heading
from ui.widgets.layouts import Column, FlowLayout

WHY_VOID = ("ชื่อผู้ชำระผิด", "จำนวนเงินผิด", "วิธีชำระผิด", "รับชำระผิดเรื่อง", "ผู้ชำระขอยกเลิก", "เช็คคืน")
MOST_PIECES = 100_000
ROOM_TO_TELL = 60
"""Points kept free below the fields, for what is said when something is refused."""


class MoneyDialog(QDialog):
    """Fields, a message line, a button that does it on the command thread. Enter goes on, F9 does it, F1 explains the
    field, Esc leaves."""

    def __init__(self, session: Session, parent: QWidget, title: str, action: str) -> None:
        super().__init__(parent)
        self._session = session
        self.setWindowTitle(title)
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.rows: dict[str, FieldRow] = {}
        self.error = ThaiLabel(role="error")
        self.error.hide()
        self.do = Action(f"F9  {action}", role="primary", key="F9", tip=action)
        self.leave = Action("ยกเลิก", role="quiet", key="Esc")
        self.do.clicked.connect(self.act)
        self.leave.clicked.connect(self.reject)
        self._column = Column()
        self._column.box.setContentsMargins(0, 0, NEAR, 0)
        self.box = self._column.box
        self.box.setSpacing(NEAR)
        self.box.addWidget(heading(title))
        self.result_value: object = None

    def add(self, row: FieldRow) -> None:
        """Add a field."""
        self.rows[row.key] = row
        self.box.addWidget(row)

    def finish(self, width: int, height: int, *more: QWidget) -> None:
        """Message and buttons (`more` among them) below the fields; as large as the screen lets it be."""
        self.box.addStretch(1)
        buttons = QWidget()
        flow = FlowLayout(buttons, GAP)
        flow.setContentsMargins(0, 0, 0, 0)
        for button in (self.do, *more, self.leave):
            flow.addWidget(button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(FAR, FAR, FAR, FAR)
        whole.setSpacing(GAP)
        whole.addWidget(self._column, 1)
        whole.addWidget(self.error)
        whole.addWidget(buttons)
        room, look = self.screen().availableGeometry(), self._session.look
        self.resize(min(look.pixels(width), room.width() - 40), min(look.pixels(height), room.height() - 60))

    def showEvent(self, event: QShowEvent) -> None:
        """No higher than its fields and a message below them need."""
        super().showEvent(event)
        column = self._column.viewport()
        needed = self.box.heightForWidth(column.width()) if self.box.hasHeightForWidth() else column.height()
        spare = column.height() - needed - self._session.look.pixels(ROOM_TO_TELL)
        if spare > 0:
            self.resize(self.width(), self.height() - spare)

    def work(self) -> Callable[[], object]:
        """What the button does, as a function without the dialog; Refused where a field is not readable."""
        raise NotImplementedError

    def act(self) -> None:
        """F9: do it once; what is refused is told and changes nothing."""
        self.error.hide()
        for row in self.rows.values():
            row.clear_error()
        try:
            work = self.work()
        except Refused as error:
            self.tell(error)
            return
        self.do.setEnabled(False)
        self._session.tasks.command(self, work, self._done, self.tell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on to the next field and never does what the button does."""
        row = row_of(self.focusWidget())
        if event.key() == Qt.Key.Key_F9:
            self.do.click()
        elif event.key() == Qt.Key.Key_F1 and row is not None:
            row.toggle_help()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.focusNextChild()
        else:
            super().keyPressEvent(event)

    def _done(self, value: object) -> None:
        self.result_value = value
        self.accept()

    def tell(self, error: Exception) -> None:
        """Say what is wrong at its field, or above the buttons."""
        self.do.setEnabled(True)
        if not isinstance(error, CounterError):
            faults.record(error)
        row = self.rows.get(getattr(error, "field", None) or "")
        _tone, title, hint = faults.words(error)
        if row is not None and row.isVisible():
            row.show_error(title, hint)
            row.control.setFocus()
            return
        self.error.show_text(f"▲ {title} {hint}".rstrip())
        self.error.show()


class VoidDialog(MoneyDialog):
    """Cancel a receipt: why, who approves with a password of his own, whether the original came back."""

    def __init__(self, session: Session, parent: QWidget, receipt: Receipt, people: list[tuple[str, str]]) -> None:
        super().__init__(session, parent, "ยกเลิกใบเสร็จ", "ยกเลิกใบเสร็จนี้")
        self._receipt = receipt
        told = f"เล่มที่ {receipt.book} เลขที่ {receipt.no}  {receipt.payer}  {formatted(receipt.total_satang)} บาท"
        self.box.addWidget(ThaiLabel(told))
        self.box.addWidget(ThaiLabel("เลขที่จะยังอยู่ในทะเบียนว่ายกเลิก แล้วรับเงินใหม่จะได้เลขถัดไป", role="small"))
        self.reason = Chooser(editable=True)
        self.reason.addItems(WHY_VOID)
        self.reason.setCurrentText("")
        self.approver = Chooser()
        for username, name in people:
            if username != session.actor.username:
                self.approver.addItem(f"{name} ({username})", username)
        self.password = QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.returned = QCheckBox("ได้รับต้นฉบับคืนแล้ว")
        self.returned.setChecked(True)
        self.add(FieldRow("reason", "เหตุผลที่ยกเลิก", self.reason, required=True))
        self.add(FieldRow("approved_by", "ผู้อนุมัติ (คนอื่น)", self.approver, required=True))
        self.add(FieldRow("password", "รหัสผ่านของผู้อนุมัติ", self.password, required=True))
        self.box.addWidget(self.returned)
        self.finish(460, 480)

    def work(self) -> Callable[[], object]:
        """Sign the approver in, then cancel."""
        from app.services import receipt_voids, staff

        counter, actor, number = self._session.counter, self._session.actor, self._receipt
        reason, username = self.reason.currentText(), self.approver.currentData()
        password, returned = self.password.text(), self.returned.isChecked()
        if not username:
            raise Refused("approver", "ไม่มีผู้อนุมัติคนอื่นในเครื่องนี้", "ให้ผู้ดูแลระบบเพิ่มผู้ใช้", "approved_by")
        text = f"{number.fiscal_year}/{number.text}"

        def void() -> object:
            approver = staff.sign_in(counter, username, password)
            return receipt_voids.void(counter, actor, text, reason, approver, original_returned=returned)

        return void
