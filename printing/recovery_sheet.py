"""The paper for the office's safe: the recovery code in groups of five characters and as QR, and what it is for.

It is made in one piece and sent to a printer or a file; no copy of the code stays in the program.
"""

from app.domain import thai_date
from app.services.recovery import RecoverySheet
from printing.layout import MM, Block, Cell, Columns, Layout, Qr, Rule, Spacer, Text, TextStyle

TITLE = TextStyle(18, bold=True, align="center", leading=1.5, after=2)
WHOSE = TextStyle(13, align="center", leading=1.5)
CODE = TextStyle(19, bold=True, align="center", leading=1.6)
PLACE = TextStyle(9.5, align="center", leading=1.3)
HEADING = TextStyle(12, bold=True, leading=1.5, after=2)
BODY = TextStyle(11.5, leading=1.6, after=4)

KEEP = (
    "ใครมีกระดาษแผ่นนี้กับไฟล์สำรองหรือเครื่องของเคาน์เตอร์ จะอ่านข้อมูลประชาชนทั้งหมดได้ เก็บในตู้นิรภัย แยกจากเครื่องและดิสก์สำรอง",
    "ห้ามถ่ายรูป ถ่ายเอกสาร สแกน หรือส่งทางอินเทอร์เน็ต ถ้าสั่งออกเป็นไฟล์ ให้ลบไฟล์ทันทีหลังพิมพ์",
    "แผ่นนี้แทนทุกแผ่นที่ทำก่อนหน้า ทำลายแผ่นเก่าได้ เมื่อแผ่นนี้หายหรือมีผู้อื่นเห็น ให้ทำแผ่นใหม่และเปลี่ยนกุญแจทันที",
)
USE = (
    "1. ลืมรหัสผ่านกุญแจ หรือเปลี่ยนบัญชี Windows: สั่ง lao-counter recovery use แล้วพิมพ์รหัสหรือสแกน QR ตั้งรหัสผ่านกุญแจใหม่ ข้อมูลอยู่ครบ",
    "2. เครื่องเสียหรือหาย: ติดตั้งโปรแกรมในเครื่องใหม่ เสียบดิสก์สำรอง สั่ง lao-counter restore ไฟล์สำรอง --recovery"
    " (ไฟล์ .recovery.json ต้องอยู่ข้างไฟล์สำรอง)",
    "3. พิมพ์ตัวเล็กหรือใหญ่ก็ได้ ไม่มีตัวอักษร I L O U ตัวสุดท้ายของแต่ละกลุ่มใช้ตรวจ ถ้าพิมพ์ผิดโปรแกรมจะบอกว่ากลุ่มใด",
)
DOTS = "." * 44
ROW = 4
"""Groups a line."""


def recovery_layout(sheet: RecoverySheet) -> Layout:
    """The A4 sheet."""
    groups = sheet.code.split("-")
    moment = thai_date.local(sheet.made_at)
    rows = [groups[at : at + ROW] for at in range(0, len(groups), ROW)]
    blocks: tuple[Block, ...] = (
        Text("กุญแจกู้คืนข้อมูล", TITLE),
        Text(f"{sheet.office} · {sheet.counter}", WHOSE),
        Text(
            f"ทำเมื่อ {thai_date.long(moment.date())} เวลา {moment:%H.%M} น. โดย {sheet.made_by}", WHOSE
        ),
        Rule(before=6, after=8),
        *(
            Columns(tuple(
                Cell((Text(group, CODE), Text(f"กลุ่มที่ {line * ROW + place + 1}", PLACE)))
                for place, group in enumerate(row)
            ))
            for line, row in enumerate(rows)
        ),
        Spacer(6),
        Qr(sheet.code, 45 * MM),
        Rule(before=8, after=6),
        Text("เก็บอย่างไร", HEADING, keep=True),
        *(Text(f"• {line}", BODY) for line in KEEP),
        Text("ใช้เมื่อใด", HEADING, keep=True),
        *(Text(line, BODY) for line in USE),
        Rule(before=8, after=6, dashed=True),
        Text(f"ผู้เก็บรักษา {DOTS} ลงชื่อ {DOTS} วันที่ {DOTS[:24]}", BODY),
    )  # fmt: skip
    return Layout(f"กุญแจกู้คืนข้อมูล {sheet.counter}", "a4", blocks, author=sheet.office)
