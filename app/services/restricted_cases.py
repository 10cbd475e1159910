"""Cases that not everybody may read (complaints of corruption): who may, and the record of every look at one."""

from typing import Any

from app.domain.errors import Refused
from app.services import rights
from app.services.case_rows import hidden_from
from app.services.counter import Counter
from app.services.model import Actor
from app.store.unit_of_work import UnitOfWork, milliseconds

ONE_LOOK_MS = 10 * 60_000
"""Within this a clerk who goes back to the same case is still having one look."""
NOBODY = "unknown"


def require(actor: Actor | None, row: Any) -> None:
    """Refused "restricted" for a case that the actor may not read. `row` has the column `restricted`."""
    if hidden_from(actor, row):
        raise Refused(
            "restricted",
            "เรื่องนี้จำกัดผู้เข้าถึง",
            f"ต้องมีสิทธิ์{rights.RIGHTS[rights.VIEW_RESTRICTED]} การขอดูครั้งนี้ถูกบันทึกไว้แล้ว",
            "number",
        )


def look(counter: Counter, actor: Actor | None, row: Any) -> None:
    """Record that somebody reads the case `row` (id, number, restricted), or tried to; Refused for who may not.

    Nothing happens for a case that everybody may read.
    """
    if not row.restricted:
        return
    try:
        require(actor, row)
    except Refused:
        with counter.store.write(actor.username if actor else NOBODY) as work:
            work.audit("restricted_view_refused", row.number)
        raise
    assert actor is not None
    if _looked_lately(counter, actor, row.id):
        return
    with counter.store.write(actor.username) as work:
        record(work, row)


def record(work: UnitOfWork, row: Any) -> None:
    """Enter the look into timeline and audit."""
    work.emit("case_viewed", row.id, {})
    work.audit("restricted_viewed", row.number)


def _looked_lately(counter: Counter, actor: Actor, record_id: bytes) -> bool:
    since = milliseconds(counter.clock.now()) - ONE_LOOK_MS
    with counter.store.read() as connection:
        found = connection.exec_driver_sql(
            "SELECT 1 FROM event WHERE record = ? AND kind = 'case_viewed' AND by = ? AND at > ?",
            (record_id, actor.username, since),
        ).fetchone()
    return found is not None
