"""Claims of every form become one person; what is not understood stays empty, and nothing makes the reading fail."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.model import Address
from app.services.thaid import address_of, birth_of
from sync.json_form import Malformed
from sync.server.thaid import claims
from sync.server.thaid.fetch import Trouble
from sync.server.thaid.words import NOT_TRUSTED_CODES, OTHER_WAYS, words
from sync.thaid_messages import BIRTH, Identity, PollAnswer

NUMBER = "1839900000014"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1984-02-29", "1984-02-29"),
        ("2527-02-29", "1984-02-29"),
        ("25270229", "1984-02-29"),
        (25270229, "1984-02-29"),
        ("19840229", "1984-02-29"),
        ("25270000", "1984"),
        ("25270200", "1984-02"),
        ("2527", "1984"),
        ("๒๕๒๗๐๒๒๙", "1984-02-29"),
        ("25260229", ""),
        ("25271301", ""),
        ("", ""),
        (None, ""),
        (True, ""),
        ({"year": 2527}, ""),
        ("29/02/2527", ""),
    ],
)
def test_birth(value: object, expected: str) -> None:
    assert claims.birth(value) == expected


@given(st.one_of(st.text(max_size=12), st.integers(), st.none(), st.from_regex(r"\d{8}", fullmatch=True)))
def test_a_birth_is_a_date_as_far_as_it_is_known_or_nothing(value: object) -> None:
    text = claims.birth(value)
    assert BIRTH.fullmatch(text)
    first, precision = birth_of(text)
    assert (first is None) == (precision == "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", (None, "")), ("1984", (date(1984, 1, 1), "year")), ("1984-02", (date(1984, 2, 1), "month")),
        ("1984-02-29", (date(1984, 2, 29), "day")), ("0000", (None, "")), ("1984-13-01", (None, "")),
    ],
)  # fmt: skip
def test_birth_of(text: str, expected: tuple[date | None, str]) -> None:
    assert birth_of(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "99/9 หมู่ที่ 1 ตำบลกะทู้ อำเภอกะทู้ จังหวัดภูเก็ต",
            Address(house_no="99/9", moo="1", subdistrict="กะทู้", district="กะทู้", province="ภูเก็ต"),
        ),
        (
            "๙๙ ม.๒ ซ.สุขใจ 3 ถ.พระราม 4 ต.กะทู้ อ.กะทู้ จ.ภูเก็ต 83120",
            Address("99", "2", "สุขใจ 3", "พระราม 4", "กะทู้", "กะทู้", "ภูเก็ต", "83120"),
        ),
        (
            "บ้านเลขที่ 12 แขวงบางรัก เขตบางรัก กรุงเทพมหานคร",
            Address(house_no="12", subdistrict="บางรัก", district="บางรัก", province="กรุงเทพมหานคร"),
        ),
        ("เขตแดนไม่ชัด", Address(district="แดนไม่ชัด")),
        ("", Address()),
        ("ไม่มีอะไรที่รู้จัก", Address()),
    ],
)
def test_address_of(text: str, expected: Address) -> None:
    assert address_of(text) == expected


@given(st.text(max_size=200))
def test_no_text_breaks_the_reading_of_an_address(text: str) -> None:
    assert isinstance(address_of(text), Address)


def test_an_address_in_parts() -> None:
    told = {"street_address": "99/9 หมู่ที่ 1", "locality": "อำเภอกะทู้", "region": "จังหวัดภูเก็ต", "postal_code": 83120}
    person = claims.person({"pid": NUMBER, "address": told}, 1)
    assert person.address == "99/9 หมู่ที่ 1 อำเภอกะทู้ จังหวัดภูเก็ต 83120"


def test_one_name_for_all() -> None:
    person = claims.person({"pid": 1839900000014, "name": "กตัญญู  ปิ่นแก้ว ณ อยุธยา", "ial": 2.3, "gender": "ชาย"}, 1)
    assert (person.first_name, person.last_name) == ("กตัญญู", "ปิ่นแก้ว ณ อยุธยา")
    assert (person.citizen_id, person.ial, person.gender) == (NUMBER, "2.3", "male")


def test_control_characters_and_floods_are_dropped() -> None:
    person = claims.person({"pid": NUMBER, "given_name": "ก\x00ข", "family_name": "ก" * 500, "address": ["x"]}, 1)
    assert (person.first_name, person.last_name, person.address) == ("", "", "")


@pytest.mark.parametrize("pid", [None, "", "1839900000015", "18399000000", True, ["1839900000014"], "1" * 5000])
def test_a_number_that_is_none(pid: object) -> None:
    with pytest.raises(Trouble, match="thaid_claims"):
        claims.person({"pid": pid}, 1)


def test_a_person_crosses_the_wire_unchanged_and_junk_does_not() -> None:
    person = claims.person({"pid": NUMBER, "given_name": "กตัญญู", "birthdate": "25270229"}, 5)
    assert Identity.from_json(person.to_json()).to_json() == person.to_json()
    for junk in ({"citizen_id": "1"}, {"birth": "x"}, {"checked_at": -1}, {"title": 5}, {"address": "ก" * 501}):
        with pytest.raises(Malformed):
            Identity.from_json({**person.to_json(), **junk})
    with pytest.raises(Malformed):
        PollAnswer.from_json({"status": "something"})


def test_every_code_has_words_that_offer_another_way() -> None:
    for code in (*NOT_TRUSTED_CODES, "thaid_denied", "thaid_expired", "thaid_provider_silent", "thaid_fetched"):
        title, hint = words(code)
        assert title
        assert OTHER_WAYS in hint
