"""The lists of administrators and of users, in the columns and words of the letter (rows 3-6 to 3-8)."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from app.domain.errors import CounterError
from app.services import accounts
from app.services.accounts import Account
from app.services.model import Changes
from ui import faults
from ui.accounts.forms import AddDialog, ChangeDialog, PasswordDialog
from ui.accounts.rights import RightsDialog
from ui.campaign.paper_files import PaperFiles
from ui.ports import Session
from ui.widgets.fields import Action
from ui.widgets.labels import ThaiLabel
from ui.widgets.listing import Act, lay_out
from ui.widgets.notes import Note
from ui.widgets.table import Table

COLUMNS = (("ลำดับ", 0), ("Username", 0), ("ชื่อ-นามสกุล", 2), ("ตำแหน่ง", 2), ("สำนัก/กอง", 2), ("สถานะ", 2))
ADDED = "เพิ่มแล้ว ผู้ใช้ต้องตั้งรหัสผ่านใหม่เมื่อเข้าใช้ครั้งแรก"
TOUCHED = {"staff", "settings", "office_record"}


class PeoplePanel(QWidget):
    """One list with what may be done with the marked person."""

    ROLE, TITLE, ADD = "", "", ""
    NOBODY = ""

    def __init__(self, session: Session, note: Note, _files: PaperFiles) -> None:
        super().__init__()
        self._session, self._note = session, note
        self.found: dict[str, Account] = {}
        self.table = Table(self.TITLE, COLUMNS)
        self.told = ThaiLabel(role="small")
        self.add = Action(self.ADD, role="primary", key="Ctrl+N")
        self.edit = Action("แก้ไข…", key="Enter")
        self.rights = Action("สิทธิ์…", key="Ctrl+R", tip="กำหนดสิทธิ์การใช้งานรายบริการ")
        self.password = Action("เปลี่ยนรหัสผ่าน…", key="Ctrl+K", tip="ตั้งรหัสผ่านใหม่ให้ผู้ใช้นี้")
        self.active = Action("ปิดการใช้งาน", key="Ctrl+Delete")
        self.everywhere = Action("ใช้ได้ทุกเครื่อง", tip="ให้บัญชีของเครื่องนี้เข้าใช้ได้ทุกเครื่องของหน่วยงาน")
        self.setFocusProxy(self.table)
        self._build()

    def _build(self) -> None:
        acts: tuple[Act, ...] = (
            (self.add, "", self.begin_request),
            (self.edit, "", self.change),
            (self.rights, "Ctrl+R", self.give),
            (self.password, "Ctrl+K", self.reset),
            (self.active, "Ctrl+Delete", self.turn),
            (self.everywhere, "", self.share),
        )
        lay_out(self, self.TITLE, self.told, self.table, acts)
        self.table.opened.connect(self.change)
        self.table.marked.connect(self._offer)
        self._session.tasks.changed.connect(self._changed)

    def showEvent(self, event: QShowEvent) -> None:
        """As it stands now."""
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Ask anew."""
        counter, actor = self._session.counter, self._session.actor
        self._session.tasks.query(
            self, lambda: accounts.listing(counter, actor), self._show, self._trouble, topic=f"accounts {self.ROLE}"
        )

    def _show(self, found: list[Account]) -> None:
        mine = [account for account in found if account.role == self.ROLE]
        self.found = {account.username: account for account in mine}
        self.table.show_rows([(one.username, _cells(place, one)) for place, one in enumerate(mine, start=1)])
        here = sum(account.here_only for account in mine)
        told = f"{len(mine)} คน" if mine else self.NOBODY
        self.told.show_text(f"{told} · {here} คนเข้าใช้ได้เฉพาะเครื่องนี้" if here else told)
        self._offer()

    @property
    def chosen(self) -> Account | None:
        """The marked person."""
        return self.found.get(self.table.key)

    def _offer(self) -> None:
        chosen = self.chosen
        for button in (self.edit, self.rights, self.password, self.active):
            button.setEnabled(chosen is not None)
        self.everywhere.setVisible(chosen is not None and chosen.here_only)
        self.active.setText("เปิดการใช้งาน" if chosen is not None and not chosen.active else "ปิดการใช้งาน")

    # what may be done -----------------------------------------------------------------------------------------

    def begin_request(self) -> None:
        """Ctrl+N: the form of a new person."""
        counter, role = self._session.counter, self.ROLE
        self._session.tasks.query(
            self, lambda: accounts.suggestion(counter, role),
            lambda name: self._open(AddDialog(self._session, self, role, name), ADDED),
            self._trouble,
        )  # fmt: skip

    def change(self) -> None:
        """Enter: what describes the marked person."""
        if self.chosen is not None:
            self._open(ChangeDialog(self._session, self, self.chosen), "บันทึกแล้ว")

    def give(self) -> None:
        """Ctrl+R: the grid of rights."""
        if self.chosen is not None:
            others = [one for one in self.found.values() if one.username != self.table.key]
            self._open(RightsDialog(self._session, self, self.chosen, others), "บันทึกสิทธิ์แล้ว มีผลเมื่อผู้ใช้เข้าใช้ครั้งถัดไป")

    def reset(self) -> None:
        """Ctrl+K: a new first password."""
        if self.chosen is not None:
            self._open(PasswordDialog(self._session, self, self.chosen), "ตั้งรหัสผ่านใหม่แล้ว ผู้ใช้ต้องเปลี่ยนเมื่อเข้าใช้ครั้งถัดไป")

    def turn(self) -> None:
        """Ctrl+Delete: close the account, or open it again; one press takes it back."""
        if (chosen := self.chosen) is not None:
            self._set_active(chosen.username, not chosen.active)

    def _set_active(self, username: str, active: bool) -> None:
        counter, actor = self._session.counter, self._session.actor
        told = f"{'เปิด' if active else 'ปิด'}การใช้งาน {username} แล้ว"

        def done(_none: object) -> None:
            self._note.say("good", told, "", "เลิกทำ", lambda: self._set_active(username, not active))

        self._session.tasks.command(
            self, lambda: accounts.set_active(counter, actor, username, active), done, self._trouble
        )

    def share(self) -> None:
        """Let the account of this counter sign in at every counter."""
        if (chosen := self.chosen) is not None:
            counter, actor, username = self._session.counter, self._session.actor, chosen.username
            self._session.tasks.command(
                self, lambda: accounts.share(counter, actor, username),
                lambda _none: self._note.say("good", "บัญชีนี้ใช้ได้ทุกเครื่องของหน่วยงานแล้ว"), self._trouble,
            )  # fmt: skip

    def _open(self, dialog: AddDialog | ChangeDialog | PasswordDialog | RightsDialog, told: str) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self._note.say("good", told))
        dialog.open()

    def _trouble(self, error: Exception) -> None:
        if not isinstance(error, CounterError):
            faults.record(error)
        self._note.say(*faults.words(error))

    def _changed(self, changes: Changes) -> None:
        if self.isVisible() and changes.kinds & TOUCHED:
            self.refresh()


class AdminsPanel(PeoplePanel):
    """รายชื่อผู้ดูแลระบบ."""

    ROLE, TITLE, ADD = "admin", "รายชื่อผู้ดูแลระบบ", "เพิ่มผู้ดูแล"
    NOBODY = "ยังไม่มีผู้ดูแลระบบ"


class UsersPanel(PeoplePanel):
    """รายชื่อผู้ใช้งาน."""

    ROLE, TITLE, ADD = "user", "รายชื่อผู้ใช้งาน", "เพิ่มผู้ใช้งาน"
    NOBODY = "ยังไม่มีผู้ใช้งาน กด Ctrl+N เพื่อเพิ่มคนแรก"


def _cells(place: int, one: Account) -> tuple[str, ...]:
    name = f"{one.full_name}\nผู้ดูแลระบบหลัก" if one.root else one.full_name
    return str(place), one.username, name, one.position or "-", one.division_name or "-", one.state
