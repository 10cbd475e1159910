"""What one counter decides about persons reaches the office's other counters, whose rows are their own."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.services import cases, duplicates, people, privacy, replication
from app.services.counter import Counter
from app.services.model import Actor, Knowing, NoticeShown
from tests.integration.support import homes
from tests.integration.support.register import number, register

NAME = {"title": "นาย", "first_name": "สมชาย", "last_name": "ปิ่นแก้ว", "phone": "0812345678"}
NO_NUMBER = {**NAME, "cid": ""}


@pytest.fixture
def other(tmp_path: Path, clock: homes.HandClock) -> Iterator[Counter]:
    """Another counter of the office, with its own key and numbers, and other people in it."""
    home = homes.make(tmp_path / "other", clock, first_run=500_000)
    with homes.opened(home, clock) as counter:
        for place in range(3):
            register(counter, homes.signed_in(counter), {"cid": number(90 + place), "first_name": f"คนอื่น{place}"})
        yield counter


def deliver(source: Counter, target: Counter, times: int = 1) -> None:
    """Every own event of one counter, in order, applied at the other."""
    with source.store.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT * FROM event WHERE origin = ? ORDER BY seq", (source.store_id,)
        ).fetchall()
    for _ in range(times):
        with target.store.write("sync") as work:
            for row in rows:
                event: dict[str, Any] = dict(row._mapping)
                replication.apply(target, work, {**event, "payload": json.loads(event["payload"])})


def persons(counter: Counter, *numbers: str) -> list[int]:
    return [people.of_case(counter, one).person for one in numbers]


def test_what_comes_late_does_not_overwrite_what_was_said_later(
    counter: Counter, actor: Actor, other: Counter, clock: homes.HandClock
) -> None:
    register(counter, actor, {**NAME, "cid": number(1)})
    clock.forward(days=7)
    newer = register(other, actor, {**NAME, "cid": number(1), "phone": "0899999999"}).number
    deliver(counter, other)
    person = people.of_case(other, newer)
    assert person.cases == 2 and people.applicant(other, person.person).phone == "0899999999"


@pytest.mark.parametrize("times", [1, 2])
def test_a_merge_and_its_undoing_travel(counter: Counter, actor: Actor, other: Counter, times: int) -> None:
    first = register(counter, actor, {**NAME, "cid": number(1)}).number
    second = register(counter, actor, NO_NUMBER).number
    duplicates.merge(counter, actor, *persons(counter, first, second), note="บัตรตรงกัน")
    deliver(counter, other, times)
    one, two = persons(other, first, second)
    assert one == two
    assert people.get(other, one).cases == 2
    merged = people.of_case(counter, first)
    with counter.store.read() as connection:
        row = connection.exec_driver_sql("SELECT row FROM person WHERE merged_into = ?", (merged.person,)).scalar_one()
    duplicates.undo(counter, actor, row, "คนละคน")
    deliver(counter, other, times)
    assert len(set(persons(other, first, second))) == 2
    with other.store.read() as connection:
        rows = connection.exec_driver_sql("SELECT decision, note, by FROM person_decision ORDER BY row").fetchall()
    assert [tuple(row) for row in rows] == [("same", "บัตรตรงกัน", actor.username), ("undone", "คนละคน", actor.username)]


@pytest.mark.parametrize("times", [1, 2])
def test_decisions_and_consents_travel(counter: Counter, actor: Actor, other: Counter, times: int) -> None:
    first = register(counter, actor, {**NAME, "cid": number(1)}, consents=("news",)).number
    second = register(counter, actor, NO_NUMBER).number
    duplicates.decide(counter, actor, *persons(counter, first, second), "different")
    deliver(counter, other, times)
    assert duplicates.doubles(other) == []
    (person,) = persons(other, first)
    assert [one.decision for one in privacy.consents(other, person)] == ["given", ""]
    with other.store.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM consent").scalar_one() == 1
        assert connection.exec_driver_sql("SELECT count(*) FROM person_decision").scalar_one() == 1


def test_both_counters_may_merge_the_same_two(counter: Counter, actor: Actor, other: Counter) -> None:
    first = register(counter, actor, {**NAME, "cid": number(1)}).number
    second = register(counter, actor, {**NAME, "cid": number(2)}).number
    deliver(counter, other)
    duplicates.merge(counter, actor, *persons(counter, first, second))
    duplicates.merge(other, actor, *persons(other, second, first))
    deliver(counter, other)
    deliver(other, counter)
    for one in (counter, other):
        assert len(set(persons(one, first, second))) == 1


def test_a_chosen_person_is_the_same_elsewhere(counter: Counter, actor: Actor, other: Counter) -> None:
    first = register(counter, actor, NO_NUMBER).number
    second = register(counter, actor, NO_NUMBER, person=persons(counter, first)[0]).number
    third = register(counter, actor, NO_NUMBER).number
    deliver(counter, other)
    one, two, three = persons(other, first, second, third)
    assert one == two != three


def test_how_the_person_was_known_travels(counter: Counter, actor: Actor, other: Counter) -> None:
    knowing = Knowing("thaid", ial="2.3")
    company = {"cid": "", "kind": "juristic", "organisation": "บริษัท ทดสอบ จำกัด", "power_of_attorney": True}
    notice = NoticeShown(privacy.notice(counter).version)
    view = register(counter, actor, {**NAME, **company}, knowing=knowing, notice=notice)
    deliver(counter, other)
    there = cases.get(other, view.number)
    assert (there.knowing, there.notice, there.applicant) == (view.knowing, view.notice, view.applicant)
    assert people.of_case(other, view.number).kind == "juristic"


def test_an_undoing_that_came_without_its_merge_changes_nothing(counter: Counter, actor: Actor, other: Counter) -> None:
    view = register(counter, actor, NO_NUMBER)
    with counter.store.write(actor.username) as work:
        case_id = work.run("SELECT id FROM cases").scalar_one()
        work.emit("person_unmerged", case_id, {})
    deliver(counter, other)
    assert people.of_case(other, view.number).cases == 1
