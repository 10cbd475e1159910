"""The page that shows whether a printer is set up right: its width, its Thai and its QR."""

from app.services.model import Printer
from printing.layout import MM, Block, Cell, Columns, Layout, Qr, Rule, Spacer, Text, TextStyle

HEADING = TextStyle(13, bold=True, align="center", leading=1.45)
BODY = TextStyle(10, leading=1.5)
CENTRE = TextStyle(10, align="center", leading=1.5)
RIGHT = TextStyle(9, align="right", leading=1.4)
LEFT = TextStyle(9, leading=1.4)

MARKS = "น้ำ ที่ เก็บ ปู่ กฎ ฐาน ญาติ ก็ ซึ่ง ปั๊ม ฟื้น ฎุ ญู ป้า ฝึก"


def test_layout(printer: Printer, office_name: str) -> Layout:
    """The test page of one printer."""
    width = f"{printer.dots} จุดต่อบรรทัด" if printer.dots else "กระดาษ A4"
    blocks: tuple[Block, ...] = (
        Text("ทดสอบเครื่องพิมพ์", HEADING),
        Text(office_name, CENTRE),
        Text(f"{printer.name} · {width}", CENTRE),
        Rule(),
        Columns((Cell((Text("|◄ ขอบซ้าย", LEFT),)), Cell((Text("ขอบขวา ►|", RIGHT),)))),
        Text("เส้นต้องยาวถึงขอบทั้งสองข้าง สระและวรรณยุกต์ต้องไม่ทับกัน:", BODY),
        Text(MARKS, TextStyle(14, bold=True, align="center", leading=1.6)),
        Text("สแกนได้คำว่า LAO-COUNTER:", BODY),
        Spacer(4),
        Qr("LAO-COUNTER", 25 * MM),
        Rule(dashed=True),
    )
    return Layout(f"ทดสอบเครื่องพิมพ์ {printer.name}", "a4" if printer.dots == 0 else "slip", blocks, author=office_name)
