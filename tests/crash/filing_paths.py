"""What filings write beside their case: the month, the payer, a correction, an order. See tests.crash.write_paths."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.services import cases, office_clock, payer_import, payers, registration_json, waivers
from app.services.counter import Counter
from tests.crash.moments import Place, WritePath
from tests.integration.support import filings, homes

ORDER = {"order_number": "1/2569", "ordered_on": "2026-11-20", "approver": "นายก อบจ.", "reason": "อุทกภัย"}
LIST = "รหัส,ชื่อ\n1,ร้านหนึ่ง\n2,ร้านสอง\n3,ร้านสาม\n".encode()
LATE = {"surcharge_percent_per_month": "1.5"}
NAMES = ("file", "correct a filing", "register a hotel", "waive", "payer", "import payers", "day of a filing")


def province(home: Path) -> Path:
    """A province's counter without a case."""
    return filings.make(home, homes.HandClock(), late=LATE)


def paths(counter_place: Place, nothing: Callable[[Any], Any], by: Callable[..., Any]) -> list[WritePath]:
    """nothing: prepares nothing; by: makes an act of the administrator."""

    def filed(counter: Counter) -> str:
        number: list[str] = []
        by(lambda counter, actor, _: number.append(filings.file(counter, actor, "oil_tax").number))(counter, None)
        return number[0]

    def register(service: str, **answers: Any) -> Callable[..., object]:
        data = filings.data(service, **answers)
        return by(lambda counter, actor, _: cases.enter(counter, actor, registration_json.from_json(service, data)))

    return [
        WritePath("file", counter_place, nothing, register("hotel_fee")),
        WritePath("correct a filing", counter_place, filed, by(lambda counter, actor, number: filings.file(
            counter, actor, "oil_tax", corrects=number))),
        WritePath("register a hotel", counter_place, nothing, register("hotel_registration")),
        WritePath("waive", counter_place, filed, by(lambda counter, actor, number: waivers.grant(
            counter, actor, number, "surcharge", 100, **ORDER)), repeats=True),
        WritePath("import payers", counter_place, nothing, by(lambda counter, actor, _: payer_import.carry_out(
            counter, actor, payer_import.plan(counter, "trader", LIST)))),
        WritePath("day of a filing", counter_place, filed, by(lambda counter, actor, number:
            office_clock.correct_filed_on(counter, actor, number, "1/11/2569", "นาฬิกาผิด")), repeats=True),
        WritePath("payer", counter_place, nothing, by(lambda counter, actor, _: payers.add(
            counter, actor, "trader", "7", {"name": "ร้านตัวอย่าง"}))),
    ]  # fmt: skip
