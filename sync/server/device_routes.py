"""What an administrator at a counter asks about the counters of the office: who is there, shut one out, replace one.

`POST /v1/devices` with the counter's token: `{"do": "list" | "code" | "revoke" | "replace", "device"?, "reason"?}`.
Only of the sender's own office, and never about the counter that asks.
"""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy import select

from sync.json_form import Malformed, line, to_text
from sync.protocol import PROTOCOL
from sync.server import device_admin, devices, offices, openapi, tables, wire
from sync.server.admin import CODE_HOURS, instant
from sync.server.database import Database
from sync.server.device_limits import Doorkeeper
from sync.server.faults import Denied

PATH = "/v1/devices"


def routes(door: Doorkeeper) -> APIRouter:
    """The request on a database."""
    router, database = APIRouter(), door.database

    @router.post(
        PATH,
        response_class=Response,
        summary="The office's counters, for an administrator at one of them",
        openapi_extra=openapi.body(openapi.DevicesModel),
    )
    async def counters(request: Request) -> Response:
        token = request.headers.get("authorization", "").removeprefix("Bearer ").strip()

        def handle(message: dict[str, Any]) -> bytes:
            return to_text({"protocol": PROTOCOL, **answer(database, token, message)}).encode()

        return await wire.answer(request, handle, admit=lambda: door.admit(token))

    return router


def answer(database: Database, token: str, message: Mapping[str, Any]) -> dict[str, Any]:
    """What was asked for, done in one transaction."""
    do = line(message.get("do"), "do", 20)
    if do == "list":
        with database.read() as connection:
            asker = devices.authenticate(connection, token)
            table = tables.device
            mine = select(table).where(table.c.office == asker.office).order_by(table.c.enrolled_at, table.c.id)
            rows = connection.execute(mine).fetchall()
            return {"devices": [{**device_admin.told(connection, row), "me": row.id == asker.id} for row in rows]}
    if do not in ("code", "revoke", "replace"):
        raise Malformed("do")
    with database.write() as connection:
        asker = devices.authenticate(connection, token)
        offices.lock(connection, asker.office)
        done: dict[str, Any] = {}
        if do != "code":
            device, reason = line(message.get("device"), "device", 64), line(message.get("reason"), "reason", 200)
            if device in (asker.id, asker.store_id):
                raise Denied(409, "device_itself", "เครื่องนี้ยกเลิกสิทธิ์ของตัวเองไม่ได้", "สั่งจากเคาน์เตอร์อื่น หรือที่เครื่องแม่ข่าย")
            if not reason.strip():
                raise Denied(400, "reason_needed", "ต้องระบุเหตุผล", "พิมพ์เหตุผลที่เจ้าหน้าที่ของเครื่องนั้นจะเห็น")
            done = device_admin.shut_out(connection, asker.office, device, reason)
        if do != "revoke":
            code, expires_at = devices.new_code(connection, asker.office, CODE_HOURS)
            done |= {"code": code, "expires_at": instant(expires_at).isoformat()}
        return done
