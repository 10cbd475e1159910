"""The office's own divisions (กอง/สำนัก), and what it sets of each service beyond on and off: the division that
receives it and its time limit (the form's name is `form_codes`).

Rows of the office document ([[divisions]], [[service_settings]] of OFFICE.toml) laid over the definition of a service.
A case keeps the revision under which it was registered, so an old case keeps its names; a code is never changed.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.catalog.schema import Division, Service
from app.domain.errors import Refused
from app.domain.text_rules import clean_text
from app.services import office_categories

DIVISIONS, SETTINGS = "divisions", "service_settings"
MOST = 100
LONGEST_NAME = 100
MOST_DAYS = office_categories.MOST_DAYS
_CODE = re.compile("[a-z][a-z0-9_]{0,39}")

Fault = Callable[[str, str], Refused]


@dataclass(frozen=True, slots=True)
class Entry:
    """One division as the settings show it. own: added by the office; changed: of the house, renamed or ended."""

    code: str
    name: str
    active: bool
    own: bool
    changed: bool


def check_divisions(rows: list[Any], fault: Fault) -> list[dict[str, Any]]:
    """Every [[divisions]] row (code, name, active) with its keys filled in; no code or name in use stands twice."""
    found = []
    for n, row in enumerate(rows):
        key = f"{DIVISIONS}[{n}]"
        _known_keys(row, ("code", "name", "active"), key, fault)
        try:
            name = clean_text(row.get("name"), f"{key}.name", max_length=LONGEST_NAME, required=True)
        except Refused as error:
            raise fault(f"{key}.name", error.title) from None
        active = row.get("active", True)
        if not isinstance(active, bool):
            raise fault(f"{key}.active", "ต้องเป็น true หรือ false")
        found.append({"code": _code(row, "code", key, fault), "name": name, "active": active})
    if len(found) > MOST:
        raise fault(DIVISIONS, f"มีได้ไม่เกิน {MOST} สำนัก/กอง")
    if len({row["code"] for row in found}) < len(found):
        raise fault(f"{DIVISIONS}.code", "มีสำนัก/กองที่รหัสซ้ำกัน")
    return found


def check_settings(rows: list[Any], fault: Fault) -> list[dict[str, Any]]:
    """Every [[service_settings]] row (service, and where they are set division, working_days); none stands twice."""
    found = []
    for n, row in enumerate(rows):
        key = f"{SETTINGS}[{n}]"
        _known_keys(row, ("service", "division", "working_days"), key, fault)
        kept: dict[str, Any] = {"service": _code(row, "service", key, fault)}
        if "division" in row:
            kept["division"] = _code(row, "division", key, fault)
        if "working_days" in row:
            days = row["working_days"]
            if type(days) is not int or not 0 <= days <= MOST_DAYS:
                raise fault(f"{key}.working_days", f"ต้องเป็นจำนวนวันทำการ 0–{MOST_DAYS}")
            kept["working_days"] = days
        found.append(kept)
    if len({row["service"] for row in found}) < len(found):
        raise fault(f"{SETTINGS}.service", "มีบริการที่ซ้ำกัน")
    return found


def check_use(services: Iterable[Service], before: Mapping[str, Any], office: Mapping[str, Any], fault: Fault) -> None:
    """What is set names what there is, and no division is ended that new cases would still go to. services: every
    newest definition of the house.

    Two counters may each have changed something that the other's change makes wrong: what was wrong in `before` stands
    in nobody's way.
    """
    every = list(services)
    known = set(_faults(every, before))
    for key, why in _faults(every, office):
        if (key, why) not in known:
            raise fault(key, why)


def _faults(services: Iterable[Service], office: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The key of the settings and what is wrong there."""
    house = {service.code: service for service in services}
    listed = entries(house.values(), office)
    names = [entry.name for entry in listed if entry.active]
    active = {entry.code for entry in listed if entry.active}
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{DIVISIONS}.name", f"มีสำนัก/กองชื่อนี้อยู่แล้ว ({name})"
    for row in office.get(SETTINGS) or ():
        service = house.get(row["service"])
        if service is None:
            yield f"{SETTINGS}.service", f"ไม่รู้จักบริการ {row['service']}"
            continue
        division = row.get("division", service.default_division)
        if division not in active:
            gone = division in {entry.code for entry in listed}
            why = f"{division} เลิกใช้แล้ว" if gone else f"ไม่รู้จักสำนัก/กอง {division}"
            yield f"{SETTINGS}.division", f"{why} เลือกให้ {service.short_name} จากรายการ"
        if "working_days" in row and service.due.rule == "none":
            yield f"{SETTINGS}.working_days", f"{service.short_name} ไม่มีกำหนดเวลาเป็นวันทำการ"
    for code in office["services"]:
        if code in house:
            service = laid_over(house[code], office, offered=True, every=listed)
            used = {sub.division for main in service.categories for sub in main.subcategories}
            for division in sorted({service.default_division, *used} - active):
                name = next((one.name for one in listed if one.code == division), division)
                yield f"{DIVISIONS}.active", f"{name} ยังรับเรื่องของ {service.short_name} ย้ายไปสำนัก/กองอื่นก่อน"


def laid_over(
    service: Service, office: Mapping[str, Any], *, offered: bool, every: Iterable[Entry] | None = None
) -> Service:
    """The service with the office's divisions, its own settings and its categories; offered: for new cases, without
    what is out of use. every: the entries of the whole office, where they are known."""
    service = with_divisions(service, office, every)
    own = next((row for row in office.get(SETTINGS) or () if row["service"] == service.code), None)
    if own is not None:
        due = replace(service.due, working_days=own.get("working_days", service.due.working_days))
        service = replace(service, default_division=own.get("division", service.default_division), due=due)
    service = office_categories.laid_over(service, office, offered=offered)
    ended = {row["code"] for row in office.get(DIVISIONS) or () if not row["active"]}
    if offered and ended:
        used = {sub.division for main in service.categories for sub in main.subcategories}
        ended -= {service.default_division, *used}
        service = replace(service, divisions=tuple(one for one in service.divisions if one.code not in ended))
    return service


def with_divisions(service: Service, office: Mapping[str, Any], every: Iterable[Entry] | None = None) -> Service:
    """The service with every division of the office, as the office calls it."""
    known = {one.code: one for one in service.divisions}
    if office.get(DIVISIONS) or office.get(SETTINGS):
        known |= {entry.code: Division(entry.code, entry.name) for entry in every or () if entry.code not in known}
    known |= {row["code"]: Division(row["code"], row["name"]) for row in office.get(DIVISIONS) or ()}
    found = tuple(known.values())
    return service if found == service.divisions else replace(service, divisions=found)


def entries(services: Iterable[Service], office: Mapping[str, Any]) -> list[Entry]:
    """Every division of the office, those out of use, too: the house's by name and then the office's own."""
    rows = {row["code"]: row for row in office.get(DIVISIONS) or ()}
    house = {one.code: one.name_in(office["kind"]) for service in services for one in service.divisions}
    names = sorted(house.items(), key=lambda pair: pair[1])
    names += [(code, row["name"]) for code, row in rows.items() if code not in house]
    return [
        Entry(
            code, rows[code]["name"] if code in rows else name, code not in rows or rows[code]["active"],
            code not in house, code in house and code in rows,
        )
        for code, name in names
    ]  # fmt: skip


def _known_keys(row: object, keys: tuple[str, ...], key: str, fault: Fault) -> None:
    if not isinstance(row, dict):
        raise fault(key, f"ต้องเป็นตาราง [[{key.partition('[')[0]}]]")
    for part in row:
        if part not in keys:
            raise fault(f"{key}.{part}", "ไม่รู้จักชื่อค่านี้")


def _code(row: Mapping[str, Any], part: str, key: str, fault: Fault) -> str:
    value = row.get(part)
    if not isinstance(value, str) or not _CODE.fullmatch(value):
        raise fault(f"{key}.{part}", "ต้องเป็นอักษรโรมันตัวเล็ก ตัวเลข หรือ _")
    return value
