"""The tax on tobacco: cigarettes sold, packs by sticks, at so many satang a stick."""

from decimal import Decimal
from typing import Any

from app.catalog.schema import Service
from app.catalog.values import cell_field
from app.catalog.worked import RateOf, Worked, question, set_money, set_number
from app.domain import ordinance

UNIT = "satang_per_stick"


def complete(service: Service, answers: dict[str, Any], known: Any, rate_of: RateOf) -> Worked:
    """The filing worked out; nothing is carried from month to month."""
    table = question(service, "lines")
    lines, total = [], 0
    for place, given in enumerate(answers.get("lines", ())):
        line = dict(given)
        sticks = Decimal(int(line["packs"]) * int(line["sticks_per_pack"]))
        rate = (rate_of(UNIT) or Decimal(0)) if sticks else Decimal(0)
        tax = ordinance.by_quantity(sticks, rate)
        set_number(cell_field(table, table.column("sticks"), place), line, sticks)
        set_number(cell_field(table, table.column("rate"), place), line, rate)
        set_money(cell_field(table, table.column("tax"), place), line, tax)
        lines.append(line)
        total += tax
    if lines:
        answers["lines"] = lines
    set_money(question(service, "tax"), answers, total)
    return Worked(answers, total)
