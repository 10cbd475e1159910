"""The panel for a letter that the law wants: which, what it says, and until when papers are wanted."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from PySide6.QtWidgets import QLineEdit

from app.domain import thai_date
from app.domain.errors import Refused
from app.services import letters
from app.services.letters import LetterDue
from app.services.model import CaseEvent
from app.services.words import without_break_points
from ui.desk.panels import Panel
from ui.ports import Session
from ui.widgets.fields import Chooser, FieldRow, LongText
from ui.widgets.labels import ThaiLabel

USUAL_DAYS = 15
"""Calendar days that are offered for handing in what is missing."""
ASKED = "waiting_info"


class LetterPanel(Panel):
    """Write a letter; F9 records that it goes out and prints it."""

    def __init__(self) -> None:
        super().__init__("ออกหนังสือ", "บันทึกและพิมพ์")
        self._kind, self._text, self._until = Chooser(), LongText(3), QLineEdit()
        for kind, name in letters.NAMES.items():
            self._kind.addItem(name, kind)
        self._told = ThaiLabel(role="small")
        self._text.setAccessibleName("เนื้อความของหนังสือ")
        self.add(FieldRow("letter", "หนังสือ", self._kind))
        self._box.addWidget(self._told)
        self.add(FieldRow("note", "เนื้อความ", self._text, "Shift+Enter ขึ้นบรรทัดใหม่ แต่ละบรรทัดเป็นหนึ่งรายการ", required=True))
        self.add(FieldRow("until", "ให้ยื่นเอกสารภายในวันที่", self._until, "เช่น 5 ธ.ค. 2569", required=True))
        self.finish()
        self._kind.currentIndexChanged.connect(lambda _index: self._show_needed())
        self._text.textChanged.connect(self.clear_errors)
        self._until.textEdited.connect(lambda _text: self.clear_errors())

    def ask(self, due: LetterDue | None, timeline: Sequence[CaseEvent], today: date) -> None:
        """Open with the letter that is due; what was asked of the applicant is filled in."""
        self.clear_errors()
        kind = due.kind if due else letters.DEFECT_NOTE
        self._kind.setCurrentIndex(self._kind.findData(kind))
        asked = [event.note for event in timeline if event.detail.get("to") == ASKED]
        self._text.setPlainText(asked[-1] if asked and kind == letters.DEFECT_NOTE else "")
        self._until.setText(thai_date.short(today + timedelta(days=USUAL_DAYS)))
        late = " เลยกำหนดแล้ว" if due and due.late else ""
        self._told.show_text(f"ต้องออกภายใน {thai_date.long(due.due_on)}{late}" if due else "ยังไม่มีหนังสือที่ถึงกำหนดในเรื่องนี้")
        self._show_needed()
        self.show()
        self._text.setFocus()

    def kind(self) -> str:
        """The kind of the letter."""
        return str(self._kind.currentData())

    def written(self) -> str:
        """The text as typed."""
        return without_break_points(self._text.toPlainText()).strip()

    def until(self) -> date | None:
        """The day until which papers are wanted. Refused with field "until" for a text that is no date."""
        if self.rows["until"].isHidden() or not self._until.text().strip():
            return None
        return thai_date.parse_date(self._until.text(), field="until")

    def issuing(self, session: Session, number: str) -> Callable[[], str] | None:
        """What is to be done on the command thread, which then has words for the clerk; None where a field is wrong,
        and says so."""
        counter, actor = session.counter, session.actor
        self.clear_errors()
        try:
            until = self.until()
        except Refused as error:
            self.show_error(error)
            return None
        kind, text = self.kind(), self.written()

        def work() -> str:
            letters.issue(counter, actor, number, kind, text, until, on_paper=True)
            return f"ออก{letters.NAMES[kind]}แล้ว ส่งไปที่เครื่องพิมพ์"

        return work

    def _show_needed(self) -> None:
        self.clear_errors()
        self.rows["until"].setVisible(self.kind() == letters.DEFECT_NOTE)
