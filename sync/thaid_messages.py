"""What counter and central server say to each other about ThaiD: shared by both, read strictly by both.

`POST /v1/thaid/start`, `poll`, `record` and `cancel`, with `Authorization: Bearer <token>` like the sync and
with `protocol` in each body. The id of a session travels in bodies only, never in an address; so does a person.
Refusals are `{"code", "title", "hint"}` under a 4xx status.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from sync.json_form import Malformed, array, line, table, to_text, whole
from sync.protocol import PROTOCOL

CITIZEN, STAFF, LHR = "citizen", "staff", "lhr"
PURPOSES = (CITIZEN, STAFF, LHR)
"""What a session is for: to know the citizen at the counter, to sign a member of the staff in, or to show
one of the staff the own record."""

WAITING, OPENED, CHECKING = "waiting", "opened", "checking"
UNDER_WAY = frozenset({WAITING, OPENED, CHECKING})
DONE, DENIED, EXPIRED, FAILED, CANCELLED, FETCHED = "done", "denied", "expired", "failed", "cancelled", "fetched"
STATUSES = UNDER_WAY | {DONE, DENIED, EXPIRED, FAILED, CANCELLED, FETCHED}

LONGEST_POLL = 25
"""Seconds that the server holds a poll while nothing happens."""
MAX_TEXT, MAX_ADDRESS = 200, 500
MAX_RECORD_FIELDS, MAX_RECORD_VALUES, MAX_RECORD_TEXT = 300, 200, 500
BIRTH = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?|")
"""ISO 8601, Common Era, as far as it is known: a day, a month, a year, or nothing."""
SESSION = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True, repr=False)
class Identity:
    """A person as the identity provider told it; every part but the number may be empty.

    birth: see BIRTH. gender: "male", "female" or "". address: one line of text. ial: the level of assurance as sent.
    checked_at: milliseconds UTC since 1970, when the server had checked the proof.
    """

    citizen_id: str
    title: str
    first_name: str
    middle_name: str
    last_name: str
    title_en: str
    first_name_en: str
    middle_name_en: str
    last_name_en: str
    birth: str
    gender: str
    address: str
    ial: str
    checked_at: int

    def to_json(self) -> dict[str, Any]:
        """The object of the wire."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    @classmethod
    def from_json(cls, value: object) -> "Identity":
        """Raises Malformed, which never repeats what was there."""
        found = table(value, "person")
        texts = {
            each.name: line(found.get(each.name, ""), each.name, MAX_ADDRESS if each.name == "address" else MAX_TEXT)
            for each in fields(cls)
            if each.name != "checked_at"
        }
        if not re.fullmatch(r"[0-9]{13}", texts["citizen_id"]):
            raise Malformed("citizen_id")
        if not BIRTH.fullmatch(texts["birth"]):
            raise Malformed("birth")
        return cls(**texts, checked_at=whole(found.get("checked_at"), "checked_at"))


@dataclass(frozen=True, slots=True, repr=False)
class StartAnswer:
    """A session has begun. `session` is a secret of the counter; `url` is what the citizen's phone opens, once.

    reference: four letters that stand on the counter's screen and on the citizen's page, to be compared.
    expires_at: milliseconds UTC since 1970; seconds: the same from now, for counters whose clock is wrong.
    """

    session: str
    url: str
    reference: str
    expires_at: int
    seconds: int

    def to_json(self) -> dict[str, Any]:
        """The object of the wire."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "StartAnswer":
        """Raises Malformed."""
        url = line(value.get("url"), "url", 500)
        if not url.startswith(("https://", "http://")):
            raise Malformed("url")
        return cls(
            session_id(value.get("session")),
            url,
            line(value.get("reference"), "reference", 20),
            whole(value.get("expires_at"), "expires_at"),
            whole(value.get("seconds"), "seconds"),
        )


@dataclass(frozen=True, slots=True, repr=False)
class PollAnswer:
    """How a session stands. `person` comes with "done" and only once; code, title and hint with what went wrong."""

    status: str
    person: Identity | None = None
    code: str = ""
    title: str = ""
    hint: str = ""

    def to_json(self) -> dict[str, Any]:
        """The object of the wire; empty parts are left out."""
        parts = {"status": self.status, "code": self.code, "title": self.title, "hint": self.hint}
        person = {"person": self.person.to_json()} if self.person else {}
        return {**{key: text for key, text in parts.items() if text}, **person}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "PollAnswer":
        """Raises Malformed."""
        status = value.get("status")
        if status not in STATUSES:
            raise Malformed("status")
        person = Identity.from_json(value.get("person")) if status == DONE else None
        code, title, hint = (line(value.get(key, ""), key, MAX_ADDRESS) for key in ("code", "title", "hint"))
        return cls(str(status), person, code, title, hint)


@dataclass(frozen=True, slots=True, repr=False)
class RecordField:
    """One line of somebody's own record; masked: to be shown only when its owner asks."""

    group: str
    label: str
    values: tuple[str, ...]
    masked: bool

    @classmethod
    def from_json(cls, value: object) -> "RecordField":
        """Raises Malformed."""
        found = table(value, "fields")
        values = array(found.get("values"), "values")
        if not 0 < len(values) <= MAX_RECORD_VALUES or not isinstance(found.get("masked"), bool):
            raise Malformed("values")
        texts = tuple(line(one, "values", MAX_RECORD_TEXT) for one in values)
        group, label = (line(found.get(key), key, MAX_TEXT) for key in ("group", "label"))
        return cls(group, label, texts, found["masked"])


@dataclass(frozen=True, slots=True, repr=False)
class RecordAnswer:
    """A member of the staff's own record. It is in this answer and nowhere else; minutes: how long it may be shown."""

    fields: tuple[RecordField, ...]
    minutes: int

    def to_json(self) -> dict[str, Any]:
        """The object of the wire."""
        rows = [
            {"group": one.group, "label": one.label, "values": list(one.values), "masked": one.masked}
            for one in self.fields
        ]
        return {"fields": rows, "minutes": self.minutes}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "RecordAnswer":
        """Raises Malformed."""
        rows = array(value.get("fields"), "fields")
        minutes = whole(value.get("minutes"), "minutes")
        if not 0 < len(rows) <= MAX_RECORD_FIELDS or not 0 < minutes <= 60:
            raise Malformed("fields")
        return cls(tuple(RecordField.from_json(row) for row in rows), minutes)


def start_request(purpose: str) -> bytes:
    """The body of /v1/thaid/start."""
    return to_text({"protocol": PROTOCOL, "purpose": purpose}).encode()


def poll_request(session: str, seen: str, wait: float) -> bytes:
    """The body of /v1/thaid/poll: answer when the status is no longer `seen`, at the latest after `wait` seconds."""
    return to_text({"protocol": PROTOCOL, "session": session, "seen": seen, "wait": max(0, round(wait))}).encode()


def cancel_request(session: str) -> bytes:
    """The body of /v1/thaid/cancel."""
    return to_text({"protocol": PROTOCOL, "session": session}).encode()


def record_request(session: str) -> bytes:
    """The body of /v1/thaid/record."""
    return to_text({"protocol": PROTOCOL, "session": session}).encode()


def session_id(value: object) -> str:
    """The id of a session; raises Malformed."""
    if not isinstance(value, str) or not SESSION.fullmatch(value):
        raise Malformed("session")
    return value


def purpose(value: object) -> str:
    """What a session is for; raises Malformed."""
    if value not in PURPOSES:
        raise Malformed("purpose")
    return str(value)
