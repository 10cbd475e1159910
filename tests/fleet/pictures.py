"""What counters and servers have to say alike, in a form that can be compared: every table, every column.

A table or column that is each counter's own stands here by name, so that one that is added later is compared.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table

from app.services.counter import Counter
from app.store import tables as _described  # noqa: F401 - fills the metadata
from app.store.table_names import metadata
from sync.server import offices
from sync.server.database import Database

Rows = Sequence[tuple[Any, ...]]
REGISTERED = ("petition_registered", "filing_registered")
"""Of a store's own events those that never come back with a place in the office's order."""

OWN = frozenset({
    "meta", "file_outbox", "quarantine", "audit", "printer", "print_job", "draft",
    "number_block", "number_void", "receipt_book",  # a counter's leases; the server's ledger has them all
    "payment_slip", "bank_file", "bank_line",  # looked at where the file was read; its receipts are everybody's
    "person", "person_decision",  # rows of the search for persons: compared by their cases below
    "event", "office",  # compared in their own way below
})  # fmt: skip
"""Tables that are not compared as they are."""
OWN_EVERYWHERE = frozenset({"row", "origin"})
"""origin: the store that answers for it now; a restored counter's old rows are its own under a new name."""
OWN_COLUMNS: Mapping[str, frozenset[str]] = {
    "staff": frozenset({"id", "failed_attempts", "locked_until", "thaid_hash"}),
    "cases": frozenset({"person"}),
    "shift": frozenset({"opened_at", "closed_at"}),  # elsewhere it is known since it was closed
    # where two cancelled one receipt, offline, each has given money back and its own register says so
    "receipt_void": frozenset({"reason", "by", "approved_by", "at", "business_on", "shift_id", "original_returned"}),
    "bill": frozenset({"at", "by", "document"}),  # the same bill made out twice is one
}
WHERE = {
    "shift": "state <> 'open'",
    "staff": "username IN (SELECT key FROM office_record WHERE kind = 'account')",
}
NAMED = {
    "case_row": "(SELECT number FROM cases c WHERE c.row = {})",
    "receipt_row": "(SELECT hex(id) FROM receipt r WHERE r.row = {})",
    "replaced_by": "(SELECT hex(id) FROM receipt r WHERE r.row = {})",
}
"""Columns that are rows of this database, told by what they stand for."""


def of_counter(counter: Counter) -> dict[str, Rows]:
    """By name of the table, and what is compared in its own way."""
    with counter.store.read() as connection:
        found = {
            table.name: _rows(connection, table)
            for table in metadata.sorted_tables
            if table.name not in OWN and "sqlite" not in table.name
        }
        revision, office = _office(connection)
        return {
            **found, **_events(connection), **_persons(connection), "office now": [(office,)], "revision": [(revision,)]
        }  # fmt: skip


def _rows(connection: Connection, table: Table) -> Rows:
    own = OWN_COLUMNS.get(table.name, frozenset())
    columns = [
        NAMED.get(column.name, '"{}"').format(f'{table.name}."{column.name}"' if column.name in NAMED else column.name)
        for column in table.columns
        if column.name not in own | OWN_EVERYWHERE
    ]
    where = f" WHERE {WHERE[table.name]}" if table.name in WHERE else ""
    sql = f'SELECT DISTINCT {", ".join(columns)} FROM "{table.name}" AS {table.name}{where}'
    return sorted((tuple(row) for row in connection.exec_driver_sql(sql).fetchall()), key=repr)


def _events(connection: Connection) -> dict[str, Rows]:
    rows = connection.exec_driver_sql(
        "SELECT record, id, kind, at, by, payload FROM event WHERE placed IS NOT NULL OR kind IN (?, ?)"
        " ORDER BY record, placed, id",
        REGISTERED,
    ).fetchall()
    order = connection.exec_driver_sql(
        "SELECT id FROM event WHERE placed IS NOT NULL AND kind NOT IN (?, ?) ORDER BY placed", REGISTERED
    ).fetchall()
    unplaced = connection.exec_driver_sql(
        "SELECT kind, id FROM event WHERE placed IS NULL AND kind NOT IN (?, ?)", REGISTERED
    ).fetchall()
    return {
        "events": [(*row[:-1], said(row[-1])) for row in rows],
        "order of events": [tuple(row) for row in order],
        "unplaced": [tuple(row) for row in unplaced],
    }


def _persons(connection: Connection) -> dict[str, Rows]:
    """Which cases are one person's, and what is known of them: the row of a person is each counter's own."""
    rows = connection.exec_driver_sql(
        "SELECT group_concat(number) AS cases, p.document, p.kind, p.name_key, p.phone_last4 FROM person p"
        " JOIN (SELECT number, person FROM cases ORDER BY number) c ON c.person = p.row GROUP BY p.row"
    ).fetchall()
    return {
        "persons": sorted((row.cases,) for row in rows),
        "contact data": sorted((tuple(row) for row in rows), key=repr),
    }


def _office(connection: Connection) -> tuple[Any, ...]:
    row = connection.exec_driver_sql("SELECT revision, document FROM office ORDER BY revision DESC LIMIT 1").one()
    return (row.revision, said(row.document))


def said(text: str) -> str:
    """A document as what it says: its keys may stand in any order."""
    return json.dumps(json.loads(text), sort_keys=True, ensure_ascii=False)


def of_server(database_url: str, office: str) -> dict[str, Rows]:
    """What a server says of the same; its events without those of citizens."""
    database = Database(database_url)
    try:
        with database.read() as connection:

            def rows(sql: str) -> Rows:
                return [tuple(row) for row in connection.exec_driver_sql(sql).fetchall()]

            now = offices.settings(connection, office)
            return {
                "events": sorted(
                    (*row[:-1], said(row[-1])) for row in rows("SELECT record, id, kind, at, by, payload FROM log")
                ),
                "order of events": rows("SELECT id, kind FROM log ORDER BY office_seq"),
                "cases": rows(
                    "SELECT number, record, service, status, registered_at, due_on, division FROM case_file ORDER BY 1"
                ),
                "receipts": rows(
                    "SELECT fiscal_year, book, no, hex(id), satang, business_on, voided_at IS NOT NULL FROM receipt"
                    " ORDER BY 1, 2, 3"
                ),
                "contents": rows("SELECT hex(sha256), size, received_at IS NOT NULL FROM case_content"),
                "alarms": rows("SELECT device, seq, alarm FROM audit_checkpoint WHERE alarm <> ''"),
                "office now": [(json.dumps(dict(now.office), sort_keys=True, ensure_ascii=False),)],
                "revision": [(now.revision,)],
            }
    finally:
        database.close()


def as_server(counter: Counter, picture: Mapping[str, Rows]) -> dict[str, Rows]:
    """What a counter's picture leads one to expect of the server."""
    with counter.store.read() as connection:

        def rows(sql: str) -> Rows:
            return [tuple(row) for row in connection.exec_driver_sql(sql).fetchall()]

        return {
            "events": sorted(picture["events"]),
            "cases": rows(
                "SELECT number, id, service, status, registered_at, coalesce(due_on, ''), division FROM cases"
                " ORDER BY 1"
            ),
            "receipts": rows(
                "SELECT r.fiscal_year, r.book, r.no, hex(r.id), r.total_satang, r.business_on,"
                " v.receipt_row IS NOT NULL FROM receipt r LEFT JOIN receipt_void v ON v.receipt_row = r.row"
                " ORDER BY 1, 2, 3"
            ),
            "office now": picture["office now"],
            "revision": picture["revision"],
        }


def differences(
    what: str, mine: Mapping[str, Rows], other: Mapping[str, Rows], but: frozenset[str] = frozenset()
) -> list[str]:
    """In words, for every part that both have, `but` for some."""
    return [
        f"{what} differ in {name}: {_difference(mine[name], other[name])}"
        for name in mine
        if name in other and name not in but and list(mine[name]) != list(other[name])
    ]


def _difference(mine: Rows, other: Rows) -> str:
    gone, new = [row for row in mine if row not in other], [row for row in other if row not in mine]
    if gone and new and len(gone[0]) == len(new[0]):
        parts = [(one, two) for one, two in zip(gone[0], new[0], strict=True) if one != two]
        return f"{len(gone)} and {len(new)}, first {str(parts)[:500]}"
    return f"{len(gone)} only there, {len(new)} only here, first {str((gone or new or ['order'])[0])[:300]}"
