"""Possible doubles: told in the column, compared side by side in a dialog, decided by the clerk, and undoable.

A decision about two persons of the register is recorded at once. One about an applicant who is not registered yet is
kept with the form (and its draft) and recorded with the case.
"""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QFrame, QGridLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.domain import thai_date
from app.services.duplicates import DECISIONS, Candidate
from app.services.model import Applicant, PersonView
from app.services.rights import MERGE_PEOPLE
from ui.counter.citizen import filling
from ui.style import FAR, GAP, NEAR, TIGHT, Look, give_role
from ui.widgets.fields import WANTS, Action, FieldRow
from ui.widgets.labels import ThaiLabel
from ui.widgets.layouts import Column, FlowLayout

WHY = {
    "phone": "ใช้เบอร์โทรศัพท์เดียวกัน",
    "address": "อยู่บ้านเลขที่เดียวกัน",
    "number_missing": "รายหนึ่งไม่มีเลขประจำตัวให้เทียบ",
}
IN_FORM = "ในแบบที่กรอกอยู่"
IN_REGISTER = "ในทะเบียน"


def why_text(candidate: Candidate) -> str:
    """What speaks for one person."""
    return " · ".join(("ชื่อเดียวกัน", *(WHY[one] for one in candidate.why if one in WHY)))


def lines_of(view: PersonView) -> list[tuple[str, str]]:
    """A person of the register as labelled lines, numbers masked."""
    last = ""
    if view.last_at is not None:
        last = f"{view.last_number} เมื่อ {thai_date.short(thai_date.local(view.last_at).date())}"
    return [
        ("ชื่อ", view.name),
        ("ประเภท", view.kind_text),
        ("เลขประจำตัว", view.citizen_id),
        ("โทรศัพท์", view.phone),
        ("ที่อยู่", view.address),
        ("เรื่องในทะเบียน", f"{view.cases:,} เรื่อง"),
        ("เรื่องล่าสุด", last),
    ]


def lines_of_form(who: Applicant, kind_text: str) -> list[tuple[str, str]]:
    """The applicant of the form in the same lines."""
    home = who.address
    parts = (("หมู่ ", home.moo), ("ต.", home.subdistrict), ("อ.", home.district), ("จ.", home.province))
    number = filling.shown_number(who.citizen_id) if filling.number_state(who.citizen_id, who.kind) else ""
    return [
        ("ชื่อ", who.full_name),
        ("ประเภท", kind_text),
        ("เลขประจำตัว", number),
        ("โทรศัพท์", who.phone),
        ("ที่อยู่", " ".join(f"{label}{part}" for label, part in parts if part)),
        ("เรื่องในทะเบียน", "ยังไม่มี"),
        ("เรื่องล่าสุด", ""),
    ]


class DoublesHint(QFrame):
    """One line in the column and a button."""

    compare_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        give_role(self, "note_info")
        self.candidates: list[Candidate] = []
        self._words = ThaiLabel()
        button = Action("เทียบข้อมูล…", key="Alt+D", tip="เทียบสองรายข้างกันแล้วตัดสิน")
        button.clicked.connect(self.compare_wanted)
        box = QVBoxLayout(self)
        box.setContentsMargins(GAP, NEAR, NEAR, NEAR)
        box.setSpacing(TIGHT)
        box.addWidget(self._words)
        box.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        self.hide()

    @property
    def said(self) -> str:
        """The hint, or empty."""
        return "" if self.isHidden() else self._words.shown_text()

    def show_candidates(self, found: list[Candidate]) -> None:
        """Tell of persons who may be the applicant; none takes the hint away."""
        self.candidates = found
        self.setVisible(bool(found))
        if found:
            more = f" และอีก {len(found) - 1} ราย" if len(found) > 1 else ""
            self._words.show_text(f"อาจเป็นคนเดียวกับ {found[0].view.name} ในทะเบียน{more} ({why_text(found[0])})")


class DoublesDialog(QDialog):
    """One pair after the other, side by side. Esc puts nothing on record."""

    decided = Signal(object, str, str)
    """The Candidate, "same", "different" or "later", and the note."""

    def __init__(
        self, left: list[tuple[str, str]], title: str, candidates: list[Candidate], look: Look, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._left, self._title, self._waiting = left, title, list(candidates)
        self.setWindowTitle("เทียบข้อมูลบุคคล")
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._why = ThaiLabel(role="strong")
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(FAR)
        self._grid.setVerticalSpacing(TIGHT)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(2, 1)
        self._note = QLineEdit()
        self._note.setMaxLength(500)
        buttons = QWidget()
        flow = FlowLayout(buttons)
        flow.setContentsMargins(0, 0, 0, 0)
        self.buttons: dict[str, Action] = {}
        for decision, key in (("same", "Alt+1"), ("different", "Alt+2"), ("later", "Alt+3")):
            button = Action(DECISIONS[decision], key=key)
            button.setShortcut(key)
            if decision != "later":
                button.setProperty(WANTS, MERGE_PEOPLE)
            button.clicked.connect(lambda _checked=False, decision=decision: self._decide(decision))
            self.buttons[decision] = button
            flow.addWidget(button)
        stop = Action("ปิด", role="quiet", key="Esc")
        stop.clicked.connect(self.reject)
        flow.addWidget(stop)
        box = QVBoxLayout(self)
        box.setContentsMargins(FAR, FAR, FAR, FAR)
        box.setSpacing(GAP)
        both = Column()
        both.box.setContentsMargins(0, 0, NEAR, 0)
        both.box.addWidget(self._why)
        both.box.addLayout(self._grid)
        both.box.addStretch(1)
        box.addWidget(both, 1)
        box.addWidget(FieldRow("note", "หมายเหตุ (เก็บไว้กับคำตัดสิน)", self._note))
        box.addWidget(buttons)
        screen = self.screen().availableGeometry()
        self.resize(min(look.pixels(520), screen.width() - 40), min(look.pixels(400), screen.height() - 60))
        self._show()

    @property
    def shown(self) -> list[str]:
        """Every text of the comparison, in reading order."""
        return [label.text() for label in self.findChildren(ThaiLabel) if label.isVisibleTo(self)]

    def _show(self) -> None:
        candidate = self._waiting[0]
        self._why.show_text(why_text(candidate))
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for column, title in ((1, self._title), (2, IN_REGISTER)):
            self._grid.addWidget(give_role(QLabel(title), "label"), 0, column)
        rows = zip(self._left, lines_of(candidate.view), strict=True)
        for row, ((label, left), (_label, right)) in enumerate(rows, 1):
            self._grid.addWidget(ThaiLabel(label, role="label"), row, 0, Qt.AlignmentFlag.AlignTop)
            for column, text in ((1, left), (2, right)):
                same = bool(text) and left == right
                value = ThaiLabel(text or "–", role="strong" if same else "")
                self._grid.addWidget(value, row, column, Qt.AlignmentFlag.AlignTop)
        self.buttons["later"].setFocus()

    def _decide(self, decision: str) -> None:
        candidate, note = self._waiting.pop(0), self._note.text().strip()
        self._note.clear()
        if decision == "same" or not self._waiting:
            self.accept()
        else:
            self._show()
        self.decided.emit(candidate, decision, note)
