"""One's own account: a new password, also a first one, and the PIN for the quick switch between clerks."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from app.domain.errors import Refused
from app.services import pins, staff
from ui.campaign.dialogs import FormDialog
from ui.ports import Session
from ui.widgets.fields import Action, FieldRow
from ui.widgets.labels import ThaiLabel

if TYPE_CHECKING:
    from app.services.counter import Counter

FIRST = "รหัสผ่านที่ได้รับใช้ได้ครั้งเดียว ตั้งรหัสของท่านเองก่อนเริ่มงาน ผู้อื่นรวมทั้งผู้ดูแลระบบจะไม่รู้รหัสนี้"
ABOUT_PIN = "PIN 6 หลักใช้สลับผู้ใช้ที่เครื่องนี้ได้ 12 ชั่วโมงหลังใส่รหัสผ่าน ใส่ผิด 5 ครั้งต้องรอ และไม่ถูกส่งออกจากเครื่อง"


class _Secrets(FormDialog):
    def secret(self, key: str, label: str) -> QLineEdit:
        """Add a field whose letters are not shown."""
        field = QLineEdit()
        field.setEchoMode(QLineEdit.EchoMode.Password)
        self.add(FieldRow(key, label, field, required=True))
        return field


class OwnPasswordDialog(_Secrets):
    """A new password; with `old` the first one, which was typed a moment ago. Its result is who may go on with it."""

    def __init__(self, session: Session, parent: QWidget, counter: "Counter", username: str, old: str = "") -> None:
        super().__init__(session, parent, "ตั้งรหัสผ่านใหม่", "ตั้งรหัสผ่าน")
        self._counter, self._username, self._old = counter, username, old
        if old:
            self.box.addWidget(ThaiLabel(FIRST))
        self.old = None if old else self.secret("password", "รหัสผ่านเดิม")
        self.new = self.secret("new_password", f"รหัสผ่านใหม่ อย่างน้อย {staff.MIN_PASSWORD} ตัวอักษร")
        self.confirm = self.secret("confirm", "ยืนยันรหัสผ่านใหม่")
        self.finish(400, 400)

    def work(self) -> Callable[[], object]:
        """Change it."""
        counter, username, new, confirm = self._counter, self._username, self.new.text(), self.confirm.text()
        old = self._old if self.old is None else self.old.text()
        return lambda: staff.change_password(counter, username, old, new, confirm)


class PinDialog(_Secrets):
    """Choose a PIN, or take it away."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(session, parent, "PIN สำหรับสลับผู้ใช้", "ตั้ง PIN")
        self.box.addWidget(ThaiLabel(ABOUT_PIN))
        self.password = self.secret("password", "รหัสผ่านของท่าน")
        self.pin = self.secret("pin", "PIN ใหม่ 6 หลัก")
        self.confirm = self.secret("confirm", "ยืนยัน PIN")
        for field in (self.pin, self.confirm):
            field.setMaxLength(6)
            field.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)
        self.remove = Action("ลบ PIN", role="quiet", tip="ต่อไปเข้าใช้ด้วยรหัสผ่านเท่านั้น ต้องใส่รหัสผ่านก่อนลบ")
        self.remove.clicked.connect(self._take_away)
        self.box.addWidget(self.remove, 0, Qt.AlignmentFlag.AlignLeft)
        self._none = False
        self.finish(420, 460)

    def _take_away(self) -> None:
        self._none = True
        self.act()

    def work(self) -> Callable[[], object]:
        """Keep it, or none."""
        counter, actor, password = self._session.counter, self._session.actor, self.password.text()
        none, self._none = self._none, False
        pin = "" if none else self.pin.text()
        if not none and pin != self.confirm.text():
            raise Refused("confirm", "PIN สองช่องไม่ตรงกัน", "พิมพ์ PIN เดียวกันทั้งสองช่อง", "confirm")
        if not none and not pin:
            raise Refused("pin", "ยังไม่ได้กรอก PIN", "พิมพ์เลข 6 หลัก หรือกด ลบ PIN", "pin")
        return lambda: pins.choose(counter, actor, password, pin)
