"""Backup while the counter works; restore as a new store, so that no number is ever given twice."""

import json
from pathlib import Path

from app.domain.clock import Clock
from app.domain.errors import Refused, Unavailable
from app.domain.ids import uuid7, uuid_text
from app.services import offices
from app.services.counter import Counter
from app.services.setup import DATABASE
from app.store import numbers
from app.store.backup import copy_online
from app.store.engine import Store, disk_faults, open_engine
from app.store.files import replace
from app.store.keys import load_key
from app.store.meta import meta_get, meta_set
from app.store.schema import bring_up_to_date
from app.store.unit_of_work import UnitOfWork


def back_up(counter: Counter, target: Path) -> int:
    """Copy the whole database to `target`, encrypted under the same key; returns its size in bytes."""
    if target.resolve() == counter.store.path.resolve():
        raise Refused("backup_target", "สำรองทับฐานข้อมูลที่ใช้งานอยู่ไม่ได้", "เลือกชื่อไฟล์หรือโฟลเดอร์อื่น", "file")
    if not target.parent.is_dir():
        raise Unavailable("backup_target", "ไม่พบโฟลเดอร์ที่จะเก็บไฟล์สำรอง", "เสียบดิสก์สำรองหรือเลือกโฟลเดอร์ที่มีอยู่")
    copy_online(counter.store.engine, target, counter.key)
    with counter.store.write("backup") as work:
        meta_set(work.connection, "last_backup_at", str(work.now_ms))
        work.audit("backed_up", "database")
        work.changed("backup")
    return target.stat().st_size


def restore(home: Path, source: Path, passphrase: str | None, clock: Clock) -> str:
    """Put a backup in the place of this home's database; returns the new store's id.

    The database that was there is kept beside it as counter.db.before-restore. What the copy held unused of its number
    blocks is given up as returned: the original may have issued it after the backup was made.
    """
    if not source.is_file():
        raise Refused("backup_file", "ไม่พบไฟล์สำรองนี้", "ตรวจชื่อและที่อยู่ของไฟล์สำรอง", "file")
    key = load_key(home, passphrase)
    working = home / f"{DATABASE}.restoring"
    _copy(source, working, key)
    store = Store(open_engine(working, key), clock, working)
    try:
        with disk_faults():
            bring_up_to_date(store.engine, home / "backups", key)
        store_id = _become_new(store, _last_leased(home / DATABASE, key))
    finally:
        store.close()
    _set_aside(home / DATABASE)
    replace(working, home / DATABASE)
    return store_id


def _copy(source: Path, target: Path, key: bytes) -> None:
    """Copy through SQLite, so that a file of another key or a damaged one is refused before anything changes."""
    engine = open_engine(source, key)
    try:
        with disk_faults():
            copy_online(engine, target, key)
    finally:
        engine.dispose()


def _become_new(store: Store, beyond: int) -> str:
    """The copy takes over what it holds under a new identity; what it had not issued of its numbers is given up."""
    new_id = uuid_text(uuid7())
    store.store_id = new_id
    with store.write("restore") as work:
        old_id = meta_get(work.connection, "store_id")
        meta_set(work.connection, "store_id", new_id)
        work.run("UPDATE cases SET origin = ? WHERE origin = ?", (new_id, old_id))
        work.run("UPDATE event SET origin = ? WHERE origin = ?", (new_id, old_id))
        work.run("UPDATE number_block SET state = 'returned' WHERE state = 'active'")
        if not meta_get(work.connection, "server_url"):
            _lease_beyond(work, beyond)
        work.audit("restored", old_id, new_id)
    return new_id


def _lease_beyond(work: UnitOfWork, beyond: int) -> None:
    """A stand-alone office goes on one whole block after anything the lost database may have issued."""
    document = json.loads(work.run("SELECT document FROM office ORDER BY revision DESC LIMIT 1").scalar_one())
    series = offices.series(document)
    known = int(work.run("SELECT max(last) FROM number_block WHERE series = ?", (series,)).scalar() or 0)
    numbers.lease_to_self(work, series, max(known, beyond) + numbers.BLOCK_SIZE + 1)


def _last_leased(path: Path, key: bytes) -> int:
    """The highest run leased in the database that is being replaced; 0 where it can no longer be read."""
    if not path.exists():
        return 0
    engine = open_engine(path, key)
    try:
        with disk_faults(), engine.connect() as connection:
            found = connection.exec_driver_sql("SELECT max(last) FROM number_block").scalar()
            connection.rollback()
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            return int(found or 0)
    except Exception:
        return 0
    finally:
        engine.dispose()


def _set_aside(path: Path) -> None:
    """Keep the replaced database, with what belongs to it, under another name."""
    for tail in ("", "-wal", "-shm"):
        part = path.with_name(path.name + tail)
        if part.exists():
            replace(part, path.with_name(f"{path.name}.before-restore{tail}"))
