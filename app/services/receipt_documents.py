"""The document of a receipt: everything that its paper says, so that its reprint in ten years is the same paper."""

import json
from datetime import date
from typing import Any

from app.domain import citizen_id, thai_date
from app.domain.money import baht_text
from app.services import case_documents, receipt_settings
from app.services.counter import Counter
from app.services.model import Actor, Address, Applicant, OfficeView
from app.services.money_model import CHEQUE, METHOD_TEXTS, METHODS, Part, Pay, ReceiptItem
from app.services.payment_parts import cash_share
from app.store import receipt_books

TITLE = "ใบเสร็จรับเงิน"
ELAAS_TITLE = "ใบรับชำระเงิน"
NOT_A_RECEIPT = "มิใช่ใบเสร็จรับเงิน"
CHEQUE_NOTE = "ใบเสร็จรับเงินฉบับนี้จะสมบูรณ์เมื่อธนาคารได้สั่งจ่ายเงินตามเช็คเรียบร้อยแล้ว"


def build(
    counter: Counter,
    actor: Actor,
    taken: receipt_books.Taken,
    kind: str,
    case: Any,
    command: Pay,
    items: tuple[ReceiptItem, ...],
    on: date,
    replaces: str,
) -> dict[str, Any]:
    """The frozen document. on: the day on the paper; replaces: "12/38", the cancelled receipt in whose place it is."""
    settings = receipt_settings.receipts(counter.current.document)
    total = sum(item.satang for item in items)
    elaas = kind == receipt_books.ELAAS
    document: dict[str, Any] = {
        "title": ELAAS_TITLE if elaas else TITLE,
        "paper": settings["paper"],
        "office": office(counter.office),
        "place": settings["place"],
        "footer": "" if elaas else settings["footer"],
        "book": taken.book,
        "no": taken.no,
        "fiscal_year": taken.fiscal_year,
        "date": on.isoformat(),
        "date_text": thai_date.long(on),
        "number": case.number,
        "payer": payer(case),
        "items": [
            {"revenue_code": i.revenue_code, "description": i.description, "period": i.period, "satang": i.satang}
            for i in items
        ],
        "total_satang": total,
        "total_text": baht_text(total),
        "method": command.method,
        "method_text": METHOD_TEXTS[command.method],
        "cashier": actor.full_name,
        "position": actor.position,
        "counter": counter.counter_name,
    }
    parts = [_part(part) for part in command.parts]
    methods = {part["method"] for part in parts} or {command.method}
    more = {
        "note": NOT_A_RECEIPT if elaas else "",
        "external_no": command.external_no,
        "reference": command.reference,
        "bank": command.bank,
        "received_satang": command.received_satang or 0,
        "change_satang": max(0, (command.received_satang or 0) - (cash_share(command) or total)),
        "cheque_note": CHEQUE_NOTE if CHEQUE in methods else "",
        "parts": parts,
        "overlay": dict(settings["overlay"]) if kind == receipt_books.PREPRINTED else {},
        "replaces": replaces,
    }
    return document | {key: value for key, value in more.items() if value}


def _part(part: Part) -> dict[str, Any]:
    found = {
        "method": part.method,
        "method_text": METHODS[part.method],
        "satang": part.satang,
        "reference": part.reference,
        "bank": part.bank,
    }
    return {key: value for key, value in found.items() if value}


def office(view: OfficeView) -> dict[str, str]:
    """The office as the paper names it."""
    return {"name": view.name, "address": address_text(view.address), "phone": view.phone}


def address_text(address: Address) -> str:
    """The address in one line; capital and provinces have their own words for the parts."""
    capital = address.province in ("กรุงเทพมหานคร", "กรุงเทพฯ")
    parts = (
        ("เลขที่ ", address.house_no),
        ("หมู่ที่ ", address.moo),
        ("", address.soi),
        ("ถนน", address.road),
        ("แขวง" if capital else "ตำบล", address.subdistrict),
        ("เขต" if capital else "อำเภอ", address.district),
        ("" if capital else "จังหวัด", address.province),
        ("", address.postcode),
    )
    return " ".join(f"{'' if text.startswith(label) else label}{text}" for label, text in parts if text)


def payer(case: Any) -> dict[str, str]:
    """Who pays: the applicant. A firm's tax number stands whole on its receipt, a person's is masked."""

    applicant: Applicant = case_documents.applicant_from(json.loads(case.document)["applicant"])
    number = applicant.citizen_id
    if number and applicant.kind != "juristic":
        number = citizen_id.masked(number)
    found = {"name": applicant.full_name, "tax_id": number, "address": address_text(applicant.address)}
    return {key: value for key, value in found.items() if value}
