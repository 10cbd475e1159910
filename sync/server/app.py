"""The central server as an ASGI application, and the two ways to run it: in the foreground, or beside other work."""

import asyncio
import signal
import socket
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any

import uvicorn
from fastapi import FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool

from app.domain.errors import Refused, Unavailable
from sync.protocol import EnrolRequest, Event, SyncRequest
from sync.server import bundle_routes, checkpoints, device_routes, handlers, logs, openapi, operations, track, wire
from sync.server import processes as several
from sync.server.allowances import Allowances, Broom
from sync.server.database import Database
from sync.server.device_limits import DeviceLimits, Doorkeeper
from sync.server.faults import Denied
from sync.server.files import routes as files
from sync.server.files.forget import Forgetter
from sync.server.files.store import FileStore, open_store
from sync.server.limits import Limiter, Shelf
from sync.server.metrics import Metrics
from sync.server.observed import Observed
from sync.server.relay import central, link
from sync.server.relay.files import elsewhere
from sync.server.relay.link import Upstream
from sync.server.relay.loop import Relay, RelayLoop
from sync.server.sms.courier import Courier
from sync.server.sms.gateway import Gateway
from sync.server.sms.gateway import read as read_gateway
from sync.server.thaid import routes as thaid
from sync.server.thaid.lhr import Description
from sync.server.thaid.lhr import read as read_description

START_SECONDS = 30.0
LEFT_SECONDS = 5.0
"""That a counter's request waits for its earlier one, which may be one that nobody knows to be dead."""
# No access log: paths of the citizens' pages hold numbers. No date and server headers: every byte is paid for. What was
# taken has longer to end than a transaction may wait for its lock.
OPTIONS: dict[str, Any] = {
    "log_config": None,
    "log_level": "warning",
    "access_log": False,
    "date_header": False,
    "server_header": False,
    "timeout_graceful_shutdown": 30,
    # a counter that sends files keeps its other connection between two syncs (sync/kept_line.py)
    "timeout_keep_alive": 75,
}
FAULTS: dict[int | str, dict[str, Any]] = {
    400: {"model": openapi.Fault, "description": "ข้อความผิดรูปแบบ"},
    403: {"model": openapi.Fault, "description": "ไม่มีสิทธิ์ หรือถูกยกเลิกสิทธิ์"},
    413: {"model": openapi.Fault, "description": "ใหญ่เกินไป"},
    426: {"model": openapi.Fault, "description": "รุ่นของโปรแกรมไม่ตรงกัน"},
}


def create_app(
    database_url: str,
    sms: Gateway | None = None,
    file_place: str = "",
    limits: DeviceLimits | None = None,
    upstream: Upstream | None = None,
    lhr: Description | None = None,
) -> FastAPI:
    """The application on a database; Refused or Unavailable when the database cannot be used. Without a gateway `sms`
    messages of offices that want them wait in the queue. file_place: see `files.store.open_store`. upstream: what an
    office's own server joins; one that has joined goes on without being told again. lhr: how
    the staff's own records are asked for."""
    database = Database(database_url)
    try:
        if upstream is not None:
            link.settle(database, upstream.url, upstream.code, upstream.app_version)
        return _on(database, sms, open_store(database, file_place), limits or DeviceLimits(), lhr)
    except BaseException:
        database.close()
        raise


def _on(
    database: Database, sms: Gateway | None, store: FileStore, limits: DeviceLimits, lhr: Description | None
) -> FastAPI:
    metrics = Metrics()
    relay = RelayLoop(Relay(database, store)) if link.joined(database) else None
    if relay is not None and sms is not None:
        raise Refused("upstream_sms", "เครื่องแม่ข่ายในสำนักงานไม่ส่ง SMS เอง", "ใช้ --sms ที่เครื่องแม่ข่ายกลาง")
    allowances = Allowances(database)
    sign_ins = thaid.SignIns(database, allowances, lhr)
    courier = Courier(database, sms) if sms is not None else None
    broom = Broom(allowances)
    forgetter = Forgetter(database, store)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        _at_the_end(sign_ins.halt)
        sign_ins.start()
        broom.start()
        forgetter.start()
        if courier is not None:
            courier.start()
        if relay is not None:
            relay.start()
        yield
        if relay is not None:
            await run_in_threadpool(relay.stop)
        if courier is not None:
            courier.stop()
        sign_ins.stop()
        broom.stop()
        forgetter.stop()
        database.close()

    app = FastAPI(
        title="LAO Counter: central server",
        version="1",
        description="Sync of counters of Thai local administrative organizations, protocol version 1.",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.sign_ins = sign_ins
    app.add_exception_handler(Exception, wire.fault)
    app.add_middleware(Observed, metrics=metrics)
    app.include_router(operations.routes(database, metrics))
    door = Doorkeeper(database, allowances, limits, metrics)
    kick = relay.kick if relay is not None else courier.wake if courier is not None else None

    def taken() -> None:
        forgetter.wake()
        if kick is not None:
            kick()

    _add_protocol(app, door, allowances, taken, relay.relay if relay is not None else None)
    app.include_router(files.routes(database, store, elsewhere(database) if relay is not None else None))
    app.include_router(bundle_routes.routes(door, store))
    app.include_router(checkpoints.routes(door))
    app.include_router(device_routes.routes(door))
    app.include_router(sign_ins.counters())
    if relay is None:
        app.include_router(central.routes(door, taken))
        # citizens are served where all counters of the office are known
        app.include_router(track.routes(database, allowances))
        app.include_router(sign_ins.citizens())
    return app


def _add_protocol(
    app: FastAPI, door: Doorkeeper, shelf: Shelf, taken: Callable[[], None], relay: Relay | None = None
) -> None:
    """The requests of counters; `taken` is told when events may have come; relay: towards the central server."""
    database, metrics = door.database, door.metrics
    enrolments = Limiter(shelf, "enrol", 20, 900)
    under_way: dict[str, asyncio.Event] = {}

    @asynccontextmanager
    async def after_earlier(token: str) -> AsyncIterator[None]:
        """Wait a little for what a cut has left of the same counter's request before, so that it counts."""
        mine, earlier = asyncio.Event(), under_way.get(token)
        under_way[token] = mine
        try:
            if earlier is not None:
                with suppress(TimeoutError):
                    await asyncio.wait_for(earlier.wait(), LEFT_SECONDS)
            yield
        finally:
            mine.set()
            if under_way.get(token) is mine:
                del under_way[token]

    @app.post(
        "/v1/enrol",
        response_model=openapi.EnrolAnswerModel,
        responses={**FAULTS, 409: {"model": openapi.Fault}, 429: {"model": openapi.Fault}},
        openapi_extra=openapi.body(openapi.EnrolRequestModel),
        summary="A one-time code for an identity, settings and first numbers",
    )
    async def enrol(request: Request) -> Response:
        address = request.client.host if request.client else ""

        def handle(message: dict[str, Any]) -> bytes:
            if not enrolments.allow(address):
                raise Denied(429, "too_many_tries", "ลองรหัสเข้าร่วมบ่อยเกินไป", "รอ 15 นาทีแล้วลองใหม่")
            asked = EnrolRequest.from_json(message)
            if relay is not None:
                relay.before_enrolling(asked)
            return handlers.enrol(database, asked).to_bytes()

        return await wire.answer(request, handle)

    @app.post(
        "/v1/sync",
        response_model=openapi.SyncAnswerModel,
        responses={**FAULTS, 401: {"model": openapi.Fault}, 409: {"model": openapi.Fault}},
        openapi_extra=openapi.body(openapi.SyncRequestModel),
        summary="One round trip for both directions (Authorization: Bearer token)",
    )
    async def sync(request: Request) -> Response:
        token = request.headers.get("authorization", "").removeprefix("Bearer ").strip()

        def handle(message: dict[str, Any]) -> bytes:
            asked = SyncRequest.from_json(message)
            try:
                answer = handlers.sync(database, token, asked)
            except Denied as error:
                if relay is not None and error.code == "server_rolled_back":
                    relay.is_old()
                raise
            if asked.events:
                taken()
                metrics.taken.inc(len(asked.events) - len(answer.rejected))
                for rejection in answer.rejected:
                    metrics.rejected.labels(rejection.code).inc()
            return answer.to_bytes()

        admit = None if door.knows(token) else lambda: door.admit(token)

        def take_early(store_id: str, cursor: int, events: Sequence[Event]) -> bool:
            took = handlers.take_early(database, token, store_id, cursor, events)
            if took:
                taken()
                metrics.taken.inc(len(events))
            return took

        async with after_earlier(token):
            return await wire.answer(request, handle, admit, door.limits.batch_bytes, take_early)


def serve(
    host: str,
    port: int,
    database_url: str,
    *,
    certificate: Path | None = None,
    key: Path | None = None,
    announce: Callable[[str], None] | None = None,
    sms: Path | None = None,
    file_place: str = "",
    limits: DeviceLimits | None = None,
    processes: int = 1,
    log: str = "warning",
    upstream: Upstream | None = None,
    lhr: Path | None = None,
) -> None:
    """Run until interrupted or told to stop: then what it took is finished first.

    Port 0 takes a free one; `announce` is told the address ("http://127.0.0.1:8443") once the server answers, else it
    is written to stderr. With `certificate` and `key` (PEM files) it speaks TLS. `sms`: the
    file that describes a gateway for short messages. file_place: a folder or "s3://…" for the files of cases.
    log: the lowest level that is said; "info" tells requests. Several processes need PostgreSQL. upstream: the central
    server that an office's own server joins. lhr: the file that describes how the staff's own records are asked for.
    """
    logs.configure(log)
    gateway = read_gateway(sms) if sms is not None else None
    records = read_description(lhr) if lhr is not None else None
    listener = _listen(host, port)
    url = _url(host, listener, certificate is not None)
    if processes > 1:
        if upstream is not None:
            raise Refused("upstream_processes", "เครื่องแม่ข่ายในสำนักงานใช้ได้โปรเซสเดียว", "ไม่ใช้ --processes")
        told = several.environment(database_url, sms, file_place, limits or DeviceLimits(), log, lhr)
        tls = {"ssl_certfile": certificate, "ssl_keyfile": key}
        with listener:
            several.run(processes, listener, told, url, announce or _say, **OPTIONS, **tls)
        return
    try:
        app = create_app(database_url, gateway, file_place, limits, upstream, records)
    except BaseException:
        listener.close()
        raise
    server = _Server(_config(app, certificate, key))
    if threading.current_thread() is threading.main_thread():
        # uvicorn raises the signal again when all is done: that is a good end
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    threading.Thread(target=_announce_when_up, args=(server, url, announce or _say), daemon=True).start()
    server.run(sockets=[listener])


@contextmanager
def background(
    database_url: str,
    host: str = "127.0.0.1",
    port: int = 0,
    sms: Gateway | None = None,
    limits: DeviceLimits | None = None,
    upstream: Upstream | None = None,
    file_place: str = "",
    lhr: Description | None = None,
) -> Iterator[str]:
    """The server on a thread of this process while the block lasts; yields its address."""
    app = create_app(database_url, sms, file_place, limits, upstream, lhr)
    listener = _listen(host, port)
    server = _Server(_config(app, None, None))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="central-server", daemon=True)
    thread.start()
    try:
        _wait_until_up(server, thread)
        yield _url(host, listener, False)
    finally:
        server.should_exit = True
        thread.join(START_SECONDS)


class _Server(uvicorn.Server):
    """A server that lets waiting polls go before it waits for them."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn does, and before it."""
        app = self.config.app
        if isinstance(app, FastAPI):
            app.state.sign_ins.halt()
        await super().shutdown(sockets)


def _config(app: FastAPI, certificate: Path | None, key: Path | None) -> uvicorn.Config:
    return uvicorn.Config(app, **OPTIONS, ssl_certfile=certificate, ssl_keyfile=key)


def _at_the_end(halt: Callable[[], None]) -> None:
    """Do this at the signal to stop, before uvicorn waits for requests: also where uvicorn itself made the server."""
    if threading.current_thread() is not threading.main_thread():
        return
    before = signal.getsignal(signal.SIGTERM)

    def at_the_signal(number: int, frame: FrameType | None) -> None:
        # not in the signal handler itself: what it interrupted may hold the bell's lock
        threading.Thread(target=halt, daemon=True).start()
        if callable(before):
            before(number, frame)

    signal.signal(signal.SIGTERM, at_the_signal)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # the protocol by name: asyncio sends small answers at once (TCP_NODELAY) only where it reads that it is TCP
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if sys.platform != "win32":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise Unavailable(
            "server_port", f"เปิดเครื่องแม่ข่ายที่ {host}:{port} ไม่ได้", "เลือกพอร์ตอื่น หรือปิดโปรแกรมที่ใช้พอร์ตนี้อยู่"
        ) from None
    return listener


def _url(host: str, listener: socket.socket, tls: bool) -> str:
    shown = f"[{host}]" if ":" in host else host
    return f"{'https' if tls else 'http'}://{shown}:{listener.getsockname()[1]}"


def _wait_until_up(server: uvicorn.Server, thread: threading.Thread | None = None) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while not server.started:
        if time.monotonic() > deadline or (thread is not None and not thread.is_alive()):
            raise Unavailable("server_start", "เครื่องแม่ข่ายไม่เริ่มทำงาน", "ดูข้อความผิดพลาดบนหน้าจอ แล้วลองใหม่")
        time.sleep(0.01)
    return True


def _announce_when_up(server: uvicorn.Server, url: str, announce: Callable[[str], None]) -> None:
    while not server.started and not server.should_exit:
        time.sleep(0.01)
    if server.started:
        announce(url)


def _say(url: str) -> None:
    print(f"เครื่องแม่ข่ายกลางพร้อมที่ {url}", file=sys.stderr, flush=True)
