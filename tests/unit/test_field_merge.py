"""Corrections of one field by several counters: what was seen is followed, what was not seen is kept and shown."""

from collections.abc import Iterable
from itertools import count
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.domain.field_merge import CHOSEN, CORRECTED, Merged, Value, merged

Step = tuple[Value, str, dict[str, Any]]
IDS = count(1)


def edit(value: str, base: str = "", key: str = "applicant.phone") -> Step:
    revision = f"{next(IDS):032x}"
    return Value("", revision, 1, "a", "s"), CORRECTED, {"fields": {key: {"value": value, "base": base}}}


def choice(value: str, base: str, seen: Iterable[str], key: str = "applicant.phone") -> Step:
    revision = f"{next(IDS):032x}"
    return Value("", revision), CHOSEN, {"field": key, "value": value, "base": base, "seen": list(seen)}


def told(found: Merged, key: str = "applicant.phone") -> tuple[str, list[str]]:
    return found.values[key].value, [one.value for one in found.conflicts.get(key, [])]


def test_what_was_seen_is_followed() -> None:
    first = edit("1")
    assert told(merged([first, edit("2", first[0].revision)])) == ("2", [])


def test_the_later_stands_and_the_other_is_kept() -> None:
    assert told(merged([edit("1"), edit("2")])) == ("2", ["1"])
    assert told(merged([edit("2"), edit("1")])) == ("1", ["2"])


def test_the_same_value_and_different_fields_do_not_conflict() -> None:
    assert told(merged([edit("1"), edit("1")])) == ("1", [])
    found = merged([edit("1"), edit("x", key="place.note")])
    assert found.conflicts == {}


def test_a_counter_that_goes_on_by_itself_leaves_one_conflict_not_two() -> None:
    mine = edit("1")
    again = edit("2", mine[0].revision)
    theirs = edit("3")
    assert told(merged([theirs, mine, again])) == ("2", ["3"])
    assert told(merged([mine, theirs, again])) == ("2", ["3"])


def test_a_choice_settles_what_it_saw_and_no_more() -> None:
    one, two, three = edit("1"), edit("2"), edit("3")
    chosen = choice("1", two[0].revision, [one[0].revision])
    assert told(merged([one, two, chosen])) == ("1", [])
    assert told(merged([one, two, three, chosen])) == ("1", ["3"])


def test_two_that_choose_alike_agree_and_otherwise_are_asked_again() -> None:
    one, two = edit("1"), edit("2")
    seen = [one[0].revision]
    assert told(merged([one, two, choice("1", two[0].revision, seen), choice("1", two[0].revision, seen)])) == ("1", [])
    both = merged([one, two, choice("1", two[0].revision, seen), choice("2", two[0].revision, seen)])
    assert told(both) == ("2", ["1"])


@given(st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=8))
def test_no_value_that_nobody_saw_is_lost(values: list[str]) -> None:
    found = merged([edit(value) for value in values])
    stands, kept = told(found)
    assert {stands, *kept} == set(values)
    assert stands == values[-1]
