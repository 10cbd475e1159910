"""Whether e-LAAS says what the register says: by the sums of its export, or by its receipt numbers typed in.

What differs is kept until somebody settles it with a reason, alike on every counter (app/services/elaas_rows.py);
comparing again takes away what has come right by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from app.domain import thai_date
from app.domain.errors import Refused
from app.domain.money import formatted
from app.domain.text_rules import clean_text
from app.services import elaas_rows, money_reports, receipt_rows, rights
from app.services.counter import Counter
from app.services.model import Actor
from app.services.money_reports import Report
from app.store.unit_of_work import UnitOfWork

OPEN, SETTLED, GONE = "open", "settled", "gone"
STATES = {OPEN: "ไม่ตรง", SETTLED: "จัดการแล้ว", GONE: "ตรงแล้ว"}
FILE, NUMBERS = "file", "numbers"
BY_NUMBER = "no/"
MOST_NUMBERS, LONGEST = 5_000, 60
COLUMNS = "row, business_on, key, ours_satang, ours_count, theirs_satang, theirs_count, source, state, note"
Sums = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that the two do not say alike. key: a code of revenue, or "no/" and a receipt number of e-LAAS."""

    row: int
    business_on: date
    key: str
    ours_satang: int
    ours_count: int
    theirs_satang: int
    theirs_count: int
    source: str
    state: str
    note: str

    @property
    def name(self) -> str:
        """What it is about, in Thai."""
        number = self.key.removeprefix(BY_NUMBER)
        return f"เลขที่ e-LAAS {number}" if number != self.key else f"รายได้ {self.key}"

    @property
    def words(self) -> str:
        """What each of the two says."""
        if self.source == NUMBERS:
            return "มีในเครื่องนี้ ไม่มีใน e-LAAS" if self.ours_count else "มีใน e-LAAS ไม่มีในเครื่องนี้"
        mine, theirs = formatted(self.ours_satang), formatted(self.theirs_satang)
        return f"เรา {mine} บาท {self.ours_count:,} ฉบับ · e-LAAS {theirs} บาท {self.theirs_count:,} ฉบับ"


@dataclass(frozen=True, slots=True)
class Compared:
    """What a comparison found. gone: differences that have come right since the last one."""

    compared: int
    differing: int
    gone: int


def compare_file(counter: Counter, actor: Actor, first: date, last: date, path: Path) -> Compared:
    """Our sums of some days against a CSV of e-LAAS. Refused "elaas_file", or "elaas_days"."""
    _require(actor, first, last)
    span = (first.isoformat(), last.isoformat())
    theirs = {key: sums for key, sums in money_reports.read_theirs(path).items() if span[0] <= key[0] <= span[1]}
    if not theirs:
        raise Refused("elaas_days", "ไฟล์ของ e-LAAS ไม่มีรายการในวันที่เลือก", "ตรวจวันที่และไฟล์", "with")
    ours = money_reports.totals(counter, first, last)
    return _keep(counter, actor, span, ours, theirs, FILE)


def compare_numbers(counter: Counter, actor: Actor, on: date, text: str) -> Compared:
    """The numbers that e-LAAS shows of a day against those on our receipts of the day that stand.

    text: numbers parted by spaces, commas or lines. Refused "numbers" where there are none, or too many.
    """
    _require(actor, on, on)
    parts = thai_date.to_arabic_digits(text).replace(",", " ").replace(";", " ").split()
    numbers = {clean_text(part, "numbers", label="เลขที่ e-LAAS", max_length=LONGEST) for part in parts}
    if not numbers or len(numbers) > MOST_NUMBERS:
        raise Refused("numbers", "ยังไม่มีเลขที่ใบเสร็จของ e-LAAS", f"พิมพ์ทีละบรรทัด ไม่เกิน {MOST_NUMBERS:,} เลข", "numbers")
    day = on.isoformat()
    ours: dict[tuple[str, str], Sums] = {}
    for one in receipt_rows.listed(counter, first=on, last=on, limit=receipt_rows.MOST):
        if one.void is None and one.external_no:
            key = (day, BY_NUMBER + one.external_no)
            satang, count = ours.get(key, (0, 0))
            ours[key] = (satang + one.total_satang, count + 1)
    theirs = {(day, BY_NUMBER + number): ours.get((day, BY_NUMBER + number), (0, 1)) for number in numbers}
    return _keep(counter, actor, (day, day), ours, theirs, NUMBERS)


def _require(actor: Actor, first: date, last: date) -> None:
    rights.require(actor, rights.RECEIVE_MONEY)
    if last < first:
        raise Refused("days", "วันสุดท้ายมาก่อนวันแรก", "ตรวจวันที่", "last")


def _keep(
    counter: Counter,
    actor: Actor,
    span: tuple[str, str],
    ours: Mapping[tuple[str, str], Sums],
    theirs: Mapping[tuple[str, str], Sums],
    source: str,
) -> Compared:
    """Enter what differs; what is settled stays so while the figures are the same."""
    keys = sorted({*ours, *theirs})
    wrong = {key: (ours.get(key, (0, 0)), theirs.get(key, (0, 0))) for key in keys}
    wrong = {key: (mine, other) for key, (mine, other) in wrong.items() if mine != other}
    with counter.store.write(actor.username) as work:
        known = {
            (row.business_on, row.key): row
            for row in work.run(
                f"SELECT {COLUMNS} FROM elaas_difference WHERE business_on BETWEEN ? AND ? AND source = ?",
                (*span, source),
            )
        }
        for key, (mine, other) in wrong.items():
            row = known.get(key)
            same = row is not None and (row.ours_satang, row.ours_count, row.theirs_satang, row.theirs_count) == (
                *mine, *other,
            )  # fmt: skip
            if row is None or not same or row.state == GONE:
                _enter(work, key, mine, other, source)
        gone = [row for key, row in known.items() if key not in wrong and row.state == OPEN]
        for row in gone:
            work.run("UPDATE elaas_difference SET state = ?, at = ?, by = ? WHERE row = ?",
                     (GONE, work.now_ms, work.by, row.row))  # fmt: skip
        elaas_rows.tell(work, [*wrong, *((row.business_on, row.key) for row in gone)])
        work.audit("elaas_compared", f"{span[0]} {span[1]}", f"{source} {len(keys)} differing {len(wrong)}")
        work.changed("money")
    return Compared(len(keys), len(wrong), len(gone))


def _enter(work: UnitOfWork, key: tuple[str, str], mine: Sums, other: Sums, source: str) -> None:
    work.run(
        "INSERT INTO elaas_difference (business_on, key, ours_satang, ours_count, theirs_satang, theirs_count, source,"
        " state, at, by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (business_on, key) DO UPDATE SET"
        " ours_satang = excluded.ours_satang, ours_count = excluded.ours_count,"
        " theirs_satang = excluded.theirs_satang, theirs_count = excluded.theirs_count, source = excluded.source,"
        " state = excluded.state, at = excluded.at, by = excluded.by",
        (*key, *mine, *other, source, OPEN, work.now_ms, work.by),
    )


def listing(counter: Counter, *, every: bool = False, limit: int = 500) -> list[Difference]:
    """What differs and is not settled, the newest day first; every: also what is settled or has come right."""
    with counter.store.read() as connection:
        rows = connection.exec_driver_sql(
            f"SELECT {COLUMNS} FROM elaas_difference WHERE ? OR state = ?"
            " ORDER BY state <> ?, business_on DESC, key LIMIT ?",
            (int(every), OPEN, OPEN, limit),
        ).fetchall()
    return [_difference(row) for row in rows]


def note(counter: Counter, actor: Actor, row: int, text: str, *, settled: bool) -> Difference:
    """Note what was found out about a difference; settled: nothing is left to be done. Refused without words."""
    rights.require(actor, rights.RECEIVE_MONEY)
    why = clean_text(text, "note", label="เหตุผลหรือสิ่งที่พบ", max_length=500, required=True)
    with counter.store.write(actor.username) as work:
        found = work.run(
            f"SELECT {COLUMNS} FROM elaas_difference WHERE row = ? AND state = ?", (min(row, 2**62), OPEN)
        ).fetchone()
        if found is None:
            raise Refused("elaas_row", "ไม่พบรายการไม่ตรงนี้ หรือจัดการไปแล้ว", "ดูรายการด้วยคำสั่ง elaas list", "row")
        state = SETTLED if settled else OPEN
        work.run("UPDATE elaas_difference SET note = ?, state = ?, at = ?, by = ? WHERE row = ?",
                 (why, state, work.now_ms, work.by, found.row))  # fmt: skip
        elaas_rows.tell(work, [(found.business_on, found.key)])
        work.audit("elaas_settled" if settled else "elaas_noted", f"{found.business_on} {found.key}", why)
        work.changed("money")
        return _difference(
            work.run(f"SELECT {COLUMNS} FROM elaas_difference WHERE row = ?", (found.row,)).one()
        )  # fmt: skip


def report(counter: Counter) -> Report:
    """Every difference with what became of it, as a table."""
    found = listing(counter, every=True)
    rows = tuple(
        (thai_date.short(one.business_on), one.name, formatted(one.ours_satang), f"{one.ours_count:,}",
         formatted(one.theirs_satang), f"{one.theirs_count:,}", STATES[one.state], one.note)
        for one in found
    )  # fmt: skip
    left = sum(1 for one in found if one.state == OPEN)
    return Report(
        "กระทบยอดกับ e-LAAS", f"รอจัดการ {left:,} รายการ",
        ("วันที่", "รายการ", "ของเรา", "ฉบับ", "e-LAAS", "ฉบับ", "ผล", "หมายเหตุ"), rows,
        (1.0, 2.0, 1.1, 0.5, 1.1, 0.5, 0.9, 2.2), frozenset({2, 3, 4, 5}),
    )  # fmt: skip


def _difference(row: Any) -> Difference:
    return Difference(
        row.row, date.fromisoformat(row.business_on), row.key, row.ours_satang, row.ours_count, row.theirs_satang,
        row.theirs_count, row.source, row.state, row.note,
    )  # fmt: skip
