"""Processor time of a server's processes and of the PostgreSQL behind it, and what its database takes on the disk."""

import os
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url

from sync.server import admin


@dataclass(frozen=True, slots=True)
class Cost:
    """Processor seconds so far; None where this machine does not tell."""

    server: float | None
    database: float | None


def cost_of(pid: int, url: str) -> Cost:
    """Of the process `pid` with all its children, and of the connections that server processes hold to PostgreSQL."""
    return Cost(_seconds([pid, *_children(pid)]), _seconds(_backends(url)))


def disk_bytes(url: str) -> int:
    """Everything that the database keeps, indexes and all."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        path = Path(str(parsed.database))
        return sum(file.stat().st_size for file in (path, path.with_name(path.name + "-wal")) if file.exists())
    with admin.opened(url) as database, database.read() as connection:
        return int(connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar() or 0)


def _backends(url: str) -> list[int]:
    if not url.startswith("postgres"):
        return []
    with admin.opened(url) as database, database.read() as connection:
        asked = "SELECT pid FROM pg_stat_activity WHERE application_name = 'lao-counter' AND pid <> pg_backend_pid()"
        return [int(row[0]) for row in connection.exec_driver_sql(asked)]


def _seconds(pids: list[int]) -> float | None:
    ticks = 0
    try:
        for pid in pids:
            fields = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK") if pids else None
    except (OSError, ValueError, AttributeError):
        return None


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text("ascii", "replace").rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
        if parent == pid:
            child = int(stat.parent.name)
            found += [child, *_children(child)]
    return found
