"""The office's settings for bills, receipts, bank files and the hand-over to e-LAAS: tables of OFFICE.toml, checked."""

import re
from collections.abc import Callable, Mapping
from typing import Any

Fault = Callable[[str, str], Exception]
Document = Mapping[str, Any]

RECEIPTS: dict[str, Any] = {
    "paper": "a5",
    "place": "กองคลัง",
    "footer": "ไว้เป็นการถูกต้องแล้ว",
    "first_book": 1,
    "first_no": 1,
    "book_size": 1_000,
    "part_payment": False,
    "ref1": "{number}",
    "ref2": "{period}{version}",
    "bill_days": 30,
    "overlay": {},
}
"""ref1, ref2: templates of the bill's references, see REF_FIELDS. first_book, first_no: where an office begins that
changes to this program in the middle of a year. bill_days: days that a bill without a legal due day is good for.
overlay: what is printed onto the leaves of a pre-printed book (OVERLAY_FIELDS), each at [x, y] in millimetres from the
left upper corner; empty: the leaves are written by hand."""

OVERLAY_FIELDS = ("date", "payer", "tax_id", "address", "number", "items", "amounts", "total", "total_text", "method",
                  "cashier", "position")  # fmt: skip
"""What a leaf can be given. amounts, total: x is the right edge. items, amounts: of the first line."""
PAPERS = ("a4", "a5", "slip")
REF_FIELDS = ("number", "run", "tax_id", "registry", "type", "period", "version", "day")
"""number: the request number; run: its last six digits; tax_id: the payer's 13 digits; registry: the payer's registry
number; type: 01 hotel, 02 oil and gas, 03 tobacco, 04 permit; period: YYYYMM; version: two digits; day: YYYYMMDD."""
LONGEST_REF = 18
LARGEST_MM = 297

BANK_FILE: dict[str, Any] = {
    "encoding": "cp874",
    "record_at": 0,
    "record": "02",
    "date": [2, 10],
    "date_form": "%Y%m%d",
    "ref1": [16, 36],
    "ref2": [36, 56],
    "amount": [56, 69],
    "bank_reference": [0, 0],
    "shortest": 120,
}
"""Where a bank's payment file has what: [from, to) in characters. Lines shorter than `shortest` are words parted by
spaces in the same order (record and date joined, branch or time, ref1, ref2, amount)."""
ENCODINGS = ("cp874", "utf-8", "tis-620")

ELAAS: dict[str, Any] = {
    "encoding": "utf-8-sig",
    "columns": ["date", "revenue_code", "description", "satang_baht", "count"],
    "heads": ["วันที่", "รหัสรายได้", "ประเภทรายได้", "จำนวนเงิน", "จำนวนฉบับ"],
    "codes": {},
}
"""codes: our revenue code -> the code that e-LAAS knows it by."""
ELAAS_COLUMNS = ("date", "date_be", "revenue_code", "description", "satang_baht", "count", "method", "book", "no",
                 "payer", "cashier", "status", "number")  # fmt: skip


def receipts(document: Document) -> dict[str, Any]:
    """The [receipts] table with every default filled in; a document of an older program has none."""
    return {**RECEIPTS, **(document.get("receipts") or {})}


def bank_file(document: Document) -> dict[str, Any]:
    """The [bank_file] table, filled in."""
    return {**BANK_FILE, **(document.get("bank_file") or {})}


def elaas(document: Document) -> dict[str, Any]:
    """The [elaas] table, filled in."""
    return {**ELAAS, **(document.get("elaas") or {})}


def check(document: Document, fault: Fault) -> dict[str, Any]:
    """The three tables of an office document as they are kept (only what was set), or `fault` naming the key."""
    return {
        "receipts": _checked(document["receipts"], "receipts", RECEIPTS, fault, _receipt_rules),
        "bank_file": _checked(document["bank_file"], "bank_file", BANK_FILE, fault, _bank_rules),
        "elaas": _checked(document["elaas"], "elaas", ELAAS, fault, _elaas_rules),
    }


Rules = Callable[[dict[str, Any], Callable[[str, bool, str], None]], None]


def _checked(given: object, name: str, defaults: Mapping[str, Any], fault: Fault, rules: Rules) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise fault(name, f"ต้องเป็นตาราง [{name}]")
    for key, value in given.items():
        if key not in defaults:
            raise fault(f"{name}.{key}", "ไม่รู้จักชื่อค่านี้")
        if type(value) is not type(defaults[key]):
            raise fault(f"{name}.{key}", f"ต้องเป็นชนิดเดียวกับ {defaults[key]!r}")

    def check(key: str, right: bool, why: str) -> None:
        if not right:
            raise fault(f"{name}.{key}", why)

    rules({**defaults, **given}, check)
    return dict(given)


def _receipt_rules(whole: dict[str, Any], check: Callable[[str, bool, str], None]) -> None:
    check("paper", whole["paper"] in PAPERS, f"ต้องเป็นค่าใดค่าหนึ่งใน {', '.join(PAPERS)}")
    for key, most in (("first_book", 99_999), ("first_no", 999_999), ("book_size", 10_000), ("bill_days", 366)):
        check(key, 1 <= whole[key] <= most, f"ต้องเป็นเลขจำนวนเต็ม 1–{most}")
    names = ", ".join(OVERLAY_FIELDS)
    right = all(name in OVERLAY_FIELDS and _is_place(place) for name, place in whole["overlay"].items())
    check("overlay", right, f"ต้องเป็น ชื่อ = [x, y] มิลลิเมตร 0–297 ใช้ได้เฉพาะ {names}")
    for key in ("ref1", "ref2"):
        fields = re.findall(r"\{([^{}]*)\}", whole[key])
        rest = re.sub(r"\{[^{}]*\}", "", whole[key])
        names = ", ".join(REF_FIELDS)
        check(key, all(field in REF_FIELDS for field in fields), f"ใช้ได้เฉพาะ {names} ในวงเล็บปีกกา")
        check(key, re.fullmatch("[A-Z0-9]*", rest) is not None, "ใช้ได้เฉพาะตัวเลขและอักษรโรมันตัวใหญ่")
    check("ref1", bool(whole["ref1"]), "ต้องมีอย่างน้อยหนึ่งตัว")


def _is_place(place: object) -> bool:
    """Whether this is [x, y] on a sheet."""
    return (
        isinstance(place, list)
        and len(place) == 2
        and all(type(part) in (int, float) and 0 <= part <= LARGEST_MM for part in place)
    )


def _bank_rules(whole: dict[str, Any], check: Callable[[str, bool, str], None]) -> None:
    check("encoding", whole["encoding"] in ENCODINGS, f"ต้องเป็นค่าใดค่าหนึ่งใน {', '.join(ENCODINGS)}")
    for key in ("date", "ref1", "ref2", "amount", "bank_reference"):
        span = whole[key]
        right = len(span) == 2 and all(type(n) is int and 0 <= n <= 4_000 for n in span) and span[0] <= span[1]
        check(key, right, "ต้องเป็น [ตำแหน่งเริ่ม, ตำแหน่งสิ้นสุด]")
    for key in ("record_at", "shortest"):
        check(key, 0 <= whole[key] <= 4_000, "ต้องเป็นเลขจำนวนเต็ม 0–4000")


def _elaas_rules(whole: dict[str, Any], check: Callable[[str, bool, str], None]) -> None:
    columns = whole["columns"]
    known = ", ".join(ELAAS_COLUMNS)
    check("columns", bool(columns) and all(c in ELAAS_COLUMNS for c in columns), f"ใช้ได้เฉพาะ {known}")
    check("heads", len(whole["heads"]) == len(columns), "ต้องมีจำนวนเท่ากับ columns")
    check("encoding", whole["encoding"] in ("utf-8", "utf-8-sig", "cp874"), "ต้องเป็น utf-8, utf-8-sig หรือ cp874")
    codes = whole["codes"]
    check("codes", all(isinstance(code, str) for code in codes.values()), "รหัสต้องเป็นข้อความในเครื่องหมายคำพูด")
