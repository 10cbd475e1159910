"""The office's own settings: changed at a counter, checked, undone, and the same for every counter of the office."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.domain import office_changes
from app.domain.errors import Refused
from app.services import accounts, cases, office_settings, registration_json
from app.services.counter import Counter
from app.services.model import Actor
from tests.integration.support import books, command, homes
from tests.integration.support.petitions import petition
from tests.integration.sync_support import Desk, Province

ADMIN = Actor("1", "somying", "สมหญิง ทดสอบ", "เจ้าหน้าที่", "admin")
AD = {"service": "ad_permit"}
CLERK = Actor("9", "clerk", "เสมียน ทดสอบ", "", "user", "finance")
LIGHT = {
    "service": "petition", "category": "utilities", "category_name": "ระบบสาธารณูปโภค", "code": "street_light",
    "name": "ไฟส่องสว่างริมทาง", "division": "clerk_office", "working_days": 1, "restricted": False, "active": True,
}  # fmt: skip
DRONE = {
    **LIGHT,
    "category": "air",
    "category_name": "อากาศยาน",
    "code": "drone",
    "name": "โดรนรบกวน",
    "working_days": 2,
}


def registered(counter: Counter, actor: Actor, **answers: str) -> str:
    return cases.enter(counter, actor, registration_json.from_json("petition", petition(**answers))).number


def test_categories_come_into_force_for_new_cases_and_old_ones_stay_as_they_were(
    counter: Counter, actor: Actor
) -> None:
    answers = {"category": "utilities", "subcategory": "street_light"}
    old = registered(counter, actor, **answers)
    before = cases.get(counter, old)
    office_settings.change(counter, actor, {"categories": [LIGHT, DRONE]})
    new = cases.get(counter, registered(counter, actor, **answers))
    assert (new.type_text, new.division) == ("ระบบสาธารณูปโภค : ไฟส่องสว่างริมทาง", "clerk_office")
    assert new.due_on is not None and before.due_on is not None and new.due_on < before.due_on
    assert cases.get(counter, old) == before, "an old case stays as it was"
    air = cases.get(counter, registered(counter, actor, category="air", subcategory="drone"))
    assert air.type_text == "อากาศยาน : โดรนรบกวน"
    office_settings.change(counter, actor, {"categories": [{**LIGHT, "active": False}, {**DRONE, "active": False}]})
    for gone in (answers, {"category": "air", "subcategory": "drone"}):
        with pytest.raises(Refused) as caught:
            registered(counter, actor, **gone)
        assert caught.value.field in ("answers.subcategory", "answers.category")
    assert cases.get(counter, air.number).type_text == "อากาศยาน : โดรนรบกวน"
    assert "street_light" not in [
        sub.code for main in counter.catalog["petition"].categories for sub in main.subcategories
    ]
    shown = {entry.key: entry for entry in office_settings.categories(counter)}
    assert not shown["petition/utilities/street_light"].active
    assert shown["petition/air/drone"].own
    assert shown["petition/utilities/drain"].active and not shown["petition/utilities/drain"].changed


def test_a_change_is_taken_back_by_its_undo(counter: Counter, actor: Actor) -> None:
    before = office_settings.document(counter)
    done = office_settings.change(counter, actor, {"holidays": ["2026-12-31", "2027-01-01"], "phone": "076-111-222"})
    assert counter.office.phone == "076-111-222" and len(counter.current.holidays) == 2
    back = office_settings.apply(counter, actor, done.undo)
    assert office_settings.document(counter) == before
    office_settings.apply(counter, actor, back.undo)
    assert counter.office.phone == "076-111-222"


@pytest.mark.parametrize(
    ("wanted", "code", "field"),
    [
        ({"phone": "076-000-000"}, "nothing_to_save", ""),
        ({"letters": "ZZ"}, "settings_fixed", "letters"),
        ({"receipts": {"first_no": 5}}, "settings_fixed", "receipts.first_no"),
        ({"receipts": {"overlay": {"date": [1, 298]}}}, "office_setting", "receipts.overlay"),
        ({"receipts": 5}, "office_setting", "receipts"),
        ({"name": ""}, "office_setting", "name"),
        ({"holidays": ["31 ธันวา"]}, "office_setting", "holidays"),
        ({"hours": {"open": "16:30", "close": "08:30"}}, "office_setting", "hours.close"),
        ({"replies": [{"code": "a", "name": "ก", "text": "{nobody}"}]}, "office_setting", "replies[0].text"),
        ({"categories": [{**LIGHT, "division": "moon"}]}, "office_setting", "categories[0].division"),
        ({"categories": [{**LIGHT, "working_days": -1}]}, "office_setting", "categories[0].working_days"),
        ({"categories": [{**LIGHT, "service": "ad_permit"}]}, "office_setting", "categories[0].service"),
        ({"categories": [{**LIGHT, "name": " "}]}, "office_setting", "categories[0].name"),
        ({"sms": {"per_day": 0}}, "office_setting", "sms.per_day"),
        ({"divisions": [{"code": "กอง", "name": "ก"}]}, "office_setting", "divisions[0].code"),
        ({"divisions": [{"code": "water", "name": " "}]}, "office_setting", "divisions[0].name"),
        ({"divisions": [{"code": "water", "name": "ก", "head": "ข"}]}, "office_setting", "divisions[0].head"),
        ({"divisions": [{"code": "water", "name": "ก"}] * 2}, "office_setting", "divisions.code"),
        ({"divisions": [{"code": c, "name": "ก"} for c in ("a", "b")]}, "office_setting", "divisions.name"),
        ({"divisions": [{"code": "clerk_office", "name": "ก", "active": False}]}, "office_setting", "divisions.active"),
        ({"service_settings": [{"service": "moon"}]}, "office_setting", "service_settings.service"),
        ({"service_settings": [{**AD, "division": "moon"}]}, "office_setting", "service_settings.division"),
        ({"service_settings": [{**AD, "working_days": -1}]}, "office_setting", "service_settings[0].working_days"),
        ({"service_settings": [AD, AD]}, "office_setting", "service_settings.service"),
        ({"lock_after_minutes": 0}, "office_setting", "lock_after_minutes"),
        ({"lock_after_minutes": True}, "office_setting", "lock_after_minutes"),
        ({"lock_after_minutes": 61}, "office_setting", "lock_after_minutes"),
        ({"services": []}, "office_setting", "services"),
        ({"services": ["petition", "petition"]}, "office_setting", "services"),
    ],
)
def test_what_is_wrong_is_refused_and_changes_nothing(
    counter: Counter, actor: Actor, wanted: dict[str, Any], code: str, field: str
) -> None:
    before = office_settings.document(counter), counter.current.revision
    with pytest.raises(Refused) as caught:
        office_settings.change(counter, actor, wanted)
    assert (caught.value.code, caught.value.field or "") == (code, field)
    assert caught.value.hint
    assert (office_settings.document(counter), counter.current.revision) == before


def test_only_the_administrator_may(counter: Counter) -> None:
    with pytest.raises(Refused) as caught:
        office_settings.change(counter, CLERK, {"phone": "076-111-222"})
    assert caught.value.code == "right_needed"


def test_all_categories_cannot_be_put_out_of_use(counter: Counter, actor: Actor) -> None:
    every = [
        {
            **LIGHT,
            "category": main.code,
            "category_name": main.name,
            "code": sub.code,
            "name": sub.name,
            "active": False,
        }
        for main in counter.catalog["petition"].categories
        for sub in main.subcategories
    ]
    with pytest.raises(Refused) as caught:
        office_settings.change(counter, actor, {"categories": every})
    assert caught.value.field == "categories"


def test_a_home_set_up_before_there_were_own_categories_can_be_changed(home: Path) -> None:
    with homes.opened(home) as counter, counter.store.write("test") as work:
        work.run("UPDATE office SET document = json_remove(document, '$.categories', '$.holiday_names')")
    with homes.opened(home) as counter:
        actor = homes.signed_in(counter)
        office_settings.change(counter, actor, {"categories": [DRONE]})
        assert "air" in [main.code for main in counter.catalog["petition"].categories]


@pytest.mark.parametrize(
    "changes",
    [
        None, [None], [{}], [{"key": "letters", "value": "ZZ"}], [{"key": "slip_key", "value": "00"}],
        [{"key": "replies", "item": "a", "value": {"code": "b"}}], [{"key": "holidays", "item": "x", "value": "y"}],
        [{"key": "name", "item": "x", "value": "y"}], [{"key": "sms", "value": {}}], [{"key": "phone"}],
    ],
)  # fmt: skip
def test_the_server_reads_changes_strictly(changes: Any) -> None:
    with pytest.raises(Refused):
        office_changes.check(changes)


@pytest.fixture
def province(tmp_path: Path) -> Iterator[Province]:
    with Province(tmp_path) as province:
        yield province


def known(desk: Desk) -> dict[str, Any]:
    desk.counter.reload()
    return dict(desk.counter.current.document)


def test_two_counters_change_different_items_offline_and_both_changes_stand(province: Province) -> None:
    one, two = province.desk("1"), province.desk("2")
    first = office_settings.change(one.counter, ADMIN, {"holidays": ["2026-12-31"], "categories": [LIGHT]})
    assert first.waits and office_settings.waiting(one.counter) == 1
    assert known(one)["holidays"] == [], "the office has one truth: the server's"
    assert office_settings.document(one.counter)["holidays"] == ["2026-12-31"], "what will be"
    office_settings.change(one.counter, ADMIN, {"phone": "076-111-222"})
    office_settings.change(two.counter, ADMIN, {"holidays": ["2027-01-01"], "categories": [DRONE], "phone": "1132"})
    for desk in (one, two, one):
        desk.sync()
    for desk in (one, two):
        assert office_settings.waiting(desk.counter) == 0
        found = known(desk)
        assert found["holidays"] == ["2026-12-31", "2027-01-01"]
        assert [row["code"] for row in found["categories"]] == ["street_light", "drone"]
        assert found["phone"] == "1132", "the later one in the office's order"
        assert office_settings.document(desk.counter) == {**office_settings.document(desk.counter), **found}
        assert desk.one("SELECT count(*) FROM quarantine") == 0
    assert one.counter.current.revision == two.counter.current.revision


def test_divisions_travel_and_what_two_counters_made_wrong_together_stands_in_nobodys_way(province: Province) -> None:
    one, two = province.desk("1"), province.desk("2")
    [old] = one.register()
    house = {entry.code: entry.name for entry in office_settings.every_division(one.counter)}
    said = cases.get(one.counter, old).division_name
    mine = {"code": "water", "name": "กองประปา", "active": True}
    office_settings.change(one.counter, ADMIN, {"divisions": [mine]})
    for desk in (one, two, one):
        desk.sync()
        known(desk)
    assert two.counter.divisions["water"] == "กองประปา"
    # one counter ends the division, the other gives it a service and renames another one like it
    office_settings.change(one.counter, ADMIN, {"divisions": [{**mine, "active": False}]})
    row = {"service": "ad_permit", "division": "water", "working_days": 9}
    office_settings.change(two.counter, ADMIN, {"service_settings": [row]})
    renamed = {"code": "public_works", "name": "กองช่างโยธา", "active": True}
    assert renamed["code"] in house
    office_settings.change(two.counter, ADMIN, {"divisions": [mine, renamed]})
    for desk in (one, two, one, two):
        assert desk.sync().rejected == 0
    for desk in (one, two):
        found = known(desk)
        assert {each["code"]: each["active"] for each in found["divisions"]} == {"water": False, "public_works": True}
        assert desk.counter.catalog["ad_permit"].default_division == "water", "a permit still goes somewhere"
        assert desk.counter.divisions["public_works"] == "กองช่างโยธา"
        assert cases.get(desk.counter, old).division_name == said, "an old case keeps its words"
        office_settings.change(desk.counter, ADMIN, {"phone": f"076-{desk.counter.counter_name}"})
        with pytest.raises(Refused, match="office_setting"):
            office_settings.change(desk.counter, ADMIN, {"divisions": [{**renamed, "active": False}]})
    office_settings.change(one.counter, ADMIN, {"service_settings": []})
    for desk in (one, two):
        desk.sync()
    assert known(two)["service_settings"] == []


def test_people_of_a_closed_division_stay_and_can_be_changed(counter: Counter, actor: Actor) -> None:
    office_settings.change(counter, actor, {"divisions": [{"code": "water", "name": "กองประปา", "active": True}]})
    name = accounts.add(
        counter, actor, full_name="นายก่อ เกิด", position="ธุรการ", division="water", password="ครั้งแรก-1234"
    )
    office_settings.change(counter, actor, {"divisions": [{"code": "water", "name": "กองประปา", "active": False}]})
    assert accounts.get(counter, actor, name).division_name == "กองประปา (เลิกใช้แล้ว)"
    accounts.change(counter, actor, name, position="หัวหน้างาน")
    with pytest.raises(Refused, match="division"):
        accounts.add(counter, actor, full_name="ก ข", position="ก", division="water", password="ครั้งแรก-1234")
    accounts.change(counter, actor, name, division="finance")
    with pytest.raises(Refused, match="division"):
        accounts.change(counter, actor, name, division="water")


def test_a_case_keeps_its_category_at_every_counter(province: Province) -> None:
    one, two = province.desk("1"), province.desk("2")
    [number] = one.register()
    office_settings.change(one.counter, ADMIN, {"categories": [{**LIGHT, "active": False}]})
    for desk in (one, two, one):
        desk.sync()
    known(one), known(two)
    assert cases.get(two.counter, number).type_text == cases.get(one.counter, number).type_text
    assert cases.get(two.counter, number).type_text == "ระบบสาธารณูปโภค : ไฟฟ้าสาธารณะ"


def test_a_change_that_is_none_is_refused_by_the_server_alone(province: Province) -> None:
    desk = province.desk()
    desk.register()
    with desk.store.write("test") as work:
        work.emit("office_changed", bytes(16), {"changes": [{"key": "letters", "value": "ZZ"}]})
    desk.register()
    desk.sync()
    assert desk.one("SELECT code FROM quarantine") == "settings_form"
    assert len(province.numbers()) == 2


def test_settings_by_command_line(home: Path, tmp_path: Path) -> None:
    wanted = tmp_path / "some.toml"
    wanted.write_text(
        'holidays = [2026-12-31, "2027-01-01"]\nholiday_names = { "2026-12-31" = "วันสิ้นปี" }\n'
        'hours = { open = "08:30", close = "16:30" }\n[[categories]]\ncategory = "air"\ncategory_name = "อากาศยาน"\n'
        'code = "drone"\nname = "โดรนรบกวน"\ndivision = "clerk_office"\nworking_days = 2\n'
        "[receipts]\noverlay = { date = [95, 30.5], total = [130, 120] }\n",
        "utf-8",
    )
    done = command.run(home, "settings", "set", wanted, "--json")
    assert done.code == 0, done.err
    assert not done.json["waits"]
    assert {
        "hours",
        "holidays/2026-12-31",
        "holiday_names/2026-12-31",
        "receipts/overlay",
        "categories/petition/air/drone",
    } <= set(done.json["changed"])
    shown = command.run(home, "settings", "show", "holidays", "--json").json
    assert shown == {"settings": {"holidays": ["2026-12-31", "2027-01-01"]}, "waiting": 0}
    again = command.run(home, "settings", "set", wanted, "--json")
    assert (again.code, again.error["code"]) == (3, "nothing_to_save")
    before = books.content(home)
    for text, code, field in (
        ('letters = "ZZ"', "settings_fixed", "letters"),
        ("holidays = 5", "office_setting", "holidays"),
        ("phone = 5", "office_setting", "phone"),
        ("x =", "office_file", "file"),
        ("[sms]\nper_day = 0", "office_setting", "sms.per_day"),
        ("[receipts]\nbook_size = 5", "settings_fixed", "receipts.book_size"),
    ):
        wanted.write_text(text, "utf-8")
        refused = command.run(home, "settings", "set", wanted, "--json")
        assert (refused.code, refused.error["code"], refused.error["field"]) == (3, code, field)
    assert books.content(home) == before
    assert "วันหยุด" in command.run(home, "settings", "show").out
