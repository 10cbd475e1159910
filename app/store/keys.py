"""The key of the encrypted store: in the platform's key store, else in a key file wrapped by a passphrase.

The 32-byte key is random and never derived from anything a person chooses; a passphrase only wraps it (argon2id, then
AES-256-GCM), so it can be changed without rewriting the database.
"""

import hashlib
import hmac
import json
import os
import secrets
from base64 import b64decode, b64encode
from pathlib import Path

from app.domain.errors import Refused, Unavailable
from app.store.files import replace, unused_name, write_durably

KEY_FILE = "counter.key.json"
KEYRING_SERVICE = "lao-counter"
KEY_BYTES = 32
# RFC 9106 section 4, second recommended option: three passes over 64 MiB.
ARGON2 = {"time_cost": 3, "memory_cost": 65_536, "parallelism": 4}
MOST_MEMORY_KIB = 1_048_576
KEY_FILE_VERSION = 1


def new_key(passphrase: str | None) -> bytes:
    """A key for a new home. Refused "passphrase_needed" where there would be no place to keep it."""
    if passphrase is None and not has_key_store():
        raise _nowhere_to_keep()
    return secrets.token_bytes(KEY_BYTES)


def keep_key(home: Path, key: bytes, passphrase: str | None) -> None:
    """Keep this home's key: with a passphrase in the key file, without one in the platform's key store.

    A key file that is there already stays under another name: it may be the only key to somebody's backups.
    """
    key_file = home / KEY_FILE
    if key_file.exists():
        replace(key_file, key_file.with_name(unused_name(key_file, "before-init")))
    if passphrase is not None:
        write_durably(key_file, _wrap(key, passphrase))
    elif not _keyring_set(home, key):
        raise _nowhere_to_keep()


def _nowhere_to_keep() -> Refused:
    return Refused(
        "passphrase_needed",
        "เครื่องนี้ไม่มีที่เก็บกุญแจของระบบ ต้องตั้งรหัสผ่านกุญแจก่อน",
        "ตั้งรหัสผ่านกุญแจ (LAO_COUNTER_PASSPHRASE) แล้วลองใหม่",
    )


def load_key(home: Path, passphrase: str | None) -> bytes:
    """The key of this home. Raises Refused "passphrase_needed"/"passphrase_wrong", Unavailable "key_missing"."""
    key_file = home / KEY_FILE
    if key_file.exists():
        if passphrase is None:
            raise Refused("passphrase_needed", "ต้องใส่รหัสผ่านกุญแจก่อนเปิดฐานข้อมูล", "พิมพ์รหัสผ่านกุญแจของเครื่องนี้")
        return _unwrap(_content(key_file), passphrase)
    key = _keyring_get(home)
    if key is None:
        raise Unavailable(
            "key_missing", "ไม่พบกุญแจของฐานข้อมูลในเครื่องนี้", "ใช้บัญชีผู้ใช้ Windows เดิม หรือกู้คืนจากไฟล์สำรองด้วยรหัสผ่านกุญแจ"
        )
    return key


def _content(key_file: Path) -> bytes:
    try:
        return key_file.read_bytes()
    except OSError:
        raise Unavailable("key_file", "อ่านไฟล์กุญแจไม่ได้", "ตรวจสิทธิ์อ่านของโฟลเดอร์ข้อมูล แล้วลองใหม่") from None


def derived_key(key: bytes, purpose: str) -> bytes:
    """A key for one purpose ("citizen-id"), so that the store's own key is used for nothing else."""
    return hmac.digest(key, f"lao-counter/{purpose}".encode(), hashlib.sha256)


def _wrap(key: bytes, passphrase: str) -> str:
    # cryptography and argon2 are heavy to import and needed only where a passphrase is
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    sealed = AESGCM(_stretched(passphrase, salt, ARGON2)).encrypt(nonce, key, KEY_FILE.encode())
    parts = {"salt": salt, "nonce": nonce, "key": sealed}
    texts = {name: b64encode(value).decode() for name, value in parts.items()}
    return json.dumps({"version": KEY_FILE_VERSION, "argon2id": ARGON2, **texts}, indent=1) + "\n"


def _unwrap(text: bytes, passphrase: str) -> bytes:
    from argon2.exceptions import HashingError
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        document = json.loads(text)
        salt, nonce, sealed = (b64decode(document[name], validate=True) for name in ("salt", "nonce", "key"))
        cost = {name: int(document["argon2id"][name]) for name in ARGON2}
        if document["version"] != KEY_FILE_VERSION or cost["memory_cost"] > MOST_MEMORY_KIB:
            raise ValueError("not made by this program")
        return AESGCM(_stretched(passphrase, salt, cost)).decrypt(nonce, sealed, KEY_FILE.encode())
    except InvalidTag:
        raise Refused("passphrase_wrong", "รหัสผ่านกุญแจไม่ถูกต้อง", "ตรวจภาษาแป้นพิมพ์และ Caps Lock แล้วพิมพ์ใหม่") from None
    except (ValueError, KeyError, TypeError, OverflowError, HashingError):
        raise Unavailable("key_file_damaged", "ไฟล์กุญแจเสียหาย เปิดฐานข้อมูลไม่ได้", "คัดลอกไฟล์กุญแจจากที่สำรองไว้กลับมา") from None


def _stretched(passphrase: str, salt: bytes, cost: dict[str, int]) -> bytes:
    from argon2.low_level import Type, hash_secret_raw

    # a terminal of another encoding hands over bytes that are no UTF-8: they count as they are
    return hash_secret_raw(
        passphrase.encode("utf-8", "surrogateescape"), salt, hash_len=KEY_BYTES, type=Type.ID, **cost
    )


def has_key_store() -> bool:
    """Whether the platform offers a key store that is fit to hold a key."""
    import keyring

    return float(keyring.get_keyring().priority) >= 1


def _keyring_set(home: Path, key: bytes) -> bool:
    import keyring
    from keyring.errors import KeyringError

    if not has_key_store():
        return False
    try:
        keyring.set_password(KEYRING_SERVICE, _entry(home), key.hex())
    except KeyringError:
        return False
    return True


def _keyring_get(home: Path) -> bytes | None:
    import keyring
    from keyring.errors import KeyringError

    try:
        text = keyring.get_password(KEYRING_SERVICE, _entry(home))
    except KeyringError:
        return None
    return bytes.fromhex(text) if text else None


def _entry(home: Path) -> str:
    return f"store-key {hashlib.sha256(os.fsencode(home.resolve())).hexdigest()[:16]}"
