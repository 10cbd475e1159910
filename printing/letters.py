"""Letters of a running case on A4: the note of what is missing, signed by both, and the explanation of a delay."""

from app.domain import thai_date
from app.domain.errors import Refused
from app.services import letters, official_letters
from app.services.model import CaseView, CopyMark
from app.services.paperwork import Letter
from printing.layout import MM, Block, Cell, Columns, Group, Layout, Rule, Signature, Spacer, Text, TextStyle
from printing.official import official_layout
from printing.petition import copy_mark, running

OFFICE = TextStyle(13, bold=True, align="center", leading=1.45)
TITLE = TextStyle(14, bold=True, align="center", leading=1.5, after=4)
RIGHT = TextStyle(12, align="right", leading=1.6)
BODY = TextStyle(12, leading=1.7, after=4)
RUNNING = TextStyle(12, align="justify", leading=1.7, after=4)
SIGN = TextStyle(12, leading=1.6)
SMALL = TextStyle(9.5, leading=1.5)
INDENT = 25 * MM

OPENING = {
    letters.DEFECT_NOTE: "ได้ตรวจคำขอและเอกสารหลักฐานแล้ว พบว่ายังไม่ถูกต้องหรือไม่ครบถ้วน ดังรายการต่อไปนี้",
    letters.EXPLANATION: "ขอแจ้งว่าการพิจารณายังไม่แล้วเสร็จภายในระยะเวลาที่กำหนดไว้ ด้วยเหตุดังต่อไปนี้",
}
CLOSING = {
    letters.DEFECT_NOTE: "หากไม่ดำเนินการภายในเวลาที่กำหนด เจ้าหน้าที่จะคืนคำขอพร้อมแจ้งเหตุเป็นหนังสือ "
    "และผู้ยื่นคำขอมีสิทธิอุทธรณ์ได้ตามกฎหมาย",
    letters.EXPLANATION: "สำนักงานจะแจ้งความคืบหน้าให้ทราบทุกเจ็ดวันจนกว่าการพิจารณาจะแล้วเสร็จ",
}


def case_letter_layout(view: CaseView, copy: CopyMark) -> Layout:
    """The letter that a print job names. Refused where the case has no such letter here."""
    letter = view.paperwork.letter if view.paperwork else None
    if letter is None:
        raise Refused("letter", "ไม่พบหนังสือฉบับนี้ในเรื่อง", "ออกหนังสือใหม่ แล้วพิมพ์อีกครั้ง", "document")
    return letter_layout(view, letter, copy)


def letter_layout(view: CaseView, letter: Letter, copy: CopyMark | None = None) -> Layout:
    """The sheet of one letter."""
    if letter.kind in official_letters.NAMES:
        return official_layout(view, letter, copy)
    name = letters.NAMES[letter.kind]
    written = thai_date.local(letter.written_at).date()
    blocks: tuple[Block, ...] = (
        *(copy_mark(copy) if copy else ()),
        Text(view.office.name, OFFICE),
        Text(name, TITLE),
        Text(f"เลขที่ {view.number}", RIGHT),
        Text(f"วันที่ {thai_date.long(written)}", RIGHT),
        Rule(before=4, after=8),
        Text(f"เรื่อง {view.subject}", BODY),
        Text(f"เรียน {view.applicant.full_name}", BODY),
        Text(f"ตามที่ท่านได้ยื่น{view.service_name} เมื่อวันที่ {_registered(view)} นั้น {view.office.name} "
             f"{OPENING[letter.kind]}", RUNNING, indent=INDENT),
        *(Text(line, RUNNING, indent=INDENT) for line in letter.text.splitlines() if line.strip()),
        *_until(letter),
        Text(CLOSING[letter.kind], RUNNING, indent=INDENT),
        Group((Spacer(30), _signatures(view, letter))),
        Spacer(10),
        Text(f"{view.division_name} โทร. {view.office.phone}", SMALL),
    )  # fmt: skip
    return Layout(
        f"{name} {view.number}",
        "a4",
        blocks,
        header=(running(view.office.name, f"{name} (ต่อ)"), Rule(before=2, after=8)),
        footer=(Rule(before=0, after=2), running(f"เลขที่ {view.number}", "หน้า {page}/{pages}")),
        author=view.office.name,
    )


def _registered(view: CaseView) -> str:
    return thai_date.long(thai_date.local(view.registered_at).date())


def _until(letter: Letter) -> tuple[Block, ...]:
    if letter.until is None:
        return ()
    return (Text(f"โปรดแก้ไขหรือยื่นเอกสารเพิ่มเติมภายในวันที่ {thai_date.long(letter.until)}", BODY, indent=INDENT),)


def _signatures(view: CaseView, letter: Letter) -> Block:
    below = (letter.position,) if letter.position else ()
    officer = Signature("เจ้าหน้าที่", letter.officer, SIGN, below)
    if letter.kind != letters.DEFECT_NOTE:
        return officer
    applicant = Signature("ผู้ยื่นคำขอ", view.applicant.person_name, SIGN, align="left")
    return Columns((Cell((applicant,)), Cell((officer,))), gap=10)
