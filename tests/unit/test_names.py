"""Names are one name however they are typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.names import name_key, name_keys, terms, without_title

THAI = st.text(alphabet=[chr(code) for code in range(0x0E01, 0x0E5B) if code not in range(0x0E3B, 0x0E3F)], max_size=20)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ปิ่นแก้ว", "ปินแกว"),
        ("น้ำฝน", "น้ําฝน"),
        ("น้ำฝน", "นํ้าฝน"),
        ("พงษ์ศักดิ์", "พงษศักดิ"),
        ("เพ็ญ ศรี", "เพญศรี"),
        ("O'Neil-Smith", "oneil smith"),
        ("หมู่ ๑๒", "หมู่12"),
        ("ณ\u200bอยุธยา", "ณ อยุธยา"),
    ],
)
def test_writings_of_one_name_have_one_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(("one", "other"), [("มาลี", "มาลา"), ("วิชัย", "วิไชย"), ("สม", "สมชาย")])
def test_other_names_have_other_keys(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


@given(THAI)
def test_a_key_is_its_own_key(text: str) -> None:
    assert name_key(name_key(text)) == name_key(text)


@given(st.lists(st.text(alphabet=st.characters(blacklist_characters="\n\r", blacklist_categories=("Cs",)))))
def test_many_keys_in_one_go_are_the_same(names: list[str]) -> None:
    expected = [name_key(name) for name in names] or [""]
    assert name_keys(names) == expected


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("นายกตัญญู", "กตัญญู"),
        ("นาย กตัญญู ปิ่นแก้ว", "กตัญญู ปิ่นแก้ว"),
        ("นางสาวมาลี", "มาลี"),
        ("น.ส. มาลี", "มาลี"),
        ("ด.ช.ต้น", "ต้น"),
        ("Mr. John", "John"),
        ("บริษัท ทดสอบ จำกัด", "ทดสอบ จำกัด"),
        ("หจก.ทดสอบ", "ทดสอบ"),
        ("นางาม", "นางาม"),
        ("นายิกา", "นายิกา"),
        ("นาย", "นาย"),
        ("กตัญญู", "กตัญญู"),
    ],
)
def test_titles_are_taken_off_where_a_name_follows(typed: str, name: str) -> None:
    assert without_title(typed) == name


def test_terms_are_the_keys_of_the_words() -> None:
    assert terms(" ปิ่น  แก้ว - 5678 ") == ["ปิน", "แกว", "5678"]
