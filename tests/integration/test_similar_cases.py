"""The warning that a matter may be here already."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import Refused
from app.services import cases, offices, people, similar_cases
from app.services.counter import Counter
from app.services.model import Actor, Address, Place
from tests.integration.support import homes
from tests.integration.support.register import command, number, register

OTHER = {"cid": number(2), "first_name": "มานะ", "address": {"house_no": "5", "moo": "2", "subdistrict": "กะทู้"}}
TEMPLE = Place(note="หน้าวัดกะทู้")


def why(counter: Counter, **changes: Any) -> list[str]:
    return [one.why for one in similar_cases.similar(counter, command(**changes))]


def test_the_same_person_with_the_same_type(counter: Counter, actor: Actor, clock: homes.HandClock) -> None:
    case = register(counter, actor, place=TEMPLE)
    clock.forward(days=5, hours=1)
    (found,) = similar_cases.similar(counter, command(place=Place(note="หน้าโรงเรียน")))
    assert (found.case.number, found.days_ago, found.why) == (case.number, 5, "person")
    assert found.text.startswith(f"ผู้ร้องรายนี้ยื่นเรื่องประเภทเดียวกันเมื่อ 5 วันก่อน: {case.number}")


def test_a_chosen_person_without_number(counter: Counter, actor: Actor) -> None:
    nobody = {"cid": "", "address": {}}
    person = people.of_case(counter, register(counter, actor, nobody, place=TEMPLE).number).person
    place = Place(note="ที่อื่นไกล ๆ")
    assert why(counter, applicant=nobody, place=place) == []
    assert why(counter, applicant=nobody, place=place, person=person) == ["person"]


def test_another_type_or_service_is_another_matter(counter: Counter, actor: Actor) -> None:
    register(counter, actor)
    other = {"category": "utilities", "subcategory": "water"}
    types = [sub.code for main in counter.catalog["petition"].categories for sub in main.subcategories]
    answers = command().answers
    another = next(code for code in types if code != answers["subcategory"])
    changed = replace(command(), answers={**answers, **other, "subcategory": another})
    assert similar_cases.similar(counter, changed) == []
    assert similar_cases.similar(counter, replace(command(), service="ad_permit")) == []
    assert similar_cases.similar(counter, replace(command(), service="unknown")) == []


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (TEMPLE, TEMPLE, True),
        (TEMPLE, Place(note="หนาวัด กะทู"), True),
        (TEMPLE, Place(note="ไฟดับหน้าวัดกะทู้ ฝั่งซ้าย"), True),
        (TEMPLE, Place(note="หน้าโรงเรียน"), False),
        (Place(note="วัด"), Place(note="วัด"), False),
        (Place(latitude=7.9, longitude=98.3), Place(latitude=7.9004, longitude=98.3004), True),
        (Place(latitude=7.9, longitude=98.3), Place(latitude=7.91, longitude=98.3), False),
        (
            Place(address=Address("9", "1", subdistrict="กะทู้")),
            Place(address=Address("9", "1", subdistrict="กะทู")),
            True,
        ),
        (
            Place(address=Address("9", "1", subdistrict="กะทู้")),
            Place(address=Address("8", "1", subdistrict="กะทู้")),
            False,
        ),
        (Place(address=Address("5", "2", subdistrict="กะทู้")), None, True),
        (None, None, False),
    ],
)
def test_the_same_place_by_anybody(
    counter: Counter, actor: Actor, first: Place | None, second: Place | None, same: bool
) -> None:
    register(counter, actor, place=first)
    elsewhere = {"topic": "เรื่องอื่นที่ไม่ใกล้เคียงกันเลย"}
    assert why(counter, applicant=OTHER, place=second, answers=elsewhere) == (["place"] if same else [])


def test_a_half_filled_form_is_looked_up_too(counter: Counter, actor: Actor) -> None:
    register(counter, actor, {"cid": "", "address": {}}, place=None)
    nobody = {"cid": "12", "first_name": "", "address": {}}
    assert why(counter, applicant=nobody, place=None, answers={"topic": "เสีย"}) == []
    assert why(counter, applicant=OTHER, place=TEMPLE) == []


def test_what_is_long_ago_is_no_matter(counter: Counter, actor: Actor, clock: homes.HandClock) -> None:
    register(counter, actor)
    clock.forward(days=29)
    assert why(counter) == ["person"]
    assert similar_cases.similar(counter, command(), days=7) == []
    clock.forward(days=2)
    assert why(counter) == []
    assert [one.days_ago for one in similar_cases.similar(counter, command(), days=60)] == [31]


@pytest.mark.parametrize(("days", "found"), [(0, 0), (3, 1)])
def test_the_office_says_how_far_back(tmp_path: Path, clock: homes.HandClock, days: int, found: int) -> None:
    home = homes.make(tmp_path / "home", clock, similar_within_days=days)
    with homes.opened(home, clock) as counter:
        assert similar_cases.within_days(counter) == days
        register(counter, homes.signed_in(counter))
        assert len(similar_cases.similar(counter, command())) == found


@pytest.mark.parametrize("days", [-1, 367, "30", True, 1.5])
def test_a_wrong_setting_is_named(days: object) -> None:
    with pytest.raises(Refused) as refusal:
        offices.check_office({**homes.OFFICE, "similar_within_days": days})
    assert refusal.value.field == "similar_within_days"


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("ไฟดับหน้าวัดกะทู้", "ไฟฟ้าดับหน้าวัดกะทู้", True),
        ("ไฟฟ้าสาธารณะดับหน้าวัดกะทู้", "หน้าวัดกะทู้ไฟดับ", True),
        ("ไฟฟ้าสาธารณะดับหน้าวัดกะทู้", "ไฟฟ้าสาธารณะดับหน้าโรงเรียนบ้านนา", False),
        ("ไฟฟ้าสาธารณะดับ", "ไฟฟ้าสาธารณะดับ", False),
    ],
)
def test_a_subject_that_says_the_same_is_told(
    counter: Counter, actor: Actor, first: str, second: str, same: bool
) -> None:
    register(counter, actor, place=None, answers={"topic": first})
    assert why(counter, applicant=OTHER | {"address": {}}, place=None, answers={"topic": second}) == ["topic"] * same


def test_somebody_else_who_reports_it_is_noted_for_the_office_only(counter: Counter, actor: Actor) -> None:
    number = register(counter, actor).number
    similar_cases.note_another(counter, actor, number, command(OTHER))
    last = cases.events(counter, number)[-1]
    who = command(OTHER).applicant
    assert (last.kind, last.public) == ("note_added", False)
    assert who.full_name in last.note
    assert who.phone[-4:] in last.note
    assert who.phone not in last.note


def test_cases_of_a_service_that_the_actor_may_not_see_are_named_nowhere(counter: Counter, actor: Actor) -> None:
    case = register(counter, actor)
    narrow = replace(actor, held=frozenset({"view:ad_permit", "create:petition"}))
    person = people.of_case(counter, case.number).person
    assert [one.case.number for one in similar_cases.similar(counter, command(), actor=actor)] == [case.number]
    assert similar_cases.similar(counter, command(), actor=narrow) == []
    assert [one.number for one in people.cases_of(counter, person, actor=actor)] == [case.number]
    assert people.cases_of(counter, person, actor=narrow) == []
    for who, told in ((actor, (1, case.number)), (narrow, (0, ""))):
        views = [people.get(counter, person, who), *people.find(counter, case.applicant.full_name, actor=who)]
        views.append(people.of_number(counter, case.applicant.citizen_id, who))
        assert [(view.cases, view.last_number) for view in views] == [told] * 3
