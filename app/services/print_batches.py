"""One paper of many cases at once: every case is a print job of its own, planned a few at a time.

Nothing here is all or none: what was planned is in the print ledger like any other job, and what was not is told.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.errors import Refused
from app.services import cases, letters, papers, print_jobs, work_lists
from app.services.counter import Counter
from app.services.model import Actor

MOST = 2_000
"""Cases of one batch: more than a day's work of the largest office."""
COUNTS = (
    "SELECT state, count(*) FROM print_job WHERE id IN (SELECT value FROM json_each(?)) GROUP BY state ORDER BY state"
)
WITHDRAW = (
    "UPDATE print_job SET state = 'spoiled', changed_at = ?, error = ? WHERE state = 'planned'"
    " AND id IN (SELECT value FROM json_each(?))"
)
WITHDRAWN = "ยกเลิกการพิมพ์ทั้งชุด"
LETTERS_DUE = "letters"
"""The list of cases with a letter due, beside those of app.services.work_lists."""
OVER = frozenset({"sent", "confirmed", "failed", "spoiled"})
"""States of a job for which nobody has to wait."""


@dataclass(frozen=True, slots=True)
class Planned:
    """What became of some cases: the jobs, how many of them are copies, and the cases that were passed over."""

    jobs: tuple[int, ...] = ()
    copies: int = 0
    passed_over: tuple[tuple[str, str], ...] = ()
    """(number, why)."""

    def __add__(self, other: "Planned") -> "Planned":
        return Planned(self.jobs + other.jobs, self.copies + other.copies, self.passed_over + other.passed_over)


def documents(counter: Counter) -> list[tuple[str, str]]:
    """(code, name) of the papers that cases of this office may have, slip and A4 sheet first; no receipts."""
    every = (code for service in counter.catalog.values() for code in papers.documents_of(service))
    return [(code, papers.name(code)) for code in dict.fromkeys(every) if code != papers.RECEIPT]


def numbers_found(counter: Counter, actor: Actor, text: str, which: str) -> list[str]:
    """The numbers of all cases that a search, or without one a work list, finds; at most MOST."""
    if text.strip():
        return [case.number for case in cases.find(counter, text, MOST, actor)]
    if which == LETTERS_DUE:
        return [one.number for one in letters.due(counter, actor)[:MOST]]
    if which == work_lists.ALL:
        return [case.number for case in cases.recent(counter, MOST, actor)]
    return [case.number for case in work_lists.open_cases(counter, actor, which, MOST)]


def plan(counter: Counter, actor: Actor, numbers: Sequence[str], document: str, copy_reason: str = "") -> Planned:
    """Queue one paper of each case, the reason only for those printed before.

    A case that has no such paper, is closed to the actor, or was printed before without a reason being given, is
    passed over. Unavailable "no_printer" where no printer takes the paper.
    """
    found = Planned()
    for number in numbers:
        try:
            job = print_jobs.plan(counter, actor, number, document, copy_reason=copy_reason)
        except Refused as error:
            found += Planned(passed_over=((number, f"{error.title} {error.hint}".strip()),))
            continue
        found += Planned((job.id,), int(job.copy.number > 0))
    return found


def progress(counter: Counter, jobs: Sequence[int]) -> Mapping[str, int]:
    """How many of these jobs are in which state."""
    with counter.store.read() as connection:
        rows = connection.exec_driver_sql(COUNTS, (json.dumps(list(jobs)),)).fetchall()
    return {row[0]: int(row[1]) for row in rows}


def withdraw(counter: Counter, actor: Actor, jobs: Sequence[int]) -> int:
    """Take back what no printer has begun with; returns how many. Their next print is no copy."""
    with counter.store.write(actor.username) as work:
        count: int = work.run(WITHDRAW, (work.now_ms, WITHDRAWN, json.dumps(list(jobs)))).rowcount
        if count:
            work.audit("print_batch_withdrawn", f"{count} jobs", WITHDRAWN)
            work.changed("print_job")
    return count
