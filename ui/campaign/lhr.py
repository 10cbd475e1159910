"""LHR: requests to put a record right, and for the HR officer the list of staff with their ThaiD."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from app.domain import thai_date
from app.services import lhr, rights
from app.services.model import Changes
from app.services.office_records import TOUCHED
from ui.campaign.dialogs import AskDialog, PersonDialog
from ui.campaign.paper_files import PaperFiles
from ui.campaign.rows import Rows, ask_folder
from ui.ports import Session
from ui.style import GAP, WIDE
from ui.widgets.fields import Action
from ui.widgets.labels import ThaiLabel, heading
from ui.widgets.layouts import Card, FlowLayout
from ui.widgets.notes import Note

EVERYBODYS = "คำขอของบุคลากรทุกคน"
OWN = "คำขอของท่าน ท่านและผู้ดูแลทะเบียนเท่านั้นที่เห็น โปรแกรมไม่เก็บทะเบียนประวัติ"
NONE = "ยังไม่มีคำขอ ดูข้อมูลของท่านที่ปุ่ม บัญชี › ข้อมูลของฉัน (LHR) แล้วขอแก้รายการที่ผิดได้ทันที"
Found = tuple[list[lhr.Request], lhr.StaffReadiness | None]


class LhrPanel(QWidget):
    """Left: requests. Right, with the right to it: the staff."""

    def __init__(self, session: Session, note: Note, files: PaperFiles) -> None:
        super().__init__()
        self._session, self._note, self._files = session, note, files
        self.requests: list[lhr.Request] = []
        self.people: tuple[lhr.Person, ...] = ()
        self.list, self.staff = Rows("คำขอปรับปรุงทะเบียนประวัติ"), Rows("รายชื่อบุคลากร")
        self.told, self._whose = ThaiLabel(role="small"), ""
        self.ask = Action("ยื่นคำขอ…", role="primary", key="Ctrl+N")
        self.entered = Action("แก้ไขใน LHR แล้ว", tip="ผู้ดูแลทะเบียนแก้ไขแล้ว รอเจ้าของตรวจ")
        self.verified = Action("ยืนยันว่าถูกต้อง", tip="เจ้าของข้อมูลตรวจใน LHR แล้ว")
        self.evidence = Action("บันทึกหลักฐาน…", tip="เขียนหลักฐานลงโฟลเดอร์ การเปิดดูถูกบันทึก")
        self.bar = QProgressBar()
        self.bar.setAccessibleName("ร้อยละของบุคลากรที่ลงทะเบียน ThaiD")
        self.share = ThaiLabel(role="strong")
        self.add = Action("เพิ่ม…")
        self.edit = Action("แก้ไข…", key="Enter")
        self.paper, self.pdf = Action("พิมพ์"), Action("PDF", tip="บันทึกรายชื่อเป็น PDF")
        self.ask_folder = ask_folder
        self.setFocusProxy(self.list)
        self._build()
        self._connect()

    def _build(self) -> None:
        buttons = (self.ask, self.entered, self.verified, self.evidence)
        left = _column("ขอปรับปรุงข้อมูลทะเบียนประวัติ ก.พ.7", self.told, _flow(*buttons), last=self.list)
        begun = f"ตั้งแต่ {thai_date.long(lhr.BEGINS)} บุคลากรทุกคนต้องลงทะเบียน ThaiD จึงเข้าดูทะเบียนประวัติได้"
        self.right = _column(
            "บุคลากรที่ลงทะเบียน ThaiD แล้ว", ThaiLabel(begun, role="small"), self.share, self.bar,
            _flow(self.add, self.edit, self.paper, self.pdf), last=self.staff,
        )  # fmt: skip
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(GAP)
        box.addWidget(left, 1)
        box.addWidget(self.right, 1)

    def _connect(self) -> None:
        counter = self._session.counter
        self.ask.clicked.connect(self.begin_request)
        self.entered.clicked.connect(self.say_entered)
        self.verified.clicked.connect(self.say_verified)
        self.evidence.clicked.connect(self.save_evidence)
        self.list.currentItemChanged.connect(lambda *_: self._offer())
        self.staff.opened.connect(self.edit_person)
        self.edit.clicked.connect(self.edit_person)
        self.add.clicked.connect(lambda: self._open(PersonDialog(self._session, self)))
        self.paper.clicked.connect(
            lambda: self._files.print(lambda: lhr.staff(counter, self._session.actor), "รายชื่อ")
        )  # fmt: skip
        self.pdf.clicked.connect(
            lambda: self._files.save(lambda: lhr.staff(counter, self._session.actor), "lhr-staff", ".pdf")
        )
        self._session.tasks.changed.connect(self._changed)

    def showEvent(self, event: QShowEvent) -> None:
        """As it stands now, for who is signed in."""
        super().showEvent(event)
        officer = rights.may(self._session.actor, rights.HR_RECORDS)
        self.right.setVisible(officer)
        self.entered.setVisible(officer)
        self._whose = EVERYBODYS if officer else OWN
        self.refresh()

    def refresh(self) -> None:
        """Ask anew."""
        counter, actor = self._session.counter, self._session.actor

        def ask() -> Found:
            officer = rights.may(actor, rights.HR_RECORDS)
            return lhr.requests(counter, actor), lhr.staff(counter, actor) if officer else None

        self._session.tasks.query(self, ask, self._show, self._files.trouble, topic="lhr")

    def _changed(self, changes: Changes) -> None:
        if TOUCHED in changes.kinds and self.isVisible():
            self.refresh()

    def _show(self, found: Found) -> None:
        self.requests, staff = found
        self.told.show_text(self._whose if self.requests else f"{self._whose} · {NONE}")
        self.list.show_rows([(one.key, _request_text(one)) for one in self.requests])
        if staff is not None:
            self.people = staff.people
            self.staff.show_rows([(one.key, _person_text(one)) for one in staff.people])
            self.bar.setValue(staff.percent)
            told = f"ลงทะเบียนแล้ว {staff.registered} จาก {len(staff.people)} คน"
            self.share.show_text(told if staff.people else "ยังไม่มีรายชื่อ กด “เพิ่ม…” แล้วใส่บุคลากรทีละคน")
        self._offer()

    def _offer(self) -> None:
        one = self.request
        self.entered.setEnabled(one is not None and one.state == lhr.SUBMITTED)
        self.verified.setEnabled(one is not None and one.state == lhr.ENTERED and one.own)
        self.evidence.setEnabled(one is not None)
        self.edit.setEnabled(bool(self.people))

    @property
    def request(self) -> lhr.Request | None:
        """The marked one."""
        return next((one for one in self.requests if one.key == self.list.key), None)

    # doing ---------------------------------------------------------------------------------------------------

    def begin_request(self) -> None:
        """Ctrl+N: ask for a correction."""
        self._open(AskDialog(self._session, self))

    def edit_person(self) -> None:
        """Enter: change the marked entry."""
        person = next((one for one in self.people if one.key == self.staff.key), None)
        if person is not None:
            self._open(PersonDialog(self._session, self, person))

    def say_entered(self) -> None:
        """The HR officer has put it right."""
        counter, actor, key = self._session.counter, self._session.actor, self.list.key
        self._session.tasks.command(
            self, lambda: lhr.entered(counter, actor, key),
            lambda _none: self._note.say("good", "บันทึกแล้ว รอเจ้าของตรวจ"), self._files.trouble,
        )  # fmt: skip

    def say_verified(self) -> None:
        """The owner has looked."""
        counter, actor, key = self._session.counter, self._session.actor, self.list.key
        self._session.tasks.command(
            self, lambda: lhr.verified(counter, actor, key),
            lambda _none: self._note.say("good", "ขอบคุณ บันทึกว่าข้อมูลถูกต้องแล้ว"), self._files.trouble,
        )  # fmt: skip

    def save_evidence(self) -> None:
        """Write the evidence of the marked request into a folder."""
        one, counter, actor = self.request, self._session.counter, self._session.actor
        folder = self.ask_folder(self) if one is not None else ""
        if one is None or not folder:
            return
        key, wanted = one.key, [(file.name, file.sha256) for file in one.files]

        def write() -> int:
            for name, sha256 in wanted:
                (Path(folder) / name).write_bytes(lhr.content(counter, actor, key, sha256))
            return len(wanted)

        self._session.tasks.command(
            self, write, lambda count: self._note.say("good", f"บันทึก {count} ไฟล์แล้ว"), self._files.trouble
        )

    def _open(self, dialog: AskDialog | PersonDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()


def _request_text(one: lhr.Request) -> str:
    at = thai_date.short(thai_date.local(one.submitted_at).date())
    change = f"{one.old} → {one.new}" if one.old else one.new
    return f"{one.state_text}\n{one.item}: {change}\n{one.requester_name} · {at}"


def _person_text(one: lhr.Person) -> str:
    kind = lhr.EMPLOYEE_TYPES.get(one.employee_type, one.employee_type)
    day = f"ลงทะเบียนแล้ว {thai_date.short(one.registered_on)}" if one.registered_on else "ยังไม่ลงทะเบียน"
    return f"{one.name}\n" + " · ".join(part for part in (day, kind, one.division) if part)


def _column(title: str, *widgets: QWidget, last: QWidget) -> Card:
    inside = QWidget()
    box = QVBoxLayout(inside)
    box.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
    box.setSpacing(GAP)
    box.addWidget(heading(title))
    for widget in widgets:
        box.addWidget(widget)
    box.addWidget(last, 1)
    return Card(inside)


def _flow(*buttons: Action) -> QWidget:
    place = QWidget()
    flow = FlowLayout(place)
    flow.setContentsMargins(0, 0, 0, 0)
    for button in buttons:
        flow.addWidget(button)
    return place
