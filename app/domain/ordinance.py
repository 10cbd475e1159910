"""What a province's ordinance (ข้อบัญญัติ อบจ.) asks: rates by the month, the day of payment, what being late adds.

All of it comes from the office's settings, row by row with its dates; nothing here knows a rate. Amounts are whole
satang, rates Decimal; every line is rounded half up by itself and lines are then added.
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from app.domain import thai_date, working_days
from app.domain.fees import Rate, months_late, rates_in_force

DUE_RULES = ("next_month_day", "same_month_day")
UNITS_OF_PRODUCTS = {"litre": "satang_per_litre", "kg": "satang_per_kg", "stick": "satang_per_stick"}
UNIT_TEXTS = {
    "percent": "ร้อยละ",
    "satang_per_litre": "สตางค์ต่อลิตร",
    "satang_per_kg": "สตางค์ต่อกิโลกรัม",
    "satang_per_stick": "สตางค์ต่อมวน",
}
YEAR = 365
"""Days of a year of interest, as the forms count them."""


@dataclass(frozen=True, slots=True)
class LateTerms:
    """What an ordinance adds when a payment is late; None: it does not say so, and nothing is added."""

    surcharge_percent_per_month: Decimal | None = None
    surcharge_cap_percent: Decimal | None = None
    interest_percent_per_year: Decimal | None = None
    penalty_multiplier: Decimal | None = None


@dataclass(frozen=True, slots=True)
class LateCharges:
    """What is added to a tax, in satang. months: begun months of surcharge; days: of interest."""

    months: int = 0
    surcharge: int = 0
    days: int = 0
    interest: int = 0
    penalty: int = 0

    @property
    def total(self) -> int:
        """All three together."""
        return self.surcharge + self.interest + self.penalty


def half_up(satang: Decimal) -> int:
    """Rounded half up to whole satang."""
    return int(satang.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def percent_of(satang: int, percent: Decimal) -> int:
    """So many percent of an amount."""
    return half_up(satang * percent / 100)


def by_quantity(quantity: Decimal, satang_each: Decimal) -> int:
    """The tax of one line: a quantity at so many satang each."""
    return half_up(quantity * satang_each)


def rate(service: str, unit: str, product: str, rates: Iterable[Rate], month: date) -> Decimal | None:
    """The rate that holds on the first day of a month: a row of the product before one of no product; None: no row."""
    rows = [row for row in rates_in_force(service, rates, month) if row.get("unit") == unit]
    own = [row for row in rows if row.get("product") == product] if product else []
    general = [row for row in rows if not row.get("product")]
    chosen = own or general
    return Decimal(str(chosen[-1]["value"])) if chosen else None


def due_on(service: str, rates: Iterable[Rate], month: date, holidays: frozenset[date]) -> date | None:
    """The last day to pay for a month without an addition; None where the office has named no day.

    The day is counted in the next month (or in the same one, by the row's due_rule); a month without that day ends
    earlier. holiday_roll moves it from a day off to the next working day.
    """
    rows = [row for row in rates_in_force(service, rates, month) if row.get("due_day")]
    if not rows:
        return None
    row = rows[-1]
    first = month if row.get("due_rule") == "same_month_day" else next_month(month)
    day = first.replace(day=min(int(row["due_day"]), monthrange(first.year, first.month)[1]))
    return working_days.next_working_day(day, holidays) if row.get("holiday_roll") else day


def next_month(month: date) -> date:
    """The first day of the following month."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def previous_month(month: date) -> date:
    """The first day of the month before."""
    return date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)


def month_text(month: date) -> str:
    """ "มิถุนายน 2569"."""
    return f"{thai_date.MONTHS[month.month - 1]} {month.year + 543}"


def short_month_text(month: date) -> str:
    """ "มิ.ย. 69"."""
    return f"{thai_date.SHORT_MONTHS[month.month - 1]} {(month.year + 543) % 100:02d}"


def late_terms(late: Any, service: str, on: date) -> LateTerms:
    """What the office's [late] says about a service on a day: one table, or [[late]] rows with service, from and to.

    A row of the service stands before one of no service, a later one before an earlier one.
    """
    rows = [late] if isinstance(late, Mapping) else list(late or ())
    holding = [row for row in rows if row.get("service", service) == service and _holds(row, on)]
    if not holding:
        return LateTerms()
    row = max(holding, key=lambda row: ("service" in row, str(row.get("from", ""))))
    return LateTerms(**{key: Decimal(str(row[key])) for key in LateTerms.__slots__ if row.get(key) not in (None, "")})


def _holds(row: Mapping[str, Any], on: date) -> bool:
    return str(row.get("from", "")) <= on.isoformat() <= str(row.get("to") or "9999")


def late_charges(tax: int, due: date | None, paid: date, terms: LateTerms, *, filed: date | None = None) -> LateCharges:
    """What is added to a tax that is paid on a day: nothing in time, and nothing without a day to pay.

    filed: when the filing came in; the penalty (เบี้ยปรับ) is for one that came too late itself.
    """
    if due is None or tax <= 0:
        return LateCharges()
    late_filing = filed is not None and filed > due and terms.penalty_multiplier is not None
    penalty = half_up(tax * terms.penalty_multiplier) if late_filing and terms.penalty_multiplier is not None else 0
    if paid <= due:
        return LateCharges(penalty=penalty)
    months, days = months_late(due, paid), (paid - due).days
    surcharge = interest = 0
    if terms.surcharge_percent_per_month is not None:
        surcharge = percent_of(tax, terms.surcharge_percent_per_month * months)
        if terms.surcharge_cap_percent is not None:
            surcharge = min(surcharge, percent_of(tax, terms.surcharge_cap_percent))
    if terms.interest_percent_per_year is not None:
        interest = half_up(tax * terms.interest_percent_per_year * days / (100 * YEAR))
    return LateCharges(months, surcharge, days, interest, penalty)
