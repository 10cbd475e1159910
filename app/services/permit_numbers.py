"""The numbers of permits: taken out of leased blocks in the transaction that issues the permit, and kept by its case.

Two counters without a network never give one number twice. Where both issued the same permit, the number that the
office's order puts first counts, and the other stays with the case.
"""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection

from app.domain import permit_number, request_number, thai_date
from app.domain.errors import Refused
from app.services.case_documents import instant
from app.services.counter import Counter
from app.services.receiving import INSERT
from app.store import numbers
from app.store.unit_of_work import UnitOfWork

KIND = "permit_numbered"
ENTRIES = "SELECT payload FROM event WHERE record = ? AND kind = ? ORDER BY placed IS NULL, placed, seq"
BY_RUN = (
    "SELECT c.number FROM cases c WHERE c.run = ? AND c.series = ? AND c.id <> ?"
    " AND c.status IN ('permit_issued', 'expired', 'removal_overdue', 'removed_confirmed')"
    " AND NOT EXISTS (SELECT 1 FROM event e WHERE e.record = c.id AND e.kind = ?)"
)


def of_record(connection: Connection, record: bytes) -> str:
    """The number of a permit, "" where its case has none."""
    row = connection.exec_driver_sql(ENTRIES, (record, KIND)).fetchone()
    if row is None:
        return ""
    payload = json.loads(row.payload)
    return permit_number.text(str(payload["series"]), int(payload["run"]))


def take(counter: Counter, work: UnitOfWork, case: Any, period: tuple[date, date, date] | None) -> None:
    """Number a permit (a row with row, id and number) unless it has its number. Refused where none is left.

    period: first and last day and the day of removal, told with the number, for whoever proves the permit genuine.
    """
    if of_record(work.connection, case.id):
        return
    name = permit_number.series(counter.office.letters, thai_date.local(instant(work.now_ms)).date())
    run = _next(counter, work, name, case.id)
    days = (
        dict(zip(("since", "until", "remove_by"), (day.isoformat() for day in period), strict=True)) if period else {}
    )
    work.emit(KIND, case.id, {"series": name, "run": run, "name": permit_number.text(name, run), **days})
    work.run(INSERT, (name, run, case.row, work.now_ms, work.by, work.store_id))
    work.audit(KIND, case.number, permit_number.text(name, run))
    work.changed("numbers")


def _next(counter: Counter, work: UnitOfWork, name: str, record: bytes) -> int:
    while True:
        try:
            run = numbers.take(work, name, counter.stand_alone)
        except Refused as error:
            if error.code != "numbers_used_up":
                raise
            raise Refused(
                "permit_numbers_used_up",
                "เครื่องนี้ไม่มีเลขที่หนังสืออนุญาตเหลือ ยังไม่ได้ออกหนังสือ",
                "ต่ออินเทอร์เน็ตแล้วกดส่งข้อมูล (F5) เพื่อรับเลขชุดใหม่",
                "state",
            ) from None
        if not _on_an_old_paper(counter, work, run, record):
            return run
        numbers.void(work, name, run, "ใช้แล้วในหนังสืออนุญาตแบบเดิม")


def _on_an_old_paper(counter: Counter, work: UnitOfWork, run: int, record: bytes) -> bool:
    """Whether another permit, of before these series, carries this run of this year: that of its case."""
    series = counter.current.series
    for number in work.run(BY_RUN, (run, series, record, KIND)).scalars():
        if request_number.parse(number).issued_on.year == thai_date.local(instant(work.now_ms)).year:
            return True
    return False


def replicate(work: UnitOfWork, case_row: int, event: Mapping[str, Any]) -> None:
    """Enter what another counter of the office gave."""
    payload = event["payload"]
    permit_number.year_of(payload["series"])
    work.run(INSERT, (payload["series"], payload["run"], case_row, event["at"], event["by"], event["origin"]))
