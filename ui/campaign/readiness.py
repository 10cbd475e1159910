"""What the office has to get ready: the list of the letter, each row opened by Enter."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain import thai_date
from app.services import readiness, rights
from app.services.model import Changes
from app.services.office_records import TOUCHED
from ui.campaign.dialogs import ItemDialog
from ui.campaign.paper_files import PaperFiles
from ui.campaign.rows import Rows, ask_folder
from ui.ports import Session
from ui.style import GAP, WIDE
from ui.widgets.fields import Action
from ui.widgets.labels import ThaiLabel, heading
from ui.widgets.layouts import Card, FlowLayout
from ui.widgets.notes import Note

MARKS = {"good": "•", "bad": "▲", "warn": "▲", "plain": "–"}


class ReadinessPanel(QWidget):
    """One list, and what can be done with it."""

    def __init__(self, session: Session, note: Note, files: PaperFiles) -> None:
        super().__init__()
        self._session, self._note, self._files = session, note, files
        self.found: readiness.Readiness | None = None
        self.told = ThaiLabel(role="strong")
        self.list = Rows("รายการเตรียมความพร้อม")
        self.edit = Action("แก้ไข", role="primary", key="Enter", tip="ผู้รับผิดชอบ กำหนด วันที่เสร็จ และไฟล์")
        self.copies = Action("บันทึกไฟล์แนบ…", tip="เขียนไฟล์แนบของรายการนี้ลงโฟลเดอร์")
        self.paper = Action("พิมพ์")
        self.pdf = Action("PDF", key="Ctrl+S", tip="บันทึกรายการเป็น PDF")
        self.ask_folder = ask_folder
        self.setFocusProxy(self.list)
        self._build()
        self.list.opened.connect(self.open)
        self.edit.clicked.connect(self.open)
        self.copies.clicked.connect(self.save_copies)
        self.list.currentItemChanged.connect(lambda *_: self._offer())
        self.paper.clicked.connect(lambda: self._files.print(lambda: readiness.listing(session.counter), "รายการ"))
        self.pdf.clicked.connect(
            lambda: self._files.save(lambda: readiness.listing(session.counter), "readiness", ".pdf")
        )
        session.tasks.changed.connect(self._changed)

    def _build(self) -> None:
        inside = QWidget()
        box = QVBoxLayout(inside)
        box.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        box.setSpacing(GAP)
        buttons = QWidget()
        flow = FlowLayout(buttons)
        flow.setContentsMargins(0, 0, 0, 0)
        for button in (self.edit, self.copies, self.paper, self.pdf):
            flow.addWidget(button)
        for widget in (heading("เตรียมความพร้อมของหน่วยงาน"), self.told, buttons):
            box.addWidget(widget)
        box.addWidget(self.list, 1)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        outside.addWidget(Card(inside))

    def showEvent(self, event: QShowEvent) -> None:
        """As it stands now."""
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Ask anew."""
        counter = self._session.counter
        self._session.tasks.query(
            self, lambda: readiness.listing(counter), self._show, self._files.trouble, topic="readiness"
        )

    def _changed(self, changes: Changes) -> None:
        if TOUCHED in changes.kinds and self.isVisible():
            self.refresh()

    def _show(self, found: readiness.Readiness) -> None:
        self.found = found
        self.told.show_text(f"เสร็จแล้ว {found.done} จาก {len(found.items)} รายการ")
        self.list.show_rows([(item.code, _text(item)) for item in found.items])
        self._offer()

    def _offer(self) -> None:
        item = self.item
        may = rights.may(self._session.actor, rights.OFFICE_SETTINGS)
        self.edit.setEnabled(item is not None and may)
        self.edit.setToolTip("แก้ไข (Enter)" if may else "เฉพาะผู้มีสิทธิ์ตั้งค่าหน่วยงาน")
        self.copies.setEnabled(item is not None and bool(item.files))

    @property
    def item(self) -> readiness.Item | None:
        """The marked one."""
        items = self.found.items if self.found else ()
        return next((item for item in items if item.code == self.list.key), None)

    def open(self) -> None:
        """Enter: say how the marked item stands."""
        if self.item is None or not self.edit.isEnabled():
            return
        dialog = ItemDialog(self._session, self, self.item)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def save_copies(self) -> None:
        """Write the files of the marked item into a folder."""
        item, counter = self.item, self._session.counter
        folder = self.ask_folder(self) if item is not None and item.files else ""
        if item is None or not folder:
            return
        wanted = [(file.name, file.sha256) for file in item.files]

        def write() -> int:
            for name, sha256 in wanted:
                (Path(folder) / name).write_bytes(readiness.content(counter, item.code, sha256))
            return len(wanted)

        self._session.tasks.query(
            self, write, lambda count: self._note.say("good", f"บันทึก {count} ไฟล์แล้ว"), self._files.trouble,
            topic="copies",
        )  # fmt: skip


def _text(item: readiness.Item) -> str:
    due = f"กำหนด {thai_date.short(item.due_on)}" if item.due_on else ""
    files = f"ไฟล์ {len(item.files)}" if item.files else ""
    below = " · ".join(part for part in (item.state_text, item.owner, due, files) if part)
    return "\n".join(part for part in (f"{MARKS[item.tone]} {item.text}", below, item.note) if part)
