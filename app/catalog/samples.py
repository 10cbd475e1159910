"""An input that `lao-counter register` takes as it is: a synthetic person and the examples of the definition."""

from datetime import date, datetime, timedelta
from typing import Any

from app.catalog.schema import Field, Service
from app.domain.citizen_id import check_digit
from app.domain.thai_date import BANGKOK

# Registration office 9999 does not exist, so the number is valid in form and belongs to nobody.
_TWELVE_DIGITS = "199990000001"


def sample(service: Service, *, on: date | None = None) -> dict[str, Any]:
    """The whole input of one case (design of the command line): applicant, channel, answers and, where asked, a place.

    on: the day to which the dates of the answers relate; today in Thai time when left out.
    """
    day = on or datetime.now(BANGKOK).date()
    case: dict[str, Any] = {"applicant": _applicant(), "channel": "counter", "answers": _answers(service, day)}
    if "place" in service.steps:
        case["place"] = _place()
    return case


def _applicant() -> dict[str, Any]:
    return {
        "cid": _TWELVE_DIGITS + check_digit(_TWELVE_DIGITS),
        "title": "นาย",
        "first_name": "ตัวอย่าง",
        "last_name": "ทดสอบระบบ",
        "phone": "0800000000",
        "email": "sample@example.invalid",
        "address": {
            "house_no": "99/9",
            "moo": "1",
            "soi": "ตัวอย่าง 1",
            "road": "วิชิตสงคราม",
            "subdistrict": "กะทู้",
            "district": "กะทู้",
            "province": "ภูเก็ต",
            "postcode": "83120",
        },
    }


def _place() -> dict[str, Any]:
    return {
        "subdistrict": "กะทู้",
        "district": "กะทู้",
        "province": "ภูเก็ต",
        "postcode": "83120",
        "latitude": 7.9111,
        "longitude": 98.3333,
        "note": "หน้าศาลาอเนกประสงค์ หมู่ที่ 1",
    }


def _answers(service: Service, day: date) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for item in service.fields:
        if item.shown_when is not None and not item.shown_when.holds(answers):
            continue
        if item.type == "category":
            answers.update(_category_example(service, item))
        elif item.example is not None:
            answers[item.key] = _example(item, day)
    return answers


def _category_example(service: Service, item: Field) -> dict[str, str]:
    """The subcategory whose code is the example, else the very first."""
    pairs = [(main.code, sub.code) for main in service.categories for sub in main.subcategories]
    main, sub = next((pair for pair in pairs if pair[1] == item.example), pairs[0])
    return {item.key: main, item.sub_key: sub}


def _example(item: Field, day: date) -> Any:
    if item.type == "date" and isinstance(item.example, int):
        return (day + timedelta(days=item.example)).isoformat()
    if item.type == "table":
        return [dict(row) for row in item.example]
    return list(item.example) if isinstance(item.example, tuple) else item.example
