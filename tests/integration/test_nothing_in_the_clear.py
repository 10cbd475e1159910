"""A citizen's data lie nowhere in the clear: not in the home's files, not in what failures say."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.services.setup import DATABASE
from app.store.keys import KEY_FILE, load_key
from tests.integration.support import books, command, homes
from tests.integration.support.petitions import lines, petition, text

PERSON = {
    "cid": "1999900000013",
    "title": "นางสาว",
    "first_name": "ดวงกมลพรรณ",
    "last_name": "ศรีสุวรรณมาลี",
    "phone": "0897613542",
    "email": "duangkamon@example.com",
    "address": {"house_no": "99/977", "road": "ถนนรัษฎานุสรณ์", "postcode": "83120"},
}
TOPIC = "เสียงดังรบกวนจากอู่ซ่อมรถ"
DETAIL = "เจ้าของอู่ข้างบ้านเคาะโลหะทุกคืน ขอให้ตรวจสอบ"
PRIVATE = (
    "1999900000013", "1-9999-00000-01-3", "ดวงกมลพรรณ", "ศรีสุวรรณมาลี", "0897613542", "089-761-3542", "613542",
    "duangkamon", "99/977", "รัษฎานุสรณ์", "อู่ซ่อมรถ", "เคาะโลหะ",
)  # fmt: skip
SECRET = (homes.PASSPHRASE, homes.PASSWORD)
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "tis-620", "cp874")


def bytes_of(word: str) -> set[bytes]:
    """The word in every encoding that could hide it."""
    return {word.encode(encoding, "ignore") for encoding in ENCODINGS if len(word.encode(encoding, "ignore")) >= 5}


def found_in(folder: Path, *words: str) -> set[tuple[str, str]]:
    """(file, word) for each word in the clear anywhere below a folder."""
    return {
        (path.name, word)
        for path in folder.rglob("*")
        if path.is_file()
        for content in [path.read_bytes()]
        for word in words
        if any(form in content for form in bytes_of(word))
    }


def private(**answers: Any) -> dict[str, Any]:
    data = petition(**{"topic": TOPIC, "detail": DETAIL, **answers})
    return {**data, "applicant": {**data["applicant"], **PERSON}, "place": {"note": "ตรงข้าม " + TOPIC}}


REGISTER = ("register", "petition", "-")


@pytest.fixture
def used(home: Path, tmp_path: Path) -> Iterator[tuple[Path, list[command.Answer]]]:
    """A home after a day's commands, many of them wrong, and what they said."""
    said = [command.run(home, "printers", "add", "slip", "file", tmp_path / "printed"),
            command.run(home, "printers", "add", "a4", "file", tmp_path / "printed", "--dots", "0")]  # fmt: skip
    said.append(command.run(home, *REGISTER, "--json", stdin=text(private())))
    number = said[-1].json["number"]
    wrong = [
        {**private(), "nobody": 1}, private(topic=None), private(colour=TOPIC), {**private(), "channel": PERSON["cid"]},
        {**private(), "applicant": {**PERSON, "cid": "1999900000012"}},
        {**private(), "applicant": {**PERSON, "phone": "089761354"}},
        {**private(), "applicant": {**PERSON, "first_name": PERSON["first_name"] + "\x07"}},
        {**private(), "place": {"latitude": 91, "note": TOPIC}},
    ]  # fmt: skip
    said += [command.run(home, *REGISTER, "--json", stdin=text(data)) for data in wrong]
    said.append(command.run(home, *REGISTER, "--lines", stdin=lines([private(), *wrong, private()])))
    said.append(command.run(home, *REGISTER, "--json", stdin=text(private())[:-2]))
    for words in (
        ("status", number, "received", "--note", f"โทรหา {PERSON['phone']}"), ("status", number, "done"),
        ("print", number, "petition"), ("print", number, "slip"), ("events", number),
        ("print", number, "slip", "--copy-reason", f"{PERSON['first_name']} ทำหาย"),
        ("print", number, "petition", "--out", tmp_path / "no folder" / "x.pdf",
         "--copy-reason", f"{PERSON['first_name']} ทำหาย"),
        ("backup", home / "copy.db"), ("restore", home / "copy.db"), ("verify",), ("numbers",), ("jobs",),
        ("show", PERSON["cid"]), ("scan", home / KEY_FILE),
    ):  # fmt: skip
        said.append(command.run(home, *words, "--json"))
    assert {answer.code for answer in said} == {0, 3, 4}
    yield home, said


def test_nothing_in_the_files_is_in_the_clear(used: tuple[Path, list[command.Answer]], tmp_path: Path) -> None:
    home, _ = used
    assert {path.name for path in home.iterdir()} >= {DATABASE, KEY_FILE, "copy.db", f"{DATABASE}.before-restore"}
    assert found_in(home, *PRIVATE, *SECRET) == set()
    key = load_key(home, homes.PASSPHRASE)
    for path in home.iterdir():
        assert key not in path.read_bytes()
        assert key.hex().encode() not in path.read_bytes().lower()
    (tmp_path / "plain.txt").write_text("".join(PRIVATE), "utf-16")
    assert {word for name, word in found_in(tmp_path, *PRIVATE) if name == "plain.txt"} == {*PRIVATE}, "they are found"


def test_nor_while_the_counter_is_open_or_was_killed(home: Path, tmp_path: Path) -> None:
    """The write-ahead log is encrypted like the file, and temporary tables never go to the disk."""
    given = tmp_path / "lines"
    given.write_bytes(lines([private()] * 400))
    with given.open("rb") as stdin:
        process = subprocess.Popen(
            command.command_line(home, *REGISTER, "--lines", "--no-print", "--json"), stdin=stdin,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=command.ROOT, env=command.environment({}),
        )  # fmt: skip
    with process:
        assert process.stdout is not None
        for _ in range(300):
            process.stdout.readline()
        process.kill()
    assert (home / f"{DATABASE}-wal").stat().st_size > 0
    assert found_in(home, *PRIVATE, *SECRET) == set()
    with books.raw(home) as connection:
        options = {row[0] for row in connection.execute("PRAGMA compile_options")}
        kept_in_memory = "TEMP_STORE=2" in options and connection.execute("PRAGMA temp_store").fetchone() != (1,)
        assert kept_in_memory or "TEMP_STORE=3" in options


def test_failures_say_nothing_about_the_citizen(used: tuple[Path, list[command.Answer]]) -> None:
    _, said = used
    for answer in said:
        for word in PRIVATE:
            assert word not in answer.err
        if answer.code:
            assert not any(word in answer.out for word in PRIVATE if answer.code != 3)


def test_numbers_on_screens_are_masked(used: tuple[Path, list[command.Answer]]) -> None:
    home, _ = used
    number = command.run(home, "find", PERSON["first_name"], "--json").json[0]["number"]
    for words in (("show", number), ("show", number, "--json"), ("events", number), ("events", number, "--json")):
        out = command.run(home, *words).out
        assert "1999900000013" not in out
        assert "0897613542" not in out.replace(f"โทรหา {PERSON['phone']}", "")
    assert command.run(home, "show", number, "--json").json["applicant"]["cid"] == "X-XXXX-XXXX0-01-3"


BUGS = {
    "a table is gone": "DROP TABLE event",
    "a column is gone": "ALTER TABLE cases DROP COLUMN subject",
    "a number comes twice": "UPDATE number_block SET next = 1",
    "a trigger refuses": "CREATE TRIGGER never BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'never'); END",
}


@pytest.mark.parametrize("damage", BUGS.values(), ids=BUGS.keys())
def test_a_bug_tells_its_place_and_no_data(home: Path, damage: str) -> None:
    assert command.run(home, *REGISTER, "--no-print", stdin=text(petition())).code == 0
    with books.raw(home) as connection:
        connection.execute(damage)
        before = connection.execute("SELECT count(*) FROM cases").fetchone()
    answer = command.process(home, *REGISTER, "--no-print", "--json", stdin=text(private()))
    assert (answer.code, answer.out) == (1, "")
    assert "โปรแกรมผิดพลาด" in answer.err
    for word in (*PRIVATE, *SECRET):
        assert word not in answer.err
    assert books.one(home, "SELECT count(*) FROM cases") == before[0]


def test_a_reader_that_goes_away_breaks_nothing(home: Path, tmp_path: Path) -> None:
    """`… | head -1`: quiet, and what was registered until then is whole."""
    given = tmp_path / "lines"
    given.write_bytes(lines([petition()] * 2_000))
    with given.open("rb") as stdin:
        process = subprocess.Popen(
            command.command_line(home, *REGISTER, "--lines", "--no-print", "--json"), stdin=stdin,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=command.ROOT, env=command.environment({}),
        )  # fmt: skip
    with process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()
        assert process.wait(60) == 0
    assert command.run(home, "verify").code == 0
