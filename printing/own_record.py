"""The staff's own record on A4, for its owner: marked on every sheet, with what is masked left out unless asked for."""

from app.domain import thai_date
from app.services.own_record import OwnRecordPaper
from printing.layout import Block, Layout, Pair, Rule, Spacer, Text, TextStyle

TITLE = TextStyle(15, bold=True, align="center", leading=1.5)
HEAD = TextStyle(11, align="center", leading=1.5)
GROUP = TextStyle(12, bold=True, leading=1.5)
CELL = TextStyle(10.5, leading=1.5)
FOOT = TextStyle(9, leading=1.5, muted=True)
LABEL = 150.0
MARK = "สำเนาของเจ้าของข้อมูล"


def own_record_layout(paper: OwnRecordPaper) -> Layout:
    """The record as it was read; not a document of the office."""
    digits, title = thai_date.to_thai_digits, "ข้อมูลทะเบียนประวัติที่อ่านจากระบบ LHR"
    read, printed = thai_date.local(paper.record.read_at), thai_date.local(paper.at)
    blocks: list[Block] = [
        Text(title, TITLE),
        Text(paper.record.owner, HEAD),
        Text(digits(f"อ่านเมื่อ {thai_date.long(read.date())} เวลา {read:%H.%M} น. · {paper.office}"), HEAD),
        Text("พิมพ์โดยเจ้าของข้อมูลเพื่อใช้ส่วนตัว ไม่ใช่เอกสารราชการและใช้อ้างอิงแทน ก.พ.7 ไม่ได้", HEAD),
    ]
    for group, fields in paper.record.groups().items():
        blocks += [Spacer(6), Text(digits(group), GROUP, keep=True)]
        blocks += [
            Pair(Text(digits(one.label), CELL), Text(digits(one.text(paper.unmasked)), CELL), LABEL) for one in fields
        ]
    at = digits(f"{thai_date.short(printed.date())} {printed:%H.%M} น.")
    footer = (Rule(before=0, after=2), Text(f"{MARK} · พิมพ์ {at} · หน้า {{page}}/{{pages}}", FOOT))
    return Layout(title, "a4", tuple(blocks), footer=footer, author=paper.office, watermark=MARK)
