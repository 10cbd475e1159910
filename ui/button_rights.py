"""Which buttons want which right: where a person has none of them, the button stays disabled and says why.

Services refuse the same by themselves; here nobody is offered what would be refused. A button is named by the module of
the widget that it stands in and by its text, or by how its text begins ("พิมพ์*").
"""

from collections.abc import Mapping
from types import MappingProxyType

from PySide6.QtWidgets import QWidget

from app.services import rights
from app.services.model import Actor
from app.services.rights import (
    CREATE,
    EDIT,
    HR_RECORDS,
    MANAGE_BOOKS,
    OFFICE_SETTINGS,
    PRINT,
    RECEIVE_MONEY,
    REPORT,
    UNMASK,
    WAIVE_LATE,
)
from ui.widgets.fields import WANTS, Action

Wanted = Mapping[str, tuple[str, ...]]
BUTTONS: Mapping[str, Wanted] = MappingProxyType(
    {
        "ui.counter.preview": {"F9  บันทึกและพิมพ์": (CREATE,)},
        "ui.counter.saved": {"F7  รับเงิน": (RECEIVE_MONEY,), "F8  อีกเรื่องของคนเดิม": (CREATE,)},
        "ui.counter.citizen.identity": {"ดูเลข": (UNMASK,)},
        "ui.counter.files.field": {
            "เลือกไฟล์…": (CREATE, EDIT), "ทั้งโฟลเดอร์…": (CREATE, EDIT), "ถ่ายภาพ": (CREATE, EDIT),
        },
        "ui.desk.case_view": {
            "เอกสารอื่น…": (PRINT,), "ออกหนังสือ…": (EDIT,), "ดูเลขเต็ม…": (UNMASK,), "พิมพ์*": (PRINT,),
            "เพิ่มบันทึก…": (EDIT, CREATE), "แก้ไขข้อมูล…": (EDIT,), "แนบไฟล์…": (EDIT, CREATE),
        },
        "ui.desk.corrections": {"ใช้ค่านี้": (EDIT,)},
        "ui.desk.page": {"พิมพ์หลายเรื่อง…": (PRINT,)},
        "ui.desk.batch": {"F9  พิมพ์ทั้งชุด": (PRINT,)},
        "ui.cashier.take_money": {
            "F9  รับเงินและออกใบเสร็จ": (RECEIVE_MONEY,), "F8  พิมพ์ใบแจ้งชำระ": (PRINT, RECEIVE_MONEY),
        },
        "ui.cashier.receipt_panel": {"F8  พิมพ์": (PRINT,), "F4  ยกเลิกใบเสร็จ…": (RECEIVE_MONEY,)},
        "ui.cashier.day_bar": {
            "F2  เปิดลิ้นชัก": (RECEIVE_MONEY,), "F11  รับช่วงลิ้นชัก": (RECEIVE_MONEY,), "F3  ไฟล์ธนาคาร…": (RECEIVE_MONEY,),
        },
        "ui.cashier.bank_dialog": {
            "F9  เลือกไฟล์…": (RECEIVE_MONEY,), "F6  จับคู่อีกครั้ง": (RECEIVE_MONEY,), "F4  จัดการแล้ว": (RECEIVE_MONEY,),
        },
        "ui.cashier.books_section": {
            "F9  เบิกเล่มใหม่…": (MANAGE_BOOKS,), "F4  ปิดเล่มนี้…": (MANAGE_BOOKS,),
            "Alt+X  บันทึกใบเสีย…": (RECEIVE_MONEY,), "Alt+Y  สิ้นปีงบประมาณ…": (MANAGE_BOOKS,),
        },
        "ui.cashier.elaas_section": {
            "F9  เทียบไฟล์ e-LAAS…": (RECEIVE_MONEY,), "Alt+N  เทียบเลขที่": (RECEIVE_MONEY,),
            "F4  จัดการแล้ว": (RECEIVE_MONEY,), "Alt+X  บันทึกไว้ก่อน": (RECEIVE_MONEY,),
        },
        "ui.payers.entry": {
            "แก้ไข…": (EDIT,), "เลิกกิจการ…": (EDIT,), "ลดเงินเพิ่ม…": (WAIVE_LATE,), "แก้วันที่ยื่น…": (WAIVE_LATE,),
        },
        "ui.payers.page": {"เพิ่ม…": (EDIT,), "นำเข้า CSV…": (EDIT,)},
        "ui.campaign.week": {"บันทึกว่าส่งรายงานแล้ว": (REPORT,)},
        "ui.campaign.readiness": {"แก้ไข": (OFFICE_SETTINGS,)},
        "ui.campaign.thaid": {"ตั้งค่า…": (OFFICE_SETTINGS,)},
        "ui.campaign.lhr": {"แก้ไขใน LHR แล้ว": (HR_RECORDS,), "เพิ่ม…": (HR_RECORDS,), "แก้ไข…": (HR_RECORDS,)},
    }
)  # fmt: skip


def wanted(action: Action) -> tuple[str, ...]:
    """The rights of which the button wants one; () for one that everybody may press."""
    if own := action.property(WANTS):
        return tuple(str(own).split())
    widget: QWidget | None = action
    while widget is not None:
        known = BUTTONS.get(type(widget).__module__)
        if known is not None:
            return _found(known, action)
        widget = widget.parentWidget()
    return ()


def _found(known: Wanted, action: Action) -> tuple[str, ...]:
    text = action.text()
    if text in known:
        return known[text]
    for name, found in known.items():
        if name.endswith("*") and text.startswith(name[:-1]):
            return found
    return ()


def guard(action: Action, actor: Actor) -> None:
    """Let the button say why it is not for this person, or be as its page wants it."""
    action.forbid(rights.why_not(actor, *wanted(action)))
