"""The tax on fuel (แบบ อบจ.01-4 with the stock sheet อบจ.01-6): what was sold inside the province, product by product.

Closing = opening + received - sold inside - sold outside + gain or loss; never below nought.
"""

from decimal import Decimal
from typing import Any

from app.catalog.schema import Field, Service
from app.catalog.values import cell_field, refused
from app.catalog.worked import RateOf, Worked, not_carried, question, set_money, set_number
from app.domain import money, ordinance


def complete(service: Service, answers: dict[str, Any], known: Any, rate_of: RateOf) -> Worked:
    """The filing worked out: each opening is what was carried on before, and the lines of 01-4 follow from 01-6."""
    table = question(service, "stock")
    rows: list[dict[str, Any]] = [dict(row) for row in answers.get("stock", ())]
    opening: dict[str, str] = {}
    closing: dict[str, str] = {} if known.opening is None else dict(known.opening)
    for place, row in enumerate(rows):
        product = row["product"]
        if product in opening:
            raise _at(table, "product", place, "twice", "มีชนิดนี้แล้วในแถวก่อน", "รวมเป็นแถวเดียว")
        _open(table, row, place, known)
        opening[product] = row["opening"]
        closing[product] = _close(table, row, place)
    if answers["filing_kind"] == "normal":
        _all_carried(table, opening, known)
    else:
        opening = {**closing, **opening}
    answers["stock"] = rows
    tax = _lines(service, answers, rows, rate_of)
    return Worked(answers, tax, opening, closing)


def _open(table: Field, row: dict[str, Any], place: int, known: Any) -> None:
    if known.opening is None:
        row.setdefault("opening", "0")
        return
    carried = Decimal(known.opening.get(row["product"], "0"))
    if "opening" in row and Decimal(row["opening"]) != carried:
        cell = cell_field(table, table.column("opening"), place)
        raise not_carried(cell, known.before, f"{Decimal(row['opening']):,f}", f"{carried:,f}")
    row["opening"] = f"{carried:f}"


def _close(table: Field, row: dict[str, Any], place: int) -> str:
    sold_in, sold_out = _amount(row, "sold_in_province"), _amount(row, "sold_out_province")
    gain_loss = _amount(row, "gain_loss")
    total_in = _amount(row, "opening") + _amount(row, "received")
    closing = total_in - sold_in - sold_out + gain_loss
    if closing < 0:
        hint = f"รับรวม {total_in:,f} จำหน่ายรวม {sold_in + sold_out:,f} ผลต่าง {gain_loss:,f} โปรดตรวจตัวเลข"
        raise _at(table, "closing", place, "negative_stock", f"ติดลบ {closing:,f}", hint)
    for key, value in (("total_in", total_in), ("total_out", sold_in + sold_out - gain_loss), ("closing", closing)):
        set_number(cell_field(table, table.column(key), place), row, value)
    return f"{closing:f}"


def _all_carried(table: Field, opening: dict[str, str], known: Any) -> None:
    """A product with stock left may not drop out of the sheet."""
    for product, text in (known.opening or {}).items():
        if Decimal(text) and product not in opening:
            name = table.column("product").choice_name(product)
            title = f"{table.label}ขาด{name} ซึ่ง{known.before}ยกไป {Decimal(text):,f}"
            raise refused(table, "carried_over", title, f"โปรดเพิ่มแถว{name}")


def _lines(service: Service, answers: dict[str, Any], rows: list[dict[str, Any]], rate_of: RateOf) -> int:
    """The lines of 01-4, compared with those that were given, and the tax in satang."""
    table, products = question(service, "lines"), question(service, "stock").column("product")
    sold = {row["product"]: _amount(row, "sold_in_province") for row in rows if _amount(row, "sold_in_province")}
    given = {row["product"]: dict(row) for row in answers.get("lines", ())}
    for place, product in enumerate(given):
        if product not in sold:
            hint = "จำนวนของ อบจ.01-4 มาจากช่องจำหน่ายภายในจังหวัดของ อบจ.01-6"
            raise _at(table, "product", place, "differs", "ไม่มีการจำหน่ายในงบรับ-จ่าย", hint)
    lines, total = [], 0
    for place, (product, quantity) in enumerate(sold.items()):
        choice = products.choice(product)
        unit = ordinance.UNITS_OF_PRODUCTS[choice.unit if choice else ""]
        rate = rate_of(unit, product) or Decimal(0)
        tax = ordinance.by_quantity(quantity, rate)
        line = given.get(product, {"product": product})
        set_number(cell_field(table, table.column("qty"), place), line, quantity)
        set_number(cell_field(table, table.column("rate"), place), line, rate)
        set_money(cell_field(table, table.column("tax"), place), line, tax)
        lines.append(line)
        total += tax
    answers["lines"] = lines
    set_money(question(service, "tax"), answers, total)
    return money.parse_baht(answers["tax"])


def _amount(row: dict[str, Any], key: str) -> Decimal:
    return Decimal(row.get(key, "0"))


def _at(table: Field, column: str, place: int, code: str, what: str, hint: str) -> Exception:
    cell = cell_field(table, table.column(column), place)
    return refused(cell, code, f"{cell.label}{what}", hint)
