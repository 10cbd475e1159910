"""The reckoning after quiet: what has to hold whatever happened. Each function returns what does not, in words."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from app.domain.errors import CounterError
from app.services import corrections, number_report, verification
from sync import checkpoints
from sync.server import admin
from sync.server.relay import admin as relay_admin
from tests.fleet import money, pictures
from tests.fleet.desks import Desk, Saved
from tests.fleet.hatchery import CENTRAL
from tests.integration.sync_support import OFFICE_CODE

if TYPE_CHECKING:
    from tests.fleet.run import Run

DESTROYED = "SELECT number FROM cases c JOIN destroyed d ON d.case_row = c.row"
TOLD = (
    "SELECT hex(e.id) AS id, e.payload FROM event e JOIN cases c ON c.id = e.record"
    " WHERE c.number = ? AND e.kind IN ('case_corrected', 'conflict_chosen')"
)


def reckon(run: "Run") -> list[str]:
    """Everything that does not hold."""
    return [*_equal(run), *_lost(run), *_numbers(run), *_money(run), *_quarrels(run), *_each_counter(run)]


def _equal(run: "Run") -> Iterator[str]:
    """All counters say the same, and so does every server."""
    seen = [pictures.of_counter(desk.counter) for desk in run.desks]
    but = set()
    if run.has_house:  # two servers, each with revisions of its own making
        but.add("revision")
    if seen[0]["destroyed"] or run.outcome.done["clock"]:  # what is newest by a wrong clock is not what came last
        but.add("contact data")
    for place, other in enumerate(seen[1:], start=1):
        yield from pictures.differences(f"counters 0 and {place}", seen[0], other, frozenset(but))
    for place, one in enumerate(seen):
        if one["unplaced"]:
            yield f"unplaced at {place}: {one['unplaced']}"
    expected = pictures.as_server(run.desks[0].counter, seen[0])
    for which in run.ports:
        told = pictures.of_server(run.database(which), OFFICE_CODE)
        if which == CENTRAL:
            yield from pictures.differences("the counters and the central server", expected, told, frozenset(but))
            placed = [row[0] for row in seen[0]["order of events"]]
            kept = [row[0] for row in told["order of events"] if row[1] not in pictures.REGISTERED]
            if placed != kept:
                yield "the counters have another order of events than the central server"
        else:
            yield from (
                f"the central server refused the office's own: {row['kind']} {row['code']}"
                for row in relay_admin.listing(run.database(which))
            )
            yield from pictures.differences("the counters and the office's own server", expected, told, frozenset(but))
        ids = [row[0] for row in told["order of events"]]
        if len(ids) != len(set(ids)):
            yield "an event twice on a server"
        if which == CENTRAL:  # the other one has what its own counters brought
            there = {row[0].lower() for row in told["contents"] if row[2]}
            if missing := {row.hex() for row in _named(run.desks[0])} - run.office.burnt - there:
                yield f"{len(missing)} files never came to the central server"
        yield from (f"server {which} doubts the history of a counter: {row}" for row in told["alarms"])


def _named(desk: Desk) -> list[bytes]:
    """The contents that rows here name; those of destroyed cases nobody waits for."""
    with desk.counter.store.read() as connection:
        named = "SELECT sha256 FROM attachment UNION SELECT sha256 FROM office_file"
        return list(connection.exec_driver_sql(named).scalars())


def _lost(run: "Run") -> Iterator[str]:
    """What a clerk was told is saved, or a server acknowledged, is at every counter; nothing is there of which nobody
    knows."""
    certain = Saved()
    certain += run.office.acknowledged
    for desk in run.desks:
        certain += desk.saved
    for desk in run.desks:
        with desk.counter.store.read() as connection:
            events = [row[0] for row in connection.exec_driver_sql("SELECT hex(id) FROM event")]
            numbers = connection.exec_driver_sql("SELECT number FROM cases").scalars().all()
        if lost := certain.events - set(events):
            yield f"{len(lost)} events lost at {desk.place}"
        if len(events) != len(set(events)):
            yield f"an event twice at {desk.place}"
        if gone := certain.numbers - set(numbers):
            yield f"lost at {desk.place}: {sorted(gone)}"
        if unknown := set(events) - run.office.ever.events:
            yield f"{len(unknown)} events at {desk.place} that nobody made"
        issued, voided = money.standing(desk.counter)
        if gone := certain.issued.keys() - issued.keys():
            yield f"{len(gone)} receipts lost at {desk.place}"
        if gone := certain.voided - voided:
            yield f"{len(gone)} cancellations lost at {desk.place}"
        if wrong := [one for one in issued if run.office.ever.issued.get(one) != issued[one]]:
            yield f"{len(wrong)} receipts at {desk.place} of another sum than was taken"


def _numbers(run: "Run") -> Iterator[str]:
    """No number on two papers; each is issued, cancelled, unused or returned."""
    for number, carried in run.office.papers.items():
        if len(carried) > 1:
            yield f"{number} stands on {len(carried)} papers"
    for which in run.ports:
        for row in admin.numbers_report(run.database(which), OFFICE_CODE):
            yield from (f"{row['series']}: {row[key]} {key}" for key in ("unexplained", "duplicates") if row[key])
        yield from money.wrong_books(run.database(which), OFFICE_CODE)
    for desk in run.desks:
        for row in number_report.report(desk.counter)["by_series"]:
            yield from (
                f"{row['series']} at {desk.place}: {row[key]} {key}"
                for key in ("unexplained", "duplicates")
                if row[key]
            )


def _money(run: "Run") -> Iterator[str]:
    """What stands of the receipts is what was taken less what was given back, at every counter and on the server."""
    taken = sum(row[4] for row in pictures.of_server(run.database(CENTRAL), OFFICE_CODE)["receipts"] if not row[6])
    for desk in run.desks:
        issued, voided = money.standing(desk.counter)
        ever = run.office.ever
        accepted = sum(ever.issued.get(one, 0) for one in issued)
        returned = sum(ever.issued.get(one, 0) for one in voided)
        if not sum(issued.values()) - sum(issued[one] for one in voided) == accepted - returned == taken:
            yield f"receipts at {desk.place} are not the money accepted less the money given back, or not {taken}"
        yield from (f"{found} at {desk.place}" for found in money.wrong_drawers(desk.counter))


def _quarrels(run: "Run") -> Iterator[str]:
    """Of two values that were set without one knowing of the other both stand in the timeline, and while nobody has
    touched the field since, the conflict is told."""
    for one in run.quarrels:
        for desk in run.desks:
            with desk.counter.store.read() as connection:
                if one.number in connection.exec_driver_sql(DESTROYED).scalars():
                    continue
                rows = connection.exec_driver_sql(TOLD, (one.number,)).fetchall()
            told = {row.id: json.loads(row.payload) for row in rows}
            there = [event for event in one.values if event in told]
            for event in there:
                if one.values[event] not in str(told[event]):
                    yield f"a value of {one.field} lost at {desk.place}"
            touching = [
                event
                for event, said in told.items()
                if one.field in said.get("fields", {}) or said.get("field") == one.field
            ]
            found = [conflict.field for conflict in corrections.conflicts(desk.counter, one.number)]
            if len(there) == 2 and len(touching) == 2 and one.field not in found:
                yield f"a conflict about {one.field} is not told at {desk.place}"


def _each_counter(run: "Run") -> Iterator[str]:
    for desk in run.desks:
        yield from (
            f"verify at {desk.place}: {check.name}: {check.detail}"
            for check in verification.verify(desk.counter)
            if not check.ok
        )
        with desk.counter.store.read() as connection:
            held: list[Any] = list(connection.exec_driver_sql("SELECT code, reason FROM quarantine").fetchall())
        yield from (f"in quarantine at {desk.place}: {row.code}" for row in held)
        yield from _whole(desk)


def _whole(desk: Desk) -> Iterator[str]:
    try:
        if wrong := desk.files_not_whole():
            yield f"{wrong} files not whole at {desk.place}"
        checkpoints.send(desk.counter.store)
    except CounterError as error:
        yield f"files or history at {desk.place}: {error.code}"
