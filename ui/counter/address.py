"""The parts of a Thai address in the order in which people say them, completed by any part of an area's name."""

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QWidget

from app.domain.errors import CounterError
from app.services import addresses
from app.services.addresses import Area
from app.services.model import Address, Advice
from ui.ports import Session
from ui.style import NEAR, give_role
from ui.widgets.fields import Action, FieldRow, SharedMessage
from ui.widgets.labels import ThaiLabel
from ui.widgets.suggestions import Suggestion, Suggestions

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
AREA_PARTS = ("subdistrict", "district", "province", "postcode")
AREA_TOLD = "พิมพ์ส่วนใดของตำบล อำเภอ จังหวัด หรือรหัสไปรษณีย์ก็ได้ แล้วกดลูกศรลงเลือก"
MOST = 8
UNDER_ALL = 20
"""Row of the grid that lies below all fields."""
SHORTEST, SHORTEST_CODE = 2, 3
"""Letters, and digits of a postcode, from which areas are offered."""


class AddressFields(QWidget):
    """Eight fields; a button fills in the office's own subdistrict, district, province and postcode."""

    changed = Signal()

    def __init__(self, prefix: str, title: str, session: Session) -> None:
        super().__init__()
        self._session = session
        self._prefix = prefix
        self._office = office = session.counter.office.address
        self._advice: ThaiLabel | None = None
        self.rows: dict[str, FieldRow] = {}
        self.lines: dict[str, QLineEdit] = {}
        self.suggestions = Suggestions(session.look, self)
        self.suggestions.asked.connect(self._asked)
        self.suggestions.taken.connect(self._taken)
        self._grid = grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(NEAR)
        grid.setVerticalSpacing(NEAR)
        for column in range(3):
            grid.setColumnStretch(column, 1)
        self._message = SharedMessage()
        grid.addWidget(self._message, UNDER_ALL, 0, 1, 3)
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
        row = FieldRow(f"{prefix}.{key}", label, line, AREA_TOLD if key in AREA_PARTS else "")
        row.share(self._message)
        line.textEdited.connect(row.clear_error)
        line.textEdited.connect(self.changed)
        if key in AREA_PARTS:
            self.suggestions.listen(line)
            line.editingFinished.connect(self._check)
        self.lines[key] = line
        self.rows[row.key] = row
        return row

    @property
    def advice(self) -> str:
        """What does not agree with the list of areas, or ""."""
        return "" if self._advice is None or self._advice.isHidden() else self._advice.shown_text()

    def value(self) -> Address:
        """The address as typed."""
        return Address(**{key: line.text().strip() for key, line in self.lines.items()})

    def set_value(self, address: Address) -> None:
        """Show an address."""
        for key, line in self.lines.items():
            line.setText(getattr(address, key))
        self._advise(())

    def fill_here(self) -> None:
        """Most people live where the office is: fill in what is the same for all of them."""
        for key in AREA_PARTS:
            if not self.lines[key].text().strip():
                self.lines[key].setText(getattr(self._office, key))
        self.changed.emit()
        self.lines["house_no"].setFocus()

    def show_error(self, error: CounterError) -> bool:
        """Show an error at its field; False when it is none of ours."""
        row = self.rows.get(error.field or "")
        if row is None:
            return False
        row.show_error(error.title, error.hint)
        row.control.setFocus()
        return True

    # areas -----------------------------------------------------------------------------------------------------

    def _asked(self, line: QLineEdit, text: str) -> None:
        text, office = text.strip(), self._office
        if len(text) < (SHORTEST_CODE if text.isdigit() else SHORTEST):
            self._session.tasks.drop(self, "areas")
            self.suggestions.close()
            return
        self._session.tasks.query(
            self,
            lambda: addresses.find(text, office, MOST),
            lambda found: self.suggestions.offer(line, [_suggestion(area) for area in found]),
            self._failed,
            topic="areas",
        )

    def _taken(self, line: QLineEdit, value: object) -> None:
        if isinstance(value, str):
            self.lines["postcode"].setText(value)
        elif isinstance(value, Area):
            typed = self.value()
            if line is self.lines["postcode"] and typed.postcode not in value.postcodes:
                fitting = [code for code in value.postcodes if code.startswith(typed.postcode)]
                typed = replace(typed, postcode=(fitting or value.postcodes)[0])
            self.set_value(value.filled_into(typed))
            postcode = self.lines["postcode"]
            postcode.setFocus()
            postcode.selectAll()
            if len(value.postcodes) > 1:
                rows = [Suggestion(code, value.subdistrict, "", code) for code in value.postcodes]
                self.suggestions.offer(postcode, rows)
        for key in AREA_PARTS:
            self.rows[f"{self._prefix}.{key}"].clear_error()
        self.changed.emit()

    def _check(self) -> None:
        """Told, never refused: lists of areas grow old."""
        address, at = self.value(), self._prefix
        self._session.tasks.query(
            self, lambda: addresses.check(address, at), self._advise, self._failed, topic="advice"
        )

    def _advise(self, found: tuple[Advice, ...]) -> None:
        if found and self._advice is None:
            self._advice = ThaiLabel(role="warn")
            self._grid.addWidget(self._advice, 5, 0, 1, 3)
        if self._advice is not None:
            self._advice.show_text("\n".join(f"▲ {one.text}" for one in found))
            self._advice.setVisible(bool(found))

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, CounterError):
            self._session.tasks.trouble.emit(error)


def _suggestion(area: Area) -> Suggestion:
    capital = area.code.startswith(addresses.BANGKOK)
    below = f"เขต{area.district} {area.province}" if capital else f"อ.{area.district} จ.{area.province}"
    title = f"แขวง{area.subdistrict}" if capital else f"ต.{area.subdistrict}"
    return Suggestion(title, " / ".join(area.postcodes), below, area)


def _here_text(office: Address) -> str:
    return f"เติม ต.{office.subdistrict} จ.{office.province}"
