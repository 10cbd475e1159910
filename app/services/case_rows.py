"""Rows of cases as every use case reads them: one by its number, and the short form of lists."""

import re
from typing import Any

from sqlalchemy import Connection

from app.domain import grants, request_number, thai_date
from app.domain.errors import Refused
from app.services import rights, time_limits
from app.services.case_documents import instant, state_text
from app.services.counter import Counter
from app.services.model import Actor, CaseSummary

SUMMARY_COLUMNS = (
    "c.number, c.name, c.service, c.service_version, c.subject, c.status, c.registered_at, c.due_on, c.row,"
    " c.division, c.assignee, c.stopped_on, c.restricted"
)

CODE = re.compile("[a-z0-9_]+")
"""What a service code is made of: nothing that SQL would read otherwise."""
HIDDEN = "เรื่องที่จำกัดผู้เข้าถึง"
"""Stands where a name or subject may not be read."""


def by_number(connection: Connection, number: str, columns: str) -> Any:
    """The row of the case with this number. Refused "unknown_number" where there is none."""
    parsed = request_number.parse(number)
    row = connection.exec_driver_sql(
        f"SELECT {columns} FROM cases c WHERE c.series = ? AND c.run = ? AND c.number = ?",
        (parsed.series, parsed.run, parsed.text),
    ).fetchone()
    if row is None:
        raise Refused("unknown_number", "ไม่พบเลขคำร้องนี้ในเครื่อง", "ตรวจเลขบนใบรับคำร้อง หรือค้นด้วยชื่อผู้ร้อง", "number")
    return row


def living(connection: Connection, number: str, columns: str) -> Any:
    """The same for whoever is going to write about it. Refused "case_destroyed" where its data were destroyed."""
    row = by_number(connection, number, columns)
    gone = (
        "SELECT 1 FROM destroyed d JOIN cases c ON c.row = d.case_row WHERE c.number = ? AND c.series = ? AND c.run = ?"
    )
    parsed = request_number.parse(number)
    if connection.exec_driver_sql(gone, (parsed.text, parsed.series, parsed.run)).fetchone() is not None:
        raise Refused("case_destroyed", "ข้อมูลของเรื่องนี้ถูกทำลายแล้ว", "ลงรับเป็นเรื่องใหม่ถ้าผู้ร้องมาอีก", "number")
    return row


def service_kind(counter: Counter, row: Any) -> str:
    """ "petition", "permit" or "filing", by the row's service; "petition" where its definition never came here."""
    service = counter.definition(row.service, row.service_version)
    return service.kind if service else "petition"


def hidden_from(actor: Actor | None, row: Any) -> bool:
    """Whether the case is one that this person may not read; `row` has `service` and `restricted`."""
    return (bool(row.restricted) and not sees_restricted(actor)) or not sees_service(actor, row.service)


def sees_service(actor: Actor | None, service: str) -> bool:
    """Whether the person may see cases of the service; nobody in particular, who has the key and no name, may."""
    return actor is None or rights.may(actor, rights.VIEW, service)


def readable(actor: Actor | None) -> str:
    """The cases that the person may read, as a condition in SQL on `cases c`."""
    parts = [] if sees_restricted(actor) else ["c.restricted = 0"]
    services = None if actor is None else grants.services_of(rights.held(actor), rights.VIEW)
    if services is not None:
        codes = ", ".join(f"'{code}'" for code in sorted(services) if CODE.fullmatch(code))
        parts.append(f"c.service IN ({codes})" if codes else "c.row < 0")
    return " AND ".join(parts) or "1"


def listed(actor: Actor | None) -> str:
    """The same for lists that show restricted cases without their content."""
    return readable(actor).replace("c.restricted = 0", "1")


def sees_restricted(actor: Actor | None) -> bool:
    """Whether the person may read restricted cases; nobody in particular may not."""
    return actor is not None and rights.may(actor, rights.VIEW_RESTRICTED)


def summary(counter: Counter, row: Any, actor: Actor | None = None) -> CaseSummary:
    """One row of a list from a row of SUMMARY_COLUMNS, as the actor may see it."""
    service = counter.definition(row.service, row.service_version)
    hidden = hidden_from(actor, row)
    due_on = None if row.due_on is None else thai_date.parse_date(row.due_on)
    stopped_on = None if row.stopped_on is None else thai_date.parse_date(row.stopped_on)
    kind = service.kind if service else "petition"
    due_text, due_tone = time_limits.word(counter, due_on, row.status, kind, stopped_on)
    return CaseSummary(
        number=row.number,
        name=HIDDEN if hidden else row.name,
        service=row.service,
        service_name=service.short_name if service else row.service,
        subject=HIDDEN if hidden else row.subject,
        status=row.status,
        status_text=state_text(service, row.status),
        registered_at=instant(row.registered_at),
        due_on=due_on,
        division=row.division,
        assignee=row.assignee,
        stopped_on=stopped_on,
        due_text=due_text,
        due_tone=due_tone,
        restricted=bool(row.restricted),
    )
