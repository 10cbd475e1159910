"""One paper of many cases: choose them in the list, choose the paper, watch it being printed, take the rest back."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QProgressBar, QWidget

from app.domain.errors import CounterError
from app.services import print_batches
from app.services.model import Changes
from app.services.print_batches import Planned
from ui import faults
from ui.ports import Session
from ui.style import GAP
from ui.widgets.fields import Action, Chooser, FieldRow
from ui.widgets.labels import ThaiLabel, heading
from ui.widgets.layouts import Column, FlowLayout

CHUNK = 10
"""Cases planned at a time: other work of the window passes between two chunks."""
MOST_TOLD = 20
MARKED, EVERY = "marked", "every"
HOW = "แตะหรือกด Space ที่เรื่องในรายการเพื่อเลือก กด Ctrl+A เลือกทุกเรื่องที่แสดง"
REASONS = ("พิมพ์ชุดใหม่แทนชุดเดิม", "กระดาษติดหรือหมึกจาง", "ขอสำเนาเพิ่มเข้าแฟ้ม")

Find = Callable[[], Callable[[], list[str]]]
"""What to ask, on a reader thread, for the numbers of all cases that the list stands for now."""


class BatchView(Column):
    """Shown where else a case is; Esc leaves it, F9 begins."""

    closed = Signal()
    marks_wanted = Signal(bool)
    """Mark every case that is listed, or none."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._find: Find = lambda: list
        self._waiting: list[str] = []
        self._total = 0
        self._planned = Planned()
        self._stopped = self._running = False
        self._withdrawn = 0
        self._marked: tuple[str, ...] = ()
        self._told, self._how, self._summary, self._error = (
            ThaiLabel(role=role) for role in ("strong", "small", "", "error")
        )
        self._how.show_text(HOW)
        self._scope, self._document, self._reason = Chooser(), Chooser(), Chooser(editable=True)
        self._scope.addItem("เรื่องที่เลือก", MARKED)
        self._scope.addItem("ทุกเรื่องที่พบ", EVERY)
        self._reason.addItems(("", *REASONS))
        self.rows = {
            "scope": FieldRow("scope", "พิมพ์ของ", self._scope),
            "document": FieldRow("document", "เอกสาร", self._document),
            "copy_reason": FieldRow("copy_reason", "เหตุผลของเรื่องที่เคยพิมพ์แล้ว (ถ้าไม่ใส่ จะข้ามเรื่องนั้น)", self._reason),
        }
        self.bar = QProgressBar()
        self.bar.setAccessibleName("ความคืบหน้าของการพิมพ์")
        self.bar.setFormat("%v / %m")
        self._do = Action("F9  พิมพ์ทั้งชุด", role="primary", key="F9", tip="พิมพ์ทั้งชุด")
        self._cancel = Action("หยุด และยกเลิกที่ยังไม่พิมพ์", tip="เรื่องที่เครื่องพิมพ์รับไปแล้วจะพิมพ์จนจบ")
        self._all, self._none = Action("เลือกที่แสดงทั้งหมด", key="Ctrl+A"), Action("ไม่เลือกเลย")
        self._leave = Action("ปิด", key="Esc")
        self._build()
        self._connect()
        self.hide()

    def _build(self) -> None:
        self.box.setSpacing(GAP)
        self.box.addWidget(heading("พิมพ์หลายเรื่อง"))
        for widget in (self._how, self._told, _flow(self._all, self._none), *self.rows.values(), self._error,
                       _flow(self._do, self._cancel, self._leave), self.bar, self._summary):  # fmt: skip
            self.box.addWidget(widget)
        self.box.addStretch(1)

    def _connect(self) -> None:
        self._do.clicked.connect(self.begin)
        self._cancel.clicked.connect(self.cancel)
        self._leave.clicked.connect(self.leave)
        self._all.clicked.connect(lambda: self.marks_wanted.emit(True))
        self._none.clicked.connect(lambda: self.marks_wanted.emit(False))
        self._reason.editTextChanged.connect(lambda _text: self._error.hide())
        self._session.tasks.changed.connect(self._changed)

    @property
    def running(self) -> bool:
        """Whether jobs are still being planned."""
        return self._running

    @property
    def summary(self) -> str:
        """What has become of the batch so far."""
        return self._summary.shown_text()

    def open(self, find: Find) -> None:
        """Begin to choose; a batch that is still being printed stays in view."""
        self._find = find
        if not self._planned.jobs:
            self._document.clear()
            for code, name in print_batches.documents(self._session.counter):
                self._document.addItem(name, code)
            self._show_state()
        self.show()
        self._document.setFocus()

    def marked(self, numbers: Sequence[str]) -> None:
        """These cases are marked in the list now."""
        self._marked = tuple(numbers)
        self._told.show_text(f"เลือกแล้ว {len(numbers)} เรื่อง" if numbers else "ยังไม่ได้เลือกเรื่อง")
        self._error.hide()

    def leave(self) -> None:
        """Back to the cases. What was planned goes on being printed."""
        self.hide()
        if not self._running:
            self._reset()
        self.closed.emit()

    # printing --------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """F9: plan the paper of every case, a few at a time."""
        if self._running or not self._do.isEnabled():
            return
        if self._scope.currentData() == EVERY:
            self._session.tasks.query(self, self._find(), self._start, self._trouble, topic="batch")
        else:
            self._start(list(self._marked))

    def _start(self, numbers: list[str]) -> None:
        self._reset()
        if not numbers:
            self._say("ยังไม่ได้เลือกเรื่อง", "เลือกเรื่องจากรายการ หรือเลือก “ทุกเรื่องที่พบ”")
            return
        self._waiting, self._total, self._running = numbers, len(numbers), True
        self.bar.setMaximum(self._total)
        self._show_state()
        self._next()

    def _next(self) -> None:
        some, self._waiting = self._waiting[:CHUNK], self._waiting[CHUNK:]
        counter, actor = self._session.counter, self._session.actor
        document, reason = str(self._document.currentData()), self._reason.currentText().strip()
        self._session.tasks.command(
            self,
            lambda: print_batches.plan(counter, actor, some, document, reason),
            self._chunk_done,
            self._chunk_failed,
        )

    def _chunk_done(self, planned: Planned) -> None:
        self._planned += planned
        if self._stopped:
            self._withdraw()
        if self._waiting and not self._stopped:
            self._next()
        else:
            self._running = False
        self._show_state()
        self._ask_progress()

    def _chunk_failed(self, error: Exception) -> None:
        """No printer, a full disk: nothing more is planned; what was, is told."""
        self._waiting, self._running = [], False
        self._trouble(error)
        self._show_state()

    def cancel(self) -> None:
        """Plan no more, and take back what no printer has begun with."""
        self._stopped, self._waiting = True, []
        if not self._running:
            self._withdraw()

    def _withdraw(self) -> None:
        counter, actor, jobs = self._session.counter, self._session.actor, self._planned.jobs
        self._session.tasks.command(
            self, lambda: print_batches.withdraw(counter, actor, jobs), self._taken_back, self._trouble
        )

    def _taken_back(self, count: int) -> None:
        self._withdrawn += count
        self._ask_progress()

    # telling ---------------------------------------------------------------------------------------------------

    def _changed(self, changes: Changes) -> None:
        if self._planned.jobs and "print_job" in changes.kinds:
            self._ask_progress()

    def _ask_progress(self) -> None:
        counter, jobs = self._session.counter, self._planned.jobs
        self._session.tasks.query(
            self, lambda: print_batches.progress(counter, jobs), self._show_progress, self._trouble, topic="progress"
        )

    def _show_progress(self, states: dict[str, int]) -> None:
        over = sum(count for state, count in states.items() if state in print_batches.OVER)
        planned = self._planned
        self.bar.setValue(over + len(planned.passed_over))
        waiting = len(planned.jobs) - over
        parts = [
            f"สั่งพิมพ์ {len(planned.jobs)} จาก {self._total} เรื่อง",
            f"เป็นสำเนา {planned.copies}" if planned.copies else "",
            f"พิมพ์แล้ว {states.get('sent', 0) + states.get('confirmed', 0)}",
            f"รอพิมพ์ {waiting}" if waiting else "",
            f"พิมพ์ไม่สำเร็จ {states['failed']} ดูที่เอกสารที่พิมพ์ของเรื่อง" if states.get("failed") else "",
            f"ยกเลิก {self._withdrawn}" if self._withdrawn else "",
            f"ข้าม {len(planned.passed_over)}" if planned.passed_over else "",
        ]
        lines = [" · ".join(part for part in parts if part)]
        lines += [f"ข้าม {number}: {why}" for number, why in planned.passed_over[:MOST_TOLD]]
        if len(planned.passed_over) > MOST_TOLD:
            lines.append(f"และอีก {len(planned.passed_over) - MOST_TOLD} เรื่อง")
        self._summary.show_text("\n".join(lines))
        self._cancel.setEnabled(self._running or bool(waiting))

    def _show_state(self) -> None:
        self._do.setEnabled(not self._running)
        self._cancel.setVisible(bool(self._total))
        self._cancel.setEnabled(self._running)
        self.bar.setVisible(bool(self._total))
        for row in self.rows.values():
            row.control.setEnabled(not self._running)

    def _reset(self) -> None:
        self._waiting, self._total, self._planned, self._withdrawn = [], 0, Planned(), 0
        self._stopped = self._running = False
        self.bar.setValue(0)
        self._summary.show_text("")
        self._error.hide()
        self._show_state()

    def _say(self, title: str, hint: str) -> None:
        self._error.show_text(f"▲ {title} {hint}".rstrip())
        self._error.show()

    def _trouble(self, error: Exception) -> None:
        if isinstance(error, CounterError):
            self._say(error.title, error.hint)
        else:
            faults.record(error)
            self._session.tasks.trouble.emit(error)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F9 begins, Esc leaves."""
        if event.key() == Qt.Key.Key_F9:
            self.begin()
        elif event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)


def _flow(*buttons: Action) -> QWidget:
    place = QWidget()
    flow = FlowLayout(place)
    flow.setContentsMargins(0, 0, 0, 0)
    for button in buttons:
        flow.addWidget(button)
    return place
