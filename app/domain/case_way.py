"""Where a case stands, told from its events in the office's order: the one rule of counters and central server.

A step counts when the case still stands where its clerk saw it stand. When two counters went on with one case while
they could not hear each other, the step that the office's order puts first counts; the other stays in the timeline as
"lost", with its note, and whoever made it may take it again from where the case stands now.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from app.domain import petition_states

COUNTED: Final = "counted"
SAME: Final = "same"
"""Another counter had taken the very same step already."""
LOST: Final = "lost"
NO_STEP: Final = ""

STATUS_CHANGED: Final = "status_changed"
ASSIGNMENT_CHANGED: Final = "assignment_changed"
RECEIPT_VOIDED: Final = "receipt_voided"
"""Takes a paid case back to where it waits for payment, when it says so: {"from", "to"}."""
CITIZEN_STEPS: Final[Mapping[str, str]] = {
    "rated": "rated",
    "withdrawn_by_citizen": "cancelled",
    "reopen_asked": "reopened",
}
"""What citizens do on the office's pages -> the state it leads to, where the table allows that."""

Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a case stands. due_on and stopped_on are ISO dates or ""; stopped_on: since when the time limit pauses."""

    status: str
    division: str = ""
    agency: str = ""
    assignee: str = ""
    due_on: str = ""
    stopped_on: str = ""


def outcome(status: str, kind: str, event_kind: str, payload: Payload) -> str:
    """What becomes of an event about a case that stands at `status`: COUNTED, SAME, LOST, or NO_STEP."""
    if event_kind == STATUS_CHANGED or (event_kind == RECEIPT_VOIDED and payload.get("to")):
        if payload.get("from") == status:
            return COUNTED
        return SAME if payload.get("to") == status else LOST
    if event_kind == ASSIGNMENT_CHANGED:
        return COUNTED
    to = CITIZEN_STEPS.get(event_kind)
    if to is None:
        return NO_STEP
    if to == status:
        return SAME
    return COUNTED if any(to == state for state, _ in petition_states.next_states(status, kind)) else LOST


def after(standing: Standing, kind: str, event_kind: str, payload: Payload) -> tuple[Standing, str]:
    """(where the case stands after the event, what became of it)."""
    found = outcome(standing.status, kind, event_kind, payload)
    if found != COUNTED:
        return standing, found
    division = payload.get("division")
    if event_kind == ASSIGNMENT_CHANGED:
        place = {"division": division, "agency": "", "assignee": ""} if division else {}
        return replace(standing, **(place | {"assignee": payload.get("assignee", "")})), found
    to = str(payload["to"]) if event_kind in (STATUS_CHANGED, RECEIPT_VOIDED) else CITIZEN_STEPS[event_kind]
    return replace(
        standing,
        status=to,
        division=division or standing.division,
        agency=payload.get("agency", "") if division or "agency" in payload else standing.agency,
        assignee=payload.get("assignee", "" if division else standing.assignee),
        due_on=payload.get("due_on") or standing.due_on,
        stopped_on=_stopped_on(standing, to, payload),
    ), found


def _stopped_on(standing: Standing, to: str, payload: Payload) -> str:
    """Since when the clock stands. What a citizen reopens stands until an officer goes on, who brings the new date."""
    if petition_states.clock_stops(to):
        return str(payload.get("stopped_on") or standing.stopped_on)
    return "" if payload.get("due_on") or not standing.due_on else standing.stopped_on


def settled(start: Standing, kind: str, events: Iterable[tuple[str, Payload]]) -> tuple[Standing, list[str]]:
    """(where the case stands after all its events in the office's order, what became of each)."""
    outcomes = []
    taken = set()
    for event_kind, payload in events:
        step = (payload.get("from"), payload.get("to"))
        start, found = after(start, kind, event_kind, payload)
        if found == LOST and step in taken:
            found = SAME
        elif found == COUNTED:
            taken.add(step)
        outcomes.append(found)
    return start, outcomes
