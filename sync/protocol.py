"""The wire, version 1: shared by counters and the central server.

`POST /v1/enrol`  a one-time code for an identity. `POST /v1/sync`  one round trip for both directions, with
`Authorization: Bearer <token>`. Bodies are UTF-8 JSON under `Content-Encoding: zstd | gzip` (or none; sync/codec.py).
Keys whose value is empty are left out; keys that a reader does not know are passed over, so that a later minor
revision can add some. A refusal is `{"code", "title", "hint"}` under a 4xx status, and then nothing was changed.

An event is an array, because a batch holds thousands: `[seq, id, record, kind, at, by, payload]`

    seq      its number in the store that made it, ascending, with gaps
    id       UUIDv7 of the event; record: UUID of the case it is about (22 letters of base64url without padding)
    kind     "petition_registered" …; a kind that a reader does not know is kept and passed on
    at       milliseconds UTC since 1970 by the wall clock of that counter
    by       who did it; payload: a JSON object, kept by the server in canonical form

A change is an event of the office with its store in front, `[store_id, seq, id, …]`, in the office's order.
A rejection is `[seq, code, reason]`. A lease wanted is `[request, series, size]`, `request` being a text chosen by the
counter and repeated until it has the answer: the server gives the same block again, never a second one.
A lease is `[request, block, series, first, last]`. A receipt book wanted is `[request, fiscal year]`, one that is given
`[request, block, book, fiscal year, first, last]`; a server that does not lease books passes the question over.

A request that is cut is taken as far as it came. A counter whose line broke asks first with `held`, `[after, through]`,
for its events with these numbers: the answer's `held` is `[how many, highest seq]`.

Slips: the office document carries `slip_key` (hex, kept on server and counters only). The code beside a number in
the slip's QR (sync/slips.py) is the first six letters of Crockford's base32 of HMAC-SHA256(slip_key, number).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.domain.errors import Refused
from sync.central_form import Central
from sync.json_form import (
    Malformed,
    array,
    as_array,
    each,
    filled,
    line,
    object_text,
    pack_id,
    pair,
    store_id,
    table,
    to_text,
    unpack_id,
    whole,
    with_array,
)

PROTOCOL = 1
SPOKEN = frozenset({1})
"""Versions that this program's server answers: the current one and the one before."""

MAX_BODY = 8 * 1024 * 1024
"""Bytes of an uncompressed request; more is refused as 413, so that a small body cannot unfold into a large one."""
MAX_EVENTS = 20_000
MAX_PAYLOAD = 256 * 1024
"""Bytes of one event's payload in UTF-8. A larger one is rejected alone."""
MAX_FILE = 16 * 1024 * 1024
"""Bytes of one file of a case."""
MAX_BUNDLE = 1024 * 1024 * 1024
"""Bytes of a bundle that one counter sends on for another (sync/bundle_file.py)."""
TUS = "1.0.0"
"""Files of cases: `/v1/files/<SHA-256>` by this version of tus (tus.io; HEAD, PATCH, creation), down by GET with Range.
Their events (`attachment_added`: sha256, size) come first, by the sync; a file that no event names is refused."""
MAX_LEASE = 10_000
DEFAULT_LEASE = 1_000
IN_HAND = 3_000
"""Runs that a counter holds after every sync, less half a block: a month without a line at a hundred a day."""
DEFAULT_WINDOW = 1024 * 1024
"""Bytes of changes, uncompressed, in one answer: about 200 KB on the wire."""
NOT_ECHOED = frozenset({"petition_registered", "filing_registered"})
"""The server sends a store's own events back in `changes` at their place in the office's order, so that every counter
has one timeline and ends at the same state; not the large ones that begin a record, which come first anyway."""

KIND = re.compile(r"[a-z][a-z0-9_]{0,63}")
SERIES = re.compile(r"[A-Z]{2,3}([0-9]|[RP]2[4-9][0-9]{2})")
"""Of request numbers ("KT1"), a year's register ("KTR2569") or permits ("KTP2569"); see `registers`, `permits`."""


@dataclass(frozen=True, slots=True)
class Event:
    """One fact of a case's timeline. `payload` is the text of a JSON object."""

    seq: int
    id: bytes
    record: bytes
    kind: str
    at: int
    by: str
    payload: str

    def to_text(self) -> str:
        """The array of the wire; the payload goes in as it is stored, without being read."""
        head = to_text([self.seq, pack_id(self.id), pack_id(self.record), self.kind, self.at, self.by])
        return f"{head[:-1]},{self.payload}]"

    @classmethod
    def from_json(cls, value: Sequence[Any]) -> "Event":
        """Raises Malformed naming the part at fault, "event_too_large" for a payload beyond MAX_PAYLOAD."""
        if len(value) != 7:
            raise Malformed("events")
        seq, id_, record, kind, at, by, payload = value
        if not isinstance(kind, str) or not KIND.fullmatch(kind):
            raise Malformed("kind")
        return cls(
            whole(seq, "seq"),
            unpack_id(id_, "id"),
            unpack_id(record, "record"),
            kind,
            whole(at, "at"),
            line(by, "by", 200),
            object_text(payload, "payload", MAX_PAYLOAD),
        )


@dataclass(frozen=True, slots=True)
class BadEvent:
    """An event that cannot be read, beside its number: only it is rejected, and what follows of its record waits."""

    seq: int
    code: str
    reason: str
    record: bytes | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """An event at its place in the office's order: another store's, or one of our own that comes back."""

    store_id: str
    event: Event

    def to_text(self) -> str:
        """The event's array with the store in front."""
        return f"[{to_text(self.store_id)},{self.event.to_text()[1:]}"

    @classmethod
    def from_json(cls, value: object) -> "Change":
        """Raises Malformed."""
        parts = array(value, "changes")
        if len(parts) != 8:
            raise Malformed("changes")
        return cls(store_id(parts[0]), Event.from_json(parts[1:]))


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why the server did not take an event, in the clerk's language."""

    seq: int
    code: str
    reason: str

    @classmethod
    def from_json(cls, value: object) -> "Rejection":
        """Raises Malformed."""
        if len(parts := array(value, "rejected")) != 3:
            raise Malformed("rejected")
        return cls(whole(parts[0], "seq"), line(parts[1], "code", 64), line(parts[2], "reason", 500))


@dataclass(frozen=True, slots=True)
class LeaseWanted:
    """A block of `size` runs of `series`; `request` makes asking again harmless."""

    request: str
    series: str
    size: int

    @classmethod
    def from_json(cls, value: object) -> "LeaseWanted":
        """Raises Malformed."""
        parts = array(value, "leases_wanted")
        if len(parts) != 3 or not isinstance(parts[1], str) or not SERIES.fullmatch(parts[1]):
            raise Malformed("leases_wanted")
        size = whole(parts[2], "size")
        if not 1 <= size <= MAX_LEASE:
            raise Malformed("size")
        return cls(line(parts[0], "request", 64), parts[1], size)


@dataclass(frozen=True, slots=True)
class Lease:
    """Runs first..last of `series`, this counter's alone and for ever."""

    request: str
    block: str
    series: str
    first: int
    last: int

    @classmethod
    def from_json(cls, value: object) -> "Lease":
        """Raises Malformed."""
        parts = array(value, "leases")
        if len(parts) != 5 or not isinstance(parts[2], str) or not SERIES.fullmatch(parts[2]):
            raise Malformed("leases")
        first, last = whole(parts[3], "first"), whole(parts[4], "last")
        if not 1 <= first <= last:
            raise Malformed("leases")
        return cls(line(parts[0], "request", 64), line(parts[1], "block", 64), parts[2], first, last)


@dataclass(frozen=True, slots=True)
class BookWanted:
    """A receipt book of a fiscal year (BE); `request` makes asking again harmless."""

    request: str
    fiscal_year: int

    @classmethod
    def from_json(cls, value: object) -> "BookWanted":
        """Raises Malformed."""
        if len(parts := array(value, "books_wanted")) != 2:
            raise Malformed("books_wanted")
        return cls(line(parts[0], "request", 64), whole(parts[1], "fiscal_year"))


@dataclass(frozen=True, slots=True)
class BookLease:
    """Numbers first..last of one book of one fiscal year, this counter's alone and for ever."""

    request: str
    block: str
    book: str
    fiscal_year: int
    first: int
    last: int

    @classmethod
    def from_json(cls, value: object) -> "BookLease":
        """Raises Malformed."""
        parts = array(value, "books")
        if len(parts) != 6:
            raise Malformed("books")
        first, last = whole(parts[4], "first"), whole(parts[5], "last")
        if not 1 <= first <= last:
            raise Malformed("books")
        texts = [line(part, name, 64) for part, name in zip(parts, ("request", "block", "book"), strict=False)]
        return cls(texts[0], texts[1], texts[2], whole(parts[3], "fiscal_year"), first, last)


@dataclass(frozen=True, slots=True)
class Settings:
    """The office document (the keys of OFFICE.toml, and `slip_key`) and its service definitions, of one revision."""

    revision: int
    office: Mapping[str, Any]
    services: tuple[Mapping[str, Any], ...]

    def to_json(self) -> dict[str, Any]:
        """The object of the wire."""
        return {"revision": self.revision, "office": dict(self.office), "services": [dict(s) for s in self.services]}

    @classmethod
    def from_json(cls, value: object) -> "Settings":
        """Raises Malformed."""
        found = table(value, "settings")
        services = tuple(table(s, "services") for s in array(found.get("services"), "services"))
        return cls(whole(found.get("revision"), "revision"), table(found.get("office"), "office"), services)


@dataclass(frozen=True, slots=True)
class EnrolRequest:
    """A counter asks to join. `blocks` are the numbers it leased to itself while its office stood alone;
    `replaces` the store ids of a database that this one was restored from."""

    code: str
    store_id: str
    counter_name: str
    app_version: str
    protocol: int = PROTOCOL
    blocks: tuple[Lease, ...] = ()
    replaces: tuple[str, ...] = ()
    books: tuple[BookLease, ...] = ()
    """The receipt books that it has."""

    def to_bytes(self) -> bytes:
        """UTF-8 JSON."""
        values = {
            "protocol": self.protocol,
            "code": self.code,
            "store_id": self.store_id,
            "counter_name": self.counter_name,
            "app_version": self.app_version,
            "blocks": [as_array(lease) for lease in self.blocks],
            "replaces": list(self.replaces),
            "books": [as_array(book) for book in self.books],
        }
        return to_text(filled(values)).encode()

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "EnrolRequest":
        """Raises Malformed; the protocol has been looked at by the server before."""
        return cls(
            code=line(value.get("code"), "code", 40),
            store_id=store_id(value.get("store_id")),
            counter_name=line(value.get("counter_name"), "counter_name", 100),
            app_version=line(value.get("app_version", ""), "app_version", 40),
            protocol=whole(value.get("protocol"), "protocol"),
            blocks=each(value, "blocks", Lease.from_json),
            replaces=each(value, "replaces", store_id),
            books=each(value, "books", BookLease.from_json),
        )


@dataclass(frozen=True, slots=True)
class EnrolAnswer:
    """Identity, settings and first numbers. The token is shown this once; the server keeps only its hash."""

    device_id: str
    token: str
    office_code: str
    settings: Settings
    leases: tuple[Lease, ...]
    server_time: int
    books: tuple[BookLease, ...] = ()

    def to_bytes(self) -> bytes:
        """UTF-8 JSON."""
        values = {
            "device_id": self.device_id,
            "token": self.token,
            "office_code": self.office_code,
            "settings": self.settings.to_json(),
            "leases": [as_array(lease) for lease in self.leases],
            "server_time": self.server_time,
        }
        if self.books:
            values["books"] = [as_array(book) for book in self.books]
        return to_text(values).encode()

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "EnrolAnswer":
        """Raises Malformed."""
        return cls(
            device_id=line(value.get("device_id"), "device_id", 64),
            token=line(value.get("token"), "token", 200),
            office_code=line(value.get("office_code"), "office_code", 8),
            settings=Settings.from_json(value.get("settings")),
            leases=each(value, "leases", Lease.from_json),
            server_time=whole(value.get("server_time"), "server_time"),
            books=each(value, "books", BookLease.from_json),
        )


@dataclass(frozen=True, slots=True)
class SyncRequest:
    """What a counter has and wants.

    events ascend by seq; cursor: the place in the office's order up to which it has the changes; revision: the settings
    it holds; clock: its wall clock in ms; window: bytes of changes it can take at once, left out when the default;
    registers: whether numbers of registers are leased; waiting, resting: events still to be sent, and in quarantine;
    held: (after, through), asks what has come of the events with these numbers.
    """

    store_id: str
    cursor: int
    revision: int
    app_version: str
    clock: int
    events: tuple[Event | BadEvent, ...] = ()
    leases_wanted: tuple[LeaseWanted, ...] = ()
    window: int = DEFAULT_WINDOW
    protocol: int = PROTOCOL
    registers: bool = False
    books_wanted: tuple[BookWanted, ...] = ()
    waiting: int = 0
    resting: int = 0
    held: tuple[int, int] | None = None

    def to_bytes(self) -> bytes:
        """UTF-8 JSON. The events' payloads are put in as they are stored."""
        values = {
            "protocol": self.protocol,
            "store_id": self.store_id,
            "cursor": self.cursor,
            "revision": self.revision,
            "app_version": self.app_version,
            "clock": self.clock,
            "leases_wanted": [as_array(wanted) for wanted in self.leases_wanted],
            "window": self.window if self.window != DEFAULT_WINDOW else None,
            "registers": self.registers,
            "books_wanted": [as_array(wanted) for wanted in self.books_wanted],
            "waiting": self.waiting or None,
            "resting": self.resting or None,
            "held": list(self.held) if self.held else None,
        }
        events = [event.to_text() for event in self.events if isinstance(event, Event)]
        return with_array(filled(values), "events", events)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "SyncRequest":
        """Raises Malformed; an event that is wrong by itself becomes a BadEvent."""
        events = each(value, "events", _event_or_bad)
        if len(events) > MAX_EVENTS:
            raise Malformed("events")
        return cls(
            store_id=store_id(value.get("store_id")),
            cursor=whole(value.get("cursor"), "cursor"),
            revision=whole(value.get("revision"), "revision"),
            app_version=line(value.get("app_version", ""), "app_version", 40),
            clock=whole(value.get("clock"), "clock"),
            events=events,
            leases_wanted=each(value, "leases_wanted", LeaseWanted.from_json),
            window=whole(value.get("window", DEFAULT_WINDOW), "window"),
            protocol=whole(value.get("protocol"), "protocol"),
            registers=value.get("registers", False) is True,
            books_wanted=each(value, "books_wanted", BookWanted.from_json),
            **{key: whole(value.get(key, 0), key) for key in ("waiting", "resting")},
            held=pair(value, "held"),
        )


@dataclass(frozen=True, slots=True)
class SyncAnswer:
    """What the server has committed and what is new.

    accepted_through: highest seq of this store that the server has settled, taken or rejected.
    cursor: where the next request goes on; more: ask again at once; counters: name of each store in `changes`; central:
    what an office's own server knows of the central one.
    """

    accepted_through: int
    cursor: int
    server_time: int
    more: bool = False
    rejected: tuple[Rejection, ...] = ()
    changes: tuple[Change, ...] = ()
    counters: Mapping[str, str] = field(default_factory=dict)
    leases: tuple[Lease, ...] = ()
    settings: Settings | None = None
    registers: bool = False
    permits: bool = False
    books: tuple[BookLease, ...] = ()
    central: Central | None = None
    held: tuple[int, int] | None = None

    def to_bytes(self) -> bytes:
        """UTF-8 JSON."""
        values = {
            "accepted_through": self.accepted_through,
            "cursor": self.cursor,
            "server_time": self.server_time,
            "more": self.more,
            "rejected": [as_array(rejection) for rejection in self.rejected],
            "counters": dict(self.counters),
            "leases": [as_array(lease) for lease in self.leases],
            "settings": self.settings.to_json() if self.settings else None,
            "registers": self.registers,
            "permits": self.permits,
            "books": [as_array(book) for book in self.books],
            "central": as_array(self.central) if self.central else None,
            "held": list(self.held) if self.held else None,
        }
        return with_array(filled(values), "changes", [change.to_text() for change in self.changes])

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "SyncAnswer":
        """Raises Malformed."""
        counters = table(value.get("counters", {}), "counters")
        settings = value.get("settings")
        return cls(
            accepted_through=whole(value.get("accepted_through"), "accepted_through"),
            cursor=whole(value.get("cursor"), "cursor"),
            server_time=whole(value.get("server_time"), "server_time"),
            more=value.get("more", False) is True,
            rejected=each(value, "rejected", Rejection.from_json),
            changes=each(value, "changes", Change.from_json),
            counters={store_id(key): line(name, "counters", 100) for key, name in counters.items()},
            leases=each(value, "leases", Lease.from_json),
            settings=None if settings is None else Settings.from_json(settings),
            registers=value.get("registers", False) is True,
            permits=value.get("permits", False) is True,
            books=each(value, "books", BookLease.from_json),
            central=Central.from_json(value.get("central")),
            held=pair(value, "held"),
        )


def _event_or_bad(value: object) -> Event | BadEvent:
    parts = array(value, "events")
    seq = whole(parts[0] if parts else None, "events")
    try:
        return Event.from_json(parts)
    except Refused as error:
        reason = f"{error.title} ({error.field})" if error.field else error.title
        return BadEvent(seq, error.code, reason, _record_of(parts))


def _record_of(parts: Sequence[Any]) -> bytes | None:
    try:
        return unpack_id(parts[2]) if len(parts) > 2 else None
    except Malformed:
        return None
