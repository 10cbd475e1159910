"""The rules of the advertising permit (คำขออนุญาตโฆษณา) that reach over several answers.

Every figure comes from the definition's parameters or the office's rate rows (app.domain.fees.permit_terms).
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from app.catalog.schema import Field, Service
from app.catalog.values import refused
from app.domain import fees, thai_date


def terms(service: Service, rates: Iterable[fees.Rate], on: date) -> fees.PermitTerms:
    """What the office asks on that day."""
    parameters = service.fee.parameters + service.validity.parameters
    return fees.permit_terms({item.key: item.value for item in parameters}, rates, on)


def fee(service: Service, answers: Mapping[str, Any], rates: Iterable[fees.Rate], on: date) -> int:
    """The fee in satang."""
    signs = int(answers["quantity"]) if _are_signs(answers) else 1
    return fees.ad_permit_fee(terms(service, rates, on), commercial=bool(answers["commercial"]), quantity=signs)


def _are_signs(answers: Mapping[str, Any]) -> bool:
    """Leaflets are counted by the sheet; limits and fees by the sign do not mean them."""
    return answers.get("media_type") != "leaflet"


def period(
    service: Service, answers: Mapping[str, Any], rates: Iterable[fees.Rate], on: date
) -> tuple[date, date, date]:
    """First day, last day, and the day by which the signs must be gone."""
    end = date.fromisoformat(answers["end"])
    grace = terms(service, rates, on).removal_grace_days
    return date.fromisoformat(answers["start"]), end, fees.removal_deadline(end, grace)


def check_limits(service: Service, answers: Mapping[str, Any], rates: Iterable[fees.Rate], on: date) -> None:
    """Refused with the field at fault when the period, number or size is beyond the office's limits."""
    limits = terms(service, rates, on)
    _check_period(service, answers, limits)
    if limits.max_quantity and _are_signs(answers) and int(answers["quantity"]) > limits.max_quantity:
        title = f"ขออนุญาตได้ไม่เกิน {limits.max_quantity:,} ป้ายต่อหนึ่งคำขอ"
        raise refused(_field(service, "quantity"), "too_large", title, "โปรดลดจำนวน หรือแยกเป็นหลายคำขอ")
    _check_size(service, answers, limits)


def _check_period(service: Service, answers: Mapping[str, Any], limits: fees.PermitTerms) -> None:
    start, end = date.fromisoformat(answers["start"]), date.fromisoformat(answers["end"])
    if end < start:
        hint = "โปรดตรวจวันเริ่มและวันสิ้นสุดอีกครั้ง"
        raise refused(_field(service, "end"), "period_backwards", "วันสิ้นสุดอยู่ก่อนวันเริ่ม", hint)
    longest = limits.max_days(bool(answers["commercial"]))
    if longest and fees.days_covered(start, end) > longest:
        latest = thai_date.short(fees.last_day(start, longest))
        title = f"ระยะเวลาเกิน {longest} วันที่อนุญาตได้"
        raise refused(_field(service, "end"), "period_too_long", title, f"โปรดให้สิ้นสุดไม่เกิน {latest}")


def _check_size(service: Service, answers: Mapping[str, Any], limits: fees.PermitTerms) -> None:
    """A sign may be turned: its shorter and its longer side are held against those of the limit."""
    if not (limits.max_width and limits.max_height and "width" in answers and "height" in answers):
        return
    sides = sorted((Decimal(answers["width"]), Decimal(answers["height"])))
    bounds = sorted((limits.max_width, limits.max_height))
    if sides[0] > bounds[0] or sides[1] > bounds[1]:
        key = "width" if Decimal(answers["width"]) > limits.max_width else "height"
        title = f"ขนาดป้ายเกิน {limits.max_width} × {limits.max_height} เมตร"
        raise refused(_field(service, key), "too_large", title, "โปรดลดขนาดป้าย หรือตรวจหน่วยว่าเป็นเมตร")


def warnings(service: Service, answers: Mapping[str, Any], rates: Iterable[fees.Rate], on: date) -> tuple[str, ...]:
    """Filed too late for the office's notice, or beginning in the past."""
    start = date.fromisoformat(answers["start"])
    notice = terms(service, rates, on).notice_days
    if start < on:
        return ("วันเริ่มติดตั้งผ่านมาแล้ว ใบอนุญาตไม่มีผลย้อนหลัง",)
    if start < on + timedelta(days=notice):
        return (f"ยื่นก่อนวันเริ่มน้อยกว่า {notice} วัน อาจพิจารณาไม่ทันวันที่ต้องการติดตั้ง",)
    return ()


def _field(service: Service, key: str) -> Field:
    """The question at fault; the builder has made sure that the ones of this rule exist."""
    return next(item for item in service.fields if item.key == key)
