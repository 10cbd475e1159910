"""What writes on the central server, and the places and rows that its paths share with those of a counter."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import insert, update

from sync.checkpoint_form import signature, signed_text
from sync.protocol import EnrolRequest, Event, Lease, SyncRequest
from sync.relay_form import PREFIX, RelayedCheckpoint
from sync.server import admin, device_admin, devices, handlers, leases
from sync.server import tables as server_tables
from sync.server.database import Database
from sync.server.relay import checkpoints, restored
from sync.server.thaid import admin as thaid_admin
from sync.server.thaid.settings import Settings as ThaiDSettings
from tests.crash import travel_paths
from tests.crash.moments import Place, State, WritePath, nameless
from tests.integration.sync_support import OFFICE_CODE, VERSION, new_office, office_document, service_documents

NAME = {"title": "นาย", "first_name": "สมชาย", "last_name": "ปิ่นแก้ว", "phone": "0812345678"}
PASSING = {"clock_offset_ms", "last_acknowledged_at", "device_token", "device_id", "last_sync_error_at"}
"""Meta that differs from one run to the next."""


def nothing(_it: Any) -> None:
    return None


def rows(connection: Any, table: Any) -> list[str]:
    """The rows as texts, without what is made anew each time; the server's own clock cannot be set, and its
    revisions are seconds of it."""
    out: tuple[str, ...] = ("password_hash",)
    if table.metadata is server_tables.metadata:
        out = ("_hash", "hash", "id", "device", "at", "revision")
    columns = ", ".join(f'"{column.name}"' for column in table.c if not column.name.endswith(out))
    # as text: every opening has its own engine, which would compile some forty statements anew
    found = connection.exec_driver_sql(f'SELECT {columns} FROM "{table.name}"').fetchall()
    if table.name == "meta":
        found = [row for row in found if row.key not in PASSING]
    return sorted(json.dumps([nameless(value) for value in row], ensure_ascii=False, default=str) for row in found)


def _server_state(folder: Path) -> State:
    database = Database(url_of(folder))
    try:
        with database.read() as connection:
            return {table.name: rows(connection, table) for table in server_tables.metadata.sorted_tables}
    finally:
        database.close()


def url_of(folder: Path) -> str:
    return f"sqlite:///{(folder / 'server.db').as_posix()}"


def _server_check(folder: Path) -> list[str]:
    report = admin.numbers_report(url_of(folder), OFFICE_CODE)
    return [f"{row['series']}: {key}" for row in report for key in ("unexplained", "duplicates") if row[key]]


def _open_server(folder: Path) -> SimpleNamespace:
    database = Database(url_of(folder))
    return SimpleNamespace(url=url_of(folder), database=database, close=database.close)


SERVER = Place(_open_server, _server_state, _server_check)


def fill_server(folder: Path) -> Path:
    folder.mkdir()
    new_office(url_of(folder))
    return folder


def _enrol_at_server(server: SimpleNamespace, code: str) -> None:
    handlers.enrol(server.database, EnrolRequest(code, "00000000-0000-7000-8000-000000000001", "เคาน์เตอร์", VERSION))


def _joined(server: SimpleNamespace) -> tuple[str, str]:
    """The identity of a counter that joined: (its token, its device)."""
    code, _ = admin.enrol_code(server.url, OFFICE_CODE)
    store = "00000000-0000-7000-8000-000000000001"
    answer = handlers.enrol(server.database, EnrolRequest(code, store, "เคาน์เตอร์", VERSION))
    return answer.token, answer.device_id


PAYLOAD = json.dumps({
    "number": "KT1201169000001", "service": "petition", "version": 1, "status": "registered", "subject": "ไฟดับ",
    "division": "works", "due_on": None, "total_satang": None, "phone_last4": "5678",
    "document": {"applicant": {**NAME}, "answers": {"topic": "ไฟดับ"}},
}, ensure_ascii=False)  # fmt: skip


def _take_in(server: SimpleNamespace, joined: tuple[str, str]) -> None:
    event = Event(1, bytes(15) + b"\x01", bytes(15) + b"\x02", "petition_registered", 1, "a", PAYLOAD)
    handlers.sync(server.database, joined[0], SyncRequest(
        store_id="00000000-0000-7000-8000-000000000001", cursor=0, revision=0, app_version=VERSION, clock=1,
        events=(event,), leases_wanted=(), window=65_536,
    ))  # fmt: skip


def _lost(server: SimpleNamespace) -> str:
    _, device = _joined(server)
    device_admin.revoke(server.url, OFFICE_CODE, device, "หาย")
    return device


def _office_again(server: SimpleNamespace, _given: Any) -> None:
    admin.add_office(server.url, office_document(name="เทศบาลเมืองทดสอบใหม่"), service_documents())


def _set_thaid(server: SimpleNamespace, _given: Any) -> None:
    settings = ThaiDSettings("https://idp.example.go.th", "client", "a secret", "https://oss.example.go.th")
    thaid_admin.configure(server.url, settings)


def _behind_a_house(server: SimpleNamespace) -> tuple[str, RelayedCheckpoint]:
    """The token of an office's own server, and a checkpoint of a counter behind it."""
    code, _ = admin.enrol_code(server.url, OFFICE_CODE, relay=True)
    store = PREFIX + "00000000-0000-7000-8000-000000000002"
    answer = handlers.enrol(server.database, EnrolRequest(code, store, "เครื่องแม่ข่ายในสำนักงาน", VERSION))
    key, seq, link = bytes(31) + b"\x01", 7, bytes(32)
    public = Ed25519PrivateKey.from_private_bytes(key).public_key().public_bytes_raw()
    signed = signature(key, signed_text("store-behind", seq, link, 1))
    return answer.token, RelayedCheckpoint(bytes(16), "store-behind", seq, link, 1, 0, b"", public, signed)


def _take_checkpoint(server: SimpleNamespace, given: tuple[str, RelayedCheckpoint]) -> None:
    with server.database.write() as connection:
        checkpoints.take(connection, devices.authenticate(connection, given[0]), [given[1]])


def _house(server: SimpleNamespace) -> None:
    """The server is an office's own one, with numbers in stock, a counter, and something to send on."""
    _joined(server)
    with server.database.write() as connection:
        connection.execute(update(server_tables.office).values(upstream="on"))
        connection.execute(
            insert(server_tables.upstream).values(
                office=OFFICE_CODE, url="http://127.0.0.1", device="d", token="t", store_id=PREFIX + "old", cursor=5
            )
        )
        leases.keep_in_stock(connection, OFFICE_CODE, Lease("r", "b", "KT1", 5_001, 6_000))


def _house_put_back(server: SimpleNamespace) -> None:
    _house(server)
    restored.note(server.database)


def _begin_anew(server: SimpleNamespace, _given: Any) -> None:
    with server.database.write() as connection:
        restored.begin_anew(connection, OFFICE_CODE)


ON_THE_SERVER = [
    WritePath("checkpoint through an office's server", SERVER, _behind_a_house, _take_checkpoint),
    WritePath("office's server found to be an old copy", SERVER, _house, lambda server, _: restored.note(
        server.database)),
    WritePath("office's server begins anew", SERVER, _house_put_back, _begin_anew),
    WritePath("office on the server", SERVER, nothing, _office_again),
    WritePath("one-time code", SERVER, nothing, lambda server, _: admin.enrol_code(server.url, OFFICE_CODE),
              repeats=True),
    WritePath("enrolment on the server", SERVER, lambda server: admin.enrol_code(server.url, OFFICE_CODE)[0],
              _enrol_at_server),
    WritePath("events on the server", SERVER, _joined, _take_in),
    *travel_paths.on_the_server(SERVER, _joined, _take_in),
    WritePath("ThaiD settings", SERVER, nothing, _set_thaid),
    WritePath("ThaiD settings forgotten", SERVER, lambda server: _set_thaid(server, None),
              lambda server, _: thaid_admin.forget(server.url)),
    WritePath("counter shut out", SERVER, _joined, lambda server, joined: device_admin.revoke(
        server.url, OFFICE_CODE, joined[1], "หาย")),
    WritePath("counter replaced", SERVER, _joined, lambda server, joined: device_admin.replace(
        server.url, OFFICE_CODE, joined[1], "เสีย", "admin", give_up=True), repeats=True),
    WritePath("numbers of a lost counter", SERVER, _lost, lambda server, lost: device_admin.give_up_numbers(
        server.url, OFFICE_CODE, lost, "หาย", "admin")),
]  # fmt: skip
