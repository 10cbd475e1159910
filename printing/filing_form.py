"""The forms of filings on A4: อบจ.รร.1, รร.3, 01-4 with its stock sheet 01-6, and the one of tobacco.

Layout after the forms that provinces use; what each office calls its form is a setting. Shares of a line that the
officer fills in by hand stay empty.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.catalog.schema import Field, Service
from app.catalog.values import value_text
from app.catalog.worked import question
from app.domain import citizen_id, money, ordinance, thai_date
from app.domain.errors import Refused
from app.services.model import CaseView, CopyMark
from printing.layout import (
    MM,
    Block,
    Box,
    Cell,
    Columns,
    Group,
    Layout,
    Pair,
    Qr,
    Rule,
    Signature,
    Spacer,
    Table,
    Text,
    TextStyle,
)
from printing.petition import copy_mark, person_address, running

CODE = TextStyle(11, bold=True, align="right", leading=1.4)
SMALL_RIGHT = TextStyle(9.2, align="right", leading=1.5)
OFFICE = TextStyle(13, bold=True, align="center", leading=1.45)
TITLE = TextStyle(13, bold=True, align="center", leading=1.5, after=4)
LABEL = TextStyle(10.5, leading=1.55, muted=True)
BODY = TextStyle(10.5, leading=1.55)
STRONG = TextStyle(11, bold=True, leading=1.6)
CELLS = TextStyle(10, leading=1.5)
DOTS = "." * 30
DECLARATION = "ข้าพเจ้าขอรับรองว่ารายการที่แสดงไว้ข้างต้นถูกต้องครบถ้วนตามความเป็นจริง"
UNITS = {"litre": "ลิตร", "kg": "กก.", "stick": "มวน"}
MOST_PRODUCTS = 4
"""Columns of products that stand side by side in the stock sheet."""
LATE_TEXTS = (("interest", "ดอกเบี้ยผิดนัด"), ("surcharge", "เงินเพิ่ม"), ("penalty", "เบี้ยปรับ"))


def form_layout(view: CaseView, copy: CopyMark) -> Layout:
    """The form of one filing. Refused "document" for a case that has none."""
    service = _service(view)
    body = {"hotel_fee": _hotel, "oil_tax": _oil, "tobacco_tax": _tobacco, "payer": _registration}[service.filing.rule]
    blocks = (
        *_head(view, copy, service.name, view.form_code),
        *body(view, service),
        *_closing(view, paid=service.filing.rule != "payer"),
    )
    return _layout(view, service.name, blocks)


def stock_sheet_layout(view: CaseView, copy: CopyMark) -> Layout:
    """The stock sheet of a fuel station (อบจ.01-6): one column a product."""
    service = _service(view)
    if service.filing.rule != "oil_tax":
        raise _no_form()
    title = "งบแสดงการรับ-จ่าย น้ำมัน/ก๊าซ"
    table = question(service, "stock")
    rows = list(view.answers.get("stock", ()))
    parts = [rows[at : at + MOST_PRODUCTS] for at in range(0, len(rows), MOST_PRODUCTS)]
    blocks = (
        *_head(view, copy, title, view.stock_form_code),
        *_who(view, service),
        *(block for part in parts for block in (Spacer(6), _stock(table, part, len(parts[0])))),
        *_closing(view, paid=False),
    )
    return _layout(view, title, blocks)


def _service(view: CaseView) -> Service:
    if view.definition is None or view.definition.filing.rule == "none":
        raise _no_form()
    return view.definition


def _no_form() -> Refused:
    return Refused("document", "เรื่องนี้ไม่มีเอกสารชนิดนี้", "เลือกเอกสารอื่นของเรื่องนี้", "document")


def _layout(view: CaseView, title: str, blocks: tuple[Block, ...]) -> Layout:
    number = f"เลขที่รับแบบ {view.number}" if view.number else "ตัวอย่าง"
    return Layout(
        f"{title} {view.number}",
        "a4",
        blocks,
        header=(running(title, f"{number} (ต่อ)"), Rule(before=2, after=8)),
        footer=(Rule(before=0, after=2), running(number, "หน้า {page}/{pages}")),
        author=view.office.name,
    )


def _head(view: CaseView, copy: CopyMark, title: str, code: str) -> tuple[Block, ...]:
    filed = thai_date.local(view.registered_at)
    right = (
        *((Text(code, CODE),) if code else ()),
        Text(f"เลขที่รับแบบ {view.number}", SMALL_RIGHT),
        Text(f"วันที่ยื่น {thai_date.long(filed.date())} {thai_date.time_text(filed)}", SMALL_RIGHT),
    )
    qr = Qr(view.qr_text if view.number else "", 19 * MM, "left")
    return (
        *copy_mark(copy),
        Columns((Cell((qr,), 24 * MM, fixed=True), Cell(right))),
        Text(view.office.name, OFFICE),
        Text(title, TITLE, fit=True),
        Rule(before=2, after=5),
    )


def _pair(label: str, text: str) -> Block:
    return Pair(Text(label, LABEL), Text(text or "–", BODY), 62 * MM)


def _answer(view: CaseView, service: Service, key: str) -> Block:
    item = question(service, key)
    return _pair(item.label, _text(item, view.answers.get(key)))


def _text(item: Field, value: Any) -> str:
    if value is None or value == "":
        return ""
    if item.type == "citizen_id":
        return str(citizen_id.formatted(value) if str(value).startswith("0") else citizen_id.masked(value))
    return value_text(item, value)


def _who(view: CaseView, service: Service) -> list[Block]:
    """Whose filing it is, for which month, and whether it is the first one."""
    keys = (service.filing.name_field, service.payer_field.key, *service.filing.profile)
    blocks = [_answer(view, service, key) for key in keys]
    month = ordinance.month_text(date(int(view.answers["period_year_be"]) - 543, int(view.answers["period_month"]), 1))
    again = view.answers.get("supplementary_no")
    kinds = f"( {' ' if again else '/'} ) ยื่นปกติ      ( {'/' if again else ' '} ) ยื่นเพิ่มเติมครั้งที่ {again or '......'}"
    blocks += [_pair("ประจำเดือน", month), _pair("ประเภทการยื่น", kinds)]
    filing = view.filing or {}
    if filing.get("replaces"):
        blocks.append(_pair("แก้ไขแบบเลขที่", str(filing["replaces"])))
    if view.due_on:
        blocks.append(_pair("กำหนดชำระภายใน", thai_date.long(view.due_on)))
    return blocks


def _hotel(view: CaseView, service: Service) -> list[Block]:
    answers, filing = view.answers, view.filing or {}
    late: Mapping[str, int] = filing.get("late", {})
    rows = [
        ("1", "ลูกหนี้ค่าเช่าห้องพักยกมา ณ ต้นเดือน", _count(answers["ar_in_qty"]), _baht(answers["ar_in"])),
        ("2", "ปริมาณและรายได้ค่าเช่าห้องพักเดือนนี้", _count(answers["room_nights"]), _baht(answers["revenue"])),
        ("3", "ลูกหนี้ค่าเช่าห้องพักยกไปเดือนหน้า", _count(answers["ar_out_qty"]), _baht(answers["ar_out"])),
        ("4", "ค่าเช่าห้องพักที่เรียกเก็บเดือนนี้ (1 + 2 − 3)", "", _baht(answers["collected"])),
        ("5", f"ค่าธรรมเนียมที่นำส่ง (4 × ร้อยละ {answers.get('rate', '–')})", "", _baht(answers["fee"])),
        ("6", "ดอกเบี้ยผิดนัด", "", money.formatted(late.get("interest", 0))),
        ("7", f"เงินเพิ่ม{_months(late)}", "", money.formatted(late.get("surcharge", 0))),
    ]
    if late.get("penalty"):
        rows.append(("", "เบี้ยปรับ", "", money.formatted(late["penalty"])))
    rows.append(("8", "รวมทั้งสิ้น", "", money.formatted(view.total_satang or 0)))
    table = Table(
        ("ข้อ", "รายการ", "ห้อง/หลัง", "จำนวนเงิน (บาท)"),
        tuple(rows),
        (0.08, 0.54, 0.15, 0.23),
        ("center", "left", "right", "right"),
        CELLS,
    )
    note = "จำนวนเงินทุกรายการไม่รวมภาษีมูลค่าเพิ่ม"
    return [*_who(view, service), Spacer(6), table, Spacer(4), Text(note, LABEL), _in_words(view)]


def _oil(view: CaseView, service: Service) -> list[Block]:
    products = question(service, "stock").column("product")
    rows = []
    for place, line in enumerate(view.answers.get("lines", ()), start=1):
        choice = products.choice(line["product"])
        unit = UNITS.get(choice.unit, "") if choice else ""
        name = products.choice_name(line["product"])
        rows.append((str(place), name, f"{_number(line['qty'])} {unit}", line["rate"], _baht(line["tax"])))
    table = Table(
        ("ที่", "น้ำมัน/ก๊าซ", "จำนวน", "อัตรา (สตางค์)", "ภาษี (บาท)"),
        (*rows, *_late_rows(view, 5), ("", "รวม", "", "", money.formatted(view.total_satang or 0))),
        (0.07, 0.33, 0.25, 0.15, 0.2),
        ("center", "left", "right", "right", "right"),
        CELLS,
    )
    return [*_who(view, service), Spacer(6), table, Spacer(4), _in_words(view)]


def _tobacco(view: CaseView, service: Service) -> list[Block]:
    rows = [
        (
            line["brand"], _count(line["packs"]), _count(line["sticks_per_pack"]), _count(line["sticks"]), line["rate"],
            _baht(line["tax"]),
        )
        for line in view.answers.get("lines", ())
    ]  # fmt: skip
    if not rows:
        rows = [("ไม่มีการจำหน่ายในเดือนนี้", "", "", "", "", "0.00")]
    table = Table(
        ("ชนิด/ตรา", "จำนวนซอง", "มวนต่อซอง", "จำนวนมวน", "อัตรา (สตางค์)", "ภาษี (บาท)"),
        (*rows, *_late_rows(view, 6), ("รวม", "", "", "", "", money.formatted(view.total_satang or 0))),
        (0.24, 0.13, 0.13, 0.14, 0.2, 0.16),
        ("left", "right", "right", "right", "right", "right"),
        CELLS,
    )
    return [*_who(view, service), Spacer(6), table, Spacer(4), _in_words(view)]


def _registration(view: CaseView, service: Service) -> list[Block]:
    shown = [item for item in service.fields if item.type != "table" and item.key in view.answers]
    rooms = question(service, "rooms")
    rows = tuple(
        (str(place), row["type"], _count(row["qty"]), _baht(row["rate"]) if "rate" in row else "")
        for place, row in enumerate(view.answers.get("rooms", ()), start=1)
    )
    table = Table(
        ("ที่", *(column.label for column in rooms.columns)),
        rows,
        (0.08, 0.44, 0.22, 0.26),
        ("center", "left", "right", "right"),
        CELLS,
    )
    promise = f"ผู้ควบคุมและจัดการโรงแรมจะยื่นแบบใหม่ภายใน {service.filing.refile_days} วัน เมื่อชนิด จำนวน หรืออัตราค่าห้องพักเปลี่ยน"
    return [*(_answer(view, service, item.key) for item in shown), Spacer(6), table, Spacer(4), Text(promise, BODY)]


def _stock(table: Field, rows: list[Mapping[str, Any]], columns: int) -> Block:
    """One part of the stock sheet; columns: of its widest part."""
    wide = 0.18 if columns == MOST_PRODUCTS else 0.22
    product = table.column("product")
    shown = [column for column in table.columns if column.key != "product"]
    places = [max(_decimals(row.get(column.key, "0")) for column in shown) for row in rows]
    lines = tuple(
        (
            column.label,
            *(_number(row.get(column.key, "0"), most) for row, most in zip(rows, places, strict=True)),
            *[""] * (columns - len(rows)),
        )
        for column in shown
    )
    names = [product.choice_name(row["product"]) for row in rows]
    units = [UNITS.get(choice.unit, "") if (choice := product.choice(row["product"])) else "" for row in rows]
    heads = [f"{name} ({unit})" for name, unit in zip(names, units, strict=True)]
    return Table(
        ("รายการ", *heads, *[""] * (columns - len(rows))),
        lines,
        (1 - wide * columns, *[wide] * columns),
        ("left", *["right"] * columns),  # type: ignore[arg-type]
        CELLS,
    )


def _late_rows(view: CaseView, columns: int) -> list[tuple[str, ...]]:
    """What being late added when the form was filed."""
    late: Mapping[str, int] = (view.filing or {}).get("late", {})
    lead = ("",) if columns == 5 else ()
    return [
        (*lead, f"{text}{_months(late) if key == 'surcharge' else ''}", *[""] * (columns - 2 - len(lead)),
         money.formatted(late[key]))
        for key, text in LATE_TEXTS
        if late.get(key)
    ]  # fmt: skip


def _months(late: Mapping[str, int]) -> str:
    return f" {late['months']} เดือน" if late.get("months") else ""


def _in_words(view: CaseView) -> Block:
    total = view.total_satang or 0
    return Text(f"รวมเป็นเงินทั้งสิ้น {money.formatted(total)} บาท ({money.baht_text(total)})", STRONG)


def _closing(view: CaseView, *, paid: bool) -> tuple[Block, ...]:
    role = view.answers.get("filer_role")
    item = view.definition.field_by_key("filer_role") if view.definition else None
    below = (f"ฐานะ {item.choice_name(str(role))}",) if item is not None and role else ()
    filed = thai_date.long(thai_date.local(view.registered_at).date())
    signed = Signature("ผู้ยื่น", view.applicant.person_name, BODY, (*below, f"วันที่ {filed}"))
    address = person_address(view.applicant.address)
    return (
        Spacer(6),
        *((Text(f"ที่อยู่ของผู้ยื่น {address}", LABEL),) if address else ()),
        Group((Text(DECLARATION, BODY, indent=15 * MM), Spacer(18), signed)),
        *((Spacer(10), _officials_box(view)) if paid else ()),
    )


def _officials_box(view: CaseView) -> Block:
    """สำหรับเจ้าพนักงาน: filled in by hand, or by the receipt that is clipped to it."""
    total = money.formatted(view.total_satang or 0)
    lines = (
        Text("สำหรับเจ้าพนักงาน", STRONG),
        Text(f"ได้รับเงินตามใบเสร็จรับเงิน เล่มที่ {DOTS} เลขที่ {DOTS} ลงวันที่ {DOTS}", BODY),
        Text(f"จำนวนเงิน {total} บาท ({money.baht_text(view.total_satang or 0)})", BODY),
        Spacer(14),
        Columns(
            (
                Cell((Signature("ผู้รับแบบ", view.officer_name, BODY, _position(view), align="left"),)),
                Cell((Signature("ผู้รับเงิน", " " * 30, BODY, ("ตำแหน่ง " + DOTS,)),)),
            ),
            gap=10,
        ),
    )
    return Box(lines, padding=8, weight=0.6)


def _position(view: CaseView) -> tuple[str, ...]:
    return (view.officer_position,) if view.officer_position else ()


def _baht(text: object) -> str:
    return money.formatted(money.parse_baht(str(text)))


def _count(value: object) -> str:
    return f"{int(str(value)):,}"


def _decimals(value: object) -> int:
    return len(str(value).partition(".")[2])


def _number(value: object, places: int = 0) -> str:
    """With commas, and at least so many places behind the point, so that a column's points stand below each other."""
    text = str(value)
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    whole, dot, rest = digits.partition(".")
    rest = rest.ljust(places, "0")
    return f"{sign}{int(whole or 0):,}{'.' if rest else dot}{rest}"
