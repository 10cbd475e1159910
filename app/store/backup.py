"""Copies of a live database: by the backup API, never as a file; a copy is encrypted under the same key."""

from pathlib import Path

from sqlalchemy.engine import Engine
from sqlcipher3 import dbapi2 as sqlcipher

from app.domain.errors import Unavailable
from app.store.files import replace

PAGES_A_STEP = 500


def copy_online(engine: Engine, target: Path, key: bytes) -> None:
    """Copy the whole database to `target` while it is in use; a half copy never bears the target's name."""
    temporary = target.with_name(target.name + ".new")
    temporary.unlink(missing_ok=True)
    try:
        copy = sqlcipher.connect(str(temporary))
        try:
            copy.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
            with engine.connect() as connection:
                source = connection.connection.driver_connection
                assert source is not None
                source.backup(copy, pages=PAGES_A_STEP)
            if copy.execute("PRAGMA quick_check").fetchone()[0] != "ok":
                raise sqlcipher.DatabaseError("copy does not pass its check")
        finally:
            copy.close()
        replace(temporary, target)
    except (OSError, sqlcipher.Error) as error:
        temporary.unlink(missing_ok=True)
        raise Unavailable("backup_failed", "สำรองข้อมูลไม่สำเร็จ", "ตรวจพื้นที่และสิทธิ์เขียนของที่เก็บไฟล์สำรอง แล้วลองใหม่") from error
