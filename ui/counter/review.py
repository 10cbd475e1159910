"""The case before it is saved, group by group, each with a way back to its fields; and what still keeps it from being
saved."""

from collections.abc import Iterator
from typing import NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.catalog.schema import Service
from app.domain.coordinates import text_of
from app.domain.errors import CounterError
from app.services import cases, filed_by, knowing, landmarks, registration
from app.services.counter import Counter
from app.services.model import Actor, Address, CaseView, RegisterCase
from ui.counter.citizen import filling
from ui.counter.files.work import size_text
from ui.style import GAP, NEAR, TIGHT, give_role
from ui.widgets.fields import Action
from ui.widgets.labels import ThaiLabel, rule

NOTHING = "-"
PREFIXES = {"moo": "หมู่ ", "soi": "ซอย", "road": "ถนน", "subdistrict": "ต.", "district": "อ.", "province": "จ."}


class Group(NamedTuple):
    """Some lines under a title. part: what the way back leads to ("matter", "citizen", "place", "point", "files")."""

    part: str
    title: str
    lines: tuple[tuple[str, str], ...]


class Reviewed(NamedTuple):
    """The groups, and the error with which saving would be refused now, or None."""

    view: CaseView
    groups: tuple[Group, ...]
    problem: CounterError | None

    def __repr__(self) -> str:
        return "<Reviewed>"


def reviewed(counter: Counter, actor: Actor, command: RegisterCase) -> Reviewed:
    """On a reader thread."""
    view = cases.draft_view(counter, actor, command)
    service = counter.catalog[command.service]
    return Reviewed(
        view, tuple(_groups(counter, service, view, command)), registration.problem(counter, actor, command)
    )


def _groups(counter: Counter, service: Service, view: CaseView, command: RegisterCase) -> Iterator[Group]:
    complaint = service.kind == "petition"
    yield Group("matter", "เรื่องที่ต้องการร้องเรียน" if complaint else "รายละเอียดคำขอ", tuple(_matter(service, view)))
    yield Group("citizen", "ข้อมูลผู้ร้องเรียน" if complaint else "ข้อมูลผู้ยื่นคำขอ", tuple(_citizen(view)))
    if "place" in service.steps:
        place = command.place
        where = "ที่อยู่ผู้ร้อง" if place is None else _address(place.address)
        yield Group("place", "ที่ตั้ง", (("จุดสังเกต", place.note if place else ""), ("ที่อยู่", where)))
        point = place.point if place else None
        near = landmarks.words(counter.current.document, point) if point else ""
        yield Group("point", "พิกัดสถานที่", (("พิกัด", f"{text_of(*point)} {near}".strip() if point else ""),))
    if "attachments" in service.steps:
        files = "\n".join(f"{file.name} · {size_text(file.size)}" for file in command.staged)
        count = f"{len(command.staged):,} ไฟล์" if command.staged else "ไฟล์"
        yield Group("files", "รายการเอกสารแนบ", ((count, files),))


def _matter(service: Service, view: CaseView) -> Iterator[tuple[str, str]]:
    given = {line.key: line.text for line in view.lines}
    yield "ประเภท", view.type_text
    yield "กองที่รับผิดชอบ", view.division_name
    for field in service.fields:
        if field.type != "category" and (field.shown_when is None or field.shown_when.holds(view.answers)):
            yield field.label, given.get(field.key, "")


def _citizen(view: CaseView) -> Iterator[tuple[str, str]]:
    person = view.applicant
    number = person.citizen_id
    yield "ชื่อ", person.full_name
    yield "เลขประจำตัว", filling.shown_number(number) if filling.number_state(number, person.kind) else number
    yield "โทรศัพท์", person.phone
    yield "ที่อยู่", _address(person.address)
    yield "ช่องทาง", view.channel_text
    if view.filed_by is not None:
        yield "ยื่นแทนโดย", filed_by.text(view.filed_by)
    yield "การตรวจตัวบุคคล", knowing.text(view.knowing)


def _address(address: Address) -> str:
    parts = ((PREFIXES.get(key, ""), getattr(address, key)) for key in Address.__slots__)
    return " ".join(f"{prefix}{part}" for prefix, part in parts if part)


class ReviewSheet(QWidget):
    """A group is built anew when something in it changed."""

    edit_wanted = Signal(str)
    """The part to which the clerk wants to go back."""
    problem_wanted = Signal(object)
    """The error whose field he wants to see."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: dict[str, tuple[Group, QWidget]] = {}
        self._missing: tuple[str, QWidget] | None = None
        self.ways_back: dict[str, Action] = {}
        self.to_problem: Action | None = None
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(NEAR)

    @property
    def told(self) -> str:
        """All of it as text, in reading order."""
        shown = [self._missing[1]] if self._missing else []
        shown += [widget for _group, widget in self._shown.values()]
        labels = [label for widget in shown for label in widget.findChildren(ThaiLabel)]
        return "\n".join(label.shown_text() for label in labels)

    def show_reviewed(self, found: Reviewed) -> None:
        """Show the groups."""
        problem = f"{found.problem.title} {found.problem.hint}".strip() if found.problem else ""
        if problem != (self._missing[0] if self._missing else ""):
            self._show_problem(found.problem, problem)
        if [group.part for group in found.groups] != list(self._shown):
            self._forget()
        for place, group in enumerate(found.groups):
            self._show_group(place + (self._missing is not None), group)

    def _show_problem(self, error: CounterError | None, text: str) -> None:
        if self._missing is not None:
            self._take_out(self._missing[1])
        self._missing = self.to_problem = None
        if error is not None:
            self._missing = (text, self._problem(error, text))
            self._box.insertWidget(0, self._missing[1])

    def _show_group(self, place: int, group: Group) -> None:
        before = self._shown.get(group.part)
        if before is not None and before[0] == group:
            return
        focused = group.part in self.ways_back and self.ways_back[group.part].hasFocus()
        if before is not None:
            self._take_out(before[1])
        widget = self._group(group)
        self._shown[group.part] = (group, widget)
        self._box.insertWidget(place, widget)
        if focused:
            self.ways_back[group.part].setFocus()

    def focus_first(self) -> None:
        """The focus to what is missing, else to the first way back."""
        first = self.to_problem or next(iter(self.ways_back.values()), None)
        if first is not None:
            first.setFocus()

    def _problem(self, error: CounterError, text: str) -> QWidget:
        frame = give_role(QWidget(), "plain")
        box = QVBoxLayout(frame)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(TIGHT)
        box.addWidget(ThaiLabel(f"▲ ยังบันทึกไม่ได้: {text}", role="error"))
        self.to_problem = Action("ไปที่ช่องนั้น", tip=f"ไปแก้: {error.title}")
        self.to_problem.clicked.connect(lambda: self.problem_wanted.emit(error))
        box.addWidget(self.to_problem, 0, Qt.AlignmentFlag.AlignLeft)
        return frame

    def _group(self, group: Group) -> QWidget:
        holder = QWidget()
        edit = Action("แก้ไข", role="quiet", tip=f"แก้ไข{group.title}")
        edit.clicked.connect(lambda: self.edit_wanted.emit(group.part))
        self.ways_back[group.part] = edit
        head = QHBoxLayout()
        head.addWidget(ThaiLabel(group.title, role="strong"), 1)
        head.addWidget(edit)
        grid = QGridLayout()
        grid.setHorizontalSpacing(GAP)
        grid.setVerticalSpacing(TIGHT)
        grid.setColumnStretch(0, 2)
        grid.setColumnStretch(1, 5)
        for row, (label, text) in enumerate(group.lines):
            grid.addWidget(ThaiLabel(label, role="label"), row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(ThaiLabel(text.strip() or NOTHING), row, 1, Qt.AlignmentFlag.AlignTop)
        box = QVBoxLayout(holder)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        if group.part != "matter":
            box.addWidget(rule())
        box.addLayout(head)
        box.addLayout(grid)
        return holder

    def _forget(self) -> None:
        """Another service has other groups."""
        for _group, widget in self._shown.values():
            self._take_out(widget)
        self._shown, self.ways_back = {}, {}

    def _take_out(self, widget: QWidget) -> None:
        self._box.removeWidget(widget)
        widget.hide()
        widget.deleteLater()
