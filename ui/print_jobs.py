"""The papers that wait for a person: did it come out, print it again, print it elsewhere. Ctrl+P, or the status bar."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.domain import thai_date
from app.domain.errors import CounterError
from app.services import papers, print_jobs
from app.services.model import Changes, PrintJob
from ui import faults
from ui.ports import Session
from ui.style import FAR, GAP, TIGHT
from ui.widgets.fields import Action, Chooser, FieldRow
from ui.widgets.labels import ThaiLabel, heading
from ui.widgets.layouts import FlowLayout

TO_ANSWER = ("failed",)
SHOWN = ("failed", "sending", "planned")
TAKEN, FEW = ("sent",), 20
"""Papers that the printer took, which may still have jammed: the newest of them."""
MOST = 200
JOB = Qt.ItemDataRole.UserRole
STATES = {"failed": "▲ รอคำตอบ", "sending": "กำลังส่ง", "planned": "รอพิมพ์", "sent": "ส่งแล้ว"}
NOTHING = "ไม่มีเอกสารที่รอพิมพ์หรือรอคำตอบ"
TOLD_TAKEN = "เครื่องพิมพ์รับแผ่นนี้แล้ว ถ้ากระดาษติดหรือพิมพ์ไม่ครบ เลือกเหตุผลแล้วกด F4 จากนั้นพิมพ์ใหม่ได้เป็นต้นฉบับ"
WHY_SPOILED = ("กระดาษติดหรือขาด", "หมึกจางหรือพิมพ์ไม่ครบ", "ไม่ต้องใช้แล้ว")


class PrintJobsDialog(QDialog):
    """Lists what failed and what waits; each answer is written into the print ledger."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self.setWindowTitle("งานพิมพ์")
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.list = QListWidget()
        self.list.setAccessibleName("เอกสารที่รอพิมพ์หรือรอคำตอบ")
        self.list.setWordWrap(True)
        self.list.setSpacing(TIGHT)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.currentItemChanged.connect(lambda *_items: self._offer())
        self.told = ThaiLabel()
        self.error = ThaiLabel(role="error")
        self.error.hide()
        self._other = Chooser()
        self._other_row = FieldRow("printer", "เครื่องพิมพ์อื่น", self._other)
        self._why = Chooser(editable=True)
        self._why.addItems(WHY_SPOILED)
        self._why_row = FieldRow("reason", "เหตุผลที่ยกเลิกแผ่นนี้", self._why)
        self.came_out = Action("F2  ออกมาแล้ว ครบถ้วน", key="F2", tip="กระดาษออกมาครบแล้ว ไม่ต้องพิมพ์อีก")
        self.again = Action("F9  พิมพ์ใหม่", role="primary", key="F9", tip="ยังไม่ออก ส่งไปพิมพ์ที่เครื่องเดิมอีกครั้ง")
        self.elsewhere = Action("F6  พิมพ์ที่เครื่องอื่น", key="F6", tip="ส่งไปพิมพ์ที่เครื่องที่เลือก")
        self.spoiled = Action("F4  ยกเลิกแผ่นนี้", key="F4", tip="แผ่นนี้เสียหรือไม่ต้องใช้ ครั้งต่อไปเป็นต้นฉบับแทน")
        self._leave = Action("ปิด", role="quiet", key="Esc")
        self._keys = {
            Qt.Key.Key_F2: self.came_out,
            Qt.Key.Key_F9: self.again,
            Qt.Key.Key_F6: self.elsewhere,
            Qt.Key.Key_F4: self.spoiled,
        }
        self._build()
        self._connect()
        self._ask()

    def _build(self) -> None:
        ways = QHBoxLayout()
        ways.addWidget(self._other_row, 1)
        ways.addWidget(self._why_row, 1)
        answers = QWidget()
        flow = FlowLayout(answers)
        flow.setContentsMargins(0, 0, 0, 0)
        for part in (self.again, self.came_out, self.elsewhere, self.spoiled, self._leave):
            flow.addWidget(part)
        box = QVBoxLayout(self)
        box.setContentsMargins(FAR, FAR, FAR, FAR)
        box.setSpacing(GAP)
        box.addWidget(heading("งานพิมพ์ที่รอ และที่เพิ่งส่ง"))
        box.addWidget(self.list, 100)
        box.addWidget(self.told)
        box.addLayout(ways)
        box.addWidget(self.error)
        box.addStretch(1)  # takes all the room where nothing waits
        box.addWidget(answers)
        room = self.screen().availableGeometry()
        look = self._session.look
        self.resize(min(look.pixels(640), room.width() - 40), min(look.pixels(460), room.height() - 60))

    def _connect(self) -> None:
        self.came_out.clicked.connect(lambda: self._act(print_jobs.confirm))
        self.again.clicked.connect(lambda: self._act(print_jobs.retry))
        self.elsewhere.clicked.connect(self._move)
        self.spoiled.clicked.connect(self._spoil)
        self._leave.clicked.connect(self.reject)
        self._session.tasks.changed.connect(self._changed)

    @property
    def chosen(self) -> PrintJob | None:
        """The job in the row that is chosen."""
        item = self.list.currentItem()
        found: PrintJob | None = None if item is None else item.data(JOB)
        return found

    def _changed(self, changes: Changes) -> None:
        if changes.kinds & {"print_job", "printer"}:
            self._ask()

    def _ask(self) -> None:
        counter = self._session.counter
        self._session.tasks.query(
            self,
            lambda: [*print_jobs.list_jobs(counter, MOST, SHOWN), *print_jobs.list_jobs(counter, FEW, TAKEN)],
            self._show,
            self._trouble,
            topic="print jobs",
        )

    def _show(self, jobs: list[PrintJob]) -> None:
        before = self.chosen
        self.list.clear()
        for job in sorted(jobs, key=_order):
            item = QListWidgetItem(_row(job))
            item.setData(JOB, job)
            self.list.addItem(item)
            if before is not None and job.id == before.id:
                self.list.setCurrentItem(item)
        if self.list.currentItem() is None and self.list.count():
            self.list.setCurrentRow(0)
        self.list.setVisible(bool(jobs))
        self._offer()

    def _offer(self) -> None:
        """Only what may be done with the chosen paper."""
        job = self.chosen
        failed = job is not None and job.state in TO_ANSWER
        taken = job is not None and job.state in TAKEN
        waiting = TOLD_TAKEN if taken else "รอเครื่องพิมพ์รับงาน"
        self.told.show_text(NOTHING if job is None else job.error or waiting)
        self._other.clear()
        if job is not None:
            self._other.addItems(print_jobs.printers_for(self._session.counter, job))
        can_move = job is not None and job.state in ("failed", "planned") and self._other.count() > 0
        for part, usable in (
            (self.came_out, failed or taken),
            (self.again, failed),
            (self._other_row, can_move),
            (self.elsewhere, can_move),
            (self._why_row, job is not None),
            (self.spoiled, job is not None),
        ):
            part.setVisible(usable)
        self.error.hide()

    def _act(self, act: Callable[..., object], *more: object) -> None:
        job, counter, actor = self.chosen, self._session.counter, self._session.actor
        if job is not None:
            self._session.tasks.command(
                self, lambda: act(counter, actor, job.id, *more), lambda _job: self._ask(), self._trouble
            )

    def _move(self) -> None:
        self._act(print_jobs.move, self._other.currentText())

    def _spoil(self) -> None:
        self._act(print_jobs.spoiled, self._why.currentText())

    def _trouble(self, error: Exception) -> None:
        if not isinstance(error, CounterError):
            faults.record(error)
        _tone, title, hint = faults.words(error)
        self.error.show_text(f"▲ {title} {hint}".rstrip())
        self.error.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys that stand on the buttons; Esc leaves."""
        button = self._keys.get(Qt.Key(event.key()))
        if button is not None:
            if button.isVisible():
                button.click()
            return
        super().keyPressEvent(event)


def _order(job: PrintJob) -> tuple[int, int]:
    """What waits for an answer comes first, the oldest of it on top; what the printer took last, the newest on top."""
    if job.state in TAKEN:
        return 2, -job.id
    return int(job.state not in TO_ANSWER), job.id


def _row(job: PrintJob) -> str:
    copy = f" (สำเนาที่ {job.copy.number})" if job.copy.number else ""
    when = thai_date.local(job.created_at)
    return (
        f"{STATES[job.state]} · {papers.name(job.document)}{copy} · {job.number}\n"
        f"{thai_date.short(when.date())} {when:%H:%M} · {job.printer}"
    )
