"""Who files for a month: payers who have not, with reminders to print, and the register found by code or name.

Entries are added, put right, closed and imported here; each has its filings, payments and past beside it.
"""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.catalog.filings import MONTHLY
from app.domain import ordinance, thai_date
from app.domain.errors import CounterError, Unavailable
from app.services import late_payers, payer_import, payers
from app.services.counter import Counter
from app.services.late_payers import LatePayer
from app.services.office_papers import Reminders
from app.services.payer_cases import PayerCase
from app.services.payers import Payer
from ui.campaign.paper_files import PaperFiles
from ui.office_clock import FiledOnDialog
from ui.payers import entry
from ui.payers.dialogs import CloseDialog, EntryDialog, ImportDialog, WaiveDialog
from ui.payers.entry import EntryPanel, Known
from ui.ports import Session
from ui.style import GAP, NEAR, WIDE
from ui.widgets.fields import Action, Chooser, FieldRow
from ui.widgets.labels import ThaiLabel
from ui.widgets.layouts import Card, FlowLayout
from ui.widgets.notes import Note

EVERYBODY_FILED = "ยื่นครบทุกรายแล้วในเดือนนี้"
NOBODY_FOUND = "ไม่พบในทะเบียน ลองบางส่วนของชื่อหรือรหัส"
NOBODY_YET = "ทะเบียนยังว่าง กด “เพิ่ม…” หรือ “นำเข้า CSV…” หรือรับแบบระเบียนโรงแรม"
_WHAT = Qt.ItemDataRole.UserRole


class PayersPage(QWidget):
    """Left: who is late, or what was searched for. Right: the entry, its filings and its past."""

    case_wanted = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.note = Note()
        self.files = PaperFiles(self, session, self.note)
        self.late: list[LatePayer] = []
        self.ask_file: Callable[[], str] = self._ask_file
        self._services = [one for one in session.counter.catalog.values() if one.filing.rule in MONTHLY]
        self._build()

    def _build(self) -> None:
        self.search = QLineEdit()
        self.search.setMaxLength(200)
        self.search.setAccessibleName("ค้นทะเบียนผู้เสียภาษี")
        self.search.setPlaceholderText("ค้นทะเบียนด้วยรหัสหรือชื่อ (ว่าง = ผู้ที่ยังไม่ยื่น)")
        self.search.textEdited.connect(self._ask)
        self.service = Chooser()
        self.service.addItem("ทุกแบบ", "")
        for service in self._services:
            self.service.addItem(service.short_name, service.code)
        self.service.activated.connect(self._ask)
        self.month = QLineEdit()
        self.month.setMaxLength(20)
        self.month.editingFinished.connect(self._ask)
        self.month_row = FieldRow("month", "เดือน (เช่น 6/2569)", self.month)
        self.list = QListWidget()
        self.list.setAccessibleName("ผู้เสียภาษี")
        self.list.setWordWrap(True)
        self.list.currentItemChanged.connect(self._chosen)
        self._told = ThaiLabel(role="small")
        self.save = Action("บันทึกหนังสือเตือนเป็น PDF…", key="Ctrl+S")
        self.print = Action("พิมพ์หนังสือเตือน", key="Ctrl+R")
        for key, button in (("Ctrl+S", self.save), ("Ctrl+R", self.print)):
            QShortcut(QKeySequence(key), self).activated.connect(button.click)
        self.save.clicked.connect(lambda: self.files.save(self._reminders, "หนังสือเตือน", ".pdf"))
        self.print.clicked.connect(lambda: self.files.print(self._reminders, "หนังสือเตือน"))
        self.add = Action("เพิ่ม…", key="Ctrl+N")
        self.take_over = Action("นำเข้า CSV…", key="Ctrl+I")
        self.form = Action("แบบไฟล์ CSV…", role="quiet", tip="บันทึกไฟล์เปล่าที่มีหัวคอลัมน์ไว้กรอกใน Excel")
        self.add.clicked.connect(self.begin_new)
        self.take_over.clicked.connect(self.import_file)
        self.form.clicked.connect(self._save_form)
        for key, button in (("Ctrl+N", self.add), ("Ctrl+I", self.take_over)):
            QShortcut(QKeySequence(key), self).activated.connect(button.click)
        choice = QHBoxLayout()
        choice.setSpacing(NEAR)
        choice.addWidget(FieldRow("service", "แบบ", self.service), 2)
        choice.addWidget(self.month_row, 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.print)
        buttons.addWidget(self.save)
        buttons.addStretch(1)
        left = QWidget()
        box = QVBoxLayout(left)
        box.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        box.setSpacing(GAP)
        change = QWidget()
        row = FlowLayout(change)
        row.setContentsMargins(0, 0, 0, 0)
        for button in (self.add, self.take_over, self.form):
            row.addWidget(button)
        for widget in (change, self.search):
            box.addWidget(widget)
        box.addLayout(choice)
        box.addWidget(self._told)
        box.addWidget(self.list, 1)
        box.addLayout(buttons)
        self.entry = EntryPanel()
        self.entry.edit_wanted.connect(self.edit)
        self.entry.close_wanted.connect(self.close_business)
        self.entry.remind_wanted.connect(self._remind_one)
        self.entry.waive_wanted.connect(self.waive)
        self.entry.date_wanted.connect(self.correct_date)
        self.entry.case_wanted.connect(self.case_wanted)
        right = self.entry
        keys = (
            ("F2", self.entry.edit),
            ("F4", self.entry.end),
            ("F6", self.entry.remind),
            ("F7", self.entry.waive),
            ("F8", self.entry.date),
        )
        for key, button in keys:
            QShortcut(QKeySequence(key), self).activated.connect(button.click)
        columns = QHBoxLayout()
        columns.setSpacing(WIDE)
        columns.addWidget(Card(left), 1)
        columns.addWidget(Card(right), 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(WIDE, WIDE, WIDE, WIDE)
        whole.addWidget(self.note)
        whole.addLayout(columns, 1)

    def focus_search(self) -> None:
        """The focus to the search line."""
        self.search.setFocus()
        self.search.selectAll()

    def showEvent(self, event: QShowEvent) -> None:
        """Last month, unless another one was chosen."""
        super().showEvent(event)
        if not self.month.text():
            today = thai_date.local(self._session.counter.clock.now()).date()
            last = ordinance.previous_month(today.replace(day=1))
            self.month.setText(f"{last.month}/{last.year + 543}")
        self._ask()

    def _ask(self) -> None:
        counter, text, service = self._session.counter, self.search.text().strip(), str(self.service.currentData())
        month = self.month.text()
        self.month_row.clear_error()
        if text:
            kinds = [one.filing.payer for one in self._services if service in ("", one.code)]
            self._session.tasks.query(
                self, lambda: [one for kind in kinds for one in payers.find(counter, kind, text)], self._found,
                self._wrong, topic="payers",
            )  # fmt: skip
            return
        self._session.tasks.query(
            self, lambda: _late_of(counter, month, service), self._late, self._wrong, topic="payers"
        )

    def _found(self, found: list[Payer]) -> None:
        self.late = []
        rows = [(f"{one.code}  {one.name}", f"{one.kind_text} {one.document.get('address', '')}", one) for one in found]
        self._show(rows, f"พบ {len(rows):,} ราย" if rows else NOBODY_FOUND)
        if len(rows) == 1:
            self.list.setCurrentRow(0)

    def _late(self, answer: tuple[list[LatePayer], bool]) -> None:
        found, anybody = answer
        self.late = found
        rows = [
            (
                f"{one.payer.code}  {one.payer.name}",
                f"{one.service_name}  {f'เกินกำหนด {one.days_late:,} วัน' if one.days_late else 'ยังไม่ครบกำหนด'}",
                one.payer,
            )
            for one in found
        ]
        self._show(rows, f"ยังไม่ยื่น {len(rows):,} ราย" if rows else EVERYBODY_FILED if anybody else NOBODY_YET)

    def _show(self, rows: list[tuple[str, str, Payer]], told: str) -> None:
        before = self.list.currentItem().data(_WHAT) if self.list.currentItem() is not None else None
        self.list.clear()
        self.entry.show_known(None)
        for title, below, payer in rows:
            item = QListWidgetItem(f"{title}\n{below}")
            item.setData(_WHAT, payer)
            self.list.addItem(item)
            if before is not None and (before.kind, before.code) == (payer.kind, payer.code):
                self.list.setCurrentItem(item)
        self._told.show_text(told)
        for button in (self.save, self.print):
            button.setEnabled(bool(self.late))

    def _chosen(self, item: QListWidgetItem | None) -> None:
        payer = item.data(_WHAT) if item is not None else None
        if isinstance(payer, Payer):
            self.show_payer(payer.kind, payer.code)

    def show_payer(self, kind: str, code: str) -> None:
        """Read one payer and show it at the right."""
        counter = self._session.counter
        self._session.tasks.query(
            self, lambda: entry.read(counter, kind, code), self._tell, self._wrong, topic="payer"
        )  # fmt: skip

    def _tell(self, known: Known) -> None:
        late = any((one.payer.kind, one.payer.code) == (known.payer.kind, known.payer.code) for one in self.late)
        self.entry.show_known(known, late=late)

    # changing the register ---------------------------------------------------------------------------------------

    @property
    def _kinds(self) -> list[str]:
        return list(dict.fromkeys(one.filing.payer for one in self._services))

    def _open(self, dialog: QDialog, done: Callable[[], None]) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(done)
        dialog.open()

    def begin_new(self) -> None:
        """Ctrl+N: a payer that is not in the register."""
        dialog = EntryDialog(self._session, self, self._kinds)
        self._open(dialog, lambda: self._entered(dialog.result_value))

    def _entered(self, payer: object) -> None:
        assert isinstance(payer, Payer)
        self.note.say("good", f"เพิ่ม {payer.name} รหัส {payer.code} แล้ว")
        self.search.setText(payer.code)
        self._ask()

    def edit(self) -> None:
        """F2: put the entry right; the note takes it back."""
        if self.entry.known is not None:
            before = self.entry.known.payer
            dialog = EntryDialog(self._session, self, (before.kind,), before)
            self._open(dialog, lambda: self._changed(before, dialog.result_value, "แก้ไขทะเบียนแล้ว"))

    def close_business(self) -> None:
        """F4: the business was given up."""
        if self.entry.known is not None:
            before = self.entry.known.payer
            dialog = CloseDialog(self._session, self, before)
            self._open(dialog, lambda: self._changed(before, dialog.result_value, "บันทึกการเลิกกิจการแล้ว"))

    def _changed(self, before: Payer, after: object, told: str) -> None:
        assert isinstance(after, Payer)
        changes = payers.differences(before.document, after.document)
        back = {key: was if was is not None else (0 if key == "rooms_total" else "") for key, was, _now in changes}
        self.note.say("good", told, after.name, "เลิกทำ", partial(self._undo, after, back))
        self._again(after)

    def _undo(self, payer: Payer, back: Mapping[str, Any]) -> None:
        counter, actor = self._session.counter, self._session.actor
        self._session.tasks.command(
            self, lambda: payers.add(counter, actor, payer.kind, payer.code, back, new=False), self._undone, self._wrong
        )

    def _undone(self, payer: Payer) -> None:
        self.note.say("good", "กลับไปเป็นอย่างเดิมแล้ว", payer.name)
        self._again(payer)

    def _again(self, payer: Payer) -> None:
        self._ask()
        self.show_payer(payer.kind, payer.code)

    def waive(self, case: PayerCase) -> None:
        """F7: an order that reduces what being late has added to a filing."""
        dialog = WaiveDialog(self._session, self, case)
        self._open(dialog, lambda: self.note.say("good", f"บันทึกคำสั่งของ {case.number} แล้ว"))

    def correct_date(self, number: str) -> None:
        """F8: on which day a filing really came in."""
        dialog = FiledOnDialog(self._session, self, number)
        self._open(dialog, lambda: self.note.say("good", f"แก้วันที่ยื่นของ {number} แล้ว"))

    def import_file(self) -> None:
        """Ctrl+I: payers from a CSV file, looked at first."""
        name = self.ask_file()
        if name:
            dialog = ImportDialog(self._session, self, self._kinds, Path(name))
            self._open(dialog, lambda: self._imported(dialog.result_value))

    def _imported(self, count: object) -> None:
        self.note.say("good", f"นำเข้าแล้ว {count} ราย")
        self._ask()

    def _ask_file(self) -> str:
        return QFileDialog.getOpenFileName(self, "เลือกไฟล์ทะเบียน", "", "CSV (*.csv *.txt)")[0]

    def _save_form(self) -> None:
        name = self.files.ask(self, "ทะเบียนผู้เสียภาษี.csv", "CSV (*.csv)")
        if not name:
            return

        def write() -> None:
            try:
                Path(name).write_bytes(payer_import.sample())
            except OSError:
                raise Unavailable("out_folder", "เขียนไฟล์ลงโฟลเดอร์นั้นไม่ได้", "เลือกโฟลเดอร์อื่น หรือตรวจพื้นที่ดิสก์") from None

        self._session.tasks.query(
            self, write, lambda _none: self.note.say("good", f"บันทึก {Path(name).name} แล้ว"), self._wrong, topic="form"
        )

    # paper -------------------------------------------------------------------------------------------------------

    def _remind_one(self) -> None:
        """F6: the reminder to the payer who is chosen."""
        known = self.entry.known
        if known is None:
            return
        late = tuple(
            one for one in self.late if (one.payer.kind, one.payer.code) == (known.payer.kind, known.payer.code)
        )
        counter = self._session.counter
        today = thai_date.local(counter.clock.now()).date()
        if late:
            self.files.print(lambda: Reminders(late, counter.office, today), f"หนังสือเตือน {known.payer.name} ")

    def _reminders(self) -> Reminders:
        counter = self._session.counter
        return Reminders(tuple(self.late), counter.office, thai_date.local(counter.clock.now()).date())

    def _wrong(self, error: Exception) -> None:
        if isinstance(error, CounterError) and error.field == "month":
            self.month_row.show_error(error.title, error.hint)
        else:
            self.files.trouble(error)


def _late_of(counter: Counter, month: str, service: str) -> tuple[list[LatePayer], bool]:
    """Who is late, and whether anybody is in the register at all."""
    return late_payers.listing(counter, late_payers.month_of(month), service), bool(payers.listing(counter, limit=1))
