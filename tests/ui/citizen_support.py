"""What the tests of the citizen column share: persons, and a clerk's hands."""

import dataclasses

from app.domain import citizen_id
from app.services import cases
from app.services.model import Address, Applicant
from tests.ui.conftest import CITIZEN_ID, PETITION, type_text
from ui.counter.page import CounterPage

HOME = Address("99/9", "1", "", "", "กะทู้", "กะทู้", "ภูเก็ต", "83120")
TWIN = Applicant("นาย", "กตัญญู", "ปิ่นแก้ว", "", "0812345678", address=HOME)
FOREIGN_NUMBER = "6012345678901"
"""Its check digit does not fit."""
TAX_NUMBER = "010553600031" + citizen_id.check_digit("010553600031")


TWIN_WITH_NUMBER = dataclasses.replace(TWIN, citizen_id=CITIZEN_ID)


def save(qtbot, page: CounterPage, session, answers=None):
    page.matter.set_value(PETITION.service, answers or PETITION.answers, None)
    page._changed()
    page.save()
    qtbot.waitUntil(lambda: bool(page.saved.number), timeout=10_000)
    return cases.get(session.counter, page.saved.number)


def choose_kind(page: CounterPage, kind: str) -> None:
    page.citizen.kind.setCurrentIndex(page.citizen.kind.findData(kind))
    page.citizen.kind.activated.emit(page.citizen.kind.currentIndex())


def fill(page: CounterPage, **parts: str) -> None:
    for key, text in parts.items():
        type_text(page.citizen.fields.title if key == "title" else page.citizen.fields.lines[key], text)
