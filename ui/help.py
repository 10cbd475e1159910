"""Help for the page in view (resources/guides/help.toml), and whom to ask."""

import tomllib

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

import resources
from ui.ports import Session
from ui.style import FAR, GAP, NEAR
from ui.widgets.fields import Action
from ui.widgets.labels import ThaiLabel, heading
from ui.widgets.layouts import Column

EVERYWHERE = (
    "ทุกหน้า: F1 คำอธิบายนี้ (ในช่องที่มีคำอธิบาย กด Shift+F1) · Ctrl+L เปลี่ยนผู้ใช้ · Ctrl+Shift+9 บัญชีของฉัน · "
    "Ctrl + และ Ctrl − ขนาดตัวอักษร · F5 ส่งข้อมูลเดี๋ยวนี้ · Ctrl+P งานพิมพ์ที่รอ"
)
NOBODY = "ติดต่อผู้ดูแลระบบของหน่วยงาน (ใส่ช่องทางได้ที่ ตั้งค่า › ผู้ใช้และการติดต่อ)"


def texts(page: str) -> list[str]:
    """What is told about a page, by the name of its tab."""
    data = tomllib.loads(resources.path("guides", "help.toml").read_text("utf-8"))
    return [str(line) for row in data["page"] if row["name"] == page for line in row["lines"]]


class HelpDialog(QDialog):
    """One page's help; Esc leaves."""

    def __init__(self, session: Session, parent: QWidget, page: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"คำอธิบาย: {page}")
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        contacts = session.counter.current.document.get("contacts") or {}
        self.lines = [*texts(page), EVERYWHERE]
        column = Column()
        column.box.setContentsMargins(0, 0, NEAR, 0)
        column.box.addWidget(heading(f"หน้า{page}"))
        for line in self.lines:
            column.box.addWidget(ThaiLabel(f"• {line}"))
        column.box.addWidget(ThaiLabel("ติดต่อช่วยเหลือ", role="strong"))
        self.whom = ThaiLabel(str(contacts.get("helpdesk") or NOBODY))
        column.box.addWidget(self.whom)
        column.box.addStretch(1)
        leave = Action("ปิด", role="quiet", key="Esc")
        leave.clicked.connect(self.reject)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(FAR, FAR, FAR, FAR)
        whole.setSpacing(GAP)
        whole.addWidget(column, 1)
        whole.addWidget(leave, 0, Qt.AlignmentFlag.AlignLeft)
        room, look = self.screen().availableGeometry(), session.look
        self.resize(min(look.pixels(520), room.width() - 40), min(look.pixels(430), room.height() - 60))
