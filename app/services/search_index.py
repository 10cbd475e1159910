"""Keeping the search index near the newest case, in batches, away from the registration itself."""

import contextlib

from app.domain.errors import Unavailable
from app.services.counter import Counter
from app.store import people_index, search
from app.store.meta import meta_get

LONG = 2 * search.BATCH
"""Cases that may wait unindexed: scanning that many costs a search one or two milliseconds."""


def catch_up(counter: Counter) -> None:
    """Index everything that waits, cases and then persons, a batch a transaction."""
    for index in (search.catch_up, people_index.catch_up):
        while True:
            with counter.store.write("search") as work:
                if index(work) < search.BATCH:
                    break
    if not counter.destroying:
        settle(counter)


def settle(counter: Counter) -> None:
    """After data were destroyed: nothing of them stays in older parts of the indexes, in free pages or in the log of
    the database. Cut off, it is gone on with at the next start."""
    with counter.store.read() as connection:
        if not meta_get(connection, search.TO_SETTLE):
            return
    more = True
    while more:
        with counter.store.write("search") as work:
            more = search.settle(work, "search") or search.settle(work, "person_search")
            if not more:
                work.run("DELETE FROM meta WHERE key = ?", (search.TO_SETTLE,))
                work.run("PRAGMA secure_delete = OFF")
    with contextlib.suppress(Unavailable):
        counter.store.checkpoint()


def catch_up_when_long(counter: Counter) -> None:
    """Index when many wait; asks the database only once in a while."""
    counter.unindexed += 1
    if counter.unindexed >= LONG:
        counter.unindexed = 0
        catch_up(counter)
