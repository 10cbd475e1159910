"""The checks an auditor runs: pages, keys between tables, the audit chain, the numbers, the search index."""

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import zip_longest

from sqlalchemy import Connection

from app.domain.errors import CounterError, Unavailable
from app.services.audit import Checkpoint
from app.services.counter import Counter
from app.store import numbers, search
from app.store.blobs import NAMED
from app.store.meta import meta_get
from app.store.schema import check_integrity
from app.store.unit_of_work import FIRST_HASH, audit_hash

TRIES = 3
TELL_EVERY = 2_000
BACKED_UP = "audit_backed_up"
"""Meta: length and last link of the audit chain when the last backup was made, "<seq> <hex>"."""
Told = Callable[[str, int, int], object]
"""What is being checked, how far that is, and how far it goes (0 where that is not known)."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check and what it found. `detail` names counts and sequence numbers, never a person's data."""

    name: str
    ok: bool
    detail: str


def verify(
    counter: Counter, checkpoint: Checkpoint | None = None, told: Told = lambda _name, _done, _all: None
) -> list[Check]:
    """Run every check, each on one consistent view; one that meets a damaged page fails, the others go on.

    checkpoint: what the central server holds of the audit chain, where it could be asked. told: called as it goes.
    """
    told("database", 0, 0)
    wrong = _wrong_pages(counter)
    checks: dict[str, Callable[[Connection], Check]] = {
        "database": lambda connection: _database(connection, wrong),
        "audit": lambda connection: _audit_chain(connection, checkpoint, told),
        "cases": lambda connection: _cases_whole(connection, counter.store_id),
        "numbers": lambda connection: _numbers(connection, counter.store_id),
        "receipts": lambda connection: _receipts(connection, counter.store_id),
        "search": _search,
        "files": lambda connection: _files(connection, counter),
    }
    found = []
    for name, check in checks.items():
        told(name, 0, 0)
        found.append(_answered(counter, name, check))
    return found


def audit_chain(counter: Counter, checkpoint: Checkpoint | None, told: Told) -> Check:
    """The check of the audit chain alone; told: see `verify`."""
    return _answered(counter, "audit", lambda connection: _audit_chain(connection, checkpoint, told))


def _answered(counter: Counter, name: str, check: Callable[[Connection], Check]) -> Check:
    try:
        with counter.store.read() as connection:
            return check(connection)
    except CounterError as error:
        counter.store.close()  # SQLCipher uses a connection that met a damaged page for nothing else
        return Check(name, False, error.title)


def _wrong_pages(counter: Counter) -> int:
    """How many pages fail SQLCipher's own check, which reads the file past its log.

    A page that a power cut left half in the file, or that another program is writing now, is whole in the log: wrong is
    only what stays so after the log was brought in.
    """
    wrong: set[str] | None = None
    for _ in range(TRIES):
        with suppress(Unavailable):
            counter.store.checkpoint()
        with counter.store.read() as connection:
            found = {str(row[0]) for row in connection.exec_driver_sql("PRAGMA cipher_integrity_check")}
        wrong = found if wrong is None else wrong & found
        if not wrong:
            break
    return len(wrong or ())


def _database(connection: Connection, wrong: int) -> Check:
    if wrong:
        return Check("database", False, f"เสียหาย {wrong:,} หน้า")
    check_integrity(connection)
    return Check("database", True, "ถูกต้องทุกหน้า")


def _audit_chain(connection: Connection, checkpoint: Checkpoint | None, told: Told) -> Check:
    """Every link follows from the one before, and the server's checkpoint is one of them. The first entry that is
    wrong is named."""
    known = [checkpoint] if checkpoint is not None else []
    # what the server took last, and what was so at the last backup: an old copy of the file does not know of it, but a
    # cut chain does
    held_by = {seq.seq: "ที่เครื่องแม่ข่ายกลางเก็บไว้" for seq in known}
    for fact, where in (("audit_checkpoint", "ที่เครื่องแม่ข่ายกลางเก็บไว้"), (BACKED_UP, "ที่มีเมื่อสำรองข้อมูลครั้งล่าสุด")):
        if kept := meta_get(connection, fact):
            text, _, link = kept.partition(" ")
            known.append(Checkpoint(int(text), bytes.fromhex(link)))
            held_by.setdefault(int(text), where)
    previous, count = FIRST_HASH, 0
    every = int(connection.exec_driver_sql("SELECT count(*) FROM audit").scalar_one())
    rows = connection.exec_driver_sql("SELECT seq, at, by, action, subject, detail, hash FROM audit ORDER BY seq")
    for count, row in enumerate(rows, start=1):
        *entry, found = row
        if row[0] != count or audit_hash(previous, *entry) != found:
            return Check("audit", False, f"สายขาดที่รายการ {count}")
        if any(one.seq == count and one.hash != found for one in known):
            return Check("audit", False, f"รายการ {count} ไม่ตรงกับ{held_by[count]} ประวัติถูกเขียนใหม่")
        previous = found
        if count % TELL_EVERY == 0:
            told("audit", count, every)
    longest = max((one.seq for one in known), default=0)
    if longest > count:
        return Check(
            "audit", False, f"มีเพียง {count:,} รายการ จากถึงรายการ {longest:,} {held_by[longest]} ประวัติถูกตัดหรือเป็นสำเนาเก่า"
        )
    told("audit", count, every)
    held = f" ตรงกับเครื่องแม่ข่ายกลางที่รายการ {checkpoint.seq:,}" if checkpoint is not None else ""
    return Check("audit", True, f"ต่อกันครบ {count:,} รายการ{held}")


def _cases_whole(connection: Connection, store_id: str) -> Check:
    """Every case of ours has its person, its registration event and its audit entry, and the other way round; and its
    document is the one whose hash the audit chain holds."""

    def count(sql: str) -> int:
        return int(connection.exec_driver_sql(sql, (store_id,)).scalar() or 0)

    cases = count("SELECT count(*) FROM cases WHERE origin = ?")
    without_event = count(
        "SELECT count(*) FROM cases c WHERE c.origin = ? AND NOT EXISTS (SELECT 1 FROM event e WHERE e.record = c.id"
        " AND e.kind IN ('petition_registered', 'filing_registered'))"
    )
    events = count(
        "SELECT count(*) FROM event WHERE origin = ? AND kind IN ('petition_registered', 'filing_registered')"
    )
    astray = int(
        connection.exec_driver_sql(
            "SELECT count(*) FROM person p JOIN cases c ON c.person = p.row WHERE p.merged_into IS NOT NULL"
        ).scalar_one()
    )
    audited, differs = _compared_with_audit(connection, store_id)
    differs = differs or _destroyed_unseen(connection)
    ok = without_event == astray == 0 and cases == events == audited and not differs
    found = f"{cases:,} เรื่อง {events:,} เหตุการณ์ {audited:,} รายการตรวจสอบ ไม่ครบ {without_event:,}"
    found += f" อยู่กับบุคคลที่รวมไปแล้ว {astray:,}" if astray else ""
    return Check("cases", ok, f"{found} เรื่องแรกที่ไม่ตรงกับรายการตรวจสอบ: {differs}" if differs else found)


def _compared_with_audit(connection: Connection, store_id: str) -> tuple[int, str]:
    """(audited registrations, the first number whose case is not as it was registered). One transaction wrote a case
    and its entry, so both lie in the same order."""
    documents = connection.exec_driver_sql(
        "SELECT c.number, c.document, d.case_row IS NOT NULL FROM cases c LEFT JOIN destroyed d ON d.case_row = c.row"
        " WHERE c.origin = ? ORDER BY c.row",
        (store_id,),
    )
    entries = connection.exec_driver_sql(
        "SELECT subject, detail FROM audit WHERE action = 'case_registered' ORDER BY seq"
    )
    audited, differs = 0, ""
    for case, entry in zip_longest(documents, entries):
        audited += entry is not None
        if not differs and (
            case is None
            or entry is None
            or entry[0] != case[0]
            or not (case[2] or entry[1] == hashlib.sha256(case[1].encode()).hexdigest())
        ):
            differs = min((str(one[0]) for one in (case, entry) if one is not None), key=lambda number: number[-6:])
    return audited, differs


def _destroyed_unseen(connection: Connection) -> str:
    """The first case whose data are gone without an event and an audit entry that tell of it, or ""."""
    row = connection.exec_driver_sql(
        "SELECT c.number FROM destroyed d JOIN cases c ON c.row = d.case_row WHERE NOT EXISTS"
        " (SELECT 1 FROM event e WHERE e.record = c.id AND e.kind = 'case_destroyed') OR c.number NOT IN"
        " (SELECT subject FROM audit WHERE action = 'case_destroyed') LIMIT 1"
    ).fetchone()
    return str(row[0]) if row else ""


def _numbers(connection: Connection, store_id: str) -> Check:
    rows = numbers.report(connection, store_id)
    unexplained = sum(row.unexplained for row in rows)
    duplicates = sum(row.duplicates for row in rows)
    issued = sum(row.issued for row in rows)
    ok = unexplained == 0 and duplicates == 0
    return Check("numbers", ok, f"ออกแล้ว {issued:,} อธิบายไม่ได้ {unexplained:,} ซ้ำ {duplicates:,}")


def _receipts(connection: Connection, store_id: str) -> Check:
    """Every receipt of ours is the one whose hash the audit chain holds, has its payment and its event; what a drawer
    took is the sum of its receipts."""
    audited = dict(
        tuple(row)
        for row in connection.exec_driver_sql("SELECT subject, detail FROM audit WHERE action = 'receipt_issued'")
    )
    sql = (
        "SELECT r.fiscal_year, r.book, r.no, r.document, r.total_satang, p.satang, d.case_row IS NOT NULL AS gone"
        " FROM receipt r LEFT JOIN payment p ON p.receipt_row = r.row LEFT JOIN destroyed d ON d.case_row = r.case_row"
        " WHERE r.origin = ?"
    )
    count = wrong = 0
    for row in connection.exec_driver_sql(sql, (store_id,)):
        count += 1
        subject = f"{row.fiscal_year}/{row.book}/{row.no}"
        kept = audited.pop(subject, "")
        whole = (row.gone and bool(kept)) or hashlib.sha256(row.document.encode()).hexdigest() == kept
        wrong += not (whole and row.satang == row.total_satang == json.loads(row.document)["total_satang"])
    events = connection.exec_driver_sql(
        "SELECT count(*) FROM event WHERE kind = 'receipt_issued' AND origin = ?", (store_id,)
    ).scalar_one()
    ok = wrong == 0 and not audited and events == count
    return Check("receipts", ok, f"{count:,} ฉบับ {events:,} เหตุการณ์ ไม่ตรง {wrong + len(audited):,}")


def _search(connection: Connection) -> Check:
    connection.exec_driver_sql("SELECT count(*) FROM search WHERE search MATCH '\"กกก\"'").scalar()
    connection.exec_driver_sql("SELECT count(*) FROM person_search WHERE person_search MATCH '\"กกก\"'").scalar()
    return Check("search", True, f"รอทำดัชนี {search.waiting(connection):,} เรื่อง ระหว่างนี้ค้นได้ตามปกติ")


def _files(connection: Connection, counter: Counter) -> Check:
    """Every file that was added here is here, and is what it was."""
    rows = connection.exec_driver_sql(f"SELECT DISTINCT sha256, origin = ? AS own FROM {NAMED}", (counter.store_id,))
    right = missing = wrong = elsewhere = 0
    for row in rows.fetchall():
        try:
            found = counter.blobs.get(row.sha256)
        except Unavailable:
            wrong += 1
            continue
        right += found is not None
        missing += found is None and bool(row.own)
        elsewhere += found is None and not row.own
    told = f"ครบ {right:,} หาย {missing:,} เสียหาย {wrong:,}"
    return Check("files", not missing and not wrong, f"{told} อยู่ที่เครื่องอื่น {elsewhere:,}" if elsewhere else told)
