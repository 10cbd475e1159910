"""Turns: first come, first served; one of an office at a time; who waits too long is told."""

import threading
from contextlib import ExitStack

import pytest

from sync.server.turns import Turns


class Late(Exception):
    pass


def waiting(turns: Turns) -> int:
    return len(turns._waiting)


def begin(turns: Turns, office: str, done: list[str], name: str) -> threading.Thread:
    """A thread that wants a turn; returns when it has it or stands in the queue."""
    before, had = waiting(turns), len(done)

    def work() -> None:
        with turns.turn(office):
            done.append(name)

    thread = threading.Thread(target=work)
    thread.start()
    while waiting(turns) == before and len(done) == had:
        pass
    return thread


def test_who_came_first_goes_first_and_no_office_holds_up_another() -> None:
    turns = Turns(2, 60.0, Late)
    done: list[str] = []
    with ExitStack() as first, ExitStack() as second:
        first.enter_context(turns.turn("a"))
        second.enter_context(turns.turn("b"))
        threads = [begin(turns, office, done, name) for office, name in (("a", "a1"), ("b", "b1"), ("a", "a2"))]
        assert done == [] and waiting(turns) == 3
        second.close()
        threads[1].join()
        assert done == ["b1"], "the first in the queue waits for its own office, the next one need not"
        first.close()
    for thread in threads:
        thread.join()
    assert done == ["b1", "a1", "a2"]


def test_without_an_office_only_the_number_counts() -> None:
    turns = Turns(1, 60.0, Late)
    done: list[str] = []
    with turns.turn():
        threads = [begin(turns, "", done, str(number)) for number in range(5)]
    for thread in threads:
        thread.join()
    assert done == ["0", "1", "2", "3", "4"]


def test_who_waits_too_long_is_told_and_leaves_the_queue() -> None:
    turns = Turns(1, 0.01, Late)
    with turns.turn("a"):
        with pytest.raises(Late), turns.turn("a"):
            raise AssertionError("there was no turn")
        assert waiting(turns) == 0
    with turns.turn("a"):
        pass
