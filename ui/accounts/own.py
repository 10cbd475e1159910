"""One's own account: a new password, also a first one, the PIN for the quick switch, the link to ThaiD."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLineEdit, QWidget

from app.domain.errors import Refused
from app.services import pins, staff
from app.services.thaid import STAFF, ThaiDPerson
from ui import faults
from ui.campaign.dialogs import AskDialog, FormDialog
from ui.ports import Session
from ui.widgets.fields import Action, FieldRow
from ui.widgets.labels import ThaiLabel
from ui.widgets.notes import Note

if TYPE_CHECKING:
    from app.services.counter import Counter

FIRST = "รหัสผ่านที่ได้รับใช้ได้ครั้งเดียว ตั้งรหัสของท่านเองก่อนเริ่มงาน ผู้อื่นรวมทั้งผู้ดูแลระบบจะไม่รู้รหัสนี้"
UNLINKED = "ใส่รหัสผ่านของท่านก่อน แล้วยืนยันด้วย ThaiD ในโทรศัพท์ของท่านเอง เครื่องนี้เก็บเพียงรหัสย่อ ไม่เก็บเลขประจำตัว"
LINKED = "บัญชีนี้ผูก ThaiD ของท่านไว้แล้ว เลิกผูกได้เมื่อเปลี่ยนผู้ใช้บัญชีหรือไม่ต้องการใช้ ต้องใส่รหัสผ่าน"
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


class ThaiDLinkDialog(_Secrets):
    """Link one's ThaiD to the account, or take the link away: the password first, then the telephone."""

    def __init__(self, session: Session, parent: QWidget, linked: bool) -> None:
        super().__init__(session, parent, "ThaiD กับบัญชีนี้", "เลิกผูก ThaiD" if linked else "ไปที่ ThaiD")
        self._linked = linked
        self.box.addWidget(ThaiLabel(LINKED if linked else UNLINKED))
        self.password = self.secret("password", "รหัสผ่านของท่าน")
        self.finish(420, 340)

    def work(self) -> Callable[[], object]:
        """The password is right; with a link, it is gone."""
        counter, actor, password, linked = (
            self._session.counter,
            self._session.actor,
            self.password.text(),
            self._linked,
        )

        def do() -> None:
            staff.sign_in(counter, actor.username, password)
            if linked:
                staff.unlink_thaid(counter, actor, actor.username)

        return do


def show(what: str, session: Session, parent: QWidget, note: Note) -> None:
    """Open what a code of the header's menu means over the window."""
    if what == "lhr":
        _show_record(session, parent, note)
    elif what == "thaid":
        _link(session, parent, note)
    else:
        dialog = (
            PinDialog(session, parent)
            if what == "pin"
            else OwnPasswordDialog(session, parent, session.counter, session.actor.username)
        )
        dialog.accepted.connect(lambda: note.say("good", "บันทึกแล้ว"))
        _open(dialog)


def _open(dialog: QDialog) -> None:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()


def _show_record(session: Session, parent: QWidget, note: Note) -> None:
    from ui.accounts.own_record import OwnRecordDialog

    def correct(item: str, old: str) -> None:
        dialog = AskDialog(session, parent, item, old)
        dialog.accepted.connect(lambda: note.say("good", "ยื่นคำขอแก้ไขแล้ว", "ดูสถานะได้ที่ งานรัฐ › LHR"))
        _open(dialog)

    dialog = OwnRecordDialog(session, parent)
    dialog.correction_wanted.connect(correct)
    dialog.link_wanted.connect(lambda: _link(session, parent, note))
    _open(dialog)


def _link(session: Session, parent: QWidget, note: Note) -> None:
    counter, actor, thaid = session.counter, session.actor, session.thaid
    if thaid is None or counter.stand_alone:
        note.say("warn", "เครื่องนี้ใช้ ThaiD ไม่ได้", "ต้องเข้าร่วมกับเครื่องแม่ข่ายกลางก่อน แจ้งผู้ดูแลระบบ")
        return
    linked = staff.has_thaid(counter, actor.username)
    first = ThaiDLinkDialog(session, parent, linked)

    def prove() -> None:
        from ui.thaid.dialog import ThaiDDialog

        dialog = ThaiDDialog(thaid, counter, session.look, STAFF, parent)
        dialog.offers_password = False
        dialog.proved.connect(keep)
        _open(dialog)

    def keep(person: ThaiDPerson) -> None:
        session.tasks.command(
            parent, lambda: staff.link_thaid(counter, actor, person),
            lambda _none: note.say("good", "ผูก ThaiD แล้ว", "ต่อไปเข้าใช้ด้วย ThaiD และดูข้อมูลของท่านใน LHR ได้"),
            lambda error: note.say(*faults.words(error)),
        )  # fmt: skip

    first.accepted.connect((lambda: note.say("good", "เลิกผูก ThaiD แล้ว")) if linked else prove)
    _open(first)


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
