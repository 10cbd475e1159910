"""print, jobs, scan."""

from argparse import Namespace
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app import bootstrap
from app.cli.context import acting_person, open_counter
from app.cli.output import print_json, report, say
from app.domain import receipt_numbers
from app.domain.errors import CounterError, Refused, Unavailable
from app.intake import codes
from app.services import cases, print_jobs, receipt_rows
from app.services.counter import Counter
from app.services.model import Actor, PrintJob
from printing import press
from printing.layout import Medium

FORMATS = (".pdf", ".png", ".bin")


def print_document(arguments: Namespace) -> int:
    """Print one document, to a printer or into a file; a second print is a counted copy."""
    if arguments.out is not None and arguments.out.suffix.lower() not in FORMATS:
        raise Refused("file_kind", "ไม่รู้จักชนิดไฟล์นี้", f"ใช้นามสกุล {', '.join(FORMATS)}", "out")
    with open_counter(arguments) as counter:
        actor = acting_person(arguments, counter)
        number, receipt = _receipt_of(counter, arguments.number)
        view = cases.get(counter, number, actor)
        if arguments.out is not None:
            job = print_jobs.plan_file(
                counter, actor, view.number, arguments.document, copy_reason=arguments.copy_reason, receipt=receipt
            )
            pages = _into_file(counter, actor, job, arguments.out)
        else:
            job = print_jobs.plan(
                counter, actor, view.number, arguments.document, printer=arguments.printer,
                copy_reason=arguments.copy_reason, receipt=receipt,
            )  # fmt: skip
            pages = _on_printer(counter, job)
    answer = {"job": job.id, "copies": job.copy.number, "pages": pages}
    if arguments.json:
        print_json(answer)
    else:
        print(f"พิมพ์ {job.document} ของ {job.number} แล้ว {pages} หน้า (งาน {job.id})")
    return 0


def _receipt_of(counter: Counter, number: str) -> tuple[str, int]:
    """(the case's number, row of the receipt): a receipt may be named by its own number, "12/38"."""
    if "/" not in number:
        return number, 0
    with counter.store.read() as connection:
        found = receipt_rows.get(connection, receipt_numbers.parse(number))
    return found.number, found.row


def _on_printer(counter: Counter, job: PrintJob) -> int:
    bootstrap.print_waiting(counter)
    done = print_jobs.get_job(counter, job.id)
    if done.state != "sent":
        raise Unavailable("print_failed", done.error or "เครื่องพิมพ์ไม่ได้รับงานนี้", f"แก้ไขแล้วสั่ง jobs retry {job.id}")
    medium: Medium = "slip" if print_jobs.printer_named(counter, done.printer).dots else "a4"
    return press.page_count(print_jobs.view(counter, job), job.document, job.copy, medium)


def _into_file(counter: Counter, actor: Actor, job: PrintJob, target: Path) -> int:
    """Write the paper into one file: PDF of either medium's A4, picture, or the bytes a thermal printer gets."""
    try:
        pages = bootstrap.print_to_file(job, print_jobs.view(counter, job), target)
    except CounterError as error:
        # nothing came out: the next print of this document takes its place
        print_jobs.spoiled(counter, actor, job.id, f"{error.title} {error.hint}")
        raise
    print_jobs.sent(counter, job)
    return pages


def jobs_list(arguments: Namespace) -> int:
    """The newest jobs of the print ledger."""
    with open_counter(arguments) as counter:
        jobs = print_jobs.list_jobs(counter, getattr(arguments, "limit", 100))
    if arguments.json:
        print_json([_job_json(job) for job in jobs])
        return 0
    for job in jobs:
        copy = f" สำเนา {job.copy.number}" if job.copy.number else ""
        print(f"{job.id}  {job.state:<9}  {job.number}  {job.document}{copy}  {job.printer}  {job.error}")
    if not jobs:
        say("ยังไม่มีงานพิมพ์")
    return 0


def _job_json(job: PrintJob) -> dict[str, Any]:
    whole = asdict(job)
    copy = whole.pop("copy")
    return {**whole, "copies": copy["number"], "copy_reason": copy["reason"]}


def jobs_confirm(arguments: Namespace) -> int:
    """It came out right."""
    return _act(arguments, lambda counter, actor: print_jobs.confirm(counter, actor, arguments.job))


def jobs_spoiled(arguments: Namespace) -> int:
    """It came out wrong, or not at all."""
    return _act(arguments, lambda counter, actor: print_jobs.spoiled(counter, actor, arguments.job, arguments.reason))


def jobs_retry(arguments: Namespace) -> int:
    """Send it again."""

    def retry(counter: Counter, actor: Actor) -> PrintJob:
        print_jobs.retry(counter, actor, arguments.job)
        bootstrap.print_waiting(counter)
        return print_jobs.get_job(counter, arguments.job)

    return _act(arguments, retry)


def jobs_move(arguments: Namespace) -> int:
    """Give it to another printer."""

    def move(counter: Counter, actor: Actor) -> PrintJob:
        print_jobs.move(counter, actor, arguments.job, arguments.printer)
        bootstrap.print_waiting(counter)
        return print_jobs.get_job(counter, arguments.job)

    return _act(arguments, move)


def _act(arguments: Namespace, act: Any) -> int:
    with open_counter(arguments) as counter:
        job: PrintJob = act(counter, acting_person(arguments, counter))
    if arguments.json:
        print_json(_job_json(job))
    else:
        print(f"งานพิมพ์ {job.id}: {job.state} {job.error}".rstrip())
    return Unavailable.exit_code if job.state == "failed" else 0


def scan(arguments: Namespace) -> int:
    """Decode and classify every code in pictures, one JSON document a line."""
    code = 0
    for image in arguments.images:
        try:
            found = codes.decode_image(image)
            if not found:
                raise Refused("no_code", f"ไม่พบบาร์โค้ดหรือ QR ในภาพ {image.name}", "ถ่ายใหม่ให้ชัด ตรง และสว่าง", "file")
        except CounterError as error:
            report(error, arguments)
            code = error.exit_code
            continue
        for decoded in found:
            read = codes.classify(decoded.text)
            row = {"file": image, "format": decoded.format, **asdict(read)}
            if arguments.json:
                print_json(row)
            else:
                print(f"{image.name}: {decoded.format} {read.kind} {read.value} {read.note}".rstrip())
    return code
