"""Thai line breaking: nothing lost, nothing parted that belongs together."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services import words

THAI = st.text(alphabet=st.characters(min_codepoint=0x0E01, max_codepoint=0x0E4E), max_size=80)
MIXED = st.text(
    alphabet=st.one_of(
        st.characters(min_codepoint=0x0E01, max_codepoint=0x0E4E), st.sampled_from(" 0159ABz./-():\"',\n😀")
    ),
    max_size=80,
)


def test_splits_at_words():
    assert words.split("ไฟฟ้าสาธารณะดับตั้งแต่เมื่อคืน") == ["ไฟฟ้า", "สาธารณะ", "ดับ", "ตั้งแต่", "เมื่อคืน"]


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("ซอย 5/1 ม.3", "5/1"),
        ("ต.กะทู้ อ.กะทู้", "ต.กะ"),
        ("โทร 081-234-5678 ครับ", "081-234-5678"),
        ("เรื่อง (ทดสอบ) นี้", "(ทดสอบ)"),
        ("ต่าง ๆ นานา", "ต่าง ๆ"),
        ("ทั้งหมด ฯลฯ", "ฯลฯ"),
        ("พ.ศ. 2569", "พ.ศ."),
        ("อยู่ตำบลกะทู้ จังหวัดภูเก็ต", "จังหวัดภูเก็ต"),
        ("ระบบ : ไฟฟ้า", "ระบบ :"),
        ("ลงทะเบียนผ่านเจ้าหน้าที่มาตรวจ", "เจ้าหน้าที่"),
        ("สำนักทะเบียนท้องถิ่นเท่านั้น", "ท้องถิ่น"),
        ("กฎหมายคุ้มครองข้อมูล", "คุ้มครอง"),
        ('คำว่า "น้ำ" นั้น', '"น้ำ"'),
    ],
)
def test_keeps_together_what_belongs_together(text, piece):
    assert any(piece in word for word in words.split(text)), words.split(text)
    assert "".join(words.split(text)) == text


@given(MIXED)
def test_nothing_is_lost(text):
    assert "".join(words.split(text)) == text
    assert "".join(words.clusters(text)) == text


@given(THAI)
def test_no_piece_begins_with_a_mark_or_ends_with_a_leading_vowel(text):
    pieces = words.split(text)
    assert not any(piece[0] in "ะัาำิีึืฺุูๅๆฯ็่้๊๋์ํ๎" for piece in pieces[1:])
    assert not any(piece[-1] in "เแโใไ" for piece in pieces[:-1])


@given(MIXED)
def test_break_points_come_out_again(text):
    broken = words.with_break_points(text)
    assert words.without_break_points(broken) == text
    assert " \u200b" not in broken and "\u200b " not in broken


def test_break_points_stand_between_words():
    assert words.with_break_points("น้ำท่วมถนน") == "น้ำท่วม\u200bถนน"


def test_a_long_run_does_not_stall():
    text = "ตากลมอกนอนนอน" * 2_000
    assert "".join(words.split(text)) == text


def test_many_threads_may_ask_at_once():
    results = []

    def ask(number):
        results.append("".join(words.split(f"ถนนชำรุดเสียหายหมายเลข{number}")))

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == sorted(f"ถนนชำรุดเสียหายหมายเลข{n}" for n in range(8))
