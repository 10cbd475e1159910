"""The counter's database: one encrypted file, one writer at a time, readers beside it.

SQLCipher through SQLAlchemy, WAL, synchronous=FULL: what was committed is on the disk. BEGIN is ours (IMMEDIATE for
writers, DEFERRED for readers), so that DDL rolls back as well and two processes on one file queue up and do not fail.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, create_engine, event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DatabaseError
from sqlcipher3 import dbapi2 as sqlcipher

from app.domain.clock import Clock
from app.domain.errors import Unavailable
from app.store.unit_of_work import UnitOfWork

BUSY_TIMEOUT_MS = 10_000
# 2,000 pages = 8 MB between checkpoints: the two extra syncs of a checkpoint are shared by about 150 registrations.
WAL_CHECKPOINT_PAGES = 2_000
CACHE_KIB, WRITER_CACHE_KIB = 4_096, 16_384
"""Pages kept by each reading connection and by the writing one, which meets leaves of every index in a large store."""


def open_engine(path: Path, key: bytes) -> Engine:
    """An engine on the SQLCipher file at `path`; `key` is the raw 32-byte key: no derivation to wait for."""
    engine = create_engine(
        URL.create("sqlite+pysqlite", database=str(path)),
        module=sqlcipher,
        connect_args={"check_same_thread": False, "timeout": BUSY_TIMEOUT_MS / 1000},
        hide_parameters=True,
        pool_size=4,
        max_overflow=8,
    )

    @event.listens_for(engine, "connect", insert=True)
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        unlock(connection, key)
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute(f"PRAGMA wal_autocheckpoint = {WAL_CHECKPOINT_PAGES}")
        cursor.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        driver = connection.connection.driver_connection
        if driver is not None and not options.get("ours"):
            driver.execute("BEGIN IMMEDIATE" if options.get("writes") else "BEGIN")

    return engine


def unlock(connection: Any, key: bytes) -> None:
    """Give a new connection its key. SQLCipher's own log lines would mix with the JSON on stderr: they stay away."""
    connection.execute("PRAGMA cipher_log_level = NONE")
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")


PRIMARY_CODE = 0xFF
"""The last byte of SQLite's result code is the kind of fault, those before it say where it arose."""
# result codes (sqlite.org/rescode.html), else words of the message; code, title and hint for the clerk
FAULTS = (
    ((13,), ("full",),
     ("disk_full", "พื้นที่ดิสก์เต็ม ยังไม่ได้บันทึกรายการนี้", "ลบไฟล์ที่ไม่ใช้หรือเพิ่มพื้นที่ดิสก์ แล้วกดบันทึกอีกครั้ง")),
    ((26,), ("not a database", "hmac check failed"),
     ("database_key", "เปิดฐานข้อมูลไม่ได้ กุญแจไม่ตรงหรือไฟล์เสียหาย", "ตรวจรหัสผ่านกุญแจ หรือกู้คืนจากไฟล์สำรองล่าสุด")),
    ((5, 6), ("locked", "busy"),
     ("database_busy", "ฐานข้อมูลกำลังถูกใช้โดยโปรแกรมอื่น ยังไม่ได้บันทึก", "ปิดหน้าต่างอื่นของโปรแกรม รอสักครู่ แล้วลองใหม่")),
    ((11,), ("malformed", "could not decode"),
     ("database_damaged", "ไฟล์ฐานข้อมูลเสียหาย", "หยุดใช้งานเครื่องนี้ แล้วกู้คืนจากไฟล์สำรองล่าสุด")),
    ((8, 10, 14), ("readonly", "disk i/o", "unable to open"),
     ("disk_fault", "อ่านหรือเขียนดิสก์ไม่ได้ ยังไม่ได้บันทึกรายการนี้", "ตรวจว่าดิสก์ไม่ถูกถอดและเขียนได้ แล้วลองใหม่")),
)  # fmt: skip


@contextmanager
def disk_faults() -> Iterator[None]:
    """Translate what the disk or the key did into words for the clerk; nothing was changed."""
    try:
        yield
    except (DatabaseError, sqlcipher.DatabaseError) as error:
        raise translated(error) from None


def translated(error: Exception) -> Exception:
    """The clerk's words for a database error, or the error itself where it is a bug of ours.

    Statement and parameters never get into the new error: they hold personal data.
    """
    cause = error.orig if isinstance(error, DatabaseError) else error
    reason = str(cause).lower()
    code = getattr(cause, "sqlite_errorcode", 0) & PRIMARY_CODE
    for codes, words, told in FAULTS:
        if code in codes or any(part in reason for part in words):
            return Unavailable(*told)
    return error


class Store:
    """One counter's database. Thread-safe; a write announces what it changed after its commit."""

    def __init__(self, engine: Engine, clock: Clock, path: Path) -> None:
        self.engine = engine
        self.clock = clock
        self.path = path
        self.store_id = ""
        self._writer: tuple[Connection, Any] | None = None
        self.write_lock = threading.RLock()
        self._listeners: list[Callable[[Mapping[str, frozenset[str]]], None]] = []

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection inside one read transaction: everything seen belongs to one moment."""
        with disk_faults(), self.engine.connect() as connection, connection.begin():
            yield connection

    def write(self, by: str) -> "Transaction":
        """One transaction by the person `by`; commits at the end, rolls back whole on any error."""
        return Transaction(self, by)

    def open_writer(self) -> tuple[Connection, Any]:
        """The one writing connection and a cursor of its driver, on which transactions are begun and ended: the
        cursor keeps its statements prepared."""
        if self._writer is None:
            connection = self.engine.connect().execution_options(ours=True)
            cursor = connection.connection.cursor()
            cursor.execute(f"PRAGMA cache_size = -{WRITER_CACHE_KIB}")
            self._writer = connection, cursor
        return self._writer

    def subscribe(self, listener: Callable[[Mapping[str, frozenset[str]]], None]) -> None:
        """Call `listener` after each commit, on the committing thread, with {kind: numbers or other names}."""
        self._listeners.append(listener)

    def announce(self, touched: Mapping[str, set[str]]) -> None:
        """Tell the listeners what a transaction has changed."""
        if not self._listeners:
            return
        changes = {kind: frozenset(names) for kind, names in touched.items()}
        for listener in self._listeners:
            listener(changes)

    def checkpoint(self) -> None:
        """Bring what lies in the write-ahead log into the file, as far as other readers allow."""
        with disk_faults(), self.engine.connect().execution_options(ours=True) as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def fold(self) -> None:
        """Bring everything from the write-ahead log into the file itself, durably, or raise Unavailable: before a file
        that nobody else has open is renamed, for the log does not move with it."""
        self.close()
        with disk_faults(), self.engine.connect().execution_options(ours=True) as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            mode = driver.execute("PRAGMA journal_mode = DELETE").fetchone()[0]
        self.engine.dispose()
        if mode != "delete":
            raise translated(sqlcipher.OperationalError("database is locked"))

    def close(self) -> None:
        """Give every connection back; the last one folds the write-ahead log into the file."""
        with self.write_lock:
            if self._writer is not None:
                self._writer[0].close()
                self._writer = None
        self.engine.dispose()


class Transaction:
    """One write, as a context manager: a class, since a generator costs a registration more than its whole audit."""

    __slots__ = ("_by", "_cursor", "_store", "_work")

    def __init__(self, store: Store, by: str) -> None:
        self._store = store
        self._by = by

    def __enter__(self) -> UnitOfWork:
        store = self._store
        store.write_lock.acquire()
        try:
            connection, self._cursor = store.open_writer()
            self._cursor.execute("BEGIN IMMEDIATE")
            self._work = UnitOfWork(connection, self._cursor, store.clock, store.store_id, self._by)
        except BaseException as error:
            store.write_lock.release()
            _raise_translated(error)
            raise
        return self._work

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        try:
            if error is None:
                self._cursor.execute("COMMIT")
            else:
                self._cursor.connection.rollback()
        except BaseException as fault:
            if error is None:
                self._cursor.connection.rollback()
            _raise_translated(fault)
            raise
        finally:
            self._store.write_lock.release()
        if error is not None:
            _raise_translated(error)
        elif self._work.touched:
            self._store.announce(self._work.touched)


def _raise_translated(error: BaseException) -> None:
    """Raise the clerk's words in place of a database error; any other error is left to the caller."""
    if isinstance(error, DatabaseError | sqlcipher.DatabaseError) and (told := translated(error)) is not error:
        raise told from None
