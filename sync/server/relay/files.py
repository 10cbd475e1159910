"""Files on an office's own server: on to the central one, smallest first, and through from there when one is opened."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, select, update

from app.domain.errors import CounterError, Refused, Unavailable
from sync.client import READ_SECONDS
from sync.file_line import FileLine
from sync.server import tables
from sync.server.database import Database
from sync.server.faults import Denied
from sync.server.relay import link

if TYPE_CHECKING:
    from sync.server.relay.loop import Relay

STOPPED = frozenset({"token_unknown", "device_revoked", "tus_version"})
"""Refusals that are not about one file."""
waiting, content = tables.relay_file, tables.case_content


def send(relay: "Relay", stop: Callable[[], bool]) -> int:
    """Send what is whole here, until all is there, `stop`, or the first fault of the line, which is raised."""
    at, sent = relay.link(), 0
    with relay.database.read() as connection:
        rows = connection.execute(
            select(waiting.c.sha256, waiting.c.size)
            .join(content, (content.c.office == waiting.c.office) & (content.c.sha256 == waiting.c.sha256))
            .where(waiting.c.office == at.office, content.c.received_at.is_not(None))
            .order_by(waiting.c.size, waiting.c.at)
            .limit(1_000)
        ).fetchall()
    if rows:
        with _line(relay, at) as line:
            for row in rows:
                if stop():
                    break
                sent += _send_one(relay, line, at.office, bytes(row.sha256), row.size, stop)
    return sent


def _line(relay: "Relay", at: Any) -> FileLine:
    return FileLine(at.url, at.token, connect_seconds=relay.connect_seconds, read_seconds=relay.read_seconds)


def _send_one(relay: "Relay", line: FileLine, office: str, sha256: bytes, size: int, stop: Callable[[], bool]) -> bool:
    mine = (waiting.c.office == office, waiting.c.sha256 == sha256)
    try:
        offset = line.offset(sha256)
        while offset < size:
            found = relay.store.get(office, sha256)
            if found is None:
                raise Refused("file_missing", "ไฟล์นี้ไม่อยู่ในเครื่องแม่ข่ายในสำนักงานแล้ว", "กู้คืนจากไฟล์สำรอง")
            offset = line.send(sha256, found, offset, stop)
            if offset < size and stop():
                return False
    except CounterError as error:
        if error.code in STOPPED or isinstance(error, Unavailable):
            raise
        with relay.database.write() as connection:
            connection.execute(update(waiting).where(*mine).values(reason=error.title[:300]))
        return False
    with relay.database.write() as connection:
        connection.execute(delete(waiting).where(*mine))
    return True


def count(connection: Any, office: str) -> tuple[int, int]:
    """(files that the central server has not got, their bytes)."""
    asked = select(func.count(), func.coalesce(func.sum(waiting.c.size), 0)).where(waiting.c.office == office)
    row = connection.execute(asked).one()
    return int(row[0]), int(row[1])


def elsewhere(database: Database, read_seconds: float = READ_SECONDS) -> Callable[[bytes, int, int], bytes]:
    """What brings a part of a file from the central server: (SHA-256, start, size) -> bytes. Denied 409 without it."""

    def part(sha256: bytes, start: int, size: int) -> bytes:
        with database.read() as connection:
            at = link.read(connection)
        if at is None:
            raise _not_here()
        try:
            with FileLine(at.url, at.token, read_seconds=read_seconds) as line:
                return line.fetch(sha256, start, size)
        except CounterError:
            raise _not_here() from None

    return part


def _not_here() -> Denied:
    return Denied(
        409, "file_not_here_yet", "ไฟล์นี้อยู่ที่ส่วนกลางและรับมาไม่ได้ตอนนี้", "ลองใหม่เมื่อเครื่องแม่ข่ายในสำนักงานติดต่อส่วนกลางได้"
    )
