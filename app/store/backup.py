"""Copies of a live database: by the backup API, never as a file; a copy is encrypted under the same key."""

import contextlib
import os
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy.engine import Engine
from sqlcipher3 import dbapi2 as sqlcipher

from app.domain.errors import CounterError, Unavailable
from app.store.engine import translated, unlock
from app.store.files import forget_database, replace


def copy_online(engine: Engine, target: Path, key: bytes) -> None:
    """Copy the whole database to `target` while it is in use; a half copy never bears the target's name, and a folder
    that is missing is made."""
    with engine.connect() as connection:
        source = connection.connection.driver_connection
        assert source is not None
        copy_from(source, target, key)


def copy_from(source: Any, target: Path, key: bytes) -> None:
    """The same from a connection of the driver. One step copies everything: a copy in steps would begin anew with
    each registration between them, and never end at a busy counter. Writers are not held up by it."""
    temporary = target.with_name(f"{target.name}.{os.getpid()}.new")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        forget_database(temporary)
        copy = sqlcipher.connect(str(temporary))
        try:
            unlock(copy, key)
            source.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
            if copy.execute("PRAGMA quick_check").fetchone()[0] != "ok":
                raise sqlcipher.DatabaseError("malformed: the copy does not pass its check")
        finally:
            copy.close()
        replace(temporary, target)
    except (OSError, sqlcipher.Error) as error:
        with contextlib.suppress(OSError):
            forget_database(temporary)
        fault = translated(error)
        if isinstance(fault, CounterError) and fault.code in ("database_damaged", "database_key"):
            raise Unavailable(
                "database_damaged", "ไฟล์ฐานข้อมูลเสียหาย จึงสำรองไม่ได้", "หยุดใช้งานเครื่องนี้ แล้วกู้คืนจากไฟล์สำรองล่าสุด"
            ) from None
        raise Unavailable("backup_failed", "สำรองข้อมูลไม่สำเร็จ", "ตรวจพื้นที่และสิทธิ์เขียนของที่เก็บไฟล์สำรอง แล้วลองใหม่") from error


def open_backup(path: Path, key: bytes) -> Any:
    """A connection of the driver to a file that nobody writes. It leaves no trace beside the file, which may lie on a
    medium that cannot be written. One with a write-ahead log is a live database: that is read together with its log.
    """
    live = path.with_name(f"{path.name}-wal").exists()
    options = "mode=rw" if live else "mode=ro&immutable=1"
    connection = sqlcipher.connect(f"file:{quote(path.as_posix())}?{options}", uri=True)
    unlock(connection, key)
    return connection
