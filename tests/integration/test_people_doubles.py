"""Possible doubles, what somebody decides about them, and merging that loses nothing and can be undone."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.domain.errors import Refused
from app.services import cases, drafts, duplicates, people, privacy, search_index, verification
from app.services.counter import Counter
from app.services.model import Actor, Compared
from tests.integration.support import homes
from tests.integration.support.register import command, number, register

NAME = {"title": "นาย", "first_name": "สมชาย", "last_name": "ปิ่นแก้ว", "phone": "0812345678"}
WITHOUT = {**NAME, "cid": "", "first_name": "สมชาย", "last_name": "ปิ่นแก้ว"}
COMPANY = {**NAME, "cid": "", "kind": "juristic", "organisation": "สมชายปิ่นแก้ว"}


def person_of(counter: Counter, case: str) -> int:
    return people.of_case(counter, case).person


def two(counter: Counter, actor: Actor) -> tuple[int, int]:
    """The same man with a number, and without."""
    first = register(counter, actor, {**NAME, "cid": number(1)})
    second = register(counter, actor, WITHOUT)
    return person_of(counter, first.number), person_of(counter, second.number)


def documents(counter: Counter) -> list[str]:
    with counter.store.read() as connection:
        return [row[0] for row in connection.exec_driver_sql("SELECT document FROM cases ORDER BY row")]


def test_doubles_are_shown_side_by_side(counter: Counter, actor: Actor) -> None:
    first, second = two(counter, actor)
    register(counter, actor, {**NAME, "cid": number(2), "first_name": "สมหญิง"})
    (double,) = duplicates.doubles(counter)
    assert (double.first.person, double.second.person) == (first, second)
    assert double.why == ("phone", "address", "number_missing")
    assert double.decision == ""


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"cid": number(2)}, ("phone", "address")),
        ({"cid": number(2), "phone": "0899999999"}, ("address",)),
        ({"cid": "", "phone": "0899999999", "address": {}}, None),
        ({"cid": number(2), "phone": "0899999999", "address": {"house_no": "1"}}, None),
        ({"cid": number(2), "last_name": "ปิ่นทอง"}, None),
    ],
)
def test_doubles_share_name_and_phone_or_address(
    counter: Counter, actor: Actor, change: dict[str, object], why: tuple[str, ...] | None
) -> None:
    register(counter, actor, {**NAME, "cid": number(1)})
    register(counter, actor, {**NAME, **change})
    assert [double.why for double in duplicates.doubles(counter)] == ([why] if why else [])


def test_candidates_are_told_before_saving(counter: Counter, actor: Actor) -> None:
    first, second = two(counter, actor)
    register(counter, actor, {**NAME, "cid": number(2), "first_name": "สมชายใหญ่"})
    search_index.catch_up(counter)
    asked = command({**NAME, "cid": number(1)}).applicant
    assert [(one.view.person, one.why) for one in duplicates.candidates(counter, asked)] == [
        (second, ("phone", "address", "number_missing"))
    ]
    unknown = command({**NAME, "cid": "", "phone": "", "address": {}}).applicant
    assert [one.view.person for one in duplicates.candidates(counter, unknown)] == [second, first]
    assert duplicates.candidates(counter, command({"first_name": "", "last_name": ""}).applicant) == []


@pytest.mark.parametrize(("decision", "left"), [("different", []), ("later", ["later"])])
def test_a_decision_is_remembered(counter: Counter, actor: Actor, decision: str, left: list[str]) -> None:
    first, second = two(counter, actor)
    duplicates.decide(counter, actor, second, first, decision, "ถามแล้ว")
    assert [double.decision for double in duplicates.doubles(counter)] == left
    with counter.store.read() as connection:
        (row,) = connection.exec_driver_sql("SELECT * FROM person_decision").fetchall()
    assert (row.kept, row.other, row.decision, row.note, row.by) == (second, first, decision, "ถามแล้ว", actor.username)


def test_those_put_off_come_last(counter: Counter, actor: Actor) -> None:
    first, second = two(counter, actor)
    register(counter, actor, {**WITHOUT, "first_name": "มานะ"})
    register(counter, actor, {**WITHOUT, "first_name": "มานะ"})
    duplicates.decide(counter, actor, first, second, "later")
    assert [double.decision for double in duplicates.doubles(counter)] == ["", "later"]


def test_a_merge_moves_links_and_changes_nothing_else(counter: Counter, actor: Actor) -> None:
    first, second = two(counter, actor)
    before = documents(counter)
    kept = duplicates.decide(counter, actor, second, first, "same", "บัตรตรงกัน")
    assert (kept.person, kept.cases) == (first, 2)  # the one with a number
    assert documents(counter) == before
    assert duplicates.doubles(counter) == []
    assert [view.person for view in people.find(counter, "สมชาย")] == [first]
    assert people.get(counter, second).person == first
    assert len(people.cases_of(counter, second)) == 2
    assert len(cases.find(counter, number(1))) == 2
    assert all(check.ok for check in verification.verify(counter))


def test_a_merge_is_in_the_timeline_and_the_audit_chain(counter: Counter, actor: Actor) -> None:
    first, second = two(counter, actor)
    case = people.cases_of(counter, second)[0].number
    duplicates.merge(counter, actor, first, second)
    assert cases.events(counter, case)[-1].text == "รวมประวัติผู้ร้องเป็นคนเดียวกัน"
    with counter.store.read() as connection:
        newest = connection.exec_driver_sql("SELECT action, subject, detail FROM audit ORDER BY seq DESC").first()
    assert newest is not None
    assert tuple(newest) == ("person_merged", f"person {first}", f"person {second}")


def test_a_merge_is_undone_with_what_came_since(counter: Counter, actor: Actor) -> None:
    first = register(counter, actor, {**NAME, "cid": number(1)})
    second = register(counter, actor, {**NAME, "cid": number(2)})
    one, two_ = person_of(counter, first.number), person_of(counter, second.number)
    duplicates.merge(counter, actor, one, two_)
    later = register(counter, actor, {**NAME, "cid": number(2), "phone": "0870000000"})
    own = register(counter, actor, {**NAME, "cid": number(1)})
    assert {person_of(counter, case.number) for case in (first, second, later, own)} == {one}
    assert people.applicant(counter, one).citizen_id == number(1)
    view = duplicates.decide(counter, actor, one, two_, "undone", "คนละคน")
    assert (view.person, view.cases) == (two_, 2)
    assert [person_of(counter, case.number) for case in (first, second, later, own)] == [one, two_, two_, one]
    assert duplicates.doubles(counter) == []
    assert cases.events(counter, second.number)[-1].kind == "person_unmerged"


def test_merges_over_merges_are_undone_in_any_order(counter: Counter, actor: Actor) -> None:
    made = [register(counter, actor, {**NAME, "cid": number(place)}).number for place in (1, 2, 3)]
    one, two_, three = (person_of(counter, case) for case in made)
    duplicates.merge(counter, actor, two_, three)
    duplicates.merge(counter, actor, one, two_)
    assert {person_of(counter, case) for case in made} == {one}
    duplicates.undo(counter, actor, three)
    assert [person_of(counter, case) for case in made] == [one, one, three]
    duplicates.undo(counter, actor, two_)
    assert [person_of(counter, case) for case in made] == [one, two_, three]


def test_a_new_phone_under_a_merged_number_is_found(counter: Counter, actor: Actor) -> None:
    one = person_of(counter, register(counter, actor, {**NAME, "cid": number(1)}).number)
    other = person_of(counter, register(counter, actor, {**NAME, "cid": number(2)}).number)
    duplicates.merge(counter, actor, one, other)
    search_index.catch_up(counter)
    register(counter, actor, {**NAME, "cid": number(2), "phone": "0870001111"})
    assert [view.person for view in people.find(counter, "1111")] == [one]


@pytest.mark.parametrize(
    ("decision", "role", "code"),
    [("maybe", "admin", "decision"), ("same", "guest", "right_needed"), ("undone", "guest", "right_needed"),
     ("undone", "user", "not_merged")],
)  # fmt: skip
def test_what_may_not_be_decided_is_refused(
    counter: Counter, actor: Actor, decision: str, role: str, code: str
) -> None:
    first, second = two(counter, actor)
    with pytest.raises(Refused) as refusal:
        duplicates.decide(counter, Actor("2", "x", "y", "", role), first, second, decision)
    assert refusal.value.code == code


def test_one_person_is_no_pair(counter: Counter, actor: Actor) -> None:
    first, second = two(counter, actor)
    duplicates.merge(counter, actor, first, second)
    for pair in ((first, first), (first, second)):
        with pytest.raises(Refused) as refusal:
            duplicates.merge(counter, actor, *pair)
        assert refusal.value.code == "same_person"


def test_a_company_is_no_man(counter: Counter, actor: Actor) -> None:
    company = person_of(counter, register(counter, actor, COMPANY).number)
    man = person_of(counter, register(counter, actor, WITHOUT).number)
    with pytest.raises(Refused) as refusal:
        duplicates.merge(counter, actor, company, man)
    assert refusal.value.code == "different_kind"


def test_persons_without_a_case_are_merged_too(counter: Counter, actor: Actor) -> None:
    first, second = two(counter, actor)
    with counter.store.write("test") as work:
        work.run("UPDATE cases SET person = ? WHERE person = ?", (first, second))
    duplicates.merge(counter, actor, first, second)
    assert duplicates.undo(counter, actor, second).cases == 0


def test_consents_follow_the_person(counter: Counter, actor: Actor) -> None:
    first, second = two(counter, actor)
    case = people.cases_of(counter, second)[0].number
    privacy.decide(counter, actor, case, "news", given=True)
    duplicates.merge(counter, actor, first, second)
    assert [one.decision for one in privacy.consents(counter, first)] == ["given", ""]
    duplicates.undo(counter, actor, second)
    assert [one.decision for one in privacy.consents(counter, first)] == ["", ""]


@example([("same", 0, 1), ("same", 2, 0), ("undone", 0, 1), ("same", 0, 1)])
@example([("same", 0, 1), ("same", 2, 0), ("same", 3, 0)])
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["same", "undone"]), st.integers(0, 3), st.integers(0, 3)), max_size=8))
def test_any_merging_and_undoing_keeps_every_case(
    home_template: Path, tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int, int]]
) -> None:
    home = homes.copied(home_template, tmp_path_factory.mktemp("people") / "home")
    with homes.opened(home, homes.HandClock()) as counter:
        actor = Actor("1", homes.USERNAME, "ผู้ดูแล", "", "admin")
        made = [register(counter, actor, {**NAME, "cid": number(place)}) for place in range(4)]
        persons = [person_of(counter, case.number) for case in made]
        before = documents(counter)
        for decision, first, second in steps:
            try:
                duplicates.decide(counter, actor, persons[first], persons[second], decision)
            except Refused as error:
                assert error.code in ("same_person", "not_merged")
        _undo_all(counter, actor, persons)
        assert [person_of(counter, case.number) for case in made] == persons
        assert documents(counter) == before
        with counter.store.read() as connection:
            moved = connection.exec_driver_sql("SELECT moved FROM person_decision").fetchall()
        assert all(isinstance(json.loads(row.moved), list) for row in moved)


def _undo_all(counter: Counter, actor: Actor, persons: list[int]) -> None:
    for person in persons:
        try:
            duplicates.undo(counter, actor, person)
        except Refused as error:
            assert error.code == "not_merged"


def test_verify_finds_a_case_of_a_person_who_was_merged(counter: Counter, actor: Actor) -> None:
    first, second = two(counter, actor)
    duplicates.merge(counter, actor, first, second)
    with counter.store.write("test") as work:
        work.run("UPDATE cases SET person = ? WHERE row = 1", (second,))
    failing = {check.name: check.detail for check in verification.verify(counter) if not check.ok}
    assert failing == {"cases": "2 เรื่อง 2 เหตุการณ์ 2 รายการตรวจสอบ ไม่ครบ 0 อยู่กับบุคคลที่รวมไปแล้ว 1"}


def test_what_was_decided_before_saving_is_recorded_with_the_case(counter: Counter, actor: Actor) -> None:
    first, second = two(counter, actor)
    decided = (Compared(first, "different", "เลขต่างกัน"), Compared(second, "same", ""))
    saved = register(counter, actor, {**NAME, "cid": number(2)}, compared=decided)
    kept = person_of(counter, saved.number)
    assert people.get(counter, second).person == kept != first
    told = {event.kind for case in cases.recent(counter) for event in cases.events(counter, case.number)}
    assert told == {"petition_registered", "person_compared", "person_merged"}
    assert duplicates.candidates(counter, command({**NAME, "cid": number(2)}).applicant, person=kept) == []


@pytest.mark.parametrize(
    "wrong", [Compared(999, "same"), Compared(1, "undone"), Compared(1, "หมา"), Compared(1, "same", "ก" * 501)]
)
def test_a_case_with_an_impossible_decision_is_refused_whole(counter: Counter, actor: Actor, wrong: Compared) -> None:
    drafts.save(counter, actor, "counter", {"topic": "ไฟดับ"})
    two(counter, actor)
    with pytest.raises(Refused) as refused:
        register(counter, actor, {**NAME, "cid": number(2)}, compared=(wrong,), draft_page="counter")
    assert refused.value.field == "compared"
    assert len(documents(counter)) == 2
    assert drafts.load(counter, actor, "counter") == {"topic": "ไฟดับ"}


def test_a_merge_needs_the_right_also_before_saving(counter: Counter, actor: Actor) -> None:
    first, _second = two(counter, actor)
    nobody = replace(actor, held=frozenset({"create:*"}))
    with pytest.raises(Refused) as refused:
        register(counter, nobody, {**NAME, "cid": number(2)}, compared=(Compared(first, "same"),))
    assert (refused.value.code, refused.value.field) == ("right_needed", "compared")
