"""Two real counters and the real server: a week offline on the same cases, then one timeline everywhere.

LAO_WEEK_CASES says on how many cases; the full size is 500.
"""

import json
import os
import random
from pathlib import Path

import pytest

from app.domain import petition_states
from app.services import cases
from app.services.model import CaseEvent
from tests.integration.sync_support import ACTOR, Desk, Province

CASES = int(os.environ.get("LAO_WEEK_CASES", "40"))


def work_on(desk: Desk, numbers: list[str], seed: int) -> set[str]:
    """Assign, note and close the cases as one clerk would; returns every note that was written."""
    random_ = random.Random(seed)
    notes = set()
    for number in numbers:
        for turn in range(random_.randint(1, 6)):
            following = cases.next_states(desk.counter, number)
            if not following:
                break
            note = f"{desk.counter.counter_name} {number} {turn}"
            if random_.random() < 0.3:
                cases.add_note(desk.counter, ACTOR, number, f"{note} บันทึก", public=random_.random() < 0.5)
                notes.add(f"{note} บันทึก")
            state = random_.choice(following)[0]
            division = "finance" if petition_states.needs_division(state) else ""
            cases.change_status(desk.counter, ACTOR, number, state, note, division, assignee=ACTOR.username)
            notes.add(note)
    return notes


def timeline(desk: Desk, number: str) -> list[tuple[str, str, str, str]]:
    def told(entry: CaseEvent) -> tuple[str, str, str, str]:
        return entry.id, entry.kind, entry.note, entry.outcome

    return [told(entry) for entry in cases.events(desk.counter, number)]


@pytest.mark.slow
def test_a_week_apart_on_the_same_cases_ends_in_one_timeline(tmp_path: Path) -> None:
    with Province(tmp_path) as province:
        first, second = province.desk("เคาน์เตอร์ 1"), province.desk("เคาน์เตอร์ 2")
        numbers = first.register(CASES)
        first.sync()
        second.sync()
        notes = work_on(first, numbers, 1) | work_on(second, numbers, 2)
        for desk in (first, second, first):
            desk.sync()
        assert first.meta("last_sync_error") == second.meta("last_sync_error") == ""
        assert desk.one("SELECT count(*) FROM quarantine") == 0
        server = {row[0]: row[1] for row in province.rows("SELECT number, status FROM case_file")}
        assert first.states() == second.states() == server
        kept, lost = set(), 0
        for number in numbers:
            here = timeline(first, number)
            assert here == timeline(second, number)
            logged = province.rows(
                "SELECT id, payload FROM log WHERE record = (SELECT record FROM case_file WHERE number ="
                f" '{number}') ORDER BY office_seq"
            )
            assert [bytes(row[0]).hex() for row in logged] == [entry[0].replace("-", "") for entry in here]
            kept |= {json.loads(row[1]).get("note", "") for row in logged}
            for _, kind, note, outcome in here:
                lost += outcome == "lost"
                assert kind != "status_changed" or (note in notes and outcome)
        assert notes <= kept, "nobody's note is lost"
        assert lost > CASES // 10, "the clerks did differ"
        spoken = [
            entry for number in numbers for entry in cases.events(second.counter, number) if entry.outcome == "lost"
        ]
        assert all("ไม่มีผล" in entry.text and entry.note in entry.text for entry in spoken)
        assert {entry.counter for entry in spoken} <= {"เคาน์เตอร์ 1", "เคาน์เตอร์ 2"}
        for desk in (first, second):
            view = cases.get(desk.counter, numbers[0])
            assert view.status == server[numbers[0]]
