"""The treasury's papers on A4: the remittance slip of a drawer, the day's summary voucher, and registers as tables."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.domain import thai_date
from app.domain.money import baht_text, formatted
from app.services.money_model import METHODS
from app.services.money_reports import Report
from printing.layout import (
    MM,
    Align,
    Block,
    Box,
    Cell,
    Columns,
    Group,
    Layout,
    Margins,
    Pair,
    Rule,
    Signature,
    Spacer,
    Table,
    Text,
    TextStyle,
)
from printing.running import held_together

Document = Mapping[str, Any]

OFFICE = TextStyle(14, bold=True, align="center", leading=1.5)
TITLE = TextStyle(16, bold=True, align="center", leading=1.6)
SUB = TextStyle(12, align="center", leading=1.5)
RIGHT = TextStyle(12, align="right", leading=1.6)
BODY = TextStyle(12, leading=1.55)
BOLD = TextStyle(12, bold=True, leading=1.55)
WORDS = TextStyle(12, bold=True, align="center", leading=1.6)
ROW = TextStyle(11, leading=1.45)
SMALL = TextStyle(8.5, leading=1.4)
FOOT = TextStyle(10, align="right", leading=1.4)
CONTINUED = TextStyle(10, leading=1.5)
WIDE_SHEET = Margins(20 * MM, 12 * MM, 15 * MM, 12 * MM)
"""Of registers, which have many columns."""
LABEL = 130.0


def remittance_layout(document: Document) -> Layout:
    """ใบนำส่งเงิน: what one cashier hands to the treasury, with both signatures."""
    day = date.fromisoformat(document["business_on"])
    facts = [
        ("จุดรับเงิน / ลิ้นชัก", f"{document['counter']} / {document['drawer']}"),
        ("ผู้นำส่งเงิน", f"{document['cashier_name']} {document['position']}".strip()),
        ("ใบเสร็จรับเงิน", _ranges(document["ranges"])),
        ("จำนวนใบเสร็จ", f"{document['receipts']:,} ฉบับ  ยกเลิก {document['voided']:,} ฉบับ"
                        + (f" ({', '.join(document['void_numbers'])})" if document["void_numbers"] else "")),
    ]  # fmt: skip
    counted = document["counted_satang"]
    cash = [
        ("เงินทอนตั้งต้น", formatted(document["float_satang"])),
        *((("รับมอบจากเจ้าหน้าที่คนก่อน", formatted(document["carried_satang"])),) if document["carried_satang"] else ()),
        ("เงินสดที่ต้องมีในลิ้นชัก", formatted(document["expected_satang"])),
        ("เงินสดที่นับได้", "ไม่ได้ตรวจนับ" if counted is None else formatted(counted)),
        ("ผลต่าง", formatted(document["difference_satang"])
                   + (f"  เพราะ {document['reason']}" if document["reason"] else "")),
        *_taken_over(document.get("taken_over")),
    ]  # fmt: skip
    blocks: tuple[Block, ...] = (
        Text(document["office"], OFFICE),
        Text("ใบนำส่งเงิน", TITLE),
        Columns((Cell((Text(f"เลขที่ {document['number']}/{document['fiscal_year']}", BODY),)),
                 Cell((Text(f"วันที่ {thai_date.long(day)}", RIGHT),)))),
        Rule(before=2, after=6),
        *(Pair(Text(label, BODY), Text(text, BOLD), LABEL) for label, text in facts),
        Spacer(6),
        _revenue_table(document["revenues"]),
        Spacer(4),
        _method_table(document["by_method"]),
        Spacer(3),
        _total("รวมนำส่ง", document["total_satang"]),
        Spacer(6),
        *(Pair(Text(label, BODY), Text(text, BOLD), LABEL) for label, text in cash),
        *_counted_table(document["counted"]),
        Group((Spacer(26), Columns((
            Cell((Signature("ผู้นำส่งเงิน", document["cashier_name"], BODY, (document["position"],), align="left"),)),
            Cell((Signature("ผู้รับเงิน" if not document["handed_to"] else "ผู้รับมอบ", document["handed_to"] or
                            "................................................", BODY),)),
        ), gap=12))),
    )  # fmt: skip
    name = f"ใบนำส่งเงิน {document['number']}/{document['fiscal_year']}"
    return held_together(Layout(name, "a4", blocks, author=document["office"]), name)


def summary_layout(document: Document) -> Layout:
    """ใบสำคัญสรุปใบนำส่งเงิน: all slips of a day, by kind of revenue, and what came without a drawer."""
    day = date.fromisoformat(document["business_on"])
    slips = tuple(
        (f"{one['number']}/{one['fiscal_year']}", one["cashier_name"], _ranges(one["ranges"]), f"{one['receipts']:,}",
         f"{one['voided']:,}", formatted(one["total_satang"]))
        for one in document["slips"]
    )  # fmt: skip
    through = sum(one["total_satang"] for one in document["slips"])
    notes = [
        f"ยังไม่ปิดยอด: {', '.join(document['open'])}" if document["open"] else "",
        f"คืนเงินใบเสร็จของวันก่อนที่ยกเลิกวันนี้: {', '.join(document['refunds'])}" if document["refunds"] else "",
        f"รายการที่รับชำระก่อนวันนี้: {', '.join(document['corrections'])}" if document["corrections"] else "",
    ]
    blocks: tuple[Block, ...] = (
        Text(document["office"], OFFICE),
        Text("ใบสำคัญสรุปใบนำส่งเงิน", TITLE),
        Text(f"วันที่ {thai_date.long(day)}   {thai_date.fiscal_year_text(document['fiscal_year'])}", SUB),
        Rule(before=4, after=6),
        Table(("ใบนำส่ง", "ผู้นำส่ง", "เล่มที่/เลขที่", "ฉบับ", "ยกเลิก", "จำนวนเงิน"), slips,
              (0.9, 2.2, 2.2, 0.6, 0.7, 1.3), ("left", "left", "left", "right", "right", "right"), ROW),
        Spacer(3),
        Columns((Cell((Text("รวมตามใบนำส่ง", BODY),)), Cell((Text(formatted(through), RIGHT),)))),
        Columns((Cell((Text("รับโดยไม่ผ่านลิ้นชัก (ธนาคาร เล่มสำรอง)", BODY),)),
                 Cell((Text(formatted(document["total_satang"] - through), RIGHT),)))),
        Spacer(6),
        _revenue_table(document["revenues"]),
        Spacer(4),
        _method_table(document["by_method"]),
        Spacer(3),
        _total("รวมทั้งสิ้น", document["total_satang"]),
        Spacer(3),
        Text(f"ใบเสร็จ {document['receipts']:,} ฉบับ  ยกเลิก {document['voided']:,} ฉบับ  "
             f"{_ranges(document['ranges'])}", BODY),
        *(Text(note, BODY) for note in notes if note),
        Group((Spacer(26), Columns((
            Cell((Signature("ผู้จัดทำ", "................................................", BODY, align="left"),)),
            Cell((Signature("ผู้ตรวจสอบ", "................................................", BODY),)),
        ), gap=12))),
    )  # fmt: skip
    name = f"ใบสำคัญสรุปใบนำส่งเงิน {thai_date.long(day)}"
    return held_together(Layout(name, "a4", blocks, author=document["office"]), name)


def report_layout(report: Report, office: str) -> Layout:
    """A register as a table that goes on over as many sheets as it needs."""
    aligns: tuple[Align, ...] = tuple(
        "right" if place in report.right else "left" for place in range(len(report.heads))
    )
    blocks: tuple[Block, ...] = (
        Text(office, OFFICE),
        Text(report.title, TITLE),
        Text(report.subtitle, SUB),
        Spacer(4),
        Table(report.heads, report.rows, report.widths, aligns, SMALL, padding=3.0),
        *((Text("ไม่มีรายการ", SUB),) if not report.rows else ()),
        Spacer(4),
        *(Text(line, BOLD) for line in report.foot),
        *_signatures(report.signed),
    )
    return Layout(
        report.title,
        "a4",
        blocks,
        header=(Text(f"{report.title} {report.subtitle} (ต่อ)".replace("  ", " "), CONTINUED, fit=True), Spacer(4)),
        footer=(Text("หน้า {page} / {pages}", FOOT),),
        author=office,
        margins=WIDE_SHEET,
    )


def _signatures(roles: tuple[str, ...]) -> tuple[Block, ...]:
    """Lines to sign on, side by side."""
    if not roles:
        return ()
    cells = tuple(
        Cell((Signature(role, "................................................", BODY, align="left"),))
        for role in roles
    )
    return (Group((Spacer(26), Columns(cells, gap=12))),)


def _taken_over(forced: Mapping[str, str] | None) -> tuple[tuple[str, str], ...]:
    """Who counted the drawer of somebody who had gone, and why."""
    return (("ตรวจนับและรับช่วงโดย", f"{forced['by_name']}  เพราะ {forced['reason']}"),) if forced else ()


def _revenue_table(revenues: Any) -> Table:
    rows = tuple((str(place), one["text"], f"{one['count']:,}", formatted(one["satang"]))
                 for place, one in enumerate(revenues, start=1))  # fmt: skip
    return Table(("ที่", "ประเภทรายได้", "รายการ", "จำนวนเงิน (บาท)"), rows, (0.5, 4.6, 0.9, 2.0),
                 ("center", "left", "right", "right"), ROW)  # fmt: skip


def _total(label: str, satang: int) -> Group:
    """A sum in figures and words, which no page break parts."""
    return Group((
        Columns((Cell((Text(label, BOLD),)), Cell((Text(formatted(satang), _right(BOLD)),)))),
        Spacer(2),
        Box((Text(f"({baht_text(satang)})", WORDS),), padding=3),
    ))  # fmt: skip


def _method_table(by_method: Mapping[str, int]) -> Table:
    rows = tuple((METHODS.get(method, method), formatted(satang)) for method, satang in by_method.items())
    return Table(("วิธีรับชำระ", "จำนวนเงิน (บาท)"), rows, (6.0, 2.0), ("left", "right"), ROW, keep=True)


def _counted_table(counted: Mapping[str, int]) -> tuple[Block, ...]:
    if not counted:
        return ()
    rows = tuple((f"{formatted(int(face))}", f"{pieces:,}", formatted(int(face) * pieces))
                 for face, pieces in sorted(counted.items(), key=lambda one: -int(one[0])))  # fmt: skip
    return (Spacer(4), Table(("ธนบัตร/เหรียญ (บาท)", "จำนวน", "รวม (บาท)"), rows, (3.0, 1.5, 2.0),
                             ("right", "right", "right"), ROW))  # fmt: skip


def _ranges(ranges: Any) -> str:
    return "  ".join(f"เล่ม {one['book']} เลขที่ {one['from']}–{one['to']}" for one in ranges) or "-"


def _right(style: TextStyle) -> TextStyle:
    return TextStyle(style.size, style.bold, "right", style.leading)
