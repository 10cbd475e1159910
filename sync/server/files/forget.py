"""Files of what an office has destroyed go from the store of files, also after a crash between the two; a content that
another record of the office names stays."""

import json
import logging
import threading

from sqlalchemy import Connection, delete, func, select

from app.domain import destruction as rule
from app.domain.errors import CounterError
from sync.server import offices, tables
from sync.server.chunks import chunks
from sync.server.database import Database
from sync.server.files.store import FileStore
from sync.server.files.uploads import FILES

LOG = logging.getLogger(__name__)
AT_ONCE = 20
"""Contents that go while the office waits."""
PAUSE_S = 1.0
"""Between two looks, however often somebody wakes."""
AGAIN_S = 15 * 60.0
log, waiting = tables.log, tables.file_to_forget
OF_CONTENT = (tables.content_part, tables.relay_file, tables.case_content)


def sweep(database: Database, store: FileStore) -> int:
    """Take away what waits for it; returns how many contents went. Unavailable where the store does not answer: they
    wait for the next time."""
    with database.read() as connection:
        rows = connection.execute(select(waiting.c.office, waiting.c.sha256)).fetchall()
    wanted: dict[str, set[bytes]] = {}
    for row in rows:
        wanted.setdefault(row.office, set()).add(bytes(row.sha256))
    return sum(_office(database, store, office, contents) for office, contents in wanted.items())


def _office(database: Database, store: FileStore, office: str, contents: set[bytes]) -> int:
    with database.read() as connection:
        newest = int(connection.execute(select(func.max(log.c.office_seq)).where(log.c.office == office)).scalar() or 0)
        named = _named(connection, office, contents, 0)
    gone = 0
    ordered = sorted(contents)
    for start in range(0, len(ordered), AT_ONCE):
        some = ordered[start : start + AT_ONCE]
        with database.write() as connection:
            offices.lock(connection, office)
            named |= _named(connection, office, set(some), newest)
            for sha256 in some:
                if sha256 not in named:
                    store.forget(office, sha256)
                    gone += 1
                    for table in OF_CONTENT:
                        connection.execute(delete(table).where(table.c.office == office, table.c.sha256 == sha256))
            connection.execute(delete(waiting).where(waiting.c.office == office, waiting.c.sha256.in_(some)))
    return gone


def _named(connection: Connection, office: str, contents: set[bytes], after: int) -> set[bytes]:
    """Those of the contents that events behind `after` name of a record which was not destroyed."""
    rows = connection.execute(
        select(log.c.record, log.c.payload).where(
            log.c.office == office, log.c.office_seq > after, log.c.kind.in_(FILES)
        )
    )
    naming: dict[bytes, set[bytes]] = {}
    for row in rows:
        sha256 = bytes.fromhex(str(json.loads(row.payload).get("sha256", "")))
        if sha256 in contents:
            naming.setdefault(bytes(row.record), set()).add(sha256)
    for some in chunks(sorted(naming)):
        asked = select(log.c.record).where(log.c.office == office, log.c.record.in_(some), log.c.kind.in_(rule.KINDS))
        for record in connection.execute(asked).scalars().all():
            naming.pop(bytes(record), None)
    return set().union(*naming.values())


class Forgetter:
    """A thread that sweeps when somebody wakes it, and at the start; several processes may have one each."""

    def __init__(self, database: Database, store: FileStore) -> None:
        self._database, self._store = database, store
        self._woken, self._stopped = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="files forgotten", daemon=True)

    def start(self) -> None:
        """Begin with what an earlier process has left."""
        self._woken.set()
        self._thread.start()

    def wake(self) -> None:
        """Events have come; returns at once."""
        self._woken.set()

    def stop(self) -> None:
        """End."""
        self._stopped.set()
        self._woken.set()
        self._thread.join()

    def _run(self) -> None:
        wait: float | None = None
        while True:
            self._woken.wait(wait)
            self._woken.clear()
            if self._stopped.is_set():
                return
            wait = None
            try:
                sweep(self._database, self._store)
            except CounterError as error:
                LOG.warning("files not forgotten: %s", error.code)
                wait = AGAIN_S
            except Exception as error:
                LOG.error("files not forgotten: unexpected %s", type(error).__name__)
                wait = AGAIN_S
            self._stopped.wait(PAUSE_S)
