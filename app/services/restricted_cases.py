"""Whether a person may have a case before them: by service and right, and for restricted cases (complaints of
corruption) with a record of every look."""

from typing import Any

from app.domain.errors import Refused
from app.services import rights
from app.services.case_rows import sees_restricted
from app.services.counter import Counter
from app.services.model import Actor
from app.store.unit_of_work import UnitOfWork, milliseconds

ONE_LOOK_MS = 10 * 60_000
"""Within this a clerk who goes back to the same case is still having one look."""
NOBODY = "unknown"


def require(actor: Actor | None, row: Any, *wanted: str) -> None:
    """Refused "right_needed" for a case whose service the actor may not see, "restricted" for one that is closed to the
    actor, "right_needed" again where none of the rights `wanted` is held for its service.

    `row` has the columns `service` and `restricted`.
    """
    if actor is not None:
        rights.require(actor, rights.VIEW, row.service)
    if row.restricted and not sees_restricted(actor):
        raise Refused(
            "restricted",
            "เรื่องนี้จำกัดผู้เข้าถึง",
            f"ต้องมีสิทธิ์{rights.RIGHTS[rights.VIEW_RESTRICTED]} การขอดูครั้งนี้ถูกบันทึกไว้แล้ว",
            "number",
        )
    if actor is not None and wanted and not any(rights.may(actor, right, row.service) for right in wanted):
        rights.require(actor, wanted[0], row.service)


def look(counter: Counter, actor: Actor | None, row: Any) -> None:
    """Record that somebody reads the case `row` (id, number, service, restricted), or tried; Refused for who may not.

    Nothing is recorded for a case that is not restricted.
    """
    if not row.restricted:
        require(actor, row)
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
