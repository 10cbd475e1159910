"""The way from an empty or older database to the tables of this program: whole or not at all, and by one process only.

Several processes may start at once: on PostgreSQL the first takes an advisory lock and the others find the work done;
a SQLite file has one writer anyway. Alembic is imported only when there is something to migrate.
"""

from pathlib import Path

from sqlalchemy import Connection, inspect

from app.domain.errors import Refused

HEAD = "0010"
"""The newest migration; tests/integration/test_server_database.py compares it with the folder."""
MIGRATIONS = Path(__file__).parent / "migrations"
KNOWN = frozenset({"", "0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", HEAD})
LOCK = 0x1A0_C0DE
"""Key of the advisory lock."""


def version_of(connection: Connection) -> str:
    """The migration that this database stands at; "" for an empty one, and for one from before there were any."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() or "")


def bring_up_to_date(connection: Connection) -> None:
    """Migrate inside the connection's transaction, where needed. Refused "server_database_newer"."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
    version = version_of(connection)
    if version == HEAD:
        return
    if version not in KNOWN:
        raise Refused(
            "server_database_newer",
            "ฐานข้อมูลของเครื่องแม่ข่ายนี้สร้างโดยโปรแกรมรุ่นอื่นที่ใหม่กว่า จึงยังไม่เปิด",
            "ติดตั้งโปรแกรมเครื่องแม่ข่ายรุ่นล่าสุด แล้วเปิดใหม่",
        )
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", MIGRATIONS.as_posix().replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
