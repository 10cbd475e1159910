"""Dialogs of the cashier: cancel a receipt with a second person, open a drawer, count and close it, hand it over."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QGridLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.domain.errors import CounterError, Refused
from app.domain.money import formatted, parse_baht
from app.services.money_model import Receipt, Shift
from app.services.shifts import FACES
from ui import faults
from ui.ports import Session
from ui.style import FAR, GAP, NEAR
from ui.widgets.fields import Action, Chooser, FieldRow
from ui.widgets.labels import ThaiLabel, heading
from ui.widgets.layouts import Column, FlowLayout

WHY_VOID = ("ชื่อผู้ชำระผิด", "จำนวนเงินผิด", "วิธีชำระผิด", "รับชำระผิดเรื่อง", "ผู้ชำระขอยกเลิก", "เช็คคืน")
MOST_PIECES = 100_000


class MoneyDialog(QDialog):
    """Fields, one message line, one button that does it on the command thread; Esc leaves."""

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
        self.box = self._column.box
        self.box.setSpacing(NEAR)
        self.box.addWidget(heading(title))
        self.result_value: object = None

    def add(self, row: FieldRow) -> None:
        """Add a field."""
        self.rows[row.key] = row
        self.box.addWidget(row)

    def finish(self, width: int, height: int) -> None:
        """Message and buttons below the fields; as large as the screen lets it be."""
        self.box.addStretch(1)
        buttons = QWidget()
        flow = FlowLayout(buttons, GAP)
        flow.setContentsMargins(0, 0, 0, 0)
        for button in (self.do, self.leave):
            flow.addWidget(button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(FAR, FAR, FAR, FAR)
        whole.setSpacing(GAP)
        whole.addWidget(self._column, 1)
        whole.addWidget(self.error)
        whole.addWidget(buttons)
        room, look = self.screen().availableGeometry(), self._session.look
        self.resize(min(look.pixels(width), room.width() - 40), min(look.pixels(height), room.height() - 60))

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


class OpenDrawerDialog(MoneyDialog):
    """Open the drawer with change money."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(session, parent, "เปิดลิ้นชัก", "เปิดลิ้นชัก")
        self.float = QLineEdit("0.00")
        self.float.selectAll()
        self.add(FieldRow("float", "เงินทอนตั้งต้น (บาท)", self.float, "เงินทอนที่อยู่ในลิ้นชักก่อนเริ่มรับเงิน"))
        self.finish(380, 240)

    def work(self) -> Callable[[], object]:
        """Open it."""
        from app.services import shifts

        counter, actor = self._session.counter, self._session.actor
        money = parse_baht(self.float.text(), field="float")
        return lambda: shifts.open_shift(counter, actor, money)


class Pieces(QWidget):
    """How many of each note and coin lie in the drawer."""

    def __init__(self, height: int) -> None:
        super().__init__()
        self.spins: dict[int, QSpinBox] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GAP)
        grid.setVerticalSpacing(NEAR)
        for place, face in enumerate(FACES):
            row, column = divmod(place, 2)
            name = f"{formatted(face).removesuffix('.00')} บาท"
            label = QLabel(name)
            spin = QSpinBox()
            spin.setRange(0, MOST_PIECES)
            spin.setMinimumHeight(height)
            spin.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
            spin.setAccessibleName(f"จำนวน {name}")
            label.setBuddy(spin)
            grid.addWidget(label, row, 2 * column)
            grid.addWidget(spin, row, 2 * column + 1)
            self.spins[face] = spin
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)

    def counted(self) -> Mapping[int, int]:
        """Pieces by face in satang, those of nought left out."""
        return {face: spin.value() for face, spin in self.spins.items() if spin.value()}

    def total(self) -> int:
        """Their sum in satang."""
        return sum(face * pieces for face, pieces in self.counted().items())


class CloseDrawerDialog(MoneyDialog):
    """Count the drawer, then close the day, or hand it to the next clerk who signs in beside."""

    def __init__(
        self, session: Session, parent: QWidget, shift: Shift, people: list[tuple[str, str]] | None = None
    ) -> None:
        hand_over = people is not None
        title = "ส่งมอบลิ้นชัก" if hand_over else "ปิดยอดประจำวัน"
        super().__init__(session, parent, title, "ส่งมอบ" if hand_over else "ปิดยอด")
        self._shift, self._hand_over = shift, hand_over
        self.box.addWidget(ThaiLabel(_drawer_text(shift)))
        self.pieces = Pieces(session.look.pixels(24))
        self.box.addWidget(self.pieces)
        self.sums = ThaiLabel(role="strong")
        self.box.addWidget(self.sums)
        self.reason = QLineEdit()
        self.add(FieldRow("reason", "เหตุผลของผลต่าง", self.reason, "ต้องใส่เมื่อเงินที่นับไม่ตรง"))
        self.to, self.password = Chooser(), QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        if people is not None:
            for username, name in people:
                if username != session.actor.username:
                    self.to.addItem(f"{name} ({username})", username)
            self.add(FieldRow("to", "ผู้รับมอบ", self.to, required=True))
            self.add(FieldRow("password", "รหัสผ่านของผู้รับมอบ", self.password, required=True))
        for spin in self.pieces.spins.values():
            spin.valueChanged.connect(self._count)
        self._count()
        self.finish(520, 640)

    def _count(self) -> None:
        total, expected = self.pieces.total(), self._shift.expected_satang
        difference = total - expected
        told = f"นับได้ {formatted(total)}   ต้องมี {formatted(expected)}   ผลต่าง {formatted(difference)}"
        self.sums.show_text(told)
        self.rows["reason"].setVisible(difference != 0)

    def work(self) -> Callable[[], object]:
        """Close it, or hand it over."""
        from app.services import shifts, staff

        counter, actor = self._session.counter, self._session.actor
        counted, reason = self.pieces.counted(), self.reason.text()
        if not self._hand_over:
            return lambda: shifts.close(counter, actor, counted, reason)
        username, password = self.to.currentData(), self.password.text()
        if not username:
            raise Refused("to", "ไม่มีผู้รับมอบคนอื่นในเครื่องนี้", "ให้ผู้ดูแลระบบเพิ่มผู้ใช้", "to")

        def give() -> object:
            return shifts.hand_over(counter, actor, staff.sign_in(counter, username, password), counted, reason)

        return give


def _drawer_text(shift: Shift) -> str:
    parts = [f"ใบเสร็จ {shift.receipts:,} ฉบับ ยกเลิก {shift.voided:,} ฉบับ", f"เงินสดรับ {formatted(shift.cash_satang)} บาท",
             f"เงินทอนตั้งต้น {formatted(shift.float_satang)} บาท"]  # fmt: skip
    if shift.carried_satang:
        parts.append(f"รับมอบมา {formatted(shift.carried_satang)} บาท")
    return "  ·  ".join(parts)
