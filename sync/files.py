"""Files of cases between this counter and its server: up the smallest first, down when somebody opens one.

Records come first: whoever runs this holds it back while events wait (sync/loop.py). No transaction stays open during
HTTP, and each step can be repeated: the server is asked first how much it has.
"""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Connection

from app.domain.errors import CounterError, Refused, Unavailable
from app.services import file_transfer
from app.store.blobs import Blobs
from app.store.engine import Store
from sync.client import CONNECT_SECONDS, READ_SECONDS
from sync.file_line import FIRST_RANGE, LARGEST_RANGE, FileLine, Stop
from sync.link import read_link

STOPPED = frozenset({"token_unknown", "device_revoked", "store_mismatch", "tus_version"})
"""Refusals that are not about one file."""
AGAIN = frozenset({"file_offset", "file_hash"})
"""Refusals that pass: what a cut has left behind was still being kept, or bytes were damaged on the way."""


@dataclass(slots=True)
class FileResult:
    """What was sent: whole files, bytes of them on the line, files still waiting."""

    sent: int = 0
    bytes_out: int = 0
    pending: int = 0


@dataclass(slots=True)
class FileWork:
    """The files of one counter. metered: whether the line is paid by the byte just now."""

    store: Store
    blobs: Blobs
    metered: Callable[[], bool] = lambda: False
    connect_seconds: float = CONNECT_SECONDS
    read_seconds: float = READ_SECONDS
    moved: int = field(default=0, init=False)
    """Bytes that the server has taken, as far as it has told; tells a slow line from a dead one."""
    _told: tuple[bytes, int] = field(default=(b"", 0), init=False)
    """The file that is under way, and where the server said it was."""

    def send(self, stop: Stop = lambda: False) -> FileResult:
        """Send what waits, until all is there, `stop`, or the first fault of the line, which is raised. What was sent
        until then stays sent."""
        result = FileResult()
        with self.store.read() as connection:
            waiting = file_transfer.outgoing(connection) if self._may_go(connection) else []
            link = read_link(connection, self.store.store_id) if waiting else None
        if link is not None:
            with self._line(link.url, link.token) as line:
                for one in waiting:
                    if stop():
                        break
                    result.sent += self._send_one(line, one, stop)
                result.bytes_out = line.traffic.bytes_out
        result.pending = self.waiting()
        return result

    def waiting(self) -> int:
        """Files that the server has not got."""
        with self.store.read() as connection:
            return file_transfer.waiting(connection).files

    def _may_go(self, connection: Connection) -> bool:
        return file_transfer.may_go(connection, self.metered())

    def _line(self, url: str, token: str) -> FileLine:
        return FileLine(url, token, connect_seconds=self.connect_seconds, read_seconds=self.read_seconds)

    def _send_one(self, line: FileLine, one: file_transfer.Outgoing, stop: Stop) -> bool:
        """Whether the server has the file now; a refusal of this one file lets the others pass."""
        try:
            offset = self._tell(one.sha256, line.offset(one.sha256))
            while offset < one.size:
                content = self.blobs.get(one.sha256)
                if content is None:
                    raise Refused("file_missing", "ไฟล์นี้ไม่อยู่ในเครื่องแล้ว", "กู้คืนจากไฟล์สำรอง หรือแนบใหม่")
                offset = self._tell(one.sha256, line.send(one.sha256, content, offset, stop))
                if offset < one.size and stop():
                    return False
        except CounterError as error:
            if error.code in AGAIN:
                raise Unavailable(error.code, error.title, error.hint) from None
            if error.code in STOPPED or (isinstance(error, Unavailable) and error.code != "file_damaged"):
                raise
            with self.store.write("sync") as work:
                file_transfer.held_back(work, one.sha256, error.title)
            return False
        with self.store.write("sync") as work:
            file_transfer.taken(work, one.sha256)
        return True

    def _tell(self, sha256: bytes, offset: int) -> int:
        """The server has so much of a file; what came of a request that was cut is seen only now."""
        before = self._told[1] if self._told[0] == sha256 else offset
        self.moved += max(0, offset - before)
        self._told = sha256, offset
        return offset

    def fetch(self, sha256: bytes, size: int, progress: file_transfer.Progress) -> None:
        """Bring a file here, going on from what has come before. Unavailable where it cannot be had now."""
        with self.store.read() as connection:
            link = read_link(connection, self.store.store_id)
        wanted = FIRST_RANGE
        with self._line(link.url, link.token) as line:
            while (here := self.blobs.arrived(sha256)) < size:
                progress(here, size)
                try:
                    part = line.fetch(sha256, here, min(wanted, size - here))
                except Unavailable as error:
                    raise _not_now(error) from None
                if not part:
                    raise Unavailable("answer_cut", "ไฟล์ขาดกลางทาง", "ลองใหม่ จะรับต่อจากที่ค้างไว้")
                self.blobs.arrive(sha256, part)
                wanted = min(wanted * 2, LARGEST_RANGE) if len(part) == wanted else FIRST_RANGE
        if not self.blobs.complete(sha256):
            raise Unavailable("file_damaged", "ไฟล์ที่ได้รับเสียหายระหว่างทาง", "ลองรับใหม่อีกครั้ง")
        progress(size, size)
        with contextlib.suppress(CounterError), self.store.write("sync") as work:
            work.changed("case")


def _not_now(error: Unavailable) -> Unavailable:
    """What the officer is told who opened the file."""
    return Unavailable(
        error.code, f"ไฟล์นี้อยู่ที่เครื่องอื่น และรับมาไม่ได้ตอนนี้: {error.title}", "ต่อเครือข่ายแล้วเปิดใหม่ จะรับต่อจากที่ค้างไว้"
    )
