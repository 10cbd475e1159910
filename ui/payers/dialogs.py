"""Dialogs of the payers' page: an entry of the register, the end of a business, an order that waives, a CSV file."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QWidget

from app.domain import citizen_id, money, thai_date
from app.domain.errors import Refused, Unavailable
from app.services import payer_import, payers, waivers
from app.services.payer_cases import PayerCase
from app.services.payer_import import Plan
from app.services.payers import Payer
from ui.cashier.dialogs import MoneyDialog
from ui.payers.entry import said
from ui.ports import Session
from ui.widgets.fields import Chooser, FieldRow
from ui.widgets.labels import ThaiLabel

DAY = "เช่น 20/11/2569 หรือ 20 พ.ย. 69"
MORE = {
    "tax_id": ("เลขประจำตัวผู้เสียภาษี", "13 หลัก เว้นว่างได้"),
    "phone": ("โทรศัพท์", ""),
    "active_from": ("เริ่มกิจการ", DAY),
    "active_to": ("เลิกกิจการ", "เว้นว่างถ้ายังประกอบกิจการ"),
    "rooms_total": ("จำนวนห้องพัก", ""),
}
HIDDEN = ("tax_id", "phone")
AS_IT_IS, CLEAR = "(คงเดิม พิมพ์ใหม่เพื่อแก้ พิมพ์ - เพื่อลบ)", "-"
MOST_SHOWN = 2_000


class _Dialog(MoneyDialog):
    """F9 does it."""

    def line(self, key: str, label: str, text: str = "", help_text: str = "", *, required: bool = False) -> QLineEdit:
        """Add a field of one line."""
        control = QLineEdit(text)
        self.add(FieldRow(key, label, control, help_text, required=required))
        return control

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F9 does it, Enter goes on, Esc leaves."""
        if event.key() == Qt.Key.Key_F9:
            self.do.click()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.focusNextPrevChild(True)
        else:
            super().keyPressEvent(event)


class EntryDialog(_Dialog):
    """A payer that is entered, or whose entry is put right; only what was touched is written."""

    def __init__(self, session: Session, parent: QWidget, kinds: Sequence[str], payer: Payer | None = None) -> None:
        super().__init__(session, parent, "แก้ไขทะเบียน" if payer else "เพิ่มผู้เสียภาษี", "บันทึก")
        self.payer = payer
        self.kind = Chooser()
        for kind in kinds if payer is None else (payer.kind,):
            self.kind.addItem(payers.KINDS[kind], kind)
        self.lines: dict[str, QLineEdit] = {}
        if payer is None:
            self.add(FieldRow("kind", "ประเภท", self.kind))
            self.lines["code"] = self.line("code", "รหัส", "", "เลขทะเบียนของ อบจ.", required=True)
        else:
            self.box.addWidget(ThaiLabel(f"{payer.kind_text} รหัส {payer.code}", role="strong"))
        self._was = {key: _shown(key, payer.document.get(key, "") if payer else "") for key in (*payers.TEXTS, *MORE)}
        for key, (label, _most) in payers.TEXTS.items():
            self.lines[key] = self.line(key, label, self._was[key], required=key == "name")
        for key, (label, told) in MORE.items():
            self.lines[key] = self.line(key, label, self._was[key], told)
            if payer is not None and key in HIDDEN and payer.document.get(key) and not self._was[key]:
                self.lines[key].setPlaceholderText(f"{said(key, payer.document[key])} {AS_IT_IS}")
        self._fit()
        self.kind.currentIndexChanged.connect(self._fit)
        self.finish(520, 640)
        next(iter(self.lines.values())).setFocus()

    def _fit(self) -> None:
        self.rows["rooms_total"].setVisible(self.kind.currentData() == "hotel")

    def changes(self) -> dict[str, Any]:
        """The keys that were touched. Refused where a number of rooms is none."""
        typed = {key: line.text().strip() for key, line in self.lines.items() if key != "code"}
        touched: dict[str, Any] = {key: text for key, text in typed.items() if text != self._was[key].strip()}
        for key in HIDDEN:
            if touched.get(key) == CLEAR:
                touched[key] = ""
        if "rooms_total" in touched:
            text = thai_date.to_arabic_digits(str(touched["rooms_total"])).replace(",", "") or "0"
            if not text.isdigit():
                raise Refused("wrong_type", "จำนวนห้องต้องเป็นจำนวนเต็ม", "เช่น 48", "rooms_total")
            touched["rooms_total"] = int(text)
        return touched

    def work(self) -> Callable[[], object]:
        """Write what was touched."""
        counter, actor, kind, changes = self._session.counter, self._session.actor, str(self.kind.currentData()), {}
        changes = self.changes()
        if self.payer is not None and not changes:
            raise Refused("nothing_to_save", "ไม่มีอะไรเปลี่ยน", "แก้ช่องที่ต้องการก่อน")
        if self.payer is None:
            code = self.lines["code"].text().strip()
            changes.setdefault("name", "")
            return lambda: payers.add(counter, actor, kind, code, changes, new=True)
        code = self.payer.code
        return lambda: payers.add(counter, actor, kind, code, changes, new=False)


def _shown(key: str, value: object) -> str:
    if key.startswith("active_") and value:
        return thai_date.short(thai_date.parse_date(str(value)))
    if key == "phone" or (key == "tax_id" and not str(value).startswith("0")):
        return ""  # a person's: shown masked, typed anew to change it
    if key == "tax_id":
        return citizen_id.formatted(str(value))
    return str(value) if value else ""


class CloseDialog(_Dialog):
    """The day on which a payer gave up the business."""

    def __init__(self, session: Session, parent: QWidget, payer: Payer) -> None:
        super().__init__(session, parent, "เลิกกิจการ", "บันทึกการเลิกกิจการ")
        self._payer = payer
        self.box.addWidget(ThaiLabel(f"{payer.name} รหัส {payer.code}", role="strong"))
        self.box.addWidget(ThaiLabel("เดือนหลังจากวันนี้จะไม่ถูกทวงให้ยื่นแบบ ประวัติทั้งหมดยังอยู่"))
        today = thai_date.local(session.counter.clock.now()).date()
        self.on = self.line("active_to", "วันที่เลิกกิจการ", thai_date.short(today), DAY, required=True)
        self.finish(460, 320)
        self.on.setFocus()
        self.on.selectAll()

    def work(self) -> Callable[[], object]:
        """Enter the day."""
        counter, actor, payer, on = self._session.counter, self._session.actor, self._payer, self.on.text()
        return lambda: payers.close(counter, actor, payer.kind, payer.code, on)


class WaiveDialog(_Dialog):
    """An order that waives or reduces what being late has added to a filing."""

    def __init__(self, session: Session, parent: QWidget, case: PayerCase) -> None:
        super().__init__(session, parent, "คำสั่งงดหรือลดเงินเพิ่ม", "บันทึกคำสั่ง")
        self._case = case
        self.box.addWidget(ThaiLabel(f"{case.service_name} {case.month_text} เลขที่ {case.number}", role="strong"))
        self.what = Chooser()
        for code, name in waivers.WHAT.items():
            self.what.addItem(name, code)
        self.add(FieldRow("what", "ลด", self.what))
        self.amount = self.line("amount", "จำนวนเงิน (บาท)", required=True)
        self.order = self.line("order_number", "คำสั่งเลขที่", required=True)
        self.ordered_on = self.line("ordered_on", "ลงวันที่", "", DAY, required=True)
        self.approver = self.line("approver", "ผู้อนุมัติ", required=True)
        self.reason = self.line("reason", "เหตุผล", required=True)
        self.finish(480, 560)
        self.amount.setFocus()

    def work(self) -> Callable[[], object]:
        """Enter the order."""
        counter, actor, number = self._session.counter, self._session.actor, self._case.number
        what, satang = str(self.what.currentData()), money.parse_baht(self.amount.text(), field="amount")
        order, ordered_on = self.order.text(), self.ordered_on.text()
        approver, reason = self.approver.text(), self.reason.text()
        return lambda: waivers.grant(
            counter, actor, number, what, satang,
            order_number=order, ordered_on=ordered_on, approver=approver, reason=reason,
        )  # fmt: skip


class ImportDialog(_Dialog):
    """A CSV file looked at line by line; F9 takes it over when no line is wrong."""

    def __init__(self, session: Session, parent: QWidget, kinds: Sequence[str], path: Path) -> None:
        super().__init__(session, parent, "นำเข้าทะเบียนจาก CSV", "นำเข้าทั้งหมด")
        self._path = path
        self._plan: Plan | None = None
        self.kind = Chooser()
        for kind in kinds:
            self.kind.addItem(payers.KINDS[kind], kind)
        self.add(FieldRow("kind", "เป็นทะเบียนของ", self.kind))
        self.told = ThaiLabel(f"กำลังตรวจ {path.name} …", role="strong")
        self.list = QListWidget()
        self.list.setAccessibleName("ผลการตรวจทีละบรรทัด")
        self.list.setWordWrap(True)
        self.list.setMinimumHeight(session.look.pixels(260))
        self.box.addWidget(self.told)
        self.box.addWidget(self.list)
        self.finish(640, 620)
        self.do.setEnabled(False)
        self.kind.currentIndexChanged.connect(self.look_at)
        self.look_at()

    def look_at(self) -> None:
        """Look at the file on a worker thread; nothing is written."""
        counter, kind, path = self._session.counter, str(self.kind.currentData()), self._path
        self._plan = None
        self.do.setEnabled(False)
        self.error.hide()

        def read() -> Plan:
            try:
                content = path.read_bytes()
            except OSError:
                raise Unavailable("input_file", "อ่านไฟล์ไม่ได้", "ตรวจว่าไฟล์ยังอยู่ และไม่ได้เปิดค้างในโปรแกรมอื่น") from None
            return payer_import.plan(counter, kind, content)

        self._session.tasks.query(self, read, self._show, self._unreadable, topic="import")

    def _show(self, plan: Plan) -> None:
        self._plan = plan
        said = "  ".join(f"{name} {plan.count(state):,}" for state, name in payer_import.STATES.items())
        wrong = plan.count(payer_import.WRONG)
        self.told.show_text(f"{said}\n{'แก้บรรทัดที่ผิดในไฟล์ แล้วเลือกใหม่' if wrong else 'ตรวจแล้ว กด F9 เพื่อนำเข้า'}")
        order = {payer_import.WRONG: 0, payer_import.CHANGED: 1, payer_import.NEW: 2, payer_import.SAME: 3}
        self.list.clear()
        for row in sorted(plan.rows, key=lambda row: order[row.state])[:MOST_SHOWN]:
            mark = "▲ " if row.state == payer_import.WRONG else ""
            head = f"{mark}บรรทัดที่ {row.line} {payer_import.STATES[row.state]} {row.code} {row.name}".rstrip()
            self.list.addItem(f"{head}\n{row.message}".rstrip())
        self.do.setEnabled(not wrong and bool(plan.rows))

    def _unreadable(self, error: Exception) -> None:
        self.list.clear()
        self.told.show_text("ไฟล์นี้นำเข้าไม่ได้")
        self.tell(error)
        self.do.setEnabled(False)

    def work(self) -> Callable[[], object]:
        """Take the lines over, all in one transaction."""
        counter, actor, plan = self._session.counter, self._session.actor, self._plan
        if plan is None:
            raise Refused("csv_empty", "ยังตรวจไฟล์ไม่เสร็จ", "รอสักครู่")
        return lambda: payer_import.carry_out(counter, actor, plan)
