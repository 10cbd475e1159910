"""Taking the personal data out of a case, or out of an entry of a register: rows, files, search index, drafts, print
jobs; numbers, money, audit stay.

Whether it may be done is asked elsewhere (app/services/destruction.py)."""

import json
from collections.abc import Sequence
from typing import Any

from app.domain import destruction as rule
from app.services import office_records
from app.services.counter import Counter
from app.store import people_index, search
from app.store.canonical import canonical_json
from app.store.meta import meta_get, meta_set
from app.store.unit_of_work import UnitOfWork

NOBODY = bytes(16)
"""Id of the empty row that stands for the persons of destroyed cases."""
NOBODY_ROW = "nobody_row"
"""Meta: the row of that person."""
TO_FORGET = "files_to_forget"
"""Meta: per place of backups, names of files that its shared folder still has, as JSON."""
TO_FIND = "destructions_to_find"
"""Meta: events tell of destroyed cases that were not yet destroyed here."""
PLACES = ("first", "second")


def case_of(work: UnitOfWork, record: bytes) -> Any:
    """(row, number, person, origin, gone) of a case by its id, or None; gone: destroyed already."""
    return work.run(
        "SELECT c.row, c.number, c.person, c.origin, d.case_row IS NOT NULL AS gone FROM cases c"
        " LEFT JOIN destroyed d ON d.case_row = c.row WHERE c.id = ?",
        (record,),
    ).fetchone()


def replicate(counter: Counter, work: UnitOfWork, record: bytes, payload: Any, by: str, at: int) -> None:
    """What another counter destroyed, destroyed here; twice changes nothing, and a case that is not here yet is met
    again when it comes (`after`)."""
    rule.check(payload)
    case = case_of(work, record)
    if case is None:
        return
    if not case.gone:
        enter(counter, work, case, record, str(payload["destruction"]), by, at)
    else:
        _first_told(work, case.row, record)


def _first_told(work: UnitOfWork, row: int, record: bytes) -> None:
    """Of two lists that destroyed a case apart from each other the first in the office's order is named everywhere."""
    told = work.run(
        "SELECT payload, by, at FROM event WHERE record = ? AND kind = ? ORDER BY placed IS NULL, placed, seq LIMIT 1",
        (record, rule.KIND),
    ).one()
    key = str(json.loads(told.payload)["destruction"])
    work.run("UPDATE destroyed SET destruction = ?, at = ?, by = ? WHERE case_row = ?", (key, told.at, told.by, row))


def after(counter: Counter, work: UnitOfWork, record: bytes) -> None:
    """Another event of this record has come: of a destroyed case it leaves as little as the others."""
    told = work.run(
        "SELECT kind, payload, by, at FROM event WHERE record = ? AND kind IN (?, ?) ORDER BY seq",
        (record, *rule.KINDS),
    ).fetchone()
    if told is None:
        return
    payload = json.loads(told.payload)
    if told.kind == rule.RECORD_KIND:
        replicate_record(counter, work, record, payload)
    elif (case := case_of(work, record)) is not None:
        enter(counter, work, case, record, str(payload["destruction"]), told.by, told.at)


def replicate_record(counter: Counter, work: UnitOfWork, record: bytes, payload: Any) -> None:
    """An entry of a register that another counter destroyed, destroyed here; what is not here yet is met again."""
    rule.check_record(record, payload)
    enter_record(counter, work, str(payload["kind"]), str(payload["key"]), str(payload["destruction"]))


def enter_record(counter: Counter, work: UnitOfWork, kind: str, key: str, destruction: str) -> None:
    """Destroy the data of one entry of a register inside a transaction; done again it changes nothing."""
    known = office_records.get(work.connection, kind, key)
    if known is None:
        return
    _thoroughly(work)
    if not office_records.is_destroyed(known):
        work.audit(rule.RECORD_KIND, f"{kind} {key}", destruction)
    _events(work, office_records.record_of(kind, key))
    work.run(
        "UPDATE office_record SET document = ? WHERE kind = ? AND key = ?",
        (canonical_json(rule.record_left(known.document)), kind, key),
    )
    named = work.run("SELECT DISTINCT sha256 FROM office_file WHERE kind = ? AND key = ?", (kind, key))
    wanted = named.scalars().all()
    work.run("DELETE FROM office_file WHERE kind = ? AND key = ?", (kind, key))
    _forget(counter, work, wanted)
    work.changed(office_records.TOUCHED)


def enter(counter: Counter, work: UnitOfWork, case: Any, record: bytes, destruction: str, by: str, at: int) -> None:
    """Destroy the data of one case, `case` being what `case_of` gives, inside a transaction."""
    _thoroughly(work)
    if not case.gone:
        work.run("INSERT INTO destroyed VALUES (?, ?, ?, ?)", (case.row, destruction, at, by))
        work.audit(rule.KIND, case.number, destruction)
    _events(work, record)
    _case(work, case.row, case.number)
    _person(work, case)
    _files(counter, work, case.row)
    _beside(work, case.row, case.number)
    _money(work, case.row)
    work.changed("case", case.number)
    work.changed("person")


def catch_up(counter: Counter) -> None:
    """Destroy what events tell of and what was not destroyed here: an older program passed them over, or a backup from
    before was brought back."""
    with counter.store.read() as connection:
        if not meta_get(connection, TO_FIND):
            return
    with counter.store.write("destruction") as work:
        told = work.run(
            "SELECT kind, record, payload, by, at FROM event WHERE kind IN (?, ?) ORDER BY seq", rule.KINDS
        ).fetchall()
        for row in told:
            if row.kind == rule.RECORD_KIND:
                replicate_record(counter, work, row.record, json.loads(row.payload))
            else:
                replicate(counter, work, row.record, json.loads(row.payload), row.by, row.at)
        work.run("DELETE FROM meta WHERE key = ?", (TO_FIND,))


def _thoroughly(work: UnitOfWork) -> None:
    """What is deleted is overwritten in the file, and the search index is asked to let go of its older parts."""
    work.run("PRAGMA secure_delete = ON")
    meta_set(work.connection, search.TO_SETTLE, "1")


def _events(work: UnitOfWork, record: bytes) -> None:
    for row in work.run("SELECT seq, kind, payload FROM event WHERE record = ?", (record,)).fetchall():
        left = canonical_json(rule.event_left(row.kind, json.loads(row.payload)))
        if left != row.payload:
            work.run("UPDATE event SET payload = ? WHERE seq = ?", (left, row.seq))


def _case(work: UnitOfWork, row: int, number: str) -> None:
    document = json.loads(work.run("SELECT document FROM cases WHERE row = ?", (row,)).scalar_one())
    search.replace_text(work, row, search.search_text([number]))
    work.run(
        "UPDATE cases SET document = ?, name = ?, subject = ?, corrected = '', external_number = '' WHERE row = ?",
        (canonical_json(rule.document_left(document)), rule.GONE, rule.GONE, row),
    )


def _person(work: UnitOfWork, case: Any) -> None:
    """The case is nobody's now. A person whose last case it was goes, with every row that was merged into it."""
    nobody = _nobody(work)
    if case.person == nobody:
        return
    work.run("UPDATE cases SET person = ? WHERE row = ?", (nobody, case.row))
    if work.run("SELECT 1 FROM cases WHERE person = ? LIMIT 1", (case.person,)).fetchone() is not None:
        return
    rows = work.run(
        "WITH RECURSIVE down (row) AS (SELECT ? UNION SELECT p.row FROM down JOIN person p ON p.merged_into = down.row)"
        " SELECT p.row, p.name_key, p.phone_last4 FROM person p JOIN down ON down.row = p.row",
        (case.person,),
    ).fetchall()
    for row in rows:
        people_index.replace(work, row.row, (row.name_key, row.phone_last4), ("", ""))
        work.run(
            "UPDATE person SET document = '{}', citizen_id_hash = NULL, kind = 'unnumbered', name_key = '',"
            " phone_last4 = '' WHERE row = ?",
            (row.row,),
        )
        work.run("UPDATE person_decision SET note = '' WHERE kept = ? OR other = ?", (row.row, row.row))


def _nobody(work: UnitOfWork) -> int:
    """The row of the empty person. Persons have no index on their ids: it is looked for once and then remembered."""
    if known := meta_get(work.connection, NOBODY_ROW):
        return int(known)
    row = work.run("SELECT row FROM person WHERE id = ?", (NOBODY,)).scalar()
    if row is None:
        row = work.run(
            "INSERT INTO person (id, document, kind) VALUES (?, '{}', 'unnumbered') RETURNING row", (NOBODY,)
        ).scalar_one()
    meta_set(work.connection, NOBODY_ROW, str(row))
    return int(row)


def _files(counter: Counter, work: UnitOfWork, row: int) -> None:
    wanted = work.run("SELECT DISTINCT sha256 FROM attachment WHERE case_row = ?", (row,)).scalars().all()
    work.run("DELETE FROM attachment WHERE case_row = ?", (row,))
    _forget(counter, work, wanted)


def _forget(counter: Counter, work: UnitOfWork, wanted: Sequence[bytes]) -> None:
    """Their rows are gone; a content that no other row names goes after the commit, or with the next cleaning."""
    names = []
    for sha256 in wanted:
        named = "SELECT 1 FROM attachment WHERE sha256 = ? UNION ALL SELECT 1 FROM office_file WHERE sha256 = ?"
        if work.run(named, (sha256, sha256)).fetchone() is None:
            work.run("DELETE FROM file_outbox WHERE sha256 = ?", (sha256,))
            if counter.blobs.has(sha256):
                counter.blobs.note(sha256)
            names.append(counter.blobs.name(sha256))
    if names:
        waiting = json.loads(meta_get(work.connection, TO_FORGET, "{}"))
        for place in PLACES:
            waiting[place] = sorted({*waiting.get(place, []), *names})
        meta_set(work.connection, TO_FORGET, canonical_json(waiting))


def _beside(work: UnitOfWork, row: int, number: str) -> None:
    for table in ("consent", "field_conflict", "filing"):
        work.run(f"DELETE FROM {table} WHERE case_row = ?", (row,))
    work.run("UPDATE waiver SET reason = ? WHERE case_row = ?", (rule.GONE, row))
    work.run("DELETE FROM draft WHERE instr(content, ?)", (number,))
    work.run(
        "UPDATE print_job SET copy_reason = '', error = '', state = CASE WHEN state IN ('planned', 'failed')"
        " THEN 'spoiled' ELSE state END WHERE case_row = ?",
        (row,),
    )


def _money(work: UnitOfWork, row: int) -> None:
    for table in ("receipt", "bill"):
        for found in work.run(f"SELECT row, document FROM {table} WHERE case_row = ?", (row,)).fetchall():
            left = canonical_json(rule.receipt_left(json.loads(found.document)))
            work.run(f"UPDATE {table} SET document = ? WHERE row = ?", (left, found.row))
    of_case = "(SELECT row FROM receipt WHERE case_row = ?)"
    work.run("UPDATE receipt SET reference = '' WHERE case_row = ?", (row,))
    for table in ("payment", "payment_part"):
        work.run(f"UPDATE {table} SET reference = '', bank = '' WHERE receipt_row IN {of_case}", (row,))
    work.run(f"UPDATE receipt_void SET reason = ? WHERE receipt_row IN {of_case}", (rule.GONE, row))
    work.run(f"UPDATE bank_line SET text = '', note = '' WHERE receipt_row IN {of_case}", (row,))
