"""Keeping the search index near the newest case, in batches, away from the registration itself."""

from app.services.counter import Counter
from app.store import search

LONG = 2 * search.BATCH
"""Cases that may wait unindexed: scanning that many costs a search one or two milliseconds."""


def catch_up(counter: Counter) -> None:
    """Index everything that waits, a batch a transaction."""
    while True:
        with counter.store.write("search") as work:
            if search.catch_up(work) < search.BATCH:
                return


def catch_up_when_long(counter: Counter) -> None:
    """Index when many wait; asks the database only once in a while."""
    counter.unindexed += 1
    if counter.unindexed >= LONG:
        counter.unindexed = 0
        catch_up(counter)
