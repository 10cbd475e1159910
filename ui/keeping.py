"""What is kept safe: when the last backup was made and where, a rehearsal of a restore, the recovery key on paper."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from app.domain import thai_date
from app.domain.errors import CounterError, Refused
from app.services import backup_plan, recovery, rehearsal
from app.services.backup_plan import PlanState
from app.services.counter import Counter
from ui import faults
from ui.ports import Session
from ui.style import FAR, GAP
from ui.widgets.fields import Action
from ui.widgets.labels import ThaiLabel, heading
from ui.widgets.layouts import FlowLayout

WORKING = "กำลังทำ ใช้งานต่อได้ตามปกติ"


class KeepingDialog(QDialog):
    """Asks the services when it opens and after each action; nothing here blocks the counter's work."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self.setWindowTitle("ข้อมูลสำรอง")
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.state, self.told = ThaiLabel(), ThaiLabel()
        self.error = ThaiLabel(role="error")
        self.error.hide()
        self.backup = Action("F9  สำรองเดี๋ยวนี้", role="primary", tip="สำรองไปทุกที่ที่เสียบอยู่")
        self.rehearse = Action("F6  ซ้อมกู้คืน", tip="เปิดไฟล์สำรองล่าสุดในที่แยกต่างหากแล้วตรวจทั้งหมด ข้อมูลจริงไม่เปลี่ยน")
        self.paper = Action("F4  พิมพ์กุญแจกู้คืน", tip="แผ่นใหม่แทนแผ่นเดิม เก็บในตู้นิรภัย")
        self._leave = Action("ปิด", role="quiet", key="Esc")
        self._keys = {Qt.Key.Key_F9: self.backup, Qt.Key.Key_F6: self.rehearse, Qt.Key.Key_F4: self.paper}
        self.paper.setVisible(session.actor.role == "admin")
        answers = QWidget()
        flow = FlowLayout(answers)
        flow.setContentsMargins(0, 0, 0, 0)
        for part in (self.backup, self.rehearse, self.paper, self._leave):
            flow.addWidget(part)
        box = QVBoxLayout(self)
        box.setContentsMargins(FAR, FAR, FAR, FAR)
        box.setSpacing(GAP)
        for widget in (heading("ข้อมูลสำรอง"), self.state, self.told, self.error):
            box.addWidget(widget)
        box.addStretch(1)
        box.addWidget(answers)
        room, look = self.screen().availableGeometry(), session.look
        self.resize(min(look.pixels(520), room.width() - 40), min(look.pixels(340), room.height() - 60))
        self.backup.clicked.connect(self._back_up)
        self.rehearse.clicked.connect(self._rehearse)
        self.paper.clicked.connect(self._print)
        self._leave.clicked.connect(self.reject)
        self._ask()

    def keyPressEvent(self, event: Any) -> None:
        """F9, F6 and F4 press the buttons."""
        action = self._keys.get(event.key())
        if action is not None and action.isVisible() and action.isEnabled():
            action.click()
            return
        super().keyPressEvent(event)

    def _ask(self) -> None:
        counter = self._session.counter
        self._session.tasks.query(self, lambda: _facts(counter), lambda lines: self.state.show_text("\n".join(lines)),
                                  topic="state")  # fmt: skip

    def _back_up(self) -> None:
        counter = self._session.counter
        self._run(lambda: f"สำรองแล้ว {len(backup_plan.run(counter))} แห่ง")

    def _rehearse(self) -> None:
        counter, by = self._session.counter, self._session.actor.username
        self._run(lambda: _rehearsed(counter, by))

    def _print(self) -> None:
        counter, actor, paper = self._session.counter, self._session.actor, self._session.paper
        printer = counter.printer_for("a4")
        if printer is None or printer.dots:
            self._failed(Refused("printer", "ยังไม่มีเครื่องพิมพ์ A4", "เพิ่มเครื่องพิมพ์ A4 ก่อน กุญแจกู้คืนแผ่นเดิมยังใช้ได้"))
            return

        def work() -> str:
            paper.print_recovery(recovery.make(counter, actor), printer)
            return f"ส่งกุญแจกู้คืนไป {printer.name} แล้ว ตรวจว่าครบ 8 กลุ่มและมี QR แล้วเก็บในตู้นิรภัย ถ้าไม่ออกให้กดพิมพ์ใหม่"

        self._run(work)

    def _run(self, work: Callable[[], str]) -> None:
        self._enable(False)
        self.error.hide()
        self.told.show_text(WORKING)
        self._session.tasks.query(self, work, self._done, self._failed, topic="work")

    def _done(self, words: str) -> None:
        self._enable(True)
        self.told.show_text(words)
        self._ask()

    def _failed(self, error: Exception) -> None:
        self._enable(True)
        if not isinstance(error, CounterError):
            faults.record(error)
        _tone, title, hint = faults.words(error)
        self.told.show_text("")
        self.error.show_text(f"{title} {hint}".strip())
        self.error.show()
        self._ask()

    def _enable(self, on: bool) -> None:
        for action in self._keys.values():
            action.setEnabled(on)


def _rehearsed(counter: Counter, by: str) -> str:
    done = rehearsal.rehearse(counter, by)
    if done.ok:
        return f"ซ้อมกู้คืนผ่าน เปิดได้ครบ {done.cases:,} เรื่อง ตรวจ {len(done.checks)} อย่างถูกต้องทั้งหมด"
    failing = " · ".join(check.detail for check in done.checks if not check.ok)
    return f"▲ ซ้อมกู้คืนไม่ผ่าน: {failing} สำรองใหม่เดี๋ยวนี้ แล้วซ้อมอีกครั้ง"


def _facts(counter: Counter) -> list[str]:
    """On a reader thread: what is to be told, a line each."""
    state, made = backup_plan.state(counter), recovery.made_at(counter)
    return [
        f"สำรองล่าสุด: {_moment(state.last_at) or 'ยังไม่เคย'}",
        f"รอบ: ทุก {state.plan.every_hours} ชั่วโมง" if state.plan.every_hours else "รอบ: เมื่อสั่งเท่านั้น",
        f"ที่ที่สอง: {_second(state)}",
        f"ซ้อมกู้คืนล่าสุด: {_rehearsal_words(state)}",
        f"กุญแจกู้คืนบนกระดาษ: {_moment(made) or '▲ ยังไม่มี ถ้าลืมรหัสผ่านกุญแจจะเปิดข้อมูลไม่ได้'}",
        *([f"▲ {state.error}"] if state.error else []),
    ]


def _second(state: PlanState) -> str:
    if not state.plan.second:
        return "ยังไม่ได้ตั้ง"
    last = _moment(state.second_at) or "ยังไม่เคย"
    return f"สำรองล่าสุด {last}" if state.second_here else f"ไม่ได้เสียบอยู่ สำรองล่าสุด {last} เสียบแล้วจะสำรองให้เอง"


def _rehearsal_words(state: PlanState) -> str:
    if state.rehearsed_at is None:
        return "ยังไม่เคย"
    return f"{_moment(state.rehearsed_at)} {'ผ่าน' if state.rehearsed_well else '▲ ไม่ผ่าน'}"


def _moment(at: Any) -> str:
    if at is None:
        return ""
    local = thai_date.local(at)
    return f"{thai_date.short(local.date())} {local:%H:%M}"
