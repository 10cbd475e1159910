"""How a payment was made: one method or several, what each has to name, and the share of each."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from app.domain.errors import Refused
from app.domain.money import formatted
from app.domain.text_rules import clean_text
from app.services.money_model import CASH, CHEQUE, KTB_BILL, METHODS, MIXED, Part, Pay
from app.store import tables
from app.store.unit_of_work import UnitOfWork, insert_sql

LONGEST = 60
INSERT_PART = insert_sql(tables.payment_part)
SUMS = (
    "SELECT method, sum(satang) FROM ("
    "SELECT r.method, r.total_satang AS satang FROM {0} AND r.method <> 'mixed'"
    " UNION ALL SELECT p.method, p.satang FROM {0} AND r.method = 'mixed') GROUP BY method"
)


def checked(command: Pay) -> Pay:
    """The command with its texts cleaned. Refused naming the field at fault: "parts" for one of several methods."""
    if not command.parts:
        if command.method not in METHODS:
            raise Refused("method", "ไม่รู้จักวิธีชำระเงินนี้", f"ใช้ค่าใดค่าหนึ่งใน {', '.join(METHODS)}", "method")
        part = _part(Part(command.method, 1, command.reference, command.bank), bool(command.slip), "")
        return replace(command, reference=part.reference, bank=part.bank)
    parts = tuple(_part(part, False, "parts") for part in command.parts)
    methods = [part.method for part in parts]
    if len(parts) < 2 or len(set(methods)) < len(parts):
        raise Refused("parts", "ชำระหลายวิธีต้องมีอย่างน้อยสองวิธีที่ต่างกัน", "วิธีเดียวให้เลือกวิธีนั้น", "parts")
    if any(part.satang <= 0 for part in parts):
        raise Refused("parts", "จำนวนเงินของแต่ละวิธีต้องมากกว่าศูนย์", "เว้นว่างวิธีที่ไม่ได้ใช้", "parts")
    total = sum(part.satang for part in parts)
    if total != command.amount_satang:
        hint = f"รวมได้ {formatted(total)} ต้องเป็น {formatted(command.amount_satang)} บาท"
        raise Refused("parts", "ยอดรวมของทุกวิธีไม่เท่ากับยอดที่ชำระ", hint, "parts")
    return replace(command, method=MIXED, parts=parts, reference="", bank="")


def _part(part: Part, has_slip: bool, field: str) -> Part:
    if part.method not in METHODS:
        raise Refused("method", "ไม่รู้จักวิธีชำระเงินนี้", f"ใช้ค่าใดค่าหนึ่งใน {', '.join(METHODS)}", field or "method")
    reference = clean_text(part.reference, field or "reference", label="เลขอ้างอิง", max_length=LONGEST, required=False)
    bank = clean_text(part.bank, field or "bank", label="ธนาคาร", max_length=LONGEST, required=False)
    name = f" ({METHODS[part.method]})" if field else ""
    if part.method not in (CASH, KTB_BILL) and not reference and not has_slip:
        what = "เลขที่เช็ค" if part.method == CHEQUE else "เลขอ้างอิงการชำระ"
        hint = "ดูจากเช็ค สลิป หรือใบบันทึกของเครื่องรับบัตร"
        raise Refused("reference", f"ยังไม่ได้ใส่{what}{name}", hint, field or "reference")
    if part.method == CHEQUE and not bank:
        raise Refused("bank", f"ยังไม่ได้ใส่ธนาคารของเช็ค{name}", "ใส่ชื่อธนาคารและสาขาตามหน้าเช็ค", field or "bank")
    return replace(part, reference=reference, bank=bank)


def cash_share(command: Pay) -> int:
    """How much of a payment is cash, in satang."""
    if command.parts:
        return sum(part.satang for part in command.parts if part.method == CASH)
    return command.amount_satang if command.method == CASH else 0


def enter_parts(work: UnitOfWork, row: int, parts: Iterable[Mapping[str, Any]]) -> None:
    """The shares of a receipt as its document has them."""
    for place, part in enumerate(parts, start=1):
        work.execute(
            INSERT_PART,
            (row, place, part["method"], int(part["satang"]), part.get("reference", ""), part.get("bank", "")),
        )


def sums(source: str) -> str:
    """SQL for the sums by method. source: what follows FROM, with `receipt r`, `LEFT JOIN payment_part p` and WHERE."""
    return SUMS.format(source)
