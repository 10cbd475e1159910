"""The bank's payment file: choose it, see it come in, and settle by hand what found no bill."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QFileDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.domain.errors import CounterError
from app.domain.money import formatted
from app.services import bank_files
from app.services.bank_files import Imported, WaitingLine
from ui import faults
from ui.ports import Session
from ui.style import FAR, GAP
from ui.widgets.fields import Action, FieldRow
from ui.widgets.labels import ThaiLabel, heading
from ui.widgets.layouts import FlowLayout

VALUE = Qt.ItemDataRole.UserRole
NOTHING = "ไม่มีรายการธนาคารที่รอจัดการ"


class BankDialog(QDialog):
    """Import, try again, settle."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self.setWindowTitle("ไฟล์รับชำระของธนาคาร")
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.told = ThaiLabel("เลือกไฟล์จากธนาคาร โปรแกรมจะจับคู่กับใบแจ้งชำระและออกใบเสร็จให้ นำเข้าไฟล์เดิมซ้ำไม่มีอะไรเปลี่ยน")
        self.list = QListWidget()
        self.list.setWordWrap(True)
        self.list.setAccessibleName("รายการธนาคารที่รอจัดการ")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.empty = ThaiLabel(NOTHING, role="small")
        self.what = QLineEdit()
        self.row = FieldRow("note", "สิ่งที่ได้ทำกับรายการที่เลือก", self.what, "เช่น โอนคืนแล้ว หรือออกใบเสร็จด้วยมือแล้ว")
        self.error = ThaiLabel(role="error")
        self.error.hide()
        self.choose = Action("F9  เลือกไฟล์…", role="primary", key="F9", tip="เลือกไฟล์รับชำระของธนาคาร")
        self.again = Action("F6  จับคู่อีกครั้ง", key="F6", tip="ลองจับคู่รายการที่รอใหม่ หลังออกใบแจ้งชำระ")
        self.settle = Action("F4  จัดการแล้ว", key="F4", tip="นำรายการที่เลือกออกจากรายการรอ")
        self.leave = Action("ปิด", role="quiet", key="Esc")
        self._build()
        self.choose.clicked.connect(self._choose)
        self.again.clicked.connect(self._try_again)
        self.settle.clicked.connect(self._settle)
        self.leave.clicked.connect(self.reject)
        self._ask()

    def _build(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(FAR, FAR, FAR, FAR)
        box.setSpacing(GAP)
        box.addWidget(heading("ไฟล์รับชำระของธนาคาร"))
        box.addWidget(self.told)
        box.addWidget(self.list, 100)
        for widget in (self.empty, self.row, self.error):
            box.addWidget(widget)
        box.addStretch(1)
        buttons = QWidget()
        flow = FlowLayout(buttons, GAP)
        flow.setContentsMargins(0, 0, 0, 0)
        for button in (self.choose, self.again, self.settle, self.leave):
            flow.addWidget(button)
        box.addWidget(buttons)
        room, look = self.screen().availableGeometry(), self._session.look
        self.resize(min(look.pixels(680), room.width() - 40), min(look.pixels(520), room.height() - 60))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys of the buttons; Enter goes on."""
        keys = {Qt.Key.Key_F9: self.choose, Qt.Key.Key_F6: self.again, Qt.Key.Key_F4: self.settle}
        button = keys.get(Qt.Key(event.key()))
        if button is not None and button.isVisible():
            button.click()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.focusNextChild()
        else:
            super().keyPressEvent(event)

    def _choose(self) -> None:
        chosen, _kind = QFileDialog.getOpenFileName(self, "เลือกไฟล์รับชำระของธนาคาร", "", "*.txt *.dat *.csv (*)")
        if chosen:
            self.import_path(Path(chosen))

    def import_path(self, path: Path) -> None:
        """Bring one file in; a long one takes seconds, the window stays usable."""
        counter, actor = self._session.counter, self._session.actor
        self._busy(True)
        self.told.show_text(f"กำลังนำเข้า {path.name} …")

        def work() -> Imported:
            return bank_files.import_file(counter, actor, path.name, bank_files.read_file(path))

        self._session.tasks.command(self, work, self._imported, self._trouble)

    def _imported(self, done: Imported) -> None:
        if done.again:
            self.told.show_text("ไฟล์นี้นำเข้าแล้ว ไม่มีอะไรเปลี่ยน")
        else:
            told = f"อ่าน {done.lines:,} รายการ  ออกใบเสร็จ {done.matched:,}"
            self.told.show_text(f"{told}  ซ้ำ {done.duplicates:,}  รอจัดการ {done.unmatched:,}")
        self._ask()

    def _try_again(self) -> None:
        counter, actor = self._session.counter, self._session.actor
        self._busy(True)
        self._session.tasks.command(
            self,
            lambda: bank_files.try_again(counter, actor),
            lambda matched: self._told_and_ask(f"จับคู่ได้เพิ่ม {matched:,} รายการ"),
            self._trouble,
        )

    def _settle(self) -> None:
        item = self.list.currentItem()
        line: WaitingLine | None = None if item is None else item.data(VALUE)
        if line is None:
            return
        counter, actor, note = self._session.counter, self._session.actor, self.what.text()
        row = line.row
        self._busy(True)
        self._session.tasks.command(
            self,
            lambda: bank_files.settle(counter, actor, row, note),
            lambda _done: self._told_and_ask("นำรายการออกแล้ว"),
            self._trouble,
        )

    def _told_and_ask(self, text: str) -> None:
        self.told.show_text(text)
        self.what.clear()
        self._ask()

    def _ask(self) -> None:
        counter = self._session.counter
        self._session.tasks.query(self, lambda: bank_files.waiting(counter), self._show, self._trouble, topic="lines")

    def _show(self, found: list[WaitingLine]) -> None:
        self._busy(False)
        self.list.clear()
        for one in found:
            amount = f"{formatted(one.satang)} บาท" if one.satang is not None else one.text.strip()[:60]
            where = f"{one.reason} ({one.file} บรรทัด {one.line:,})"
            item = QListWidgetItem(f"{one.state_text} · {amount}\n{one.ref1} {one.ref2} · {one.paid_on}\n{where}")
            item.setData(VALUE, one)
            self.list.addItem(item)
        if found:
            self.list.setCurrentRow(0)
        self.list.setVisible(bool(found))
        self.empty.setVisible(not found)
        for part in (self.row, self.settle, self.again):
            part.setVisible(bool(found))

    def _busy(self, busy: bool) -> None:
        self.error.hide()
        self.row.clear_error()
        for button in (self.choose, self.again, self.settle):
            button.setEnabled(not busy)

    def _trouble(self, error: Exception) -> None:
        self._busy(False)
        if not isinstance(error, CounterError):
            faults.record(error)
        _tone, title, hint = faults.words(error)
        if getattr(error, "field", None) == "note":
            self.row.show_error(title, hint)
            return
        self.error.show_text(f"▲ {title} {hint}".rstrip())
        self.error.show()
