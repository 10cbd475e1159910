"""What happens to a case from its registration on: steps, timeline, deadline, fee, and the texts people read."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.catalog.loader import load_builtin
from app.domain.errors import Refused
from app.services import cases, receipts, registration_json, setup
from app.services.counter import Counter
from app.services.model import Actor, RegisterCase
from app.services.money_model import Pay
from tests.integration.support import homes
from tests.integration.support.petitions import permit, petition


def command(data: dict[str, Any], service: str = "petition") -> RegisterCase:
    return registration_json.from_json(service, data)


def registered(counter: Counter, actor: Actor, data: dict[str, Any] | None = None, service: str = "petition") -> str:
    return cases.enter(counter, actor, command(data or petition(), service)).number


def step(counter: Counter, actor: Actor, number: str, *states: str, **more: str) -> cases.CaseView:
    for state in states:
        view = cases.change_status(counter, actor, number, state, **more)
    return view


def test_a_petition_from_the_counter_to_the_rating(counter: Counter, actor: Actor, clock: homes.HandClock) -> None:
    number = registered(counter, actor)
    assert [state for state, _ in cases.next_states(counter, number)] == ["received", "rejected", "cancelled"]
    for state in ("received", "assigned", "in_progress", "waiting_info", "in_progress", "done", "reopened",
                  "in_progress", "done", "rated"):  # fmt: skip
        clock.forward(hours=1)
        view = step(counter, actor, number, state, note="ตรวจแล้ว" if state == "reopened" else "")
        assert (view.status, view.number) == (state, number)
    assert [state for state, _ in cases.next_states(counter, number)] == ["reopened"]
    timeline = cases.events(counter, number)
    assert [entry.seq for entry in timeline] == sorted(entry.seq for entry in timeline)
    assert [entry.at for entry in timeline] == sorted(entry.at for entry in timeline)
    assert [(entry.kind, entry.text) for entry in timeline][:2] == [
        ("petition_registered", "รับคำร้อง"), ("status_changed", "รับเรื่องแล้ว"),
    ]  # fmt: skip
    assert timeline[7].text == "ผู้ร้องแจ้งว่ายังไม่เรียบร้อย: ตรวจแล้ว"
    assert {entry.counter for entry in timeline} == {counter.counter_name}
    assert {entry.by for entry in timeline} == {actor.username}


@pytest.mark.parametrize("state", ["rejected", "cancelled"])
def test_an_end_without_a_reason_is_refused(counter: Counter, actor: Actor, state: str) -> None:
    number = registered(counter, actor)
    with pytest.raises(Refused) as caught:
        step(counter, actor, number, state, note="  ")
    assert (caught.value.code, caught.value.field) == ("reason_needed", "note")
    view = step(counter, actor, number, state, note="ไม่อยู่ในเขต\nโปรดติดต่ออำเภอ")
    assert view.status == state
    with pytest.raises(Refused) as caught:
        step(counter, actor, number, "received")
    assert caught.value.code == "transition"
    assert "สิ้นสุด" in caught.value.hint


def test_a_forwarded_case_lies_where_it_was_sent(counter: Counter, actor: Actor) -> None:
    number = registered(counter, actor)
    before = cases.get(counter, number)
    assert (before.division, before.division_name) == ("public_works", "กองช่าง")
    step(counter, actor, number, "received")
    for division, code in (("", "division_needed"), ("moon", "division")):
        with pytest.raises(Refused) as caught:
            step(counter, actor, number, "forwarded", division=division)
        assert (caught.value.code, caught.value.field) == (code, "division")
    view = step(counter, actor, number, "forwarded", division="finance")
    assert (view.division, view.division_name) == ("finance", "กองคลัง")
    assert cases.events(counter, number)[-1].detail["division"] == "finance"
    assert step(counter, actor, number, "received").division == "finance", "it stays there"


def test_a_refused_step_leaves_no_trace(counter: Counter, actor: Actor) -> None:
    number = registered(counter, actor)
    seen = []
    counter.subscribe(seen.append)
    for state in ("done", "flying", "new", ""):
        with pytest.raises(Refused):
            step(counter, actor, number, state)
    assert len(cases.events(counter, number)) == 1
    assert seen == []
    step(counter, actor, number, "received")
    assert [changes.cases for changes in seen] == [frozenset({number})]


def test_a_permit_has_its_own_steps_and_words(counter: Counter, actor: Actor) -> None:
    number = registered(counter, actor, permit(), "ad_permit")
    view = cases.get(counter, number)
    assert (view.status, view.status_text) == ("received", "รับคำขอแล้ว")
    view = step(counter, actor, number, "document_check", "officer_opinion", "approved")
    receipts.issue(counter, actor, Pay(number, "cash", 20_000))
    view = step(counter, actor, number, "permit_issued")
    assert view.status_text == "ออกหนังสืออนุญาตแล้ว"
    first = cases.events(counter, number)[0]
    assert (first.kind, first.text) == ("filing_registered", "รับแบบ/คำขอ")


# --- deadline and fee


@pytest.mark.parametrize(
    ("subcategory", "due"),
    [
        ({"category": "utilities", "subcategory": "street_light"}, date(2026, 11, 27)),  # 3 days, two of them holidays
        ({"category": "complaints", "subcategory": "urgent"}, date(2026, 11, 25)),
        ({"category": "tax", "subcategory": "asset_register_copy"}, date(2026, 11, 20)),  # the same day
        ({"category": "for_help", "subcategory": "information"}, date(2026, 12, 15)),  # 15 days over two weekends more
    ],
    ids=["three days", "one day", "the same day", "fifteen days"],
)
def test_the_deadline_counts_working_days_of_the_office(
    tmp_path: Path, clock: homes.HandClock, subcategory: dict[str, str], due: date
) -> None:
    """Friday, 20 November 2026; Monday and Tuesday after it are holidays here."""
    home = homes.make(tmp_path / "home", clock, holidays=["2026-11-23", "2026-11-24"])
    with homes.opened(home, clock) as counter:
        actor = homes.signed_in(counter)
        answer = cases.enter(counter, actor, command(petition(**subcategory)))
        assert answer.due_on == due
        assert cases.get(counter, answer.number).due_on == due
        assert cases.recent(counter)[0].due_on == due


def test_the_day_of_the_number_is_the_thai_day(counter: Counter, actor: Actor, clock: homes.HandClock) -> None:
    """Ten at night in London on New Year's Eve is New Year's morning at the counter."""
    clock.at = clock.at.replace(year=2026, month=12, day=31, hour=22)
    assert registered(counter, actor)[3:9] == "010170"


def test_fees_of_a_permit(counter: Counter, actor: Actor) -> None:
    for answers, satang in (({"commercial": True}, 20_000), ({"commercial": False}, 10_000)):
        data = permit(**answers, start="1/12/2569", end="20/12/2569")
        answer = cases.enter(counter, actor, command(data, "ad_permit"))
        assert answer.total_satang == satang
        assert cases.get(counter, answer.number).total_satang == satang


def test_the_office_sets_its_own_rates(tmp_path: Path, clock: homes.HandClock) -> None:
    """150 baht a sign since the beginning of the year; the old row has ended."""
    rates = [
        {
            "service": "ad_permit",
            "value": "500.00",
            "unit": "baht_per_permit",
            "from": "2020-01-01",
            "to": "2025-12-31",
        },
        {"service": "ad_permit", "value": "150.00", "unit": "baht_per_sign", "from": "2026-01-01", "commercial": True},
    ]
    home = homes.make(tmp_path / "home", clock, rate=rates)
    with homes.opened(home, clock) as counter:
        data = permit(commercial=True, quantity=2, start="1/12/2569", end="20/12/2569")
        assert cases.enter(counter, homes.signed_in(counter), command(data, "ad_permit")).total_satang == 30_000


# --- what people read


def test_a_case_is_shown_as_it_was_registered(counter: Counter, actor: Actor) -> None:
    view = cases.get(counter, registered(counter, actor))
    assert view.applicant.full_name == "นายตัวอย่าง ทดสอบระบบ"
    assert view.type_text == "ระบบสาธารณูปโภค : ไฟฟ้าสาธารณะ"
    assert (view.channel, view.channel_text) == ("counter", "เคาน์เตอร์")
    assert [line.label for line in view.lines] == ["ประเภทคำร้อง", "หัวข้อเรื่อง", "รายละเอียด"]
    assert view.place is not None
    assert (view.place.latitude, view.place.note) == (7.9111, "หน้าศาลาอเนกประสงค์ หมู่ที่ 1")
    assert (view.officer_name, view.officer_position) == (actor.full_name, actor.position)
    assert view.office.name == counter.office.name
    assert view.qr_text == f"{view.number}/{view.track_code}"
    assert len(view.track_code) == 6


def test_the_slip_leads_to_the_public_address(tmp_path: Path) -> None:
    home = homes.make(tmp_path / "home", public_address="https://oss.example.go.th/")
    with homes.opened(home) as counter:
        view = cases.get(counter, registered(counter, homes.signed_in(counter)))
        assert view.qr_text == f"https://oss.example.go.th/t/{view.number}/{view.track_code}"


def test_what_a_citizen_may_leave_out(counter: Counter, actor: Actor) -> None:
    data = petition()
    data["applicant"] = {"title": "นาง", "first_name": "ก", "last_name": "ข"}
    del data["place"], data["channel"]
    view = cases.register(counter, actor, command(data))
    assert (view.place, view.applicant.citizen_id, view.applicant.phone) == (None, "", "")
    data["place"] = {"note": " "}
    assert cases.register(counter, actor, command(data)).place is None, "an empty place is none"


def test_a_draft_shows_what_there_is_and_saves_nothing(counter: Counter, actor: Actor) -> None:
    half = petition()
    half["answers"] = {"topic": "ไฟ"}
    view = cases.draft_view(counter, actor, command(half))
    assert (view.number, view.id, view.due_on, view.division) == ("", "", None, "clerk_office")
    assert (view.subject, view.type_text) == ("ไฟ", "คำร้อง/ร้องเรียน")
    whole = cases.draft_view(counter, actor, command(petition()))
    assert whole.type_text == "ระบบสาธารณูปโภค : ไฟฟ้าสาธารณะ"
    for answers in ({"commercial": "?"}, {"quantity": "many", "start": "soon"}, {"method": 5}):
        data = permit()
        data["answers"] = answers
        assert cases.draft_view(counter, actor, command(data, "ad_permit")).total_satang is None
    assert cases.recent(counter) == []


def change(counter: Counter, sql: str, *parameters: Any) -> None:
    with counter.store.write("test") as work:
        work.run(sql, parameters)


def test_a_case_of_a_service_that_never_came_here_is_still_shown(counter: Counter, actor: Actor) -> None:
    """Another counter of the office had a newer program: answers appear by their keys, the state as it is."""
    number = registered(counter, actor)
    change(counter, "UPDATE cases SET service = 'drone_permit', status = 'hovering'")
    view = cases.get(counter, number)
    assert (view.service_name, view.status_text, view.type_text) == ("drone_permit", "hovering", "drone_permit")
    assert {line.label for line in view.lines} == {"category", "subcategory", "topic", "detail"}
    assert view.division_name == "กองช่าง"
    [summary] = cases.recent(counter)
    assert (summary.service_name, summary.status_text) == ("drone_permit", "hovering")
    assert cases.next_states(counter, number) == []


def test_a_division_that_the_service_no_longer_names_is_shown_by_its_code(counter: Counter, actor: Actor) -> None:
    number = registered(counter, actor)
    change(counter, "UPDATE cases SET division = 'space_office'")
    assert cases.get(counter, number).division_name == "space_office"


def test_a_later_office_changes_no_old_paper(counter: Counter, actor: Actor) -> None:
    number = registered(counter, actor)
    document = {**counter.current.document, "name": "เทศบาลนครใหม่", "slip_key": "ab" * 16}
    with counter.store.write("test") as work:
        setup.enter_office(work, 2, document)
    before = cases.get(counter, number)
    counter.reload()
    after = cases.get(counter, number)
    assert counter.office.name == "เทศบาลนครใหม่"
    assert after == before
    new = cases.get(counter, registered(counter, actor))
    assert new.office.name == "เทศบาลนครใหม่"
    change(counter, "DELETE FROM office WHERE revision = 1")
    counter.reload()
    assert cases.get(counter, number).office.name == "เทศบาลนครใหม่", "the newest where that revision is not here"


def test_an_event_of_a_later_program_stays_in_the_timeline(counter: Counter, actor: Actor) -> None:
    number = registered(counter, actor)
    with counter.store.write("test") as work:
        record = work.run("SELECT id FROM cases").scalar_one()
        work.emit("citizen_rated_by_app", record, {"stars": 5})
        work.run("UPDATE event SET origin = 'another' WHERE seq = 2")
    last = cases.events(counter, number)[-1]
    assert (last.kind, last.text, last.counter, dict(last.detail)) == ("citizen_rated_by_app",) * 2 + ("", {"stars": 5})


def test_services_of_a_newer_program_are_taken_in_when_opened(home: Path) -> None:
    petition_service = load_builtin()["petition"]
    newer = replace(petition_service, version=petition_service.version + 1, name="คำร้องแบบใหม่")
    with homes.opened(home) as counter:
        number = registered(counter, homes.signed_in(counter))
    for _ in range(2):
        opened = setup.open_counter(home, homes.HandClock(), homes.PASSPHRASE, [newer])
        try:
            assert opened.catalog["petition"].name == "คำร้องแบบใหม่"
            assert cases.get(opened, number).service_name == petition_service.name, "old cases keep theirs"
            with opened.store.read() as connection:
                stored = connection.exec_driver_sql(
                    "SELECT document FROM service_definition WHERE code = 'petition' ORDER BY version"
                ).scalars()
                assert [json.loads(text)["name"] for text in stored] == [petition_service.name, "คำร้องแบบใหม่"]
        finally:
            opened.close()
