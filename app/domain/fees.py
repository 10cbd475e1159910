"""Fees and deadlines that depend on an office's ordinance: whole satang, Decimal for rates, dates by the calendar.

A service definition brings default terms, most of them unverified; the office's own `[[rate]]` rows (effective dates)
stand in their place. Nothing here knows an amount.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from app.domain.money import parse_baht

Rate = Mapping[str, Any]
"""One `[[rate]]` row of the office document: service, product, value (decimal text), unit, from and
to (dates or ISO texts, both included; nothing: always)."""

AD_PERMIT = "ad_permit"
PER_PERMIT = "per_permit"
PER_SIGN = "per_sign"
FEE_BASES = (PER_PERMIT, PER_SIGN)
_UNIT_BASES = {"baht_per_permit": PER_PERMIT, "baht_per_sign": PER_SIGN}
_FEE_PRODUCTS = {"commercial": ("commercial",), "other": ("other",), "": ("commercial", "other")}


@dataclass(frozen=True, slots=True)
class PermitTerms:
    """What an office asks for an advertising permit (พ.ร.บ.รักษาความสะอาดฯ พ.ศ. 2535 ม.10); a limit of 0 is no limit.

    Fees in satang for one permit or one sign as the basis says; sizes in metres; days by the calendar.
    """

    fee_commercial: int
    fee_other: int
    basis_commercial: str
    basis_other: str
    max_days_commercial: int
    max_days_other: int
    removal_grace_days: int
    notice_days: int
    max_quantity: int
    max_width: Decimal
    max_height: Decimal

    def max_days(self, commercial: bool) -> int:
        """The longest period of one permit."""
        return self.max_days_commercial if commercial else self.max_days_other


def rates_in_force(service: str, rates: Iterable[Rate], on: date) -> list[Rate]:
    """The rows of one service that hold on a day, oldest first: the last one of a product rules."""
    holding = [
        row
        for row in rates
        if row.get("service") == service and _day(row, "from", date.min) <= on <= _day(row, "to", date.max)
    ]
    return sorted(holding, key=lambda row: _day(row, "from", date.min))


def _day(row: Rate, key: str, default: date) -> date:
    day = row.get(key)
    if day is None:
        return default
    return day if isinstance(day, date) else date.fromisoformat(str(day))


def permit_terms(defaults: Mapping[str, str], rates: Iterable[Rate], on: date) -> PermitTerms:
    """The terms on a day: the definition's parameters, replaced by the office's rows of service "ad_permit".

    A row in baht_per_permit or baht_per_sign sets the fee of its product, "commercial" or "other" (no product: both;
    commercial = true or false says the same); any other row sets the parameter that its product names, for example
    product = "max_days_commercial".
    """
    terms = dict(defaults)
    basis = terms.pop("fee_basis", PER_PERMIT)
    terms["basis_commercial"] = terms["basis_other"] = basis
    for row in rates_in_force(AD_PERMIT, rates, on):
        product = str(row.get("product", ""))
        unit_basis = _UNIT_BASES.get(str(row.get("unit", "")))
        if unit_basis is None:
            terms[product] = str(row["value"])
            continue
        for kind in _kinds_of(row, product):
            terms[f"fee_{kind}"] = str(row["value"])
            terms[f"basis_{kind}"] = unit_basis
    return _terms_from(terms)


def _kinds_of(row: Rate, product: str) -> tuple[str, ...]:
    """Whose fee a row sets: commercial advertising, other advertising, or both."""
    if "commercial" in row:
        return ("commercial",) if row["commercial"] else ("other",)
    return _FEE_PRODUCTS.get(product, ())


def _terms_from(terms: Mapping[str, str]) -> PermitTerms:
    return PermitTerms(
        fee_commercial=parse_baht(terms["fee_commercial"]),
        fee_other=parse_baht(terms["fee_other"]),
        basis_commercial=terms["basis_commercial"],
        basis_other=terms["basis_other"],
        max_days_commercial=int(terms["max_days_commercial"]),
        max_days_other=int(terms["max_days_other"]),
        removal_grace_days=int(terms["removal_grace_days"]),
        notice_days=int(terms["notice_days"]),
        max_quantity=int(terms["max_quantity"]),
        max_width=Decimal(terms["max_width"]),
        max_height=Decimal(terms["max_height"]),
    )


def ad_permit_fee(terms: PermitTerms, *, commercial: bool, quantity: int) -> int:
    """The fee of one application in satang."""
    fee, basis = (terms.fee_commercial, terms.basis_commercial) if commercial else (terms.fee_other, terms.basis_other)
    return fee * quantity if basis == PER_SIGN else fee


def days_covered(start: date, end: date) -> int:
    """Days of a period, both ends counted."""
    return (end - start).days + 1


def last_day(start: date, days: int) -> date:
    """The last day of a period of so many days: 60 days from 1 August end on 29 September."""
    return start + timedelta(days=days - 1)


def removal_deadline(end: date, grace_days: int) -> date:
    """The day by which signs must be down after the permit's last day."""
    return end + timedelta(days=grace_days)


def months_late(due: date, paid: date) -> int:
    """Months of surcharge: every month begun after the due date counts whole; nought when paid in time."""
    if paid <= due:
        return 0
    months = (paid.year - due.year) * 12 + paid.month - due.month
    return months + 1 if paid.day > due.day else months


def share(satang: int, percent: Decimal) -> int:
    """So many percent of an amount, rounded half up to whole satang."""
    return int((satang * percent / 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))
