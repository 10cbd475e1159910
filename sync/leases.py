"""Asking for numbers early enough: whenever half a block of the stock is used, and never twice for one need.

What was asked for is kept (meta "lease_requests") until its block is stored, so that a lost answer gives the same
block again.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from app.domain import permit_number, receiving_number
from app.domain.fees import AD_PERMIT
from app.domain.ids import uuid7
from app.services import offices
from app.store import numbers
from app.store.meta import meta_get, meta_set
from app.store.unit_of_work import UnitOfWork
from sync.json_form import pack_id
from sync.link import offices_document
from sync.protocol import DEFAULT_LEASE, IN_HAND, Lease, LeaseWanted

RECEIVING_LEASE = 50
"""Runs of a year's register that a counter asks for; asked again when half of them are used."""
NEXT_YEAR_AHEAD = timedelta(days=31)
REGISTERS = "server_leases_registers"
PERMITS = "server_leases_permits"
LEFT = "SELECT coalesce(sum(last - next + 1), 0) FROM number_block WHERE series = ? AND state = 'active'"


def asked(connection: Connection) -> tuple[LeaseWanted, ...]:
    """The requests that have not been answered yet."""
    stored = json.loads(meta_get(connection, "lease_requests", "[]"))
    return tuple(LeaseWanted(request, series, size) for request, series, size in stored)


def missing(connection: Connection, today: date) -> dict[str, int]:
    """How many runs to ask for, by series: whole blocks, for each series that is low and not asked for already."""
    document = offices_document(connection)
    active = connection.exec_driver_sql(
        "SELECT DISTINCT series FROM number_block WHERE state = 'active' AND series NOT LIKE 'R%/%'"
    ).scalars()
    series = {offices.series(document), *(name for name in active if not _is_register(name))}
    waiting = {wanted.series for wanted in asked(connection)}
    short = {name: IN_HAND - _left(connection, name) for name in sorted(series - waiting)}
    wanted = {
        name: -(-runs // DEFAULT_LEASE) * DEFAULT_LEASE for name, runs in short.items() if runs * 2 >= DEFAULT_LEASE
    }
    registers = _registers(connection, document, today)
    for name in sorted(registers - waiting):
        if 2 * _left(connection, name) <= RECEIVING_LEASE:
            wanted[name] = RECEIVING_LEASE
    return wanted


def knows_registers(connection: Connection) -> bool:
    """Whether the server has said that it leases numbers of registers."""
    return bool(meta_get(connection, REGISTERS))


def _is_register(series: str) -> bool:
    return receiving_number.is_series(series) or permit_number.is_series(series)


def asks_what_is_leased(connection: Connection) -> bool:
    """Whether there is something that the server has not yet said to lease."""
    permits = AD_PERMIT in offices_document(connection)["services"]
    return not knows_registers(connection) or (permits and not meta_get(connection, PERMITS))


def _registers(connection: Connection, document: Mapping[str, Any], today: date) -> set[str]:
    """The registers to have numbers for, of incoming matters and, where the office gives them, of permits, as far as
    the server leases them: this year's and, towards its end, the next one's."""
    days, found = (today, today + NEXT_YEAR_AHEAD), set()
    if knows_registers(connection):
        found |= {receiving_number.series(document["letters"], day) for day in days}
    if AD_PERMIT in document["services"] and meta_get(connection, PERMITS):
        found |= {permit_number.series(document["letters"], day) for day in days}
    return found


def _left(connection: Connection, series: str) -> int:
    return int(connection.exec_driver_sql(LEFT, (series,)).scalar_one())


def note(work: UnitOfWork, sizes: Mapping[str, int]) -> None:
    """Keep the requests before they are sent."""
    new = [LeaseWanted(pack_id(uuid7()), series, size) for series, size in sizes.items()]
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
