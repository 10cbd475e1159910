"""Cards and readers coming and going, noticed live through the real pcscd."""

import logging
import threading
import time
from collections.abc import Iterator

import pytest

from app.intake.card import monitor as monitor_module
from app.intake.card import selection
from app.intake.card.monitor import CardEvent, CardMonitor
from tests.support import pcscd as daemon_support
from tests.support.pcscd import READERS, Pcscd, until
from tests.support.virtual_card import Chip, VirtualCard

IN_FIRST, OUT_OF_FIRST = CardEvent("card_inserted", READERS[0]), CardEvent("card_removed", READERS[0])


@pytest.fixture(scope="module")
def pcscd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pcscd]:
    yield from daemon_support.running(tmp_path_factory.mktemp("pcscd"))


class Watched:
    """A monitor and what it has told."""

    def __init__(self) -> None:
        self.events: list[CardEvent] = []
        self.monitor = CardMonitor(self.events.append, retry_seconds=0.1)

    def __enter__(self) -> "Watched":
        self.monitor.start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self.monitor.stop()

    def cards(self) -> list[CardEvent]:
        return [event for event in self.events if event.kind.startswith("card")]

    def wait_for(self, *events: CardEvent) -> None:
        until(lambda: self.cards() == list(events), f"{events}, not {self.cards()}")


def test_it_tells_of_cards_in_every_reader(pcscd):
    with Watched() as watched:
        until(lambda: len(watched.events) == 2, "both readers are told")
        assert watched.events == [CardEvent("reader_added", name) for name in READERS]
        assert watched.monitor.problem is None
        with pcscd.card(Chip()):
            watched.wait_for(IN_FIRST)
        watched.wait_for(IN_FIRST, OUT_OF_FIRST)
        with pcscd.card(Chip(), slot=1):
            watched.wait_for(IN_FIRST, OUT_OF_FIRST, CardEvent("card_inserted", READERS[1]))


def test_a_card_that_was_there_before(pcscd):
    with pcscd.card(Chip()), Watched() as watched:
        watched.wait_for(IN_FIRST)


def test_a_card_is_announced_by_the_service_and_can_be_read_at_once(pcscd, monkeypatch):
    """By pcscd's own news: a monitor that looked by itself would not have looked yet."""
    monkeypatch.setattr(monitor_module, "_LOOK_SECONDS", 100.0)
    holders, told, done = [], [], threading.Event()

    def read(event: CardEvent) -> None:
        told.append(event)
        if event.kind == "card_inserted":
            reader = threading.Thread(target=lambda: (holders.append(selection.read_card(event.reader)), done.set()))
            reader.start()

    monitor = CardMonitor(read)
    monitor.start()
    until(lambda: len(told) == 2, "both readers are told")
    card = VirtualCard(Chip(), pcscd.port)
    try:
        card.insert()
        assert done.wait(60)
        assert holders[0].holder.first_name == "ศิริวรรณ"
        assert holders[0].reader == READERS[0]
    finally:
        card.remove()
        assert monitor.stop()
    until(lambda: not daemon_support.is_filled(READERS[0]), "the slot is empty")


def test_reading_a_card_is_no_event(pcscd):
    with pcscd.card(Chip()), Watched() as watched:
        watched.wait_for(IN_FIRST)
        for _ in range(3):
            selection.read_card(photo=False)
        time.sleep(0.5)
        assert watched.cards() == [IN_FIRST]


def test_a_card_is_told_again_when_it_comes_back(pcscd):
    with Watched() as watched:
        for times in (1, 2):
            with pcscd.card(Chip()):
                watched.wait_for(*[IN_FIRST, OUT_OF_FIRST] * (times - 1), IN_FIRST)
            watched.wait_for(*[IN_FIRST, OUT_OF_FIRST] * times)


def test_it_survives_a_service_that_stops_and_starts_later(pcscd):
    pcscd.stop()
    try:
        with Watched() as watched:
            until(lambda: watched.monitor.problem is not None, "it knows that there is no service")
            assert watched.monitor.problem.code == "card_service"
            pcscd.start()
            with pcscd.card(Chip()):
                watched.wait_for(IN_FIRST)
                assert watched.monitor.problem is None
                pcscd.stop()
                watched.wait_for(IN_FIRST, OUT_OF_FIRST)
            until(lambda: watched.events[-1].kind == "reader_removed", "the readers have gone")
            pcscd.start()
            with pcscd.card(Chip()):
                watched.wait_for(IN_FIRST, OUT_OF_FIRST, IN_FIRST)
    finally:
        pcscd.stop()
        pcscd.start()


def test_a_listener_that_fails_does_not_end_it(pcscd, caplog):
    caplog.set_level(logging.DEBUG)
    kinds = []

    def fail(event: CardEvent) -> None:
        kinds.append(event.kind)
        raise ValueError("หมายเลข 3100400123456")

    monitor = CardMonitor(fail)
    monitor.start()
    with pcscd.card(Chip()):
        until(lambda: kinds[-1:] == ["card_inserted"], "it goes on")
    assert monitor.stop()
    assert "ValueError" in caplog.text
    assert "3100400123456" not in caplog.text


def test_it_stops_within_its_deadline_and_tells_nothing_afterwards(pcscd):
    with Watched() as watched:
        until(lambda: len(watched.events) == 2, "it waits for cards")
        assert watched.monitor.stop(deadline_seconds=60.0)
        with pcscd.card(Chip()):
            time.sleep(0.3)
        assert watched.cards() == []


def test_a_monitor_that_never_started_can_be_stopped():
    assert CardMonitor(lambda event: None).stop()
