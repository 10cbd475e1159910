"""Persons who may be one person twice: shown side by side, decided by somebody, merged without losing history.

Two persons may be one when their names have the same key and they share a telephone or an address, or when one of them
has no number. Nothing is joined by this alone. A decision is a row that stays; a merge moves the links of cases only
(docs/adr/0008), and can be undone.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any, NamedTuple

from sqlalchemy import Connection

from app.domain import names
from app.domain.errors import Refused
from app.domain.text_rules import clean_text
from app.services import case_documents, people, rights
from app.services.counter import Counter
from app.services.model import Actor, Applicant, Compared, Double, PersonView
from app.services.person_rows import any_case, citizen_hash, found_by, root
from app.store import people_index, tables
from app.store.canonical import canonical_json
from app.store.unit_of_work import UnitOfWork, insert_sql

DECISIONS = {"same": "เป็นคนเดียวกัน", "different": "คนละคน", "later": "ตัดสินใจภายหลัง", "undone": "แยกกลับแล้ว"}
SETTLED = ("different", "undone")
INSERT = insert_sql(tables.person_decision)
OF_NUMBER = "SELECT row FROM person WHERE citizen_id_hash = ?"
FIRST_MOVE = "SELECT other FROM person_decision WHERE decision = 'same' AND instr(moved, ?) ORDER BY row LIMIT 1"
LARGEST_GROUP = 6
"""Rows of one name and telephone that are compared with each other; more of them show up as the first are decided."""
_NAME = "substr(name_key, 1, instr(name_key || char(10), char(10)) - 1)"
_LIVING = f"FROM person WHERE merged_into IS NULL AND name_key <> '' GROUP BY {_NAME}"
_BY_PHONE = (
    f"SELECT max(row) AS newest, group_concat(row) AS rows {_LIVING}, json_extract(document, '$.phone')"
    " HAVING count(*) > 1 AND json_extract(document, '$.phone') IS NOT NULL ORDER BY newest DESC LIMIT ?"
)
_BY_ADDRESS = (
    f"SELECT max(row) AS newest, group_concat(row) AS rows {_LIVING}, json_extract(document, '$.address.house_no'),"
    " json_extract(document, '$.address.moo'), json_extract(document, '$.address.subdistrict')"
    " HAVING count(*) > 1 AND json_extract(document, '$.address.house_no') IS NOT NULL ORDER BY newest DESC LIMIT ?"
)


class Decision(NamedTuple):
    """What somebody decided about two persons, and when (milliseconds UTC)."""

    decision: str
    note: str
    by: str
    at: int


class Candidate(NamedTuple):
    """A person of the register who may be the applicant at the counter, and what speaks for it."""

    view: PersonView
    why: tuple[str, ...]


def candidates(
    counter: Counter, applicant: Applicant, limit: int = 10, person: int = 0, actor: Actor | None = None
) -> list[Candidate]:
    """Before saving: persons of the same name under another number or none, those with most in common first.

    person: whom the applicant is known to be, or 0; that person and pairs that somebody settled are left out.
    """
    if person:
        applicant = people.completed(counter, applicant, person)
    name = found_by(applicant)[1].split("\n")[0]
    if not name:
        return []
    own = citizen_hash(counter, applicant.citizen_id) if applicant.citizen_id else None
    with counter.store.read() as connection:
        rows = people_index.find_rows(connection, [name], people.CANDIDATES, f"{people.COLUMNS}, p.citizen_id_hash")
        found = [
            Candidate(people.view_of(connection, row, actor), why)
            for row in rows
            if row.merged_into is None
            and row.row != person
            and row.name_key.split("\n")[0] == name
            and (own is None or row.citizen_id_hash != own)
            and (why := _shared(applicant, _document(row)))
            and not (person and _decision(connection, person, row.row) in SETTLED)
        ]
    return sorted(found, key=lambda candidate: -len(candidate.why))[:limit]


def doubles(counter: Counter, limit: int = 50) -> list[Double]:
    """Pairs of the whole register that nobody has settled yet, the newest first, those put off last."""
    with counter.store.read() as connection:
        found: dict[tuple[int, int], Double] = {}
        for pair in _pairs(connection, 4 * limit):
            if pair not in found and (double := _double(connection, *pair)):
                found[pair] = double
    return sorted(found.values(), key=lambda double: double.decision == "later")[:limit]


def _pairs(connection: Connection, groups: int) -> Iterator[tuple[int, int]]:
    for sql in (_BY_PHONE, _BY_ADDRESS):
        for group in connection.exec_driver_sql(sql, (groups,)).fetchall():
            rows = sorted(int(row) for row in group.rows.split(","))[:LARGEST_GROUP]
            yield from combinations(rows, 2)


def _double(connection: Connection, first: int, second: int) -> Double | None:
    decision = _decision(connection, first, second)
    if decision in SETTLED:
        return None
    rows = [people.row_of(connection, row) for row in (first, second)]
    who = case_documents.applicant_from(_document(rows[0]))
    views = [people.view_of(connection, row) for row in rows]
    return Double(views[0], views[1], _shared(who, _document(rows[1])), decision)


def _decision(connection: Connection, first: int, second: int) -> str:
    row = connection.exec_driver_sql(
        "SELECT decision FROM person_decision WHERE (kept = ? AND other = ?) OR (kept = ? AND other = ?)"
        " ORDER BY row DESC LIMIT 1",
        (first, second, second, first),
    ).fetchone()
    return str(row.decision) if row else ""


def _document(row: Any) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(row.document)
    return document


def _shared(applicant: Applicant, document: Mapping[str, Any]) -> tuple[str, ...]:
    """What two persons of one name have in common beside it, and whether a number is missing that would tell."""
    other = case_documents.applicant_from(document)
    found = []
    if applicant.phone and applicant.phone == other.phone:
        found.append("phone")
    if applicant.address.house_no and _place(applicant) == _place(other):
        found.append("address")
    if not (applicant.citizen_id and other.citizen_id):
        found.append("number_missing")
    return tuple(found)


def _place(applicant: Applicant) -> tuple[str, ...]:
    address = applicant.address
    return tuple(names.name_key(part) for part in (address.house_no, address.moo, address.subdistrict))


def decide(counter: Counter, actor: Actor, first: int, second: int, decision: str, note: str = "") -> PersonView:
    """Record what somebody decided about two persons; "same" merges, "undone" parts what was merged.

    first, second: PersonView.person. Returns the person who is kept, or the first.
    Refused: "decision", "unknown_person", "same_person", "different_kind", "not_merged", "right_needed".
    """
    if decision not in DECISIONS:
        raise Refused("decision", "ไม่รู้จักคำตัดสินนี้", f"ใช้ค่าใดค่าหนึ่งใน {', '.join(DECISIONS)}", "decision")
    if decision != "later" or not rights.may(actor, rights.CREATE):
        rights.require(actor, rights.MERGE_PEOPLE)
    if decision == "same":
        return merge(counter, actor, first, second, note)
    if decision == "undone":
        return undo(counter, actor, second, note)
    note = _clean_note(note)
    with counter.store.write(actor.username) as work:
        kept = compare(work, first, second, decision, note)
    return people.get(counter, kept)


def merge(counter: Counter, actor: Actor, kept: int, other: int, note: str = "") -> PersonView:
    """Make two persons one: `other`'s cases are `kept`'s from now on. The one with a number is kept where only one has
    one. What the cases say, and the other row, stay as they are."""
    rights.require(actor, rights.MERGE_PEOPLE)
    note = _clean_note(note)
    with counter.store.write(actor.username) as work:
        kept = unite(work, kept, other, note)
    return people.get(counter, kept)


def settle_compared(work: UnitOfWork, person: int, compared: Sequence[Compared]) -> None:
    """Record what was decided about an applicant before the case was saved, inside the case's transaction. person: the
    applicant's row. Refused "compared" where one cannot be recorded; a pair that is one person already is passed over.
    """
    for one in compared:
        try:
            person = _settle(work, root(work, person), one)
        except Refused as error:
            raise Refused("compared", error.title, error.hint, "compared") from None


def _settle(work: UnitOfWork, person: int, one: Compared) -> int:
    note, other = _clean_note(one.note), people.row_of(work.connection, one.person).row
    if other == person:
        return person
    return (
        unite(work, person, other, note) if one.decision == "same" else compare(work, person, other, one.decision, note)
    )


def compare(work: UnitOfWork, first: int, second: int, decision: str, note: str) -> int:
    """The rows of a decision that joins nobody, inside a transaction; returns the first person."""
    kept, other = _two(work, first, second)
    write_decision(work, kept, other, _made(work, decision, note), [])
    _tell(work, "person_compared", kept, other, {"decision": decision, "note": note})
    work.audit("person_compared", f"person {kept}", f"person {other}: {decision}")
    return kept


def unite(work: UnitOfWork, kept: int, other: int, note: str) -> int:
    """The rows of a merge that somebody decided, inside a transaction; returns the person kept."""
    kept, other = _numbered_first(work, *_two(work, kept, other))
    _tell(work, "person_merged", kept, other, {"note": note})
    join(work, kept, other, _made(work, "same", note))
    work.audit("person_merged", f"person {kept}", f"person {other}")
    return kept


def undo(counter: Counter, actor: Actor, other: int, note: str = "") -> PersonView:
    """Part a merged person again; the cases go back, and those registered since under that person's number with them.

    Refused "not_merged" where this person was not merged into another.
    """
    rights.require(actor, rights.MERGE_PEOPLE)
    note = _clean_note(note)
    with counter.store.write(actor.username) as work:
        kept, moved = part(work, counter, other, _made(work, "undone", note))
        if moved:
            work.emit("person_unmerged", bytes.fromhex(moved[0]), {"note": note} if note else {})
        work.audit("person_unmerged", f"person {kept}", f"person {other}")
    return people.get(counter, other)


def join(work: UnitOfWork, kept: int, other: int, made: Decision) -> None:
    """The rows of a merge: cases linked to the person kept, and the decision with what it moved."""
    moved = [bytes(row[0]).hex() for row in work.execute("SELECT id FROM cases WHERE person = ?", (other,)).fetchall()]
    _announce(work, other)
    work.run("UPDATE cases SET person = ? WHERE person = ?", (kept, other))
    work.run("UPDATE person SET merged_into = ? WHERE row = ?", (kept, other))
    write_decision(work, kept, other, made, moved)


def part(work: UnitOfWork, counter: Counter, other: int, made: Decision) -> tuple[int, list[str]]:
    """Take a merge back; returns the person that had been kept and the ids (hex) of the cases given back."""
    row = work.run("SELECT merged_into FROM person WHERE row = ?", (other,)).fetchone()
    if row is None or row.merged_into is None:
        raise Refused("not_merged", "บุคคลนี้ไม่ได้ถูกรวมกับผู้อื่นอยู่", "ค้นบุคคลอีกครั้ง แล้วเลือกรายที่ถูกรวมไว้", "person")
    holder = root(work, other)
    back = [case for case, home in _homes(work, counter, holder) if other in _chain(work, home)]
    for case_id in back:
        work.run("UPDATE cases SET person = ? WHERE id = ? AND person = ?", (other, bytes.fromhex(case_id), holder))
    work.run("UPDATE person SET merged_into = NULL WHERE row = ?", (other,))
    write_decision(work, row.merged_into, other, made, back)
    _announce(work, other)
    return int(row.merged_into), back


def _homes(work: UnitOfWork, counter: Counter, holder: int) -> list[tuple[str, int]]:
    """The cases of the person kept (ids in hex), each with the person whose it would be without any merge: who has its
    number, else whom the first merge took it from, else the person kept."""
    found = []
    for case in work.run("SELECT id, document FROM cases WHERE person = ? ORDER BY row", (holder,)).fetchall():
        number, case_id = _document(case)["applicant"].get("citizen_id"), case.id.hex()
        home = work.run(OF_NUMBER, (citizen_hash(counter, number),)).scalar() if number else None
        found.append((case_id, home or work.run(FIRST_MOVE, (case_id,)).scalar() or holder))
    return found


def _chain(work: UnitOfWork, person: int) -> set[int]:
    """This person and everybody he was merged into, one into the other."""
    chain, above = {person}, person
    while (above := work.run("SELECT merged_into FROM person WHERE row = ?", (above,)).scalar_one()) is not None:
        chain.add(above)
    return chain


def write_decision(work: UnitOfWork, kept: int, other: int, made: Decision, moved: Sequence[str]) -> None:
    """One row of what was decided."""
    values = (made.decision, canonical_json(list(moved)), made.note, made.by, made.at)
    work.execute(INSERT, (None, kept, other, *values))
    work.changed("person")


def known(work: UnitOfWork, made: Decision) -> bool:
    """Whether this very decision is written already: what comes from another counter may come twice."""
    sql = "SELECT 1 FROM person_decision WHERE at = ? AND by = ? AND decision = ?"
    return work.run(sql, (made.at, made.by, made.decision)).fetchone() is not None


def _made(work: UnitOfWork, decision: str, note: str) -> Decision:
    return Decision(decision, note, work.by, work.now_ms)


def _announce(work: UnitOfWork, person: int) -> None:
    for case in work.run("SELECT number FROM cases WHERE person = ?", (person,)).fetchall():
        work.changed("case", case.number)


def _tell(work: UnitOfWork, kind: str, kept: int, other: int, payload: Mapping[str, str]) -> None:
    """The event for the office's other counters, which know the two by a case of each."""
    first, second = (any_case(work, person) for person in (kept, other))
    if first is not None and second is not None:
        work.emit(kind, second, {"with": first.hex(), **{key: text for key, text in payload.items() if text}})


def _two(work: UnitOfWork, first: int, second: int) -> tuple[int, int]:
    rows = [people.row_of(work.connection, person) for person in (first, second)]
    if rows[0].row == rows[1].row:
        raise Refused("same_person", "ทั้งสองรายการเป็นคนเดียวกันอยู่แล้ว", "เลือกบุคคลสองรายที่ต่างกัน", "person")
    if (rows[0].kind == "juristic") != (rows[1].kind == "juristic"):
        raise Refused("different_kind", "บุคคลธรรมดากับนิติบุคคลรวมกันไม่ได้", "เลือกบุคคลประเภทเดียวกัน", "person")
    return rows[0].row, rows[1].row


def _numbered_first(work: UnitOfWork, kept: int, other: int) -> tuple[int, int]:
    def numbered(person: int) -> bool:
        return work.run("SELECT citizen_id_hash FROM person WHERE row = ?", (person,)).scalar_one() is not None

    return (other, kept) if numbered(other) and not numbered(kept) else (kept, other)


def _clean_note(note: str) -> str:
    return clean_text(note, "note", label="หมายเหตุ", max_length=500)
