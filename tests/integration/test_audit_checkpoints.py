"""A counter's history cannot be rewritten unseen: the server holds signed checkpoints of the chain."""

import json
import shutil
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app import bootstrap
from app.domain.errors import CounterError, Refused
from app.services import verification
from app.services.setup import DATABASE
from app.store.unit_of_work import FIRST_HASH, audit_hash
from sync import bundles, checkpoint_form, checkpoints
from sync.client import Client
from sync.json_form import to_text
from sync.link import read_link
from sync.protocol import PROTOCOL
from sync.server import checkpoints as held
from sync.server.database import Database
from tests.integration.server_databases import BOTH, database_of
from tests.integration.support import command, homes
from tests.integration.sync_support import Desk, Province


@pytest.fixture
def province(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Province]:
    with Province(tmp_path, database_of(request)) as found:
        yield found


@pytest.fixture
def desk(province: Province) -> Desk:
    desk = province.desk()
    desk.register(3)
    desk.sync()
    return desk


def listed(province: Province) -> list[dict[str, Any]]:
    database = Database(province.database)
    try:
        return held.listing(database)
    finally:
        database.close()


def audit_check(desk: Desk) -> verification.Check:
    checks = verification.verify(desk.counter, bootstrap.server_checkpoint(desk.counter))
    return next(check for check in checks if check.name == "audit")


def rewrite(desk: Desk, seq: int, *, forget: bool = True) -> None:
    """As somebody who has the key would: change an entry and make every later link fit again."""
    with desk.store.write("test") as work:
        work.run("UPDATE audit SET by = 'somebody' WHERE seq = ?", (seq,))
        previous = FIRST_HASH
        for row in work.run("SELECT seq, at, by, action, subject, detail FROM audit ORDER BY seq").fetchall():
            previous = audit_hash(previous, *row)
            work.run("UPDATE audit SET hash = ? WHERE seq = ?", (previous, row[0]))
        if forget:
            work.run("DELETE FROM meta WHERE key = ?", (checkpoints.KEPT,))


@BOTH
def test_checkpoints_are_added_and_verify_compares(desk: Desk, province: Province) -> None:
    assert bootstrap.server_checkpoint(desk.counter) is None
    first = checkpoints.send(desk.store)
    desk.register(2)
    second = checkpoints.send(desk.store)
    assert first and second and second.seq > first.seq
    assert checkpoints.send(desk.store) == second, "nothing new, nothing added"
    assert len(province.rows("SELECT seq FROM audit_checkpoint")) == 2
    (one,) = listed(province)
    assert (one["seq"], one["hash"], one["alarms"]) == (second.seq, second.hash.hex(), 0)
    check = audit_check(desk)
    assert check.ok and "ตรงกับเครื่องแม่ข่ายกลาง" in check.detail


@pytest.mark.parametrize("forget", [True, False])
def test_a_chain_that_was_rewritten_whole_is_found(desk: Desk, province: Province, forget: bool) -> None:
    sent = checkpoints.send(desk.store)
    assert sent
    rewrite(desk, 2, forget=forget)
    assert verification.verify(desk.counter)[1].ok is forget, "without the server a forged chain looks right"
    check = audit_check(desk)
    assert not check.ok and f"รายการ {sent.seq}" in check.detail
    desk.register()
    with pytest.raises(Refused, match="history_rewritten"):
        checkpoints.send(desk.store)
    (one,) = listed(province)
    assert (one["seq"], one["alarms"], one["last_alarm"]) == (sent.seq, 1, "differs")
    answer = command.run(province.folder, "audit", "checkpoints", "--database", province.database, "--json")
    assert answer.code == 4 and answer.json[0]["alarms"] == 1


@BOTH
def test_an_old_copy_of_the_database_is_found(desk: Desk, province: Province, tmp_path: Path) -> None:
    desk.store.checkpoint()
    shutil.copy(desk.home / DATABASE, tmp_path / "old.db")
    desk.register(2)
    checkpoints.send(desk.store)
    desk.close()
    shutil.copy(tmp_path / "old.db", desk.home / DATABASE)
    for tail in ("-wal", "-shm"):
        (desk.home / f"{DATABASE}{tail}").unlink(missing_ok=True)
    assert verification.verify(desk.counter)[1].ok
    check = audit_check(desk)
    assert not check.ok and "สำเนาเก่า" in check.detail
    with pytest.raises(Refused, match="history_rewritten"):
        checkpoints.send(desk.store)
    assert listed(province)[0]["last_alarm"] == "shorter"


def test_a_cut_chain_is_found_without_the_server(desk: Desk) -> None:
    checkpoints.send(desk.store)
    with desk.store.write("test") as work:
        work.run("DELETE FROM audit WHERE seq > 3")
    check = verification.verify(desk.counter)[1]
    assert not check.ok and "ประวัติถูกตัด" in check.detail


@BOTH
def test_what_is_not_signed_by_the_counter_is_not_taken(desk: Desk, province: Province) -> None:
    bundles.know_each_other(desk.store)
    with desk.store.read() as connection:
        link = read_link(connection, desk.counter.store_id)
    good = {"protocol": PROTOCOL, "store_id": desk.counter.store_id, "seq": 9, "hash": "00" * 32, "at": 1,
            "previous": "", "signature": b64encode(bytes(64)).decode()}  # fmt: skip
    wrong = [good, {**good, "seq": 0}, {**good, "seq": True}, {**good, "hash": "zz"}, {**good, "signature": 5},
             {**good, "signature": "ก"}, {**good, "store_id": "another"}, {**good, "previous": "00"}]  # fmt: skip
    with Client(link.url, link.token) as client:
        for message in wrong:
            with pytest.raises(CounterError):
                client.ask(checkpoint_form.PATH, to_text(message).encode(), lambda found: found)
    assert province.rows("SELECT seq FROM audit_checkpoint") == []


def test_after_a_sync_one_is_sent_and_then_not_for_an_hour(desk: Desk, province: Province) -> None:
    sender = checkpoints.Sender(desk.store)
    assert sender.after_sync() == "" and sender.after_sync() == ""
    assert len(province.rows("SELECT seq FROM audit_checkpoint")) == 1
    province.stack.close()
    assert checkpoints.Sender(desk.store, 1.0).after_sync() != "", "a dead line is no exception"


def test_the_chain_as_json_lines(home: Path, tmp_path: Path) -> None:
    command.run(home, "backup", tmp_path / "b.db")
    answer = command.run(home, "audit", "export", tmp_path / "audit.jsonl", "--json")
    rows = [json.loads(line) for line in (tmp_path / "audit.jsonl").read_text("utf-8").splitlines()]
    assert answer.json["entries"] == len(rows) and [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
    assert rows[-1]["action"] == "audit_exported"
    previous = FIRST_HASH
    with homes.opened(home) as counter, counter.store.read() as connection:
        for at, row in zip(
            connection.exec_driver_sql("SELECT at FROM audit ORDER BY seq").scalars(), rows, strict=False
        ):
            previous = audit_hash(previous, row["seq"], at, row["by"], row["action"], row["subject"], row["detail"])
            assert previous.hex() == row["hash"], "whoever has the file can check it"
    found = command.run(home, "audit", "list", "--action", "backed_up", "--json").json
    assert [row["action"] for row in found] == ["backed_up"]
