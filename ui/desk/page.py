"""The Desk page: one search box over the whole register, and the case that is open."""

from datetime import date

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.catalog.schema import Service
from app.domain import thai_date
from app.domain.errors import CounterError, Refused
from app.services import cases, people, print_jobs
from app.services.model import CaseSummary, Changes
from ui import faults
from ui.counter.saved import DOCUMENT_NAMES
from ui.desk.case_view import CasePanel, OpenCase, masked_fields, read
from ui.desk.panels import CopyPanel, Panel, StepPanel, WholePanel
from ui.desk.results import CaseList
from ui.ports import Session
from ui.style import NEAR, WIDE, give_role
from ui.widgets.fields import CommandLine
from ui.widgets.labels import ThaiLabel, heading
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
        self.list = CaseList(session.look)
        self.case = CasePanel()
        self.step, self.copy_panel, self.whole = StepPanel(), CopyPanel(), WholePanel()
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
        column.addWidget(heading("ค้นหาเรื่อง"))
        for widget in (self.line, self._told, self._empty):
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
        self.case.panel_place.addWidget(self.step)
        self.case.panel_place.addWidget(self.copy_panel)
        self.case.panel_place.addWidget(self.whole)
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
        self.line.textEdited.connect(lambda _text: self._timer.start())
        self.line.entered.connect(self.list.open_marked)
        self.line.walked.connect(self.list.walk)
        self.list.opened.connect(self.open)
        self.case.step_wanted.connect(self.ask_step)
        self.case.copy_wanted.connect(self.ask_copy)
        self.case.retry_wanted.connect(self._retry)
        self.case.whole_wanted.connect(self.ask_whole)
        self.whole.wanted.connect(self._show_whole)
        self.step.wanted.connect(self._take_step)
        self.copy_panel.wanted.connect(self._print_copy)
        for panel in (self.step, self.copy_panel, self.whole):
            panel.closed.connect(self.case.step_button.setFocus)
        self._session.tasks.changed.connect(self._changed)
        keys = {
            "F3": self.ask_whole,
            "F4": self.ask_step,
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

    def _search(self) -> None:
        counter, text = self._session.counter, self.line.text().strip()
        work = (lambda: cases.find(counter, text, MOST)) if text else (lambda: cases.recent(counter, MOST))
        self._session.tasks.query(self, work, self._found, self._trouble, topic="find")

    def _found(self, found: list[CaseSummary]) -> None:
        text = self.line.text().strip()
        self.list.offer(found, self._today())
        self.list.setVisible(bool(found))
        self._empty.setVisible(not found)
        self._empty.show_text(NOT_FOUND if text else NO_CASES)
        more = "เรื่องล่าสุด" if not text else f"พบมากกว่า {MOST} เรื่อง แสดงเรื่องใหม่ที่สุด" if len(found) == MOST else ""
        self._told.show_text(more or f"พบ {len(found)} เรื่อง")
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
        self._search()

    def _read(self) -> None:
        counter, number = self._session.counter, self._wanted
        self._session.tasks.query(self, lambda: read(counter, number), self._show_case, self._trouble, topic="case")

    def _show_case(self, case: OpenCase) -> None:
        self._wanted = case.view.number
        service = self._session.counter.definition(case.view.service, case.view.service_version)
        self.case.show_case(case, service.documents if service else ("slip",), self._today())
        self._nothing.hide()
        self.case.show()
        row = self.list.cases.row_of(case.view.number)
        if row >= 0:
            self.list.setCurrentIndex(self.list.cases.index(row))

    def _service(self) -> Service | None:
        shown = self.case.shown
        view = shown.view if shown and shown.view.number == self._wanted else None
        return self._session.counter.definition(view.service, view.service_version) if view else None

    def ask_step(self) -> None:
        """F4: open the panel for the next step."""
        shown = self.case.shown
        if shown is None or not shown.next_states:
            return
        service = self._service()
        self._close_panels()
        divisions = service.divisions if service else ()
        self.step.ask(shown.next_states, divisions, self._session.counter.office.kind)

    def ask_copy(self, document: str) -> None:
        """F7, F8: open the panel for a paper."""
        shown, service = self.case.shown, self._service()
        if shown is None or (service is not None and document not in service.documents):
            return
        self._close_panels()
        before = any(job.document == document and job.state != "spoiled" for job in shown.jobs)
        self.copy_panel.ask(document, DOCUMENT_NAMES.get(document, document), before)

    def ask_whole(self) -> None:
        """F3: ask why somebody wants to see the numbers in full."""
        if self.case.shown is not None and masked_fields(self.case.shown.view):
            self._close_panels()
            self.whole.ask()

    def _close_panels(self) -> None:
        for panel in (self.step, self.copy_panel, self.whole):
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
        state, note, division = self.step.value()
        self.step.clear_errors()
        self._session.tasks.command(
            self,
            lambda: cases.change_status(counter, actor, number, state, note, division),
            lambda view: self._done(self.step, f"{view.number}: {view.status_text}"),
            lambda error: self._refused(self.step, error),
        )

    def _print_copy(self) -> None:
        counter, actor, number = self._session.counter, self._session.actor, self._wanted
        document, reason = self.copy_panel.document, self.copy_panel.value()
        name = DOCUMENT_NAMES.get(document, document)
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

    def _today(self) -> date:
        return thai_date.local(self._session.counter.clock.now()).date()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc goes back to the search, Enter goes on to the next field."""
        if event.key() == Qt.Key.Key_Escape:
            if not self.note.isHidden():
                self.note.hide()
            else:
                self.focus_search()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.focusNextPrevChild(True)
        else:
            super().keyPressEvent(event)
