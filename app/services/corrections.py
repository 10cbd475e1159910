"""Corrections of a case after its registration: how the applicant is reached, where the matter is, another system's
number. What was registered stays as it was, on paper and in the document; the correction stands beside it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.domain import field_merge, phone
from app.domain.errors import Refused
from app.domain.field_merge import CHOSEN, CORRECTED, LABELS, Merged, Value
from app.domain.text_rules import clean_text
from app.services import registration, restricted_cases, rights, timeline
from app.services.applicants import clean_email
from app.services.case_documents import instant
from app.services.case_rows import by_number, hidden_from, living
from app.services.counter import Counter
from app.services.model import Actor
from app.store import search
from app.store.canonical import canonical_json
from app.store.unit_of_work import UnitOfWork

CASE = "c.row, c.id, c.number, c.document, c.service, c.restricted, c.search_text, c.corrected"


def _phone(text: str) -> str:
    return phone.normalise(text, field="applicant.phone") if text.strip() else ""


def _text(label: str, most: int, key: str) -> Callable[[str], str]:
    return lambda text: clean_text(text, key, label=label, max_length=most, required=False)


@dataclass(frozen=True, slots=True)
class Field:
    """What may be corrected: its label, and how a typed text is checked."""

    label: str
    clean: Callable[[str], str]


CLEANERS: Mapping[str, Callable[[str], str]] = {"applicant.phone": _phone, "applicant.email": clean_email}
LONG = {"place.note": 500}
FIELDS: Mapping[str, Field] = {
    key: Field(label, CLEANERS.get(key) or _text(label, LONG.get(key, 100), key)) for key, label in LABELS.items()
}


@dataclass(frozen=True, slots=True)
class Side:
    """One of the values of a conflict: who said it, when, at which counter. stands: the one that counts now."""

    value: str
    by: str
    at: datetime
    counter: str
    stands: bool


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field that two counters corrected without knowing of each other."""

    number: str
    field: str
    label: str
    sides: tuple[Side, ...]
    """What stands first, then what lost against it; choose by its place, from 1."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """A correction as it stands. registered: what the case was registered with."""

    field: str
    label: str
    value: str
    registered: str
    by: str
    at: datetime


def correct(counter: Counter, actor: Actor, number: str, changes: Mapping[str, str]) -> tuple[Corrected, ...]:
    """Correct fields of a case (keys of FIELDS). What stays as it is is no correction. Refused naming the field."""
    cleaned = {key: _cleaned(key, value) for key, value in changes.items()}
    with counter.store.write(actor.username) as work:
        case = living(work.connection, number, CASE)
        restricted_cases.require(actor, case, rights.EDIT)
        now = _merged(work.connection, case.id)
        fields = {
            key: {"value": value, "base": now.revision(key)}
            for key, value in cleaned.items()
            if value != _standing(now, case, key)
        }
        if fields:
            work.emit(CORRECTED, case.id, {"fields": fields})
            work.audit(CORRECTED, case.number, " ".join(sorted(fields)))
            settle(work, case.id)
    return listing(counter, number, actor)


def _cleaned(key: str, value: str) -> str:
    if key not in FIELDS:
        raise Refused("correction_field", "แก้ไขช่องนี้ไม่ได้", f"ช่องที่แก้ได้: {', '.join(FIELDS)}", key)
    return FIELDS[key].clean(value)


def listing(counter: Counter, number: str, actor: Actor | None = None) -> tuple[Corrected, ...]:
    """The corrections of a case that stand, in the order of FIELDS."""
    with counter.store.read() as connection:
        case = by_number(connection, number, CASE)
        restricted_cases.require(actor, case)
        now = _merged(connection, case.id)
    return tuple(
        Corrected(key, FIELDS[key].label, value.value, _registered(case.document, key), value.by, instant(value.at))
        for key in FIELDS
        if (value := now.values.get(key)) is not None
    )


def values(counter: Counter, number: str, actor: Actor | None = None) -> dict[str, str]:
    """Every field that may be corrected, as it stands."""
    with counter.store.read() as connection:
        case = by_number(connection, number, CASE)
        restricted_cases.require(actor, case)
        now = _merged(connection, case.id)
    return {key: _standing(now, case, key) for key in FIELDS}


def conflicts(counter: Counter, number: str = "", actor: Actor | None = None) -> list[Conflict]:
    """The conflicts that nobody has settled, of one case or of all; those of cases that the actor may not read are
    left out."""
    found: list[Conflict] = []
    with counter.store.read() as connection:
        rows = connection.exec_driver_sql(
            f"SELECT DISTINCT {CASE} FROM field_conflict f JOIN cases c ON c.row = f.case_row"
            " WHERE ? IN ('', c.number) ORDER BY c.row",
            (number,),
        ).fetchall()
        for case in rows:
            if hidden_from(actor, case):
                continue
            now = _merged(connection, case.id)
            names = timeline.places(counter, connection, case.id)
            found += [_conflict(case.number, key, now, names) for key in FIELDS if key in now.conflicts]
    return found


def choose(counter: Counter, actor: Actor, number: str, key: str, side: int) -> None:
    """Settle a conflict: the value at this place of `Conflict.sides` (from 1) stands. Refused "no_conflict" where
    there is none any more."""
    with counter.store.write(actor.username) as work:
        case = living(work.connection, number, CASE)
        restricted_cases.require(actor, case, rights.EDIT)
        now = _merged(work.connection, case.id)
        lost = now.conflicts.get(key, [])
        sides = [now.values[key], *lost] if lost else []
        if not 1 <= side <= len(sides):
            raise Refused("no_conflict", "ไม่มีข้อมูลขัดกันให้เลือก หรือมีผู้เลือกไปแล้ว", "เปิดเรื่องใหม่เพื่อดูค่าปัจจุบัน", "side")
        seen = [one.revision for one in lost]
        chosen = {"field": key, "value": sides[side - 1].value, "base": now.revision(key), "seen": seen}
        work.emit(CHOSEN, case.id, chosen)
        work.audit(CHOSEN, case.number, key)
        settle(work, case.id)


def settle(work: UnitOfWork, record: bytes) -> None:
    """Bring the case to what its corrections say, in the office's order. Doing it again changes nothing."""
    case = work.run(f"SELECT {CASE} FROM cases c WHERE c.id = ?", (record,)).one()
    now = _merged(work.connection, record)
    standing = {key: value.value for key, value in now.values.items() if key in FIELDS}
    text = canonical_json(standing) if standing else ""
    if text != case.corrected:
        work.run(
            "UPDATE cases SET corrected = ?, external_number = ? WHERE row = ?",
            (text, standing.get("external_number", ""), case.row),
        )
        search.replace_text(work, case.row, _search_text(case, standing))
    work.run("DELETE FROM field_conflict WHERE case_row = ?", (case.row,))
    for key in now.conflicts:
        work.run("INSERT INTO field_conflict (case_row, field) VALUES (?, ?)", (case.row, key))
    work.changed("case", case.number)


def count(connection: Connection) -> int:
    """Conflicts that wait for somebody's choice."""
    return int(connection.exec_driver_sql("SELECT count(*) FROM field_conflict").scalar_one())


def _search_text(case: Any, standing: Mapping[str, str]) -> str:
    """The text as registered with what the corrections add; what an earlier correction added goes."""
    before = _added(json.loads(case.corrected)) if case.corrected else ""
    return str(case.search_text).removesuffix(before) + _added(standing)


def _added(standing: Mapping[str, str]) -> str:
    parts = [
        standing.get("applicant.phone", "")[-4:],
        standing.get("place.note", ""),
        standing.get("external_number", ""),
    ]
    shown = [registration.without_citizen_ids(part) for part in parts if part]
    return "\n" + search.search_text(shown) if shown else ""


def _merged(connection: Connection, record: bytes) -> Merged:
    rows = connection.exec_driver_sql(timeline.OF_RECORD, (record,)).fetchall()
    return field_merge.merged(
        (Value("", bytes(row.id).hex(), row.at, row.by, row.origin), row.kind, json.loads(row.payload))
        for row in rows
        if row.kind in (CORRECTED, CHOSEN)
    )


def _standing(now: Merged, case: Any, key: str) -> str:
    return now.values[key].value if key in now.values else _registered(case.document, key)


def _registered(document: str, key: str) -> str:
    found: Any = json.loads(document)
    for part in key.split("."):
        found = found.get(part, {}) if isinstance(found, dict) else {}
    return found if isinstance(found, str) else ""


def _conflict(number: str, key: str, now: Merged, names: Mapping[str, str]) -> Conflict:
    def side(value: Value, stands: bool) -> Side:
        return Side(value.value, value.by, instant(value.at), names.get(value.origin, ""), stands)

    first = replace(now.values[key])
    return Conflict(
        number, key, FIELDS[key].label, (side(first, True), *(side(one, False) for one in now.conflicts[key]))
    )
