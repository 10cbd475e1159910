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
    forget_offices(connection, table)


def forget_offices(connection: Connection, table: str) -> None:
    """Let PostgreSQL keep no statistics of the column that names the office; nothing on SQLite.

    An office that has grown since the last ANALYZE is none of the common values, so the planner takes it for empty and
    any index that begins with the office for good enough: one sync then reads the office's whole history. Without
    statistics it assumes that an office has its share, and takes the index that is made for the question.
    """
    if connection.dialect.name == "postgresql":
        column = "code" if table == "office" else "office"
        connection.exec_driver_sql(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS 0")


def is_partition(name: str) -> bool:
    """Whether a table of this name is a part of another one."""
    stem, _, number = name.rpartition("_p")
    return bool(stem) and len(number) == 2 and number.isdigit()
