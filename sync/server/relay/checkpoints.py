"""Checkpoints of counters' audit chains on their way through an office's own server to the central one.

Whoever has the server in the house in his hands can change what it keeps. So the central server judges each checkpoint
itself: by the counter's own signature, by the key that it has always signed with, and by what it kept last.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from sync import checkpoint_form
from sync.relay_form import MOST_CHECKPOINTS, RelayedCheckpoint
from sync.server import audit_chain, tables
from sync.server.database import insert_new
from sync.server.faults import Denied
from sync.server.offices import now_ms

table, waiting = tables.audit_checkpoint, tables.relay_checkpoint


def note(connection: Connection, office: str, identity: bytes, previous_seq: int, previous: bytes) -> None:
    """A checkpoint that the server in the house has just taken is to be sent on."""
    values = {"office": office, "id": identity, "previous_seq": previous_seq, "previous": previous, "at": now_ms()}
    connection.execute(insert(waiting).values(values))


def collect(connection: Connection, office: str) -> tuple[RelayedCheckpoint, ...]:
    """The next ones to send on, in the order in which they came."""
    device = tables.device
    rows = connection.execute(
        select(table, waiting.c.previous_seq, waiting.c.previous, device.c.store_id)
        .join(waiting, (waiting.c.office == table.c.office) & (waiting.c.id == table.c.id))
        .join(device, (device.c.office == table.c.office) & (device.c.id == table.c.device))
        .where(waiting.c.office == office)
        .order_by(waiting.c.at, waiting.c.id)
        .limit(MOST_CHECKPOINTS)
    )
    return tuple(
        RelayedCheckpoint(
            bytes(row.id), row.store_id, row.seq, bytes(row.hash), row.at, row.previous_seq, bytes(row.previous),
            bytes(row.public), row.signature, row.alarm,
        )
        for row in rows
    )  # fmt: skip


def forget(connection: Connection, office: str, sent: Sequence[RelayedCheckpoint]) -> None:
    """The central server has these."""
    for one in sent:
        connection.execute(delete(waiting).where(waiting.c.office == office, waiting.c.id == one.id))


def begin_from(connection: Connection, office: str, known: RelayedCheckpoint) -> None:
    """The newest checkpoint of a joining counter that the central server keeps: its chain goes on from there."""
    insert_new(
        connection, table, office=office, device=known.store_id, id=known.id, seq=known.seq, hash=known.hash,
        at=known.at, received_at=now_ms(), signature=known.signature, public=known.public, alarm="",
    )  # fmt: skip


def told(connection: Connection, office: str, stores: Sequence[str]) -> RelayedCheckpoint | None:
    """What the central server tells of a counter that joins a server in the house; stores: what it is and was."""
    row = _newest(connection, office, _names(connection, office, stores[0])) if stores else None
    if row is None:
        return None
    return RelayedCheckpoint(
        bytes(row.id), stores[0], row.seq, bytes(row.hash), row.at, 0, b"", bytes(row.public), row.signature
    )


def take(connection: Connection, relay: Row[Any], checkpoints: Sequence[RelayedCheckpoint]) -> None:
    """Keep them, each with what is wrong with it; what is known already changes nothing. Denied 409 "store_direct" for
    a counter that speaks for itself: nothing of the message is kept."""
    for one in checkpoints:
        names = _names(connection, relay.office, one.store_id)
        _check_behind(connection, relay, one.store_id)
        insert_new(
            connection, table, office=relay.office, device=names[0], id=one.id, seq=one.seq, hash=one.hash, at=one.at,
            received_at=now_ms(), signature=one.signature, public=one.public,
            alarm=_judged(_newest(connection, relay.office, names), one),
        )  # fmt: skip


def _check_behind(connection: Connection, relay: Row[Any], store_id: str) -> None:
    device = tables.device
    direct = select(device.c.id).where(
        device.c.office == relay.office, device.c.store_id == store_id, device.c.revoked_at.is_(None)
    )
    if connection.execute(direct).first() is not None:
        raise Denied(
            409,
            "store_direct",
            "เครื่องนี้ส่งข้อมูลถึงเครื่องแม่ข่ายกลางเองอยู่แล้ว",
            "ให้เครื่องนั้นเข้าร่วมกับเครื่องแม่ข่ายในสำนักงาน หรือแจ้งผู้ดูแลระบบ",
        )


def _judged(last: Any, one: RelayedCheckpoint) -> str:
    text = checkpoint_form.signed_text(one.store_id, one.seq, one.hash, one.at)
    if not checkpoint_form.is_signed(one.public, one.signature, text):
        return "key"
    if last is not None and bytes(last.public) != one.public:
        return "key"
    if one.alarm:
        return one.alarm
    if last is not None and one.seq > last.seq and one.previous_seq != last.seq:
        return "unlinked"
    return audit_chain.alarm(last, one.seq, one.hash, one.previous)


def _names(connection: Connection, office: str, store_id: str) -> tuple[str, ...]:
    """Under what a counter's checkpoints are kept: as the device that it was here, and as a store behind a server."""
    device = tables.device
    known = connection.execute(
        select(device.c.id).where(device.c.office == office, device.c.store_id == store_id)
    ).scalar()
    return (str(known), store_id) if known else (store_id,)


def _newest(connection: Connection, office: str, names: Sequence[str]) -> Any:
    return audit_chain.newest(connection, office, *names)
