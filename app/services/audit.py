"""The audit chain for people who look into it: who did what, and the whole of it as a file."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from app.domain import thai_date
from app.domain.errors import Unavailable
from app.services import audit_words, rights
from app.services.case_documents import instant
from app.services.counter import Checkpoint as Checkpoint
from app.services.counter import Counter
from app.services.model import Actor, CaseView
from app.store.unit_of_work import milliseconds

PAGE = 500
ONE_LOOK_MS = 10 * 60_000
MOST_LOOKS = 10_000
"""Looks remembered so that one that goes on is not told twice."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. subject and detail name numbers of cases and of things; reasons are as people typed them."""

    seq: int
    at: datetime
    by: str
    action: str
    subject: str
    detail: str
    hash: str


def require_reader(actor: Actor) -> None:
    """Refused "right_needed" unless the person may read what everybody did."""
    rights.require(actor, rights.READ_AUDIT)


def find(
    counter: Counter,
    actor: Actor,
    *,
    by: str = "",
    action: str = "",
    group: str = "",
    subject: str = "",
    day: date | None = None,
    before: int = 0,
    limit: int = PAGE,
) -> list[Entry]:
    """The newest entries that fit, newest first; `before`: only those older than this entry, for the next page.

    group: see audit_words; subject: a part of the number or name that an entry is about, or of a
    receipt's; day: in Thailand.
    """
    require_reader(actor)
    terms: list[tuple[str, Any]] = []
    if by:
        terms.append(("by = ?", by))
    if action:
        terms.append(("action = ?", action))
    if subject:
        terms.append(("instr(subject, ?)", subject))
    if day is not None:
        begin = datetime.combine(day, time(), thai_date.BANGKOK)
        terms += [("at >= ?", milliseconds(begin)), ("at < ?", milliseconds(begin + timedelta(days=1)))]
    if before:
        terms.append(("seq < ?", before))
    of_group, members = audit_words.condition(group) if group else ("1", [])
    where = " AND ".join([*(term for term, _ in terms), of_group])
    with counter.store.read() as connection:
        rows = connection.exec_driver_sql(
            f"SELECT seq, at, by, action, subject, detail, hash FROM audit WHERE {where} ORDER BY seq DESC LIMIT ?",
            (*(value for _, value in terms), *members, limit),
        ).fetchall()
    return [_entry(row) for row in rows]


def export(counter: Counter, actor: Actor) -> Iterator[Entry]:
    """The whole chain, oldest first, read in pages; that it was exported is its last entry."""
    require_reader(actor)
    with counter.store.write(actor.username) as work:
        work.audit("audit_exported", "audit")
    at = 0
    while True:
        with counter.store.read() as connection:
            rows = connection.exec_driver_sql(
                "SELECT seq, at, by, action, subject, detail, hash FROM audit WHERE seq > ? ORDER BY seq LIMIT ?",
                (at, PAGE),
            ).fetchall()
        if not rows:
            return
        yield from map(_entry, rows)
        at = rows[-1].seq


def people(counter: Counter, actor: Actor) -> list[str]:
    """Everybody who is named in the chain."""
    require_reader(actor)
    with counter.store.read() as connection:
        return list(connection.exec_driver_sql("SELECT DISTINCT by FROM audit ORDER BY by").scalars())


def line(entry: Entry) -> str:
    """An entry as a line of the exported file: JSON, the instant in ISO 8601."""
    return json.dumps({**asdict(entry), "at": entry.at.isoformat()}, ensure_ascii=False)


def export_to(counter: Counter, actor: Actor, target: Path) -> int:
    """The whole chain as JSON lines into a file; returns how many. A file that cannot be written whole is not left."""
    entries, count = export(counter, actor), 0
    temporary = target.with_name(f"{target.name}.part")
    try:
        with temporary.open("w", encoding="utf-8", newline="\n") as file:
            for entry in entries:
                file.write(line(entry) + "\n")
                count += 1
        temporary.replace(target)
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise Unavailable("output_file", "เขียนไฟล์นี้ไม่ได้", "ตรวจโฟลเดอร์ พื้นที่ดิสก์ และสิทธิ์เขียน") from None
    return count


def viewed(counter: Counter, actor: Actor, view: CaseView) -> None:
    """Record that somebody read a case, unless it is a restricted one, whose looks are recorded anyway; within ten
    minutes it is one look. A disk that takes nothing does not keep an officer from reading."""
    now = milliseconds(counter.clock.now())
    key = (actor.username, view.number)
    if view.restricted or 0 <= now - counter.looked.get(key, -ONE_LOOK_MS) < ONE_LOOK_MS:
        return
    with contextlib.suppress(Unavailable), counter.store.write(actor.username) as work:
        work.audit("case_viewed", view.number)
        if len(counter.looked) > MOST_LOOKS:
            counter.looked.clear()
        counter.looked[key] = now


def _entry(row: Any) -> Entry:
    return Entry(row.seq, instant(row.at), row.by, row.action, row.subject, row.detail, bytes(row.hash).hex())
