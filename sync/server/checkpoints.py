"""What counters say of their audit chains. Rows are only ever added: a checkpoint, and what was wrong with it."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection, insert, select

from app.domain.ids import uuid7
from sync import checkpoint_form
from sync.json_form import Malformed, to_text
from sync.protocol import PROTOCOL
from sync.server import audit_chain, devices, openapi, tables, wire
from sync.server.database import Database
from sync.server.device_limits import Doorkeeper
from sync.server.faults import Denied
from sync.server.offices import now_ms
from sync.server.relay import checkpoints as relayed

MOST_SIGNATURE = 100


def routes(door: Doorkeeper) -> APIRouter:
    """The request about checkpoint_form."""
    router, database = APIRouter(), door.database

    @router.post(
        checkpoint_form.PATH,
        response_class=Response,
        summary="A checkpoint of a counter's audit chain",
        openapi_extra=openapi.body(openapi.CheckpointModel),
    )
    async def checkpoint(request: Request) -> Response:
        token = request.headers.get("authorization", "").removeprefix("Bearer ").strip()

        def handle(message: dict[str, Any]) -> bytes:
            return to_text(take(database, token, message)).encode()

        return await wire.answer(request, handle, admit=lambda: door.admit(token))

    return router


def take(database: Database, token: str, message: Mapping[str, Any]) -> dict[str, Any]:
    """Keep a checkpoint; without one in the message only the newest is told. Denied 409 "history_rewritten" for a chain
    that is shorter than, or unlike, the one that is known: that, too, is kept."""
    with database.write() as connection:
        device = devices.authenticate(connection, token)
        if device.store_id != message.get("store_id"):
            raise Denied(403, "store_mismatch", "ฐานข้อมูลนี้ไม่ใช่ของเครื่องที่เข้าร่วมไว้", "ขอรหัสเข้าร่วมใหม่จากผู้ดูแลเครื่องแม่ข่าย")
        last = audit_chain.newest(connection, device.office, device.id, device.store_id)
        if "seq" not in message:
            return _told(last)
        wrong = _enter(connection, device, last, message)
        now = audit_chain.newest(connection, device.office, device.id, device.store_id)
    if wrong:
        raise Denied(
            409,
            "history_rewritten",
            "ประวัติการใช้งานของเครื่องนี้ไม่ตรงกับที่เครื่องแม่ข่ายเก็บไว้",
            "อย่าใช้เครื่องนี้ต่อ แจ้งผู้ดูแลระบบ และสั่ง verify เพื่อดูรายการที่ไม่ตรง",
        )
    return _told(now)


def listing(database: Database, office: str = "") -> list[dict[str, Any]]:
    """The newest checkpoint of each counter and how many alarms there were, for the administrator of the server."""
    table = tables.audit_checkpoint
    asked = select(table).order_by(table.c.office, table.c.device, table.c.received_at, table.c.seq)
    with database.read() as connection:
        rows = connection.execute(asked.where(table.c.office == office) if office else asked).fetchall()
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        one = found.setdefault(
            (row.office, row.device), {"office": row.office, "device": row.device, "seq": 0, "hash": "", "at": 0,
                                       "received_at": 0, "alarms": 0, "last_alarm": ""},
        )  # fmt: skip
        if row.alarm:
            one.update(alarms=one["alarms"] + 1, last_alarm=row.alarm)
        if row.alarm in audit_chain.GOES_ON:
            one.update(seq=row.seq, hash=bytes(row.hash).hex(), at=row.at, received_at=row.received_at)
    return list(found.values())


def _told(row: Any) -> dict[str, Any]:
    known = {"seq": row.seq, "hash": bytes(row.hash).hex()} if row is not None else {"seq": 0, "hash": ""}
    return {"protocol": PROTOCOL, **known}


def _enter(connection: Connection, device: Any, last: Any, message: Mapping[str, Any]) -> str:
    seq, at = _whole(message, "seq"), _whole(message, "at")
    link, previous = _hash(message, "hash"), _hash(message, "previous", empty=True)
    signature = message.get("signature")
    if not isinstance(signature, str) or len(signature) > MOST_SIGNATURE:
        raise Malformed("signature")
    keys = tables.device_key
    public = connection.execute(
        select(keys.c.sign).where(keys.c.office == device.office, keys.c.device == device.id)
    ).scalar()
    text = checkpoint_form.signed_text(device.store_id, seq, link, at)
    if public is None or not checkpoint_form.is_signed(bytes(public), signature, text):
        raise Denied(409, "checkpoint_signature", "ลายเซ็นของเครื่องนี้ไม่ถูกต้อง", "ซิงก์อีกครั้ง หากยังไม่หายแจ้งผู้ดูแลเครื่องแม่ข่าย")
    if last is not None and last.seq == seq and bytes(last.hash) == link:
        return ""
    found, identity = audit_chain.alarm(last, seq, link, previous), uuid7()
    connection.execute(
        insert(tables.audit_checkpoint).values(
            office=device.office, device=device.id, id=identity, seq=seq, hash=link, at=at, received_at=now_ms(),
            signature=signature, public=bytes(public), alarm=found,
        )
    )  # fmt: skip
    if device.upstream:
        relayed.note(connection, device.office, identity, last.seq if last is not None else 0, previous)
    return found


def _whole(message: Mapping[str, Any], name: str) -> int:
    value = message.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 2**53:
        raise Malformed(name)
    return value


def _hash(message: Mapping[str, Any], name: str, *, empty: bool = False) -> bytes:
    value = message.get(name)
    try:
        found = bytes.fromhex(value) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None or len(found) not in ((0, 32) if empty else (32,)):
        raise Malformed(name)
    return found
