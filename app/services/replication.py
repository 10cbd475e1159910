"""What another counter of the office registered or changed, entered in this counter's register.

A fact that comes from elsewhere is not judged again: its number, texts and state are taken as they were registered.
Entering it twice changes nothing.
"""

from collections.abc import Callable, Mapping
from typing import Any

from app.catalog import answers as answer_rules
from app.domain import request_number
from app.services import case_documents
from app.services.counter import Counter
from app.services.model import Applicant
from app.services.person_rows import person_row
from app.services.registration import INSERT_CASE, case_text
from app.store.canonical import canonical_json
from app.store.unit_of_work import INSERT_EVENT, UnitOfWork

ForeignEvent = Mapping[str, Any]
"""{"id": bytes, "record": bytes, "kind", "at": ms, "by", "origin": store id, "payload": dict}"""

KNOWN_EVENT = "SELECT 1 FROM event WHERE record = ? AND id = ?"
KNOWN_CASE = "SELECT row, number FROM cases WHERE id = ?"


def apply(counter: Counter, work: UnitOfWork, event: ForeignEvent) -> None:
    """Enter one event: into the timeline unless it is there, and what it says into the case.

    An event of a kind that this program does not know stays in the timeline only. KeyError, ValueError or Refused for
    one that cannot be read; the caller keeps it for a newer program.
    """
    if work.run(KNOWN_EVENT, (event["record"], event["id"])).fetchone() is None:
        payload = canonical_json(event["payload"])
        row = (None, event["id"], event["record"], event["kind"], event["at"], event["by"], event["origin"], payload)
        work.run(INSERT_EVENT, row)
    enter = KINDS.get(event["kind"])
    if enter is not None:
        enter(counter, work, event)


def _registered(counter: Counter, work: UnitOfWork, event: ForeignEvent) -> None:
    if work.run(KNOWN_CASE, (event["record"],)).fetchone() is not None:
        return
    payload = event["payload"]
    document = payload["document"]
    number = request_number.parse(payload["number"])
    applicant = case_documents.applicant_from(document["applicant"])
    values = (
        None, event["record"], number.series, number.run, payload["number"], payload["service"], payload["version"],
        payload["status"], event["at"], payload.get("due_on"), payload["division"],
        person_row(work, counter, applicant), applicant.full_name, payload["subject"],
        payload.get("total_satang"), event["origin"], "", canonical_json(document),
        _search_text(counter, payload, applicant),
    )  # fmt: skip
    work.run(INSERT_CASE, values)
    work.changed("case", payload["number"])


def _search_text(counter: Counter, payload: Mapping[str, Any], applicant: Applicant) -> str:
    """The same text as at the counter where it was registered, as far as this one knows the service."""
    document = payload["document"]
    service = counter.definition(payload["service"], payload["version"])
    texts = answer_rules.search_texts(service, document["answers"]) if service is not None else []
    note = document.get("place", {}).get("note", "")
    return case_text(payload["number"], applicant, payload["subject"], [*texts, note] if note else texts)


def _status_changed(_counter: Counter, work: UnitOfWork, event: ForeignEvent) -> None:
    payload = event["payload"]
    case = work.run(KNOWN_CASE, (event["record"],)).one()
    work.run("UPDATE cases SET status = ? WHERE row = ?", (payload["to"], case.row))
    if payload.get("division"):
        work.run("UPDATE cases SET division = ? WHERE row = ?", (payload["division"], case.row))
    work.changed("case", case.number)


KINDS: Mapping[str, Callable[[Counter, UnitOfWork, ForeignEvent], None]] = {
    "petition_registered": _registered,
    "filing_registered": _registered,
    "status_changed": _status_changed,
}
