"""The officers' papers: those that every case has beside the documents of its service, and what they show.

Which of them are for petitions only, which go to either kind of printer, and which need the case's number in the
receiving register.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection

from app.catalog.schema import Service
from app.domain import thai_date
from app.services import case_documents, letters, permits, receiving, timeline
from app.services.case_documents import VIEW_COLUMNS
from app.services.case_rows import by_number, service_kind
from app.services.counter import Counter
from app.services.model import CaseView, PrintJob
from app.services.paperwork import Paperwork

TIMELINE: Final = "timeline"
ROUTING_SLIP: Final = "routing_slip"
RECEIVING_STAMP: Final = "receiving_stamp"
GENERAL_FORM: Final = "general_form"
QUEUE_SLIP: Final = "queue_slip"
TRACKING_LEAFLET: Final = "tracking_leaflet"
RECEIPT: Final = "receipt"
BILL: Final = "bill"

NAMES: Final[Mapping[str, str]] = {
    TIMELINE: "ลำดับเหตุการณ์",
    ROUTING_SLIP: "ใบเกษียน",
    RECEIVING_STAMP: "ตราประทับรับ",
    GENERAL_FORM: "แบบคำร้องทั่วไป",
    QUEUE_SLIP: "บัตรคิว",
    TRACKING_LEAFLET: "ใบแนะนำการติดตามเรื่อง",
}
OF_SERVICES: Final[Mapping[str, str]] = {"slip": "ใบรับคำร้อง", "petition": "ใบคำร้อง A4"}
OF_FILINGS: Final[Mapping[str, str]] = {
    "form": "แบบยื่นรายการ",
    "stock_sheet": "งบแสดงการรับ-จ่าย",
    "permit": "หนังสืออนุญาต",
}
"""Papers of filings and permits, where the service has them."""
PETITIONS_ONLY: Final = frozenset({GENERAL_FORM})
NUMBERED: Final = frozenset({ROUTING_SLIP, RECEIVING_STAMP})
"""Papers that carry the number of the receiving register; printing the first one takes it."""
FILES = "SELECT name FROM attachment WHERE case_row = ? ORDER BY row"
QUEUE = (
    "SELECT count(*), sum(o.status IN ('new', 'submitted') AND o.row != c.row) FROM cases c JOIN cases o"
    " ON o.row BETWEEN c.row - 5000 AND c.row + 5000 AND o.origin = c.origin"
    " AND (o.registered_at, o.row) <= (c.registered_at, c.row)"
    " AND o.registered_at >= (c.registered_at + 25200000) / 86400000 * 86400000 - 25200000 WHERE c.row = ?"
)
"""Of the same day in Thailand, seven hours before UTC; milliseconds. More than 5,000 cases a day no office has."""
MONEY: Final[Mapping[str, str]] = {RECEIPT: "ใบเสร็จรับเงิน", BILL: "ใบแจ้งการชำระเงิน"}
"""Papers of a case for which money is owed."""
ON_EITHER: Final = frozenset({RECEIVING_STAMP, QUEUE_SLIP, *MONEY})
"""Papers for the slip printer and for A4 alike."""


def name(code: str) -> str:
    """What a paper is called on buttons and in lists; the code itself for one that this program does not know."""
    letter = letters.kind_of(code)
    if letter is not None:
        return f"{letters.NAMES[letter[0]]} ครั้งที่ {letter[1]}"
    return {**OF_SERVICES, **OF_FILINGS, **MONEY, **NAMES}.get(code, code)


def documents_of(service: Service | None) -> tuple[str, ...]:
    """Every paper that a case of this service has: those of the service, then the officers' own."""
    own = service.documents if service else ("slip",)
    petition = service is None or service.kind == "petition"
    if service is not None and service.kind == "permit" and permits.DOCUMENT not in own:
        own = (*own, permits.DOCUMENT)
    own = own if petition else (*own, *(code for code in MONEY if code not in own))
    return (*own, *(code for code in NAMES if petition or code not in PETITIONS_ONLY))


def view(counter: Counter, job: PrintJob) -> CaseView:
    """The case that a job prints, with what the paper shows beside it."""
    with counter.store.read() as connection:
        row = by_number(connection, job.number, f"{VIEW_COLUMNS}, c.row")
        found = case_documents.view(counter, row)
        if job.document == RECEIPT:
            receipt, issued_at = _receipt(connection, job)
            return replace(found, receipt=receipt, template=counter.templates.at(issued_at))
        if job.document == BILL:
            return replace(found, bill=bill(connection, row.row))
        if job.document in (permits.DOCUMENT, "petition") and service_kind(counter, row) == "permit":
            return replace(found, permit=permits.of_case(counter, connection, found, row.id))
        if job.document not in NAMES and letters.kind_of(job.document) is None:
            return found
        paperwork = _paperwork(counter, connection, row, job)
        if paperwork.letter is not None:
            found = replace(found, template=counter.templates.at(paperwork.letter.written_at))
        return replace(found, paperwork=paperwork)


def _receipt(connection: Connection, job: PrintJob) -> tuple[Mapping[str, Any], datetime]:
    """The frozen document with the day on which it was cancelled, if it was, and when it was issued."""
    row = connection.exec_driver_sql(
        "SELECT r.document, r.issued_at, v.business_on FROM receipt r"
        " LEFT JOIN receipt_void v ON v.receipt_row = r.row WHERE r.row = ?",
        (job.receipt,),
    ).one()
    return with_void(json.loads(row.document), row.business_on), case_documents.instant(row.issued_at)


def with_void(document: Mapping[str, Any], voided_on: str | None) -> Mapping[str, Any]:
    """The document of a receipt as its paper shows it; voided_on: the business day of its cancellation (ISO)."""
    return {**document, "voided": thai_date.long(date.fromisoformat(voided_on))} if voided_on else document


def bill(connection: Connection, case_row: int) -> Mapping[str, Any]:
    """The document of the bill that was made out last."""
    found: Mapping[str, Any] = json.loads(
        connection.exec_driver_sql(
            "SELECT document FROM bill WHERE case_row = ? ORDER BY row DESC LIMIT 1", (case_row,)
        ).scalar_one()
    )
    return found


def _queue(connection: Connection, case_row: int) -> tuple[int, int]:
    """(which of the cases its counter registered that day, how many of those before it are still new)."""
    found = connection.exec_driver_sql(QUEUE, (case_row,)).one()
    return int(found[0]), int(found[1])


def _paperwork(counter: Counter, connection: Connection, row: Any, job: PrintJob) -> Paperwork:
    staff = connection.exec_driver_sql("SELECT username, full_name FROM staff").fetchall()
    names = {row[0]: row[1] for row in staff}
    told = []
    queue, ahead = _queue(connection, row.row) if job.document == QUEUE_SLIP else (0, 0)
    if job.document == TIMELINE:
        told = timeline.of_record(counter, connection, row.id, service_kind(counter, row))
    return Paperwork(
        printed_at=job.created_at,
        printed_by=names.get(job.by, job.by),
        timeline=tuple(replace(event, by=names.get(event.by, event.by)) for event in told),
        received=receiving.entry(connection, row.id),
        divisions=divisions(counter, counter.definition(row.service, row.service_version)),
        division=row.division,
        letter=letters.issued(connection, row.id).get(job.document),
        files=tuple(connection.exec_driver_sql(FILES, (row.row,)).scalars()),
        queue=queue,
        ahead=ahead,
    )


def divisions(counter: Counter, service: Service | None) -> tuple[tuple[str, str], ...]:
    """(code, name in this office) of the divisions that the office has in its services; those of `service` first."""
    newest = [service] if service else []
    every = (one for known in (*newest, *counter.catalog.values()) for one in known.divisions)
    return tuple({one.code: counter.divisions.get(one.code, one.name) for one in every}.items())
