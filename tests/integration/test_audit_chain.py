"""Whoever changes the audit or a case past the program is found by `verify`, at the first broken link."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.integration.support import books, command, homes
from tests.integration.support.petitions import lines, many

REGISTER = ("register", "petition", "-", "--lines", "--no-print", "--json")
FIRST = 5
"""Entry 1 and 2 are the set-up, 3 is a sign-in; the registrations begin at 4."""


@pytest.fixture(scope="module")
def filled(home_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = homes.copied(home_template, tmp_path_factory.mktemp("audit") / "home")
    assert command.run(home, *REGISTER, stdin=lines(many(4, 10))).code == 0
    return home


@pytest.fixture
def tampered(filled: Path, tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Runs SQL past the program; gives what verify then says of each check that fails."""

    def tamper(*statements: str) -> dict[str, Any]:
        home = homes.copied(filled, tmp_path / "home")
        with books.raw(home) as connection:
            for sql in statements:
                connection.execute(sql)
        answer = command.run(home, "verify", "--json")
        checks = answer.json["checks"]
        failing = {check["name"]: check["detail"] for check in checks if not check["ok"]}
        assert (answer.code, answer.json["ok"]) == ((4, False) if failing else (0, True))
        return failing

    return tamper


def test_an_untouched_register_passes(tampered: Callable[..., dict[str, Any]]) -> None:
    assert tampered("SELECT 1") == {}


@pytest.mark.parametrize("column", ["at", "by", "action", "subject", "detail", "hash"])
def test_one_changed_byte_of_any_column(tampered: Callable[..., dict[str, Any]], column: str) -> None:
    changed = {"at": "at + 1", "hash": "zeroblob(32)"}.get(column, f"{column} || 'x'")
    failing = tampered(f"UPDATE audit SET {column} = {changed} WHERE seq = {FIRST}")
    assert failing["audit"] == f"สายขาดที่รายการ {FIRST}"


def test_a_deleted_entry(tampered: Callable[..., dict[str, Any]]) -> None:
    assert tampered(f"DELETE FROM audit WHERE seq = {FIRST}")["audit"] == f"สายขาดที่รายการ {FIRST}"


def test_a_deleted_entry_whose_gap_was_closed(tampered: Callable[..., dict[str, Any]]) -> None:
    failing = tampered(f"DELETE FROM audit WHERE seq = {FIRST}", f"UPDATE audit SET seq = seq - 1 WHERE seq > {FIRST}")
    assert failing["audit"] == f"สายขาดที่รายการ {FIRST}"


def test_entries_in_another_order(tampered: Callable[..., dict[str, Any]]) -> None:
    failing = tampered(
        f"UPDATE audit SET seq = -1 WHERE seq = {FIRST}",
        f"UPDATE audit SET seq = {FIRST} WHERE seq = {FIRST + 1}",
        f"UPDATE audit SET seq = {FIRST + 1} WHERE seq = -1",
    )
    assert failing["audit"] == f"สายขาดที่รายการ {FIRST}"


def test_an_entry_put_in(tampered: Callable[..., dict[str, Any]]) -> None:
    failing = tampered("INSERT INTO audit SELECT seq + 1, at, by, action, subject, detail, hash FROM audit"
                       " ORDER BY seq DESC LIMIT 1")  # fmt: skip
    assert failing["audit"].startswith("สายขาดที่รายการ ")


def test_the_last_registration_cannot_be_taken_out_of_the_audit(tampered: Callable[..., dict[str, Any]]) -> None:
    failing = tampered("DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)")
    assert "9 รายการตรวจสอบ" in failing["cases"]


def test_a_case_changed_past_the_program(tampered: Callable[..., dict[str, Any]]) -> None:
    failing = tampered("UPDATE cases SET document = replace(document, 'หมู่ที่', 'หมูที่') WHERE run = 4")
    assert failing["cases"].endswith("000004")
    assert failing["cases"].count("KT1") == 1


def test_a_case_deleted_past_the_program(tampered: Callable[..., dict[str, Any]]) -> None:
    failing = tampered("PRAGMA foreign_keys = OFF", "DELETE FROM cases WHERE run = 4")
    assert "อธิบายไม่ได้ 1 " in failing["numbers"]
    assert failing["cases"].endswith("000004")


def test_an_event_deleted_past_the_program(tampered: Callable[..., dict[str, Any]]) -> None:
    assert "ไม่ครบ 1" in tampered("DELETE FROM event WHERE seq = 3")["cases"]


def test_a_number_taken_and_lost(tampered: Callable[..., dict[str, Any]]) -> None:
    assert "อธิบายไม่ได้ 2 " in tampered("UPDATE number_block SET next = next + 2")["numbers"]


def test_a_person_deleted_past_the_program(tampered: Callable[..., dict[str, Any]]) -> None:
    failing = tampered("PRAGMA foreign_keys = OFF", "DELETE FROM person WHERE row = 3")
    assert "database" in failing
