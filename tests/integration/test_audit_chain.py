"""Whoever changes the audit or a case past the program is found by `verify`, at the first broken link."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.services import backups, verification
from app.services.counter import Counter
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


def test_one_changed_byte_anywhere_in_an_entry(filled: Path, tmp_path: Path) -> None:
    """Every byte of every column of one entry, one after the other; every one is found at that entry."""
    home = homes.copied(filled, tmp_path / "home")
    with homes.opened(home) as counter:
        with counter.store.read() as connection:
            row = connection.exec_driver_sql("SELECT * FROM audit WHERE seq = ?", (FIRST,)).one()
        changed = 0
        for column, value in zip(row._fields[1:], row[1:], strict=True):
            for wrong in every_byte_changed(value):
                set_column(counter, column, wrong)
                check = verification.audit_chain(counter, None, lambda *_: None)
                assert (check.ok, check.detail) == (False, f"สายขาดที่รายการ {FIRST}"), (column, wrong)
                changed += 1
            set_column(counter, column, value)
        assert changed > 100 and verification.audit_chain(counter, None, lambda *_: None).ok


def every_byte_changed(value: Any) -> list[Any]:
    """The value with each of its bytes changed, one at a time."""
    if isinstance(value, int):
        return [value ^ (1 << 8 * place) for place in range(6)]
    if isinstance(value, str):
        return [value[:place] + chr(ord(letter) ^ 1) + value[place + 1 :] for place, letter in enumerate(value)]
    return [value[:place] + bytes([byte ^ 1]) + value[place + 1 :] for place, byte in enumerate(value)]


def set_column(counter: Counter, column: str, value: Any) -> None:
    with counter.store.write("test") as work:
        work.run(f"UPDATE audit SET {column} = ? WHERE seq = ?", (value, FIRST))


def test_a_chain_cut_after_a_backup_is_found_with_no_server(filled: Path, tmp_path: Path) -> None:
    home = homes.copied(filled, tmp_path / "home")
    with homes.opened(home) as counter:
        backups.back_up(counter, tmp_path / "b.db")
        assert verification.audit_chain(counter, None, lambda *_: None).ok
        with counter.store.write("test") as work:
            work.run("DELETE FROM audit WHERE action = 'backed_up'")
        check = verification.audit_chain(counter, None, lambda *_: None)
        assert not check.ok and "สำรองข้อมูลครั้งล่าสุด ประวัติถูกตัด" in check.detail


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
