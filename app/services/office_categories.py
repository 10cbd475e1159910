"""The office's own categories: types and sub-types added, renamed, given to another division, put out of use.

They are rows of the office document ([[categories]] of OFFICE.toml) laid over the definition of a service. A case
keeps the revision of the document under which it was registered, so an old case stays as it was; a row is never
deleted, only put out of use, and then it is offered no more.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.catalog.schema import Category, Service, Subcategory
from app.domain.errors import Refused
from app.domain.text_rules import clean_text

SETTING = "categories"
KEYS = ("service", "category", "category_name", "code", "name", "division", "working_days", "restricted", "active")
MOST = 500
LONGEST_NAME = 100
MOST_DAYS = 365
_CODE = re.compile("[a-z][a-z0-9_]{0,39}")

Fault = Callable[[str, str], Refused]


@dataclass(frozen=True, slots=True)
class Entry:
    """One sub-type as the settings show it. working_days: None takes the service's own limit.

    own: made by the office; changed: of the house, but the office has changed it.
    """

    service: str
    category: str
    category_name: str
    code: str
    name: str
    division: str
    working_days: int | None
    restricted: bool
    active: bool
    own: bool = False
    changed: bool = False

    @property
    def key(self) -> str:
        """What names it in the office document."""
        return f"{self.service}/{self.category}/{self.code}"


def check(row: object, key: str, fault: Fault) -> dict[str, Any]:
    """One [[categories]] row with every key filled in; `fault` makes the Refused for a key and the reason."""
    if not isinstance(row, dict):
        raise fault(key, "ต้องเป็นตาราง [[categories]]")
    for part in row:
        if part not in KEYS:
            raise fault(f"{key}.{part}", "ไม่รู้จักชื่อค่านี้")
    found: dict[str, Any] = {"service": row.get("service", "petition")}
    for part in ("service", "category", "code", "division"):
        value = found.get(part, row.get(part))
        if not isinstance(value, str) or not _CODE.fullmatch(value):
            raise fault(f"{key}.{part}", "ต้องเป็นอักษรโรมันตัวเล็ก ตัวเลข หรือ _")
        found[part] = value
    for part in ("category_name", "name"):
        try:
            found[part] = clean_text(row.get(part), f"{key}.{part}", max_length=LONGEST_NAME, required=True)
        except Refused as error:
            raise fault(f"{key}.{part}", error.title) from None
    for part, default in (("restricted", False), ("active", True)):
        if not isinstance(row.get(part, default), bool):
            raise fault(f"{key}.{part}", "ต้องเป็น true หรือ false")
        found[part] = row.get(part, default)
    days = row.get("working_days")
    if days is not None:
        if type(days) is not int or not 0 <= days <= MOST_DAYS:
            raise fault(f"{key}.working_days", f"ต้องเป็นจำนวนวันทำการ 0–{MOST_DAYS}")
        found["working_days"] = days
    return found


def check_all(rows: Iterable[object], fault: Fault) -> list[dict[str, Any]]:
    """Every row; none may stand twice."""
    found = [check(row, f"{SETTING}[{n}]", fault) for n, row in enumerate(rows)]
    if len(found) > MOST:
        raise fault(SETTING, f"มีได้ไม่เกิน {MOST} ประเภท")
    names = [(row["service"], row["category"], row["code"]) for row in found]
    if len(set(names)) < len(names):
        raise fault(SETTING, "มีประเภทที่รหัสซ้ำกัน")
    return found


def laid_over(service: Service, office: Mapping[str, Any], *, offered: bool) -> Service:
    """The service with the office's rows; offered: without what is out of use, for new cases.

    A row that names a division which the service does not know keeps the division that the house gave it.
    """
    rows = [row for row in office.get(SETTING) or () if row["service"] == service.code]
    if not rows or not service.categories:
        return service
    divisions = {division.code for division in service.divisions}
    mains = {main.code: (main.name, {sub.code: sub for sub in main.subcategories}) for main in service.categories}
    for row in rows:
        name, subs = mains.setdefault(row["category"], (row["category_name"], {}))
        mains[row["category"]] = (row["category_name"] or name, subs)
        if offered and not row["active"]:
            subs.pop(row["code"], None)
            continue
        known = subs.get(row["code"])
        division = row["division"] if row["division"] in divisions else known.division if known else ""
        if division:
            subs[row["code"]] = Subcategory(
                row["code"], row["name"], division, row.get("working_days"), row["restricted"]
            )
    categories = (Category(code, name, tuple(subs.values())) for code, (name, subs) in mains.items() if subs)
    return replace(service, categories=tuple(categories))


def entries(service: Service, office: Mapping[str, Any]) -> list[Entry]:
    """Every sub-type of a service, those out of use, too, in the order of the lists."""
    rows = {(row["category"], row["code"]): row for row in office.get(SETTING) or () if row["service"] == service.code}
    house = {(main.code, sub.code) for main in service.categories for sub in main.subcategories}
    whole = laid_over(service, office, offered=False)
    found = []
    for main in whole.categories:
        for sub in main.subcategories:
            row = rows.get((main.code, sub.code))
            found.append(
                Entry(
                    service.code,
                    main.code,
                    main.name,
                    sub.code,
                    sub.name,
                    sub.division,
                    sub.working_days,
                    sub.restricted,
                    bool(row is None or row["active"]),
                    (main.code, sub.code) not in house,
                    row is not None,
                )
            )
    return found


def row_of(entry: Entry) -> dict[str, Any]:
    """The row of the office document that says what the entry says."""
    row: dict[str, Any] = {
        "service": entry.service,
        "category": entry.category,
        "category_name": entry.category_name,
        "code": entry.code,
        "name": entry.name,
        "division": entry.division,
        "restricted": entry.restricted,
        "active": entry.active,
    }
    return row if entry.working_days is None else {**row, "working_days": entry.working_days}
