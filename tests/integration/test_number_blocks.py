"""Numbers: from leased blocks, in order, never twice, each accounted for, and refused when there are none left."""

from pathlib import Path

import pytest

from app.domain.errors import Refused
from app.services import cases, number_report, registration, registration_json, status
from app.services.counter import Counter
from app.services.model import Actor
from app.store import numbers
from tests.integration.support import command, homes
from tests.integration.support.petitions import petition


def taken(counter: Counter, count: int = 1) -> list[int]:
    """Runs of so many new petitions."""
    actor = Actor("1", "somying", "สมหญิง ทดสอบ", "", "user")
    data = registration_json.from_json("petition", petition())
    with counter.store.write(actor.username) as work:
        return [int(registration.write(work, counter, actor, data).number[-6:]) for _ in range(count)]


def test_a_series_may_start_anywhere(tmp_path: Path) -> None:
    """The office begins in mid-year: the next number is 000038."""
    with homes.opened(homes.make(tmp_path / "home", first_run=38)) as counter:
        assert taken(counter, 3) == [38, 39, 40]
        report = number_report.report(counter)
        assert (report["issued"], report["unused"], report["unexplained"]) == (3, numbers.BLOCK_SIZE - 3, 0)


def test_a_stand_alone_office_leases_itself_the_next_block(tmp_path: Path) -> None:
    with homes.opened(homes.make(tmp_path / "home", first_run=38)) as counter:
        runs = taken(counter, numbers.BLOCK_SIZE + 2)
        assert runs == list(range(38, 38 + numbers.BLOCK_SIZE + 2))
        with counter.store.read() as connection:
            blocks = connection.exec_driver_sql("SELECT first, last, next, state FROM number_block ORDER BY first")
            assert [tuple(row) for row in blocks] == [(38, 1_037, 1_038, "used_up"), (1_038, 2_037, 1_040, "active")]
        report = number_report.report(counter, "KT1")
        assert (report["issued"], report["unused"], report["unexplained"]) == (1_002, 998, 0)
        assert not status.counter_status(counter).numbers_low, "there is always a next block"


def test_the_last_number_of_a_series(tmp_path: Path) -> None:
    home = homes.make(tmp_path / "home", first_run=999_998)
    with homes.opened(home) as counter:
        assert taken(counter, 2) == [999_998, 999_999]
        with pytest.raises(Refused) as caught:
            taken(counter)
        assert caught.value.code == "series_full"
        assert number_report.report(counter)["unexplained"] == 0
    assert command.run(home, "verify").code == 0


@pytest.fixture
def enrolled(counter: Counter) -> Counter:
    """The office has a central server now: it gets its numbers from there."""
    with counter.store.write("test") as work:
        work.run("INSERT INTO meta (key, value) VALUES ('server_url', 'https://oss.example.go.th')")
        work.run("UPDATE number_block SET last = 20")
    counter.reload()
    return counter


def test_an_enrolled_office_warns_early_and_then_refuses(enrolled: Counter, actor: Actor) -> None:
    taken(enrolled, 16)
    assert (status.counter_status(enrolled).numbers_left, status.counter_status(enrolled).numbers_low) == (4, False)
    taken(enrolled, 1)
    assert (status.counter_status(enrolled).numbers_left, status.counter_status(enrolled).numbers_low) == (3, True)
    taken(enrolled, 3)
    before = cases.recent(enrolled, 100)
    with pytest.raises(Refused) as caught:
        cases.enter(enrolled, actor, registration_json.from_json("petition", petition()))
    assert caught.value.code == "numbers_used_up"
    assert "รับเลขชุดใหม่" in caught.value.hint
    assert cases.recent(enrolled, 100) == before
    assert status.counter_status(enrolled).numbers_left == 0
    assert number_report.report(enrolled)["unexplained"] == 0


def test_a_block_that_arrives_is_used_after_the_one_in_hand(enrolled: Counter) -> None:
    with enrolled.store.write("sync") as work:
        for _ in range(2):  # the same lease told twice
            numbers.add_block(work, "block-5000", "KT1", 5_000, 5_002)
    assert taken(enrolled, 22)[-3:] == [20, 5_000, 5_001]
    assert number_report.report(enrolled)["unused"] == 1


def test_a_returned_block_is_accounted_for(enrolled: Counter) -> None:
    taken(enrolled, 5)
    with enrolled.store.write("test") as work:
        work.run("UPDATE number_block SET state = 'returned'")
    report = number_report.report(enrolled)
    assert (report["issued"], report["returned"], report["unused"], report["unexplained"]) == (5, 15, 0, 0)


def test_a_voided_number_is_explained_and_never_given_again(counter: Counter) -> None:
    taken(counter, 2)
    with counter.store.write("test") as work:
        run = numbers.take(work, "KT1", True)
        numbers.void(work, "KT1", run, "พิมพ์ผิดแบบ")
    assert taken(counter) == [4]
    report = number_report.report(counter)
    assert (report["issued"], report["voided"], report["unexplained"], report["duplicates"]) == (3, 1, 0, 0)
    with counter.store.write("test") as work:
        numbers.void(work, "KT1", 2, "ออกไปแล้ว")
    assert number_report.report(counter)["duplicates"] == 1, "issued and voided at once"


def test_a_number_outside_every_block_is_unexplained(counter: Counter) -> None:
    taken(counter, 2)
    with counter.store.write("test") as work:
        work.run("UPDATE cases SET run = 9000 WHERE run = 2")
    assert number_report.report(counter)["unexplained"] == 2, "one that nobody leased, and a gap where it should be"


def test_series_are_told_apart(counter: Counter) -> None:
    taken(counter, 2)
    with counter.store.write("test") as work:
        numbers.lease_to_self(work, "KT2")
        numbers.take(work, "KT2", True)
    report = number_report.report(counter)
    assert (report["series"], [row["issued"] for row in report["by_series"]]) == ("KT1, KT2", [2, 0])
    assert report["unexplained"] == number_report.report(counter, "KT2")["unexplained"] == 1
    with counter.store.read() as connection:
        assert numbers.left(connection, "KT9") == (0, True)
