"""The bill (ใบแจ้งการชำระเงิน): Thai QR on the slip; QR and the bank's bar code on A4."""

from collections.abc import Mapping
from typing import Any

from app.domain.money import formatted
from app.services.model import CaseView, CopyMark
from printing.layout import (
    Barcode,
    Block,
    Box,
    Cell,
    Columns,
    Group,
    Layout,
    Pair,
    Qr,
    Rule,
    Spacer,
    Table,
    Text,
    TextStyle,
)
from printing.running import held_together

Document = Mapping[str, Any]

OFFICE = TextStyle(15, bold=True, align="center", leading=1.5)
SMALL = TextStyle(10.5, align="center", leading=1.5)
TITLE = TextStyle(17, bold=True, align="center", leading=1.6)
BODY = TextStyle(12.5, leading=1.6)
BOLD = TextStyle(12.5, bold=True, leading=1.6)
TOTAL = TextStyle(15, bold=True, align="right", leading=1.5)
TOTAL_LABEL = TextStyle(12.5, align="right", leading=1.8)
WORDS = TextStyle(12.5, bold=True, align="center", leading=1.6)
CODE = TextStyle(10, align="center", leading=1.4)
LABEL = 100.0

SLIP_OFFICE = TextStyle(12, bold=True, align="center", leading=1.4)
SLIP_TITLE = TextStyle(14, bold=True, align="center", leading=1.4)
SLIP = TextStyle(9.5, leading=1.45)
SLIP_BOLD = TextStyle(9.5, bold=True, leading=1.45)
SLIP_RIGHT = TextStyle(9.5, bold=True, align="right", leading=1.45)
SLIP_TOTAL = TextStyle(15, bold=True, align="right", leading=1.4)
SLIP_TOTAL_LABEL = TextStyle(9.5, bold=True, leading=15 * 1.4 / 9.5)
SLIP_CENTRE = TextStyle(9.5, align="center", leading=1.45)
NO_CODES = "ชำระที่เคาน์เตอร์การเงิน (อปท. ยังไม่ได้ตั้งรหัสผู้รับชำระเงินผ่านธนาคาร)"
SCAN = "สแกนจ่ายด้วยแอปธนาคาร (Thai QR)"
NOT_A_RECEIPT = "ใบแจ้งนี้มิใช่ใบเสร็จรับเงิน โปรดเก็บหลักฐานการชำระไว้จนกว่าจะได้รับใบเสร็จรับเงิน"


def bill_layout(view: CaseView, _copy: CopyMark) -> Layout:
    """The bill on A4."""
    document = made(view)
    blocks: tuple[Block, ...] = (
        Text(document["office"]["name"], OFFICE),
        *(Text(document["office"][key], SMALL) for key in ("address",) if document["office"].get(key)),
        Text(document["title"], TITLE),
        Rule(before=2, after=6),
        *(Pair(Text(label, BODY), Text(text, BOLD), LABEL) for label, text in _facts(document)),
        Spacer(6),
        Table(("ที่", "รายการ", "ประจำงวด", "จำนวนเงิน (บาท)"), _rows(document), (0.6, 4.6, 1.5, 2.0),
              ("center", "left", "left", "right"), BODY, keep=True),
        Group((
            *_already_paid(document, BODY),
            Columns((Cell((Text("รวมที่ต้องชำระ", TOTAL_LABEL),), 6),
                     Cell((Text(formatted(document["total_satang"]), TOTAL),), 3))),
            Spacer(2),
            Box((Text(f"({document['total_text']})", WORDS),), padding=4),
        )),
        *((Spacer(4),) if document.get("check") else ()),
        *(Text(f"* {note}", CODE) for note in document.get("check", ())),
        Spacer(8),
        *_codes(document),
        Spacer(6),
        Text(f"{document['place']} {document['office']['name']} โทร. {document['office']['phone']}", CODE),
        Text(NOT_A_RECEIPT, CODE),
    )  # fmt: skip
    name = f"{document['title']} {document['number']}"
    return held_together(Layout(name, "a4", blocks, author=document["office"]["name"]), name)


def bill_slip_layout(view: CaseView, _copy: CopyMark) -> Layout:
    """The bill on thermal paper: the bar code is wider than the paper, so the QR stands alone."""
    document = made(view)
    codes: tuple[Block, ...] = (Text(NO_CODES, SLIP_CENTRE),)
    if document.get("qr"):
        codes = (Text(SCAN, SLIP_CENTRE), Qr(document["qr"], 150.0), Text(_refs(document, "\n"), SLIP_CENTRE))
    blocks: tuple[Block, ...] = (
        Text(document["office"]["name"], SLIP_OFFICE),
        Text(document["title"], SLIP_TITLE),
        Rule(before=3, after=3),
        *(Pair(Text(label, SLIP), Text(text, SLIP_BOLD), 62.0) for label, text in _facts(document)),
        Rule(before=3, after=3, dashed=True),
        *(
            Columns((Cell((Text(f"{i['description']} {i.get('period', '')}".strip(), SLIP),), 2.4),
                     Cell((Text(formatted(i["satang"]), SLIP_RIGHT),), 1.0)), gap=4)
            for i in document["items"]
        ),
        Rule(before=3, after=3),
        *_already_paid(document, SLIP),
        Columns((Cell((Text("ต้องชำระ", SLIP_TOTAL_LABEL),)),
                 Cell((Text(formatted(document["total_satang"]), SLIP_TOTAL),), 2.0))),
        Text(f"({document['total_text']})", SLIP_CENTRE),
        *(Text(f"* {note}", SLIP_CENTRE) for note in document.get("check", ())),
        Rule(before=3, after=4, dashed=True),
        *codes,
        Text(NOT_A_RECEIPT, SLIP_CENTRE),
    )  # fmt: skip
    return Layout(f"{document['title']} {document['number']}", "slip", blocks, author=document["office"]["name"])


def made(view: CaseView) -> Document:
    """The document of the bill that the view carries."""
    if view.bill is None:
        raise ValueError("the view carries no bill")
    return view.bill


def _facts(document: Document) -> list[tuple[str, str]]:
    rows = [
        ("เลขที่เรื่อง", document["number"]),
        ("เรื่อง", document["service"]),
        ("ผู้ชำระ", document["payer"].get("name", "")),
        ("กำหนดชำระ", document["due_text"]),
        ("ยอดนี้ใช้ได้ถึง", document["until_text"]),
    ]
    return [(label, text) for label, text in rows if text]


def _rows(document: Document) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (str(place), item["description"], item.get("period", ""), formatted(item["satang"]))
        for place, item in enumerate(document["items"], start=1)
    )


def _already_paid(document: Document, style: TextStyle) -> tuple[Block, ...]:
    paid = document.get("paid_satang", 0)
    return (Text(f"หัก ชำระแล้ว {formatted(paid)} บาท", style),) if paid else ()


def _refs(document: Document, between: str = "  ") -> str:
    parts = [f"Biller ID {document['biller']}"]
    if document.get("company_code"):
        parts.append(f"Company code {document['company_code']}")
    parts.append(f"Ref.1 {document['ref1']}")
    if document["ref2"]:
        parts.append(f"Ref.2 {document['ref2']}")
    return between.join(parts)


def _codes(document: Document) -> tuple[Block, ...]:
    if not document.get("qr"):
        return (Text(NO_CODES, CODE),)
    return (
        Group(
            (
                Rule(dashed=True, before=2, after=6),
                Text(SCAN, CODE),
                Qr(document["qr"], 150.0),
                Text(_refs(document), CODE),
                Spacer(8),
                Text("เคาน์เตอร์ธนาคารและจุดรับชำระ", CODE),
                Barcode(document["barcode"], 460.0, 42.0),
                Text(document["barcode"].replace("\r", " "), CODE),
            )
        ),
    )
