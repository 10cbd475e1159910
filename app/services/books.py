"""The control register of receipt books (ทะเบียนคุมใบเสร็จรับเงิน): drawing, closing, and the end of the year."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from app.domain import receipt_numbers, thai_date
from app.domain.errors import Refused
from app.domain.text_rules import clean_text
from app.services import rights, shifts
from app.services.case_documents import instant
from app.services.counter import Counter
from app.services.model import Actor
from app.store import receipt_books

KINDS = {
    receipt_books.COMPUTER: "ใบเสร็จคอมพิวเตอร์",
    receipt_books.ELAAS: "ใบรับชำระ (e-LAAS)",
    receipt_books.PREPRINTED: "ใบเสร็จพิมพ์สำเร็จ",
    receipt_books.RESERVE: "เล่มสำรอง",
}
STATES = {"open": "ใช้อยู่", "used_up": "ใช้หมด", "returned": "คืน", "closed": "ปิดเล่ม"}
COUNTS = (
    "SELECT r.series, count(*) AS used, count(v.receipt_row) AS voided, max(r.no) AS used_to"
    " FROM receipt r"
    " LEFT JOIN receipt_void v ON v.receipt_row = r.row GROUP BY r.series"
)


@dataclass(frozen=True, slots=True)
class Book:
    """One book as the register tells it. used: receipts that were issued, voided among them counted in `voided`."""

    book: str
    fiscal_year: int
    kind: str
    kind_text: str
    first: int
    last: int
    next: int
    state: str
    """open, used_up, returned, closed."""
    used: int
    voided: int
    spoiled: int
    unused: int
    received_from: str
    issued_to: str
    entered_on: date
    remark: str
    used_to: int
    """The last number that was used, 0 where none was."""

    @property
    def state_text(self) -> str:
        """The state in Thai."""
        return STATES.get(self.state, self.state)

    @property
    def used_range(self) -> str:
        """The numbers that were used, from the first to the last of them: "1–38", or "-"."""
        return f"{self.first}–{self.used_to}" if self.used_to else "-"

    @property
    def unused_range(self) -> str:
        """The numbers after them: still to be used, or retired with their book."""
        start = max(self.used_to + 1, self.first)
        return f"{start}–{self.last}" if start <= self.last else "-"


FIRST_YEAR, LAST_YEAR = 2540, 2699
"""Fiscal years (BE) that can be meant."""


def check_year(year: int) -> int:
    """The fiscal year, or Refused "fiscal_year" for one that cannot be meant (the common era, two digits)."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Refused("fiscal_year", "ปีงบประมาณไม่ถูกต้อง", "ใส่ปี พ.ศ. สี่หลัก เช่น 2569", "year")
    return year


def register(counter: Counter, fiscal_year: int = 0) -> list[Book]:
    """Every book of a fiscal year (0: of all), the oldest first."""
    with counter.store.read() as connection:
        rows = receipt_books.books(connection, fiscal_year)
        counts = {row.series: row for row in connection.exec_driver_sql(COUNTS)}
        spoiled = dict(
            tuple(row)
            for row in connection.exec_driver_sql(
                "SELECT series, count(*) FROM number_void WHERE series LIKE 'R%/%' GROUP BY series"
            )
        )
    return [_book(row, counts.get(row.series), int(spoiled.get(row.series, 0))) for row in rows]


def draw(
    counter: Counter,
    actor: Actor,
    book: str,
    first: int,
    last: int,
    kind: str,
    *,
    fiscal_year: int = 0,
    received_from: str = "",
    issued_to: str = "",
) -> Book:
    """Enter a book that was drawn (เบิกใบเสร็จ). Refused for a book that is known or a range that is none."""
    rights.require(actor, rights.MANAGE_BOOKS)
    if kind not in KINDS:
        raise Refused("kind", "ไม่รู้จักชนิดของเล่ม", f"ใช้ค่าใดค่าหนึ่งใน {', '.join(KINDS)}", "kind")
    if kind in (receipt_books.COMPUTER, receipt_books.ELAAS) and not counter.stand_alone:
        raise Refused("book_from_server", "เล่มใบเสร็จคอมพิวเตอร์ได้รับจัดสรรจากเครื่องแม่ข่ายกลาง", "กดส่งข้อมูลเพื่อรับเล่มใหม่", "kind")
    now = thai_date.fiscal_year(shifts.today(counter))
    year = check_year(fiscal_year or now)
    if abs(year - now) > 1:
        raise Refused(
            "fiscal_year", f"ปีงบประมาณ {year} ห่างจากปีปัจจุบันเกินไป", f"เบิกเล่มของปี {now - 1} ถึง {now + 1}", "year"
        )
    name = receipt_numbers.clean_book(book)
    texts = [
        clean_text(text, key, label=label, max_length=100, required=False)
        for text, key, label in ((received_from, "from", "รับจาก"), (issued_to, "to", "ผู้เบิก"))
    ]
    with counter.store.write(actor.username) as work:
        new = receipt_books.NewBook(name, year, first, last, kind, texts[0], texts[1] or actor.username)
        block = receipt_books.add(work, new)
        told = {"book": name, "fiscal_year": year, "first": first, "last": last, "book_kind": kind}
        work.emit("receipt_book_entered", bytes.fromhex(block.replace("-", "")), told)
        work.changed("money")
    return next(one for one in register(counter, year) if one.book == name)


def close(counter: Counter, actor: Actor, book: str, fiscal_year: int, reason: str) -> Book:
    """Close a book: what it has not used is retired (เลิกใช้) and stays accounted for."""
    rights.require(actor, rights.MANAGE_BOOKS)
    text = clean_text(reason, "reason", label="เหตุผล", max_length=200, required=True)
    year = fiscal_year or thai_date.fiscal_year(shifts.today(counter))
    with counter.store.write(actor.username) as work:
        row = work.run(f"{receipt_books.BOOKS} WHERE b.book = ? AND b.fiscal_year = ?", (book, year)).fetchone()
        if row is None or row.closed_at is not None:
            raise Refused("book", "ไม่พบเล่มนี้ หรือปิดเล่มไปแล้ว", "ดูทะเบียนคุมใบเสร็จด้วยคำสั่ง books list", "book")
        receipt_books.retire(work, row, text)
        work.changed("money")
    return next(one for one in register(counter, year) if one.book == book)


def end_year(counter: Counter, actor: Actor, fiscal_year: int) -> list[Book]:
    """Retire every number that books of an ended fiscal year have left. Refused while the year still runs."""
    rights.require(actor, rights.MANAGE_BOOKS)
    check_year(fiscal_year)
    if thai_date.fiscal_year(shifts.today(counter)) <= fiscal_year:
        raise Refused("year_runs", f"ปีงบประมาณ {fiscal_year} ยังไม่สิ้นสุด", "ปิดเล่มของปีหลังวันที่ 30 กันยายน", "year")
    with counter.store.write(actor.username) as work:
        found = receipt_books.books(work.connection, fiscal_year)
        if not found:
            hint = "ดูทะเบียนคุมใบเสร็จว่ามีเล่มของปีใด"
            raise Refused("no_books", f"ไม่มีเล่มใบเสร็จของปีงบประมาณ {fiscal_year} ในทะเบียนคุม", hint, "year")
        for row in found:
            if row.closed_at is None:
                receipt_books.retire(work, row, f"เลิกใช้ สิ้นปีงบประมาณ {fiscal_year}")
        work.changed("money")
    return register(counter, fiscal_year)


def year_report_due(counter: Counter) -> date | None:
    """By when last year's report goes to the executive (31 October); None where no book of it is left open."""
    now = shifts.today(counter)
    ended = thai_date.fiscal_year(now) - 1
    if not any(one.state != "closed" for one in register(counter, ended)):
        return None
    return date(ended - 543, 10, 31)


def _book(row: Any, counts: Any, spoiled: int) -> Book:
    state = "closed" if row.closed_at is not None else {"active": "open"}.get(row.state, row.state)
    used_to = int(counts.used_to) if counts else 0
    if state != "closed":
        used_to = row.next - 1 if row.next > row.first else 0
    return Book(
        book=row.book,
        fiscal_year=row.fiscal_year,
        kind=row.kind,
        kind_text=KINDS.get(row.kind, row.kind),
        first=row.first,
        last=row.last,
        next=row.next,
        state=state,
        used=int(counts.used) if counts else 0,
        voided=int(counts.voided) if counts else 0,
        spoiled=spoiled,
        unused=row.last - row.next + 1 if state in ("open", "returned") else 0,
        received_from=row.received_from,
        issued_to=row.issued_to,
        entered_on=thai_date.local(instant(row.entered_at)).date(),
        remark=row.remark,
        used_to=used_to,
    )
