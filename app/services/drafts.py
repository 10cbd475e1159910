"""Half-filled forms: one a person and page, kept so that a power cut takes no typed word."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.errors import Refused
from app.services import rights
from app.services.case_documents import instant
from app.services.counter import Counter
from app.services.model import Actor
from app.store.canonical import canonical_json
from app.store.unit_of_work import UnitOfWork


def save(counter: Counter, actor: Actor, page: str, content: dict[str, Any]) -> None:
    """Keep what is typed now; the newest replaces the one before."""
    with counter.store.write(actor.username) as work:
        work.run(
            "INSERT INTO draft (staff, page, content, saved_at) VALUES (?, ?, ?, ?) ON CONFLICT (staff, page) DO UPDATE"
            " SET content = excluded.content, saved_at = excluded.saved_at",
            (actor.id, page, canonical_json(content), work.now_ms),
        )


def load(counter: Counter, actor: Actor, page: str) -> dict[str, Any] | None:
    """What was typed on this page and neither saved nor thrown away; None where nothing was."""
    with counter.store.read() as connection:
        row = connection.exec_driver_sql(
            "SELECT content FROM draft WHERE staff = ? AND page = ?", (actor.id, page)
        ).fetchone()
    return None if row is None else dict(json.loads(row[0]))


def discard(counter: Counter, actor: Actor, page: str) -> None:
    """Forget the draft of this page."""
    with counter.store.write(actor.username) as work:
        remove(work, actor, page)


def remove(work: UnitOfWork, actor: Actor, page: str) -> None:
    """Forget the draft of this page inside a transaction that the caller commits."""
    work.run("DELETE FROM draft WHERE staff = ? AND page = ?", (actor.id, page))


@dataclass(frozen=True, slots=True)
class Left:
    """A form that somebody else left half-filled at this counter; what is in it is not told."""

    username: str
    full_name: str
    page: str
    saved_at: datetime


def left_by_others(counter: Counter, actor: Actor) -> list[Left]:
    """What others have not finished here, the newest first."""
    with counter.store.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT s.username, s.full_name, d.page, d.saved_at FROM draft d JOIN staff s ON s.id = d.staff"
            " WHERE d.staff <> ? ORDER BY d.saved_at DESC",
            (actor.id,),
        ).fetchall()
    return [Left(row.username, row.full_name, row.page, instant(row.saved_at)) for row in rows]


def take_over(counter: Counter, actor: Actor, username: str, page: str) -> None:
    """Go on with what somebody else left half-filled; it is recorded, and nothing of it is lost.

    Refused "right_needed" for who registers nothing, "no_draft", "draft_exists" where one's own is not finished.
    """
    rights.require(actor, rights.CREATE)
    with counter.store.write(actor.username) as work:
        owner = work.run(
            "SELECT d.staff FROM draft d JOIN staff s ON s.id = d.staff WHERE s.username = ? AND d.page = ?",
            (username, page),
        ).scalar()
        if owner is None or owner == actor.id:
            raise Refused("no_draft", "ไม่มีแบบที่ค้างของผู้ใช้นี้แล้ว", "อาจบันทึกหรือมีผู้รับช่วงไปแล้ว เปิดรายการใหม่", "username")
        if work.run("SELECT 1 FROM draft WHERE staff = ? AND page = ?", (actor.id, page)).fetchone():
            raise Refused("draft_exists", "ท่านมีแบบที่กรอกค้างอยู่แล้ว", "บันทึกหรือทิ้งแบบของท่านก่อน แล้วรับช่วงอีกครั้ง", "page")
        work.run("UPDATE draft SET staff = ? WHERE staff = ? AND page = ?", (actor.id, owner, page))
        work.audit("draft_taken_over", username, page)
        work.changed("draft")
