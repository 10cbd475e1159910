"""A batch that the database would not take as a whole, event by event: only what cannot stand is refused.

What is wrong with an event is found before it is written. Where something was not foreseen (two numbers in one place, a
value that no column holds), the whole batch fails when it is written, and would fail at every further try.
"""

import logging
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Row
from sqlalchemy.exc import DataError, IntegrityError

from sync.server import offices

LOG = logging.getLogger(__name__)
T = TypeVar("T")


CANNOT_STAND = (IntegrityError, DataError, OverflowError)


def one_by_one(
    connection: Connection,
    office: Row[Any],
    items: Sequence[T],
    take: Callable[[Row[Any], T], list[dict[str, Any]]],
    refuse: Callable[[T], None],
) -> tuple[list[dict[str, Any]], Row[Any]]:
    """Take each in a savepoint of its own: (the log's new rows, the office as it stands then)."""
    rows: list[dict[str, Any]] = []
    for item in items:
        try:
            with connection.begin_nested():
                rows += take(office, item)
        except CANNOT_STAND as error:
            LOG.error("an event cannot stand in the database: %s", type(error).__name__)
            refuse(item)
            continue
        office = offices.known(connection, office.code)
    return rows, office
