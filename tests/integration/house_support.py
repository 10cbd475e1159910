"""An office's own server behind a central one, for tests that say themselves when it sends on."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sync.server import admin, app
from sync.server.database import Database
from sync.server.files.store import open_store
from sync.server.relay.link import Upstream
from sync.server.relay.loop import Relay
from tests.integration.server_databases import database_of
from tests.integration.sync_support import FAST, LIMITS, OFFICE_CODE, VERSION, Desk, Province, Proxy, server_rows

ON_EITHER = pytest.mark.parametrize("house", ["sqlite", "postgresql"], indirect=True)
"""What the central server runs on; the office's own runs on SQLite."""


class House(Province):
    """A central server with counters of its own, and the office's own server behind a line that can be cut.

    The relay's thread does not run: a test says when it sends on (`pass_on`), so that nothing is left to chance.
    """

    def __init__(self, folder: Path, database: str = "", *, joins: bool = True) -> None:
        super().__init__(folder, database)
        self.joins = joins

    def __enter__(self) -> "House":
        super().__enter__()
        self.line = self.stack.enter_context(Proxy(self.url))
        self.office = f"sqlite:///{(self.folder / 'office.db').as_posix()}"
        self.lan = ""
        if self.joins:
            self.lan = self.open_office(self.line.url)
        return self

    def open_office(self, upstream: str, name: str = "") -> str:
        """Start an office's own server; returns its address."""
        database = f"sqlite:///{(self.folder / f'{name}.db').as_posix()}" if name else self.office
        code, _ = admin.enrol_code(self.database, OFFICE_CODE, relay=True)
        return str(
            self.stack.enter_context(
                app.background(database, limits=LIMITS, upstream=Upstream(upstream, code, VERSION))
            )
        )

    def inside(self, name: str) -> Desk:
        """A counter behind the office's own server."""
        desk = self.desk(name, enrolled=False)
        self.join(desk)
        return desk

    def join(self, desk: Desk) -> None:
        desk.enrol(self.lan, self.office)

    def relay(self, database_url: str = "") -> Relay:
        database = Database(database_url or self.office)
        self.stack.callback(database.close)
        return Relay(database, open_store(database), **FAST)

    def pass_on(self) -> None:
        self.relay().sync()

    def at_the_office(self, sql: str) -> list[Any]:
        return server_rows(self.office, sql)

    def numbers_are_right(self) -> None:
        """Every number of the office accounted for, none twice, on both servers."""
        for database in (self.database, self.office):
            for row in admin.numbers_report(database, OFFICE_CODE):
                assert (row["unexplained"], row["duplicates"]) == (0, 0), (database, row)


@pytest.fixture
def by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """No thread of a relay runs."""
    monkeypatch.setattr("sync.server.relay.loop.RelayLoop.start", lambda self: None)
    monkeypatch.setattr("sync.server.relay.loop.RelayLoop.stop", lambda self: None)


@pytest.fixture
def house(request: pytest.FixtureRequest, tmp_path: Path, by_hand: None) -> Iterator[House]:
    with House(tmp_path, database_of(request)) as place:
        yield place


def all_equal(*desks: Desk) -> dict[str, str]:
    for _ in range(2):
        for desk in desks:
            desk.sync()
    states = [desk.states() for desk in desks]
    assert all(one == states[0] for one in states)
    order = "SELECT kind, hex(id) FROM event WHERE placed IS NOT NULL AND kind = 'status_changed' ORDER BY placed"
    timelines = []
    for desk in desks:
        with desk.store.read() as connection:
            timelines.append([tuple(row) for row in connection.exec_driver_sql(order)])
    assert all(one == timelines[0] for one in timelines), "everybody has the central server's order"
    return states[0]
