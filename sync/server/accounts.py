"""Who may change accounts and settings of an office, as far as the office's own log tells who is who.

A counter has asked the same before it wrote the event (app/services/accounts.py); here a counter whose program was
tampered with, or one that did not know yet that somebody's account was disabled, is refused.
"""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from app.domain import grants
from app.domain.errors import Refused
from sync.protocol import Event
from sync.server import tables

Document = Mapping[str, Any]
Told = tuple[tuple[int, int, str], Document]
"""(what decides which change stands, the document)"""
CHANGED, HOLD = "office_record_changed", "legal_hold"
ADMINISTRATORS = frozenset({"appointment_order"})
"""Kinds of records beside accounts that nobody but administrators changes (app/services/appointments.py)."""


class Accounts:
    """The accounts of one office during one batch."""

    def __init__(self, connection: Connection, office: str) -> None:
        self._connection = connection
        self._office = office
        self._known: dict[str, Told | None] = {}
        self._holds: dict[str, Told | None] = {}

    def of(self, username: str) -> Document | None:
        """The account as it stands; None for none."""
        if username not in self._known:
            self._known[username] = self._newest(grants.ACCOUNT, username)
        found = self._known[username]
        return None if found is None else found[1]

    def held(self, key: str) -> bool:
        """Whether a legal hold stands on the case of this number, or the entry of this key."""
        if key not in self._holds:
            self._holds[key] = self._newest(HOLD, key)
        found = self._holds[key]
        return found is not None and not found[1].get("lifted_on")

    def _newest(self, kind: str, key: str) -> Told | None:
        """Of the changes in the log the one that all counters settle on."""
        log = tables.log
        rows = self._connection.execute(
            select(log.c.at, log.c.payload).where(
                log.c.office == self._office, log.c.record == grants.record_of(kind, key), log.c.kind == CHANGED
            )
        )
        told = [_told(json.loads(row.payload), row.at) for row in rows]
        return max(told, key=lambda one: one[0]) if told else None

    def changed(self, event: Event, payload: Document) -> None:
        """Take a change of an office record in. Refused for an account that its writer may not change so."""
        if payload.get("kind") == HOLD:
            self._hold(event, payload)
        if payload.get("kind") in ADMINISTRATORS:
            self.require_admin(event.by)
        if payload.get("kind") != grants.ACCOUNT:
            return
        key, document = payload.get("key"), payload.get("document")
        right = isinstance(key, str) and isinstance(document, dict) and document.get("role") in ("admin", "user")
        if not right or event.record != grants.record_of(grants.ACCOUNT, str(key)):
            raise Refused("payload", "ข้อมูลบัญชีผู้ใช้ของรายการผิดรูปแบบ", "แจ้งผู้ดูแลระบบ")
        grants.check_account_change(event.by, self.of(event.by), str(key), self.of(str(key)), dict(payload["document"]))
        new, known = _told(payload, event.at), self._known[str(key)]
        if known is None or new[0] > known[0]:
            self._known[str(key)] = new

    def _hold(self, event: Event, payload: Document) -> None:
        key = str(payload.get("key"))
        self.held(key)
        new, known = _told(payload, event.at), self._holds[key]
        if known is None or new[0] > known[0]:
            self._holds[key] = new

    def require_admin(self, username: str) -> None:
        """Refused "right_needed" for a person whom the office knows and who is no administrator."""
        account = self.of(username)
        if account is not None and (account.get("role") != "admin" or not account.get("active", True)):
            raise Refused("right_needed", "ผู้บันทึกไม่มีสิทธิ์ตั้งค่าหน่วยงาน", "ให้ผู้ดูแลระบบเป็นผู้ทำรายการ")


def _told(payload: Document, at: int) -> Told:
    return (int(payload["revision"]), at, str(payload["change"])), payload["document"]
