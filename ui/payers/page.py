"""Who files for a month: payers who have not, with reminders to print, and the register found by code or name."""

from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.catalog.filings import MONTHLY
from app.domain import citizen_id, ordinance, phone, thai_date
from app.domain.errors import CounterError
from app.services import late_payers, payers
from app.services.late_payers import LatePayer
from app.services.office_papers import Reminders
from app.services.payers import Change, Payer
from ui.campaign.paper_files import PaperFiles
from ui.ports import Session
from ui.style import GAP, NEAR, WIDE
from ui.widgets.fields import Action, Chooser, FieldRow
from ui.widgets.labels import ThaiLabel, heading
from ui.widgets.layouts import Card, Column
from ui.widgets.notes import Note

EVERYBODY_FILED = "ยื่นครบทุกรายแล้วในเดือนนี้"
NOBODY_FOUND = "ไม่พบในทะเบียน ลองบางส่วนของชื่อหรือรหัส"
LABELS = {key: label for key, (label, _most) in payers.TEXTS.items()} | {
    "tax_id": "เลขผู้เสียภาษี",
    "phone": "โทรศัพท์",
    "active_from": "เริ่มกิจการ",
    "active_to": "เลิกกิจการ",
    "rooms_total": "จำนวนห้อง",
}
_WHAT = Qt.ItemDataRole.UserRole


class PayersPage(QWidget):
    """Left: who is late, or what was searched for. Right: the entry and its past."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.note = Note()
        self.files = PaperFiles(self, session, self.note)
        self.late: list[LatePayer] = []
        self._services = [one for one in session.counter.catalog.values() if one.filing.rule in MONTHLY]
        self._build()

    def _build(self) -> None:
        self.search = QLineEdit()
        self.search.setMaxLength(200)
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
        for widget in (heading("ผู้เสียภาษี"), self.search):
            box.addWidget(widget)
        box.addLayout(choice)
        box.addWidget(self._told)
        box.addWidget(self.list, 1)
        box.addLayout(buttons)
        self._entry = ThaiLabel()
        right = Column()
        right.box.addWidget(self._entry)
        right.box.addStretch(1)
        columns = QHBoxLayout()
        columns.setSpacing(WIDE)
        columns.addWidget(Card(left), 3)
        columns.addWidget(Card(right), 2)
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
            self, lambda: late_payers.listing(counter, late_payers.month_of(month), service), self._late, self._wrong,
            topic="payers",
        )  # fmt: skip

    def _found(self, found: list[Payer]) -> None:
        self.late = []
        rows = [(f"{one.code}  {one.name}", f"{one.kind_text} {one.document.get('address', '')}", one) for one in found]
        self._show(rows, f"พบ {len(rows):,} ราย" if rows else NOBODY_FOUND)

    def _late(self, found: list[LatePayer]) -> None:
        self.late = found
        rows = [
            (
                f"{one.payer.code}  {one.payer.name}",
                f"{one.service_name}  {f'เกินกำหนด {one.days_late:,} วัน' if one.days_late else 'ยังไม่ครบกำหนด'}",
                one.payer,
            )
            for one in found
        ]
        self._show(rows, f"ยังไม่ยื่น {len(rows):,} ราย" if rows else EVERYBODY_FILED)

    def _show(self, rows: list[tuple[str, str, Payer]], told: str) -> None:
        self.list.clear()
        self._entry.show_text("")
        for title, below, payer in rows:
            item = QListWidgetItem(f"{title}\n{below}")
            item.setData(_WHAT, payer)
            self.list.addItem(item)
        self._told.show_text(told)
        for button in (self.save, self.print):
            button.setEnabled(bool(self.late))

    def _chosen(self, item: QListWidgetItem | None) -> None:
        payer = item.data(_WHAT) if item is not None else None
        if not isinstance(payer, Payer):
            return
        counter = self._session.counter
        self._session.tasks.query(
            self, lambda: payers.history(counter, payer.kind, payer.code), lambda past: self._tell(payer, past),
            self._wrong, topic="payer",
        )  # fmt: skip

    def _tell(self, payer: Payer, past: list[Change]) -> None:
        lines = [payer.name, f"{payer.kind_text} รหัส {payer.code}", ""]
        lines += [
            f"{label}: {_said(key, payer.document[key])}" for key, label in LABELS.items() if payer.document.get(key)
        ]
        lines += ["", "ประวัติ"]
        lines += [f"{thai_date.short(thai_date.local(one.at).date())}  {one.document['name']}" for one in past]
        self._entry.show_text("\n".join(lines))

    def _reminders(self) -> Reminders:
        counter = self._session.counter
        return Reminders(tuple(self.late), counter.office, thai_date.local(counter.clock.now()).date())

    def _wrong(self, error: Exception) -> None:
        if isinstance(error, CounterError) and error.field == "month":
            self.month_row.show_error(error.title, error.hint)
        else:
            self.files.trouble(error)


def _said(key: str, value: object) -> str:
    text = str(value)
    if key == "tax_id":
        return citizen_id.formatted(text) if text.startswith("0") else citizen_id.masked(text)
    if key == "phone":
        return phone.masked(text)
    return thai_date.long(date.fromisoformat(text)) if key.startswith("active_") else text
