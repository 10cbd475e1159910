"""The parts of a Thai address in the order in which people say them."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QWidget

from app.domain.errors import CounterError
from app.services.model import Address
from ui.style import NEAR, give_role
from ui.widgets.fields import Action, FieldRow

PARTS = (
    ("house_no", "บ้านเลขที่ / อาคาร", 0, 0, 2),
    ("moo", "หมู่ที่", 0, 2, 1),
    ("soi", "ซอย", 1, 0, 1),
    ("road", "ถนน", 1, 1, 2),
    ("subdistrict", "ตำบล / แขวง", 2, 0, 1),
    ("district", "อำเภอ / เขต", 2, 1, 2),
    ("province", "จังหวัด", 3, 0, 2),
    ("postcode", "รหัสไปรษณีย์", 3, 2, 1),
)
"""Key, label, and row, column, columns in the grid."""


class AddressFields(QWidget):
    """Eight fields; a button fills in the office's own subdistrict, district, province and postcode."""

    changed = Signal()

    def __init__(self, prefix: str, title: str, office: Address) -> None:
        super().__init__()
        self._office = office
        self.rows: dict[str, FieldRow] = {}
        self._lines: dict[str, QLineEdit] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(NEAR)
        grid.setVerticalSpacing(NEAR)
        for column in range(3):
            grid.setColumnStretch(column, 1)
        for key, label, row, column, columns in PARTS:
            grid.addWidget(self._row(prefix, key, label), row + 1, column, 1, columns)
        self._here = Action(_here_text(office), role="quiet", tip="เติมตำบล อำเภอ จังหวัด และรหัสไปรษณีย์ของหน่วยงาน")
        self._here.clicked.connect(self.fill_here)
        if not office.subdistrict:
            self._here.hide()
        head = QHBoxLayout()
        head.addWidget(give_role(QLabel(title), "strong"), 1)
        head.addWidget(self._here)
        grid.addLayout(head, 0, 0, 1, 3)

    def _row(self, prefix: str, key: str, label: str) -> FieldRow:
        line = QLineEdit()
        line.setMaxLength(2_000)
        row = FieldRow(f"{prefix}.{key}", label, line)
        line.textEdited.connect(row.clear_error)
        line.textEdited.connect(self.changed)
        self._lines[key] = line
        self.rows[row.key] = row
        return row

    def value(self) -> Address:
        """The address as typed."""
        return Address(**{key: line.text().strip() for key, line in self._lines.items()})

    def set_value(self, address: Address) -> None:
        """Show an address."""
        for key, line in self._lines.items():
            line.setText(getattr(address, key))

    def fill_here(self) -> None:
        """Most people live where the office is: fill in what is the same for all of them."""
        for key in ("subdistrict", "district", "province", "postcode"):
            if not self._lines[key].text().strip():
                self._lines[key].setText(getattr(self._office, key))
        self.changed.emit()
        self._lines["house_no"].setFocus()

    def show_error(self, error: CounterError) -> bool:
        """Show an error at its field; False when it is none of ours."""
        row = self.rows.get(error.field or "")
        if row is None:
            return False
        row.show_error(error.title, error.hint)
        row.control.setFocus()
        return True


def _here_text(office: Address) -> str:
    return f"เติม ต.{office.subdistrict} จ.{office.province}"
