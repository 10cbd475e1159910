"""States and the steps between them."""

import pytest

from app.domain import petition_states as states
from app.domain.errors import Refused

KINDS = ("petition", "permit", "filing")


@pytest.mark.parametrize("kind", KINDS)
def test_every_following_state_exists_and_every_state_can_be_reached(kind):
    table = states.TABLES[kind]
    following = {name for _, names in table.values() for name in names}
    assert following <= set(table)
    assert set(table) - following == {"draft"}


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("new", "received"),
        ("received", "assigned"),
        ("assigned", "in_progress"),
        ("in_progress", "waiting_info"),
        ("waiting_info", "in_progress"),
        ("in_progress", "done"),
        ("done", "reopened"),
        ("reopened", "in_progress"),
        ("received", "forwarded"),
        ("forwarded", "received"),
    ],
)
def test_steps_of_a_petition(first, then):
    states.check_transition(first, then)


@pytest.mark.parametrize(
    ("first", "then", "code"),
    [
        ("new", "done", "transition"),
        ("rejected", "received", "transition"),
        ("new", "new", "transition"),
        ("new", "gone", "unknown_state"),
        ("gone", "received", "transition"),
    ],
)
def test_other_steps_are_refused_and_say_what_may_follow(first, then, code):
    with pytest.raises(Refused) as refused:
        states.check_transition(first, then)
    assert (refused.value.code, refused.value.field) == (code, "state")
    assert refused.value.hint


def test_the_permits_way_to_the_end():
    way = ["received", "document_check", "officer_opinion", "approved", "fee_paid", "permit_issued", "expired"]
    for first, then in zip(way, [*way[1:], "removal_overdue"], strict=True):
        states.check_transition(first, then, "permit")
    states.check_transition("removal_overdue", "removed_confirmed", "permit")
    with pytest.raises(Refused):
        states.check_transition("received", "approved", "permit")


def test_texts_are_thai_and_an_unknown_state_is_shown_as_it_is():
    assert states.text("in_progress") == "กำลังดำเนินการ"
    assert states.text("rejected", "permit") == "ไม่อนุญาต"
    assert states.text("from_the_future") == "from_the_future"
    assert states.next_states("from_the_future") == ()
    assert ("received", "รับเรื่องแล้ว") in states.next_states("new")


def test_what_a_step_must_bring():
    assert states.needs_reason("rejected")
    assert states.needs_reason("cancelled")
    assert not states.needs_reason("received")
    assert states.needs_division("forwarded")
    assert not states.needs_division("done")
    assert states.clock_stops("waiting_info")
    assert not states.clock_stops("in_progress")


def test_who_asked_may_withdraw_while_the_petition_is_open_and_no_later():
    for state in states.PETITION:
        may = ("cancelled", states.text("cancelled")) in states.next_states(state)
        assert may == (state != "draft" and not states.is_closed(state)), state


def test_what_is_done_may_be_found_not_in_order_before_and_after_a_rating():
    for state in states.PETITION:
        may = any(following == "reopened" for following, _ in states.next_states(state))
        assert may == (state in ("done", "rated")), state


def test_closed_states():
    assert states.is_closed("done")
    assert states.is_closed("rated")
    assert states.is_finished("rated")
    assert states.is_closed("rejected")
    assert not states.is_closed("new")
    assert states.is_closed("removed_confirmed", "permit")
