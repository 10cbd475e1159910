"""Fields put right after registration: on every counter, one by one, with conflicts kept until somebody chooses."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.errors import Refused
from app.services import cases, corrections, status, verification
from sync.server import tables
from tests.integration.support import command
from tests.integration.sync_support import ACTOR, Desk, Province

PHONE, NOTE = "applicant.phone", "place.note"


@pytest.fixture
def province(tmp_path: Path) -> Iterator[Province]:
    with Province(tmp_path) as place:
        yield place


def pair(province: Province) -> tuple[Desk, Desk, str]:
    one, two = province.desk("หนึ่ง"), province.desk("สอง")
    [number] = one.register()
    one.sync()
    two.sync()
    return one, two, number


def correct(desk: Desk, number: str, **changes: str) -> None:
    corrections.correct(desk.counter, ACTOR, number, {key.replace("__", "."): value for key, value in changes.items()})


def all_in_step(*desks: Desk) -> None:
    for _ in range(2):
        for desk in desks:
            desk.sync()


def test_different_fields_go_together(province: Province) -> None:
    one, two, number = pair(province)
    correct(one, number, applicant__phone="081-234-9999")
    correct(two, number, place__note="หน้าวัดเก่า", external_number="TRF-77")
    all_in_step(one, two)
    for desk in (one, two):
        now = corrections.values(desk.counter, number)
        assert (now[PHONE], now[NOTE], now["external_number"]) == ("0812349999", "หน้าวัดเก่า", "TRF-77")
        assert corrections.conflicts(desk.counter) == []
        assert [found.number for found in cases.find(desk.counter, "TRF-77")] == [number]
        assert [found.number for found in cases.find(desk.counter, "9999")] == [number]
        assert cases.get(desk.counter, number).applicant.phone != "0812349999", "papers stay as registered"
    assert province.rows(f"SELECT last4 FROM {tables.case.name}") == [("9999",)]


def test_the_same_field_on_both_sides_is_shown_and_chosen(province: Province) -> None:
    one, two, number = pair(province)
    correct(one, number, applicant__phone="0811111111")
    correct(two, number, applicant__phone="0822222222")
    all_in_step(one, two)
    for desk in (one, two):
        [conflict] = corrections.conflicts(desk.counter)
        assert (conflict.number, conflict.field) == (number, PHONE)
        assert [(side.value, side.counter, side.stands) for side in conflict.sides] == [
            ("0822222222", "สอง", True),
            ("0811111111", "หนึ่ง", False),
        ]
        assert status.counter_status(desk.counter).conflicts == 1
    corrections.choose(two.counter, ACTOR, number, PHONE, 2)
    all_in_step(one, two)
    for desk in (one, two):
        assert corrections.conflicts(desk.counter) == []
        assert corrections.values(desk.counter, number)[PHONE] == "0811111111"
        assert status.counter_status(desk.counter).conflicts == 0
        assert all(check.ok for check in verification.verify(desk.counter))
    with pytest.raises(Refused) as settled:
        corrections.choose(one.counter, ACTOR, number, PHONE, 2)
    assert settled.value.code == "no_conflict"
    assert province.rows(f"SELECT last4 FROM {tables.case.name}") == [("1111",)]


def test_what_is_wrong_or_no_change_is_no_correction(province: Province) -> None:
    one, _, number = pair(province)
    before = one.snapshot()
    for changes in ({PHONE: "12"}, {"applicant.citizen_id": "1"}, {"applicant.email": "nobody"}, {NOTE: "ก" * 501}):
        with pytest.raises(Refused):
            corrections.correct(one.counter, ACTOR, number, changes)
    phone = cases.get(one.counter, number).applicant.phone
    assert corrections.correct(one.counter, ACTOR, number, {PHONE: phone}) == ()
    assert one.snapshot() == before
    [put_right] = corrections.correct(one.counter, ACTOR, number, {PHONE: "0812349999"})
    assert (put_right.registered, put_right.value) == (phone, "0812349999")
    assert "เบอร์โทรศัพท์" in cases.events(one.counter, number)[-1].text


def test_by_command(province: Province) -> None:
    one, two, number = pair(province)
    correct(two, number, applicant__phone="0822222222")
    two.sync()
    one.counter.close()
    secret = {command.PASSPHRASE: "กุญแจ", command.PASSWORD: "a long enough password"}
    out = command.run(one.home, "correct", number, "applicant.phone=0811111111", "--json", **secret)
    assert out.code == 0, out.err
    assert command.run(one.home, "sync", "--json", **secret).code == 0
    [conflict] = command.run(one.home, "conflicts", "list", "--json", **secret).json
    assert [side["value"] for side in conflict["sides"]] == ["0811111111", "0822222222"]
    chosen = command.run(one.home, "conflicts", "choose", number, PHONE, "2", "--json", **secret)
    assert chosen.json == {"left": 0}, chosen.err
    assert command.run(one.home, "correct", number, "nonsense", "--json", **secret).error["code"] == "correction_form"
