"""Tables of the server lie in partitions by the office's hash on PostgreSQL, and in one piece in a SQLite file.

Nothing is ever asked across offices on the way of a sync, so a partition, or a shard of a PostgreSQL that is spread
over several machines, is all that one sync touches. Unique keys contain the office: a partitioned table has no others.
"""

from sqlalchemy import Connection

PARTITIONS = 16
BY_OFFICE = "HASH (office)"


def split(connection: Connection, table: str) -> None:
    """Make the partitions of a table that was created with `postgresql_partition_by`; nothing on SQLite."""
    if connection.dialect.name != "postgresql":
        return
    for number in range(PARTITIONS):
        connection.exec_driver_sql(
            f"CREATE TABLE {table}_p{number:02} PARTITION OF {table}"
            f" FOR VALUES WITH (MODULUS {PARTITIONS}, REMAINDER {number})"
        )


def is_partition(name: str) -> bool:
    """Whether a table of this name is a part of another one."""
    stem, _, number = name.rpartition("_p")
    return bool(stem) and len(number) == 2 and number.isdigit()
