"""One's own record of LHR: ThaiD, a wait with an end, the record in memory only, and gone with the dialog."""

from time import monotonic

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QDialog, QListWidgetItem, QProgressBar, QStackedWidget, QVBoxLayout, QWidget

from app.domain import thai_date
from app.domain.errors import CounterError, Refused, Unavailable
from app.services import own_record, words
from app.services.own_record import Field, OwnRecord, OwnRecordPaper
from app.services.thaid import LHR, ThaiDPerson
from ui import faults
from ui.campaign.rows import KEY, Rows
from ui.ports import Session, ThaiDSession
from ui.style import FAR, GAP, NEAR, give_role
from ui.thaid.dialog import ThaiDDialog, clock_text
from ui.widgets.fields import Action
from ui.widgets.labels import ThaiLabel, heading
from ui.widgets.layouts import Column, FlowLayout

ABOUT = (
    "ดูทะเบียนประวัติ (ก.พ.7) ของท่านเองจากระบบ LHR หลังยืนยันด้วย ThaiD ของท่านทุกครั้ง",
    "ข้อมูลแสดงบนจอนี้ชั่วคราวเท่านั้น ไม่บันทึกลงเครื่อง ไม่ส่งให้ผู้อื่น ผู้ดูแลระบบและผู้บังคับบัญชาเปิดดูแทนไม่ได้ บันทึกการใช้งานบอกเพียงว่าท่านเปิดดู",
)
TIME_OUT = 75


class RecordRows(Rows):
    """Headings that cannot be marked, and the lines under them. Nothing of them goes to the clipboard."""

    def show_record(self, record: OwnRecord, unmasked: bool) -> None:
        """All of it; the mark stays on its line."""
        mark = max(self.currentRow(), 0)
        self.clear()
        place = 0
        for group, fields in record.groups().items():
            head = QListWidgetItem(words.with_break_points(group))
            head.setFlags(Qt.ItemFlag.NoItemFlags)
            font = self.font()
            font.setBold(True)
            head.setFont(font)
            self.addItem(head)
            for one in fields:
                item = QListWidgetItem(words.with_break_points(f"{one.label}\n{one.text(unmasked)}"))
                item.setData(KEY, str(place))
                item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{group} {one.label} {one.text(unmasked)}")
                self.addItem(item)
                place += 1
        self.setCurrentRow(mark if mark else 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The clipboard outlives the dialog: nothing is copied."""
        if event.matches(QKeySequence.StandardKey.Copy):
            return
        super().keyPressEvent(event)


class OwnRecordDialog(QDialog):
    """About it, the wait, and the record. However it closes, nothing of the record is left."""

    correction_wanted = Signal(str, str)
    """What is to be put right, and what stands there now ("" where it is masked)."""
    link_wanted = Signal()

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._record: OwnRecord | None = None
        self._order: list[Field] = []
        self._unmasked = False
        self._until = 0.0
        self._proof: ThaiDSession | None = None
        self.setWindowTitle("ข้อมูลของฉัน (LHR)")
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.begin = Action("F9  ยืนยันด้วย ThaiD", role="primary", key="F9", tip="ยืนยันว่าเป็นท่าน แล้วเปิดทะเบียนประวัติ")
        self.link = Action("ผูก ThaiD กับบัญชีนี้…", tip="ทำครั้งเดียว ต้องใส่รหัสผ่านของท่าน")
        self.unmask = Action("F8  แสดงส่วนที่ปิดไว้", key="F8", tip="ดูรอบตัวก่อน การเปิดดูถูกบันทึก")
        self.paper = Action("F10  พิมพ์", key="F10", tip="พิมพ์ให้ตนเอง มีคำว่าสำเนาของเจ้าของข้อมูล การพิมพ์ถูกบันทึก")
        self.correct = Action("F4  ขอแก้ไขรายการนี้…", key="F4", tip="ปิดทะเบียนประวัติ แล้วเปิดคำขอที่กรอกรายการนี้ไว้ให้")
        self.leave = Action("ปิด", role="quiet", key="Esc")
        self.error, self.head = ThaiLabel(role="error"), ThaiLabel(role="strong")
        self.told, self.left = ThaiLabel(), ThaiLabel(role="small")
        self.rows = RecordRows("ทะเบียนประวัติของท่าน")
        self._stack = QStackedWidget()
        self._tick = QTimer(self)
        self._tick.setInterval(1000)
        self._tick.timeout.connect(self._count)
        self._build()
        self._connect()
        self._show_about()

    def _build(self) -> None:
        about = Column()
        about.box.setContentsMargins(0, 0, 0, 0)
        about.box.setSpacing(GAP)
        for text in ABOUT:
            about.box.addWidget(ThaiLabel(text))
        about.box.addWidget(self.error)
        about.box.addStretch(1)
        self._bar = QProgressBar()
        self._bar.setRange(0, 0)
        self._bar.setAccessibleName("กำลังขอทะเบียนประวัติ")
        waiting, shown = QWidget(), QWidget()
        for page, widgets in ((waiting, (self.told, self._bar)), (shown, (self.head, self.rows, self.left))):
            box = QVBoxLayout(page)
            box.setContentsMargins(0, 0, 0, 0)
            box.setSpacing(NEAR)
            for widget in widgets:
                box.addWidget(widget, int(widget is self.rows))
            if page is waiting:
                box.addStretch(1)
        for page in (about, waiting, shown):
            self._stack.addWidget(page)
        buttons = QWidget()
        flow = FlowLayout(buttons, GAP)
        flow.setContentsMargins(0, 0, 0, 0)
        for button in (self.begin, self.link, self.unmask, self.paper, self.correct, self.leave):
            flow.addWidget(button)
        box = QVBoxLayout(self)
        box.setContentsMargins(FAR, FAR, FAR, FAR)
        box.setSpacing(GAP)
        box.addWidget(heading("ข้อมูลของฉัน (LHR)"))
        box.addWidget(self._stack, 1)
        box.addWidget(buttons)
        give_role(self.left, "small")
        room, look = self.screen().availableGeometry(), self._session.look
        self.resize(min(look.pixels(640), room.width() - 40), min(look.pixels(560), room.height() - 60))

    def _connect(self) -> None:
        self.begin.clicked.connect(self.prove)
        self.link.clicked.connect(self._link)
        self.unmask.clicked.connect(self.show_masked)
        self.paper.clicked.connect(self.print_it)
        self.correct.clicked.connect(self.ask_correction)
        self.rows.opened.connect(self.ask_correction)
        self.leave.clicked.connect(self.reject)

    @property
    def state(self) -> str:
        """ "about", "waiting" or "shown"."""
        return ("about", "waiting", "shown")[self._stack.currentIndex()]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys of the buttons; Enter does nothing by itself."""
        keys = {
            Qt.Key.Key_F9: self.begin,
            Qt.Key.Key_F8: self.unmask,
            Qt.Key.Key_F10: self.paper,
            Qt.Key.Key_F4: self.correct,
        }
        button = keys.get(Qt.Key(event.key()))
        if button is not None:
            if button.isVisible():
                button.click()
        elif event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)

    # from here to there ----------------------------------------------------------------------------------------

    def _show_about(self, error: CounterError | None = None) -> None:
        self._forget()
        try:
            own_record.can_begin(self._session.counter, self._session.actor)
            if self._session.thaid is None:
                raise Refused("lhr_no_thaid", "โปรแกรมนี้ไม่ได้เปิดใช้ ThaiD", "เปิดดูในระบบ LHR โดยตรงได้")
            missing = None
        except Refused as found:
            missing = found
        told = error or missing
        self.error.show_text(f"{told.title}\n{told.hint}".strip() if told else "")
        self.error.setVisible(told is not None)
        self._go(0)
        self.begin.setVisible(missing is None)
        self.link.setVisible(missing is not None and missing.code == "thaid_not_linked")
        first = self.begin if missing is None else self.link if self.link.isVisibleTo(self) else self.leave
        first.setFocus()

    def _go(self, place: int) -> None:
        self._stack.setCurrentIndex(place)
        for button in (self.unmask, self.paper, self.correct):
            button.setVisible(place == 2)
        if place:
            self.begin.hide()
            self.link.hide()

    def prove(self) -> None:
        """F9: who sits here proves on the telephone who that is."""
        thaid = self._session.thaid
        assert thaid is not None
        dialog = ThaiDDialog(thaid, self._session.counter, self._session.look, LHR, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.proved.connect(lambda person: self._fetch(person, dialog.proved_session))
        dialog.open()

    def _fetch(self, person: ThaiDPerson, proof: ThaiDSession | None) -> None:
        session, thaid = self._session, self._session.thaid
        counter, actor = session.counter, session.actor
        if thaid is None or proof is None:
            return
        self._until = monotonic() + TIME_OUT
        self._go(1)
        self._count()
        self._tick.start()
        self.leave.setFocus()
        session.tasks.query(
            self, lambda: thaid.record(counter, actor, proof, person), self._show, self._failed, topic="own record"
        )

    def _failed(self, error: Exception) -> None:
        self._tick.stop()
        if not isinstance(error, CounterError):
            faults.record(error)
            error = Unavailable("lhr_fault", "เปิดทะเบียนประวัติไม่สำเร็จ", "ลองใหม่ หรือเปิดในระบบ LHR โดยตรง")
        self._show_about(error)

    def _show(self, record: OwnRecord) -> None:
        self._record, self._unmasked = record, False
        self._order = [one for fields in record.groups().values() for one in fields]
        at = thai_date.local(record.read_at)
        self.head.show_text(f"{record.owner} · อ่านจากระบบ LHR {thai_date.short(at.date())} {at:%H:%M} น.")
        self._until = monotonic() + record.minutes * 60
        self._go(2)
        self.unmask.setVisible(any(one.masked for one in record.fields))
        self.rows.show_record(record, self._unmasked)
        self.rows.setFocus()
        self._count()
        self._tick.start()

    def _count(self) -> None:
        left = max(0.0, self._until - monotonic())
        if self.state == "waiting":
            self.told.show_text(f"กำลังขอข้อมูลจากระบบ LHR เหลือเวลารอไม่เกิน {clock_text(left)} นาที กด Esc เพื่อเลิก")
        elif self.state == "shown":
            self.left.show_text(f"ปิดเองในอีก {clock_text(left)} นาที และปิดทันทีเมื่อล็อกจอหรือเปลี่ยนผู้ใช้")
            if not left:
                self.reject()

    # with the record in view -----------------------------------------------------------------------------------

    def show_masked(self) -> None:
        """F8: what is masked, too; written down."""
        counter, actor, record = self._session.counter, self._session.actor, self._record
        if record is None or self._unmasked:
            return

        def shown(_none: object) -> None:
            if self._record is record:
                self._unmasked = True
                self.unmask.hide()
                self.rows.show_record(record, True)

        self._session.tasks.command(
            self, lambda: own_record.note(counter, actor, own_record.UNMASKED), shown, self._trouble
        )

    def print_it(self) -> None:
        """F10: on paper, marked as its owner's copy; written down before it is sent, and kept nowhere."""
        session, record = self._session, self._record
        counter, actor, paper = session.counter, session.actor, session.paper
        printer = counter.printer_for("a4")
        if record is None:
            return
        if printer is None:
            self._trouble(Refused("no_printer", "เครื่องนี้ยังไม่มีเครื่องพิมพ์ A4", "ผู้ดูแลระบบเพิ่มเครื่องพิมพ์ในการตั้งค่า"))
            return
        sheet = OwnRecordPaper(counter.office.name, record, self._unmasked, counter.clock.now())

        def note() -> None:
            own_record.require_fleeting([printer.kind])
            own_record.note(counter, actor, own_record.PRINTED)

        def send(_none: object) -> None:
            session.tasks.query(
                self, lambda: paper.print_office(sheet, printer),
                lambda _done: self.left.show_text(f"ส่งไปที่ {printer.name} แล้ว รับกระดาษทันที"), self._trouble,
                topic="paper",
            )  # fmt: skip

        session.tasks.command(self, note, send, self._trouble)

    def ask_correction(self) -> None:
        """F4 or Enter: close the record, and begin a request for the marked line."""
        if self._record is None or not self.rows.key:
            return
        one = self._order[int(self.rows.key)]
        old = "\n".join(one.values) if self._unmasked or not one.masked else ""
        self.reject()
        self.correction_wanted.emit(f"{one.group} · {one.label}"[:200], old[:1000])

    def _trouble(self, error: Exception) -> None:
        if not isinstance(error, CounterError):
            faults.record(error)
        _tone, title, hint = faults.words(error)[:3]
        self.head.show_text(f"{title} {hint}")

    def _link(self) -> None:
        self.reject()
        self.link_wanted.emit()

    # the end ---------------------------------------------------------------------------------------------------

    def done(self, result: int) -> None:
        """However it ends: nothing of the record is left in the dialog."""
        self._forget()
        super().done(result)

    def _forget(self) -> None:
        self._tick.stop()
        self._record, self._order, self._unmasked = None, [], False
        self.rows.clear()
        self.head.show_text("")
