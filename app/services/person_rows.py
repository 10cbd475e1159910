"""The rows of persons: the same citizen number is the same person, also after two rows were found to be one person.

Rows are this counter's own. Other counters and the server know a person by the cases, so an event that speaks of a
person names one of them.
"""

import hashlib
import json
from dataclasses import dataclass, replace

from app.domain import citizen_id, names
from app.domain.errors import Refused
from app.domain.ids import uuid7
from app.services import case_documents
from app.services.counter import Counter
from app.services.model import Applicant
from app.store import people_index, tables
from app.store.canonical import canonical_json
from app.store.unit_of_work import UnitOfWork, insert_sql

INSERT = insert_sql(tables.person)
BY_NUMBER = "SELECT row, merged_into, name_key, phone_last4 FROM person WHERE citizen_id_hash = ?"
UPDATE = "UPDATE person SET document = ?, kind = ?, name_key = ?, phone_last4 = ? WHERE row = ?"
GIVE_NUMBER = "UPDATE person SET citizen_id_hash = ? WHERE row = ? AND citizen_id_hash IS NULL"
_ROOT_OF = (
    "WITH RECURSIVE up (row, merged_into) AS (SELECT row, merged_into FROM person WHERE {} = ?"
    " UNION SELECT p.row, p.merged_into FROM up JOIN person p ON p.row = up.merged_into)"
    " SELECT row FROM up WHERE merged_into IS NULL"
)
"""The person a row stands for now: itself, or whom it was merged into, over any number of merges."""
BY_ROW = _ROOT_OF.format("row")
BY_HASH = _ROOT_OF.format("citizen_id_hash")


def citizen_hash(counter: Counter, number: str) -> bytes:
    """The keyed hash by which a citizen number is found; 16 bytes are unique enough for a country."""
    return hashlib.blake2b(number.encode(), key=counter.citizen_key, digest_size=16).digest()


def typed_hash(counter: Counter, typed: str) -> bytes | None:
    """The hash of a whole number as somebody types it, also of one whose check digit does not fit; None of anything
    else."""
    try:
        return citizen_hash(counter, citizen_id.normalise(typed))
    except Refused:
        return None


def found_by(applicant: Applicant) -> tuple[str, str, str]:
    """(kind, name key, last four of the phone): the columns by which a person is found and compared.

    A juristic person has two names, each on a line of the key: its own, and its representative's.
    """
    key = names.name_key(f"{applicant.first_name}{applicant.last_name}")
    kind = applicant.kind
    if kind == "juristic":
        key = f"{names.name_key(names.without_title(applicant.organisation))}\n{key}".rstrip()
    elif kind == "thai" and not applicant.citizen_id:
        kind = "unnumbered"
    return kind, key, applicant.phone[-4:]


@dataclass(frozen=True, slots=True)
class Described:
    """An applicant as a row of persons holds one: worked out before the transaction begins."""

    applicant: Applicant
    hashed: bytes | None
    document: str
    found_by: tuple[str, str, str]


def describe(counter: Counter, applicant: Applicant) -> Described:
    """What the applicant's row would hold."""
    hashed = citizen_hash(counter, applicant.citizen_id) if applicant.citizen_id else None
    document = canonical_json(case_documents.applicant_document(applicant))
    return Described(applicant, hashed, document, found_by(applicant))


def person_row(work: UnitOfWork, person: Described, chosen: int = 0, at: int | None = None) -> int:
    """The person's row, with the newest contact data; a new one where number and choice find none.

    chosen: the row that the clerk chose. It counts where the number finds nobody and the chosen person has no number.
    at: when it was said (ms), where it comes late: contact data of a later case stay. Refused "unknown_person" where
    there is no such row.
    """
    applicant, hashed, columns = person.applicant, person.hashed, person.found_by
    found = work.execute(BY_NUMBER, (hashed,)).fetchone() if hashed is not None else None
    if found is None and chosen and (fitting := _chosen(work, chosen, hashed)):
        return _renew_root(work, fitting, applicant, at)
    if found is None:
        return int(work.execute(INSERT, (None, uuid7(), hashed, person.document, *columns, None)).lastrowid)
    row, merged_into, *before = found
    if merged_into is not None:
        return _renew_root(work, row, applicant, at)
    if not _overtaken(work, row, at):
        _renew(work, row, applicant, columns, (before[0], before[1]))
    return int(row)


def root(work: UnitOfWork, row: int) -> int:
    """The row that stands for the person of this row now."""
    return int(work.execute(BY_ROW, (row,)).fetchone()[0])


def any_case(work: UnitOfWork, person: int, beside: int = 0) -> bytes | None:
    """The id of the person's first case other than row `beside`, by which other counters know the person."""
    sql = "SELECT id FROM cases WHERE person = ? AND row <> ? ORDER BY row LIMIT 1"
    found = work.execute(sql, (person, beside)).fetchone()
    return bytes(found[0]) if found else None


def _renew(
    work: UnitOfWork, row: int, applicant: Applicant, columns: tuple[str, str, str], before: tuple[str, str]
) -> None:
    document = canonical_json(case_documents.applicant_document(applicant))
    work.execute(UPDATE, (document, *columns, row))
    if before != columns[1:]:
        people_index.replace(work, row, before, columns[1:])


def _overtaken(work: UnitOfWork, row: int, at: int | None) -> bool:
    """Whether a case of this person that was registered later is here already."""
    if at is None:
        return False
    later = "SELECT 1 FROM cases WHERE person = ? AND registered_at > ? LIMIT 1"
    return work.execute(later, (row, at)).fetchone() is not None


def _renew_root(work: UnitOfWork, row: int, applicant: Applicant, at: int | None = None) -> int:
    """The newest contact data of the person whom a row stands for now; a number that is there already stays."""
    kept = root(work, row)
    if _overtaken(work, kept, at):
        return kept
    text, name, last4 = work.execute(
        "SELECT document, name_key, phone_last4 FROM person WHERE row = ?", (kept,)
    ).fetchone()
    number = json.loads(text).get("citizen_id", "")
    renewed = replace(applicant, citizen_id=number) if number else applicant
    _renew(work, kept, renewed, found_by(renewed), (name, last4))
    return kept


def _chosen(work: UnitOfWork, chosen: int, hashed: bytes | None) -> int | None:
    """The chosen row where it fits: one without a number takes the new one, one with another is somebody else."""
    if work.execute("SELECT 1 FROM person WHERE row = ?", (chosen,)).fetchone() is None:
        raise Refused("unknown_person", "ไม่พบบุคคลที่เลือกไว้ในเครื่องนี้", "ค้นและเลือกบุคคลใหม่ หรือกรอกเป็นรายใหม่", "person")
    row = root(work, chosen)
    if hashed is not None and not work.execute(GIVE_NUMBER, (hashed, row)).rowcount:
        return None
    return row
