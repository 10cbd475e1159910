"""The dialog that waits for ThaiD: address as QR, reference letters, time left, and another way when it fails.

Nothing is opened by itself: the address goes into this machine's browser only when the clerk presses that button. Esc
closes at once, whatever the network is doing; the server is told to forget the session behind it.
"""

from time import monotonic
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QCloseEvent, QDesktopServices, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from app.domain.errors import CounterError
from app.services.thaid import CITIZEN, STAFF, ThaiDPerson
from ui import faults
from ui.ports import ThaiD, ThaiDSession
from ui.style import FAR, GAP, NEAR, TIGHT, Look, give_role
from ui.thaid.person import PersonPage
from ui.thaid.wait import Waiting
from ui.widgets.fields import Action
from ui.widgets.labels import Chip, ThaiLabel
from ui.widgets.layouts import Column, FlowLayout
from ui.widgets.qr import QrCode

if TYPE_CHECKING:
    from app.services.counter import Counter

STATES = {
    "asking": ("กำลังขอรหัสจากเครื่องแม่ข่ายกลาง…", "plain"),
    "waiting": ("รอประชาชนสแกน", "accent"),
    "opened": ("เปิดในโทรศัพท์แล้ว รอกดยินยอมในแอป ThaiD", "accent"),
    "done": ("ยืนยันตัวตนแล้ว", "good"),
    "denied": ("ไม่ได้รับความยินยอม", "warn"),
    "expired": ("หมดเวลา", "warn"),
    "offline": ("ติดต่อเครื่องแม่ข่ายกลางไม่ได้", "bad"),
    "failed": ("ใช้ ThaiD ไม่สำเร็จ", "bad"),
}
"""State -> the word in the chip and its tone."""

OWN_WAITING = "รอท่านสแกนด้วยโทรศัพท์ของท่าน"

ENDS = {"thaid_denied": "denied", "thaid_expired": "expired", "thaid_offline": "offline"}
LATE = "หมดเวลาสแกนแล้ว กำลังรอคำตอบสุดท้าย"


def clock_text(seconds: float) -> str:
    """ "4:05" for 245 seconds."""
    whole = max(0, int(seconds + 0.999))
    return f"{whole // 60}:{whole % 60:02d}"


class ThaiDDialog(QDialog):
    """One ThaiD session after the other until a person has proved who they are or the clerk goes another way."""

    proved = Signal(object)
    """The ThaiDPerson, once the clerk has taken it over (a clerk who signs in needs not)."""
    other_way = Signal(str, str)
    """ "chip", "card_seen" or "password", and the code of the failure behind it ("" when nothing had failed)."""

    def __init__(
        self, thaid: ThaiD, counter: "Counter", look: Look, purpose: str = CITIZEN, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._thaid, self._counter, self._look, self._purpose = thaid, counter, look, purpose
        self._waiting: Waiting | None = None
        self._session: ThaiDSession | None = None
        self._person: ThaiDPerson | None = None
        self._state = ""
        self._failure = ""
        self._until = 0.0
        self.proved_session: ThaiDSession | None = None
        """By which the person has proved it, when `proved` is told."""
        self.offers_password = purpose == STAFF
        self.setWindowTitle("เข้าใช้งานด้วย ThaiD" if purpose == STAFF else "ยืนยันตัวตนด้วย ThaiD")
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._build()
        self._tick = QTimer(self)
        self._tick.setInterval(250)
        self._tick.timeout.connect(self._show_time)
        look.changed.connect(self._fit)
        self._fit()

    @property
    def state(self) -> str:
        """One of `STATES`; empty before it is shown."""
        return self._state

    @property
    def url(self) -> str:
        """The address that is shown, or empty."""
        return self._session.url if self._session is not None else ""

    @property
    def said(self) -> str:
        """What is said under the state."""
        return f"{self._title.shown_text()} {self._hint.shown_text()}".strip()

    # building --------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._chip = Chip(parent=self)
        self._left = give_role(QLabel(), "strong")
        head = QHBoxLayout()
        head.addWidget(self._chip)
        head.addStretch(1)
        head.addWidget(self._left)
        self._stack = QStackedWidget()
        self._person_page = PersonPage()
        for page in (self._scan_page(), self._words_page(), self._person_page):
            self._stack.addWidget(page)
        box = QVBoxLayout(self)
        box.setContentsMargins(FAR, FAR, FAR, FAR)
        box.setSpacing(GAP)
        box.addLayout(head)
        box.addWidget(self._stack, 1)
        box.addLayout(self._buttons())

    def _scan_page(self) -> QWidget:
        self._scan = QWidget()
        self._qr = QrCode()
        self._reference = give_role(QLabel(), "huge")
        self._reference.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        words = Column()
        words.box.setContentsMargins(0, 0, 0, 0)
        words.box.setSpacing(TIGHT)
        citizen = self._purpose == CITIZEN
        steps = (
            "1. ให้ประชาชนสแกน QR ด้วยกล้องโทรศัพท์" if citizen else "1. สแกน QR ด้วยกล้องโทรศัพท์ของท่าน",
            "2. ตัวอักษรในโทรศัพท์ต้องตรงกับด้านล่างนี้",
            "3. กดยินยอมในแอป ThaiD แล้วรอที่หน้านี้",
        )
        for step in steps:
            words.box.addWidget(ThaiLabel(step))
        words.box.addSpacing(NEAR)
        words.box.addWidget(give_role(QLabel("อักษรอ้างอิง"), "small"))
        words.box.addWidget(self._reference)
        words.box.addStretch(1)
        box = QHBoxLayout(self._scan)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(FAR)
        box.addWidget(self._qr, 1)
        box.addWidget(words, 1)
        return self._scan

    def _words_page(self) -> QWidget:
        self._words = Column()
        self._words.box.setContentsMargins(0, 0, 0, 0)
        self._title = ThaiLabel(role="section")
        self._hint = ThaiLabel()
        for label in (self._title, self._hint):
            self._words.box.addWidget(label)
        self._words.box.addStretch(1)
        return self._words

    def _buttons(self) -> FlowLayout:
        self.use = Action("กรอกลงแบบ", role="primary", key="Enter", tip="ใช้ข้อมูลจาก ThaiD กรอกลงแบบ")
        self.again = Action("เริ่มใหม่", role="primary", key="Enter", tip="ขอรหัส ThaiD ใหม่")
        self.browser = Action("เปิดในเบราว์เซอร์", tip="เปิดหน้า ThaiD ในเบราว์เซอร์ของเครื่องนี้")
        self.chip = Action("เสียบบัตรแทน", tip="ปิดแล้วอ่านชิปบัตรประชาชนแทน")
        self.card = Action("ดูบัตรแล้วกรอกเอง", tip="ปิดแล้วดูบัตรตัวจริงและพิมพ์เลข 13 หลัก")
        self.password = Action("ใช้รหัสผ่าน", tip="ปิดแล้วเข้าใช้งานด้วยรหัสผ่าน")
        self.stop = Action("ยกเลิก", role="quiet", key="Esc")
        self.use.clicked.connect(self._take)
        self.again.clicked.connect(self.begin)
        self.browser.clicked.connect(self._open_browser)
        self.chip.clicked.connect(lambda: self._go_other_way("chip"))
        self.card.clicked.connect(lambda: self._go_other_way("card_seen"))
        self.password.clicked.connect(lambda: self._go_other_way("password"))
        self.stop.clicked.connect(self.reject)
        row = FlowLayout()
        for button in (self.use, self.again, self.browser, self.chip, self.card, self.password, self.stop):
            row.addWidget(button)
        return row

    # the session -----------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Ask for a session; an earlier one is given up."""
        self._hang_up()
        self._failure = ""
        self._waiting = Waiting(self._thaid, self._counter, self._purpose)
        self._waiting.begun.connect(self._begun)
        self._waiting.opened.connect(self._opened)
        self._waiting.ended.connect(self._ended)
        self._title.show_text(STATES["asking"][0])
        self._hint.show_text("หากช้า กด Esc แล้วใช้วิธีอื่นได้ทันที")
        self._show("asking")
        self._waiting.start()

    def _begun(self, session: ThaiDSession) -> None:
        self._session = session
        self._until = monotonic() + session.seconds
        self._qr.show_text(session.url, "QR สำหรับเปิด ThaiD ในโทรศัพท์")
        self._reference.setText(session.reference)
        self._reference.setAccessibleName(f"อักษรอ้างอิง {' '.join(session.reference)}")
        self._show("waiting")
        self._tick.start()

    def _opened(self) -> None:
        self._show("opened")

    def _ended(self, outcome: ThaiDPerson | CounterError) -> None:
        session = self._session
        self._forget_session()
        if isinstance(outcome, ThaiDPerson):
            self.proved_session = session
            self._proved(outcome)
            return
        faults.record(outcome)
        self._failure = outcome.code
        self._title.show_text(outcome.title)
        self._hint.show_text(outcome.hint)
        self._show(ENDS.get(outcome.code, "failed"))

    def _proved(self, person: ThaiDPerson) -> None:
        if self._purpose != CITIZEN:
            self._state = "done"
            self.proved.emit(person)
            self.accept()
            return
        self._person = person
        self._person_page.show_person(person)
        self._show("done")

    def _take(self) -> None:
        person, self._person = self._person, None
        if person is not None:
            self.proved.emit(person)
            self.accept()

    def _go_other_way(self, way: str) -> None:
        self.reject()
        self.other_way.emit(way, self._failure)

    def _open_browser(self) -> None:
        if self._session is not None:
            QDesktopServices.openUrl(QUrl(self._session.url, QUrl.ParsingMode.StrictMode))

    # showing ---------------------------------------------------------------------------------------------------

    def _show(self, state: str) -> None:
        self._state = state
        word, tone = STATES[state]
        self._chip.show_word(OWN_WAITING if state == "waiting" and self._purpose != CITIZEN else word, tone)
        under_way, ended = state in ("waiting", "opened"), state not in ("asking", "waiting", "opened", "done")
        citizen = self._purpose == CITIZEN
        self._stack.setCurrentWidget(self._scan if under_way else self._person_page if state == "done" else self._words)
        self.use.setVisible(state == "done")
        self.again.setVisible(ended)
        self.browser.setVisible(under_way)
        for button in (self.chip, self.card):
            button.setVisible(citizen and state != "done")
        self.password.setVisible(self.offers_password)
        self._left.setVisible(under_way)
        if under_way:
            self._show_time()
        first = self.use if state == "done" else self.again if ended else self.stop
        first.setDefault(True)
        first.setFocus()

    def _show_time(self) -> None:
        left = self._until - monotonic()
        self._left.setText(f"เหลือเวลา {clock_text(left)} นาที" if left > 0 else LATE)
        if left <= 0 and self._qr.accessibleName():
            self._qr.show_text("", "")
            self.browser.setEnabled(False)

    def _fit(self) -> None:
        self._qr.set_side(self._look.pixels(210))
        screen = self.screen().availableGeometry()
        self.resize(min(self._look.pixels(520), screen.width() - 40), min(self._look.pixels(330), screen.height() - 60))

    # the end ---------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """The first session begins when the dialog is seen."""
        super().showEvent(event)
        if not self._state:
            self.begin()

    def done(self, result: int) -> None:
        """However it ends: nothing is waited for, and nothing of the person stays in the dialog."""
        self._hang_up()
        self._person = None
        self._person_page.forget()
        super().done(result)

    def closeEvent(self, event: QCloseEvent) -> None:
        """The window's cross is Esc."""
        self.reject()
        super().closeEvent(event)

    def _hang_up(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
        self._forget_session()

    def _forget_session(self) -> None:
        self._tick.stop()
        self._session = None
        self.browser.setEnabled(True)
        self._qr.show_text("", "")
