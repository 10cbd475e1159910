"""The rates of the office's ordinances as people see and change them: a row entered, put right or taken back.

Each function gives the settings (keys of OFFICE.toml) that are wanted; app.services.office_settings brings them into
force. A row that holds and was compared with the ordinance is not touched: a new one is entered from its day on.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from app.catalog.schema import Service
from app.domain import ordinance, thai_date
from app.domain.errors import Refused
from app.domain.text_rules import clean_text

Document = Mapping[str, Any]
PAST, NOW, FUTURE = "past", "now", "future"
STATES: Final[Mapping[str, str]] = {PAST: "เดิม", NOW: "ใช้อยู่", FUTURE: "ยังไม่เริ่มใช้"}
UNITS: Final[Mapping[str, str]] = {
    **ordinance.UNIT_TEXTS,
    "baht_per_permit": "บาทต่อฉบับ",
    "baht_per_sign": "บาทต่อป้าย",
    "limit": "",
}
DUE_RULES: Final[Mapping[str, str]] = {"next_month_day": "ของเดือนถัดไป", "same_month_day": "ของเดือนเดียวกัน"}
LATE: Final = "late"
"""Beside the services' codes: what being late adds."""
NUMBER, ON = "number", "on"
LONGEST = 200
_DECIMAL = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?")


@dataclass(frozen=True, slots=True)
class Item:
    """Something that has a rate: a tax, one product of it, a fee, or a limit of a permit. key: unit and what it is."""

    service: str
    unit: str
    product: str
    commercial: bool | None
    name: str
    unit_text: str
    monthly: bool

    @property
    def key(self) -> str:
        """Names it among the items of an office."""
        kind = "" if self.commercial is None else str(self.commercial).lower()
        return "/".join((self.service, self.unit, self.product, kind))


@dataclass(frozen=True, slots=True)
class Row:
    """One [[rate]] row. place: where it stands in the document; state: a key of STATES on the day it was asked for."""

    place: int
    item: Item
    value: str
    since: date
    until: date | None
    state: str
    document: Mapping[str, Any]

    @property
    def text(self) -> str:
        """The row in a line."""
        until = f" ถึง {thai_date.short(self.until)}" if self.until else ""
        return f"{amount(self.item, self.value)} ตั้งแต่ {thai_date.short(self.since)}{until}"


def amount(item: Item, value: str) -> str:
    """ "ร้อยละ 1" or "4.54 สตางค์ต่อลิตร"."""
    return f"{item.unit_text} {value}" if item.unit == "percent" else f"{value} {item.unit_text}".rstrip()


def items(services: Iterable[Service]) -> list[Item]:
    """What may have a rate in an office with these services."""
    found: list[Item] = []
    for service in services:
        if service.filing.ceilings:
            found += _taxes(service)
        elif service.fee.calculator == "ad_permit":
            found += _permits(service)
    return found


def _taxes(service: Service) -> list[Item]:
    choices = [choice for field in service.fields for column in field.columns for choice in column.choices]
    found = []
    for unit in sorted(service.filing.units):
        fitting = [choice for choice in choices if ordinance.UNITS_OF_PRODUCTS.get(choice.unit) == unit]
        general = f"{service.short_name} ทุกชนิด ({UNITS[unit]})" if choices else service.short_name
        found.append(Item(service.code, unit, "", None, general, UNITS[unit], True))
        found += [
            Item(service.code, unit, choice.code, None, f"{service.short_name} {choice.name}", UNITS[unit], True)
            for choice in fitting
        ]
    return found


def _permits(service: Service) -> list[Item]:
    found = [
        Item(service.code, unit, "", kind, f"{service.short_name} {name} ({UNITS[unit]})", UNITS[unit], False)
        for unit in ("baht_per_permit", "baht_per_sign")
        for kind, name in ((True, "เป็นการค้า"), (False, "ไม่เป็นการค้า"))
    ]
    limits = (one for one in service.validity.parameters if one.configurable)
    name = service.short_name
    return [
        *found,
        *(Item(service.code, "limit", one.key, None, f"{name} {one.label}", one.unit, False) for one in limits),
    ]


def confirmable(services: Iterable[Service]) -> dict[str, str]:
    """Code and name of everything whose figures are compared with an ordinance."""
    wanted = [one for one in services if one.filing.ceilings or one.fee.calculator != "none"]
    found = {one.code: one.short_name for one in wanted}
    if any(one.filing.ceilings for one in wanted):
        found[LATE] = "เงินเพิ่ม ดอกเบี้ย เบี้ยปรับ"
    return found


def unconfirmed(document: Document, services: Iterable[Service]) -> list[str]:
    """Names of what nobody has compared with the office's ordinance yet."""
    return [name for code, name in confirmable(services).items() if code not in document["confirmed"]]


def rows(document: Document, known: Sequence[Item], on: date) -> list[Row]:
    """The rows of these items, item by item, the newest first."""
    places = {item.key: place for place, item in enumerate(known)}
    found = []
    for place, row in enumerate(document["rate"]):
        item = next((one for one in known if _is_of(row, one)), None)
        if item is not None:
            since = date.fromisoformat(str(row["from"]))
            until = date.fromisoformat(str(row["to"])) if row.get("to") else None
            found.append(Row(place, item, str(row["value"]), since, until, _state(document, row, on), row))
    return sorted(found, key=lambda one: (places[one.item.key], -one.since.toordinal()))


def _is_of(row: Mapping[str, Any], item: Item) -> bool:
    commercial = row.get("commercial")
    product = str(row.get("product", ""))
    if item.unit.startswith("baht_") and product in ("commercial", "other"):
        commercial, product = product == "commercial", ""
    return (row["service"], row["unit"], product, commercial) == (
        item.service,
        item.unit,
        item.product,
        item.commercial,
    )


def _state(document: Document, row: Mapping[str, Any], on: date) -> str:
    day = on.isoformat()
    if str(row["from"]) > day:
        return FUTURE
    same = [one for one in document["rate"] if _same(one, row) and str(row["from"]) < str(one["from"]) <= day]
    return PAST if same or str(row.get("to") or "9999") < day else NOW


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return all(one.get(key, "") == other.get(key, "") for key in ("service", "unit", "product", "commercial"))


def with_row(
    document: Document, known: Sequence[Item], given: Mapping[str, Any], on: date, place: int | None = None
) -> dict[str, Any]:
    """The settings with one row more, or with the row at a place put right.

    given: item (its key), value, from and to (dates as people write them), due_day, due_rule, holiday_roll, ordinance.
    Refused naming the field at fault; "rate_in_force" for a row that holds and was compared with the ordinance.
    """
    item = next((one for one in known if one.key == given.get("item")), None)
    if item is None:
        raise Refused("item", "ยังไม่ได้เลือกรายการ", "เลือกว่าเป็นอัตราของอะไร", "item")
    row = _row(item, given)
    kept = [one for at, one in enumerate(document["rate"]) if at != place]
    if place is not None:
        _may_change(document, document["rate"][place], on)
    if any(_same(one, row) and one["from"] == row["from"] for one in kept):
        hint = "เลือกแถวนั้นจากรายการเพื่อแก้ไข หรือใส่วันอื่น"
        raise Refused("rate_known", "มีอัตราของรายการนี้ตั้งแต่วันนี้แล้ว", hint, "from")
    changed = [*kept, row] if place is None else [*kept[:place], row, *kept[place:]]
    return {"rate": changed, "confirmed": [code for code in document["confirmed"] if code != item.service]}


def _row(item: Item, given: Mapping[str, Any]) -> dict[str, Any]:
    value = decimal_text(str(given.get("value", "")), "value")
    if not value:
        raise Refused("required", "ยังไม่ได้ใส่อัตรา", f"เป็น{item.unit_text or 'ตัวเลข'}", "value")
    row: dict[str, Any] = {"service": item.service, "value": value, "unit": item.unit}
    row["from"] = thai_date.parse_date(str(given.get("from", "")), field="from").isoformat()
    if given.get("to"):
        row["to"] = thai_date.parse_date(str(given["to"]), field="to").isoformat()
        if row["to"] < row["from"]:
            raise Refused("period_backwards", "วันสิ้นสุดอยู่ก่อนวันเริ่มใช้", "ตรวจวันที่ทั้งสอง", "to")
    if item.product:
        row["product"] = item.product
    if item.commercial is not None:
        row["commercial"] = item.commercial
    row |= _due(given) if item.monthly else {}
    named = clean_text(str(given.get("ordinance", "")), "ordinance", label="ข้อบัญญัติ", max_length=LONGEST, required=False)
    return {**row, "ordinance": named} if named else row


def decimal_text(text: str, field: str) -> str:
    """A figure as it is stored, "" for none; Thai digits and commas are understood. Refused "decimal"."""
    text = thai_date.to_arabic_digits(text).replace(",", "").strip()
    if text and not _DECIMAL.fullmatch(text):
        raise Refused("decimal", "ต้องเป็นตัวเลขทศนิยม", "เช่น 1 หรือ 4.54", field)
    return text


def _due(given: Mapping[str, Any]) -> dict[str, Any]:
    """The day of payment; none where it is left open."""
    text = thai_date.to_arabic_digits(str(given.get("due_day", ""))).strip()
    if not text:
        return {}
    if not text.isdigit() or not 1 <= int(text) <= 31:
        raise Refused("due_day", "วันครบกำหนดต้องเป็นเลขวันที่ 1–31", "เช่น 10 หรือเว้นว่างถ้าข้อบัญญัติไม่ได้กำหนด", "due_day")
    found: dict[str, Any] = {"due_day": int(text), "holiday_roll": bool(given.get("holiday_roll"))}
    if given.get("due_rule", "next_month_day") != "next_month_day":
        found["due_rule"] = str(given["due_rule"])
    return found


def without_row(document: Document, place: int, on: date) -> dict[str, Any]:
    """The settings without the row at a place. Refused "rate_in_force" for one that holds and was compared."""
    row = document["rate"][place]
    _may_change(document, row, on)
    rate = [one for at, one in enumerate(document["rate"]) if at != place]
    return {"rate": rate, "confirmed": [code for code in document["confirmed"] if code != row["service"]]}


def _may_change(document: Document, row: Mapping[str, Any], on: date) -> None:
    if str(row["from"]) <= on.isoformat() and row["service"] in document["confirmed"]:
        hint = "เพิ่มอัตราใหม่ตั้งแต่วันที่มีผล หากใส่ผิดมาแต่ต้นให้ถอนการยืนยันก่อน แล้วแก้"
        raise Refused("rate_in_force", "อัตรานี้ใช้มาแล้วและยืนยันกับข้อบัญญัติแล้ว จึงแก้หรือลบไม่ได้", hint, "item")


def confirm(document: Document, services: Iterable[Service], code: str, number: str, on: str) -> dict[str, Any]:
    """The settings with figures said to be those of an ordinance. Refused for a code nobody knows, or without number
    or day."""
    known = confirmable(services)
    if code not in known:
        raise Refused("unknown_service", "ไม่รู้จักรายการนี้", f"ใช้รหัสใดรหัสหนึ่งใน {', '.join(known)}", "service")
    named = clean_text(number, NUMBER, label="เลขที่ข้อบัญญัติ", max_length=LONGEST, required=True)
    day = thai_date.parse_date(on, field=ON).isoformat()
    confirmed = [*(one for one in document["confirmed"] if one != code), code]
    return {"confirmed": confirmed, "ordinances": {**document["ordinances"], code: {NUMBER: named, ON: day}}}


def withdraw(document: Document, code: str) -> dict[str, Any]:
    """The settings with a confirmation taken back; which ordinance it was stays known. Refused "not_confirmed"."""
    if code not in document["confirmed"]:
        raise Refused("not_confirmed", "รายการนี้ยังไม่ได้ยืนยัน", "ไม่มีอะไรต้องถอน", "service")
    return {"confirmed": [one for one in document["confirmed"] if one != code]}


def confirmation(document: Document, code: str) -> str:
    """ "ข้อบัญญัติ ที่ 2/2566 ลงวันที่ 1 กันยายน 2566", or "" where none was named."""
    named = document["ordinances"].get(code)
    if not named:
        return ""
    return f"ข้อบัญญัติ {named[NUMBER]} ลงวันที่ {thai_date.long(date.fromisoformat(named[ON]))}"


def check_ordinances(value: object, fault: Any) -> dict[str, dict[str, str]]:
    """The setting [ordinances]: by service (or late) number and day. fault(key, why) makes the error."""
    if not isinstance(value, dict):
        raise fault("ordinances", 'ต้องเป็นตาราง { hotel_fee = { number = "1/2560", on = 2017-05-01 } }')
    found = {}
    for code, named in value.items():
        at = f"ordinances.{code}"
        if not isinstance(named, dict) or set(named) != {NUMBER, ON} or not isinstance(named[NUMBER], str):
            raise fault(at, 'ต้องมี number กับ on เช่น { number = "1/2560", on = 2017-05-01 }')
        try:
            number = clean_text(named[NUMBER], at, label="เลขที่ข้อบัญญัติ", max_length=LONGEST, required=True)
            day = date.fromisoformat(str(named[ON])[:10]).isoformat()
        except (Refused, ValueError):
            raise fault(at, "ต้องมีเลขที่ และวันที่ ค.ศ. แบบ 2017-05-01") from None
        found[str(code)] = {NUMBER: number, ON: day}
    return found


def unconfirmed_by(before: Document, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """What is wanted; figures that it changes are unconfirmed again unless it says which are confirmed.

    Refused "office_setting" for what is newly confirmed without an ordinance's number and day.
    """
    if "confirmed" in wanted:
        given, named = wanted["confirmed"], wanted.get("ordinances")
        known = (*before["confirmed"], *before["ordinances"], *(named if isinstance(named, dict) else ()))
        new = [code for code in given if code not in known] if isinstance(given, list) else []
        if new:
            key, hint = f"ordinances.{new[0]}", 'เช่น [ordinances] hotel_fee = { number = "1/2560", on = 2017-05-01 }'
            raise Refused("office_setting", "ยืนยันต้องมีเลขที่และวันที่ของข้อบัญญัติ", hint, key)
        return dict(wanted)
    touched = {LATE} if "late" in wanted and wanted["late"] != before["late"] else set()
    if isinstance(wanted.get("rate"), list):
        rows = [row for row in wanted["rate"] if isinstance(row, dict)]
        touched |= {
            code
            for code in before["confirmed"]
            if [one for one in before["rate"] if one["service"] == code]
            != [one for one in rows if one.get("service") == code]
        }
    if not touched & set(before["confirmed"]):
        return dict(wanted)
    return {**wanted, "confirmed": [code for code in before["confirmed"] if code not in touched]}
