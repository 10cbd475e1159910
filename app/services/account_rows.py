"""Accounts as they stand: the office record of a person's account and the row by which they sign in at this counter.

An account made by app/services/accounts.py is an office record (kind "account", key: the username), alike on every
counter; the row in `staff` follows it. A person from this counter's set-up has the row alone until somebody changes
the account.
"""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from app.domain import grants
from app.domain.ids import uuid7, uuid_text
from app.services import appointments, office_records, rights
from app.services.counter import Counter
from app.services.model import Actor
from app.store.meta import meta_get, meta_set
from app.store.unit_of_work import UnitOfWork

ACCOUNT = grants.ACCOUNT
MADE = "made"
"""In an account: names the adding of the person, in the order of time."""
MARK = "-"
"""Stands in a username that two counters gave out at once, and in no other (grants.USERNAME)."""
KEPT = "kept_admin"
"""In `meta`: who stays chief administrator here whatever the record says, because nobody else is."""
Document = dict[str, Any]


def document(connection: Connection, username: str) -> Document | None:
    """The account as the office keeps it, or None for one of this counter only."""
    record = office_records.get(connection, ACCOUNT, username)
    return None if record is None else dict(record.document)


def whole(connection: Connection, row: Any) -> Document:
    """The same, made from the row of `staff` where there is no record."""
    found = document(connection, row.username)
    if found is not None:
        kept = row.username == meta_get(connection, KEPT, "")
        return found | {"role": "admin", "root": True, "active": True} if kept else found
    return {
        "full_name": row.full_name,
        "position": row.position,
        "division": row.division,
        "role": row.role,
        "root": row.role == "admin",
        "employee_type": "",
        "password_hash": row.password_hash,
        "must_change": bool(row.must_change_password),
        "active": bool(row.active),
        "template": row.role,
    }


def made(connection: Connection, username: str) -> str:
    """Names the adding of the person who has this username now; "" for one from before, or of this counter alone."""
    return str((document(connection, username) or {}).get(MADE, ""))


def is_root(connection: Connection, username: str) -> bool:
    """Whether this is a chief administrator: made at set-up, or named so by another one."""
    row = connection.exec_driver_sql("SELECT * FROM staff WHERE username = ?", (username,)).fetchone()
    return row is not None and bool(whole(connection, row).get("root")) and row.role == "admin"


def held(counter: Counter, account: Mapping[str, Any]) -> frozenset[str]:
    """What an account may do today."""
    if account.get("rights") is None:
        found = rights.of_template(str(account.get("template") or account["role"]))
    else:
        found = grants.effective(account["rights"], account.get("general", ()), appointments.today(counter))
    return found | rights.ALWAYS_ADMIN if account["role"] == "admin" else found - rights.ALWAYS_ADMIN


def actor(counter: Counter, connection: Connection, row: Any) -> Actor:
    """The person of a row of `staff`, with today's rights."""
    account = whole(connection, row)
    return Actor(
        row.id, row.username, row.full_name, row.position, row.role, row.division, held(counter, account)
    )  # fmt: skip


def pause(staff_id: str) -> str:
    """The key in `meta` of the pause after wrong passwords."""
    return f"pause {staff_id}"


def put(work: UnitOfWork, username: str, account: Document) -> None:
    """Let the account stand so, here and on every counter."""
    office_records.put(work, ACCOUNT, username, account)
    follow(work, username)


def settle(work: UnitOfWork, payload: Mapping[str, Any], by: str, at: int) -> None:
    """Enter a change of an account that came from elsewhere. Two counters may have given one username to two persons
    while there was no line: who was added first keeps it, the other goes on under a marked one, alike on all counters.
    """
    key, new = str(payload["key"]), str(payload["document"].get(MADE, ""))
    known = work.run("SELECT * FROM office_record WHERE kind = ? AND key = ?", (ACCOUNT, key)).fetchone()
    old = str(json.loads(known.document).get(MADE, "")) if known else ""
    if known is None or not old or not new or old == new:
        office_records.write(work, payload, by, at)
    elif new > old:
        key = marked(key, new)
        office_records.write(work, {**payload, "key": key}, by, at)
        work.audit("account_name_taken", key, str(payload["key"]))
    else:
        moved = marked(key, old)
        row = {
            "kind": ACCOUNT, "key": moved, "revision": known.revision, "change": known.change.hex(),
            "document": json.loads(known.document),
        }  # fmt: skip
        office_records.write(work, row, known.changed_by, known.changed_at)
        work.run("DELETE FROM office_record WHERE kind = ? AND key = ?", (ACCOUNT, key))
        office_records.write(work, payload, by, at)
        if work.run("SELECT 1 FROM staff WHERE username = ?", (moved,)).fetchone() is None:
            work.run("UPDATE staff SET username = ? WHERE username = ?", (moved, key))
        work.audit("account_name_taken", moved, key)
        follow(work, moved)
    follow(work, key)


def marked(username: str, made: str) -> str:
    """The username of who was added second under one that was taken, alike on every counter."""
    return f"{username}{MARK}{made[-4:]}"


def follow(work: UnitOfWork, username: str) -> None:
    """Bring the row of `staff` to what the record says. A new password ends a PIN and a pause after wrong ones."""
    account = document(work.connection, username)
    if account is None:
        return
    before = work.run("SELECT id, password_hash FROM staff WHERE username = ?", (username,)).fetchone()
    values = (
        account["full_name"], account.get("position", ""), account["role"], account.get("division", ""),
        account["password_hash"], int(bool(account.get("must_change"))), int(bool(account.get("active", True))),
    )  # fmt: skip
    if before is None:
        work.run(
            "INSERT INTO staff (full_name, position, role, division, password_hash, must_change_password, active, id,"
            " username) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*values, uuid_text(uuid7()), username),
        )
    else:
        work.run(
            "UPDATE staff SET full_name = ?, position = ?, role = ?, division = ?, password_hash = ?,"
            " must_change_password = ?, active = ? WHERE username = ?",
            (*values, username),
        )
        if before.password_hash != account["password_hash"]:
            work.run("UPDATE staff SET failed_attempts = 0, locked_until = 0 WHERE username = ?", (username,))
            meta_set(work.connection, f"pin {before.id}", "{}")
            meta_set(work.connection, pause(before.id), "{}")
    _keep_an_admin(work)
    work.changed("staff", username)


def _keep_an_admin(work: UnitOfWork) -> None:
    """Changes made apart on two counters may together leave nobody in charge: then one person stays, or becomes, chief
    administrator of this counter until the office has one again. Nobody who was disabled comes back while an
    administrator is there who was not."""
    kept = meta_get(work.connection, KEPT, "")
    if chiefs(work.connection, kept):
        if kept:
            meta_set(work.connection, KEPT, "")
            follow(work, kept)
        return
    rows = work.run("SELECT * FROM staff").fetchall()
    if chosen := min((_claim(work.connection, row, kept) for row in rows), default=None):
        name = chosen[-1]
        work.run("UPDATE staff SET role = 'admin', active = 1 WHERE username = ?", (name,))
        meta_set(work.connection, KEPT, name)
        if name != kept:
            work.audit("last_admin_kept", name)


def chiefs(connection: Connection, without: str = "") -> list[str]:
    """The usernames of the chief administrators who may sign in; `without` is left out."""
    rows = connection.exec_driver_sql("SELECT * FROM staff WHERE role = 'admin' AND active = 1").fetchall()
    return [row.username for row in rows if row.username != without and whole(connection, row).get("root")]


def _claim(connection: Connection, row: Any, kept: str) -> tuple[bool, bool, bool, bool, str, str]:
    """The smaller, the sooner this person stays in charge where nobody else is."""
    told = document(connection, row.username) or whole(connection, row)
    in_charge, active = told.get("role") == "admin", bool(told.get("active", True))
    named = grants.USERNAME.fullmatch(row.username)
    was = named is None or named[2] == "admin"
    return (
        not (in_charge and active), not (in_charge and told.get("root")), not in_charge and row.username != kept,
        not was, str(told.get(MADE, "")), row.username,
    )  # fmt: skip
