"""On an office's own server: what the central one tells, entered in the log that its counters read.

The central server's order is the office's. What came from elsewhere goes to the end of the log; an event of a counter
of this house, which stood in the log already, is moved to the end when it comes back, so that whoever reads on has it
again at its place among the others. A case that is touched is worked out anew from its events in that order.
"""

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from app.domain import case_way
from app.domain.errors import Refused
from sync.protocol import Change, Event, Settings
from sync.server import destruction, known, offices, tables
from sync.server.accounting import ELSEWHERE
from sync.server.chunks import chunks
from sync.server.database import insert_new
from sync.server.known import payload_of
from sync.server.projection import KINDS, Projection
from sync.server.receipts import MAX_NO
from sync.server.relay import outbox

LOG = logging.getLogger(__name__)
REGISTERED = ("petition_registered", "filing_registered")
log, case = tables.log, tables.case


def receive(connection: Connection, office: Row[Any], changes: Sequence[Change]) -> int:
    """Enter the changes in order; returns how many were new here. The office is locked."""
    ids = [change.event.id for change in changes]
    here: set[bytes] = set()
    for some in chunks(ids):
        here.update(
            connection.execute(select(log.c.id).where(log.c.office == office.code, log.c.id.in_(some))).scalars()
        )
    new = [change for change in changes if change.event.id not in here]
    destroyed = _project(connection, office, [change.event for change in new])
    for store_id in {change.store_id for change in new}:
        unnamed = {"name": "", "seen_at": 0, "waiting": 0, "resting": 0}
        insert_new(connection, tables.relay_store, office=office.code, store_id=store_id, device=ELSEWHERE, **unnamed)
    rows: list[dict[str, Any]] = []
    next_seq = office.last_seq + 1
    for change in changes:
        if change.event.id in here:
            mine = (log.c.office == office.code, log.c.id == change.event.id)
            connection.execute(update(log).where(*mine).values(office_seq=next_seq))
        else:
            rows.append(_row(office.code, next_seq, change))
            here.add(change.event.id)
        next_seq += 1
    if rows:
        connection.execute(insert(log), rows)
        destruction.apply(connection, office.code, rows, destroyed)
    outbox.forget(connection, office.code, ids)
    if changes:
        connection.execute(
            update(tables.office).where(tables.office.c.code == office.code).values(last_seq=next_seq - 1)
        )
        _settle(connection, office.code, {change.event.record for change in changes})
    return len(rows)


def _row(office: str, office_seq: int, change: Change) -> dict[str, Any]:
    event = change.event
    return {
        "office": office, "office_seq": office_seq, "store_id": change.store_id, "seq": event.seq, "id": event.id,
        "record": event.record, "kind": event.kind, "at": event.at, "by": event.by, "payload": event.payload,
        "received_at": offices.now_ms(),
    }  # fmt: skip


class _Trusting(Projection):
    """The projection of what the central server has already judged."""

    def holds(self, series: str, run: int) -> bool:
        """Its numbers were checked there."""
        return True


def _project(connection: Connection, office: Row[Any], events: Sequence[Event]) -> set[bytes]:
    """Work out what follows; returns which of their records were destroyed before."""
    # settings come as they are, and numbers that others have voided are no business of this house
    events = [event for event in events if event.kind not in ("office_changed", "number_voided")]
    elsewhere = _elsewhere(office.code)
    told = [(event, payload_of(event)) for event in events]
    found = known.of(connection, elsewhere, "", told, KINDS.keys())
    cases = _Trusting(connection, elsewhere, told, found)
    for key in list(cases.receipts.books):
        cases.receipts.books[key] = (ELSEWHERE, 1, MAX_NO)
    for event, payload in told:
        year, book = payload.get("fiscal_year"), payload.get("book")
        if event.kind != "receipt_book_entered" and isinstance(year, int) and isinstance(book, str):
            cases.receipts.books[year, book] = (ELSEWHERE, 1, MAX_NO)
        try:
            cases.apply(event, payload)
        except Refused as error:
            # the fact stands in the log all the same
            LOG.info("event of kind %s not projected: %s", event.kind, error.code)
    cases.write()
    return found.destroyed


def _settle(connection: Connection, office: str, records: Iterable[bytes]) -> None:
    """Bring cases to where their events, in the order of the log, say that they stand."""
    for some in chunks(sorted(records)):
        standing = connection.execute(select(case).where(case.c.office == office, case.c.record.in_(some))).fetchall()
        events = connection.execute(
            select(log.c.record, log.c.kind, log.c.at, log.c.payload)
            .where(log.c.office == office, log.c.record.in_(some))
            .order_by(log.c.office_seq)
        ).fetchall()
        kinds = Projection(connection, _elsewhere(office), (), known.Known())
        by_record: dict[bytes, list[Any]] = {}
        for row in events:
            by_record.setdefault(bytes(row.record), []).append(row)
        for row in standing:
            _settle_one(connection, row, kinds.kind_of(row.service), by_record.get(bytes(row.record), []))


def _settle_one(connection: Connection, row: Any, kind: str, events: Sequence[Any]) -> None:
    begun = next((json.loads(one.payload) for one in events if one.kind in REGISTERED), None)
    if begun is None:
        return
    stands = case_way.Standing(str(begun.get("status", "")), str(begun.get("division", "")),
                               due_on=str(begun.get("due_on") or ""))  # fmt: skip
    name, status_at = str((begun.get("document") or {}).get("division", "")), row.registered_at
    for one in events:
        payload = json.loads(one.payload)
        before = stands
        stands, found = case_way.after(stands, kind, one.kind, payload)
        if found == case_way.COUNTED:
            name = str(payload.get("division_name", "")) if payload.get("division") else name
            status_at = one.at if stands.status != before.status else status_at
    connection.execute(
        update(case)
        .where(case.c.office == row.office, case.c.record == row.record)
        .values(status=stands.status, status_at=status_at, division=stands.division, division_name=name,
                due_on=stands.due_on)
    )  # fmt: skip


def _elsewhere(office: str) -> Any:
    """In place of the device, for the projection of what was made elsewhere."""
    return SimpleNamespace(office=office, id=ELSEWHERE, store_id=ELSEWHERE)


def enter_settings(connection: Connection, office: str, settings: Settings) -> None:
    """The central server's settings, and on top what counters of this house changed that it has not got yet."""
    offices.put(connection, settings.office, settings.services)
    event = tables.relay_event
    waiting = connection.execute(
        select(log.c.payload)
        .join(event, (event.c.office == log.c.office) & (event.c.id == log.c.id))
        .where(event.c.office == office, log.c.kind == "office_changed")
        .order_by(event.c.position)
    ).scalars()
    for payload in waiting.all():
        offices.change(connection, office, json.loads(payload)["changes"])


def name(connection: Connection, office: str, counters: Mapping[str, str]) -> None:
    """Keep what counters elsewhere are called, for the counters of this house."""
    table = tables.relay_store
    for store_id, text in counters.items():
        its = (table.c.office == office, table.c.store_id == store_id, table.c.device == ELSEWHERE)
        connection.execute(update(table).where(*its).values(name=text))
