"""Asking for numbers early enough: a new block when half of the newest is used, never twice for one need.

What was asked for is kept (meta "lease_requests") until its block is stored, so that a lost answer gives the same
block again.
"""

import json
from collections.abc import Sequence

from sqlalchemy import Connection

from app.domain.ids import uuid7
from app.services import offices
from app.store import numbers
from app.store.meta import meta_get, meta_set
from app.store.unit_of_work import UnitOfWork
from sync.json_form import pack_id
from sync.link import offices_document
from sync.protocol import DEFAULT_LEASE, Lease, LeaseWanted

IN_HAND = """
SELECT coalesce(sum(last - next + 1), 0), coalesce(max(last - first + 1), 0)
FROM number_block WHERE series = ? AND state = 'active' AND next <= last
"""


def asked(connection: Connection) -> tuple[LeaseWanted, ...]:
    """The requests that have not been answered yet."""
    stored = json.loads(meta_get(connection, "lease_requests", "[]"))
    return tuple(LeaseWanted(request, series, size) for request, series, size in stored)


def missing(connection: Connection) -> tuple[str, ...]:
    """Series that are half used up and have not been asked for."""
    series = {offices.series(offices_document(connection))}
    series.update(
        connection.exec_driver_sql("SELECT DISTINCT series FROM number_block WHERE state = 'active'").scalars()
    )
    waiting = {wanted.series for wanted in asked(connection)}
    return tuple(name for name in sorted(series - waiting) if _is_half_used(connection, name))


def _is_half_used(connection: Connection, series: str) -> bool:
    left, size = connection.exec_driver_sql(IN_HAND, (series,)).one()
    return bool(left * 2 <= max(size, 1))


def note(work: UnitOfWork, series: Sequence[str]) -> None:
    """Keep the requests before they are sent."""
    new = [LeaseWanted(pack_id(uuid7()), name, DEFAULT_LEASE) for name in series]
    _keep(work, [*asked(work.connection), *new])


def store(work: UnitOfWork, leases: Sequence[Lease]) -> None:
    """Keep the blocks that were given and forget their requests."""
    for lease in leases:
        numbers.add_block(work, lease.block, lease.series, lease.first, lease.last)
    given = {lease.request for lease in leases}
    if given:
        _keep(work, [wanted for wanted in asked(work.connection) if wanted.request not in given])


def _keep(work: UnitOfWork, wanted: Sequence[LeaseWanted]) -> None:
    rows = [[one.request, one.series, one.size] for one in wanted]
    meta_set(work.connection, "lease_requests", json.dumps(rows))
