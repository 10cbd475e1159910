"""Real parts for the tests of the sync: counters on SQLCipher files, the server on a free port, and broken lines."""

import contextlib
import os
import re
import select
import socket
import socketserver
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from app.catalog.documents import to_document
from app.catalog.loader import load_builtin
from app.catalog.samples import sample
from app.domain.clock import SystemClock
from app.services import cases, offices, registration, registration_json, replication, setup
from app.services.counter import Counter
from app.services.model import Actor
from sync import exchange, link
from sync.server import admin, app
from sync.server.device_limits import DeviceLimits
from tests.support import hashes, kept

VERSION = "0.1.0"
OFFICE_CODE = "04830203"
OFFICE = {
    "code": OFFICE_CODE,
    "name": "เทศบาลเมืองทดสอบ",
    "kind": "town_municipality",
    "letters": "KT",
    "phone": "076-000-000",
    "services": ["petition", "ad_permit"],
    "address": {"subdistrict": "กะทู้", "district": "กะทู้", "province": "ภูเก็ต", "postcode": "83120"},
}
ACTOR = Actor("1", "somying", "สมหญิง ทดสอบ", "เจ้าหน้าที่", "user")
LIMITS = DeviceLimits(requests_per_minute=1_000_000)
"""Tests ask faster than any counter would."""
FAST = {"connect_seconds": 2.0, "read_seconds": 20.0}


def office_document(**changes: Any) -> dict[str, Any]:
    return offices.check_office({**OFFICE, **changes})


def service_documents() -> list[dict[str, Any]]:
    return [to_document(service) for service in load_builtin().values()]


def new_office(url: str, **changes: Any) -> dict[str, Any]:
    with kept.tables():
        return admin.add_office(url, office_document(**changes), service_documents())


class Desk:
    """One counter with its own database, and what tests do at it."""

    def __init__(self, home: Path, name: str, *, alone: bool = False) -> None:
        person = setup.Administrator("somying", "a long enough password", "สมหญิง ทดสอบ")
        with hashes.cheap(), kept.tables():
            setup.set_up(
                home, office_document(), load_builtin().values(), person, SystemClock(), "กุญแจ",
                counter_name=name, join=None if alone else lambda work: None,
            )  # fmt: skip
        self.home = home
        self.counter: Counter = setup.open_counter(home, SystemClock(), "กุญแจ")
        self.apply = partial(replication.apply, self.counter)

    @property
    def store(self) -> Any:
        return self.counter.store

    def enrol(self, server_url: str, database_url: str) -> Any:
        code, _ = admin.enrol_code(database_url, OFFICE_CODE)
        return self.enrol_with(server_url, code)

    def enrol_with(self, server_url: str, code: str) -> Any:
        answer = link.enrol(self.store, server_url, code, VERSION)
        self.counter.reload()
        return answer

    def move_to(self, server_url: str) -> None:
        """Reach the same server by another address, a proxy for example, without joining anew."""
        with self.store.write("test") as work:
            work.run("UPDATE meta SET value = ? WHERE key = 'server_url'", (server_url,))

    def sync(self, **options: Any) -> exchange.SyncResult:
        return exchange.sync_once(self.store, apply=self.apply, **{"app_version": VERSION, **FAST, **options})

    def register(self, count: int = 1, first_name: str = "ตัวอย่าง", noise: int = 0) -> list[str]:
        """Register petitions; `noise` letters that no compressor can shorten make each as long as wanted."""
        data = sample(load_builtin()["petition"])
        numbers = []
        for index in range(count):
            if noise:
                data["answers"] |= {"detail": os.urandom(noise // 2).hex()}
            data["applicant"] |= {"first_name": first_name, "last_name": f"คนที่{index}"}
            command = registration_json.from_json("petition", data)
            numbers.append(registration.enter(self.counter, ACTOR, command).number)
        return numbers

    def step(self, number: str, state: str) -> None:
        cases.change_status(self.counter, ACTOR, number, state)

    def states(self) -> dict[str, str]:
        with self.store.read() as connection:
            return {row[0]: row[1] for row in connection.exec_driver_sql("SELECT number, status FROM cases")}

    def one(self, sql: str, *parameters: Any) -> Any:
        with self.store.read() as connection:
            return connection.exec_driver_sql(sql, parameters).scalar()

    def meta(self, key: str) -> str:
        return str(self.one("SELECT value FROM meta WHERE key = ?", key) or "")

    def snapshot(self) -> dict[str, list[Any]]:
        """Everything that a failed sync must leave as it was."""
        tables = ("event", "cases", "person", "number_block", "quarantine", "office", "service_definition")
        kept = "SELECT * FROM meta WHERE key NOT LIKE 'last_sync_error%' AND key NOT LIKE '%_requests' ORDER BY key"
        with self.store.read() as connection:
            found = {name: connection.exec_driver_sql(f"SELECT * FROM {name}").fetchall() for name in tables}
            return {**found, "meta": connection.exec_driver_sql(kept).fetchall()}

    def close(self) -> None:
        self.counter.close()


class Province:
    """A server with one office, and desks that are closed at the end."""

    def __init__(self, folder: Path, database: str = "", lhr: Any = None) -> None:
        self.folder = folder
        self.lhr = lhr
        self.database = database or f"sqlite:///{(folder / 'server.db').as_posix()}"
        self.url = ""
        self.desks: list[Desk] = []
        self.stack = contextlib.ExitStack()

    def __enter__(self) -> "Province":
        new_office(self.database)
        self.url = self.stack.enter_context(app.background(self.database, limits=LIMITS, lhr=self.lhr))
        return self

    def __exit__(self, *_: object) -> None:
        for desk in self.desks:
            desk.close()
        self.stack.close()

    def desk(self, name: str = "เคาน์เตอร์ 1", *, enrolled: bool = True, alone: bool = False) -> Desk:
        desk = Desk(self.folder / f"home{len(self.desks)}", name, alone=alone)
        self.desks.append(desk)
        if enrolled:
            desk.enrol(self.url, self.database)
        return desk

    def rows(self, sql: str) -> list[Any]:
        return server_rows(self.database, sql)

    def numbers(self) -> list[str]:
        return [row[0] for row in self.rows("SELECT number FROM case_file ORDER BY number")]


def server_rows(database_url: str, sql: str) -> list[Any]:
    from sync.server.database import Database

    database = Database(database_url)
    try:
        with database.read() as connection:
            return list(connection.exec_driver_sql(sql).fetchall())
    finally:
        database.close()


DIES = """
import functools, importlib, os
name, _, function = {!r}.partition(":")
module = importlib.import_module(name)
real = getattr(module, function)
@functools.wraps(real)
def dying(*values, **named):
    real(*values, **named)
    os._exit(9)
setattr(module, function, dying)
"""


class ServerProcess:
    """The server as a process of its own, that can be killed.

    before_commit_of: "module:function" after which, the transaction still open, the process is gone.
    """

    def __init__(
        self,
        database_url: str,
        port: int = 0,
        before_commit_of: str = "",
        sms: Path | None = None,
        upstream: tuple[str, str] = ("", ""),
    ) -> None:
        program = (
            "import pathlib, sys; from sync.server.app import serve; from sync.server.relay.link import Upstream; "
            "serve('127.0.0.1', int(sys.argv[2]), sys.argv[1], sms=pathlib.Path(sys.argv[3]) if sys.argv[3] else None,"
            " upstream=Upstream(sys.argv[4], sys.argv[5], '0.1.0') if sys.argv[4] else None)"
        )
        program = (DIES.format(before_commit_of) if before_commit_of else "") + program
        self.process = subprocess.Popen(
            [sys.executable, "-c", program, database_url, str(port), str(sms or ""), *upstream],
            cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONUTF8": "1"},
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        assert self.process.stderr is not None
        line = self.process.stderr.readline()
        found = re.search(r"http://\S+:(\d+)", line)
        assert found, line
        self.url, self.port = found[0], int(found[1])

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stderr is not None
        self.process.stderr.close()


Script = Callable[[socket.socket, bytes], None]


@contextlib.contextmanager
def scripted(script: Script) -> Iterator[str]:
    """A server that reads one request whole and then does what `script` does with the connection."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            script(self.request, read_message(self.request))

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()


class Proxy:
    """Between counter and server: counts the bytes of both directions and can lose answers.

    `lose`: how many of the next answers are read whole from the server and then thrown away.
    """

    def __init__(self, upstream: str) -> None:
        self.upstream = int(upstream.rsplit(":", 1)[1])
        self.lose = 0
        self.lost = 0
        self.out = self.back = 0
        proxy = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                proxy.relay(self.request)

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self) -> "Proxy":
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def relay(self, client: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", self.upstream)) as server:
            while request := read_message(client):
                self.out += len(request)
                server.sendall(request)
                answer = read_message(server)
                self.back += len(answer)
                if self.lose > 0:
                    self.lose -= 1
                    self.lost += 1
                    return
                client.sendall(answer)


def read_message(connection: socket.socket, seconds: float = 20.0) -> bytes:
    """One HTTP message with a Content-Length, or b"" where the other side has closed."""
    data = b""
    while b"\r\n\r\n" not in data:
        if not (part := _read(connection, seconds)):
            return b""
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    found = re.search(rb"(?i)content-length: *(\d+)", head)
    length = int(found[1]) if found else 0
    while len(body) < length and (part := _read(connection, seconds)):
        body += part
    return head + b"\r\n\r\n" + body


def _read(connection: socket.socket, seconds: float) -> bytes:
    with contextlib.suppress(OSError, ValueError):
        if select.select([connection], [], [], seconds)[0]:
            return connection.recv(65_536)
    return b""
