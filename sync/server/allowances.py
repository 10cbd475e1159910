"""Where limits are counted: in the database, so that several processes share them and a restart forgives nobody.

A key is kept as a keyed hash: addresses are personal data. What has sunk to nothing is swept away (`sweep`).
"""

import hashlib
import hmac
import logging
import secrets
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, bindparam, delete, select, update

from app.domain.errors import CounterError
from sync.server import tables
from sync.server.database import Database, insert_new
from sync.server.limits import Level, Levels
from sync.server.own_secrets import secret_of

LOG = logging.getLogger(__name__)
TABLE = tables.allowance
SWEEP_SECONDS = 300.0
CHANGE = (
    update(TABLE)
    .where(TABLE.c.key == bindparam("its_key"))
    .values(level=bindparam("level"), at=bindparam("at"), forget_at=bindparam("forget_at"))
)


class Allowances:
    """The levels of one database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._key = secret_of(database, "allowances", lambda: secrets.token_bytes(32))

    @contextmanager
    def open(self, names: Sequence[str]) -> Iterator[Levels]:
        """The levels of these names, theirs alone until the block ends; what it changes or takes out is kept so."""
        keys = {name: self._hash(name) for name in names}
        with self.database.write(durable=False) as connection:
            _hold(connection, keys.values())
            found = {
                row.key: Level(row.level, row.at, row.forget_at)
                for row in connection.execute(select(TABLE).where(TABLE.c.key.in_(list(keys.values()))))
            }
            before = {name: found[key] for name, key in keys.items() if key in found}
            levels = dict(before)
            yield levels
            for name, key in keys.items():
                _keep(connection, key, before.get(name), levels.get(name))

    def sweep(self, now: float | None = None) -> int:
        """Forget what means nothing any more; returns how many. `now`: seconds since 1970."""
        with self.database.write(durable=False) as connection:
            return connection.execute(delete(TABLE).where(TABLE.c.forget_at < (now or time.time()))).rowcount

    def _hash(self, name: str) -> bytes:
        return hmac.digest(self._key, name.encode(), hashlib.sha256)[:16]


def _hold(connection: Connection, keys: Iterable[bytes]) -> None:
    """Nobody else opens these keys until the transaction ends, also where they have no row yet."""
    if connection.dialect.name == "postgresql":
        for key in sorted(int.from_bytes(each[:8], "big", signed=True) for each in keys):
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (key,))


def _keep(connection: Connection, key: bytes, before: Level | None, after: Level | None) -> None:
    if after == before:
        return
    if after is None:
        connection.execute(delete(TABLE).where(TABLE.c.key == key))
        return
    values = {"level": after.level, "at": after.at, "forget_at": after.forget_at}
    if before is not None or not insert_new(connection, TABLE, key=key, **values):
        connection.execute(CHANGE, {"its_key": key, **values})


class Broom:
    """Sweeps every now and then; one for each process does no harm."""

    def __init__(self, allowances: Allowances) -> None:
        self._allowances = allowances
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="allowances broom", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(SWEEP_SECONDS):
            try:
                self._allowances.sweep()
            except CounterError as error:
                LOG.warning("allowances not swept: %s", error.code)
