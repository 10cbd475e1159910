"""The list of areas, and how an address is found in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services import addresses
from app.services.model import Address

KATHU = Address(district="กะทู้", province="ภูเก็ต")


def labels(text: str, home: Address | None = KATHU) -> list[str]:
    return [area.label for area in addresses.find(text, home)]


def test_the_whole_country_is_there() -> None:
    every = addresses.areas()
    assert len(every) == len({area.code for area in every}) == 7_436
    assert len({area.code[:4] for area in every}) == 928
    assert len({area.code[:2] for area in every}) == len({area.province for area in every}) == 77
    assert all(len(code) == 5 and code.isdigit() for area in every for code in area.postcodes)
    assert sum(len(area.postcodes) > 1 for area in every) == 160


def test_an_area_is_known_by_its_code() -> None:
    area = addresses.area("830201")
    assert area is not None
    assert area.label == "ต.กะทู้ อ.กะทู้ จ.ภูเก็ต 83120"
    assert addresses.area("999999") is None


@pytest.mark.parametrize(
    "typed",
    ["กะทู้", "กะทู", "ต.กะทู้", "ตำบลกะทู้ อำเภอกะทู้", "ต.กะทู้อ.กะทู้จ.ภูเก็ต", "83120", "๘๓๑๒๐ กะทู้", "ภูเก็ต กะทู", "กะทู้ 831"],
)
def test_one_subdistrict_typed_in_many_ways_comes_first(typed: str) -> None:
    assert labels(typed)[0] == "ต.กะทู้ อ.กะทู้ จ.ภูเก็ต 83120"


def test_bangkok_is_written_its_own_way() -> None:
    assert labels("กทม. บางนา") == [
        "แขวงบางนาเหนือ เขตบางนา กรุงเทพมหานคร 10260",
        "แขวงบางนาใต้ เขตบางนา กรุงเทพมหานคร 10260",
    ]


def test_the_level_before_a_name_counts() -> None:
    found = addresses.find("อ.ถลาง", KATHU, 50)
    assert {area.district for area in found} == {"ถลาง"}


def test_near_areas_come_first() -> None:
    near = addresses.find("ป่า", KATHU)[0]
    assert (near.district, near.subdistrict) == ("กะทู้", "ป่าตอง")
    assert addresses.find("ตลาดใหญ่", Address(district="ดอยสะเก็ด", province="เชียงใหม่"))[0].province == "เชียงใหม่"


@pytest.mark.parametrize("typed", ["", "  ", "...", "ไม่มีที่นี่ในโลก", "99999"])
def test_nothing_is_found_where_there_is_nothing(typed: str) -> None:
    assert labels(typed) == []


@pytest.mark.parametrize(
    ("address", "code"),
    [
        (Address(subdistrict="ตำบลตลาดใหญ่", district="อำเภอเมืองภูเก็ต", province="จังหวัดภูเก็ต"), "830101"),
        (Address(subdistrict="ตลาดใหญ่", district="เมือง", province="ภูเก็ต"), "830101"),
        (Address(subdistrict="แขวงพระบรมมหาราชวัง", district="เขตพระนคร", province="กทม."), "100101"),
        (Address(subdistrict="กะทู", district="กะทู", province="ภูเกต"), "830201"),
        (Address(subdistrict="ตลาดใหญ่", postcode="83000"), "830101"),
    ],
)
def test_an_address_from_a_card_is_matched(address: Address, code: str) -> None:
    found = addresses.match(address)
    assert found.code == code
    assert found.area is not None
    assert found.address.subdistrict == found.area.subdistrict
    assert found.address.postcode in found.area.postcodes


def test_what_stands_beside_the_area_stays() -> None:
    address = Address("99/9", "1", "ซอย 2", "ถนน", "กะทู้", "กะทู้", "ภูเก็ต", "๘๓๑๒๐")
    assert addresses.match(address).address == Address("99/9", "1", "ซอย 2", "ถนน", "กะทู้", "กะทู้", "ภูเก็ต", "83120")


@pytest.mark.parametrize(
    ("address", "several"),
    [
        (Address(), False),
        (Address(subdistrict="ตลาดใหญ่"), True),
        (Address(subdistrict="ไม่มี", district="กะทู้", province="ภูเก็ต"), False),
    ],
)
def test_nothing_is_guessed(address: Address, several: bool) -> None:
    found = addresses.match(address)
    assert (found.area, found.code, found.address) == (None, "", address)
    assert (len(found.candidates) > 1) == several


@given(st.sampled_from(range(7_436)))
def test_every_area_is_matched_by_its_own_names(place: int) -> None:
    area = addresses.areas()[place]
    found = addresses.match(Address(subdistrict=area.subdistrict, district=area.district, province=area.province))
    assert found.candidates == (area,)


@pytest.mark.parametrize(
    ("address", "field"),
    [
        (Address(subdistrict="กะทู้", district="กะทู้", province="ภูเก็ต", postcode="10200"), "at.postcode"),
        (Address(subdistrict="กะโท้", district="กะทู้", province="ภูเก็ต"), "at.subdistrict"),
    ],
)
def test_a_doubtful_address_is_told(address: Address, field: str) -> None:
    (advice,) = addresses.check(address, "at")
    assert advice.field == field


@pytest.mark.parametrize(
    "address",
    [
        Address(),
        Address(subdistrict="กะทู้"),
        Address(subdistrict="กะทู้", district="กะทู้", province="ภูเก็ต", postcode="83120"),
    ],
)
def test_an_address_without_fault_is_not_told(address: Address) -> None:
    assert addresses.check(address, "at") == ()


@given(st.text(max_size=60))
def test_anything_may_be_typed(text: str) -> None:
    assert len(addresses.find(text, KATHU, 5)) <= 5
