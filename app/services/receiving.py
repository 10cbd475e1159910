"""The register of incoming matters (ทะเบียนรับ): a case is given its number once and keeps it on every print.

The run counts within a calendar year of the Buddhist Era and comes out of leased blocks, so that two counters without
a network never give one number twice. Where both gave one to the same case, the one that the office's order puts first
counts, and the other stays with it.
"""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from app.domain import receiving_number, thai_date
from app.domain.errors import Refused
from app.services.case_documents import instant
from app.services.counter import Counter
from app.services.paperwork import Received
from app.store import numbers
from app.store.unit_of_work import UnitOfWork

KIND = "receiving_numbered"
ENTRIES = "SELECT at, payload FROM event WHERE record = ? AND kind = ? ORDER BY placed IS NULL, placed, seq"
INSERT = (
    "INSERT INTO receiving (series, run, case_row, at, by, origin) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
)


def entry(connection: Connection, record: bytes) -> Received | None:
    """The case's entry in the register; None where it has none yet."""
    rows = connection.exec_driver_sql(ENTRIES, (record, KIND)).fetchall()
    if not rows:
        return None
    texts = [_text(json.loads(row.payload)) for row in rows]
    return Received(texts[0], instant(rows[0].at), tuple(texts[1:]))


def take(counter: Counter, work: UnitOfWork, case: Any) -> None:
    """Enter a case (a row with row, id and number) unless it has its number. Refused where none is left."""
    if entry(work.connection, case.id) is not None:
        return
    name = receiving_number.series(counter.office.letters, thai_date.local(instant(work.now_ms)).date())
    try:
        run = numbers.take(work, name, counter.stand_alone)
    except Refused as error:
        if error.code != "numbers_used_up":
            raise
        raise Refused(
            "receiving_numbers_used_up",
            "เครื่องนี้ไม่มีเลขที่รับเหลือ ยังไม่ได้พิมพ์",
            "ต่ออินเทอร์เน็ตแล้วกดส่งข้อมูล (F5) เพื่อรับเลขชุดใหม่",
        ) from None
    work.emit(KIND, case.id, {"series": name, "run": run, "name": receiving_number.text(name, run)})
    work.run(INSERT, (name, run, case.row, work.now_ms, work.by, work.store_id))
    work.audit(KIND, case.number, receiving_number.text(name, run))
    work.changed("numbers")
    work.changed("case", case.number)


def replicate(work: UnitOfWork, case_row: int, event: Mapping[str, Any]) -> None:
    """Enter what another counter of the office gave."""
    payload = event["payload"]
    receiving_number.year_of(payload["series"])
    work.run(INSERT, (payload["series"], payload["run"], case_row, event["at"], event["by"], event["origin"]))


def _text(payload: Mapping[str, Any]) -> str:
    return receiving_number.text(str(payload["series"]), int(payload["run"]))
