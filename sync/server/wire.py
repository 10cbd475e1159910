"""HTTP in and out: bounded bodies, compression both ways, and every refusal as {"code", "title", "hint"}."""

import asyncio
import json
import logging
from collections.abc import Callable
from typing import Any

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from app.domain.errors import CounterError
from sync import codec
from sync.json_form import parse
from sync.protocol import MAX_BODY
from sync.server.early import Early, TakeSome
from sync.server.faults import Denied, body_of, status_of
from sync.server.handlers import check_protocol

LOG = logging.getLogger(__name__)
FAULT = {
    "code": "server_fault",
    "title": "เครื่องแม่ข่ายกลางขัดข้อง",
    "hint": "รอสักครู่ โปรแกรมจะส่งใหม่เอง หากยังไม่หายแจ้งผู้ดูแลเครื่องแม่ข่าย",
}


async def answer(
    request: Request,
    handle: Callable[[dict[str, Any]], bytes],
    admit: Callable[[], object] | None = None,
    most: int = MAX_BODY,
    take_early: TakeSome | None = None,
) -> Response:
    """Read the body, let `handle` turn the message into an answer on a worker thread, and send that.

    `admit` raises for a sender whose message is not to be looked at; most: bytes of the body, on the line and unfolded;
    take_early: for what comes slowly, or whose end never comes.
    """
    try:
        if admit is not None:
            await run_in_threadpool(admit)
        encoding = request.headers.get("content-encoding", "")
        early = Early(encoding, most, take_early) if take_early is not None else None
        raw = await _body(request, most, early)
        # one visit to a worker thread: each costs a wait for the interpreter's lock
        return await run_in_threadpool(lambda: reply(request, handle(_rest(_message(raw, encoding, most), early))))
    except CounterError as error:
        return refusal(error)


async def message(request: Request, admit: Callable[[], object] | None = None, most: int = MAX_BODY) -> dict[str, Any]:
    """The message of a request, of a protocol version that is spoken here; raises CounterError."""
    if admit is not None:
        await run_in_threadpool(admit)
    raw = await _body(request, most)
    return await run_in_threadpool(_message, raw, request.headers.get("content-encoding", ""), most)


def _message(raw: bytes, encoding: str, most: int) -> dict[str, Any]:
    found = parse(_plain(raw, encoding, most))
    check_protocol(found.get("protocol"))
    return found


def reply(request: Request, content: bytes) -> Response:
    """A good answer, compressed as the sender likes."""
    body, used = codec.encode(content, request.headers.get("accept-encoding", ""), quick=True)
    headers = {"content-type": "application/json"}
    if used:
        headers["content-encoding"] = used
    return Response(body, headers=headers)


async def _body(request: Request, most: int, early: Early | None = None) -> bytes:
    """The body as sent, at most so many bytes; nothing more is read of a longer one."""
    body = bytearray()
    looked = 0
    looking: asyncio.Task[None] | None = None
    try:
        # reading goes on meanwhile: what lies in the listener's buffers when the line is cut is lost
        async for part in request.stream():
            body += part
            if len(body) > most:
                raise _too_large()
            if early is not None and early.due() and (looking is None or looking.done()):
                piece, looked = bytes(body[looked:]), len(body)
                looking = asyncio.create_task(run_in_threadpool(early.look, piece))
    except ClientDisconnect:
        if looking is not None:
            await looking
        if early is not None and not early.over:
            await run_in_threadpool(early.look, bytes(body[looked:]))
        raise _too_short() from None
    finally:
        if looking is not None:
            await looking
    return bytes(body)


def _rest(found: dict[str, Any], early: Early | None) -> dict[str, Any]:
    """A message without the events that were taken while it came."""
    if early is not None and early.taken:
        found["events"] = found["events"][early.taken :]
    return found


def _plain(raw: bytes, encoding: str, most: int) -> bytes:
    try:
        return codec.decode(raw, encoding, most)
    except codec.BodyTooLargeError:
        raise _too_large() from None
    except codec.UnknownEncodingError:
        raise Denied(415, "encoding_unknown", "เครื่องแม่ข่ายไม่รู้จักวิธีบีบอัดนี้", "ใช้ zstd หรือ gzip") from None
    except codec.BrokenBodyError:
        raise _too_short() from None


def _too_large() -> Denied:
    return Denied(413, "body_too_large", "ชุดข้อมูลใหญ่เกินกว่าที่เครื่องแม่ข่ายรับได้", "ส่งเป็นชุดที่เล็กลง")


def _too_short() -> Denied:
    """Of a body that ends early or is damaged; where the line is gone nobody hears it."""
    return Denied(400, "body_broken", "ข้อมูลที่ได้รับเสียหายระหว่างทาง", "โปรแกรมจะส่งใหม่เอง")


def refusal(error: CounterError) -> Response:
    """The answer to what was not done."""
    return _json(status_of(error), body_of(error))


def fault(_request: Request, error: Exception) -> Response:
    """The answer to a bug: its type is logged, its text may hold personal data and is not."""
    LOG.error("unexpected %s", type(error).__name__, exc_info=_without_text(error))
    return _json(500, FAULT)


def _without_text(error: Exception) -> tuple[type[Exception], Exception, Any]:
    return RuntimeError, RuntimeError(type(error).__name__), error.__traceback__


def _json(status: int, body: dict[str, str]) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), status, media_type="application/json")
