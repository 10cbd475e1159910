"""The two kinds of database that the central server runs on, for tests that hold on both."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.server import tables
from sync.server.database import Database
from tests.support.postgresql import Cluster


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """One PostgreSQL for all tests."""
    if sys.platform == "win32":
        pytest.skip("PostgreSQL is started on Linux only")
    made = Cluster()
    try:
        made.start()
        yield made
        made.stop()
    finally:
        made.remove()


@pytest.fixture(scope="session")
def one_database(cluster: Cluster) -> str:
    """Made once: 16 partitions of every table take a second."""
    return cluster.create("central")


@pytest.fixture
def postgresql_url(one_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database with all tables and no row."""
    monkeypatch.setenv("LAO_SERVER_KEY", "5a" * 32)
    monkeypatch.setenv("LAO_SERVER_FILES", str(tmp_path / "server-files"))
    database = Database(one_database)
    with database.write() as connection:
        for table in tables.metadata.sorted_tables:
            connection.exec_driver_sql(f'DELETE FROM "{table.name}"')
    database.close()
    return one_database


BOTH = pytest.mark.parametrize("province", ["sqlite", "postgresql"], indirect=True)
"""On a test that takes a `province` made by `database_of`: it runs on either database."""


def database_of(request: pytest.FixtureRequest) -> str:
    """What a `province` marked with BOTH runs on; "" for SQLite."""
    on_postgresql = getattr(request, "param", "sqlite") == "postgresql"
    return str(request.getfixturevalue("postgresql_url")) if on_postgresql else ""


@pytest.fixture(params=["sqlite", "postgresql"])
def server_database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty server database; a test that takes it runs twice."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgresql_url"))
    return f"sqlite:///{(tmp_path / 'server.db').as_posix()}"
