"""Importing a bank's payment file: each payment finds its bill and becomes a receipt, or waits in a work list.

Every line is kept with what became of it. A file that was broken off goes on where it stopped; a file or a payment that
comes again changes nothing. Lines and receipts are written many to a transaction, each line with its receipt.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from app.domain.errors import Refused, Unavailable
from app.domain.text_rules import clean_text
from app.services import receipt_settings, receipts, rights, shifts
from app.services.bank_lines import BankLine, Unreadable, read_line
from app.services.case_documents import instant
from app.services.counter import Counter
from app.services.model import Actor
from app.services.money_model import KTB_BILL, Pay
from app.store import receipt_books
from app.store.unit_of_work import UnitOfWork

A_TRANSACTION = 250
LARGEST = 64 * 1024 * 1024
LONGEST_LINE = 4_000
MATCHED, DUPLICATE, SETTLED = "matched", "duplicate", "settled"
STATES: Mapping[str, str] = {
    MATCHED: "ออกใบเสร็จแล้ว",
    DUPLICATE: "รายการซ้ำ",
    "unmatched": "ไม่พบใบแจ้งชำระ",
    "wrong_amount": "ยอดไม่ตรง",
    "already_paid": "ชำระแล้วก่อนหน้า",
    "not_payable": "ยังรับชำระไม่ได้",
    "waiting_receipt": "รอออกใบเสร็จด้วยมือ",
    "unreadable": "อ่านไม่ได้",
    SETTLED: "จัดการแล้ว",
}
"""What may have become of a line, with its Thai name."""
REFUSALS = {"paid_already": "already_paid", "nothing_due": "already_paid", "not_payable": "not_payable",
            "amount_due": "wrong_amount", "restricted": "not_payable"}  # fmt: skip
Progress = Callable[[int, int], object]


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did. again: the whole file had been imported before. unmatched: every line that waits."""

    lines: int
    matched: int
    unmatched: int
    duplicates: int
    by_state: Mapping[str, int]
    again: bool = False


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """A line of the work list."""

    row: int
    file: str
    line: int
    paid_on: str
    ref1: str
    ref2: str
    satang: int | None
    state: str
    state_text: str
    reason: str
    text: str
    imported_at: datetime


def read_file(path: Path) -> bytes:
    """The bytes of a file, or Refused/Unavailable in the clerk's words."""
    try:
        if path.stat().st_size > LARGEST:
            raise Refused("bank_file", "ไฟล์ใหญ่เกิน 64 MB", "ตรวจว่าเป็นไฟล์รับชำระเงินของธนาคาร", "file")
        return path.read_bytes()
    except FileNotFoundError:
        raise Refused("bank_file", f"ไม่พบไฟล์ {path.name}", "ตรวจชื่อและที่อยู่ของไฟล์", "file") from None
    except OSError:
        raise Unavailable("bank_file", f"อ่านไฟล์ {path.name} ไม่ได้", "ตรวจสิทธิ์อ่านไฟล์") from None


def import_file(
    counter: Counter, actor: Actor, name: str, content: bytes, progress: Progress | None = None
) -> Imported:
    """Match every payment of a file. Refused where the file holds none."""
    rights.require(actor, rights.RECEIVE_MONEY)
    columns = receipt_settings.bank_file(counter.current.document)
    raw = content.splitlines()
    read = [(number, line, read_line(line, columns)) for number, line in enumerate(raw, start=1)]
    told = [(number, line, found) for number, line, found in read if found is not None]
    if not told:
        hint = "เลือกไฟล์รับชำระเงินของธนาคาร หรือตรวจตำแหน่งข้อมูลใน [bank_file] ของการตั้งค่า"
        raise Refused("bank_file", "ไม่พบรายการรับชำระในไฟล์นี้", hint, "file")
    digest = hashlib.sha256(content).digest()
    with counter.store.read() as connection:
        receipts.check_clock(counter, connection)
    row, done = _begin(counter, actor, name, digest)
    if done:
        return Imported(len(told), 0, 0, len(told), {DUPLICATE: len(told)}, again=True)
    known = _known_lines(counter, row)
    for some in _batches([one for one in told if one[0] not in known]):
        with counter.store.write(actor.username) as work:
            day = _business_day(work, counter)
            for number, line, found in some:
                _enter(work, counter, actor, row, number, line, found, day)
            work.changed("money")
        if progress is not None:
            progress(some[-1][0], len(raw))
    return _end(counter, actor, row)


def waiting(counter: Counter, limit: int = 500) -> list[WaitingLine]:
    """The work list: every line that no receipt was issued for and nobody has settled."""
    sql = (
        "SELECT l.row, f.name, l.line, l.paid_on, l.ref1, l.ref2, l.satang, l.state, l.reason, l.text, f.at"
        " FROM bank_line l JOIN bank_file f ON f.row = l.file_row"
        " WHERE l.state NOT IN ('matched', 'settled') ORDER BY l.row LIMIT ?"
    )
    with counter.store.read() as connection:
        rows = connection.exec_driver_sql(sql, (limit,)).fetchall()
    return [
        WaitingLine(
            row.row, row.name, row.line, row.paid_on, row.ref1, row.ref2, row.satang, row.state, STATES[row.state],
            row.reason, row.text, instant(row.at),
        )
        for row in rows
    ]  # fmt: skip


def settle(counter: Counter, actor: Actor, row: int, note: str) -> None:
    """Take a line off the work list by hand, saying what was done (money sent back, receipt issued otherwise)."""
    rights.require(actor, rights.RECEIVE_MONEY)
    text = clean_text(note, "note", label="สิ่งที่ได้ทำ", max_length=500, required=True)
    with counter.store.write(actor.username) as work:
        changed = work.run(
            "UPDATE bank_line SET state = 'settled', note = ? WHERE row = ? AND state NOT IN ('matched', 'settled')",
            (text, row),
        ).rowcount
        if not changed:
            raise Refused("bank_line", "รายการนี้ไม่ได้รอการจัดการ", "เปิดรายการใหม่อีกครั้ง", "row")
        work.audit("bank_line_settled", str(row), text)
        work.changed("money")


def try_again(counter: Counter, actor: Actor) -> int:
    """Try the lines that wait once more, after a bill was made out or a state went on; returns how many matched."""
    rights.require(actor, rights.RECEIVE_MONEY)
    done = 0
    for one in waiting(counter, 100_000):
        if one.state in (DUPLICATE, "unreadable") or one.satang is None:
            continue
        line = BankLine(date.fromisoformat(one.paid_on), one.ref1, one.ref2, one.satang)
        with counter.store.write(actor.username) as work:
            state, reason, receipt = _match(work, counter, actor, line, _business_day(work, counter))
            work.run(
                "UPDATE bank_line SET state = ?, reason = ?, receipt_row = ? WHERE row = ?",
                (state, reason, receipt, one.row),
            )
            work.changed("money")
        done += state == MATCHED
    return done


def _business_day(work: UnitOfWork, counter: Counter) -> date:
    now = shifts.today(counter)
    return shifts.business_day(work.connection, counter.store_id, now, now)


def _begin(counter: Counter, actor: Actor, name: str, digest: bytes) -> tuple[int, bool]:
    with counter.store.write(actor.username) as work:
        known = work.run("SELECT row, done_at FROM bank_file WHERE sha256 = ?", (digest,)).fetchone()
        if known is not None:
            return known.row, known.done_at is not None
        row = work.execute(
            "INSERT INTO bank_file (sha256, name, by, at) VALUES (?, ?, ?, ?)",
            (digest, name[:200], actor.username, work.now_ms),
        ).lastrowid
        work.audit("bank_file_begun", digest.hex()[:16])
        return int(row), False


def _known_lines(counter: Counter, row: int) -> frozenset[int]:
    with counter.store.read() as connection:
        return frozenset(connection.exec_driver_sql("SELECT line FROM bank_line WHERE file_row = ?", (row,)).scalars())


def _batches(lines: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(lines), A_TRANSACTION):
        yield lines[start : start + A_TRANSACTION]


def _enter(
    work: UnitOfWork,
    counter: Counter,
    actor: Actor,
    row: int,
    number: int,
    raw: bytes,
    found: BankLine | Unreadable,
    business_on: date,
) -> None:
    text = raw[:LONGEST_LINE].decode("cp874", "replace").replace("\0", " ")
    if isinstance(found, Unreadable):
        identity = hashlib.sha256(raw).digest()
        values = (row, number, identity, "", "", "", None, "unreadable", found.reason, text, None)
    else:
        state, reason, receipt = _judged(work, counter, actor, found, business_on)
        values = (row, number, found.identity, found.paid_on.isoformat(), found.ref1, found.ref2, found.satang,
                  state, reason, text, receipt)  # type: ignore[assignment]  # fmt: skip
    work.execute(
        "INSERT INTO bank_line (file_row, line, identity, paid_on, ref1, ref2, satang, state, reason, text,"
        " receipt_row) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        values,
    )


def _judged(
    work: UnitOfWork, counter: Counter, actor: Actor, line: BankLine, business_on: date
) -> tuple[str, str, int | None]:
    known = work.execute(
        "SELECT l.line, f.name FROM bank_line l JOIN bank_file f ON f.row = l.file_row WHERE l.identity = ?"
        " ORDER BY l.row LIMIT 1",
        (line.identity,),
    ).fetchone()
    if known is not None:
        return DUPLICATE, f"เหมือนบรรทัดที่ {known[0]} ของไฟล์ {known[1]}", None
    return _match(work, counter, actor, line, business_on)


def _match(
    work: UnitOfWork, counter: Counter, actor: Actor, line: BankLine, business_on: date
) -> tuple[str, str, int | None]:
    """(state, reason, row of the receipt) of a payment that was not told before."""
    if line.paid_on > shifts.today(counter):
        return "unreadable", "วันที่ชำระอยู่ในอนาคต", None
    numbers = work.execute(
        "SELECT DISTINCT c.number FROM bill b JOIN cases c ON c.row = b.case_row WHERE b.ref1 = ? AND b.ref2 = ?",
        (line.ref1, line.ref2),
    ).fetchall()
    if len(numbers) != 1:
        why = "เลขอ้างอิงตรงกับหลายเรื่อง" if numbers else "ไม่พบเลขอ้างอิงนี้ในใบแจ้งชำระที่ออกไว้"
        return "unmatched", why, None
    if receipts.MODE_KINDS[counter.current.document["receipt_mode"]] != receipt_books.COMPUTER:
        return "waiting_receipt", f"ออกใบเสร็จของ {numbers[0][0]} ในระบบที่ใช้ แล้วกดจัดการแล้ว", None
    return _issue(work, counter, actor, line, numbers[0][0], business_on)


def _issue(
    work: UnitOfWork, counter: Counter, actor: Actor, line: BankLine, number: str, business_on: date
) -> tuple[str, str, int | None]:
    pay = Pay(
        number, KTB_BILL, line.satang, reference=f"{line.ref1} {line.ref2}".strip()[: receipts.LONGEST],
        received_on=line.paid_on, print_receipt=False,
    )  # fmt: skip
    try:
        issued = receipts.write(work, counter, actor, pay, off_drawer=business_on)
    except Refused as error:
        if error.code not in REFUSALS:
            raise
        return REFUSALS[error.code], f"{number}: {error.title} {error.hint}".strip(), None
    return MATCHED, number, issued.row


def _end(counter: Counter, actor: Actor, row: int) -> Imported:
    with counter.store.write(actor.username) as work:
        work.run("UPDATE bank_file SET done_at = ? WHERE row = ?", (work.now_ms, row))
        found = work.run("SELECT state, count(*) AS lines FROM bank_line WHERE file_row = ? GROUP BY state", (row,))
        counts = {str(one.state): int(one.lines) for one in found}
        told = " ".join(f"{state} {count}" for state, count in sorted(counts.items()))
        work.audit("bank_file_imported", str(row), told)
        work.changed("money")
    matched, doubles = counts.get(MATCHED, 0), counts.get(DUPLICATE, 0)
    total = sum(counts.values())
    return Imported(total, matched, total - matched - doubles - counts.get(SETTLED, 0), doubles, counts)
