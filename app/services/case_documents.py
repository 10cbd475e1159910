"""The document of a case: the JSON that is stored, sent and, years later, printed again exactly."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from app.catalog import answers as answer_rules
from app.catalog.schema import Service
from app.domain import petition_states
from app.domain.ids import uuid_text
from app.services import filed_by, knowing
from app.services.counter import Counter
from app.services.model import Actor, Address, Applicant, CaseView, Line, NoticeShown, Place
from app.store.canonical import canonical_json, json_fragment

if TYPE_CHECKING:
    from app.services.registration import Prepared

Document = dict[str, Any]

CHANNELS = {"counter": "เคาน์เตอร์", "phone": "โทรศัพท์", "letter": "หนังสือ", "line": "LINE", "online": "ออนไลน์"}

VIEW_COLUMNS = (
    "c.id, c.number, c.service, c.service_version, c.status, c.registered_at, c.due_on, c.division, c.subject,"
    " c.total_satang, c.external_number, c.document, c.agency, c.assignee, c.stopped_on, c.restricted"
)


def applicant_document(applicant: Applicant) -> Document:
    """The applicant without empty parts."""
    parts = {
        "title": applicant.title,
        "first_name": applicant.first_name,
        "last_name": applicant.last_name,
        "citizen_id": applicant.citizen_id,
        "phone": applicant.phone,
        "email": applicant.email,
        "address": address_document(applicant.address),
        "kind": "" if applicant.kind == "thai" else applicant.kind,
        "organisation": applicant.organisation,
        "representative_id": applicant.representative_id,
        "power_of_attorney": applicant.power_of_attorney,
        "passport": applicant.passport,
        "number_confirmed": applicant.number_confirmed,
    }
    return {key: value for key, value in parts.items() if value}


def address_document(address: Address) -> dict[str, str]:
    """The address without empty parts."""
    return {key: getattr(address, key) for key in Address.__slots__ if getattr(address, key)}


def place_document(place: Place) -> Document:
    """The place without empty parts."""
    parts = {
        "address": address_document(place.address) or None,
        "latitude": place.latitude,
        "longitude": place.longitude,
        "note": place.note or None,
    }
    return {key: value for key, value in parts.items() if value is not None}


def build(counter: Counter, actor: Actor, channel: str, prepared: "Prepared") -> Document:
    """The case as registered: with the names of that day, so that a later change of office or staff alters no paper."""
    document: Document = {
        "applicant": json_fragment(prepared.person.document),
        "answers": prepared.answers,
        "channel": channel,
        "officer": actor.full_name,
        "counter": counter.counter_name,
        "division": prepared.division[1],
        "office": counter.current.revision,
    }
    if actor.position:
        document["position"] = actor.position
    if prepared.place is not None:
        document["place"] = place_document(prepared.place)
    if prepared.filed_by is not None:
        document["filed_by"] = filed_by.document(prepared.filed_by)
    if prepared.knowing != knowing.UNKNOWN:
        document["knowing"] = knowing.document(prepared.knowing)
    if prepared.notice is not None:
        document["notice"] = notice_document(prepared.notice)
    received, missing = prepared.papers
    if received:
        document["papers"] = list(received)
    if missing:
        document["papers_missing"] = list(missing)
    if prepared.filed is not None:
        document["filing"] = prepared.filed.document
    return document


def event_payload(prepared: "Prepared") -> str:
    """What the server and the office's other counters need to hold the same case: JSON that `numbered` completes."""
    payload: Document = {
        "service": prepared.service.code,
        "version": prepared.service.version,
        "status": prepared.service.first_status,
        "division": prepared.division[0],
        "subject": prepared.subject,
    }
    if prepared.due_on is not None:
        payload["due_on"] = prepared.due_on.isoformat()
    if prepared.total_satang is not None:
        payload["total_satang"] = prepared.total_satang
    if prepared.restricted:
        payload["restricted"] = True
    return f'{canonical_json(payload)[1:-1]},"document":{prepared.document}}}'


def numbered(payload: str, number: str, same_as: bytes | None = None) -> str:
    """The JSON of `event_payload` with the case's number.

    same_as: an earlier case of the same person, where the clerk chose the person and no number tells.
    """
    known = f'"same_as":"{same_as.hex()}",' if same_as is not None else ""
    return f'{{"number":"{number}",{known}{payload}'


def applicant_from(document: Mapping[str, Any]) -> Applicant:
    """The applicant of a stored document; a part that a newer program added is passed over."""
    parts = {key: value for key, value in document.items() if key in Applicant.__slots__}
    names = {"title": "", "first_name": "", "last_name": ""}
    return Applicant(**{**names, **parts, "address": Address(**document.get("address", {}))})


def place_from(document: Mapping[str, Any] | None) -> Place | None:
    """The place of a stored document."""
    return None if document is None else Place(**{**document, "address": Address(**document.get("address", {}))})


def notice_document(shown: NoticeShown) -> dict[str, str]:
    """The stored form of the marker."""
    at = shown.shown_at
    parts = {"version": shown.version, "language": shown.language, "how": shown.how}
    return parts if at is None else {**parts, "shown_at": at.isoformat(timespec="seconds")}


def notice_from(stored: Mapping[str, Any] | None) -> NoticeShown | None:
    """The marker of a stored case."""
    if not stored:
        return None
    at = stored.get("shown_at")
    return NoticeShown(stored["version"], stored["language"], stored["how"], datetime.fromisoformat(at) if at else None)


def track_code(slip_key: bytes, number: str) -> str:
    """The short signature that proves a slip genuine: 6 characters of Crockford base 32 of HMAC-SHA256."""
    bits = int.from_bytes(hmac.digest(slip_key, number.encode(), hashlib.sha256)[:4], "big") >> 2
    return "".join("0123456789ABCDEFGHJKMNPQRSTVWXYZ"[(bits >> shift) & 31] for shift in range(25, -1, -5))


def instant(milliseconds: int) -> datetime:
    """Stored milliseconds -> aware UTC datetime."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def state_text(service: Service | None, state: str) -> str:
    """The citizen's word for a state of a case of this service."""
    return petition_states.text(state, service.kind if service else "petition")


def view(counter: Counter, row: Any) -> CaseView:
    """The whole case from a row of VIEW_COLUMNS."""
    document: Document = json.loads(row.document)
    service = counter.definition_at(row.service, row.service_version, document["office"])
    answers: Document = document["answers"]
    office = counter.office_revision(document["office"])
    name = _division_name(service, row.division, document, office.view.kind)
    if name == row.division:
        name = counter.divisions.get(name, name)
    return CaseView(
        id=uuid_text(row.id),
        number=row.number,
        service=row.service,
        service_version=row.service_version,
        service_name=service.name if service else row.service,
        status=row.status,
        status_text=state_text(service, row.status),
        registered_at=instant(row.registered_at),
        due_on=date.fromisoformat(row.due_on) if row.due_on else None,
        division=row.division,
        division_name=name,
        subject=row.subject,
        type_text=answer_rules.type_text(service, answers) if service else row.service,
        applicant=applicant_from(document["applicant"]),
        channel=document["channel"],
        channel_text=CHANNELS.get(document["channel"], str(document["channel"])),
        answers=answers,
        lines=lines(service, answers),
        place=place_from(document.get("place")),
        total_satang=row.total_satang,
        officer_name=document["officer"],
        officer_position=document.get("position", ""),
        counter_name=document["counter"],
        office=office.view,
        track_code=track_code(office.slip_key, row.number),
        external_number=row.external_number,
        knowing=knowing.from_document(document.get("knowing")),
        notice=notice_from(document.get("notice")),
        agency=row.agency,
        assignee=row.assignee,
        stopped_on=date.fromisoformat(row.stopped_on) if row.stopped_on else None,
        restricted=bool(row.restricted),
        definition=service,
        form_code=form_code(office.document, service),
        stock_form_code=str(office.document.get("form_codes", {}).get("stock_sheet", "อบจ.01-6")),
        filing=document.get("filing"),
        filed_by=filed_by.from_document(document.get("filed_by")),
        template=counter.templates.at(instant(row.registered_at)),
    )


def form_code(office: Mapping[str, Any], service: Service | None) -> str:
    """What the office calls the form of a service; its ordinance's own word before the usual one."""
    if service is None:
        return ""
    return str(office.get("form_codes", {}).get(service.code, service.form_code))


def division_name(service: Service | None, code: str, office_kind: str) -> str:
    """What this office calls the division; the code itself where nobody here knows it."""
    entry = service.division_by_code(code) if service else None
    return entry.name_in(office_kind) if entry else code


def _division_name(service: Service | None, code: str, document: Document, office_kind: str) -> str:
    """As it was called on the day of registration; after the case was forwarded, the name of where it lies now."""
    registered: str = document["division"]
    if service is None or answer_rules.division(service, document["answers"], office_kind)[0] == code:
        return registered
    return division_name(service, code, office_kind)


def lines(service: Service | None, answers: Mapping[str, Any]) -> tuple[Line, ...]:
    """The answers as labelled texts; by their keys where the definition never came to this counter."""
    if service is None:
        return tuple(Line(key, key, str(value)) for key, value in answers.items())
    return tuple(Line(*line) for line in answer_rules.lines(service, answers))
