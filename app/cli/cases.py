"""register, show, find, events."""

import io
import os
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from app import bootstrap
from app.cli.context import acting_person, open_counter
from app.cli.home import PASSWORD
from app.cli.output import print_json, report, say
from app.domain import thai_date
from app.domain.errors import Refused, Unavailable
from app.services import (
    audit,
    cases,
    filed_by,
    knowing,
    people,
    print_jobs,
    registration_json,
    registration_lines,
    search_index,
)
from app.services.counter import Counter
from app.services.model import Actor, CaseView
from app.services.registration import Registered

PROGRESS_EVERY = 500
MOST_FOUND = 100_000


def register(arguments: Namespace) -> int:
    """Register one case, or one a line; each answer on stdout is already on the disk."""
    documents = () if arguments.no_print else ("slip",)
    with _input(arguments.file) as stream, open_counter(arguments) as counter:
        actor = acting_person(arguments, counter)
        if arguments.lines:
            code = _register_lines(arguments, counter, actor, stream, documents)
        else:
            text = stream.read(registration_json.LONGEST + 1)
            _answer(arguments, _enter(arguments, counter, actor, text, documents))
            code = 0
        _afterwards(counter, printing=not arguments.no_print)
    return code


def _afterwards(counter: Counter, printing: bool) -> None:
    """Print what was queued and index: what fails here is told, but what was answered stays registered and true."""
    try:
        if printing:
            _print_waiting(counter)
            if counter.printer_for("slip") is None:
                say("ยังไม่ได้ตั้งเครื่องพิมพ์ บันทึกแล้วแต่ไม่ได้พิมพ์ใบรับ")
        search_index.catch_up(counter)
    except Unavailable as error:
        say(f"รายการที่แจ้งเลขแล้วบันทึกครบ แต่งานต่อจากนั้นยังไม่เสร็จ: {error.title}")


def _enter(arguments: Namespace, counter: Counter, actor: Actor, text: bytes, documents: tuple[str, ...]) -> Registered:
    """Register one JSON text; a field at fault is named as that text names it."""
    try:
        return cases.enter(counter, actor, registration_json.parse(arguments.service, text, documents))
    except Refused as error:
        raise _named_as_written(error) from None


def _named_as_written(error: Refused) -> Refused:
    error.field = registration_json.FIELDS.get(error.field or "", error.field)
    return error


def _register_lines(
    arguments: Namespace, counter: Counter, actor: Actor, stream: io.BufferedIOBase, documents: tuple[str, ...]
) -> int:
    refused = done = 0
    for number, outcome in _outcomes(arguments, counter, actor, stream, documents):
        if isinstance(outcome, Refused):
            if outcome.code in ("numbers_used_up", "series_full", "unknown_service"):
                raise outcome
            refused += 1
            outcome.title = f"บรรทัดที่ {number:,}: {outcome.title}"
            report(_named_as_written(outcome), arguments)
            continue
        _answer(arguments, outcome)
        done += 1
        if done % PROGRESS_EVERY == 0:
            say(f"บันทึกแล้ว {done:,} รายการ")
        with suppress(Unavailable):
            search_index.catch_up_when_long(counter)
    say(f"บันทึกแล้ว {done:,} รายการ ไม่รับ {refused:,} รายการ")
    return Refused.exit_code if refused else 0


def _outcomes(
    arguments: Namespace, counter: Counter, actor: Actor, stream: io.BufferedIOBase, documents: tuple[str, ...]
) -> Iterator[tuple[int, Registered | Refused]]:
    """What became of each line, beside its number in the file; empty lines are passed over."""
    before = 0
    for lines in registration_lines.arrived(stream):
        numbers = [before + place for place, line in enumerate(lines, start=1) if line.strip()]
        texts = [lines[number - before - 1] for number in numbers]
        before += len(lines)
        yield from zip(
            numbers, registration_lines.enter_each(counter, actor, arguments.service, texts, documents), strict=True
        )


def _answer(arguments: Namespace, registered: Registered) -> None:
    if arguments.json:
        told = asdict(registered)
        print_json(told if registered.missing_papers else {k: v for k, v in told.items() if k != "missing_papers"})
    else:
        print(registered.number, flush=True)
    if registered.missing_papers:
        say(f"รับเรื่องแล้ว แต่ยังขาดเอกสาร: {', '.join(registered.missing_papers)}")


@contextmanager
def _input(name: str) -> Iterator[io.BufferedIOBase]:
    if name == "-":
        stdin = sys.stdin.buffer
        assert isinstance(stdin, io.BufferedIOBase)
        yield stdin
        return
    with ExitStack() as stack:
        try:
            file = stack.enter_context(Path(name).open("rb"))
        except OSError:
            raise Refused("input_file", f"อ่านไฟล์ {Path(name).name} ไม่ได้", "ตรวจชื่อและที่อยู่ของไฟล์", "file") from None
        yield file


def _print_waiting(counter: Counter) -> None:
    """Print what this command queued; a printer that fails is told, the case stays registered."""
    bootstrap.print_waiting(counter)
    for job in print_jobs.list_jobs(counter, 20, ("failed",)):
        say(f"งานพิมพ์ {job.id} ({job.printer}): {job.error}")


def show(arguments: Namespace) -> int:
    """One case, whole; the citizen's number and phone are masked."""
    with open_counter(arguments) as counter:
        actor = reader(arguments, counter)
        view = cases.get(counter, arguments.number, actor)
        if actor is not None:
            audit.viewed(counter, actor, view)
    if arguments.json:
        print_json(case_json(view))
        return 0
    for label, text in (
        ("เลขที่", view.number),
        ("บริการ", view.type_text),
        ("สถานะ", view.status_text),
        ("ผู้ร้อง", view.applicant.full_name),
        *((("ยื่นแทนโดย", filed_by.text(view.filed_by)),) if view.filed_by else ()),
        ("การตรวจตัวบุคคล", knowing.text(view.knowing)),
        ("หน่วยงาน", " · ".join(part for part in (view.division_name, view.agency, view.assignee) if part)),
        *((line.label, line.text) for line in view.lines),
        ("รับเมื่อ", thai_date.short(thai_date.local(view.registered_at).date())),
    ):
        print(f"{label}: {text}")
    return 0


def reader(arguments: Namespace, counter: Counter) -> Actor | None:
    """Who reads: the person of --as with a password, for restricted cases; else nobody in particular."""
    return acting_person(arguments, counter) if arguments.person and PASSWORD in os.environ else None


def case_json(view: CaseView) -> dict[str, Any]:
    """The JSON form of a case: the input's keys, the numbers masked."""
    applicant = asdict(view.applicant)
    del applicant["citizen_id"], applicant["representative_id"]
    applicant["cid"] = people.masked(view.applicant, "citizen_id")
    applicant["representative_cid"] = people.masked(view.applicant, "representative_id")
    applicant["phone"] = people.masked(view.applicant, "phone")
    applicant["passport"] = people.masked(view.applicant, "passport")
    whole = asdict(replace(view, definition=None, paperwork=None))
    del whole["lines"], whole["office"], whole["paperwork"], whole["definition"]
    return {
        **whole,
        "applicant": {**applicant, "full_name": view.applicant.full_name},
        "filed_by": view.filed_by and filed_by.shown(view.filed_by),
        "knowing": {**asdict(view.knowing), "text": knowing.text(view.knowing)},
        "office": view.office.name,
        "qr_text": view.qr_text,
    }


def find(arguments: Namespace) -> int:
    """Search the whole register, newest first."""
    with open_counter(arguments) as counter:
        limit = min(max(1, arguments.limit), MOST_FOUND)
        found = cases.find(counter, arguments.text, limit, reader(arguments, counter))
    if arguments.json:
        keys = ("number", "name", "service", "status", "registered_at", "subject")
        print_json([{key: getattr(row, key) for key in keys} for row in found])
        return 0
    for row in found:
        day = thai_date.short(thai_date.local(row.registered_at).date())
        print(f"{row.number}  {day}  {row.name}  {row.subject}  [{row.status_text}]")
    if not found:
        say("ไม่พบรายการ ลองค้นด้วยบางส่วนของชื่อ เลขคำร้อง หรือเบอร์โทรศัพท์ 4 ตัวท้าย")
    return 0


def events(arguments: Namespace) -> int:
    """The timeline of a case, oldest first, one JSON document a line."""
    with open_counter(arguments) as counter:
        timeline = cases.events(counter, arguments.number, reader(arguments, counter))
    for entry in timeline:
        if arguments.json:
            detail = {key: value for key, value in entry.detail.items() if key != "document"}
            print_json({**asdict(entry), "detail": detail})
        else:
            local = thai_date.local(entry.at)
            print(f"{thai_date.short(local.date())} {thai_date.time_text(local)}  {entry.text}  ({entry.by})")
    return 0
