"""What was put right in a case after its registration: shown below its facts, asked for in a panel, and, where two
counters put the same field right without knowing of each other, both values with one button each."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.domain import phone, thai_date
from app.domain.errors import CounterError
from app.services import corrections
from app.services.corrections import FIELDS, Conflict, Corrected
from ui.desk.panels import Panel
from ui.ports import Session
from ui.style import GAP, NEAR, give_role
from ui.widgets.fields import Action, FieldRow
from ui.widgets.labels import ThaiLabel, heading
from ui.widgets.layouts import FlowLayout

PHONE = "applicant.phone"
KEY = "Ctrl+K"


def shown_value(key: str, value: str) -> str:
    """A value as it may stand on the screen: a telephone number only with its last four digits."""
    if not value:
        return "(ว่าง)"
    return phone.masked(value) if key == PHONE else value


class CorrectPanel(Panel):
    """Put fields right; what is left as it is stays."""

    def __init__(self) -> None:
        super().__init__("แก้ไขข้อมูลติดต่อและสถานที่", "บันทึกการแก้ไข")
        self._lines: dict[str, QLineEdit] = {}
        self._before: dict[str, str] = {}
        columns = QGridLayout()
        columns.setHorizontalSpacing(GAP)
        columns.setVerticalSpacing(NEAR)
        self._box.addLayout(columns)
        for place, (key, field) in enumerate(FIELDS.items()):
            line = self._lines[key] = QLineEdit()
            self.rows[key] = FieldRow(key, field.label, line)
            columns.addWidget(self.rows[key], place // 2, place % 2, Qt.AlignmentFlag.AlignTop)
            line.textEdited.connect(lambda _text: self.clear_errors())
        self.finish()

    def ask(self, values: dict[str, str]) -> None:
        """Open with the fields as they stand; a telephone number that is there is not shown whole."""
        self.clear_errors()
        self._before = {**values, PHONE: ""}
        for key, line in self._lines.items():
            line.setText(self._before[key])
        known = values[PHONE]
        self._lines[PHONE].setPlaceholderText(f"เดิม {phone.masked(known)} พิมพ์เฉพาะเมื่อเปลี่ยน" if known else "")
        self.show()
        self._lines[PHONE].setFocus()

    def changes(self) -> dict[str, str]:
        """What was typed, without what stayed as it was."""
        typed = {key: line.text().strip() for key, line in self._lines.items()}
        return {key: text for key, text in typed.items() if text != self._before.get(key, "")}


class CorrectionsView(QWidget):
    """Corrections that stand, and conflicts with a button for each value; hidden where there is neither."""

    chosen = Signal(str, int)
    """(field, place of the value from 1)."""

    def __init__(self) -> None:
        super().__init__()
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(NEAR)
        self._lines: list[QWidget] = []
        self.buttons: list[Action] = []

    def show_case(self, found: Sequence[Corrected], conflicts: Sequence[Conflict], names: dict[str, str]) -> None:
        """List these; `names`: usernames and the names behind them."""
        for line in self._lines:
            self._box.removeWidget(line)
            line.hide()
            line.deleteLater()
        self._lines, self.buttons = [], []
        disputed = {one.field for one in conflicts}
        if conflicts:
            self._add(give_role(heading("▲ ข้อมูลขัดกัน เลือกค่าที่ถูก"), "error"))
            for one in conflicts:
                self._conflict(one, names)
        calm = [one for one in found if one.field not in disputed]
        if calm:
            self._add(heading("แก้ไขหลังลงรับ"))
        for fixed in calm:
            value = shown_value(fixed.field, fixed.value)
            before = shown_value(fixed.field, fixed.registered)
            who = f"{names.get(fixed.by, fixed.by)} {_when(fixed)}"
            self._add(ThaiLabel(f"{fixed.label}: {value}"))
            self._add(ThaiLabel(f"เดิม {before} · แก้โดย {who}", role="small"))
        self.setVisible(bool(conflicts or calm))

    def _conflict(self, one: Conflict, names: dict[str, str]) -> None:
        self._add(ThaiLabel(one.label, role="strong"))
        for place, side in enumerate(one.sides, start=1):
            line = QWidget()
            flow = FlowLayout(line)
            flow.setContentsMargins(0, 0, 0, 0)
            value = shown_value(one.field, side.value)
            flow.addWidget(ThaiLabel(f"{value}{' (ใช้อยู่)' if side.stands else ''}"))
            where = " ".join(part for part in (names.get(side.by, side.by), side.counter) if part)
            flow.addWidget(give_role(QLabel(f"{where} · {_when(side)}"), "small"))
            button = Action("ใช้ค่านี้", tip=f"ใช้ {value} เป็น{one.label}ของเรื่องนี้")
            button.setAccessibleName(f"ใช้ค่า {value} จาก {where}")
            button.clicked.connect(lambda _checked, key=one.field, place=place: self.chosen.emit(key, place))
            flow.addWidget(button)
            self.buttons.append(button)
            self._add(line)

    def _add(self, widget: QWidget) -> None:
        self._lines.append(widget)
        self._box.addWidget(widget)


def _when(one: Corrected | corrections.Side) -> str:
    at = thai_date.local(one.at)
    return f"{thai_date.short(at.date())} {at:%H:%M}"


class Correcting:
    """What the page does with the panel and the view."""

    def __init__(
        self,
        page: QWidget,
        session: Session,
        number: Callable[[], str],
        done: Callable[[Panel, str], None],
        refused: Callable[[Panel, Exception], None],
        trouble: Callable[[Exception], None],
    ) -> None:
        self.panel = CorrectPanel()
        self._page, self._session, self._number = page, session, number
        self._done, self._refused, self._trouble = done, refused, trouble
        self.panel.wanted.connect(self._save)

    def ask(self) -> None:
        """Open the panel with the fields as they stand."""
        counter, actor, number = self._session.counter, self._session.actor, self._number()
        self._session.tasks.query(
            self._page,
            lambda: corrections.values(counter, number, actor),
            self.panel.ask,
            topic="corrections",
        )

    def choose(self, key: str, place: int) -> None:
        """The value at this place of a conflict stands."""
        counter, actor, number = self._session.counter, self._session.actor, self._number()
        self._session.tasks.command(
            self._page,
            lambda: corrections.choose(counter, actor, number, key, place),
            lambda _none: self._done(self.panel, f"เลือก{FIELDS[key].label}แล้ว"),
            self._trouble,
        )

    def _save(self) -> None:
        counter, actor, number = self._session.counter, self._session.actor, self._number()
        changes = self.panel.changes()
        self.panel.clear_errors()
        if not changes:
            self.panel.show_error(CounterError("no_change", "ยังไม่ได้แก้ช่องใด", "พิมพ์ค่าใหม่ หรือกด Esc เพื่อออก"))
            return
        self._session.tasks.command(
            self._page,
            lambda: corrections.correct(counter, actor, number, changes),
            lambda _found: self._done(self.panel, "บันทึกการแก้ไขแล้ว"),
            lambda error: self._refused(self.panel, error),
        )
