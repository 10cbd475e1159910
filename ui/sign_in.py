"""The sign-in page: painted first, while the database is opened on a worker thread behind it."""

from __future__ import annotations

from functools import cached_property
from importlib import import_module
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from app.domain.errors import CounterError
from ui import faults
from ui.ports import ThaiD, Unlock
from ui.style import FAR, GAP, WIDE, Look, give_role
from ui.tasks import Tasks
from ui.widgets.fields import Action, Chooser, FieldRow
from ui.widgets.labels import WholeLabel

if TYPE_CHECKING:
    from app.services.counter import Counter
    from ui.ports import Session

PROGRAM = "เคาน์เตอร์ท้องถิ่น"
OPENING = "กำลังเปิดฐานข้อมูลของเคาน์เตอร์…"
STILL_OPENING = "ยังเปิดฐานข้อมูลอยู่ หลังปรับรุ่นโปรแกรมครั้งแรกอาจใช้เวลาหลายนาที โปรดรอและอย่าปิดเครื่อง"
LONG_MS = 4_000
FORGOTTEN = "ถ้าลืม ให้ผู้ดูแลระบบตั้งใหม่ที่หน้าผู้ใช้"
THAI_KEYBOARD = "แป้นพิมพ์เป็นภาษาไทยอยู่ ตรวจดูก่อนกดเข้าใช้งาน"


class SignInPage(QScrollArea):
    """Name and password; before that the store's passphrase where no key store holds the key."""

    unlocked = Signal(object)
    """The open Counter."""
    signed_in = Signal(object)
    """The Actor."""

    def __init__(self, unlock: Unlock, tasks: Tasks, look: Look, thaid: ThaiD | None = None) -> None:
        super().__init__()
        self._unlock = unlock
        self._thaid = thaid
        self._linked: frozenset[str] = frozenset()
        self._tasks = tasks
        self._look = look
        self._counter: Counter | None = None
        self.usual = ""
        """User name that is offered first: who came in last."""
        self.setWidgetResizable(True)
        give_role(self, "ground")
        self._title = give_role(QLabel(PROGRAM), "title")
        self._state = give_role(WholeLabel(OPENING), "small")
        self._state.setWordWrap(True)
        self._name = Chooser()
        self._name_row = FieldRow("username", "ชื่อเจ้าหน้าที่", self._name)
        self._secret = _secret_field()
        self._secret_row = FieldRow("password", "รหัสผ่านหรือ PIN", self._secret)
        self._enter = Action("เข้าใช้งาน", role="primary", key="Enter")
        self._build()
        self._show_stage("opening")
        look.changed.connect(self._fit)
        self._fit()

    def _build(self) -> None:
        self._card = give_role(QFrame(), "card")
        inside = self._inside = QVBoxLayout(self._card)
        inside.setContentsMargins(FAR, FAR, FAR, FAR)
        inside.setSpacing(GAP)
        for widget in (self._title, self._state, self._name_row, self._secret_row, self._enter):
            inside.addWidget(widget)
        inside.insertSpacing(2, GAP)
        ground = give_role(QWidget(), "ground")
        outside = QVBoxLayout(ground)
        outside.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        outside.addStretch(2)
        middle = QHBoxLayout()
        middle.addStretch()
        middle.addWidget(self._card)
        middle.addStretch()
        outside.addLayout(middle)
        outside.addStretch(3)
        self.setWidget(ground)
        self._enter.clicked.connect(self._go)
        self._listen(self._secret)
        self._name.activated.connect(lambda _index: self._secret.setFocus())
        self._name.currentIndexChanged.connect(lambda _index: self._offer_thaid())

    def _listen(self, field: QLineEdit) -> None:
        field.returnPressed.connect(self._go)
        field.textEdited.connect(self._typed)

    # built when first needed, which is not before the first painting

    @cached_property
    def _passphrase_row(self) -> FieldRow:
        field = _secret_field()
        self._listen(field)
        row = FieldRow("passphrase", "รหัสผ่านกุญแจ", field)
        self._inside.insertWidget(self._inside.indexOf(self._name_row), row)
        return row

    @property
    def _passphrase(self) -> QLineEdit:
        field = self._passphrase_row.control
        assert isinstance(field, QLineEdit)
        return field

    @cached_property
    def _by_thaid(self) -> Action:
        button = Action("เข้าด้วย ThaiD", role="quiet", tip="เข้าใช้งานด้วย ThaiD ในโทรศัพท์ของท่าน")
        button.clicked.connect(self.open_thaid)
        self._inside.addWidget(button)
        return button

    @cached_property
    def _greeting(self) -> WholeLabel:
        line = give_role(WholeLabel(), "small")
        self._inside.insertWidget(self._inside.indexOf(self._state) + 1, line)
        return line

    def begin(self) -> None:
        """Open the database; to be called once the page has been painted, for the worker slows the painting."""
        look = self._look
        keys = {"Ctrl+=": 1, "Ctrl++": 1, "Ctrl+-": -1}
        for key, step in keys.items():
            shortcut = QShortcut(key, self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(lambda step=step: look.step(step))
        self._open()

    def enter(self, password: str) -> None:
        """As if the clerk had typed the password and pressed Enter."""
        self._secret.setText(password)
        self._go()

    def greet(self, text: str) -> None:
        """A line under the office's name; nothing where `text` is empty."""
        if text or "_greeting" in vars(self):
            self._greeting.setText(text)
            self._greeting.setVisible(bool(text))

    def reset(self) -> None:
        """Ready for the next clerk."""
        self._secret.clear()
        self._secret_row.clear_error()
        self._enter.setEnabled(True)
        self._ask_names()

    @property
    def stage(self) -> str:
        """ "opening", "passphrase", "sign_in" or "failed"."""
        return self._stage

    def _show_stage(self, stage: str) -> None:
        self._stage = stage
        if stage == "passphrase" or "_passphrase_row" in vars(self):
            self._passphrase_row.setVisible(stage == "passphrase")
        for row in (self._name_row, self._secret_row):
            row.setVisible(stage in ("opening", "sign_in"))
            row.setEnabled(stage == "sign_in")
        self._enter.setEnabled(stage != "opening")
        self._enter.setText({"failed": "ลองอีกครั้ง", "passphrase": "เปิดฐานข้อมูล"}.get(stage, "เข้าใช้งาน"))
        self._enter.setAccessibleName(self._enter.text())
        self._offer_thaid()

    def _open(self, passphrase: str | None = None) -> None:
        self._enter.setEnabled(False)
        self._state.setText(OPENING)
        unlock = self._unlock
        QTimer.singleShot(LONG_MS, self, self._still_opening)
        self._tasks.command(self, lambda: unlock(passphrase), self._opened, self._not_opened)

    def _still_opening(self) -> None:
        if self._state.text() == OPENING:
            self._state.setText(STILL_OPENING)

    def _opened(self, counter: Counter) -> None:
        self._counter = counter
        if "_passphrase_row" in vars(self):
            self._passphrase.clear()
        self._state.setText(f"{counter.office.name} · {counter.counter_name}")
        self.unlocked.emit(counter)
        self._ask_names()

    def _not_opened(self, error: Exception) -> None:
        asks = isinstance(error, CounterError) and error.code in ("passphrase_needed", "passphrase_wrong")
        self._show_stage("passphrase" if asks else "failed")
        tone, title, hint = faults.words(error)
        if asks:
            self._state.setText("ใส่รหัสผ่านกุญแจที่ตั้งไว้ตอนติดตั้ง เพื่อเปิดข้อมูลของเคาน์เตอร์")
            if getattr(error, "code", "") == "passphrase_wrong":
                self._passphrase_row.show_error(title, hint)
            self._passphrase.setFocus()
            self._passphrase.selectAll()
        else:
            faults.record(error)
            give_role(self._state, "bad" if tone == "bad" else "warn")
            self._state.setText(f"▲ {title}\n{hint}")
            self._enter.setFocus()

    def _ask_names(self) -> None:
        counter = self._counter
        if counter is not None:
            self._tasks.query(self, lambda: _staff().names(counter), self._show_names, topic="names")
            if self._thaid is not None and not counter.stand_alone:
                self._tasks.query(
                    self, lambda: _linked(counter), self._found_linked, lambda _error: None, topic="thaid"
                )

    def _show_names(self, names: list[tuple[str, str]]) -> None:
        before = self._name.currentData() or self.usual
        self._name.clear()
        for username, full_name in names:
            self._name.addItem(full_name, username)
        place = self._name.findData(before)
        self._name.setCurrentIndex(max(0, place))
        self._show_stage("sign_in")
        (self._secret if len(names) == 1 or place >= 0 else self._name).setFocus()

    def _found_linked(self, usernames: frozenset[str]) -> None:
        self._linked = usernames
        self._offer_thaid()

    def _offer_thaid(self) -> None:
        offered = self._stage == "sign_in" and self._name.currentData() in self._linked
        if offered or "_by_thaid" in vars(self):
            self._by_thaid.setVisible(offered)

    def open_thaid(self) -> None:
        """Let the chosen clerk prove on the telephone who they are."""
        if self._thaid is None or self._counter is None:
            return
        dialog = import_module("ui.thaid.dialog").ThaiDDialog(self._thaid, self._counter, self._look, "staff", self)
        dialog.proved.connect(self._proved)
        dialog.other_way.connect(lambda _way, _code: self._secret.setFocus())
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _proved(self, person: object) -> None:
        counter, username = self._counter, str(self._name.currentData())
        self._enter.setEnabled(False)
        self._tasks.command(
            self, lambda: _staff().sign_in_thaid(counter, person, username), self._entered, self._refused
        )

    def _go(self) -> None:
        if not self._enter.isEnabled():
            return
        if self._stage == "passphrase":
            self._passphrase_row.clear_error()
            self._open(self._passphrase.text())
        elif self._stage == "failed":
            give_role(self._state, "small")
            self._show_stage("opening")
            self._open()
        elif self._stage == "sign_in" and self._counter is not None and not self._secret.text():
            self._secret_row.show_error("ยังไม่ได้กรอกรหัสผ่านหรือ PIN", FORGOTTEN)
            self._secret.setFocus()
        elif self._stage == "sign_in" and self._counter is not None:
            self._enter.setEnabled(False)
            counter, username, password = self._counter, str(self._name.currentData()), self._secret.text()
            self._tasks.command(
                self, lambda: _staff().sign_in(counter, username, password, pin=True), self._entered, self._refused
            )

    def _entered(self, actor: object) -> None:
        self._secret.clear()
        self.signed_in.emit(actor)

    def _refused(self, error: Exception) -> None:
        if isinstance(error, CounterError) and error.code == "password_must_change":
            self.open_first_password()
            return
        if not isinstance(error, CounterError):
            faults.record(error)
        _tone, title, hint = faults.words(error)
        self._enter.setEnabled(True)
        self._secret_row.show_error(title, hint)
        self._secret.setFocus()
        self._secret.selectAll()

    def open_first_password(self) -> None:
        """Who came in with a first password sets an own one, and comes in with that."""
        if self._counter is None:
            return
        own = import_module("ui.accounts.own")
        desk = cast("Session", SimpleNamespace(tasks=self._tasks, look=self._look))
        username, old = str(self._name.currentData()), self._secret.text()
        dialog = own.OwnPasswordDialog(desk, self, self._counter, username, old)
        dialog.accepted.connect(lambda: self._entered(dialog.result_value))
        dialog.rejected.connect(self.reset)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _typed(self, text: str) -> None:
        row = self._passphrase_row if self._stage == "passphrase" else self._secret_row
        row.clear_error()
        if any("ก" <= letter <= "๛" for letter in text):
            row.show_error(THAI_KEYBOARD)

    def _fit(self) -> None:
        self._card.setFixedWidth(min(self._look.pixels(330), 900))


def _secret_field() -> QLineEdit:
    field = QLineEdit()
    field.setEchoMode(QLineEdit.EchoMode.Password)
    return field


def _linked(counter: Counter) -> frozenset[str]:
    """On a reader thread: who could sign in by ThaiD now; nobody while the server was not heard of lately."""
    if not import_module("app.services.status").counter_status(counter).online:
        return frozenset()
    return frozenset(name for name, _full_name in _staff().names(counter) if _staff().has_thaid(counter, name))


def _staff() -> Any:
    """app.services.staff, which needs the database's packages and is therefore imported by the worker."""
    return import_module("app.services.staff")
