"""The leaflet for citizens: where ThaiD comes from, as QR, and the two ways to register."""

from app.domain import thai_date
from app.services import thaid_guide
from app.services.model import OfficeView
from app.services.thaid_settings import Campaign
from printing.layout import Block, Cell, Columns, Group, Layout, Pair, Qr, Rule, Spacer, Text, TextStyle

OFFICE = TextStyle(13, align="center", leading=1.5)
TITLE = TextStyle(22, bold=True, align="center", leading=1.5)
LEAD = TextStyle(13, align="center", leading=1.6, after=4)
STORE = TextStyle(13, bold=True, align="center", leading=1.5)
WAY = TextStyle(14, bold=True, leading=1.6, after=2)
STEP = TextStyle(12, leading=1.6)
NOTE = TextStyle(11, leading=1.5, muted=True, after=4)
SMALL = TextStyle(9.5, align="center", leading=1.5, muted=True)
CODE = 140


def thaid_leaflet_layout(office: OfficeView, campaign: Campaign) -> Layout:
    """One A4 sheet. A store whose address is not set has its name to search for in place of the QR."""
    stores = (("iPhone / iPad (App Store)", campaign.ios), ("Android (Google Play)", campaign.android))
    blocks: tuple[Block, ...] = (
        Text(office.name, OFFICE),
        Text(f"ลงทะเบียน {campaign.brand} บัตรประชาชนดิจิทัล", TITLE),
        Text("ใช้แทนบัตรประจำตัวประชาชน และยืนยันตัวตนกับบริการของรัฐ", LEAD),
        Rule(before=4, after=6),
        Columns(tuple(Cell(_store(name, address, campaign.brand)) for name, address in stores)),
        Rule(before=6, after=6),
        Columns(tuple(Cell(_way(way, campaign)) for way in thaid_guide.ways()), gap=18),
        Spacer(8),
        Group((
            Rule(before=4, after=4),
            Text(thai_date.to_thai_digits(f"สอบถามที่เคาน์เตอร์ {office.name} โทร. {office.phone} ไม่มีค่าใช้จ่าย"), SMALL),
        )),
    )  # fmt: skip
    return Layout(f"แผ่นพับ {campaign.brand}", "a4", blocks, author=office.name)


def _store(name: str, address: str, brand: str) -> tuple[Block, ...]:
    if address:
        return Text(name, STORE), Qr(address, CODE)
    return Text(name, STORE), Spacer(8), Text(f"ค้นหาคำว่า “{brand}” ของกรมการปกครอง", LEAD)


def _way(way: thaid_guide.Way, campaign: Campaign) -> tuple[Block, ...]:
    note = thaid_guide.note(way, campaign.registration_office)
    steps = tuple(
        Pair(Text(thai_date.to_thai_digits(f"{place}."), STEP), Text(thai_date.to_thai_digits(step), STEP), 16)
        for place, step in enumerate(way.steps, start=1)
    )
    return Text(way.title, WAY), *((Text(note, NOTE),) if note else ()), *steps
