"""Who may speak: one-time codes, device tokens, revocation. Only hashes of codes and tokens are kept."""

import hashlib
import secrets
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from sync.protocol import SyncRequest
from sync.server import tables
from sync.server.faults import Denied
from sync.server.offices import now_ms

ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Letters and digits that cannot be read for one another: no I, L, O, 0, 1."""
CODE_LENGTH = 8
HOUR_MS = 3_600_000
SEEN_EVERY_MS = 600_000
"""How often `seen_at` is written when a counter has nothing to send: a write costs the disk a sync."""

TABLE = tables.device
WITH_OFFICE = select(TABLE, *(tables.office.c[name] for name in ("last_seq", "revision", "upstream"))).join(
    tables.office, tables.office.c.code == TABLE.c.office
)
OF_TOKEN = WITH_OFFICE.where(TABLE.c.token_hash == bindparam("hash"))
OF_TOKEN_AND_OFFICE = OF_TOKEN.where(TABLE.c.office == bindparam("office"))
OF_ID = WITH_OFFICE.where(TABLE.c.office == bindparam("office"), TABLE.c.id == bindparam("id"))
SAID = ("seen_at", "app_version", "waiting", "resting", "settled_through")
SEEN = (
    update(TABLE)
    .where(TABLE.c.office == bindparam("its_office"), TABLE.c.id == bindparam("its_id"))
    .values({name: bindparam(name) for name in SAID})
)


def secret_hash(text: str) -> bytes:
    """SHA-256: codes and tokens are random and long enough that a slow hash adds nothing."""
    return hashlib.sha256(text.encode()).digest()


def new_code(connection: Connection, office: str, hours: float, relay: bool = False) -> tuple[str, int]:
    """A one-time code of the office for a counter, or for the office's own server: (code, expires at in ms)."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    expires_at = now_ms() + int(hours * HOUR_MS)
    values = {"office": office, "hash": secret_hash(code), "expires_at": expires_at, "relay": int(relay)}
    connection.execute(insert(tables.enrol_code).values(values))
    return code, expires_at


def normal_code(text: str) -> str:
    """The code as it was made, however it was typed."""
    return "".join(character for character in text.upper() if character.isalnum())


def redeem(connection: Connection, code: str, store_id: str) -> tuple[str, bool]:
    """(office of a code, whether it is for the office's own server); the code is used up by this. The store that used
    it may repeat it until it expires, because its first answer may have been lost on the way."""
    row = look_at(connection, code, store_id)
    kept = tables.enrol_code
    connection.execute(
        update(kept).where(kept.c.office == row.office, kept.c.hash == row.hash).values(used_by=store_id)
    )
    return str(row.office), bool(row.relay)


def look_at(connection: Connection, code: str, store_id: str) -> Row[Any]:
    """The row of a code that this store may use, locked. Denied 403 for any other."""
    kept, hashed = tables.enrol_code, secret_hash(normal_code(code))
    row = connection.execute(select(kept).where(kept.c.hash == hashed).with_for_update()).first()
    if row is None:
        raise Denied(403, "enrol_code_wrong", "รหัสเข้าร่วมไม่ถูกต้อง", "ตรวจรหัส 8 ตัวกับผู้ดูแลเครื่องแม่ข่าย แล้วพิมพ์ใหม่")
    if row.expires_at <= now_ms():
        raise Denied(403, "enrol_code_expired", "รหัสเข้าร่วมหมดอายุแล้ว", "ขอรหัสใหม่จากผู้ดูแลเครื่องแม่ข่าย")
    if row.used_by not in ("", store_id):
        raise Denied(403, "enrol_code_used", "รหัสเข้าร่วมนี้ถูกใช้ไปแล้ว", "ขอรหัสใหม่จากผู้ดูแลเครื่องแม่ข่าย รหัสหนึ่งใช้ได้กับเครื่องเดียว")
    return row


def enter(
    connection: Connection, office: str, store_id: str, name: str, app_version: str, relay: bool = False
) -> tuple[str, str]:
    """Add the device, or give a known store a new token in place of its old one: (device id, token)."""
    device = tables.device
    token = f"{office}.{secrets.token_urlsafe(16)}"
    now = now_ms()
    values: dict[str, Any] = {
        "name": name,
        "token_hash": secret_hash(token),
        "app_version": app_version,
        "seen_at": now,
        "revoked_at": None,
        "revoked_reason": "",
        "relay": int(relay),
    }
    known = connection.execute(
        select(device.c.id).where(device.c.office == office, device.c.store_id == store_id)
    ).scalar()
    if known:
        connection.execute(update(device).where(device.c.office == office, device.c.id == known).values(values))
        return str(known), token
    new = secrets.token_hex(8)
    connection.execute(
        insert(device).values(office=office, id=new, store_id=store_id, enrolled_at=now, settled_through=0, **values)
    )
    return new, token


def authenticate(connection: Connection, token: str) -> Row[Any]:
    """The device of a token, with `last_seq`, `revision` and `upstream` of its office.

    Denied 401 for an unknown token, 403 with the reason for a revoked device."""
    hashed, office = secret_hash(token), office_in(token)
    if office:
        row = connection.execute(OF_TOKEN_AND_OFFICE, {"hash": hashed, "office": office}).first()
    else:
        row = connection.execute(OF_TOKEN, {"hash": hashed}).first()
    if row is None:
        raise Denied(
            401, "token_unknown", "เครื่องแม่ข่ายกลางไม่รู้จักเครื่องนี้", "ขอรหัสเข้าร่วมใหม่จากผู้ดูแลเครื่องแม่ข่าย ข้อมูลในเครื่องยังอยู่ครบ"
        )
    return not_revoked(row)


def office_in(token: str) -> str:
    """The office that a token names, so that one partition is looked into; "" for a token of an older server."""
    office, parted, _ = token.partition(".")
    return office if parted else ""


def not_revoked(row: Row[Any]) -> Row[Any]:
    """The device as it is. Denied 403 with the reason for a revoked one."""
    if row.revoked_at is not None:
        raise Denied(
            403, "device_revoked", f"เครื่องนี้ถูกยกเลิกสิทธิ์: {row.revoked_reason}", "ติดต่อผู้ดูแลเครื่องแม่ข่าย ข้อมูลในเครื่องยังอยู่ครบ"
        )
    return row


def of_office(connection: Connection, office: str, device_id: str) -> Row[Any] | None:
    """The device of that id, revoked or not, with `last_seq`, `revision` and `upstream` of its office."""
    return connection.execute(OF_ID, {"office": office, "id": device_id}).first()


def revoke(connection: Connection, office: str, device_id: str, reason: str) -> bool:
    """Shut a device (by its id or store id) out; False where the office has none of that name."""
    device = tables.device
    found = connection.execute(
        update(device)
        .where(device.c.office == office, (device.c.id == device_id) | (device.c.store_id == device_id))
        .values(revoked_at=now_ms(), revoked_reason=reason)
    )
    return found.rowcount > 0


def seen(connection: Connection, device: Row[Any], said: SyncRequest, settled_through: int) -> None:
    """Note when a device spoke last, how far it has been settled, and what it said of itself."""
    connection.execute(
        SEEN,
        {
            "its_office": device.office,
            "its_id": device.id,
            "seen_at": now_ms(),
            "app_version": said.app_version,
            "waiting": said.waiting,
            "resting": said.resting,
            "settled_through": max(device.settled_through, settled_through),
        },
    )


def settled(connection: Connection, device: Row[Any], through: int) -> None:
    """Note how far a device has been settled."""
    connection.execute(
        update(TABLE)
        .where(TABLE.c.office == device.office, TABLE.c.id == device.id)
        .values(settled_through=max(device.settled_through, through))
    )


def says_the_same(device: Row[Any], said: SyncRequest) -> bool:
    """Whether there is nothing in what a device says of itself that is worth a write just now."""
    known = (device.app_version, device.waiting, device.resting)
    return known == (said.app_version, said.waiting, said.resting) and device.seen_at > now_ms() - SEEN_EVERY_MS
