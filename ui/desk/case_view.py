"""One open case: what it is, how far it is, its papers, and the two things a clerk does with it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from app.domain import citizen_id, coordinates, money, phone, thai_date
from app.services import (
    attachments,
    audit,
    cases,
    corrections,
    filed_by,
    landmarks,
    letters,
    papers,
    people,
    print_jobs,
    reply_templates,
    staff,
    time_limits,
)
from app.services.attachments import Attachment
from app.services.counter import Counter
from app.services.model import Actor, Address, CaseEvent, CaseView, Place, PrintJob
from ui.counter.saved import JOB_WORDS, jobs_of
from ui.desk import states
from ui.desk.case_files import CaseFiles
from ui.desk.corrections import KEY, CorrectionsView
from ui.desk.step_panel import Replies, Reply
from ui.desk.timeline import entry
from ui.style import GAP, NEAR, TIGHT, WIDE, give_role
from ui.widgets.fields import WANTS, Action
from ui.widgets.labels import Chip, ThaiLabel, heading, rule
from ui.widgets.layouts import Column, FlowLayout

STEP_RIGHTS = "edit approve"
WHOLE_FOR_MS = 60_000
"""So long a number stays whole on the screen."""


@dataclass(frozen=True, slots=True)
class OpenCase:
    """Everything the view shows, read in one go."""

    view: CaseView
    timeline: list[CaseEvent]
    next_states: list[tuple[str, str]]
    jobs: list[PrintJob]
    people: list[tuple[str, str]]
    files: list[Attachment]
    due: time_limits.Word
    replies: Replies
    near: str = ""
    """Near which of the office's landmarks the place is."""
    papers: tuple[str, ...] = ()
    """Codes of the papers that can be printed of it."""
    letter: letters.LetterDue | None = None
    """The letter that it wants now."""
    corrected: tuple[corrections.Corrected, ...] = ()
    conflicts: tuple[corrections.Conflict, ...] = ()

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to be done."""
        return not self.next_states or self.view.status == "done"

    @property
    def names(self) -> Mapping[str, str]:
        """Usernames and the names behind them."""
        return dict(self.people)


def read(counter: Counter, number: str, actor: Actor) -> OpenCase:
    """On a reader thread. Refused "unknown_number" where there is no such case, "restricted" where the actor may not
    read it."""
    view = cases.get(counter, number, actor)
    audit.viewed(counter, actor, view)
    everybody = staff.names(counter)
    names = dict(everybody)
    timeline = [replace(event, by=names.get(event.by, event.by)) for event in cases.events(counter, number, actor)]
    states_ = cases.next_states(counter, number)
    service = counter.definition(view.service, view.service_version)
    return OpenCase(
        view=view,
        timeline=timeline,
        next_states=states_,
        jobs=jobs_of(counter, number),
        people=everybody,
        files=attachments.listing(counter, number, actor),
        due=time_limits.word(
            counter, view.due_on, view.status, service.kind if service else "petition", view.stopped_on
        ),
        near=_near(counter, view.place),
        papers=print_jobs.papers_of(counter, number),
        letter=letters.due_of(counter, number),
        corrected=corrections.listing(counter, number, actor),
        conflicts=tuple(corrections.conflicts(counter, number, actor)),
        replies={state: _replies(counter, view, state) for state, _text in (("", ""), *states_)},
    )


def _near(counter: Counter, place: Place | None) -> str:
    if place is None or place.point is None:
        return ""
    return landmarks.words(counter.current.document, place.point)


def _replies(counter: Counter, view: CaseView, state: str) -> list[Reply]:
    offered = reply_templates.offered(counter.current.document, state)
    return [Reply(one.name, reply_templates.filled(one, view), one.public) for one in offered]


def address_text(address: Address) -> str:
    """An address as it is read aloud."""
    named = (
        ("", address.house_no),
        ("หมู่ ", address.moo),
        ("ซ.", address.soi),
        ("ถ.", address.road),
        ("ต.", address.subdistrict),
        ("อ.", address.district),
        ("จ.", address.province),
        ("", address.postcode),
    )
    return " ".join(f"{prefix}{part}" for prefix, part in named if part)


class CasePanel(Column):
    """Details above, timeline below; the panels for the next step and for a copy open in place."""

    step_wanted = Signal(str)
    note_wanted = Signal()
    attach_wanted = Signal()
    correct_wanted = Signal()
    copy_wanted = Signal(str)
    papers_wanted = Signal()
    letter_wanted = Signal()
    retry_wanted = Signal(int)
    whole_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._shown: OpenCase | None = None
        self._whole: Mapping[str, str] = {}
        self._hide_again = QTimer(self)
        self._hide_again.setSingleShot(True)
        self._hide_again.setInterval(WHOLE_FOR_MS)
        self._hide_again.timeout.connect(lambda: self.show_whole({}))
        self._number = give_role(QLabel(), "number")
        self._number.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._state, self._due, self._letter_due = Chip(), Chip(), Chip()
        self._subject = ThaiLabel(role="section")
        head = QWidget()
        flow = FlowLayout(head, GAP)
        flow.setContentsMargins(0, 0, 0, 0)
        for part in (self._number, self._state, self._due, self._letter_due):
            flow.addWidget(part)
        self._steps = QWidget()
        self._step_flow = FlowLayout(self._steps)
        self._step_flow.setContentsMargins(0, 0, 0, 0)
        self._step = Action("", role="primary", key="F4")
        self._step.setProperty(WANTS, STEP_RIGHTS)
        self._step.clicked.connect(lambda: self.step_wanted.emit(self._first_state()))
        self._step_flow.addWidget(self._step)
        self._more_steps: list[Action] = []
        self._papers: dict[str, Action] = {}
        self._actions = QWidget()
        actions = FlowLayout(self._actions)
        actions.setContentsMargins(0, 0, 0, 0)
        for text, key, tip, wanted in (
            ("เพิ่มบันทึก…", "F6", "เขียนบันทึกภายในหรือแจ้งผู้ร้อง โดยไม่เปลี่ยนสถานะ", self.note_wanted),
            ("แก้ไขข้อมูล…", KEY, "แก้เบอร์โทร อีเมล ที่อยู่ จุดสังเกต หรือเลขของระบบอื่น", self.correct_wanted),
            ("แนบไฟล์…", "Ctrl+O", "แนบภาพหรือเอกสารกับเรื่องนี้", self.attach_wanted),
        ):
            button = Action(text, key=key, tip=tip)
            button.clicked.connect(wanted)
            actions.addWidget(button)
        for place, (document, name) in enumerate(papers.OF_SERVICES.items()):
            button = Action(f"พิมพ์{name}…", key=f"F{7 + place}", tip=f"พิมพ์{name} อีกครั้งเป็นสำเนา")
            button.clicked.connect(lambda _checked, document=document: self.copy_wanted.emit(document))
            self._papers[document] = button
            actions.addWidget(button)
        self.papers_button = Action(
            "เอกสารอื่น…", key="Ctrl+Shift+P", tip="ลำดับเหตุการณ์ ใบเกษียน ตราประทับรับ แบบคำร้องทั่วไป และหนังสือ"
        )
        self.papers_button.clicked.connect(self.papers_wanted)
        self._letter = Action("ออกหนังสือ…", key="Ctrl+Shift+L", tip="บันทึกความบกพร่อง หรือหนังสือแจ้งเหตุล่าช้า")
        self._letter.clicked.connect(self.letter_wanted)
        actions.addWidget(self.papers_button)
        actions.addWidget(self._letter)
        self._see = Action("ดูเลขเต็ม…", key="F3", tip="ดูเลขประจำตัวและเบอร์โทรศัพท์เต็ม ต้องมีสิทธิ์ บอกเหตุผล และจะถูกบันทึก")
        self._see.clicked.connect(self.whole_wanted)
        actions.addWidget(self._see)
        self.panel_place = QVBoxLayout()
        self._facts = _grid()
        self._events = QVBoxLayout()
        self._events.setSpacing(NEAR)
        self._jobs = QVBoxLayout()
        self._jobs.setSpacing(NEAR)
        self.box.setSpacing(GAP)
        for widget in (head, self._subject, self._steps, self._actions):
            self.box.addWidget(widget)
        self.box.addLayout(self.panel_place)
        self.corrections = CorrectionsView()
        self.box.addWidget(self.corrections)
        self.box.addWidget(rule())
        self.box.addLayout(self._facts)
        self.box.addWidget(rule())
        self.files = CaseFiles()
        self.box.addWidget(self.files)
        self._jobs_heading = heading("เอกสารที่พิมพ์")
        self.box.addWidget(self._jobs_heading)
        self.box.addLayout(self._jobs)
        self.box.addWidget(heading("ลำดับเหตุการณ์"))
        self.box.addLayout(self._events)
        self.box.addStretch(1)

    @property
    def shown(self) -> OpenCase | None:
        """The case in view."""
        return self._shown

    @property
    def step_button(self) -> Action:
        """The button that takes the next step."""
        return self._step

    def _first_state(self) -> str:
        return self._shown.next_states[0][0] if self._shown and self._shown.next_states else ""

    def show_case(self, case: OpenCase) -> None:
        """Show a case."""
        if self._shown is None or self._shown.view.number != case.view.number:
            self._whole = {}
        self._shown = case
        view = case.view
        self._see.setVisible(bool(masked_fields(view)))
        self._number.setText(view.number)
        self._subject.show_text(view.subject)
        self._state.show_word(view.status_text, states.tone(view.status))
        self._due.show_word(*case.due)
        self._show_letter(case)
        self._show_steps(case)
        for document, button in self._papers.items():
            button.setVisible(document in case.papers)
        self._show_facts(case)
        self.corrections.show_case(case.corrected, case.conflicts, dict(case.people))
        self.files.show_files(case.files)
        self._show_jobs(case.jobs)
        self._show_events(case.timeline)

    def _show_letter(self, case: OpenCase) -> None:
        due = case.letter
        told = f"{letters.SHORT[due.kind]} ภายใน {thai_date.short(due.due_on)}" if due else ""
        self._letter_due.show_word(told, "bad" if due and due.late else "warn")
        self._letter.setVisible(not case.is_over)

    def _show_steps(self, case: OpenCase) -> None:
        """A button for each step of the table; the first is the usual way on."""
        for button in self._more_steps:
            self._step_flow.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._more_steps = []
        self._steps.setVisible(bool(case.next_states))
        for place, (state, text) in enumerate(case.next_states):
            button = Action("") if place else self._step
            button.setProperty(WANTS, STEP_RIGHTS)
            button.setText(f"{states.verb(case.view.status, state, text)}…")
            button.setToolTip(f"เปลี่ยนสถานะเป็น “{text}”{'' if place else ' (F4)'}")
            button.setAccessibleName(f"เปลี่ยนสถานะเป็น {text}")
            if place:
                button.clicked.connect(lambda _checked, state=state: self.step_wanted.emit(state))
                self._step_flow.addWidget(button)
                QWidget.setTabOrder((self._step, *self._more_steps)[-1], button)
                self._more_steps.append(button)

    def show_whole(self, whole: Mapping[str, str]) -> None:
        """Show these numbers in full for a while, {field: number}; nothing in it hides them again."""
        self._whole = whole
        if whole:
            self._hide_again.start()
        if self._shown is not None:
            self._show_facts(self._shown)

    def _show_facts(self, case: OpenCase) -> None:
        _empty(self._facts)
        for row, (label, text) in enumerate(_facts(case, self._whole)):
            name = ThaiLabel(label, role="label")
            value = ThaiLabel(text)  # not selectable: Qt would clip the marks below the line
            self._facts.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
            self._facts.addWidget(value, row, 1)

    def _show_jobs(self, jobs: list[PrintJob]) -> None:
        _empty(self._jobs)
        self._jobs_heading.setVisible(bool(jobs))
        for job in reversed(jobs):
            self._jobs.addWidget(self._job(job))

    def _job(self, job: PrintJob) -> QWidget:
        word, tone = JOB_WORDS.get(job.state, (job.state, "plain"))
        line = QWidget()
        flow = FlowLayout(line)
        flow.setContentsMargins(0, 0, 0, 0)
        copy = f" · สำเนา ครั้งที่ {job.copy.number} ({job.copy.reason})" if job.copy.number else ""
        flow.addWidget(Chip(word, tone))
        flow.addWidget(QLabel(f"{papers.name(job.document)}{copy}"))
        if job.state == "failed":
            flow.addWidget(give_role(QLabel(job.error), "error"))
            again = Action("พิมพ์อีกครั้ง", tip="ส่งงานพิมพ์นี้ไปที่เครื่องพิมพ์อีกครั้ง")
            again.clicked.connect(lambda: self.retry_wanted.emit(job.id))
            flow.addWidget(again)
        return line

    def _show_events(self, timeline: list[CaseEvent]) -> None:
        _empty(self._events)
        for event in reversed(timeline):
            self._events.addWidget(entry(event))


def masked_fields(view: CaseView) -> list[str]:
    """The numbers of the applicant, and of who filed for him, that are shown in part only."""
    filer = [field for field in people.FILER_FIELDS if getattr(view.filed_by, field.removeprefix("filed_by."), "")]
    return [*(field for field in people.UNMASKABLE if getattr(view.applicant, field)), *filer]


def _number(view: CaseView, field: str, whole: Mapping[str, str]) -> str:
    """A number as people write it, whole or masked; "" where there is none."""
    number = whole.get(field, "")
    if not number:
        return people.masked(view.applicant, field)
    if field == "phone":
        return phone.formatted(number)
    return number if field == "passport" else citizen_id.formatted(number)


def _filer(view: CaseView, whole: Mapping[str, str]) -> list[tuple[str, str]]:
    if view.filed_by is None:
        return []
    number, telephone = (whole.get(field, "") for field in people.FILER_FIELDS)
    seen = [citizen_id.formatted(number) if number else "", f"โทร {phone.formatted(telephone)}" if telephone else ""]
    return [("ยื่นแทนโดย", " ".join(part for part in (filed_by.text(view.filed_by), *seen) if part))]


def _facts(case: OpenCase, whole: Mapping[str, str]) -> list[tuple[str, str]]:
    view = case.view
    person = view.applicant
    at = thai_date.local(view.registered_at)
    place = view.place
    where = " ".join(part for part in (place.note, address_text(place.address)) if part) if place else ""
    point = coordinates.text_of(*place.point) if place and place.point else ""
    facts = [
        ("ผู้ร้อง", person.full_name),
        ("เลขประจำตัว", _number(view, "citizen_id", whole)),
        ("หนังสือเดินทาง", _number(view, "passport", whole)),
        ("เลขผู้แทน", _number(view, "representative_id", whole)),
        ("โทรศัพท์", _number(view, "phone", whole)),
        ("ที่อยู่", address_text(person.address)),
        *_filer(view, whole),
        ("ประเภท", view.type_text),
        *((line.label, line.text) for line in view.lines if line.text not in (view.type_text, view.subject)),
        ("สถานที่", where or ("ที่อยู่ผู้ร้อง" if address_text(person.address) else "")),
        ("พิกัด", " · ".join(part for part in (point, case.near) if part)),
        ("ค่าธรรมเนียม", "" if view.total_satang is None else f"{money.formatted(view.total_satang)} บาท"),
        ("หน่วยงาน", " · ".join(part for part in (view.division_name, view.agency) if part)),
        ("ผู้รับผิดชอบ", case.names.get(view.assignee, view.assignee)),
        ("รับเมื่อ", f"{thai_date.short(at.date())} {at:%H:%M} น. โดย {view.officer_name} ({view.channel_text})"),
        ("ครบกำหนด", thai_date.long(view.due_on) if view.due_on else ""),
        ("หยุดนับเวลาตั้งแต่", thai_date.long(view.stopped_on) if view.stopped_on and view.due_on else ""),
        ("เลขจากระบบอื่น", view.external_number),
    ]
    return [(label, text) for label, text in facts if text]


def _grid() -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(WIDE)
    grid.setVerticalSpacing(TIGHT + 2)
    grid.setColumnStretch(0, 2)
    grid.setColumnStretch(1, 7)
    return grid


def _empty(layout: QGridLayout | QVBoxLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
