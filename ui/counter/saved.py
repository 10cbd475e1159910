"""After F9: the number in very large type, what to tell the citizen, and the next one."""

from PySide6.QtCore import QEasingCurve, QPropertyAnimation, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGraphicsOpacityEffect, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.domain import money, petition_states, thai_date
from app.services import print_jobs
from app.services.counter import Counter
from app.services.model import CaseView, Changes, PrintJob
from ui.counter.preview import SHEETS
from ui.ports import Session
from ui.style import FAR, GAP, NEAR, give_role
from ui.widgets.fields import Action
from ui.widgets.labels import Chip, ThaiLabel, rule
from ui.widgets.layouts import Column, FlowLayout

FADE_MS = 120
DOCUMENT_NAMES = {"slip": "ใบรับคำร้อง", **SHEETS}
JOB_WORDS = {
    "planned": ("รอพิมพ์", "plain"),
    "sending": ("กำลังพิมพ์", "accent"),
    "sent": ("พิมพ์แล้ว", "good"),
    "confirmed": ("พิมพ์แล้ว", "good"),
    "failed": ("พิมพ์ไม่สำเร็จ", "bad"),
    "spoiled": ("กระดาษเสีย", "warn"),
}


class SavedPage(Column):
    """One saved case, until Enter or Esc calls the next citizen."""

    next_wanted = Signal()
    same_person_wanted = Signal()
    case_wanted = Signal(str)
    pay_wanted = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._number_text = ""
        self._done = give_role(QLabel("บันทึกแล้ว"), "good")
        self._number = give_role(QLabel(), "huge")
        self._number.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._number.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._what = ThaiLabel(role="section")
        self._what.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._facts = ThaiLabel()
        self._facts.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._tell = QVBoxLayout()
        self._tell.setSpacing(NEAR)
        self._jobs = QWidget()
        self._jobs_flow = FlowLayout(self._jobs)
        self._jobs_flow.setContentsMargins(0, 0, 0, 0)
        self._next = Action("Enter  ประชาชนคนถัดไป", role="primary", key="Enter หรือ Esc", tip="ประชาชนคนถัดไป")
        self._same = Action("F8  อีกเรื่องของคนเดิม", key="F8", tip="อีกเรื่องของคนเดิม")
        self._open = Action("F6  ดูเรื่องนี้", key="F6", tip="เปิดเรื่องนี้ในหน้างาน")
        self.pay = Action("F7  รับเงิน", key="F7", tip="รับเงินและออกใบเสร็จของเรื่องนี้")
        self._build()
        session.tasks.changed.connect(self._changed)

    def _build(self) -> None:
        self._card = give_role(QFrame(), "card")
        inside = QVBoxLayout(self._card)
        inside.setContentsMargins(FAR, FAR, FAR, FAR)
        inside.setSpacing(GAP)
        inside.addWidget(self._done, 0, Qt.AlignmentFlag.AlignHCenter)
        for widget in (self._number, self._what, self._facts):
            inside.addWidget(widget)
        inside.addWidget(rule())
        inside.addWidget(give_role(QLabel("แจ้งประชาชน"), "strong"))
        inside.addLayout(self._tell)
        inside.addWidget(self._jobs)
        inside.addSpacing(NEAR)
        buttons = QWidget()
        flow = FlowLayout(buttons)
        flow.setContentsMargins(0, 0, 0, 0)
        for button in (self._next, self.pay, self._same, self._open):
            flow.addWidget(button)
        inside.addWidget(buttons)
        self.box.setContentsMargins(FAR, FAR, FAR, FAR)
        self.box.addStretch(1)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(self._card, 20)
        middle.addStretch(1)
        self.box.addLayout(middle)
        self.box.addStretch(2)
        self._next.clicked.connect(self.next_wanted)
        self._same.clicked.connect(self.same_person_wanted)
        self.pay.clicked.connect(lambda: self.pay_wanted.emit(self._number_text))
        self._open.clicked.connect(lambda: self.case_wanted.emit(self._number_text))

    @property
    def number(self) -> str:
        """The number shown."""
        return self._number_text

    def show_case(self, view: CaseView) -> None:
        """Show a case that has just been saved."""
        self._number_text = view.number
        self._number.setText(view.number)
        self._number.setAccessibleName(f"บันทึกแล้ว เลขที่ {view.number}")
        self._what.show_text(view.subject)
        self._facts.show_text(_facts(view))
        _empty(self._tell)
        for sentence in self._sentences(view):
            self._tell.addWidget(ThaiLabel(f"•  {sentence}"))
        self.pay.setVisible(self._payable(view))
        self._show_jobs([])
        self._ask_jobs()
        self._card.setMaximumWidth(self._session.look.pixels(620))
        self._fade()

    def focus_next(self) -> None:
        """The focus to "next citizen"."""
        self._next.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Esc call the next citizen, F8 the same one again, F6 opens the case."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            self.next_wanted.emit()
        elif event.key() == Qt.Key.Key_F8:
            self.same_person_wanted.emit()
        elif event.key() == Qt.Key.Key_F6:
            self._open.click()
        elif event.key() == Qt.Key.Key_F7 and self.pay.isVisible():
            self.pay_wanted.emit(self._number_text)
        else:
            super().keyPressEvent(event)

    def _sentences(self, view: CaseView) -> list[str]:
        service = self._session.counter.definition(view.service, view.service_version)
        told = []
        if view.due_on is not None:
            told.append(f"{view.division_name}จะดำเนินการภายในวันที่ {thai_date.long(view.due_on)}")
        if view.total_satang is not None:
            told.append(f"ค่าธรรมเนียม {money.formatted(view.total_satang)} บาท")
        return [*told, *(service.tell_citizen if service else ())]

    def _payable(self, view: CaseView) -> bool:
        service = self._session.counter.definition(view.service, view.service_version)
        kind = service.kind if service else "petition"
        return bool(view.total_satang) and bool(petition_states.payment_way(view.status, kind))

    def _fade(self) -> None:
        effect = QGraphicsOpacityEffect(self._number)
        self._number.setGraphicsEffect(effect)
        fade = QPropertyAnimation(effect, b"opacity", effect)
        fade.setDuration(FADE_MS)
        fade.setStartValue(0.0)
        fade.setEndValue(1.0)
        fade.setEasingCurve(QEasingCurve.Type.OutCubic)
        fade.finished.connect(lambda: self._number.setGraphicsEffect(None))  # type: ignore[arg-type]
        fade.start()

    def _changed(self, changes: Changes) -> None:
        if self.isVisible() and "print_job" in changes.kinds and self._number_text in changes.cases:
            self._ask_jobs()

    def _ask_jobs(self) -> None:
        counter, number = self._session.counter, self._number_text
        self._session.tasks.query(self, lambda: jobs_of(counter, number), self._show_jobs, topic="jobs")

    def _show_jobs(self, jobs: list[PrintJob]) -> None:
        _empty(self._jobs_flow)
        for job in reversed(jobs):
            word, tone = JOB_WORDS.get(job.state, (job.state, "plain"))
            chip = Chip(f"{DOCUMENT_NAMES.get(job.document, job.document)}: {word}", tone)
            chip.setToolTip(job.error)
            self._jobs_flow.addWidget(chip)
        self._jobs.setVisible(bool(jobs))


def jobs_of(counter: Counter, number: str) -> list[PrintJob]:
    """The papers of one case, newest first; on a reader thread."""
    return [job for job in print_jobs.list_jobs(counter, 100) if job.number == number]


def _facts(view: CaseView) -> str:
    return " · ".join(part for part in (view.applicant.full_name, view.type_text, view.division_name) if part)


def _empty(layout: QVBoxLayout | FlowLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
