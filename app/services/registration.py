"""Registering a case: validate everything first, then one short transaction with all that belongs to it."""

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from app.catalog import answers as answer_rules
from app.catalog.schema import Service
from app.domain import citizen_id, thai_date, working_days
from app.domain.errors import CounterError, Refused
from app.domain.ids import uuid7, uuid_text
from app.domain.request_number import format_number
from app.domain.text_rules import clean_text
from app.services import (
    assessments,
    attachments,
    case_documents,
    drafts,
    duplicates,
    filed_by,
    filings,
    knowing,
    office_copies,
    people,
    privacy,
    required_papers,
    rights,
    staged_files,
)
from app.services.applicants import UNSURE_NUMBERS, clean_address, clean_applicant
from app.services.counter import Counter
from app.services.model import Actor, Applicant, FiledBy, Knowing, NoticeShown, Place, RegisterCase
from app.services.person_rows import Described, any_case, describe, person_row
from app.store import numbers, search, tables
from app.store.canonical import canonical_json
from app.store.unit_of_work import UnitOfWork, insert_sql

MEDIUM = {"slip": "slip"}
"""Documents that come out of the thermal printer; every other one is A4."""

INSERT_CASE = insert_sql(tables.cases)
# begins with the digit, so that the search skips all other letters; what stands before it is looked at afterwards
_THIRTEEN = re.compile(r"[0-9๐-๙](?<![A-Za-z0-9๐-๙].)(?:[ -]?[0-9๐-๙]){12}(?![0-9๐-๙])")


@dataclass(frozen=True, slots=True)
class Registered:
    """What is known the moment a case is on the disk. missing_papers: labels of what the applicant still owes."""

    id: str
    number: str
    service: str
    status: str
    due_on: date | None
    total_satang: int | None
    missing_papers: tuple[str, ...] = ()


@dataclass(slots=True)
class Prepared:
    """A command that has passed every check, with all that follows from its answers."""

    service: Service
    applicant: Applicant
    answers: dict[str, Any]
    place: Place | None
    today: date
    due_on: date | None
    division: tuple[str, str]
    subject: str
    total_satang: int | None
    search_text: str
    """By what the case is found, besides its number."""
    knowing: Knowing
    notice: NoticeShown | None
    consents: tuple[privacy.Purpose, ...]
    restricted: bool
    files: tuple[attachments.Checked, ...]
    filed_by: FiledBy | None
    person: Described
    filed: filings.Filed | None = None
    papers: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    """Keys of the papers that were received, labels of those that are missing."""
    document: str = ""
    """The case's document, in JSON."""
    fingerprint: str = ""
    """SHA-256 of the document."""
    payload: str = ""
    """What the event tells besides the number: JSON without its first brace."""
    jobs: tuple[office_copies.Job, ...] = ()
    """The papers to be queued."""


def enter(counter: Counter, actor: Actor, command: RegisterCase, prepared: Prepared | None = None) -> Registered:
    """Register one case. Raises Refused naming the field and changes nothing; returned means on the disk.

    prepared: what `prepare` said of the command a moment ago.
    """
    prepared = prepared or prepare(counter, actor, command)
    stored: list[bytes] = []
    try:
        with counter.store.write(actor.username) as work:
            registered = write(work, counter, actor, command, prepared, stored)
    except BaseException:
        attachments.discard(counter, stored)
        raise
    if stored or command.staged:
        attachments.settle(counter, [*stored, *(bytes.fromhex(file.sha256) for file in command.staged)])
    return registered


def write(
    work: UnitOfWork,
    counter: Counter,
    actor: Actor,
    command: RegisterCase,
    prepared: Prepared | None = None,
    stored: list[bytes] | None = None,
) -> Registered:
    """Everything that belongs to one registration, inside a transaction that the caller commits. stored: see
    `attachments.enter`."""
    prepared = prepared or prepare(counter, actor, command)
    case_id = uuid7()
    run = numbers.take(work, counter.current.series, counter.stand_alone)
    number = format_number(counter.current.series, prepared.today, run)
    person = person_row(work, prepared.person, command.person)
    row = _insert(work, counter, prepared, (case_id, run, number, person))
    same_as = any_case(work, person, row) if command.person and not prepared.applicant.citizen_id else None
    work.emit(_kind(prepared.service), case_id, case_documents.numbered(prepared.payload, number, same_as))
    work.audit("case_registered", number, prepared.fingerprint)
    if prepared.filed is not None:
        filings.enter(work, (row, case_id, number), prepared.filed)
    if prepared.files:
        attachments.enter(counter, work, (row, case_id, number), prepared.files, [] if stored is None else stored)
    if command.staged:
        staged_files.enter(counter, work, (row, case_id, number), command.staged)
    if command.compared:
        duplicates.settle_compared(work, person, command.compared)
    if command.draft_page:
        drafts.remove(work, actor, command.draft_page)
    for purpose in prepared.consents:
        privacy.enter(work, (row, case_id, number), purpose, privacy.GIVEN)
    for job in prepared.jobs:
        work.print(row, *job)
    work.changed("case", number)
    status = prepared.service.first_status
    return Registered(
        uuid_text(case_id), number, prepared.service.code, status, prepared.due_on, prepared.total_satang,
        prepared.papers[1],
    )  # fmt: skip


def problem(counter: Counter, actor: Actor, command: RegisterCase) -> CounterError | None:
    """With what registering this would be refused now, or None; nothing is written."""
    try:
        prepare(counter, actor, command)
    except CounterError as error:
        return error
    return None


def prepare(counter: Counter, actor: Actor, command: RegisterCase) -> Prepared:
    """Check everything about a command and work out what follows; Refused names the field. Writes nothing."""
    service = counter.catalog.get(command.service)
    if service is None:
        raise Refused(
            "unknown_service", "ไม่รู้จักบริการนี้ หรือ อปท. ยังไม่เปิดใช้", "ดูรหัสบริการที่เปิดใช้ด้วยคำสั่ง services list", "service"
        )
    rights.require(actor, rights.CREATE, service.code, service.short_name)
    if command.channel not in case_documents.CHANNELS:
        raise Refused("channel", "ไม่รู้จักช่องทางการยื่นนี้", f"ใช้ค่าใดค่าหนึ่งใน {', '.join(case_documents.CHANNELS)}", "channel")
    _check_compared(actor, command)
    chosen = command.person and people.completed(counter, command.applicant, command.person)
    applicant = clean_applicant(chosen or command.applicant)
    if applicant.kind == "anonymous" and not service.anonymous:
        hint = "กรอกชื่อผู้ยื่น หรือรับเป็นคำร้องทั่วไปแทน"
        raise Refused("anonymous", f"{service.name}ต้องมีชื่อผู้ยื่น", hint, "applicant.kind")
    filer = filed_by.clean(command.filed_by)
    now = counter.clock.now()
    today = thai_date.local(now).date()
    rates = counter.current.document["rate"]
    values = answer_rules.validate(service, command.answers, on=today, rates=rates)
    days = answer_rules.working_days(service, values)
    due_on = None if days is None else _due_on(counter, now, days)
    subject = answer_rules.subject(service, values)
    total = answer_rules.assess(service, values, rates, today)
    filed = None
    if service.filing.rule != "none":
        filed = filings.prepare(counter, service, values, today)
        values, subject, due_on = filed.answers, filed.subject, filed.due_on
        total = assessments.total_of(filed)
    place = _clean_place(command.place)
    prepared = Prepared(
        service=service,
        applicant=applicant,
        answers=values,
        place=place,
        today=today,
        due_on=due_on,
        division=answer_rules.division(service, values, counter.office.kind),
        subject=subject,
        total_satang=total,
        search_text=case_text(
            applicant, subject, [*answer_rules.search_texts(service, values), *_beside(place, filer)]
        ),
        knowing=knowing.clean(command.knowing, actor, now),
        notice=privacy.clean_notice(command.notice, now),
        consents=privacy.check_purposes(command.consents) if command.consents else (),
        restricted=answer_rules.restricted(service, values),
        files=tuple(attachments.check(file) for file in command.attachments),
        filed_by=filer,
        filed=filed,
        person=describe(counter, applicant),
        papers=required_papers.check(counter.current.document, service, values, command.papers, filer, applicant),
    )
    prepared.document = canonical_json(case_documents.build(counter, actor, command.channel, prepared))
    prepared.fingerprint = hashlib.sha256(prepared.document.encode()).hexdigest()
    prepared.payload = case_documents.event_payload(prepared)
    prepared.jobs = _jobs(counter, command.print_documents)
    return prepared


def _check_compared(actor: Actor, command: RegisterCase) -> None:
    for one in command.compared:
        if one.decision not in duplicates.DECISIONS or one.decision == "undone":
            raise Refused("decision", "ไม่รู้จักคำตัดสินนี้", "ตัดสินเรื่องบุคคลซ้ำใหม่อีกครั้ง", "compared")
        if one.decision != "later" and not rights.may(actor, rights.MERGE_PEOPLE):
            why = f"ไม่มีสิทธิ์{rights.RIGHTS[rights.MERGE_PEOPLE]}"
            raise Refused("right_needed", why, "ให้ผู้ที่มีสิทธิ์ตัดสินเรื่องบุคคลซ้ำภายหลัง", "compared")


def _beside(place: Place | None, filer: FiledBy | None) -> list[str]:
    """What is searched besides the answers."""
    note = [place.note] if place and place.note else []
    return [*note, filer.name, filer.phone[-4:]] if filer else note


def _due_on(counter: Counter, now: datetime, days: int) -> date:
    office = counter.current
    start = working_days.counted_from(thai_date.local(now), office.closes, office.holidays)
    return working_days.add_working_days(start, days, office.holidays)


def _clean_place(place: Place | None) -> Place | None:
    if place is None:
        return None
    for key, value, most in (("latitude", place.latitude, 90.0), ("longitude", place.longitude, 180.0)):
        if value is not None and not -most <= value <= most:
            raise Refused("coordinates", "พิกัดสถานที่ไม่ถูกต้อง", f"ใส่ค่าระหว่าง -{most:g} ถึง {most:g}", f"place.{key}")
    note = clean_text(place.note, "place.note", label="สถานที่", max_length=500, required=False)
    cleaned = replace(place, address=clean_address(place.address, "place.address"), note=note)
    return None if cleaned == Place() else cleaned


def _kind(service: Service) -> str:
    return "petition_registered" if service.kind == "petition" else "filing_registered"


def _insert(work: UnitOfWork, counter: Counter, prepared: Prepared, key: tuple[bytes, int, str, int]) -> int:
    case_id, run, number, person = key
    applicant = prepared.applicant
    text = with_number(number, prepared.search_text)
    values = (
        None, case_id, counter.current.series, run, number, prepared.service.code, prepared.service.version,
        prepared.service.first_status, work.now_ms, prepared.due_on and prepared.due_on.isoformat(),
        prepared.division[0], person, applicant.full_name, prepared.subject, prepared.total_satang, counter.store_id,
        "", prepared.document, text, "", "", None, 1, int(prepared.restricted), "",
    )  # fmt: skip
    return int(work.execute(INSERT_CASE, values).lastrowid)


def case_text(applicant: Applicant, subject: str, parts: list[str]) -> str:
    """By what the case is found, besides its number: name, last four of the phone, subject, searchable answers."""
    texts = (subject, *parts)
    if _THIRTEEN.search("\n".join(texts)):
        texts = tuple(without_citizen_ids(text) for text in texts)
    return search.search_text(list(dict.fromkeys([applicant.full_name, applicant.phone[-4:], *texts])))


def with_number(number: str, text: str) -> str:
    """The whole text for the search of a case with this number."""
    return f"{search.fold(number)}\n{text}"


def without_citizen_ids(text: str) -> str:
    """The text for the search without citizen numbers that somebody wrote into it: only their hash finds them."""
    return _THIRTEEN.sub(_unless_number, text)


def _unless_number(found: re.Match[str]) -> str:
    digits = citizen_id.normalise(found.group())
    return "" if citizen_id.is_valid(digits) or digits[0] in UNSURE_NUMBERS else found.group()


def _jobs(counter: Counter, documents: tuple[str, ...]) -> tuple[office_copies.Job, ...]:
    """The papers for which there is a printer; the others are printed from the desk when there is one."""
    found: list[office_copies.Job] = []
    for document in documents:
        printer = counter.printer_for(MEDIUM.get(document, "a4"), document)
        if printer is not None:
            found += office_copies.jobs(counter, document, printer.name)
    return tuple(found)
