"""A PIN for the quick switch between clerks of one counter: six digits, good for a working day after a password.

It lies in this counter's store only, as argon2id, and never goes to the server. Wrong PINs count with wrong passwords.
"""

import json
import re

from sqlalchemy import Connection

from app.domain.errors import Refused
from app.services import staff
from app.services.counter import Counter
from app.services.model import Actor
from app.store.canonical import canonical_json
from app.store.meta import meta_get, meta_set
from app.store.unit_of_work import UnitOfWork

PIN = re.compile(r"[0-9]{6}")
GOOD_FOR_MS = 12 * 3_600_000
"""After so long the password is wanted again."""
EASY = {"123456", "654321", "012345", "543210", "112233", "121212", "123123"}


def choose(counter: Counter, actor: Actor, password: str, pin: str) -> None:
    """Set one's own PIN; "" takes it away. Refused "sign_in" for a wrong password, "pin" for one that is none or too
    easy."""
    if pin and (not PIN.fullmatch(pin) or pin in EASY or len(set(pin)) == 1):
        raise Refused("pin", "PIN ต้องเป็นเลข 6 หลักที่เดายาก", "อย่าใช้เลขเรียงหรือเลขซ้ำ เช่น 123456 หรือ 111111", "pin")
    staff.sign_in(counter, actor.username, password)
    with counter.store.write(actor.username) as work:
        document = {"hash": staff.hashed(pin), "password_at": work.now_ms} if pin else {}
        meta_set(work.connection, _key(actor.id), canonical_json(document))
        work.audit("pin_set" if pin else "pin_removed", actor.username)


def usable(connection: Connection, staff_id: str, now_ms: int) -> str:
    """The hash of a person's PIN, "" where there is none or the password was not given for too long."""
    document = json.loads(meta_get(connection, _key(staff_id), "{}"))
    fresh = 0 <= now_ms - int(document.get("password_at", 0)) < GOOD_FOR_MS
    return str(document.get("hash", "")) if fresh else ""


def password_given(work: UnitOfWork, staff_id: str) -> None:
    """The person signed in with the password: the PIN is good for another working day."""
    document = json.loads(meta_get(work.connection, _key(staff_id), "{}"))
    if document:
        meta_set(work.connection, _key(staff_id), canonical_json({**document, "password_at": work.now_ms}))


def _key(staff_id: str) -> str:
    return f"pin {staff_id}"
