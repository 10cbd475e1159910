"""Asking the server for receipt books early enough, and keeping those that it gave.

What was asked for is kept (meta "book_requests") until its book is stored, so that a lost answer gives the same again.
"""

import json
from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import Connection

from app.domain import thai_date
from app.domain.ids import uuid7
from app.services.receipts import MODE_KINDS
from app.store import receipt_books
from app.store.meta import meta_get, meta_set
from app.store.unit_of_work import UnitOfWork
from sync.json_form import pack_id
from sync.link import offices_document
from sync.protocol import BookLease, BookWanted

IN_HAND = 500
"""Receipt numbers that a counter holds after every sync, or a whole book more."""
NEXT_YEAR_AHEAD = timedelta(days=45)
REQUESTS = "book_requests"


def asked(connection: Connection) -> tuple[BookWanted, ...]:
    """The requests that have not been answered yet."""
    return tuple(BookWanted(request, year) for request, year in json.loads(meta_get(connection, REQUESTS, "[]")))


def missing(connection: Connection, today: date) -> list[int]:
    """The fiscal years for which to ask for a book: this one and, towards its end, the next."""
    kind = _kind(connection)
    if not kind:
        return []
    years = {thai_date.fiscal_year(today), thai_date.fiscal_year(today + NEXT_YEAR_AHEAD)}
    waiting = {wanted.fiscal_year for wanted in asked(connection)}
    return [year for year in sorted(years - waiting) if receipt_books.left(connection, year, kind) < IN_HAND]


def note(work: UnitOfWork, years: Sequence[int]) -> None:
    """Keep the requests before they are sent."""
    _keep(work, [*asked(work.connection), *(BookWanted(pack_id(uuid7()), year) for year in years)])


def store(work: UnitOfWork, leases: Sequence[BookLease]) -> None:
    """Keep the books that were given and forget their requests."""
    if not leases:
        return
    kind = _kind(work.connection) or receipt_books.COMPUTER
    for lease in leases:
        new = receipt_books.NewBook(
            lease.book, lease.fiscal_year, lease.first, lease.last, kind, "เครื่องแม่ข่ายกลาง", block=lease.block
        )
        receipt_books.add(work, new)
    given = {lease.request for lease in leases}
    _keep(work, [wanted for wanted in asked(work.connection) if wanted.request not in given])


def _kind(connection: Connection) -> str:
    """The kind of book this office's receipts come from; "" where it needs none from a server."""
    document = offices_document(connection)
    kind = MODE_KINDS[document["receipt_mode"]]
    takes_money = any(code != "petition" for code in document["services"])
    return kind if takes_money and kind not in receipt_books.PAPER_KINDS else ""


def _keep(work: UnitOfWork, wanted: Sequence[BookWanted]) -> None:
    meta_set(work.connection, REQUESTS, json.dumps([[one.request, one.fiscal_year] for one in wanted]))
