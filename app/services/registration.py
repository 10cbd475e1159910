"""Registering a case: validate everything first, then one short transaction with all that belongs to it."""

import hashlib
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from app.catalog import answers as answer_rules
from app.catalog.schema import Service
from app.domain import citizen_id, phone, thai_date, working_days
from app.domain.errors import Refused
from app.domain.ids import uuid7, uuid_text
from app.domain.request_number import format_number
from app.domain.text_rules import clean_text
from app.services import case_documents
from app.services.counter import Counter
from app.services.model import Actor, Address, Applicant, Place, RegisterCase
from app.store import numbers, search, tables
from app.store.canonical import canonical_json
from app.store.unit_of_work import UnitOfWork, insert_sql

ADDRESS_LABELS = {
    "house_no": "บ้านเลขที่", "moo": "หมู่ที่", "soi": "ซอย", "road": "ถนน", "subdistrict": "ตำบล",
    "district": "อำเภอ", "province": "จังหวัด", "postcode": "รหัสไปรษณีย์",
}  # fmt: skip
MEDIUM = {"slip": "slip"}
"""Documents that come out of the thermal printer; every other one is A4."""

INSERT_CASE = insert_sql(tables.cases)
INSERT_PERSON = insert_sql(tables.person)
FIND_PERSON = "SELECT row FROM person WHERE citizen_id_hash = ?"
UPDATE_PERSON = "UPDATE person SET document = ? WHERE row = ?"


@dataclass(frozen=True, slots=True)
class Registered:
    """What is known the moment a case is on the disk."""

    id: str
    number: str
    service: str
    status: str
    due_on: date | None
    total_satang: int | None


@dataclass(frozen=True, slots=True)
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
    search_parts: list[str]


def enter(counter: Counter, actor: Actor, command: RegisterCase) -> Registered:
    """Register one case. Raises Refused naming the field and changes nothing; returned means on the disk."""
    prepared = _prepare(counter, command)
    with counter.store.write(actor.username) as work:
        return write(work, counter, actor, command, prepared)


def write(
    work: UnitOfWork, counter: Counter, actor: Actor, command: RegisterCase, prepared: Prepared | None = None
) -> Registered:
    """Everything that belongs to one registration, inside a transaction that the caller commits."""
    prepared = prepared or _prepare(counter, command)
    case_id = uuid7()
    run = numbers.take(work, counter.current.series, counter.stand_alone)
    number = format_number(counter.current.series, prepared.today, run)
    person = person_row(work, counter, prepared.applicant)
    document = canonical_json(case_documents.build(counter, actor, command.channel, prepared))
    row = _insert(work, counter, prepared, (case_id, run, number, person), document)
    work.emit(_kind(prepared.service), case_id, case_documents.event_payload(number, prepared, document))
    work.audit("case_registered", number, hashlib.sha256(document.encode()).hexdigest())
    _queue(work, counter, row, command.print_documents)
    work.changed("case", number)
    status = prepared.service.first_status
    return Registered(uuid_text(case_id), number, prepared.service.code, status, prepared.due_on, prepared.total_satang)


def _prepare(counter: Counter, command: RegisterCase) -> Prepared:
    service = counter.catalog.get(command.service)
    if service is None:
        raise Refused(
            "unknown_service", "ไม่รู้จักบริการนี้ หรือ อปท. ยังไม่เปิดใช้", "ดูรหัสบริการที่เปิดใช้ด้วยคำสั่ง services list", "service"
        )
    if command.channel not in case_documents.CHANNELS:
        raise Refused("channel", "ไม่รู้จักช่องทางการยื่นนี้", f"ใช้ค่าใดค่าหนึ่งใน {', '.join(case_documents.CHANNELS)}", "channel")
    applicant = clean_applicant(command.applicant)
    today = thai_date.local(counter.clock.now()).date()
    rates = counter.current.document["rate"]
    values = answer_rules.validate(service, command.answers, on=today, rates=rates)
    days = answer_rules.working_days(service, values)
    subject = answer_rules.subject(service, values)
    place = _clean_place(command.place)
    return Prepared(
        service=service,
        applicant=applicant,
        answers=values,
        place=place,
        today=today,
        due_on=None if days is None else working_days.add_working_days(today, days, counter.current.holidays),
        division=answer_rules.division(service, values, counter.office.kind),
        subject=subject,
        total_satang=answer_rules.assess(service, values, rates, today),
        search_parts=[*answer_rules.search_texts(service, values), *([place.note] if place and place.note else [])],
    )


def clean_applicant(applicant: Applicant) -> Applicant:
    """The applicant normalised; Refused with field "applicant.…" where a part is wrong."""

    def text(value: str, key: str, label: str, most: int = 100, required: bool = True) -> str:
        return clean_text(value, f"applicant.{key}", label=label, max_length=most, required=required)

    number = applicant.citizen_id.strip()
    telephone = applicant.phone.strip()
    return Applicant(
        title=text(applicant.title, "title", "คำนำหน้า", 50),
        first_name=text(applicant.first_name, "first_name", "ชื่อ"),
        last_name=text(applicant.last_name, "last_name", "นามสกุล"),
        citizen_id=citizen_id.check(number) if number else "",
        phone=phone.normalise(telephone) if telephone else "",
        email=_email(applicant.email),
        address=clean_address(applicant.address, "applicant.address"),
    )


def clean_address(address: Address, at: str) -> Address:
    """The address normalised; Refused with field "<at>.<part>" where a part is wrong."""
    if address == Address():
        return address
    parts = {
        key: clean_text(part, f"{at}.{key}", label=label, max_length=100, required=False)
        for key, label in ADDRESS_LABELS.items()
        if (part := getattr(address, key))
    }
    code = thai_date.to_arabic_digits(parts.get("postcode", ""))
    if code and not (len(code) == 5 and code.isascii() and code.isdigit()):
        raise Refused("postcode", "รหัสไปรษณีย์ต้องเป็นตัวเลข 5 หลัก", "แก้รหัสไปรษณีย์ หรือเว้นว่างไว้", f"{at}.postcode")
    return Address(**{**parts, "postcode": code})


def _email(value: str) -> str:
    email = clean_text(value, "applicant.email", label="อีเมล", max_length=254, required=False)
    name, at, domain = email.partition("@")
    if email and not (name and at and "." in domain and " " not in email and email.isascii()):
        raise Refused("email", "อีเมลไม่ถูกต้อง", "พิมพ์ในรูป ชื่อ@โดเมน หรือเว้นว่างไว้", "applicant.email")
    return email


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


def person_row(work: UnitOfWork, counter: Counter, applicant: Applicant) -> int:
    """The person's row: the same citizen number is the same person, whose newest contact data are kept."""
    document = canonical_json(case_documents.applicant_document(applicant))
    if not applicant.citizen_id:
        return int(work.execute(INSERT_PERSON, (None, uuid7(), None, document)).lastrowid)
    hashed = citizen_hash(counter, applicant.citizen_id)
    found = work.execute(FIND_PERSON, (hashed,)).fetchone()
    if found is None:
        return int(work.execute(INSERT_PERSON, (None, uuid7(), hashed, document)).lastrowid)
    work.execute(UPDATE_PERSON, (document, found[0]))
    return int(found[0])


def citizen_hash(counter: Counter, number: str) -> bytes:
    """The keyed hash by which a citizen number is found; 16 bytes are unique enough for a country."""
    return hashlib.blake2b(number.encode(), key=counter.citizen_key, digest_size=16).digest()


def _insert(
    work: UnitOfWork, counter: Counter, prepared: Prepared, key: tuple[bytes, int, str, int], document: str
) -> int:
    case_id, run, number, person = key
    applicant = prepared.applicant
    text = case_text(number, applicant, prepared.subject, prepared.search_parts)
    values = (
        None, case_id, counter.current.series, run, number, prepared.service.code, prepared.service.version,
        prepared.service.first_status, work.now_ms, prepared.due_on and prepared.due_on.isoformat(),
        prepared.division[0], person, applicant.full_name, prepared.subject, prepared.total_satang, counter.store_id,
        "", document, text,
    )  # fmt: skip
    return int(work.execute(INSERT_CASE, values).lastrowid)


def case_text(number: str, applicant: Applicant, subject: str, parts: list[str]) -> str:
    """By what the case is found: number, name, last four of the phone, subject and the searchable answers."""
    return search.search_text(list(dict.fromkeys([number, applicant.full_name, applicant.phone[-4:], subject, *parts])))


def _queue(work: UnitOfWork, counter: Counter, row: int, documents: tuple[str, ...]) -> None:
    """Queue the papers for which there is a printer; the others are printed from the desk when there is one."""
    for document in documents:
        printer = counter.printer_for(MEDIUM.get(document, "a4"))
        if printer is not None:
            work.print(row, document, printer.name)
