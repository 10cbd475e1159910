"""Where whole files lie on the server: a folder or a bucket, sealed in both, with real requests to a local S3."""

import hashlib
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from app.domain.errors import Refused, Unavailable
from sync.server.database import Database
from sync.server.files.store import FileStore, open_store

CONTENT = "รูปถ่ายหน้าวัด".encode() * 500


class Emulator(ThreadingHTTPServer):
    """As much of S3 as a bucket needs: PUT and GET of objects, only for who signs with the right key."""

    objects: dict[str, bytes]
    full = False

    @property
    def place(self) -> str:
        return f"s3://cases/office?endpoint=127.0.0.1:{self.server_address[1]}&region=us-east-1&insecure=1"


class Handler(BaseHTTPRequestHandler):
    server: Emulator
    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        body = self._body()
        if not self._signed():
            self._fault(403, "SignatureDoesNotMatch")
        elif self.server.full:
            self._fault(507, "XMinioStorageFull")
        else:
            self.server.objects[self.path] = body
            self.send_response(200)
            self.send_header("ETag", f'"{hashlib.md5(body).hexdigest()}"')
            self.send_header("Content-Length", "0")
            self.end_headers()

    def do_GET(self) -> None:
        found = self.server.objects.get(self.path)
        if not self._signed():
            self._fault(403, "SignatureDoesNotMatch")
        elif found is None:
            self._fault(404, "NoSuchKey")
        else:
            self.send_response(200)
            self.send_header("Content-Length", str(len(found)))
            self.end_headers()
            self.wfile.write(found)

    def _signed(self) -> bool:
        return "Credential=right/" in self.headers.get("Authorization", "")

    def _body(self) -> bytes:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        if "STREAMING" not in self.headers.get("x-amz-content-sha256", ""):
            return raw
        size = int(re.match(rb"([0-9a-f]+)", raw)[1], 16)  # type: ignore[index]
        return raw[raw.index(b"\r\n") + 2 :][:size]

    def _fault(self, status: int, code: str) -> None:
        body = f"<Error><Code>{code}</Code><Message>no</Message><Resource>/</Resource></Error>".encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "right")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret key")
    with Emulator(("127.0.0.1", 0), Handler) as server:
        server.objects = {}
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    found = Database(f"sqlite:///{(tmp_path / 'server.db').as_posix()}")
    yield found
    found.close()


def both_ways(store: FileStore) -> None:
    sha256 = hashlib.sha256(CONTENT).digest()
    assert store.get("04830203", sha256) is None
    store.put("04830203", CONTENT)
    store.put("04830203", CONTENT)
    assert store.get("04830203", sha256) == CONTENT
    assert store.get("04830204", sha256) is None, "another office's file is another file"


def test_a_bucket_keeps_sealed_bytes_under_a_name_that_tells_nothing(database: Database, s3: Emulator) -> None:
    both_ways(open_store(database, s3.place))
    [(name, sealed)] = s3.objects.items()
    assert name.startswith("/cases/office/")
    assert hashlib.sha256(CONTENT).hexdigest() not in name
    assert CONTENT[:30] not in sealed
    assert open_store(database, s3.place).get("04830203", hashlib.sha256(CONTENT).digest()) == CONTENT


def test_a_folder_keeps_sealed_bytes_whole_or_not_at_all(database: Database, tmp_path: Path) -> None:
    both_ways(open_store(database, str(tmp_path / "files")))
    [file] = [path for path in (tmp_path / "files").rglob("*") if path.is_file()]
    assert CONTENT[:30] not in file.read_bytes()
    file.write_bytes(file.read_bytes()[:-1])
    assert open_store(database, str(tmp_path / "files")).get("04830203", hashlib.sha256(CONTENT).digest()) is None


def test_a_bucket_that_does_not_take_it_is_told_in_words(
    database: Database, s3: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(database, s3.place)
    s3.full = True
    with pytest.raises(Unavailable) as full:
        store.put("04830203", CONTENT)
    assert full.value.code == "server_files"
    s3.full = False
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "wrong")
    with pytest.raises(Unavailable):
        open_store(database, s3.place).get("04830203", bytes(32))


def test_a_database_elsewhere_needs_a_place_for_files(database: Database) -> None:
    class Elsewhere:
        url = database.url.set(drivername="postgresql+psycopg")
        write = database.write

    with pytest.raises(Refused) as nowhere:
        open_store(Elsewhere(), "")  # type: ignore[arg-type]
    assert nowhere.value.code == "server_files_place"
