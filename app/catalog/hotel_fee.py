"""The hotel guests' fee (แบบ อบจ.รร.3): item 4 = 1 + 2 - 3, item 5 = 4 at the office's rate. Amounts without VAT."""

from decimal import Decimal
from typing import Any

from app.catalog.schema import Service
from app.catalog.values import missing, refused
from app.catalog.worked import RateOf, Worked, not_carried, question, satang, set_money, set_number
from app.domain import money, ordinance

UNIT = "percent"


def complete(service: Service, answers: dict[str, Any], known: Any, rate_of: RateOf) -> Worked:
    """The filing worked out; item 1 is what was carried on before (app.catalog.filings.Known)."""
    _open(service, answers, known)
    nights, qty_in = int(answers["room_nights"]), int(answers["ar_in_qty"])
    balance, revenue = satang(answers, "ar_in"), satang(answers, "revenue")
    if answers["filing_kind"] == "supplementary":
        answers.setdefault("ar_out", money.plain(balance))
        answers.setdefault("ar_out_qty", qty_in)
    for key in ("ar_out_qty", "ar_out"):
        if key not in answers:
            raise missing(question(service, key))
    carried, qty_out = satang(answers, "ar_out"), int(answers["ar_out_qty"])
    if carried > balance + revenue:
        most = money.formatted(balance + revenue)
        title = "ลูกหนี้ยกไป (ข้อ 3) มากกว่ายอดยกมากับรายได้เดือนนี้ (ข้อ 1 + 2)"
        raise refused(question(service, "ar_out"), "too_large", title, f"ต้องไม่เกิน {most} บาท")
    if qty_out > qty_in + nights:
        title = "จำนวนห้องยกไป (ข้อ 3) มากกว่ายกมากับที่เข้าพักเดือนนี้ (ข้อ 1 + 2)"
        raise refused(question(service, "ar_out_qty"), "too_large", title, f"ต้องไม่เกิน {qty_in + nights:,}")
    collected = balance + revenue - carried
    set_money(question(service, "collected"), answers, collected)
    rate = rate_of(UNIT) if collected else Decimal(0)
    fee = ordinance.percent_of(collected, rate or Decimal(0))
    set_money(question(service, "fee"), answers, fee)
    if rate:
        set_number(question(service, "rate"), answers, rate)
    opening = {"baht": money.plain(balance), "qty": str(qty_in)}
    return Worked(answers, fee, opening, {"baht": money.plain(carried), "qty": str(qty_out)})


def _open(service: Service, answers: dict[str, Any], known: Any) -> None:
    """Item 1 as it was carried on; free where there is nothing before."""
    if known.opening is None:
        answers.setdefault("ar_in", "0.00")
        answers.setdefault("ar_in_qty", 0)
        return
    balance = money.parse_baht(known.opening["baht"])
    if "ar_in" in answers and satang(answers, "ar_in") != balance:
        given = money.formatted(satang(answers, "ar_in"))
        raise not_carried(question(service, "ar_in"), known.before, given, money.formatted(balance))
    if "ar_in_qty" in answers and answers["ar_in_qty"] != int(known.opening["qty"]):
        given, carried = f"{answers['ar_in_qty']:,}", f"{int(known.opening['qty']):,}"
        raise not_carried(question(service, "ar_in_qty"), known.before, given, carried)
    answers["ar_in"], answers["ar_in_qty"] = money.plain(balance), int(known.opening["qty"])
