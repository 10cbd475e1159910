"""Half-filled forms: one a person and page, kept so that a power cut takes no typed word."""

import json
from typing import Any

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
