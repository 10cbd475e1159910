"""What was destroyed, written down beside the database and its backups: a backup from before brings nothing of it back.

Sealed under a key of the store that outlives a change of the key; it names cases by their ids and numbers, entries of
registers by their keys.
"""

import json
import secrets
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.domain import destruction as rule
from app.domain.errors import Unavailable
from app.services import office_records
from app.services.counter import Counter
from app.services.erasing import TO_FIND, TO_FORGET
from app.store.canonical import canonical_json
from app.store.files import write_durably
from app.store.keys import derived_key
from app.store.meta import meta_get, meta_set
from app.store.unit_of_work import UnitOfWork

FILE = "destroyed.sealed"
SHARED = "files-of-cases"
NONCE = 12
CASES = (
    "SELECT c.id AS record, e.payload FROM destroyed d JOIN cases c ON c.row = d.case_row"
    " JOIN event e ON e.record = c.id AND e.kind = 'case_destroyed' GROUP BY c.id"
)
ENTRIES = "SELECT kind, key FROM office_record WHERE kind = ? AND document LIKE '%\"destroyed\":true%'"
EVENT = "SELECT record, payload FROM event WHERE record = ? AND kind = 'record_destroyed' ORDER BY seq LIMIT 1"
HERE = {
    rule.KIND: "SELECT 1 FROM cases c LEFT JOIN destroyed d ON d.case_row = c.row WHERE c.id = ?"
    " AND d.case_row IS NULL",
    rule.RECORD_KIND: "SELECT 1 FROM office_record WHERE kind = ? AND key = ?"
    " AND document NOT LIKE '%\"destroyed\":true%'",
}
"""Finds what was not destroyed yet."""


def write(counter: Counter, folder: Path) -> None:
    """Write the register into a folder. Unavailable where the disk does not take it."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    with counter.store.read() as connection:
        rows = [*connection.exec_driver_sql(CASES).fetchall()]
        for kind in sorted(rule.RECORDS):
            for entry in connection.exec_driver_sql(ENTRIES, (kind,)).fetchall():
                record = office_records.record_of(entry.kind, entry.key)
                rows += connection.exec_driver_sql(EVENT, (record,)).fetchall()
    if not rows:
        return
    content = canonical_json([[row.record.hex(), json.loads(row.payload)] for row in rows]).encode()
    nonce = secrets.token_bytes(NONCE)
    sealed = AESGCM(_key(counter.hash_key)).encrypt(nonce, zlib.compress(content), FILE.encode())
    try:
        write_durably(folder / FILE, nonce + sealed)
    except OSError:
        raise Unavailable("disk_full", "เขียนทะเบียนการทำลายไม่ได้", "ตรวจพื้นที่และสิทธิ์เขียนของโฟลเดอร์") from None


def leave(counter: Counter, place: str, folder: Path) -> None:
    """Bring a place of backups up to date: its register, and the files of destroyed cases, which go."""
    write(counter, folder)
    with counter.store.read() as connection:
        names = json.loads(meta_get(connection, TO_FORGET, "{}")).get(place, [])
    if not names:
        return
    try:
        for name in names:
            (folder / SHARED / name[:2] / name).unlink(missing_ok=True)
    except OSError:
        raise Unavailable("backup_target", "ลบไฟล์ของเรื่องที่ทำลายออกจากที่สำรองไม่ได้", "ตรวจสิทธิ์เขียนของที่เก็บไฟล์สำรอง") from None
    with counter.store.write("destruction") as work:
        waiting: dict[str, list[str]] = json.loads(meta_get(work.connection, TO_FORGET, "{}"))
        waiting[place] = [name for name in waiting.get(place, []) if name not in set(names)]
        meta_set(work.connection, TO_FORGET, canonical_json(waiting))


def bring_back(work: UnitOfWork, hash_key: bytes, folders: list[Path]) -> int:
    """In a restored store: enter as events what the registers of these folders tell; it is carried out when the store
    is opened. Returns how many."""
    told: dict[str, Mapping[str, Any]] = {}
    for folder in folders:
        told |= _read(folder / FILE, hash_key)
    new = 0
    for record, payload in told.items():
        of_register = "kind" in payload
        kind = rule.RECORD_KIND if of_register else rule.KIND
        asked = (payload["kind"], payload["key"]) if of_register else (bytes.fromhex(record),)
        if work.run(HERE[kind], asked).fetchone() is not None:
            work.emit(kind, bytes.fromhex(record), payload)
            new += 1
    if new:
        meta_set(work.connection, TO_FIND, "1")
    return new


def _read(path: Path, hash_key: bytes) -> dict[str, Mapping[str, Any]]:
    """Record (hex) -> payload; empty where there is no register, or none that this store's key opens."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        sealed = path.read_bytes()
        content = AESGCM(_key(hash_key)).decrypt(sealed[:NONCE], sealed[NONCE:], FILE.encode())
    except (OSError, InvalidTag, ValueError):
        return {}
    return dict(json.loads(zlib.decompress(content)))


def _key(hash_key: bytes) -> bytes:
    return derived_key(hash_key, "destroyed-register")
