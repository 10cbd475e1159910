"""What goes through an office's own server beside its events: audit chains and destruction; and its own bad luck."""

import shutil
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.domain.errors import CounterError, Refused, Unavailable
from app.services import status
from sync import checkpoints
from sync.checkpoint_form import signature, signed_text
from sync.client import Client
from sync.link import read_link
from sync.relay_form import CHECKPOINTS_PATH, RelayedCheckpoint, checkpoints_to_bytes
from sync.server import admin, app
from sync.server import checkpoints as held
from sync.server.database import Database
from sync.server.relay import admin as relay_admin
from sync.server.relay import link
from tests.integration.house_support import ON_EITHER, House, all_equal
from tests.integration.support import command
from tests.integration.sync_support import LIMITS, OFFICE_CODE, VERSION, scripted, server_rows
from tests.integration.test_audit_checkpoints import rewrite
from tests.integration.test_sync_failures import FAULTS


def chains(database: str) -> list[dict[str, Any]]:
    opened = Database(database)
    try:
        return held.listing(opened)
    finally:
        opened.close()


def test_checkpoints_of_audit_chains_reach_the_central_server_and_are_judged_there(house: House) -> None:
    desk = house.desk("เคาน์เตอร์ 1")
    desk.register(1)
    desk.sync()
    begun = checkpoints.send(desk.store)
    house.join(desk)
    desk.sync()
    inside = house.inside("หน้าต่าง 2")
    inside.register(1)
    inside.sync()
    assert begun and checkpoints.ask(desk.store) == begun, "the chain goes on from what the central server kept"
    sent = []
    for one in (desk, inside):
        one.register(1)
        checkpoints.send(one.store)
        one.register(1)
        sent.append(checkpoints.send(one.store))
    # lost answers and a repetition change nothing
    house.line.lose = 1
    with pytest.raises(Unavailable):
        house.pass_on()
    house.pass_on()
    house.pass_on()
    assert house.at_the_office("SELECT count(*) FROM relay_checkpoint") == [(0,)]
    assert len(house.rows("SELECT id FROM audit_checkpoint")) == 5
    told = {one["hash"]: one["alarms"] for one in chains(house.database)}
    assert told == {one.hash.hex(): 0 for one in sent if one is not None}

    # who rewrites a history and what the house keeps of it, too, is found outside
    rewrite(inside, 2)
    with house.relay().database.write() as connection:
        connection.exec_driver_sql("DELETE FROM audit_checkpoint")
    inside.register(1)
    assert checkpoints.send(inside.store), "the house has forgotten"
    house.pass_on()
    alarms = [one for one in chains(house.database) if one["alarms"]]
    assert [one["last_alarm"] for one in alarms] == ["unlinked"] and alarms[0]["device"] == inside.store.store_id
    assert chains(house.office)[0]["alarms"] == 0


def test_a_house_may_not_put_in_checkpoints_that_its_counters_did_not_sign(house: House) -> None:
    inside, direct = house.inside("หน้าต่าง 1"), house.desk("ตรง")
    for desk in (inside, direct):
        desk.register(1)
        desk.sync()
        checkpoints.send(desk.store)
    house.pass_on()
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes_raw()
    before = house.rows("SELECT * FROM audit_checkpoint")

    def forged(store: str, seq: int, number: int, **other: Any) -> RelayedCheckpoint:
        signed = signature(key.private_bytes_raw(), signed_text(store, seq, bytes(32), 1))
        made = RelayedCheckpoint(bytes(15) + bytes([number]), store, seq, bytes(32), 1, 0, b"", public, signed)
        return replace(made, **other)

    relay = house.relay()
    with relay.client(relay.link()) as client:

        def say(*told: RelayedCheckpoint) -> None:
            client.ask(CHECKPOINTS_PATH, checkpoints_to_bytes(told), lambda _answer: None)

        with pytest.raises(Refused, match="store_direct"):
            say(forged("unknown-store", 1, 1), forged(direct.store.store_id, 900, 2))
        wrong = forged("x", 1, 1)
        with pytest.raises(Refused, match="malformed"):
            say(replace(wrong, alarm="all is well"))
        with pytest.raises(Refused):
            say(replace(wrong, hash=b"short"))
        with pytest.raises(Refused):
            client.ask(CHECKPOINTS_PATH, checkpoints_to_bytes([wrong] * 501), lambda _answer: None)
        assert house.rows("SELECT * FROM audit_checkpoint") == before
        say(forged(inside.store.store_id, 900, 3), forged("new-store", 5, 4, signature="AAAA"))
    alarms = house.rows("SELECT seq, alarm FROM audit_checkpoint WHERE alarm <> '' ORDER BY seq")
    assert alarms == [(5, "key"), (900, "key")]
    with direct.store.read() as connection:
        at = read_link(connection, direct.store.store_id)
    with Client(at.url, at.token) as client, pytest.raises(Refused, match="not_a_relay"):
        client.ask(CHECKPOINTS_PATH, checkpoints_to_bytes([wrong]), lambda _answer: None)


@ON_EITHER
def test_what_was_destroyed_in_the_house_or_outside_is_gone_on_both_servers(house: House) -> None:
    """The rule itself is shown in test_destruction.py; here that it goes through the house in both directions."""
    inside, outside = house.inside("หน้าต่าง 1"), house.desk("สาขา")
    made = [inside.register()[0], outside.register()[0]]
    for _ in range(2):
        for one in (inside, outside):
            one.sync()
        house.pass_on()
    for desk, number in zip((inside, outside), made, strict=True):
        with desk.store.write("test") as work:
            record = bytes(work.run("SELECT id FROM cases WHERE number = ?", (number,)).scalar_one())
            work.emit(
                "case_destroyed", record, {"destruction": "x", "number": number, "listed_by": "a", "approved_by": "b"}
            )
        desk.sync()
    for _ in range(2):
        house.pass_on()
        outside.sync()
    for database in (house.database, house.office):
        payloads = [
            row[0] for row in server_rows(database, "SELECT payload FROM log WHERE kind = 'petition_registered'")
        ]
        assert len(payloads) == 2 and all('"destroyed":true' in payload for payload in payloads), database
        assert not any("0812345678" in payload or "first_name" in payload for payload in payloads)


def backup_of(house: House) -> str:
    """A copy of the database of the house as it is now; its address."""
    for tail in ("", "-wal", ".key"):
        shutil.copy(house.folder / f"office.db{tail}", house.folder / f"backup.db{tail}")
    return f"sqlite:///{(house.folder / 'backup.db').as_posix()}"


@pytest.mark.parametrize("noticed_by", ["counter", "central", "administrator"])
def test_a_house_put_back_from_a_backup_loses_and_doubles_nothing(house: House, noticed_by: str) -> None:
    house.pass_on()
    one, two = house.inside("หน้าต่าง 1"), house.inside("หน้าต่าง 2")
    made = [*one.register(2), *two.register(1)]
    for desk in (one, two):
        desk.sync()
    house.pass_on()
    backup = backup_of(house)
    # after the backup: something sent on, a counter that joins and gets numbers, and something that only the house has
    made += one.register(1)
    one.sync()
    house.pass_on()
    house.pass_on()
    three = house.inside("หน้าต่าง 3")
    made += [*three.register(2), *two.register(1)]
    for desk in (three, two, one):
        desk.sync()
    assert len(house.numbers()) == 4 and len(house.at_the_office("SELECT 1 FROM case_file")) == 7

    house.office = backup
    lan = house.stack.enter_context(app.background(backup, limits=LIMITS))
    for desk in (one, two, three):
        desk.move_to(lan)
    house.lan = lan
    if noticed_by == "counter":
        with pytest.raises(Refused, match="server_rolled_back"):
            one.sync()
    elif noticed_by == "central":
        with pytest.raises(Refused, match="relay_rolled_back"):
            house.pass_on()
    else:
        assert command.run(house.folder / "admin", "relay", "restored", "--database", backup, "--json").code == 0
    told = relay_admin.status(backup)
    assert (told["state"], told["error_code"]) == ("restored", "house_restored") and "สำเนาเก่า" in told["error"]
    assert "สำเนาเก่า" in command.run(house.folder / "admin", "relay", "--database", backup).out
    with pytest.raises(Refused, match="house_restored"):
        house.pass_on()
    # whoever asks for numbers gets none: they may be on a paper already
    with pytest.raises(Refused, match="numbers_used_up"):
        house.inside("หน้าต่าง 4").register()
    made += three.register(1)

    code, _ = admin.enrol_code(house.database, OFFICE_CODE, relay=True)
    relay = house.relay()
    house.line.lose = 1
    with pytest.raises(Unavailable):
        link.settle(relay.database, house.line.url, code, VERSION)
    assert relay_admin.status(backup)["state"] == "restored"
    link.settle(relay.database, house.line.url, code, VERSION)
    link.settle(relay.database, house.line.url, code, VERSION)
    assert relay_admin.status(backup)["state"] == "catching_up"
    house.line.lose = 1
    with pytest.raises(Unavailable):
        relay.sync()
    relay.sync()
    assert relay_admin.status(backup)["state"] == "on"
    assert len(house.at_the_office("SELECT 1 FROM case_file")) == 4, "what was sent on has come back"
    with pytest.raises(Refused, match="token_unknown"):
        one.sync()
    made += one.register(1)
    four = house.desks[-1]
    for desk in (one, two, three, four):
        house.join(desk)
        desk.sync()
    relay.sync()
    made += four.register(1)
    four.sync()
    relay.sync()
    assert house.numbers() == sorted(made) and len(set(made)) == len(made)
    assert sorted(all_equal(one, two, three, four)) == sorted(made)
    house.numbers_are_right()
    told = relay_admin.status(backup)
    assert (told["waiting"], told["resting"], told["error"]) == (0, 0, "")
    blocks = house.at_the_office("SELECT first, last FROM number_lease WHERE series = 'KT1' ORDER BY first")
    assert all(before[1] < after[0] for before, after in pairwise(blocks))
    # started again with the same words, as a service is: nothing happens
    link.settle(relay.database, house.line.url, code, VERSION)
    relay.sync()
    assert relay_admin.status(backup)["state"] == "on"


def test_whatever_answers_in_place_of_the_central_server_costs_nothing(house: House) -> None:
    """500, HTML, half an answer, silence, other words: told to the counters, kept, and sent when it is there again."""
    house.pass_on()
    desk = house.inside("หน้าต่าง 1")
    made = desk.register(3)
    desk.sync()
    kept = house.at_the_office("SELECT position, id, code FROM relay_event ORDER BY position")
    cursor = house.at_the_office("SELECT cursor FROM upstream")
    relay = house.relay()
    for name, (script, _code) in FAULTS.items():
        with scripted(script) as url:
            with relay.database.write() as connection:
                connection.exec_driver_sql("UPDATE upstream SET url = ?", (url,))
            with pytest.raises(CounterError) as caught:
                replace(relay, read_seconds=0.5).sync()
        assert any("ก" <= letter <= "๙" for letter in caught.value.title), name
        assert relay_admin.status(house.office)["error"] == caught.value.title, name
        assert house.at_the_office("SELECT position, id, code FROM relay_event ORDER BY position") == kept, name
        assert house.at_the_office("SELECT cursor FROM upstream") == cursor, name
    desk.sync()
    told = status.counter_status(desk.counter).central
    assert told is not None and told.error and told.waiting == 3
    with relay.database.write() as connection:
        connection.exec_driver_sql("UPDATE upstream SET url = ?", (house.line.url,))
    relay.sync()
    assert house.numbers() == sorted(made)
    found = relay_admin.status(house.office)
    assert (found["state"], found["error"], found["waiting"]) == ("on", "", 0)
    house.numbers_are_right()
