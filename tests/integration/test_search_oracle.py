"""The index finds exactly what LIKE finds: any part of any word, in Thai of every spelling, indexed or not yet."""

import random
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.services import cases, registration, registration_json, search_index
from app.services.counter import Counter
from app.services.model import Actor
from app.store import search
from tests.integration.support import homes
from tests.integration.support.petitions import by_person, petition

CASES = 200
TERMS = 1_000
LIMIT = 10_000
LETTERS = "กขคงจชดตทนบปผพมยรลวสหอฮ"
MARKS = ["ะ", "า", "ิ", "ี", "ุ", "ู", "่", "้", "์", "ำ", "\u0e4d\u0e32", "้ำ", "\u0e49\u0e4d\u0e32", "\u0e4d\u0e49\u0e32", ""]
OTHERS = [*"  0123456789๐๑๒๓๔๕abcXYZ.,-/\"'*%_()", "😀", "é", "e\u0301", "ß", "\ue020", "中"]


def word(source: random.Random) -> str:
    """A few clusters out of a small alphabet, so that most short terms are somewhere."""
    parts = []
    for _ in range(source.randint(1, 7)):
        if source.random() < 0.25:
            parts.append(source.choice(OTHERS))
        else:
            parts.append(source.choice("เแโ") * (source.random() < 0.2) + source.choice(LETTERS) + source.choice(MARKS))
    return "".join(parts)


def sentence(source: random.Random, words: int) -> str:
    return " ".join(word(source) for _ in range(words)).strip() or "ก"


@pytest.fixture(scope="module")
def register(home_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Counter, Actor]]:
    """A register of random texts, not indexed yet."""
    home = homes.copied(home_template, tmp_path_factory.mktemp("search") / "home")
    source = random.Random(91)
    with homes.opened(home) as counter:
        actor = homes.signed_in(counter)
        with counter.store.write("test") as work:
            for _ in range(CASES):
                data = petition(topic=sentence(source, 3)[:150], detail=sentence(source, 9).ljust(10, "ก"))
                data["applicant"] |= {
                    "first_name": source.choice(LETTERS) + word(source),
                    "last_name": source.choice(LETTERS) + word(source),
                    "phone": f"08{source.randrange(10**8):08d}",
                }
                registration.write(work, counter, actor, registration_json.from_json("petition", data))
        yield counter, actor


def texts(counter: Counter) -> list[str]:
    with counter.store.read() as connection:
        return list(connection.exec_driver_sql("SELECT search_text FROM cases").scalars())


def like(counter: Counter, text: str) -> list[str]:
    """The same question put to LIKE over every row."""
    terms = search.fold(text).split()
    escaped = [term.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") for term in terms]
    where = " AND ".join("search_text LIKE '%' || ? || '%' ESCAPE '\\'" for _ in terms)
    with counter.store.read() as connection:
        return list(
            connection.exec_driver_sql(
                f"SELECT number FROM cases WHERE {where or '0'} ORDER BY row DESC", tuple(escaped)
            ).scalars()
        )


def found(counter: Counter, text: str) -> list[str]:
    return [row.number for row in cases.find(counter, text, LIMIT)]


def terms(counter: Counter, seed: int, count: int = TERMS) -> list[str]:
    """One to six letters out of the texts, also across spaces, and some that are nowhere."""
    source, known = random.Random(seed), texts(counter)
    wanted = []
    for _ in range(count):
        line = source.choice(source.choice(known).split("\n"))
        start = source.randrange(len(line))
        wanted.append(line[start : start + source.randint(1, 6)])
    return wanted + [word(source)[:6] for _ in range(count // 10)]


def compare(counter: Counter, seed: int) -> None:
    hits = 0
    for term in terms(counter, seed):
        expected = like(counter, term)
        assert found(counter, term) == expected, ascii(term)
        hits += bool(expected)
    assert hits > TERMS // 2


def test_find_equals_like_whatever_is_indexed(register: tuple[Counter, Actor]) -> None:
    counter, _ = register
    compare(counter, 1)
    with counter.store.write("test") as work:
        assert search.catch_up(work, CASES // 2) == CASES // 2
    compare(counter, 2)
    search_index.catch_up(counter)
    with counter.store.read() as connection:
        assert search.waiting(connection) == 0
    compare(counter, 3)
    source = random.Random(5)
    with counter.store.write("test") as work:
        for row in source.sample(range(1, CASES), 60):
            search.replace_text(work, row, search.search_text([sentence(source, 4), sentence(source, 2)]))
    compare(counter, 4)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(term=st.text(st.sampled_from([*LETTERS, *MARKS[:10], *'0๑ a%_"*']), min_size=1, max_size=6))
def test_find_equals_like_for_any_term(register: tuple[Counter, Actor], term: str) -> None:
    counter, _ = register
    assert found(counter, term) == like(counter, term)


def enter(counter: Counter, actor: Actor, **changes: str) -> str:
    data = petition(topic=changes.pop("topic", "ไฟดับ"))
    data["applicant"] |= changes
    return cases.enter(counter, actor, registration_json.from_json("petition", data)).number


SPELLINGS = {
    "sara am as one": ("น้ำท่วม", "น้ำท่วม"),
    "sara am in two": ("น้ำท่วม", "น\u0e49\u0e4d\u0e32ท่วม"),
    "sara am in two, the tone in the middle": ("น้ำท่วม", "น\u0e4d\u0e49\u0e32ท่วม"),
    "sara am in two without a tone": ("กำแพงพัง", "ก\u0e4d\u0e32แพง"),
    "stored in two, sought as one": ("ก\u0e4d\u0e32แพงพัง", "กำแพง"),
    "Thai digits sought": ("บ่อ 77 ซอย 88", "บ่อ ๗๗"),
    "Thai digits stored": ("บ่อ ๗๗ ซอย ๘๘", "บ่อ 77"),
    "Thai digits on both sides": ("ซอย ๘๘", "๘๘"),
    "capital letters": ("ร้าน Seven Eleven", "seven ELEVEN"),
    "an accent in two": ("Cafe\u0301 ริมน้ำ", "café"),
    "one letter": ("ฮวงซุ้ยรก", "ฮ"),
    "words in another order": ("ถนนพัง หน้าวัด", "วัด ถนน"),
    "a part of a word": ("ทางหลวงชนบททรุด", "หลวงชน"),
    "signs": ("บ้านเลขที่ 99/9-1", "99/9-1"),
    "emoji": ("ขอบคุณ 😀", "😀"),
}


@pytest.mark.parametrize("indexed", [False, True])
@pytest.mark.parametrize(("stored", "sought"), SPELLINGS.values(), ids=SPELLINGS.keys())
def test_spellings(counter: Counter, actor: Actor, stored: str, sought: str, indexed: bool) -> None:
    number = enter(counter, actor, topic=stored)
    enter(counter, actor, topic="เรื่องอื่น")
    if indexed:
        search_index.catch_up(counter)
    assert found(counter, sought) == [number]


@pytest.mark.parametrize("indexed", [False, True])
def test_by_what_a_citizen_brings_along(counter: Counter, actor: Actor, indexed: bool) -> None:
    """13 digits, the request number in any spelling, the last four digits of the phone."""
    first = enter(counter, actor, cid="1999900000013", phone="0812345678")
    again = enter(counter, actor, cid="1999900000013", phone="0812345678", topic="เรื่องที่สอง")
    other = enter(counter, actor, cid="", phone="0898765432")
    if indexed:
        search_index.catch_up(counter)
    for cid in ("1999900000013", "1-9999-00000-01-3", "๑ ๙๙๙๙ ๐๐๐๐๐ ๐๑ ๓"):
        assert found(counter, cid) == [again, first]
    assert found(counter, "1999900000021") == [], "another person"
    for number in (first, first.lower(), f"{first[:3]} {first[3:9]} {first[9:]}"):
        assert found(counter, number) == [first]
    assert found(counter, first[-6:]) == [first]
    assert found(counter, "5678") == [again, first]
    assert found(counter, "5432") == [other]
    assert found(counter, "12345678") == [], "only the last four can be found"
    assert [row.number for row in cases.find(counter, "5678", 1)] == [again]
    assert [row.number for row in cases.recent(counter, 2)] == [other, again]


def test_a_term_never_reaches_over_two_fields(counter: Counter, actor: Actor) -> None:
    data = by_person(first_name="กขค", last_name="งจฉ")
    data["answers"]["topic"] = "ชซฌ"
    cases.enter(counter, actor, registration_json.from_json("petition", data))
    assert len(found(counter, "ขค งจ")) == 1
    assert found(counter, "ฉชซ") == []


def test_more_than_two_thousand_waiting_are_indexed_meanwhile(counter: Counter, actor: Actor) -> None:
    for _ in range(search_index.LONG):
        search_index.catch_up_when_long(counter)
    assert counter.unindexed == 0
    with counter.store.read() as connection:
        assert search.waiting(connection) == 0
    assert found(counter, "ไม่มี") == []


@given(st.text(alphabet="กำํา้่๊๋๐๙ aZÉé-\u0301\u00df\u0130", max_size=20))
def test_a_folded_text_is_folded_the_long_way(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    joined = search._SARA_AM_IN_TWO.sub("\\1\u0e33", composed).translate(search._ARABIC).lower()
    assert search.fold(text) == joined
