"""Messages that are nearly right, at every request that takes one: refused in words, nothing changed, work goes on.

Each is a good message with one place of it replaced, left out or added, chosen by a seed; what is accepted all the same
is accepted whole. What is wrong in known ways stands in test_sync_failures.py and test_sync_queue.py.
"""

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from app.domain.ids import uuid7, uuid_text
from sync.json_form import pack_id
from sync.relay_form import PREFIX
from sync.server import admin
from sync.server.database import Database
from tests.integration.sync_support import OFFICE_CODE, Province

JUNK: list[Any] = [
    None, True, -1, 0, 1.5, 2**53, 2**70, -(2**70), "", " ", "x" * 5_000, "\u0000", "../x", "ก\n", [], {}, [[]], [None],
    {"a": {"b": []}}, [1, 2, 3], "KT1", "0" * 64, "9" * 400, {"": ""}, ["x"] * 300,
]  # fmt: skip
TABLES = ("log", "case_file", "number_lease", "number_void", "receipt_book", "receipt", "relay_store", "case_content")
TURNS = 45


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Province]:
    with Province(tmp_path_factory.mktemp("bad")) as place:
        yield place


def may_join_again(province: Province) -> None:
    """All requests come from one address, which may try a code only so often."""
    database = Database(province.database)
    with database.write() as connection:
        connection.exec_driver_sql("DELETE FROM allowance")
    database.close()


def event(seq: int) -> list[Any]:
    return [seq, pack_id(uuid7()), pack_id(uuid7()), "note_added", 1, "x", {"note": "x", "office_code": OFFICE_CODE}]


def messages(province: Province) -> dict[str, tuple[str, dict[str, Any]]]:
    """Path -> (token, a good message)."""
    may_join_again(province)
    desk = province.desk("ถูกแกล้ง")
    token, store = desk.meta("device_token"), desk.store.store_id
    code, _ = admin.enrol_code(province.database, OFFICE_CODE, relay=True)
    joining = {"protocol": 1, "code": code, "store_id": PREFIX + uuid_text(uuid7()), "counter_name": "สำนักงาน"}
    house = requests.post(province.url + "/v1/enrol", json=joining, timeout=20).json()
    base = {"protocol": 1, "cursor": 0, "revision": 0, "clock": 0, "app_version": "1"}
    fresh, _ = admin.enrol_code(province.database, OFFICE_CODE)
    relayed = [["another-store", *event(1)], ["third-store", *event(5)]]
    behind = [["another-store", "หน้าต่าง", 1, 0, 0]]
    number = {"protocol": 1, "stores": ["another-store"], "blocks": [["r", "b", "KT1", 900_001, 900_010]],
              "books": [["r", "b", "77", 2570, 1, 50]]}  # fmt: skip
    return {
        "/v1/sync": (token, {**base, "store_id": store, "events": [event(1), event(2)],
                             "leases_wanted": [["r", "KT1", 5]], "books_wanted": [["r", 2570]], "waiting": 1}),
        "/v1/relay": (house["token"], {**base, "store_id": joining["store_id"], "relayed": relayed, "behind": behind,
                                       "leases_wanted": [["r", "KT1", 5]]}),
        "/v1/relay/numbers": (house["token"], number),
        "/v1/enrol": ("", {"protocol": 1, "code": fresh, "store_id": "s", "counter_name": "x", "app_version": "1",
                           "blocks": [["r", "b", "KT1", 800_001, 800_010]], "replaces": ["old"]}),
        "/v1/devices": (token, {"protocol": 1, "do": "revoke", "device": "nobody", "reason": "x"}),
        "/v1/keys": (token, {"protocol": 1, "sign": "ab" * 32, "box": "cd" * 32}),
        "/v1/checkpoint": (token, {"protocol": 1, "store_id": store, "seq": 5, "hash": "ab" * 32, "at": 1,
                                   "previous": "", "signature": "x"}),
    }  # fmt: skip


def spoiled(message: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """The message with one place of it changed."""
    made = copy.deepcopy(message)
    places: list[tuple[Any, Any]] = []

    def walk(node: Any) -> None:
        for key in list(node) if isinstance(node, dict) else range(len(node)):
            places.append((node, key))
            if isinstance(node[key], dict | list):
                walk(node[key])

    walk(made)
    node, key = chance.choice(places)
    turn = chance.random()
    if turn < 0.75:
        node[key] = chance.choice(JUNK)
    elif turn < 0.9:
        del node[key]
    elif isinstance(node, list):
        node.insert(key, chance.choice(JUNK))
    else:
        node[chance.choice(["x", "", "protocol"])] = chance.choice(JUNK)
    return made


@pytest.mark.parametrize("path", ["/v1/sync", "/v1/relay", "/v1/relay/numbers", "/v1/enrol", "/v1/devices", "/v1/keys",
                                  "/v1/checkpoint"])  # fmt: skip
def test_nearly_right_is_refused_in_words_and_changes_nothing(province: Province, path: str) -> None:
    token, good = messages(province)[path]
    database = Database(province.database)

    def state() -> list[Any]:
        with database.read() as connection:
            return [connection.exec_driver_sql(f"SELECT * FROM {name}").fetchall() for name in TABLES]

    try:
        chance = random.Random(path)
        refused = 0
        for _turn in range(TURNS):
            before = state()
            body = json.dumps(spoiled(good, chance), ensure_ascii=True).encode()
            answer = requests.post(
                province.url + path, data=body, headers={"Authorization": f"Bearer {token}"}, timeout=20
            )
            assert answer.status_code < 500, body
            if answer.status_code != 200:
                refused += 1
                assert set(answer.json()) == {"code", "title", "hint"}, body
                assert state() == before, body
        assert refused > TURNS // 4
        whole = json.dumps(good).encode()
        for headers, sent in (({}, whole[: len(whole) // 2]), ({"Content-Encoding": "zstd"}, whole)):
            answer = requests.post(
                province.url + path, data=sent, headers={"Authorization": f"Bearer {token}", **headers}, timeout=20
            )
            assert answer.status_code == 400
        for version in (0, 99, "1", None):
            answer = requests.post(
                province.url + path, json={**good, "protocol": version},
                headers={"Authorization": f"Bearer {token}"}, timeout=20,
            )  # fmt: skip
            assert answer.status_code == 426
    finally:
        database.close()
    may_join_again(province)
    desk = province.desk("หลังจากนั้น")
    number = desk.register(1)[0]
    assert desk.sync().pending == 0
    assert number in province.numbers()


def test_what_belongs_to_others_is_refused(province: Province) -> None:
    """A counter's token at the request of an office's own server, that one's at the counters', and nobody's at all."""
    found = messages(province)
    counters, house = found["/v1/sync"][0], found["/v1/relay"][0]
    for path, token, code in (
        ("/v1/relay", counters, "not_a_relay"),
        ("/v1/relay/numbers", counters, "not_a_relay"),
        ("/v1/sync", house, "store_mismatch"),
        ("/v1/devices", "nonsense", "token_unknown"),
        ("/v1/relay", f"{OFFICE_CODE}.nonsense", "token_unknown"),
    ):
        before = province.rows("SELECT count(*) FROM log")
        answer = requests.post(
            province.url + path, json=found[path][1], headers={"Authorization": f"Bearer {token}"}, timeout=20
        )
        assert answer.json()["code"] == code
        assert province.rows("SELECT count(*) FROM log") == before
