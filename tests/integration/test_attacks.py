"""Who has a token, an old one or somebody else's, and means ill: refused in words, nothing changed, others work on."""

import gzip
import io
import json
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import zstandard

from app.domain import grants
from app.domain.errors import Refused
from app.domain.ids import uuid7, uuid_text
from sync import bundle_file, bundles
from sync.bundle_file import Head, Keys
from sync.json_form import pack_id
from sync.protocol import MAX_BODY
from sync.relay_form import CHECKPOINTS_PATH, NUMBERS_PATH, PATH, PREFIX
from sync.server import admin, app, device_admin, devices
from sync.server import bundles as taking
from sync.server import tables as server_tables
from sync.server.database import Database
from sync.server.device_limits import DeviceLimits
from sync.server.files.store import open_store
from tests.integration.server_databases import BOTH, database_of
from tests.integration.sync_support import OFFICE_CODE, VERSION, Desk, Province, new_office
from tests.integration.test_files_travel import attach, photo

OTHER = "04830204"
MESSAGES = ("/v1/sync", "/v1/enrol", "/v1/keys", "/v1/checkpoint", "/v1/devices", PATH, NUMBERS_PATH, CHECKPOINTS_PATH)
CAME = ("seen_at", "settled_through", "app_version", "waiting", "resting")
"""What a device has said of itself, which changes whenever it speaks."""


@pytest.fixture
def province(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Province]:
    with Province(tmp_path, database_of(request)) as place:
        yield place


def state(province: Province) -> dict[str, list[Any]]:
    """Everything that the server keeps, but for limits and what devices said of themselves."""
    database = Database(province.database)
    try:
        with database.read() as connection:
            return {
                table.name: sorted(
                    map(repr, connection.execute(table.select().with_only_columns(
                        *(column for column in table.c if table.name != "device" or column.name not in CAME)
                    )).fetchall())
                )
                for table in server_tables.metadata.sorted_tables
                if table.name != "allowance"
            }  # fmt: skip
    finally:
        database.close()


def token_of_another_office(province: Province) -> str:
    new_office(province.database, code=OTHER, letters="KR", name="เทศบาลอื่น")
    database = Database(province.database)
    with database.write() as connection:
        _, token = devices.enter(connection, OTHER, "0190a0a0-0000-7000-8000-000000000001", "อื่น", VERSION)
    database.close()
    return token


def ask(province: Province, method: str, path: str, token: str, body: Any = b"", **headers: str) -> requests.Response:
    sent = {"Authorization": f"Bearer {token}"} | {key.replace("_", "-"): value for key, value in headers.items()}
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return requests.request(method, province.url + path, data=data, headers=sent, timeout=30)


def is_told(answer: requests.Response, status: int, code: str) -> str:
    """The words that came with a refusal, which say what to do."""
    said = answer.json()
    assert (answer.status_code, said["code"]) == (status, code)
    assert said["hint"] and any("ก" <= letter <= "๛" for letter in said["title"] + said["hint"])
    return str(said["title"])


@BOTH
def test_a_revoked_counter_is_refused_at_every_door(province: Province) -> None:
    desk = province.desk("หาย")
    attach(desk, file := photo(3_000))
    desk.sync()
    token = desk.meta("device_token")
    device_admin.revoke(province.database, OFFICE_CODE, desk.meta("device_id"), "เครื่องถูกขโมย")
    before = state(province)
    message = {"protocol": 1, "store_id": desk.store.store_id, "cursor": 0, "revision": 0, "clock": 0}
    for path in (one for one in MESSAGES if one != "/v1/enrol"):
        assert "เครื่องถูกขโมย" in is_told(ask(province, "POST", path, token, message), 403, "device_revoked")
    is_told(ask(province, "POST", "/v1/bundle", token, b"x"), 403, "device_revoked")
    of_file = f"/v1/files/{file_name(file.content)}"
    tus = {"Tus_Resumable": "1.0.0", "Upload_Offset": "0", "Content_Type": "application/offset+octet-stream"}
    is_told(ask(province, "GET", of_file, token), 403, "device_revoked")
    is_told(ask(province, "PATCH", of_file, token, file.content, **tus), 403, "device_revoked")
    is_told(ask(province, "POST", "/v1/files", token, **tus), 403, "device_revoked")
    assert ask(province, "HEAD", of_file, token, **tus).status_code == 403
    assert state(province) == before


def file_name(content: bytes) -> str:
    import hashlib

    return hashlib.sha256(content).hexdigest()


@BOTH
def test_bombs_and_stumps_at_every_door(province: Province) -> None:
    desk = province.desk()
    token, before = desk.meta("device_token"), state(province)
    house, _ = admin.enrol_code(province.database, OFFICE_CODE, relay=True)
    joining = {"protocol": 1, "code": house, "store_id": PREFIX + uuid_text(uuid7()), "counter_name": "x"}
    of_house = ask(province, "POST", "/v1/enrol", "", joining).json()["token"]
    before = state(province)
    large = b" " * (MAX_BODY + 1)
    bombs = {"zstd": zstandard.ZstdCompressor().compress(large), "gzip": gzip.compress(large, 1)}
    for path in MESSAGES:
        mine = of_house if path in (PATH, NUMBERS_PATH, CHECKPOINTS_PATH) else token
        for encoding, bomb in bombs.items():
            is_told(ask(province, "POST", path, mine, bomb, Content_Encoding=encoding), 413, "body_too_large")
            is_told(ask(province, "POST", path, mine, bomb[:-9], Content_Encoding=encoding), 400, "body_broken")
        is_told(ask(province, "POST", path, mine, b"x", Content_Encoding="br"), 415, "encoding_unknown")
        for protocol, code in ((0, "program_too_old"), (99, "server_too_old"), ("1", "program_too_old")):
            is_told(ask(province, "POST", path, mine, {"protocol": protocol}), 426, code)
    assert state(province) == before
    desk.register()
    assert desk.sync().pending == 0


@BOTH
def test_files_by_wrong_names_places_and_lengths(province: Province) -> None:
    desk, foreign = province.desk(), token_of_another_office(province)
    attach(desk, file := photo(4_000))
    desk.sync()
    token, name = desk.meta("device_token"), file_name(file.content)
    tus = {"Tus_Resumable": "1.0.0", "Upload_Offset": "0", "Content_Type": "application/offset+octet-stream"}
    assert ask(province, "PATCH", f"/v1/files/{name}", token, file.content[:100], **tus).status_code == 204
    before = state(province)

    for wrong in ("..%2F..%2Fserver.db.key", "%2e%2e%2fserver.db", "..", "%00", "C:%5Cserver.db"):
        found = ask(province, "GET", f"/v1/files/{wrong}", token)
        assert found.status_code in (404, 405) and b"SQLite" not in found.content
    for wrong in ("z" * 64, "%E0%B9%90" * 64, f"{name[:-1]}%20", name[:-2], "0" * 64, f"{name}00"):
        is_told(ask(province, "GET", f"/v1/files/{wrong}", token), 404, "file_unknown")
        is_told(ask(province, "PATCH", f"/v1/files/{wrong}", token, b"x", **tus), 404, "file_unknown")
    for path in ("../../etc/passwd", "\0", "ก" * 64, name + "/.."):
        metadata = f"sha256 {b64encode(path.encode()).decode()}"
        answer = ask(province, "POST", "/v1/files", token, Upload_Metadata=metadata, Upload_Length="4000", **tus)
        is_told(answer, 404, "file_unknown")
    metadata = f"sha256 {b64encode(name.encode()).decode()}"
    for length, code in (("3999", "file_size"), ("-1", "file_offset"), ("4e3", "file_offset"), ("", "file_offset")):
        answer = ask(province, "POST", "/v1/files", token, Upload_Metadata=metadata, Upload_Length=length, **tus)
        is_told(answer, 400, code)
    for offset, status in (("-1", 400), ("0x64", 400), ("", 400), ("9" * 13, 400), ("99", 409), ("4000", 409)):
        answer = ask(province, "PATCH", f"/v1/files/{name}", token, b"x", **tus | {"Upload_Offset": offset})
        is_told(answer, status, "file_offset")
    long = file.content[100:] + b"more"
    answer = ask(province, "PATCH", f"/v1/files/{name}", token, long, **tus | {"Upload_Offset": "100"})
    is_told(answer, 413, "file_too_long")
    for method in ("GET", "PATCH"):
        is_told(ask(province, method, f"/v1/files/{name}", foreign, b"x", **tus), 404, "file_unknown")
        is_told(ask(province, method, f"/v1/files/{name}", "", b"x", **tus), 401, "token_unknown")
    assert state(province) == before
    # the right bytes of the right counter go on where they were
    rest = ask(province, "PATCH", f"/v1/files/{name}", token, file.content[100:], **tus | {"Upload_Offset": "100"})
    assert rest.status_code == 204
    assert ask(province, "GET", f"/v1/files/{name}", token).content == file.content


def event(seq: int, kind: str, payload: dict[str, Any], by: str = "somying", record: bytes = b"") -> list[Any]:
    return [seq, pack_id(uuid7()), pack_id(record or uuid7()), kind, 1, by, payload]


def account(username: str, **document: Any) -> tuple[dict[str, Any], bytes]:
    payload = {"kind": grants.ACCOUNT, "key": username, "revision": 1, "change": uuid7().hex(), "document": document}
    return payload, grants.record_of(grants.ACCOUNT, username)


@BOTH
def test_events_that_their_sender_has_no_right_to(province: Province) -> None:
    desk, other = province.desk("ผู้ร้าย"), province.desk("ผู้ถูกแกล้ง")
    number = other.register()[0]
    other.sync()
    foreign = token_of_another_office(province)
    its_device = other.meta("device_id")
    its_run = province.rows(f"SELECT max(last) FROM number_lease WHERE device = '{its_device}' AND series = 'KT1'")[0][
        0
    ]
    records = {row[0]: bytes(row[1]) for row in province.rows("SELECT number, record FROM case_file")}
    token, store = desk.meta("device_token"), desk.store.store_id
    chief, clerk, gone = (f"{OFFICE_CODE}{name}" for name in ("admin01", "user01", "admin02"))
    base = {"protocol": 1, "store_id": store, "cursor": 0, "revision": 0, "clock": 0, "app_version": "1"}
    first = [
        event(1, "office_record_changed", *_by(account(chief, role="admin", root=True, active=True), "setup")),
        event(2, "office_record_changed", *_by(account(clerk, role="user", active=True), chief)),
        event(3, "office_record_changed", *_by(account(gone, role="admin", active=False), chief)),
    ]
    assert ask(province, "POST", "/v1/sync", token, {**base, "events": first}).json().get("rejected", []) == []
    before = state(province)
    order = {"kind": "appointment_order", "key": "x", "revision": 1, "change": "x", "document": {"persons": [clerk]}}
    settings = {"changes": [{"key": "phone", "value": "1669"}]}
    receipt = {"receipt": uuid7().hex(), "fiscal_year": 2570, "book": "1", "no": 1, "total_satang": 100}
    wrong = [
        ("right_needed", "office_record_changed", *_by(account(clerk, role="admin", active=True), clerk)),
        ("right_needed", "office_record_changed", *_by(account("04830203user77", role="user", active=True), gone)),
        ("payload", "office_record_changed", account(clerk, role="user")[0], chief, b""),
        ("payload", "office_record_changed", *_by(account(clerk, role="god"), chief)),
        ("right_needed", "office_record_changed", order, clerk, b""),
        ("right_needed", "office_record_changed", order, gone, b""),
        ("right_needed", "office_changed", settings, clerk, b""),
        ("destruction_unapproved", "case_destroyed", {"listed_by": chief, "approved_by": chief}, chief, b""),
        ("citizens_only", "withdrawn_by_citizen", {"reason": "x"}, chief, records[number]),
        ("office_mismatch", "note_added", {"office_code": OTHER, "note": "x"}, chief, b""),
        ("number_not_leased", "petition_registered", {"number": number, "service": "petition"}, chief, b""),
        ("number_not_leased", "number_voided", {"series": "KT1", "run": its_run, "reason": "x"}, chief, b""),
        ("case_unknown", "status_changed", {"from": "registered", "to": "received"}, chief, uuid7()),
        ("receipt_not_leased", "receipt_issued", receipt, chief, records[number]),
        ("payload", "receipt_issued", {**receipt, "no": 2**70}, chief, records[number]),
        ("payload", "receipt_issued", {**receipt, "fiscal_year": 2**70}, chief, records[number]),
        ("payload", "receipt_book_entered", {"fiscal_year": 2570, "book": "9", "first": 1, "last": 2**70}, chief, b""),
        ("file_unknown", "attachment_added", {"sha256": "../../etc/passwd", "size": 1}, chief, records[number]),
    ]
    bad = [event(10 + n, kind, payload, by, record) for n, (_, kind, payload, by, record) in enumerate(wrong)]
    for again in (bad, list(reversed(bad)), bad + bad):
        answer = ask(province, "POST", "/v1/sync", token, {**base, "events": again}).json()
        told = {rejected[0]: rejected[1:] for rejected in answer["rejected"]}
        for number_, (code, kind, *_rest) in enumerate(wrong):
            assert told[10 + number_][0] in (code, "waits_for_earlier"), (kind, told[10 + number_])
            assert told[10 + number_][1]
        assert state(province) == before
        if again is bad:
            firsts = {one[-1]: number for number, one in reversed(list(enumerate(wrong))) if one[-1]}
            alone = [number for number, one in enumerate(wrong) if not one[-1] or firsts[one[-1]] == number]
            assert [told[10 + number][0] for number in alone] == [wrong[number][0] for number in alone]
    # the same step at the case of another office
    elsewhere = {**base, "store_id": "0190a0a0-0000-7000-8000-000000000001"}
    step = event(1, "status_changed", {"from": "registered", "to": "received"}, "x", records[number])
    answer = ask(province, "POST", "/v1/sync", foreign, {**elsewhere, "events": [step]}).json()
    assert [rejected[1] for rejected in answer["rejected"]] == ["case_unknown"]
    assert state(province) == before
    other.step(number, "received")
    assert other.sync().pending == 0
    assert province.rows("SELECT status FROM case_file") == [("received",)]


def _by(made: tuple[dict[str, Any], bytes], by: str) -> tuple[dict[str, Any], str, bytes]:
    return made[0], by, made[1]


@BOTH
def test_what_no_column_holds_harms_only_itself(province: Province) -> None:
    """Two books by one name of theirs, which the database refuses only when the whole batch is written."""
    desk = province.desk()
    token, record = desk.meta("device_token"), uuid7()
    base = {"protocol": 1, "store_id": desk.store.store_id, "cursor": 0, "revision": 0, "clock": 0, "app_version": "1"}
    book = {"fiscal_year": 2570, "first": 1, "last": 50}
    events = [
        event(901, "note_added", {"note": "before"}),
        event(902, "receipt_book_entered", {**book, "book": "A"}, record=record),
        event(903, "receipt_book_entered", {**book, "book": "B"}, record=record),
        event(904, "note_added", {"note": "of the same record"}, record=record),
        event(905, "note_added", {"note": "after"}),
    ]
    for _ in range(2):
        answer = ask(province, "POST", "/v1/sync", token, {**base, "events": events}).json()
        assert [row[:2] for row in answer["rejected"]] == [[903, "server_fault"], [904, "waits_for_earlier"]]
        assert [row[0] for row in province.rows("SELECT seq FROM log ORDER BY office_seq")] == [901, 902, 905]
        assert province.rows("SELECT book FROM receipt_book WHERE book IN ('A', 'B')") == [("A",)]
    house, _ = admin.enrol_code(province.database, OFFICE_CODE, relay=True)
    joining = {"protocol": 1, "code": house, "store_id": PREFIX + uuid_text(uuid7()), "counter_name": "x"}
    relay = ask(province, "POST", "/v1/enrol", "", joining).json()["token"]
    for one in events:
        one[1] = pack_id(uuid7())
        one[6] = {**one[6], "book": f"{one[6].get('book')}2"}
    relayed = [["store-behind", *one] for one in events]
    message = {**base, "store_id": joining["store_id"], "relayed": relayed}
    answer = ask(province, "POST", PATH, relay, message).json()
    assert [row[1:3] for row in answer["refused"]] == [[903, "server_fault"], [904, "waits_for_earlier"]]
    assert len(province.rows("SELECT 1 FROM log WHERE store_id = 'store-behind'")) == 3


def sealed(desk: Desk, sections: list[Any]) -> io.BytesIO:
    """A bundle that a counter really signed."""
    keys = Keys(bytes.fromhex(desk.meta(bundles.SIGN)), bytes.fromhex(desk.meta(bundles.BOX)))
    head = Head("up", OFFICE_CODE, desk.meta("device_id"), "server", uuid_text(uuid7()))
    target = io.BytesIO()
    bundle_file.write(target, head, keys, bytes.fromhex(desk.meta(bundles.SERVER_BOX)), sections)
    target.seek(0)
    return target


def test_a_bundle_of_a_counter_that_means_ill(province: Province) -> None:
    desk = province.desk()
    desk.sync()
    bundles.know_each_other(desk.store)
    before = state(province)
    database = Database(province.database)
    store = open_store(database)
    bomb = zstandard.ZstdCompressor().compress(b" " * (MAX_BODY + 1))
    other = {"protocol": 1, "store_id": "another", "cursor": 0, "revision": 0, "clock": 0, "app_version": "1"}
    wrong = [
        ({"what": "sync", "encoding": "zstd"}, bomb), ({"what": "sync", "encoding": "zstd"}, bomb[:-3]),
        ({"what": "sync", "encoding": "br"}, b"x"), ({"what": "sync"}, b"[]"), ({"what": "sync"}, b'{"protocol": 99}'),
        ({"what": "sync"}, json.dumps({**other, "protocol": 0}).encode()),
        ({"what": "sync"}, json.dumps({**other, "protocol": 99}).encode()),
        ({"what": "sync"}, json.dumps(other).encode()),
    ]  # fmt: skip
    before = state(province)
    for section in wrong:
        target = io.BytesIO()
        with pytest.raises(Refused) as refused:
            taking.take(database, store, sealed(desk, [section]), target)
        assert refused.value.hint and not target.getvalue()
    # a file that no event names is not kept
    target = io.BytesIO()
    taken = taking.take(database, store, sealed(desk, [({"what": "file", "sha256": "../x"}, b"anything")]), target)
    assert (taken.events, taken.files) == (0, 0)
    database.close()
    assert state(province) == before


def test_a_code_for_a_counter_takes_nothing_from_an_offices_own_server(province: Province) -> None:
    house, _ = admin.enrol_code(province.database, OFFICE_CODE, relay=True)
    name = PREFIX + uuid_text(uuid7())
    joining = {"protocol": 1, "code": house, "store_id": name, "counter_name": "x"}
    assert ask(province, "POST", "/v1/enrol", "", joining).status_code == 200
    code, _ = admin.enrol_code(province.database, OFFICE_CODE)
    before = state(province)
    taking_over = {"protocol": 1, "code": code, "store_id": uuid_text(uuid7()), "counter_name": "y", "replaces": [name]}
    is_told(ask(province, "POST", "/v1/enrol", "", taking_over), 403, "enrol_code_kind")
    assert state(province) == before


def test_every_request_of_a_counter_counts(province: Province) -> None:
    """Not only the sync: who asks too often for anything waits, and is told so."""
    desk = province.desk()
    token = desk.meta("device_token")
    for path in ("/v1/keys", "/v1/checkpoint", "/v1/devices", "/v1/bundle"):
        with app.background(province.database, limits=DeviceLimits(requests_per_minute=20)) as url:
            statuses = [
                requests.post(url + path, data=b"{}", headers={"Authorization": f"Bearer {token}"}, timeout=30)
                for _ in range(30)
            ]
        database = Database(province.database)
        with database.write() as connection:
            connection.exec_driver_sql("DELETE FROM allowance")
        database.close()
        assert statuses[0].status_code != 429
        is_told(statuses[-1], 429, "too_many_requests")
