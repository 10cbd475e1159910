"""tus 1.0 (creation, HEAD, PATCH) and download by range, for the counters of an office.

What a cut leaves behind is kept: the bytes of a PATCH are committed as they come, at the latest every second, so that
the next one goes on from the byte after them. A file is named by its SHA-256; who has the office's token may see it.
"""

import asyncio
import contextlib
import re
import time
from base64 import b64decode
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from app.domain.errors import CounterError
from sync.protocol import MAX_FILE, TUS
from sync.server import devices, wire
from sync.server.database import Database
from sync.server.faults import Denied
from sync.server.files import uploads
from sync.server.files.store import FileStore

PATH = "/v1/files"
BODY = "application/offset+octet-stream"
KEPT_EVERY = 256 * 1024
"""Bytes after which what has come is committed."""
MOST_WAITING = 4 * KEPT_EVERY
"""Bytes that may wait for the commit before; then reading waits, too."""
KEPT_AFTER = 1.0
"""Seconds after which it is, on a slow line."""
LEFT_SECONDS = 2.0
RANGE = re.compile(r"bytes=(\d{1,12})-(\d{0,12})")
LARGEST_RANGE = 4 * 1024 * 1024

Handle = Callable[[str], Awaitable[Response]]
Elsewhere = Callable[[bytes, int, int], bytes]
"""(SHA-256, start, size) -> bytes; raises Denied."""


def routes(database: Database, store: FileStore, elsewhere: Elsewhere | None = None) -> APIRouter:
    """The requests about files on a database and its store; `elsewhere` brings parts of a file that is not there."""
    router = APIRouter()
    under_way: dict[tuple[str, bytes], asyncio.Event] = {}

    async def ended(office: str, sha256: bytes) -> None:
        """Wait a little for what a cut has left of an earlier request about this file, so that it counts."""
        if (earlier := under_way.get((office, sha256))) is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(earlier.wait(), LEFT_SECONDS)

    @router.options(PATH, summary="What of tus is spoken here")
    def options() -> Response:
        return Response(
            status_code=204,
            headers={
                "Tus-Resumable": TUS,
                "Tus-Version": TUS,
                "Tus-Extension": "creation",
                "Tus-Max-Size": str(MAX_FILE),
            },
        )

    @router.post(PATH, status_code=201, response_class=Response, summary="tus creation: metadata sha256 names the file")
    async def create(request: Request) -> Response:
        async def handle(office: str) -> Response:
            _speaks(request)
            return await run_in_threadpool(_created, database, store, office, request)

        return await _admitted(database, request, handle)

    @router.head(PATH + "/{sha256}", response_class=Response, summary="tus: how far a file has come")
    async def offset(request: Request, sha256: str) -> Response:
        async def handle(office: str) -> Response:
            _speaks(request)
            await ended(office, uploads.digest(sha256))
            found = await run_in_threadpool(uploads.settle, database, store, office, uploads.digest(sha256))
            return _answer(200, found.offset, {"Upload-Length": str(found.size), "Cache-Control": "no-store"})

        return await _admitted(database, request, handle)

    @router.patch(PATH + "/{sha256}", status_code=204, response_class=Response, summary="tus: bytes from an offset on")
    async def patch(request: Request, sha256: str) -> Response:
        async def handle(office: str) -> Response:
            _speaks(request)
            if request.headers.get("content-type", "") != BODY:
                raise Denied(415, "file_body", "ชนิดข้อมูลของการส่งไฟล์ไม่ถูกต้อง", "แจ้งผู้ดูแลระบบ")
            start = _number(request.headers.get("upload-offset", ""))
            key, mine = (office, uploads.digest(sha256)), asyncio.Event()
            under_way[key] = mine
            try:
                at = await _take(database, office, key[1], start, request)
            finally:
                mine.set()
                if under_way.get(key) is mine:
                    del under_way[key]
            found = await run_in_threadpool(uploads.settle, database, store, office, uploads.digest(sha256))
            return _answer(204, found.offset if found.whole else at, {})

        return await _admitted(database, request, handle)

    @router.get(PATH + "/{sha256}", response_class=Response, summary="A file, whole or a range of it")
    async def content(request: Request, sha256: str) -> Response:
        async def handle(office: str) -> Response:
            name, asked = uploads.digest(sha256), request.headers.get("range", "")
            if elsewhere is not None and (size := await run_in_threadpool(_absent, database, office, name)):
                return await run_in_threadpool(_through, elsewhere, name, size, asked)
            return _part(await run_in_threadpool(_content, database, store, office, name), asked)

        return await _admitted(database, request, handle)

    return router


async def _admitted(database: Database, request: Request, handle: Handle) -> Response:
    """Let `handle` answer for the office of the sender's token, or refuse."""
    token = request.headers.get("authorization", "").removeprefix("Bearer ").strip()

    def office() -> str:
        with database.read() as connection:
            return str(devices.authenticate(connection, token).office)

    try:
        return await handle(await run_in_threadpool(office))
    except CounterError as error:
        refused = wire.refusal(error)
        refused.headers["Tus-Resumable"] = TUS
        return refused
    except ClientDisconnect:
        return Response(status_code=400)


def _speaks(request: Request) -> None:
    if request.headers.get("tus-resumable") != TUS:
        raise Denied(412, "tus_version", "รุ่นของวิธีส่งไฟล์ไม่ตรงกัน", "ปรับปรุงโปรแกรมเป็นรุ่นล่าสุด")


def _created(database: Database, store: FileStore, office: str, request: Request) -> Response:
    """The file was made known by its event; this only tells where it is and how far."""
    sha256 = _metadata(request.headers.get("upload-metadata", "")).get("sha256", "")
    found = uploads.settle(database, store, office, uploads.digest(sha256))
    if _number(request.headers.get("upload-length", "")) != found.size:
        raise Denied(400, "file_size", "ขนาดไฟล์ไม่ตรงกับที่แจ้งไว้ในเรื่อง", "แจ้งผู้ดูแลระบบ")
    return _answer(201, found.offset, {"Location": f"{PATH}/{sha256}"})


def _metadata(text: str) -> dict[str, str]:
    """ "key base64,key base64" of tus."""
    found = {}
    for pair in text.split(","):
        key, _, value = pair.strip().partition(" ")
        try:
            found[key] = b64decode(value, validate=True).decode()
        except ValueError:
            continue
    return found


def _number(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,12}", text):
        raise Denied(400, "file_offset", "ตำแหน่งของไฟล์ไม่ถูกต้อง", "แจ้งผู้ดูแลระบบ")
    return int(text)


async def _take(database: Database, office: str, sha256: bytes, start: int, request: Request) -> int:
    """Commit the bytes as they come; returns the offset after them. A cut ends it like an end, with all that came.

    It goes on reading while it commits: what still lies in the server's own buffers when the line is cut is lost.
    """
    waiting = bytearray()
    since, cut = time.monotonic(), False
    keeping: asyncio.Task[int] | None = None

    async def kept() -> int:
        return start if keeping is None else await keeping

    def keep(at: int) -> "asyncio.Task[int]":
        content = bytes(waiting)
        waiting.clear()
        return asyncio.create_task(run_in_threadpool(uploads.append, database, office, sha256, at, content))

    try:
        async for part in request.stream():
            waiting += part
            due = len(waiting) >= KEPT_EVERY or time.monotonic() - since >= KEPT_AFTER
            if len(waiting) >= MOST_WAITING or (due and (keeping is None or keeping.done())):
                start = await kept()
                keeping = keep(start)
                since = time.monotonic()
    except ClientDisconnect:
        cut = True
    start = await kept()
    if waiting or keeping is None:
        start = await keep(start)
    if cut:
        raise ClientDisconnect
    return start


def _content(database: Database, store: FileStore, office: str, sha256: bytes) -> bytes:
    with database.read() as connection:
        found = uploads.entry(connection, office, sha256)
    content = store.get(office, sha256) if found.whole else None
    if content is None:
        raise Denied(
            409, "file_not_here_yet", "ไฟล์นี้ยังส่งมาไม่ถึงเครื่องแม่ข่ายกลาง", "เปิดโปรแกรมที่เครื่องที่แนบไฟล์และต่อเครือข่าย แล้วลองใหม่"
        )
    return content


def _absent(database: Database, office: str, sha256: bytes) -> int:
    """The size of a file that is known and not here, else 0."""
    with database.read() as connection:
        found = uploads.entry(connection, office, sha256)
    return 0 if found.whole else found.size


def _part(content: bytes, asked: str) -> Response:
    """The content, or the range of it that is asked for."""
    if RANGE.fullmatch(asked.strip()) is None:
        headers = {"Accept-Ranges": "bytes", "Cache-Control": "no-store"}
        return Response(content, 200, headers, "application/octet-stream")
    return _range(len(content), asked, lambda first, size: content[first : first + size])


def _through(elsewhere: Elsewhere, sha256: bytes, size: int, asked: str) -> Response:
    """The range of a file that lies elsewhere; without one, as much of its beginning as goes at once."""
    return _range(size, asked or "bytes=0-", lambda first, count: elsewhere(sha256, first, count))


def _range(size: int, asked: str, read: Callable[[int, int], bytes]) -> Response:
    found = RANGE.fullmatch(asked.strip())
    first = int(found[1]) if found else 0
    last = min(int(found[2]) if found and found[2] else size - 1, size - 1, first + LARGEST_RANGE - 1)
    if first > last:
        return Response(status_code=416, headers={"Content-Range": f"bytes */{size}"})
    part = read(first, last - first + 1)
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": "no-store",
        "Content-Range": f"bytes {first}-{first + len(part) - 1}/{size}",
    }
    return Response(part, 206, headers, "application/octet-stream")


def _answer(status: int, offset: int, headers: dict[str, Any]) -> Response:
    return Response(status_code=status, headers={"Tus-Resumable": TUS, "Upload-Offset": str(offset), **headers})
