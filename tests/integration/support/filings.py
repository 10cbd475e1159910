"""Filings of made-up payers in a made-up province."""

from pathlib import Path
from typing import Any

from app.catalog.loader import load_builtin
from app.catalog.samples import sample
from app.services import cases, registration_json
from app.services.counter import Counter
from app.services.model import Actor
from app.services.registration import Registered
from tests.integration.support import homes

HOTEL, OIL, TOBACCO = "hotel_fee", "oil_tax", "tobacco_tax"
RATES: list[dict[str, Any]] = [
    {"service": HOTEL, "value": "0.2", "unit": "percent", "from": "2000-11-01", "to": "2001-04-30"},
    {"service": HOTEL, "value": "0.5", "unit": "percent", "from": "2001-05-01", "to": "2001-09-30"},
    {"service": HOTEL, "value": "1", "unit": "percent", "from": "2001-10-01", "due_day": 10, "holiday_roll": True},
    {"service": OIL, "value": "4.54", "unit": "satang_per_litre", "from": "2012-01-01", "due_day": 20,
     "holiday_roll": True},
    {"service": OIL, "value": "4.54", "unit": "satang_per_kg", "from": "2012-01-01"},
    {"service": TOBACCO, "value": "9.30", "unit": "satang_per_stick", "from": "2012-01-01", "due_day": 20,
     "holiday_roll": True},
]  # fmt: skip
PROVINCE: dict[str, Any] = {
    "kind": "pao",
    "name": "องค์การบริหารส่วนจังหวัดทดสอบ",
    "services": ["petition", HOTEL, OIL, TOBACCO, "hotel_registration"],
    "rate": RATES,
}


def make(home: Path, clock: homes.HandClock, **settings: Any) -> Path:
    """A province's office; settings change single keys."""
    return homes.make(home, clock, **{**PROVINCE, **settings})


def data(service: str, **answers: Any) -> dict[str, Any]:
    """The sample filing; named answers are changed, those set to None left out."""
    case = sample(load_builtin()[service])
    changed = {**case["answers"], **answers}
    case["answers"] = {key: value for key, value in changed.items() if value is not None}
    return case


def file(counter: Counter, actor: Actor, service: str, **answers: Any) -> Registered:
    """Register it."""
    return cases.enter(counter, actor, registration_json.from_json(service, data(service, **answers)))


def hotel(counter: Counter, actor: Actor, month: int, revenue: str, ar_out: str = "0", **answers: Any) -> Registered:
    """The monthly filing of the hotel, opening with what is carried on."""
    return file(
        counter,
        actor,
        HOTEL,
        **{"period_month": month, "revenue": revenue, "ar_out": ar_out, "ar_in": None, "ar_in_qty": None}
        | {"ar_out_qty": 0}
        | answers,
    )
