"""The ledger of numbers: which run was leased to which counter. A block is given once and never taken back silently."""

import secrets
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from app.domain import receiving_number
from app.domain.request_number import MAX_RUN
from sync.protocol import Lease, LeaseWanted
from sync.server import tables
from sync.server.faults import Denied
from sync.server.offices import now_ms

ledger = tables.number_lease


def grant(connection: Connection, office: Row[Any], device: str, wanted: LeaseWanted, first_run: int) -> Lease | None:
    """The next block of a series, or the block that the same request was given before.

    `first_run`: where the office's first block of the series begins. None: the series is not the office's, or full.
    Call it with the office locked.
    """
    given = connection.execute(
        select(ledger).where(
            ledger.c.office == office.code, ledger.c.device == device, ledger.c.request == wanted.request
        )
    ).first()
    if given:
        return Lease(given.request, given.id, given.series, given.first, given.last)
    if not _is_of(office, wanted.series):
        return None
    last_given = connection.execute(
        select(func.max(ledger.c.last)).where(ledger.c.office == office.code, ledger.c.series == wanted.series)
    ).scalar()
    first = first_run if last_given is None else last_given + 1
    if first > MAX_RUN:
        return None
    last = min(first + wanted.size - 1, MAX_RUN)
    return _enter(
        connection, office.code, device, Lease(wanted.request, secrets.token_hex(8), wanted.series, first, last)
    )


def adopt(connection: Connection, office: Row[Any], device: str, blocks: Sequence[Lease]) -> None:
    """Enter blocks that a counter leased to itself while its office stood alone.

    Denied 409 "numbers_overlap" where another counter holds a run of them: two papers might carry one number.
    """
    for block in blocks:
        if not _is_of(office, block.series) or block.last > MAX_RUN:
            raise Denied(
                409,
                "numbers_foreign",
                f"เลขชุด {block.series} ในเครื่องนี้ไม่ใช่ของ อปท. นี้",
                "ตรวจว่าใช้รหัสเข้าร่วมของ อปท. ที่ถูกต้อง",
            )
        others = connection.execute(
            select(ledger).where(
                ledger.c.office == office.code,
                ledger.c.series == block.series,
                ledger.c.first <= block.last,
                ledger.c.last >= block.first,
            )
        ).fetchall()
        if any(other.device != device for other in others):
            raise Denied(
                409,
                "numbers_overlap",
                f"เลข {block.series} ลำดับ {block.first}–{block.last} ของเครื่องนี้ซ้ำกับเครื่องอื่นที่เข้าร่วมแล้ว",
                "แจ้งผู้ดูแลระบบให้ตรวจเลขที่ออกแล้วของสองเครื่องก่อนเข้าร่วม",
            )
        if not others:
            _enter(connection, office.code, device, block)


def _is_of(office: Row[Any], series: str) -> bool:
    """Whether a series is the office's: of its request numbers ("KT1") or of a year's register ("KTR2569")."""
    return bool(series[:-1] == office.letters) or receiving_number.is_series(series, office.letters)


def hand_over(connection: Connection, office: str, old: str, new: str) -> None:
    """Give the blocks of a replaced device to the one restored from its backup, so that its unsent cases are taken."""
    connection.execute(update(ledger).where(ledger.c.office == office, ledger.c.device == old).values(device=new))


def blocks_of(connection: Connection, office: str, device: str) -> list[tuple[str, int, int]]:
    """(series, first, last) of every block of a device."""
    rows = connection.execute(
        select(ledger.c.series, ledger.c.first, ledger.c.last).where(
            ledger.c.office == office, ledger.c.device == device
        )
    )
    return [(row.series, row.first, row.last) for row in rows]


def _enter(connection: Connection, office: str, device: str, lease: Lease) -> Lease:
    connection.execute(
        insert(ledger).values(
            office=office,
            series=lease.series,
            first=lease.first,
            last=lease.last,
            id=lease.block,
            device=device,
            request=lease.request,
            leased_at=now_ms(),
        )
    )
    return lease
