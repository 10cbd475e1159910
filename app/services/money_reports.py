"""What auditors and the treasury ask for: registers as tables, ready for A4 and CSV; the hand-over to e-LAAS."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from app.domain import thai_date
from app.domain.errors import Refused
from app.domain.money import formatted, parse_baht, plain
from app.services import books, receipt_rows, receipt_settings
from app.services.counter import Counter
from app.services.money_model import CARD, CASH, CHEQUE, METHODS, Receipt

FORMULAS = ("=", "+", "-", "@", "\t")
"""A spreadsheet would reckon with a text that begins so."""


@dataclass(frozen=True, slots=True)
class Report:
    """A table with its heading. widths: shares of the sheet; right: the columns of numbers; signed: who signs below."""

    title: str
    subtitle: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    right: frozenset[int] = frozenset()
    foot: tuple[str, ...] = ()
    signed: tuple[str, ...] = ()


def receipt_register(counter: Counter, first: date, last: date) -> Report:
    """Every receipt of the days in whose takings it counts, cancelled ones among them."""
    found = list(reversed(_receipts(counter, first, last)))
    rows = tuple(
        (
            thai_date.short(one.business_on),
            f"{one.book}/{one.no}",
            one.payer,
            " · ".join(item["description"] for item in one.document["items"]),
            " + ".join(METHODS.get(method, method) for method, _satang in one.shares),
            formatted(0 if one.void else one.total_satang),
            one.document["cashier"],
            _remark(one),
        )
        for one in found
    )
    total = sum(one.total_satang for one in found if one.void is None)
    return Report(
        "ทะเบียนใบเสร็จรับเงิน", _days(first, last),
        ("ว/ด/ป", "เลขที่ใบเสร็จ", "ได้รับเงินจาก", "รายการ", "ประเภท", "จำนวนเงิน", "ผู้รับเงิน", "หมายเหตุ"), rows,
        (1.3, 1.0, 1.9, 2.2, 0.9, 1.1, 1.5, 1.6), frozenset({5}),
        (f"รวม {len(found):,} ฉบับ  ยกเลิก {sum(1 for one in found if one.void):,} ฉบับ  เป็นเงิน {formatted(total)} บาท",),
    )  # fmt: skip


def voided_receipts(counter: Counter, first: date, last: date) -> Report:
    """Cancelled receipts, by the day on which they were cancelled."""
    every = receipt_rows.listed(counter, limit=receipt_rows.MOST)
    found = [one for one in reversed(every) if one.void is not None and first <= one.void.business_on <= last]
    rows = []
    for place, one in enumerate(found, start=1):
        assert one.void is not None
        when = thai_date.local(one.void.at)
        amounts = [_or_none(sum(satang for method, satang in one.shares if method in kinds))
                   for kinds in ((CASH,), (CHEQUE,), ("transfer", "qr", "ktb_bill"), (CARD,))]  # fmt: skip
        back = "" if one.void.original_returned else " ไม่ได้ต้นฉบับคืน"
        new = f" ออกแทน {one.void.replaced_by}" if one.void.replaced_by else ""
        rows.append(
            (str(place), thai_date.short(when.date()), f"{when:%H:%M}", str(one.document["counter"]),
             str(one.document["cashier"]), one.text, *amounts,
             f"{one.void.reason} อนุมัติโดย {one.void.approved_by}{new}{back}")
        )  # fmt: skip
    total = sum(one.total_satang for one in found)
    return Report(
        "รายงานใบเสร็จรับเงินที่ยกเลิก", _days(first, last),
        ("ที่", "วันที่", "เวลา", "จุดรับเงิน", "เจ้าหน้าที่รับเงิน", "เล่มที่/เลขที่", "เงินสด", "เช็ค", "เงินโอน", "บัตรเครดิต", "หมายเหตุ"),
        tuple(rows), (0.4, 1.3, 0.6, 1.1, 1.2, 0.8, 0.9, 0.8, 0.9, 0.8, 2.0), frozenset({6, 7, 8, 9}),
        (f"จำนวนใบเสร็จที่ยกเลิก {len(found):,} ฉบับ  จำนวนเงิน {formatted(total)} บาท",),
    )  # fmt: skip


def book_register(counter: Counter, _first: date, last: date) -> Report:
    """The control register of the fiscal year in which `last` lies: used, cancelled, retired and unused of each book.

    It is the report that goes to the executive by 31 October after the year has ended.
    """
    year = thai_date.fiscal_year(last)
    found = books.register(counter, year)
    rows = tuple(
        (
            one.book, one.kind_text, f"{one.first}–{one.last}", one.received_from, one.issued_to,
            thai_date.short(one.entered_on), one.used_range, one.unused_range,
            f"{one.used:,}", f"{one.voided:,}", f"{one.spoiled:,}", f"{one.unused:,}",
            one.state_text,
        )
        for one in found
    )  # fmt: skip
    return Report(
        "ทะเบียนคุมใบเสร็จรับเงิน",
        thai_date.fiscal_year_text(year),
        (
            "เล่มที่",
            "ชนิด",
            "เลขที่",
            "รับจาก",
            "ผู้เบิก",
            "วันที่",
            "เลขที่ใช้",
            "เลขที่ไม่ใช้",
            "ใช้",
            "ยกเลิก",
            "เสีย/เลิกใช้",
            "คงเหลือ",
            "สถานะ",
        ),
        rows,
        (0.6, 1.2, 0.8, 0.8, 0.9, 1.25, 0.75, 0.9, 0.45, 0.65, 0.75, 0.8, 0.7),
        frozenset({8, 9, 10, 11}),
        (f"รายงานการใช้ใบเสร็จต่อผู้บริหารภายใน 31 ตุลาคม {year}",),
        ("ผู้รายงาน", "ผู้บริหารท้องถิ่น"),
    )


def elaas(counter: Counter, first: date, last: date) -> Report:
    """What e-LAAS takes in, by the office's own map: a line for each receipt where the map names its number, otherwise
    the sums of each day and kind of revenue."""
    settings = receipt_settings.elaas(counter.current.document)
    columns, codes = tuple(settings["columns"]), settings["codes"]
    found = list(reversed(_receipts(counter, first, last)))
    single = {"book", "no", "payer", "number", "cashier", "status", "method"} & set(columns)
    lines = _single(found, codes) if single else _daily(found, codes)
    rows = tuple(tuple(line.get(column, "") for column in columns) for line in lines)
    return Report("ส่งข้อมูลให้ e-LAAS", _days(first, last), tuple(settings["heads"]), rows, (1.0,) * len(columns))


Totals = Mapping[tuple[str, str], tuple[int, int]]
"""(day, code of revenue) -> (satang, receipts)"""


def totals(counter: Counter, first: date, last: date) -> Totals:
    """Our sums of each day and kind of revenue, by the codes of e-LAAS."""
    codes = receipt_settings.elaas(counter.current.document)["codes"]
    return {(line["date"], line["revenue_code"]): (parse_baht(line["satang_baht"]), int(line["count"]))
            for line in _daily(_receipts(counter, first, last), codes)}  # fmt: skip


def reconciled(counter: Counter, first: date, last: date, theirs: Path) -> Report:
    """Our sums of each day and kind of revenue beside those of a CSV from e-LAAS: date, code, baht, count."""
    ours, other = totals(counter, first, last), read_theirs(theirs)
    rows = []
    for key in sorted({*ours, *other}):
        (mine, my_count), (their, their_count) = ours.get(key, (0, 0)), other.get(key, (0, 0))
        word = "ตรงกัน" if (mine, my_count) == (their, their_count) else "ไม่ตรง"
        rows.append((key[0], key[1], formatted(mine), str(my_count), formatted(their), str(their_count),
                     formatted(mine - their), word))  # fmt: skip
    wrong = sum(1 for row in rows if row[-1] == "ไม่ตรง")
    return Report(
        "เปรียบเทียบกับ e-LAAS", _days(first, last),
        ("วันที่", "รหัสรายได้", "ของเรา", "ฉบับ", "e-LAAS", "ฉบับ", "ผลต่าง", "ผล"), tuple(rows),
        (1.2, 1.6, 1.2, 0.7, 1.2, 0.7, 1.2, 0.9), frozenset({2, 3, 4, 5, 6}), (f"ไม่ตรง {wrong:,} รายการ",),
    )  # fmt: skip


REPORTS: Mapping[str, Callable[[Counter, date, date], Report]] = {
    "receipts": receipt_register,
    "voided-receipts": voided_receipts,
    "receipt-books": book_register,
    "elaas": elaas,
}
"""What `report` may be asked for as a table."""


def as_csv(report: Report, encoding: str = "utf-8-sig") -> bytes:
    """Heads and rows; a text that a spreadsheet would take for a formula is quoted by an apostrophe."""
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow(report.heads)
    writer.writerows([_harmless(cell) for cell in row] for row in report.rows)
    try:
        return target.getvalue().encode(encoding)
    except UnicodeEncodeError:
        raise Refused(
            "encoding", "มีอักษรที่รหัสอักษรของไฟล์นี้เก็บไม่ได้", "ตั้ง encoding ใน [elaas] เป็น utf-8", "encoding"
        ) from None


def _or_none(satang: int) -> str:
    return formatted(satang) if satang else "-"


def _harmless(cell: str) -> str:
    number = cell.replace(",", "").removeprefix("-").replace(".", "", 1).isdigit()
    return f"'{cell}" if cell.startswith(FORMULAS) and not number and cell != "-" else cell


def _receipts(counter: Counter, first: date, last: date) -> list[Receipt]:
    return receipt_rows.listed(counter, first=first, last=last, limit=receipt_rows.MOST)


def _remark(one: Receipt) -> str:
    if one.void is not None:
        new = f" ออกแทน {one.void.replaced_by}" if one.void.replaced_by else ""
        return f"ยกเลิก: {one.void.reason}{new}"
    late = one.received_on != one.business_on
    return " ".join(
        part for part in (one.external_no, f"รับเมื่อ {thai_date.short(one.received_on)}" if late else "") if part
    )


def _days(first: date, last: date) -> str:
    return f"วันที่ {thai_date.long(first)}" if first == last else f"วันที่ {thai_date.long(first)} ถึง {thai_date.long(last)}"


def _single(found: Iterable[Receipt], codes: Mapping[str, str]) -> list[dict[str, str]]:
    lines = []
    for one in found:
        for item in one.document["items"]:
            code = item["revenue_code"]
            lines.append(
                {
                    "date": one.business_on.isoformat(), "date_be": _be(one.business_on),
                    "revenue_code": codes.get(code, code), "description": item["description"],
                    "satang_baht": plain(0 if one.void else item["satang"]), "count": "1", "method": one.method,
                    "book": one.book, "no": str(one.no), "payer": one.payer, "cashier": str(one.document["cashier"]),
                    "status": "ยกเลิก" if one.void else "ปกติ", "number": one.number,
                }
            )  # fmt: skip
    return lines


def _daily(found: Iterable[Receipt], codes: Mapping[str, str]) -> list[dict[str, str]]:
    sums: dict[tuple[date, str], tuple[str, int, int]] = {}
    for one in found:
        for item in one.document["items"] if one.void is None else ():
            key = (one.business_on, codes.get(item["revenue_code"], item["revenue_code"]))
            _text, satang, count = sums.get(key, ("", 0, 0))
            sums[key] = (item["description"], satang + item["satang"], count + 1)
    return [
        {"date": day.isoformat(), "date_be": _be(day), "revenue_code": code, "description": text,
         "satang_baht": plain(satang), "count": str(count)}
        for (day, code), (text, satang, count) in sorted(sums.items())
    ]  # fmt: skip


def _be(day: date) -> str:
    return f"{day.day:02d}/{day.month:02d}/{thai_date.year_be(day)}"


def read_theirs(path: Path) -> Totals:
    """The sums in a CSV of e-LAAS: a head, then date, code, baht, count. Refused "elaas_file"."""
    wrong = Refused(
        "elaas_file", "ไฟล์ CSV ของ e-LAAS อ่านไม่ได้", "ต้องมีหัวตาราง แล้วแต่ละแถวเป็น วันที่, รหัสรายได้, บาท, จำนวนฉบับ", "with"
    )
    try:
        rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))[1:]
        return {
            (date.fromisoformat(row[0].strip()).isoformat(), row[1].strip()): (parse_baht(row[2]), int(row[3] or 0))
            for row in rows
            if row
        }
    except (OSError, ValueError, IndexError, UnicodeDecodeError, csv.Error, Refused):
        raise wrong from None
