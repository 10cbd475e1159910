"""The server's database: SQLCipher on one machine, PostgreSQL for a province; the same tables and statements.

Personal data never lie in an unencrypted file: a SQLite database is always encrypted. Its key is in the environment
(LAO_SERVER_KEY, 64 hexadecimal digits) or in a file beside it that only its owner may read.
"""

import os
import secrets
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event, insert, inspect, make_url, select, update
from sqlalchemy.engine import URL, Engine
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlcipher3 import dbapi2 as sqlcipher

from app.domain.errors import Refused, Unavailable
from sync.server import tables

KEY_VARIABLE = "LAO_SERVER_KEY"
KEY_BYTES = 32
BUSY_SECONDS = 30


class Database:
    """One central database. Thread-safe; writers of a SQLite file queue up inside the process."""

    def __init__(self, url: str) -> None:
        self.url = _url(url)
        self.engine = _sqlite(self.url) if self.url.get_backend_name() == "sqlite" else _other(self.url)
        self._writers: Any = threading.Lock() if self.engine.dialect.name == "sqlite" else nullcontext()
        self._prepare()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection inside one read transaction."""
        with _faults(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A connection inside one transaction that commits at the end, durably, or changes nothing."""
        with (
            _faults(),
            self._writers,
            self.engine.connect().execution_options(writes=True) as connection,
            connection.begin(),
        ):
            yield connection

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()

    def _prepare(self) -> None:
        with self.write() as connection:
            if not inspect(connection).has_table(tables.schema_version.name):
                tables.metadata.create_all(connection)
                connection.execute(insert(tables.schema_version).values(version=tables.SCHEMA_VERSION))
            version = connection.execute(select(tables.schema_version.c.version)).scalar_one()
            if version > tables.SCHEMA_VERSION:
                raise Refused(
                    "server_database_newer",
                    "ฐานข้อมูลของเครื่องแม่ข่ายนี้สร้างโดยโปรแกรมรุ่นอื่นที่ใหม่กว่า จึงยังไม่เปิด",
                    "ติดตั้งโปรแกรมเครื่องแม่ข่ายรุ่นล่าสุด แล้วเปิดใหม่",
                )
            if version < tables.SCHEMA_VERSION:
                # so far every version only added tables
                tables.metadata.create_all(connection)
                connection.execute(update(tables.schema_version).values(version=tables.SCHEMA_VERSION))


def _url(text: str) -> URL:
    """The URL; a plain path is a SQLite file."""
    return make_url(text if "://" in text else f"sqlite:///{Path(text).as_posix()}")


def _other(url: URL) -> Engine:
    return create_engine(url, hide_parameters=True)


def _sqlite(url: URL) -> Engine:
    if not url.database or url.database == ":memory:":
        raise Refused("server_database", "เครื่องแม่ข่ายต้องมีไฟล์ฐานข้อมูล", "ระบุ --database sqlite:///ที่อยู่/server.db")
    path = Path(url.database)
    path.parent.mkdir(parents=True, exist_ok=True)
    key = server_key(path)
    engine = create_engine(
        url,
        module=sqlcipher,
        hide_parameters=True,
        connect_args={"check_same_thread": False, "timeout": BUSY_SECONDS},
        pool_size=8,
        max_overflow=32,
    )

    @event.listens_for(engine, "connect", insert=True)
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def server_key(path: Path) -> bytes:
    """The raw key of the SQLite file at `path`; made once, together with a new database, never for an existing one."""
    given = os.environ.get(KEY_VARIABLE, "")
    if given:
        return _hex(given, f"ตัวแปร {KEY_VARIABLE}")
    key_file = path.with_name(path.name + ".key")
    if not key_file.exists():
        if path.exists() and path.stat().st_size:
            raise Unavailable(
                "server_key_missing",
                "ไม่พบกุญแจของฐานข้อมูลเครื่องแม่ข่าย",
                f"คัดลอกไฟล์ {key_file.name} ที่สำรองไว้กลับมาไว้ข้างฐานข้อมูล หรือกำหนดตัวแปร {KEY_VARIABLE}",
            )
        _write_key(key_file)
    return _hex(_read_key(key_file), f"ไฟล์ {key_file.name}")


def _write_key(key_file: Path) -> None:
    try:
        handle = os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR)
    except FileExistsError:
        return
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())


def _read_key(key_file: Path) -> str:
    """The text; waits for another process that is just writing it."""
    for _ in range(20):
        text = key_file.read_text("ascii").strip()
        if text:
            return text
        time.sleep(0.05)
    return ""


def _hex(text: str, where: str) -> bytes:
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise Refused("server_key", f"{where} ต้องเป็นเลขฐานสิบหก 64 ตัว", "ใช้กุญแจเดิมที่สำรองไว้")
    return key


@contextmanager
def _faults() -> Iterator[None]:
    """Translate what disk and key did; statement and parameters never get into the error: they hold personal data."""
    try:
        yield
    except DatabaseError as error:
        raise _translated(error) from None


def _translated(error: DatabaseError) -> Exception:
    reason = str(error.orig).lower()
    if "not a database" in reason or "hmac check" in reason:
        return Unavailable(
            "server_database_key", "เปิดฐานข้อมูลของเครื่องแม่ข่ายไม่ได้ กุญแจไม่ตรงหรือไฟล์เสียหาย", "ใช้ไฟล์กุญแจที่สำรองไว้คู่กับฐานข้อมูลนี้"
        )
    if "full" in reason:
        return Unavailable(
            "server_disk_full", "พื้นที่ดิสก์ของเครื่องแม่ข่ายเต็ม", "เพิ่มพื้นที่ดิสก์ของเครื่องแม่ข่าย เครื่องที่เคาน์เตอร์จะส่งใหม่เอง"
        )
    if "locked" in reason or "busy" in reason:
        return Unavailable("server_busy", "เครื่องแม่ข่ายกำลังยุ่ง", "รอสักครู่ โปรแกรมจะส่งใหม่เอง")
    if not isinstance(error, OperationalError):
        return error
    return Unavailable(
        "server_database", "ฐานข้อมูลของเครื่องแม่ข่ายขัดข้อง", f"แจ้งผู้ดูแลเครื่องแม่ข่าย ({type(error.orig).__name__})"
    )
