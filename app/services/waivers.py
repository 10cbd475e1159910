"""Orders that waive or reduce what being late has added (คำสั่งงดหรือลดเบี้ยปรับ เงินเพิ่ม ดอกเบี้ย).

Each is kept with its order number, day, approver and reason, and is told to the other counters; none is ever changed.
"""

from collections.abc import Mapping
from typing import Any

from app.domain import thai_date
from app.domain.errors import Refused
from app.domain.ids import uuid7
from app.domain.money import formatted
from app.domain.text_rules import clean_text
from app.services import restricted_cases, rights
from app.services.case_rows import living, service_kind
from app.services.counter import Counter
from app.services.model import Actor
from app.store.unit_of_work import UnitOfWork

EVENT = "late_waived"
WHAT = {"surcharge": "เงินเพิ่ม", "interest": "ดอกเบี้ย", "penalty": "เบี้ยปรับ"}
PAID = ("paid", "receipted", "cancelled", "discarded")
LARGEST = 10**14


def grant(
    counter: Counter,
    actor: Actor,
    number: str,
    what: str,
    satang: int,
    *,
    order_number: str,
    ordered_on: str,
    approver: str,
    reason: str,
) -> None:
    """Enter one order. Refused naming the part at fault, and for a filing that is paid or of no tax."""
    rights.require(actor, rights.WAIVE_LATE)
    if what not in WHAT:
        known = ", ".join(f"{code} ({name})" for code, name in WHAT.items())
        raise Refused("waiver_kind", "ไม่รู้จักสิ่งที่ลดให้", f"ใช้ค่าใดค่าหนึ่งใน {known}", "what")
    if not 0 < satang < LARGEST:
        raise Refused("amount", "จำนวนเงินที่ลดต้องมากกว่า 0", "โปรดตรวจจำนวนเงินตามคำสั่ง", "amount")
    payload: dict[str, Any] = {
        "id": uuid7().hex(),
        "what": what,
        "satang": satang,
        "order_number": clean_text(order_number, "order_number", label="เลขที่คำสั่ง", max_length=100, required=True),
        "ordered_on": thai_date.parse_date(ordered_on, field="ordered_on").isoformat(),
        "approver": clean_text(approver, "approver", label="ผู้อนุมัติ", max_length=200, required=True),
        "reason": clean_text(reason, "reason", label="เหตุผล", max_length=500, required=True),
    }
    with counter.store.write(actor.username) as work:
        columns = "c.row, c.id, c.number, c.status, c.service, c.service_version, c.restricted"
        case = living(work.connection, number, columns)
        restricted_cases.require(actor, case)
        if service_kind(counter, case) != "filing" or case.status in PAID:
            raise Refused("not_waivable", "แบบนี้ลดเงินเพิ่มไม่ได้แล้ว", "ลดได้เฉพาะแบบที่ยังไม่ชำระเงิน", "number")
        work.emit(EVENT, case.id, payload)
        write(work, case.row, payload, actor.username, work.now_ms)
        work.audit(EVENT, case.number, f"{what} {formatted(satang)} {payload['order_number']}")
        work.changed("case", case.number)


def write(work: UnitOfWork, case_row: int, payload: Mapping[str, Any], by: str, at: int) -> None:
    """Keep one order; one that is known changes nothing."""
    work.run(
        "INSERT INTO waiver (id, case_row, what, satang, order_number, ordered_on, approver, reason, by, at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
        (
            bytes.fromhex(payload["id"]), case_row, payload["what"], int(payload["satang"]), payload["order_number"],
            payload["ordered_on"], payload["approver"], payload["reason"], by, at,
        ),
    )  # fmt: skip


def of_case(connection: Any, case_row: int) -> dict[str, int]:
    """Satang waived of a case by kind. connection: a connection or a unit of work."""
    source = connection.connection if isinstance(connection, UnitOfWork) else connection
    rows = source.exec_driver_sql("SELECT what, sum(satang) FROM waiver WHERE case_row = ? GROUP BY what", (case_row,))
    return {str(row[0]): int(row[1]) for row in rows}
