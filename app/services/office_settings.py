"""Changing the office's settings at a counter: checked whole, recorded, and the office's for every counter.

An office that stands alone has the new revision at once. With a central server the change is an event; it is settled
there and comes back to every counter as a revision (app/domain/office_changes.py), so all of them have one.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from app.catalog.schema import Service
from app.domain import office_changes
from app.domain.errors import Refused
from app.domain.ids import uuid7
from app.domain.office_changes import Change
from app.services import (
    office_categories,
    office_services,
    offices,
    ordinance_rates,
    ordinances,
    paper_templates,
    rights,
    setup,
)
from app.services.counter import Counter
from app.services.model import Actor
from app.store.meta import meta_get

WAITING = (
    "SELECT payload FROM event WHERE kind = ? AND origin = ? AND (seq > ? OR seq IN (SELECT seq FROM quarantine))"
    " ORDER BY seq"
)
NAMES: Mapping[str, str] = {
    "name": "ชื่อหน่วยงาน", "phone": "โทรศัพท์", "tax_id": "เลขประจำตัวผู้เสียภาษี", "address": "ที่อยู่", "hours": "เวลาทำการ",
    "similar_within_days": "เตือนเรื่องคล้ายกัน", "reopen_within_days": "แจ้งว่ายังไม่เรียบร้อยได้ภายใน",
    "lock_after_minutes": "ล็อกจอเมื่อไม่มีผู้ใช้", "holidays": "วันหยุด",
    "holiday_names": "ชื่อวันหยุด", "replies": "ข้อความสำเร็จรูป", "categories": "ประเภทเรื่อง", "sms": "ข้อความ SMS",
    "landmarks": "จุดอ้างอิง", "rate": "อัตราตามข้อบัญญัติ", "late": "เงินเพิ่มและดอกเบี้ย", "confirmed": "ยืนยันกับข้อบัญญัติแล้ว",
    "form_codes": "ชื่อแบบตามข้อบัญญัติ", "thaid_campaign": "งานรณรงค์ ThaiD",
    "appointments": "คำสั่งแต่งตั้ง", "contacts": "การติดต่อ", "services": "งานบริการที่เปิด", "ordinances": "ข้อบัญญัติที่ยืนยัน",
    "paper": "หัว ท้าย ตรา และข้อความบนเอกสาร", "receipts": "กระดาษ ข้อความ และตำแหน่งพิมพ์ของใบเสร็จ",
    "required_papers": "เอกสารที่ต้องมี", "divisions": "สำนัก/กอง", "service_settings": "ค่าของแต่ละบริการ",
}  # fmt: skip
"""What the settings are called."""
PARTS: Mapping[str, frozenset[str]] = {"receipts": frozenset({"paper", "place", "footer", "overlay"})}
"""Of tables that are changed in part only: what may change at a counter."""


@dataclass(frozen=True, slots=True)
class Changed:
    """What has become of a change. undo: the changes that would take it back."""

    changes: Sequence[Change]
    undo: Sequence[Change]
    waits: bool
    """Whether it comes into force only when the central server has it."""


def document(counter: Counter) -> offices.OfficeDocument:
    """The office's settings as they will be when everything that was changed here is in force."""
    with counter.store.read() as connection:
        return _expected(counter, connection)


def waiting(counter: Counter) -> int:
    """How many changes made here the central server has not taken yet."""
    with counter.store.read() as connection:
        return len(_waiting(counter, connection))


def change(counter: Counter, actor: Actor, wanted: Mapping[str, Any]) -> Changed:
    """Bring these settings (keys of OFFICE.toml) to what is wanted; others stay.

    Refused: "right_needed", "office_setting" with the key at fault, "settings_fixed" for a key that is not changed at
    a counter, "nothing_to_save".
    """
    rights.require(actor, rights.OFFICE_SETTINGS)
    before = document(counter)
    for key in wanted:
        if key not in NAMES and before.get(key) != wanted[key]:
            raise _fixed(key)
    wanted = ordinance_rates.unconfirmed_by(before, _with_fixed(before, wanted))
    return apply(counter, actor, office_changes.difference(before, offices.check_office({**before, **wanted})))


def _with_fixed(before: offices.OfficeDocument, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The same with what is the server's to set in a table (PARTS) as it is. Refused where it is to be another."""
    found = dict(wanted)
    for key, parts in PARTS.items():
        if not isinstance(wanted.get(key), Mapping):
            continue
        fixed = {one: value for one, value in (before.get(key) or {}).items() if one not in parts}
        for one in sorted({*wanted[key]} - parts):
            if one not in fixed or fixed[one] != wanted[key][one]:
                raise _fixed(f"{key}.{one}")
        found[key] = {**fixed, **wanted[key]}
    return found


def _fixed(key: str) -> Refused:
    hint = "เปลี่ยนในไฟล์ตั้งค่า อปท. ที่เครื่องแม่ข่าย หรือตั้งค่าใหม่"
    return Refused("settings_fixed", f"ค่า {key} เปลี่ยนที่เคาน์เตอร์ไม่ได้", hint, key)


def apply(counter: Counter, actor: Actor, changes: Sequence[Change]) -> Changed:
    """Carry out changes, for instance those that undo others."""
    rights.require(actor, rights.OFFICE_SETTINGS)
    with counter.store.write(actor.username) as work:
        before = _expected(counter, work.connection)
        after = offices.check_office(office_changes.applied(before, changes))
        _check_services(counter, after)
        _check_categories(counter, after)
        office_services.check_use(counter.every_definition(), before, after, _fault)
        paper_templates.check_history(before, after, counter.clock.now(), _fault)
        ordinances.check_rates(after, counter.every_definition())
        made = office_changes.difference(before, after)
        if not made:
            raise Refused("nothing_to_save", "ไม่มีอะไรเปลี่ยนไปจากเดิม", "แก้ค่าที่ต้องการก่อน แล้วบันทึกอีกครั้ง")
        if counter.stand_alone:
            newest = int(work.run("SELECT max(revision) FROM office").scalar_one())
            setup.enter_office(work, newest + 1, after)
        else:
            work.emit(office_changes.KIND, uuid7(), {"changes": made})
        work.audit("office_changed", after["code"], ", ".join(sorted({one["key"] for one in made})))
        work.changed("settings")
        work.changed("case")
    counter.reload()
    return Changed(made, office_changes.difference(after, before), not counter.stand_alone)


def divisions(counter: Counter, service: str) -> list[tuple[str, str]]:
    """(code, name in this office) of the divisions that a category of the service may have."""
    known = next((one for one in counter.every_definition() if one.code == service), None)
    if known is None:
        return []
    office = document(counter)
    mine = office_services.laid_over(known, office, offered=True).divisions
    return [(one.code, one.name_in(counter.office.kind)) for one in mine]


def every_division(counter: Counter) -> list[office_services.Entry]:
    """The office's divisions, those out of use, too, as they will be when all changes are in force."""
    return office_services.entries(counter.every_definition(), document(counter))


def each_service(counter: Counter) -> list[Service]:
    """Every service with what the office sets of it, as it will be when all changes are in force."""
    wanted = document(counter)
    return [office_services.laid_over(one, wanted, offered=False) for one in counter.every_definition()]


def categories(counter: Counter) -> list[office_categories.Entry]:
    """Every sub-type of the services that are switched on, as it will be when all changes are in force."""
    wanted = document(counter)
    house = {service.code: service for service in counter.every_definition()}
    return [
        entry
        for code in counter.catalog
        if house[code].categories
        for entry in office_categories.entries(office_services.with_divisions(house[code], wanted), wanted)
    ]


def _expected(counter: Counter, connection: Connection) -> offices.OfficeDocument:
    newest = connection.exec_driver_sql("SELECT document FROM office ORDER BY revision DESC LIMIT 1").scalar_one()
    expected: offices.OfficeDocument = {**offices.DEFAULTS, **json.loads(newest)}
    for changes in _waiting(counter, connection):
        expected = office_changes.applied(expected, changes)
    return expected


def _waiting(counter: Counter, connection: Connection) -> list[Sequence[Change]]:
    if counter.stand_alone:
        return []
    through = int(meta_get(connection, "accepted_through", "0"))
    rows = connection.exec_driver_sql(WAITING, (office_changes.KIND, counter.store_id, through))
    return [json.loads(row.payload)["changes"] for row in rows]


def _check_services(counter: Counter, wanted: offices.OfficeDocument) -> None:
    """Every service that is switched on is one that this kind of office may offer."""
    house = {service.code: service for service in counter.every_definition()}
    for code in wanted["services"]:
        if code in house and wanted["kind"] not in house[code].offered_by:
            raise _fault("services", f"อปท. ชนิดนี้ไม่มีบริการ {house[code].name}")
    if not any(code in house for code in wanted["services"]):
        raise _fault("services", "ต้องเปิดงานบริการที่ใช้ได้อย่างน้อยหนึ่งงาน")
    if len(set(wanted["services"])) != len(wanted["services"]):
        raise _fault("services", "มีชื่องานบริการซ้ำกัน")


def _check_categories(counter: Counter, wanted: offices.OfficeDocument) -> None:
    """Every row names a service, a division of it, and leaves something to choose."""
    house = {service.code: service for service in counter.every_definition()}
    for n, row in enumerate(wanted[office_categories.SETTING]):
        service = house.get(row["service"])
        if service is None or not service.categories:
            raise _fault(f"categories[{n}].service", "บริการนี้ไม่มีประเภทย่อย")
        if office_services.with_divisions(service, wanted).division_by_code(row["division"]) is None:
            raise _fault(f"categories[{n}].division", "ไม่รู้จักสำนัก/กองนี้ เลือกจากรายการ")
    for code in wanted["services"]:
        service = house.get(code)
        if service and service.categories and not office_services.laid_over(service, wanted, offered=True).categories:
            raise _fault("categories", "ต้องเหลือประเภทที่ใช้งานอย่างน้อยหนึ่งประเภท")


def _fault(key: str, why: str) -> Refused:
    return Refused("office_setting", why, "แก้แล้วบันทึกอีกครั้ง", key)
