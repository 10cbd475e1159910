"""The receipt on A5, A4 and 80 mm: everything on it comes from the document that was frozen when it was issued."""

from collections.abc import Mapping
from typing import Any

from app.domain.money import formatted
from app.services.model import CaseView, CopyMark
from printing.layout import (
    Block,
    Box,
    Cell,
    Columns,
    Group,
    Layout,
    Medium,
    Pair,
    Qr,
    Rule,
    Signature,
    Spacer,
    Table,
    Text,
    TextStyle,
)
from printing.receipt_overlay import overlay_layout
from printing.running import held_together

Document = Mapping[str, Any]

OFFICE = TextStyle(14, bold=True, align="center", leading=1.45)
SMALL = TextStyle(9.5, align="center", leading=1.45)
TITLE = TextStyle(16, bold=True, align="center", leading=1.45)
NUMBER = TextStyle(12, bold=True, leading=1.5)
BODY = TextStyle(11.5, leading=1.55)
BOLD = TextStyle(11.5, bold=True, leading=1.55)
TABLE = TextStyle(11, leading=1.45)
WORDS = TextStyle(11.5, bold=True, align="center", leading=1.6)
RIGHT = TextStyle(11.5, align="right", leading=1.55)
MARK = TextStyle(11, bold=True, align="center", leading=1.5)
NOTE = TextStyle(10, leading=1.5, align="center")
LABEL = 78.0

SLIP_OFFICE = TextStyle(12, bold=True, align="center", leading=1.4)
SLIP_TITLE = TextStyle(15, bold=True, align="center", leading=1.4)
SLIP = TextStyle(9.5, leading=1.45)
SLIP_BOLD = TextStyle(9.5, bold=True, leading=1.45)
SLIP_RIGHT = TextStyle(9.5, bold=True, align="right", leading=1.45)
SLIP_TOTAL = TextStyle(14, bold=True, align="right", leading=1.45)
SLIP_TOTAL_LABEL = TextStyle(9.5, bold=True, leading=14 * 1.45 / 9.5)
SLIP_CENTRE = TextStyle(9.5, align="center", leading=1.45)
SLIP_VOID = TextStyle(12, bold=True, align="center", leading=1.45)
SLIP_LABEL = 52.0


def receipt_layout(view: CaseView, copy: CopyMark) -> Layout:
    """The receipt on a sheet: A4 where the office says so, A5 otherwise; the original of a pre-printed book onto its
    leaf."""
    document = frozen(view)
    if on_leaf(document, copy):
        return overlay_layout(document)
    medium: Medium = "a4" if document.get("paper") == "a4" else "a5"
    blocks: tuple[Block, ...] = (
        *_mark(copy),
        *_voided(document, MARK),
        Text(document["office"]["name"], OFFICE),
        *(Text(line, SMALL) for line in _office_lines(document)),
        Columns((Cell((Text(f"เล่มที่ {document['book']}", NUMBER),)),
                 Cell((Text(f"เลขที่ {document['no']}", _right(NUMBER)),)))),
        Text(document["title"], TITLE),
        *((Text(document["note"], MARK),) if document.get("note") else ()),
        Text(f"{document['place']}   วันที่ {document['date_text']}", RIGHT),
        *(Pair(Text(label, BODY), Text(text, BOLD), LABEL) for label, text in _facts(document)),
        Spacer(4),
        Table(("ที่", "รายการ", "ประจำงวด", "จำนวนเงิน"), _rows(document), (0.6, 4.6, 1.5, 2.0),
              ("center", "left", "left", "right"), TABLE, keep=True),
        Group((
            Columns((Cell((Text("รวมเงิน", _right(BOLD)),), 6.7), Cell((Text(formatted(document["total_satang"]),
                     _right(BOLD)),), 2.0)), gap=6),
            Box((Text(f"({document['total_text']})", WORDS),), padding=3),
        )),
        Spacer(3),
        *(Text(line, BODY) for line in payment_lines(document)),
        *((Text(document["footer"], BODY),) if document.get("footer") else ()),
        Group((Spacer(16), _foot(document))),
    )  # fmt: skip
    return held_together(
        Layout(_name(document), medium, blocks, author=document["office"]["name"]), _name(document), copy
    )


def on_leaf(document: Document | None, copy: CopyMark) -> bool:
    """Whether this paper is printed onto a leaf of a pre-printed book; never once the receipt is cancelled."""
    return bool(document and document.get("overlay") and not copy.number and not document.get("voided"))


def receipt_slip_layout(view: CaseView, copy: CopyMark) -> Layout:
    """The receipt on thermal paper."""
    document = frozen(view)
    blocks: tuple[Block, ...] = (
        *_slip_mark(copy),
        *_voided(document, SLIP_VOID),
        Text(document["office"]["name"], SLIP_OFFICE),
        *(Text(line, SLIP_CENTRE) for line in _office_lines(document)),
        Text(document["title"], SLIP_TITLE),
        *((Text(document["note"], SLIP_CENTRE),) if document.get("note") else ()),
        Columns((Cell((Text(f"เล่มที่ {document['book']}", SLIP_BOLD),)),
                 Cell((Text(f"เลขที่ {document['no']}", _right(SLIP_BOLD)),)))),
        Text(f"วันที่ {document['date_text']}", SLIP),
        Rule(before=3, after=3),
        *(Pair(Text(label, SLIP), Text(text, SLIP_BOLD), SLIP_LABEL) for label, text in _facts(document)),
        Rule(before=3, after=3, dashed=True),
        *(block for item in document["items"] for block in _slip_item(item)),
        Rule(before=3, after=3),
        Columns((Cell((Text("รวมเงิน", SLIP_TOTAL_LABEL),)),
                 Cell((Text(formatted(document["total_satang"]), SLIP_TOTAL),)))),
        Text(f"({document['total_text']})", SLIP_CENTRE),
        *(Text(line, SLIP) for line in payment_lines(document)),
        *((Text(document["footer"], SLIP_CENTRE),) if document.get("footer") else ()),
        Spacer(14),
        Text("ลงชื่อ ........................................ ผู้รับเงิน", SLIP_CENTRE),
        Text(f"({document['cashier']})", SLIP_CENTRE),
        *((Text(document["position"], SLIP_CENTRE),) if document.get("position") else ()),
        Spacer(4),
        Qr(qr_text(document), 78.0),
    )  # fmt: skip
    return Layout(_name(document), "slip", blocks, author=document["office"]["name"])


def frozen(view: CaseView) -> Document:
    """The document of the receipt that the view carries."""
    if view.receipt is None:
        raise ValueError("the view carries no receipt")
    return view.receipt


def payment_lines(document: Document) -> list[str]:
    """How it was paid, and what the law wants beside a cheque."""
    lines = [_way(part) for part in document.get("parts") or (document,)]
    if document.get("received_text"):
        lines.append(f"ชำระเมื่อวันที่ {document['received_text']}")
    if document.get("received_satang"):
        change = formatted(document.get("change_satang", 0))
        cash = "รับเงินสด" if document.get("parts") else "รับเงิน"
        lines.append(f"{cash} {formatted(document['received_satang'])} บาท  เงินทอน {change} บาท")
    if document.get("cheque_note"):
        lines.append(document["cheque_note"])
    if document.get("external_no"):
        lines.append(f"เลขที่ใบเสร็จ e-LAAS {document['external_no']}")
    if document.get("replaces"):
        lines.append(f"ออกแทนใบเสร็จที่ยกเลิก เล่มที่/เลขที่ {document['replaces']}")
    return lines


def _way(part: Mapping[str, Any]) -> str:
    """One method: of several, with its share."""
    words = [f"ชำระโดย {part['method_text']}"]
    if "satang" in part:
        words.append(f"{formatted(part['satang'])} บาท")
    if part.get("bank"):
        words.append(part["bank"])
    if part.get("reference"):
        words.append(f"เลขที่/อ้างอิง {part['reference']}")
    return "  ".join(words)


def qr_text(document: Document) -> str:
    """What the QR holds: number and signature, no personal data; "" while there is no number."""
    return f"R/{document['book']}/{document['no']}/{document['code']}" if document.get("code") else ""


def mark_text(copy: CopyMark) -> str:
    """What the head of the paper says."""
    return f"สำเนา พิมพ์ซ้ำครั้งที่ {copy.number}" if copy.number else "ต้นฉบับ"


def _mark(copy: CopyMark) -> tuple[Block, ...]:
    if copy.number == 0:
        return (Text(mark_text(copy), _right(TextStyle(10, leading=1.4))),)
    reason = (Text(f"เหตุผล: {copy.reason}", NOTE),) if copy.reason else ()
    return (Box((Text(mark_text(copy), MARK),), padding=3), *reason)


def _slip_mark(copy: CopyMark) -> tuple[Block, ...]:
    if copy.number == 0:
        return (Text(mark_text(copy), _right(SLIP)),)
    reason = (Text(f"เหตุผล: {copy.reason}", SLIP_CENTRE, max_lines=2),) if copy.reason else ()
    return (Box((Text(mark_text(copy), TextStyle(12, bold=True, align="center", leading=1.45)),), padding=4,
                inverse=True), *reason, Spacer(3))  # fmt: skip


def _voided(document: Document, style: TextStyle) -> tuple[Block, ...]:
    """What the paper of a cancelled receipt says above everything else."""
    on = document.get("voided")
    return (Box((Text(f"ยกเลิกแล้ว เมื่อวันที่ {on}", style),), padding=3, weight=1.2), Spacer(3)) if on else ()


def _office_lines(document: Document) -> list[str]:
    office = document["office"]
    phone = f"โทร. {office['phone']}" if office.get("phone") else ""
    return [text for text in (office.get("address", ""), phone) if text]


def _facts(document: Document) -> list[tuple[str, str]]:
    payer = document["payer"]
    rows = [
        ("ได้รับเงินจาก", payer.get("name", "")),
        ("เลขประจำตัว", payer.get("tax_id", "")),
        ("ที่อยู่", payer.get("address", "")),
        ("เลขที่เรื่อง", document["number"]),
    ]
    return [(label, text) for label, text in rows if text]


def _rows(document: Document) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (str(place), item["description"], item.get("period", ""), formatted(item["satang"]))
        for place, item in enumerate(document["items"], start=1)
    )


def _slip_item(item: Mapping[str, Any]) -> tuple[Block, ...]:
    text = " ".join(part for part in (item["description"], item.get("period", "")) if part)
    return (
        Columns((Cell((Text(text, SLIP),), 2.4), Cell((Text(formatted(item["satang"]), SLIP_RIGHT),), 1.0)), gap=4),
    )


def _foot(document: Document) -> Block:
    below = (document["position"],) if document.get("position") else ()
    signature = Signature("ผู้รับเงิน", document["cashier"], BODY, below, width=190)
    return Columns((Cell((Qr(qr_text(document), 66, "left"),), 70.0, fixed=True), Cell((signature,))), gap=6)


def _right(style: TextStyle) -> TextStyle:
    return TextStyle(style.size, style.bold, "right", style.leading)


def _name(document: Document) -> str:
    return f"{document['title']} เล่มที่ {document['book']} เลขที่ {document['no']}"
