"""The server's tables on both databases: made by migrations, whole, once, and the same as the program says they are."""

import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, event, inspect, select
from sync_support import OFFICE_CODE, new_office

from app.domain.errors import Refused, Unavailable
from sync.server import admin, offices, schema, tables
from sync.server.allowances import Allowances
from sync.server.database import Database, insert_new
from sync.server.limits import Guesses, Level, Limiter
from sync.server.partitions import PARTITIONS, is_partition
from tests.support.postgresql import Cluster

BEFORE = Path(__file__).parents[1] / "support" / "server_tables_before_migrations.sql"


def folder() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    return ScriptDirectory.from_config(config)


def test_the_newest_migration_is_the_one_the_program_names() -> None:
    assert folder().get_heads() == [schema.HEAD]
    assert {"", *(script.revision for script in folder().walk_revisions())} == schema.KNOWN


def differences(database: Database) -> list[Any]:
    def ours(_object: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
        return not (kind == "table" and name and (is_partition(name) or name == "alembic_version"))

    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": ours})
        return list(compare_metadata(context, tables.metadata))


def test_tables_and_migrations_say_the_same(server_database: str) -> None:
    with closing(Database(server_database)) as database:
        assert differences(database) == []


def test_every_table_of_an_office_lies_in_partitions_and_a_sync_touches_one(postgresql_url: str) -> None:
    shared = {"server_secret", "allowance"}
    with closing(Database(postgresql_url)) as database, database.read() as connection:
        names = inspect(connection).get_table_names()
        for table in set(tables.metadata.tables) - shared:
            assert sum(is_partition(name) and name.startswith(f"{table}_p") for name in names) == PARTITIONS, table
        plan = connection.exec_driver_sql("EXPLAIN SELECT * FROM log WHERE office = '04830203' AND office_seq > 5")
        assert sum("log_p" in row[0] and "Scan" in row[0] and "Bitmap Index" not in row[0] for row in plan) == 1
    for name, table in tables.metadata.tables.items():
        first = "code" if name == "office" else "office"
        keys = [table.primary_key.columns, *(each.columns for each in table.constraints if "uq_" in str(each.name))]
        assert name in shared or all(key[0].name == first for key in map(list, keys)), name


CATALOGUE = {
    "a table without a partition key": """
        SELECT relname FROM pg_class WHERE relkind = 'r' AND NOT relispartition""",
    "a partition key other than HASH (office)": """
        SELECT relname FROM pg_class JOIN pg_partitioned_table ON partrelid = pg_class.oid
        WHERE partstrat <> 'h' OR partnatts <> 1 OR partattrs[0] <> (
            SELECT attnum FROM pg_attribute WHERE attrelid = partrelid
            AND attname = CASE relname WHEN 'office' THEN 'code' ELSE 'office' END)""",
    "a unique key that reaches across offices": """
        SELECT pg_class.relname FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
        WHERE indisunique AND NOT EXISTS (
            SELECT FROM pg_attribute WHERE attrelid = indrelid AND attnum = ANY(indkey)
            AND attname = CASE WHEN pg_class.relname ~ '^office(_p[0-9]+)?$' THEN 'code' ELSE 'office' END)""",
    "a sequence that offices would share": "SELECT relname FROM pg_class WHERE relkind = 'S'",
    "a column that numbers itself": "SELECT attrelid::regclass::text FROM pg_attribute WHERE attidentity <> ''",
    "a foreign key or an exclusion": "SELECT conrelid::regclass::text FROM pg_constraint WHERE contype IN ('f', 'x')",
    "a trigger": "SELECT tgrelid::regclass::text FROM pg_trigger",
    "a rule, view or function": """
        SELECT relname FROM pg_class WHERE relkind IN ('v', 'm', 'f')
        UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace""",
}
"""What an engine that spreads tables over machines by their partition key cannot keep, or not cheaply."""


@pytest.mark.parametrize("what", CATALOGUE)
def test_the_catalogue_has_nothing_that_a_distributed_engine_cannot_do(postgresql_url: str, what: str) -> None:
    # small, the same for all offices, and kept whole on every machine (a reference table of Citus)
    reference = {"server_secret", "allowance", "alembic_version"}
    sql = f"SELECT DISTINCT name FROM ({CATALOGUE[what]}) AS found (name)"
    with closing(Database(postgresql_url)) as database, database.read() as connection:
        ours = set(
            connection.exec_driver_sql(
                "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
                " UNION SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
            ).scalars()
        )
        found = {row[0] for row in connection.exec_driver_sql(sql)} & ours
    assert len(ours) > PARTITIONS * 20
    assert found - reference == set()
    assert "partition" in what or found <= reference


def test_a_catalogue_with_what_offices_would_share_is_seen_to_have_it(cluster: Cluster) -> None:
    """Each of the questions finds what it asks for, where somebody has put it in."""
    put_in = """
        CREATE TABLE plain (id serial PRIMARY KEY, office text);
        CREATE TABLE other (office text, x int GENERATED ALWAYS AS IDENTITY) PARTITION BY HASH (x);
        ALTER TABLE plain ADD CONSTRAINT up FOREIGN KEY (id) REFERENCES plain (id);
        CREATE VIEW seen AS SELECT 1 AS one
    """
    with closing(Database(cluster.create("shared_things"))) as database, database.write() as connection:
        for statement in put_in.split(";"):
            connection.exec_driver_sql(statement)
        missed = [what for what, sql in CATALOGUE.items() if not connection.exec_driver_sql(sql).fetchall()]
    assert missed == []


def test_several_processes_make_the_tables_once(cluster: Cluster) -> None:
    url = cluster.create("raced")
    faults: list[BaseException] = []

    def open_it() -> None:
        try:
            Database(url).close()
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    with closing(Database(url)) as database:
        assert differences(database) == []


def objects(database: Database) -> list[Any]:
    """Every table and index."""
    sql = "SELECT type, name FROM sqlite_master ORDER BY 1, 2"
    if database.is_postgresql:
        sql = "SELECT relkind::text, relname FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1, 2"
    with database.read() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(sql)]


def test_a_migration_that_fails_leaves_nothing(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "ix_sms_office_tried_at" in statement:
            raise OSError("the disk is gone")

    for url in (f"sqlite:///{(tmp_path / 'half.db').as_posix()}", cluster.create("half")):
        with monkeypatch.context() as broken:
            event.listen(Engine, "before_cursor_execute", breaks)
            try:
                with pytest.raises(OSError, match="gone"):
                    Database(url)
            finally:
                event.remove(Engine, "before_cursor_execute", breaks)
            broken.setattr(Database, "_prepare", lambda self: None)
            with closing(Database(url)) as database:
                assert objects(database) == []
        with closing(Database(url)) as database:
            assert differences(database) == []


def test_a_database_from_before_migrations_is_taken_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{(tmp_path / 'server.db').as_posix()}"
    with monkeypatch.context() as before:
        before.setattr(Database, "_prepare", lambda self: None)
        with closing(Database(url)) as database, database.write() as connection:
            for statement in BEFORE.read_text("utf-8").splitlines()[1:]:
                connection.exec_driver_sql(statement)
            # the newest tables were missing in version 2
            connection.exec_driver_sql("DROP TABLE sms")
            connection.exec_driver_sql("INSERT INTO schema_version VALUES (2)")
            connection.exec_driver_sql(
                "INSERT INTO office VALUES (?, 'KT', 'เทศบาลเมืองทดสอบ', 7, 0, 1)", (OFFICE_CODE,)
            )
            connection.exec_driver_sql("INSERT INTO short_link VALUES ('ABC123', ?, x'00')", (OFFICE_CODE,))
    with closing(Database(url)) as database:
        assert differences(database) == []
        with database.read() as connection:
            assert connection.execute(select(tables.short_link)).fetchall() == [(OFFICE_CODE, "ABC123", b"\0")]
            assert connection.execute(select(tables.office.c.revision)).scalar() == 7
    Database(url).close()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_is_in_an_older_database_is_there_after_its_migrations(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAO_SERVER_KEY", "5a" * 32)
    url = f"sqlite:///{(tmp_path / 'server.db').as_posix()}"
    if kind == "postgresql":
        url = request.getfixturevalue("cluster").create("older")
    events = [(OFFICE_CODE, number, "store", number, bytes([number]) * 16) for number in range(1, 200)]
    with monkeypatch.context() as before:
        before.setattr(Database, "_prepare", lambda self: None)
        with closing(Database(url)) as database, database.write() as connection:
            config = Config()
            config.set_main_option("script_location", schema.MIGRATIONS.as_posix())
            config.attributes["connection"] = connection
            command.upgrade(config, "0006")
            connection.exec_driver_sql(
                f"INSERT INTO office VALUES ('{OFFICE_CODE}', 'KT', 'เทศบาลเมืองทดสอบ', 7, 199, 1)"
            )
            log = tables.log
            connection.execute(
                log.insert(),
                [
                    dict(zip(("office", "office_seq", "store_id", "seq", "id"), one, strict=True))
                    | {"record": one[4], "kind": "note_added", "at": 1, "by": "x", "payload": "{}", "received_at": 1}
                    for one in events
                ],
            )
    with closing(Database(url)) as database:
        assert differences(database) == []
        with database.read() as connection:
            found = connection.execute(
                select(*(log.c[name] for name in ("office", "office_seq", "store_id", "seq", "id"))).order_by(
                    log.c.office_seq
                )
            )
            assert [tuple(row) for row in found] == events
            assert tuple(connection.execute(select(tables.office)).one()) == (
                OFFICE_CODE, "KT", "เทศบาลเมืองทดสอบ", 7, 199, 1, "",
            )  # fmt: skip


def test_a_newer_database_is_refused_and_left_alone(server_database: str) -> None:
    with closing(Database(server_database)) as database, database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    try:
        with pytest.raises(Refused) as caught:
            Database(server_database)
        assert caught.value.code == "server_database_newer"
    finally:
        with pytest.MonkeyPatch.context() as unchecked:
            unchecked.setattr(Database, "_prepare", lambda self: None)
            with closing(Database(server_database)) as database, database.write() as connection:
                connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{schema.HEAD}'")


@pytest.mark.parametrize("url", ["mysql://lao@db/central", "postgresql+asyncpg://lao@db/central", "://"])
def test_a_database_of_another_make_is_refused(url: str) -> None:
    with pytest.raises(Refused) as caught:
        Database(url)
    assert caught.value.code == "server_database"


def test_a_database_that_does_not_answer_says_so_and_nothing_of_its_password(cluster: Cluster) -> None:
    with pytest.raises(Unavailable) as caught:
        Database(cluster.url("no_such_database").replace("lao@", "lao:open-sesame@"))
    assert caught.value.code == "server_database"
    assert "sesame" not in str(caught.value) + caught.value.hint + repr(caught.value.__cause__)


def test_a_fault_of_the_database_tells_nothing_of_the_row(server_database: str) -> None:
    new_office(server_database)
    with closing(Database(server_database)) as database:
        with pytest.raises(Exception) as caught, database.write() as connection:
            connection.execute(
                tables.office.insert().values(
                    code=OFFICE_CODE, letters="0812345678", name="0812345678", revision=1, last_seq=0, created_at=0
                )
            )
        assert "0812345678" not in str(caught.value)


def test_the_first_of_two_rows_of_one_key_stays(server_database: str) -> None:
    with closing(Database(server_database)) as database:
        with database.write() as connection:
            assert insert_new(connection, tables.server_secret, name="x", value=b"1")
        with database.write() as connection:
            assert not insert_new(connection, tables.server_secret, name="x", value=b"2")
            kept = select(tables.server_secret.c.value).where(tables.server_secret.c.name == "x")
            assert connection.execute(kept).scalar() == b"1"


def test_two_who_add_one_office_at_once_make_one(server_database: str) -> None:
    documents: list[Any] = []
    threads = [
        threading.Thread(target=lambda: documents.append(new_office(server_database)["revision"])) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(documents) == 4 and len(set(documents)) == 1
    assert [row["office"] for row in admin.list_offices(server_database)] == [OFFICE_CODE]


def test_limits_are_shared_by_processes_and_outlive_them(server_database: str) -> None:
    first, second = Database(server_database), Database(server_database)
    with closing(first), closing(second):
        here, there = Allowances(first), Allowances(second)
        wrong = [Guesses(shelf, "digits") for shelf in (here, there) for _ in range(3)]
        assert [guesses.admit("KT1", "198.51.100.1") is None for guesses in wrong] == [True] * 5 + [False]
        assert Guesses(there, "digits").admit("KT1", "203.0.113.9") is None, "others pass"
        limiters = [Limiter(shelf, "enrol", 8, 3600) for shelf in (here, there)]
        allowed: list[bool] = []
        threads = [
            threading.Thread(target=lambda each=each: allowed.extend(each.allow("x") for _ in range(8)))
            for each in limiters
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(allowed) == 8
        with first.read() as connection:
            kept = connection.execute(select(tables.allowance)).fetchall()
        assert kept
        assert not any(b"198.51" in row.key or b"KT1" in row.key for row in kept), "no address is kept"
        assert here.sweep() == 0
        assert here.sweep(now=max(row.forget_at for row in kept) + 1) == len(kept)


def test_a_level_that_is_taken_out_is_gone(server_database: str) -> None:
    with closing(Database(server_database)) as database:
        shelf = Allowances(database)
        with shelf.open(["a", "b"]) as levels:
            levels |= {"a": Level(1, 2, 3), "b": Level(4, 5, 6)}
        with shelf.open(["a", "b"]) as levels:
            assert levels == {"a": Level(1, 2, 3), "b": Level(4, 5, 6)}
            del levels["a"]
        with shelf.open(["a", "b"]) as levels:
            assert levels == {"b": Level(4, 5, 6)}


def test_the_lock_of_an_office_holds_only_that_office(postgresql_url: str) -> None:
    for code in (OFFICE_CODE, "04830299"):
        new_office(postgresql_url, code=code)
    with closing(Database(postgresql_url)) as database:
        with database.write() as holder:
            offices.lock(holder, OFFICE_CODE)
            with database.write() as other:
                other.exec_driver_sql("SET LOCAL lock_timeout TO '50ms'")
                assert offices.lock(other, "04830299").last_seq == 0
            with pytest.raises(Unavailable) as caught, database.write() as third:
                third.exec_driver_sql("SET LOCAL lock_timeout TO '50ms'")
                offices.lock(third, OFFICE_CODE)
        assert caught.value.code == "server_busy"
