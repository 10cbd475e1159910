"""The office's rates held against the law: units that a service knows, products it has, ceilings it may not pass.

The ceilings are data of the services, with the day from which each holds.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from app.catalog import filings
from app.catalog.schema import Service
from app.domain import ordinance
from app.domain.errors import Refused


def check_rates(document: Mapping[str, Any], services: Iterable[Service]) -> None:
    """Refused with the key at fault ("rate[2].value") for a rate that no ordinance may set."""
    known = {service.code: service for service in services}
    for place, row in enumerate(document["rate"]):
        service = known.get(str(row["service"]))
        if service is not None and service.filing.ceilings:
            _check(service, row, f"rate[{place}]")
    for code in document["confirmed"]:
        if code not in (*known, "late"):
            raise _fault("confirmed", f"ไม่รู้จัก {code}", f"ใช้รหัสบริการ หรือ late: {', '.join(known)}")


def _check(service: Service, row: Mapping[str, Any], at: str) -> None:
    unit = str(row["unit"])
    if unit not in service.filing.units:
        why = f"{service.short_name}ใช้หน่วยนี้ไม่ได้"
        raise _fault(f"{at}.unit", why, f"ใช้หน่วยใดหน่วยหนึ่งใน {', '.join(sorted(service.filing.units))}")
    _check_product(service, row, unit, at)
    value, since, until = Decimal(str(row["value"])), str(row["from"]), str(row.get("to", "9999-12-31"))
    for ceiling in service.filing.ceilings:
        if ceiling.unit != unit or ceiling.since.isoformat() > until:
            continue
        holds = filings.ceiling(service, unit, max(ceiling.since, date.fromisoformat(since)))
        if holds is not None and value > holds.value:
            raise filings.over_ceiling(service, value, holds, f"{at}.value")


def _check_product(service: Service, row: Mapping[str, Any], unit: str, at: str) -> None:
    """A product must be one of the service's, measured in the unit of the rate."""
    product = str(row.get("product", ""))
    choices = {choice.code: choice for item in service.fields for column in item.columns for choice in column.choices}
    if not product or not choices:
        return
    choice = choices.get(product)
    if choice is None:
        raise _fault(f"{at}.product", "ไม่รู้จักชนิดนี้", f"ชนิดที่มี: {', '.join(choices)}")
    if ordinance.UNITS_OF_PRODUCTS.get(choice.unit) != unit:
        wanted = ordinance.UNITS_OF_PRODUCTS.get(choice.unit, "")
        raise _fault(f"{at}.unit", f"{choice.name} คิดเป็น {wanted}", f"เปลี่ยนหน่วยเป็น {wanted}")


def _fault(key: str, why: str, hint: str) -> Refused:
    return Refused("office_setting", f"ค่า {key} ในการตั้งค่า อปท. ไม่ถูกต้อง: {why}", hint, key)
