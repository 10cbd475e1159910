"""Keys that the server makes for itself and keeps in its database, so that all its processes have the same ones."""

from collections.abc import Callable

from sqlalchemy import Connection, select

from sync.server import tables
from sync.server.database import Database, insert_new


def secret(connection: Connection, name: str, make: Callable[[], bytes]) -> bytes:
    """The key of this name, made when first asked for; of two that make one at once, the first is both's."""
    table = tables.server_secret
    asked = select(table.c.value).where(table.c.name == name)
    kept = connection.execute(asked).scalar()
    if kept is None:
        insert_new(connection, table, name=name, value=make())
        kept = connection.execute(asked).scalar_one()
    return bytes(kept)


def secret_of(database: Database, name: str, make: Callable[[], bytes]) -> bytes:
    """The same, in a transaction of its own."""
    with database.write() as connection:
        return secret(connection, name, make)
