"""The ledger of numbers: which run was leased to which counter. A block is given once and never taken back silently."""

import secrets
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from app.domain import permit_number, receiving_number
from app.domain.request_number import MAX_RUN
from sync.protocol import Lease, LeaseWanted
from sync.server import tables
from sync.server.faults import Denied
from sync.server.offices import now_ms

ledger = tables.number_lease
STOCK = ""
"""In place of a device: what an office's own server has from the central one and has not given to a counter yet."""


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
    if office.upstream:
        return _from_stock(connection, office, device, wanted)
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


def _from_stock(connection: Connection, office: Row[Any], device: str, wanted: LeaseWanted) -> Lease | None:
    """The first numbers of the stock; None where there are none, or where the central server has shut this one out."""
    found = connection.execute(
        select(ledger)
        .where(ledger.c.office == office.code, ledger.c.device == STOCK, ledger.c.series == wanted.series)
        .order_by(ledger.c.first)
        .limit(1)
    ).first()
    if found is None or office.upstream != "on":
        return None
    last = min(found.last, found.first + wanted.size - 1)
    return carve(connection, found, device, found.first, last, wanted.request)


def carve(connection: Connection, row: Row[Any], device: str, first: int, last: int, request: str) -> Lease:
    """Cut runs first..last out of a block for a device; what is left before and behind stays as it was."""
    connection.execute(
        delete(ledger).where(ledger.c.office == row.office, ledger.c.series == row.series, ledger.c.first == row.first)
    )
    cut = Lease(request, secrets.token_hex(8), row.series, first, last)
    rest = [(row.first, first - 1), (last + 1, row.last)]
    for number, (start, end) in enumerate((start, end) for start, end in rest if start <= end):
        kept = (row.id, row.request) if number == 0 else (secrets.token_hex(8), f"{row.request} {start}"[:64])
        connection.execute(
            insert(ledger).values(
                office=row.office, series=row.series, first=start, last=end, id=kept[0], device=row.device,
                request=kept[1], leased_at=row.leased_at,
            )
        )  # fmt: skip
    return _enter(connection, row.office, device, cut)


def stock(connection: Connection, office: str, series: str) -> int:
    """How many runs of a series an office's own server has to give."""
    left = select(func.coalesce(func.sum(ledger.c.last - ledger.c.first + 1), 0)).where(
        ledger.c.office == office, ledger.c.device == STOCK, ledger.c.series == series
    )
    return int(connection.execute(left).scalar_one())


def keep_in_stock(connection: Connection, office: str, lease: Lease) -> None:
    """Enter a block that came from the central server; twice changes nothing."""
    known = select(ledger.c.id).where(
        ledger.c.office == office, ledger.c.series == lease.series, ledger.c.first <= lease.last,
        ledger.c.last >= lease.first,
    )  # fmt: skip
    if connection.execute(known).first() is None:
        _enter(connection, office, STOCK, lease)


def adopt(
    connection: Connection, office: Row[Any], device: str, blocks: Sequence[Lease], stores: Sequence[str] = ()
) -> None:
    """Enter blocks that a counter had before it joined: those that it leased to itself while its office stood alone,
    and those that an office's own server had given to it (`stores`: what the counter was and is called).

    Denied 409 "numbers_overlap" where another counter holds a run of them: two papers might carry one number.
    """
    before = behind(connection, office.code, stores)
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
        foreign = [other for other in others if other.device != device]
        if len(foreign) == 1 and foreign[0].device in before and _within(block, foreign[0]):
            carve(connection, foreign[0], device, block.first, block.last, f"{block.block} {block.first}"[:64])
        elif foreign:
            raise Denied(
                409,
                "numbers_overlap",
                f"เลข {block.series} ลำดับ {block.first}–{block.last} ของเครื่องนี้ซ้ำกับเครื่องอื่นที่เข้าร่วมแล้ว",
                "แจ้งผู้ดูแลระบบให้ตรวจเลขที่ออกแล้วของสองเครื่องก่อนเข้าร่วม",
            )
        elif not others:
            # what the counter calls it may be the name of another block here
            request, name = f"brought {block.series} {block.first}", secrets.token_hex(8)
            _enter(connection, office.code, device, Lease(request, name, block.series, block.first, block.last))


def behind(connection: Connection, office: str, stores: Sequence[str]) -> set[str]:
    """The offices' own servers through which a counter has sent until now."""
    table = tables.relay_store
    asked = select(table.c.device).where(table.c.office == office, table.c.store_id.in_(stores))
    return set(connection.execute(asked).scalars()) if stores else set()


def _within(block: Lease, row: Row[Any]) -> bool:
    return bool(row.first <= block.first and block.last <= row.last)


def _is_of(office: Row[Any], series: str) -> bool:
    """Whether a series is the office's: its request numbers ("KT1"), a year's register ("KTR2569") or permits
    ("KTP2569")."""
    if series[:-1] == office.letters:
        return True
    return receiving_number.is_series(series, office.letters) or permit_number.is_series(series, office.letters)


def hand_over(connection: Connection, office: str, old: str, new: str) -> None:
    """Give the blocks of a replaced device to the one restored from its backup, so that its unsent cases are taken."""
    connection.execute(update(ledger).where(ledger.c.office == office, ledger.c.device == old).values(device=new))


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
