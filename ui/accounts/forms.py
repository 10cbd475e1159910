"""Forms of accounts: a new person in the order of the letter (row 3-7), what describes one, a new first password."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from app.domain.errors import Refused
from app.services import accounts, rights
from app.services.accounts import Account, NewOrder
from ui.campaign.dialogs import DAY, FormDialog
from ui.campaign.rows import FilesToAdd, read_files
from ui.ports import Session
from ui.widgets.fields import Action, Chooser, FieldRow
from ui.widgets.labels import ThaiLabel

NOT_CIVIL = "ผู้ดูแลระบบควรเป็นพนักงานส่วนท้องถิ่น บันทึกได้ แต่ควรตรวจกับหนังสือสั่งการ"
CIVIL = "civil_servant"


class _PersonForm(FormDialog):
    """What describes a person."""

    def describe(self, role: str, account: Account | None) -> None:
        """Name, position, division, kind of employee."""
        self._role = role
        self.full_name = self.line(
            "full_name", "ชื่อ-นามสกุล (พร้อมคำนำหน้า)", account.full_name if account else "", required=True
        )  # fmt: skip
        self.position = self.line("position", "ตำแหน่ง", account.position if account else "", required=True)
        self.division = Chooser()
        self.division.addItem("เลือกสำนัก/กอง", "")
        for code, name in accounts.divisions(self._session.counter):
            self.division.addItem(name, code)
        if account is not None:
            if account.division and self.division.findData(account.division) < 0:
                self.division.addItem(account.division_name or account.division, account.division)
            self.division.setCurrentIndex(max(0, self.division.findData(account.division)))
        self.add(FieldRow("division", "สำนัก/กอง", self.division, required=True))

    def kind(self, account: Account | None) -> None:
        """The kind of employee, with the letter's wish for administrators."""
        self.employee_type = Chooser()
        self.employee_type.addItem("ไม่ระบุ", "")
        for code, text in accounts.EMPLOYEE_TYPES.items():
            self.employee_type.addItem(text, code)
        self.employee_type.setCurrentIndex(
            max(0, self.employee_type.findData(account.employee_type if account else CIVIL))
        )
        self.add(FieldRow("employee_type", "ประเภทบุคลากร", self.employee_type))
        self._wish = ThaiLabel(NOT_CIVIL, role="warn")
        self.box.addWidget(self._wish)
        self.employee_type.currentIndexChanged.connect(lambda _index: self._advise())
        self._advise()

    def _advise(self) -> None:
        self._wish.setVisible(self._role == "admin" and self.employee_type.currentData() != CIVIL)


class AddDialog(_PersonForm):
    """A new person; the order that appoints may come with it."""

    def __init__(self, session: Session, parent: QWidget, role: str, username: str) -> None:
        name = accounts.ROLES[role]
        super().__init__(session, parent, f"เพิ่ม{name}", "บันทึกข้อมูลระบบ")
        self.describe(role, None)
        self.username = self.line("username", "Username", username, "รหัส อปท. + สถานะ + ลำดับ 2–3 หลัก", required=True)
        self.password, self.confirm = secret_fields(self, "Password")
        self.kind(None)
        self.template = Chooser()
        for template in rights.templates().values():
            if (template.code == "admin") == (role == "admin"):
                self.template.addItem(f"{template.name}: {template.told}", template.code)
        self.template.setCurrentIndex(max(0, self.template.findData(role)))
        self.add(FieldRow("template", "สิทธิ์เริ่มต้น", self.template, "ปรับรายบริการได้ภายหลังด้วยปุ่ม สิทธิ์ (Ctrl+R)"))
        self.files = FilesToAdd("แนบหนังสือคำสั่ง…")
        self.add(FieldRow("files", "หนังสือคำสั่งแต่งตั้ง (PDF หรือภาพ ไม่เกิน 5 MB)", self.files))
        self.number = self.line("number", "เลขที่คำสั่ง (กรอกเมื่อแนบไฟล์)")
        self.ordered_on = self.line("ordered_on", "ลงวันที่", "", DAY)
        self.until = self.line("until", "สิ้นสุดวันที่ (เว้นว่างถ้าไม่มีกำหนด)", "", DAY)
        self.finish(480, 640)

    def work(self) -> Callable[[], object]:
        """Save person and order, both or none."""
        assert self.files is not None
        counter, actor, role, paths = self._session.counter, self._session.actor, self._role, list(self.files.paths)
        full_name, position = self.full_name.text(), self.position.text()
        division, kind = str(self.division.currentData()), str(self.employee_type.currentData())
        username, password, confirm = self.username.text().strip(), self.password.text(), self.confirm.text()
        template = str(self.template.currentData())
        number, ordered, until = self.number.text(), self.ordered_on.text(), self.until.text()
        if number.strip() and not paths:
            raise Refused("order_file", "ยังไม่ได้แนบไฟล์คำสั่งแต่งตั้ง", "กด Ctrl+O เลือกไฟล์ หรือลบเลขที่คำสั่ง", "files")

        def save() -> str:
            order = NewOrder(number, ordered, ordered, until, tuple(read_files(paths))) if paths else None
            return accounts.add(
                counter, actor, full_name=full_name, position=position, division=division, employee_type=kind,
                role=role, username=username, password=password, confirm=confirm, template=template, order=order,
            )  # fmt: skip

        return save


class ChangeDialog(_PersonForm):
    """What describes a person who is there."""

    def __init__(self, session: Session, parent: QWidget, account: Account) -> None:
        super().__init__(session, parent, f"แก้ไข {account.username}", "บันทึก")
        self._account = account
        self.describe(account.role, account)
        self.kind(account)
        self.chief = QCheckBox("เป็นผู้ดูแลระบบหลัก (จัดการผู้ดูแลระบบคนอื่นได้)")
        self.chief.setChecked(account.root)
        self.chief.setVisible(account.role == "admin")
        self.box.addWidget(self.chief)
        self.finish(460, 480)

    def work(self) -> Callable[[], object]:
        """Save what was changed."""
        counter, actor, username = self._session.counter, self._session.actor, self._account.username
        wanted: dict[str, str | bool] = {
            "full_name": self.full_name.text(), "position": self.position.text(),
            "division": str(self.division.currentData()), "employee_type": str(self.employee_type.currentData()),
        }  # fmt: skip
        if self.chief.isChecked() != self._account.root:
            wanted["root"] = self.chief.isChecked()
        return lambda: accounts.change(counter, actor, username, **wanted)


class PasswordDialog(FormDialog):
    """A new first password for somebody."""

    def __init__(self, session: Session, parent: QWidget, account: Account) -> None:
        super().__init__(session, parent, f"เปลี่ยนรหัสผ่าน {account.username}", "ตั้งรหัสผ่านใหม่")
        self._username = account.username
        told = f"{account.full_name} จะใช้รหัสนี้เข้าระบบครั้งเดียว แล้วต้องตั้งรหัสของตนเอง PIN เดิมใช้ไม่ได้อีก"
        self.box.addWidget(ThaiLabel(told))
        self.password, self.confirm = secret_fields(self, "รหัสผ่านใหม่")
        self.finish(420, 340)

    def work(self) -> Callable[[], object]:
        """Keep it."""
        counter, actor, username = self._session.counter, self._session.actor, self._username
        password, confirm = self.password.text(), self.confirm.text()
        return lambda: accounts.reset_password(counter, actor, username, password, confirm)


def secret_fields(dialog: FormDialog, label: str) -> tuple[QLineEdit, QLineEdit]:
    """Password and its confirmation, and a button that makes one and shows it."""
    fields = []
    for key, name in (("password", label), ("confirm", "ยืนยันรหัสผ่าน")):
        field = QLineEdit()
        field.setEchoMode(QLineEdit.EchoMode.Password)
        dialog.add(FieldRow(key, name, field, required=True))
        fields.append(field)
    make = Action("สร้างรหัสผ่านให้", tip="สร้างรหัสผ่านที่อ่านง่าย แสดงให้จดครั้งเดียว")

    def made() -> None:
        text = accounts.first_password()
        for field in fields:
            field.setEchoMode(QLineEdit.EchoMode.Normal)
            field.setText(text)

    make.clicked.connect(made)
    dialog.box.addWidget(make, 0, Qt.AlignmentFlag.AlignLeft)
    return fields[0], fields[1]
