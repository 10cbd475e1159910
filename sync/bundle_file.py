"""A bundle: what goes by USB stick when there is no line, sealed for whom it is meant and signed by who made it.

    LAOBUNDLE1\\n        then 4 bytes length and the head: JSON {kind, office, sender, id, box}
    parts               each 4 bytes length and AES-256-GCM; nonce: number of the part, 11 bytes, and 1 for the last
    signature           Ed25519 over SHA-512 of all before it (64 bytes), then "END\\n"

The key of the parts is HKDF-SHA256 of X25519 between a key made for this one bundle (`box`, its public half) and the
reader's; the head is bound to every part. The plain text is a row of sections: 4 bytes length and JSON, whose `size` is
how many bytes of content follow. Nothing of it can be read without the reader's key, and nothing of a bundle is used
before its signature has been proved over all of it.
"""

import hashlib
import io
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.domain.errors import Refused

MAGIC, END = b"LAOBUNDLE1\n", b"END\n"
PART = 1024 * 1024
SIGNATURE = 64
LONGEST_HEAD = 4096
LONGEST_SECTION = 64 * 1024 * 1024

Section = tuple[dict[str, Any], bytes]
"""(what it is, content)."""


@dataclass(frozen=True, slots=True)
class Head:
    """What stands outside a bundle in the clear. kind: "up" (a counter's) or "ack" (the server's answer); sender: a
    device id, or "server"; reader: the device it is meant for, or "server"."""

    kind: str
    office: str
    sender: str
    reader: str
    id: str


@dataclass(frozen=True, slots=True)
class Keys:
    """The private halves of one party's keys (32 bytes each)."""

    sign: bytes
    box: bytes

    @classmethod
    def new(cls) -> "Keys":
        """Two fresh ones."""
        return cls(Ed25519PrivateKey.generate().private_bytes_raw(), X25519PrivateKey.generate().private_bytes_raw())

    def public(self) -> tuple[bytes, bytes]:
        """(sign, box) as others may know them."""
        sign = Ed25519PrivateKey.from_private_bytes(self.sign).public_key().public_bytes_raw()
        return sign, X25519PrivateKey.from_private_bytes(self.box).public_key().public_bytes_raw()


def write(target: BinaryIO, head: Head, keys: Keys, reader_box: bytes, sections: Iterable[Section]) -> None:
    """Write a bundle for the owner of `reader_box`, signed with `keys`. OSError leaves an unfinished file."""
    ephemeral = X25519PrivateKey.generate()
    clear = {
        "kind": head.kind,
        "office": head.office,
        "sender": head.sender,
        "reader": head.reader,
        "id": head.id,
        "box": ephemeral.public_key().public_bytes_raw().hex(),
    }
    first = MAGIC + _framed(json.dumps(clear, ensure_ascii=False, sort_keys=True).encode())
    cipher = AESGCM(_key(ephemeral.exchange(X25519PublicKey.from_public_bytes(reader_box)), first))
    digest = hashlib.sha512(first)
    target.write(first)
    for number, part, last in _parts(sections):
        sealed = _framed(cipher.encrypt(_nonce(number, last), part, first))
        digest.update(sealed)
        target.write(sealed)
    target.write(Ed25519PrivateKey.from_private_bytes(keys.sign).sign(digest.digest()) + END)


def read_head(source: BinaryIO) -> Head:
    """Who made it for whom. Refused "bundle_file" for another kind of file, "bundle_cut" for one that is too short."""
    return _head(source)[0]


def read(source: BinaryIO, keys: Keys, signer: bytes) -> Iterator[Section]:
    """The sections of a bundle meant for `keys`, once the signature of `signer` is proved over the whole file.

    source: can be gone back in. Refused "bundle_cut", "bundle_damaged" or "bundle_not_ours".
    """
    _head(source)
    start = source.tell()
    end = _proved(source, signer)
    source.seek(0)
    head, first = _head(source)
    del head
    box = json.loads(first[len(MAGIC) + 4 :])["box"]
    shared = X25519PrivateKey.from_private_bytes(keys.box).exchange(
        X25519PublicKey.from_public_bytes(bytes.fromhex(box))
    )
    source.seek(start)
    return _sections(_opened(source, AESGCM(_key(shared, first)), first, end))


def _head(source: BinaryIO) -> tuple[Head, bytes]:
    source.seek(0)
    magic = source.read(len(MAGIC))
    if magic != MAGIC:
        raise Refused(
            "bundle_file", "ไฟล์นี้ไม่ใช่ไฟล์รับส่งข้อมูลของเคาน์เตอร์", "เลือกไฟล์ที่ได้จากคำสั่ง bundle export หรือไฟล์ตอบรับ", "file"
        )
    size = source.read(4)
    length = int.from_bytes(size, "big")
    text = source.read(min(length, LONGEST_HEAD))
    if len(text) < length:
        raise _cut()
    try:
        found = json.loads(text)
        values = (found["kind"], found["office"], found["sender"], found["reader"], found["id"])
        if not all(isinstance(value, str) for value in (*values, found["box"])):
            raise TypeError
        head = Head(*values)
    except (ValueError, KeyError, TypeError):
        raise _damaged() from None
    return head, magic + size + text


def _proved(source: BinaryIO, signer: bytes) -> int:
    """Where the signed bytes end."""
    size = source.seek(0, io.SEEK_END)
    source.seek(max(0, size - len(END)))
    if source.read() != END:
        raise _cut()
    end = size - len(END) - SIGNATURE
    source.seek(max(0, end))
    signature = source.read(SIGNATURE)
    source.seek(0)
    digest, left = hashlib.sha512(), end
    while left > 0 and (part := source.read(min(PART, left))):
        digest.update(part)
        left -= len(part)
    try:
        Ed25519PublicKey.from_public_bytes(signer).verify(signature, digest.digest())
    except (InvalidSignature, ValueError):
        raise _damaged() from None
    return end


def _opened(source: BinaryIO, cipher: AESGCM, bound: bytes, end: int) -> Iterator[bytes]:
    number = 0
    while source.tell() < end:
        sealed = source.read(int.from_bytes(source.read(4), "big"))
        last = source.tell() >= end
        try:
            yield cipher.decrypt(_nonce(number, last), sealed, bound)
        except InvalidTag:
            raise Refused(
                "bundle_not_ours", "ไฟล์นี้เข้ารหัสไว้ให้เครื่องอื่น", "นำไฟล์ไปเปิดที่เครื่องที่ระบุไว้ตอนส่งออก", "file"
            ) from None
        number += 1


def _sections(parts: Iterator[bytes]) -> Iterator[Section]:
    waiting = bytearray()

    def take(size: int) -> bytes:
        while len(waiting) < size:
            part = next(parts, None)
            if part is None:
                raise _damaged()
            waiting.extend(part)
        found = bytes(waiting[:size])
        del waiting[:size]
        return found

    while True:
        if not waiting:
            part = next(parts, None)
            if part is None:
                return
            waiting.extend(part)
            continue
        what = json.loads(take(int.from_bytes(take(4), "big")))
        yield what, take(min(int(what.get("size", 0)), LONGEST_SECTION))


def _parts(sections: Iterable[Section]) -> Iterator[tuple[int, bytes, bool]]:
    """The plain text in parts of at most PART bytes: (number, bytes, whether it is the last)."""
    waiting, number = bytearray(), 0
    for what, content in sections:
        waiting += _framed(json.dumps({**what, "size": len(content)}, ensure_ascii=False).encode())
        waiting += content
        while len(waiting) > PART:
            yield number, bytes(waiting[:PART]), False
            del waiting[:PART]
            number += 1
    yield number, bytes(waiting), True


def _framed(content: bytes) -> bytes:
    return len(content).to_bytes(4, "big") + content


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\1" if last else b"\0")


def _key(shared: bytes, head: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=hashlib.sha256(head).digest(), info=b"lao bundle 1").derive(shared)


def _cut() -> Refused:
    return Refused("bundle_cut", "ไฟล์ไม่ครบ อาจถอดแฟลชไดรฟ์ก่อนเขียนเสร็จ", "ส่งออกใหม่อีกครั้ง แล้วถอดแฟลชไดรฟ์อย่างปลอดภัย", "file")


def _damaged() -> Refused:
    return Refused("bundle_damaged", "ไฟล์เสียหายหรือถูกแก้ไข จึงไม่นำเข้า", "ส่งออกใหม่อีกครั้ง หรือใช้แฟลชไดรฟ์อื่น", "file")


def to_file(path: Path, fill: Callable[[BinaryIO], None]) -> int:
    """Write a file that is whole or absent, on a stick as well; returns its bytes. OSError leaves nothing behind."""
    import os

    temporary = path.with_name(path.name + ".part")
    try:
        with temporary.open("wb") as file:
            fill(file)
            file.flush()
            os.fsync(file.fileno())
            size = file.tell()
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return size
