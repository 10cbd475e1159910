"""Appointment orders: the list, with its end told in advance; a new one with its file; the list as paper."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QCheckBox, QListWidget, QListWidgetItem, QWidget

from app.domain import thai_date
from app.domain.errors import CounterError, Unavailable
from app.services import accounts, appointments
from app.services.appointments import Order
from app.services.model import Changes
from ui import faults
from ui.accounts.people import TOUCHED
from ui.campaign.dialogs import DAY, FormDialog
from ui.campaign.paper_files import PaperFiles
from ui.campaign.rows import FilesToAdd, ask_folder, read_files
from ui.ports import Session
from ui.widgets.fields import Action, FieldRow
from ui.widgets.labels import ThaiLabel
from ui.widgets.listing import Act, lay_out
from ui.widgets.notes import Note
from ui.widgets.table import Table

COLUMNS = (("เลขที่คำสั่ง", 0), ("ลงวันที่", 0), ("ผู้ได้รับแต่งตั้ง", 4), ("มีผล", 3), ("สถานะ", 2), ("ไฟล์", 2))
NONE = "ยังไม่มีคำสั่งแต่งตั้ง กด Ctrl+N เพื่อบันทึกคำสั่งแรกพร้อมไฟล์"
REQUIRED = "หน่วยงานกำหนดให้ผู้ใช้ต้องมีคำสั่งที่มีผล จึงเข้าใช้ได้"
OPTIONAL = "คำสั่งเก็บไว้เป็นหลักฐาน ผู้ใช้เข้าใช้ได้แม้ยังไม่มีคำสั่ง เปลี่ยนได้ในหน้าตั้งค่า (Ctrl+Shift+0)"
Found = tuple[list[Order], dict[str, str]]


class OrdersPanel(QWidget):
    """Every order, the newest first."""

    def __init__(self, session: Session, note: Note, files: PaperFiles) -> None:
        super().__init__()
        self._session, self._note, self._files = session, note, files
        self.found: dict[str, Order] = {}
        self.people: dict[str, str] = {}
        self.table = Table("คำสั่งแต่งตั้ง", COLUMNS)
        self.told = ThaiLabel(role="small")
        self.add = Action("เพิ่มคำสั่ง…", role="primary", key="Ctrl+N")
        self.edit = Action("แก้ไข…", key="Enter")
        self.revoke = Action("ยกเลิกคำสั่ง", key="Ctrl+Delete")
        self.copy = Action("บันทึกไฟล์คำสั่ง…", tip="เขียนไฟล์ของคำสั่งที่เลือกลงโฟลเดอร์")
        self.paper = Action("พิมพ์ทะเบียน", key="Ctrl+R")
        self.pdf = Action("PDF", key="Ctrl+S", tip="บันทึกทะเบียนคำสั่งเป็น PDF")
        self.ask_folder = ask_folder
        self.setFocusProxy(self.table)
        self._build()

    def _build(self) -> None:
        counter = self._session.counter

        def paper() -> appointments.OrderList:
            return appointments.order_list(counter, self._session.actor)

        acts: tuple[Act, ...] = (
            (self.add, "", self.begin_request),
            (self.edit, "", self.change),
            (self.revoke, "Ctrl+Delete", self.end),
            (self.copy, "", self.save_files),
            (self.paper, "Ctrl+R", lambda: self._files.print(paper, "ทะเบียนคำสั่ง")),
            (self.pdf, "Ctrl+S", lambda: self._files.save(paper, "appointment-orders", ".pdf")),
        )
        lay_out(self, "คำสั่งแต่งตั้ง", self.told, self.table, acts)
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

        def ask() -> Found:
            people = {one.username: one.full_name for one in accounts.listing(counter, actor)}
            return appointments.listing(counter, actor), people

        self._session.tasks.query(self, ask, self._show, self._trouble, topic="orders")

    def _show(self, found: Found) -> None:
        orders, self.people = found
        self.found = {order.key: order for order in orders}
        self.table.show_rows([(order.key, self._cells(order)) for order in orders])
        required, _days = appointments.settings(self._session.counter)
        self.told.show_text(
            f"{REQUIRED if required else OPTIONAL}" if orders else f"{NONE} · {REQUIRED}" if required else NONE
        )
        self._offer()

    def _cells(self, order: Order) -> tuple[str, ...]:
        until = thai_date.short(order.until) if order.until else "ไม่มีกำหนด"
        return (
            order.number,
            thai_date.short(order.ordered_on),
            "\n".join(self.people.get(name, name) for name in order.persons),
            f"{thai_date.short(order.since)} ถึง {until}",
            self._state(order),
            "\n".join(file.name for file in order.files) or "-",
        )

    def _state(self, order: Order) -> str:
        today = appointments.today(self._session.counter)
        _required, days = appointments.settings(self._session.counter)
        if order.revoked:
            return "ยกเลิก"
        if order.until is not None and order.until < today:
            return "สิ้นสุดแล้ว"
        if order.since > today:
            return "ยังไม่เริ่ม"
        if order.until is not None and (left := (order.until - today).days) <= days:
            return f"▲ อีก {left} วันสิ้นสุด"
        return "มีผล"

    def _offer(self) -> None:
        chosen = self.found.get(self.table.key)
        self.edit.setEnabled(chosen is not None)
        self.revoke.setEnabled(chosen is not None and not chosen.revoked)
        self.copy.setEnabled(chosen is not None and bool(chosen.files))

    # what may be done -----------------------------------------------------------------------------------------

    def begin_request(self) -> None:
        """Ctrl+N: a new order."""
        self._open(OrderDialog(self._session, self, self.people))

    def change(self) -> None:
        """Enter: the marked order."""
        if (chosen := self.found.get(self.table.key)) is not None:
            self._open(OrderDialog(self._session, self, self.people, chosen))

    def _open(self, dialog: "OrderDialog") -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self._note.say("good", "บันทึกคำสั่งแต่งตั้งแล้ว"))
        dialog.open()

    def end(self) -> None:
        """Ctrl+Delete: the order appoints nobody any more."""
        counter, actor, key = self._session.counter, self._session.actor, self.table.key
        if key:
            self._session.tasks.command(
                self, lambda: appointments.revoke(counter, actor, key),
                lambda _none: self._note.say("good", "ยกเลิกคำสั่งแล้ว", "คำสั่งยังอยู่ในทะเบียน"), self._trouble,
            )  # fmt: skip

    def save_files(self) -> None:
        """Write the files of the marked order into a folder."""
        chosen = self.found.get(self.table.key)
        folder = self.ask_folder(self) if chosen is not None else ""
        if chosen is None or not folder:
            return
        counter, actor, order = self._session.counter, self._session.actor, chosen

        def write() -> int:
            for file in order.files:
                content = appointments.content(counter, actor, order.key, file.sha256)
                try:
                    (Path(folder) / file.name).write_bytes(content)
                except OSError:
                    raise Unavailable("out_folder", "เขียนไฟล์ลงโฟลเดอร์นั้นไม่ได้", "เลือกโฟลเดอร์อื่น หรือตรวจพื้นที่ดิสก์") from None
            return len(order.files)

        self._session.tasks.query(
            self, write, lambda count: self._note.say("good", f"เขียนไฟล์แล้ว {count} ไฟล์"), self._trouble, topic="files"
        )

    def _trouble(self, error: Exception) -> None:
        if not isinstance(error, CounterError):
            faults.record(error)
        self._note.say(*faults.words(error))

    def _changed(self, changes: Changes) -> None:
        if self.isVisible() and changes.kinds & TOUCHED:
            self.refresh()


class OrderDialog(FormDialog):
    """An order: number, date, persons, from when until when, file."""

    def __init__(self, session: Session, parent: QWidget, people: dict[str, str], order: Order | None = None) -> None:
        super().__init__(session, parent, "คำสั่งแต่งตั้ง", "บันทึกคำสั่ง")
        self._key = order.key if order else ""
        day = thai_date.short
        self.number = self.line("number", "เลขที่คำสั่ง", order.number if order else "", required=True)
        self.ordered_on = self.line("ordered_on", "ลงวันที่", day(order.ordered_on) if order else "", DAY, required=True)
        self.persons = QListWidget()
        self.persons.setAccessibleName("ผู้ได้รับแต่งตั้ง")
        for username, name in people.items():
            item = QListWidgetItem(f"{name} ({username})")
            item.setData(Qt.ItemDataRole.UserRole, username)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            chosen = order is not None and username in order.persons
            item.setCheckState(Qt.CheckState.Checked if chosen else Qt.CheckState.Unchecked)
            self.persons.addItem(item)
        self.persons.setMinimumHeight(session.look.pixels(110))
        self.add(FieldRow("persons", "ผู้ได้รับแต่งตั้ง (กด Space เพื่อเลือก)", self.persons, required=True))
        self.since = self.line("since", "มีผลตั้งแต่", day(order.since) if order else "", DAY, required=True)
        until = day(order.until) if order and order.until else ""
        self.until = self.line("until", "สิ้นสุดวันที่ (เว้นว่างถ้าไม่มีกำหนด)", until, DAY)
        self.revoked = QCheckBox("ยกเลิกคำสั่งนี้แล้ว")
        self.revoked.setChecked(order is not None and order.revoked)
        self.revoked.setVisible(order is not None)
        self.box.addWidget(self.revoked)
        self.files = FilesToAdd("แนบไฟล์คำสั่ง…")
        self.add(FieldRow("files", "ไฟล์คำสั่ง (PDF หรือภาพ ไม่เกิน 5 MB)", self.files, required=order is None))
        self.finish(480, 640)

    def work(self) -> Callable[[], object]:
        """Save the order with its file."""
        assert self.files is not None
        counter, actor, key, paths = self._session.counter, self._session.actor, self._key, list(self.files.paths)
        number, ordered, since, until = (
            field.text().strip() for field in (self.number, self.ordered_on, self.since, self.until)
        )
        revoked = self.revoked.isChecked()
        items = (self.persons.item(place) for place in range(self.persons.count()))
        persons = [
            str(item.data(Qt.ItemDataRole.UserRole)) for item in items if item.checkState() == Qt.CheckState.Checked
        ]
        return lambda: appointments.save(
            counter, actor, key, number=number, ordered_on=ordered, persons=persons, since=since, until=until,
            revoked=revoked, files=read_files(paths),
        )  # fmt: skip
