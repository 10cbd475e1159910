"""What rates come to on a worked example, before they are saved: the sample filing of a service, in time and late."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from app.catalog import ad_permit, filings
from app.catalog import answers as answer_rules
from app.catalog.samples import sample
from app.catalog.schema import Service
from app.domain import fees, money, ordinance, thai_date
from app.domain.errors import Refused

LATE_BY: Final = 46
"""Days: from 10 July to 25 August, the example of the provinces' form."""
SIGNS: Final = 2


@dataclass(frozen=True, slots=True)
class Example:
    """lines: the reckoning in Thai. total_satang: what is to be paid in time; late_satang: LATE_BY days later."""

    lines: tuple[str, ...]
    total_satang: int
    late_satang: int


def worked(document: Mapping[str, Any], service: Service, on: date, holidays: frozenset[date]) -> Example:
    """The sample filing of the first whole month from a day on, by a document of settings that need not be in force.

    Refused where a rate is missing or over the ceiling.
    """
    if service.filing.ceilings:
        return _filing(document, service, on if on.day == 1 else ordinance.next_month(on.replace(day=1)), holidays)
    return _permit(document, service, on)


def _filing(document: Mapping[str, Any], service: Service, month: date, holidays: frozenset[date]) -> Example:
    rates = document["rate"]
    given = {**sample(service)["answers"], "period_month": month.month, "period_year_be": month.year + 543}
    values = answer_rules.validate(service, given, on=ordinance.next_month(month), rates=rates)

    def rate_of(unit: str, product: str = "") -> Decimal | None:
        return ordinance.rate(service.code, unit, product, rates, month)

    done = filings.complete(service, values, filings.Known(), rate_of)
    due_on = ordinance.due_on(service.code, rates, month, holidays)
    lines = [f"ตัวอย่าง{service.short_name} เดือน{ordinance.month_text(month)}", *_lines(service, done.answers)]
    lines.append(f"รวม {money.formatted(done.tax)} บาท")
    if due_on is None:
        return Example((*lines, "ยังไม่ได้ตั้งวันครบกำหนด จึงไม่คิดเงินเพิ่ม"), done.tax, done.tax)
    paid = due_on + timedelta(days=LATE_BY)
    terms = ordinance.late_terms(document["late"], service.code, due_on)
    charges = ordinance.late_charges(done.tax, due_on, paid, terms, filed=paid)
    lines.append(f"ครบกำหนด {thai_date.long(due_on)}")
    lines.append(f"หากยื่นและชำระ {thai_date.long(paid)} (ช้า {LATE_BY} วัน): {_late(charges)}")
    lines.append(f"รวมที่ต้องชำระเมื่อช้า {money.formatted(done.tax + charges.total)} บาท")
    return Example(tuple(lines), done.tax, done.tax + charges.total)


def _late(charges: ordinance.LateCharges) -> str:
    added = (
        (f"เงินเพิ่ม {charges.months} เดือน", charges.surcharge),
        (f"ดอกเบี้ย {charges.days} วัน", charges.interest),
        ("เบี้ยปรับ", charges.penalty),
    )
    told = [f"{name} {money.formatted(satang)}" for name, satang in added if satang]
    return " · ".join(told) if told else "ไม่มีเงินเพิ่ม"


def _lines(service: Service, answers: Mapping[str, Any]) -> list[str]:
    """Base times rate is tax, line by line."""
    if service.filing.rule == "hotel_fee":
        collected, fee = money.parse_baht(answers["collected"]), money.parse_baht(answers["fee"])
        return [f"{money.formatted(collected)} × ร้อยละ {answers.get('rate', '0')} = {money.formatted(fee)}"]
    table = service.field_by_key("lines")
    assert table is not None
    found = []
    for row in answers["lines"]:
        name = table.column("product").choice_name(row["product"]) if "product" in row else row.get("brand", "")
        quantity = Decimal(str(row.get("qty", row.get("sticks", 0))))
        tax = money.formatted(money.parse_baht(row["tax"]))
        found.append(f"{name} {quantity:,f} × {row['rate']} สตางค์ = {tax}".strip())
    return found


def _permit(document: Mapping[str, Any], service: Service, on: date) -> Example:
    terms = ad_permit.terms(service, document["rate"], on)
    lines = [f"ตัวอย่าง{service.short_name} {SIGNS} ป้าย ตั้งแต่ {thai_date.long(on)}"]
    totals = []
    for commercial, name in ((True, "เป็นการค้า"), (False, "ไม่เป็นการค้า")):
        fee = fees.ad_permit_fee(terms, commercial=commercial, quantity=SIGNS)
        days = terms.max_days(commercial)
        until = fees.last_day(on, days)
        remove = fees.removal_deadline(until, terms.removal_grace_days)
        lines.append(f"{name} {money.formatted(fee)} บาท ไม่เกิน {days} วัน ถึง {thai_date.short(until)}"
                     f" รื้อถอนภายใน {thai_date.short(remove)}")  # fmt: skip
        totals.append(fee)
    return Example(tuple(lines), totals[0], totals[0])


def told(document: Mapping[str, Any], service: Service, on: date, holidays: frozenset[date]) -> str:
    """The example in lines, or why there is none. Never refuses."""
    try:
        return "\n".join(worked(document, service, on, holidays).lines)
    except Refused as error:
        return f"▲ {error.title}"
