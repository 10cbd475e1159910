"""A new key for the store: database and files of cases are sealed anew, beside what there is, and then change places.

At every moment the home opens. The new key is kept beside the old one before anything is written under it; the files
of cases lie under names made with the key, so that old and new ones do not meet; the database changes by one rename.
What a crash left is finished or forgotten when the home is opened next: the database tells which of the keys is right.
"""

import contextlib
import re
import secrets
from collections.abc import Iterator
from pathlib import Path

from sqlcipher3 import dbapi2 as sqlcipher

from app.domain.clock import Clock
from app.domain.errors import Refused, Unavailable
from app.services.counter import DATABASE, FIRST_KEY, Counter
from app.store import keys, recovery
from app.store.backup import copy_from
from app.store.blobs import NAMED, Blobs
from app.store.engine import Store, disk_faults, open_engine, unlock
from app.store.files import forget_database, locked, replace
from app.store.meta import meta_get, meta_set

LOCK = "changing-key.lock"
WORKING = f"{DATABASE}.rotating"
OLD_FILES = "files_key_before"
"""Fact of a store whose old files of cases may still lie about: the key that they were sealed with."""
DIGEST = re.compile(r"[0-9a-f]{64}")


def rotate(counter: Counter, passphrase: str | None, by: str) -> None:
    """Change the key of the counter's home and close the counter. Refused "rotation_running" where another program has
    the home open; nothing is changed then.

    Needs room for the database and the files of cases a second time.
    """
    home, old = counter.home, counter.key
    new = secrets.token_bytes(keys.KEY_BYTES)
    with _alone(home):
        finish(counter)
        wanted = _wanted(counter)
        clock, hash_key, blobs = counter.clock, counter.hash_key, counter.blobs
        source = _taken(counter)
        try:
            keys.keep_next(home, new, passphrase)
            recovery.add(home, new)
            _seal_files(blobs, Blobs(home, new), wanted)
            _copy(source, home / WORKING, old, new, hash_key, clock, by)
        except OSError:
            _undo(home)
            raise Unavailable("disk_full", "เปลี่ยนกุญแจไม่สำเร็จ ดิสก์เต็มหรือเขียนไม่ได้", "เพิ่มพื้นที่ดิสก์ แล้วลองใหม่") from None
        except BaseException:
            _undo(home)
            raise
        finally:
            source.close()
        replace(home / WORKING, home / DATABASE)
        keys.promote_next(home, passphrase)


def right_key(home: Path, passphrase: str | None) -> bytes:
    """The key that opens this home's database; what is left of a rotation that was cut off is settled."""
    key = keys.load_key(home, passphrase)
    following = keys.next_key(home, passphrase)
    if following is None:
        return key
    if _opens(home / DATABASE, following):
        keys.promote_next(home, passphrase)
        return following
    if _opens(home / DATABASE, key):
        _undo(home)
    return key


@contextlib.contextmanager
def not_now(home: Path) -> Iterator[None]:
    """While the home is being opened no rotation may begin or be under way. The lock's file is there only while one
    runs, or after one was cut off."""
    lock = home / LOCK
    if not lock.exists():
        before = _identity(home / DATABASE)
        yield
        if lock.exists() or _identity(home / DATABASE) != before:
            raise _running()
        return
    with _alone(home):
        yield


def finish(counter: Counter) -> None:
    """Take the files away that are sealed with the key of before; what is not here under the new key stays."""
    with counter.store.read() as connection:
        before = meta_get(connection, OLD_FILES)
    if not before:
        return
    old = Blobs(counter.home, bytes.fromhex(before))
    for sha256 in _wanted(counter):
        if counter.blobs.has(sha256):
            with contextlib.suppress(OSError):
                old.path(sha256).unlink(missing_ok=True)
    with counter.store.write("key") as work:
        meta_set(work.connection, OLD_FILES, "")


@contextlib.contextmanager
def _alone(home: Path) -> Iterator[None]:
    lock, ours = home / LOCK, False
    try:
        with locked(lock) as ours:
            if not ours:
                raise _running()
            yield
    finally:
        if ours:
            with contextlib.suppress(OSError):
                lock.unlink()


def _identity(path: Path) -> int:
    try:
        return path.stat().st_ino
    except OSError:
        return 0


def _running() -> Refused:
    return Refused("rotation_running", "กำลังเปลี่ยนกุญแจของข้อมูลชุดนี้", "รอให้เสร็จ แล้วเปิดโปรแกรมใหม่")


def _wanted(counter: Counter) -> set[bytes]:
    """What cases and half-filled forms name."""
    with counter.store.read() as connection:
        named = connection.exec_driver_sql(f"SELECT DISTINCT sha256 FROM {NAMED}").scalars().all()
        drafts = connection.exec_driver_sql("SELECT content FROM draft").scalars().all()
    return {bytes(one) for one in named} | {
        bytes.fromhex(found) for content in drafts for found in DIGEST.findall(content)
    }


def _taken(counter: Counter) -> sqlcipher.Connection:
    """The counter closed, and its database held by one connection that lets nobody else in, in no transaction."""
    try:
        counter.store.fold()
    except Unavailable as error:
        if error.code != "database_busy":
            raise
        raise Refused(
            "database_busy", "มีหน้าต่างหรือคำสั่งอื่นใช้ข้อมูลนี้อยู่ จึงยังไม่เปลี่ยนกุญแจ", "ปิดโปรแกรมทุกหน้าต่าง แล้วสั่งใหม่"
        ) from None
    with disk_faults():
        connection = sqlcipher.connect(str(counter.store.path), timeout=2, isolation_level=None)
        try:
            unlock(connection, counter.key)
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("UPDATE meta SET value = value WHERE key = 'store_id'")
            connection.execute("COMMIT")
        except BaseException:
            connection.close()
            raise
    return connection


def _seal_files(old: Blobs, new: Blobs, wanted: set[bytes]) -> None:
    for sha256 in sorted(wanted):
        with contextlib.suppress(Unavailable):  # damaged before: it stays so, and verify says so
            if not new.has(sha256) and (content := old.get(sha256)) is not None:
                new.put(content)
                new.settle(sha256)
    for sha256 in wanted:
        if old.has(sha256) and not new.has(sha256) and _readable(old, sha256):
            raise OSError("a file could not be sealed anew")


def _readable(blobs: Blobs, sha256: bytes) -> bool:
    try:
        return blobs.get(sha256) is not None
    except Unavailable:
        return False


def _copy(
    source: sqlcipher.Connection, target: Path, old: bytes, new: bytes, hash_key: bytes, clock: Clock, by: str
) -> None:
    forget_database(target)
    copy_from(source, target, new)
    store = Store(open_engine(target, new), clock, target)
    try:
        with store.read() as connection:
            store.store_id = meta_get(connection, "store_id")
        with store.write(by) as work:
            meta_set(work.connection, FIRST_KEY, hash_key.hex())
            meta_set(work.connection, OLD_FILES, old.hex())
            work.audit("key_rotated", "database")
        store.fold()
    finally:
        store.close()


def _undo(home: Path) -> None:
    """Before the rename nothing has changed: the copy and the key for it go."""
    with contextlib.suppress(OSError):
        forget_database(home / WORKING)
    keys.drop_next(home)


def _opens(path: Path, key: bytes) -> bool:
    with contextlib.suppress(sqlcipher.Error):
        connection = sqlcipher.connect(str(path), timeout=5)
        try:
            unlock(connection, key)
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            return True
        finally:
            connection.close()
    return False
