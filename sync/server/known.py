"""What the database knows of the events of a batch, asked before they are gone through: one statement for 500 events.

What it costs grows with the batch, never with the office's history: every part of the statement is led by an index.
"""

import json
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row, TextClause, bindparam, select, text

from app.domain import destruction, request_number
from sync.protocol import Event
from sync.server import tables
from sync.server.chunks import chunks

Payload = Mapping[str, Any]
Run = tuple[str, int]
"""(series, run)"""
QUESTION = """
SELECT 'case' AS what, record AS key, service AS one, status AS two, run AS low, run AS high
  FROM case_file WHERE office = :office AND record {records}
UNION ALL SELECT 'event', id, NULL, NULL, NULL, NULL FROM log WHERE office = :office AND id {ids}
UNION ALL SELECT 'taken', NULL, series, NULL, run, NULL
  FROM case_file WHERE office = :office AND series {series} AND run {runs}
UNION ALL SELECT 'voided', NULL, series, NULL, run, NULL
  FROM number_void WHERE office = :office AND series {series} AND run {runs}
UNION ALL SELECT 'block', NULL, series, NULL, first, last
  FROM number_lease
  WHERE office = :office AND device = :device AND series {series} AND first <= :most AND last >= :least
UNION ALL SELECT 'destroyed', record, NULL, NULL, NULL, NULL
  FROM log WHERE office = :office AND record {records} AND kind IN ({destroying})
UNION ALL SELECT 'last', NULL, NULL, NULL, max(seq), NULL FROM log WHERE office = :office AND store_id = :store
"""
DESTROYING = ", ".join(f"'{kind}'" for kind in destruction.KINDS)
LISTS = {"records": "BYTEA", "ids": "BYTEA", "series": "TEXT", "runs": "INTEGER"}


@dataclass(slots=True)
class Known:
    """What is there already.

    by_seq: id of the events of this store by their number; ids: of events, whichever store sent them; cases: record ->
    (service, status); taken, voided: runs; blocks: (series, first, last) of the device that runs of the batch lie in;
    destroyed: records whose data are gone.
    """

    by_seq: dict[int, bytes] = field(default_factory=dict)
    ids: set[bytes] = field(default_factory=set)
    cases: dict[bytes, tuple[str, str]] = field(default_factory=dict)
    taken: set[Run] = field(default_factory=set)
    voided: set[Run] = field(default_factory=set)
    blocks: set[tuple[str, int, int]] = field(default_factory=set)
    destroyed: set[bytes] = field(default_factory=set)
    last: int = 0
    """The newest number that the store has in the log."""


def of(
    connection: Connection,
    device: Row[Any],
    store: str,
    events: Sequence[tuple[Event, Payload]],
    with_run: Set[str],
) -> Known:
    """What is known of these events of a store. with_run: the kinds whose number or run is looked up."""
    known = Known()
    question = _question(connection.dialect.name == "postgresql")
    for some in chunks(events):
        runs = {run for event, payload in some if event.kind in with_run for run in _runs(payload)}
        numbers = sorted({run for _, run in runs})
        asked = {
            "office": device.office,
            "device": device.id,
            "store": store,
            "ids": [event.id for event, _ in some],
            "records": list({event.record for event, _ in some}),
            "series": sorted({series for series, _ in runs}),
            "runs": numbers,
            "least": min(numbers, default=0),
            "most": max(numbers, default=0),
        }
        for row in connection.execute(question, asked):
            _note(known, row)
    known.by_seq = by_seq(connection, device.office, store, [one.seq for one, _ in events if one.seq <= known.last])
    return known


def _note(known: Known, row: Row[Any]) -> None:
    if row.what == "event":
        known.ids.add(row.key)
    elif row.what == "case":
        known.cases[row.key] = (row.one, row.two)
    elif row.what == "taken":
        known.taken.add((row.one, row.low))
    elif row.what == "voided":
        known.voided.add((row.one, row.low))
    elif row.what == "destroyed":
        known.destroyed.add(row.key)
    elif row.what == "block":
        known.blocks.add((row.one, row.low, row.high))
    else:
        known.last = row.low or 0


def by_seq(connection: Connection, office: str, store: str, seqs: Sequence[int]) -> dict[int, bytes]:
    """The events that the log has under these numbers of a store."""
    log = tables.log
    found: dict[int, bytes] = {}
    for some in chunks(seqs):
        asked = select(log.c.seq, log.c.id).where(log.c.office == office, log.c.store_id == store, log.c.seq.in_(some))
        found.update((row.seq, row.id) for row in connection.execute(asked))
    return found


@lru_cache(maxsize=2)
def _question(postgresql: bool) -> TextClause:
    """The statement. PostgreSQL takes a list as one array: the text is always the same, and stays prepared."""
    if postgresql:
        arrays = {name: f"= ANY(CAST(:{name} AS {kind}[]))" for name, kind in LISTS.items()}
        return text(QUESTION.format(**arrays, destroying=DESTROYING))
    asked = text(QUESTION.format(**{name: f"IN :{name}" for name in LISTS}, destroying=DESTROYING))
    return asked.bindparams(*(bindparam(name, expanding=True) for name in LISTS))


def _runs(payload: Payload) -> list[Run]:
    """The runs that an event is about, as far as they can be read."""
    found: list[Run] = []
    number = payload.get("number")
    if isinstance(number, str) and request_number.is_valid(number):
        parsed = request_number.parse(number)
        found.append((parsed.series, parsed.run))
    series, run = payload.get("series"), payload.get("run")
    if isinstance(series, str) and isinstance(run, int) and 0 < run <= request_number.MAX_RUN:
        found.append((series, run))
    return found


def payload_of(event: Event) -> Payload:
    """The event's payload, read."""
    payload: Payload = json.loads(event.payload)
    return payload
