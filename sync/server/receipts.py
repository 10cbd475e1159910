"""Receipt books and receipts of an office: each book is leased to one counter, each number is issued once."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from app.domain import thai_date
from app.domain.errors import Refused
from sync.json_form import MAX_INTEGER
from sync.protocol import BookLease, BookWanted, Event, Settings
from sync.server import leases, tables
from sync.server.chunks import chunks
from sync.server.faults import Denied
from sync.server.offices import now_ms

Payload = Mapping[str, Any]
Key = tuple[int, str, int]
"""(fiscal year, book, number)"""
book, receipt = tables.receipt_book, tables.receipt
BOOK_SIZE = 1_000
MAX_NO = 999_999


def grant(
    connection: Connection, office: Row[Any], device: str, wanted: BookWanted, settings: Mapping[str, Any]
) -> BookLease | None:
    """The next book of a fiscal year, or the one that the same request was given before. The office is locked.

    settings: the [receipts] table of the office: where its first book begins, and how many numbers a book has. None:
    an office's own server that has no book left from the central one.
    """
    mine = (book.c.office == office.code) & (book.c.device == device)
    given = connection.execute(select(book).where(mine, book.c.request == wanted.request)).first()
    if given:
        return BookLease(given.request, given.id, given.book, given.fiscal_year, given.first, given.last)
    if office.upstream:
        return _from_stock(connection, office, device, wanted)
    known = connection.execute(select(book.c.book, book.c.fiscal_year).where(book.c.office == office.code)).fetchall()
    first_ever = not known
    numbers = [int(row.book) for row in known if row.fiscal_year == wanted.fiscal_year and row.book.isascii()
               and row.book.isdigit()]  # fmt: skip
    opening = int(settings.get("first_book", 1)) if first_ever else 1
    name = str(max([opening, *(number + 1 for number in numbers)]))
    first = int(settings.get("first_no", 1)) if first_ever else 1
    last = max(first, int(settings.get("book_size", BOOK_SIZE)))
    lease = BookLease(wanted.request, secrets.token_hex(16), name, wanted.fiscal_year, first, last)
    _enter(connection, office.code, device, lease)
    return lease


def _from_stock(connection: Connection, office: Row[Any], device: str, wanted: BookWanted) -> BookLease | None:
    found = connection.execute(
        select(book)
        .where(book.c.office == office.code, book.c.device == leases.STOCK, book.c.fiscal_year == wanted.fiscal_year)
        .order_by(book.c.leased_at, book.c.book)
        .limit(1)
    ).first()
    if found is None or office.upstream != "on":
        return None
    one = (book.c.office == office.code, book.c.fiscal_year == found.fiscal_year, book.c.book == found.book)
    connection.execute(update(book).where(*one).values(device=device, request=wanted.request))
    return BookLease(wanted.request, found.id, found.book, found.fiscal_year, found.first, found.last)


def stock(connection: Connection, office: str, fiscal_year: int) -> int:
    """How many whole books of a year an office's own server has to give."""
    asked = select(func.count()).where(
        book.c.office == office, book.c.device == leases.STOCK, book.c.fiscal_year == fiscal_year
    )
    return int(connection.execute(asked).scalar_one())


def keep_in_stock(connection: Connection, office: str, lease: BookLease) -> None:
    """Enter a book that came from the central server; twice changes nothing."""
    if _holder(connection, office, lease.fiscal_year, lease.book) is None:
        _enter(connection, office, leases.STOCK, lease)


def takes_money(document: Mapping[str, Any]) -> bool:
    """Whether an office takes money and numbers its receipts here."""
    fees = any(code != "petition" for code in document.get("services", []))
    return fees and document.get("receipt_mode", "own_computer") != "preprinted_book"


def first_book(
    connection: Connection, office: Row[Any], device: str, store_id: str, settings: Settings
) -> tuple[BookLease, ...]:
    """The book that a new counter begins with, where its office takes money and numbers its receipts here."""
    document = settings.office
    if not takes_money(document):
        return ()
    year = thai_date.fiscal_year(thai_date.local(datetime.now(UTC)).date())
    wanted = BookWanted(f"enrol {store_id}", year)
    given = grant(connection, office, device, wanted, document.get("receipts") or {})
    return (given,) if given is not None else ()


def adopt(
    connection: Connection, office: Row[Any], device: str, books: Sequence[BookLease], stores: Sequence[str] = ()
) -> None:
    """Enter books that a counter had before it joined. Denied 409 "books_overlap" where another counter has one;
    `stores` as in leases.adopt."""
    before = leases.behind(connection, office.code, stores)
    for one in books:
        holder = _holder(connection, office.code, one.fiscal_year, one.book)
        if holder is None:
            request = f"brought {one.fiscal_year}/{one.book}"[:64]
            _enter(connection, office.code, device, replace(one, request=request))
        elif holder in before:
            its = (book.c.office == office.code, book.c.fiscal_year == one.fiscal_year, book.c.book == one.book)
            connection.execute(update(book).where(*its).values(device=device))
        elif holder != device:
            raise Denied(
                409,
                "books_overlap",
                f"ใบเสร็จเล่มที่ {one.book} ปีงบประมาณ {one.fiscal_year} ของเครื่องนี้ซ้ำกับเครื่องอื่นที่เข้าร่วมแล้ว",
                "แจ้งผู้ดูแลระบบให้ตรวจใบเสร็จของสองเครื่องก่อนเข้าร่วม",
            )


def hand_over(connection: Connection, office: str, old: str, new: str) -> None:
    """Give the books of a replaced device to the one restored from its backup, with its unsent receipts."""
    connection.execute(update(book).where(book.c.office == office, book.c.device == old).values(device=new))


class Receipts:
    """What a batch of one device says about receipts. The office is locked while it lives."""

    def __init__(self, connection: Connection, device: Row[Any], events: Sequence[tuple[Event, Payload]]) -> None:
        self.connection = connection
        self.device = device
        self.books: dict[tuple[int, str], tuple[str, int, int]] = {}
        self.taken: dict[Key, bytes] = {}
        self.new: dict[Key, dict[str, Any]] = {}
        self.new_books: list[dict[str, Any]] = []
        self.voided: dict[Key, int] = {}
        years = sorted({int(payload["fiscal_year"]) for _, payload in events if _is_year(payload.get("fiscal_year"))})
        for year in years:
            self._read(year, [payload for _, payload in events if payload.get("fiscal_year") == year])

    def _read(self, year: int, payloads: Sequence[Payload]) -> None:
        office = self.device.office
        for row in self.connection.execute(select(book).where(book.c.office == office, book.c.fiscal_year == year)):
            self.books[year, row.book] = (row.device, row.first, row.last)
        names = {str(payload.get("book")) for payload in payloads}
        numbers = sorted({payload["no"] for payload in payloads if _is_number(payload.get("no"))})
        for some in chunks(numbers):
            rows = self.connection.execute(
                select(receipt.c.book, receipt.c.no, receipt.c.id).where(
                    receipt.c.office == office, receipt.c.fiscal_year == year, receipt.c.no.in_(some)
                )
            )
            self.taken.update({(year, row.book, row.no): row.id for row in rows if row.book in names})

    def issued(self, event: Event, payload: Payload) -> None:
        """Refused unless the number lies in a book of this device and was never issued."""
        key = _key(payload)
        holder = self.books.get(key[:2])
        text = f"เล่มที่ {key[1]} เลขที่ {key[2]}"
        if holder is None or holder[0] != self.device.id or not holder[1] <= key[2] <= holder[2]:
            title = f"ใบเสร็จ{text} ไม่อยู่ในเล่มที่เครื่องนี้เบิกไว้"
            raise Refused("receipt_not_leased", title, "แจ้งผู้ดูแลระบบให้ตรวจทะเบียนคุมใบเสร็จ")
        if key in self.taken or key in self.new:
            raise Refused("receipt_taken", f"ใบเสร็จ{text} ออกไปแล้ว", "แจ้งผู้ดูแลระบบ ห้ามออกเลขนี้ซ้ำ")
        total = payload.get("total_satang")
        if not isinstance(total, int) or isinstance(total, bool) or not 0 <= total <= MAX_INTEGER:
            raise Refused("payload", "ยอดเงินของใบเสร็จผิดรูปแบบ", "แจ้งผู้ดูแลระบบ")
        self.new[key] = {
            "office": self.device.office, "fiscal_year": key[0], "book": key[1], "no": key[2], "id": _identity(payload),
            "record": event.record, "device": self.device.id, "satang": total,
            "business_on": str(payload.get("business_on", "")), "at": event.at, "voided_at": None,
        }  # fmt: skip

    def void(self, event: Event, payload: Payload) -> None:
        """Refused for a receipt that the server has not; a second time changes nothing."""
        key = _key(payload)
        if key in self.new:
            self.new[key]["voided_at"] = event.at
        elif key in self.taken:
            self.voided[key] = event.at
        else:
            raise Refused("receipt_unknown", "เครื่องแม่ข่ายกลางยังไม่มีใบเสร็จที่ยกเลิก", "ส่งรายการออกใบเสร็จให้สำเร็จก่อน")

    def entered(self, event: Event, payload: Payload) -> None:
        """A paper book that a counter drew. Refused where another counter has it."""
        year, name = payload.get("fiscal_year"), payload.get("book")
        first, last = payload.get("first"), payload.get("last")
        if not (_is_year(year) and isinstance(name, str) and _is_number(first) and _is_number(last)):
            raise Refused("payload", "ข้อมูลเล่มใบเสร็จผิดรูปแบบ", "แจ้งผู้ดูแลระบบ")
        assert isinstance(year, int) and isinstance(first, int) and isinstance(last, int)
        holder = self.books.get((year, name))
        if holder is not None and holder[0] != self.device.id:
            title = f"ใบเสร็จเล่มที่ {name} ปีงบประมาณ {year} เบิกไว้ที่เครื่องอื่นแล้ว"
            raise Refused("book_taken", title, "ตรวจเล่มที่บนปกใบเสร็จ และแจ้งผู้ดูแลระบบ")
        if holder is None:
            self.books[year, name] = (self.device.id, first, last)
            self.new_books.append(
                _row(self.device.office, self.device.id, BookLease("", event.record.hex(), name, year, first, last))
            )

    def write(self) -> None:
        """Write what the batch has changed."""
        if self.new_books:
            self.connection.execute(insert(book), self.new_books)
        if self.new:
            self.connection.execute(insert(receipt), list(self.new.values()))
        for (year, name, no), at in self.voided.items():
            self.connection.execute(
                update(receipt)
                .where(receipt.c.office == self.device.office, receipt.c.fiscal_year == year, receipt.c.book == name,
                       receipt.c.no == no)
                .values(voided_at=at)
            )  # fmt: skip


def _key(payload: Payload) -> Key:
    year, name, no = payload.get("fiscal_year"), payload.get("book"), payload.get("no")
    if not (_is_year(year) and isinstance(name, str) and _is_number(no)):
        raise Refused("payload", "เลขที่ใบเสร็จผิดรูปแบบ", "แจ้งผู้ดูแลระบบ")
    assert isinstance(year, int) and isinstance(no, int)
    return year, name, no


def _identity(payload: Payload) -> bytes:
    try:
        return bytes.fromhex(str(payload.get("receipt")))
    except ValueError:
        raise Refused("payload", "รหัสใบเสร็จผิดรูปแบบ", "แจ้งผู้ดูแลระบบ") from None


def _is_year(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 2400 < value < 3000


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= MAX_NO


def _holder(connection: Connection, office: str, fiscal_year: int, name: str) -> str | None:
    return connection.execute(
        select(book.c.device).where(book.c.office == office, book.c.fiscal_year == fiscal_year, book.c.book == name)
    ).scalar()


def _enter(connection: Connection, office: str, device: str, lease: BookLease) -> None:
    connection.execute(insert(book).values(**_row(office, device, lease)))


def _row(office: str, device: str, lease: BookLease) -> dict[str, Any]:
    return {
        "office": office, "fiscal_year": lease.fiscal_year, "book": lease.book, "first": lease.first,
        "last": lease.last, "id": lease.block, "device": device, "request": lease.request or lease.block,
        "leased_at": now_ms(),
    }  # fmt: skip
