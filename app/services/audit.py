"""The audit chain for people who look into it: who did what, and the whole of it as a file."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.errors import Refused
from app.services.case_documents import instant
from app.services.counter import Counter
from app.services.model import Actor

PAGE = 500


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How long the chain was and what its last link was."""

    seq: int
    hash: bytes


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
    if actor.role != "admin":
        raise Refused("right_needed", "ดูบันทึกการใช้งานไม่ได้", "ขอให้ผู้ดูแลระบบเป็นผู้ทำรายการ", "as")


def find(
    counter: Counter,
    actor: Actor,
    *,
    by: str = "",
    action: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    before: int = 0,
    limit: int = PAGE,
) -> list[Entry]:
    """The newest entries that fit, newest first; `before`: only those older than this entry, for the next page."""
    require_reader(actor)
    terms: list[tuple[str, Any]] = []
    if by:
        terms.append(("by = ?", by))
    if action:
        terms.append(("action = ?", action))
    if since is not None:
        terms.append(("at >= ?", int(since.timestamp() * 1000)))
    if until is not None:
        terms.append(("at < ?", int(until.timestamp() * 1000)))
    if before:
        terms.append(("seq < ?", before))
    where = " AND ".join(term for term, _ in terms) or "1"
    with counter.store.read() as connection:
        rows = connection.exec_driver_sql(
            f"SELECT seq, at, by, action, subject, detail, hash FROM audit WHERE {where} ORDER BY seq DESC LIMIT ?",
            (*(value for _, value in terms), limit),
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


def _entry(row: Any) -> Entry:
    return Entry(row.seq, instant(row.at), row.by, row.action, row.subject, row.detail, bytes(row.hash).hex())
