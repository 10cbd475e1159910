"""The papers of a day of taking money, chosen at the window: slips, the voucher, the day's registers."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from app.domain.errors import Refused
from app.services import money_reports, remittances, shifts, staff
from app.services.counter import Counter
from app.services.model import Actor
from app.services.office_papers import MoneyPapers

SLIPS, VOUCHER, RECEIPTS, VOIDED = "remittance", "remittance-summary", "receipts", "voided-receipts"
PAPERS: Mapping[str, str] = {
    SLIPS: "ใบนำส่งเงิน",
    VOUCHER: "ใบสำคัญสรุปใบนำส่งเงิน",
    RECEIPTS: "ทะเบียนใบเสร็จรับเงินประจำวัน",
    VOIDED: "รายงานใบเสร็จรับเงินที่ยกเลิก",
}
"""What can be had of a day, by the names of the command `report`."""


@dataclass(frozen=True, slots=True)
class DayState:
    """What there is of a day. open: who has not closed yet; total: of every receipt that counts in it."""

    closed: int
    open: tuple[str, ...]
    receipts: int
    voided: int
    total_satang: int


def state(counter: Counter, on: date) -> DayState:
    """How a day stands, before its papers are chosen."""
    found, names = remittances.summary(counter, on), dict(staff.names(counter))
    still_open = tuple(names.get(username, username) for username in found["open"])
    return DayState(len(found["slips"]), still_open, found["receipts"], found["voided"], found["total_satang"])


def make(counter: Counter, actor: Actor, on: date, wanted: Collection[str]) -> MoneyPapers:
    """The chosen papers of a day. Refused where nothing is chosen, or no drawer of the day has been closed yet."""
    if not wanted:
        raise Refused("papers", "ยังไม่ได้เลือกเอกสาร", "เลือกอย่างน้อยหนึ่งอย่าง", "papers")
    closed = [one.document for one in shifts.of_day(counter, on) if one.document is not None]
    if SLIPS in wanted and not closed:
        raise Refused("no_remittance", "ไม่มีใบนำส่งเงินของวันนี้", "ปิดยอดก่อน แล้วพิมพ์ใบนำส่งเงิน", "papers")
    with counter.store.write(actor.username) as work:  # the registers name payers
        work.audit("money_papers", on.isoformat(), ", ".join(name for name in PAPERS if name in wanted))
    return MoneyPapers(
        counter.office.name,
        slips=tuple(closed) if SLIPS in wanted else (),
        vouchers=(remittances.summary(counter, on),) if VOUCHER in wanted else (),
        reports=tuple(money_reports.REPORTS[name](counter, on, on) for name in (RECEIPTS, VOIDED) if name in wanted),
    )
