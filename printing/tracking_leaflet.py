"""ใบแนะนำการติดตามเรื่อง: half a sheet that says how to follow a case, by telephone, on the web or at the counter.

It carries the case's number and no personal data: the web asks for the last four digits of the telephone.
"""

from app.domain import thai_date
from app.services.model import CaseView, CopyMark
from printing.layout import Block, Box, Cell, Columns, Layout, Pair, Qr, Rule, Spacer, Text, TextStyle
from printing.petition import copy_mark, office_address

OFFICE = TextStyle(13, bold=True, align="center", leading=1.45)
TITLE = TextStyle(16, bold=True, align="center", leading=1.5, after=2)
ENGLISH = TextStyle(10, align="center", leading=1.5, after=4)
NUMBER = TextStyle(20, bold=True, align="center", leading=1.4)
LABEL = TextStyle(10.5, leading=1.55)
BODY = TextStyle(10.5, bold=True, leading=1.55)
STEP = TextStyle(11, leading=1.6, after=3)
SMALL = TextStyle(9, leading=1.5)
CODE = 110.0


def tracking_leaflet_layout(view: CaseView, copy: CopyMark) -> Layout:
    """The leaflet of one case."""
    facts = (
        ("วันที่ยื่น", thai_date.long(thai_date.local(view.registered_at).date())),
        ("หน่วยงาน", view.division_name),
        ("กำหนดแล้วเสร็จ", thai_date.long(view.due_on) if view.due_on else ""),
    )
    steps = (f"{place}. {text}" for place, text in enumerate(_ways(view), start=1))
    blocks: tuple[Block, ...] = (
        *copy_mark(copy),
        Text(view.office.name, OFFICE),
        Text("การติดตามเรื่องของท่าน", TITLE),
        Text("How to follow your case", ENGLISH),
        Box((Text("เลขคำร้อง · Case number", ENGLISH), Text(view.number, NUMBER, fit=True)), padding=6),
        Spacer(6),
        *(Pair(Text(label, LABEL), Text(text, BODY), 92) for label, text in facts if text),
        Rule(before=4, after=6),
        Columns((Cell(tuple(Text(step, STEP) for step in steps)), Cell((Qr(view.qr_text, CODE),), CODE, fixed=True))),
        Rule(before=4, after=4),
        Text("เมื่อเรื่องเสร็จสิ้น โปรดประเมินความพึงพอใจ หากยังไม่เรียบร้อย แจ้งได้ที่หน้าติดตามเรื่องหรือที่เคาน์เตอร์", SMALL),
        Text("โปรดเก็บเลขคำร้องไว้ ผู้อื่นดูเรื่องของท่านไม่ได้หากไม่ทราบเบอร์โทรศัพท์ 4 ตัวท้าย", SMALL),
    )
    return Layout(f"การติดตามเรื่อง {view.number}", "a5", blocks, author=view.office.name)


def _ways(view: CaseView) -> list[str]:
    office = view.office
    address = office_address(office.address)
    web = (
        [
            "สแกน QR ด้วยโทรศัพท์ แล้วพิมพ์เบอร์โทรศัพท์ 4 ตัวท้ายที่แจ้งไว้",
            f"หรือเปิด {office.public_address}/track แล้วพิมพ์เลขคำร้องและเบอร์โทรศัพท์ 4 ตัวท้าย",
        ]
        if office.public_address
        else []
    )
    call = [f"โทร. {office.phone} แจ้งเลขคำร้อง"] if office.phone else []
    return [*web, *call, f"มาที่เคาน์เตอร์ พร้อมใบนี้{f' ({address})' if address else ''}"]
