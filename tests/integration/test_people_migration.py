"""From the first tables to people: a database with years in it keeps everything, and its people can be found."""

from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy.engine import Engine

from app.domain.names import name_key
from app.domain.thai_date import to_thai_digits
from app.store import people_index, tables
from app.store.canonical import canonical_json
from app.store.engine import Store, open_engine
from app.store.migrations.versions import __path__ as versions
from app.store.schema import HEAD, MIGRATIONS, bring_up_to_date, schema_version
from tests.integration.support.homes import HandClock

KEY = bytes(range(32))
PEOPLE: list[dict[str, Any]] = [
    {"title": "นาย", "first_name": "กตัญญู", "last_name": "ปิ่นแก้ว", "citizen_id": "1999900000013", "phone": "0812345678"},
    {"title": "นาง", "first_name": "น้ําฝน", "last_name": "ณ อยุธยา"},
    {"title": "Mr.", "first_name": "John-Paul", "last_name": "O'Neil ๒", "phone": "076321500"},
]


CASE = (
    "row, id, series, run, number, service, service_version, status, registered_at, due_on, division, person, name,"
    " subject, total_satang, origin, external_number, document, search_text"
)


def first_tables(path: Path) -> Engine:
    """A database as version 0001 left it, with persons and a case."""
    engine = open_engine(path, KEY)
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        config = Config()
        config.set_main_option("script_location", MIGRATIONS.as_posix())
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for row, document in enumerate(PEOPLE, start=1):
            connection.exec_driver_sql(
                "INSERT INTO person (row, id, citizen_id_hash, document) VALUES (?, ?, ?, ?)",
                (row, bytes([row]) * 16, bytes(16) if row == 1 else None, canonical_json(document)),
            )
        connection.exec_driver_sql(
            "INSERT INTO cases (row, id, series, run, number, service, service_version, status, registered_at,"
            " division, person, name, subject, origin, document, search_text)"
            " VALUES (1, x'01', 'KT1', 1, 'KT1201169000001', 'petition', 1, 'new', 0, 'works', 1, 'ก', 'ข', 'o', '{}',"
            " 'ก')"
        )
        for sql in ("INSERT INTO search (rowid, tokens) VALUES (1, 'กกก')", "INSERT INTO meta VALUES ('a', 'b')"):
            connection.exec_driver_sql(sql)
    return engine


@pytest.fixture
def old(tmp_path: Path) -> Any:
    engine = first_tables(tmp_path / "counter.db")
    yield engine
    engine.dispose()


def test_an_old_database_is_saved_first_and_then_brought_up_to_date(old: Engine, tmp_path: Path) -> None:
    assert bring_up_to_date(old, tmp_path / "backups", KEY) is True
    assert bring_up_to_date(old, tmp_path / "backups", KEY) is False
    (backup,) = (tmp_path / "backups").iterdir()
    kept = open_engine(backup, KEY)
    with kept.connect() as connection:
        assert schema_version(connection) == "0001"
    kept.dispose()
    with old.connect() as connection:
        assert schema_version(connection) == HEAD


def test_nothing_of_the_old_rows_is_lost(old: Engine, tmp_path: Path) -> None:
    with old.connect() as connection:
        before = [
            connection.exec_driver_sql(sql).fetchall()
            for sql in (
                "SELECT row, id, citizen_id_hash, document FROM person",
                f"SELECT {CASE} FROM cases",
                "SELECT * FROM meta",
            )
        ]
    bring_up_to_date(old, tmp_path / "backups", KEY)
    with old.connect() as connection:
        after = [
            connection.exec_driver_sql(sql).fetchall()
            for sql in (
                "SELECT row, id, citizen_id_hash, document FROM person",
                f"SELECT {CASE} FROM cases",
                "SELECT * FROM meta",
            )
        ]
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall() == []
        assert connection.exec_driver_sql("SELECT rowid FROM search WHERE search MATCH 'กกก'").fetchall() == [(1,)]
    assert after == before


def test_people_get_what_they_are_found_by(old: Engine, tmp_path: Path) -> None:
    bring_up_to_date(old, tmp_path / "backups", KEY)
    with old.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT kind, name_key, phone_last4, merged_into FROM person ORDER BY row"
        ).fetchall()
    assert [tuple(row) for row in rows] == [
        ("thai", "กตัญญูปินแกว", "5678", None),
        ("unnumbered", "นำฝนณอยุธยา", "", None),
        ("unnumbered", "johnpauloneil2", "1500", None),
    ]
    assert [row[1] for row in rows] == [name_key(f"{one['first_name']}{one['last_name']}") for one in PEOPLE]


def test_old_people_are_found_before_and_after_the_index_reaches_them(old: Engine, tmp_path: Path) -> None:
    bring_up_to_date(old, tmp_path / "backups", KEY)
    store = Store(old, HandClock(), tmp_path / "counter.db")

    def found() -> list[int]:
        with store.read() as connection:
            return [row.row for row in people_index.find_rows(connection, ["ปินแกว"], 5, "p.row")]

    assert found() == [1]
    with store.write("test") as work:
        assert people_index.catch_up(work, 2) == 2
    assert found() == [1]
    with store.write("test") as work:
        assert people_index.catch_up(work) == 1
        assert people_index.catch_up(work) == 0
    assert found() == [1]
    store.close()


def test_many_people_are_filled_in_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = first_tables(tmp_path / "counter.db")
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        for row in range(10, 5_300):
            connection.exec_driver_sql(
                "INSERT INTO person (row, id, document) VALUES (?, x'00', ?)",
                (row, canonical_json({"first_name": f"คน{to_thai_digits(str(row))}", "last_name": "ที่"})),
            )
    bring_up_to_date(engine, tmp_path / "backups", KEY)
    with engine.connect() as connection:
        keys = connection.exec_driver_sql("SELECT row, name_key FROM person WHERE row >= 10").fetchall()
    engine.dispose()
    assert [tuple(key) for key in keys] == [(row, f"คน{row}ที") for row in range(10, 5_300)]


def test_head_is_the_newest_file_and_the_tables_are_those_of_the_program(old: Engine, tmp_path: Path) -> None:
    files = sorted(file.stem[:4] for folder in versions for file in Path(folder).glob("0*.py"))
    bring_up_to_date(old, tmp_path / "backups", KEY)
    with old.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": _ours})
        differences = compare_metadata(context, tables.metadata)
    assert files[-1] == HEAD
    assert differences == []


def _ours(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or not (name or "").startswith(("search", "person_search", "alembic"))
