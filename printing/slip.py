"""The slip the citizen takes home: ใบรับคำร้อง on thermal paper. It carries no personal data."""

from app.domain import thai_date
from app.services.model import CaseView, CopyMark
from printing.layout import Block, Box, Layout, Pair, Qr, Rule, Spacer, Text, TextStyle

TITLE_TEXT = "ใบรับคำร้อง"
NO_NUMBER_YET = "เลขจะออกเมื่อบันทึก"
NOTICE = "แจ้งประกาศความเป็นส่วนตัวแล้ว ฉบับ"
FOLLOW_UP = "ติดตามผล: เลขคำร้อง + เบอร์โทรศัพท์ 4 ตัวท้าย"

OFFICE = TextStyle(13, bold=True, align="center", leading=1.4)
TITLE = TextStyle(11, align="center", leading=1.4)
NUMBER = TextStyle(22, bold=True, align="center", leading=1.35)
WAITING = TextStyle(13, bold=True, align="center", leading=1.5)
LABEL = TextStyle(9.5, leading=1.45)
BODY = TextStyle(9.5, bold=True, leading=1.45)
FOOT = TextStyle(9, align="center", leading=1.4)
COPY = TextStyle(14, bold=True, align="center", leading=1.45)
REASON = TextStyle(9, align="center", leading=1.4)

LABEL_WIDTH = 47.0
QR_SIZE = 92.0


def slip_layout(view: CaseView, copy: CopyMark) -> Layout:
    """The slip of one case; before saving (`view.number` empty) it shows where number and QR will be."""
    blocks: tuple[Block, ...] = (
        *_copy_mark(copy),
        Text(view.office.name, OFFICE),
        Text(TITLE_TEXT, TITLE),
        Text(view.number, NUMBER, fit=True)
        if view.number
        else Box((Text(NO_NUMBER_YET, WAITING, fit=True),), padding=4),
        Rule(before=3, after=3),
        *_facts(view),
        Rule(before=3, after=3, dashed=True),
        Qr(view.qr_text if view.number else "", QR_SIZE),
        Text(FOLLOW_UP, FOOT),
        *((Text(f"โทร. {view.office.phone}", FOOT),) if view.office.phone else ()),
        *((Text(f"{NOTICE} {view.notice.version}", FOOT),) if view.notice else ()),
    )
    return Layout(f"{TITLE_TEXT} {view.number}".strip(), "slip", blocks, author=view.office.name)


def _copy_mark(copy: CopyMark) -> tuple[Block, ...]:
    if copy.number == 0:
        return ()
    reason = (Text(f"เหตุผล: {copy.reason}", REASON, max_lines=2),) if copy.reason else ()
    return (Box((Text(f"สำเนา ครั้งที่ {copy.number}", COPY),), padding=4, inverse=True), *reason, Spacer(4))


def _facts(view: CaseView) -> list[Block]:
    moment = thai_date.local(view.registered_at)
    rows = [
        ("วันที่", f"{thai_date.padded(moment.date())}  {thai_date.time_text(moment)}", 0),
        ("ประเภท", view.type_text, 3),
        ("หัวข้อ", view.subject, 2),
        ("หน่วยงาน", view.division_name, 2),
        ("ผู้รับ", " · ".join(text for text in (view.officer_name, view.counter_name) if text), 2),
        ("กำหนดเสร็จ", thai_date.padded(view.due_on) if view.due_on else "", 1),
    ]
    return [
        Pair(Text(label, LABEL), Text(text, BODY, max_lines=lines), LABEL_WIDTH) for label, text, lines in rows if text
    ]
