"""Cases that are hard to print: long names, ten pages, nothing at all, two hundred items, the worst of Thai."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

from app.services import cases, letters, papers
from app.services.model import Address, Applicant, CaseEvent, CaseView
from app.services.paperwork import Letter, Paperwork, Received
from printing import documents, samples
from printing.layout import Layout, Medium
from tests.integration.support import filings, homes

AT = datetime(2026, 11, 20, 2, 45, 7, tzinfo=UTC)
LONG_NAME = "ศุภลักษณ์ปาริชาติสุวรรณภิญโญเทพหัสดินทร์วงศ์วรวัฒนาพิทักษ์สกุลชัย"
LONG_OFFICE = "องค์การบริหารส่วนตำบลหนองหญ้าปล้องโคกสว่างพัฒนานิคมบำรุงราษฎร์สามัคคี"
CLUSTERS = tuple(
    f"{letter}{below_or_above}{tone}{after}"
    for letter, below_or_above, tone, after in product(
        "ปฝฟฬฎฏฐญ", ("", "ิ", "ี", "ึ", "ื", "ั", "ุ", "ู"), ("่", "้", "๊", "๋", "์"), ("", "ำ")
    )
    if not (after and below_or_above)
)[:300]
"""Tall letters, letters with feet, each with what stands above or below it, a tone on top, and sara am."""
HARD_TEXT = " ".join(CLUSTERS)
PARAGRAPH = "ขอให้ซ่อมแซมถนนคอนกรีตเสริมเหล็กที่ชำรุดเป็นหลุมเป็นบ่อตลอดแนวจากฝนตกหนัก น้ำท่วมขังหน้าบ้านระบายไม่ทัน "
TEN_PAGES = "\n".join(f"ข้อ {n} {PARAGRAPH * 4}จบข้อ {n}" for n in range(1, 101))
VARIANTS = ("long names", "ten pages", "empty", "200 items", "300 clusters")


def views(home: Path) -> dict[str, CaseView]:
    """A case of every service that has papers of its own, by service."""
    clock = homes.HandClock(datetime(2026, 8, 25, 2, 0, tzinfo=UTC))
    with homes.opened(filings.make(home, clock), clock) as counter:
        actor = homes.signed_in(counter)
        services = ("hotel_fee", "oil_tax", "tobacco_tax", "hotel_registration")
        made = {code: cases.get(counter, filings.file(counter, actor, code).number) for code in services}
    return {"petition": samples.PETITION, "ad_permit": samples.PERMIT, **made}


def hardened(view: CaseView, variant: str) -> CaseView:
    """The case as this variant wants it, with everything that its papers may show."""
    many = 200 if variant == "200 items" else 3
    detail = {"ten pages": TEN_PAGES, "300 clusters": HARD_TEXT, "empty": ""}.get(variant, PARAGRAPH)
    changed = replace(
        view,
        answers={**view.answers, **({"detail": detail} if view.service == "petition" else {})},
        paperwork=_paperwork(variant, many, detail),
        receipt=_receipt(variant, many),
        bill=_bill(variant, many),
        permit={
            "number": "ร.ส.2 1/2569", "issued_on": date(2026, 11, 20), "since": date(2026, 12, 1),
            "until": date(2026, 12, 31), "remove_by": date(2027, 1, 7), "receipt": None,
            "order": {"text": detail[:2_000], "granted": True, "name": "นายสมชาย ใจดี", "position": "นายก",
                      "on": AT.date()},
        },
    )  # fmt: skip
    if variant == "long names":
        address = Address(*(["ถนนประชาราษฎร์บำรุงพัฒนานิคม"] * 7), "83120")
        person = Applicant("นางสาว", LONG_NAME, LONG_NAME, "1101700230708", "0812345678", "a@example.go.th", address)
        office = replace(view.office, name=LONG_OFFICE, address=address)
        return replace(
            changed, applicant=person, office=office, subject=f"{PARAGRAPH}{PARAGRAPH}".strip(),
            division_name=LONG_OFFICE,
            officer_name=LONG_NAME, officer_position=LONG_OFFICE, counter_name=LONG_OFFICE, type_text=PARAGRAPH.strip(),
        )  # fmt: skip
    if variant == "300 clusters":
        few = HARD_TEXT[:150].strip()
        person = replace(view.applicant, first_name=few[:60].strip(), last_name=few[60:110].strip())
        return replace(
            changed, applicant=person, subject=few, division_name=few[:40].strip(), officer_name=few[:50].strip()
        )
    if variant == "empty":
        office = replace(view.office, phone="", address=Address(), public_address="")
        return replace(
            changed, applicant=Applicant("", "ก", ""), office=office, due_on=None, place=None, division_name="",
            officer_name="", officer_position="", counter_name="", subject="ก",
        )  # fmt: skip
    return changed


def _paperwork(variant: str, many: int, detail: str) -> Paperwork:
    name = LONG_NAME if variant == "long names" else "นายสมชาย ใจดี"
    empty = variant == "empty"
    told = tuple(
        CaseEvent(n, str(n), "note_added", "บันทึก", AT + timedelta(minutes=n), name, "เคาน์เตอร์ 1", {},
                  f"บันทึกภายใน ครั้งที่ {n}", note="" if empty else f"ข้อความที่ {n} {detail[:300]}")
        for n in range(1, (0 if empty else many) + 1)
    )  # fmt: skip
    return Paperwork(
        AT, name, told, None if empty else Received("12/2569", AT), (("works", "กองช่าง"), ("finance", "กองคลัง")),
        "works",
        tuple(f"ภาพถ่ายหน้างานที่ {n}.jpg" for n in range(1, (0 if empty else many) + 1)), queue=7, ahead=2,
    )  # fmt: skip


def _items(many: int) -> list[dict[str, Any]]:
    return [{"revenue_code": "1", "description": f"ค่าธรรมเนียมรายการที่ {n} ป้ายโฆษณา", "period": "มิ.ย. 69",
             "satang": n * 125} for n in range(1, many + 1)]  # fmt: skip


def _office(variant: str) -> dict[str, str]:
    long = variant == "long names"
    name = LONG_OFFICE if long else "เทศบาลเมืองกะทู้"
    return {
        "name": name,
        "address": "" if variant == "empty" else f"{PARAGRAPH if long else ''}ภูเก็ต",
        "phone": "076-321-500",
    }


def _receipt(variant: str, many: int) -> dict[str, Any]:
    payer = {} if variant == "empty" else {"name": f"นาย{LONG_NAME if variant == 'long names' else 'ก'}", "tax_id": "1"}
    return {
        "title": "ใบเสร็จรับเงิน", "paper": "a5", "office": _office(variant), "place": "กองคลัง",
        "footer": "ไว้เป็นการถูกต้องแล้ว",
        "book": "12", "no": 38, "fiscal_year": 2570, "date": "2026-11-20", "date_text": "20 พฤศจิกายน 2569",
        "number": samples.NUMBER, "payer": payer, "items": _items(many), "total_satang": 2_512_500,
        "total_text": "สองหมื่นห้าพันหนึ่งร้อยยี่สิบห้าบาทถ้วน", "method": "cash", "method_text": "เงินสด",
        "cashier": LONG_NAME if variant == "long names" else "นางสาวดวงใจ รัตนา", "position": "เจ้าพนักงาน",
        "counter": "1",
        "code": "7QK2M9",
    }  # fmt: skip


def _bill(variant: str, many: int) -> dict[str, Any]:
    return {
        "title": "ใบแจ้งการชำระเงิน", "office": _office(variant), "place": "กองคลัง", "number": samples.NUMBER,
        "service": PARAGRAPH.strip() if variant == "long names" else "คำขออนุญาต",
        "payer": {} if variant == "empty" else {"name": LONG_NAME}, "due_text": "30 พฤศจิกายน 2569",
        "until_text": "30 พฤศจิกายน 2569", "items": _items(many), "total_satang": 2_512_500,
        "total_text": "สองหมื่นห้าพันหนึ่งร้อยยี่สิบห้าบาทถ้วน", "biller": "099400016485800", "ref1": "KT1201169000042",
        "ref2": "20261101", "qr": "00020101021230830016A000000677010112011509940001648580002", "company_code": "",
        "barcode": "|099400016485800\rKT1201169000042\r20261101\r2512500",
    }  # fmt: skip


def layouts(made: dict[str, CaseView], variant: str, medium: Medium) -> Iterator[tuple[str, Layout]]:
    """(what it is, layout) of every document of every service on this medium."""
    for service, plain in made.items():
        view = hardened(plain, variant)
        for code, document in documents.DOCUMENTS.items():
            if not _has(service, code) or (medium == "a4" and document.medium == "slip" and document.on_a4 is None):
                continue
            layout = documents.build(code, view, samples.ORIGINAL, medium)
            if (layout.medium == "slip") == (medium == "slip"):
                yield f"{service} {code}", layout
        if medium == "a4" and service in ("petition", "ad_permit"):
            yield from _letters(view, variant)


def _has(service: str, code: str) -> bool:
    if code in ("form", "stock_sheet"):
        return service in ("hotel_fee", "oil_tax", "tobacco_tax", "hotel_registration") and (
            code == "form" or service == "oil_tax"
        )
    if service not in ("petition", "ad_permit"):
        return False
    if code in ("permit", *papers.MONEY):
        return service == "ad_permit"
    return service == "petition" or code in ("slip", "petition")


def _letters(view: CaseView, variant: str) -> Iterator[tuple[str, Layout]]:
    body = {"ten pages": TEN_PAGES, "300 clusters": HARD_TEXT, "empty": "ก"}.get(variant, PARAGRAPH)
    for kind in letters.NAMES:
        name = LONG_NAME if variant == "long names" else "นายสมชาย ใจดี"
        letter = Letter(kind, body, date(2026, 12, 5), AT, name, "" if variant == "empty" else "นายก", {})
        assert view.paperwork is not None
        written = replace(view, paperwork=replace(view.paperwork, letter=letter))
        yield f"{view.service} {kind}", documents.build(f"{kind}-1", written)
