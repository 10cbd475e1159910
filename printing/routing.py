"""The receiving stamp of an incoming matter, and the routing slip on which the officers write their minutes."""

from app.domain import office_titles, thai_date
from app.services.model import CaseView, CopyMark
from app.services.paperwork import Paperwork
from printing import slip
from printing.layout import MM, Block, Box, Cell, Columns, Group, Layout, Rule, Spacer, Text, TextStyle, Tick
from printing.petition import NONE_GIVEN, copy_mark, running

STAMP_TITLE = TextStyle(10.5, bold=True, align="center", leading=1.5)
STAMP = TextStyle(10.5, leading=1.6)
STAMP_NUMBER = TextStyle(13, bold=True, leading=1.5)
STAMP_TICK = TextStyle(8.8, leading=1.6)
STAMP_SMALL = TextStyle(8.5, leading=1.5)
OFFICE = TextStyle(14, bold=True, leading=1.5)
TITLE = TextStyle(13, bold=True, leading=1.5, after=3)
FACT = TextStyle(11, leading=1.6)
LABEL = TextStyle(9.2, leading=1.5, muted=True)
HEADING = TextStyle(11, bold=True, leading=1.6, after=2)
TICK = TextStyle(11, leading=1.75)
SIGN = TextStyle(10, leading=2.2)
COPY = TextStyle(9, align="right", leading=1.5)

STAMP_WIDTH = 66 * MM
MINUTES_HEIGHT = 47 * MM
SLIP_NAME, STAMP_NAME = "ใบเกษียน", "ตราประทับรับ"
OTHERS = "อื่นๆ"
NO_NUMBER = "เลขที่รับจะออกเมื่อสั่งพิมพ์"
LINE = "." * 34


def routing_slip_layout(view: CaseView, copy: CopyMark) -> Layout:
    """The sheet that goes in front of one case."""
    facts = (
        ("เลขคำร้อง", view.number),
        ("เรื่อง", view.subject),
        ("จาก", view.applicant.full_name),
        ("ประเภท", view.type_text),
        ("กำหนดแล้วเสร็จ", thai_date.long(view.due_on) if view.due_on else ""),
    )
    left: tuple[Block, ...] = (
        Text(view.office.name, OFFICE),
        Text(SLIP_NAME, TITLE),
        *(block for label, text in facts for block in (Text(label, LABEL, keep=True), Text(text or NONE_GIVEN, FACT))),
    )
    blocks: tuple[Block, ...] = (
        *copy_mark(copy),
        Columns((Cell(left), Cell((stamp(view),), STAMP_WIDTH, fixed=True)), gap=14),
        Rule(before=6, after=6),
        Text("ส่งให้", HEADING, keep=True),
        _divisions(view, 3, TICK),
        Rule(before=6, after=6),
        Text("บันทึก/เกษียน", HEADING, keep=True),
        *_minutes(view),
    )
    return Layout(
        f"{SLIP_NAME} {view.number}",
        "a4",
        blocks,
        footer=(Rule(before=0, after=2), running(f"เลขคำร้อง {view.number}", "หน้า {page}/{pages}")),
        author=view.office.name,
    )


def stamp_sheet(view: CaseView, copy: CopyMark) -> Layout:
    """An A4 sheet with nothing but the stamp at its place: the letter itself is put into the printer."""
    blocks: tuple[Block, ...] = (
        Columns((Cell(()), Cell((stamp(view, divisions=True), *_again(copy)), STAMP_WIDTH, fixed=True))),
    )
    return Layout(f"{STAMP_NAME} {view.number}", "a4", blocks, author=view.office.name)


def stamp_label(view: CaseView, copy: CopyMark) -> Layout:
    """The stamp as a label of the slip printer, to be stuck on the letter."""
    blocks = (stamp(view, divisions=True), *_again(copy))
    return Layout(f"{STAMP_NAME} {view.number}", "slip", blocks, author=view.office.name)


def _again(copy: CopyMark) -> tuple[Block, ...]:
    if copy.number == 0:
        return ()
    reason = f" {copy.reason}" if copy.reason else ""
    return (Text(f"พิมพ์ซ้ำ ครั้งที่ {copy.number}{reason}", COPY),)


def stamp(view: CaseView, *, divisions: bool = False) -> Block:
    """The framed stamp: office, number of the register, day and time; where it is sent, to be ticked."""
    received = view.paperwork.received if view.paperwork else None
    moment = thai_date.local(received.at) if received else None
    blocks: list[Block] = [
        Text(view.office.name, STAMP_TITLE),
        Rule(before=1, after=2, weight=0.5),
        Text(f"เลขที่รับ  {received.number}" if received else NO_NUMBER, STAMP_NUMBER, fit=True),
        Text(f"วันที่  {thai_date.short(moment.date())}" if moment else "วันที่", STAMP),
        Text(f"เวลา  {moment:%H.%M} น." if moment else "เวลา", STAMP),
    ]
    if received and received.others:
        blocks.append(Text(f"เลขที่รับอีกเลขของเรื่องนี้ {', '.join(received.others)}", STAMP_SMALL))
    if divisions:
        blocks += [Rule(before=2, after=2, weight=0.5), _divisions(view, 2, STAMP_TICK)]
    blocks.append(Text(f"เลขคำร้อง {view.number or slip.NO_NUMBER_YET}", STAMP_SMALL))
    return Box(tuple(blocks), padding=6, weight=1.1)


def _divisions(view: CaseView, columns: int, style: TextStyle) -> Block:
    paperwork = view.paperwork or Paperwork(view.registered_at, "")
    named = [(code, name) for code, name in paperwork.divisions if name != OTHERS]
    ticks = [Tick(Text(name, style), code == paperwork.division) for code, name in named]
    ticks.append(Tick(Text(f"{OTHERS} ............", style)))
    rows = -(-len(ticks) // columns)
    cells = tuple(Cell(tuple(ticks[start : start + rows])) for start in range(0, rows * columns, rows))
    return Columns(cells, gap=6)


def _minutes(view: CaseView) -> list[Block]:
    boxes = [_minute(place, who) for place, who in enumerate(_officers(view), start=1)]
    pairs = [boxes[at : at + 2] for at in range(0, len(boxes), 2)]
    rows = (Columns(tuple(Cell((box,)) for box in pair), gap=8) for pair in pairs)
    return [Group((row, Spacer(8))) for row in rows]


def _officers(view: CaseView) -> tuple[str, str, str, str]:
    return office_titles.minutes(view.office.kind, view.office.name)


def _minute(place: int, who: str) -> Box:
    room = Spacer(MINUTES_HEIGHT - 62)
    return Box(
        (Text(f"{place}. {who}", HEADING), room, Text(f"ลงชื่อ {LINE}", SIGN), Text(f"วันที่ {LINE}", SIGN)),
        padding=6,
        weight=0.6,
        min_height=MINUTES_HEIGHT + 20,
    )
