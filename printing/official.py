"""The official letter (หนังสือภายนอก) and the memo (บันทึกข้อความ) of a case, as office correspondence is ruled.

Source: ระเบียบสำนักนายกรัฐมนตรีว่าด้วยงานสารบรรณ พ.ศ. 2526, forms 28 and 29: the garuda 3 cm and 1.5 cm high,
margins 3 and 2 cm, Thai digits, the catchword. The sizes are those of TH Sarabun,
matched by x-height: its 16 points are 11 of our face. Where the office has given no picture of the garuda its room
stays white, for paper on which it is printed already.
"""

import re

from app.domain import thai_date
from app.services import official_letters
from app.services.model import CaseView, CopyMark
from app.services.paperwork import Letter
from printing.layout import (
    MM,
    Block,
    Cell,
    Columns,
    Group,
    Layout,
    Margins,
    Pair,
    Picture,
    Spacer,
    Text,
    TextStyle,
)
from printing.petition import copy_mark, office_address

SARABUN = 11 / 16
"""Our points for one point of TH Sarabun."""
SIZE = 16 * SARABUN
BODY = TextStyle(SIZE, leading=1.9)
RUNNING = TextStyle(SIZE, align="justify", leading=1.9)
BOLD = TextStyle(SIZE, bold=True, leading=1.9)
CENTRE = TextStyle(SIZE, align="center", leading=1.9)
PAGE = TextStyle(SIZE, align="center", leading=1.9, after=6)
SPEED = TextStyle(20 * SARABUN, bold=True, leading=1.5)
MEMO_TITLE = TextStyle(29 * SARABUN, bold=True, align="center", leading=1.5)
MEMO_LABEL = TextStyle(20 * SARABUN, bold=True, leading=1.5)
MEMO_TEXT = TextStyle(SIZE, leading=20 / 16 * 1.5)
MARGINS = Margins(30 * MM, 20 * MM, 15 * MM, 20 * MM)
GARUDA, MEMO_GARUDA = 30 * MM, 15 * MM
INDENT = 25 * MM
SIGN_ROOM = 40.0
_LEFT_ALONE = re.compile(r"\S*(?:@|://)\S*|[A-Za-z]+\d[\dA-Za-z]*")
"""Addresses of mail and web, and numbers like KT1201169000042 by which people search, keep their digits."""


def official_layout(view: CaseView, letter: Letter, copy: CopyMark | None = None) -> Layout:
    """The sheet of a letter of one of these two kinds."""
    parts = {**official_letters.usual(view, letter.kind), **letter.parts}
    memo = letter.kind == official_letters.MEMO
    head = _memo_head(view, letter, parts) if memo else _letter_head(view, letter, parts)
    *body, last = [line for line in letter.text.splitlines() if line.strip()] or [""]
    blocks: tuple[Block, ...] = (
        *(copy_mark(copy) if copy else ()),
        *head,
        *(Text(digits(line), RUNNING, indent=INDENT) for line in body),
        *((Text(digits(last), RUNNING, indent=INDENT, keep=True),) if last else ()),
        Text(digits(parts["closing"]), RUNNING, indent=INDENT, keep=True),
        *_signed(parts, memo),
        *(() if memo else _owner(view)),
    )
    return Layout(
        f"{official_letters.NAMES[letter.kind]} {view.number}",
        "a4",
        blocks,
        header=(Text("- {thai_page} -", PAGE),),
        author=view.office.name,
        margins=MARGINS,
        catchword=True,
    )


def digits(text: str) -> str:
    """The text in Thai digits, but for addresses of mail and web and numbers with Latin letters."""
    kept = _LEFT_ALONE.findall(text)
    pieces = _LEFT_ALONE.split(text)
    turned = [thai_date.to_thai_digits(piece) for piece in pieces]
    return "".join(part for pair in zip(turned, [*kept, ""], strict=True) for part in pair)


def _written(letter: Letter) -> str:
    return digits(thai_date.long(thai_date.local(letter.written_at).date()))


def _garuda(view: CaseView, height: float, align: str) -> Block:
    png = view.template.garuda if view.template else b""
    if not png:
        return Spacer(height)
    return Picture(png, height, height, "center" if align == "center" else "left")


def _letter_head(view: CaseView, letter: Letter, parts: dict[str, str]) -> tuple[Block, ...]:
    speed: tuple[Block, ...] = (Text(parts["speed"], SPEED),) if parts.get("speed") else ()
    sides = Cell(speed), Cell((_garuda(view, GARUDA, "center"),)), Cell(())
    office = (Text(digits(line), BODY) for line in (view.office.name, office_address(view.office.address)) if line)
    return (
        Columns(sides, gap=0),
        Columns((Cell((Text(digits(f"ที่ {parts.get('ref_no', '')}"), BODY),), 1.25), Cell(tuple(office), 1.0))),
        Columns((Cell(()), Cell((Text(_written(letter), BODY),))), gap=0),
        *_labelled("เรื่อง", parts["subject"]),
        *_labelled("เรียน", parts["to"]),
        *_labelled("อ้างถึง", parts.get("references", "")),
        *_labelled("สิ่งที่ส่งมาด้วย", parts.get("enclosures", "")),
        Spacer(6),
    )


def _memo_head(view: CaseView, letter: Letter, parts: dict[str, str]) -> tuple[Block, ...]:
    place = f"{view.division_name} {view.office.name} โทร. {view.office.phone}".strip()
    return (
        Columns(
            (Cell((_garuda(view, MEMO_GARUDA, "left"),)), Cell((Text("บันทึกข้อความ", MEMO_TITLE),)), Cell(())),
            gap=0,
        ),
        _dotted("ส่วนราชการ", place),
        Columns((Cell((_dotted("ที่", parts.get("ref_no", "")),)), Cell((_dotted("วันที่", _written(letter)),)))),
        _dotted("เรื่อง", parts["subject"]),
        *_labelled("เรียน", parts["to"]),
        *_labelled("อ้างถึง", parts.get("references", "")),
        *_labelled("สิ่งที่ส่งมาด้วย", parts.get("enclosures", "")),
        Spacer(6),
    )


def _wide(label: str, style: TextStyle) -> float:
    """Points of a label; the typeface is read when the first letter is written, not at start."""
    from printing import typeface

    return typeface.width(label, style.bold) * style.size


def _labelled(label: str, text: str) -> tuple[Block, ...]:
    if not text:
        return ()
    return Spacer(6), Pair(Text(label, BODY), Text(digits(text), BODY), _wide(label, BODY) + 2, gap=8)


def _dotted(label: str, text: str) -> Columns:
    wide = _wide(label, MEMO_LABEL) + 2
    line = Text(digits(text), MEMO_TEXT, dotted=True)
    return Columns((Cell((Text(label, MEMO_LABEL),), wide, fixed=True), Cell((line,))), gap=6)


def _signed(parts: dict[str, str], memo: bool) -> tuple[Block, ...]:
    name = parts.get("signer") or "." * 44
    below = (Text(digits(parts["signer_position"]), CENTRE),) if parts.get("signer_position") else ()
    respect: tuple[Block, ...] = () if memo else (Text("ขอแสดงความนับถือ", CENTRE),)
    column = (*respect, Spacer(SIGN_ROOM), Text(f"({name})", CENTRE), *below)
    return (Group((Spacer(12), Columns((Cell((), 0.8), Cell(column, 1.2)), gap=0))),)


def _owner(view: CaseView) -> tuple[Block, ...]:
    office = view.office
    named = (("โทร.", office.phone), ("โทรสาร", office.fax), ("ไปรษณีย์อิเล็กทรอนิกส์", office.email))
    lines = (view.division_name, *(digits(f"{name} {text}") for name, text in named if text))
    return (Group((Spacer(24), *(Text(line, BODY) for line in lines if line))),)
