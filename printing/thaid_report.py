"""The weekly report of the ThaiD campaign, as the letter of 2566 gives the form; numbers in Thai digits."""

from app.domain import thai_date
from app.services.thaid_campaign import Row, WeekReport
from printing.layout import Block, Layout, Spacer, Table, Text, TextStyle

TITLE = TextStyle(16, bold=True, align="center", leading=1.5)
HEAD = TextStyle(14, align="center", leading=1.6)
CELL = TextStyle(13, leading=1.5)
NOTE = TextStyle(13, leading=1.6)
WIDTHS = (0.25, 0.25, 0.25, 0.25)
SHARE = "หมายเหตุ แจ้งรายงานลงกลุ่ม (ไลน์) ทุกวันศุกร์"


def thaid_report_layout(report: WeekReport) -> Layout:
    """The A4 sheet of one week."""
    title = f"แบบรายงานการลงทะเบียนใช้งานแอปพลิเคชัน “{report.brand}”"
    rows = [_row(_digits(place), row, len(report.rows) > 1) for place, row in enumerate(report.rows, start=1)]
    blocks: tuple[Block, ...] = (
        Text(title, TITLE),
        Text(f"หน่วยงาน {report.office}", HEAD),
        Text(f"ข้อมูล ณ {_form_date(report)}", HEAD),
        Spacer(10),
        Table(columns(report), (*rows, _row("รวม", report.total, False)), WIDTHS,
              ("left", "center", "center", "center"), CELL, padding=5),
        Spacer(12),
        Text(SHARE, NOTE),
    )  # fmt: skip
    return Layout(f"{title} {report.week.isoformat()}", "a4", blocks, author=report.office)


def columns(report: WeekReport) -> tuple[str, str, str, str]:
    """The headings; the second is made of the day that it speaks of."""
    day = report.before_on
    before = f"จำนวนผู้ลงทะเบียน ณ วัน{thai_date.WEEKDAYS[day.weekday()]}ที่ {thai_date.long(day)}"
    return "ที่", thai_date.to_thai_digits(before), "จำนวนผู้ลงทะเบียนเพิ่มขึ้น", "รวมจำนวนผู้ลงทะเบียนปัจจุบัน"


def _row(place: str, row: Row, named: bool) -> tuple[str, str, str, str]:
    first = f"{place} {row.unit}" if named else place
    return thai_date.to_thai_digits(first), _digits(row.before), _digits(row.added), _digits(row.total)


def _form_date(report: WeekReport) -> str:
    day = report.as_of
    text = f"วันที่ {day.day} เดือน {thai_date.MONTHS[day.month - 1]} พ.ศ. {thai_date.year_be(day)}"
    return thai_date.to_thai_digits(text)


def _digits(number: int) -> str:
    return thai_date.to_thai_digits(f"{number:,}")
