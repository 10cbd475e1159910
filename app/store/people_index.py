"""The full-text index over persons: any part of a name, typed with or without tone marks, and the last four of a phone.

Built as the index over cases is (docs/adr/0006): trigrams name candidates, the row's own key decides; registration only
writes the row, `catch_up` indexes in batches, and what waits is scanned.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from app.store.meta import meta_get, meta_set
from app.store.search import BATCH, match_expression, tokens
from app.store.unit_of_work import UnitOfWork

INDEXED_THROUGH = "persons_indexed_through"
INSERT = "INSERT INTO person_search (rowid, tokens) VALUES (?, ?)"
DELETE = "INSERT INTO person_search (person_search, rowid, tokens) VALUES ('delete', ?, ?)"


def find_rows(connection: Connection, terms: Sequence[str], limit: int, columns: str) -> list[Any]:
    """The newest `limit` persons with every term in the name key, or, for one of digits alone, as last four digits."""
    holds = " AND ".join("p.phone_last4 = ?" if term.isdigit() else "instr(p.name_key, ?)" for term in terms)
    indexed = int(meta_get(connection, INDEXED_THROUGH, "0"))
    newest = connection.exec_driver_sql(
        f"SELECT {columns} FROM person p WHERE p.row > ? AND {holds} ORDER BY p.row DESC LIMIT ?",
        (indexed, *terms, limit),
    ).fetchall()
    if len(newest) >= limit:
        return list(newest)
    expression = " AND ".join(f"({match_expression(term, {})})" for term in terms)
    older = connection.exec_driver_sql(
        f"SELECT {columns} FROM person_search f CROSS JOIN person p ON p.row = f.rowid"
        f" WHERE f.person_search MATCH ? AND {holds} ORDER BY f.rowid DESC LIMIT ?",
        (expression, *terms, limit - len(newest)),
    ).fetchall()
    return [*newest, *older]


def catch_up(work: UnitOfWork, batch: int = BATCH) -> int:
    """Index the oldest `batch` persons that are not indexed yet; returns how many there were."""
    through = int(meta_get(work.connection, INDEXED_THROUGH, "0"))
    waiting = "SELECT row, name_key, phone_last4 FROM person WHERE row > ? ORDER BY row LIMIT ?"
    rows: list[tuple[int, str, str]] = work.execute(waiting, (through, batch)).fetchall()
    for row, name, last4 in rows:
        work.execute(INSERT, (row, _tokens(name, last4)))
    if rows:
        meta_set(work.connection, INDEXED_THROUGH, str(rows[-1][0]))
    return len(rows)


def replace(work: UnitOfWork, row: int, before: tuple[str, str], after: tuple[str, str]) -> None:
    """Tell the index that a person's (name key, last four) changed; call it when the row is changed."""
    if row <= int(meta_get(work.connection, INDEXED_THROUGH, "0")):
        work.execute(DELETE, (row, _tokens(*before)))
        work.execute(INSERT, (row, _tokens(*after)))


def _tokens(name_key: str, last4: str) -> str:
    return tokens(f"{name_key}\n{last4}")
