"""What the office's other counters did: each change once, in the office's order, one bad one harming only itself.

How a fact looks in the tables is the services' business: they hand in `apply`, which enters an event into the timeline
unless it is there, and brings the case up to it; doing it again must change nothing.

The order between counters: our own events that the server has not yet placed come after all that it has. Once placed
they come back as an echo; each change is given the next place here, so that every counter has the order of the server,
and `apply` settles a case by all its events in that order.
"""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from app.store.meta import meta_get, meta_set
from app.store.unit_of_work import INSERT_EVENT, UnitOfWork
from sync.protocol import Change, Event

LOG = logging.getLogger(__name__)
FAILED = "inbox_failed"
"""Meta: ids (hex) of events that are in the timeline but could not be applied by this program."""
PLACED = "placed"
"""Meta: the last place given to a change."""

ForeignEvent = Mapping[str, Any]
"""{"id": bytes, "record": bytes, "kind", "at": ms, "by", "origin": store id, "payload": dict, "counter": name or "",
"placed": its place in the office's order, rising, or None}"""
Apply = Callable[[UnitOfWork, ForeignEvent], object]

KNOWN = "SELECT 1 FROM event WHERE record = ? AND id = ?"


def receive(work: UnitOfWork, changes: Sequence[Change], counters: Mapping[str, str], apply: Apply) -> int:
    """Apply the changes in order; returns how many events were new here. The outbox has been settled before."""
    for store_id, name in counters.items():
        meta_set(work.connection, f"counter_name:{store_id}", name)
    new = 0
    first = int(meta_get(work.connection, PLACED, "0")) + 1
    for placed, change in enumerate(changes, start=first):
        event = change.event
        new += work.run(KNOWN, (event.record, event.id)).fetchone() is None
        _apply_one(work, _foreign(event, change.store_id, counters.get(change.store_id, ""), placed), apply)
    if changes:
        meta_set(work.connection, PLACED, str(first + len(changes) - 1))
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
            _apply_one(work, _foreign(event, row.origin, "", row.placed), apply)


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
            (
                None,
                event["id"],
                event["record"],
                event["kind"],
                event["at"],
                event["by"],
                event["origin"],
                payload,
                event["placed"],
            ),
        )
    failed = {*json.loads(meta_get(work.connection, FAILED, "[]")), event["id"].hex()}
    meta_set(work.connection, FAILED, json.dumps(sorted(failed)))


def _foreign(event: Event, origin: str, counter: str, placed: int | None) -> ForeignEvent:
    return {
        "id": event.id,
        "record": event.record,
        "kind": event.kind,
        "at": event.at,
        "by": event.by,
        "origin": origin,
        "payload": json.loads(event.payload),
        "counter": counter,
        "placed": placed,
    }
