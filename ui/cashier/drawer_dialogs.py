"""Dialogs of the drawer: open it, count and close it, hand it over, take over that of somebody who has gone."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QSpinBox, QWidget

from app.domain import thai_date
from app.domain.errors import Refused
from app.domain.money import formatted, parse_baht
from app.services.money_model import Shift
from app.services.shifts import FACES
from ui.cashier.dialogs import MoneyDialog
from ui.ports import Session
from ui.style import GAP, NEAR
from ui.widgets.fields import Chooser, FieldRow
from ui.widgets.labels import ThaiLabel

MOST_PIECES = 100_000
WHY_TAKEN = ("เจ้าหน้าที่ป่วย", "เจ้าหน้าที่กลับก่อนโดยไม่ได้ส่งมอบ", "เจ้าหน้าที่ไปราชการด่วน", "เจ้าหน้าที่ลืมปิดยอด")


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

    @property
    def first(self) -> QSpinBox:
        """Where counting begins."""
        return self.spins[FACES[0]]

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
        self.pieces.first.setFocus()

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


class TakeOverDialog(MoneyDialog):
    """Count the drawer of somebody who has gone, and go on with it; both its slip and the audit say so."""

    def __init__(self, session: Session, parent: QWidget, others: Sequence[Shift]) -> None:
        super().__init__(session, parent, "รับช่วงลิ้นชัก", "รับช่วง")
        self.others = {one.cashier: one for one in others}
        told = "ใช้เมื่อเจ้าหน้าที่ผู้ถือลิ้นชักไม่อยู่ส่งมอบเอง ใบนำส่งเงินจะระบุว่าใครตรวจนับและเพราะเหตุใด"
        self.box.addWidget(ThaiLabel(told, role="small"))
        self.who = Chooser()
        for one in others:
            day = thai_date.short(one.business_on)
            self.who.addItem(f"{one.cashier}  ลิ้นชัก {one.drawer}  วันที่ {day}", one.cashier)
        self.why = Chooser(editable=True)
        self.why.addItems(WHY_TAKEN)
        self.why.setCurrentText("")
        self.add(FieldRow("from", "ลิ้นชักของ", self.who, required=True))
        self.add(FieldRow("reason", "เหตุผลที่รับช่วง", self.why, required=True))
        self.facts = ThaiLabel()
        self.box.addWidget(self.facts)
        self.pieces = Pieces(session.look.pixels(24))
        self.box.addWidget(self.pieces)
        self.sums = ThaiLabel(role="strong")
        self.box.addWidget(self.sums)
        self.difference = QLineEdit()
        self.add(FieldRow("difference", "เหตุผลของผลต่าง", self.difference, "ต้องใส่เมื่อเงินที่นับไม่ตรง"))
        self.who.currentIndexChanged.connect(self._count)
        for spin in self.pieces.spins.values():
            spin.valueChanged.connect(self._count)
        self._count()
        self.finish(520, 700)
        self.why.setFocus()

    def _count(self) -> None:
        shift = self.others[str(self.who.currentData())]
        total = self.pieces.total()
        difference = total - shift.expected_satang
        self.facts.show_text(_drawer_text(shift))
        told = f"นับได้ {formatted(total)}   ต้องมี {formatted(shift.expected_satang)}   ผลต่าง {formatted(difference)}"
        self.sums.show_text(told)
        self.rows["difference"].setVisible(difference != 0)

    def work(self) -> Callable[[], object]:
        """Take it over."""
        from app.services import shifts

        counter, actor = self._session.counter, self._session.actor
        cashier, why = str(self.who.currentData()), self.why.currentText()
        counted, difference = self.pieces.counted(), self.difference.text()
        return lambda: shifts.take_over(counter, actor, cashier, counted, why, difference)


def _drawer_text(shift: Shift) -> str:
    parts = [f"ใบเสร็จ {shift.receipts:,} ฉบับ ยกเลิก {shift.voided:,} ฉบับ", f"เงินสดรับ {formatted(shift.cash_satang)} บาท",
             f"เงินทอนตั้งต้น {formatted(shift.float_satang)} บาท"]  # fmt: skip
    if shift.carried_satang:
        parts.append(f"รับมอบมา {formatted(shift.carried_satang)} บาท")
    return "  ·  ".join(parts)
