"""The monthly filings of payers (แบบยื่นรายการ อบจ.): what follows from the answers, worked out and compared.

A month has one normal filing and any number of supplementary ones, in a row: each opens with what the one before it,
or the month before, carried on. `complete` is given what the register knows (`Known`) and never asks for it.
Sources of the arithmetic: forms อบจ.รร.3, อบจ.01-4 and 01-6.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from app.catalog import hotel_fee, oil_tax, tobacco_tax
from app.catalog.schema import Ceiling, Service
from app.catalog.values import missing, refused, value_text
from app.catalog.worked import RateOf, Worked, question
from app.domain import money, ordinance, thai_date
from app.domain.errors import Refused

NORMAL, SUPPLEMENTARY = "normal", "supplementary"
MONTHLY = ("hotel_fee", "oil_tax", "tobacco_tax")
FIRST_YEAR_BE = 2541
"""The year of the ministerial regulation under which the first of these could be asked."""

__all__ = ["MONTHLY", "NORMAL", "SUPPLEMENTARY", "Known", "RateOf", "Worked", "ceiling", "check_form", "complete"]

_RULES: Mapping[str, Callable[[Service, dict[str, Any], Any, RateOf], Worked]] = {
    "hotel_fee": hotel_fee.complete,
    "oil_tax": oil_tax.complete,
    "tobacco_tax": tobacco_tax.complete,
}


@dataclass(frozen=True, slots=True)
class Known:
    """What the register holds around one filing.

    payer: by the keys of the filing's answers, empty for one that is not registered. normal: number of the month's
    normal filing, or "".
    opening: what the filing before carried on, None where there is none; `before` says which that is, in Thai.
    follower: with what the filing after this one opened, None where there is none; `after` says which that is.
    next_no: the number of the next supplementary filing. gap: the month before is missing though earlier ones are here.
    """

    payer: Mapping[str, str] = field(default_factory=dict)
    normal: str = ""
    opening: Mapping[str, str] | None = None
    before: str = ""
    follower: Mapping[str, str] | None = None
    after: str = ""
    next_no: int = 1
    gap: bool = False


def period(answers: Mapping[str, Any]) -> date:
    """The first day of the month that is filed for."""
    return date(int(answers["period_year_be"]) - 543, int(answers["period_month"]), 1)


def check_form(service: Service, answers: Mapping[str, Any], on: date) -> None:
    """Refused for a month that has not begun, or a number of a supplementary filing on a normal one."""
    if service.filing.rule not in MONTHLY:
        return
    year = service.field_by_key("period_year_be")
    assert year is not None
    if not FIRST_YEAR_BE <= int(answers["period_year_be"]) <= on.year + 543 + 1:
        hint = f"โปรดกรอกปี พ.ศ. สี่หลัก ตั้งแต่ {FIRST_YEAR_BE}"
        raise refused(year, "period_year", "ปีของเดือนที่ยื่นไม่ถูกต้อง", hint)
    month = period(answers)
    if month > on.replace(day=1):
        item = service.field_by_key("period_month")
        assert item is not None
        title = f"ยื่นแบบของ{ordinance.month_text(month)} ไม่ได้ เพราะเดือนนั้นยังมาไม่ถึง"
        raise refused(item, "future_month", title, "โปรดตรวจเดือนและปีของแบบ")


def complete(service: Service, answers: Mapping[str, Any], known: Known, rate_of: RateOf) -> Worked:
    """The answers with everything that follows from them. Refused where a figure given is not the one worked out,
    naming both; where a balance is not the one carried on; for a second normal filing, or a stock below nought."""
    stored = dict(answers)
    _check_profile(service, stored, known)
    _check_place(service, stored, known)
    worked = _RULES[service.filing.rule](service, stored, known, _under_ceiling(service, stored, rate_of))
    _check_follower(service, worked, known)
    ordered = {key: worked.answers[key] for item in service.fields for key in item.answer_keys if key in worked.answers}
    return Worked(ordered, worked.tax, worked.opening, worked.closing)


def _check_profile(service: Service, stored: dict[str, Any], known: Known) -> None:
    """The register's entry stands; an answer that differs is a mistake in the code, or a change to be entered first."""
    for key in (service.filing.name_field, *service.filing.profile):
        item = question(service, key)
        given, kept = str(stored.get(key, "")), known.payer.get(key, "")
        if not kept:
            if not given and not (known.payer and key != service.filing.name_field):
                raise missing(item)
            continue
        if given and " ".join(given.split()) != " ".join(kept.split()):
            hint = f"ทะเบียนว่า “{value_text(item, kept)}” แบบว่า “{value_text(item, given)}” โปรดตรวจรหัส หรือแก้ทะเบียนก่อน"
            raise refused(item, "differs_from_register", f"{item.label}ไม่ตรงกับทะเบียน", hint)
        stored[key] = kept


def _check_place(service: Service, stored: dict[str, Any], known: Known) -> None:
    """Exactly one normal filing of a month; a supplementary one needs it and takes the next number."""
    kind = service.field_by_key("filing_kind")
    number = service.field_by_key("supplementary_no")
    assert kind is not None and number is not None
    month = ordinance.month_text(period(stored))
    if stored["filing_kind"] == NORMAL:
        stored.pop("supplementary_no", None)
        if known.normal:
            title = f"เดือน{month} ยื่นแบบปกติไว้แล้ว เลขที่ {known.normal}"
            hint = "หากมียอดเพิ่มให้เลือกยื่นเพิ่มเติม หากยื่นผิดและยังไม่ชำระให้ใส่เลขเดิมในช่องแก้ไขแบบ"
            raise refused(kind, "second_normal", title, hint)
        return
    if not known.normal:
        hint = "โปรดยื่นแบบปกติของเดือนนี้ก่อน"
        raise refused(kind, "no_normal", f"เดือน{month} ยังไม่มีแบบปกติ จึงยื่นเพิ่มเติมไม่ได้", hint)
    given = stored.setdefault("supplementary_no", known.next_no)
    if given != known.next_no:
        title = f"ครั้งที่ยื่นเพิ่มเติมต้องเป็น {known.next_no} ไม่ใช่ {given}"
        raise refused(number, "supplementary_no", title, "เว้นว่างไว้ โปรแกรมจะใส่ครั้งถัดไปให้")


def _check_follower(service: Service, worked: Worked, known: Known) -> None:
    """What is carried on must stay what a later filing already opened with."""
    if known.follower is None:
        return
    for key in sorted({*worked.closing, *known.follower}):
        ours, theirs = Decimal(worked.closing.get(key, "0")), Decimal(known.follower.get(key, "0"))
        if ours != theirs:
            label, at = closing_field(service, key, worked.answers)
            title = f"{label}ต้องเท่ากับยอดยกมาที่{known.after}ยื่นไว้แล้ว"
            hint = f"{known.after}ยกมา {_shown(key, theirs)} แบบนี้ยกไป {_shown(key, ours)}"
            raise Refused("carried_on", title, hint, f"answers.{at}")


def closing_field(service: Service, key: str, answers: Mapping[str, Any]) -> tuple[str, str]:
    """Label and place of the answer that carries a balance on."""
    if service.filing.rule == "hotel_fee":
        item = service.field_by_key("ar_out_qty" if key == "qty" else "ar_out")
        assert item is not None
        return item.label, item.key
    table = service.field_by_key("stock")
    assert table is not None
    place = next((n for n, row in enumerate(answers.get("stock", ())) if row["product"] == key), 0)
    return f"คงเหลือยกไปของ{table.column('product').choice_name(key)}", f"stock[{place}].closing"


def _shown(key: str, value: Decimal) -> str:
    return money.formatted(int(value * 100)) if key == "baht" else f"{value:,f}"


def ceiling(service: Service, unit: str, on: date) -> Ceiling | None:
    """The highest rate in a unit that the law allows on a day."""
    holding = [one for one in service.filing.ceilings if one.unit == unit and one.since <= on]
    return max(holding, key=lambda one: one.since) if holding else None


def _under_ceiling(service: Service, answers: Mapping[str, Any], rate_of: RateOf) -> RateOf:
    """The office's rate, refused where there is none or the law allows less."""
    month = period(answers)

    def checked(unit: str, product: str = "") -> Decimal | None:
        value = rate_of(unit, product)
        what = f"{service.short_name} {product}".strip()
        if value is None:
            title = f"ยังไม่ได้ตั้งอัตรา{what} ({ordinance.UNIT_TEXTS[unit]}) ของเดือน{ordinance.month_text(month)}"
            raise Refused("no_rate", title, "ให้ผู้ดูแลใส่อัตราตามข้อบัญญัติใน [[rate]] ของการตั้งค่า อปท.", "rate")
        highest = ceiling(service, unit, month)
        if highest is not None and value > highest.value:
            raise over_ceiling(service, value, highest, "rate")
        return value

    return checked


def over_ceiling(service: Service, value: Decimal, highest: Ceiling, at: str) -> Refused:
    """The error of a rate that the law does not allow."""
    unit = ordinance.UNIT_TEXTS[highest.unit]
    title = f"อัตรา{service.short_name} {unit} {value:f} เกินเพดาน {highest.value:f}"
    law = f" ({highest.law})" if highest.law else ""
    return Refused("over_ceiling", title, f"ตั้งแต่ {thai_date.short(highest.since)} ตั้งได้ไม่เกิน {highest.value:f}{law}", at)
