"""Name and telephone of an applicant, and what only some kinds have: passport, organisation, representative.

Fields that few applicants need are built when their kind is first chosen.
"""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLineEdit, QWidget

from app.domain import citizen_id, phone
from app.domain.errors import CounterError
from app.services.applicants import KINDS, clean_passport
from app.services.model import Applicant
from ui.counter.citizen import filling
from ui.style import NEAR
from ui.widgets.fields import Chooser, FieldRow, SharedMessage

TITLES = ("นาย", "นาง", "นางสาว", "เด็กชาย", "เด็กหญิง", "พระ", "ร้อยตรี", "ดร.")
LONGEST = 20_000
PHONE_TOLD = "เบอร์มือถือ 10 หลัก ใช้ติดตามผลด้วยเลขคำร้องและเบอร์ 4 ตัวท้าย"
TEXTS = ("first_name", "last_name", "phone", "organisation", "representative_id", "passport")
"""Parts of an applicant that are lines of text here."""
LABELS = {
    "title": ("คำนำหน้า", "คำนำหน้าผู้แทน"),
    "first_name": ("ชื่อ", "ชื่อผู้แทน"),
    "last_name": ("นามสกุล", "นามสกุลผู้แทน"),
}
NEEDED = {
    "thai": ("title", "first_name", "last_name"),
    "foreigner": ("first_name",),
    "unnumbered": ("first_name",),
    "juristic": (),
    "anonymous": (),
}
CHECKS: dict[str, Callable[[str], str]] = {
    "phone": lambda text: phone.formatted(phone.normalise(text)),
    "passport": clean_passport,
    "representative_id": lambda text: citizen_id.check(text, field="applicant.representative_id"),
}
"""A first look when the clerk goes on; the checked text is shown as people write it."""


class PersonFields(QWidget):
    """The rows by the keys that errors name ("applicant.first_name")."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[str, FieldRow] = {}
        self.lines: dict[str, QLineEdit] = {}
        self._kind = "thai"
        self._representative = ""
        self._attorney: QCheckBox | None = None
        self.title = Chooser(editable=True)
        self.title.addItems(TITLES)
        self.title.setCurrentIndex(-1)
        self.title.editTextChanged.connect(lambda _text: self._edited("title"))
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(NEAR)
        self._grid.setVerticalSpacing(NEAR)
        self._grid.setColumnStretch(0, 2)
        self._grid.setColumnStretch(1, 3)
        self._add("title", "คำนำหน้า", self.title, "เลือกหรือพิมพ์คำนำหน้าเอง", (1, 0, 1, 1), required=True)
        self._add_line("first_name", "ชื่อ", "ชื่อภาษาไทยตามบัตร", (1, 1, 1, 1), required=True)
        side_by_side = SharedMessage()
        self._grid.addWidget(side_by_side, 2, 0, 1, 2)
        for key in ("title", "first_name"):
            self.rows[f"applicant.{key}"].share(side_by_side)
        self._add_line("last_name", "นามสกุล", "นามสกุลภาษาไทยตามบัตร", (3, 0, 1, 2), required=True)
        self._add_line("phone", "โทรศัพท์", PHONE_TOLD, (6, 0, 1, 2))

    @property
    def kind(self) -> str:
        """The kind whose fields are shown."""
        return self._kind

    def set_kind(self, kind: str) -> None:
        """Show the fields of a kind; what was typed into others stays and comes back with its kind."""
        self._kind = kind if kind in KINDS else "thai"
        if kind == "juristic":
            self._build_juristic()
        elif kind == "foreigner" and "passport" not in self.lines:
            told = "อักษรโรมันและตัวเลข 5–20 ตัว ถ้าไม่มีเลขประจำตัว 13 หลัก"
            self._add_line("passport", "เลขหนังสือเดินทาง", told, (4, 0, 1, 2))
        for key, kinds in (("organisation", "juristic"), ("representative_id", "juristic"), ("passport", "foreigner")):
            if key in self.lines:
                self.rows[f"applicant.{key}"].setVisible(kinds == self._kind)
        if self._attorney is not None:
            self._attorney.setVisible(self._kind == "juristic")
        for key, labels in LABELS.items():
            row = self.rows[f"applicant.{key}"]
            row.setVisible(self._kind != "anonymous")
            row.rename(labels[self._kind == "juristic"], required=key in NEEDED[self._kind])
            row.clear_error()

    def value(self) -> Applicant:
        """The parts that are asked of this kind, as typed."""
        texts = {key: line.text().strip() for key, line in self.lines.items() if self._is_asked(key)}
        if self._representative and texts.get("representative_id") == filling.shown_number(self._representative):
            texts["representative_id"] = self._representative
        attorney = self._attorney is not None and self._kind == "juristic" and self._attorney.isChecked()
        title = self.title.currentText().strip() if self._is_asked("title") else ""
        names = {"title": title, "first_name": "", "last_name": ""}
        parts: dict[str, Any] = {**names, **texts, "power_of_attorney": attorney}
        return Applicant(**parts, kind=self._kind)

    def set_value(self, applicant: Applicant) -> None:
        """Show an applicant's kind, names and telephone."""
        self.set_kind(applicant.kind)
        if applicant.title:
            self.title.setCurrentText(applicant.title)
        else:
            self.title.setCurrentIndex(-1)
            self.title.clearEditText()
        for key, line in self.lines.items():
            line.setText(getattr(applicant, key))
        self._representative = ""
        if applicant.representative_id:
            self._check("representative_id")
        if self._attorney is not None:
            self._attorney.setChecked(applicant.power_of_attorney)

    def first(self) -> QWidget:
        """Where this kind's form begins."""
        if self._kind == "anonymous":
            return self.lines["phone"]
        return self.lines["organisation"] if self._kind == "juristic" else self.title

    def first_empty(self) -> QWidget:
        """The first needed field without text, or the telephone."""
        for key in ("title", "first_name", "last_name"):
            control = self.title if key == "title" else self.lines[key]
            text = self.title.currentText() if key == "title" else self.lines[key].text()
            if key in NEEDED[self._kind] and not text.strip():
                return control
        return self.lines["phone"]

    def _is_asked(self, key: str) -> bool:
        return not self.rows[f"applicant.{key}"].isHidden()

    def _build_juristic(self) -> None:
        if self._attorney is not None:
            return
        self._add_line("organisation", "ชื่อนิติบุคคล", "ชื่อเต็มตามหนังสือรับรอง", (0, 0, 1, 2), required=True)
        told = "เลข 13 หลักของผู้แทนที่มาติดต่อ เว้นว่างได้"
        self._add_line("representative_id", "เลขประจำตัวผู้แทน", told, (4, 0, 1, 2))
        self._attorney = QCheckBox("รับมอบอำนาจ (มีหนังสือมอบอำนาจ)")
        self._attorney.setAccessibleName("ผู้แทนรับมอบอำนาจ มีหนังสือมอบอำนาจ")
        self._attorney.clicked.connect(lambda _checked: self.changed.emit())
        self._grid.addWidget(self._attorney, 5, 0, 1, 2)
        QWidget.setTabOrder(self.lines["organisation"], self.title)
        QWidget.setTabOrder(self.lines["last_name"], self.lines["representative_id"])
        QWidget.setTabOrder(self.lines["representative_id"], self._attorney)
        QWidget.setTabOrder(self._attorney, self.lines["phone"])

    def _add_line(
        self, key: str, label: str, told: str, place: tuple[int, int, int, int], *, required: bool = False
    ) -> None:
        line = QLineEdit()
        line.setMaxLength(LONGEST)
        line.textEdited.connect(lambda _text: self._edited(key))
        if key in CHECKS:
            line.editingFinished.connect(lambda: self._check(key))
        self.lines[key] = line
        self._add(key, label, line, told, place, required=required)

    def _add(
        self,
        key: str,
        label: str,
        control: QWidget,
        told: str,
        place: tuple[int, int, int, int],
        *,
        required: bool = False,
    ) -> None:
        row = FieldRow(f"applicant.{key}", label, control, told, required=required)
        self.rows[row.key] = row
        self._grid.addWidget(row, *place)

    def _edited(self, key: str) -> None:
        self.rows[f"applicant.{key}"].clear_error()
        self.changed.emit()

    def _check(self, key: str) -> None:
        line = self.lines[key]
        text = line.text().strip()
        if not text or filling.is_masked(text) or text.startswith("x"):
            return
        try:
            checked = CHECKS[key](text)
        except CounterError as error:
            self.rows[f"applicant.{key}"].show_error(error.title, error.hint)
            return
        if key == "representative_id":
            self._representative = checked
            checked = filling.shown_number(checked)
        line.setText(checked)
