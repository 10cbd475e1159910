"""Facts about this store: a small table of names and texts."""

from sqlalchemy import Connection


def meta_get(connection: Connection, key: str, default: str = "") -> str:
    """The fact's text, or `default`."""
    row = connection.exec_driver_sql("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return str(row[0]) if row else default


def meta_set(connection: Connection, key: str, value: str) -> None:
    """Write or replace one fact; call it inside a unit of work."""
    connection.exec_driver_sql(
        "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (key, value),
    )
