"""What the office's other counters did: each change once, in the office's order, one bad one harming only itself.

How a fact looks in the tables is the services' business: they hand in `apply`, which enters an event into the timeline
unless it is there, and brings the case up to it; doing it again must change nothing.

The order between counters: our own events that the server has not yet placed come after all that it has. So after a
batch, our pending changes of state are applied once more on top, and once placed they come back as an echo at their
place; every counter and the server end at the same state.
"""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from app.store.meta import meta_get, meta_set
from app.store.unit_of_work import INSERT_EVENT, UnitOfWork
from sync.outbox import accepted_through
from sync.protocol import ECHOED, Change, Event

LOG = logging.getLogger(__name__)
FAILED = "inbox_failed"
"""Meta: ids (hex) of events that are in the timeline but could not be applied by this program."""

ForeignEvent = Mapping[str, Any]
"""{"id": bytes, "record": bytes, "kind", "at": ms, "by", "origin": store id, "payload": dict, "counter": name or ""}"""
Apply = Callable[[UnitOfWork, ForeignEvent], object]

KNOWN = "SELECT 1 FROM event WHERE record = ? AND id = ?"


def receive(work: UnitOfWork, changes: Sequence[Change], counters: Mapping[str, str], apply: Apply) -> int:
    """Apply the changes in order; returns how many events were new here. The outbox has been settled before."""
    for store_id, name in counters.items():
        meta_set(work.connection, f"counter_name:{store_id}", name)
    new = 0
    touched: set[bytes] = set()
    for change in changes:
        event = change.event
        new += work.run(KNOWN, (event.record, event.id)).fetchone() is None
        _apply_one(work, _foreign(event, change.store_id, counters.get(change.store_id, "")), apply)
        if event.kind in ECHOED:
            touched.add(event.record)
    for event in _pending_states(work.connection, work.store_id, touched):
        _apply_one(work, _foreign(event, work.store_id, ""), apply)
    if changes:
        work.changed("case")
    return new


def retry_failed(work: UnitOfWork, apply: Apply) -> None:
    """Try what an older program could not apply."""
    failed = json.loads(meta_get(work.connection, FAILED, "[]"))
    if not failed:
        return
    meta_set(work.connection, FAILED, "[]")
    for identity in failed:
        row = work.run("SELECT * FROM event WHERE id = ?", (bytes.fromhex(identity),)).fetchone()
        if row is not None:
            event = Event(row.seq, row.id, row.record, row.kind, row.at, row.by, row.payload)
            _apply_one(work, _foreign(event, row.origin, ""), apply)


def failed_count(connection: Connection) -> int:
    """Events in the timeline that this program could not apply: a newer one will."""
    return len(json.loads(meta_get(connection, FAILED, "[]")))


def _apply_one(work: UnitOfWork, event: ForeignEvent, apply: Apply) -> None:
    try:
        with work.connection.begin_nested():
            apply(work, event)
    except OperationalError:
        raise
    except Exception as error:
        # whatever this program cannot make of it, the fact is kept and the facts behind it go on
        LOG.error("event of kind %s not applied: %s", event["kind"], type(error).__name__)
        _keep_unapplied(work, event)


def _keep_unapplied(work: UnitOfWork, event: ForeignEvent) -> None:
    if work.run(KNOWN, (event["record"], event["id"])).fetchone() is None:
        payload = json.dumps(event["payload"], ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        work.run(
            INSERT_EVENT,
            (None, event["id"], event["record"], event["kind"], event["at"], event["by"], event["origin"], payload),
        )
    failed = {*json.loads(meta_get(work.connection, FAILED, "[]")), event["id"].hex()}
    meta_set(work.connection, FAILED, json.dumps(sorted(failed)))


def _pending_states(connection: Connection, store_id: str, records: set[bytes]) -> list[Event]:
    """Our own changes of state of these cases that the server has not placed, in order."""
    found: list[Event] = []
    through = accepted_through(connection)
    for record in records:
        rows = connection.exec_driver_sql(
            "SELECT seq, id, record, kind, at, by, payload FROM event WHERE record = ? AND origin = ? AND (seq > ? OR"
            " seq IN (SELECT seq FROM quarantine WHERE code = 'resend')) ORDER BY seq",
            (record, store_id, through),
        ).fetchall()
        found += [Event(*row) for row in rows if row.kind in ECHOED]
    return found


def _foreign(event: Event, origin: str, counter: str) -> ForeignEvent:
    return {
        "id": event.id,
        "record": event.record,
        "kind": event.kind,
        "at": event.at,
        "by": event.by,
        "origin": origin,
        "payload": json.loads(event.payload),
        "counter": counter,
    }
