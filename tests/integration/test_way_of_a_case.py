"""The officers' side: every step of the table and no other, notes, assignments, restricted cases, the clock."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain import petition_states
from app.domain.errors import Refused
from app.services import cases, letters, people, print_jobs, privacy, registration_json, rights, work_lists
from app.services.counter import Counter
from app.services.model import Actor
from sync.json_form import to_text
from tests.integration.support import command, homes
from tests.integration.support.petitions import permit, petition
from tests.integration.sync_support import ACTOR, Province

CLERK = Actor("9", "clerk", "เสมียน ทดสอบ", "", "user", "finance")
PAIRS = [
    (kind, first, then)
    for kind, table in petition_states.TABLES.items()
    for first in table
    for then in table
    if kind in ("petition", "permit")
]


def registered(counter: Counter, actor: Actor) -> str:
    return cases.enter(counter, actor, registration_json.from_json("petition", petition())).number


def stands_at(counter: Counter, number: str, status: str, **columns: str | int) -> None:
    with counter.store.write("test") as work:
        for column, value in {"status": status, **columns}.items():
            work.run(f"UPDATE cases SET {column} = ? WHERE number = ?", (value, number))


def allowed(kind: str, first: str, then: str) -> bool:
    return any(state == then for state, _ in petition_states.next_states(first, kind))


def test_the_counter_takes_every_step_of_the_table_and_no_other(counter: Counter, actor: Actor) -> None:
    number = registered(counter, actor)
    for kind, first, then in PAIRS:
        if kind != "petition":
            continue
        stands_at(counter, number, first)
        if allowed(kind, first, then):
            more = {"division": "finance"} if petition_states.needs_division(then) else {}
            assert cases.change_status(counter, actor, number, then, "ตรวจแล้ว", **more).status == then
            continue
        with pytest.raises(Refused) as caught:
            cases.change_status(counter, actor, number, then, "ตรวจแล้ว", division="finance")
        assert caught.value.code == "transition", (first, then)
        assert cases.get(counter, number).status == first


def test_the_server_takes_every_step_of_the_table_and_no_other(tmp_path: Path) -> None:
    with Province(tmp_path) as province:
        desk = province.desk()
        numbers = desk.register(len(PAIRS))
        expected = {}
        with desk.store.write("test") as work:
            for number, (kind, first, then) in zip(numbers, PAIRS, strict=True):
                record, seq = work.run(
                    "SELECT e.record, e.seq FROM event e JOIN cases c ON c.id = e.record WHERE c.number = ?", (number,)
                ).one()
                payload = json.loads(work.run("SELECT payload FROM event WHERE seq = ?", (seq,)).scalar_one())
                payload |= {"status": first, "service": "petition" if kind == "petition" else "ad_permit"}
                work.run("UPDATE event SET payload = ? WHERE seq = ?", (to_text(payload), seq))
                step = {"from": first, "to": then, "note": "ตรวจแล้ว", "division": "finance"}
                sent = work.emit("status_changed", record, step)
                expected[sent] = allowed(kind, first, then)
        desk.sync()
        with desk.store.read() as connection:
            resting = {row[0]: row[1] for row in connection.exec_driver_sql("SELECT seq, code FROM quarantine")}
        assert resting == {seq: "transition" for seq, right in expected.items() if not right}
        held = {row[0]: row[1] for row in province.rows("SELECT number, status FROM case_file")}
        for number, (kind, first, then) in zip(numbers, PAIRS, strict=True):
            assert held[number] == (then if allowed(kind, first, then) else first)


@pytest.mark.parametrize(
    ("step", "code"),
    [
        ({"from": "received", "to": "rejected"}, "reason_needed"),
        ({"from": "received", "to": "forwarded"}, "division_needed"),
        ({"from": "received", "to": "flying"}, "unknown_state"),
    ],
)
def test_the_server_wants_what_the_counter_wants(tmp_path: Path, step: dict[str, str], code: str) -> None:
    with Province(tmp_path) as province:
        desk = province.desk()
        [number] = desk.register()
        desk.step(number, "received")
        with desk.store.write("test") as work:
            work.emit("status_changed", work.run("SELECT id FROM cases").scalar_one(), step)
        desk.sync()
        assert desk.one("SELECT code FROM quarantine") == code
        assert province.rows("SELECT status FROM case_file") == [("received",)]


def test_notes_are_for_the_office_unless_said_otherwise(counter: Counter, actor: Actor) -> None:
    number = registered(counter, actor)
    cases.add_note(counter, actor, number, "โทรแล้วไม่รับสาย")
    cases.add_note(counter, actor, number, "จะเข้าตรวจวันจันทร์", public=True)
    cases.change_status(counter, actor, number, "received", "รอหัวหน้า", internal_note="ซ้ำกับเรื่องเดิม")
    cases.change_status(counter, actor, number, "rejected", "ไม่อยู่ในเขต")
    told = [(entry.kind, entry.note, entry.public, entry.internal_note) for entry in cases.events(counter, number)[1:]]
    assert told == [
        ("note_added", "โทรแล้วไม่รับสาย", False, ""),
        ("note_added", "จะเข้าตรวจวันจันทร์", True, ""),
        ("status_changed", "รอหัวหน้า", False, "ซ้ำกับเรื่องเดิม"),
        ("status_changed", "ไม่อยู่ในเขต", True, ""),
    ]
    with pytest.raises(Refused) as caught:
        cases.add_note(counter, actor, number, "  ")
    assert caught.value.field == "note"


def test_assigned_to_a_person_of_a_division_and_forwarded_outside(counter: Counter, actor: Actor) -> None:
    number = registered(counter, actor)
    cases.change_status(counter, actor, number, "received")
    with pytest.raises(Refused) as caught:
        cases.change_status(counter, actor, number, "assigned", assignee="nobody")
    assert (caught.value.code, caught.value.field) == ("assignee", "assignee")
    view = cases.change_status(counter, actor, number, "assigned", division="finance", assignee=actor.username)
    assert (view.division, view.assignee) == ("finance", actor.username)
    assert [row.number for row in work_lists.open_cases(counter, actor, "mine")] == [number]
    assert [row.number for row in work_lists.open_cases(counter, CLERK, "division")] == [number]
    assert work_lists.open_cases(counter, CLERK, "mine") == []
    view = cases.change_status(counter, actor, number, "forwarded", "อยู่ในเขตทางหลวง", agency="แขวงทางหลวงภูเก็ต")
    assert (view.agency, view.division) == ("แขวงทางหลวงภูเก็ต", "finance")
    assert cases.change_status(counter, actor, number, "closed_external").status == "closed_external"
    assert work_lists.open_cases(counter, actor, "all") == []
    with pytest.raises(Refused) as caught:
        cases.assign(counter, actor, number, actor.username)
    assert (caught.value.code, caught.value.hint) == ("transition", "หากมีเรื่องใหม่โปรดลงรับเป็นคำร้องใหม่")
    stands_at(counter, number, "rated")
    with pytest.raises(Refused) as caught:
        cases.assign(counter, actor, number, actor.username)
    assert "เปิดเรื่องอีกครั้งก่อน" in caught.value.hint


def test_the_clock_stands_while_the_citizen_owes_papers(counter: Counter, actor: Actor, clock: homes.HandClock) -> None:
    number = registered(counter, actor)
    due = cases.get(counter, number).due_on
    for state in ("received", "assigned", "in_progress", "waiting_info"):
        cases.change_status(counter, actor, number, state, "ขอสำเนาโฉนด" if state == "waiting_info" else "")
    assert cases.recent(counter)[0].due_text == "หยุดนับเวลา รอผู้ร้อง"
    clock.forward(days=14)
    assert work_lists.open_cases(counter, actor, "overdue") == []
    view = cases.change_status(counter, actor, number, "in_progress")
    assert view.stopped_on is None
    assert due is not None and view.due_on is not None
    assert (view.due_on - due).days == 14, "two whole weeks later, by working days"
    clock.at = clock.at.replace(year=view.due_on.year, month=view.due_on.month, day=view.due_on.day)
    assert cases.recent(counter)[0].due_text == "ครบกำหนดวันนี้"
    clock.forward(days=1)
    [late] = work_lists.open_cases(counter, actor, "overdue")
    assert (late.due_text, late.due_tone) == ("เกินกำหนด 1 วัน", "bad")


def test_only_who_has_the_right_reads_a_restricted_case_and_it_is_recorded(
    counter: Counter, actor: Actor, clock: homes.HandClock
) -> None:
    number = registered(counter, actor)
    stands_at(counter, number, "new", restricted=1)
    for nobody in (None, CLERK):
        for work in (cases.get, cases.events):
            with pytest.raises(Refused) as caught:
                work(counter, number, nobody)
            assert caught.value.code == "restricted"
    may_unmask = replace(CLERK, held=rights.held(CLERK) | {"unmask:*"})
    paper = print_jobs.plan_file(counter, actor, number, "slip")
    for refused in (
        lambda: cases.change_status(counter, CLERK, number, "received"),
        lambda: print_jobs.plan_file(counter, CLERK, number, "slip", copy_reason="หาย"),
        lambda: print_jobs.plan_file(counter, CLERK, number, "petition"),
        lambda: print_jobs.retry(counter, CLERK, paper.id),
        lambda: people.unmask(counter, may_unmask, number, "phone", "โทรกลับ"),
        lambda: privacy.decide(counter, CLERK, number, "news", given=True),
    ):
        with pytest.raises(Refused) as caught:
            refused()
        assert caught.value.code == "restricted"
    assert [job.id for job in print_jobs.list_jobs(counter)] == [paper.id]
    [row] = cases.recent(counter, 1, CLERK)
    assert "จำกัด" in row.name and "จำกัด" in row.subject
    topic = petition()["answers"]["topic"]
    open_to_all = registered(counter, actor)
    stands_at(counter, registered(counter, actor), "new", restricted=1)
    for text in (topic, petition()["applicant"]["cid"]):
        found = [row.number for row in cases.find(counter, text, 1, CLERK)]
        assert found == [open_to_all], "what may not be read takes no place in the list"
    assert [row.subject for row in cases.find(counter, topic, 5, actor)] == [topic] * 3
    for _ in range(3):
        assert cases.get(counter, number, actor).restricted
    clock.forward(minutes=11)
    cases.get(counter, number, actor)
    assert [entry.kind for entry in cases.events(counter, number, actor)][1:] == ["case_viewed"] * 2
    with counter.store.read() as connection:
        audited = connection.exec_driver_sql("SELECT action, by FROM audit WHERE action LIKE 'restricted%'").fetchall()
    refused, seen = "restricted_view_refused", ("restricted_viewed", actor.username)
    assert [tuple(row) for row in audited] == [
        (refused, "unknown"), (refused, "clerk"), seen, *[(refused, "clerk")] * 3, seen,
    ]  # fmt: skip


def test_steps_taken_elsewhere_keep_assignee_and_clock(tmp_path: Path) -> None:
    with Province(tmp_path) as province:
        first, second = province.desk("1"), province.desk("2")
        [number] = first.register()
        first.step(number, "received")
        cases.change_status(first.counter, ACTOR, number, "assigned", division="finance", assignee="somying")
        first.step(number, "in_progress")
        cases.change_status(first.counter, ACTOR, number, "waiting_info", "ขอสำเนาบัตร")
        first.sync()
        second.sync()
        here, there = (cases.get(desk.counter, number) for desk in (first, second))
        assert there.stopped_on is not None
        assert (there.status, there.division, there.assignee, there.stopped_on, there.due_on) == (
            here.status, here.division, here.assignee, here.stopped_on, here.due_on,
        )  # fmt: skip


def test_letters_are_due_until_they_are_issued(counter: Counter, actor: Actor, clock: homes.HandClock) -> None:
    number = cases.enter(counter, actor, registration_json.from_json("ad_permit", permit())).number
    assert letters.due(counter) == []
    cases.change_status(counter, actor, number, "document_check")
    cases.change_status(counter, actor, number, "waiting_info", "ขาดแบบป้าย")
    [wanted] = letters.due(counter)
    assert (wanted.number, wanted.kind, wanted.late) == (number, "defect_note", False)
    for kind, text, until, field in (("x", "ก", None, "letter"), ("defect_note", " ", None, "note"),
                                     ("defect_note", "แบบป้าย", None, "until")):  # fmt: skip
        with pytest.raises(Refused) as caught:
            letters.issue(counter, actor, number, kind, text, until)
        assert caught.value.field == field
    letters.issue(counter, actor, number, "defect_note", "1. แบบป้าย\n2. แผนที่", wanted.due_on + timedelta(days=15))
    assert letters.due(counter) == []
    due_on = cases.change_status(counter, actor, number, "document_check").due_on
    assert due_on is not None
    clock.forward(days=(due_on - wanted.due_on).days + 1)
    [wanted] = letters.due(counter)
    assert (wanted.kind, wanted.due_on, wanted.late) == ("delay_explanation", due_on + timedelta(days=7), False)
    clock.forward(days=8)
    assert [one.late for one in letters.due(counter)] == [True]
    letters.issue(counter, actor, number, "delay_explanation", "รอความเห็นของหน่วยงานเจ้าของพื้นที่")
    [wanted] = letters.due(counter)
    assert (wanted.due_on, wanted.late) == (due_on + timedelta(days=9 + 7), False)
    assert [entry.text for entry in cases.events(counter, number)][-1].startswith("ออกหนังสือ (หนังสือแจ้งเหตุ")


def test_a_letter_is_written_as_pdf(home: Path, tmp_path: Path) -> None:
    number = command.run(home, "register", "ad_permit", "-", "--no-print", stdin=json.dumps(permit())).out.strip()
    target = tmp_path / "note.pdf"
    words = ("letters", "issue", number, "defect_note", "--note", "ขาดแบบป้าย", "--until", "2027-01-15", "--out", target)
    assert command.run(home, *words).code == 0
    assert target.read_bytes().startswith(b"%PDF-")
    assert command.run(home, *words).code == 3, "never over another file"
    assert command.run(home, "letters", "due", "--json").json == []
    said = command.run(home, "events", number).out
    assert "บันทึกความบกพร่อง" in said


def test_a_complaint_of_corruption_is_restricted_from_its_registration_on(tmp_path: Path) -> None:
    with Province(tmp_path) as province:
        first, second = province.desk("1"), province.desk("2")
        data = petition()
        data["answers"] |= {"category": "complaints", "subcategory": "corruption"}
        view = cases.register(first.counter, ACTOR, registration_json.from_json("petition", data))
        assert view.restricted, "who registered it sees what was registered"
        first.sync()
        second.sync()
        chief = Actor("2", "chief", "หัวหน้า ทดสอบ", "", "admin")
        for desk in (first, second):
            with pytest.raises(Refused):
                cases.get(desk.counter, view.number, ACTOR)
            assert cases.get(desk.counter, view.number, chief).restricted
        for desk in (first, second, first):
            desk.sync()
        looks = [entry.by for entry in cases.events(first.counter, view.number, chief) if entry.kind == "case_viewed"]
        assert looks == ["chief", "chief"], "the look at the other counter is known here, too"
