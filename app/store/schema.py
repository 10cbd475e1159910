"""The way from a file to a usable store: refuse what is newer, save what is older, migrate whole, check.

Alembic is imported only when there is something to migrate: it costs more than opening the database.
"""

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.engine import Engine

from app.domain.errors import Refused, Unavailable
from app.store.backup import copy_online

HEAD = "0016"
"""The newest migration; tests/integration/test_migrations.py compares it with the folder."""
MIGRATIONS = Path(__file__).parent / "migrations"
KNOWN = frozenset({"", *(f"{number:04}" for number in range(1, 16)), HEAD})


def schema_version(connection: Connection) -> str:
    """The migration this file stands at; "" for an empty file."""
    found = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
    if not found:
        return ""
    row = connection.exec_driver_sql("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0]) if row else ""


def bring_up_to_date(
    engine: Engine, backups: Path, key: bytes, now: datetime | None = None, *, new: bool = False
) -> bool:
    """Migrate where needed; returns whether anything was migrated. Nothing is changed when it fails.

    new: the file is to become a store; without it an empty one is what was left of a store.
    """
    with engine.connect() as connection:
        version = schema_version(connection)
    if version == HEAD:
        return False
    if not version and not new:
        raise _damaged()
    if version not in KNOWN:
        raise Refused(
            "database_newer",
            "ฐานข้อมูลนี้สร้างโดยโปรแกรมรุ่นใหม่กว่า จึงยังไม่เปิดเพื่อไม่ให้ข้อมูลเสียหาย",
            "ติดตั้งโปรแกรมรุ่นล่าสุด แล้วเปิดใหม่",
        )
    if version:
        stamp = (now or datetime.now(UTC)).strftime("%Y%m%dT%H%M%SZ")
        copy_online(engine, backups / f"before-{HEAD}-{stamp}.db", key)
    _upgrade(engine)
    return True


def _upgrade(engine: Engine) -> None:
    from alembic import command
    from alembic.config import Config

    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        config = Config()
        config.set_main_option("script_location", MIGRATIONS.as_posix().replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        check_integrity(connection)


def check_integrity(connection: Connection) -> None:
    """Raise Unavailable "database_damaged" unless SQLite and SQLCipher find every page and key right."""
    problems = [row[0] for row in connection.execute(text("PRAGMA quick_check")) if row[0] != "ok"]
    problems += [str(row) for row in connection.execute(text("PRAGMA foreign_key_check"))]
    if problems:
        raise _damaged()


def _damaged() -> Unavailable:
    return Unavailable("database_damaged", "ฐานข้อมูลไม่ผ่านการตรวจสอบความสมบูรณ์", "หยุดใช้งานเครื่องนี้ แล้วกู้คืนจากไฟล์สำรองล่าสุด")
