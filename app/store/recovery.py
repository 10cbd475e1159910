"""The file that opens a home with the paper key: every key that this home has had, sealed for the recovery code.

The code is the seed of an X25519 key of which the file holds the public half only. So a new key can be sealed for the
paper that lies in the safe (after a rotation) without the paper, and whoever reads the file learns nothing. It lies in
the home, and beside every backup: paper and backup together are all that a new machine needs.
"""

import json
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any

from app.domain.errors import Refused, Unavailable
from app.store.files import write_durably

RECOVERY_FILE = "counter.recovery.json"
VERSION = 1
INFO = b"lao-counter/recovery-key"
NONCE = bytes(12)
"""Every sealed key has an ephemeral key of its own, so that no pair of key and nonce is ever used twice."""


def beside(backup: Path) -> Path:
    """The recovery file of a backup."""
    return backup.with_name(f"{backup.name}.recovery.json")


def begin(home: Path, seed: bytes, keys: list[bytes]) -> None:
    """Make the file for a new code; an older code opens nothing from now on."""
    public = _private(seed).public_key().public_bytes_raw()
    _write(home / RECOVERY_FILE, public, [_seal(public, key) for key in keys])


def add(home: Path, key: bytes) -> None:
    """Seal one more key for the code that there is; nothing where no code was made yet."""
    path = home / RECOVERY_FILE
    if path.exists():
        public, sealed = _read(path)
        _write(path, public, [_seal(public, key), *sealed])


def keys(path: Path, seed: bytes) -> list[bytes]:
    """The keys, newest first. Refused "recovery_code" for another home's code, Unavailable "recovery_file" where the
    file is missing or damaged."""
    from cryptography.exceptions import InvalidTag

    public, sealed = _read(path)
    private = _private(seed)
    if private.public_key().public_bytes_raw() != public:
        raise Refused(
            "recovery_code",
            "รหัสกู้คืนนี้ไม่ใช่ของข้อมูลชุดนี้ หรือถูกแทนด้วยรหัสใหม่แล้ว",
            "ตรวจชื่อเคาน์เตอร์และวันที่บนกระดาษ แล้วใช้แผ่นล่าสุด",
            "code",
        )
    try:
        return [_open(private, public, part) for part in sealed]
    except (InvalidTag, ValueError):
        raise _damaged() from None


def _private(seed: bytes) -> Any:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return X25519PrivateKey.from_private_bytes(HKDF(hashes.SHA256(), 32, None, INFO).derive(seed))


def _shared(secret: bytes, ephemeral: bytes, public: bytes) -> Any:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return AESGCM(HKDF(hashes.SHA256(), 32, ephemeral + public, INFO).derive(secret))


def _seal(public: bytes, key: bytes) -> dict[str, str]:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

    own = X25519PrivateKey.generate()
    ephemeral = own.public_key().public_bytes_raw()
    cipher = _shared(own.exchange(X25519PublicKey.from_public_bytes(public)), ephemeral, public)
    return {"for": _text(ephemeral), "key": _text(cipher.encrypt(NONCE, key, INFO))}


def _open(private: Any, public: bytes, part: dict[str, bytes]) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

    cipher = _shared(private.exchange(X25519PublicKey.from_public_bytes(part["for"])), part["for"], public)
    return bytes(cipher.decrypt(NONCE, part["key"], INFO))


def _write(path: Path, public: bytes, sealed: list[dict[str, str]] | list[Any]) -> None:
    texts = [{name: value if isinstance(value, str) else _text(value) for name, value in part.items()}
             for part in sealed]  # fmt: skip
    write_durably(path, json.dumps({"version": VERSION, "public": _text(public), "keys": texts}, indent=1) + "\n")


def _read(path: Path) -> tuple[bytes, list[Any]]:
    try:
        document = json.loads(path.read_bytes())
        if document["version"] != VERSION:
            raise ValueError("not made by this program")
        parts = [{name: b64decode(part[name], validate=True) for name in ("for", "key")} for part in document["keys"]]
        return b64decode(document["public"], validate=True), parts
    except FileNotFoundError:
        raise Unavailable(
            "recovery_file",
            "ไม่พบไฟล์กุญแจกู้คืน (.recovery.json)",
            "ไฟล์นี้อยู่ในโฟลเดอร์ข้อมูล และอยู่ข้างไฟล์สำรองทุกไฟล์ คัดลอกมาวางข้างกันแล้วลองใหม่",
        ) from None
    except (OSError, ValueError, KeyError, TypeError):
        raise _damaged() from None


def _damaged() -> Unavailable:
    return Unavailable("recovery_file", "ไฟล์กุญแจกู้คืนเสียหายหรืออ่านไม่ได้", "ใช้ไฟล์ .recovery.json ที่อยู่ข้างไฟล์สำรองอื่น")


def _text(data: bytes) -> str:
    return b64encode(data).decode()
