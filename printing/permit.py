"""The permit to advertise (แบบ ร.ส.2) on A4: number, what is allowed, from when to when, and the QR that proves it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.catalog.values import value_text
from app.domain import money, thai_date
from app.domain.errors import Refused
from app.services.model import CaseView, CopyMark
from printing.layout import (
    MM,
    Block,
    Cell,
    Columns,
    Group,
    Layout,
    Pair,
    Qr,
    Rule,
    Signature,
    Spacer,
    Text,
    TextStyle,
)
from printing.petition import copy_mark, office_address, person_address
from printing.running import held_together

OFFICE = TextStyle(14, bold=True, align="center", leading=1.45)
TITLE = TextStyle(15, bold=True, align="center", leading=1.5, after=2)
SMALL = TextStyle(9.5, align="center", leading=1.5)
RIGHT = TextStyle(11, align="right", leading=1.5)
CODE = TextStyle(11, bold=True, align="right", leading=1.5)
LABEL = TextStyle(11, leading=1.6, muted=True)
BODY = TextStyle(11.5, leading=1.65, after=2)
NOTE = TextStyle(9.5, leading=1.5)
LABELS = 45 * MM
CONDITIONS = (
    "ติดตั้ง ทิ้ง หรือโปรยเฉพาะสถานที่และระยะเวลาที่ระบุในหนังสือนี้",
    "ไม่กีดขวางการจราจร ไม่คร่อมถนนหรือทางสาธารณะ และไม่ติดกับต้นไม้ เสาไฟฟ้า หรือสะพาน",
    "แสดงหนังสือนี้หรือสำเนาเมื่อเจ้าพนักงานขอตรวจ",
)
"""What every permit of the kind says; an order may add to it."""


def permit_layout(view: CaseView, copy: CopyMark) -> Layout:
    """The permit. Refused "permit_not_issued" while there is none."""
    permit = view.permit or {}
    if "number" not in permit:
        hint = "ทำขั้นตอนให้ถึง “ออกหนังสืออนุญาตแล้ว” ก่อน แล้วจึงพิมพ์"
        raise Refused("permit_not_issued", "ยังไม่ได้ออกหนังสืออนุญาตของเรื่องนี้", hint, "document")
    blocks = (
        *copy_mark(copy),
        *_head(view, permit),
        *_matter(view, permit),
        *_conditions(permit),
        *_signed(view, permit),
    )
    name = f"หนังสืออนุญาต {permit['number']}"
    return held_together(Layout(name, "a4", blocks, author=view.office.name), name, copy)


def _head(view: CaseView, permit: Mapping[str, Any]) -> tuple[Block, ...]:
    address = office_address(view.office.address)
    right = (
        Text("แบบ ร.ส.2", CODE),
        Text(f"เลขที่ {permit['number']}", CODE),
        Text(f"คำขอเลขที่ {view.number}", RIGHT),
        Text(f"ออกให้ ณ วันที่ {thai_date.long(permit['issued_on'])}", RIGHT),
    )
    return (
        Columns((Cell((Qr(view.qr_text, 26 * MM, "left"),), 30 * MM, fixed=True), Cell(right))),
        Text(view.office.name, OFFICE),
        *((Text(address, SMALL),) if address else ()),
        Text("หนังสืออนุญาตให้โฆษณาด้วยการปิด ทิ้ง หรือโปรยแผ่นประกาศหรือใบปลิวในที่สาธารณะ", TITLE, fit=True),
        Rule(before=4, after=6),
    )


def _matter(view: CaseView, permit: Mapping[str, Any]) -> tuple[Block, ...]:
    receipt = permit.get("receipt")
    paid = ""
    if receipt:
        paid = (
            f"{money.formatted(receipt['satang'])} บาท ตามใบเสร็จรับเงิน เล่มที่ {receipt['book']} เลขที่ {receipt['no']}"
            f" ลงวันที่ {thai_date.short(receipt['on'])}"
        )
    elif view.total_satang:
        paid = f"{money.formatted(view.total_satang)} บาท"
    size = " × ".join(_said(view, key) for key in ("width", "height") if key in view.answers)
    rows = (
        ("อนุญาตให้", view.applicant.full_name),
        ("ที่อยู่", person_address(view.applicant.address)),
        ("โฆษณาด้วยการ", _said(view, "method")),
        ("วัตถุประสงค์", _said(view, "commercial")),
        ("สื่อ", " ".join(part for part in (_said(view, "media_type"), size) if part)),
        ("จำนวน", _quantity(view)),
        ("ข้อความ", _said(view, "text_brief")),
        ("สถานที่", _said(view, "place")),
        ("ตั้งแต่วันที่", f"{_day(permit.get('since'))} ถึงวันที่ {_day(permit.get('until'))}"),
        ("เก็บหรือรื้อถอนภายใน", f"วันที่ {_day(permit.get('remove_by'))}"),
        ("ค่าธรรมเนียม", paid),
    )
    return tuple(Pair(Text(label, LABEL), Text(text or "–", BODY), LABELS) for label, text in rows)


def _quantity(view: CaseView) -> str:
    quantity = view.answers.get("quantity", "")
    return f"{quantity} {'แผ่น' if view.answers.get('media_type') == 'leaflet' else 'ป้าย'}" if quantity else ""


def _said(view: CaseView, key: str) -> str:
    item = view.definition.field_by_key(key) if view.definition else None
    value = view.answers.get(key)
    return value_text(item, value) if item is not None and value is not None else ""


def _day(day: date | None) -> str:
    return thai_date.long(day) if day else "–"


def _conditions(permit: Mapping[str, Any]) -> tuple[Block, ...]:
    order = str(permit.get("order", {}).get("text", "")).strip()
    lines = [*CONDITIONS, *(line for line in order.splitlines() if line.strip())]
    numbered = (Text(f"{place}. {line}", BODY) for place, line in enumerate(lines, start=1))
    return (Spacer(6), Text("เงื่อนไข", LABEL, keep=True), *numbered)


def _signed(view: CaseView, permit: Mapping[str, Any]) -> tuple[Block, ...]:
    proof = (
        "ตรวจว่าหนังสือนี้จริงหรือไม่ได้โดยสแกน QR ที่หัวหนังสือ"
        if view.office.public_address
        else "QR ที่หัวหนังสือใช้ตรวจที่สำนักงานว่าหนังสือนี้จริง"
    )
    signature = Signature("เจ้าพนักงานท้องถิ่น", " " * 40, BODY, ("ตำแหน่ง ................................",), width=260)
    return (Group((Spacer(34), signature)), Spacer(10), Text(proof, NOTE))
