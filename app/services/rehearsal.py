"""A restore rehearsed: a backup is opened in a place of its own, every check is run on it, and nothing of the register
is touched. An office that never did it does not know whether it has backups."""

import tempfile
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlcipher3 import dbapi2 as sqlcipher

from app.domain.errors import CounterError, Refused, Unavailable
from app.services import backup_plan, backups, verification
from app.services.case_documents import instant
from app.services.counter import DATABASE, Counter
from app.services.verification import Check
from app.store.backup import copy_from, open_backup
from app.store.blobs import Blobs
from app.store.engine import Store, open_engine
from app.store.meta import meta_set


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What was found. last_at: of the newest audit entry in it, the moment a restore would go back to."""

    file: Path
    ok: bool
    cases: int
    last_at: datetime | None
    seconds: float
    checks: tuple[Check, ...]


def rehearse(counter: Counter, by: str, file: Path | None = None) -> Rehearsal:
    """Open the newest backup, or `file`, and verify it. Refused "backup_none" where there is none."""
    if file is None:
        found = backup_plan.listing(counter)
        if not found:
            raise Refused("backup_none", "ยังไม่มีไฟล์สำรองให้ซ้อมกู้คืน", "สั่งสำรองข้อมูลก่อน แล้วลองใหม่")
        file = found[0].file
    if not file.is_file():
        raise Refused("backup_file", "ไม่พบไฟล์สำรองนี้", "ตรวจชื่อและที่อยู่ของไฟล์สำรอง", "file")
    started = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="rehearsal-", dir=counter.home, ignore_cleanup_errors=True) as folder:
            cases, last_at, checks = _tried(counter, file, Path(folder))
    except OSError:
        raise Unavailable("disk_full", "ซ้อมกู้คืนไม่ได้ ดิสก์เต็มหรือเขียนไม่ได้", "เพิ่มพื้นที่ดิสก์ แล้วลองใหม่") from None
    ok = all(check.ok for check in checks)
    with counter.store.write(by) as work:
        meta_set(work.connection, "rehearsed_at", str(work.now_ms))
        meta_set(work.connection, "rehearsed_well", "yes" if ok else "no")
        work.audit("backup_rehearsed", "database", "ok" if ok else "failed")
        work.changed("backup")
    return Rehearsal(file, ok, cases, last_at, time.monotonic() - started, tuple(checks))


def _tried(counter: Counter, file: Path, folder: Path) -> tuple[int, datetime | None, list[Check]]:
    try:
        source = open_backup(file, counter.key)
        try:
            copy_from(source, folder / DATABASE, counter.key)
        finally:
            source.close()
    except (sqlcipher.Error, CounterError):
        return 0, None, [Check("open", False, "เปิดไฟล์สำรองด้วยกุญแจของเครื่องนี้ไม่ได้ หรือไฟล์เสียหาย")]
    store = Store(open_engine(folder / DATABASE, counter.key), counter.clock, folder / DATABASE)
    try:
        copy = Counter(folder, store, counter.clock, counter.key)
        copy.blobs = Blobs(folder, counter.key, backups.files_beside(file))
        with store.read() as connection:
            cases = int(connection.exec_driver_sql("SELECT count(*) FROM cases").scalar_one())
            newest = connection.exec_driver_sql("SELECT max(at) FROM audit").scalar()
        checks = verification.verify(copy)
    except CounterError as error:
        return 0, None, [Check("open", False, error.title)]
    finally:
        store.close()
    return cases, instant(int(newest)) if newest else None, checks
