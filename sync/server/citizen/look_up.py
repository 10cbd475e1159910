"""What a citizen may know of a case: state, dates, division, public notes. Never a name or number of a person."""

import hmac
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from app.domain import case_way, permit_number, petition_states, request_number, thai_date
from app.domain.errors import Refused
from sync.server import offices, tables

CITIZEN = "citizen"
"""The store that the citizens' own events come from, in the office's log and on its counters."""
REOPEN_DAYS = 15
"""Days after completion in which a citizen may ask to have a case opened again, where the office sets none."""
NUMBERS = re.compile(r"(?<![0-9])[0-9](?:[ .-]?[0-9]){8,14}(?![0-9])")
RATE, REOPEN, WITHDRAW = "rated", "reopened", "cancelled"
"""What a citizen can do, by the state that it leads to."""
EVENTS = case_way.CITIZEN_STEPS
"""Kind of a citizen's event -> the state that it leads to."""
REGISTERED = ("petition_registered", "filing_registered")
NOTE = "note_added"
Change = tuple[Row[Any], Mapping[str, Any]]
"""(row of the log, its payload)"""


@dataclass(frozen=True, slots=True)
class Step:
    """One change of state, or only a note (state ""). note: what the office wrote for the citizen."""

    on: date
    state: str
    note: str
    by_citizen: bool


@dataclass(frozen=True, slots=True)
class Permit:
    """A permit that was issued: its own number and its days."""

    number: str
    since: date | None
    until: date | None
    remove_by: date | None


@dataclass(frozen=True, slots=True)
class Progress:
    """A case as its page shows it. acts: what the citizen can do now; asks_digits: which proof they have not given."""

    office: str
    office_code: str
    record: bytes
    number: str
    kind: str
    status: str
    status_on: date
    registered_on: date
    due_on: date | None
    division: str
    steps: tuple[Step, ...]
    acts: tuple[str, ...]
    reopen_until: date | None
    has_digits: bool
    office_phone: str
    permit: Permit | None = None


def by_digits(connection: Connection, number: str, last4: str) -> Row[Any] | None:
    """The case of this number whose four digits are these."""
    if not is_last4(last4):
        return None
    for _, row in cases(connection, number):
        if row is not None and right_digits(row, last4):
            return row
    return None


def is_last4(text: str) -> bool:
    """Whether a text is four digits."""
    return len(text) == 4 and text.isascii() and text.isdigit()


def right_digits(case: Row[Any], last4: str) -> bool:
    """Whether these are the case's four digits."""
    return is_last4(last4) and hmac.compare_digest(case.last4, last4)


def cases(connection: Connection, number: str) -> Iterator[tuple[Row[Any], Row[Any] | None]]:
    """Every office with the number's letters, and its case of that number; two offices may share letters."""
    try:
        parsed = request_number.parse(number)
    except Refused:
        return
    case = tables.case
    sharing = connection.execute(select(tables.office).where(tables.office.c.letters == parsed.letters)).fetchall()
    for office in sharing:
        row = connection.execute(
            select(case).where(
                case.c.office == office.code,
                case.c.series == parsed.series,
                case.c.run == parsed.run,
                case.c.number == parsed.text,
            )
        ).first()
        yield office, row


def by_record(connection: Connection, office: str, record: bytes) -> Row[Any] | None:
    """The case of an office by its record."""
    case = tables.case
    return connection.execute(select(case).where(case.c.office == office, case.c.record == record)).first()


def progress(connection: Connection, row: Row[Any], today: date) -> Progress:
    """Everything that the page of a case shows."""
    settings = offices.settings(connection, row.office)
    kind = kind_of(settings.services, row.service)
    changes = changes_of(connection, row, kind)
    until = reopen_until(settings.office, changes)
    return Progress(
        office=str(settings.office["name"]),
        office_code=row.office,
        record=row.record,
        number=row.number,
        kind=kind,
        status=row.status,
        status_on=day_of(row.status_at),
        registered_on=day_of(row.registered_at),
        due_on=date.fromisoformat(row.due_on) if row.due_on else None,
        division=row.division_name,
        steps=tuple(step for step in map(_step, changes) if step.state or step.note),
        acts=acts(row.status, kind, changes, until, today),
        reopen_until=until,
        has_digits=bool(row.last4),
        office_phone=str(settings.office.get("phone", "")),
        permit=permit_of(connection, row) if kind == "permit" else None,
    )


def permit_of(connection: Connection, row: Row[Any]) -> Permit | None:
    """The permit of a case as it was numbered first in the office's order; None where none was."""
    log = tables.log
    payload = connection.execute(
        select(log.c.payload)
        .where(log.c.office == row.office, log.c.record == row.record, log.c.kind == "permit_numbered")
        .order_by(log.c.office_seq)
        .limit(1)
    ).scalar()
    if payload is None:
        return None
    told = json.loads(payload)
    days = (date.fromisoformat(str(told[key])) if told.get(key) else None for key in ("since", "until", "remove_by"))
    return Permit(permit_number.text(str(told["series"]), int(told["run"])), *days)


def changes_of(connection: Connection, row: Row[Any], kind: str) -> list[Change]:
    """What has counted for the case, in the office's order: its steps, and the notes to the citizen."""
    log = tables.log
    kinds = [*REGISTERED, case_way.STATUS_CHANGED, NOTE, *EVENTS]
    found = connection.execute(
        select(log)
        .where(log.c.office == row.office, log.c.record == row.record, log.c.kind.in_(kinds))
        .order_by(log.c.office_seq)
    ).fetchall()
    status, changes = "", []
    for event in found:
        payload = json.loads(event.payload)
        if event.kind in REGISTERED:
            status = str(payload.get("status", ""))
        elif event.kind == NOTE:
            changes.append((event, payload))
        elif case_way.outcome(status, kind, event.kind, payload) == case_way.COUNTED:
            status = EVENTS.get(event.kind) or str(payload.get("to", ""))
            changes.append((event, payload))
    return changes


def acts(
    status: str,
    kind: str,
    changes: list[Change],
    until: date | None,
    today: date,
) -> tuple[str, ...]:
    """What the table of states and the office's time limit let the citizen do now. A case is rated once."""
    following = {state for state, _ in petition_states.next_states(status, kind)}
    rated = any(event.kind == "rated" for event, _ in changes)
    may = {
        RATE: RATE in following and not rated,
        REOPEN: REOPEN in following and until is not None and today <= until,
        WITHDRAW: WITHDRAW in following and kind != "filing",
    }
    return tuple(act for act, allowed in may.items() if allowed)


def reopen_until(office: Mapping[str, Any], changes: list[Change]) -> date | None:
    """The last day on which the citizen may ask; None for a case that was never completed."""
    completed = [event.at for event, payload in changes if payload.get("to") == "done"]
    if not completed:
        return None
    return day_of(completed[-1]) + timedelta(days=int(office.get("reopen_within_days", REOPEN_DAYS)))


def kind_of(services: tuple[Mapping[str, Any], ...], service: str) -> str:
    """The kind of a service by the office's definitions: states of petitions, permits and filings differ."""
    kinds = {definition.get("code"): definition.get("kind") for definition in services}
    kind = str(kinds.get(service))
    return kind if kind in petition_states.TABLES else "petition"


def day_of(milliseconds: int) -> date:
    """The day in Thailand."""
    return thai_date.local(datetime.fromtimestamp(milliseconds / 1000, UTC)).date()


def _step(change: Change) -> Step:
    """The citizen's own words are for the staff, not for a page that may be open on somebody else's telephone."""
    event, payload = change
    told = event.store_id != CITIZEN and payload.get("public") is True
    state = EVENTS.get(event.kind) or str(payload.get("to", ""))
    return Step(
        day_of(event.at), state, public(str(payload.get("note", ""))) if told else "", event.store_id == CITIZEN
    )


def public(note: str) -> str:
    """A note without the numbers of persons that a clerk may have left in it; an office's own land line stays."""
    shown, end = "", 0
    for found in NUMBERS.finditer(thai_date.to_arabic_digits(note)):
        if _is_persons(re.sub("[^0-9]", "", found[0])):
            shown, end = f"{shown}{note[end : found.start()]}…", found.end()
    return shown + note[end:]


def _is_persons(digits: str) -> bool:
    return len(digits) == 13 or (len(digits) == 10 and digits[:2] in ("06", "08", "09"))


def has_person_number(text: str) -> bool:
    """Whether a text seems to hold a telephone or citizen number."""
    return NUMBERS.search(thai_date.to_arabic_digits(text)) is not None
