"""The office's settings: read from OFFICE.toml, checked key by key, one document per revision.

The form of the file is the contract of docs/commands.md; at enrolment the server sends the same.
"""

import re
import secrets
import tomllib
from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from app.domain import fees, ordinance
from app.domain.errors import Refused
from app.domain.money import parse_baht
from app.domain.text_rules import clean_text
from app.services import (
    landmarks,
    office_categories,
    office_contacts,
    office_services,
    ordinance_rates,
    paper_templates,
    receipt_settings,
    reply_templates,
    sms_settings,
    thaid_settings,
)
from app.services.model import Address, OfficeView

KINDS = {
    "pao": "องค์การบริหารส่วนจังหวัด",
    "city_municipality": "เทศบาลนคร",
    "town_municipality": "เทศบาลเมือง",
    "subdistrict_municipality": "เทศบาลตำบล",
    "sao": "องค์การบริหารส่วนตำบล",
    "pattaya": "เมืองพัทยา",
}
RECEIPT_MODES = ("own_computer", "preprinted_book", "elaas_reference")
RATE_UNITS = (
    "percent",
    "satang_per_litre",
    "satang_per_kg",
    "satang_per_stick",
    "baht_per_permit",
    "baht_per_sign",
    "limit",
)
RATE_KEYS = (
    "service", "product", "value", "unit", "from", "to", "due_day", "due_rule", "holiday_roll", "commercial",
    "ordinance",
)  # fmt: skip
RATE_TYPES = {
    "service": (str, "ต้องเป็นรหัสบริการในเครื่องหมายคำพูด"),
    "product": (str, "ต้องเป็นข้อความในเครื่องหมายคำพูด"),
    "commercial": (bool, "ต้องเป็น true หรือ false"),
    "holiday_roll": (bool, "ต้องเป็น true หรือ false"),
    "due_day": (int, "ต้องเป็นเลขวันที่ 1–31"),
    "due_rule": (str, "ต้องเป็น next_month_day หรือ same_month_day"),
    "ordinance": (str, "ต้องเป็นชื่อข้อบัญญัติในเครื่องหมายคำพูด"),
}
WHOLE_LIMITS = ("max_days_commercial", "max_days_other", "removal_grace_days", "notice_days", "max_quantity")
METRE_LIMITS = ("max_width", "max_height")
ADDRESS_KEYS = tuple(Address.__dataclass_fields__)

REQUIRED = ("code", "name", "kind", "letters", "phone")
DEFAULTS: dict[str, Any] = {
    "service_digit": "1",
    "first_run": 1,
    "tax_id": "",
    "biller_suffix": "00",
    "ktb_company_code": "",
    "receipt_mode": "own_computer",
    "services": ["petition"],
    "address": {},
    "rate": [],
    "late": {},
    "confirmed": [],
    "ordinances": {},
    "required_papers": "warn",
    "form_codes": {},
    "holidays": [],
    "public_address": "",
    "slip_key": "",
    "similar_within_days": 30,
    "reopen_within_days": 15,
    "lock_after_minutes": 15,
    "hours": {},
    "replies": [],
    "sms": {},
    "receipts": {},
    "bank_file": {},
    "elaas": {},
    "landmarks": [],
    "categories": [],
    "holiday_names": {},
    "thaid_campaign": {},
    "appointments": {},
    "contacts": {},
    "paper": [],
    "divisions": [],
    "service_settings": [],
}
LATE_ROW_KEYS = ("service", "from", "to")
LATE_KEYS = ("surcharge_percent_per_month", "interest_percent_per_year", "penalty_multiplier", "surcharge_cap_percent")

LONGEST_LOOK_BACK = 366
LONGEST_UNLOCKED = 60
"""Minutes without a key or a click after which nobody is signed in any more."""
"""Days that the warning of similar cases may look back."""

OfficeDocument = dict[str, Any]


def read_office_file(path: Path) -> OfficeDocument:
    """Parse and check OFFICE.toml; every mistake is Refused with the key at fault."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except OSError:
        raise Refused("office_file", f"อ่านไฟล์ {path.name} ไม่ได้", "ตรวจชื่อและที่อยู่ของไฟล์ตั้งค่า อปท.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refused("office_file", f"ไฟล์ {path.name} ไม่ใช่ TOML ที่ถูกต้อง: {error}", "แก้บรรทัดที่แจ้งแล้วลองใหม่") from None
    return check_office(data)


def check_office(data: Mapping[str, Any]) -> OfficeDocument:
    """The document with every default filled in, or Refused naming the first key at fault."""
    for key in REQUIRED:
        if not data.get(key):
            raise _fault(key, "ขาดค่านี้")
    for key in data:
        if key not in REQUIRED and key not in DEFAULTS:
            raise _fault(key, "ไม่รู้จักชื่อค่านี้")
    document: OfficeDocument = {**DEFAULTS, **data}
    _check_texts(document)
    _check_address(document)
    document["rate"] = [_rate(row, f"rate[{n}]") for n, row in enumerate(_list(document, "rate"))]
    document["late"] = _late(document["late"])
    document["confirmed"] = [_text(value, "confirmed") for value in _list(document, "confirmed")]
    document["ordinances"] = ordinance_rates.check_ordinances(document["ordinances"], _fault)
    document["form_codes"] = _form_codes(document["form_codes"])
    document["holidays"] = [_iso(value, "holidays") for value in _list(document, "holidays")]
    document["holiday_names"] = _holiday_names(document)
    document["hours"] = _hours(document["hours"])
    replies = _list(document, "replies")
    document["replies"] = [reply_templates.check(row, f"replies[{n}]", _fault) for n, row in enumerate(replies)]
    document["sms"] = sms_settings.check(document["sms"], document["public_address"], _fault)
    document |= receipt_settings.check(document, _fault)
    document["thaid_campaign"] = thaid_settings.check(document["thaid_campaign"], _fault)
    document["contacts"] = office_contacts.check(document["contacts"], _fault)
    document["appointments"] = _appointments(document["appointments"])
    marks = _list(document, "landmarks")
    if len(marks) > landmarks.MOST:
        raise _fault("landmarks", f"มีได้ไม่เกิน {landmarks.MOST:,} แห่ง")
    document["landmarks"] = [landmarks.check(row, f"landmarks[{n}]", _fault) for n, row in enumerate(marks)]
    document["categories"] = office_categories.check_all(_list(document, "categories"), _fault)
    document["divisions"] = office_services.check_divisions(_list(document, "divisions"), _fault)
    document["service_settings"] = office_services.check_settings(_list(document, "service_settings"), _fault)
    document["paper"] = paper_templates.check_all(_list(document, "paper"), _fault)
    document["slip_key"] = document["slip_key"] or secrets.token_hex(16)
    return document


def view(document: Mapping[str, Any]) -> OfficeView:
    """What paper and screen show of an office document."""
    contacts = document.get("contacts", {})
    return OfficeView(
        code=document["code"],
        name=document["name"],
        kind=document["kind"],
        letters=document["letters"],
        phone=document["phone"],
        address=Address(**document["address"]),
        public_address=document["public_address"],
        fax=contacts.get("fax", ""),
        email=contacts.get("email", ""),
    )


def series(document: Mapping[str, Any]) -> str:
    """The series of the request numbers: letters and service digit, "KT1"."""
    return f"{document['letters']}{document['service_digit']}"


def holidays(document: Mapping[str, Any]) -> frozenset[date]:
    """Public holidays the office has entered; Saturdays and Sundays need no entry."""
    return frozenset(date.fromisoformat(text) for text in document["holidays"])


def closing_time(document: Mapping[str, Any]) -> time | None:
    """When the office closes; what is filed later counts from the next working day. None where no hours are set."""
    hours = document.get("hours") or {}
    return time.fromisoformat(hours["close"]) if hours else None


def _holiday_names(document: OfficeDocument) -> dict[str, str]:
    """Names of holidays by their dates; one whose day is no holiday any more is dropped."""
    names = document["holiday_names"]
    if not isinstance(names, dict):
        raise _fault("holiday_names", 'ต้องเป็นตาราง { "2026-12-31" = "วันสิ้นปี" }')
    found = {_iso(day, "holiday_names"): _text(name, f"holiday_names.{day}") for day, name in names.items()}
    return {day: name for day, name in sorted(found.items()) if name and day in document["holidays"]}


def _hours(hours: object) -> dict[str, str]:
    """Opening hours as { open = "08:30", close = "16:30" }, or nothing."""
    if not isinstance(hours, dict):
        raise _fault("hours", 'ต้องเป็นตาราง { open = "08:30", close = "16:30" }')
    if not hours:
        return {}
    for key in hours:
        if key not in ("open", "close"):
            raise _fault(f"hours.{key}", "ไม่รู้จักชื่อค่านี้")
    for key in ("open", "close"):
        if not isinstance(hours.get(key), str) or not re.fullmatch("([01][0-9]|2[0-3]):[0-5][0-9]", hours[key]):
            raise _fault(f"hours.{key}", 'ต้องเป็นเวลา 24 ชั่วโมง เช่น "08:30"')
    if hours["open"] >= hours["close"]:
        raise _fault("hours.close", "ต้องเป็นเวลาหลังเปิดทำการ")
    return dict(hours)


def _appointments(told: object) -> dict[str, Any]:
    """Whether accounts need an appointment order, and how many days before its end a person is warned."""
    if not isinstance(told, dict):
        raise _fault("appointments", "ต้องเป็นตาราง { required = true, warn_days = 30 }")
    for key in told:
        if key not in ("required", "warn_days"):
            raise _fault(f"appointments.{key}", "ไม่รู้จักชื่อค่านี้")
    if type(told.get("required", False)) is not bool:
        raise _fault("appointments.required", "ต้องเป็น true หรือ false")
    days = told.get("warn_days", 30)
    if type(days) is not int or not 0 <= days <= LONGEST_LOOK_BACK:
        raise _fault("appointments.warn_days", f"ต้องเป็นจำนวนวัน 0–{LONGEST_LOOK_BACK}")
    return dict(told)


def _check_texts(document: OfficeDocument) -> None:
    def check(key: str, right: bool, why: str) -> None:
        if not isinstance(document[key], str) or not right:
            raise _fault(key, why)

    for key in (
        *REQUIRED,
        "service_digit",
        "tax_id",
        "biller_suffix",
        "ktb_company_code",
        "public_address",
        "slip_key",
    ):
        document[key] = _text(document[key], key)
    for key in REQUIRED:
        check(key, bool(document[key]), "ขาดค่านี้")
    code, letters, digit = document["code"], document["letters"], document["service_digit"]
    check("code", code.isascii() and code.isdigit() and len(code) == 8, "ต้องเป็นตัวเลข 8 หลัก")
    check("kind", document["kind"] in KINDS, f"ต้องเป็นค่าใดค่าหนึ่งใน {', '.join(KINDS)}")
    check("letters", letters.isascii() and letters.isupper() and letters.isalpha() and len(letters) in (2, 3),
          "ต้องเป็นอักษรโรมันตัวใหญ่ 2–3 ตัว")  # fmt: skip
    check("service_digit", digit.isascii() and digit.isdigit() and len(digit) == 1, "ต้องเป็นตัวเลข 1 หลัก")
    check("receipt_mode", document["receipt_mode"] in RECEIPT_MODES, f"ต้องเป็นค่าใดค่าหนึ่งใน {', '.join(RECEIPT_MODES)}")
    check("slip_key", not document["slip_key"] or re.fullmatch("([0-9a-f]{2}){16,}", document["slip_key"]) is not None,
          "ต้องเป็นเลขฐานสิบหก 32 หลัก หรือเว้นว่าง")  # fmt: skip
    document["public_address"] = address = document["public_address"].rstrip("/")
    check("public_address", not address or address.startswith(("https://", "http://")), "ต้องขึ้นต้นด้วย https://")
    first_run = document["first_run"]
    if type(first_run) is not int or not 1 <= first_run <= 999_999:
        raise _fault("first_run", "ต้องเป็นเลขจำนวนเต็ม 1–999999")
    if document["required_papers"] not in ("warn", "refuse", "off"):
        raise _fault("required_papers", "ต้องเป็น warn, refuse หรือ off")
    days = document["similar_within_days"]
    if type(days) is not int or not 0 <= days <= LONGEST_LOOK_BACK:
        raise _fault("similar_within_days", f"ต้องเป็นจำนวนวัน 0–{LONGEST_LOOK_BACK} (0 คือไม่เตือน)")
    days = document["reopen_within_days"]
    if type(days) is not int or not 0 <= days <= LONGEST_LOOK_BACK:
        raise _fault("reopen_within_days", f"ต้องเป็นจำนวนวัน 0–{LONGEST_LOOK_BACK}")
    minutes = document["lock_after_minutes"]
    if type(minutes) is not int or not 1 <= minutes <= LONGEST_UNLOCKED:
        raise _fault("lock_after_minutes", f"ต้องเป็นจำนวนนาที 1–{LONGEST_UNLOCKED}")
    services = _list(document, "services")
    if not services or not all(isinstance(code, str) for code in services):
        raise _fault("services", "ต้องเป็นรายชื่อรหัสบริการอย่างน้อยหนึ่งบริการ")


def _check_address(document: OfficeDocument) -> None:
    address = document["address"]
    if not isinstance(address, dict):
        raise _fault("address", "ต้องเป็นตาราง { house_no = …, … }")
    for key in address:
        if key not in ADDRESS_KEYS:
            raise _fault(f"address.{key}", "ไม่รู้จักชื่อค่านี้")
    document["address"] = {key: _text(value, f"address.{key}") for key, value in address.items()}


def _text(value: object, at: str) -> str:
    """A text that may stand on paper."""
    if not isinstance(value, str):
        raise _fault(at, "ต้องเป็นข้อความในเครื่องหมายคำพูด")
    try:
        return clean_text(value, at)
    except Refused as error:
        raise _fault(at, error.title) from None


def _rate(row: object, at: str) -> dict[str, Any]:
    if not isinstance(row, dict):
        raise _fault(at, "ต้องเป็นตาราง [[rate]]")
    for key in row:
        if key not in RATE_KEYS:
            raise _fault(f"{at}.{key}", "ไม่รู้จักชื่อค่านี้")
    for key in ("service", "value", "unit", "from"):
        if key not in row:
            raise _fault(f"{at}.{key}", "ขาดค่านี้")
    if row["unit"] not in RATE_UNITS:
        raise _fault(f"{at}.unit", f"ต้องเป็นค่าใดค่าหนึ่งใน {', '.join(RATE_UNITS)}")
    for key, (kind, why) in RATE_TYPES.items():
        if key in row and type(row[key]) is not kind:
            raise _fault(f"{at}.{key}", why)
    if row["service"] == fees.AD_PERMIT:
        _check_permit_rate(row, at)
    if row.get("due_rule", "next_month_day") not in ordinance.DUE_RULES:
        raise _fault(f"{at}.due_rule", RATE_TYPES["due_rule"][1])
    if "due_day" in row and not 1 <= row["due_day"] <= 31:
        raise _fault(f"{at}.due_day", RATE_TYPES["due_day"][1])
    dates = {key: _iso(row[key], f"{at}.{key}") for key in ("from", "to") if key in row}
    return {**row, "value": _decimal(row["value"], f"{at}.value"), **dates}


def _check_permit_rate(row: Mapping[str, Any], at: str) -> None:
    """A row of the advertising permit is an amount or one of its limits; every registration reads it."""
    value = str(row["value"])
    if row["unit"] in ("baht_per_permit", "baht_per_sign"):
        try:
            parse_baht(value)
        except Refused as error:
            raise _fault(f"{at}.value", error.title) from None
    elif row["unit"] != "limit":
        raise _fault(f"{at}.unit", "ต้องเป็น baht_per_permit, baht_per_sign หรือ limit")
    elif row.get("product") not in (*WHOLE_LIMITS, *METRE_LIMITS):
        raise _fault(f"{at}.product", f"ต้องเป็นค่าใดค่าหนึ่งใน {', '.join((*WHOLE_LIMITS, *METRE_LIMITS))}")
    elif not re.fullmatch("[0-9]{1,6}" if row["product"] in WHOLE_LIMITS else r"[0-9]{1,6}(\.[0-9]+)?", value):
        raise _fault(f"{at}.value", "ต้องเป็นจำนวนเต็ม" if row["product"] in WHOLE_LIMITS else "ต้องเป็นตัวเลขทศนิยม")


def _late(late: object) -> dict[str, str] | list[dict[str, str]]:
    """One [late] table, or [[late]] rows with service and dates of their own."""
    if isinstance(late, list):
        return [_late_row(row, f"late[{place}]") for place, row in enumerate(late)]
    return _late_row(late, "late")


def _late_row(late: object, at: str) -> dict[str, str]:
    if not isinstance(late, dict):
        raise _fault(at, "ต้องเป็นตาราง [late] หรือ [[late]]")
    row: dict[str, str] = {}
    for key, value in late.items():
        if key in LATE_KEYS:
            row[key] = _decimal(value, f"{at}.{key}")
        elif key in ("from", "to"):
            row[key] = _iso(value, f"{at}.{key}")
        elif key in LATE_ROW_KEYS:
            row[key] = _text(value, f"{at}.{key}")
        else:
            raise _fault(f"{at}.{key}", "ไม่รู้จักชื่อค่านี้")
    return row


def _form_codes(codes: object) -> dict[str, str]:
    """What the office's ordinance calls its forms, by service or paper."""
    if not isinstance(codes, dict):
        raise _fault("form_codes", 'ต้องเป็นตาราง { hotel_fee = "อบจ.รร.3" }')
    return {str(key): _text(value, f"form_codes.{key}") for key, value in codes.items()}


def _decimal(value: object, at: str) -> str:
    try:
        number = Decimal(value) if isinstance(value, str) else None
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite() or number < 0:
        raise _fault(at, 'ต้องเป็นตัวเลขทศนิยมในเครื่องหมายคำพูด เช่น "1.50"')
    return str(value)


def _iso(value: object, at: str) -> str:
    try:
        return (value if isinstance(value, date) else date.fromisoformat(str(value))).isoformat()[:10]
    except ValueError:
        raise _fault(at, "ต้องเป็นวันที่ ค.ศ. แบบ 2026-11-20") from None


def _list(document: OfficeDocument, key: str) -> list[Any]:
    value = document[key]
    if not isinstance(value, list):
        raise _fault(key, "ต้องเป็นรายการ [ … ]")
    return value


def _fault(key: str, why: str) -> Refused:
    return Refused("office_setting", f"ค่า {key} ในการตั้งค่า อปท. ไม่ถูกต้อง: {why}", "แก้ค่านี้ในไฟล์ตั้งค่าแล้วลองใหม่", key)
