"""The recovery key: on paper, in the office's safe. It opens the home, or a backup, when the key store is lost or the
passphrase forgotten. The code is shown once, when it is made, and kept nowhere."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlcipher3 import dbapi2 as sqlcipher

from app.domain import recovery_code
from app.domain.errors import Refused, Unavailable
from app.services.case_documents import instant
from app.services.counter import DATABASE, Counter
from app.services.model import Actor
from app.store import keys, recovery
from app.store.backup import open_backup
from app.store.meta import meta_get, meta_set

MADE_AT = "recovery_made_at"


@dataclass(frozen=True, slots=True)
class RecoverySheet:
    """What stands on the paper."""

    office: str
    counter: str
    code: str
    made_at: datetime
    made_by: str


def make(counter: Counter, actor: Actor, passphrase: str | None = None) -> RecoverySheet:
    """A new code for every key that this home has or had; the paper of before opens nothing any more.

    Refused "right_needed" unless an administrator makes it.
    """
    if actor.role != "admin":
        raise Refused("right_needed", "ทำกุญแจกู้คืนไม่ได้", "ขอให้ผู้ดูแลระบบเป็นผู้ทำรายการ", "as")
    seed = secrets.token_bytes(recovery_code.SEED_BYTES)
    with counter.store.write(actor.username) as work:
        work.audit("recovery_key_made", "database")
        meta_set(work.connection, MADE_AT, str(work.now_ms))
        work.changed("backup")
    try:
        recovery.begin(counter.home, seed, [counter.key, *keys.older_keys(counter.home, passphrase)])
    except OSError:
        raise Unavailable("disk_full", "เขียนไฟล์กุญแจกู้คืนไม่ได้ แผ่นเดิมยังใช้ได้", "ตรวจพื้นที่ดิสก์ แล้วลองใหม่") from None
    return RecoverySheet(
        counter.office.name, counter.counter_name, recovery_code.encode(seed), counter.clock.now(), actor.full_name
    )


def made_at(counter: Counter) -> datetime | None:
    """When the newest paper was made, or None: then losing the passphrase is losing everything."""
    if not (counter.home / recovery.RECOVERY_FILE).is_file():
        return None
    with counter.store.read() as connection:
        at = meta_get(connection, MADE_AT)
    return instant(int(at)) if at else None


def use(home: Path, code: str, passphrase: str | None, backup: Path | None = None) -> None:
    """Open this home with the paper: from now on its key is kept as if new, under the new passphrase or in the
    platform's key store. With `backup` the key of that file is brought into a home that has no data of another key.

    Refused "recovery_code" for a wrong code, "recovery_other_data" where the home holds data of another key.
    """
    seed = recovery_code.decode(code)
    source = backup or home / DATABASE
    if not source.is_file():
        raise Refused("backup_file", "ไม่พบไฟล์ฐานข้อมูลหรือไฟล์สำรองนี้", "ตรวจชื่อและที่อยู่ของไฟล์", "file")
    found = recovery.keys(recovery.beside(backup) if backup else home / recovery.RECOVERY_FILE, seed)
    key = next((one for one in found if opens(source, one)), None)
    if key is None:
        raise Unavailable("database_key", "กุญแจกู้คืนถูกต้อง แต่เปิดไฟล์นี้ไม่ได้ ไฟล์เสียหาย", "กู้คืนจากไฟล์สำรองอื่นด้วยกุญแจกู้คืนแผ่นเดียวกัน")
    if backup and (home / DATABASE).exists() and not opens(home / DATABASE, key):
        raise Refused("recovery_other_data", "โฟลเดอร์นี้มีข้อมูลของกุญแจอื่นอยู่ จึงไม่แทนกุญแจ", "เลือกโฟลเดอร์ใหม่ที่ว่างด้วย --home")
    if passphrase is None and not keys.has_key_store():
        raise Refused("passphrase_needed", "เครื่องนี้ไม่มีที่เก็บกุญแจของระบบ ต้องตั้งรหัสผ่านกุญแจใหม่", "ตั้งรหัสผ่านกุญแจใหม่แล้วลองอีกครั้ง")
    try:
        home.mkdir(parents=True, exist_ok=True)
        keys.keep_key(home, key, passphrase)
        if not (home / recovery.RECOVERY_FILE).is_file():
            recovery.begin(home, seed, found)
    except OSError:
        raise Unavailable("disk_full", "เขียนไฟล์กุญแจไม่ได้ ข้อมูลเดิมไม่เปลี่ยน", "ตรวจพื้นที่และสิทธิ์เขียนของโฟลเดอร์ข้อมูล") from None


def opens(path: Path, key: bytes) -> bool:
    """Whether the key opens this database or backup."""
    try:
        connection = open_backup(path, key)
        try:
            connection.execute("SELECT count(*) FROM meta").fetchone()
        finally:
            connection.close()
    except sqlcipher.Error:
        return False
    return True
