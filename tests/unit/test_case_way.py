"""Where a case stands after its events: the rule that counters and the central server share."""

import itertools
import random

import pytest

from app.domain import case_way, petition_states
from app.domain.case_way import COUNTED, LOST, NO_STEP, SAME, Standing, settled


def step(from_: str, to: str, **more: str) -> tuple[str, dict[str, str]]:
    return "status_changed", {"from": from_, "to": to, **more}


def test_a_step_from_where_the_case_stands_counts() -> None:
    events = [step("new", "received"), step("received", "forwarded", division="finance"), ("note_added", {"note": "ก"})]
    standing, outcomes = settled(Standing("new", "public_works"), "petition", events)
    assert (standing.status, standing.division) == ("forwarded", "finance")
    assert outcomes == [COUNTED, COUNTED, NO_STEP]


def test_the_step_that_comes_second_is_kept_as_lost_or_same() -> None:
    mine = [step("new", "received"), step("received", "rejected", note="ไม่อยู่ในเขต")]
    theirs = [step("new", "received"), step("received", "assigned", assignee="somying")]
    standing, outcomes = settled(Standing("new"), "petition", [*mine, *theirs])
    assert (standing.status, standing.assignee) == ("rejected", "")
    assert outcomes == [COUNTED, COUNTED, SAME, LOST]


def test_the_clock_stands_while_papers_are_awaited_and_goes_on_after() -> None:
    stop = step("in_progress", "waiting_info", stopped_on="2026-11-20")
    go = step("waiting_info", "in_progress", due_on="2026-12-09")
    start = Standing("in_progress", due_on="2026-12-04")
    waiting, _ = settled(start, "petition", [stop])
    assert (waiting.stopped_on, waiting.due_on) == ("2026-11-20", "2026-12-04")
    going, _ = settled(start, "petition", [stop, go])
    assert (going.stopped_on, going.due_on) == ("", "2026-12-09")
    lost, outcomes = settled(start, "petition", [step("in_progress", "done"), stop])
    assert (lost.status, lost.stopped_on, outcomes[-1]) == ("done", "", LOST)


def test_a_new_division_ends_the_old_assignment() -> None:
    start = Standing("assigned", "finance", assignee="somying")
    moved, _ = settled(start, "petition", [("assignment_changed", {"division": "public_works"})])
    assert (moved.division, moved.assignee) == ("public_works", "")
    given, _ = settled(moved, "petition", [("assignment_changed", {"assignee": "somsak"})])
    assert (given.division, given.assignee) == ("public_works", "somsak")


@pytest.mark.parametrize(("kind", "to"), case_way.CITIZEN_STEPS.items())
def test_what_citizens_do_counts_where_the_table_allows_it(kind: str, to: str) -> None:
    for status in petition_states.PETITION:
        standing, [found] = settled(Standing(status), "petition", [(kind, {})])
        allowed = any(state == to for state, _ in petition_states.next_states(status))
        assert standing.status == (to if allowed else status)
        assert found == (COUNTED if allowed else SAME if status == to else LOST)


def test_every_order_ends_in_a_state_that_the_table_reaches() -> None:
    random_ = random.Random(5)
    for _ in range(300):
        walks = []
        for _counter in range(3):
            status, walk = "new", []
            while (following := petition_states.next_states(status)) and len(walk) < 6:
                to = random_.choice(following)[0]
                walk.append(step(status, to))
                status = to
            walks.append(walk)
        standing, outcomes = settled(Standing("new"), "petition", itertools.chain(*walks))
        status = "new"
        for (_, payload), found in zip(itertools.chain(*walks), outcomes, strict=True):
            if found == COUNTED:
                petition_states.check_transition(status, payload["to"])
                status = payload["to"]
        assert standing.status == status
