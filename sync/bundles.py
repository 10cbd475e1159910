"""Sync by USB stick at a counter: what waits goes out as a sealed bundle, and the server's answer comes back as one.

A bundle changes nothing here when it is made: its events and files wait until an answer says that the server has them,
over whatever way that comes first. A connected counter of the office sends the bundle of another one on.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from app.domain.errors import Refused, Unavailable
from app.domain.ids import uuid7, uuid_text
from app.services import file_transfer, sending
from app.store.blobs import Blobs
from app.store.engine import Store
from app.store.meta import meta_get, meta_set
from sync import bundle_file, codec, exchange, inbox, outbox
from sync.bundle_file import Head, Keys, Section
from sync.client import MAX_ANSWER, Client
from sync.json_form import Malformed, line, parse, to_text
from sync.link import offices_document, read_link
from sync.protocol import DEFAULT_WINDOW, PROTOCOL, Event, SyncAnswer

MOST_EVENTS, MOST_BYTES = 10_000, 4 * 1024 * 1024
"""Of one request in a bundle."""
SERVER = "server"
REMEMBERED = 200
"""Answers whose ids are kept."""
SIGN, BOX, SERVER_SIGN, SERVER_BOX, KEYS_OF = (
    "bundle_sign", "bundle_box", "bundle_server_sign", "bundle_server_box", "bundle_keys_of",
)  # fmt: skip
TAKEN = "bundles_taken"


@dataclass(frozen=True, slots=True)
class Carried:
    """What a bundle holds, or what of it was new: events, files, and the bytes of the file on the stick."""

    events: int
    files: int
    bytes: int


def know_each_other(store: Store, read_seconds: float = 60.0) -> bool:
    """Give the server this counter's public keys and keep the server's, unless that was done; whether it was needed.

    Done right after enrolment and, for a counter that joined before there were bundles, with its next sync.
    """
    with store.read() as connection:
        link, device = read_link(connection, store.store_id), meta_get(connection, "device_id")
        if meta_get(connection, KEYS_OF) == device:
            return False
        kept = Keys(bytes.fromhex(meta_get(connection, SIGN)), bytes.fromhex(meta_get(connection, BOX)))
    keys = kept if kept.sign else Keys.new()
    sign, box = keys.public()
    asked = {"protocol": PROTOCOL, "sign": sign.hex(), "box": box.hex()}
    with Client(link.url, link.token, read_seconds=read_seconds) as client:
        theirs = client.ask("/v1/keys", to_text(asked).encode(), _public)
    with store.write("sync") as work:
        for key, value in (
            (SIGN, keys.sign.hex()), (BOX, keys.box.hex()), (SERVER_SIGN, theirs[0]), (SERVER_BOX, theirs[1]),
            (KEYS_OF, device),
        ):  # fmt: skip
            meta_set(work.connection, key, value)
    return True


def _public(found: dict[str, Any]) -> tuple[str, str]:
    sign, box = line(found.get("sign"), "sign", 64), line(found.get("box"), "box", 64)
    if len(bytes.fromhex(sign)) != 32 or len(bytes.fromhex(box)) != 32:
        raise Malformed("sign")
    return sign, box


def export(
    store: Store, blobs: Blobs, path: Path, app_version: str, told: Callable[[int, int], object] = lambda *_: None
) -> Carried:
    """Write everything that waits into a file, whole or not at all; `told` hears (pieces done, pieces in all).
    Unavailable "bundle_unwritable" where it does not fit on the stick."""
    turn = exchange.begin(store, 1 << 40)
    batch = turn.batch
    with store.read() as connection:
        keys, box = _keys(connection)
        files = file_transfer.outgoing(connection)
        head = Head("up", str(offices_document(connection)["code"]), meta_get(connection, "device_id"), SERVER,
                    uuid_text(uuid7()))  # fmt: skip
    first = exchange.request_of(store, turn, batch, app_version, DEFAULT_WINDOW)
    sent: list[bytes] = []

    def sections() -> Iterator[Section]:
        parts = _parts(batch)
        done, every = 0, len(parts) + len(files)
        for part in parts:
            told(done := done + 1, every)
            request = replace(first, events=part.events)
            if not part.complete:
                request = replace(request, leases_wanted=(), books_wanted=())
            body, encoding = codec.encode(request.to_bytes(), "zstd")
            echo = {"through": part.through, "skipped": part.skipped, "seqs": [event.seq for event in part.events]}
            yield {"what": "sync", "encoding": encoding, "batch": echo}, body
        for one in files:
            told(done := done + 1, every)
            content = blobs.get(one.sha256)
            if content is not None:
                sent.append(one.sha256)
                yield {"what": "file", "sha256": one.sha256.hex()}, content

    size = _written(path, lambda target: bundle_file.write(target, head, keys, box, sections()))
    with store.write("sync") as work:
        meta_set(work.connection, sending.EXPORTED, f"{work.now_ms} {path.name}")
        work.audit("bundle_exported", head.id, f"{len(batch.events)} {len(sent)}")
        work.changed("sync")
    return Carried(len(batch.events), len(sent), size)


def take_in(
    store: Store, blobs: Blobs, path: Path, apply: inbox.Apply, app_version: str
) -> tuple[Carried, Path | None]:
    """Take in what a stick brings: the server's answer for this counter, or another counter's bundle, which is sent on
    and whose answer is laid beside it (the second value). Doing it again changes nothing."""
    try:
        with path.open("rb") as source:
            head = bundle_file.read_head(source)
            with store.read() as connection:
                office, device = str(offices_document(connection)["code"]), meta_get(connection, "device_id")
            if head.office != office:
                raise Refused("bundle_office", "ไฟล์นี้เป็นของ อปท. อื่น จึงไม่นำเข้า", "เลือกไฟล์ของ อปท. นี้", "file")
            if head.kind == "up":
                return _send_on(store, path, device == head.sender)
            if head.reader != device:
                raise Refused("bundle_not_ours", "ไฟล์ตอบรับนี้เป็นของเคาน์เตอร์อื่น", "นำกลับไปนำเข้าที่เคาน์เตอร์ที่ส่งออก", "file")
            return _answered(store, source, head, path.stat().st_size, apply, app_version), None
    except OSError:
        raise Refused("bundle_unreadable", f"อ่านไฟล์ {path.name} ไม่ได้", "ตรวจชื่อไฟล์และแฟลชไดรฟ์", "file") from None


def _answered(store: Store, source: BinaryIO, head: Head, size: int, apply: inbox.Apply, app_version: str) -> Carried:
    with store.read() as connection:
        keys, _box = _keys(connection)
        signer = bytes.fromhex(meta_get(connection, SERVER_SIGN))
        done = json.loads(meta_get(connection, TAKEN, "[]"))
    sections = bundle_file.read(source, keys, signer)
    if head.id in done:
        return Carried(0, 0, size)
    events = 0
    files: list[bytes] = []
    for what, content in sections:
        if what.get("what") == "sync":
            answer = SyncAnswer.from_json(parse(codec.decode(content, str(what.get("encoding", "")), MAX_ANSWER)))
            batch = _batch(store, what.get("batch"))
            pushed, pulled = exchange.keep(store, batch, answer, apply, app_version, int(what["start"]))
            events += pushed + pulled
        elif what.get("what") == "file" and what.get("taken") is True:
            files.append(bytes.fromhex(str(what["sha256"])))
    with store.write("sync") as work:
        taken = sum(file_transfer.taken(work, sha256) for sha256 in files)
        meta_set(work.connection, TAKEN, json.dumps([*done, head.id][-REMEMBERED:]))
        meta_set(work.connection, sending.ANSWERED, str(work.now_ms))
        work.audit("bundle_imported", head.id, f"{events} {taken}")
    return Carried(events, taken, size)


def _batch(store: Store, echo: Any) -> outbox.Batch:
    """The events that an answer is about, as far as they are not settled yet."""
    if not isinstance(echo, dict):
        return outbox.Batch((), (), 0, True)
    with store.read() as connection:
        waiting = set(outbox.unsettled(connection, store.store_id))
    events = tuple(Event(seq, b"", b"", "", 0, "", "{}") for seq in echo["seqs"] if seq in waiting)
    return outbox.Batch(events, tuple(seq for seq in echo["skipped"] if seq in waiting), int(echo["through"]), True)


def _parts(batch: outbox.Batch) -> list[outbox.Batch]:
    """The batch in pieces that fit in one request each; the last one is complete and has what is skipped."""
    pieces: list[list[Event]] = [[]]
    size = 0
    for event in batch.events:
        size += len(event.payload.encode()) + 100
        if pieces[-1] and (size > MOST_BYTES or len(pieces[-1]) >= MOST_EVENTS):
            pieces.append([])
            size = len(event.payload.encode()) + 100
        pieces[-1].append(event)
    found = [outbox.Batch(tuple(piece), (), piece[-1].seq, False) for piece in pieces[:-1]]
    return [*found, outbox.Batch(tuple(pieces[-1]), batch.skipped, batch.through, True)]


def _send_on(store: Store, path: Path, own: bool) -> tuple[Carried, Path]:
    if own:
        raise Refused("bundle_own", "ไฟล์นี้ส่งออกจากเครื่องนี้เอง", "นำไปนำเข้าที่เครื่องแม่ข่าย หรือเคาน์เตอร์อื่นที่ต่อเครือข่ายได้", "file")
    with store.read() as connection:
        link = read_link(connection, store.store_id)
    with Client(link.url, link.token) as client, path.open("rb") as source:
        events, files, answer = client.carry(source)
    target = path.with_name(f"{path.stem}.ack.lao")
    _written(target, lambda file: file.write(answer))
    return Carried(events, files, path.stat().st_size), target


def _written(path: Path, fill: Any) -> int:
    try:
        return bundle_file.to_file(path, fill)
    except OSError:
        raise Unavailable(
            "bundle_unwritable",
            f"เขียนไฟล์ {path.name} ไม่ได้ แฟลชไดรฟ์เต็มหรือเขียนไม่ได้ ไม่มีข้อมูลใดเปลี่ยน",
            "ใช้แฟลชไดรฟ์ที่ว่างพอ แล้วส่งออกใหม่",
        ) from None


def _keys(connection: Any) -> tuple[Keys, bytes]:
    """(own keys, the server's box key). Refused "bundle_keys" where this counter has not met its server yet."""
    if meta_get(connection, KEYS_OF) != meta_get(connection, "device_id") or not meta_get(connection, KEYS_OF):
        raise Refused(
            "bundle_keys", "เครื่องนี้ยังไม่ได้แลกกุญแจกับเครื่องแม่ข่ายกลาง", "ต่อเครือข่ายแล้วซิงค์หนึ่งครั้งก่อน จึงจะส่งทางแฟลชไดรฟ์ได้"
        )
    keys = Keys(bytes.fromhex(meta_get(connection, SIGN)), bytes.fromhex(meta_get(connection, BOX)))
    return keys, bytes.fromhex(meta_get(connection, SERVER_BOX))
