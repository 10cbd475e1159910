"""The wire between an office's own server and the central one: the sync of many counters in one round trip.

`POST /v1/relay`, with the token of the office's server: a sync request whose events carry their store in front
(`relayed`), in the order in which they came, and what is known of the counters behind it; the answer to a sync, and
`refused`: `[store_id, seq, code, reason]`. What is not refused has been taken. Sending it again changes nothing.

`POST /v1/relay/numbers`: the blocks and books that a counter brings along when it joins the office's server, which
from then on are that server's own. It is asked before the counter is let in; the answer tells the newest checkpoint of
its audit chain that is kept here, so that its chain goes on inside.

`POST /v1/relay/checkpoints`: checkpoints of the counters behind it, each signed by its counter, in their order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.errors import Refused
from sync.json_form import Malformed, array, as_array, each, filled, line, store_id, to_text, unpack_id, whole
from sync.protocol import PROTOCOL, BookLease, Change, Lease, SyncAnswer, SyncRequest

PATH, NUMBERS_PATH, CHECKPOINTS_PATH = "/v1/relay", "/v1/relay/numbers", "/v1/relay/checkpoints"
MOST_CHECKPOINTS = 500
"""Of one request."""
ALARMS = frozenset({"", "shorter", "differs", "unlinked", "key"})
PREFIX = "office-server-"
"""What the store id of an office's own server begins with."""


@dataclass(frozen=True, slots=True)
class BadChange:
    """An event that the central server cannot read: only it is refused, and what follows of its record waits."""

    store_id: str
    seq: int
    code: str
    reason: str
    record: bytes | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the central server did not take an event of a counter."""

    store_id: str
    seq: int
    code: str
    reason: str

    @classmethod
    def from_json(cls, value: object) -> "Refusal":
        """Raises Malformed."""
        parts = array(value, "refused")
        if len(parts) != 4:
            raise Malformed("refused")
        return cls(
            store_id(parts[0]), whole(parts[1], "seq"), line(parts[2], "code", 64), line(parts[3], "reason", 500)
        )


@dataclass(frozen=True, slots=True)
class CounterBehind:
    """A counter of the office: seen_at in ms; waiting, resting: events that it said it had to send, to settle."""

    store_id: str
    name: str
    seen_at: int
    waiting: int
    resting: int

    @classmethod
    def from_json(cls, value: object) -> "CounterBehind":
        """Raises Malformed."""
        parts = array(value, "behind")
        if len(parts) != 5:
            raise Malformed("behind")
        return cls(store_id(parts[0]), line(parts[1], "name", 100), *(whole(part, "behind") for part in parts[2:]))


@dataclass(frozen=True, slots=True)
class RelayRequest:
    """What an office's own server has and wants."""

    sync: SyncRequest
    relayed: tuple[Change | BadChange, ...] = ()
    behind: tuple[CounterBehind, ...] = ()

    def to_bytes(self) -> bytes:
        """UTF-8 JSON."""
        events = [change.to_text() for change in self.relayed if isinstance(change, Change)]
        told = [to_text(as_array(one)) for one in self.behind]
        lists = [f',"{key}":[{",".join(items)}]' for key, items in (("relayed", events), ("behind", told)) if items]
        return self.sync.to_bytes()[:-1] + "".join(lists).encode() + b"}"

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "RelayRequest":
        """Raises Malformed; an event that is wrong by itself becomes a BadChange."""
        asked = SyncRequest.from_json({key: found for key, found in value.items() if key != "events"})
        return cls(asked, each(value, "relayed", _change_or_bad), each(value, "behind", CounterBehind.from_json))


@dataclass(frozen=True, slots=True)
class RelayAnswer:
    """What the central server has committed and what is new."""

    sync: SyncAnswer
    refused: tuple[Refusal, ...] = ()

    def to_bytes(self) -> bytes:
        """UTF-8 JSON. `refused` is there even when it is empty: it tells this answer from that of another server."""
        told = to_text([as_array(one) for one in self.refused])
        return self.sync.to_bytes()[:-1] + f',"refused":{told}}}'.encode()

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "RelayAnswer":
        """Raises Malformed."""
        if "refused" not in value:
            raise Malformed("refused")
        return cls(SyncAnswer.from_json(value), each(value, "refused", Refusal.from_json))


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a counter brings along: the stores that it was, its blocks and its books."""

    stores: tuple[str, ...]
    blocks: tuple[Lease, ...]
    books: tuple[BookLease, ...]

    def to_bytes(self) -> bytes:
        """UTF-8 JSON."""
        values = {
            "protocol": PROTOCOL,
            "stores": list(self.stores),
            "blocks": [as_array(one) for one in self.blocks],
            "books": [as_array(one) for one in self.books],
        }
        return to_text(filled(values)).encode()

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Numbers":
        """Raises Malformed."""
        return cls(
            each(value, "stores", store_id),
            each(value, "blocks", Lease.from_json),
            each(value, "books", BookLease.from_json),
        )


@dataclass(frozen=True, slots=True)
class RelayedCheckpoint:
    """What a counter said of its audit chain. id: 16 bytes, of the office's server; previous: the counter's link at
    previous_seq, empty for none; alarm: what the office's server found wrong with it."""

    id: bytes
    store_id: str
    seq: int
    hash: bytes
    at: int
    previous_seq: int
    previous: bytes
    public: bytes
    signature: str
    alarm: str = ""

    def to_json(self) -> list[Any]:
        """As an array."""
        return [
            self.id.hex(), self.store_id, self.seq, self.hash.hex(), self.at, self.previous_seq, self.previous.hex(),
            self.public.hex(), self.signature, self.alarm,
        ]  # fmt: skip

    @classmethod
    def from_json(cls, value: object) -> "RelayedCheckpoint":
        """Raises Malformed."""
        parts = array(value, "checkpoints")
        if len(parts) != 10 or parts[9] not in ALARMS:
            raise Malformed("checkpoints")
        name = "checkpoints"
        seq = whole(parts[2], name)
        if not seq:
            raise Malformed(name)
        return cls(
            _bytes(parts[0], 16), store_id(parts[1]), seq, _bytes(parts[3], 32), whole(parts[4], name),
            whole(parts[5], name), _bytes(parts[6], 0, 32), _bytes(parts[7], 32), line(parts[8], name, 100), parts[9],
        )  # fmt: skip


def checkpoints_to_bytes(checkpoints: Sequence[RelayedCheckpoint]) -> bytes:
    """The request, UTF-8 JSON."""
    return to_text({"protocol": PROTOCOL, "checkpoints": [one.to_json() for one in checkpoints]}).encode()


def checkpoints_from_json(value: Mapping[str, Any]) -> tuple[RelayedCheckpoint, ...]:
    """Raises Malformed."""
    found = each(value, "checkpoints", RelayedCheckpoint.from_json)
    if len(found) > MOST_CHECKPOINTS:
        raise Malformed("checkpoints")
    return found


def _bytes(value: object, *sizes: int) -> bytes:
    """Hexadecimal of one of these lengths."""
    try:
        found = bytes.fromhex(value) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None or len(found) not in sizes:
        raise Malformed("checkpoints")
    return found


def _change_or_bad(value: object) -> Change | BadChange:
    parts = array(value, "relayed")
    try:
        return Change.from_json(parts)
    except Refused as error:
        reason = f"{error.title} ({error.field})" if error.field else error.title
        return BadChange(*_named(parts), error.code, reason, _record_of(parts))


def _record_of(parts: Sequence[Any]) -> bytes | None:
    try:
        return unpack_id(parts[3]) if len(parts) > 3 else None
    except Malformed:
        return None


def _named(parts: Sequence[Any]) -> tuple[str, int]:
    if len(parts) < 2:
        raise Malformed("relayed")
    return store_id(parts[0]), whole(parts[1], "seq")
