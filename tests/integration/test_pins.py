"""The PIN: good at this counter for a working day after a password, and guessing it slows down like a password."""

from pathlib import Path

import pytest

from app.domain.errors import Refused
from app.services import pins, staff
from app.services.counter import Counter
from app.services.model import Actor
from tests.integration.support import homes

GOOD = "482915"


def enter(counter: Counter, secret: str, *, pin: bool = True) -> Actor:
    return staff.sign_in(counter, homes.USERNAME, secret, pin=pin)


def test_good_for_a_working_day_after_the_password(counter: Counter, actor: Actor, clock: homes.HandClock) -> None:
    with pytest.raises(Refused, match="sign_in"):
        enter(counter, GOOD)
    pins.choose(counter, actor, homes.PASSWORD, GOOD)
    assert enter(counter, GOOD).username == homes.USERNAME
    with pytest.raises(Refused, match="sign_in"):
        enter(counter, GOOD, pin=False)
    clock.forward(hours=13)
    with pytest.raises(Refused, match="sign_in"):
        enter(counter, GOOD)
    enter(counter, homes.PASSWORD)
    assert enter(counter, GOOD)
    clock.forward(days=-3)
    with pytest.raises(Refused, match="sign_in"):
        enter(counter, GOOD)


def test_wrong_pins_wait_longer_and_longer(counter: Counter, actor: Actor, clock: homes.HandClock) -> None:
    pins.choose(counter, actor, homes.PASSWORD, GOOD)
    for _ in range(staff.FREE_ATTEMPTS):
        with pytest.raises(Refused, match="sign_in"):
            enter(counter, "000001")
    with pytest.raises(Refused, match="sign_in_locked"):
        enter(counter, GOOD)
    clock.forward(seconds=31)
    assert enter(counter, GOOD)


@pytest.mark.parametrize("pin", ["12345", "1234567", "abcdef", "111111", "123456", "๑๒๓๔๕๙"])
def test_what_is_no_pin_or_too_easy(counter: Counter, actor: Actor, pin: str) -> None:
    with pytest.raises(Refused, match="pin"):
        pins.choose(counter, actor, homes.PASSWORD, pin)


def test_taken_away_and_only_with_the_password(counter: Counter, actor: Actor) -> None:
    with pytest.raises(Refused, match="sign_in"):
        pins.choose(counter, actor, "not the password", GOOD)
    pins.choose(counter, actor, homes.PASSWORD, GOOD)
    pins.choose(counter, actor, homes.PASSWORD, "")
    with pytest.raises(Refused, match="sign_in"):
        enter(counter, GOOD)


def test_the_pause_lasts_through_a_restart_and_a_changed_clock(home: Path, clock: homes.HandClock) -> None:
    with homes.opened(home, clock) as counter:
        actor = homes.signed_in(counter)
        pins.choose(counter, actor, homes.PASSWORD, GOOD)
        for _ in range(staff.FREE_ATTEMPTS):
            with pytest.raises(Refused, match="sign_in"):
                enter(counter, "000001")
    with homes.opened(home, clock) as counter:
        with pytest.raises(Refused, match="sign_in_locked"):
            enter(counter, GOOD)
        clock.forward(seconds=-20)  # set back: the pause is not shorter for it
        with pytest.raises(Refused, match="sign_in_locked"):
            enter(counter, GOOD)
        clock.forward(seconds=51)
        with pytest.raises(Refused, match="sign_in"):
            enter(counter, "000002")
        with pytest.raises(Refused, match="sign_in_locked"):  # and the next one waits twice as long
            clock.forward(seconds=31)
            enter(counter, GOOD)
