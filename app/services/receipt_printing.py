"""Which receipt a paper is of, and how many of it there are: the first is the original, every later one a copy."""

import json
from collections.abc import Mapping
from typing import Any

from app.domain.errors import Refused
from app.services import papers, receipt_settings
from app.services.counter import Counter
from app.store import receipt_books
from app.store.unit_of_work import UnitOfWork

BY_HAND_HINT = (
    "เขียนลงบนใบนั้นให้ตรงกับหน้าจอ ถ้าต้องการสำเนา ใส่เหตุผลแล้วพิมพ์"
    " จะให้เครื่องพิมพ์ลงบนใบของเล่มตั้งแต่ใบต่อไป ให้ตั้งตำแหน่งที่ ตั้งค่า > ใบเสร็จรับเงิน"
)


def receipt_row(work: UnitOfWork, case: Any, wanted: int) -> int:
    """The row of the receipt to print: the one wanted, or the newest of the case that stands. Refused "no_receipt"."""
    found = work.run(
        "SELECT r.row FROM receipt r LEFT JOIN receipt_void v ON v.receipt_row = r.row"
        " WHERE r.case_row = ? AND (r.row = ? OR (? = 0 AND v.receipt_row IS NULL)) ORDER BY r.row DESC LIMIT 1",
        (case.row, wanted, wanted),
    ).scalar()
    if found is None:
        raise Refused("no_receipt", "เรื่องนี้ยังไม่มีใบเสร็จรับเงิน", "รับเงินก่อน หรือตรวจเลขที่ใบเสร็จ", "number")
    return int(found)


def copies(work: UnitOfWork, case_row: int, document: str, row: int | None) -> int:
    """Papers of this document that have come out or wait; a bill is always new, for it says what is owed now."""
    if document == papers.BILL:
        return 0
    sql = "SELECT count(*) FROM print_job WHERE case_row = ? AND document = ? AND state != 'spoiled'"
    parameters: tuple[Any, ...] = (case_row, document)
    if row is not None:
        sql, parameters = f"{sql} AND receipt_row = ?", (*parameters, row)
    return int(work.run(sql, parameters).scalar_one())


def after_the_leaf(work: UnitOfWork, row: int, copies: int, reason: str) -> int:
    """The same, counting the leaf of a paper book that was written by hand as the original: it is never printed, only
    copied with a reason. Refused "written_by_hand" without one."""
    found = work.run("SELECT book, no, kind, document FROM receipt WHERE row = ?", (row,)).one()
    if not written_by_hand(found.kind, json.loads(found.document)):
        return copies
    if not copies and not reason.strip():
        title = f"ต้นฉบับของใบเสร็จนี้คือใบในเล่มกระดาษ เล่มที่ {found.book} เลขที่ {found.no} จึงไม่พิมพ์ต้นฉบับ"
        raise Refused("written_by_hand", title, BY_HAND_HINT, "copy_reason")
    return copies + 1


def written_by_hand(kind: str, document: Mapping[str, Any]) -> bool:
    """Whether the original is the leaf of a paper book, on which nothing is printed."""
    return kind in receipt_books.PAPER_KINDS and not document.get("overlay")


def on_slips(counter: Counter) -> bool:
    """Whether this office prints receipts and bills on thermal paper."""
    return bool(receipt_settings.receipts(counter.current.document)["paper"] == "slip")
