"""One answer at a time: what was typed becomes the value that is stored, and the Thai text that is shown.

Stored: text, code of a choice, list of codes, int, bool, decimal text ("1.20"), money text ("2600.00"), ISO date (CE),
and of a table a list of rows, each from column to such a value.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from app.catalog.schema import Field
from app.domain import citizen_id, money, phone, thai_date
from app.domain.errors import Refused
from app.domain.text_rules import clean_text

_LONGEST_NUMBER = 30
_TRUE, _FALSE = "true", "false"
_PAYER_CODE = re.compile(r"[0-9A-Zก-ฮ](?:[0-9A-Zก-ฮ./-]{0,18}[0-9A-Zก-ฮ])?")


def is_empty(value: object) -> bool:
    """Whether nothing was answered; False and 0 are answers."""
    return value is None or value == "" or value == [] or (isinstance(value, str) and not value.strip())


def check_value(item: Field, value: object) -> Any:
    """The value as it is stored; Refused with field "answers.<key>" (categories are two keys: see answers)."""
    return _CHECKS[item.type](item, value)


def value_text(item: Field, value: Any) -> str:
    """The Thai text of a stored value."""
    shown = _TEXTS.get(item.type)
    return shown(item, value) if shown else str(value)


def refused(item: Field, code: str, title: str, hint: str) -> Refused:
    """An error at this question."""
    return Refused(code, title, hint, f"answers.{item.key}")


def missing(item: Field) -> Refused:
    """The error of a question that must be answered and was not."""
    verb = "เลือก" if item.type in ("choice", "multi_choice", "category", "boolean") else "กรอก"
    return refused(item, "required", f"ยังไม่ได้{verb}{item.label}", f"โปรด{verb}{item.label}")


def wrong_type(item: Field, wanted: str) -> Refused:
    """The error of a value that is no such thing at all."""
    return refused(item, "wrong_type", f"{item.label}ต้องเป็น{wanted}", f"โปรดกรอก{item.label}เป็น{wanted}")


def _check_text(item: Field, value: object) -> str:
    text = clean_text(
        value,
        f"answers.{item.key}",
        label=item.label,
        max_length=item.max_length,
        required=item.required,
        multiline=item.type == "long_text",
    )
    if text and len(text) < item.min_length:
        hint = f"โปรดอธิบายเพิ่มให้ครบ {item.min_length} ตัวอักษร"
        raise refused(item, "too_short", f"{item.label}สั้นเกินไป", hint)
    return text


def _check_choice(item: Field, value: object) -> str:
    if not isinstance(value, str):
        raise wrong_type(item, "รหัสของตัวเลือก")
    if any(choice.code == value for choice in item.choices):
        return value
    known = ", ".join(f"{choice.name} ({choice.code})" for choice in item.choices)
    raise refused(item, "unknown_choice", f"{item.label}ไม่ตรงกับตัวเลือก", f"โปรดเลือกจาก: {known}")


def _check_multi_choice(item: Field, value: object) -> list[str]:
    if not isinstance(value, list | tuple):
        raise wrong_type(item, "รายการตัวเลือก")
    chosen = {_check_choice(item, entry) for entry in value}
    return [choice.code for choice in item.choices if choice.code in chosen]


def _check_boolean(item: Field, value: object) -> bool:
    if not isinstance(value, bool):
        raise wrong_type(item, "ใช่ (true) หรือ ไม่ใช่ (false)")
    if item.must_be_true and not value:
        raise refused(item, "must_agree", f"ต้องยืนยัน{item.label}", f"โปรดให้ผู้ยื่นรับรอง{item.label}ก่อน")
    return value


def _number(item: Field, value: object, decimals: int) -> Decimal:
    """A number of an int or of decimal text within its bounds; a float is refused, for it has lost what was typed."""
    wanted = "จำนวนเต็ม" if decimals == 0 else 'ตัวเลขทศนิยม เช่น "1.20"'
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise wrong_type(item, wanted)
    if isinstance(value, int):
        number = Decimal(value) if abs(value) < 10**_LONGEST_NUMBER else Decimal("Infinity")
    else:
        number = _parsed(value)
    if not number.is_finite() or _decimals(number) > decimals:
        raise wrong_type(item, wanted)
    return _within_bounds(item, number)


def _parsed(text: str) -> Decimal:
    """The number of a text in plain notation, NaN when it is none."""
    plain = thai_date.to_arabic_digits(text).strip().replace(",", "")
    digits = plain.removeprefix("-").replace(".", "", 1)
    if len(plain) > _LONGEST_NUMBER or not (digits.isascii() and digits.isdigit()):
        return Decimal("NaN")
    return Decimal(plain)


def _decimals(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def _within_bounds(item: Field, number: Decimal) -> Decimal:
    unit = f" {item.unit}" if item.unit else ""
    if item.minimum is not None and number < item.minimum:
        title = f"{item.label}ต้องไม่น้อยกว่า {item.minimum:f}{unit}"
        raise refused(item, "too_small", title, f"โปรดตรวจ{item.label}อีกครั้ง")
    if item.maximum is not None and number > item.maximum:
        title = f"{item.label}ต้องไม่เกิน {item.maximum:f}{unit}"
        raise refused(item, "too_large", title, f"โปรดตรวจ{item.label}อีกครั้ง")
    return number


def _check_integer(item: Field, value: object) -> int:
    return int(_number(item, value, 0))


def _check_decimal(item: Field, value: object) -> str:
    return f"{_number(item, value, item.decimals):f}"


def _check_money(item: Field, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise wrong_type(item, 'จำนวนเงิน เช่น "2600.00"')
    if isinstance(value, int):
        value = str(value) if abs(value) < 10**_LONGEST_NUMBER else ""
    satang = money.parse_baht(value, field=f"answers.{item.key}")
    _within_bounds(item, Decimal(satang) / 100)
    return money.plain(satang)


def _check_date(item: Field, value: object) -> str:
    if not isinstance(value, str):
        raise wrong_type(item, "วันที่ เช่น 20/11/2569")
    return thai_date.parse_date(value, field=f"answers.{item.key}").isoformat()


def _check_citizen_id(item: Field, value: object) -> str:
    if not isinstance(value, str):
        raise wrong_type(item, "ตัวเลข 13 หลัก")
    return citizen_id.check(value, field=f"answers.{item.key}")


def _check_phone(item: Field, value: object) -> str:
    if not isinstance(value, str):
        raise wrong_type(item, "เบอร์โทรศัพท์")
    return phone.normalise(value, field=f"answers.{item.key}")


def _check_month(item: Field, value: object) -> int:
    month = int(_number(item, value, 0))
    if not 1 <= month <= 12:
        raise refused(item, "month", f"{item.label}ต้องเป็นเดือนที่ 1 ถึง 12", f"โปรดตรวจ{item.label}อีกครั้ง")
    return month


def _check_payer(item: Field, value: object) -> str:
    text = str(value) if isinstance(value, str) or type(value) is int else ""
    code = thai_date.to_arabic_digits(text).strip().upper()
    if not _PAYER_CODE.fullmatch(code):
        hint = "ใช้ตัวเลข ตัวอักษร . - / ไม่เกิน 20 ตัว ตามทะเบียนของสำนักงาน"
        raise refused(item, "payer_code", f"{item.label}ไม่ถูกต้อง", hint)
    return code


def _check_table(item: Field, value: object) -> list[dict[str, Any]]:
    """The rows in which anything was answered; an error names row and column."""
    if not isinstance(value, list | tuple) or not all(isinstance(row, Mapping) for row in value):
        raise wrong_type(item, "รายการของแถว")
    if len(value) > item.max_rows:
        raise refused(item, "too_many_rows", f"{item.label}มีได้ไม่เกิน {item.max_rows:,} แถว", "โปรดรวมแถวที่เหมือนกัน")
    filled = [row for row in value if any(not is_empty(cell) for cell in row.values())]
    return [_check_row(item, row, place) for place, row in enumerate(filled)]


def _check_row(item: Field, row: Mapping[str, Any], place: int) -> dict[str, Any]:
    known = {column.key for column in item.columns}
    for key in row:
        if key not in known:
            shown = str(key) if str(key).isprintable() and len(str(key)) <= 40 else "…"
            title = f"{item.label} แถวที่ {place + 1} ไม่มีช่อง “{shown}”"
            raise Refused("unknown_answer", title, f"ช่องที่มี: {', '.join(sorted(known))}", f"answers.{item.key}")
    stored: dict[str, Any] = {}
    for column in item.columns:
        cell = cell_field(item, column, place)
        value = row.get(column.key)
        if is_empty(value):
            value = column.default
        if not is_empty(value):
            stored[column.key] = check_value(cell, value)
        elif column.required:
            raise missing(cell)
    return stored


def cell_field(table: Field, column: Field, place: int) -> Field:
    """The question of one cell, as an error names it: "answers.stock[0].received", "… แถวที่ 1 …"."""
    label = f"{table.label} แถวที่ {place + 1} {column.label}"
    return replace(column, key=f"{table.key}[{place}].{column.key}", label=label)


_CHECKS: Mapping[str, Callable[[Field, object], Any]] = {
    "text": _check_text,
    "long_text": _check_text,
    "choice": _check_choice,
    "multi_choice": _check_multi_choice,
    "boolean": _check_boolean,
    "integer": _check_integer,
    "decimal": _check_decimal,
    "money": _check_money,
    "date": _check_date,
    "citizen_id": _check_citizen_id,
    "phone": _check_phone,
    "month": _check_month,
    "payer": _check_payer,
    "table": _check_table,
}


def _with_unit(item: Field, text: str) -> str:
    return f"{text} {item.unit}" if item.unit else text


def _boolean_text(item: Field, value: Any) -> str:
    if item.choices:
        return item.choice_name(_TRUE if value else _FALSE)
    return "ใช่" if value else "ไม่ใช่"


def _table_text(item: Field, value: Any) -> str:
    """One line a row: the cells that were answered, each behind the name of its column."""
    return "\n".join(
        f"{place}. " + ", ".join(f"{c.label} {value_text(c, row[c.key])}" for c in item.columns if c.key in row)
        for place, row in enumerate(value, start=1)
    )


_TEXTS: Mapping[str, Callable[[Field, Any], str]] = {
    "choice": lambda item, value: item.choice_name(value),
    "multi_choice": lambda item, value: ", ".join(map(item.choice_name, value)),
    "boolean": _boolean_text,
    "integer": lambda item, value: _with_unit(item, f"{value:,}"),
    "decimal": _with_unit,
    "money": lambda _item, value: f"{money.formatted(money.parse_baht(value))} บาท",
    "date": lambda _item, value: thai_date.long(date.fromisoformat(value)),
    "citizen_id": lambda _item, value: citizen_id.masked(value),
    "phone": lambda _item, value: phone.formatted(value),
    "month": lambda _item, value: thai_date.MONTHS[value - 1],
    "table": _table_text,
}
