"""What waits to be sent, since when and why; sending again, the stick, and when files go."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QFileDialog, QProgressBar, QVBoxLayout, QWidget

from app.domain import thai_date
from app.domain.errors import CounterError
from app.services import file_transfer, rights, sending
from app.services.corrections import Conflict
from app.services.model import Changes
from app.services.sending import Overview
from ui import faults
from ui.campaign.paper_files import PaperFiles
from ui.ports import Session
from ui.status_bar import sync_words
from ui.style import GAP, NEAR, WIDE, give_role
from ui.widgets.fields import Action, Chooser
from ui.widgets.labels import ThaiLabel
from ui.widgets.layouts import Card, FlowLayout
from ui.widgets.notes import Note
from ui.widgets.table import Table

COLUMNS = (("เมื่อ", 0), ("รายการ", 0), ("เลขที่", 0), ("สถานะ", 0), ("เหตุผล", 1))
GOES_ON = "ทำงานต่อได้ตามปกติ โปรแกรมจะลองส่งใหม่เอง ถ้าสายขาดนานให้ใช้แฟลชไดรฟ์"
TOUCHED = {"sync", "case"}
BUNDLE = "ชุดข้อมูล (*.lao)"
LOOK_MS = 200
ALL_SENT = "ส่งครบแล้ว ไม่มีรายการรอส่งและไม่มีรายการที่ต้องดู"


class Progress:
    """How far a bundle has come: written on a worker thread, read on Qt's."""

    def __init__(self) -> None:
        self.done, self.all = 0, 0

    def __call__(self, done: int, every: int) -> None:
        """Pieces done, pieces in all."""
        self.done, self.all = done, every


def save_name(parent: QWidget, name: str) -> str:
    """Where a bundle goes; "" when nothing was chosen."""
    return QFileDialog.getSaveFileName(parent, "บันทึกชุดข้อมูลลงแฟลชไดรฟ์", name, BUNDLE)[0]


def open_name(parent: QWidget) -> str:
    """Which bundle or answer is taken in; "" when nothing was chosen."""
    return QFileDialog.getOpenFileName(parent, "เลือกชุดข้อมูลหรือไฟล์ตอบรับ", "", BUNDLE)[0]


class StatePanel(QWidget):
    """Asks the services when it is shown and after every change; nothing here waits for the line."""

    case_wanted = Signal(str)

    def __init__(self, session: Session, note: Note, _files: PaperFiles) -> None:
        super().__init__()
        self._session, self._note = session, note
        self.save_name: Callable[[QWidget, str], str] = save_name
        self.open_name: Callable[[QWidget], str] = open_name
        self.found: Overview | None = None
        self.light, self.told = ThaiLabel(role="strong"), ThaiLabel()
        self.table = Table("รายการที่รอส่งและที่ต้องดู", COLUMNS)
        self.empty = ThaiLabel(ALL_SENT)
        self.empty.hide()  # not said before it is known
        self.now = Action("F5  ส่งเดี๋ยวนี้", role="primary", tip="ติดต่อเครื่องแม่ข่ายทันที")
        self.again = Action("ส่งที่กักไว้ใหม่", key="Ctrl+R", tip="หลังแก้สาเหตุแล้ว ส่งทุกรายการที่เครื่องแม่ข่ายไม่รับอีกครั้ง")
        self.open = Action("เปิดเรื่อง", key="Enter", tip="แก้ข้อมูล หรือเลือกค่าที่ขัดกัน")
        self.out = Action("เขียนลงแฟลชไดรฟ์…", key="Ctrl+S", tip="สิ่งที่รอส่งทั้งหมด เข้ารหัสถึงเครื่องแม่ข่าย")
        self.bring = Action("นำเข้าจากแฟลชไดรฟ์…", key="Ctrl+O", tip="ไฟล์ตอบรับของเครื่องนี้ หรือชุดข้อมูลของเคาน์เตอร์อื่น")
        self.policy = Chooser()
        self.policy.setMinimumContentsLength(36)
        self.policy.setAccessibleName("เมื่อใดส่งไฟล์แนบ")
        self.policy.setToolTip("เมื่อใดส่งไฟล์แนบ เรื่องส่งเสมอ")
        for code, text in file_transfer.POLICIES.items():
            self.policy.addItem(f"ไฟล์แนบ: {text}", code)
        self.bar = QProgressBar()
        self.bar.setAccessibleName("ความคืบหน้าของแฟลชไดรฟ์")
        self.bar.hide()
        self._progress = Progress()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self.setFocusProxy(self.table)
        self._build()
        self._connect()

    def _build(self) -> None:
        buttons = QWidget()
        flow = FlowLayout(buttons, NEAR)
        flow.setContentsMargins(0, 0, 0, 0)
        for button in (self.now, self.again, self.open, self.out, self.bring, self.policy):
            flow.addWidget(button)
        inside = QWidget()
        box = QVBoxLayout(inside)
        box.setContentsMargins(WIDE, GAP, WIDE, GAP)
        box.setSpacing(NEAR)
        for widget in (self.light, self.told, buttons, self.bar, self.empty):
            box.addWidget(widget)
        box.addWidget(self.table, 1)
        box.addStretch(0)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(Card(inside))

    def _connect(self) -> None:
        self.now.clicked.connect(self.send_now)
        self.again.clicked.connect(self.send_again)
        self.open.clicked.connect(self.open_case)
        self.out.clicked.connect(self.export)
        self.bring.clicked.connect(self.take_in)
        self.table.opened.connect(self.open_case)
        self.table.marked.connect(self._offer)
        self.policy.activated.connect(self._set_policy)
        for key, button in (("Ctrl+R", self.again), ("Ctrl+S", self.out), ("Ctrl+O", self.bring)):
            QShortcut(QKeySequence(key), self).activated.connect(button.click)
        self._timer.timeout.connect(self._show_progress)
        self._session.tasks.changed.connect(self._changed)
        self._offer()

    def showEvent(self, event: QShowEvent) -> None:
        """As it stands now."""
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Ask anew."""
        counter, actor = self._session.counter, self._session.actor
        self._session.tasks.query(
            self, lambda: sending.overview(counter, actor), self._show, self._trouble, topic="sending"
        )

    def _show(self, found: Overview) -> None:
        self.found = found
        now = self._session.counter.clock.now()
        words, tone = sync_words(found.status, now)
        self.light.show_text(words)
        give_role(self.light, tone or "strong")
        self.told.show_text("\n".join(_lines(found, now)))
        rows = [(f"conflict {one.number}", _conflict_cells(one, now)) for one in found.conflicts]
        for event in found.queue:
            state = "ติดค้าง" if event.reason else "รอส่ง"
            cells = (_when(event.at, now), event.text, event.number or "-", state, event.reason or "-")
            rows.append((f"{event.seq} {event.number}", cells))
        self.table.show_rows(rows)
        self.table.setVisible(bool(rows))
        self.empty.setVisible(not rows)
        self.policy.setCurrentIndex(max(0, self.policy.findData(found.policy)))
        self._offer()

    def _offer(self) -> None:
        found = self.found
        resting = found is not None and any(event.reason for event in found.queue)
        self.again.setEnabled(resting and rights.may(self._session.actor, rights.OFFICE_SETTINGS))
        self.open.setEnabled(bool(self.table.key.partition(" ")[2]))
        can = self._session.sending is not None and self.bar.isHidden()
        self.out.setEnabled(can)
        self.bring.setEnabled(can)

    # what may be done -----------------------------------------------------------------------------------------

    def send_now(self) -> None:
        """F5: ask the sync to try at once."""
        sync, counter = self._session.sync_now, self._session.counter
        if sync is not None:
            self._session.tasks.query(
                self, lambda: sync(counter), lambda _none: self._note.say("info", "กำลังส่ง"), self._trouble
            )

    def send_again(self) -> None:
        """Ctrl+R: what the server refused goes out once more."""
        counter, actor = self._session.counter, self._session.actor
        self._session.tasks.command(
            self, lambda: sending.send_again(counter, actor),
            lambda count: self._note.say("good", f"จะส่งใหม่ {count} รายการ"), self._trouble,
        )  # fmt: skip

    def open_case(self) -> None:
        """Enter: the case of the marked row, where it is put right and where the value that stands is chosen."""
        number = self.table.key.partition(" ")[2]
        if number:
            self.case_wanted.emit(number)

    def export(self) -> None:
        """Ctrl+S: all that waits into one sealed file."""
        port, counter = self._session.sending, self._session.counter
        day = thai_date.local(counter.clock.now()).date()
        name = self.save_name(self, f"{counter.office.code}-{day:%Y%m%d}.lao") if port is not None else ""
        if not name or port is None:
            return
        path = Path(name if name.endswith(".lao") else f"{name}.lao")
        self._progress = progress = Progress()
        self._run(
            lambda: port.export(counter, path, progress),
            lambda found: self._note.say(
                "good",
                f"เขียน {path.name} แล้ว: {found[0]:,} รายการ {found[1]:,} ไฟล์ {found[2] / 1024:,.0f} KB",
                "นำไปนำเข้าที่เครื่องแม่ข่าย หรือเคาน์เตอร์ที่ต่อเครือข่ายได้ แล้วนำไฟล์ตอบรับกลับมานำเข้าที่เครื่องนี้ (Ctrl+O)",
            ),
        )

    def take_in(self) -> None:
        """Ctrl+O: the answer to our bundle, or another counter's bundle, which is sent on."""
        port, counter = self._session.sending, self._session.counter
        name = self.open_name(self) if port is not None else ""
        if not name or port is None:
            return

        def done(found: tuple[int, int, str]) -> None:
            told = f"นำเข้าแล้ว: {found[0]:,} รายการ {found[1]:,} ไฟล์"
            where = f"ไฟล์ตอบรับ {found[2]} อยู่ในโฟลเดอร์เดียวกัน นำกลับไปนำเข้าที่เคาน์เตอร์ที่ส่งออก" if found[2] else ""
            self._note.say("good", told, where)

        self._progress = Progress()
        self._run(lambda: port.take_in(counter, Path(name)), done)

    def _run(self, work: Callable[[], tuple[int, int, int] | tuple[int, int, str]], done: Callable[..., None]) -> None:
        self.bar.setRange(0, 0)
        self.bar.show()
        self._offer()
        self._timer.start()

        def ended() -> None:
            self._timer.stop()
            self.bar.hide()
            self.refresh()

        def good(found: object) -> None:
            ended()
            done(found)

        def bad(error: Exception) -> None:
            ended()
            self._trouble(error)

        self._session.tasks.query(self, work, good, bad, topic="bundle")

    def _show_progress(self) -> None:
        if self._progress.all:
            self.bar.setRange(0, self._progress.all)
            self.bar.setValue(self._progress.done)

    def _set_policy(self) -> None:
        counter, actor, policy = self._session.counter, self._session.actor, str(self.policy.currentData())
        if self.found is not None and policy != self.found.policy:
            self._session.tasks.command(
                self, lambda: sending.set_policy(counter, actor, policy),
                lambda _none: self._note.say("good", f"ไฟล์แนบ: {file_transfer.POLICIES[policy]}"), self._trouble,
            )  # fmt: skip

    def _trouble(self, error: Exception) -> None:
        if not isinstance(error, CounterError):
            faults.record(error)
        self._note.say(*faults.words(error))

    def _changed(self, changes: Changes) -> None:
        if self.isVisible() and changes.kinds & TOUCHED:
            self.refresh()


def _lines(found: Overview, now: datetime) -> list[str]:
    """What the light does not say: sizes, files, the stick, the last fault."""
    state = found.status
    lines = []
    if state.waiting:
        since = f" ตั้งแต่ {_when(state.waiting_since, now)}" if state.waiting_since else ""
        lines.append(f"รอส่ง {state.waiting:,} รายการ {_size(found.size)}{since}")
    if found.files.files:
        paused = " · พักไว้ตามที่เลือก" if state.files_paused else ""
        lines.append(f"ไฟล์แนบรอส่ง {found.files.files:,} ไฟล์ {_size(found.files.size)}{paused}")
    if found.exported_at is not None:
        lines.append(f"เขียน {found.exported} ลงแฟลชไดรฟ์เมื่อ {_when(found.exported_at, now)} ยังไม่ได้นำไฟล์ตอบรับกลับมา")
    if state.central is not None and state.central.error:
        lines.append(f"เครื่องแม่ข่ายในสำนักงานติดต่อส่วนกลางไม่ได้: {state.central.error}")
    if state.last_error and state.revoked:
        lines.append(f"▲ {state.last_error}")
    elif state.last_error:
        lines.append(f"▲ {state.last_error} · {GOES_ON}")
    return lines or [f"เครื่องแม่ข่ายตอบรับล่าสุด {_when(state.last_acknowledged_at, now) or 'ยังไม่เคย'}"]


def _conflict_cells(one: Conflict, now: datetime) -> tuple[str, ...]:
    values = " · ".join(f"“{side.value}” {side.by} {_when(side.at, now)}" for side in one.sides)
    return "-", one.label, one.number, "ขัดกัน", f"{values}  กด Enter เพื่อเลือก"


def _size(count: int) -> str:
    return f"({count / 1024 / 1024:,.1f} MB)" if count >= 1024 * 1024 else f"({max(1, round(count / 1024)):,} KB)"


def _when(moment: datetime | None, now: datetime) -> str:
    if moment is None:
        return ""
    local = thai_date.local(moment)
    same = local.date() == thai_date.local(now).date()
    return f"{local:%H:%M} น." if same else f"{thai_date.short(local.date())} {local:%H:%M} น."
