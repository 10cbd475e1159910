"""Files of cases on their way to the server: what waits, when they may go, and what became of each."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from app.domain.errors import Refused
from app.store.blobs import NAMED
from app.store.meta import meta_get, meta_set
from app.store.unit_of_work import UnitOfWork

Progress = Callable[[int, int], object]
"""Told (bytes that are here, bytes in all)."""

POLICIES = {
    "always": "ส่งทุกเครือข่าย",
    "unmetered": "หยุดส่งเมื่อใช้เน็ตที่คิดตามปริมาณ",
    "never": "หยุดส่งไฟล์ชั่วคราว",
}
"""When files go; petitions always do."""
POLICY = "files_go"


@dataclass(frozen=True, slots=True)
class Waiting:
    """Files that the server has not got: how many, their bytes, and since when the oldest waits (ms), or None."""

    files: int
    size: int
    since: int | None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One content to send."""

    sha256: bytes
    size: int


def queue(work: UnitOfWork, sha256: bytes, size: int) -> None:
    """A file was added here: its content has to go. One that waits already is not asked for twice."""
    insert = "INSERT INTO file_outbox (sha256, size, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
    work.run(insert, (sha256, size, work.now_ms))


def queue_all(work: UnitOfWork) -> None:
    """Another server: every file that was added here has to go there; what it has already costs one question each."""
    work.run(
        f"INSERT INTO file_outbox (sha256, size, at) SELECT sha256, max(size), min(at) FROM {NAMED}"
        " WHERE origin = ? GROUP BY sha256 ON CONFLICT DO NOTHING",
        (work.store_id,),
    )


def waiting(connection: Connection) -> Waiting:
    """What the light counts."""
    row = connection.exec_driver_sql("SELECT count(*), coalesce(sum(size), 0), min(at) FROM file_outbox").one()
    return Waiting(int(row[0]), int(row[1]), row[2])


def outgoing(connection: Connection) -> list[Outgoing]:
    """What waits, the smallest first; at most a thousand."""
    rows = connection.exec_driver_sql("SELECT sha256, size FROM file_outbox ORDER BY size, at LIMIT 1000").fetchall()
    return [Outgoing(bytes(row.sha256), row.size) for row in rows]


def taken(work: UnitOfWork, sha256: bytes) -> bool:
    """The server has it whole; whether it had been waiting."""
    work.changed("sync")
    return work.run("DELETE FROM file_outbox WHERE sha256 = ?", (sha256,)).rowcount > 0


def held_back(work: UnitOfWork, sha256: bytes, reason: str) -> None:
    """Why it could not go this time; it stays in line."""
    changed = work.run(
        "UPDATE file_outbox SET reason = ? WHERE sha256 = ? AND reason <> ?", (reason, sha256, reason)
    ).rowcount
    if changed:
        work.changed("sync")


def policy(connection: Connection) -> str:
    """A key of POLICIES."""
    found = meta_get(connection, POLICY, "unmetered")
    return found if found in POLICIES else "unmetered"


def set_policy(work: UnitOfWork, wanted: str) -> None:
    """From now on files go by this rule. Refused "files_policy" for one that there is not."""
    if wanted not in POLICIES:
        raise Refused("files_policy", "ไม่รู้จักวิธีส่งไฟล์นี้", f"ที่เลือกได้: {', '.join(POLICIES)}", "policy")
    meta_set(work.connection, POLICY, wanted)
    work.audit("files_policy_changed", wanted)
    work.changed("sync")


def may_go(connection: Connection, metered: bool) -> bool:
    """Whether files may go now over a line that is (or is not) paid by the byte."""
    found = policy(connection)
    return found == "always" or (found == "unmetered" and not metered)
