"""Persons found while typing, shown masked, and what is seen whole leaves a trace."""

import random
from typing import Any

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from app.cli.benchmarks import persons
from app.domain.citizen_id import check_digit
from app.domain.errors import Refused
from app.domain.thai_date import to_thai_digits
from app.services import cases, knowing, people, registration, rights, search_index, similar_cases, verification
from app.services.counter import Counter
from app.services.model import Actor, Applicant, Knowing
from app.store import people_index
from tests.integration.support import books, homes
from tests.integration.support.register import command, number, register

SOMCHAI = {"cid": number(1), "title": "นาย", "first_name": "สมชาย", "last_name": "ปิ่นแก้ว", "phone": "0812345678"}
MALEE = {"cid": number(2), "title": "นางสาว", "first_name": "มาลี", "last_name": "น้ำใส", "phone": "0898765432"}
NO_NUMBER = {"cid": "", "title": "นาย", "first_name": "สมหวัง", "last_name": "ไร้เลข", "phone": "", "kind": "unnumbered"}
COMPANY: dict[str, Any] = {
    "cid": "083556500000" + check_digit("083556500000"),
    "kind": "juristic",
    "organisation": "บริษัท น้ำดื่มกะทู้ จำกัด",
    "power_of_attorney": True,
    "title": "นาง",
    "first_name": "ดวงใจ",
    "last_name": "ผู้แทน",
    "phone": "076321500",
}


@pytest.fixture(params=[False, True], ids=["not indexed", "indexed"])
def everybody(counter: Counter, actor: Actor, request: pytest.FixtureRequest) -> Counter:
    for person in (SOMCHAI, MALEE, NO_NUMBER, COMPANY):
        register(counter, actor, person)
    if request.param:
        search_index.catch_up(counter)
    return counter


def found(counter: Counter, text: str) -> list[str]:
    return [view.name for view in people.find(counter, text)]


SOMCHAI_NAME, MALEE_NAME = "นายสมชาย ปิ่นแก้ว", "นางสาวมาลี น้ำใส"
COMPANY_NAME = "บริษัท น้ำดื่มกะทู้ จำกัด โดย นางดวงใจ ผู้แทน ผู้รับมอบอำนาจ"


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("สมชาย", [SOMCHAI_NAME]),
        ("ปินแกว", [SOMCHAI_NAME]),
        ("ปิ่น แก้ว", [SOMCHAI_NAME]),
        ("นายสมชายปิ่น", [SOMCHAI_NAME]),
        ("ปิ่นแก้ว สม", [SOMCHAI_NAME]),
        ("น้ำใส", [MALEE_NAME]),
        ("นํ้าใส", [MALEE_NAME]),
        ("น.ส.มาลี", [MALEE_NAME]),
        ("น้ำดื่มกะทู้", [COMPANY_NAME]),
        ("บจก.น้ำดื่ม", [COMPANY_NAME]),
        ("ดวงใจ", [COMPANY_NAME]),
        ("5678", [SOMCHAI_NAME]),
        ("สมชาย 5678", [SOMCHAI_NAME]),
        ("สมชาย 5432", []),
        ("081-234-5678", [SOMCHAI_NAME]),
        ("๐๘๑๒๓๔๕๖๗๘", [SOMCHAI_NAME]),
        ("0812345679", []),
        ("076321500", [COMPANY_NAME]),
        (number(1), [SOMCHAI_NAME]),
        (number(3), []),
        (number(1)[:12], []),
        (number(1)[:5], []),
        ("199", []),
        ("567", []),
        ("สม 567", []),
        ("", []),
        ("  ", []),
        ("...", []),
        ("\ud800", []),
        ("ไม่มีใคร", []),
    ],
)  # fmt: skip
def test_a_person_is_found_by_what_is_typed(everybody: Counter, typed: str, names: list[str]) -> None:
    assert found(everybody, typed) == names


def test_one_letter_is_enough(everybody: Counter) -> None:
    assert found(everybody, "ม") == [MALEE_NAME, COMPANY_NAME, "นายสมหวัง ไร้เลข", SOMCHAI_NAME]


def test_the_best_come_first(counter: Counter, actor: Actor) -> None:
    for place, (first, last) in enumerate([("สมหมาย", "มา"), ("มาลี", "สมดี"), ("สม", "มา"), ("ประสม", "ดี")]):
        register(counter, actor, {"cid": number(place + 10), "first_name": first, "last_name": last})
    assert [name.removeprefix("นาย") for name in found(counter, "สมมา")] == ["สม มา"]
    assert [name.removeprefix("นาย") for name in found(counter, "สม")] == ["สม มา", "สมหมาย มา", "ประสม ดี", "มาลี สมดี"]


def test_numbers_are_masked(everybody: Counter) -> None:
    (view,) = people.find(everybody, "สมชาย")
    assert (view.citizen_id, view.phone) == (
        f"X-XXXX-XXXX{number(1)[9]}-{number(1)[10:12]}-{number(1)[12]}",
        "xxx-xxx-5678",
    )
    assert (view.kind, view.kind_text, view.cases) == ("thai", "บุคคลธรรมดา", 1)
    assert number(1) not in str(view)


def test_kinds_are_told(everybody: Counter) -> None:
    kinds = {view.name: view.kind for text in ("สมหวัง", "ดวงใจ") for view in people.find(everybody, text)}
    assert kinds == {"นายสมหวัง ไร้เลข": "unnumbered", COMPANY_NAME: "juristic"}


def test_a_number_names_its_person(everybody: Counter) -> None:
    view = people.of_number(everybody, number(2))
    assert view is not None
    assert view.name == MALEE_NAME
    assert people.of_number(everybody, number(99)) is None


def test_a_doubtful_number_finds_its_person_and_cases(counter: Counter, actor: Actor) -> None:
    doubtful = "612345678901" + str((int(check_digit("612345678901")) + 1) % 10)
    foreigner = {"cid": doubtful, "kind": "foreigner", "title": "", "first_name": "อองซาน", "last_name": ""}
    case = register(counter, actor, foreigner, answers={"topic": f"เลข {doubtful} หาย"}).number
    search_index.catch_up(counter)
    assert found(counter, doubtful) == ["อองซาน"]
    assert [row.number for row in cases.find(counter, doubtful)] == [case]
    assert [row.number for row in cases.find(counter, "เลข หาย")] == [case]
    assert cases.find(counter, doubtful[:12]) == []
    assert len(similar_cases.similar(counter, command(foreigner))) == 1


def test_a_changed_name_and_phone_are_found_at_once(everybody: Counter, actor: Actor) -> None:
    register(everybody, actor, {**MALEE, "last_name": "รักดี", "phone": "0801112222"})
    assert found(everybody, "รักดี") == found(everybody, "2222") == ["นางสาวมาลี รักดี"]
    assert found(everybody, "น้ำใส") == found(everybody, "5432") == []
    (view,) = people.find(everybody, "รักดี")
    assert [case.name for case in people.cases_of(everybody, view.person)] == ["นางสาวมาลี รักดี", MALEE_NAME]


def test_a_chosen_person_without_number_stays_one_and_takes_a_number(counter: Counter, actor: Actor) -> None:
    first = people.of_case(counter, register(counter, actor, NO_NUMBER).number)
    again = register(counter, actor, NO_NUMBER, person=first.person)
    numbered = register(counter, actor, {**NO_NUMBER, "kind": "thai", "cid": number(5)}, person=first.person)
    other = register(counter, actor, {**NO_NUMBER, "kind": "thai", "cid": number(6)}, person=first.person)
    persons = [people.of_case(counter, view.number).person for view in (again, numbered, other)]
    assert persons[:2] == [first.person] * 2
    assert persons[2] != first.person
    assert people.get(counter, first.person).cases == 3


def test_a_chosen_person_fills_in_what_is_masked(counter: Counter, actor: Actor) -> None:
    person = people.of_case(counter, register(counter, actor, SOMCHAI).number)
    view = register(counter, actor, {**SOMCHAI, "cid": "", "phone": person.phone}, person=person.person)
    assert view.applicant == people.applicant(counter, person.person)
    assert (view.applicant.citizen_id, view.applicant.phone) == (number(1), "0812345678")


def test_an_unknown_person_cannot_be_chosen(counter: Counter, actor: Actor) -> None:
    with pytest.raises(Refused) as refusal:
        register(counter, actor, SOMCHAI, person=77)
    assert refusal.value.code == "unknown_person"
    with pytest.raises(Refused):
        people.get(counter, 77)


def test_the_way_of_knowing_is_kept_with_the_case(counter: Counter, actor: Actor, clock: homes.HandClock) -> None:
    view = register(counter, actor, knowing=Knowing("card_seen", failed_way="chip", failed_reason="บัตรชำรุด"))
    assert view.knowing.way == "card_seen"
    assert (view.knowing.checked_by, view.knowing.checked_at) == (actor.full_name, clock.now())
    assert knowing.text(cases.get(counter, view.number).knowing) == "ดูบัตรตัวจริง (อ่านชิปไม่ได้: บัตรชำรุด)"
    assert register(counter, actor).knowing == Knowing()
    assert cases.draft_view(counter, actor, command(knowing=Knowing("chip"))).knowing == Knowing("chip")


@pytest.mark.parametrize(
    ("field", "value"),
    [("citizen_id", number(1)), ("phone", "0812345678"), ("representative_id", ""), ("passport", "")],
)
def test_a_whole_number_is_seen_with_a_right_and_leaves_a_trace(
    counter: Counter, actor: Actor, field: str, value: str
) -> None:
    case = register(counter, actor, SOMCHAI).number
    person = people.of_case(counter, case).person
    assert people.unmask(counter, actor, case, field, "โทรกลับ") == value
    assert people.unmask(counter, actor, person, field, "ตรวจสอบ") == value
    newest, before = people.accesses(counter)
    assert (newest["by"], newest["subject"], newest["detail"]) == (
        actor.username,
        f"person {person}",
        f"{field}: ตรวจสอบ",
    )
    assert before["subject"] == case
    assert all(check.ok for check in verification.verify(counter))


@pytest.mark.parametrize(
    ("role", "field", "reason", "code"),
    [
        ("user", "phone", "โทร", "right_needed"),
        ("guest", "phone", "โทร", "right_needed"),
        ("admin", "phone", " ", "required"),
        ("admin", "email", "โทร", "unmask_field"),
    ],
)
def test_who_may_not_see_sees_nothing(
    counter: Counter, actor: Actor, role: str, field: str, reason: str, code: str
) -> None:
    case = register(counter, actor, SOMCHAI).number
    other = Actor("2", "other", "ผู้อื่น", "", role)
    with pytest.raises(Refused) as refusal:
        people.unmask(counter, other, case, field, reason)
    assert refusal.value.code == code
    assert people.accesses(counter) == []
    assert rights.may(other, rights.UNMASK) == (role == "admin")


def test_passports_are_masked() -> None:
    assert people.masked(Applicant("", "Aung", "", kind="foreigner", passport="MB123456"), "passport") == "XXXXX456"


def test_no_index_holds_a_citizen_number(counter: Counter, actor: Actor) -> None:
    """Read past the services: the thirteen digits stand in documents only, in no column or index that is searched."""
    answers: dict[str, Any] = {
        "topic": f"บัตร {number(1)} หาย",
        "detail": f"เลขบัตร {number(1)[:1]}-{number(1)[1:]} ขอแจ้ง",
    }
    register(counter, actor, {**COMPANY, "representative_cid": number(4)}, answers=answers)
    view = register(counter, actor, SOMCHAI, answers=answers)
    search_index.catch_up(counter)
    numbers = [number(1), number(4), COMPANY["cid"], f"{number(1)[:1]}-{number(1)[1:]}"]
    home = counter.home
    counter.close()
    with books.raw(home) as connection:
        searched = connection.execute(
            "SELECT search_text, name FROM cases UNION ALL SELECT name_key, phone_last4 FROM person"
            " UNION ALL SELECT subject, detail FROM audit UNION ALL SELECT action, by FROM audit"
        ).fetchall()
        words = [*_words(connection, "search"), *_words(connection, "person_search")]
    whole = "\n".join(str(value) for row in searched for value in row)
    assert not [one for one in numbers if one in whole]
    assert view.number in whole
    trigrams = {number(1)[place : place + 3] for place in range(11)}
    assert not trigrams <= set(words)


def _words(connection: Any, index: str) -> list[str]:
    try:
        connection.execute(f"CREATE VIRTUAL TABLE temp.words_{index} USING fts5vocab(main, {index}, row)")
    except sqlcipher.OperationalError as error:
        pytest.fail(str(error))
    return [row[0] for row in connection.execute(f"SELECT term FROM temp.words_{index}")]


def test_so_many_new_persons_need_no_index(counter: Counter, actor: Actor) -> None:
    for place in range(3):
        register(counter, actor, {"cid": number(place + 20), "first_name": "ซ้ำ"})
    with counter.store.read() as connection:
        rows = people_index.find_rows(connection, ["ซำ"], 2, "p.row")
    assert [row.row for row in rows] == [3, 2]


def test_the_bench_of_people_measures_beside_its_limit() -> None:
    result = persons.measure(2_000)
    assert result["limit"] == 50.0
    assert 0 < result["ours"] < 5_000
    assert (result["n"], result["persons"], set(result["by_kind"])) == (3_200, 2_000, set(persons.TYPED))


def test_measured_searches_find_who_was_meant(counter: Counter) -> None:
    persons.fill(counter, 300, seed=3)
    source = random.Random(1)
    sample = persons._sample(counter, source)
    for typed in (type_(source, sample) for type_ in persons.TYPED.values() for _ in range(10)):
        assert people.find(counter, typed), typed


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"บัตร {number(1)} หาย", "บัตร  หาย"),
        (f"บัตร{number(1)}หาย", "บัตรหาย"),
        (number(1), ""),
        (f"{number(1)[:1]}-{number(1)[1:5]}-{number(1)[5:10]}-{number(1)[10:12]}-{number(1)[12]}", ""),
        (to_thai_digits(number(1)), ""),
        ("6000000000000", ""),
        ("1234567890123", "1234567890123"),
        (f"9{number(1)}", f"9{number(1)}"),
        (f"{number(1)}9", f"{number(1)}9"),
        (f"KT{number(1)}", f"KT{number(1)}"),
        ("โทร 081-234-5678 หรือ 076 321 500", "โทร 081-234-5678 หรือ 076 321 500"),
        ("", ""),
    ],
)
def test_citizen_numbers_in_free_text_are_not_searched(text: str, kept: str) -> None:
    assert registration.without_citizen_ids(text) == kept
