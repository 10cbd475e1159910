"""What a payer has filed and paid: every filing by the month with its receipt, the newest month first."""

from dataclasses import dataclass
from datetime import date

from app.domain import ordinance, petition_states, thai_date
from app.services.case_documents import instant
from app.services.counter import Counter
from app.services.filings import GONE
from app.services.payers import check_code, check_kind, get, unknown

MOST = 120
"""Ten years of months."""
SQL = (
    "SELECT c.number, c.status, c.total_satang, c.registered_at, f.service, f.period, f.kind, f.supplementary_no,"
    " r.book, r.no, r.issued_at, r.total_satang AS paid FROM filing f JOIN cases c ON c.row = f.case_row"
    " LEFT JOIN receipt r ON r.case_row = c.row"
    " AND NOT EXISTS (SELECT 1 FROM receipt_void v WHERE v.receipt_row = r.row)"
    " WHERE f.payer = ? AND f.service = ? ORDER BY f.period DESC, f.supplementary_no DESC, c.row DESC, r.row LIMIT ?"
)


@dataclass(frozen=True, slots=True)
class PayerCase:
    """One filing; with several receipts it stands once for each. receipt: "12/38", "" while nothing was paid."""

    number: str
    service: str
    service_name: str
    month: date
    month_text: str
    kind_text: str
    filed_on: date
    status: str
    status_text: str
    total_satang: int
    receipt: str
    paid_satang: int
    paid_on: date | None
    stands: bool
    """False for one that was cancelled, for instance because it was corrected."""


def listing(counter: Counter, kind: str, code: str) -> list[PayerCase]:
    """MOST filings of each service that payers of this kind file. Refused for a payer that is not in the register."""
    kind, code = check_kind(kind), check_code(code)
    names = {one.code: one.short_name for one in counter.every_definition() if one.filing.payer == kind}
    found = []
    with counter.store.read() as connection:
        if get(connection, kind, code) is None:
            raise unknown(code)
        for service, name in names.items():
            for row in connection.exec_driver_sql(SQL, (code, service, MOST)).fetchall():
                month = date.fromisoformat(row.period)
                again = f"เพิ่มเติมครั้งที่ {row.supplementary_no}" if row.supplementary_no else "ปกติ"
                paid_on = thai_date.local(instant(row.issued_at)).date() if row.issued_at else None
                found.append(
                    PayerCase(
                        number=row.number,
                        service=service,
                        service_name=name,
                        month=month,
                        month_text=ordinance.month_text(month),
                        kind_text=again,
                        filed_on=thai_date.local(instant(row.registered_at)).date(),
                        status=row.status,
                        status_text=petition_states.text(row.status, "filing"),
                        total_satang=int(row.total_satang or 0),
                        receipt=f"{row.book}/{row.no}" if row.book else "",
                        paid_satang=int(row.paid or 0),
                        paid_on=paid_on,
                        stands=row.status not in GONE,
                    )
                )
    return sorted(found, key=lambda one: one.month, reverse=True)
