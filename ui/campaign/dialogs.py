"""Dialogs of the campaigns' page: how an item of readiness stands, a member of the staff, a request for correction."""

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from app.domain import thai_date
from app.services import lhr, readiness
from ui.campaign.rows import FilesToAdd, read_files
from ui.cashier.dialogs import MoneyDialog
from ui.ports import Session
from ui.widgets.fields import Chooser, FieldRow, LongText
from ui.widgets.labels import ThaiLabel

DAY = "เช่น 20/11/2569 หรือ 20 พ.ย. 69"


class _Dialog(MoneyDialog):
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


class ItemDialog(_Dialog):
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


class PersonDialog(_Dialog):
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


class AskDialog(_Dialog):
    """A request to put one's own record right."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(session, parent, "ขอปรับปรุงข้อมูลทะเบียนประวัติ ก.พ.7", "ยื่นคำขอ")
        self.box.addWidget(ThaiLabel("ท่านและผู้ดูแลทะเบียนเท่านั้นที่เห็นคำขอนี้ โปรแกรมไม่เก็บทะเบียนประวัติ", role="small"))
        self.item = self.line("item", "รายการที่ขอแก้", required=True)
        self.old = self.long("old", "ข้อมูลเดิม")
        self.new = self.long("new", "ข้อมูลที่ถูกต้อง", required=True)
        self.note = self.long("note", "หมายเหตุ")
        self.files = FilesToAdd("แนบหลักฐาน…")
        self.add(FieldRow("files", "หลักฐาน", self.files, required=True))
        self.finish(460, 560)

    def work(self) -> Callable[[], object]:
        """Hand it in."""
        assert self.files is not None
        counter, actor, paths = self._session.counter, self._session.actor, self.files.paths
        item, old, new, note = self.item.text(), self.old.toPlainText(), self.new.toPlainText(), self.note.toPlainText()
        return lambda: lhr.ask(counter, actor, item=item, old=old, new=new, note=note, files=read_files(paths))


def _day(day: date | None) -> str:
    return thai_date.short(day) if day else ""
