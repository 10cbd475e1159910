"""Several methods on one receipt: how much by each, and its reference."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.domain.errors import Refused
from app.domain.money import formatted, parse_baht
from app.services.money_model import CASH, CHEQUE, METHODS, Part
from ui.style import NEAR
from ui.widgets.labels import ThaiLabel

OFFERED = ("cash", "transfer", "qr", "card", "cheque")


class SplitFields(QWidget):
    """A row a method; where an amount is typed its reference is asked for below, of a cheque the bank, too."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._due = 0
        self.amounts: dict[str, QLineEdit] = {}
        self.references: dict[str, QLineEdit] = {}
        self.bank = QLineEdit()
        self.bank.setPlaceholderText("ธนาคารและสาขาของเช็ค")
        self.bank.setAccessibleName("ธนาคารและสาขาของเช็ค")
        self.left = ThaiLabel(role="strong")
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(NEAR)
        for place, method in enumerate(OFFERED):
            label, amount = QLabel(METHODS[method]), QLineEdit()
            amount.setAccessibleName(f"จำนวนเงิน {METHODS[method]}")
            label.setBuddy(amount)
            self.amounts[method] = amount
            grid.addWidget(label, 2 * place, 0)
            grid.addWidget(amount, 2 * place, 1)
            if method != CASH:
                reference = QLineEdit()
                reference.setPlaceholderText("เลขที่เช็ค" if method == CHEQUE else "เลขอ้างอิง")
                reference.setAccessibleName(f"เลขอ้างอิง {METHODS[method]}")
                self.references[method] = reference
                grid.addWidget(reference, 2 * place + 1, 1)
        grid.setColumnStretch(1, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(NEAR)
        box.addLayout(grid)
        box.addWidget(self.bank)
        box.addWidget(self.left)
        self.setFocusProxy(self.amounts[CASH])
        for line in (*self.amounts.values(), *self.references.values(), self.bank):
            line.textChanged.connect(self._typed)

    def begin(self, due: int) -> None:
        """Empty, for a sum that is due."""
        self._due = due
        for line in (*self.amounts.values(), *self.references.values(), self.bank):
            line.clear()
        self._typed()

    def parts(self) -> tuple[Part, ...]:
        """The shares as typed. Refused with field "parts" where an amount cannot be read."""
        return tuple(
            Part(
                method,
                parse_baht(line.text(), field="parts"),
                self.references[method].text() if method != CASH else "",
                self.bank.text() if method == CHEQUE else "",
            )
            for method, line in self.amounts.items()
            if line.text().strip()
        )

    def cash(self) -> int:
        """The share in cash, 0 where none can be read."""
        try:
            return sum(part.satang for part in self.parts() if part.method == CASH)
        except Refused:
            return 0

    def _typed(self) -> None:
        self.bank.setVisible(bool(self.amounts[CHEQUE].text().strip()))
        for method, reference in self.references.items():
            reference.setVisible(bool(self.amounts[method].text().strip()))
        try:
            left = self._due - sum(part.satang for part in self.parts())
        except Refused:
            self.left.show_text("")
        else:
            told = f"ยังขาด {formatted(left)} บาท" if left > 0 else f"เกิน {formatted(-left)} บาท"
            self.left.show_text(told if left else "ครบแล้ว")
        self.changed.emit()
