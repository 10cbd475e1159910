"""Receipt books as leases: the control register, and the next number of a book inside the receipt's own transaction.

A book's numbers are a number block of series "R<fiscal year>/<book>"; what the block has given is for ever. A book is
of one fiscal year: a receipt of another year never finds it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from app.domain import receipt_numbers, thai_date
from app.domain.errors import Refused
from app.domain.ids import uuid7, uuid_text
from app.store.meta import meta_get, meta_set
from app.store.unit_of_work import UnitOfWork

COMPUTER, ELAAS, PREPRINTED, RESERVE = "computer", "elaas", "preprinted", "reserve"
KINDS = (COMPUTER, ELAAS, PREPRINTED, RESERVE)
PAPER_KINDS = (PREPRINTED, RESERVE)
"""Whose leaves lie on paper before anything is written on them."""

TAKE = """
UPDATE number_block SET next = next + 1, state = CASE WHEN next = last THEN 'used_up' ELSE state END
WHERE id = (SELECT n.id FROM number_block n JOIN receipt_book b ON b.id = n.id
  WHERE n.state = 'active' AND b.closed_at IS NULL AND b.fiscal_year = ? AND b.kind = ? AND (? = '' OR b.book = ?)
  ORDER BY b.entered_at, length(b.book), b.book LIMIT 1)
RETURNING next - 1, series
"""
BOOKS = (
    "SELECT b.id, b.series, b.book, b.fiscal_year, b.kind, b.received_from, b.issued_to, b.entered_at, b.closed_at,"
    " b.remark, n.first, n.last, n.next, n.state FROM receipt_book b JOIN number_block n ON n.id = b.id"
)
USED_UP = ("เลขใบเสร็จในเล่มที่ใช้อยู่หมดแล้ว ยังไม่ได้ออกใบเสร็จ", "ต่ออินเทอร์เน็ตแล้วกดส่งข้อมูลเพื่อรับเล่มใหม่ หรือเบิกใบเสร็จเล่มใหม่")


@dataclass(frozen=True, slots=True)
class Taken:
    """One number, taken for ever."""

    series: str
    book: str
    no: int
    fiscal_year: int


@dataclass(frozen=True, slots=True)
class NewBook:
    """A book as it enters the register. first..last: its numbers that are still to be used."""

    book: str
    fiscal_year: int
    first: int
    last: int
    kind: str = COMPUTER
    received_from: str = ""
    issued_to: str = ""
    remark: str = ""
    block: str = ""


def take(work: UnitOfWork, fiscal_year: int, kind: str, book: str = "") -> Taken | None:
    """The next number of the oldest open book of a year and kind (or of `book`); None where there is none."""
    row = work.execute(TAKE, (fiscal_year, kind, book, book)).fetchone()
    if row is None:
        return None
    return Taken(row[1], row[1].split("/", 1)[1], int(row[0]), fiscal_year)


def add(work: UnitOfWork, new: NewBook) -> str:
    """Enter a book and return its block; the same block arriving again changes nothing.

    Refused "book_known" for a book that is there.
    """
    block = new.block or uuid_text(uuid7())
    if work.run("SELECT 1 FROM receipt_book WHERE id = ?", (block,)).fetchone():
        return block
    series = receipt_numbers.series(new.fiscal_year, new.book)
    if work.run("SELECT 1 FROM receipt_book WHERE series = ?", (series,)).fetchone():
        title = f"ใบเสร็จเล่มที่ {new.book} ปีงบประมาณ {new.fiscal_year} อยู่ในทะเบียนคุมแล้ว"
        raise Refused("book_known", title, "ตรวจเล่มที่บนปกใบเสร็จ", "book")
    if not 1 <= new.first <= new.last <= receipt_numbers.MAX_NO:
        raise Refused("book_range", "ช่วงเลขที่ของเล่มไม่ถูกต้อง", "ใส่เลขแรกไม่เกินเลขสุดท้าย", "first")
    work.run(
        "INSERT INTO number_block (id, series, first, last, next, state, leased_at) VALUES (?,?,?,?,?,'active',?)",
        (block, series, new.first, new.last, new.first, work.now_ms),
    )
    work.run(
        "INSERT INTO receipt_book (id, series, book, fiscal_year, kind, received_from, issued_to, entered_at, remark)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (block, series, new.book, new.fiscal_year, new.kind, new.received_from, new.issued_to, work.now_ms, new.remark),
    )
    work.audit("receipt_book_entered", f"{new.fiscal_year}/{new.book}", f"{new.kind} {new.first}-{new.last}")
    work.changed("numbers")
    return block


def next_book(connection: Connection, fiscal_year: int, opening: int) -> int:
    """The number of the next computer book: one after the highest that is known here, never below `opening`."""
    names = connection.exec_driver_sql("SELECT book FROM receipt_book WHERE fiscal_year = ?", (fiscal_year,)).scalars()
    floor = json.loads(meta_get(connection, FLOOR, "{}")).get(str(fiscal_year), 1)
    return max([opening, int(floor), *(int(name) + 1 for name in names if name.isascii() and name.isdigit())])


FLOOR = "receipt_books_beyond"
"""Meta: fiscal year -> the lowest computer book that a restored store may lease to itself."""


def begin_beyond(work: UnitOfWork, lost: Mapping[int, int] | None, gap: int) -> None:
    """After a restore: every book of its own comes after any that the lost database may have begun.

    lost: its highest book of each year, where it could still be read; else `gap` books are passed over, in the years
    that are known here and in the present one.
    """
    known: dict[int, int] = {}
    for row in books(work.connection):
        if row.book.isascii() and row.book.isdigit():
            known[row.fiscal_year] = max(known.get(row.fiscal_year, 0), int(row.book))
    if lost is not None:
        floor = {year: max(known.get(year, 0), lost.get(year, 0)) + 1 for year in {*known, *lost}}
    else:
        now = thai_date.fiscal_year(thai_date.local(datetime.fromtimestamp(work.now_ms / 1000, UTC)).date())
        floor = {year: known.get(year, 0) + gap for year in {*known, now}}
    meta_set(work.connection, FLOOR, json.dumps(floor))


def books(connection: Connection, fiscal_year: int = 0) -> list[Any]:
    """The control register, the oldest book first; of one year where it is named."""
    where = " WHERE b.fiscal_year = ?" if fiscal_year else ""
    parameters = (fiscal_year,) if fiscal_year else ()
    order = " ORDER BY b.fiscal_year, b.entered_at, length(b.book), b.book"
    return list(connection.exec_driver_sql(f"{BOOKS}{where}{order}", parameters).fetchall())


def upcoming(connection: Connection, fiscal_year: int, kind: str) -> tuple[str, int] | None:
    """(book, number) that the next receipt of a year and kind would get; None where no book is open."""
    sql = (
        "SELECT b.book, n.next FROM number_block n JOIN receipt_book b ON b.id = n.id WHERE n.state = 'active'"
        " AND b.closed_at IS NULL AND b.fiscal_year = ? AND b.kind = ? ORDER BY b.entered_at, length(b.book), b.book"
        " LIMIT 1"
    )
    row = connection.exec_driver_sql(sql, (fiscal_year, kind)).fetchone()
    return None if row is None else (str(row[0]), int(row[1]))


def left(connection: Connection, fiscal_year: int, kind: str) -> int:
    """Unused numbers in open books of a year."""
    sql = (
        "SELECT coalesce(sum(n.last - n.next + 1), 0) FROM number_block n JOIN receipt_book b ON b.id = n.id"
        " WHERE n.state = 'active' AND b.closed_at IS NULL AND b.fiscal_year = ? AND b.kind = ?"
    )
    return int(connection.exec_driver_sql(sql, (fiscal_year, kind)).scalar_one())


def retire(work: UnitOfWork, row: Any, reason: str) -> int:
    """Close a book for ever: what it has not used is entered as void ("เลิกใช้"). Returns how many numbers."""
    unused = range(row.next, row.last + 1) if row.state in ("active", "returned") else range(0)
    for no in unused:
        work.run(
            "INSERT INTO number_void (series, run, reason, by, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (row.series, no, reason, work.by, work.now_ms),
        )
    work.run("UPDATE number_block SET next = last + 1, state = 'used_up' WHERE id = ?", (row.id,))
    work.run("UPDATE receipt_book SET closed_at = ?, remark = ? WHERE id = ?", (work.now_ms, reason, row.id))
    work.audit("receipt_book_closed", f"{row.fiscal_year}/{row.book}", f"{len(unused)} unused: {reason}")
    work.changed("numbers")
    return len(unused)
