"""bench server on a few counters: its figures, a reader that misses nothing, and no measuring on a register in use."""

from pathlib import Path

import pytest
from sync_support import new_office

from app.cli.benchmarks import server
from app.domain.errors import Refused


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"OFFICES": 2, "COUNTERS": 4, "ONES": 8, "KINDS": 20, "LEAST_HISTORY": 20}.items():
        monkeypatch.setattr(server, name, value)


def test_a_server_is_measured(tmp_path: Path) -> None:
    told = server.measure(80)
    assert told["ours"] > 0 and told["database"] == "sqlite" and told["n"] == 80
    assert told["at_once"]["reader_skipped"] == 0
    assert told["at_once"]["p99_ms"] >= told["at_once"]["median_ms"] > 0
    assert told["paced"]["reader_skipped"] == 0 and told["paced"]["p99_ms"] >= told["paced"]["median_ms"] > 0
    assert told["history"]["petitions"] == [20, 200] and told["history"]["ratio"] > 0
    assert told["at_once"]["disk_bytes_each"] > 0
    assert told["nothing_new"]["per_second"] > 0 and told["one_by_one"]["per_second"] > 0


def test_a_database_in_use_is_not_measured_on(tmp_path: Path) -> None:
    url = f"sqlite:///{(tmp_path / 'server.db').as_posix()}"
    new_office(url)
    with pytest.raises(Refused) as caught:
        server.measure(80, url)
    assert caught.value.code == "bench_database_used"
