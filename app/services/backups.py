"""Backup while the counter works; restore as a new store, so that no number is ever given twice."""

import contextlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from sqlcipher3 import dbapi2 as sqlcipher

from app.domain.clock import Clock
from app.domain.errors import Refused, Unavailable
from app.domain.ids import uuid7, uuid_text
from app.services import attachments, destroyed_register, key_rotation, offices, recovery, verification
from app.services.counter import DATABASE, FIRST_KEY, Counter
from app.store import blobs, keys, numbers, receipt_books
from app.store import recovery as recovery_file
from app.store.backup import copy_from, copy_online, open_backup
from app.store.engine import Store, disk_faults, open_engine, translated, unlock
from app.store.files import forget_database, keep_beside, replace, set_log_aside, unused_name, write_durably
from app.store.meta import meta_get, meta_set
from app.store.schema import bring_up_to_date
from app.store.unit_of_work import UnitOfWork

DAY_MS = 86_400_000
BOOKS_A_DAY = 20
"""Receipt books that no office begins in a day."""
BUSY_DAY = 100
"""Cases a day that any office may have had since its last backup."""
IN_USE_S = 2.0
PLANNED = re.compile(r"counter-\d{8}T\d{6}Z\.db")

REPLACED = "replaced_stores"
"""Meta: ids of the stores whose place this one has taken, as JSON; the server is told when it joins."""


def back_up(
    counter: Counter, target: Path, *, linked: bool = False, facts: Mapping[str, str] = MappingProxyType({})
) -> int:
    """Copy the whole database to `target`, encrypted under the same key; returns its size in bytes.

    It is opened once, as a restore would, before it counts. linked: files of cases, which never change, may be second
    names of those in use (a backup on the same disk). facts: kept with the audit entry.
    """
    if target.resolve() == counter.store.path.resolve():
        raise Refused("backup_target", "สำรองทับฐานข้อมูลที่ใช้งานอยู่ไม่ได้", "เลือกชื่อไฟล์หรือโฟลเดอร์อื่น", "file")
    if not target.parent.is_dir():
        raise Unavailable("backup_target", "ไม่พบโฟลเดอร์ที่จะเก็บไฟล์สำรอง", "เสียบดิสก์สำรองหรือเลือกโฟลเดอร์ที่มีอยู่")
    with counter.store.read() as connection:
        entries = int(connection.exec_driver_sql("SELECT count(*) FROM audit").scalar_one())
    copy_online(counter.store.engine, target, counter.key)
    _open_once(counter, target, entries)
    _copy_files(counter, target, linked)
    _copy_recovery(counter.home, target)
    with counter.store.write("backup") as work:
        meta_set(work.connection, "last_backup_at", str(work.now_ms))
        for name, value in facts.items():
            meta_set(work.connection, name, value)
        work.audit("backed_up", "database")
        last = work.run("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1").one()
        meta_set(work.connection, verification.BACKED_UP, f"{last.seq} {last.hash.hex()}")
        work.changed("backup")
    return target.stat().st_size


def _open_once(counter: Counter, target: Path, entries: int) -> None:
    """Read it as a restore would; it must hold at least what was there before it was made."""
    try:
        connection = open_backup(target, counter.key)
        try:
            held = int(connection.execute("SELECT count(*) FROM audit").fetchone()[0])
            connection.execute("SELECT count(*) FROM cases").fetchone()
        finally:
            connection.close()
    except sqlcipher.Error:
        held = -1
    if held < entries:
        with contextlib.suppress(OSError):
            target.unlink()
        raise Unavailable("backup_failed", "ไฟล์สำรองที่เขียนเปิดอ่านไม่ได้ จึงไม่นับ", "ดิสก์สำรองอาจเสีย เปลี่ยนดิสก์แล้วลองใหม่")


def files_beside(target: Path) -> Path:
    """The folder beside a backup that holds the files of its cases, as encrypted as they are in use. The backups that
    a plan makes share one: most of their files are the same."""
    if PLANNED.fullmatch(target.name):
        return target.with_name(destroyed_register.SHARED)
    return target.with_name(f"{target.name}.files")


def _copy_files(counter: Counter, target: Path, linked: bool) -> None:
    """Every file that a row names and that is here; what an earlier backup to the same place holds is not copied
    again. The rows are read after the database was copied, so that it names none that is missed."""
    attachments.clean(counter)
    folder = files_beside(target)
    with counter.store.read() as connection:
        wanted = connection.exec_driver_sql(f"SELECT DISTINCT sha256 FROM {blobs.NAMED}").scalars().all()
    try:
        for sha256 in wanted:
            source = counter.blobs.path(sha256)
            blobs.copy(source, folder / source.parent.name / source.name, linked)
    except OSError as error:
        raise Unavailable(
            "backup_failed", "สำรองไฟล์แนบไม่สำเร็จ", "ตรวจพื้นที่และสิทธิ์เขียนของที่เก็บไฟล์สำรอง แล้วลองใหม่"
        ) from error


def _copy_recovery(home: Path, target: Path) -> None:
    """The paper key opens the backup on another machine with this file beside it."""
    source = home / recovery_file.RECOVERY_FILE
    if source.is_file():
        try:
            write_durably(recovery_file.beside(target), source.read_bytes())
        except OSError as error:
            raise Unavailable(
                "backup_failed", "สำรองไฟล์กุญแจกู้คืนไม่สำเร็จ", "ตรวจพื้นที่และสิทธิ์เขียนของที่เก็บไฟล์สำรอง แล้วลองใหม่"
            ) from error


def _bring_files(source: Path, home: Path, key: bytes, sealed_with: bytes) -> None:
    """The files of cases, sealed anew where the backup is from before a change of the key."""
    folder = files_beside(source)
    if key == sealed_with:
        for file in folder.glob("??/*"):
            if not file.name.endswith(".new"):
                blobs.copy(file, home / blobs.FOLDER / file.parent.name / file.name)
        return
    old, new = blobs.Blobs(home, sealed_with, folder), blobs.Blobs(home, key)
    for sha256 in _named_files(home, key):
        if not new.has(sha256) and (content := old.get(sha256)) is not None:
            new.put(content)
            new.settle(sha256)


def _named_files(home: Path, key: bytes) -> list[bytes]:
    connection = open_backup(home / f"{DATABASE}.restoring", key)
    try:
        there = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        named = [f"SELECT sha256 FROM {table}" for table in blobs.NAMING if table in there]  # an older one has fewer
        return [row[0] for row in connection.execute(" UNION ".join(named))] if named else []
    finally:
        connection.close()


def restore(home: Path, source: Path, passphrase: str | None, clock: Clock) -> str:
    """Put a backup in the place of this home's database; returns the new store's id.

    The database that was there is kept beside it as counter.db.before-restore. What the copy held unused of its number
    blocks is given up as returned: the original may have issued it after the backup was made.
    """
    if not source.is_file():
        raise Refused("backup_file", "ไม่พบไฟล์สำรองนี้", "ตรวจชื่อและที่อยู่ของไฟล์สำรอง", "file")
    key = key_rotation.right_key(home, passphrase)
    current, working = home / DATABASE, home / f"{DATABASE}.restoring"
    beyond = _last_leased(current, key)
    books = _books_leased(current, key)
    before = _stores_of(current, key)
    try:
        forget_database(working)
        sealed_with = _key_of(source, [key, *keys.older_keys(home, passphrase)])
        _copy(source, working, sealed_with, key)
        store_id = _renewed(working, key, clock, beyond, books, sealed_with, before, [home, source.parent])
        _bring_files(source, home, key, sealed_with)
        _set_aside(current)
        replace(working, current)
    except OSError:
        raise _not_restored() from None
    finally:
        with contextlib.suppress(OSError):
            forget_database(working)
    return store_id


def _key_of(source: Path, known: list[bytes]) -> bytes:
    """The key that a backup is sealed with; where none opens it, the one in use, which is then told as wrong."""
    return next((key for key in known if recovery.opens(source, key)), known[0])


def _renewed(
    working: Path,
    key: bytes,
    clock: Clock,
    beyond: int | None,
    books: Mapping[int, int] | None,
    sealed_with: bytes,
    before: list[str],
    registers: list[Path],
) -> str:
    """Bring the copy up to date and make it a store of its own; everything lies in the one file afterwards."""
    store = Store(open_engine(working, key), clock, working)
    try:
        with disk_faults():
            bring_up_to_date(store.engine, working.parent / "backups", key)
        first_key = sealed_with.hex() if sealed_with != key else ""
        store_id = _become_new(store, beyond, books, first_key, before)
        with store.write("restore") as work:
            kept = meta_get(work.connection, FIRST_KEY)
            destroyed_register.bring_back(work, bytes.fromhex(kept) if kept else key, registers)
        store.fold()
    finally:
        store.close()
    return store_id


def _copy(source: Path, target: Path, sealed_with: bytes, key: bytes) -> None:
    """Copy through SQLite, so that a file of another key or a damaged one is refused before anything changes."""
    try:
        backup = open_backup(source, sealed_with)
        try:
            backup.execute("SELECT count(*) FROM cases").fetchone()
            copy_from(backup, target, key)
        finally:
            backup.close()
    except sqlcipher.Error:
        raise _no_backup() from None
    except Unavailable as error:
        raise (_no_backup() if error.code == "database_damaged" else _not_restored()) from None


def _no_backup() -> Refused:
    return Refused(
        "backup_file",
        "ไฟล์นี้ไม่ใช่ไฟล์สำรองที่เปิดได้ด้วยกุญแจของเครื่องนี้ หรือไฟล์เสียหาย",
        "เลือกไฟล์อื่น ใช้กุญแจกู้คืนบนกระดาษ (restore --recovery) หรือวางไฟล์กุญแจ counter.key.json ของเครื่องเดิมในโฟลเดอร์ข้อมูลก่อน",
        "file",
    )


def _not_restored() -> Unavailable:
    return Unavailable("restore_failed", "กู้คืนข้อมูลไม่สำเร็จ ข้อมูลเดิมยังอยู่ครบ", "ตรวจพื้นที่และสิทธิ์เขียนของโฟลเดอร์ข้อมูล แล้วลองใหม่")


def _become_new(
    store: Store, beyond: int | None, books: Mapping[int, int] | None, first_key: str, before: list[str]
) -> str:
    """The copy takes over what it holds under a new identity; what it had not issued of its numbers is given up.

    before: the stores that it takes the place of, besides the one it was copied from.
    """
    new_id = uuid_text(uuid7())
    store.store_id = new_id
    with store.write("restore") as work:
        old_id = meta_get(work.connection, "store_id")
        meta_set(work.connection, "store_id", new_id)
        replaced = [old_id, *json.loads(meta_get(work.connection, REPLACED, "[]")), *before]
        meta_set(work.connection, REPLACED, json.dumps(sorted(set(replaced))))
        if first_key and not meta_get(work.connection, FIRST_KEY):
            meta_set(work.connection, FIRST_KEY, first_key)
        work.run("UPDATE cases SET origin = ? WHERE origin = ?", (new_id, old_id))
        work.run("UPDATE event SET origin = ? WHERE origin = ?", (new_id, old_id))
        for table in (*blobs.NAMING, "thaid_count"):
            work.run(f"UPDATE {table} SET origin = ? WHERE origin = ?", (new_id, old_id))
        work.run("UPDATE receipt SET origin = ? WHERE origin = ?", (new_id, old_id))
        work.run("UPDATE shift SET origin = ? WHERE origin = ?", (new_id, old_id))
        work.run("UPDATE receiving SET origin = ? WHERE origin = ?", (new_id, old_id))
        work.run("UPDATE number_block SET state = 'returned' WHERE state = 'active'")
        if not meta_get(work.connection, "server_url"):
            _lease_beyond(work, beyond)
            receipt_books.begin_beyond(work, books, BOOKS_A_DAY * _days_since(work) + 1)
        work.audit("restored", old_id, new_id)
    return new_id


def _lease_beyond(work: UnitOfWork, beyond: int | None) -> None:
    """A stand-alone office goes on after anything the lost database may have issued.

    beyond: its last leased run, where it could still be read; else the gap grows with the days since the backup.
    """
    document = json.loads(work.run("SELECT document FROM office ORDER BY revision DESC LIMIT 1").scalar_one())
    series = offices.series(document)
    known = int(work.run("SELECT max(last) FROM number_block WHERE series = ?", (series,)).scalar() or 0)
    gap = numbers.BLOCK_SIZE if beyond is not None else _issued_since(work)
    first = max(known, beyond or 0) + gap + 1
    numbers.lease_to_self(work, series, min(first, numbers.LAST_RUN))
    if first > numbers.LAST_RUN:  # the series is full: the next registration says so
        work.run("UPDATE number_block SET state = 'returned' WHERE state = 'active'")


def _issued_since(work: UnitOfWork) -> int:
    """More runs than this office can have issued since the backup: its busiest day, on every day since, and a block."""
    by_day = "SELECT count(*) AS cases FROM cases WHERE origin = ? GROUP BY registered_at / ?"
    busiest = work.run(f"SELECT max(cases) FROM ({by_day})", (work.store_id, DAY_MS)).scalar() or 0
    return int(_days_since(work) * max(BUSY_DAY, 2 * busiest)) + numbers.BLOCK_SIZE


def _days_since(work: UnitOfWork) -> int:
    """Days begun since the backup was made."""
    newest = work.run("SELECT max(at) FROM audit").scalar() or work.now_ms
    return int(max(0, work.now_ms - newest) // DAY_MS) + 1


def _stores_of(path: Path, key: bytes) -> list[str]:
    """The store that is being replaced, and those that it had replaced itself: a backup may be brought back twice, and
    the server has to know that the first attempt is gone, too. Empty where it cannot be read."""
    if not path.exists():
        return []
    try:
        connection = sqlcipher.connect(str(path), timeout=IN_USE_S)
        try:
            unlock(connection, key)
            found = dict(connection.execute("SELECT key, value FROM meta WHERE key IN ('store_id', ?)", (REPLACED,)))
        finally:
            connection.close()
    except sqlcipher.Error:
        return []
    return [*filter(None, [found.get("store_id", "")]), *json.loads(found.get(REPLACED, "[]"))]


def _books_leased(path: Path, key: bytes) -> dict[int, int] | None:
    """The highest receipt book of each fiscal year in the database that is being replaced; None where it cannot be
    read."""
    if not path.exists():
        return None
    try:
        connection = sqlcipher.connect(str(path), timeout=IN_USE_S)
        try:
            unlock(connection, key)
            rows = connection.execute("SELECT fiscal_year, book FROM receipt_book").fetchall()
        finally:
            connection.close()
    except sqlcipher.Error:
        return None
    found: dict[int, int] = {}
    for year, book in rows:
        if book.isascii() and book.isdigit():
            found[year] = max(found.get(year, 0), int(book))
    return found


def _last_leased(path: Path, key: bytes) -> int | None:
    """The highest run leased in the database that is being replaced, whose log is folded in; None where it is gone or
    can no longer be read. Unavailable where another program has it open: what that wrote would be lost."""
    if not path.exists():
        return None
    try:
        connection = sqlcipher.connect(str(path), timeout=IN_USE_S)
        try:
            unlock(connection, key)
            found = connection.execute("SELECT max(last) FROM number_block WHERE series NOT LIKE 'R%/%'").fetchone()
            if connection.execute("PRAGMA journal_mode = DELETE").fetchone()[0] != "delete":
                raise sqlcipher.OperationalError("database is locked")
        finally:
            connection.close()
    except sqlcipher.Error as error:
        if "locked" in str(error):
            raise translated(error) from None
        return None
    return int(found[0] or 0)


def _set_aside(path: Path) -> None:
    """Keep the replaced database under another name, and a log that could not be folded into it with it."""
    name = unused_name(path, "before-restore")
    if path.exists():
        keep_beside(path, name)
    set_log_aside(path, name)
