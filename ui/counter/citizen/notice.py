"""The privacy notice at the counter: shown, read aloud or printed with its version; consents only for extras.

No box is ever ticked beforehand, and ticking none changes nothing about the matter.
"""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.domain import thai_date
from app.domain.errors import CounterError, Unavailable
from app.services import privacy
from app.services.model import NoticeShown
from ui import faults
from ui.ports import Session
from ui.style import FAR, GAP, NEAR, give_role
from ui.widgets.fields import Action
from ui.widgets.labels import ThaiLabel, heading, rule
from ui.widgets.layouts import Column, FlowLayout

NOT_YET = "ยังไม่ได้แจ้งประกาศความเป็นส่วนตัว"
NO_PRINTER = Unavailable("no_printer", "ยังไม่ได้ตั้งเครื่องพิมพ์", "แสดงบนจอหรืออ่านให้ฟังแทน หรือเพิ่มเครื่องพิมพ์ในหน้าตั้งค่า")
STANDS = {"given": "ปัจจุบัน: ยินยอมไว้แล้ว", "withdrawn": "ปัจจุบัน: ถอนความยินยอมแล้ว"}


class NoticeLine(QWidget):
    """One line at the foot of the column: whether, how and in which version the notice was given."""

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._notice: NoticeShown | None = None
        self._consents: tuple[str, ...] = ()
        self.person = 0
        """The person of the register in the form, whose present consents are told."""
        self._told = ThaiLabel(role="small")
        button = Action("แจ้งประกาศ…", role="quiet", key="F4", tip="แสดง พิมพ์ หรืออ่านประกาศความเป็นส่วนตัวให้ผู้ร้อง")
        button.clicked.connect(self.open)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(NEAR)
        line.addWidget(self._told, 1)
        line.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self._show()

    @property
    def said(self) -> str:
        """What is told."""
        return self._told.shown_text()

    def value(self) -> tuple[NoticeShown | None, tuple[str, ...]]:
        """That the notice was given, and the purposes that the applicant ticked."""
        return self._notice, self._consents

    def set_value(self, notice: NoticeShown | None, consents: tuple[str, ...]) -> None:
        """Show what a draft kept."""
        self._notice, self._consents = notice, consents
        self._show()

    def open(self) -> None:
        """F4: the notice itself."""
        dialog = NoticeDialog(self._session, self.person, self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.given.connect(self._given)
        dialog.open()

    def _given(self, notice: NoticeShown, consents: tuple[str, ...]) -> None:
        self.set_value(notice, consents)
        self.changed.emit()

    def _show(self) -> None:
        notice = self._notice
        if notice is None:
            self._told.show_text(NOT_YET)
            return
        at = f" {thai_date.local(notice.shown_at):%H:%M} น." if notice.shown_at else ""
        given = f" · ยินยอม {len(self._consents)} เรื่อง" if self._consents else ""
        how = privacy.HOWS.get(notice.how, notice.how)
        self._told.show_text(f"แจ้งประกาศฉบับ {notice.version} แล้ว ({how}){at}{given}")


class NoticeDialog(QDialog):
    """The notice for the citizen's eyes, the extras to be ticked by himself, and how it was given."""

    given = Signal(object, object)
    """NoticeShown, and a tuple of purposes."""

    def __init__(self, session: Session, person: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self.notice = privacy.notice(session.counter)
        self.setWindowTitle(self.notice.title)
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.boxes: dict[str, QCheckBox] = {}
        self._stand: dict[str, ThaiLabel] = {}
        self._message = ThaiLabel(role="error")
        self._message.hide()
        text = Column()
        text.box.setContentsMargins(0, 0, NEAR, 0)
        text.box.addWidget(heading(self.notice.title))
        text.box.addWidget(ThaiLabel(f"ฉบับ {self.notice.version} · {session.counter.office.name}", role="small"))
        for paragraph in self.notice.paragraphs:
            text.box.addWidget(ThaiLabel(paragraph))
        text.box.addWidget(rule())
        text.box.addWidget(ThaiLabel("ยินยอมเพิ่มเติมได้ตามสมัครใจ ไม่ยินยอมก็รับบริการได้ตามปกติ", role="strong"))
        for purpose in self.notice.purposes:
            text.box.addWidget(self._purpose(purpose))
        text.box.addStretch(1)
        box = QVBoxLayout(self)
        box.setContentsMargins(FAR, FAR, FAR, FAR)
        box.setSpacing(GAP)
        box.addWidget(text, 1)
        box.addWidget(self._message)
        box.addWidget(self._buttons())
        screen = self.screen().availableGeometry()
        look = session.look
        self.resize(min(look.pixels(480), screen.width() - 40), min(look.pixels(430), screen.height() - 60))
        self.buttons["screen"].setFocus()
        if person:
            counter = session.counter
            session.tasks.query(
                self, lambda: privacy.consents(counter, person), self._show_standing, self._failed, topic="consents"
            )

    def _purpose(self, purpose: privacy.Purpose) -> QWidget:
        part = QWidget()
        tick = QCheckBox(purpose.title)
        tick.setAccessibleName(f"ยินยอม: {purpose.title}")
        stand = give_role(ThaiLabel(), "small")
        stand.hide()
        box = QVBoxLayout(part)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        for widget in (tick, ThaiLabel(purpose.text, role="small"), stand):
            box.addWidget(widget)
        self.boxes[purpose.code], self._stand[purpose.code] = tick, stand
        return part

    def _buttons(self) -> QWidget:
        holder = QWidget()
        flow = FlowLayout(holder)
        flow.setContentsMargins(0, 0, 0, 0)
        self.buttons: dict[str, Action] = {}
        words = {"screen": "แสดงบนจอแล้ว", "read_aloud": "อ่านให้ฟังแล้ว", "paper": "พิมพ์ให้"}
        for how, word in words.items():
            button = Action(word, role="primary" if how == "screen" else "")
            button.clicked.connect(lambda _checked=False, how=how: self._give(how))
            self.buttons[how] = button
            flow.addWidget(button)
        stop = Action("ปิด", role="quiet", key="Esc")
        stop.clicked.connect(self.reject)
        flow.addWidget(stop)
        return holder

    @property
    def said(self) -> str:
        """Why the printing failed, or empty."""
        return "" if self._message.isHidden() else self._message.shown_text()

    def _show_standing(self, consents: tuple[privacy.Consent, ...]) -> None:
        for consent in consents:
            words = STANDS.get(consent.decision, "")
            label = self._stand[consent.purpose.code]
            label.show_text(words)
            label.setVisible(bool(words))

    def _give(self, how: str) -> None:
        if how == "paper":
            self._print()
        else:
            self._done(how)

    def _done(self, how: str) -> None:
        shown = NoticeShown(self.notice.version, self.notice.language, how, self._session.counter.clock.now())
        ticked = tuple(code for code, box in self.boxes.items() if box.isChecked())
        self.accept()
        self.given.emit(shown, ticked)

    def _print(self) -> None:
        counter, paper, notice = self._session.counter, self._session.paper, self.notice
        printer = counter.printer_for("a4") or counter.printer_for("slip")
        if printer is None:
            self._failed(NO_PRINTER)
            return
        self._message.hide()
        self.buttons["paper"].setEnabled(False)
        at = counter.clock.now()
        self._session.tasks.query(
            self,
            lambda: paper.print_notice(notice, counter.office, at, printer),
            lambda _result: self._done("paper"),
            self._failed,
            topic="print",
        )

    def _failed(self, error: Exception) -> None:
        self.buttons["paper"].setEnabled(True)
        if not isinstance(error, CounterError):
            faults.record(error)
        _tone, title, hint = faults.words(error)
        self._message.show_text(f"▲ {title} {hint}".rstrip())
        self._message.show()
