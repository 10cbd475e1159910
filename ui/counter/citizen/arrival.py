"""How the matter reached the counter, and who filed it where the applicant did not himself."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLineEdit, QVBoxLayout, QWidget

from app.domain import citizen_id, phone
from app.domain.errors import CounterError
from app.services import filed_by as rules
from app.services.case_documents import CHANNELS
from app.services.model import FiledBy, RegisterCase
from ui.counter.citizen import filling
from ui.style import NEAR
from ui.widgets.fields import Chooser, FieldRow

LONGEST = 20_000
LINES = {
    "name": ("ชื่อผู้ยื่นแทน", "คำนำหน้า ชื่อ นามสกุลของผู้ที่มายื่นหรือโทรแจ้งแทน", True),
    "phone": ("โทรศัพท์ผู้ยื่นแทน", "ใช้ติดต่อกลับเมื่อผู้ร้องไม่มีเบอร์โทรศัพท์", False),
    "citizen_id": ("เลขประจำตัวผู้ยื่นแทน", "เลข 13 หลัก เว้นว่างได้", False),
}
CHECKS: dict[str, Callable[[str], str]] = {
    "phone": lambda text: phone.formatted(phone.normalise(text, field="filed_by.phone")),
    "citizen_id": lambda text: citizen_id.check(text, field="filed_by.citizen_id"),
}


class Arrival(QWidget):
    """The channel, and a box that opens the fields of who filed."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.channel = Chooser()
        for code, name in CHANNELS.items():
            self.channel.addItem(name, code)
        self.channel.activated.connect(lambda _index: self.changed.emit())
        self.behalf = QCheckBox("ยื่นแทนผู้อื่น")
        self.behalf.setAccessibleName("ผู้อื่นยื่นแทนผู้ร้อง")
        self.behalf.setToolTip("มีผู้ยื่นหรือแจ้งแทนผู้ร้อง (Alt+B)")
        self.behalf.clicked.connect(self._clicked)
        row = FieldRow("channel", "ช่องทาง", self.channel, "เรื่องมาถึงเคาน์เตอร์ทางใด")
        self.rows: dict[str, FieldRow] = {"channel": row}
        self.lines: dict[str, QLineEdit] = {}
        self._number = ""
        self._relation: Chooser | None = None
        self._authority: QCheckBox | None = None
        self._fields = QWidget()
        self._fields.hide()
        head = QGridLayout()
        head.setHorizontalSpacing(NEAR)
        head.setColumnStretch(0, 1)
        head.setColumnStretch(1, 1)
        head.addWidget(row, 0, 0, 2, 1)
        head.addWidget(self.behalf, 1, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(NEAR)
        box.addLayout(head)
        box.addWidget(self._fields)

    def toggle(self) -> None:
        """Alt+B: somebody files for the applicant, or nobody does."""
        self.behalf.click()

    def filled_into(self, case: RegisterCase) -> RegisterCase:
        """A case with its channel and who filed it."""
        return replace(case, channel=str(self.channel.currentData()), filed_by=self._value())

    def set_case(self, case: RegisterCase) -> None:
        """Show what `filled_into` gave."""
        self.channel.setCurrentIndex(max(0, self.channel.findData(case.channel)))
        self.behalf.setChecked(case.filed_by is not None)
        given = case.filed_by or FiledBy("")
        if case.filed_by is not None:
            self._build()
        if self._relation is not None and self._authority is not None:
            for key, line in self.lines.items():
                line.setText(getattr(given, key))
            self._relation.setEditText(given.relation)
            self._authority.setChecked(given.authority)
            self._check("citizen_id")
        self._fields.setVisible(case.filed_by is not None)

    def show_error(self, key: str) -> None:
        """An error is about a field of who filed: it must be in view."""
        if key.startswith("filed_by."):
            self._build()
            self.behalf.setChecked(True)
            self._fields.show()

    def _value(self) -> FiledBy | None:
        if not self.behalf.isChecked() or self._relation is None or self._authority is None:
            return None
        texts = {key: line.text().strip() for key, line in self.lines.items()}
        if self._number and texts["citizen_id"] == filling.shown_number(self._number):
            texts["citizen_id"] = self._number
        return FiledBy(**texts, relation=self._relation.currentText().strip(), authority=self._authority.isChecked())

    def _clicked(self, on: bool) -> None:
        if on:
            self._build()
        self._fields.setVisible(on)
        (self.lines["name"] if on else self.behalf).setFocus()
        self.changed.emit()

    def _build(self) -> None:
        """Fields that few cases need are built when they are first wanted."""
        if self._relation is not None:
            return
        self._relation = Chooser(editable=True)
        self._relation.addItems(rules.RELATIONS)
        self._relation.setCurrentIndex(-1)
        self._relation.clearEditText()
        self._relation.editTextChanged.connect(lambda _text: self._edited("relation"))
        self._authority = QCheckBox("มีหนังสือมอบอำนาจ")
        self._authority.setAccessibleName("ผู้ยื่นแทนมีหนังสือมอบอำนาจ")
        self._authority.clicked.connect(lambda _checked: self.changed.emit())
        box = QVBoxLayout(self._fields)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(NEAR)
        for key, (label, told, needed) in LINES.items():
            line = self.lines[key] = QLineEdit()
            line.setMaxLength(LONGEST)
            line.textEdited.connect(lambda _text, key=key: self._edited(key))
            if key in CHECKS:
                line.editingFinished.connect(lambda key=key: self._check(key))
            box.addWidget(self._row(key, label, line, told, needed=needed))
            if key == "name":
                told = "เป็นอะไรกับผู้ร้อง เลือกหรือพิมพ์เอง"
                box.addWidget(self._row("relation", "ความเกี่ยวข้องกับผู้ร้อง", self._relation, told))
        box.addWidget(self._authority)

    def _row(self, key: str, label: str, control: QWidget, told: str, *, needed: bool = False) -> FieldRow:
        row = FieldRow(f"filed_by.{key}", label, control, told, required=needed)
        self.rows[row.key] = row
        return row

    def _edited(self, key: str) -> None:
        self.rows[f"filed_by.{key}"].clear_error()
        self.changed.emit()

    def _check(self, key: str) -> None:
        """A first look when the clerk goes on; the number is masked from then on."""
        line = self.lines[key]
        text = line.text().strip()
        if not text or filling.is_masked(text):
            return
        try:
            checked = CHECKS[key](text)
        except CounterError as error:
            self.rows[f"filed_by.{key}"].show_error(error.title, error.hint)
            return
        if key == "citizen_id":
            self._number = checked
            checked = filling.shown_number(checked)
        line.setText(checked)
