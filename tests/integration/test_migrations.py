"""The way from one version of the tables to the next: whole or not at all, with data in it, and with a copy before."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command as alembic
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from app.services.setup import DATABASE
from app.store import schema, tables
from app.store.engine import open_engine
from app.store.keys import load_key
from tests.integration.support import books, command, homes
from tests.integration.support.petitions import lines, many

REGISTER = ("register", "petition", "-", "--lines", "--no-print", "--json")


def folder() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    return ScriptDirectory.from_config(config)


def revisions() -> list[str]:
    """Every migration, the first one first."""
    return [script.revision for script in folder().walk_revisions()][::-1]


def virtual(connection: Any) -> tuple[str, ...]:
    """Full-text indexes: they and the shadow tables that SQLite keeps for them are no tables of ours."""
    found = connection.execute(text("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%'"))
    return tuple(found.scalars())


def test_the_newest_migration_is_the_one_the_program_names() -> None:
    assert folder().get_heads() == [schema.HEAD]
    assert {"", *revisions()} == schema.KNOWN


def test_tables_and_migrations_say_the_same(home: Path) -> None:
    with homes.opened(home) as counter, counter.store.engine.connect() as connection:
        hidden = virtual(connection)

        def ours(_object: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
            return not (
                kind == "table" and name and name.startswith(tuple(hidden)) and name not in tables.metadata.tables
            )

        context = MigrationContext.configure(
            connection,
            opts={"compare_type": True, "include_object": ours},
        )
        assert compare_metadata(context, tables.metadata) == []
        assert hidden
        for table in tables.metadata.sorted_tables:
            found = connection.exec_driver_sql(f"PRAGMA table_info({table.name})").fetchall()
            assert {row[1]: str(row[4]).strip("'") for row in found} == {
                column.name: str(getattr(column.server_default, "arg", None)) for column in table.columns
            }


@pytest.fixture
def filled(home: Path) -> Path:
    """A home with twenty petitions, closed."""
    assert command.run(home, *REGISTER, stdin=lines(many(12, 20))).code == 0
    return home


def everything(home: Path) -> dict[str, list[Any]]:
    """Every object and every row of a database, also those of the full-text index."""
    with books.raw(home) as connection:
        master = sorted(connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall(), key=str)
        names = [row[1] for row in master if row[0] == "table" and "VIRTUAL" not in row[3]]
        rows = {name: sorted(connection.execute(f"SELECT * FROM {name}").fetchall(), key=str) for name in names}
    return {"sqlite_master": master, **rows}


STATEMENTS = (
    "CREATE TABLE visitor (id INTEGER PRIMARY KEY, name TEXT NOT NULL)",
    "INSERT INTO visitor (name) SELECT name FROM cases",
    "ALTER TABLE cases ADD COLUMN urgency INTEGER NOT NULL DEFAULT 0",
    "UPDATE cases SET urgency = 1, subject = upper(subject)",
    "CREATE INDEX ix_cases_urgency ON cases (urgency)",
    "DELETE FROM draft",
    "DROP INDEX ix_cases_person",
    "UPDATE meta SET value = 'changed'",
)
SCRIPT = """
import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{down}"


def upgrade():
    for sql in {statements!r}:
        op.execute(sql)
"""


@pytest.fixture
def next_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Makes the program one version newer: its next migration runs these statements."""

    def prepare(*statements: str) -> None:
        copied = tmp_path / "migrations"
        shutil.rmtree(copied, ignore_errors=True)
        shutil.copytree(schema_folder, copied, ignore=shutil.ignore_patterns("__pycache__"))
        content = SCRIPT.format(revision="next", down=head, statements=list(statements))
        (copied / "versions" / "next.py").write_text(content, "utf-8")
        monkeypatch.setattr(schema, "MIGRATIONS", copied)
        monkeypatch.setattr(schema, "HEAD", "next")
        monkeypatch.setattr(schema, "KNOWN", schema.KNOWN | {"next"})

    schema_folder, head = schema.MIGRATIONS, schema.HEAD
    yield prepare
    monkeypatch.undo()


@pytest.mark.parametrize("good", range(len(STATEMENTS)))
def test_a_migration_that_fails_at_any_statement_changes_nothing(filled: Path, next_version: Any, good: int) -> None:
    before = everything(filled)
    next_version(*STATEMENTS[:good], "SELECT no_such_function()")
    assert command.run(filled, "verify").code == 1
    assert everything(filled) == before
    [copy] = (filled / "backups").iterdir()
    assert copy.name.startswith("before-next-")


def test_after_a_failed_migration_the_old_program_still_works(
    filled: Path, next_version: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    next_version(*STATEMENTS, "SELECT no_such_function()")
    assert command.run(filled, "verify").code == 1
    monkeypatch.undo()
    assert command.run(filled, "verify").code == 0
    assert command.run(filled, *REGISTER, stdin=lines(many(13, 1))).json["number"].endswith("000021")


def test_a_migration_leaves_what_is_in_the_register_and_a_copy_of_how_it_was(filled: Path, next_version: Any) -> None:
    before = everything(filled)
    next_version(*STATEMENTS[:3], "UPDATE cases SET urgency = 1")
    assert command.run(filled, "verify").code == 0
    after = everything(filled)
    assert [row[-1] for row in after["cases"]] == [1] * 20
    assert [row[:-1] for row in after["cases"]] == before["cases"]
    assert after["event"] == before["event"]
    assert after["alembic_version"] == [("next",)]
    [copy] = (filled / "backups").iterdir()
    shutil.copy(copy, filled / "copy.db")
    with books.raw(filled, "copy.db") as connection:
        assert connection.execute("SELECT count(*) FROM cases").fetchone() == (20,)
        assert (
            connection.execute("SELECT version_num FROM alembic_version").fetchone() == (before["alembic_version"][0])
        )
    assert command.run(filled, "verify").code == 0, "and it runs once only"
    assert len(list((filled / "backups").iterdir())) == 1


def test_a_migration_whose_result_is_damaged_is_taken_back(filled: Path, next_version: Any) -> None:
    before = everything(filled)
    next_version("INSERT INTO print_job (case_row, document, printer, state, created_at, by, changed_at)"
                 " VALUES (999, 'slip', 'x', 'planned', 0, 'x', 0)")  # fmt: skip
    answer = command.run(filled, "verify", "--json")
    assert answer.code in (1, 4)
    assert everything(filled) == before


def test_no_migration_without_the_copy_before_it(filled: Path, next_version: Any) -> None:
    before = everything(filled)
    next_version(*STATEMENTS)
    (filled / "backups").write_text("a file in the way of the folder")
    answer = command.run(filled, "verify", "--json")
    assert (answer.code, answer.error["code"]) == (4, "backup_failed")
    assert everything(filled) == before


def stored_at(revision: str, source: Path, target: Path) -> Path:
    """The same register as an earlier program would have left it: its tables, and the rows that they can hold."""
    homes.copied(source, target)
    (target / DATABASE).rename(target / "now.db")
    engine = open_engine(target / DATABASE, load_key(target, homes.PASSPHRASE))
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        alembic.upgrade(config, revision)
    engine.dispose()
    with books.raw(target) as old:
        key = load_key(target, homes.PASSPHRASE).hex()
        old.execute(f"ATTACH DATABASE '{(target / 'now.db').as_posix()}' AS now KEY \"x'{key}'\"")
        for (name,) in old.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            if name.startswith(("search", "sqlite_", "alembic")) or name not in tables.metadata.tables:
                continue
            columns, now = ([f'"{row[1]}"' for row in old.execute(f"PRAGMA {base}.table_info({name})")]
                            for base in ("main", "now"))  # fmt: skip
            shared = ", ".join(column for column in columns if column in now)
            old.execute(f"INSERT INTO main.{name} ({shared}) SELECT {shared} FROM now.{name}")
        old.execute("DELETE FROM meta WHERE key = 'indexed_through'")
    (target / "now.db").unlink()
    return target


@pytest.mark.parametrize("revision", [revision for revision in revisions() if revision != schema.HEAD])
def test_a_register_of_an_earlier_program_is_brought_up_to_date(filled: Path, tmp_path: Path, revision: str) -> None:
    old = stored_at(revision, filled, tmp_path / "old")
    answer = command.run(old, "verify", "--json")
    assert (answer.code, answer.json["ok"]) == (0, True), answer.out
    for table in ("cases", "event", "audit", "number_block", "office", "staff"):
        with books.raw(old) as was, books.raw(filled) as now:
            sql = f"SELECT * FROM {table}"
            assert was.execute(sql).fetchall()[:20] == now.execute(sql).fetchall()[:20], table
    assert command.run(old, *REGISTER, stdin=lines(many(14, 3))).code == 0
    found = command.run(old, "find", "หมู่ที่", "--json").json
    assert len(found) == 23
