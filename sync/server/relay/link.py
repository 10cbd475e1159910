"""Where an office's own server sends on to, and the moment it joins. Its token lies in the encrypted database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from app.domain import permit_number, receiving_number, thai_date
from app.domain.errors import CounterError, Refused
from app.domain.fees import AD_PERMIT
from app.domain.ids import uuid7, uuid_text
from sync.client import Client, checked_url
from sync.protocol import (
    MAX_LEASE,
    BookLease,
    BookWanted,
    EnrolAnswer,
    EnrolRequest,
    Lease,
    LeaseWanted,
)
from sync.relay_form import PREFIX
from sync.server import leases, offices, receipts, tables
from sync.server.database import Database
from sync.server.relay import outbox, restored

NAME = "เครื่องแม่ข่ายในสำนักงาน"
STOCK, REGISTER_STOCK, BOOK_STOCK = MAX_LEASE, 200, 2
"""Runs of request numbers, runs of a year's register, and whole receipt books that are kept for counters to come."""
NEXT_YEAR_AHEAD = timedelta(days=45)
table, want = tables.upstream, tables.relay_want


@dataclass(frozen=True, slots=True)
class Upstream:
    """The central server that an office's own server is told to join; without a code it has joined already."""

    url: str
    code: str
    app_version: str


def joined(database: Database) -> bool:
    """Whether this is an office's own server."""
    with database.read() as connection:
        return read(connection) is not None


def settle(database: Database, url: str, code: str, app_version: str) -> None:
    """Join, unless that was done; without a code only the address is changed. Refused "not_joined" without either."""
    if code:
        join(database, url, code, app_version)
        return
    with database.write() as connection:
        if read(connection) is None:
            raise Refused("not_joined", "เครื่องแม่ข่ายนี้ยังไม่ได้เข้าร่วมกับส่วนกลาง", "ใช้ --upstream URL --upstream-code CODE")
        connection.execute(update(table).values(url=checked_url(url)))


def read(connection: Connection) -> Row[Any] | None:
    """The office that this server sends on for, with what is known of the central server; None where there is none."""
    return connection.execute(select(table)).first()


def join(database: Database, url: str, code: str, app_version: str) -> str:
    """Become the own server of the code's office; returns the office's code. What was taken and given here before is
    sent on, and its numbers are entered in the central server's ledger, or joining is refused."""
    url = checked_url(url)
    with database.read() as connection:
        link = read(connection)
        known = connection.execute(select(tables.office)).fetchall()
        if len(known) > 1:
            raise Refused("one_office", "เครื่องแม่ข่ายนี้มีหลาย อปท. จึงส่งต่อส่วนกลางไม่ได้", "ใช้ฐานข้อมูลใหม่สำหรับสำนักงานเดียว")
        anew = link is not None and restored.is_noted(connection, link.office)
        blocks = connection.execute(select(tables.number_lease).order_by(tables.number_lease.c.first)).fetchall()
        books = connection.execute(select(tables.receipt_book)).fetchall()
    if anew:
        # which numbers of the stock were given away nobody knows any more: they stay with the old name, unused
        blocks, books = ([row for row in rows if row.device != leases.STOCK] for rows in (blocks, books))
    request = EnrolRequest(
        code,
        _store_id(link, code, anew),
        NAME,
        app_version,
        blocks=tuple(Lease(row.id, row.id, row.series, row.first, row.last) for row in blocks),
        books=tuple(BookLease(row.id, row.id, row.book, row.fiscal_year, row.first, row.last) for row in books),
        replaces=(link.store_id,) if link is not None and anew else (),
    )
    with Client(url) as client:
        answer = client.enrol(request)
    if known and known[0].code != answer.office_code:
        raise Refused("other_office", "รหัสเข้าร่วมนี้เป็นของ อปท. อื่น", "ขอรหัสของ อปท. นี้จากผู้ดูแลเครื่องแม่ข่ายกลาง")
    with database.write() as connection:
        if anew:
            restored.begin_anew(connection, answer.office_code)
        _enter(connection, url, request.store_id, answer, first=link is None)
    return answer.office_code


def _store_id(link: Row[Any] | None, code: str, anew: bool) -> str:
    if link is None:
        return PREFIX + uuid_text(uuid7())
    return restored.new_store_id(link.store_id, code) if anew else str(link.store_id)


def _enter(connection: Connection, url: str, store_id: str, answer: EnrolAnswer, first: bool) -> None:
    office = answer.office_code
    offices.put(connection, answer.settings.office, answer.settings.services)
    reads = restored.is_catching_up(connection, office)
    state = restored.CATCHING_UP if reads else "on"
    connection.execute(update(tables.office).where(tables.office.c.code == office).values(upstream=state))
    values = {"url": url, "device": answer.device_id, "token": answer.token, "store_id": store_id, "error": "",
              "error_code": ""}  # fmt: skip
    if first:
        connection.execute(insert(table).values(office=office, revision=answer.settings.revision, **values))
        outbox.note_all(connection, office)
    else:
        connection.execute(update(table).where(table.c.office == office).values(values))
    for lease in answer.leases:
        leases.keep_in_stock(connection, office, lease)
    for book in answer.books:
        receipts.keep_in_stock(connection, office, book)


def failed(database: Database, office: str, error: CounterError) -> None:
    """Keep why the central server does not answer; not again while it stays the same. One that has shut this server out
    gets no numbers issued in its name any more."""
    with database.write() as connection:
        link = read(connection)
        if link is None or link.error == error.title:
            return
        told = {"error": error.title[:300], "error_code": error.code, "error_at": offices.now_ms()}
        connection.execute(update(table).where(table.c.office == office).values(told))
        if error.code in ("device_revoked", "token_unknown", "server_rolled_back"):
            its = (tables.office.c.code == office, tables.office.c.upstream == "on")
            connection.execute(update(tables.office).where(*its).values(upstream="stopped"))


def reached(connection: Connection, office: str, cursor: int, revision: int | None) -> None:
    """Keep that the central server has answered, and how far its changes are here."""
    told: dict[str, Any] = {"error": "", "error_code": "", "contacted_at": offices.now_ms(), "cursor": cursor}
    if revision is not None:
        told["revision"] = revision
    connection.execute(update(table).where(table.c.office == office).values(told))
    connection.execute(
        update(tables.office)
        .where(tables.office.c.code == office, tables.office.c.upstream == "stopped")
        .values(upstream="on")
    )


def wanted(connection: Connection, office: str) -> tuple[tuple[LeaseWanted, ...], tuple[BookWanted, ...]]:
    """Numbers and books that were asked for and have not come."""
    rows = connection.execute(select(want).where(want.c.office == office).order_by(want.c.request)).fetchall()
    runs = tuple(LeaseWanted(row.request, row.series, row.size) for row in rows if row.size)
    return runs, tuple(BookWanted(row.request, int(row.series[1:])) for row in rows if not row.size)


def missing(connection: Connection, office: Row[Any]) -> list[tuple[str, int]]:
    """(series, runs) to ask for now, (R<year>, 0) for a book: what the stock lacks and was not asked for already."""
    document = offices.settings(connection, office.code).office
    today = thai_date.local(datetime.now(UTC)).date()
    asked = set(connection.execute(select(want.c.series).where(want.c.office == office.code)).scalars())
    used = select(tables.number_lease.c.series).where(tables.number_lease.c.office == office.code).distinct()
    main = f"{office.letters}{document.get('service_digit', '1')}"
    known = connection.execute(used).scalars()
    registers = (receiving_number.is_series, permit_number.is_series)
    numbers = {main, *(one for one in known if not any(is_register(one) for is_register in registers))}
    years = (today, today + NEXT_YEAR_AHEAD)
    sizes = dict.fromkeys(numbers, STOCK)
    sizes |= dict.fromkeys((receiving_number.series(office.letters, day) for day in years), REGISTER_STOCK)
    if AD_PERMIT in document["services"]:
        sizes |= dict.fromkeys((permit_number.series(office.letters, day) for day in years), REGISTER_STOCK)
    found = [
        (series, min(size - left, MAX_LEASE))
        for series, size in sorted(sizes.items())
        if series not in asked and 2 * (left := leases.stock(connection, office.code, series)) <= size
    ]
    for year in sorted({thai_date.fiscal_year(day) for day in years}) if receipts.takes_money(document) else ():
        if f"R{year}" not in asked and receipts.stock(connection, office.code, year) < BOOK_STOCK:
            found.append((f"R{year}", 0))
    return found


def ask_for(connection: Connection, office: str, needs: list[tuple[str, int]]) -> None:
    """Keep the questions before they are sent, so that a lost answer gives the same numbers again."""
    rows = [{"office": office, "request": uuid_text(uuid7()), "series": series, "size": size} for series, size in needs]
    if rows:
        connection.execute(insert(want), rows)


def given(connection: Connection, office: str, requests: list[str]) -> None:
    """These were answered."""
    connection.execute(delete(want).where(want.c.office == office, want.c.request.in_(requests)))


def knows(connection: Connection, office: str, blocks: Sequence[Lease], books: Sequence[BookLease]) -> bool:
    """Whether all that a counter brings along was given to it here."""
    ledger, book = tables.number_lease, tables.receipt_book
    mine = select(ledger.c.series, ledger.c.first, ledger.c.last).where(ledger.c.office == office)
    runs = {(row.series, row.first, row.last) for row in connection.execute(mine)}
    its = select(book.c.fiscal_year, book.c.book).where(book.c.office == office)
    known = {(row.fiscal_year, row.book) for row in connection.execute(its)}
    return all((one.series, one.first, one.last) in runs for one in blocks) and all(
        (one.fiscal_year, one.book) in known for one in books
    )
