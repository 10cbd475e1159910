"""Cases after registration: show, find, follow, and take the next step."""

from typing import Any

from sqlalchemy import Connection

from app.catalog import answers as answer_rules
from app.domain import petition_states, request_number, thai_date
from app.domain.errors import CounterError
from app.domain.text_rules import storable
from app.services import case_documents, restricted_cases
from app.services.case_documents import VIEW_COLUMNS, state_text
from app.services.case_rows import SUMMARY_COLUMNS, by_number, listed, readable, sees_service, service_kind, summary
from app.services.case_steps import add_note, assign, change_status
from app.services.counter import Counter
from app.services.model import Actor, CaseSummary, CaseView, RegisterCase
from app.services.person_rows import BY_HASH, typed_hash
from app.services.registration import Registered, enter
from app.services.timeline import events
from app.store import search

__all__ = [
    "Registered",
    "add_note",
    "assign",
    "change_status",
    "draft_view",
    "enter",
    "events",
    "find",
    "get",
    "next_states",
    "recent",
    "register",
]

LONGEST_SEARCH = 200


def register(counter: Counter, actor: Actor, command: RegisterCase) -> CaseView:
    """Register one case and show it as it now stands in the store."""
    number = enter(counter, actor, command).number
    with counter.store.read() as connection:
        return case_documents.view(counter, by_number(connection, number, VIEW_COLUMNS))


def draft_view(counter: Counter, actor: Actor, command: RegisterCase) -> CaseView:
    """What the paper would show of a half-filled form: tolerant of everything, no number, nothing saved."""
    service = counter.catalog[command.service]
    answers = dict(command.answers)
    division = _tolerant(lambda: answer_rules.division(service, answers, counter.office.kind), ("", ""))
    return CaseView(
        id="",
        number="",
        service=service.code,
        service_version=service.version,
        service_name=service.name,
        status=service.first_status,
        status_text=state_text(service, service.first_status),
        registered_at=counter.clock.now(),
        due_on=None,
        division=division[0],
        division_name=division[1],
        subject=_tolerant(lambda: answer_rules.subject(service, answers), ""),
        type_text=_tolerant(lambda: answer_rules.type_text(service, answers), service.name),
        applicant=command.applicant,
        channel=command.channel,
        channel_text=case_documents.CHANNELS.get(command.channel, ""),
        answers=answers,
        lines=_tolerant(lambda: case_documents.lines(service, answers), ()),
        place=command.place,
        knowing=command.knowing,
        notice=command.notice,
        filed_by=command.filed_by,
        total_satang=_tolerant(
            lambda: answer_rules.assess(
                service, answers, counter.current.document["rate"], thai_date.local(counter.clock.now()).date()
            ),
            None,
        ),
        officer_name=actor.full_name,
        officer_position=actor.position,
        counter_name=counter.counter_name,
        office=counter.office,
        template=counter.templates.at(counter.clock.now()),
        track_code="",
    )


def _tolerant(compute: Any, otherwise: Any) -> Any:
    """The value, or `otherwise` where half-typed answers do not yield one."""
    try:
        return compute()
    except (CounterError, KeyError, ValueError, TypeError):
        return otherwise


def get(counter: Counter, number: str, actor: Actor | None = None) -> CaseView:
    """The case with this number. Refused "unknown_number" where there is none, "restricted" for one that the actor may
    not read; a look at a restricted case is recorded either way."""
    with counter.store.read() as connection:
        row = by_number(connection, number, f"{VIEW_COLUMNS}, c.row")
    restricted_cases.look(counter, actor, row)
    return case_documents.view(counter, row)


def find(counter: Counter, text: str, limit: int = 50, actor: Actor | None = None) -> list[CaseSummary]:
    """The newest cases that hold every word of `text`: number, names, 13 digits, last four of the phone, subject.

    A restricted case is found by its number only, unless the actor may read it.
    """
    text = text.strip()[:LONGEST_SEARCH]
    if not storable(text):
        return []
    with counter.store.read() as connection:
        rows = [row for row in _by_number(connection, text) if sees_service(actor, row.service)]
        if not rows:
            condition = readable(actor)
            rows = _by_citizen(counter, connection, text, limit, condition)
            rows = rows or search.find_rows(connection, text, limit, SUMMARY_COLUMNS, condition)
    return [summary(counter, row, actor) for row in rows]


def recent(counter: Counter, limit: int = 50, actor: Actor | None = None) -> list[CaseSummary]:
    """The newest cases."""
    with counter.store.read() as connection:
        rows = connection.exec_driver_sql(
            f"SELECT {SUMMARY_COLUMNS} FROM cases c WHERE {listed(actor)} ORDER BY c.row DESC LIMIT ?", (limit,)
        ).fetchall()
    return [summary(counter, row, actor) for row in rows]


def next_states(counter: Counter, number: str) -> list[tuple[str, str]]:
    """The states this case may go to, with their Thai texts."""
    with counter.store.read() as connection:
        case = by_number(connection, number, "c.status, c.service, c.service_version")
    return list(petition_states.next_states(case.status, service_kind(counter, case)))


def _by_number(connection: Connection, text: str) -> list[Any]:
    if not request_number.is_valid(text):
        return []
    parsed = request_number.parse(text)
    return list(
        connection.exec_driver_sql(
            f"SELECT {SUMMARY_COLUMNS} FROM cases c WHERE c.series = ? AND c.run = ? AND c.number = ?",
            (parsed.series, parsed.run, parsed.text),
        ).fetchall()
    )


def _by_citizen(counter: Counter, connection: Connection, text: str, limit: int, condition: str) -> list[Any]:
    hashed = typed_hash(counter, text)
    if hashed is None:
        return []
    return list(
        connection.exec_driver_sql(
            f"SELECT {SUMMARY_COLUMNS} FROM cases c WHERE c.person = ({BY_HASH}) AND {condition}"
            " ORDER BY c.row DESC LIMIT ?",
            (hashed, limit),
        ).fetchall()
    )
