"""The print ledger: every paper is a row before it is a sheet, so that a power cut forgets none and doubles none.

States: planned -> sending -> sent -> confirmed | spoiled; failed goes back to planned by `retry`.
"""

from typing import Any

from sqlalchemy import Connection

from app.domain.errors import CounterError, Refused, Unavailable
from app.domain.text_rules import clean_text
from app.services import (
    bills,
    letters,
    office_copies,
    papers,
    permits,
    receipt_printing,
    receiving,
    restricted_cases,
    rights,
)
from app.services.case_documents import instant
from app.services.case_rows import by_number
from app.services.counter import Counter
from app.services.model import Actor, CaseView, CopyMark, Printer, PrintJob
from app.services.paper_templates import OFFICE_COPY

SLIP_DOCUMENTS = frozenset({"slip"})
"""Documents of the thermal printer; every other one is an A4 sheet, or fits both (papers.ON_EITHER)."""
FINISHED = ("sent", "confirmed")

COLUMNS = (
    "j.id, c.number, j.document, j.printer, j.state, j.copy_number, j.copy_reason, j.created_at, j.by, j.attempts,"
    " j.error, j.receipt_row"
)
FROM = "FROM print_job j JOIN cases c ON c.row = j.case_row"
CLAIM = """
UPDATE print_job SET state = 'sending', attempts = attempts + 1, changed_at = ?
WHERE id = (SELECT id FROM print_job WHERE printer = ? AND state = 'planned' ORDER BY id LIMIT 1)
RETURNING id
"""
SPOOLER = "spooler"
LARGEST_ID = 2**63 - 1
TO_FILE = "-"
"""The printer's name of a job that goes into a file."""


def plan(
    counter: Counter,
    actor: Actor,
    number: str,
    document: str,
    *,
    printer: str | None = None,
    copy_reason: str = "",
    receipt: int = 0,
) -> PrintJob:
    """Queue one paper. The first of its kind is the original; any later one is a copy, counted, and needs a reason.

    Refused "restricted" for a case that the actor may not read, like every look at one.
    receipt: the row of the receipt that is wanted; without it the newest of the case that stands. Its copy needs
    the right to it, and a bill is made out anew where it no longer says what is owed.
    """
    chosen = printer_named(counter, printer) if printer is not None else _printer_for(counter, document)
    _check_medium(chosen, document)
    return _enter(counter, actor, number, document, chosen.name, copy_reason, receipt)


def fits(printer: Printer, document: str) -> bool:
    """Whether a printer has the paper for a document."""
    return document in papers.ON_EITHER or (printer.dots > 0) == (document in SLIP_DOCUMENTS)


def _check_medium(printer: Printer, document: str) -> None:
    if not fits(printer, document):
        paper = "เครื่องพิมพ์สลิป" if document in SLIP_DOCUMENTS else "เครื่องพิมพ์ A4"
        raise Refused("printer_medium", f"“{printer.name}” พิมพ์เอกสารนี้ไม่ได้", f"เลือก{paper}", "printer")


def plan_file(
    counter: Counter, actor: Actor, number: str, document: str, *, copy_reason: str = "", receipt: int = 0
) -> PrintJob:
    """Enter a paper that goes into a file instead of to a printer; counted like any other, "sending" at once."""
    return _enter(counter, actor, number, document, TO_FILE, copy_reason, receipt)


def _enter(
    counter: Counter, actor: Actor, number: str, document: str, printer: str, copy_reason: str, receipt: int
) -> PrintJob:
    with counter.store.read() as connection:
        case = case_row(counter, connection, number, document)
    restricted_cases.look(counter, actor, case)
    restricted_cases.require(actor, case, rights.PRINT)
    with counter.store.write(actor.username) as work:
        if document in papers.NUMBERED:
            receiving.take(counter, work, case)
        receipt_row = receipt_printing.receipt_row(work, case, receipt) if document == papers.RECEIPT else None
        if document == papers.BILL:
            bills.write(work, counter, actor, case.number)
        copies = receipt_printing.copies(work, case.row, document, receipt_row)
        if receipt_row is not None:
            copies = receipt_printing.after_the_leaf(work, receipt_row, copies, copy_reason)
        if copies and receipt_row is not None:
            rights.require(actor, rights.REPRINT_RECEIPT)
        reason = clean_text(copy_reason, "copy_reason", label="เหตุผลที่พิมพ์ซ้ำ", max_length=200, required=copies > 0)
        job = work.print(case.row, document, printer, copies, reason if copies else "", receipt_row)
        if printer == TO_FILE:
            work.run("UPDATE print_job SET state = 'sending', attempts = 1 WHERE id = ?", (job,))
        elif not copies and office_copies.wanted(counter, document):
            work.print(case.row, document, printer, 1, OFFICE_COPY, receipt_row)
        work.audit("print_planned", case.number, f"{document} copy {copies}: {reason}" if copies else document)
        work.changed("print_job", case.number)
    return get_job(counter, job)


def case_row(counter: Counter, connection: Connection, number: str, document: str) -> Any:
    """The case a paper belongs to. Refused for an unknown number, or a document that its service does not have."""
    view_row = connection.exec_driver_sql(
        "SELECT row, id, number, service, service_version, status, restricted FROM cases WHERE number = ?", (number,)
    ).fetchone()
    if view_row is None:
        raise Refused("unknown_number", "ไม่พบเลขคำร้องนี้ในเครื่อง", "ตรวจเลขบนใบรับคำร้อง หรือค้นด้วยชื่อผู้ร้อง", "number")
    service = counter.definition(view_row.service, view_row.service_version)
    known = (*papers.documents_of(service), *letters.issued(connection, view_row.id))
    if service is not None and document not in known:
        documents = ", ".join(known)
        raise Refused("document", "บริการนี้ไม่มีเอกสารชนิดนี้", f"เอกสารของบริการนี้: {documents}", "document")
    if document == permits.DOCUMENT:
        permits.require_issued(view_row.status)
    return view_row


def papers_of(counter: Counter, number: str) -> tuple[str, ...]:
    """Codes of the papers that this case has: of its service, the officers' own, and the letters that went out."""
    with counter.store.read() as connection:
        case = by_number(connection, number, "c.id, c.service, c.service_version, c.status")
        service = counter.definition(case.service, case.service_version)
        known = (*papers.documents_of(service), *letters.issued(connection, case.id))
        return tuple(code for code in known if code != permits.DOCUMENT or case.status in permits.GRANTED)


def get_job(counter: Counter, job: int) -> PrintJob:
    """One job. Refused "unknown_job" where there is none."""
    with counter.store.read() as connection:
        known = min(job, LARGEST_ID)
        row = connection.exec_driver_sql(f"SELECT {COLUMNS} {FROM} WHERE j.id = ?", (known,)).fetchone()
    if row is None:
        raise Refused("unknown_job", "ไม่พบงานพิมพ์นี้", "ดูเลขงานพิมพ์ด้วยคำสั่ง jobs list", "job")
    return _job(row)


def list_jobs(counter: Counter, limit: int = 100, states: tuple[str, ...] = ()) -> list[PrintJob]:
    """The newest jobs, of these states only where any are named."""
    marks = ", ".join("?" for _ in states)
    where = f"WHERE j.state IN ({marks})" if states else ""
    with counter.store.read() as connection:
        rows = connection.exec_driver_sql(
            f"SELECT {COLUMNS} {FROM} {where} ORDER BY j.id DESC LIMIT ?", (*states, limit)
        ).fetchall()
    return [_job(row) for row in rows]


def claim(counter: Counter, printer: str) -> PrintJob | None:
    """The printer's next planned job, now "sending"; None when there is none."""
    with counter.store.write(SPOOLER) as work:
        found = work.run(CLAIM, (work.now_ms, printer)).fetchone()
        if found is not None:
            work.changed("print_job")
    return None if found is None else get_job(counter, found[0])


def view(counter: Counter, job: PrintJob) -> CaseView:
    """The case that the job prints, with what its paper shows beside it."""
    return papers.view(counter, job)


def sent(counter: Counter, job: PrintJob) -> None:
    """Every byte was taken by the printer."""
    _move(counter, job.by, job.id, ("sending",), "sent")


def failed(counter: Counter, job: PrintJob, error: CounterError) -> None:
    """The printer did not take it; it waits for `retry`. The clerk's words are kept with the job."""
    _move(counter, SPOOLER, job.id, ("sending",), "failed", error=f"{error.title} {error.hint}".strip())


def confirm(counter: Counter, actor: Actor, job: int) -> PrintJob:
    """A person saw it come out right."""
    return _move(counter, actor.username, job, ("sending", "sent", "failed"), "confirmed")


def spoiled(counter: Counter, actor: Actor, job: int, reason: str) -> PrintJob:
    """A person saw it come out wrong or not at all; the next print of this document takes its place.

    A receipt that a printer took is spoiled by who ordered it, or who may print receipts again.
    """
    known = get_job(counter, job)
    if known.document == papers.RECEIPT and known.state == "sent" and known.by != actor.username:
        rights.require(actor, rights.REPRINT_RECEIPT)
    text = clean_text(reason, "reason", label="เหตุผล", max_length=200)
    return _move(counter, actor.username, job, ("sending", "sent", "failed", "planned"), "spoiled", error=text)


def retry(counter: Counter, actor: Actor, job: int) -> PrintJob:
    """Send a failed job again, or one that a crash left in "sending" and that did not come out.

    The paper of a restricted case only for who may read it, or who ordered that paper.
    """
    ordered = get_job(counter, job)
    if ordered.by != actor.username:
        with counter.store.read() as connection:
            case = case_row(counter, connection, ordered.number, ordered.document)
        restricted_cases.look(counter, actor, case)
        restricted_cases.require(actor, case, rights.PRINT)
    if ordered.printer == TO_FILE:
        raise Refused("job_to_file", "งานพิมพ์ลงไฟล์ส่งซ้ำไม่ได้", "สั่ง jobs spoiled แล้วพิมพ์ลงไฟล์ใหม่", "job")
    return _move(counter, actor.username, job, ("failed", "sending"), "planned")


def move(counter: Counter, actor: Actor, job: int, printer: str) -> PrintJob:
    """Give a job that failed, or still waits, to another printer of its medium, which sends it at once."""
    waiting = get_job(counter, job)
    chosen = printer_named(counter, printer)
    _check_medium(chosen, waiting.document)
    if waiting.by != actor.username:
        with counter.store.read() as connection:
            case = case_row(counter, connection, waiting.number, waiting.document)
        restricted_cases.look(counter, actor, case)
        restricted_cases.require(actor, case, rights.PRINT)
    with counter.store.write(actor.username) as work:
        moved = work.run(
            "UPDATE print_job SET printer = ?, state = 'planned', error = '', changed_at = ?"
            " WHERE id = ? AND state IN ('failed', 'planned') AND printer != ? RETURNING id",
            (chosen.name, work.now_ms, waiting.id, TO_FILE),
        ).fetchone()
        if moved is None:
            state = work.run("SELECT state FROM print_job WHERE id = ?", (waiting.id,)).scalar_one()
            raise Refused(
                "job_state", f"งานพิมพ์นี้อยู่ในสถานะ {state} จึงย้ายไปเครื่องอื่นไม่ได้", "ย้ายได้เฉพาะงานที่รอหรือพิมพ์ไม่สำเร็จ", "job"
            )
        work.audit("print_moved", waiting.number, f"{waiting.document} job {job}: {waiting.printer} -> {chosen.name}")
        work.changed("print_job", waiting.number)
    return get_job(counter, job)


def printers_for(counter: Counter, job: PrintJob) -> list[str]:
    """The other printers that could take the job: the one set as its printer's fall-back first, then by name."""
    names = [one.name for one in counter.printers if one.name != job.printer and fits(one, job.document)]
    fallback = next((one.fallback for one in counter.printers if one.name == job.printer), "")
    return sorted(names, key=lambda name: name != fallback)


def release_interrupted(counter: Counter, printer: str) -> list[PrintJob]:
    """At start: a printer's jobs that a crash left in "sending" may or may not have come out. They become failed, so
    that a person says which; nothing is printed twice without that answer."""
    question = "โปรแกรมหยุดขณะพิมพ์ โปรดดูว่ากระดาษออกมาแล้วหรือไม่ แล้วเลือก ออกแล้ว หรือ พิมพ์ใหม่"
    with counter.store.write(SPOOLER) as work:
        rows = work.run(
            "UPDATE print_job SET state = 'failed', error = ?, changed_at = ? WHERE state = 'sending' AND printer = ?"
            " RETURNING id",
            (question, work.now_ms, printer),
        ).fetchall()
        if rows:
            work.changed("print_job")
    return [get_job(counter, row[0]) for row in rows]


def printer_named(counter: Counter, name: str) -> Printer:
    """The printer with this name. Refused "unknown_printer"."""
    for printer in counter.printers:
        if printer.name == name:
            return printer
    names = ", ".join(p.name for p in counter.printers) or "ยังไม่มีเครื่องพิมพ์"
    raise Refused("unknown_printer", "ไม่รู้จักเครื่องพิมพ์ชื่อนี้", f"เครื่องพิมพ์ที่มี: {names}", "printer")


def _printer_for(counter: Counter, document: str) -> Printer:
    kind = document.partition("-")[0]
    slip = document in SLIP_DOCUMENTS | papers.ON_EITHER
    if document in papers.MONEY:
        slip = receipt_printing.on_slips(counter)
    named = next((one for one in counter.printers if kind in one.documents and fits(one, document)), None)
    printer = named or counter.printer_for("slip" if slip else "a4")
    if printer is None and document in papers.ON_EITHER:
        printer = counter.printer_for("a4" if slip else "slip")
    if printer is None:
        raise Unavailable("no_printer", "ยังไม่ได้ตั้งเครื่องพิมพ์สำหรับเอกสารนี้", "เพิ่มเครื่องพิมพ์ด้วยคำสั่ง printers add หรือในหน้าตั้งค่า")
    return printer


def _move(counter: Counter, by: str, job: int, from_states: tuple[str, ...], to: str, error: str = "") -> PrintJob:
    with counter.store.write(by) as work:
        row = work.run(
            f"SELECT c.id, c.number, j.document, j.copy_number, j.state {FROM} WHERE j.id = ?",
            (min(job, LARGEST_ID),),
        ).fetchone()
        if row is not None and row.state in from_states:
            work.run(
                "UPDATE print_job SET state = ?, changed_at = ?, error = ? WHERE id = ?", (to, work.now_ms, error, job)
            )
            if to in FINISHED and row.state not in FINISHED:
                work.emit("document_printed", row.id, {"document": row.document, "copy": row.copy_number})
            work.audit(f"print_{to}", row.number, f"{row.document} job {job}")
            work.changed("print_job", row.number)
    current = get_job(counter, job)
    if row is not None and row.state not in from_states:
        raise Refused("job_state", f"งานพิมพ์นี้อยู่ในสถานะ {row.state} จึงทำขั้นตอนนี้ไม่ได้", "ดูสถานะล่าสุดของงานพิมพ์ก่อน", "job")
    return current


def _job(row: Any) -> PrintJob:
    return PrintJob(
        id=row.id,
        number=row.number,
        document=row.document,
        printer=row.printer,
        state=row.state,
        copy=CopyMark(row.copy_number, row.copy_reason),
        created_at=instant(row.created_at),
        by=row.by,
        attempts=row.attempts,
        error=row.error,
        receipt=row.receipt_row or 0,
    )
