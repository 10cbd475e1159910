"""Where whole files lie: a folder of this machine, or a bucket that speaks S3. Both see only sealed bytes.

A file's name is a keyed hash of office and SHA-256, its bytes are AES-256-GCM under a key that the database keeps,
bound to that name: a folder or a bucket in other hands tells nothing, not even whether two offices have the same file.
"""

import hashlib
import hmac
import os
import secrets
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

from app.domain.errors import Refused, Unavailable
from sync.server.database import Database
from sync.server.files import uploads
from sync.server.own_secrets import secret

PLACE_VARIABLE = "LAO_SERVER_FILES"
KEY = "files"
NONCE = 12


class Keeper(Protocol):
    """A place for sealed files; each method raises OSError where the place cannot be used."""

    def put(self, name: str, sealed: bytes) -> None:
        """Keep durably; the same name again changes nothing."""

    def get(self, name: str) -> bytes | None:
        """What was kept, or None."""

    def remove(self, name: str) -> None:
        """Take it away; what is not there changes nothing."""


class Folder:
    """A folder of this machine. A file is whole or absent there."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def put(self, name: str, sealed: bytes) -> None:
        """By temporary file, fsync and rename."""
        from sync.server.files.durable import write_durably

        target = self._path / name[:2] / name
        if not target.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            write_durably(target, sealed)

    def get(self, name: str) -> bytes | None:
        """The whole file."""
        try:
            return (self._path / name[:2] / name).read_bytes()
        except FileNotFoundError:
            return None

    def remove(self, name: str) -> None:
        """The whole file."""
        (self._path / name[:2] / name).unlink(missing_ok=True)


class Bucket:
    """A bucket of any service that speaks S3: "s3://bucket/prefix?endpoint=host:port&region=…&insecure=1".

    The keys are those of the environment (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or MINIO_…), never of the URL.
    """

    def __init__(self, url: str) -> None:
        from minio import Minio
        from minio.credentials.providers import ChainedProvider, EnvAWSProvider, EnvMinioProvider

        parts = urlsplit(url)
        options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        self._bucket, self._prefix = parts.netloc, parts.path.strip("/")
        self._client = Minio(
            endpoint=options.get("endpoint", "s3.amazonaws.com"),
            region=options.get("region"),
            secure="insecure" not in options,
            credentials=ChainedProvider([EnvAWSProvider(), EnvMinioProvider()]),
        )

    def _named(self, name: str) -> str:
        return f"{self._prefix}/{name}" if self._prefix else name

    def put(self, name: str, sealed: bytes) -> None:
        """One object; the service keeps it durably or says no."""
        import io

        self._ask(
            lambda: self._client.put_object(
                bucket_name=self._bucket, object_name=self._named(name), data=io.BytesIO(sealed), length=len(sealed)
            )
        )

    def get(self, name: str) -> bytes | None:
        """The whole object."""

        def fetch() -> bytes:
            response = self._client.get_object(bucket_name=self._bucket, object_name=self._named(name))
            try:
                return bytes(response.read())
            finally:
                response.close()
                response.release_conn()

        found: bytes | None = self._ask(fetch)
        return found

    def remove(self, name: str) -> None:
        """The whole object; versions that the bucket itself keeps are its owner's business."""
        self._ask(lambda: self._client.remove_object(bucket_name=self._bucket, object_name=self._named(name)))

    def _ask(self, request: Any) -> Any:
        from minio.error import MinioException, S3Error
        from urllib3.exceptions import HTTPError

        try:
            return request()
        except S3Error as error:
            if error.code == "NoSuchKey":
                return None
            raise OSError(f"S3: {error.code}") from None
        except (MinioException, HTTPError) as error:
            raise OSError(f"S3: {type(error).__name__}") from None


class FileStore:
    """Sealed files of all offices."""

    def __init__(self, database: Database, keeper: Keeper) -> None:
        self._keeper = keeper
        key = _key(database)
        self._key = hmac.digest(key, b"content", hashlib.sha256)
        self._names = hmac.digest(key, b"names", hashlib.sha256)

    def put(self, office: str, content: bytes) -> None:
        """Keep a content under its SHA-256. Unavailable where there is no room."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        name, nonce = self._name(office, hashlib.sha256(content).digest()), secrets.token_bytes(NONCE)
        try:
            self._keeper.put(name, nonce + AESGCM(self._key).encrypt(nonce, content, name.encode()))
        except OSError:
            raise Unavailable("server_files", "เครื่องแม่ข่ายเก็บไฟล์ไม่ได้", "โปรแกรมจะส่งใหม่เอง แจ้งผู้ดูแลเครื่องแม่ข่าย") from None

    def get(self, office: str, sha256: bytes) -> bytes | None:
        """The content, or None where it is not there or not itself any more."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        name = self._name(office, sha256)
        try:
            sealed = self._keeper.get(name)
            content = AESGCM(self._key).decrypt(sealed[:NONCE], sealed[NONCE:], name.encode()) if sealed else None
        except OSError:
            raise Unavailable("server_files", "เครื่องแม่ข่ายอ่านไฟล์ไม่ได้", "ลองใหม่ภายหลัง แจ้งผู้ดูแลเครื่องแม่ข่าย") from None
        except (InvalidTag, ValueError):
            return None
        return content if content is not None and hashlib.sha256(content).digest() == sha256 else None

    def forget(self, office: str, sha256: bytes) -> None:
        """Take a content away for good. Unavailable where the place cannot be used."""
        try:
            self._keeper.remove(self._name(office, sha256))
        except OSError:
            raise Unavailable("server_files", "เครื่องแม่ข่ายลบไฟล์ไม่ได้", "โปรแกรมจะลบอีกครั้งเอง แจ้งผู้ดูแลเครื่องแม่ข่าย") from None

    def _name(self, office: str, sha256: bytes) -> str:
        return hmac.digest(self._names, office.encode() + b"/" + sha256, hashlib.sha256).hex()


def open_store(database: Database, place: str = "") -> FileStore:
    """The store of files at `place`: a folder, "s3://…", or "" for what LAO_SERVER_FILES names, else a folder beside a
    SQLite database. Refused where a database elsewhere has no folder of its own."""
    return FileStore(database, _keeper(database, place or os.environ.get(PLACE_VARIABLE, "")))


def _keeper(database: Database, place: str) -> Keeper:
    if place.startswith("s3://"):
        return Bucket(place)
    if not place:
        name = database.url.database or ""
        if database.url.get_backend_name() != "sqlite":
            raise Refused("server_files_place", "ต้องระบุที่เก็บไฟล์แนบของเครื่องแม่ข่าย", "ระบุ --files โฟลเดอร์ หรือ s3://ชื่อถัง")
        place = str(Path(name).with_name(f"{Path(name).name}.files"))
    return Folder(Path(place))


def _key(database: Database) -> bytes:
    def make() -> bytes:
        uploads.catch_up(connection)
        return secrets.token_bytes(32)

    with database.write() as connection:
        return secret(connection, KEY, make)
