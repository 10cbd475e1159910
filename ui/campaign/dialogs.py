"""Dialogs of the campaigns' page: how an item of readiness stands, a member of the staff, a request for correction."""

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from app.domain import thai_date, thaid_week
from app.domain.errors import Refused
from app.services import lhr, office_settings, readiness, thaid_campaign, thaid_settings
from ui.campaign.rows import FilesToAdd, read_files
from ui.cashier.dialogs import MoneyDialog
from ui.ports import Session
from ui.widgets.fields import Chooser, FieldRow, LongText
from ui.widgets.labels import ThaiLabel

DAY = "เช่น 20/11/2569 หรือ 20 พ.ย. 69"


class FormDialog(MoneyDialog):
    """F9 does it, Ctrl+O chooses files."""

    files: FilesToAdd | None = None

    def line(self, key: str, label: str, text: str = "", help_text: str = "", *, required: bool = False) -> QLineEdit:
        """Add a field of one line."""
        control = QLineEdit(text)
        self.add(FieldRow(key, label, control, help_text, required=required))
        return control

    def long(self, key: str, label: str, text: str = "", *, required: bool = False) -> LongText:
        """Add a field of several lines."""
        control = LongText(2)
        control.setPlainText(text)
        self.add(FieldRow(key, label, control, required=required))
        return control

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F9, Ctrl+O; Esc leaves."""
        if event.key() == Qt.Key.Key_F9:
            self.do.click()
        elif event.key() == Qt.Key.Key_O and event.modifiers() & Qt.KeyboardModifier.ControlModifier and self.files:
            self.files.add()
        else:
            super().keyPressEvent(event)


class ItemDialog(FormDialog):
    """How an item of readiness stands."""

    def __init__(self, session: Session, parent: QWidget, item: readiness.Item) -> None:
        super().__init__(session, parent, "เตรียมความพร้อม", "บันทึก")
        self._item = item
        self.box.addWidget(ThaiLabel(item.text, role="strong"))
        self.owner = self.line("owner", "ผู้รับผิดชอบ", item.owner)
        self.due_on = self.line("due_on", "กำหนดเสร็จ", _day(item.due_on), DAY)
        self.done_on = self.line("done_on", "วันที่เสร็จ (เว้นว่างถ้ายังไม่เสร็จ)", _day(item.done_on), DAY)
        self.note = self.long("note", "หมายเหตุ", item.note)
        self.files = FilesToAdd("แนบไฟล์…")
        self.add(FieldRow("attachments", "ไฟล์ที่เพิ่ม", self.files))
        self.finish(460, 520)

    def work(self) -> Callable[[], object]:
        """Save all of it."""
        assert self.files is not None
        counter, actor, code, paths = self._session.counter, self._session.actor, self._item.code, self.files.paths
        owner, due, done, note = self.owner.text(), self.due_on.text(), self.done_on.text(), self.note.toPlainText()
        return lambda: readiness.save(
            counter, actor, code, owner=owner, due_on=due, done_on=done, note=note, files=read_files(paths)
        )


class PersonDialog(FormDialog):
    """A member of the staff; a new one without `person`."""

    def __init__(self, session: Session, parent: QWidget, person: lhr.Person | None = None) -> None:
        super().__init__(session, parent, "บุคลากร", "บันทึก")
        self._key = person.key if person else ""
        self.name = self.line("name", "ชื่อ-นามสกุล", person.name if person else "", required=True)
        self.kind = Chooser()
        for code, text in lhr.EMPLOYEE_TYPES.items():
            self.kind.addItem(text, code)
        if person is not None:
            self.kind.setCurrentIndex(max(0, self.kind.findData(person.employee_type)))
        self.add(FieldRow("employee_type", "ประเภท", self.kind, required=True))
        self.division = self.line("division", "สำนัก/กอง", person.division if person else "")
        day = _day(person.registered_on if person else None)
        self.registered_on = self.line("registered_on", "วันที่ลงทะเบียน ThaiD (เว้นว่างถ้ายังไม่ได้ลง)", day, DAY)
        self.left = QCheckBox("พ้นจากหน่วยงานแล้ว (นำออกจากรายชื่อ)")
        self.left.setVisible(person is not None)
        self.box.addWidget(self.left)
        self.finish(460, 440)

    def work(self) -> Callable[[], object]:
        """Save the entry."""
        counter, actor, key = self._session.counter, self._session.actor, self._key
        name, kind, division = self.name.text(), str(self.kind.currentData()), self.division.text()
        registered, left = self.registered_on.text(), self.left.isChecked()
        return lambda: lhr.save_person(
            counter, actor, key, name=name, employee_type=kind, division=division, registered_on=registered, left=left
        )


class AskDialog(FormDialog):
    """A request to put one's own record right. item, old: what is to be put right, and how it stands now."""

    def __init__(self, session: Session, parent: QWidget, item: str = "", old: str = "") -> None:
        super().__init__(session, parent, "ขอปรับปรุงข้อมูลทะเบียนประวัติ ก.พ.7", "ยื่นคำขอ")
        self.box.addWidget(ThaiLabel("ท่านและผู้ดูแลทะเบียนเท่านั้นที่เห็นคำขอนี้ โปรแกรมไม่เก็บทะเบียนประวัติ", role="small"))
        self.item = self.line("item", "รายการที่ขอแก้", item, required=True)
        self.old = self.long("old", "ข้อมูลเดิม", old)
        self.new = self.long("new", "ข้อมูลที่ถูกต้อง", required=True)
        self.note = self.long("note", "หมายเหตุ")
        self.files = FilesToAdd("แนบหลักฐาน…")
        self.add(FieldRow("files", "หลักฐาน", self.files, required=True))
        self.finish(460, 560)
        if item:
            self.new.setFocus()

    def work(self) -> Callable[[], object]:
        """Hand it in."""
        assert self.files is not None
        counter, actor, paths = self._session.counter, self._session.actor, self.files.paths
        item, old, new, note = self.item.text(), self.old.toPlainText(), self.new.toPlainText(), self.note.toPlainText()
        return lambda: lhr.ask(counter, actor, item=item, old=old, new=new, note=note, files=read_files(paths))


class CampaignDialog(FormDialog):
    """The settings of the ThaiD campaign: baseline, rows of the form, and what column 3 means."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(session, parent, "ตั้งค่างานรณรงค์ ThaiD", "บันทึก")
        now = thaid_campaign.campaign(session.counter)
        self.date = self.line("baseline_date", "วันตั้งต้น (ช่องที่ 2 ของแบบ)", _day(now.baseline_date), DAY)
        self.count = self.line("baseline_count", "จำนวนตั้งต้นของทั้งหน่วยงาน", str(now.baseline_count))
        told = "\n".join(f"{unit.name} = {unit.baseline}" for unit in now.units)
        self.units = self.long("units", "หน่วย บรรทัดละหนึ่ง: ชื่อ = จำนวนตั้งต้น (เว้นว่างถ้าไม่แยก)", told)
        self.reading = Chooser()
        for code, text in thaid_week.READINGS.items():
            self.reading.addItem(text, code)
        self.reading.setCurrentIndex(max(0, self.reading.findData(now.reading)))
        self.add(FieldRow("reading", "ช่องที่ 3 คือ", self.reading))
        self.ios = self.line("ios", "ที่อยู่ใน App Store", now.ios)
        self.android = self.line("android", "ที่อยู่ใน Google Play", now.android)
        self.registers = QCheckBox("หน่วยงานนี้เป็นสำนักทะเบียน ลงทะเบียนให้ประชาชนได้")
        self.registers.setChecked(now.registration_office)
        self.box.addWidget(self.registers)
        self.finish(500, 600)

    def work(self) -> Callable[[], object]:
        """Save them as the office's settings."""
        counter, actor = self._session.counter, self._session.actor
        wanted = {
            **(counter.current.document.get(thaid_settings.SETTING) or {}),
            "baseline_date": thai_date.parse_date(self.date.text(), field="baseline_date").isoformat(),
            "baseline_count": _number(self.count.text(), "baseline_count"),
            "units": [_unit(line) for line in self.units.toPlainText().splitlines() if line.strip()],
            "reading": str(self.reading.currentData()),
            "ios": self.ios.text().strip(),
            "android": self.android.text().strip(),
            "registration_office": self.registers.isChecked(),
        }
        return lambda: office_settings.change(counter, actor, {thaid_settings.SETTING: wanted})

    def tell(self, error: Exception) -> None:
        """At the field that a key of the settings is typed in."""
        if isinstance(error, Refused) and error.field:
            error.field = error.field.removeprefix(f"{thaid_settings.SETTING}.").partition("[")[0]
        super().tell(error)


def _unit(line: str) -> dict[str, object]:
    name, _equals, count = line.rpartition("=")
    if not name.strip():
        return {"name": line.strip(), "baseline": 0}
    return {"name": name.strip(), "baseline": _number(count, "units")}


def _number(text: str, field: str) -> int:
    digits = thai_date.to_arabic_digits(text).replace(",", "").strip() or "0"
    if not (digits.isascii() and digits.isdigit()):
        raise Refused("number", "ต้องเป็นตัวเลข", "ใส่จำนวนคน เช่น 120", field)
    return int(digits)


def _day(day: date | None) -> str:
    return thai_date.short(day) if day else ""
