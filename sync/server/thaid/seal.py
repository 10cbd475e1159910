"""What must not be read from the tables is sealed: AES-256-GCM under a key drawn from the server's own.

A SQLite database is encrypted as a whole already; a PostgreSQL one is not, and its dumps travel. Each value is bound
to its place, so that one row's value cannot be put into another row.
"""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.domain.errors import Refused, Unavailable
from sync.server.database import KEY_BYTES, KEY_VARIABLE, Database, server_key

NONCE_BYTES = 12


class Seal:
    """Seals and opens small values of one database."""

    def __init__(self, database: Database) -> None:
        self._cipher = AESGCM(hmac.digest(_root_key(database), b"lao-counter/thaid", hashlib.sha256))

    def close(self, place: str, content: bytes) -> bytes:
        """The sealed form of what is going to lie at `place`."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, content, place.encode())

    def open(self, place: str, sealed: bytes) -> bytes:
        """What was sealed for `place`; Unavailable "thaid_seal" when it was not, or under another key."""
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode())
        except InvalidTag:
            raise Unavailable(
                "thaid_seal", "อ่านค่าตั้ง ThaiD ของเครื่องแม่ข่ายไม่ได้ กุญแจไม่ตรง", "ใช้กุญแจเดิมของเครื่องแม่ข่าย หรือตั้งค่า ThaiD ใหม่"
            ) from None


def _root_key(database: Database) -> bytes:
    if database.url.get_backend_name() == "sqlite" and database.url.database:
        return server_key(Path(database.url.database))
    try:
        key = bytes.fromhex(os.environ.get(KEY_VARIABLE, ""))
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise Refused(
            "server_key",
            f"ต้องกำหนดกุญแจของเครื่องแม่ข่ายในตัวแปร {KEY_VARIABLE} ก่อนใช้ ThaiD",
            "ใส่เลขฐานสิบหก 64 ตัวที่สุ่มขึ้นและเก็บไว้แยกจากฐานข้อมูล",
        )
    return key
