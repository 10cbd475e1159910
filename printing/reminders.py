"""Reminders to payers who have not filed for a month: one sheet of A4 each."""

from datetime import date

from app.domain import ordinance, thai_date
from app.services.late_payers import LatePayer
from app.services.model import OfficeView
from printing.layout import MM, Block, Group, Layout, Rule, Signature, Spacer, Text, TextStyle
from printing.petition import office_address

OFFICE = TextStyle(13, bold=True, align="center", leading=1.45)
SMALL = TextStyle(9.5, align="center", leading=1.5)
RIGHT = TextStyle(12, align="right", leading=1.6)
BODY = TextStyle(12, leading=1.7, after=4)
SUBJECT = TextStyle(12, bold=True, leading=1.7, after=4)
FOOT = TextStyle(9.5, leading=1.5)
INDENT = 25 * MM


def reminder_layout(late: LatePayer, office: OfficeView, on: date) -> Layout:
    """The sheet to one payer."""
    address = office_address(office.address)
    month = ordinance.month_text(late.month)
    due = f"ซึ่งครบกำหนดเมื่อวันที่ {thai_date.long(late.due_on)} " if late.due_on and late.days_late else ""
    ask = "จึงขอให้ท่านยื่นแบบพร้อมชำระเงินโดยเร็ว หากท่านยื่นไว้แล้ว โปรดนำสำเนาแบบหรือใบเสร็จมาแสดง และขออภัยมา ณ ที่นี้"
    operator = str(late.payer.document.get("operator_name", ""))
    blocks: tuple[Block, ...] = (
        Text(office.name, OFFICE),
        *((Text(address, SMALL),) if address else ()),
        Text(f"วันที่ {thai_date.long(on)}", RIGHT),
        Rule(before=4, after=8),
        Text(f"เรื่อง แจ้งเตือนการยื่นแบบ{late.service_name} ประจำเดือน{month}", SUBJECT),
        Text(f"เรียน {operator or late.payer.name}", BODY),
        Text(f"ตามทะเบียนของ{office.name} {late.payer.kind_text} “{late.payer.name}” รหัส {late.payer.code} "
             f"ยังไม่ได้ยื่นแบบ{late.service_name} ประจำเดือน{month} {due}".rstrip(), BODY, indent=INDENT),
        Text(ask, BODY, indent=INDENT),
        Text("จึงเรียนมาเพื่อทราบและดำเนินการ", BODY, indent=INDENT),
        Group((Spacer(30), Signature("ผู้มีอำนาจลงนาม", " " * 40, BODY))),
        Spacer(14),
        Text(f"กองคลัง โทร. {office.phone}", FOOT),
    )  # fmt: skip
    return Layout(f"แจ้งเตือน {late.payer.code} {late.month.isoformat()[:7]}", "a4", blocks, author=office.name)
