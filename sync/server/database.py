"""The server's database: SQLCipher for a small office, PostgreSQL for a province; the same tables and statements.

Personal data never lie in an unencrypted file: a SQLite database is always encrypted. Its key is in the environment
(LAO_SERVER_KEY, 64 hexadecimal digits) or in a file beside it that only its owner may read. The disk of a PostgreSQL is
encrypted by whoever runs it. Any number of processes may work on one PostgreSQL database.
"""

import os
import secrets
import stat
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, create_engine, event, insert, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, Engine
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlcipher3 import dbapi2 as sqlcipher

from app.domain.errors import Refused, Unavailable
from sync.server import schema
from sync.server.faults import RowFault
from sync.server.turns import Turns

KEY_VARIABLE = "LAO_SERVER_KEY"
KEY_BYTES = 32
BUSY_SECONDS = 30
CONNECTIONS = 10
"""To PostgreSQL, of one process."""
AT_ONCE = 6
"""Transactions of offices that one process has at work there; what is left of the connections is for the rest."""
SESSION = (
    "SET timezone TO 'UTC'",
    "SET lock_timeout TO '15s'",
    "SET statement_timeout TO '120s'",
    "SET idle_in_transaction_session_timeout TO '120s'",
    # what was acknowledged is on the disk, whatever the server's own settings say
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'",
)
SNAPSHOT = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
BUSY = frozenset({"40001", "40P01", "53300", "55P03", "57014"})
"""SQLSTATE of what may pass by itself: conflicts, deadlocks, too many connections, a lock or statement out of time."""


class Database:
    """One central database. Thread-safe; writers of a SQLite file queue up inside the process."""

    def __init__(self, url: str) -> None:
        self.url = _url(url)
        self.engine = _sqlite(self.url) if self.url.get_backend_name() == "sqlite" else _postgresql(self.url)
        self.is_postgresql = self.engine.dialect.name == "postgresql"
        self._turns = Turns(AT_ONCE if self.is_postgresql else 1, BUSY_SECONDS, _busy)
        self._snapshot = SNAPSHOT if self.is_postgresql else {}
        try:
            self._prepare()
        except BaseException:
            self.close()
            raise

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection inside one read transaction, which sees the database as it stood at one moment."""
        with (
            _faults(),
            self.engine.connect().execution_options(**self._snapshot) as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def write(self, *, durable: bool = True, office: str = "") -> Iterator[Connection]:
        """A connection inside one transaction that commits at the end, durably, or changes nothing.

        durable=False: a power cut may forget it, for what is worth nothing after one. office: whose lock will be taken;
        its transactions of this process then come one after the other, in the order in which they were asked for.
        """
        with (
            _faults(),
            self._turns.turn(office) if office or not self.is_postgresql else nullcontext(),
            self.engine.connect().execution_options(writes=True) as connection,
            connection.begin(),
        ):
            if not durable and self.is_postgresql:
                connection.exec_driver_sql("SET LOCAL synchronous_commit TO off")
            yield connection

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()

    def _prepare(self) -> None:
        with self.read() as connection:
            if schema.version_of(connection) == schema.HEAD:
                return
        with self.write() as connection:
            schema.bring_up_to_date(connection)


def insert_new(connection: Connection, table: Table, **values: Any) -> bool:
    """Insert the row unless its key is there already, also by a transaction that commits meanwhile; whether it did."""
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    entered = make(table).values(**values).on_conflict_do_nothing().returning(*table.primary_key.columns)
    return connection.execute(entered).first() is not None


def insert_all(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, at least one, which all name the same columns.

    For PostgreSQL that is one statement, prepared once, however many rows there are: each column comes as an array,
    in binary form, because JSON as text would be quoted once more.
    """
    if connection.dialect.name != "postgresql":
        connection.execute(insert(table), rows)
        return
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    connection.exec_driver_sql(_from_arrays(table, tuple(columns)), columns)


@lru_cache(maxsize=64)
def _from_arrays(table: Table, names: tuple[str, ...]) -> str:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    quoted = ", ".join(f'"{name}"' for name in names)
    arrays = ", ".join(f"%({name})b::{table.c[name].type.compile(dialect)}[]" for name in names)
    return f'INSERT INTO "{table.name}" ({quoted}) SELECT * FROM unnest({arrays})'


def _url(text: str) -> URL:
    """The URL; a plain path is a SQLite file. Refused "server_database" for one of a database that is not spoken to."""
    try:
        url = make_url(text if "://" in text else f"sqlite:///{Path(text).as_posix()}")
    except ArgumentError:
        raise _no_such_database() from None
    if url.drivername in ("postgresql", "postgres", "postgresql+psycopg"):
        return url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() != "sqlite":
        raise _no_such_database()
    return url


def _no_such_database() -> Refused:
    return Refused(
        "server_database",
        "ไม่รู้จักฐานข้อมูลตามที่อยู่นี้",
        "ใช้ sqlite:///ที่อยู่/server.db หรือ postgresql+psycopg://ผู้ใช้@เครื่อง/ชื่อฐานข้อมูล",
    )


def _postgresql(url: URL) -> Engine:
    try:
        import psycopg  # noqa: F401
    except ImportError:
        raise Unavailable(
            "server_database_driver",
            "โปรแกรมนี้ติดตั้งมาโดยไม่มีส่วนที่ใช้กับ PostgreSQL",
            "ติดตั้งใหม่ด้วย pip install lao-counter[server]",
        ) from None
    engine = create_engine(
        url,
        hide_parameters=True,
        connect_args={"connect_timeout": 10, "application_name": "lao-counter"},
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_timeout=BUSY_SECONDS,
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        with connection.cursor() as cursor:
            for statement in SESSION:
                cursor.execute(statement)
            encoding = cursor.execute("SHOW server_encoding").fetchone()
        connection.commit()
        if encoding != ("UTF8",):
            raise Refused(
                "server_database_encoding", "ฐานข้อมูล PostgreSQL นี้ไม่ได้เก็บเป็น UTF8", "สร้างฐานข้อมูลใหม่ด้วย ENCODING UTF8"
            )

    return engine


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
    """Translate what disk, key and line did; statement and values never get into the error: they hold personal data."""
    try:
        yield
    except DBAPIError as error:
        raise _translated(error) from None
    except PoolTimeout:
        raise _busy() from None
    except OverflowError:
        raise _no_place("OverflowError") from None


def _translated(error: DBAPIError) -> Exception:
    reason, state = str(error.orig).lower(), getattr(error.orig, "sqlstate", None) or ""
    if "not a database" in reason or "hmac check" in reason:
        return Unavailable(
            "server_database_key", "เปิดฐานข้อมูลของเครื่องแม่ข่ายไม่ได้ กุญแจไม่ตรงหรือไฟล์เสียหาย", "ใช้ไฟล์กุญแจที่สำรองไว้คู่กับฐานข้อมูลนี้"
        )
    if state == "53100" or (not state and "disk is full" in reason):
        return Unavailable(
            "server_disk_full", "พื้นที่ดิสก์ของเครื่องแม่ข่ายเต็ม", "เพิ่มพื้นที่ดิสก์ของเครื่องแม่ข่าย เครื่องที่เคาน์เตอร์จะส่งใหม่เอง"
        )
    if state in BUSY or (not state and ("locked" in reason or "busy" in reason)):
        return _busy()
    if isinstance(error, IntegrityError | DataError):
        return _no_place(type(error.orig).__name__)
    if isinstance(error.orig, sqlcipher.Error) and not isinstance(error, OperationalError):
        return error
    kind = f"{type(error.orig).__name__} {state}".strip()
    return Unavailable("server_database", "ฐานข้อมูลของเครื่องแม่ข่ายขัดข้อง", f"แจ้งผู้ดูแลเครื่องแม่ข่าย ({kind})")


def _no_place(kind: str) -> RowFault:
    return RowFault("server_database", "ฐานข้อมูลของเครื่องแม่ข่ายขัดข้อง", f"แจ้งผู้ดูแลเครื่องแม่ข่าย ({kind})")


def _busy() -> Unavailable:
    return Unavailable("server_busy", "เครื่องแม่ข่ายกำลังยุ่ง", "รอสักครู่ โปรแกรมจะส่งใหม่เอง")
