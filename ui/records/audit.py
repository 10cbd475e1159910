"""The audit chain for people: who did what, filtered; checked whole, with the first broken link; written to a file."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QGridLayout, QLineEdit, QProgressBar, QVBoxLayout, QWidget

from app.domain import thai_date
from app.domain.errors import CounterError, Refused
from app.services import audit, audit_words, number_report, staff, verification
from app.services.audit import Entry
from app.services.counter import Counter
from app.services.model import Actor
from app.services.verification import Check
from ui import faults
from ui.campaign.paper_files import PaperFiles, ask_name
from ui.campaign.rows import Rows
from ui.ports import Session
from ui.style import GAP, NEAR, WIDE
from ui.widgets.fields import Action, Chooser, FieldRow
from ui.widgets.labels import ThaiLabel, heading
from ui.widgets.layouts import Card, FlowLayout
from ui.widgets.notes import Note

PAGE = 200
LOOK_MS = 150
LINES = "JSON Lines (*.jsonl)"


class Progress:
    """How far a check has come: written on a worker thread, read on Qt's."""

    def __init__(self) -> None:
        self.done, self.all = 0, 0

    def __call__(self, _name: str, done: int, every: int) -> None:
        """A `verification.Told`."""
        self.done, self.all = done, every


@dataclass(frozen=True, slots=True)
class Found:
    """What a question brought."""

    entries: list[Entry]
    names: dict[str, str]


class AuditPanel(QWidget):
    """Above, what is asked for; below, the entries, newest first."""

    def __init__(self, session: Session, note: Note, _files: PaperFiles) -> None:
        super().__init__()
        self._session, self._note = session, note
        self.ask_name = ask_name
        self.entries: list[Entry] = []
        self._people: list[str] = []
        self.told, self.numbers = ThaiLabel(role="small"), ThaiLabel(role="small")
        self.by, self.group = Chooser(), Chooser()
        self.subject, self.day = QLineEdit(), QLineEdit()
        self.list = Rows("บันทึกการใช้งาน")
        self.more = Action("เก่ากว่านี้", key="Ctrl+Down")
        self.check = Action("F9  ตรวจสาย", role="primary", tip="ตรวจว่าไม่มีรายการใดถูกแก้ ลบ หรือแทรก")
        self.file = Action("ส่งออก…", key="Ctrl+S", tip="เขียนทั้งสายลงไฟล์ การส่งออกถูกบันทึกไว้")
        self.clear = Action("ล้างตัวกรอง", role="quiet")
        self.bar = QProgressBar()
        self.bar.setAccessibleName("ความคืบหน้าของการตรวจ")
        self.bar.hide()
        self.result = ThaiLabel(role="strong")
        self.result.hide()
        self._progress = Progress()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self.setFocusProxy(self.subject)
        self._build()
        self._connect()

    def _build(self) -> None:
        self.by.addItem("ทุกคน", "")
        self.group.addItem("ทุกอย่าง", "")
        for group in audit_words.groups():
            self.group.addItem(group.title, group.code)
        self.subject.setMaxLength(100)
        self.day.setMaxLength(30)
        self.day_row = FieldRow("day", "วันที่ (เช่น 20/11/2569)", self.day)
        grid = QGridLayout()
        grid.setHorizontalSpacing(NEAR)
        fields = (FieldRow("group", "เรื่องอะไร", self.group), FieldRow("by", "ใคร", self.by),
                  FieldRow("subject", "เลขที่ (หรือบางส่วน)", self.subject), self.day_row)  # fmt: skip
        for column, field in enumerate(fields):
            grid.addWidget(field, 0, column, Qt.AlignmentFlag.AlignTop)
            grid.setColumnStretch(column, 3 if column == 0 else 2)
        buttons = QWidget()
        flow = FlowLayout(buttons)
        flow.setContentsMargins(0, 0, 0, 0)
        for button in (self.check, self.file, self.more, self.clear):
            flow.addWidget(button)
        inside = QWidget()
        box = QVBoxLayout(inside)
        box.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        box.setSpacing(GAP)
        box.addWidget(heading("บันทึกการใช้งาน"))
        box.addWidget(self.numbers)
        box.addLayout(grid)
        for widget in (buttons, self.bar, self.result, self.told):
            box.addWidget(widget)
        box.addWidget(self.list, 1)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        outside.addWidget(Card(inside))

    def _connect(self) -> None:
        self.by.activated.connect(self.refresh)
        self.group.activated.connect(self.refresh)
        self.subject.editingFinished.connect(self.refresh)
        self.day.editingFinished.connect(self.refresh)
        self.more.clicked.connect(self.older)
        self.check.clicked.connect(self.verify)
        self.file.clicked.connect(self.export)
        self.clear.clicked.connect(self.everything)
        self._timer.timeout.connect(self._look)
        for key, action in (("F9", self.check), ("Ctrl+S", self.file), ("Ctrl+Down", self.more)):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(action.click)

    def showEvent(self, event: QShowEvent) -> None:
        """As it stands now."""
        super().showEvent(event)
        counter = self._session.counter
        self._session.tasks.query(self, lambda: _numbers(counter), self.numbers.show_text, topic="numbers")
        self.refresh()

    def everything(self) -> None:
        """Ask without any filter."""
        self.by.setCurrentIndex(0)
        self.group.setCurrentIndex(0)
        self.subject.clear()
        self.day.clear()
        self.refresh()

    def refresh(self) -> None:
        """Ask anew from the newest entry on."""
        self._ask(0)

    def older(self) -> None:
        """The next page."""
        if self.entries and self.more.isEnabled():
            self._ask(self.entries[-1].seq)

    def _ask(self, before: int) -> None:
        self.day_row.clear_error()
        try:
            day = thai_date.parse_date(self.day.text(), field="day") if self.day.text().strip() else None
        except Refused as error:
            self.day_row.show_error(error.title, error.hint)
            return
        counter, actor = self._session.counter, self._session.actor
        by, group = str(self.by.currentData() or ""), str(self.group.currentData() or "")
        subject = self.subject.text().strip()
        self._session.tasks.query(
            self, lambda: _found(counter, actor, by, group, subject, day, before),
            lambda found: self._show(found, before), self._trouble, topic="entries",
        )  # fmt: skip

    def _show(self, found: Found, before: int) -> None:
        self.entries = [*self.entries, *found.entries] if before else found.entries
        known = list(found.names)
        if known != self._people:
            chosen = self.by.currentData()
            self._people = known
            self.by.clear()
            self.by.addItem("ทุกคน", "")
            for username, name in found.names.items():
                self.by.addItem(name, username)
            self.by.setCurrentIndex(max(0, self.by.findData(chosen)))
        self.list.show_rows([(str(entry.seq), _text(entry, found.names)) for entry in self.entries])
        self.more.setEnabled(len(found.entries) == PAGE)
        told = f"แสดง {len(self.entries):,} รายการ ใหม่สุดอยู่บน"
        self.told.show_text(told if self.entries else "ไม่มีรายการที่ตรงกับที่เลือก ลองล้างตัวกรอง")

    def verify(self) -> None:
        """F9: walk the whole chain."""
        if not self.check.isEnabled():
            return
        counter, progress = self._session.counter, Progress()
        self._progress = progress
        self.check.setEnabled(False)
        self.result.hide()
        self.bar.setRange(0, 0)
        self.bar.show()
        self._timer.start()
        self._session.tasks.query(
            self, lambda: _checked(counter, progress), self._checked, self._trouble, topic="verify"
        )

    def _look(self) -> None:
        if self._progress.all:
            self.bar.setRange(0, self._progress.all)
            self.bar.setValue(self._progress.done)

    def _checked(self, found: tuple[Check, str]) -> None:
        check, beside = found
        self._at_rest()
        mark = "•" if check.ok else "▲"
        hint = "" if check.ok else " หยุดใช้เครื่องนี้ เก็บไว้ตามสภาพ แล้วแจ้งผู้บังคับบัญชา"
        self.result.show_text(f"{mark} {check.detail}{hint} {beside}".strip())
        self.result.show()

    def _at_rest(self) -> None:
        self._timer.stop()
        self.bar.hide()
        self.check.setEnabled(True)

    def export(self) -> None:
        """Ctrl+S: the whole chain into a file."""
        chosen = self.ask_name(self, "audit.jsonl", LINES)
        if not chosen:
            return
        counter, actor, target = self._session.counter, self._session.actor, Path(chosen)
        self._session.tasks.command(
            self, lambda: audit.export_to(counter, actor, target),
            lambda count: self._exported(target.name, count), self._trouble,
        )  # fmt: skip

    def _exported(self, name: str, count: int) -> None:
        self._note.say("good", f"เขียน {name} แล้ว {count:,} รายการ", "ไฟล์นี้ไม่ได้เข้ารหัส เก็บในที่ปลอดภัย")
        self.refresh()

    def _trouble(self, error: Exception) -> None:
        self._at_rest()
        if not isinstance(error, CounterError):
            faults.record(error)
        self._note.say(*faults.words(error))


def _found(counter: Counter, actor: Actor, by: str, group: str, subject: str, day: date | None, before: int) -> Found:
    """On a reader thread."""
    entries = audit.find(counter, actor, by=by, group=group, subject=subject, before=before, limit=PAGE, day=day)
    names = dict(staff.names(counter))
    return Found(entries, {username: names.get(username, username) for username in audit.people(counter, actor)})


def _numbers(counter: Counter) -> str:
    found: dict[str, Any] = number_report.report(counter)
    parts = [f"เลขที่ออกแล้ว {found['issued']:,}", f"ยกเลิก {found['voided']:,}", f"เหลือ {found['unused']:,}"]
    wrong = found["unexplained"] + found["duplicates"]
    parts.append(f"▲ อธิบายไม่ได้หรือซ้ำ {wrong:,}" if wrong else "ไม่มีเลขหายหรือซ้ำ")
    return f"เลขคำร้องและใบเสร็จของเครื่องนี้: {' · '.join(parts)}"


def _checked(counter: Counter, progress: Progress) -> tuple[Check, str]:
    checkpoint, beside = None, ""
    if counter.ask_checkpoint is not None and not counter.stand_alone:
        try:
            checkpoint = counter.ask_checkpoint()
        except CounterError as error:
            beside = f"(ยังไม่ได้เทียบกับเครื่องแม่ข่ายกลาง: {error.title})"
    return verification.audit_chain(counter, checkpoint, progress), beside


def _text(entry: Entry, names: dict[str, str]) -> str:
    local = thai_date.local(entry.at)
    above = f"{thai_date.short(local.date())} {local:%H:%M:%S}  {audit_words.words(entry.action)}  {entry.subject}"
    beside = "" if _is_hash(entry.detail) else entry.detail
    return "\n".join([above, " · ".join(part for part in (names.get(entry.by, entry.by), beside) if part)])


def _is_hash(text: str) -> bool:
    return len(text) == 64 and all(letter in "0123456789abcdef" for letter in text)
