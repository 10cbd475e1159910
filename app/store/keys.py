"""The key of the encrypted store: in the platform's key store, else in a key file wrapped by a passphrase.

The 32-byte key is random and never derived from anything a person chooses; a passphrase only wraps it (argon2id, then
AES-256-GCM), so it can be changed without rewriting the database.
"""

import contextlib
import hashlib
import hmac
import json
import os
import secrets
from base64 import b64decode, b64encode
from pathlib import Path

from app.domain.errors import CounterError, Refused, Unavailable
from app.store.files import keep_beside, replace, unused_name, write_durably

KEY_FILE = "counter.key.json"
NEXT_FILE = "counter.key.next.json"
"""The key that a rotation is about to bring in; which of the two is right, the database itself tells."""
OLD_ENDINGS = ("before-rotation", "before-init")
KEYRING_SERVICE = "lao-counter"
NEXT, BEFORE = " next", " before"
KEY_BYTES = 32
# RFC 9106 section 4, second recommended option: three passes over 64 MiB.
ARGON2 = {"time_cost": 6, "memory_cost": 65_536, "parallelism": 1}
"""What a try of the passphrase costs: 0.4 s of a processor of 2026, on one thread as on many, and 64 MiB."""
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
        return
    before = _keyring_get(home)
    if before is not None and before != key and before not in (kept := _keyring_list(home)):
        _keyring_write(home, b"".join((before, *kept)), BEFORE)
    if not _keyring_set(home, key):
        raise _nowhere_to_keep()


def keep_next(home: Path, key: bytes, passphrase: str | None) -> None:
    """Keep a second key beside the one in use, in the same place, until `promote_next` or `drop_next`."""
    if (home / KEY_FILE).exists():
        if passphrase is None:
            raise _passphrase_needed()
        write_durably(home / NEXT_FILE, _wrap(key, passphrase))
    elif not _keyring_set(home, key, NEXT):
        raise _nowhere_to_keep()


def next_key(home: Path, passphrase: str | None) -> bytes | None:
    """The key that a rotation brought as far as this, or None."""
    path = home / NEXT_FILE
    if path.exists():
        if passphrase is None:
            raise _passphrase_needed()
        return _unwrap(_content(path), passphrase)
    return None if (home / KEY_FILE).exists() else _keyring_get(home, NEXT)


def promote_next(home: Path, passphrase: str | None) -> None:
    """The next key is the key; the one before stays, for it may be the only key to somebody's backups."""
    path, key_file = home / NEXT_FILE, home / KEY_FILE
    if path.exists():
        if key_file.exists():
            keep_beside(key_file, unused_name(key_file, OLD_ENDINGS[0]))
        replace(path, key_file)
        return
    current, following = _keyring_get(home), _keyring_get(home, NEXT)
    if following is not None and current is not None:
        kept = _keyring_list(home)
        if current not in kept:
            _keyring_write(home, b"".join((current, *kept)), BEFORE)
        _keyring_write(home, following)
        _keyring_forget(home, NEXT)


def drop_next(home: Path) -> None:
    """A rotation did not come to its end: the key in use stays the only one."""
    (home / NEXT_FILE).unlink(missing_ok=True)
    if not (home / KEY_FILE).exists():
        _keyring_forget(home, NEXT)


def older_keys(home: Path, passphrase: str | None) -> list[bytes]:
    """Keys that this home has had and that this passphrase opens, for backups of that time."""
    found = [] if (home / KEY_FILE).exists() else _keyring_list(home)
    paths = [path for ending in OLD_ENDINGS for path in sorted(home.glob(f"{KEY_FILE}.{ending}*"))]
    for path in paths if passphrase is not None else []:
        with contextlib.suppress(CounterError):
            found.append(_unwrap(_content(path), passphrase or ""))
    return found


def _passphrase_needed() -> Refused:
    return Refused("passphrase_needed", "ต้องใส่รหัสผ่านกุญแจก่อนเปิดฐานข้อมูล", "พิมพ์รหัสผ่านกุญแจของเครื่องนี้")


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
            raise _passphrase_needed()
        return _unwrap(_content(key_file), passphrase)
    key = _keyring_get(home)
    if key is None:
        raise Unavailable(
            "key_missing",
            "ไม่พบกุญแจของฐานข้อมูลในเครื่องนี้",
            "ใช้บัญชีผู้ใช้ Windows เดิม หรือเปิดด้วยกุญแจกู้คืนบนกระดาษ (คำสั่ง recovery use)",
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


def _keyring_set(home: Path, key: bytes, which: str = "") -> bool:
    from keyring.errors import KeyringError

    if not has_key_store():
        return False
    try:
        _keyring_write(home, key, which)
    except KeyringError:
        return False
    return True


def _keyring_write(home: Path, key: bytes, which: str = "") -> None:
    import keyring

    keyring.set_password(KEYRING_SERVICE, _entry(home) + which, key.hex())


def _keyring_get(home: Path, which: str = "") -> bytes | None:
    import keyring
    from keyring.errors import KeyringError

    try:
        text = keyring.get_password(KEYRING_SERVICE, _entry(home) + which)
    except KeyringError:
        return None
    return bytes.fromhex(text) if text else None


def _keyring_list(home: Path) -> list[bytes]:
    """The keys before the one in use, newest first."""
    data = _keyring_get(home, BEFORE) or b""
    return [data[at : at + KEY_BYTES] for at in range(0, len(data), KEY_BYTES)]


def _keyring_forget(home: Path, which: str) -> None:
    import keyring
    from keyring.errors import KeyringError

    with contextlib.suppress(KeyringError):
        keyring.delete_password(KEYRING_SERVICE, _entry(home) + which)


def _entry(home: Path) -> str:
    return f"store-key {hashlib.sha256(os.fsencode(home.resolve())).hexdigest()[:16]}"
