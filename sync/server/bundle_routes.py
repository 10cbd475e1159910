"""The requests about bundles: the exchange of keys, and a bundle that another counter of the office sends on."""

import tempfile
from typing import Any, BinaryIO, cast

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from app.domain.errors import CounterError
from sync.json_form import to_text
from sync.protocol import MAX_BUNDLE
from sync.server import bundles, devices, openapi, wire
from sync.server.device_limits import Doorkeeper
from sync.server.faults import Denied
from sync.server.files.store import FileStore

IN_MEMORY = 8 * 1024 * 1024
"""Bytes of a bundle that are kept in memory; beyond, in an unnamed file that is as sealed as the bundle."""


def routes(door: Doorkeeper, store: FileStore) -> APIRouter:
    """Keys and bundles on a database."""
    router, database = APIRouter(), door.database

    @router.post(
        "/v1/keys",
        response_class=Response,
        summary="A counter's public keys for the server's",
        openapi_extra=openapi.body(openapi.KeysModel),
    )
    async def keys(request: Request) -> Response:
        token = _token(request)

        def handle(message: dict[str, Any]) -> bytes:
            return to_text(bundles.exchange_keys(database, token, message)).encode()

        return await wire.answer(request, handle, admit=lambda: door.admit(token))

    @router.post(
        "/v1/bundle", response_class=Response, summary="A sealed bundle of a counter of the office; its answer"
    )
    async def bundle(request: Request) -> Response:
        def carrier() -> str:
            door.admit(_token(request))
            with database.read() as connection:
                return str(devices.authenticate(connection, _token(request)).office)

        try:
            office = await run_in_threadpool(carrier)
            with tempfile.SpooledTemporaryFile(IN_MEMORY) as source:
                size = 0
                async for part in request.stream():
                    size += len(part)
                    if size > MAX_BUNDLE:
                        raise Denied(413, "bundle_too_large", "ไฟล์ใหญ่เกินไป", "นำไฟล์ไปนำเข้าที่เครื่องแม่ข่ายโดยตรง")
                    await run_in_threadpool(source.write, part)
                with tempfile.SpooledTemporaryFile(IN_MEMORY) as target:
                    taken = await run_in_threadpool(
                        bundles.take, database, store, cast(BinaryIO, source), cast(BinaryIO, target), office
                    )
                    target.seek(0)
                    headers = {"LAO-Events": str(taken.events), "LAO-Files": str(taken.files)}
                    return Response(target.read(), 200, headers, "application/octet-stream")
        except CounterError as error:
            return wire.refusal(error)

    return router


def _token(request: Request) -> str:
    return request.headers.get("authorization", "").removeprefix("Bearer ").strip()
