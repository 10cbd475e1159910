"""The privacy notice on paper, with its version and the day it was given: an A4 sheet, or a slip where there is none.

It carries nothing of the person who gets it.
"""

from datetime import datetime

from app.domain import thai_date
from app.services.model import OfficeView
from app.services.privacy import Notice
from printing.layout import Block, Layout, Medium, Rule, Spacer, Text, TextStyle

OFFICE = TextStyle(13, bold=True, align="center", leading=1.45)
TITLE = TextStyle(12, bold=True, align="center", leading=1.5)
VERSION = TextStyle(9.5, align="center", leading=1.5, after=2)
BODY = TextStyle(11, leading=1.6, after=6)
SMALL_BODY = TextStyle(9.5, leading=1.5, after=4)
EXTRAS = "ความยินยอมเพิ่มเติม (ตามสมัครใจ ไม่ยินยอมก็รับบริการได้ตามปกติ)"


def notice_layout(notice: Notice, office: OfficeView, at: datetime, medium: Medium) -> Layout:
    """The sheet or slip of one notice; `at` is when it is given."""
    body = BODY if medium == "a4" else SMALL_BODY
    bold = TextStyle(body.size, bold=True, leading=body.leading, after=2)
    moment = thai_date.local(at)
    blocks: tuple[Block, ...] = (
        Text(office.name, OFFICE),
        Text(notice.title, TITLE),
        Text(f"ฉบับ {notice.version} · แจ้งเมื่อ {thai_date.long(moment.date())}", VERSION),
        Rule(before=4, after=6),
        *(Text(paragraph, body) for paragraph in notice.paragraphs),
        Rule(before=4, after=6, dashed=True),
        Text(EXTRAS, bold, keep=True),
        *(Text(f"{purpose.title}: {purpose.text}", body) for purpose in notice.purposes),
        Spacer(4),
    )
    return Layout(f"{notice.title} ฉบับ {notice.version}", medium, blocks, author=office.name)
