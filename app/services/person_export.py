"""Everything that the register holds of one person, for that person (PDPA, sections 30 and 31)."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from app.domain import thai_date
from app.services import attachments, case_documents, corrections, privacy, rights, timeline
from app.services.case_rows import by_number, service_kind
from app.services.counter import Counter
from app.services.model import Actor, Applicant
from app.services.person_rows import BY_ROW

CASES = f"SELECT {case_documents.VIEW_COLUMNS} FROM cases c WHERE c.person = ({BY_ROW}) ORDER BY c.row"


@dataclass(frozen=True, slots=True)
class CaseData:
    """One case as it stands. said: what the person said, label and text; files: names; happened: the timeline."""

    number: str
    service: str
    registered_at: datetime
    status: str
    said: tuple[tuple[str, str], ...]
    files: tuple[str, ...]
    happened: tuple[tuple[datetime, str], ...]


@dataclass(frozen=True, slots=True)
class PersonData:
    """One person. person: label and text; consents: purpose and what was decided; withheld: cases that the one who
    asks may not read."""

    office: str
    as_of: date
    person: tuple[tuple[str, str], ...]
    cases: tuple[CaseData, ...]
    consents: tuple[tuple[str, str], ...]
    withheld: int

    @property
    def text(self) -> str:
        """As JSON, which other programs read."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, default=lambda value: value.isoformat())


def of_case(counter: Counter, actor: Actor, number: str) -> PersonData:
    """All that is held of the applicant of a case, whole numbers too; recorded. Refused without the right, or for an
    unknown number."""
    rights.require(actor, rights.KEEP_PRIVACY)
    with counter.store.read() as connection:
        first = by_number(connection, number, "c.person, c.number")
        rows = connection.exec_driver_sql(CASES, (first.person,)).fetchall()
    readable = [row for row in rows if not row.restricted or rights.may(actor, rights.VIEW_RESTRICTED)]
    newest = case_documents.view(counter, readable[-1]) if readable else None
    found = PersonData(
        counter.office.name,
        thai_date.local(counter.clock.now()).date(),
        _person(newest.applicant) if newest else (),
        tuple(_case(counter, actor, row) for row in readable),
        tuple((one.purpose.title, _decision(one)) for one in privacy.consents(counter, first.person) if one.decision),
        len(rows) - len(readable),
    )
    with counter.store.write(actor.username) as work:
        work.audit("person_exported", first.number, f"{len(found.cases)} cases")
    return found


def _case(counter: Counter, actor: Actor, row: Any) -> CaseData:
    view = case_documents.view(counter, row)
    said = [("เรื่อง", view.subject), *((line.label, line.text) for line in view.lines)]
    if view.place is not None and view.place.note:
        said.append(("สถานที่", view.place.note))
    corrected = [(one.label, one.value) for one in corrections.listing(counter, view.number, actor)]
    with counter.store.read() as connection:
        case = by_number(connection, view.number, "c.id, c.service, c.service_version")
        events = timeline.of_record(counter, connection, case.id, service_kind(counter, case))
    return CaseData(
        view.number,
        view.service_name,
        view.registered_at,
        view.status_text,
        tuple(said + corrected),
        tuple(file.name for file in attachments.listing(counter, view.number, actor)),
        tuple((event.at, event.text) for event in events),
    )


def _person(applicant: Applicant) -> tuple[tuple[str, str], ...]:
    parts: Mapping[str, str] = {
        "ชื่อ": applicant.full_name,
        "หน่วยงานหรือนิติบุคคล": applicant.organisation,
        "เลขประจำตัวประชาชน": applicant.citizen_id,
        "หนังสือเดินทาง": applicant.passport,
        "โทรศัพท์": applicant.phone,
        "อีเมล": applicant.email,
        "ที่อยู่": " ".join(case_documents.address_document(applicant.address).values()),
    }
    return tuple((label, text) for label, text in parts.items() if text)


def _decision(consent: privacy.Consent) -> str:
    words = "ให้ความยินยอม" if consent.decision == privacy.GIVEN else "ถอนความยินยอม"
    on = thai_date.short(thai_date.local(consent.at).date()) if consent.at else ""
    return f"{words} {on} (ฉบับ {consent.text_version})"
