"""Every number accounted for: issued, voided, returned, or not reported yet by the counter that has it."""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, select

from app.domain import permit_number, receiving_number
from sync.server import tables

Span = tuple[int, int]
"""(first run, last run)"""

ELSEWHERE = "elsewhere"
"""On an office's own server, in place of the device of a case that was registered at a counter behind another one."""
REGISTERS = {"receiving_numbered": receiving_number.is_series, "permit_numbered": permit_number.is_series}
"""Whose numbers stand in the office's log alone: kind of event, and which series are its."""
ledger, returned = tables.number_lease, tables.number_return


def series_of(connection: Connection, office: str) -> list[str]:
    """Every series of which the office has leased numbers."""
    asked = select(ledger.c.series).where(ledger.c.office == office).distinct().order_by(ledger.c.series)
    return list(connection.execute(asked).scalars())


def report(connection: Connection, office: str, series: str) -> dict[str, Any]:
    """What admin.numbers_report tells of one series."""
    blocks = connection.execute(
        select(ledger.c.first, ledger.c.last, ledger.c.device)
        .where(ledger.c.office == office, ledger.c.series == series)
        .order_by(ledger.c.first)
    ).fetchall()
    issued, voided = issued_runs(connection, office, series), voided_runs(connection, office, series)
    inside = {run for run in issued | voided if any(block.first <= run <= block.last for block in blocks)}
    leased = sum(block.last - block.first + 1 for block in blocks)
    spans = _returned(connection, office, series)
    # a number that was given up and then turns up on a paper is issued
    turned_up = sum(any(first <= run <= last for first, last in spans) for run in inside)
    given_up = sum(last - first + 1 for first, last in spans) - turned_up
    return {
        "series": series,
        "leased": leased,
        "issued": len(issued),
        "voided": len(voided),
        "unused": leased - len(inside) - given_up,
        "returned": given_up,
        "unexplained": len(issued | voided) - len(inside),
        "duplicates": len(issued & voided) + _overlaps(blocks),
        "blocks": [{"first": block.first, "last": block.last, "device": block.device} for block in blocks],
    }


def unused_of(connection: Connection, office: str, device: str) -> dict[str, list[Span]]:
    """The runs in a device's blocks that nobody has reported and nobody has given up, by series."""
    rows = connection.execute(
        select(ledger.c.series, ledger.c.first, ledger.c.last)
        .where(ledger.c.office == office, ledger.c.device == device)
        .order_by(ledger.c.series, ledger.c.first)
    ).fetchall()
    found: dict[str, list[Span]] = {}
    for series in sorted({row.series for row in rows}):
        gone = issued_runs(connection, office, series) | voided_runs(connection, office, series)
        for first, last in _returned(connection, office, series):
            gone.update(range(first, last + 1))
        blocks = [(row.first, row.last) for row in rows if row.series == series]
        spans = [_spans(run for run in range(first, last + 1) if run not in gone) for first, last in blocks]
        if any(spans):
            found[series] = [span for some in spans for span in some]
    return found


def book_report(connection: Connection, office: str) -> list[dict[str, Any]]:
    """The same for every receipt book ("R2569/3": fiscal year and book). A cancelled receipt was issued; it is told as
    voided as well. Paper books that a counter drew are books, too."""
    book = tables.receipt_book
    rows = connection.execute(
        select(book).where(book.c.office == office).order_by(book.c.fiscal_year, book.c.leased_at, book.c.book)
    ).fetchall()
    return [_book_row(connection, row) for row in rows]


def _book_row(connection: Connection, row: Any) -> dict[str, Any]:
    issued, voided = _issued_in(connection, row)
    name = book_series(row.fiscal_year, row.book)
    inside = {no for no in issued if row.first <= no <= row.last}
    spans = _returned(connection, row.office, name)
    turned_up = sum(any(first <= no <= last for first, last in spans) for no in inside)
    given_up = sum(last - first + 1 for first, last in spans) - turned_up
    leased = row.last - row.first + 1
    return {
        "series": name, "leased": leased, "issued": len(issued), "voided": voided,
        "unused": leased - len(inside) - given_up, "returned": given_up, "unexplained": len(issued) - len(inside),
        "duplicates": 0, "blocks": [{"first": row.first, "last": row.last, "device": row.device}],
    }  # fmt: skip


def book_series(fiscal_year: int, book: str) -> str:
    """How a receipt book is named beside series of numbers."""
    return f"R{fiscal_year}/{book}"


def unused_in_books(connection: Connection, office: str, device: str) -> dict[str, list[Span]]:
    """The receipt numbers in a device's books that nobody has reported and nobody has given up, by book."""
    book = tables.receipt_book
    mine = (
        select(book).where(book.c.office == office, book.c.device == device).order_by(book.c.fiscal_year, book.c.book)
    )
    found: dict[str, list[Span]] = {}
    for row in connection.execute(mine).fetchall():
        name = book_series(row.fiscal_year, row.book)
        gone = _issued_in(connection, row)[0]
        for first, last in _returned(connection, office, name):
            gone.update(range(first, last + 1))
        if spans := _spans(no for no in range(row.first, row.last + 1) if no not in gone):
            found[name] = spans
    return found


def _issued_in(connection: Connection, row: Any) -> tuple[set[int], int]:
    """(numbers of a book that stand on receipts, how many of those were cancelled)."""
    receipt = tables.receipt
    told = connection.execute(
        select(receipt.c.no, receipt.c.voided_at).where(
            receipt.c.office == row.office, receipt.c.fiscal_year == row.fiscal_year, receipt.c.book == row.book
        )
    ).fetchall()
    return {one.no for one in told}, sum(one.voided_at is not None for one in told)


def count(spans: dict[str, list[Span]]) -> int:
    """How many runs."""
    return sum(last - first + 1 for some in spans.values() for first, last in some)


def issued_runs(connection: Connection, office: str, series: str) -> set[int]:
    """The runs that stand on papers, as far as counters have told."""
    for kind, register in REGISTERS.items():
        if register(series):
            return set(_registered(connection, office, series, kind))
    return _runs(connection, tables.case, office, series, tables.case.c.device != ELSEWHERE)


def voided_runs(connection: Connection, office: str, series: str) -> set[int]:
    """The runs that counters have voided."""
    return _runs(connection, tables.number_void, office, series)


def _registered(connection: Connection, office: str, series: str, kind: str) -> Iterator[int]:
    """The runs of a register that counters have given, from the office's log."""
    log, behind = tables.log, tables.relay_store
    elsewhere = select(behind.c.store_id).where(behind.c.office == office, behind.c.device == ELSEWHERE)
    payloads = connection.execute(
        select(log.c.payload).where(log.c.office == office, log.c.kind == kind, log.c.store_id.not_in(elsewhere))
    ).scalars()
    return (told["run"] for told in map(json.loads, payloads) if told["series"] == series)


def _runs(connection: Connection, table: Any, office: str, series: str, *more: Any) -> set[int]:
    asked = select(table.c.run).where(table.c.office == office, table.c.series == series, *more)
    return set(connection.execute(asked).scalars())


def _returned(connection: Connection, office: str, series: str) -> list[Span]:
    asked = select(returned.c.first, returned.c.last).where(returned.c.office == office, returned.c.series == series)
    return [(row.first, row.last) for row in connection.execute(asked)]


def _spans(runs: Iterable[int]) -> list[Span]:
    """Ascending runs as unbroken spans."""
    found: list[Span] = []
    for run in runs:
        if found and found[-1][1] == run - 1:
            found[-1] = (found[-1][0], run)
        else:
            found.append((run, run))
    return found


def _overlaps(blocks: Sequence[Any]) -> int:
    """Runs that two neighbouring blocks share."""
    return sum(max(0, before.last - after.first + 1) for before, after in pairwise(blocks))
