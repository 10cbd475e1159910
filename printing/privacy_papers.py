"""Papers about personal data on A4: the record of processing, one person's data, the certificate of destruction."""

from datetime import date, datetime

from app.domain import thai_date
from app.services import retention
from app.services.breaches import BreachForm
from app.services.destruction import Certificate
from app.services.person_export import CaseData, PersonData
from app.services.processing import PARTS, ProcessingRecord
from printing.layout import Align, Block, Cell, Columns, Group, Layout, Pair, Signature, Spacer, Table, Text, TextStyle
from printing.running import footed, headed

TITLE = TextStyle(15, bold=True, align="center", leading=1.5)
HEAD = TextStyle(12, align="center", leading=1.5)
STRONG = TextStyle(12, bold=True, leading=1.5)
BODY = TextStyle(11, leading=1.5)
CELL = TextStyle(10, leading=1.5)
LEFT: Align = "left"
LABEL = 135.0
BLANK = "." * 60
BACKUPS = (
    "สำเนาฐานข้อมูลในไฟล์สำรองที่ทำก่อนวันนี้ยังมีข้อมูลแบบเข้ารหัส จนกว่าจะถูกแทนตามแผนสำรอง หากกู้คืนไฟล์เหล่านั้น"
    " โปรแกรมจะทำลายข้อมูลตามรายการนี้ซ้ำทันที"
)


def processing_layout(paper: ProcessingRecord) -> Layout:
    """The record of processing activities."""
    digits = thai_date.to_thai_digits
    title = "บันทึกรายการกิจกรรมการประมวลผลข้อมูลส่วนบุคคล"
    blocks: list[Block] = [
        Text(title, TITLE),
        Text(digits(f"{paper.office} โทร. {paper.contact} · ณ วันที่ {thai_date.long(paper.as_of)}"), HEAD),
        Text("ตามพระราชบัญญัติคุ้มครองข้อมูลส่วนบุคคล พ.ศ. ๒๕๖๒ มาตรา ๓๙", HEAD),
    ]
    for place, one in enumerate(paper.activities, start=1):
        blocks += [Spacer(6), Text(digits(f"{place}. {one.activity}"), STRONG, keep=True)]
        blocks += [
            _pair(label, digits(str(getattr(one, part)))) for part, label in PARTS.items()
            if part != "activity" and getattr(one, part)
        ]  # fmt: skip
    blocks += [Spacer(8), Text("คำขอของเจ้าของข้อมูลที่ปฏิเสธ", STRONG, keep=True)]
    if paper.refused:
        rows = tuple((digits(thai_date.short(day)), kind, digits(why)) for day, kind, why in paper.refused)
        blocks.append(Table(("วันที่", "คำขอ", "เหตุผล"), rows, (15, 30, 55), (LEFT,) * 3, CELL))
    else:
        blocks.append(Text("ไม่มี", BODY))
    return _sheet(title, paper.office, blocks)


def person_layout(paper: PersonData) -> Layout:
    """What is held of one person."""
    digits = thai_date.to_thai_digits
    title = "ข้อมูลส่วนบุคคลที่หน่วยงานเก็บรักษา"
    blocks: list[Block] = [
        Text(title, TITLE),
        Text(digits(f"{paper.office} · ณ วันที่ {thai_date.long(paper.as_of)}"), HEAD),
        Spacer(6),
        *(_pair(label, text) for label, text in paper.person),
    ]
    if paper.consents:
        blocks += [Spacer(6), Text("ความยินยอม", STRONG, keep=True), *(_pair(*one) for one in paper.consents)]
    for case in paper.cases:
        blocks += [Spacer(8), *_case(case)]
    if paper.withheld:
        blocks += [Spacer(8), Text(digits(f"มีเรื่องที่จำกัดผู้เข้าถึงอีก {paper.withheld} เรื่อง ซึ่งไม่ได้รวมไว้"), BODY)]
    return _sheet(title, paper.office, blocks)


def certificate_layout(paper: Certificate) -> Layout:
    """The certificate of a destruction, with the two signatures."""
    digits, found = thai_date.to_thai_digits, paper.destruction
    title = "ใบรับรองการทำลายข้อมูลส่วนบุคคล"
    blocks: list[Block] = [
        Text(title, TITLE),
        Text(paper.office.name, HEAD),
        Spacer(6),
        _pair("คำสั่งอนุมัติ", digits(found.order)),
        _pair("ผู้จัดทำรายการ", digits(f"{found.listed_name} · {_day(found.listed_on)}")),
        _pair("ผู้อนุมัติ", digits(f"{found.approved_name} · {_day(found.approved_on)}")),
        _pair("ผู้ทำลาย", digits(f"{found.done_name} · {_day(found.done_on)}")),
        *([_pair("เหตุผล", digits(found.reason))] if found.reason else []),
        _pair("จำนวน", digits(f"ทำลาย {len(found.destroyed):,} เรื่อง จากรายการ {len(found.lines):,} เรื่อง"
              f" และแบบที่กรอกค้างไว้ {found.drafts:,} แบบ")),
        _pair("สิ่งที่ทำลาย", "ชื่อ ที่อยู่ เลขประจำตัว โทรศัพท์ เนื้อเรื่อง ไฟล์แนบ ดัชนีค้น แบบค้าง และงานพิมพ์"),
        _pair("สิ่งที่คงไว้", "เลขที่เรื่อง เลขที่ใบเสร็จและจำนวนเงิน วันที่ สถานะ และบันทึกการใช้งาน"),
        Spacer(8),
    ]  # fmt: skip
    rows = tuple(
        (digits(str(place)), retention.reference(line.number), line.title, digits(_day(line.closed_on)),
         digits(_day(line.until)), f"ไม่ทำลาย: {line.skipped}" if line.skipped else "ทำลายแล้ว")
        for place, line in enumerate(found.lines, start=1)
    )  # fmt: skip
    heads = ("ที่", "เลขที่", "ประเภท", "สิ้นสุดเมื่อ", "เก็บถึง", "ผล")
    blocks += [
        Table(heads, rows, (6, 22, 20, 17, 17, 20), (LEFT,) * len(heads), CELL),
        Spacer(8),
        Text(BACKUPS, CELL),
        Group((Spacer(26), Columns((
            Cell((Signature("ผู้ทำลาย", found.done_name or BLANK, BODY, align="left"),)),
            Cell((Signature("พยาน", BLANK, BODY),)),
        ), gap=12))),
    ]  # fmt: skip
    return _sheet(title, paper.office.name, blocks)


def breach_layout(paper: BreachForm) -> Layout:
    """The form that tells the commission of a breach (section 37(4)); what is not known yet is left to be written."""
    found = paper.breach
    title = "แบบแจ้งเหตุการละเมิดข้อมูลส่วนบุคคล"
    moments = (
        ("พบเหตุเมื่อ", found.found_at), ("ต้องแจ้งภายใน", found.due_at), ("แจ้ง สคส. เมื่อ", found.told_at),
        ("แจ้งเจ้าของข้อมูลเมื่อ", found.people_told_at),
    )  # fmt: skip
    late = (found.told_at or found.due_at) > found.due_at or found.clock.startswith("เลย")
    blocks: list[Block] = [
        Text(title, TITLE),
        Text("เรียน สำนักงานคณะกรรมการคุ้มครองข้อมูลส่วนบุคคล", BODY),
        Spacer(6),
        _pair("ผู้ควบคุมข้อมูล", paper.office.name),
        _pair("ที่ติดต่อ", thai_date.to_thai_digits(paper.office.phone) or BLANK),
        *(_pair(label, _moment(at)) for label, at in moments),
        _pair("เหตุที่เกิด", found.what),
        _pair("ข้อมูลที่เกี่ยวข้อง", found.data or BLANK),
        _pair("จำนวนเจ้าของข้อมูล", thai_date.to_thai_digits(found.people) or BLANK),
        _pair("ความเสี่ยง", found.risk_text),
        _pair("มาตรการ", found.measures or BLANK),
        *([_pair("เหตุที่แจ้งช้า", BLANK)] if late else []),
        Spacer(24),
        Text("ลงชื่อ ............................................ ผู้แจ้ง", BODY),
        Text(f"({paper.by}) {paper.position}".rstrip(), BODY),
    ]  # fmt: skip
    return _sheet(title, paper.office.name, blocks)


def _moment(at: datetime | None) -> str:
    if at is None:
        return BLANK
    local = thai_date.local(at)
    return thai_date.to_thai_digits(f"{thai_date.long(local.date())} เวลา {local:%H.%M} น.")


def _case(case: CaseData) -> list[Block]:
    digits = thai_date.to_thai_digits
    on = thai_date.short(thai_date.local(case.registered_at).date())
    found: list[Block] = [
        Text(f"{case.number}  {case.service}", STRONG, keep=True),
        _pair("รับเมื่อ", digits(f"{on} · {case.status}")),
        *(_pair(label, text) for label, text in case.said),
    ]
    if case.files:
        found.append(_pair("ไฟล์แนบ", "\n".join(case.files)))
    happened = [f"{_at(at)} {text}" for at, text in case.happened]
    return [*found, _pair("ความเป็นมา", digits("\n".join(happened)))]


def _at(moment: datetime) -> str:
    local = thai_date.local(moment)
    return f"{thai_date.short(local.date())} {local:%H:%M}"


def _pair(label: str, text: str) -> Pair:
    return Pair(Text(label, CELL), Text(text or "–", CELL), LABEL)


def _sheet(title: str, office: str, blocks: list[Block]) -> Layout:
    return Layout(title, "a4", tuple(blocks), header=headed(title), footer=footed(title), author=office)


def _day(day: date | None) -> str:
    return thai_date.short(day) if day else ""
