"""Files of cases on the disk: by content, encrypted, whole or absent.

A file lies under the keyed hash of its SHA-256, so that the folder tells nobody which files are in it; its bytes are
nonce (12) and AES-256-GCM, bound to that name. It is on the disk before the row that names it is committed. A note in
"incoming" stands beside it until then: what a crash left without a row is found by its note and taken away.
"""

import contextlib
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from app.domain.errors import Unavailable
from app.store.files import write_durably
from app.store.keys import derived_key

FOLDER = "attachments"
NAMING = ("attachment", "office_file")
"""The tables whose rows name a file."""
NAMED = "({})".format(" UNION ALL ".join(f"SELECT sha256, size, at, origin FROM {table}" for table in NAMING))
"""Every row that names a file, as a subquery."""
INCOMING = "incoming"
ARRIVING = "arriving"
"""What is being fetched from the server, in sealed segments: a length (4 bytes), then nonce and AES-256-GCM."""
NONCE = 12
SEGMENT = 4 + NONCE + 16
"""Bytes that a segment takes besides its content."""
FORGOTTEN_S = 7 * 24 * 3_600
"""What began to arrive and has not grown for so long begins anew when it is wanted."""
SETTLED_S = 3_600
"""A note older than this belongs to no write that is still under way, in this program or another one."""


class Blobs:
    """The files of one counter's home."""

    def __init__(self, home: Path, key: bytes, folder: Path | None = None) -> None:
        self.folder = folder or home / FOLDER
        self._key = derived_key(key, "attachments")
        self._names = derived_key(key, "attachment-names")

    def name(self, sha256: bytes) -> str:
        """What the file of this content is called on the disk."""
        return hmac.digest(self._names, sha256, hashlib.sha256).hex()

    def path(self, sha256: bytes) -> Path:
        """Where the file of this content lies, whether it is there or not."""
        name = self.name(sha256)
        return self.folder / name[:2] / name

    def has(self, sha256: bytes) -> bool:
        """Whether the content is here."""
        return self.path(sha256).is_file()

    def put(self, content: bytes) -> bytes:
        """Write a content durably, with its note; returns its SHA-256. Unavailable where the disk does not take it."""
        sha256 = hashlib.sha256(content).digest()
        path = self.path(sha256)
        try:
            self._note(sha256).parent.mkdir(parents=True, exist_ok=True)
            write_durably(self._note(sha256), self._sealed(sha256, b"note"))
            if not path.is_file():
                path.parent.mkdir(parents=True, exist_ok=True)
                write_durably(path, self._sealed(content, path.name.encode()))
        except OSError as error:
            with contextlib.suppress(OSError):
                path.with_name(f"{path.name}.new").unlink(missing_ok=True)
                self._note(sha256).unlink(missing_ok=True)
            raise _no_room() from error
        return sha256

    def note(self, sha256: bytes) -> None:
        """Lay a note beside a content whose last row is about to go: it goes with `clean` then. Unavailable where the
        disk does not take it."""
        try:
            self._note(sha256).parent.mkdir(parents=True, exist_ok=True)
            write_durably(self._note(sha256), self._sealed(sha256, b"note"))
        except OSError as error:
            raise _no_room() from error

    def settle(self, sha256: bytes) -> None:
        """The row is committed: the note goes."""
        with contextlib.suppress(OSError):
            self._note(sha256).unlink(missing_ok=True)

    def get(self, sha256: bytes) -> bytes | None:
        """The content, or None where it is not here. Unavailable where what lies there is not it any more."""
        path = self.path(sha256)
        try:
            sealed = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _unreadable() from error
        content = self._opened(sealed, path.name.encode())
        if content is None or hashlib.sha256(content).digest() != sha256:
            raise _unreadable()
        return content

    def arrived(self, sha256: bytes) -> int:
        """Bytes that are here of a content that is on its way."""
        return sum(len(part) for part in self._arriving(sha256))

    def arrive(self, sha256: bytes, part: bytes) -> None:
        """Keep the next bytes of it. Unavailable where the disk does not take them; what was there stays."""
        path = self._part(sha256)
        whole = sum(SEGMENT + len(one) for one in self._arriving(sha256))
        sealed = self._sealed(part, f"{path.name} {whole}".encode())
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("r+b" if path.exists() else "xb") as file:
                file.truncate(whole)  # half a segment, of a crash
                file.seek(whole)
                file.write(len(sealed).to_bytes(4, "big") + sealed)
        except OSError as error:
            raise _no_room() from error

    def complete(self, sha256: bytes) -> bool:
        """All bytes have arrived: keep them as the content. False, and none of them stays, where they are not it."""
        content = b"".join(self._arriving(sha256))
        right = hashlib.sha256(content).digest() == sha256
        if right:
            self.settle(self.put(content))
        with contextlib.suppress(OSError):
            self._part(sha256).unlink(missing_ok=True)
        return right

    def _arriving(self, sha256: bytes) -> Iterator[bytes]:
        """The segments of a content that is on its way, as far as they are whole."""
        path, at = self._part(sha256), 0
        try:
            data = path.read_bytes()
        except OSError:
            return
        while size := int.from_bytes(data[at : at + 4], "big"):
            part = self._opened(data[at + 4 : at + 4 + size], f"{path.name} {at}".encode())
            if part is None:
                return
            yield part
            at += 4 + size

    def _part(self, sha256: bytes) -> Path:
        return self.folder / ARRIVING / self.name(sha256)

    def clean(
        self,
        wanted: Callable[[bytes], bool],
        older_than: float = SETTLED_S,
        waits: Callable[[bytes], bool] = lambda _sha256: False,
    ) -> int:
        """Take away what has a note and that no row names; returns how many. `wanted` tells whether a row does, `waits`
        whether that cannot be told yet: content and note stay."""
        gone = 0
        for part in self._older(ARRIVING, FORGOTTEN_S):
            part.unlink(missing_ok=True)
        for note in self._older(INCOMING, older_than):
            sha256 = self._opened(note.read_bytes(), b"note")
            if sha256 is not None and waits(sha256):
                continue
            if sha256 is not None and not wanted(sha256):
                self.path(sha256).unlink(missing_ok=True)
                gone += 1
            note.unlink(missing_ok=True)
        return gone

    def _older(self, folder: str, seconds: float) -> list[Path]:
        before = time.time() - seconds
        with contextlib.suppress(OSError):
            return [found for found in (self.folder / folder).iterdir() if found.stat().st_mtime <= before]
        return []

    def _note(self, sha256: bytes) -> Path:
        return self.folder / INCOMING / self.name(sha256)

    def _sealed(self, content: bytes, bound_to: bytes) -> bytes:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = secrets.token_bytes(NONCE)
        return nonce + AESGCM(self._key).encrypt(nonce, content, bound_to)

    def _opened(self, sealed: bytes, bound_to: bytes) -> bytes | None:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            return AESGCM(self._key).decrypt(sealed[:NONCE], sealed[NONCE:], bound_to)
        except (InvalidTag, ValueError):
            return None


def copy(source: Path, target: Path, linked: bool = False) -> bool:
    """Copy one file as it lies, durably, unless the target is there; False where the source is missing. linked: a
    second name of the same file will do, where the file system has such."""
    if target.is_file():
        return True
    if linked and source.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(OSError):
            target.hardlink_to(source)
            return True
    try:
        content = source.read_bytes()
    except FileNotFoundError:
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    write_durably(target, content)
    return True


def _no_room() -> Unavailable:
    return Unavailable("disk_full", "เก็บไฟล์แนบไม่ได้ ดิสก์เต็มหรือเขียนไม่ได้ ยังไม่ได้บันทึก", "เพิ่มพื้นที่ดิสก์ แล้วลองใหม่")


def _unreadable() -> Unavailable:
    return Unavailable("file_damaged", "ไฟล์แนบในเครื่องนี้เสียหายหรืออ่านไม่ได้", "กู้คืนจากไฟล์สำรอง หรือขอไฟล์จากผู้ร้องอีกครั้ง")
