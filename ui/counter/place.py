"""Where the matter is: at the applicant's address, or elsewhere with a note and, if known, an address."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QLineEdit, QRadioButton, QVBoxLayout, QWidget

from app.domain.errors import CounterError
from app.services.model import Address, Place
from ui.counter.address import AddressFields
from ui.ports import Session
from ui.style import NEAR
from ui.widgets.fields import Action, FieldRow
from ui.widgets.layouts import FlowLayout


class PlaceFields(QWidget):
    """Two ways, and fields only for the second."""

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._home = QRadioButton("ที่อยู่ผู้ร้อง")
        self._elsewhere = QRadioButton("ที่อื่น")
        group = QButtonGroup(self)
        ways = QWidget()
        flow = FlowLayout(ways)
        flow.setContentsMargins(0, 0, 0, 0)
        for button in (self._home, self._elsewhere):
            button.setAccessibleName(f"สถานที่: {button.text()}")
            group.addButton(button)
            flow.addWidget(button)
            button.clicked.connect(self._chosen)
        ways.setFocusProxy(self._home)
        self._home.setChecked(True)
        self._note = QLineEdit()
        self._note.setMaxLength(20_000)
        self._note.setPlaceholderText("เช่น หน้าวัดกะทู้ ใกล้เสาไฟต้นที่ 3")
        self._note_row = FieldRow("place.note", "จุดสังเกต", self._note, "บอกจุดให้ช่างหาเจอโดยไม่ต้องโทรถาม")
        self._more = Action("ใส่ที่อยู่ของสถานที่", role="quiet", tip="เปิดช่องบ้านเลขที่ หมู่ ซอย ถนน ตำบล")
        self.address = AddressFields("place.address", "ที่อยู่ของสถานที่", session)
        self.rows = {"place.note": self._note_row, **self.address.rows}
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(NEAR)
        box.addWidget(FieldRow("place", "สถานที่เกิดเหตุ", ways))
        box.addWidget(self._note_row)
        box.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        box.addWidget(self.address)
        self._note.textEdited.connect(self._note_row.clear_error)
        self._note.textEdited.connect(self.changed)
        self.address.changed.connect(self.changed)
        self._more.clicked.connect(self._open_address)
        self._show_needed()

    def value(self) -> Place | None:
        """None: at the applicant's address."""
        if self._home.isChecked():
            return None
        return Place(address=self.address.value(), note=self._note.text().strip())

    def set_value(self, place: Place | None) -> None:
        """Show a place."""
        (self._home if place is None else self._elsewhere).setChecked(True)
        self._note.setText("" if place is None else place.note)
        self.address.set_value(Address() if place is None else place.address)
        self._show_needed()

    def show_error(self, error: CounterError) -> bool:
        """Show an error at its field; False when it is none of ours."""
        row = self.rows.get(error.field or "")
        if row is None:
            return False
        self._elsewhere.setChecked(True)
        self._show_needed()
        if row is not self._note_row:
            self._open_address()
        row.show_error(error.title, error.hint)
        row.control.setFocus()
        return True

    def _chosen(self) -> None:
        self._show_needed()
        self.changed.emit()

    def _open_address(self) -> None:
        self._more.hide()
        self.address.show()
        self.address.rows["place.address.house_no"].control.setFocus()

    def _show_needed(self) -> None:
        elsewhere = self._elsewhere.isChecked()
        has_address = self.address.value() != Address()
        self._note_row.setVisible(elsewhere)
        self._more.setVisible(elsewhere and not has_address)
        self.address.setVisible(elsewhere and has_address)
