"""Homes of a made-up office: set up once, copied for every test, opened with a clock that tests may move."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app import bootstrap
from app.cli.benchmarks.office import OFFICE, PASSPHRASE, PASSWORD, USERNAME
from app.domain.clock import Clock, SystemClock
from app.services import offices, setup, staff
from app.services.counter import Counter
from app.services.model import Actor
from tests.support import hashes, kept

__all__ = ["OFFICE", "PASSPHRASE", "PASSWORD", "USERNAME", "HandClock", "copied", "make", "opened", "signed_in"]


class HandClock:
    """A clock that stands until it is moved; the one thing that tests replace."""

    def __init__(self, at: datetime | None = None) -> None:
        self.at = at or datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
        self.on = 600.0

    def now(self) -> datetime:
        return self.at

    def running(self) -> float:
        return self.on

    def forward(self, **amount: float) -> None:
        """Time goes by; a negative amount sets the clock back and nothing else."""
        self.at += timedelta(**amount)
        self.on += max(0.0, timedelta(**amount).total_seconds())


def make(home: Path, clock: Clock | None = None, **settings: Any) -> Path:
    """Set up an office of its own; `settings` change single keys of its OFFICE.toml.

    Key file and password name the price of their own hash: here it is a small one, so that hundreds of commands are
    quick. `init` with the real price has tests of its own.
    """
    with hashes.cheap(), kept.tables():
        setup.set_up(
            home,
            offices.check_office({**OFFICE, **settings}),
            bootstrap.built_in_services(),
            setup.Administrator(USERNAME, PASSWORD, "ผู้ดูแล ทดสอบ"),
            clock or SystemClock(),
            PASSPHRASE,
        )
    return home


def copied(template: Path, target: Path) -> Path:
    """A closed home copied whole: much quicker than setting one up."""
    shutil.copytree(template, target)
    return target


@contextmanager
def opened(home: Path, clock: Clock | None = None) -> Iterator[Counter]:
    """The counter of a home, closed at the end."""
    counter = bootstrap.open_counter(home, PASSPHRASE, clock)
    try:
        yield counter
    finally:
        counter.close()


def signed_in(counter: Counter) -> Actor:
    """The administrator."""
    return staff.sign_in(counter, USERNAME, PASSWORD)
