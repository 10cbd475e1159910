"""Persons at the counter: found while their name is typed, shown masked, known by their earlier cases.

A citizen number finds a person only when it is whole, by its keyed hash; the number itself is in no index. Whole
numbers leave this module in two ways: `applicant` fills the form of the same person, `unmask` shows one to a person
with the right to see it, and says so in the audit chain first.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from app.domain import citizen_id, names, phone, thai_date
from app.domain.errors import Refused
from app.domain.text_rules import clean_text, storable
from app.services import case_documents, restricted_cases, rights
from app.services.applicants import KINDS
from app.services.case_documents import instant
from app.services.case_rows import SUMMARY_COLUMNS, by_number, listed, summary
from app.services.counter import Counter
from app.services.model import Actor, Address, Applicant, CaseSummary, PersonView
from app.services.person_rows import BY_HASH, BY_ROW, citizen_hash
from app.store import people_index

COLUMNS = "p.row, p.kind, p.name_key, p.document, p.merged_into"
CANDIDATES = 200
"""Rows that are fetched to choose the best ones from."""
LONGEST = 100
MASKS = {"citizen_id": citizen_id.masked, "representative_id": citizen_id.masked, "phone": phone.masked}
UNMASKABLE = ("citizen_id", "phone", "representative_id", "passport")
FILER_FIELDS = ("filed_by.citizen_id", "filed_by.phone")
"""Numbers of who filed for the applicant of a case."""
LAST_FOUR = 4
LARGEST_ROW = 2**63 - 1


def find(counter: Counter, text: str, limit: int = 20, actor: Actor | None = None) -> list[PersonView]:
    """The persons whom this may be, best first: whole 13 digits, a whole telephone number, the last four of one, or any
    parts of a name, with or without title, tone marks and blanks. Fewer digits find nobody.
    Each with the cases that the actor may see."""
    text = text.strip()[:LONGEST]
    if not text or not storable(text):
        return []
    with counter.store.read() as connection:
        rows = _candidates(counter, connection, text)
        return [view_of(connection, row, actor) for row in _now(connection, rows)[:limit]]


def _candidates(counter: Counter, connection: Connection, text: str) -> list[Any]:
    digits = names.name_key(text)
    if digits.isascii() and digits.isdigit():
        return _by_digits(counter, connection, digits)
    ways = [names.terms(text), names.terms(names.without_title(text))]
    ways = [terms for place, terms in enumerate(ways) if terms and terms not in ways[:place]]
    found: dict[int, Any] = {}
    for terms in ways:
        if any(term.isdigit() and len(term) != LAST_FOUR for term in terms):
            continue
        rows = people_index.find_rows(connection, terms, CANDIDATES, COLUMNS)
        for row in sorted(rows, key=lambda row: (_rank(row.name_key, terms), -row.row)):
            found.setdefault(row.row, row)
    return list(found.values())


def _by_digits(counter: Counter, connection: Connection, digits: str) -> list[Any]:
    if len(digits) == 13:
        return _rows(connection, f"p.row = ({BY_HASH})", citizen_hash(counter, digits))
    if len(digits) == LAST_FOUR:
        return people_index.find_rows(connection, [digits], CANDIDATES, COLUMNS)
    try:
        whole = phone.normalise(digits)
    except Refused:
        return []
    rows = people_index.find_rows(connection, [whole[-LAST_FOUR:]], CANDIDATES, COLUMNS)
    return [row for row in rows if json.loads(row.document).get("phone") == whole]


def _rank(name_key: str, terms: Sequence[str]) -> int:
    """0: a whole name as typed, 1: begins so, 2: one of its names begins with the first term, 3: somewhere."""
    joined = "".join(terms)
    lines = name_key.split("\n")
    if joined in lines:
        return 0
    if any(line.startswith(joined) for line in lines):
        return 1
    return 2 if any(line.startswith(terms[0]) for line in lines) else 3


def _rows(connection: Connection, where: str, *values: Any) -> list[Any]:
    return list(connection.exec_driver_sql(f"SELECT {COLUMNS} FROM person p WHERE {where}", values).fetchall())


def _now(connection: Connection, rows: Sequence[Any]) -> list[Any]:
    """Each row as the person it stands for now, once."""
    found: dict[int, Any] = {}
    for row in rows:
        kept = row if row.merged_into is None else _rows(connection, f"p.row = ({BY_ROW})", row.row)[0]
        found.setdefault(kept.row, kept)
    return list(found.values())


def view_of(connection: Connection, row: Any, actor: Actor | None = None) -> PersonView:
    """The masked view of a row that `row_of` gave, with the cases that the actor may see."""
    who = case_documents.applicant_from(json.loads(row.document))
    last = connection.exec_driver_sql(
        f"SELECT count(*) AS cases, max(c.row) AS row FROM cases c WHERE c.person = ? AND {listed(actor)}", (row.row,)
    ).one()
    newest = connection.exec_driver_sql("SELECT number, registered_at FROM cases WHERE row = ?", (last.row,)).fetchone()
    return PersonView(
        person=row.row,
        kind=row.kind,
        kind_text=KINDS[row.kind],
        name=who.full_name,
        citizen_id=masked(who, "citizen_id"),
        phone=masked(who, "phone"),
        address=_address_line(who.address),
        cases=last.cases,
        last_number=newest.number if newest else "",
        last_at=instant(newest.registered_at) if newest else None,
    )


def masked(who: Applicant, field: str) -> str:
    """One of an applicant's numbers as it may be shown, or ""."""
    value: str = getattr(who, field)
    if not value:
        return ""
    mask = MASKS.get(field)
    return mask(value) if mask else "X" * (len(value) - 3) + value[-3:]


def _address_line(address: Address) -> str:
    parts = (("หมู่ ", address.moo), ("ต.", address.subdistrict), ("อ.", address.district), ("จ.", address.province))
    return " ".join(f"{label}{part}" for label, part in parts if part)


def get(counter: Counter, person: int, actor: Actor | None = None) -> PersonView:
    """One person, or whom he was merged into. Refused "unknown_person" where there is none."""
    with counter.store.read() as connection:
        return view_of(connection, row_of(connection, person), actor)


def row_of(connection: Connection, person: int) -> Any:
    """The row that stands for this person now. Refused "unknown_person"."""
    rows = _rows(connection, f"p.row = ({BY_ROW})", person) if 0 < person <= LARGEST_ROW else []
    if not rows:
        raise Refused("unknown_person", "ไม่พบบุคคลนี้ในเครื่อง", "ค้นด้วยชื่อหรือเบอร์โทรศัพท์อีกครั้ง", "person")
    return rows[0]


def of_number(counter: Counter, number: str, actor: Actor | None = None) -> PersonView | None:
    """The person with this whole citizen or tax number, or None."""
    with counter.store.read() as connection:
        rows = _rows(connection, f"p.row = ({BY_HASH})", citizen_hash(counter, citizen_id.normalise(number)))
        return view_of(connection, rows[0], actor) if rows else None


def of_case(counter: Counter, number: str) -> PersonView:
    """The applicant of a case as a person of the register. Refused "unknown_number"."""
    with counter.store.read() as connection:
        return view_of(connection, row_of(connection, by_number(connection, number, "c.person").person))


def applicant(counter: Counter, person: int) -> Applicant:
    """The newest data of a person, to fill the form with; numbers are whole: a screen shows them by `masked` only."""
    with counter.store.read() as connection:
        return case_documents.applicant_from(json.loads(row_of(connection, person).document))


def completed(counter: Counter, given: Applicant, person: int) -> Applicant:
    """What the form of a chosen person left out or shows masked, taken from the register: numbers and telephone."""
    known = applicant(counter, person)
    changed = {
        field: getattr(known, field)
        for field in UNMASKABLE
        if getattr(given, field) == masked(known, field) or (field == "citizen_id" and not given.citizen_id)
    }
    if given.kind == "unnumbered":
        changed.pop("citizen_id", None)
    return replace(given, **{field: value for field, value in changed.items() if value})


def cases_of(counter: Counter, person: int, limit: int = 20, actor: Actor | None = None) -> list[CaseSummary]:
    """The person's cases that the actor may see, newest first."""
    with counter.store.read() as connection:
        rows = connection.exec_driver_sql(
            f"SELECT {SUMMARY_COLUMNS} FROM cases c WHERE c.person = ({BY_ROW}) AND {listed(actor)}"
            " ORDER BY c.row DESC LIMIT ?",
            (person, limit),
        ).fetchall()
    return [summary(counter, row, actor) for row in rows]


def unmask(counter: Counter, actor: Actor, whom: int | str, field: str, reason: str) -> str:
    """The whole number behind a mask, once the audit chain says who looked and why.

    whom: PersonView.person, or the number of a case (what was registered then). field: of UNMASKABLE; of a case
    also of FILER_FIELDS.
    Refused: "right_needed", "required" without a reason, "unmask_field", "unknown_person", "unknown_number",
    "restricted" for a case that the actor may not read.
    """
    rights.require(actor, rights.UNMASK)
    if field not in UNMASKABLE and not (isinstance(whom, str) and field in FILER_FIELDS):
        raise Refused("unmask_field", "ไม่มีข้อมูลนี้ให้เปิดดู", f"ใช้ค่าใดค่าหนึ่งใน {', '.join(UNMASKABLE)}", "field")
    reason = clean_text(reason, "reason", label="เหตุผลที่ขอดู", max_length=300, required=True)
    with counter.store.write(actor.username) as work:
        if isinstance(whom, str):
            case = by_number(work.connection, whom, "c.number, c.document, c.service, c.restricted")
            restricted_cases.require(actor, case, rights.UNMASK)
            whole = json.loads(case.document)
            subject, document = case.number, whole.get("filed_by", {}) if field in FILER_FIELDS else whole["applicant"]
        else:
            row = row_of(work.connection, whom)
            subject, document = f"person {row.row}", json.loads(row.document)
        work.audit("unmasked", subject, f"{field}: {reason}")
    return str(document.get(field.removeprefix("filed_by."), ""))


def accesses(counter: Counter, limit: int = 100) -> list[dict[str, Any]]:
    """Who saw whole numbers, newest first: at, by, subject (number of a case or person), field and reason."""
    with counter.store.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT at, by, subject, detail FROM audit WHERE action = 'unmasked' ORDER BY seq DESC LIMIT ?", (limit,)
        ).fetchall()
    return [
        {"at": thai_date.local(instant(row.at)), "by": row.by, "subject": row.subject, "detail": row.detail}
        for row in rows
    ]
