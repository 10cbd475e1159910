"""Bundles on the server: keys of the counters, taking what a stick brings, and the answer that it carries back.

A bundle is taken by the very functions that take a sync and a file, so that it may come twice, or after the same
events came over a line: it changes nothing more.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

from sqlalchemy import Connection, Row, func, select, update

from app.domain.errors import Refused
from app.domain.ids import uuid7, uuid_text
from sync import bundle_file, codec
from sync.bundle_file import Head, Keys, Section
from sync.json_form import Malformed, parse
from sync.protocol import MAX_BODY, SyncAnswer, SyncRequest
from sync.server import devices, handlers, tables
from sync.server.database import Database, insert_new
from sync.server.faults import Denied
from sync.server.files import uploads
from sync.server.files.store import FileStore
from sync.server.own_secrets import secret_of

SERVER = "server"
MOST_ROUNDS = 200
"""Answers in one acknowledgement: about 200 MB of changes."""


@dataclass(slots=True)
class Taken:
    """What a bundle brought that was new: events and files."""

    events: int = 0
    files: int = 0


def server_keys(database: Database) -> Keys:
    """The server's own."""
    made = Keys.new()
    sign = secret_of(database, "bundle-sign", lambda: made.sign)
    return Keys(sign, secret_of(database, "bundle-box", lambda: made.box))


def exchange_keys(database: Database, token: str, message: Mapping[str, Any]) -> dict[str, str]:
    """Keep a counter's public keys; returns the server's. Doing it again changes nothing, new keys replace old ones."""
    keys = {name: _key(message, name) for name in ("sign", "box")}
    table = tables.device_key
    with database.write() as connection:
        device = devices.authenticate(connection, token)
        if not insert_new(connection, table, office=device.office, device=device.id, **keys):
            mine = (table.c.office == device.office, table.c.device == device.id)
            connection.execute(update(table).where(*mine).values(**keys))
    sign, box = server_keys(database).public()
    return {"sign": sign.hex(), "box": box.hex()}


def _key(message: Mapping[str, Any], name: str) -> bytes:
    text = message.get(name)
    try:
        found = bytes.fromhex(text) if isinstance(text, str) else b""
    except ValueError:
        found = b""
    if len(found) != 32:
        raise Malformed(name)
    return found


def take(database: Database, store: FileStore, source: BinaryIO, target: BinaryIO, carrier: str = "") -> Taken:
    """Take a counter's bundle and write the answer to `target`. carrier: office of the counter that sends it on.

    Refused where it is not for this server, of a counter that is not known, cut, damaged, or of another office.
    """
    head = bundle_file.read_head(source)
    if head.kind != "up" or head.reader != SERVER:
        raise Refused("bundle_other_way", "ไฟล์นี้เป็นไฟล์ตอบรับสำหรับเคาน์เตอร์", "นำกลับไปนำเข้าที่เคาน์เตอร์ที่ส่งออก", "file")
    if carrier and head.office != carrier:
        raise Denied(403, "bundle_office", "ไฟล์นี้เป็นของ อปท. อื่น จึงไม่รับ", "นำไฟล์ไปที่เครื่องของ อปท. ที่ส่งออก")
    with database.read() as connection:
        device, keys = _maker(connection, head)
    devices.not_revoked(device)
    own, taken = server_keys(database), Taken()
    sections = bundle_file.read(source, own, keys.sign)
    answers = list(_answered(database, store, device, sections, taken))
    back = Head("ack", head.office, SERVER, head.sender, uuid_text(uuid7()))
    bundle_file.write(target, back, own, keys.box, answers)
    return taken


def _maker(connection: Connection, head: Head) -> tuple[Row[Any], Row[Any]]:
    """(the device that made a bundle, its public keys)."""
    device = devices.of_office(connection, head.office, head.sender)
    table = tables.device_key
    mine = select(table).where(table.c.office == head.office, table.c.device == head.sender)
    keys = connection.execute(mine).first() if device is not None else None
    if device is None or keys is None:
        raise Denied(
            403, "bundle_office", "เครื่องแม่ข่ายนี้ไม่รู้จักเคาน์เตอร์ที่ส่งออกไฟล์นี้", "ตรวจว่าเป็นไฟล์ของ อปท. ที่อยู่บนเครื่องแม่ข่ายนี้"
        )
    return device, keys


def _answered(
    database: Database, store: FileStore, device: Row[Any], sections: Iterator[Section], taken: Taken
) -> Iterator[Section]:
    """The sections of the answer to those of the bundle, in the same order."""
    cursor: int | None = None
    more = False
    last: SyncRequest | None = None
    before = _events_of(database, device)
    for what, content in sections:
        if what.get("what") == "sync":
            request = SyncRequest.from_json(parse(_unfolded(content, str(what.get("encoding", "")))))
            handlers.check_protocol(request.protocol)
            cursor = request.cursor if cursor is None else cursor
            answer = handlers.sync_of(database, _same(device), replace(request, cursor=cursor))
            yield _answer(answer, cursor, what)
            cursor, last = answer.cursor, replace(request, events=(), leases_wanted=(), books_wanted=())
            more = answer.more
        elif what.get("what") == "file":
            yield (
                {
                    "what": "file",
                    "sha256": what.get("sha256", ""),
                    "taken": _take_file(database, store, device, what, content, taken),
                },
                b"",
            )
    rounds = 0
    while last is not None and cursor is not None and more and rounds < MOST_ROUNDS:
        rounds += 1
        answer = handlers.sync_of(database, _same(device), replace(last, cursor=cursor))
        yield _answer(answer, cursor, {})
        cursor, more = answer.cursor, answer.more and answer.cursor > cursor
    taken.events = _events_of(database, device) - before


def _unfolded(content: bytes, encoding: str) -> bytes:
    try:
        return codec.decode(content, encoding, MAX_BODY)
    except (codec.BrokenBodyError, codec.BodyTooLargeError, codec.UnknownEncodingError):
        raise Refused("bundle_damaged", "ไฟล์นี้เสียหายหรือถูกแก้ไข", "ส่งออกใหม่ที่เคาน์เตอร์ แล้วนำเข้าอีกครั้ง", "file") from None


def _same(device: Row[Any]) -> handlers.Find:
    """Finds the device anew inside each transaction: it may have been revoked meanwhile."""

    def find(connection: Connection) -> Row[Any]:
        found = devices.of_office(connection, device.office, device.id)
        assert found is not None
        return devices.not_revoked(found)

    return find


def _answer(answer: SyncAnswer, start: int, what: Mapping[str, Any]) -> Section:
    body, encoding = codec.encode(answer.to_bytes(), "zstd")
    return {"what": "sync", "start": start, "batch": what.get("batch"), "encoding": encoding}, body


def _take_file(
    database: Database, store: FileStore, device: Row[Any], what: Mapping[str, Any], content: bytes, taken: Taken
) -> bool:
    """Whether the server has the file now."""
    sha256 = hashlib.sha256(content).digest()
    try:
        with database.read() as connection:
            found = uploads.entry(connection, device.office, sha256)
        if not found.whole:
            uploads.whole(database, store, device.office, sha256, content)
            taken.files += 1
    except Refused:
        return False
    return sha256.hex() == what.get("sha256")


def _events_of(database: Database, device: Row[Any]) -> int:
    log = tables.log
    asked = select(func.count()).where(log.c.office == device.office, log.c.store_id == device.store_id)
    with database.read() as connection:
        return int(connection.execute(asked).scalar_one())
