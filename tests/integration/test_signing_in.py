"""Who may sign in, and what guessing costs."""

from datetime import timedelta
from typing import Any

import pytest

from app.domain.errors import Refused
from app.services import staff
from app.services.counter import Counter
from tests.integration.support import homes


def attempt(counter: Counter, password: str = "wrong", username: str = homes.USERNAME) -> Refused:
    with pytest.raises(Refused) as caught:
        staff.sign_in(counter, username, password)
    return caught.value


def one(counter: Counter, sql: str) -> Any:
    with counter.store.read() as connection:
        return connection.exec_driver_sql(sql).scalar()


def add(counter: Counter, username: str, password: str = "a long password", name: str = "") -> str:
    with counter.store.write("admin") as work:
        return staff.add(work, username, name, password, "user")


def test_the_right_password(counter: Counter) -> None:
    person = staff.sign_in(counter, homes.USERNAME, homes.PASSWORD)
    assert (person.username, person.full_name, person.role) == (homes.USERNAME, "ผู้ดูแล ทดสอบ", "admin")
    assert one(counter, "SELECT action FROM audit ORDER BY seq DESC LIMIT 1") == "signed_in"


def test_a_wrong_password_and_an_unknown_name_are_told_alike(counter: Counter) -> None:
    known, unknown = attempt(counter), attempt(counter, username="nobody")
    assert known.as_dict() == unknown.as_dict()
    assert known.code == "sign_in"


def test_waiting_grows_with_every_wrong_password(counter: Counter, clock: homes.HandClock) -> None:
    for _ in range(staff.FREE_ATTEMPTS - 1):
        assert attempt(counter).code == "sign_in"
    pauses = []
    for _ in range(8):
        assert attempt(counter).code == "sign_in"
        locked = attempt(counter, homes.PASSWORD)
        assert locked.code == "sign_in_locked"
        seconds = int("".join(letter for letter in locked.hint if letter.isdigit()))
        pauses.append(seconds)
        clock.forward(seconds=seconds - 2)
        assert attempt(counter, homes.PASSWORD).code == "sign_in_locked", "not a moment earlier"
        clock.forward(seconds=2)
    assert pauses == [31, 61, 121, 241, 481, 901, 901, 901]
    assert staff.sign_in(counter, homes.USERNAME, homes.PASSWORD).username == homes.USERNAME
    assert one(counter, "SELECT failed_attempts + locked_until FROM staff") == 0
    assert attempt(counter).code == "sign_in", "and the count begins anew"
    refused = one(counter, "SELECT count(*) FROM audit WHERE action = 'sign_in_refused'")
    assert refused == staff.FREE_ATTEMPTS + 8, "tries during a pause are not even looked at"


def test_a_clock_that_ran_ahead_locks_nobody_out_for_years(counter: Counter, clock: homes.HandClock) -> None:
    clock.forward(days=3_000)
    for _ in range(staff.FREE_ATTEMPTS):
        attempt(counter)
    assert attempt(counter, homes.PASSWORD).code == "sign_in_locked"
    clock.at -= timedelta(days=3_000)
    assert attempt(counter, homes.PASSWORD).code == "sign_in_locked"
    clock.forward(seconds=31)
    assert staff.sign_in(counter, homes.USERNAME, homes.PASSWORD)


@pytest.mark.parametrize("hours", [-48, -1, 1, 48])
def test_who_sets_the_clock_or_starts_the_machine_anew_waits_no_less(
    counter: Counter, clock: homes.HandClock, hours: int
) -> None:
    for _ in range(staff.FREE_ATTEMPTS):
        attempt(counter)
    clock.at += timedelta(hours=hours)
    assert attempt(counter, homes.PASSWORD).code == "sign_in_locked"
    clock.on = 5.0  # switched off and on again: what it has run since then counts
    assert attempt(counter, homes.PASSWORD).code == "sign_in_locked"
    clock.on = 29.0
    assert attempt(counter, homes.PASSWORD).code == "sign_in_locked"
    clock.on = 31.0
    assert staff.sign_in(counter, homes.USERNAME, homes.PASSWORD)


def test_one_person_guessing_does_not_lock_another(counter: Counter) -> None:
    add(counter, "somying", name="สมหญิง ทดสอบ")
    for _ in range(staff.FREE_ATTEMPTS):
        attempt(counter)
    assert attempt(counter).code == "sign_in_locked"
    assert staff.sign_in(counter, "somying", "a long password").role == "user"
    assert staff.names(counter) == [(homes.USERNAME, "ผู้ดูแล ทดสอบ"), ("somying", "สมหญิง ทดสอบ")]


def test_somebody_who_left_is_unknown(counter: Counter) -> None:
    person = add(counter, "somying")
    with counter.store.write("admin") as work:
        work.run("UPDATE staff SET active = 0 WHERE id = ?", (person,))
    assert attempt(counter, "a long password", "somying").code == "sign_in"
    assert [name for name, _ in staff.names(counter)] == [homes.USERNAME]


def test_a_hash_that_is_none_lets_nobody_in(counter: Counter) -> None:
    with counter.store.write("admin") as work:
        work.run("UPDATE staff SET password_hash = 'plain'")
    assert attempt(counter, "plain").code == "sign_in"


@pytest.mark.parametrize(
    ("username", "name", "password", "code", "field"),
    [
        ("", "", "a long password", "required", "username"),
        ("ก" * 61, "", "a long password", "too_long", "username"),
        ("a\x00", "", "a long password", "control_characters", "username"),
        ("somying", "ก\u202eข", "a long password", "control_characters", "full_name"),
        ("somying", "", "short", "password_short", "password"),
        ("somying", "", "\udcff" * 8, "password", "password"),
    ],
)
def test_people_who_cannot_be_added(
    counter: Counter, username: str, name: str, password: str, code: str, field: str
) -> None:
    with pytest.raises(Refused) as caught:
        add(counter, username, password, name)
    assert (caught.value.code, caught.value.field) == (code, field)
    assert one(counter, "SELECT count(*) FROM staff") == 1


def test_a_name_is_the_username_where_none_is_given(counter: Counter) -> None:
    add(counter, " somying ")
    assert ("somying", "somying") in staff.names(counter)
    assert one(counter, "SELECT password_hash FROM staff WHERE username = 'somying'").startswith("$argon2id$")


def test_a_try_of_a_password_is_dear(counter: Counter, real_hashes: None) -> None:
    """OWASP's least for argon2id with 7 MiB is five passes; a hash for nobody costs the same as a real one."""
    add(counter, "somying")
    kept = one(counter, "SELECT password_hash FROM staff WHERE username = 'somying'")
    assert kept.split("$")[:4] == ["", "argon2id", "v=19", "m=7168,t=5,p=1"]
    assert staff.NOBODY.split("$")[:4] == kept.split("$")[:4]
