"""A telephone line, by its bytes and its connections: `bench sync --thin` is the long form with the clock."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli.benchmarks import thin
from app.domain.errors import Unavailable
from app.services import file_transfer
from sync.exchange import SyncResult
from sync.kept_line import KeptLine
from sync.server import app
from tests.integration.support import command
from tests.integration.support.fault_line import FaultLine
from tests.integration.sync_support import LIMITS, Province
from tests.integration.test_files_travel import attach, on_server, photo, work


@pytest.fixture
def province(tmp_path: Path) -> Iterator[Province]:
    with Province(tmp_path) as place:
        yield place


def test_a_file_that_is_cut_often_goes_once(province: Province) -> None:
    """Each cut costs what was on the way, and a question; the thread that sends it goes on as long as bytes come."""
    desk, file = province.desk(), photo(1_500_000)
    attach(desk, file)
    desk.sync()
    files = work(desk)
    with FaultLine(province.url) as line:
        desk.move_to(line.url)
        line.cut_after, line.rate = 400_000, 1_000_000
        moved = []
        for _ in range(10):
            before = files.moved
            try:
                files.send()
            except Unavailable:
                moved.append(files.moved - before)
        assert line.cuts >= 3
        # what came of a request that was cut is told at the next one, and is progress
        assert len(moved) > 1 and all(one > 300_000 for one in moved[1:])
        assert line.out <= 1.03 * len(file.content)
    with desk.store.read() as connection:
        assert file_transfer.waiting(connection).files == 0
    assert on_server(province, file.content) == file.content


def test_a_kept_connection_saves_a_round_trip_and_a_dead_one_costs_nothing(
    province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, kept = province.desk(), KeptLine()
    with FaultLine(province.url) as line:
        desk.move_to(line.url)
        desk.sync(kept=kept)
        desk.register()
        told = desk.sync(kept=kept)
        assert (told.pushed, told.requests, line.connections) == (1, 1, 1)
        # torn while nobody used it, and nobody noticed
        monkeypatch.setattr("urllib3.connectionpool.is_connection_dropped", lambda _connection: False)
        line.cut()
        desk.register(3)
        told = desk.sync(kept=kept)
        assert isinstance(told, SyncResult) and (told.pushed, told.pending, line.connections) == (3, 0, 2)
        # another address, another connection
        desk.move_to(province.url)
        desk.sync(kept=kept)
        assert line.connections == 2
        kept.close()
    assert province.rows("SELECT count(*), count(DISTINCT id) FROM log") == [(4, 4)]


def test_the_thin_line_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything arrives by way of the line and is counted; what the figures say of seconds means nothing here."""
    monkeypatch.setattr(thin, "_server", lambda database, _folder: app.background(database, limits=LIMITS))
    told = thin.measure(petitions=40, files=2, file_bytes=60_000, scale=2)
    assert {"ours", "limit", "ratio", "n"} <= set(told)
    sent, files = told["petitions"], told["files"]
    assert sent["n"] == 40 and 0 < sent["bytes_once"] <= sent["bytes"]
    assert files["n"] == 2 and files["bytes"] >= files["file_bytes"] == 120_000
    assert told["line"] == {"rate": 64_000, "round_trip": 0.3, "cut_every": 10}
    for scale in ("0.5", "nan"):
        assert command.run(tmp_path, "bench", "sync", "--thin", "--scale", scale).code == 3
