"""What writes when fields are put right and when files travel. See tests.crash.write_paths."""

import hashlib
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from app.domain.ids import uuid7
from app.services import corrections, file_transfer, replication
from app.services.counter import Counter
from sync.protocol import Event, SyncRequest
from sync.server import handlers
from sync.server.files import uploads
from sync.server.files.store import open_store
from tests.crash.moments import Place, WritePath
from tests.integration.sync_support import OFFICE_CODE, VERSION

PHONE = "applicant.phone"
CONTENT = b"the content of a file" * 500
SHA256 = hashlib.sha256(CONTENT).digest()


def at_the_counter(
    place: Place, first: Callable[[Any], Any], by: Callable[..., Any], attach: Callable[..., Any]
) -> list[WritePath]:
    """first: finds a case; by: makes an act of the administrator; attach: adds a file to a case."""

    def conflict(counter: Counter) -> str:
        number = str(first(counter))
        by(lambda counter, actor, _: corrections.correct(counter, actor, number, {PHONE: "0811111111"}))(counter, None)
        with counter.store.write("sync") as work:
            record = work.run("SELECT id FROM cases WHERE number = ?", (number,)).scalar_one()
            replication.apply(counter, work, {
                "id": uuid7(), "record": record, "kind": "case_corrected", "at": 1, "by": "b", "origin": "another",
                "payload": {"fields": {PHONE: {"value": "0822222222", "base": ""}}}, "placed": 1,
            })  # fmt: skip
        return number

    def attached(counter: Counter) -> bytes:
        by(attach)(counter, first(counter))
        with counter.store.read() as connection:
            return file_transfer.outgoing(connection)[0].sha256

    def taken(counter: Counter, sha256: bytes) -> None:
        with counter.store.write("sync") as work:
            file_transfer.taken(work, sha256)

    return [
        WritePath("fields put right", place, first, by(lambda counter, actor, case: corrections.correct(
            counter, actor, case, {PHONE: "0811111111", "external_number": "A-1"}))),
        WritePath("conflict settled", place, conflict, by(lambda counter, actor, case: corrections.choose(
            counter, actor, case, PHONE, 2))),
        WritePath("file taken", place, attached, taken),
    ]  # fmt: skip


def on_the_server(place: Place, joined: Callable[[Any], Any], take_in: Callable[..., Any]) -> list[WritePath]:
    """joined: makes a counter join; take_in: sends its first registration."""

    def named(server: SimpleNamespace) -> Any:
        """The event of a file is here, and the key of the store is made."""
        identity = joined(server)
        take_in(server, identity)
        payload = {"id": "01" * 16, "name": "a.png", "format": "png", "sha256": SHA256.hex(), "size": len(CONTENT)}
        event = Event(2, bytes(15) + b"\x03", bytes(15) + b"\x02", "attachment_added", 1, "a", json.dumps(payload))
        handlers.sync(server.database, identity[0], SyncRequest(
            store_id="00000000-0000-7000-8000-000000000001", cursor=0, revision=0, app_version=VERSION, clock=1,
            events=(event,),
        ))  # fmt: skip
        open_store(server.database)
        return identity

    def part(server: SimpleNamespace, _given: Any) -> None:
        uploads.append(server.database, OFFICE_CODE, SHA256, 0, CONTENT[:4_000])

    def parts(server: SimpleNamespace) -> None:
        named(server)
        part(server, None)
        uploads.append(server.database, OFFICE_CODE, SHA256, 4_000, CONTENT[4_000:])

    return [
        WritePath("part of a file on the server", place, named, part),
        WritePath("whole file on the server", place, parts, lambda server, _: uploads.settle(
            server.database, open_store(server.database), OFFICE_CODE, SHA256)),
    ]  # fmt: skip
