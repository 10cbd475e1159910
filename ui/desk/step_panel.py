"""The panels for the next step and for a note: reason, division or agency, person, template, and who may read it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QLineEdit

from app.domain import petition_states
from app.services.words import without_break_points
from ui.desk.panels import Panel
from ui.widgets.fields import Chooser, FieldRow, LongText

READERS = (("ภายในสำนักงานเท่านั้น", False), ("ผู้ร้องเห็นได้ในหน้าติดตามเรื่อง", True))
CHOOSE = "เลือก…"
Named = Sequence[tuple[str, str]]
"""(code, name as it is shown)."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply template with what is known of the case filled in."""

    name: str
    text: str
    public: bool


Replies = Mapping[str, Sequence[Reply]]
"""By the state of the step; "" for a note without one."""


@dataclass(frozen=True, slots=True)
class StepWish:
    """What the clerk wants to happen."""

    state: str
    note: str
    division: str
    agency: str
    assignee: str
    public: bool


class WrittenPanel(Panel):
    """A panel with a note, a template for it, and who may read it."""

    def __init__(self, title: str, action: str) -> None:
        super().__init__(title, action)
        self._replies: Replies = {}
        self._offered: Sequence[Reply] = ()
        self._template, self._note, self._readers = Chooser(), LongText(2), Chooser()
        for text, public in READERS:
            self._readers.addItem(text, public)

    def add_writing(self, label: str, help_text: str) -> None:
        """Add the three fields, and the buttons below them."""
        self.add(FieldRow("reply", "ข้อความสำเร็จรูป", self._template, "เลือกแล้วแก้ได้ก่อนบันทึก"))
        self.add(FieldRow("note", label, self._note, help_text))
        self.add(FieldRow("public", "ใครเห็นข้อความนี้", self._readers))
        self.finish()
        self._template.activated.connect(self._take_template)

    def offer(self, replies: Replies) -> None:
        """These templates, and an empty note."""
        self._replies = replies
        self._note.clear()

    def written(self) -> str:
        """The note as typed."""
        return without_break_points(self._note.toPlainText()).strip()

    def is_public(self) -> bool:
        """Whether citizens are to read it."""
        return self._readers.currentData() is True

    def _for_state(self, state: str) -> None:
        self._offered = self._replies.get(state, ())
        self._template.clear()
        self._template.addItem(CHOOSE)
        self._template.addItems([reply.name for reply in self._offered])
        self.rows["reply"].setVisible(bool(self._offered))
        self._readers.setCurrentIndex(int(petition_states.told_to_citizen(state)))

    def _take_template(self, index: int) -> None:
        if index > 0:
            reply = self._offered[index - 1]
            self._note.setPlainText(reply.text)
            self._readers.setCurrentIndex(int(reply.public))
            self._note.setFocus()


class StepPanel(WrittenPanel):
    """The next state and what it must bring."""

    def __init__(self) -> None:
        super().__init__("ขั้นตอนต่อไป", "บันทึกสถานะ")
        self._state, self._division, self._assignee, self._agency = Chooser(), Chooser(), Chooser(), QLineEdit()
        self._agency.setMaxLength(200)
        self._agency.setPlaceholderText("เช่น แขวงทางหลวงภูเก็ต")
        self.add(FieldRow("state", "สถานะใหม่", self._state, required=True))
        self.add(FieldRow("division", "สำนัก/กอง", self._division, "สำนัก/กองที่รับเรื่องต่อ"))
        self.add(FieldRow("agency", "หรือหน่วยงานภายนอก", self._agency, "ชื่อหน่วยงานนอกสำนักงานที่ส่งเรื่องไป"))
        self.add(FieldRow("assignee", "ผู้รับผิดชอบ", self._assignee, "คนที่จะทำเรื่องนี้ต่อ เห็นใน “งานของฉัน”"))
        self._note.setPlaceholderText("เช่น ช่างเข้าตรวจแล้ว รออะไหล่ 2 วัน")
        self.add_writing("หมายเหตุ", "เขียนให้ผู้ร้องเข้าใจ ต้องกรอกเมื่อไม่รับเรื่องหรือยกเลิก")
        self._state.currentIndexChanged.connect(lambda _index: self._show_needed())

    def ask(self, next_states: Named, divisions: Named, people: Named, replies: Replies, state: str = "") -> None:
        """Open with the states that may follow, at `state` where it is one of them."""
        self.clear_errors()
        self.offer(replies)
        self._state.clear()
        for code, text in next_states:
            self._state.addItem(text, code)
        for chooser, named in ((self._division, divisions), (self._assignee, people)):
            chooser.clear()
            chooser.addItem(CHOOSE, "")
            for code, text in named:
                chooser.addItem(text, code)
        self._agency.clear()
        if state:
            self._state.setCurrentIndex(max(0, self._state.findData(state)))
        self._show_needed()
        self.show()
        self._first(state).setFocus()

    def value(self) -> StepWish:
        """What was chosen; nothing of a field that is not shown."""
        shown = {key: not self.rows[key].isHidden() for key in ("division", "agency", "assignee")}
        return StepWish(
            state=self._chosen(),
            note=self.written(),
            division=str(self._division.currentData() or "") if shown["division"] else "",
            agency=self._agency.text().strip() if shown["agency"] else "",
            assignee=str(self._assignee.currentData() or "") if shown["assignee"] else "",
            public=self.is_public(),
        )

    def _chosen(self) -> str:
        return str(self._state.currentData() or "")

    def _first(self, state: str) -> Chooser | LongText:
        """Where typing begins: the state, or behind it when a button has named the state already."""
        if not state:
            return self._state
        return self._note if self.rows["division"].isHidden() else self._division

    def _show_needed(self) -> None:
        self.clear_errors()
        state = self._chosen()
        forwards = petition_states.needs_division(state)
        self.rows["division"].setVisible(forwards or state == "assigned")
        self.rows["agency"].setVisible(forwards)
        self.rows["assignee"].setVisible(state == "assigned")
        self._for_state(state)


class NotePanel(WrittenPanel):
    """A note without a step."""

    def __init__(self) -> None:
        super().__init__("เพิ่มบันทึก", "บันทึก")
        self._note.setPlaceholderText("เช่น โทรแล้วไม่รับสาย จะโทรอีกครั้งช่วงบ่าย")
        self.add_writing("บันทึก", "เก็บไว้ในลำดับเหตุการณ์ แก้หรือลบภายหลังไม่ได้")

    def ask(self, replies: Replies) -> None:
        """Open, empty."""
        self.clear_errors()
        self.offer(replies)
        self._for_state("")
        self.show()
        self._note.setFocus()
