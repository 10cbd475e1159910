"""Everything that can go wrong between counter and server: clear words for the clerk, and nothing changed by it."""

import gzip
import json
import socket
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests
import zstandard
from sync_support import OFFICE_CODE, VERSION, Desk, Province, Proxy, scripted

from app.catalog.loader import load_builtin
from app.domain.clock import SystemClock
from app.domain.errors import CounterError, Refused, Unavailable
from app.services import replication, setup
from sync import exchange, link
from sync.client import Client, checked_url
from sync.json_form import to_text
from sync.protocol import MAX_BODY, EnrolRequest
from sync.server import admin, device_admin, devices

JSON = b"Content-Type: application/json\r\n"


def answer(status: bytes, body: bytes, headers: bytes = JSON, length: int | None = None) -> Any:
    size = len(body) if length is None else length

    def script(connection: socket.socket, _request: bytes = b"") -> None:
        connection.sendall(
            b"HTTP/1.1 %s\r\n%sConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (status, headers, size, body)
        )

    return script


def silent(connection: socket.socket, _request: bytes) -> None:
    time.sleep(1.5)


def dribble(connection: socket.socket, _request: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{")
    time.sleep(1.5)


ZSTD = JSON + b"Content-Encoding: zstd\r\n"
FRAME = zstandard.ZstdCompressor().compress(b'{"accepted_through":0,"cursor":0,"server_time":0}' * 20)
FAULTS = {
    "500": (answer(b"500 Internal Server Error", b"oops"), "server_error"),
    "503 in its own words": (
        answer(b"503 Busy", '{"code":"server_disk_full","title":"พื้นที่ดิสก์ของเครื่องแม่ข่ายเต็ม","hint":"รอ"}'.encode()),
        "server_error",
    ),
    "HTML": (answer(b"200 OK", b"<html>Please log in</html>", b"Content-Type: text/html\r\n"), "answer_not_ours"),
    "HTML under 403": (answer(b"403 Forbidden", b"<html>proxy</html>"), "answer_not_ours"),
    "redirect": (answer(b"302 Found", b"", b"Location: http://127.0.0.1:9/login\r\n"), "answer_not_ours"),
    "JSON of something else": (answer(b"200 OK", b'{"hello":"world"}'), "answer_not_ours"),
    "a list": (answer(b"200 OK", b"[]"), "answer_not_ours"),
    "half an answer": (answer(b"200 OK", b'{"accepted_through":5,"cur', length=80), "answer_cut"),
    "half a zstd frame": (answer(b"200 OK", FRAME[:-4], ZSTD), "answer_broken"),
    "broken zstd": (answer(b"200 OK", b"not zstd at all", ZSTD), "answer_broken"),
    "unknown encoding": (answer(b"200 OK", b"{}", JSON + b"Content-Encoding: br\r\n"), "answer_not_ours"),
    "nothing for the whole time": (silent, "server_silent"),
    "one byte and then nothing": (dribble, "server_silent"),
    "hung up": (lambda connection, _: None, "connection_cut"),
    "not HTTP": (lambda connection, _: connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n"), "connection_cut"),
    "too many requests": (
        answer(b"429 Too Many", '{"code":"too_many_tries","title":"บ่อยเกินไป","hint":"รอ"}'.encode()),
        "too_many_tries",
    ),
    "token unknown": (
        answer(b"401 Unauthorized", '{"code":"token_unknown","title":"ไม่รู้จัก","hint":"ขอรหัส"}'.encode()),
        "token_unknown",
    ),
    "an acknowledgement of what was never written": (
        answer(b"200 OK", b'{"accepted_through":999999,"cursor":0,"server_time":0}'),
        "store_rolled_back",
    ),
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with Province(tmp_path_factory.mktemp("province")) as province:
        one = province.desk()
        one.register(3)
        yield one


@pytest.mark.parametrize("name", FAULTS)
def test_a_faulty_server_changes_nothing(desk: Desk, name: str) -> None:
    script, code = FAULTS[name]
    with scripted(script) as url:
        desk.move_to(url)
        before = desk.snapshot()
        with pytest.raises(CounterError) as caught:
            desk.sync(read_seconds=0.5)
    assert caught.value.code == code
    assert any("ก" <= letter <= "๙" for letter in caught.value.title) and caught.value.hint
    assert desk.snapshot() == before
    assert desk.meta("last_sync_error") == caught.value.title


def test_server_off_unknown_name_and_wrong_certificate(desk: Desk, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{free.getsockname()[1]}"
    before = desk.snapshot()
    for url, code in ((closed, "server_unreachable"), ("https://server.invalid", "server_name")):
        with pytest.raises(Unavailable) as caught, Client(url, connect_seconds=2) as client:
            client.sync(b"{}")
        assert caught.value.code == code
    with Province(tmp_path) as province:
        url = province.url.replace("http:", "https:")
        with pytest.raises(Unavailable) as caught, Client(url, connect_seconds=2) as client:
            client.sync(b"{}")
    assert caught.value.code == "server_certificate"
    desk.move_to(closed)
    changed = desk.snapshot()
    with pytest.raises(Unavailable):
        desk.sync()
    assert desk.snapshot() == changed
    assert before["event"] == changed["event"]


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://sync.example.go.th", "https_needed"),
        ("http://1.1.1.1:8000", "https_needed"),
        ("ftp://x", "server_url"),
        ("sync.example.go.th", "server_url"),
        ("https://", "server_url"),
    ],
)
def test_addresses_that_are_refused(url: str, code: str) -> None:
    with pytest.raises(Refused) as caught:
        checked_url(url)
    assert caught.value.code == code


def test_addresses_that_are_taken() -> None:
    for url in ("https://sync.example.go.th/", "http://127.0.0.1:8000", "http://192.168.1.5", "http://server:8000"):
        assert checked_url(url) == url.rstrip("/")


def test_a_counter_that_never_joined_says_so(tmp_path: Path) -> None:
    with Province(tmp_path) as province:
        alone = province.desk(alone=True, enrolled=False)
        with pytest.raises(Refused) as caught:
            alone.sync()
        assert caught.value.code == "not_enrolled"


def test_enrol_codes_wrong_expired_used_and_too_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Province(tmp_path) as province:
        first, second = province.desk("1", enrolled=False), province.desk("2", enrolled=False)

        def refused(desk: Desk, code: str) -> str:
            before = desk.snapshot()
            with pytest.raises(CounterError) as caught:
                desk.enrol_with(province.url, code)
            assert desk.snapshot() == before
            return caught.value.code

        code, _ = admin.enrol_code(province.database, OFFICE_CODE)
        stale, _ = admin.enrol_code(province.database, OFFICE_CODE, hours=-0.001)
        assert len(code) == 8 and set(code) <= set(devices.ALPHABET)
        assert refused(first, "AAAAAAAA") == "enrol_code_wrong"
        assert refused(first, stale) == "enrol_code_expired"
        first.enrol_with(province.url, f"{code[:4].lower()}-{code[4:]}")
        assert refused(second, code) == "enrol_code_used"
        held = province.rows("SELECT hash, used_by FROM enrol_code")
        assert all(code.encode() not in row[0] for row in held), "only hashes are kept"
        for _ in range(20):
            last = refused(second, "BBBBBBBB")
        assert last == "too_many_tries"


def test_lost_enrolment_answer_can_be_asked_for_again(tmp_path: Path) -> None:
    with Province(tmp_path) as province, Proxy(province.url) as proxy:
        desk = province.desk(enrolled=False)
        code, _ = admin.enrol_code(province.database, OFFICE_CODE)
        proxy.lose = 1
        with pytest.raises(Unavailable):
            desk.enrol_with(proxy.url, code)
        desk.enrol_with(province.url, code)
        assert len(device_admin.listing(province.database, OFFICE_CODE)) == 1
        assert desk.one("SELECT count(*) FROM number_block WHERE series = 'KT1'") == 1
        assert desk.one("SELECT count(*) FROM receipt_book") == 1
        [report] = admin.numbers_report(province.database, OFFICE_CODE)
        assert report["leased"] == 3000, "no block was lost with the answer"
        desk.register(1)
        assert desk.sync().pushed == 1


def test_revoked_counter_is_told_why_and_keeps_its_data(tmp_path: Path) -> None:
    with Province(tmp_path) as province:
        desk = province.desk()
        desk.register(1)
        device_admin.revoke(province.database, OFFICE_CODE, desk.meta("device_id"), "เครื่องหาย")
        before = desk.snapshot()
        with pytest.raises(Refused) as caught:
            desk.sync()
        assert caught.value.code == "device_revoked" and "เครื่องหาย" in caught.value.title
        after = desk.snapshot()
        kept = before.keys() - {"number_block", "meta"}
        assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
        desk.enrol(province.url, province.database)
        assert desk.sync().pushed == 1


def test_a_token_works_only_for_its_own_store(tmp_path: Path) -> None:
    with Province(tmp_path) as province:
        first, second = province.desk("1"), province.desk("2")
        stolen = first.meta("device_token")
        with second.store.write("test") as work:
            work.run("UPDATE meta SET value = ? WHERE key = 'device_token'", (stolen,))
        with pytest.raises(Refused) as caught:
            second.sync()
        assert caught.value.code == "store_mismatch"


def sync_body(**changes: Any) -> dict[str, Any]:
    return {"protocol": 1, "store_id": "s", "cursor": 0, "revision": 0, "clock": 0, "app_version": "1"} | changes


class Raw:
    """Requests as somebody else might write them."""

    def __init__(self, province: Province) -> None:
        self.province = province
        self.desk = province.desk()
        self.store_id = self.desk.store.store_id
        self.token = self.desk.meta("device_token")

    def post(self, body: bytes, path: str = "/v1/sync", **headers: str) -> requests.Response:
        sent = {"Authorization": f"Bearer {self.token}"} | {k.replace("_", "-"): v for k, v in headers.items()}
        return requests.post(self.province.url + path, data=body, headers=sent, timeout=20)

    def sync(self, **changes: Any) -> requests.Response:
        return self.post(to_text(sync_body(store_id=self.store_id) | changes).encode())


def test_wrong_bodies_are_refused_in_json_and_change_nothing(tmp_path: Path) -> None:
    with Province(tmp_path) as province:
        raw = Raw(province)
        good = to_text(sync_body(store_id=raw.store_id)).encode()
        bomb = zstandard.ZstdCompressor().compress(b" " * (MAX_BODY + 1))
        tables = ("log", "case_file", "device", "number_lease", "enrol_code")
        before = {name: province.rows(f"SELECT * FROM {name}") for name in tables}
        cases = [
            (raw.post(b"{"), 400, "malformed"),
            (raw.post(b"\xff\xfe"), 400, "malformed"),
            (raw.post(b"[]"), 400, "malformed"),
            (raw.post(b"[" * 100_000), 400, "malformed"),
            (raw.sync(protocol=99), 426, "server_too_old"),
            (raw.sync(protocol=0), 426, "program_too_old"),
            (raw.sync(protocol="1"), 426, "program_too_old"),
            (raw.sync(protocol=True), 426, "program_too_old"),
            (raw.sync(cursor=-1), 400, "malformed"),
            (raw.sync(cursor="0"), 400, "malformed"),
            (raw.sync(cursor=1.5), 400, "malformed"),
            (raw.sync(cursor=2**60), 400, "malformed"),
            (raw.sync(cursor=77), 409, "server_rolled_back"),
            (raw.sync(store_id="../x"), 400, "malformed"),
            (raw.sync(store_id="another"), 403, "store_mismatch"),
            (raw.sync(events={}), 400, "malformed"),
            (raw.sync(events=[["x"]]), 400, "malformed"),
            (raw.sync(leases_wanted=[["r", "KT1", 10**9]]), 400, "malformed"),
            (raw.post(good, Authorization="Bearer nonsense"), 401, "token_unknown"),
            (raw.post(good, Authorization=""), 401, "token_unknown"),
            (raw.post(good, Content_Encoding="br"), 415, "encoding_unknown"),
            (raw.post(b"junk", Content_Encoding="zstd"), 400, "body_broken"),
            (raw.post(bomb[:-5], Content_Encoding="zstd"), 400, "body_broken"),
            (raw.post(bomb, Content_Encoding="zstd"), 413, "body_too_large"),
            (raw.post(gzip.compress(b" " * (MAX_BODY + 1)), Content_Encoding="gzip"), 413, "body_too_large"),
            (raw.post(b" " * (MAX_BODY + 1)), 413, "body_too_large"),
            (raw.post(b"{}", "/v1/enrol"), 426, "program_too_old"),
            (raw.post(b'{"protocol":1,"code":5}', "/v1/enrol"), 400, "malformed"),
        ]
        for response, status, code in cases:
            found = response.json()
            assert (response.status_code, found["code"]) == (status, code)
            assert found["title"] and found["hint"]
        assert {name: province.rows(f"SELECT * FROM {name}") for name in tables} == before
        assert raw.sync().status_code == 200
        for packed, encoding in ((gzip.compress(good), "gzip"), (zstandard.ZstdCompressor().compress(good), "zstd")):
            assert raw.post(packed, Content_Encoding=encoding).status_code == 200


def test_answers_are_compressed_as_asked_for(tmp_path: Path) -> None:
    with Province(tmp_path) as province:
        raw = Raw(province)
        other = province.desk("2")
        other.register(20)
        other.sync()
        plain = raw.post(to_text(sync_body(store_id=raw.store_id)).encode(), Accept_Encoding="identity")
        packed = raw.post(to_text(sync_body(store_id=raw.store_id)).encode(), Accept_Encoding="gzip")
        assert "content-encoding" not in plain.headers and len(plain.json()["changes"]) == 20
        assert packed.headers["content-encoding"] == "gzip"
        assert packed.json()["changes"] == plain.json()["changes"]


def test_a_server_without_the_dictionary_is_spoken_to_in_zstd(tmp_path: Path) -> None:
    asked: list[bytes] = []

    def script(connection: socket.socket, request: bytes) -> None:
        asked.append(request)
        if b"lao1\r\n" in request.partition(b"Content-Encoding")[2]:
            body = '{"code":"encoding_unknown","title":"ไม่รู้จัก","hint":"ใช้ zstd"}'.encode()
            answer(b"415 Unsupported", body)(connection)
        else:
            answer(b"200 OK", b'{"accepted_through":0,"cursor":0,"server_time":0}')(connection)

    with scripted(script) as url, Client(url) as client:
        request = to_text(sync_body(events=[[n, "x" * 22] for n in range(50)])).encode()
        client.sync(request)
        client.sync(request)
    assert [b"Content-Encoding: zstd" in one for one in asked] == [False, True, True]


def test_a_newer_server_program_refuses_nothing_it_need_not(tmp_path: Path) -> None:
    """Keys that this version does not know are passed over."""
    with Province(tmp_path) as province:
        assert Raw(province).sync(something_new={"a": 1}).status_code == 200


def test_a_newer_counter_is_told_that_the_server_is_old(tmp_path: Path) -> None:
    with Province(tmp_path) as province, Client(province.url) as client, pytest.raises(Refused) as caught:
        client.enrol(EnrolRequest("AAAAAAAA", "s", "c", VERSION, protocol=99))
    assert caught.value.code == "server_too_old"
    assert "ปรับปรุงเครื่องแม่ข่าย" in caught.value.hint


def test_health_and_description(tmp_path: Path) -> None:
    with Province(tmp_path) as province:
        assert requests.get(f"{province.url}/health", timeout=5).json() == {"status": "ok"}
        described = requests.get(f"{province.url}/openapi.json", timeout=5).json()
        paths = {"/v1/enrol", "/v1/sync", "/v1/files", "/v1/files/{sha256}", "/v1/keys", "/v1/bundle", "/health"}
        paths |= {
            "/v1/checkpoint",
            "/v1/devices",
            "/v1/relay",
            "/v1/relay/numbers",
            "/v1/relay/checkpoints",
            "/health/live",
            "/health/ready",
        }
        assert {path for path in described["paths"] if "thaid" not in path} == paths
        wanted = described["paths"]["/v1/sync"]["post"]["requestBody"]["content"]["application/json"]["schema"]
        assert {"protocol", "store_id", "cursor", "events", "leases_wanted", "clock"} <= set(wanted["properties"])
        assert "http" not in json.dumps(described["paths"])


def test_a_counter_that_is_not_set_up_yet_joins(tmp_path: Path) -> None:
    with Province(tmp_path) as province:
        code, _ = admin.enrol_code(province.database, OFFICE_CODE)
        found = link.ask(province.url + "/", code, "store-x", "เคาน์เตอร์ 9", VERSION)
        assert found.office_code == OFFICE_CODE
        assert [(lease.series, lease.first, lease.last) for lease in found.leases] == [("KT1", 1, 3000)]
        setup.set_up(
            tmp_path / "new",
            link.office_document(found.settings.office),
            load_builtin().values(),
            setup.Administrator("somying", "a long enough password"),
            SystemClock(),
            "กุญแจ",
            counter_name="เคาน์เตอร์ 9",
            store_id="store-x",
            join=lambda work: link.enter(work, province.url + "/", found),
        )
        counter = setup.open_counter(tmp_path / "new", SystemClock(), "กุญแจ")
        try:
            assert not counter.stand_alone and counter.current.revision == found.settings.revision
            result = exchange.sync_once(counter.store, apply=partial(replication.apply, counter), app_version=VERSION)
            assert (result.requests, result.pending) == (1, 0)
        finally:
            counter.close()
        [device] = device_admin.listing(province.database, OFFICE_CODE)
        assert (device["name"], device["store_id"], device["revoked"]) == ("เคาน์เตอร์ 9", "store-x", False)
