"""How a checkpoint of a counter's audit chain is held against the one that was kept before it."""

from typing import Any

from sqlalchemy import Connection, select

from sync.server import tables

GOES_ON = ("", "unlinked")
"""Alarms of checkpoints that a later one is held against."""


def newest(connection: Connection, office: str, *names: str) -> Any:
    """The newest checkpoint of a counter that the next one has to go on from, kept under the device or the store that
    it is; None where there is none."""
    table = tables.audit_checkpoint
    return connection.execute(
        select(table)
        .where(table.c.office == office, table.c.device.in_(names), table.c.alarm.in_(GOES_ON))
        .order_by(table.c.seq.desc())
        .limit(1)
    ).first()


def alarm(last: Any, seq: int, link: bytes, previous: bytes) -> str:
    """What is wrong with a checkpoint after the last one, "" for nothing; previous: counter's link at `last.seq`."""
    if last is None:
        return ""
    if seq < last.seq:
        return "shorter"
    if seq == last.seq:
        return "" if bytes(last.hash) == link else "differs"
    return "" if previous == bytes(last.hash) else "differs"
