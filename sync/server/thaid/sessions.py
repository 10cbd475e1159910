"""Sign-ins under way, in the database, so that any process of the server can go on with them after a restart.

Each step changes a row only from the state that it expects, in one transaction: a link, a state and a person are
given out once, however many ask at the same moment.
"""

import hashlib
import json
import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, insert, select, update

from sync.server import tables
from sync.server.devices import ALPHABET
from sync.server.offices import now_ms
from sync.server.thaid.seal import Seal
from sync.thaid_messages import (
    CANCELLED,
    CHECKING,
    DONE,
    EXPIRED,
    FETCHED,
    LHR,
    OPENED,
    UNDER_WAY,
    WAITING,
    Identity,
)

LIFE_MS = 5 * 60_000
"""How long a link, a state and a nonce are good for."""
KEEP_MS = 15 * 60_000
"""After this nothing of a session is left, whatever became of it."""
MOST_AT_ONCE = 20
"""Sessions that one counter may have under way."""
REFERENCE_LENGTH = 4

TABLE = tables.thaid_session


@dataclass(frozen=True, slots=True, repr=False)
class Opening:
    """What a browser is sent off with; only hashes and a sealed form of it are kept."""

    state: str
    nonce: str
    verifier: str
    browser: str


def hashed(secret: str) -> bytes:
    """SHA-256; every secret here is random and long."""
    return hashlib.sha256(secret.encode()).digest()


def begin(connection: Connection, device: Row[Any], purpose: str) -> tuple[str, str, str, int] | None:
    """(session id, link code, reference, expires at ms) of a new session; None when too many are under way."""
    now = now_ms()
    running = connection.execute(
        select(TABLE.c.id_hash).where(
            TABLE.c.office == device.office,
            TABLE.c.device == device.id,
            TABLE.c.status.in_(UNDER_WAY),
            TABLE.c.expires_at > now,
        )
    ).fetchall()
    if len(running) >= MOST_AT_ONCE:
        return None
    session, link = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
    reference = "".join(secrets.choice(ALPHABET) for _ in range(REFERENCE_LENGTH))
    connection.execute(
        insert(TABLE).values(
            office=device.office,
            id_hash=hashed(session),
            device=device.id,
            purpose=purpose,
            reference=reference,
            status=WAITING,
            link_hash=hashed(link),
            started_at=now,
            expires_at=now + LIFE_MS,
        )
    )
    return session, link, reference, now + LIFE_MS


def of_counter(connection: Connection, device: Row[Any], session: str) -> Row[Any] | None:
    """The session of this office's very device."""
    return connection.execute(
        select(TABLE).where(
            TABLE.c.office == device.office, TABLE.c.id_hash == hashed(session), TABLE.c.device == device.id
        )
    ).first()


def of_link(connection: Connection, link: str) -> Row[Any] | None:
    """The session whose link this is, while it can still be opened or was opened."""
    return connection.execute(select(TABLE).where(TABLE.c.link_hash == hashed(link))).first()


def of_state(connection: Connection, state: str) -> Row[Any] | None:
    """The session that was sent off with this state and has not come back."""
    return connection.execute(select(TABLE).where(TABLE.c.state_hash == hashed(state))).first()


def is_live(row: Row[Any]) -> bool:
    """Whether there is time left."""
    return bool(row.status in UNDER_WAY and row.expires_at > now_ms())


def status_of(row: Row[Any]) -> str:
    """The status as the counter is told it: what has run out of time is expired."""
    return EXPIRED if row.status in UNDER_WAY and row.expires_at <= now_ms() else str(row.status)


def is_browser(row: Row[Any], browser: str) -> bool:
    """Whether this is the browser that was sent off."""
    return row.browser_hash is not None and secrets.compare_digest(row.browser_hash, hashed(browser))


def open_link(connection: Connection, seal: Seal, row: Row[Any], browser: str) -> Opening | None:
    """New state, nonce and verifier for a browser. The link works once; only the browser that opened it may repeat
    that, and what it was sent off with before is worth nothing then. None: somebody was quicker."""
    opening = Opening(
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(48),
        browser=secrets.token_urlsafe(32),
    )
    may = TABLE.c.status == WAITING
    if is_browser(row, browser):
        may = may | ((TABLE.c.status == OPENED) & (TABLE.c.browser_hash == hashed(browser)))
    kept = json.dumps({"nonce": opening.nonce, "verifier": opening.verifier}).encode()
    changed = connection.execute(
        update(TABLE)
        .where(*_is(row), may, TABLE.c.expires_at > now_ms())
        .values(
            status=OPENED,
            browser_hash=hashed(opening.browser),
            state_hash=hashed(opening.state),
            secrets=seal.close(_place(row), kept),
        )
    )
    return opening if changed.rowcount == 1 else None


def take_state(connection: Connection, seal: Seal, row: Row[Any]) -> tuple[str, str] | None:
    """Use the state up: (nonce, verifier), or None when it was used or ran out in the meantime."""
    changed = connection.execute(
        update(TABLE)
        .where(*_is(row), TABLE.c.status == OPENED, TABLE.c.state_hash == row.state_hash, TABLE.c.expires_at > now_ms())
        .values(status=CHECKING, state_hash=None, secrets=None)
    )
    if changed.rowcount != 1:
        return None
    kept = json.loads(seal.open(_place(row), row.secrets))
    return kept["nonce"], kept["verifier"]


def finish(connection: Connection, seal: Seal, row: Row[Any], person: Identity, token: str = "") -> bool:
    """Keep the person for the counter to fetch, and the token where a record is going to be asked for; False when the
    session was ended meanwhile."""
    sealed = seal.close(_place(row), json.dumps(person.to_json()).encode())
    what = json.dumps({"token": token, "number": person.citizen_id}).encode()
    kept = seal.close(_place(row), what) if token else None
    changed = connection.execute(
        update(TABLE).where(*_is(row), TABLE.c.status == CHECKING).values(status=DONE, person=sealed, secrets=kept)
    )
    return changed.rowcount == 1


def end(connection: Connection, row: Row[Any], status: str, code: str) -> None:
    """A session that came to no good end; one that has ended already stays as it is."""
    connection.execute(
        update(TABLE)
        .where(*_is(row), TABLE.c.status.in_(UNDER_WAY))
        .values(status=status, code=code, state_hash=None, secrets=None)
    )


def cancel(connection: Connection, row: Row[Any]) -> None:
    """The counter does not want it any more: whatever is there goes."""
    connection.execute(
        update(TABLE)
        .where(*_is(row))
        .values(status=CANCELLED, code="thaid_cancelled", state_hash=None, secrets=None, person=None)
    )


def fetch(connection: Connection, seal: Seal, row: Row[Any]) -> Identity | None:
    """The person, who is not here any more afterwards; None when somebody was quicker."""
    changed = connection.execute(
        update(TABLE)
        .where(*_is(row), TABLE.c.status == DONE, TABLE.c.person.is_not(None))
        .values(status=FETCHED, code="thaid_fetched", person=None)
    )
    if changed.rowcount != 1:
        return None
    return Identity.from_json(json.loads(seal.open(_place(row), row.person)))


def take_token(connection: Connection, seal: Seal, row: Row[Any]) -> tuple[str, str] | None:
    """(access token, citizen number) of a session whose person has come, used up by this; None: there is none."""
    if row.purpose != LHR or row.secrets is None or row.status not in (DONE, FETCHED):
        return None
    changed = connection.execute(
        update(TABLE)
        .where(*_is(row), TABLE.c.secrets.is_not(None), TABLE.c.status == row.status, TABLE.c.expires_at > now_ms())
        .values(secrets=None)
    )
    if changed.rowcount != 1:
        return None
    kept = json.loads(seal.open(_place(row), row.secrets))
    return kept["token"], kept["number"]


def anything_old(connection: Connection) -> bool:
    """Whether there is something to clear away: asking costs no write."""
    return bool(connection.execute(select(exists().where(TABLE.c.started_at <= now_ms() - KEEP_MS))).scalar())


def clear_old(connection: Connection) -> int:
    """Delete what began 15 minutes ago or earlier; returns how many."""
    return connection.execute(delete(TABLE).where(TABLE.c.started_at <= now_ms() - KEEP_MS)).rowcount


def _is(row: Row[Any]) -> tuple[Any, Any]:
    return TABLE.c.office == row.office, TABLE.c.id_hash == row.id_hash


def _place(row: Row[Any]) -> str:
    return f"thaid_session/{row.office}/{row.id_hash.hex()}"
