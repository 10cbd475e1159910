"""Keeping the search index near the newest case, in batches, away from the registration itself."""

from app.services.counter import Counter
from app.store import people_index, search

LONG = 2 * search.BATCH
"""Cases that may wait unindexed: scanning that many costs a search one or two milliseconds."""


def catch_up(counter: Counter) -> None:
    """Index everything that waits, cases and then persons, a batch a transaction."""
    for index in (search.catch_up, people_index.catch_up):
        while True:
            with counter.store.write("search") as work:
                if index(work) < search.BATCH:
                    break


def catch_up_when_long(counter: Counter) -> None:
    """Index when many wait; asks the database only once in a while."""
    counter.unindexed += 1
    if counter.unindexed >= LONG:
        counter.unindexed = 0
        catch_up(counter)
