"""What the arithmetic of the filings shares: its result, and holding a figure given against the one worked out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from app.catalog.schema import Field, Service
from app.catalog.values import refused
from app.domain import money

RateOf = Callable[..., Decimal | None]
"""(unit, product) -> the office's rate of the month."""


@dataclass(frozen=True, slots=True)
class Worked:
    """A filing worked out: answers as stored, the tax in satang, and the balances it opened with and carries on, as
    decimal text by their names ("baht", "qty", or a product)."""

    answers: dict[str, Any]
    tax: int
    opening: Mapping[str, str] = field(default_factory=dict)
    closing: Mapping[str, str] = field(default_factory=dict)


def question(service: Service, key: str) -> Field:
    """A question of the form; the builder has made sure that those of its rule exist."""
    return next(item for item in service.fields if item.key == key)


def satang(answers: Mapping[str, Any], key: str) -> int:
    """A stored amount, nought where there is none."""
    return money.parse_baht(answers[key]) if key in answers else 0


def set_money(item: Field, answers: dict[str, Any], value: int) -> None:
    """Store an amount that was worked out. Refused "differs", with both figures, where another one was given."""
    key = item.key.rpartition(".")[2]
    if key in answers and satang(answers, key) != value:
        raise _differs(item, money.formatted(satang(answers, key)), money.formatted(value))
    answers[key] = money.plain(value)


def set_number(item: Field, answers: dict[str, Any], value: Decimal) -> None:
    """The same for a quantity or a rate."""
    key = item.key.rpartition(".")[2]
    if key in answers and Decimal(str(answers[key])) != value:
        raise _differs(item, f"{Decimal(str(answers[key])):,f}", f"{value:,f}")
    answers[key] = int(value) if item.type == "integer" else f"{value:f}"


def _differs(item: Field, given: str, worked: str) -> Exception:
    title = f"{item.label}ไม่ตรงกับที่คำนวณได้"
    return refused(item, "differs", title, f"แบบว่า {given} คำนวณได้ {worked} โปรดตรวจตัวเลขที่มา")


def not_carried(item: Field, before: str, given: str, carried: str) -> Exception:
    """The error of a balance that is not the one carried on."""
    title = f"{item.label}ไม่ตรงกับยอดยกไปของ{before}"
    return refused(item, "carried_over", title, f"{before}ยกไป {carried} แบบนี้ยกมา {given}")
