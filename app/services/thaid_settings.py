"""The office's settings for the ThaiD campaign: `[thaid_campaign]` of OFFICE.toml, checked key by key."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.domain.errors import Refused
from app.domain.text_rules import clean_text
from app.domain.thaid_week import FIRST_FRIDAY, READINGS, SINCE_BASELINE

SETTING = "thaid_campaign"
BRAND = "THaiD"
"""As the letters spell it; the identity provider's own spelling is ThaID."""
KEYS = ("baseline_date", "baseline_count", "reading", "units", "ios", "android", "registration_office", "brand")
UNIT_KEYS = ("name", "baseline")
IOS = "https://apps.apple.com/th/app/thaid/id1533612248"
ANDROID = "https://play.google.com/store/apps/details?id=th.go.dopa.bora.dims.ddopa"
MOST_UNITS = 200
LARGEST = 10_000_000
LONGEST_ADDRESS = 300

Fault = Callable[[str, str], Refused]


@dataclass(frozen=True, slots=True)
class Unit:
    """One row of the form (สังกัด or หมู่บ้าน) and how many had registered by the baseline date."""

    name: str
    baseline: int


@dataclass(frozen=True, slots=True)
class Campaign:
    """The settings, filled in. reading: what column 3 means (app/domain/thaid_week.py). registration_office: whether
    citizens may be registered by an officer right here."""

    baseline_date: date
    baseline_count: int
    units: tuple[Unit, ...]
    reading: str
    ios: str
    android: str
    registration_office: bool
    brand: str


def of(document: Mapping[str, Any]) -> Campaign:
    """The campaign of an office document. baseline_count is the office's own row, where it has no units."""
    found = document.get(SETTING) or {}
    units = tuple(Unit(row["name"], row.get("baseline", 0)) for row in found.get("units", ()))
    return Campaign(
        baseline_date=date.fromisoformat(found["baseline_date"]) if "baseline_date" in found else FIRST_FRIDAY,
        baseline_count=found.get("baseline_count", 0),
        units=units,
        reading=found.get("reading", SINCE_BASELINE),
        ios=found.get("ios", IOS),
        android=found.get("android", ANDROID),
        registration_office=found.get("registration_office", False),
        brand=found.get("brand", BRAND),
    )


def check(found: object, fault: Fault) -> dict[str, Any]:
    """The table as it is kept; `fault` makes the Refused for a key and the reason."""
    if not isinstance(found, dict):
        raise fault(SETTING, f"ต้องเป็นตาราง [{SETTING}]")
    for key in found:
        if key not in KEYS:
            raise fault(f"{SETTING}.{key}", "ไม่รู้จักชื่อค่านี้")
    kept = dict(found)
    if "baseline_date" in found:
        kept["baseline_date"] = _day(found["baseline_date"], fault)
    _number(found.get("baseline_count", 0), "baseline_count", fault)
    if found.get("reading", SINCE_BASELINE) not in READINGS:
        raise fault(f"{SETTING}.reading", f"ต้องเป็นค่าใดค่าหนึ่งใน {', '.join(READINGS)}")
    if not isinstance(found.get("registration_office", False), bool):
        raise fault(f"{SETTING}.registration_office", "ต้องเป็น true หรือ false")
    for key in ("ios", "android"):
        if key in found:
            _address(found[key], key, fault)
    if "brand" in found:
        kept["brand"] = _text(found["brand"], "brand", fault)
    kept["units"] = _units(found.get("units", []), fault)
    if kept["units"] and found.get("baseline_count"):
        raise fault(f"{SETTING}.baseline_count", "มี units แล้ว ให้ใส่ baseline ของแต่ละหน่วยแทน")
    if not kept["units"]:
        del kept["units"]
    return kept


def _units(rows: object, fault: Fault) -> list[dict[str, Any]]:
    if not isinstance(rows, list) or len(rows) > MOST_UNITS:
        raise fault(f"{SETTING}.units", f"ต้องเป็นรายการ [[{SETTING}.units]] ไม่เกิน {MOST_UNITS} หน่วย")
    units: list[dict[str, Any]] = []
    for place, row in enumerate(rows):
        at = f"units[{place}]"
        if not isinstance(row, dict):
            raise fault(f"{SETTING}.{at}", "ต้องเป็นตาราง { name = …, baseline = … }")
        for key in row:
            if key not in UNIT_KEYS:
                raise fault(f"{SETTING}.{at}.{key}", "ไม่รู้จักชื่อค่านี้")
        name = _text(row.get("name"), f"{at}.name", fault)
        if name in (unit["name"] for unit in units):
            raise fault(f"{SETTING}.{at}.name", "ชื่อหน่วยซ้ำกัน")
        units.append({"name": name, "baseline": _number(row.get("baseline", 0), f"{at}.baseline", fault)})
    return units


def _day(value: object, fault: Fault) -> str:
    try:
        return (value if isinstance(value, date) else date.fromisoformat(str(value))).isoformat()[:10]
    except ValueError:
        raise fault(f"{SETTING}.baseline_date", "ต้องเป็นวันที่ ค.ศ. แบบ 2023-05-26") from None


def _number(value: object, key: str, fault: Fault) -> int:
    if type(value) is not int or not 0 <= value <= LARGEST:
        raise fault(f"{SETTING}.{key}", f"ต้องเป็นเลขจำนวนเต็ม 0–{LARGEST}")
    return value


def _text(value: object, key: str, fault: Fault) -> str:
    try:
        return clean_text(value, key, max_length=100, required=True, multiline=False)
    except Refused as error:
        raise fault(f"{SETTING}.{key}", error.title) from None


def _address(value: object, key: str, fault: Fault) -> None:
    right = isinstance(value, str) and len(value) <= LONGEST_ADDRESS and value.isascii() and value.isprintable()
    if not right or (value and not str(value).startswith("https://")):
        raise fault(f"{SETTING}.{key}", "ต้องเป็นที่อยู่ที่ขึ้นต้นด้วย https:// หรือเว้นว่าง")
