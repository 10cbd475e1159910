"""Damaged, missing and foreign files: told in Thai with the way out, and nothing made worse."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from app.services.setup import DATABASE
from app.store.keys import KEY_FILE
from tests.integration.support import books, command, homes
from tests.integration.support.petitions import lines, many, petition, text

THAI = re.compile("[ก-๙]")
PAGE = 4096
REGISTER = ("register", "petition", "-", "--no-print", "--json")


@pytest.fixture(scope="module")
def filled(home_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed home with fifty petitions, only for copying."""
    home = homes.copied(home_template, tmp_path_factory.mktemp("damage") / "home")
    assert command.run(home, *REGISTER, "--lines", stdin=lines(many(4, 50))).code == 0
    return home


@pytest.fixture
def full_home(filled: Path, tmp_path: Path) -> Path:
    return homes.copied(filled, tmp_path / "home")


def failed(answer: command.Answer, code: str, exit_code: int = 4) -> None:
    assert answer.code == exit_code, answer.err
    error = json.loads(answer.err)
    assert (error["code"], set(error)) == (code, {"code", "title", "hint", "field"})
    assert THAI.search(error["title"])
    assert THAI.search(error["hint"])


def flip(path: Path, place: int) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 0x55
    path.write_bytes(content)


@pytest.mark.parametrize("words", [("verify",), ("find", "เรื่อง"), ("numbers",), REGISTER, ("backup", "HOME/b.db")])
@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda file: flip(file, 100), "database_key"),
        (lambda file: flip(file, PAGE + 900), "database_damaged"),
        (lambda file: file.write_bytes(file.read_bytes()[: 10 * PAGE]), "database_damaged"),
        (lambda file: file.write_bytes(b""), "database_damaged"),
        (lambda file: file.write_bytes(b"hello " * 5_000), "database_key"),
    ],
    ids=["first page", "second page", "cut short", "empty", "another file"],
)
def test_a_database_that_cannot_be_opened(full_home: Path, words: tuple[str, ...], damage: Any, code: str) -> None:
    damage(full_home / DATABASE)
    left = (full_home / DATABASE).read_bytes()
    said = [word.replace("HOME", str(full_home)) for word in words if word != "--json"]
    failed(command.process(full_home, *said, "--json", stdin=text(petition())), code)
    if left:
        assert (full_home / DATABASE).read_bytes()[:PAGE] == left[:PAGE]
    assert not (full_home / "b.db").exists()


def test_verify_finds_any_damaged_page(full_home: Path, filled: Path) -> None:
    """Every page, one after the other: either verify says so, or the register does not even open."""
    size = (filled / DATABASE).stat().st_size
    assert size % PAGE == 0
    for page in range(0, size // PAGE, 7):
        (full_home / DATABASE).write_bytes((filled / DATABASE).read_bytes())
        flip(full_home / DATABASE, page * PAGE + 2_000)
        answer = command.run(full_home, "verify", "--json")
        assert answer.code == 4, page
        if answer.out:
            assert answer.json["ok"] is False
            failing = {check["name"] for check in answer.json["checks"] if not check["ok"]}
            assert "database" in failing, page


def test_verify_goes_on_after_a_damaged_page_and_says_so_in_words(full_home: Path) -> None:
    with books.raw(full_home) as connection:
        page = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'search_data'").fetchone()[0]
    flip(full_home / DATABASE, (page - 1) * PAGE + 50)
    answer = command.run(full_home, "verify")
    assert answer.code == 4
    verdicts = {line.split()[1]: line.split()[0] for line in answer.out.splitlines()}
    right = dict.fromkeys(("audit", "cases", "numbers", "receipts", "files"), "ผ่าน")
    assert verdicts == {"database": "ไม่ผ่าน", "search": "ไม่ผ่าน", **right}
    assert [check["name"] for check in command.run(full_home, "verify", "--json").json["checks"]] == list(verdicts)


def test_what_was_answered_stays_true_when_the_index_is_damaged(full_home: Path) -> None:
    """The register takes petitions; only indexing, which comes after, cannot be done."""
    with books.raw(full_home) as connection:
        pages = connection.execute("SELECT rootpage FROM sqlite_master WHERE name LIKE 'search_%'").fetchall()
    for (page,) in pages:
        flip(full_home / DATABASE, (page - 1) * PAGE + 50)
    answer = command.run(full_home, *REGISTER, stdin=text(petition()))
    assert (answer.code, answer.json["number"][-6:]) == (0, "000051")
    assert "บันทึกครบ" in answer.err
    assert command.run(full_home, "show", answer.json["number"]).code == 0


def test_a_database_newer_than_the_program(full_home: Path) -> None:
    with books.raw(full_home) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    before = books.content(full_home)
    for words in (("verify",), ("show", "KT1201169000001"), REGISTER):
        failed(command.run(full_home, *words, "--json", stdin=text(petition())), "database_newer", 3)
    assert books.content(full_home) == before


def test_a_folder_in_the_place_of_the_database(full_home: Path) -> None:
    (full_home / DATABASE).unlink()
    (full_home / DATABASE).mkdir()
    failed(command.run(full_home, "verify", "--json"), "disk_fault")


def test_a_missing_key_file(full_home: Path) -> None:
    (full_home / KEY_FILE).unlink()
    failed(command.run(full_home, "verify", "--json"), "key_missing")


def test_a_key_file_that_is_a_folder(full_home: Path) -> None:
    (full_home / KEY_FILE).unlink()
    (full_home / KEY_FILE).mkdir()
    failed(command.run(full_home, "verify", "--json"), "key_file")


KEY_FILES: dict[str, Any] = {
    "empty": lambda whole: b"",
    "no UTF-8": lambda whole: b"\xff\xfe\x00",
    "no table": lambda whole: b"[]",
    "an empty table": lambda whole: b"{}",
    "cut": lambda whole: json.dumps(whole).encode()[:80],
    "of a later program": lambda whole: {**whole, "version": 2},
    "no hash": lambda whole: {**whole, "argon2id": None},
    "hash for nothing": lambda whole: {**whole, "argon2id": {**whole["argon2id"], "time_cost": 0}},
    "hash of all memory": lambda whole: {**whole, "argon2id": {**whole["argon2id"], "memory_cost": 2**31}},
    "hash below nought": lambda whole: {**whole, "argon2id": {**whole["argon2id"], "parallelism": -1}},
    "short salt": lambda whole: {**whole, "salt": "AAAA"},
    "short nonce": lambda whole: {**whole, "nonce": "AAAA"},
    "no base 64": lambda whole: {**whole, "key": "กุญแจ"},
}


@pytest.mark.parametrize("damage", KEY_FILES.values(), ids=KEY_FILES.keys())
def test_a_damaged_key_file(full_home: Path, damage: Any) -> None:
    key_file = full_home / KEY_FILE
    damaged = damage(json.loads(key_file.read_text("utf-8")))
    key_file.write_bytes(damaged if isinstance(damaged, bytes) else json.dumps(damaged).encode())
    failed(command.run(full_home, "verify", "--json"), "key_file_damaged")


def test_one_changed_letter_of_the_key_reads_like_a_wrong_passphrase(full_home: Path) -> None:
    """The seal cannot tell one from the other; the register stays shut either way."""
    whole = json.loads((full_home / KEY_FILE).read_text("utf-8"))
    whole["key"] = whole["key"][:-4] + ("AAA=" if whole["key"].endswith("=") else "AAAA")
    (full_home / KEY_FILE).write_text(json.dumps(whole))
    failed(command.run(full_home, "verify", "--json"), "passphrase_wrong", 3)
