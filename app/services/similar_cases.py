"""Is this matter here already? Cases of the same type by the same person, or at the same place, of the last weeks.

Only a warning: the clerk tells the citizen, who may well have come about something new.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection

from app.catalog.schema import Service
from app.domain import names
from app.domain.coordinates import metres
from app.services import case_documents, case_steps
from app.services.case_rows import SUMMARY_COLUMNS, sees_service, summary
from app.services.counter import Counter
from app.services.model import Actor, Address, Applicant, CaseSummary, Place, RegisterCase
from app.services.person_rows import BY_HASH, BY_ROW, typed_hash
from app.store.unit_of_work import milliseconds

SETTING = "similar_within_days"
DEFAULT_DAYS = 30
DAY_MS = 86_400_000
NEAR_METRES = 100.0
NEWEST = 20_000
"""Cases that are looked through for a place: a month of the busiest office."""
PLACE, HOME = "json_extract(c.document, '$.place')", "json_extract(c.document, '$.applicant.address')"
"""Of a case's document only what tells where it is: the rest of thousands need not be read."""
MOST_ALIKE = 10
FEWEST_PARTS = 6
"""Threes of letters from which a subject says enough to be compared."""
LAST = 4
LONGEST_NOTE = 500
WHY = {
    "person": "ผู้ร้องรายนี้ยื่นเรื่องประเภทเดียวกัน",
    "place": "มีเรื่องประเภทเดียวกันที่สถานที่นี้",
    "topic": "มีเรื่องประเภทเดียวกันที่หัวข้อใกล้เคียงกัน",
}
SHORTEST_NOTE, SHORTEST_PART = 4, 8
"""Letters from which a description of a place counts when it is the same, and when it is part of the other."""


@dataclass(frozen=True, slots=True)
class SimilarCase:
    """An earlier case that may be about the same matter."""

    case: CaseSummary
    days_ago: int
    why: str
    """"person" (the same person, the same type), "place" (the same place) or "topic" (a subject that says the same)."""
    text: str
    """One Thai sentence for the screen."""


def within_days(counter: Counter) -> int:
    """The office's setting: how many days back a case may be; 0 switches the warning off."""
    return int(counter.current.document.get(SETTING, DEFAULT_DAYS))


def similar(
    counter: Counter, command: RegisterCase, days: int | None = None, limit: int = 10, actor: Actor | None = None
) -> list[SimilarCase]:
    """Earlier cases that may be about the same matter as this, perhaps half-filled, form: the person's own first. None
    of a service that the actor may not see.

    days: how far back, the office's setting when left out.
    """
    service = counter.catalog.get(command.service)
    days = within_days(counter) if days is None else days
    if service is None or days <= 0 or not sees_service(actor, service.code):
        return []
    now = counter.clock.now()
    since = milliseconds(now) - days * DAY_MS
    found: dict[str, SimilarCase] = {}
    with counter.store.read() as connection:
        for why, rows in (
            ("person", _of_person(counter, connection, command, service, since)),
            *_at_place_or_alike(connection, command, service, since),
        ):
            for row in rows:
                found.setdefault(row.number, _similar(counter, row, now, why))
    return list(found.values())[:limit]


def _of_person(
    counter: Counter, connection: Connection, command: RegisterCase, service: Service, since: int
) -> list[Any]:
    hashed = typed_hash(counter, command.applicant.citizen_id)
    if hashed is None and not command.person:
        return []
    person, key = (BY_ROW, command.person) if hashed is None else (BY_HASH, hashed)
    wanted, values = _same_type(service, command.answers)
    return list(
        connection.exec_driver_sql(
            f"SELECT {SUMMARY_COLUMNS} FROM cases c WHERE c.person = ({person}) AND c.registered_at >= ? AND {wanted}"
            " ORDER BY c.row DESC",
            (key, since, *values),
        ).fetchall()
    )


def note_another(counter: Counter, actor: Actor, number: str, command: RegisterCase) -> None:
    """Somebody else reports what case `number` is about: noted there, for the office only, instead of a second case.
    Refused "unknown_number"."""
    who, service = command.applicant, counter.catalog.get(command.service)
    topic = str(command.answers.get(service.subject, "")).strip() if service else ""
    parts = (
        f"มีผู้แจ้งเรื่องเดียวกันเพิ่ม: {who.full_name or 'ไม่ทราบชื่อ'}",
        f"โทรลงท้าย {who.phone[-4:]}" if len(who.phone) >= LAST else "",
        f"แจ้งว่า {topic}" if topic else "",
    )
    case_steps.add_note(counter, actor, number, " ".join(part for part in parts if part)[:LONGEST_NOTE])


def _at_place_or_alike(
    connection: Connection, command: RegisterCase, service: Service, since: int
) -> list[tuple[str, list[Any]]]:
    """Cases of the type at the same place and, where no place was given, those whose subject says the same."""
    here = _where(command.place, command.applicant)
    said = set() if command.place is not None else _said(service, command.answers)
    if here is None and len(said) < FEWEST_PARTS:
        return []
    newest = int(connection.exec_driver_sql("SELECT max(row) FROM cases").scalar() or 0)
    wanted, values = _same_type(service, command.answers)
    where = f", {PLACE} AS place, {HOME} AS home" if here else ""
    rows = connection.exec_driver_sql(
        f"SELECT {SUMMARY_COLUMNS}{where} FROM cases c WHERE c.row > ? AND c.registered_at >= ? AND {wanted}"
        " ORDER BY c.row DESC",
        (newest - NEWEST, since, *values),
    ).fetchall()
    place = [row for row in rows if _same_place(here, _stored_place(row))] if here else []
    return [("place", place), ("topic", _alike_in(rows, said, _type_name(service, command.answers)))]


def _alike_in(rows: Sequence[Any], said: set[str], type_name: str) -> list[Any]:
    """The rows whose subject says the same; the few that have enough in common are looked at closely."""
    if len(said) < FEWEST_PARTS or not rows:
        return []
    keys = names.name_keys(row.subject for row in rows)
    close = (row for row, key in zip(rows, keys, strict=True) if 2 * sum(part in key for part in said) >= len(said))
    return list(islice((row for row in close if _alike(said, _parts(row.subject, type_name))), MOST_ALIKE))


def _alike(one: set[str], two: set[str]) -> bool:
    """Whether two subjects say the same: most of the parts that one of them has are in both."""
    return min(len(one), len(two)) >= FEWEST_PARTS and len(one & two) * 2 >= len(one | two)


def _said(service: Service, answers: Mapping[str, Any]) -> set[str]:
    return _parts(str(answers.get(service.subject, "")), _type_name(service, answers))


def _type_name(service: Service, answers: Mapping[str, Any]) -> str:
    found = service.subcategory(str(answers.get("category")), str(answers.get("subcategory")))
    return found[1].name if found else service.name


def _parts(text: str, type_name: str) -> set[str]:
    """Three letters each, without those that the name of the type says already: they are alike in every case of it."""
    keys = [names.name_key(part) for part in (text, type_name)]
    whole, known = ({key[at : at + 3] for at in range(len(key) - 2)} for key in keys)
    return whole - known


def _same_type(service: Service, answers: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """SQL for "the same service and, where it has them, the same category and subcategory"."""
    wanted = ["c.restricted = 0", "c.service = ?"]
    values: list[Any] = [service.code]
    for item in service.fields:
        if item.type == "category":
            for key in item.answer_keys:
                wanted.append("json_extract(c.document, ?) = ?")
                values += [f'$.answers."{key}"', answers.get(key)]
    return " AND ".join(wanted), values


def _where(place: Place | None, applicant: Applicant) -> Place | None:
    """The place of a matter: its own, else where the applicant lives."""
    if place is not None:
        return place
    return Place(address=applicant.address) if applicant.address.house_no else None


def _stored_place(row: Any) -> Place | None:
    """The place of a row that has the columns PLACE and HOME."""
    if row.place is not None:
        return case_documents.place_from(json.loads(row.place))
    home = Address(**json.loads(row.home)) if row.home else Address()
    return Place(address=home) if home.house_no else None


def _same_place(here: Place, there: Place | None) -> bool:
    if there is None:
        return False
    apart = distance(here, there)
    if apart is not None:
        return apart <= NEAR_METRES
    if here.address.house_no and _house(here.address) == _house(there.address):
        return True
    one, two = sorted((names.name_key(here.note), names.name_key(there.note)), key=len)
    return (len(one) >= SHORTEST_NOTE and one == two) or (len(one) >= SHORTEST_PART and one in two)


def _house(address: Address) -> tuple[str, ...]:
    return tuple(names.name_key(part) for part in (address.house_no, address.moo, address.subdistrict))


def distance(one: Place, two: Place) -> float | None:
    """Metres between two places with coordinates, else None; exact enough within a province."""
    return None if one.point is None or two.point is None else metres(one.point, two.point)


def _similar(counter: Counter, row: Any, now: datetime, why: str) -> SimilarCase:
    case = summary(counter, row)
    days = max(0, (now - case.registered_at).days)
    when = f"เมื่อ {days:,} วันก่อน" if days else "วันนี้"
    return SimilarCase(case, days, why, f"{WHY[why]}{when}: {case.number} {case.subject} ({case.status_text})")
