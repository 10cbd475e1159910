"""The Desk page: one search box over the whole register, and the case that is open."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from app.catalog.schema import Service
from app.domain import thai_date
from app.domain.errors import CounterError, Refused
from app.services import (
    attachments,
    cases,
    papers,
    people,
    print_batches,
    print_jobs,
    staff,
    work_lists,
)
from app.services.model import CaseSummary, Changes
from ui import faults
from ui.desk.batch import BatchView
from ui.desk.case_files import PATTERNS
from ui.desk.case_view import CasePanel, OpenCase, masked_fields, read
from ui.desk.corrections import KEY, Correcting
from ui.desk.file_copies import FileCopies
from ui.desk.filters import EMPTY, ORDER, Filters, listed
from ui.desk.letter_panel import LetterPanel
from ui.desk.panels import CopyPanel, Panel, WholePanel
from ui.desk.results import CaseList
from ui.desk.step_panel import NotePanel, StepPanel
from ui.ports import Session
from ui.style import NEAR, WIDE, give_role
from ui.widgets.fields import Action, CommandLine
from ui.widgets.labels import ThaiLabel
from ui.widgets.notes import Note

WAIT_MS = 120
MOST = 50
NO_CASES = "ยังไม่มีเรื่องในเครื่องนี้ รับเรื่องแรกได้ที่หน้าเคาน์เตอร์"
NOT_FOUND = "ไม่พบเรื่องที่ตรงกับคำค้น ลองคำที่สั้นลง เลขคำร้อง เลข 13 หลัก หรือเบอร์โทรศัพท์ 4 ตัวท้าย"
NOTHING_OPEN = "เลือกเรื่องจากรายการด้านซ้าย หรือสแกนใบรับคำร้อง"


class SearchLine(CommandLine):
    """The search box; Up and Down walk through the list without leaving it."""

    def __init__(self) -> None:
        super().__init__()
        self.setMaxLength(200)
        self.setPlaceholderText("ค้นหา: เลขคำร้อง ชื่อ เลข 13 หลัก เบอร์ 4 ตัวท้าย หรือคำในเรื่อง")
        self.setAccessibleName("ค้นหาเรื่อง")
        self.setToolTip("ค้นขณะพิมพ์ ↑ ↓ เลือก Enter เปิด (Ctrl+F)")


class DeskPage(QWidget):
    """Find a case, read it, take its next step, print a copy."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._wanted = ""
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.note = Note()
        self.line = SearchLine()
        self.filters = Filters()
        self.filters.offer_permits(any(one.kind == "permit" for one in session.counter.catalog.values()))
        self.list = CaseList(session.look)
        self.case = CasePanel()
        self.step, self.note_panel = StepPanel(), NotePanel()
        self.copy_panel, self.whole = CopyPanel(), WholePanel()
        self.letter = LetterPanel()
        self.fix = Correcting(self, session, lambda: self._wanted, self._done, self._refused, self._trouble)
        self._panels = (self.step, self.note_panel, self.copy_panel, self.letter, self.whole, self.fix.panel)
        self.batch = BatchView(session)
        self._many = Action("พิมพ์หลายเรื่อง…", role="quiet", key="Ctrl+B", tip="พิมพ์เอกสารของหลายเรื่องพร้อมกัน")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT_MS)
        self._timer.timeout.connect(self._search)
        self._build()
        self._connect()

    def _build(self) -> None:
        self._told = ThaiLabel(role="small")
        self._empty = ThaiLabel(NO_CASES)
        left = QFrame()
        give_role(left, "card")
        self._left = left
        column = QVBoxLayout(left)
        column.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        column.setSpacing(NEAR)
        self.filters.add(self._many)
        for widget in (self.line, self.filters, self._told, self._empty):
            column.addWidget(widget)
        column.addWidget(self.list, 100)
        column.addStretch(1)  # takes all the room where there is nothing to list
        right = give_role(QFrame(), "card")
        inside = QVBoxLayout(right)
        inside.setContentsMargins(1, 1, 1, 1)
        self._nothing = ThaiLabel(NOTHING_OPEN, role="small")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.setMargin(WIDE)
        inside.addWidget(self._nothing, 1)
        inside.addWidget(self.case, 1)
        inside.addWidget(self.batch, 1)
        for panel in self._panels:
            self.case.panel_place.addWidget(panel)
        self.case.hide()
        both = QHBoxLayout()
        both.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        both.setSpacing(WIDE)
        both.addWidget(left, 5)
        both.addWidget(right, 7)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.note)
        box.addLayout(both, 1)

    def _connect(self) -> None:
        self.line.textEdited.connect(self._typed)
        self.line.entered.connect(self.list.open_marked)
        self.line.walked.connect(self.list.walk)
        self.list.opened.connect(self.open)
        self.filters.chosen.connect(self._choose_list)
        self.filters.division_chosen.connect(self._keep_division)
        self.case.step_wanted.connect(self.ask_step)
        self.case.note_wanted.connect(self.ask_note)
        self.case.attach_wanted.connect(self.ask_files)
        copies = FileCopies(self, self._session, self.note, self._trouble)
        self.case.files.wanted.connect(lambda file: copies.save(self._wanted, file))
        self.note_panel.wanted.connect(self._add_note)
        self.case.correct_wanted.connect(self.ask_correction)
        self.case.corrections.chosen.connect(self.fix.choose)
        self.case.copy_wanted.connect(self.ask_copy)
        self.case.papers_wanted.connect(self.open_papers)
        self.case.letter_wanted.connect(self.ask_letter)
        self.letter.wanted.connect(self._issue_letter)
        self._many.clicked.connect(self.ask_batch)
        self.batch.closed.connect(self._leave_batch)
        self.batch.marks_wanted.connect(self.list.mark_all)
        self.list.marked.connect(self.batch.marked)
        self.case.retry_wanted.connect(self._retry)
        self.case.whole_wanted.connect(self.ask_whole)
        self.whole.wanted.connect(self._show_whole)
        self.step.wanted.connect(self._take_step)
        self.copy_panel.wanted.connect(self._print_copy)
        for panel in self._panels:
            panel.closed.connect(self.case.step_button.setFocus)
        self._session.tasks.changed.connect(self._changed)
        keys = {
            "F3": self.ask_whole,
            "F4": self.ask_step,
            "F6": self.ask_note,
            "Ctrl+O": self.ask_files,
            KEY: self.ask_correction,
            "Ctrl+Shift+P": self.open_papers,
            "Ctrl+Shift+L": self.ask_letter,
            "Ctrl+B": self.ask_batch,
            **{f"Alt+{n}": partial(self.filters.choose, which) for n, which in enumerate(ORDER, start=1)},
            "F7": lambda: self.ask_copy("slip"),
            "F8": lambda: self.ask_copy("petition"),
        }
        for key, action in keys.items():
            QShortcut(QKeySequence(key), self).activated.connect(action)

    # finding ---------------------------------------------------------------------------------------------------

    def focus_search(self) -> None:
        """Ctrl+F: ready to type a new search."""
        self.line.setFocus()
        self.line.selectAll()

    def showEvent(self, event: QShowEvent) -> None:
        """Newest cases at once."""
        super().showEvent(event)
        self._search()

    def _typed(self, text: str) -> None:
        """What is typed is looked for in the whole register."""
        if text.strip():
            self.filters.show_all()
        self._timer.start()

    def _choose_list(self) -> None:
        """A list is wanted, not what was searched for."""
        if self.filters.which != work_lists.ALL:
            self.line.clear()
        self._search()

    def _search(self) -> None:
        counter, text = self._session.counter, self.line.text().strip()
        actor, which = self._session.actor, self.filters.which

        def work() -> list[CaseSummary]:
            return listed(counter, actor, which, text, MOST)

        self._session.tasks.query(self, work, self._found, self._not_found, topic="find")

    def _not_found(self, error: Exception) -> None:
        if isinstance(error, Refused) and error.code == "division_unknown":
            self.filters.ask_division(list(papers.divisions(self._session.counter, None)))
            self._found([])
            self._empty.hide()
        else:
            self._trouble(error)

    def _keep_division(self, code: str) -> None:
        counter, actor = self._session.counter, self._session.actor
        self._session.tasks.command(
            self,
            lambda: staff.set_division(counter, actor, actor.username, code),
            lambda _done: self._belong_to(code),
            self._trouble,
        )

    def _belong_to(self, code: str) -> None:
        self._session.actor = replace(self._session.actor, division=code)
        self._search()

    def _found(self, found: list[CaseSummary]) -> None:
        text = self.line.text().strip()
        self.list.offer(found)
        self.list.setVisible(bool(found))
        self._empty.setVisible(not found)
        self._empty.show_text(NOT_FOUND if text else EMPTY.get(self.filters.which, NO_CASES))
        newest = "เรื่องล่าสุด" if self.filters.which == work_lists.ALL else "ใกล้ครบกำหนดก่อน"
        more = newest if not text else f"พบมากกว่า {MOST} เรื่อง แสดงเรื่องใหม่ที่สุด" if len(found) == MOST else ""
        self._told.show_text(more or f"พบ {len(found)} เรื่องในทั้งทะเบียน")
        self._told.setVisible(bool(found))

    # one case --------------------------------------------------------------------------------------------------

    def open(self, number: str) -> None:
        """Open a case by its number."""
        self._wanted = number
        self._close_panels()
        self._read()

    def take_scan(self, text: str) -> None:
        """A text of the USB scanner that is no slip: search for it."""
        self.line.setText(text)
        self.filters.show_all()
        self._search()

    def _read(self) -> None:
        counter, number, actor = self._session.counter, self._wanted, self._session.actor
        self._session.tasks.query(
            self, lambda: read(counter, number, actor), self._show_case, self._trouble, topic="case"
        )

    def _show_case(self, case: OpenCase) -> None:
        self._wanted = case.view.number
        self.case.show_case(case)
        self._nothing.hide()
        self.case.setVisible(self.batch.isHidden())
        row = self.list.cases.row_of(case.view.number)
        if row >= 0:
            self.list.setCurrentIndex(self.list.cases.index(row))

    def _service(self) -> Service | None:
        shown = self.case.shown
        view = shown.view if shown and shown.view.number == self._wanted else None
        counter = self._session.counter
        return counter.definition(view.service, view.service_version) if view else None

    def ask_step(self, state: str = "") -> None:
        """F4: open the panel for the next step, or for the one whose button was pressed."""
        shown = self.case.shown
        if shown is None or not shown.next_states:
            return
        service = self._service()
        counter = self._session.counter
        kind = counter.office.kind
        service = counter.catalog.get(service.code, service) if service else None
        divisions = [(one.code, one.name_in(kind)) for one in service.divisions] if service else []
        self._close_panels()
        self.step.ask(shown.next_states, divisions, shown.people, shown.replies, state)

    def ask_note(self) -> None:
        """F6: open the panel for a note."""
        if self.case.shown is not None:
            self._close_panels()
            self.note_panel.ask(self.case.shown.replies)

    def ask_correction(self) -> None:
        """Ctrl+K: open the panel that puts fields right."""
        if self.case.shown is not None:
            self._close_panels()
            self.fix.ask()

    def ask_files(self) -> None:
        """Ctrl+O: choose files and add them to the case."""
        if self.case.shown is None:
            return
        names, _filter = QFileDialog.getOpenFileNames(self, "แนบไฟล์กับเรื่องนี้", "", PATTERNS)
        if names:
            self.attach([Path(name) for name in names])

    def attach(self, paths: Sequence[Path]) -> None:
        """Add these files to the open case: all or, where one is refused, none."""
        counter, actor, number = self._session.counter, self._session.actor, self._wanted
        self.note.say("info", f"กำลังแนบ {len(paths)} ไฟล์…")
        self._session.tasks.command(
            self,
            lambda: attachments.attach(counter, actor, number, [attachments.read_file(path) for path in paths]),
            lambda _files: self._told_again(f"แนบแล้ว {len(paths)} ไฟล์"),
            self._trouble,
        )

    def ask_copy(self, document: str) -> None:
        """F7, F8: open the panel for a paper."""
        shown = self.case.shown
        if shown is None or document not in shown.papers:
            return
        self._close_panels()
        before = any(job.document == document and job.state != "spoiled" for job in shown.jobs)
        self.copy_panel.ask(document, papers.name(document), before)

    def open_papers(self) -> None:
        """Ctrl+Shift+P: the other papers of the open case."""
        if self.case.shown is not None and not self.case.isHidden():
            button = self.case.papers_button
            self.papers_menu().exec(button.mapToGlobal(button.rect().bottomLeft()))

    def papers_menu(self) -> QMenu:
        """Every paper that has no button of its own."""
        menu = QMenu(self)
        shown = self.case.shown
        for code in shown.papers if shown else ():
            if code not in papers.OF_SERVICES:
                menu.addAction(f"{papers.name(code)}…").triggered.connect(partial(self.ask_copy, code))
        return menu

    def ask_letter(self) -> None:
        """Ctrl+Shift+L: open the panel for a letter."""
        shown = self.case.shown
        if shown is None or shown.is_over:
            return
        self._close_panels()
        today = thai_date.local(self._session.counter.clock.now()).date()
        self.letter.ask(shown.letter, shown.timeline, today)

    def _issue_letter(self) -> None:
        work = self.letter.issuing(self._session, self._wanted)
        if work is not None:
            self._session.tasks.command(
                self,
                work,
                lambda told: self._done(self.letter, told),
                lambda error: self._refused(self.letter, error),
            )

    def ask_batch(self) -> None:
        """Ctrl+B: choose cases in the list and print one paper of all of them."""
        self.case.hide()
        self._nothing.hide()
        self.list.begin_marking(True)
        self.batch.open(self._everything_found)

    def _everything_found(self) -> Callable[[], list[str]]:
        counter, actor = self._session.counter, self._session.actor
        text, which = self.line.text(), self.filters.which
        return lambda: print_batches.numbers_found(counter, actor, text, which)

    def _leave_batch(self) -> None:
        self.list.begin_marking(False)
        self.case.setVisible(self.case.shown is not None)
        self._nothing.setVisible(self.case.shown is None)
        self.list.setFocus()

    def ask_whole(self) -> None:
        """F3: ask why somebody wants to see the numbers in full."""
        if self.case.shown is not None and masked_fields(self.case.shown.view):
            self._close_panels()
            self.whole.ask()

    def _close_panels(self) -> None:
        for panel in self._panels:
            panel.hide()

    def _show_whole(self) -> None:
        shown = self.case.shown
        if shown is None:
            return
        counter, actor, number = self._session.counter, self._session.actor, shown.view.number
        fields, reason = masked_fields(shown.view), self.whole.value()
        self.whole.clear_errors()
        self._session.tasks.command(
            self,
            lambda: {field: people.unmask(counter, actor, number, field, reason) for field in fields},
            lambda whole: self._seen(number, whole),
            lambda error: self._refused(self.whole, error),
        )

    def _seen(self, number: str, whole: dict[str, str]) -> None:
        self.whole.leave()
        if self._wanted == number:
            self.case.show_whole(whole)

    def _take_step(self) -> None:
        counter, actor, number = self._session.counter, self._session.actor, self._wanted
        wish = self.step.value()
        self.step.clear_errors()
        self._session.tasks.command(
            self,
            lambda: cases.change_status(
                counter,
                actor,
                number,
                wish.state,
                wish.note,
                wish.division,
                agency=wish.agency,
                assignee=wish.assignee,
                public=wish.public,
            ),
            lambda view: self._done(self.step, f"{view.number}: {view.status_text}"),
            lambda error: self._refused(self.step, error),
        )

    def _add_note(self) -> None:
        counter, actor, number = self._session.counter, self._session.actor, self._wanted
        text, public = self.note_panel.written(), self.note_panel.is_public()
        self.note_panel.clear_errors()
        self._session.tasks.command(
            self,
            lambda: cases.add_note(counter, actor, number, text, public),
            lambda _done: self._done(self.note_panel, "เพิ่มบันทึกแล้ว"),
            lambda error: self._refused(self.note_panel, error),
        )

    def _print_copy(self) -> None:
        counter, actor, number = self._session.counter, self._session.actor, self._wanted
        document, reason = self.copy_panel.document, self.copy_panel.value()
        name = papers.name(document)
        self.copy_panel.clear_errors()
        self._session.tasks.command(
            self,
            lambda: print_jobs.plan(counter, actor, number, document, copy_reason=reason),
            lambda _job: self._done(self.copy_panel, f"ส่ง{name}ไปที่เครื่องพิมพ์แล้ว"),
            lambda error: self._refused(self.copy_panel, error),
        )

    def _retry(self, job: int) -> None:
        counter, actor = self._session.counter, self._session.actor
        self._session.tasks.command(self, lambda: print_jobs.retry(counter, actor, job), None, self._trouble)

    def _done(self, panel: Panel, words: str) -> None:
        panel.leave()
        self._told_again(words)

    def _told_again(self, words: str) -> None:
        self.note.say("good", words)
        self._read()

    def _refused(self, panel: Panel, error: Exception) -> None:
        if isinstance(error, Refused):
            panel.show_error(error)
        else:
            self._trouble(error)

    def _trouble(self, error: Exception) -> None:
        if not isinstance(error, CounterError):
            self._session.tasks.trouble.emit(error)
            return
        self.note.say(*faults.words(error))

    # staying true ----------------------------------------------------------------------------------------------

    def _changed(self, changes: Changes) -> None:
        if not self.isVisible():
            return
        if "case" in changes.kinds:
            self._timer.start()
        if self._wanted and self._wanted in changes.cases:
            self._read()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc goes back to the search, Enter goes on to the next field."""
        if self.batch.isVisible() and event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_F9):
            self.batch.keyPressEvent(event)
        elif event.key() == Qt.Key.Key_Escape:
            if not self.note.isHidden():
                self.note.hide()
            else:
                self.focus_search()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.focusNextPrevChild(True)
        else:
            super().keyPressEvent(event)
