"""บัตรคิว: which of the day's cases this one is at its counter. It carries no personal data."""

from app.domain import thai_date
from app.services.model import CaseView, CopyMark
from printing.layout import Block, Layout, Medium, Rule, Spacer, Text, TextStyle
from printing.petition import copy_mark
from printing.slip import FOOT, OFFICE, TITLE

TITLE_TEXT = "บัตรคิว"
QUEUE = TextStyle(44, bold=True, align="center", leading=1.35)
LARGE = TextStyle(96, bold=True, align="center", leading=1.35)
COUNTER = TextStyle(13, bold=True, align="center", leading=1.45)


def queue_slip_layout(view: CaseView, copy: CopyMark) -> Layout:
    """The ticket on thermal paper."""
    return _ticket(view, copy, "slip", QUEUE)


def queue_sheet_layout(view: CaseView, copy: CopyMark) -> Layout:
    """The same on A5, for an office without a slip printer."""
    return _ticket(view, copy, "a5", LARGE)


def _ticket(view: CaseView, copy: CopyMark, medium: Medium, number: TextStyle) -> Layout:
    moment = thai_date.local(view.registered_at)
    place, ahead = (view.paperwork.queue, view.paperwork.ahead) if view.paperwork else (0, 0)
    waiting = f"มีผู้รออยู่ก่อน {ahead:,} ราย" if ahead else "ไม่มีผู้รออยู่ก่อน"
    blocks: tuple[Block, ...] = (
        *copy_mark(copy),
        Text(view.office.name, OFFICE),
        Text(TITLE_TEXT, TITLE),
        Text(f"{place:03d}", number),
        Text(view.counter_name, COUNTER),
        Text(waiting, FOOT),
        Rule(before=3, after=3, dashed=True),
        Text(view.service_name, FOOT),
        Text(f"{thai_date.padded(moment.date())}  {thai_date.time_text(moment)}", FOOT),
        Text(f"เลขคำร้อง {view.number}", FOOT, fit=True),
        Spacer(4),
    )
    return Layout(f"{TITLE_TEXT} {view.number}", medium, blocks, author=view.office.name)
