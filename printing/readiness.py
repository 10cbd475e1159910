"""Lists of readiness on A4: what the office has to get ready, and which of the staff have registered for ThaiD."""

from datetime import date

from app.domain import thai_date
from app.services.lhr import EMPLOYEE_TYPES, StaffReadiness
from app.services.readiness import Readiness
from printing.layout import Align, Block, Layout, Spacer, Table, Text, TextStyle
from printing.running import footed, headed

TITLE = TextStyle(15, bold=True, align="center", leading=1.5)
HEAD = TextStyle(12, align="center", leading=1.5)
CELL = TextStyle(10.5, leading=1.5)
LEFT: Align = "left"


def readiness_layout(paper: Readiness) -> Layout:
    """The list of one office."""
    rows = tuple(
        (str(place), "\n".join(filter(None, [item.text, item.note])), item.owner, _day(item.due_on),
         _day(item.done_on), "\n".join(file.name for file in item.files))
        for place, item in enumerate(paper.items, start=1)
    )  # fmt: skip
    heads = ("ที่", "รายการ", "ผู้รับผิดชอบ", "กำหนด", "วันที่เสร็จ", "เอกสาร")
    told = f"เสร็จแล้ว {paper.done} จาก {len(paper.items)} รายการ"
    return sheet("รายการเตรียมความพร้อม", paper.office, told, paper.as_of, heads, rows, (4, 38, 18, 13, 13, 14))


def staff_layout(paper: StaffReadiness) -> Layout:
    """The list of one office's staff."""
    rows = tuple(
        (str(place), person.name, EMPLOYEE_TYPES.get(person.employee_type, person.employee_type), person.division,
         "แล้ว" if person.registered_on else "ยัง", _day(person.registered_on))
        for place, person in enumerate(paper.people, start=1)
    )  # fmt: skip
    heads = ("ที่", "ชื่อ-นามสกุล", "ประเภท", "สำนัก/กอง", "ThaiD", "วันที่ลงทะเบียน")
    told = f"ลงทะเบียนแล้ว {paper.registered} จาก {len(paper.people)} คน (ร้อยละ {paper.percent})"
    title = "ความพร้อมของบุคลากรในการเข้าดูทะเบียนประวัติ (LHR) ด้วย ThaiD"
    return sheet(title, paper.office, told, paper.as_of, heads, rows, (5, 28, 23, 18, 9, 17))


def sheet(
    title: str, office: str, told: str, as_of: date, heads: tuple[str, ...], rows: tuple[tuple[str, ...], ...],
    widths: tuple[float, ...],
) -> Layout:  # fmt: skip
    """A list with a head that says of which day it is. widths: shares of the columns."""
    digits = thai_date.to_thai_digits
    blocks: tuple[Block, ...] = (
        Text(title, TITLE),
        Text(office, HEAD),
        Text(digits(f"ข้อมูล ณ วันที่ {thai_date.long(as_of)} · {told}"), HEAD),
        Spacer(8),
        Table(heads, tuple(tuple(digits(text) for text in row) for row in rows), widths, (LEFT,) * len(heads), CELL),
    )
    return Layout(title, "a4", blocks, header=headed(title), footer=footed(title), author=office)


def _day(day: date | None) -> str:
    return thai_date.short(day) if day else ""
