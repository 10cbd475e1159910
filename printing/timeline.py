"""The timeline of a case on A4: everything that happened, who did it, when and where, with notes of the office."""

from app.domain import case_way, thai_date
from app.services.model import CaseEvent, CaseView, CopyMark
from printing.layout import Block, Cell, Columns, Layout, Rule, Spacer, Table, Text, TextStyle
from printing.petition import NONE_GIVEN, copy_mark, head, running

TITLE = TextStyle(13, bold=True, align="center", leading=1.6, after=4)
LABEL = TextStyle(9.2, leading=1.55, muted=True)
FACT = TextStyle(10, leading=1.55)
ROW = TextStyle(9.2, leading=1.55)
FOOT = TextStyle(8.5, leading=1.5, muted=True)
NAME = "ลำดับเหตุการณ์ของเรื่อง"
INTERNAL, PUBLIC = "ภายใน", "ผู้ร้องเห็น"
COLUMNS = ("ที่", "วันที่ เวลา", "ผู้ทำรายการ / ที่", "เหตุการณ์")
WIDTHS = (0.05, 0.16, 0.23, 0.56)
WARNING = "เอกสารภายใน มีบันทึกที่ไม่ได้แจ้งผู้ร้อง"


def timeline_layout(view: CaseView, copy: CopyMark) -> Layout:
    """The sheets of one case."""
    paperwork = view.paperwork
    events = paperwork.timeline if paperwork else ()
    blocks: tuple[Block, ...] = (
        *copy_mark(copy),
        head(view),
        Rule(before=6, after=6, weight=0.8),
        Text(NAME, TITLE),
        *_facts(view),
        Spacer(6),
        Table(
            COLUMNS,
            tuple(_row(place, event) for place, event in enumerate(events, start=1)),
            WIDTHS,
            ("left", "left", "left", "left"),
            ROW,
        ),
        Spacer(8),
        Text(_printed(view), FOOT),
    )
    return Layout(
        f"{NAME} {view.number}",
        "a4",
        blocks,
        header=(running(view.office.name, f"{NAME} {view.number}"), Rule(before=2, after=8)),
        footer=(Rule(before=0, after=2), running(WARNING, "หน้า {page}/{pages}")),
        author=view.office.name,
    )


def _facts(view: CaseView) -> list[Block]:
    due = thai_date.long(view.due_on) if view.due_on else ""
    where = " · ".join(part for part in (view.division_name, view.agency) if part)
    rows = (
        (("เรื่อง", view.subject), ("ประเภท", view.type_text)),
        (("ผู้ร้อง", view.applicant.full_name), ("หน่วยงานเจ้าของเรื่อง", where)),
        (("สถานะ", view.status_text), ("กำหนดแล้วเสร็จ", due)),
    )
    return [
        Columns(tuple(Cell((Text(label, LABEL, keep=True), Text(text or NONE_GIVEN, FACT))) for label, text in row))
        for row in rows
    ]


def _row(place: int, event: CaseEvent) -> tuple[str, str, str, str]:
    at = thai_date.local(event.at)
    who = "\n".join(part for part in (event.by, event.counter) if part)
    return str(place), f"{thai_date.padded(at.date())}\n{at:%H:%M:%S} น.", who, _told(event)


def _told(event: CaseEvent) -> str:
    marks = []
    if event.note and event.kind != "note_added":  # whose own words say for whom they are
        marks.append(PUBLIC if event.public else INTERNAL)
    if event.outcome == case_way.LOST:
        marks.append("ไม่มีผล")
    lines = [f"{event.text} ({', '.join(marks)})" if marks else event.text]
    if event.internal_note:
        lines.append(f"บันทึกภายใน: {event.internal_note}")
    return "\n".join(lines)


def _printed(view: CaseView) -> str:
    if view.paperwork is None:
        return ""
    at = thai_date.local(view.paperwork.printed_at)
    return f"พิมพ์เมื่อ {thai_date.padded(at.date())} {at:%H:%M} น. โดย {view.paperwork.printed_by}"
