"""The status bar tells what the database knows: what waits and since when, numbers, printer, backup, the time."""

from datetime import datetime

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from app.domain import thai_date
from app.services import rights, status
from app.services.model import CentralStatus, Changes, CounterStatus
from ui.ports import Session
from ui.style import GAP, TIGHT, give_role
from ui.widgets.fields import Action
from ui.widgets.layouts import FlowLayout

TOLD_BY = frozenset({"case", "print_job", "printer", "sync", "settings", "numbers", "backup", "office_record"})
ASK_EVERY_MS = 30_000
CLOCK_EVERY_MS = 2_000
Said = tuple[str, str]
"""Words and tone ("", "good", "warn", "bad")."""


def sync_words(state: CounterStatus, now: datetime) -> Said:
    """What has been sent and what waits."""
    if state.revoked:
        return f"▲ ถูกยกเลิกสิทธิ์ · ค้างในเครื่อง {state.waiting} รายการ", "bad"
    if state.quarantined:
        return f"▲ ติดค้าง {state.quarantined} รายการ ผู้ดูแลต้องตรวจ", "bad"
    if state.conflicts:
        return f"▲ ข้อมูลขัดกัน {state.conflicts} ช่อง เปิดเรื่องเพื่อเลือก", "warn"
    if state.stand_alone:
        return "ใช้งานแบบไม่เชื่อมส่วนกลาง", ""
    if state.waiting:
        since = f" ตั้งแต่ {_when(state.waiting_since, now)}" if state.waiting_since else ""
        return f"• {_online(state)} · รอส่ง {state.waiting} รายการ{since}", "warn"
    if state.central is not None and state.last_acknowledged_at is not None:
        return _central_words(state.central, state.last_acknowledged_at, now)
    if state.last_acknowledged_at is None:
        return f"• {_online(state)} · ยังไม่เคยส่ง", "warn"
    if state.files_waiting:
        size = f"{max(state.files_bytes / 1024 / 1024, 0.1):,.1f} MB"
        paused = " (พักไว้ ใช้เน็ตตามปริมาณ)" if state.files_paused else ""
        return f"• {_online(state)} · เรื่องส่งครบ รอส่งไฟล์ {state.files_waiting:,} ไฟล์ {size}{paused}", ""
    sent = f"ส่งครบแล้ว {_when(state.last_acknowledged_at, now)}"
    return (f"• {_online(state)} · {sent}", "good") if state.online else (f"• {_online(state)} · {sent}", "")


def _central_words(central: CentralStatus, here: datetime, now: datetime) -> Said:
    """Both ages, where the office has its own server on the way."""
    office = f"ถึงเครื่องในสำนักงานแล้ว {_when(here, now)}"
    if central.resting:
        return f"▲ {office} · ส่วนกลางไม่รับ {central.resting:,} รายการ ผู้ดูแลต้องตรวจ", "bad"
    if central.at is None:
        return f"• {office} · ยังไม่เคยถึงส่วนกลาง", "warn"
    if central.waiting:
        return f"• {office} · รอส่งส่วนกลาง {central.waiting:,} รายการ ติดต่อล่าสุด {_when(central.at, now)}", "warn"
    return f"• {office} · ถึงส่วนกลางแล้ว {_when(central.at, now)}", "" if central.error else "good"


def _online(state: CounterStatus) -> str:
    return "ออนไลน์" if state.online else "ออฟไลน์"


def numbers_words(state: CounterStatus) -> Said:
    """How many request numbers are left."""
    if state.revoked:
        return "▲ ออกเลขใหม่ไม่ได้", "bad"
    if state.numbers_left <= 0:
        return "▲ เลขคำร้องหมด", "bad"
    words = f"เลขคงเหลือ {state.numbers_left:,}"
    return (f"▲ {words} ใกล้หมด", "warn") if state.numbers_low else (words, "")


def printer_words(state: CounterStatus) -> Said:
    """The printer, in the words of the services."""
    return (state.printer_text, "") if state.printer_ok else (f"▲ {state.printer_text}", "bad")


def backup_words(state: CounterStatus, now: datetime) -> Said:
    """When the last backup was taken, and what is wrong with the plan."""
    if state.last_backup_at is None:
        return "▲ ยังไม่เคยสำรองข้อมูล", "warn"
    if state.backup_warning:
        return f"▲ {state.backup_warning} · สำรองล่าสุด {_when(state.last_backup_at, now)}", "bad"
    return f"สำรองล่าสุด {_when(state.last_backup_at, now)}", ""


def clock_words(now: datetime) -> str:
    """Date in the Buddhist Era and time, "20 พ.ย. 2569  09:45"."""
    local = thai_date.local(now)
    return f"{thai_date.short(local.date())}  {local:%H:%M}"


def _when(moment: datetime, now: datetime) -> str:
    """The time of today, or the date of another day."""
    local = thai_date.local(moment)
    if local.date() == thai_date.local(now).date():
        return f"{local:%H:%M}"
    return f"{thai_date.short(local.date())} {local:%H:%M}"


class StatusBar(QWidget):
    """Asks again after every change that it tells of, and twice a minute."""

    sync_wanted = Signal()
    print_jobs_wanted = Signal()
    keeping_wanted = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("status")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session = session
        self._sync = Action("…", role="status", tip="ส่งข้อมูลเดี๋ยวนี้", key="F5")
        self._sync.clicked.connect(self.sync_wanted)
        self._sync_told = QLabel()
        self._printer = Action("…", role="status", tip="งานพิมพ์ที่รอ", key="Ctrl+P")
        self._printer.clicked.connect(self.print_jobs_wanted)
        self._backup = Action("…", role="status", tip="การสำรองข้อมูลและกุญแจกู้คืน")
        self._backup.clicked.connect(self.keeping_wanted)
        self._numbers, self._warning = QLabel(), QLabel()
        self._clock = QLabel()
        self._clock.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._clock.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        parts = QWidget()
        flow = FlowLayout(parts, GAP * 2)
        flow.setContentsMargins(0, 0, 0, 0)
        for part in (self._sync, self._sync_told, self._numbers, self._printer, self._backup, self._warning):
            flow.addWidget(part)
        box = QHBoxLayout(self)
        box.setContentsMargins(GAP, TIGHT, GAP, TIGHT)
        box.addWidget(parts, 1)
        box.addWidget(self._clock)
        session.tasks.changed.connect(self._changed)
        self._timer = QTimer(self)
        self._timer.setInterval(ASK_EVERY_MS)
        self._timer.timeout.connect(self.ask)
        self._timer.start()
        self._minute = QTimer(self)
        self._minute.setInterval(CLOCK_EVERY_MS)
        self._minute.timeout.connect(lambda: self._clock.setText(clock_words(session.counter.clock.now())))
        self._minute.start()
        self.ask()

    def words(self) -> list[str]:
        """Everything the bar says now."""
        parts = (
            self._sync, self._sync_told, self._numbers, self._printer, self._backup, self._warning, self._clock,
        )  # fmt: skip
        return [part.text() for part in parts if not part.isHidden()]

    def ask(self) -> None:
        """Ask the services, off this thread."""
        counter = self._session.counter
        self._clock.setText(clock_words(counter.clock.now()))
        self._session.tasks.query(self, lambda: status.counter_status(counter), self._show, topic="status")

    def _changed(self, changes: Changes) -> None:
        if changes.kinds & TOLD_BY:
            self.ask()

    def _show(self, state: CounterStatus) -> None:
        now = self._session.counter.clock.now()
        can_send = not state.stand_alone and self._session.sync_now is not None
        words, tone = sync_words(state, now)
        self._sync.setVisible(can_send)
        self._sync.setText(words)
        self._sync.setAccessibleName(f"{words} กดเพื่อส่งเดี๋ยวนี้")
        self._sync.setToolTip(state.last_error or "ส่งข้อมูลเดี๋ยวนี้ (F5)")
        _tell(self._sync_told, ("" if can_send else words, tone))
        _tell(self._numbers, numbers_words(state))
        printer, tone = printer_words(state)
        self._printer.setText(printer)
        self._printer.setAccessibleName(f"{printer} กดเพื่อดูงานพิมพ์ที่รอ")
        give_role(self._printer, "status_bad" if tone else "status")
        backup, tone = backup_words(state, now)
        self._backup.setText(backup)
        self._backup.setAccessibleName(f"{backup} กดเพื่อดูการสำรองข้อมูล")
        give_role(self._backup, "status_bad" if tone else "status")
        warning = state.revoked or state.disk_warning or state.clock_warning
        actor = self._session.signed_in
        if not warning and actor is not None and rights.may(actor, rights.KEEP_PRIVACY):
            warning = state.privacy_warning
        _tell(self._warning, (f"▲ {warning}" if warning else "", "bad"))
        self._clock.setText(clock_words(now))


def _tell(label: QLabel, said: Said) -> None:
    words, tone = said
    label.setText(words)
    label.setVisible(bool(words))
    give_role(label, tone)
