"""What another counter of the office registered or changed, entered in this counter's register.

A fact that comes from elsewhere is not judged again: its number, texts and state are taken as they were registered.
Entering it twice changes nothing.
"""

from collections.abc import Callable, Mapping
from typing import Any

from app.catalog import answers as answer_rules
from app.domain import destruction, request_number
from app.services import (
    account_rows,
    attachments,
    case_documents,
    corrections,
    duplicates,
    elaas_rows,
    erasing,
    filings,
    office_records,
    payers,
    permit_numbers,
    privacy,
    receipt_replication,
    receiving,
    thaid_campaign,
    timeline,
    waivers,
)
from app.services.case_rows import service_kind
from app.services.case_steps import CASE, write_standing
from app.services.counter import Counter
from app.services.model import Applicant
from app.services.person_rows import describe, person_row
from app.services.registration import INSERT_CASE, case_text, with_number
from app.store.canonical import canonical_json
from app.store.unit_of_work import INSERT_EVENT, UnitOfWork

ForeignEvent = Mapping[str, Any]
"""{"id": bytes, "record": bytes, "kind", "at": ms, "by", "origin": store id, "payload": dict, "placed"?: int}

placed: its place in the office's order, where the server has given it one."""

KNOWN_EVENT = "SELECT 1 FROM event WHERE record = ? AND id = ?"
KNOWN_CASE = "SELECT row, number FROM cases WHERE id = ?"


def apply(counter: Counter, work: UnitOfWork, event: ForeignEvent) -> None:
    """Enter one event: into the timeline unless it is there, and what it says into the case.

    An event of a kind that this program does not know stays in the timeline only. KeyError, ValueError or Refused for
    one that cannot be read; the caller keeps it for a newer program.
    """
    placed = event.get("placed")
    if work.run(KNOWN_EVENT, (event["record"], event["id"])).fetchone() is None:
        payload = canonical_json(event["payload"])
        row = (None, event["id"], event["record"], event["kind"], event["at"], event["by"], event["origin"], payload)
        work.run(INSERT_EVENT, (*row, placed))
    elif placed is not None:
        work.run("UPDATE event SET placed = ? WHERE record = ? AND id = ?", (placed, event["record"], event["id"]))
    enter = KINDS.get(event["kind"])
    if enter is not None:
        enter(counter, work, event)
    if event["kind"] not in destruction.KINDS:
        erasing.after(counter, work, event["record"])


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
        person_row(work, describe(counter, applicant), _same_as(work, payload), event["at"]), applicant.full_name,
        payload["subject"],
        payload.get("total_satang"), event["origin"], "", canonical_json(document),
        _search_text(counter, payload, applicant), "", "", None, 1, int(payload.get("restricted") is True), "",
    )  # fmt: skip
    row = int(work.run(INSERT_CASE, values).lastrowid)
    filings.replicate(counter, work, (row, event["record"]), payload, event["by"], event["at"])
    _settled(counter, work, event)


def _same_as(work: UnitOfWork, payload: Mapping[str, Any]) -> int:
    """The person whom a clerk elsewhere chose, known by an earlier case; 0 where the case never came here."""
    earlier = payload.get("same_as")
    found = work.run("SELECT person FROM cases WHERE id = ?", (bytes.fromhex(earlier),)).fetchone() if earlier else None
    return int(found.person) if found else 0


def _search_text(counter: Counter, payload: Mapping[str, Any], applicant: Applicant) -> str:
    """The same text as at the counter where it was registered, as far as this one knows the service."""
    document = payload["document"]
    service = counter.definition_at(payload["service"], payload["version"], document.get("office", 0))
    texts = answer_rules.search_texts(service, document["answers"]) if service is not None else []
    note, filer = document.get("place", {}).get("note", ""), document.get("filed_by", {})
    beside = [note, filer.get("name", ""), filer.get("phone", "")[-4:]]
    text = case_text(applicant, payload["subject"], [*texts, *filter(None, beside)])
    return with_number(payload["number"], text)


def _settled(counter: Counter, work: UnitOfWork, event: ForeignEvent) -> None:
    """Bring the case to where all its events, in the office's order, say that it stands."""
    case = work.run(f"SELECT {CASE} FROM cases c WHERE c.id = ?", (event["record"],)).one()
    kind = service_kind(counter, case)
    found = timeline.standing(work.connection, event["record"], kind)
    if found is not None:
        write_standing(work, case.row, found, kind)
    work.changed("case", case.number)


def _told(_counter: Counter, work: UnitOfWork, event: ForeignEvent) -> None:
    """Something for the timeline only."""
    work.changed("case", work.run(KNOWN_CASE, (event["record"],)).one().number)


def _merged(_counter: Counter, work: UnitOfWork, event: ForeignEvent) -> None:
    kept, other = _persons(work, event)
    made = _made(event, "same")
    if kept != other and not duplicates.known(work, made):
        duplicates.join(work, kept, other, made)


def _unmerged(counter: Counter, work: UnitOfWork, event: ForeignEvent) -> None:
    """Part here what holds this case since a merge; where nothing does, it was parted already."""
    made = _made(event, "undone")
    other = work.run(
        "SELECT d.other FROM person_decision d JOIN person p ON p.row = d.other AND p.merged_into = d.kept"
        " WHERE d.decision = 'same' AND instr(d.moved, ?) ORDER BY d.row DESC LIMIT 1",
        (event["record"].hex(),),
    ).fetchone()
    if other is not None and not duplicates.known(work, made):
        duplicates.part(work, counter, other.other, made)


def _compared(_counter: Counter, work: UnitOfWork, event: ForeignEvent) -> None:
    kept, other = _persons(work, event)
    made = _made(event, event["payload"]["decision"])
    if kept != other and not duplicates.known(work, made):
        duplicates.write_decision(work, kept, other, made, [])


def _made(event: ForeignEvent, decision: str) -> duplicates.Decision:
    return duplicates.Decision(decision, event["payload"].get("note", ""), event["by"], event["at"])


def _persons(work: UnitOfWork, event: ForeignEvent) -> tuple[int, int]:
    """This counter's rows of the two persons whom an event names by a case of each."""
    ids = (bytes.fromhex(event["payload"]["with"]), event["record"])
    first, second = (work.run("SELECT person FROM cases WHERE id = ?", (one,)).scalar_one() for one in ids)
    return int(first), int(second)


def _consent_changed(_counter: Counter, work: UnitOfWork, event: ForeignEvent) -> None:
    case = work.run(KNOWN_CASE, (event["record"],)).one()
    known = "SELECT 1 FROM consent WHERE case_row = ? AND purpose = ? AND decision = ? AND at = ?"
    payload = event["payload"]
    if work.run(known, (case.row, payload["purpose"], payload["decision"], event["at"])).fetchone() is None:
        privacy.write(work, case.row, payload, event["by"], event["at"])


def _corrected(_counter: Counter, work: UnitOfWork, event: ForeignEvent) -> None:
    corrections.settle(work, event["record"])


def _attached(counter: Counter, work: UnitOfWork, event: ForeignEvent) -> None:
    case = work.run(KNOWN_CASE, (event["record"],)).one()
    attachments.replicate(counter, work, case.row, event)
    work.changed("case", case.number)


def _money(_counter: Counter, work: UnitOfWork, event: ForeignEvent) -> None:
    receipt_replication.apply(work, event)


def _voided(counter: Counter, work: UnitOfWork, event: ForeignEvent) -> None:
    receipt_replication.apply(work, event)
    _settled(counter, work, event)


def _received(_counter: Counter, work: UnitOfWork, event: ForeignEvent) -> None:
    case = work.run(KNOWN_CASE, (event["record"],)).one()
    receiving.replicate(work, case.row, event)
    work.changed("case", case.number)


def _permit_numbered(_counter: Counter, work: UnitOfWork, event: ForeignEvent) -> None:
    case = work.run(KNOWN_CASE, (event["record"],)).one()
    permit_numbers.replicate(work, case.row, event)
    work.changed("case", case.number)


def _payer_changed(_counter: Counter, work: UnitOfWork, event: ForeignEvent) -> None:
    payload = event["payload"]
    change = bytes.fromhex(payload["change"])
    payers.write(work, payload["kind"], payload["code"], payload["entry"], change, event["by"], event["at"])


def _waived(_counter: Counter, work: UnitOfWork, event: ForeignEvent) -> None:
    case = work.run(KNOWN_CASE, (event["record"],)).one()
    waivers.write(work, case.row, event["payload"], event["by"], event["at"])
    work.changed("case", case.number)


def _thaid_counted(_counter: Counter, work: UnitOfWork, event: ForeignEvent) -> None:
    thaid_campaign.write_count(work, event["payload"], event["by"], event["at"], event["origin"])


def _thaid_reported(_counter: Counter, work: UnitOfWork, event: ForeignEvent) -> None:
    thaid_campaign.write_report(work, event["payload"], event["by"], event["at"])


FOLLOWED = {account_rows.ACCOUNT: account_rows.settle, elaas_rows.DIFFERENCE: elaas_rows.settle}
"""Kinds of office records that rows of their own follow."""


def _office_record(_counter: Counter, work: UnitOfWork, event: ForeignEvent) -> None:
    enter = FOLLOWED.get(str(event["payload"]["kind"]), office_records.write)
    enter(work, event["payload"], event["by"], event["at"])


def _office_file(_counter: Counter, work: UnitOfWork, event: ForeignEvent) -> None:
    office_records.write_file(work, event["payload"], event["by"], event["at"], event["origin"])


def _destroyed(counter: Counter, work: UnitOfWork, event: ForeignEvent) -> None:
    erasing.replicate(counter, work, event["record"], event["payload"], event["by"], event["at"])


def _record_destroyed(counter: Counter, work: UnitOfWork, event: ForeignEvent) -> None:
    erasing.replicate_record(counter, work, event["record"], event["payload"])


KINDS: Mapping[str, Callable[[Counter, UnitOfWork, ForeignEvent], None]] = {
    "petition_registered": _registered,
    "filing_registered": _registered,
    "status_changed": _settled,
    "assignment_changed": _settled,
    "note_added": _told,
    "letter_issued": _told,
    "attachment_added": _attached,
    "case_corrected": _corrected,
    "conflict_chosen": _corrected,
    "receiving_numbered": _received,
    "permit_numbered": _permit_numbered,
    "rated": _settled,
    "withdrawn_by_citizen": _settled,
    "reopen_asked": _settled,
    "person_merged": _merged,
    "person_unmerged": _unmerged,
    "person_compared": _compared,
    "consent_changed": _consent_changed,
    "receipt_issued": _money,
    "receipt_voided": _voided,
    "cheque_settled": _money,
    "shift_closed": _money,
    "bill_issued": _money,
    "payer_changed": _payer_changed,
    "late_waived": _waived,
    thaid_campaign.COUNTED: _thaid_counted,
    thaid_campaign.REPORTED: _thaid_reported,
    office_records.CHANGED: _office_record,
    office_records.FILE_ADDED: _office_file,
    destruction.KIND: _destroyed,
    destruction.RECORD_KIND: _record_destroyed,
}
